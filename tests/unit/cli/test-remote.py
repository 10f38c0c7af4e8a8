#!/usr/bin/env python3
"""The commands that ask a server, with a real one: test-remote.py WEIR MODULES"""
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import server  # noqa: E402
import tap  # noqa: E402

sys.argv.pop()
WEIR = str(Path(sys.argv.pop()).resolve())
PROCESSORS = Path(WEIR).parents[2] / "processors"
FLOW = """<flow xmlns="urn:weir:flow:1" name="Try">
  <processor id="make" type="GenerateFlowFile">
    <property name="Maximum FlowFiles">5</property></processor>
  <group id="g"><port id="in" kind="input"/>
    <processor id="end" type="UpdateAttribute"><auto-terminate relationship="success"/></processor>
    <connection from="in" to="end"/></group>
  <connection from="make:success" to="g/in"/>
</flow>"""


class Remote(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = server.Server(WEIR, PROCESSORS, {"one": FLOW, "two": FLOW})
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.server.wait_running("one", "two")
        cls.server.wait_for(lambda: cls.part("g/end")["in"]["flowfiles"] == 5)

    @classmethod
    def part(cls, path):
        return cls.server.ask("GET", f"/v1/flows/one/processors/{server.part(path)}")

    def weir(self, *arguments, status=0, **environment):
        result = subprocess.run([WEIR, *map(str, arguments)], capture_output=True, text=True,
                                env={**os.environ, "WEIR_SOCKET": str(self.server.socket),
                                     **environment}, timeout=server.LONG)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def test_status(self):
        lines = self.weir("status").stdout.splitlines()
        self.assertEqual(lines[0].split(), ["FLOW", "STATE", "RESTARTS", "TROUBLE"])
        self.assertEqual([line.split()[:2] for line in lines[1:]],
                         [["one", "running"], ["two", "running"]])
        self.assertEqual(len(json.loads(self.weir("status", "--json").stdout)["flows"]), 2)

    def test_status_of_one(self):
        lines = self.weir("status", "one").stdout.splitlines()
        self.assertTrue(lines[0].startswith("one (Try): revision "), lines[0])
        self.assertIn(["g/end", "UpdateAttribute", "running", "5"],
                      [line.split()[:4] for line in lines])
        answer = json.loads(self.weir("status", "--json", "one").stdout)
        self.assertEqual(answer["flow"], "one")
        self.assertEqual({part["path"] for part in answer["processors"]}, {"make", "g/in", "g/end"})

    def test_starts_and_stops(self):
        self.assertEqual(self.weir("stop", "one", "g/end").stdout, "stopped 1\n")
        self.assertEqual(self.part("g/end")["state"], "stopped")
        self.assertEqual(json.loads(self.weir("start", "--json", "one", "g").stdout),
                         {"started": 1})
        self.server.wait_for(lambda: self.part("g/end")["state"] == "running")
        self.weir("stop", "one", "make")
        self.assertEqual(self.weir("run-once", "one", "make").stdout, "started 1\n")
        self.weir("start", "one")

    def test_why_and_queue(self):
        self.weir("stop", "two", "g/end")
        self.assertIn("stopped", self.weir("why", "two", "g/end").stdout)
        self.weir("start", "two", "g/end")
        queue = self.weir("queue", "ls", "two", "make:success -> g/in").stdout.splitlines()
        self.assertEqual(queue[0].split(), ["POSITION", "ID", "SIZE", "UUID"])
        self.assertIn("flowfiles", json.loads(
            self.weir("queue", "ls", "--json", "two", "make:success -> g/in").stdout))
        self.weir("queue", "peek", "two", "make:success -> g/in", "999999", status=1)

    def test_content_and_empty(self):
        self.weir("stop", "one", "g/in")
        self.weir("stop", "one", "make")
        self.weir("edit", "one", "--set", "make.Maximum FlowFiles=9", "--set", "make.File Size=3 B")
        self.weir("start", "one", "make")
        path = "make:success -> g/in"
        self.server.wait_for(lambda: len(self.rows("one", path)) == 4)
        first = self.rows("one", path)[0]
        self.assertEqual(len(self.weir("queue", "content", "one", path, first["id"]).stdout), 3)
        self.assertEqual(self.weir("queue", "empty", "one", path, first["id"]).stdout,
                         "1 FlowFiles of 3 bytes dropped\n")
        answer = json.loads(self.weir("queue", "empty", "--json", "one", path).stdout)
        self.assertEqual(answer, {"flowfiles": 3, "bytes": 9, "partial": False})
        self.weir("queue", "empty", "one", path, "x", status=2)
        self.weir("queue", "content", "one", path, "999999", status=1)
        self.weir("start", "one")

    def rows(self, flow, path):
        return json.loads(self.weir("queue", "ls", "--json", flow, path).stdout)["flowfiles"]

    def test_logs(self):
        self.assertEqual(self.weir("logs", "two").returncode, 0)
        told = self.weir("logs", "two", "--json").stdout
        for line in told.splitlines():
            self.assertIn("message", json.loads(line))
        self.weir("logs", "two", "--level", "loud", status=1)

    def test_edits(self):
        told = self.weir("edit", "two", "--set", "make.Maximum FlowFiles=7", "--set",
                         "g/end.penalty=5 s").stdout
        self.assertIn(" Set Maximum FlowFiles of make and 1 more", told)
        batch = json.dumps({"name": "Rename", "operations": [
            {"op": "rename", "path": "make", "id": "source"}]})
        self.assertIn(" Rename", self.weir("edit", "two", batch).stdout)
        lines = self.weir("history", "two").stdout.splitlines()
        self.assertIn("Rename", lines[1])
        self.assertEqual(len(lines), 3)
        self.weir("edit", "two", "--undo")
        self.assertIn("make", self.weir("status", "two").stdout)
        path = self.server.folder / "batch.json"
        path.write_text('{"operations":[{"op":"set","path":"make","setting":"comment",'
                        '"value":"Why","was":"other"}]}')
        self.assertIn("expected was 'other'", self.weir("edit", "two", "-f", path, status=1).stderr)
        answer = json.loads(self.weir("history", "--json", "two").stdout)
        self.assertEqual([edit["kind"] for edit in answer["edits"]], ["undo", "edit", "edit"])

    def test_told_what_is_wrong(self):
        for arguments, told in [(["status", "three"], "three"), (["stop", "one", "mak"], "mak")]:
            self.assertIn(told, self.weir(*arguments, status=1).stderr)
        self.assertIn("weir serve", self.weir("status", status=1,
                                              WEIR_SOCKET="/nowhere/control.sock").stderr)

    def test_usage(self):
        for arguments in (["status", "a", "b"], ["start"], ["run-once", "a"], ["why", "a"],
                          ["queue"], ["queue", "ls", "a"], ["edit", "two"],
                          ["edit", "two", "--set", "x"], ["edit", "two", "{}", "--undo"]):
            self.weir(*arguments, status=2)


if __name__ == "__main__":
    tap.main()
