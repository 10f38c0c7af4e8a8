#!/usr/bin/env python3
"""weir data as scripts see it: test-data.py WEIR MODULES. What it does with damage: tests/crash/damage.py"""
import fcntl
import json
import os

from flowcase import FlowCase, tap

IDENTITY = """weir data 1
install 4f1c2ab87d30e695
log 09ab55d1c77e2f10
segment 65536
"""


class Data(FlowCase):
    def make(self, identity=IDENTITY):
        for name in ("log", "snapshot", "content"):
            os.makedirs(self.folder / "data" / name)
        self.write("data/identity", identity)

    def test_new_directory(self):
        self.make()
        for action in ("check", "stat", "compact"):
            result = self.weir("data", action, "data")
            self.assertEqual((result.returncode, result.stderr), (0, ""), action)
            self.assertIn("data: 0 FlowFiles", result.stdout)
            self.assertIn("nothing is damaged", result.stdout)

    def test_json(self):
        self.make()
        result = self.weir("data", "check", "--json", "data")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        found = json.loads(result.stdout)
        self.assertEqual((found["action"], found["damaged"], found["findings"]), ("check", False, []))
        self.assertEqual(found["verified"], {"frames": 0, "entries": 0, "images": 0, "contents": 0})

    def test_in_use(self):
        self.make()
        with open(self.folder / "data/lock", "w", encoding="utf-8") as lock:
            lock.write('flow "Orders", process 12\n')
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
            refused = self.weir("data", "check", "data")
            seen = self.weir("data", "stat", "data")
            found = json.loads(self.weir("data", "stat", "data", "--json").stdout)
        self.assertEqual((refused.returncode, refused.stdout), (1, ""))
        self.assertIn('flow "Orders", process 12; stop that one first', refused.stderr)
        self.assertEqual((seen.returncode, seen.stderr), (0, ""))
        self.assertIn('in use: flow "Orders", process 12; this is how it was when', seen.stdout)
        self.assertEqual((found["in_use_by"], found["as_of_usec"]), ('flow "Orders", process 12', 0))
        self.assertEqual((self.folder / "data/lock").read_text(), 'flow "Orders", process 12\n')

    def test_no_data_directory(self):
        os.makedirs(self.folder / "other")
        self.write("data", "a file")
        for name, words in (("other", "identity"), ("missing", "there is no directory"),
                            ("data", "there is no directory")):
            result = self.weir("data", "check", name)
            self.assertEqual((result.returncode, result.stdout), (1, ""), name)
            self.assertIn(words, result.stderr)

    def test_later_version(self):
        self.make(IDENTITY.replace("data 1", "data 2"))
        result = self.weir("data", "check", "data")
        self.assertEqual(result.returncode, 1)
        self.assertIn("version 2", result.stderr)

    def test_damaged_manifest(self):
        self.make()
        self.write("data/snapshot/000000000001.manifest", "weir manifest 1\nlog")
        result = self.weir("data", "check", "data")
        self.assertEqual(result.returncode, 1)
        self.assertIn("snapshot/000000000001.manifest: byte 0: damaged: ", result.stdout)
        result = self.weir("data", "compact", "data")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("weir data check", result.stderr)
        result = self.weir("data", "check", "--repair", "data")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("cannot be repaired", result.stderr)
        aside = self.folder / "data/quarantine"
        self.assertEqual(len(os.listdir(aside)), 1)
        kept = os.listdir(os.path.join(aside, os.listdir(aside)[0]))
        self.assertEqual(sorted(kept), ["report.txt", "snapshot-000000000001.manifest"])

    def test_usage(self):
        for arguments in ([], ["check"], ["mend", "data"], ["stat", "--repair", "data"],
                          ["check", "a", "b"]):
            result = self.weir("data", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertIn("See 'weir data --help'", result.stderr)


if __name__ == "__main__":
    tap.main()
