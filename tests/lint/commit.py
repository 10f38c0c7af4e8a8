#!/usr/bin/env python3
"""Commit messages: commit.py ROOT ALLOWED

`area: imperative summary`, at most 72 columns and no full stop at the end; then a blank line and a
body that says why. Looks at every commit of the branch but those in the file ALLOWED.
"""
import re
import subprocess
import sys

import tree

SUBJECT = re.compile(r"^[a-z0-9][a-z0-9 ,./_-]*: \S")
COLUMNS = 72


def problems_of(message):
    subject, _, rest = message.partition("\n")
    if not SUBJECT.match(subject):
        yield "the subject is not `area: summary`"
    if len(subject) > COLUMNS:
        yield f"the subject has {len(subject)} columns, at most {COLUMNS}"
    if subject.endswith("."):
        yield "the subject ends with a full stop"
    if not rest.startswith("\n") or not rest.strip():
        yield "no body that says why"


def check(log, allowed):
    """@log: hash, newline, message of each commit, each closed by NUL."""
    problems = []
    for entry in filter(None, (entry.strip("\n") for entry in log.split("\0"))):
        commit, _, message = entry.partition("\n")
        if commit[:12] in allowed:
            continue
        problems += [f"{commit[:12]} {message.splitlines()[0] if message else ''}: {problem}"
                     for problem in problems_of(message)]
    return problems


if __name__ == "__main__":
    result = subprocess.run(["git", "-c", "safe.directory=*", "-C", sys.argv[1], "log",
                             "--no-merges", "--format=%H%n%B%x00"], capture_output=True, text=True)
    if result.returncode:
        print("not a git clone, no history to check")
        sys.exit(77)
    tree.report(check(result.stdout, tree.read_allowed(sys.argv[2])))
