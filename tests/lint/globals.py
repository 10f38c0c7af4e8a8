#!/usr/bin/env python3
"""No hidden state: globals.py BUILD ALLOWED

Everything hangs off an engine, so that two fit into one process. Lists the writable symbols in the
object files of engine and modules; those in the file ALLOWED (source:symbol, blanks, reason) are fine.
"""
import json
import subprocess
import sys
from pathlib import Path

import tree

WRITABLE = (".data", ".bss", ".tdata", ".tbss", "*COM*")
CONSTANT = (".data.rel.ro",)


def writable_symbols(listing):
    """Yields the symbols in writable sections from the output of nm --format=sysv."""
    for line in listing.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 7 or fields[3] not in ("OBJECT", "TLS"):
            continue
        if fields[6].startswith(WRITABLE) and not fields[6].startswith(CONSTANT):
            # The compiler numbers what is static in a function: q.0
            yield fields[0].split(".")[0]


def objects(build):
    """Object and source of all that is engine and modules; what an older build left is none of it."""
    commands = json.loads((Path(build) / "compile_commands.json").read_text())
    return sorted((Path(build) / command["output"], command["file"].removeprefix("../"))
                  for command in commands
                  if command["output"].startswith(("engine/", "processors/")))


def check(objects_and_sources, allowed):
    problems = []
    for path, source in objects_and_sources:
        listing = subprocess.run(["nm", "--format=sysv", str(path)], check=True,
                                 capture_output=True, text=True).stdout
        problems += [f"{source}: {symbol} is writable: hang it off an object, or give the reason "
                     "in tests/lint/globals.allowed"
                     for symbol in writable_symbols(listing)
                     if f"{source}:{symbol}" not in allowed]
    return problems


if __name__ == "__main__":
    tree.report(check(objects(sys.argv[1]), tree.read_allowed(sys.argv[2])))
