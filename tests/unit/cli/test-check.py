#!/usr/bin/env python3
"""weir check as scripts see it: test-check.py WEIR MODULES"""
import json
import os
import socket
import subprocess

from flowcase import GOOD, WEIR, FlowCase, tap

BAD = """<flow xmlns="urn:weir:flow:1" name="Bad">
  <processor id="a" type="Godo"/>
  <processor id="b" type="Good">
    <propurty name="x"/>
  </processor>
  <connection from="a:success" to="b"/>
  <connection from="b:success" to="nowhere"/>
</flow>
"""

# What is refused before there is a flow, and the place and words with which that is told.
HOSTILE = {
    "empty": (b"", "1:1: the file is empty"),
    "text": (b"hello\n", "1:1: not well-formed XML"),
    "json": (b'{"flow": 1}', "1:1: not well-formed XML"),
    "html": (b"<html/>", "1:1: <html> is not a flow"),
    "nul": (b"<flow>\0</flow>", "1:7: there is a NUL byte"),
    "latin": (b"<flow name='\xe4'/>", "1:13: the text is not valid UTF-8"),
    "utf-16": ("<flow/>".encode("utf-16"), "1:1: the text is not valid UTF-8"),
    "entity": (b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'
               b'<flow xmlns="urn:weir:flow:1" name="f"><comment>&x;</comment></flow>',
               "1:1: a flow has no document type"),
    "laughs": (b'<!DOCTYPE f [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><f>&c;</f>',
               "1:1: a flow has no document type"),
    "deep": (b'<flow xmlns="urn:weir:flow:1">' + b"<group id='g'>" * 1000000,
             "1:927: groups are nested deeper than 64"),
    "deep elsewhere": (b'<flow xmlns="urn:weir:flow:1">' + b"<x xmlns='urn:x'>" * 1000000,
                       "elements are nested deeper than 200"),
    "cut": (GOOD[:200].encode(), "not well-formed XML"),
    "later format": (b'<flow xmlns="urn:weir:flow:9"/>', "use a Weir that knows it"),
}


class Check(FlowCase):
    def assert_told(self, result, text):
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn(text, result.stdout)

    def test_good(self):
        self.write("good.xml", GOOD)
        result = self.weir("check", "good.xml", WEIR_TEST_KEY="long enough")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual([line.split(": ")[1] for line in result.stdout.splitlines()],
                         ["warning", "warning"])

    def test_all_problems_with_places(self):
        self.write("bad.xml", BAD)
        result = self.weir("check", "bad.xml")
        self.assertEqual(result.returncode, 1)
        lines = result.stdout.splitlines()
        self.assertIn("bad.xml:2:3: there is no processor type 'Godo'", lines[0])
        self.assertEqual("bad.xml:4:5: <propurty> cannot stand in <processor>, did you mean "
                         "<property>?", lines[1])
        self.assertIn("bad.xml:7:3: the connection leads to 'nowhere', which does not exist, ",
                      lines[2])

    def test_json(self):
        self.write("good.xml", GOOD)
        self.write("bad.xml", BAD)
        result = self.weir("check", "--json", "good.xml", "bad.xml", "gone.xml")
        self.assertEqual(result.returncode, 1)
        flows = json.loads(result.stdout)["flows"]
        self.assertEqual([flow["file"] for flow in flows], ["good.xml", "bad.xml", "gone.xml"])
        self.assertEqual([flow["errors"] for flow in flows], [0, 3, 1])
        self.assertEqual(flows[1]["problems"][1],
                         {"line": 4, "column": 5, "severity": "error", "path": "b",
                          "message": "<propurty> cannot stand in <processor>",
                          "advice": "did you mean <property>?"})

    def test_hostile(self):
        for name, (text, told) in HOSTILE.items():
            with self.subTest(name):
                self.write("flow.xml", text)
                result = self.weir("check", "flow.xml")
                self.assert_told(result, told)
                self.assertEqual(len(result.stdout.splitlines()), 1)
                self.assertNotIn(socket.gethostname(), result.stdout)

    def test_too_large(self):
        path = self.write("flow.xml", "")
        os.truncate(path, 1 << 30)
        self.assert_told(self.weir("check", "flow.xml"), "larger than the 67108864 bytes")

    def test_files_that_are_none(self):
        (self.folder / "folder").mkdir()
        self.assert_told(self.weir("check", "folder"), "folder: cannot read 'folder': Is a dir")
        self.assert_told(self.weir("check", "gone.xml"), "gone.xml: cannot open 'gone.xml': No such")

    def test_unreadable(self):
        self.write("flow.xml", GOOD).chmod(0)
        # Root could read it, but for this.
        like_others = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
        self.assert_told(self.weir("check", "flow.xml",
                                   by=like_others if os.geteuid() == 0 else []),
                         "Permission denied")

    def test_standard_input(self):
        self.assert_told(self.weir("check", "-", text="<a/>"), "standard input:1:1: <a> is not")
        here, there = socket.socketpair()
        with here, there:
            here.sendall(b"<b/>")
            here.shutdown(socket.SHUT_WR)
            result = subprocess.run([WEIR, "check", "-"], stdin=there, capture_output=True,
                                    text=True, env=self.environment)
        self.assert_told(result, "standard input:1:1: <b> is not a flow")

    def test_set(self):
        self.write("good.xml", GOOD)
        self.assertEqual(self.weir("check", "--set", "where=there", "good.xml").returncode, 0)
        self.assert_told(self.weir("check", "--set", "wheree=there", "good.xml"),
                         "2:1: the flow has no parameter 'wheree' to set, did you mean 'where'?")
        wrong = self.weir("check", "--set", "where", "good.xml")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("--set where: write NAME=VALUE", wrong.stderr)

    def test_secret_is_never_shown(self):
        self.write("flow.xml", GOOD.replace(">here<", ">#{key}<").replace(
            'id="start"/>', 'id="start"/><processor id="p" type="Good">'
            '<property name="Nothing">#{where}</property></processor>'))
        result = self.weir("check", "flow.xml", WEIR_TEST_KEY="tresor")
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("tresor", result.stdout + result.stderr)

    def test_control_characters(self):
        self.write("flow.xml", '<flow xmlns="urn:weir:flow:1" name="f"><funnel id="a&#10;b"/>'
                   '<funnel id="c\u009b31m"/></flow>')
        result = self.weir("check", "flow.xml")
        self.assertIn("'a?b' cannot be an id", result.stdout)
        self.assertIn("'c?31m' cannot be an id", result.stdout)

    def test_usage(self):
        for arguments in [["check"], ["check", "--wrong"]]:
            result = self.weir(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("See 'weir check --help'", result.stderr)


if __name__ == "__main__":
    tap.main()
