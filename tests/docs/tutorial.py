#!/usr/bin/env python3
"""A page works as it says: tutorial.py BUILD PAGE

Follows the page in an empty folder against an installed BUILD: code blocks that name a file are
written, `sh` blocks are run one after the other in one shell, and what they print must be the
`text` block that follows, in which `...` stands for anything.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))
from prefix import environment, install  # noqa: E402

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "-- end of block --"


def matches(expected, text):
    pattern = ".*?".join(re.escape(part) for part in expected.split("..."))
    return re.fullmatch(pattern, text, re.DOTALL) is not None


class Shell:
    """One shell for all blocks, so that what one exports the next one has."""

    def __init__(self, folder, variables):
        self.process = subprocess.Popen(["bash", "-e"], cwd=folder, env=variables, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)

    def run(self, commands):
        self.process.stdin.write(f"{commands}\necho '{END}'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == END:
                return "".join(lines)
            lines.append(line)
        sys.exit(f"this fails:\n{commands}\n{''.join(lines)}")

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def follow(page, folder, variables):
    shell = Shell(folder, variables)
    output = ""
    for kind, name, text in BLOCK.findall(page):
        if name:
            (folder / name).write_text(text)
        elif kind == "sh":
            output = shell.run(text)
        elif kind == "text" and not matches(text, output):
            sys.exit(f"the page shows:\n{text}\nbut it is:\n{output}")
    return shell.close()


def promises(page):
    """What the page says about itself."""
    files = {name: text for _, name, text in BLOCK.findall(page) if name}
    module = len(files["first-line.c"].splitlines())
    build = len(files["meson.build"].splitlines())
    if module > 50 or build > 6:
        sys.exit(f"the processor has {module} lines and its build {build}: 50 and 6 were promised")


def main():
    build, page = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
    promises(page)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "folder")
        folder.mkdir()
        prefix = install(build, Path(name, "root"))
        sys.exit(follow(page, folder, environment(prefix)))


if __name__ == "__main__":
    main()
