#!/usr/bin/env python3
"""weir content as people and scripts see it: test-content.py STORY WEIR MODULES

STORY is tests/unit/provenance/make-story.c.
"""
import os
import pty
import subprocess
import sys
from pathlib import Path

STORY = str(Path(sys.argv.pop(1)).resolve())

from flowcase import WEIR, FlowCase, tap  # noqa: E402


def content(event, size):
    return (b"content of event %d, \033[31m\n" % event * 100)[:size]


class Content(FlowCase):
    def setUp(self):
        super().setUp()
        subprocess.run([STORY, self.folder / "data"], check=True)

    def read(self, *arguments):
        result = subprocess.run([WEIR, "content", "--data", "data", *arguments], cwd=self.folder,
                                capture_output=True, env=self.environment, timeout=60)
        self.assertEqual((result.returncode, result.stderr), (0, b""), arguments)
        return result.stdout

    def refuse(self, told, *arguments):
        result = self.weir("content", "--data", "data", *arguments)
        self.assertEqual((result.returncode, result.stdout), (1, ""), arguments)
        self.assertIn(told, result.stderr)

    def test_before_and_after(self):
        self.assertEqual(self.read("1"), content(1, 1200))
        self.assertEqual(self.read("3", "--after"), content(3, 400))
        self.assertEqual(self.read("9", "--before"), content(4, 400))
        self.assertEqual(self.read("9", "--after"), content(9, 500))
        self.assertEqual(self.read("6"), content(2, 400))
        self.assertEqual(self.read("6", "--before"), content(2, 400))
        self.assertEqual(self.read("13", "--before"), content(10, 800))
        self.assertEqual(self.read("15"), b"")

    def test_output(self):
        self.assertEqual(self.read("9", "--output", "there"), b"")
        self.assertEqual((self.folder / "there").read_bytes(), content(9, 500))
        self.refuse("cannot create 'no/where'", "9", "-o", "no/where")

    def test_gone(self):
        self.refuse("event 1: it is the first of its FlowFile", "1", "--before")
        self.refuse("event 99: it is not kept", "99")
        os.unlink(self.folder / "data/archive/000000000002.shared")
        os.unlink(self.folder / "data/log/000000000001.log")
        (self.folder / "kept").write_bytes(b"as it was")
        self.refuse("'weir run --archive SIZE' says how much is kept", "13")
        self.refuse("the part of the log in data/log that had it was let go", "2", "-o", "kept")
        self.assertFalse((self.folder / "kept").exists())

    def test_birth_is_gone(self):
        os.unlink(self.folder / "data/provenance/000000000001.db")
        self.refuse("the FlowFile is older than what is kept", "16")
        self.assertEqual(self.read("13"), content(10, 800))

    def test_changed(self):
        with open(self.folder / "data/content/000000000001.shared", "r+b") as file:
            file.seek(8200)
            file.write(b"x")
        self.refuse("another checksum", "9")
        self.assertEqual(self.read("1"), content(1, 1200))

    def test_terminal(self):
        master, slave = pty.openpty()
        with subprocess.Popen([WEIR, "content", "--data", "data", "3"], stdout=slave,
                              cwd=self.folder, env=self.environment) as process:
            self.assertEqual(process.wait(60), 0)
        os.close(slave)
        shown = os.read(master, 4096)
        os.close(master)
        self.assertTrue(shown.startswith(rb"content of event 3, \x1b[31m" + b"\r\n"), shown)

    def test_usage(self):
        for arguments in ([], ["x"], ["0"], ["1", "2"], ["1", "--before", "--after"]):
            result = self.weir("content", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertIn("See 'weir content --help'", result.stderr)


if __name__ == "__main__":
    tap.main()
