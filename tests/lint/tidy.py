#!/usr/bin/env python3
"""clang-tidy over every source of a clang build: tidy.py BUILD

A header is checked with the sources that include it; what the compiler warns of is the matter of the
build itself. A source that was fine is not checked again while it, preprocessed, is the same.
"""
import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = b"".join(path.read_bytes() for path in [ROOT / ".clang-tidy",
                                                        *sorted(ROOT.glob("tests/**/.clang-tidy"))])


def commands(build):
    """Source to compile command; without what Meson or a test has generated in @build itself."""
    entries = json.loads((build / "compile_commands.json").read_text())
    return {entry["file"]: shlex.split(entry["command"]) for entry in entries
            if entry["file"].startswith("..")}


def fingerprint(build, command):
    """Comments are part of it: NOLINT is one."""
    preprocess = command[:command.index("-MD")] + ["-E", "-C", command[-1]]
    result = subprocess.run(preprocess, cwd=build, capture_output=True, check=True)
    return hashlib.sha256(CONFIGURATION + result.stdout).hexdigest()


def check_source(build, source, command):
    """Returns what clang-tidy says, None when the source is fine."""
    stamp = build / "tidy" / fingerprint(build, command)
    if stamp.exists():
        return None
    result = subprocess.run(["clang-tidy", "--quiet", "-p", ".", "--extra-arg=-Wno-error", source],
                            cwd=build, capture_output=True, text=True)
    if result.returncode == 0:
        stamp.touch()
        return None
    return result.stdout or result.stderr


def check(build):
    (build / "tidy").mkdir(exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda item: check_source(build, *item), sorted(commands(build).items()))
        return [text for text in said if text is not None]


if __name__ == "__main__":
    tree.report(check(Path(sys.argv[1])))
