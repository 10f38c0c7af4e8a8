#!/usr/bin/env python3
"""Layers point down: layers.py ROOT

The first part of each include names its layer. The table says what a layer may use; the public
headers <weir/...> are for everybody. Processors and the headers themselves use nothing else.
"""
import re
import sys
from pathlib import Path

import tree

LOWER = ["base", "model", "xml", "expr", "record", "store", "provenance", "plugin"]
MAY_USE = {
    "api": [],
    "base": [],
    "model": ["base"],
    "xml": ["base", "model"],
    "expr": ["base"],
    "record": ["base"],
    "store": ["base"],
    "provenance": ["base", "store"],
    "plugin": ["base", "model", "expr", "store"],
    "runtime": LOWER,
    "wire": ["base", "model", "xml"],
    "client": ["base", "model", "xml", "wire"],
    "control": LOWER + ["runtime", "wire"],
    "harness": LOWER + ["runtime"],
    "cli": LOWER + ["runtime", "wire", "client", "control"],
}
GUI_MAY_USE = ["base", "model", "xml", "wire", "client"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def problem_in_engine(path, quote, name):
    layer = path.parts[1]
    first = name.split("/")[0]
    if layer not in MAY_USE:
        return f"{layer}/ is not a layer: add it to the table of tests/lint/layers.py"
    if quote == "<":
        return f"<{name}>: write \"{name}\"" if first in MAY_USE else None
    if "/" not in name or first not in MAY_USE:
        return f'"{name}": begin with the layer, as in "{layer}/{name.split("/")[-1]}"'
    if first != layer and first not in MAY_USE[layer]:
        return f'"{name}": {layer} may use {", ".join(MAY_USE[layer]) or "no other layer"}'
    return None


def problem_in_processors(path, quote, name):
    first = name.split("/")[0]
    if first in MAY_USE or (quote == '"' and "/" in name):
        return f'"{name}": a processor uses <weir/...>, libraries and files of its own folder'
    return None


def problem_in_gui(path, quote, name):
    first = name.split("/")[0]
    if first in MAY_USE and first not in GUI_MAY_USE:
        return f'"{name}": gui may use {", ".join(GUI_MAY_USE)}'
    return None


RULES = {"engine": problem_in_engine, "processors": problem_in_processors, "gui": problem_in_gui}


def check(root):
    problems = []
    for path in tree.files(root, RULES, {".c", ".h"}):
        lines = (Path(root) / path).read_text().splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            if ".." in match.group(2).split("/"):
                problem = f'"{match.group(2)}": no path through ..'
            else:
                problem = RULES[path.parts[0]](path, *match.groups())
            if problem:
                problems.append(f"{path}:{number}: {problem}")
    return problems


if __name__ == "__main__":
    tree.report(check(sys.argv[1]))
