#!/usr/bin/env python3
"""docs/provenance.md is true: provenance.py STORY BUILD PAGE

Each `sh` block is run where the data directory `orders` is what STORY makes, and prints the `text`
block that follows, in which `...` stands for anything.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def matches(expected, text):
    return re.fullmatch(".*?".join(re.escape(part) for part in expected.split("...")), text, re.DOTALL)


def run(commands, folder, build):
    extension = build / "engine/provenance"
    environment = {**os.environ, "PATH": f"{build / 'engine/cli'}:{os.environ['PATH']}",
                   "LD_LIBRARY_PATH": f"{extension}:{os.environ.get('LD_LIBRARY_PATH', '')}"}
    result = subprocess.run(["bash", "-e"], input=commands, capture_output=True, text=True, errors="replace",
                            cwd=folder, env=environment, timeout=60)
    return result.stdout.replace("\r\n", "\n") + result.stderr


def main():
    story, build, page = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]).read_text()
    blocks = BLOCK.findall(page)
    problems = []
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([story, Path(name, "orders")], check=True)
        for (kind, commands), (other, expected) in zip(blocks[::2], blocks[1::2]):
            assert (kind, other) == ("sh", "text"), commands
            output = run(commands, name, build)
            if not matches(expected, output):
                problems.append(f"{commands}  prints:\n{output}  and not:\n{expected}")
    print("\n".join(problems) or f"{len(blocks) // 2} examples are fine")
    sys.exit(bool(problems) or len(blocks) // 2 < 12)


if __name__ == "__main__":
    main()
