#!/usr/bin/env python3
"""docs/control-api.md and docs/openapi.json say what the rows do: control-api.py [--update] PRINTER DOCS

What the OpenAPI document names is there, and each operation has what people need.
"""
import json
import subprocess
import sys
from pathlib import Path


def printed(printer, what):
    return subprocess.run([printer, what], capture_output=True, text=True, check=True).stdout


def pages(printer):
    """Name and text of each file; the document is indented, so that a change of it can be read."""
    document = json.loads(printed(printer, "openapi"))
    return {"control-api.md": printed(printer, "markdown"),
            "openapi.json": json.dumps(document, indent=1, ensure_ascii=False) + "\n"}


def references(value):
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "$ref":
                yield member
            else:
                yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def is_there(document, reference):
    at = document
    for name in reference.removeprefix("#/").split("/"):
        if not isinstance(at, dict) or name not in at:
            return False
        at = at[name]
    return True


def problems_of_document(document):
    for reference in sorted(set(references(document))):
        if not is_there(document, reference):
            yield f"openapi.json: {reference} is not there"
    names = set()
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            name = operation["operationId"]
            if name in names:
                yield f"openapi.json: two methods are {name}"
            names.add(name)
            if not operation["description"].endswith("."):
                yield f"{name}: a doc is sentences"
            if verb in ("post", "put", "patch", "delete") and not operation["x-weir-audited"] \
                    and name not in NOT_AUDITED:
                yield f"{name}: {verb.upper()} changes something, so it is audited"


# These take a body and change nothing.
NOT_AUDITED = {"expression.eval", "provenance.search", "provenance.sql"}


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    expected = pages(arguments[0])
    folder = Path(arguments[1])
    if len(arguments) < len(sys.argv) - 1:
        for name, text in expected.items():
            (folder / name).write_text(text)
        return
    problems = [f"docs/{name} is not what the rows say: ./dev docs" for name, text in expected.items()
                if not (folder / name).exists() or (folder / name).read_text() != text]
    problems += problems_of_document(json.loads(expected["openapi.json"]))
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
