#!/usr/bin/env python3
"""docs/expression-language.md is true: expression-language.py [--update] WEIR PAGE

What is behind MARK equals `weir eval --markdown`, or is made so; each example of the page gives what
it says.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

MARK = "<!-- Written by ninja update-docs. -->\n\n"
PART = r"`+ ?.+? ?`+"
EXAMPLE = re.compile(rf"({PART})((?:\s+(?:with|and)\s+{PART})*)\s+gives\s+({PART}|the empty text)")


def code(text):
    """What stands between the backticks."""
    fence = re.match("`+", text).group()
    inner = text[len(fence):-len(fence)]
    return inner[1:-1] if inner.startswith(" `") or inner.endswith("` ") else inner


def eval_(weir, *arguments):
    return subprocess.run([weir, "eval", *arguments], capture_output=True, text=True,
                          env={**os.environ, "TZ": "UTC"})


def problem_of(weir, example):
    text, attributes, wanted = example.groups()
    wanted = "" if wanted == "the empty text" else code(wanted)
    assignments = [code(part) for part in re.findall(PART, attributes)]
    result = eval_(weir, *(f"--attribute={each}" for each in assignments), "--", code(text))
    if (result.returncode, result.stdout) != (0, wanted + "\n"):
        return f"{example.group()}\n  but: {result.stdout}{result.stderr}"
    return None


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    weir, page = arguments[0], Path(arguments[1])
    prose, _, functions = page.read_text().partition(MARK)
    generated = eval_(weir, "--markdown").stdout
    if "--update" in sys.argv:
        if functions != generated:
            page.write_text(prose + MARK + generated)
        return
    examples = list(EXAMPLE.finditer(prose + functions))
    problems = [problem for example in examples
                if (problem := problem_of(weir, example)) is not None]
    if functions != generated:
        problems.append(f"{page} does not have what weir eval --markdown prints: ./dev docs")
    print("\n".join(problems) or f"{len(examples)} examples are fine")
    sys.exit(bool(problems) or len(examples) < 120)


if __name__ == "__main__":
    main()
