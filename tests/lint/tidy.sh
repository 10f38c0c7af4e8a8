#!/bin/bash
# clang-tidy over every source of a clang build: tidy.sh BUILD
# A header is checked with the sources that include it.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$1

# Sources as compiled in BUILD, relative to it, a line each.
sources () {
  python3 -c 'import json, sys
print("\n".join(sorted({entry["file"] for entry in json.load(open(sys.argv[1]))})))' \
    "$build/compile_commands.json" | grep -v -E '^[^.]|/abi/v' || true
}

cd "$build"
sources | xargs -r -n 1 -P "$(nproc)" clang-tidy --quiet -p . \
  --config-file="$root/.clang-tidy" 2> >(grep -v -E '^[0-9]+ warnings? (generated|treated)' >&2)
