#!/usr/bin/env python3
"""Runs the benchmarks of a release build: driver.py FOLDER [SUITE...] [--json]

A suite is an executable FOLDER/bench-<suite>, and those called bench-<suite>-<part>. It prints one JSON object a line for each figure,
{"id", "value", "unit", "runs", "spread"}: the median of so many runs, and how far they lie apart
as a share of it. Lines that are no object (a curve, a remark) are for people and go to standard
error. The targets stand in targets.json; missing one is told, not an error.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TARGETS = Path(__file__).with_name("targets.json")
FIELDS = {"id", "value", "unit", "runs", "spread"}


def suites(folder, wanted):
    programs = {path.name.removeprefix("bench-"): path for path in sorted(folder.glob("bench-*"))
                if path.is_file() and os.access(path, os.X_OK)}
    parts = {name: [path for key, path in programs.items() if f"{key}-".startswith(f"{name}-")]
             for name in wanted}
    unknown = [name for name, paths in parts.items() if not paths]
    if unknown:
        sys.exit(f"no suite {', '.join(unknown)}; there are: {', '.join(programs) or 'none'}")
    return [path for name in wanted for path in parts[name]] or list(programs.values())


def parse(line):
    """Returns the figure in @line, None when it is for people; ends the program on a bad one."""
    if not line.startswith("{"):
        return None
    figure = json.loads(line)
    if set(figure) != FIELDS:
        sys.exit(f"a figure has {', '.join(sorted(FIELDS))}: {line}")
    return figure


def run(program):
    """Yields the figures as they come."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir="/var/tmp") as state, \
         subprocess.Popen([program], stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "XDG_STATE_HOME": state}) as process:
        for line in process.stdout:
            figure = parse(line)
            if figure:
                yield figure
            else:
                print(line, end="", file=sys.stderr)
    if process.returncode != 0:
        sys.exit(f"{program.name} ended with {process.returncode}")


def verdict(figure, target):
    """Returns (target as text, whether it is met); None where there is no target."""
    if target is None:
        return "", None
    if "at_least" in target:
        return f">= {target['at_least']:,}", figure["value"] >= target["at_least"]
    return f"<= {target['at_most']:,}", figure["value"] <= target["at_most"]


def row(figure, target):
    text, met = verdict(figure, target)
    mark = {None: "", True: "met", False: "MISSED"}[met]
    value = f"{figure['value']:,.4g}" if figure["value"] < 1000 else f"{figure['value']:,.0f}"
    return (f"{figure['id']:<32} {value:>14} {figure['unit']:<6} {text:>14} {mark:<7}"
            f"{figure['runs']:>4} runs  +-{figure['spread']:.0%}").rstrip()


def main():
    folder, *rest = sys.argv[1:]
    as_json = "--json" in rest
    targets = {target["id"]: target for target in json.loads(TARGETS.read_text())}
    for program in suites(Path(folder), [word for word in rest if word != "--json"]):
        for figure in run(program):
            line = json.dumps(figure) if as_json else row(figure, targets.get(figure["id"]))
            print(line, flush=True)


if __name__ == "__main__":
    main()
