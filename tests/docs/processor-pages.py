#!/usr/bin/env python3
"""docs/processors/ says what the processors say: processor-pages.py [--update] WEIR MODULES FOLDER

Compares the page of each type, and the table of all, with those in FOLDER, or writes them there.
"""
import json
import os
import subprocess
import sys
from pathlib import Path


def inspect(weir, modules, *arguments):
    environment = {**os.environ, "WEIR_MODULE_PATH": modules}
    result = subprocess.run([weir, "inspect", *arguments], capture_output=True, text=True,
                            env=environment)
    if result.returncode or result.stderr:
        sys.exit(f"weir inspect {' '.join(arguments)}: {result.stderr}")
    return result.stdout


def pages(weir, modules):
    """Name and text of each page."""
    known = json.loads(inspect(weir, modules, "--json"))
    names = [each["name"] for each in known["types"] + known["services"]]
    texts = {f"{name}.md": inspect(weir, modules, "--markdown", name) for name in names}
    return {"README.md": inspect(weir, modules, "--markdown"), **texts}


def update(folder, expected):
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in expected:
            path.unlink()
    for name, text in expected.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def problems_of(folder, expected):
    """What is wrong in @folder, a sentence each."""
    for name, text in expected.items():
        path = folder / name
        if not path.exists():
            yield f"{path} is missing: ./dev docs"
        elif path.read_text() != text:
            yield f"{path} does not say what the processor says: ./dev docs"
    for path in sorted(folder.glob("*.md")):
        if path.name not in expected:
            yield f"{path} is about a type that does not exist: ./dev docs"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    weir, modules, folder = arguments[0], arguments[1], Path(arguments[2])
    expected = pages(weir, modules)
    if len(arguments) < len(sys.argv) - 1:
        update(folder, expected)
        return
    problems = list(problems_of(folder, expected))
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
