#!/usr/bin/env python3
"""weir eval as persons and scripts see it: test-eval.py WEIR MODULES"""
import json
import os
import socket
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import tap  # noqa: E402

sys.argv.pop()
WEIR = sys.argv.pop()


class Eval(unittest.TestCase):
    def eval(self, *arguments, **environment):
        return subprocess.run([WEIR, "eval", *arguments], capture_output=True, timeout=200,
                              env={**os.environ, "LC_ALL": "C.UTF-8", **environment})

    def assert_prints(self, result, text, errors=""):
        self.assertEqual((result.returncode, result.stderr.decode()), (0, errors))
        self.assertEqual(result.stdout.decode(), text + "\n")

    def assert_tells(self, result, text, code=1):
        self.assertEqual((result.returncode, result.stdout), (code, b""))
        self.assertEqual(result.stderr.decode(), "weir eval: " + text + "\n")

    def test_value(self):
        self.assert_prints(self.eval("${name:toUpper()}.txt", "-a", "name=ada"), "ADA.txt")
        self.assert_prints(self.eval("text"), "text")
        self.assert_prints(self.eval(""), "")
        self.assert_prints(self.eval("--", "-a"), "-a")

    def test_attributes(self):
        self.assert_prints(self.eval("${a}${b}${c}", "-a", "a=1", "-a", "b=x=y", "-a", "c="),
                           "1x=y")
        self.assert_prints(self.eval("${a}", "-a", "a=1", "-a", "a=2"), "2")
        self.assert_prints(self.eval("${a}", "-a", "a=gr\u00fcn"), "gr\u00fcn")
        self.assert_prints(self.eval("${allMatchingAttributes('.*'):join('+')}", "-a", "a=1",
                                     "-a", "b=2", "-a", "a=3"), "3+2")

    def test_bytes_that_are_no_text(self):
        result = self.eval(b"${a}\xff", "-a", b"a=\xfe")
        self.assertEqual((result.returncode, result.stdout), (0, b"\xfe\xff\n"))
        result = self.eval("--json", b"${a}\xff", "-a", b"a=\xfe")
        self.assertEqual(json.loads(result.stdout)["value"], "\ufffd\ufffd")
        self.assertEqual(self.eval(b"${a\xff:x()}").returncode, 1)

    def test_surroundings(self):
        self.assert_prints(self.eval("${WEIR_TEST_X}", WEIR_TEST_X="here"), "here")
        self.assert_prints(self.eval("${WEIR_TEST_X}", "-a", "WEIR_TEST_X=a", WEIR_TEST_X="b"),
                           "a")
        self.assert_prints(self.eval("${hostname()}"), socket.gethostname())
        self.assert_prints(self.eval("${nextInt()}${nextInt()}"), "01")
        self.assert_prints(self.eval("${now():toNumber():gt(1700000000000)}"), "true")
        self.assert_prints(self.eval("${random():ge(0)}"), "true")
        self.assertRegex(self.eval("${ip()}").stdout, rb"^[0-9a-f.:]+\n$")

    def test_mistake(self):
        self.assert_tells(self.eval("${a:toUper()}"),
                          "column 5: no function is called 'toUper'; did you mean 'toUpper'?\n"
                          "  ${a:toUper()}\n"
                          "      ^")

    def test_mistake_in_a_pattern(self):
        result = self.eval("x ${a:matches('(')}")
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stderr.decode().endswith("\n  x ${a:matches('(')}\n        ^\n"))

    def test_mistake_that_shows_late(self):
        result = self.eval("${a:jsonPath('$.x')}", "-a", "a=nope")
        self.assertEqual(result.returncode, 1)
        self.assertIn("column 5: ", result.stderr.decode())
        self.assertTrue(result.stderr.decode().endswith("\n      ^\n"))

    def test_caret_under_wide_characters(self):
        result = self.eval("\u65e5\u672c\t" + "e\u0301 ${a:x()}")
        self.assertTrue(result.stderr.decode().endswith(
            "\n  \u65e5\u672c e\u0301 ${a:x()}\n" + " " * 13 + "^\n"))

    def test_caret_in_one_of_many_lines(self):
        result = self.eval("one\n${a:x()}\nthree")
        self.assertIn("line 2, column 5: ", result.stderr.decode())
        self.assertTrue(result.stderr.decode().endswith("\n  ${a:x()}\n      ^\n"))

    def test_caret_in_a_long_line(self):
        lines = self.eval("a" * 5000 + "${a:x()}" + "b" * 5000).stderr.decode().split("\n")
        self.assertLess(len(lines[1]), 130)
        self.assertEqual(lines[1][lines[2].index("^")], "x")

    def test_nothing_dangerous_for_a_terminal(self):
        for text in ["\x1b[31m${a:x()}", "${a:\x1b[31m()}", "${\x1b}"]:
            self.assertNotIn(b"\x1b", self.eval(text).stderr)

    def test_unclosed(self):
        self.assert_prints(self.eval("a ${b"), "a ${b",
                           "weir eval: no } closes this ${, so that all from here on is text\n"
                           "  a ${b\n"
                           "    ^\n")

    def test_json(self):
        def result(*arguments):
            done = self.eval("--json", *arguments)
            self.assertEqual(done.stderr, b"")
            return done.returncode, json.loads(done.stdout)

        self.assertEqual(result("${a:toUpper()}", "-a", "a=x\u00fc"),
                         (0, {"value": "X\u00dc", "type": "text"}))
        self.assertEqual(result("${a:length()}"), (0, {"value": "0", "type": "whole number"}))
        self.assertEqual(result("${a:isNull()}"), (0, {"value": "true", "type": "boolean"}))
        self.assertEqual(result("${a}"), (0, {"value": "", "type": "nothing"}))
        self.assertEqual(result("${literal(2):plus(1)}")[1]["value"], "3")
        self.assertEqual(result("text"), (0, {"value": "text", "type": "text"}))
        self.assertEqual(result("a ${b"), (0, {"value": "a ${b", "type": "text", "unclosed": 2}))
        code, mistake = result("\u00fc\n\u00fc${a:b()}")
        self.assertEqual((code, mistake["line"], mistake["column"]), (1, 2, 6))
        self.assertIn("no function is called 'b'", mistake["error"])

    def test_markdown(self):
        text = self.eval("--markdown").stdout.decode()
        self.assertIn("\n### substringBefore\n\n`text:substringBefore(", text)

    def test_usage(self):
        see = "\nSee 'weir eval --help'"
        self.assert_tells(self.eval(), "which text?" + see, code=2)
        self.assert_tells(self.eval("a", "b"), "one text, not 2" + see, code=2)
        self.assert_tells(self.eval("a", "-a", "x"), "'x' is not NAME=VALUE" + see, code=2)
        self.assert_tells(self.eval("a", "-a", "=x"), "'=x' is not NAME=VALUE" + see, code=2)
        self.assert_tells(self.eval("--markdown", "a"), "--markdown goes with nothing else" + see,
                          code=2)

    def test_full_disk(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([WEIR, "eval", "x"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"cannot write to standard output", result.stderr)


if __name__ == "__main__":
    tap.main()
