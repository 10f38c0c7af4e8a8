#!/usr/bin/env python3
"""What a page points to in the tree is there: links.py ROOT"""
import re
import sys
from pathlib import Path

import tree

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^(    |\t)")


def links(text):
    """Yields (line number, target) of the links that lead to a file of the tree."""
    in_code = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            in_code = not in_code
        if in_code or CODE.match(line):
            continue
        for target in LINK.findall(line):
            target = target.split("#")[0]
            if target and "://" not in target and not target.startswith("mailto:"):
                yield number, target


def check(root, paths):
    return [f"{path}:{number}: {target} does not exist"
            for path in paths for number, target in links((Path(root) / path).read_text())
            if not (Path(root) / path.parent / target).exists()]


if __name__ == "__main__":
    tree.report(check(sys.argv[1], [path for path in tree.tracked(sys.argv[1])
                                    if path.suffix == ".md"]))
