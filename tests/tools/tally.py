#!/usr/bin/env python3
"""Counts one run of `meson test`: tally.py STAGE MESON_EXIT_STATUS TESTLOG TALLY_FILE

Reads Meson's testlog.json, where a TAP test counts with each of its subtests, prints the log of
every test that failed and the reason of every one that was skipped, and appends the counts to
TALLY_FILE, then a line "failed: ..." for each that failed. A run that failed without a failing test
(nothing built, Meson itself died) is a failure.
"""
import json
import re
import sys
from pathlib import Path

TAP_LINE = re.compile(r"^\s*(not )?ok\b(.*)$")
TAP_NAME = re.compile(r"^\s*not ok\b[\s\d-]*(.*)$", re.MULTILINE)
TAP_SKIP = re.compile(r"#\s*skip\S*\s*(.*)$", re.IGNORECASE)
GOOD = {"OK", "EXPECTEDFAIL", "SKIP"}
LOG_LINES = 200
NAMES = 20  # of one test: when all of it fails, the first ones say enough


def count_tap(output):
    """Returns (passed, failed, reasons of the skipped)."""
    passed, failed, skipped = 0, 0, []
    for line in output.splitlines():
        match = TAP_LINE.match(line)
        if not match:
            continue
        skip = TAP_SKIP.search(match.group(2))
        if match.group(1):
            failed += 1
        elif skip:
            skipped.append(skip.group(1) or "no reason given")
        else:
            passed += 1
    return passed, failed, skipped


def count_test(test):
    output = test.get("stdout", "")
    passed, failed, skipped = count_tap(output)
    if test["result"] not in GOOD:
        return passed, max(failed, 1), skipped
    if passed + failed + len(skipped) > 0:
        return passed, failed, skipped
    if test["result"] == "SKIP":
        lines = (output + test.get("stderr", "")).strip().splitlines()
        return 0, 0, [lines[-1] if lines else "no reason given"]
    return 1, 0, []


def show_failure(stage, test):
    print(f"--- {stage}: {test['name']}: {test['result']} ---")
    for stream in ("stdout", "stderr"):
        lines = test.get(stream, "").splitlines()
        if len(lines) > LOG_LINES:
            print(f"[{len(lines) - LOG_LINES} lines left out]")
        print("\n".join(lines[-LOG_LINES:]))
    print(f"--- end of {test['name']} ---")


def name_failures(stage, test):
    """Returns a line for each subtest that failed, or one for the test."""
    cases = TAP_NAME.findall(test.get("stdout", ""))[:NAMES] or [test["result"].lower()]
    return [f"failed: {stage}: {test['name']}: {case}" for case in cases]


def main():
    stage, status, testlog, tally = sys.argv[1:]
    total_passed, total_failed, total_skipped, names = 0, 0, 0, []
    path = Path(testlog)
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    for test in map(json.loads, lines):
        passed, failed, skipped = count_test(test)
        if failed:
            show_failure(stage, test)
            names += name_failures(stage, test)
        for reason in skipped:
            print(f"    skipped: {test['name']}: {reason}")
        total_passed += passed
        total_failed += failed
        total_skipped += len(skipped)
    if status != "0" and total_failed == 0:
        total_failed = 1
        names = [f"failed: {stage}: meson test ended with {status}"]
        print(f"--- {stage}: meson test ended with {status} ---")
    with open(tally, "a") as file:
        print(f"{total_passed} {total_failed} {total_skipped}", *names, sep="\n", file=file)
    print(f"    {total_passed} passed, {total_failed} failed, {total_skipped} skipped")


if __name__ == "__main__":
    main()
