#!/usr/bin/env python3
"""Headers are their own documentation: api-docs.py ROOT

A function that returns a pointer says (transfer full) or (transfer none) in its comment, which may be
one for several that follow each other without a blank line. In the public headers each function has
a comment, and `Thread:` stands in it, or for all of the header in its first comment, or for the
rest of it ("for all that follow").
"""
import re
import sys
from pathlib import Path

import tree

BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
POINTER_FUNCTION = re.compile(r"^(?!typedef|static|G_|#)\w[\w ]*\*+(\w+) \(", re.MULTILINE)
DECLARATION = re.compile(r"^WEIR_API\s+([^;]*?)(\w+)\s*\([^;]*;", re.DOTALL)


def paragraphs(text):
    """Yields (line number, paragraph): what stands between blank lines, comments kept whole."""
    line = 1
    for part in re.split(r"(\n\s*\n)", BLOCK_COMMENT.sub(lambda m: m.group().replace("\n\n", "\n"),
                                                         text)):
        if part.strip():
            yield line, part
        line += part.count("\n")


def problems_of(name, returned, comment, has_thread):
    if not comment:
        yield f"{name} has no comment"
        return
    if "*" in returned and "(transfer " not in comment:
        yield f"{name} returns a pointer: say (transfer full) or (transfer none)"
    if not has_thread and "Thread:" not in comment:
        yield f"{name}: on which thread? Add `Thread:`"


def check_internal_header(path, text):
    problems = []
    for line, part in paragraphs(text):
        if "(transfer " not in "".join(BLOCK_COMMENT.findall(part)):
            problems += [f"{path}:{line}: {name} returns a pointer: say (transfer full) or "
                         "(transfer none)"
                         for name in POINTER_FUNCTION.findall(BLOCK_COMMENT.sub("", part))]
    return problems


def check_header(path, text):
    problems = []
    has_thread = False
    for number, (line, part) in enumerate(paragraphs(text)):
        comment = "".join(BLOCK_COMMENT.findall(part))
        if "Thread:" in comment and (number == 0 or "that follow" in comment):
            has_thread = True
        for declaration in re.split(r"(?=^WEIR_API)", part, flags=re.MULTILINE):
            match = DECLARATION.match(declaration)
            if match:
                problems += [f"{path}:{line}: {problem}" for problem in
                             problems_of(match.group(2), match.group(1), comment, has_thread)]
    return problems


def check(root):
    problems = []
    for path in tree.files(root, ["engine", "gui"], {".h"}):
        is_public = path.parts[1] == "api"
        check_one = check_header if is_public else check_internal_header
        problems += check_one(path, (Path(root) / path).read_text())
    return problems


if __name__ == "__main__":
    tree.report(check(sys.argv[1]))
