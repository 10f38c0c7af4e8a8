#!/usr/bin/env python3
"""The table of commands as scripts see it: test-weir.py WEIR MODULES"""
from flowcase import FlowCase, tap


class Weir(FlowCase):
    def test_help(self):
        result = self.weir("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for command in ["check", "fmt", "inspect", "run"]:
            self.assertIn(f"\n  {command} ", result.stdout)
            told = self.weir(command, "--help")
            self.assertEqual((told.returncode, told.stderr), (0, ""))
            self.assertIn(f"weir {command}", told.stdout)

    def test_version(self):
        self.assertRegex(self.weir("--version").stdout, r"^weir \d+\.\d+\.\d+\n$")

    def test_unknown_command(self):
        result = self.weir("inspekt")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("there is no command 'inspekt', did you mean 'inspect'?", result.stderr)

    def test_no_command(self):
        result = self.weir()
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("Commands:", result.stderr)

    def test_names_of_any_bytes(self):
        result = self.weir("check", b"\xff.xml".decode(errors="surrogateescape"), LC_ALL="C")
        self.assertEqual(result.returncode, 1)
        self.assertIn("No such file", result.stdout)


if __name__ == "__main__":
    tap.main()
