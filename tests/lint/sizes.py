#!/usr/bin/env python3
"""Small files and functions: sizes.py ROOT

A file has at most 600 lines, a function at most 80; above 60 it is told but does not fail.
clang-format puts the braces of a function, and of nothing else, alone into the first column.
Nesting and parameters are clang-tidy's part.
"""
import re
import sys
from pathlib import Path

import tree

FILE_LINES = 600
FUNCTION_LINES = 80
FUNCTION_GOAL = 60
NAME = re.compile(r"^(\w+) \(")


def functions(lines):
    """Yields (name, number of the first line, how many lines) of each function."""
    name, start, opened = "?", 1, 0
    for number, line in enumerate(lines, 1):
        match = NAME.match(line)
        if match:
            name, start = match.group(1), number
        if line == "{":
            opened = number
        elif line == "}" and opened:
            yield name, start, number - start + 1
            opened = 0


def check(root, tell=lambda text: None):
    problems = []
    for path in tree.files(root, ["engine", "processors", "gui", "tests"], {".c", ".h"}):
        lines = (Path(root) / path).read_text().splitlines()
        if len(lines) > FILE_LINES:
            problems.append(f"{path}: {len(lines)} lines, at most {FILE_LINES}: split it by noun")
        for name, start, length in functions(lines):
            text = f"{path}:{start}: {name} has {length} lines"
            if length > FUNCTION_LINES:
                problems.append(f"{text}, at most {FUNCTION_LINES}")
            elif length > FUNCTION_GOAL:
                tell(f"{text}, better {FUNCTION_GOAL}")
    return problems


if __name__ == "__main__":
    tree.report(check(sys.argv[1], print))
