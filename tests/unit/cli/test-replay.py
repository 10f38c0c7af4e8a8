#!/usr/bin/env python3
"""weir replay as people and scripts see it: test-replay.py WEIR MODULES

Files go through a flow and are looked at afterwards; what was taken from a queue is put there again.
"""
import json
import shutil
import subprocess
from pathlib import Path

from flowcase import WEIR, FlowCase, tap

PROCESSORS = Path(WEIR).parents[2] / "processors"

FLOW = """<flow xmlns="urn:weir:flow:1" name="Replay">
  <processor id="get" type="GetFile"><property name="Input Directory">{0}/in</property></processor>
  <processor id="mark" type="UpdateAttribute"><property name="{1}">seen</property></processor>
  <processor id="put" type="PutFile"><property name="Directory">{0}/out</property>
    <auto-terminate relationship="success"/><auto-terminate relationship="failure"/></processor>
  <connection from="get:success" to="mark"/><connection from="mark:success" to="put"/></flow>"""


class Replay(FlowCase):
    def setUp(self):
        super().setUp()
        self.environment["WEIR_MODULE_PATH"] = str(PROCESSORS)
        (self.folder / "in").mkdir()
        self.flow = self.folder / "flow.xml"
        self.flow.write_text(FLOW.format(self.folder, "mark"))

    def call(self, *arguments):
        return subprocess.run([WEIR, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder,
                              env=self.environment, timeout=60)

    def run_flow(self, *arguments):
        result = self.call("run", self.flow, "--data", "data", "--until-idle", "-q", *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def events(self):
        result = self.call("provenance", "--data", "data", "--json", "--reverse", "--limit", "0")
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def number(self, kind):
        return next(event["event"] for event in self.events() if event["type"] == kind)

    def refuse(self, told, event, *arguments):
        result = self.call("replay", event, self.flow, "--data", "data", *arguments)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(told, result.stderr)

    def pass_file(self, content="hello", *arguments):
        (self.folder / "in/a.txt").write_text(content)
        self.run_flow(*arguments)

    def test_again(self):
        """Small contents are in the log, large ones in the archive; a birth goes where it went."""
        for size, kind in ((5, "SEND"), (200000, "SEND"), (3000000, "RECEIVE")):
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            self.pass_file("x" * size)
            first = self.events()[0]["flowfile"]
            shutil.rmtree(self.folder / "out")
            result = self.call("replay", self.number(kind), self.flow, "--data", "data", "--json")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            again = json.loads(result.stdout)["flowfile"]
            self.run_flow()
            self.assertEqual((self.folder / "out/a.txt").read_text(), "x" * size)
            story = [event for event in self.events() if event["flowfile"] == again]
            self.assertEqual((story[0]["type"], story[0]["parents"]), ("REPLAY", [first]))
            self.assertEqual([event["type"] for event in story[-2:]], ["SEND", "DROP"])

    def test_nothing_to_replay(self):
        self.pass_file()
        self.refuse("event 99: it is not kept", 99)
        self.refuse("cannot", 1, "--data", "nowhere")

    def test_no_place(self):
        self.pass_file()
        event = self.number("SEND")
        self.flow.write_text(self.flow.read_text().replace('"mark"', '"other"').replace("mark:", "other:"))
        self.refuse("the flow has no connection mark:success -> put", event)

    def test_no_content(self):
        self.pass_file("x" * 200000)
        for file in [*(self.folder / "data/archive").iterdir(), *(self.folder / "data/content").iterdir()]:
            file.unlink()
        self.refuse("--archive SIZE", self.number("SEND"))

    def test_secret(self):
        self.flow.write_text(FLOW.format(self.folder, "db.password"))
        self.pass_file()
        self.refuse("the value of attribute 'db.password' is a secret", self.number("SEND"))

    def test_usage(self):
        for arguments in [], ["1"], ["x", "flow.xml"], ["0", "flow.xml"], ["1", "flow.xml", "more"]:
            result = self.call("replay", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)

    def test_key(self):
        """The flow has an encrypted secret, and its key is where --key says."""
        key = ["--key", self.folder / "the-key"]
        self.assertEqual(self.call("secret", "keygen", *key).returncode, 0)
        subprocess.run([WEIR, "secret", "set", *map(str, key), self.flow, "token"], input="hidden-value",
                       check=True, capture_output=True, text=True, cwd=self.folder, env=self.environment)
        (self.folder / "in/a.txt").write_text("hello")
        told = self.call("run", self.flow, "--data", "data", "--until-idle", "-q", *key)
        self.assertEqual(told.returncode, 0, told.stderr)
        number = self.number("SEND")
        self.refuse("the-key", number, "--key", self.folder / "no/the-key")
        result = self.call("replay", number, self.flow, "--data", "data", *key)
        self.assertEqual((result.returncode, len(result.stdout.splitlines())), (0, 1), result.stderr)


if __name__ == "__main__":
    tap.main()
