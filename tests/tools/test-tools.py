#!/usr/bin/env python3
"""The tools that judge the tests are tested themselves."""
import contextlib
import importlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "bench")]

import driver  # noqa: E402
import tap  # noqa: E402

tally = importlib.import_module("tally")


class Tally(unittest.TestCase):
    def run_tally(self, *tests, status="0"):
        """Returns (what was appended to the tally, what was printed)."""
        with tempfile.TemporaryDirectory() as folder:
            log, counts = Path(folder, "testlog.json"), Path(folder, "tally")
            if tests:
                log.write_text("".join(json.dumps(test) + "\n" for test in tests))
            with mock.patch("sys.argv", ["tally.py", "stage", status, str(log), str(counts)]), \
                    contextlib.redirect_stdout(io.StringIO()) as output:
                tally.main()
            return counts.read_text(), output.getvalue()

    def test_tap_counts_each_subtest(self):
        counts, output = self.run_tally({
            "name": "units", "result": "OK",
            "stdout": "1..3\nok 1 /a\nok 2 /b # SKIP no network\n# ok is a word\nok 3 /c\n"})
        self.assertEqual(counts, "2 0 1\n")
        self.assertIn("skipped: units: no network", output)

    def test_failure_shows_the_log(self):
        counts, output = self.run_tally({
            "name": "units", "result": "FAIL", "stdout": "ok 1 /a\nnot ok 2 /b\n",
            "stderr": "why\n"}, status="1")
        self.assertEqual(counts, "1 1 0\nfailed: stage: units: /b\n")
        self.assertIn("why", output)

    def test_crash_after_good_subtests_is_a_failure(self):
        counts, _ = self.run_tally({"name": "units", "result": "ERROR", "stdout": "ok 1 /a\n"},
                                   status="1")
        self.assertEqual(counts, "1 1 0\nfailed: stage: units: error\n")

    def test_exit_codes(self):
        counts, output = self.run_tally({"name": "a", "result": "OK", "stdout": "text\n"},
                                        {"name": "b", "result": "SKIP", "stdout": "no disk\n"},
                                        {"name": "c", "result": "TIMEOUT"}, status="1")
        self.assertEqual(counts, "1 1 1\nfailed: stage: c: timeout\n")
        self.assertIn("skipped: b: no disk", output)

    def test_meson_that_died_is_a_failure(self):
        self.assertEqual(self.run_tally(status="2")[0],
                         "0 1 0\nfailed: stage: meson test ended with 2\n")

    def test_nothing_to_run_is_fine(self):
        self.assertEqual(self.run_tally()[0], "0 0 0\n")


class Driver(unittest.TestCase):
    FIGURE = {"id": "engine.clone_ns", "value": 42.123, "unit": "ns", "runs": 5, "spread": 0.031}

    def suite(self, folder, text):
        program = Path(folder, "bench-engine")
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)

    def test_targets(self):
        self.assertEqual(driver.verdict({"value": 5}, {"at_least": 5}), (">= 5", True))
        self.assertEqual(driver.verdict({"value": 4}, {"at_least": 5}), (">= 5", False))
        self.assertEqual(driver.verdict({"value": 5}, {"at_most": 5}), ("<= 5", True))
        self.assertEqual(driver.verdict({"value": 6}, {"at_most": 5}), ("<= 5", False))
        self.assertEqual(driver.verdict({"value": 6}, None), ("", None))

    def test_every_target_is_one(self):
        for target in json.loads(driver.TARGETS.read_text()):
            self.assertEqual(len({"at_least", "at_most"} & set(target)), 1, target)
            self.assertLessEqual({"id", "unit"}, set(target))

    def test_row(self):
        row = driver.row(self.FIGURE, {"at_most": 50})
        self.assertEqual(row.split(), ["engine.clone_ns", "42.12", "ns", "<=", "50", "met", "5",
                                       "runs", "+-3%"])

    def test_figures_of_a_suite(self):
        with tempfile.TemporaryDirectory() as folder, \
                contextlib.redirect_stderr(io.StringIO()) as remarks:
            self.suite(folder, f"echo a remark\necho '{json.dumps(self.FIGURE)}'")
            programs = driver.suites(Path(folder), ["engine"])
            self.assertEqual(list(driver.run(programs[0])), [self.FIGURE])
        self.assertEqual(remarks.getvalue(), "a remark\n")

    def test_a_suite_that_fails_or_does_not_exist(self):
        with tempfile.TemporaryDirectory() as folder:
            self.suite(folder, "exit 3")
            with self.assertRaisesRegex(SystemExit, "ended with 3"):
                list(driver.run(driver.suites(Path(folder), [])[0]))
            with self.assertRaisesRegex(SystemExit, "there are: engine"):
                driver.suites(Path(folder), ["disk"])

    def test_a_figure_without_all_fields(self):
        self.assertRaises(SystemExit, driver.parse, '{"id": "a", "value": 1}')


if __name__ == "__main__":
    tap.main()
