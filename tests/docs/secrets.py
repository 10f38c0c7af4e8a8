#!/usr/bin/env python3
"""docs/secrets.md is true: secrets.py WEIR PAGE

Its `sh` blocks are run one after the other, where there is a flow Orders in orders.xml, and each prints
the `text` block that follows, in which `...` stands for anything.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLOW = '<flow xmlns="urn:weir:flow:1" name="Orders"/>\n'


def matches(expected, text):
    return re.fullmatch(".*?".join(re.escape(part) for part in expected.split("...")), text, re.DOTALL)


def main():
    weir, page = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).read_text()
    blocks = [block for block in BLOCK.findall(page) if block[0] in ("sh", "text")]
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "orders.xml").write_text(FLOW)
        Path(folder, "pass-show-orders").write_text("#!/bin/sh\necho correct horse\n")
        Path(folder, "pass-show-orders").chmod(0o700)
        environment = {**os.environ, "PATH": f"{weir.parent}:{folder}:{os.environ['PATH']}",
                       "XDG_CONFIG_HOME": str(Path(folder, "config"))}
        for name in ("WEIR_KEY_FILE", "CREDENTIALS_DIRECTORY"):
            environment.pop(name, None)
        for (kind, commands), (other, expected) in zip(blocks[::2], blocks[1::2]):
            assert (kind, other) == ("sh", "text"), commands
            result = subprocess.run(["bash", "-e"], input=commands, text=True, cwd=folder, env=environment,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100)
            if not matches(expected, result.stdout):
                problems.append(f"{commands}  prints:\n{result.stdout}  and not:\n{expected}")
    print("\n".join(problems) or f"{len(blocks) // 2} examples are fine")
    sys.exit(bool(problems) or len(blocks) // 2 < 4)


if __name__ == "__main__":
    main()
