#!/usr/bin/env python3
"""weir fmt as scripts see it: test-fmt.py WEIR MODULES"""
import os
import subprocess
import unittest

from flowcase import GOOD, WEIR, FlowCase, tap

WILD = GOOD.replace("  ", "\t").replace('id="start"', " id='start' ")


class Fmt(FlowCase):
    def test_prints(self):
        self.write("wild.xml", WILD)
        result = self.weir("fmt", "wild.xml")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, GOOD, ""))
        self.assertEqual((self.folder / "wild.xml").read_text(), WILD)

    def test_standard_input(self):
        self.assertEqual(self.weir("fmt", "-", text=WILD).stdout, GOOD)

    def test_rewrites(self):
        path = self.write("wild.xml", WILD)
        path.chmod(0o640)
        (self.folder / "link.xml").symlink_to("wild.xml")
        result = self.weir("fmt", "-w", "link.xml")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual(path.read_text(), GOOD)
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        self.assertTrue((self.folder / "link.xml").is_symlink())
        self.assertEqual(sorted(os.listdir(self.folder)), ["link.xml", "modules", "wild.xml"])

    def test_keeps_permissions_that_the_mask_takes(self):
        path = self.write("wild.xml", WILD)
        path.chmod(0o666)
        old = os.umask(0o077)
        try:
            self.weir("fmt", "-w", "wild.xml")
        finally:
            os.umask(old)
        self.assertEqual(path.stat().st_mode & 0o777, 0o666)

    def test_leaves_canonical_files_alone(self):
        path = self.write("good.xml", GOOD)
        os.utime(path, (1, 1))
        self.assertEqual(self.weir("fmt", "-w", "good.xml").returncode, 0)
        self.assertEqual(path.stat().st_mtime, 1)

    def test_goes_on_after_a_bad_file(self):
        self.write("bad.xml", "<flow")
        self.write("wild.xml", WILD)
        result = self.weir("fmt", "-w", "bad.xml", "gone.xml", "wild.xml")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("bad.xml:1:6: not well-formed", result.stderr)
        self.assertIn("cannot open 'gone.xml'", result.stderr)
        self.assertEqual((self.folder / "bad.xml").read_text(), "<flow")
        self.assertEqual((self.folder / "wild.xml").read_text(), GOOD)

    def test_keeps_what_it_does_not_know(self):
        flow = GOOD.replace('<funnel id="park"/>', '<funnel id="park" color="red"/> <!-- why -->\n'
                            '    <unknown  a=\'1\'>\n as it is</unknown>')
        self.assertEqual(self.weir("fmt", "-", text=flow).stdout, flow)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_tells_when_it_cannot_write(self):
        self.write("wild.xml", WILD)
        with open("/dev/full", "w") as full:
            result = subprocess.run([WEIR, "fmt", "wild.xml"], cwd=self.folder, stdout=full,
                                    stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)

    def test_usage(self):
        for arguments, told in [(["fmt"], "which flow?"), (["fmt", "-w", "-"], "standard input")]:
            result = self.weir(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(told, result.stderr)


if __name__ == "__main__":
    tap.main()
