#!/bin/bash
# Proves that the tests of durability find mistakes: makes each one of engine/store/mutant.h, and
# demands that power cuts show it. mutants.sh WEIR-MUTANTS RECORDER REPLAY INODE [STATES [MUTANT...]]
#
# Mutant 9 cannot be found, and must not: places are part of every frame's checksum, and an old frame
# also has an old sequence number. It stands here to be shown harmless.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
tools=("${@:1:4}")
states=${5:-2000}
shift $(($# < 5 ? $# : 5))
mutants=("$@")
[ ${#mutants[@]} -gt 0 ] || mutants=(1 2 3 4 5 6 7 8 9 10 11 12)
failed=0

# A mutant is dead with its first failing state; three traces in turn are tried.
for mutant in "${mutants[@]}"; do
  expected=$mutant
  [ "$mutant" != 9 ] || expected=0
  more=()
  [ "$mutant" != 10 ] || more=(--takeover)
  for seed in 1 2 3; do
    printf 'mutant %d: ' "$mutant"
    status=0
    WEIR_MUTANT=$mutant "$here/powercut.py" "${tools[@]}" --states "$states" --traces 4 \
      --stop-at 1 --seed "$seed" --mutant "$expected" "${more[@]}" || status=$?
    if [ "$status" = 0 ] || [ "$expected" = 0 ]; then break; fi
  done
  [ "$status" = 0 ] || failed=$((failed + 1))
done
echo "${#mutants[@]} mutants, $failed survived"
exit $((failed > 0))
