#!/bin/bash
# Checks that are one tool over some of the tree's files: text.sh ROOT CHECK
set -euo pipefail

root=$1
cd "$root"

# list PATTERN... : the files that git knows or would add, closed by NUL.
list () {
  git -c safe.directory='*' ls-files -z --cached --others --exclude-standard --deduplicate \
    -- "$@" | while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then printf '%s\0' "$file"; fi
  done
}

check_format () {
  list '*.c' '*.h' | xargs -0 -r clang-format --dry-run -Werror
}

check_shell () {
  {
    list '*.sh' dev .ci/run
  } | xargs -0 -r shellcheck
}

check_spelling () {
  list ':!tests/fuzz/corpus' ':!tests/flows/*/input' ':!tests/flows/*/expected' |
    xargs -0 -r codespell --ignore-words "$root/tests/lint/codespell.ignore"
}

check_xml () {
  list '*.xml' '*.rng' '*.ui' ':!tests/fuzz/corpus' ':!tests/unit' |
    xargs -0 -r xmllint --noout --nonet
}

# A thing to do is an issue: TODO (#12) is fine, TODO alone is not.
check_todo () {
  if list '*.c' '*.h' '*.py' '*.sh' '*.build' '*.md' dev ':!tests/lint' |
    xargs -0 -r grep -nE '\b(TODO|FIXME|XXX)\b' | grep -vE '(TODO|FIXME|XXX) \(#[0-9]+\)'; then
    return 1
  fi
}

"check_$2"
