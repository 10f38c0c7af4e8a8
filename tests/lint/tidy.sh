#!/bin/bash
# clang-tidy over every source of a clang build: tidy.sh BUILD
# What the compiler warns of is the matter of the build itself. A header is checked with the sources that include it; tests/.clang-tidy asks less of tests.
set -euo pipefail

cd "$1"

# What BUILD compiles, without what Meson or a test generated in BUILD itself.
sources=$(python3 -c 'import json
files = {entry["file"] for entry in json.load(open("compile_commands.json"))}
print("\n".join(sorted(file for file in files if file.startswith(".."))))')

tr '\n' '\0' <<<"${sources:?nothing to check}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p . --extra-arg=-Wno-error \
    2> >(grep -v -E '^[0-9]* ?warnings? (generated|treated)' >&2)
