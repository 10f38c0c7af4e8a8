#!/usr/bin/env python3
"""The examples of a page are canonical and follow the schema: flow-examples.py WEIR PAGE RNG MINIMUM

An example that is not a whole flow is put into one.
"""
import re
import subprocess
import sys
from pathlib import Path

WEIR, PAGE, RNG, MINIMUM = sys.argv[1:]
EXAMPLE = re.compile(r"^```xml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FLOW = '<flow xmlns="urn:weir:flow:1" name="Example">\n%s</flow>\n'


def run(*command, text):
    return subprocess.run(command, input=text, capture_output=True, text=True)


def problem_of(example):
    is_whole = "<flow " in example
    formatted = run(WEIR, "fmt", "-", text=example if is_whole else FLOW % example)
    if formatted.returncode:
        return formatted.stderr
    canonical = formatted.stdout
    if not is_whole:
        canonical = re.sub("^  ", "", "\n".join(canonical.split("\n")[1:-2]) + "\n",
                           flags=re.MULTILINE)
    if canonical != example:
        return f"weir fmt writes it as\n{canonical}"
    valid = run("xmllint", "--noout", "--nonet", "--relaxng", RNG, "-", text=formatted.stdout)
    return valid.stderr if valid.returncode else None


examples = EXAMPLE.findall(Path(PAGE).read_text())
problems = [f"{example}\n{problem}" for example in examples
            if (problem := problem_of(example)) is not None]
print("\n\n".join(problems) or f"{len(examples)} examples are fine")
sys.exit(bool(problems) or len(examples) < int(MINIMUM))
