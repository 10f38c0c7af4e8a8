#!/usr/bin/env python3
"""weir inspect as scripts see it: test-inspect.py WEIR MODULES

MODULES holds the modules of the plugin tests, good ones and bad ones.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import tap  # noqa: E402

MODULES = Path(sys.argv.pop())
WEIR = sys.argv.pop()


class Inspect(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.add("one")

    def add(self, name):
        shutil.copy2(MODULES / f"weir-{name}.so", self.folder)

    def inspect(self, *arguments):
        environment = {**os.environ, "WEIR_MODULE_PATH": str(self.folder)}
        return subprocess.run([WEIR, "inspect", *arguments], capture_output=True, text=True,
                              env=environment)

    def assert_prints(self, result, text, code=0):
        self.assertEqual((result.returncode, result.stderr), (code, ""))
        self.assertIn(text, result.stdout)

    def assert_tells(self, result, text, code=1):
        self.assertEqual((result.returncode, result.stdout), (code, ""))
        self.assertIn(text, result.stderr)

    def test_table(self):
        self.assert_prints(self.inspect(), "Good                      For tests. (one)\n")

    def test_type(self):
        result = self.inspect("Other", "Good")
        self.assert_prints(result, "Other: For tests.\n\n  module   one 1.5 (")
        self.assertIn("\n\nGood: For tests.\n", result.stdout)

    def test_unknown_type(self):
        self.assert_tells(self.inspect("Goood", "Good"), "did you mean 'Good'?")

    def test_json(self):
        self.add("newer")
        everything = json.loads(self.inspect("--json").stdout)
        self.assertEqual([each["name"] for each in everything["types"]], ["Good", "Other"])
        self.assertEqual(len(everything["problems"]), 1)
        self.assertIn("weir-newer.so: built for ABI 1.3", everything["problems"][0])
        one = json.loads(self.inspect("--json", "Other").stdout)
        self.assertEqual([each["name"] for each in one["types"]], ["Other"])

    def test_markdown(self):
        self.assert_prints(self.inspect("--markdown", "Good"), "# Good\n\nFor tests.\n")
        self.assert_prints(self.inspect("--markdown"), "| [Good](Good.md) | For tests. | `one` |")

    def test_bad_module_does_not_hurt(self):
        self.add("bad-magic")
        result = self.inspect()
        self.assertEqual(result.returncode, 0)
        self.assertIn("Good ", result.stdout)
        self.assertIn("weir-bad-magic.so: is not a Weir module", result.stderr)

    def test_lint(self):
        result = self.inspect("--lint")
        self.assert_prints(result, "Good: it has no tags", code=1)
        self.assertIn("its index is missing or old", result.stdout)
        self.assertNotIn("index", self.inspect("--lint", "Good").stdout)

    def test_index(self):
        self.assert_prints(self.inspect("--index", self.folder), "")
        index = (self.folder / "weir-modules.index").read_text()
        self.assertTrue(index.startswith("weir-modules 1\nweir-one.so "))
        self.assertNotIn("index", self.inspect("--lint").stdout)
        self.add("newer")
        self.assert_tells(self.inspect("--index", self.folder), "weir-newer.so: built for ABI")
        self.assert_tells(self.inspect("--index", self.folder / "none"), "No such file")

    def test_usage(self):
        self.assert_tells(self.inspect("--json", "--lint"), "exclude each other", code=2)
        self.assert_tells(self.inspect("--index", self.folder, "Good"), "takes no TYPE", code=2)
        self.assert_tells(self.inspect("--jsno"), "See 'weir inspect --help'", code=2)

    def test_full_disk(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([WEIR, "inspect"], stdout=full, stderr=subprocess.PIPE,
                                    env={**os.environ, "WEIR_MODULE_PATH": str(self.folder)})
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"cannot write to standard output", result.stderr)

    def test_wide_names_fit(self):
        for line in self.inspect("Good").stdout.splitlines():
            if str(self.folder) not in line:
                self.assertLessEqual(len(line), 80)


if __name__ == "__main__":
    tap.main()
