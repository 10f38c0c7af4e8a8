#!/usr/bin/env python3
"""weir diff as scripts see it: test-diff.py WEIR MODULES"""
import json
import unittest

from flowcase import FlowCase, tap

HEAD = '<flow xmlns="urn:weir:flow:1">'
A = HEAD + '<processor id="a" type="T"><property name="P">1</property></processor></flow>'
B = HEAD + '<processor id="a" type="T"><property name="P">2</property></processor>' \
    '<funnel id="f"/><layout><at id="a" x="1" y="2"/></layout></flow>'
LAYOUT = A.replace("</flow>", '<layout><at id="a" x="1" y="2"/></layout></flow>')


class Diff(FlowCase):
    def diff(self, first, second, *options):
        self.write("a.xml", first)
        self.write("b.xml", second)
        return self.weir("diff", *options, "a.xml", "b.xml")

    def test_tells(self):
        result = self.diff(A, B)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertEqual(result.stdout, "a: property 'P' is '2', was '1'\nfunnel 'f' added\n")

    def test_same(self):
        result = self.diff(A, A.replace("><", ">\n<"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_layout(self):
        result = self.diff(A, LAYOUT)
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn("--layout", result.stderr)
        result = self.diff(A, LAYOUT, "--layout")
        self.assertEqual((result.returncode, result.stdout),
                         (1, "a: place is '1 2', was not set\n"))

    def test_json(self):
        result = self.diff(A, B, "--json")
        self.assertEqual(result.returncode, 1)
        operations = json.loads(result.stdout)["operations"]
        self.assertIn({"op": "set", "path": "a", "property": "P", "value": "2", "was": "1",
                       "index": 0}, operations)
        self.assertEqual({operation["op"] for operation in operations}, {"set", "add"})
        result = self.diff(A, A, "--json")
        self.assertEqual((result.returncode, json.loads(result.stdout)), (0, {"operations": []}))

    def test_standard_input(self):
        self.write("a.xml", A)
        self.assertEqual(self.weir("diff", "a.xml", "-", text=A).returncode, 0)

    def test_terminal_obeys_nothing(self):
        result = self.diff(A, A.replace(">1<", ">\u202e<"))
        self.assertNotIn("\u202e", result.stdout)

    def test_trouble(self):
        self.write("a.xml", A)
        self.write("bad.xml", "<flow>")
        for arguments, told in [(["a.xml", "gone.xml"], "gone.xml"),
                                (["bad.xml", "a.xml"], "bad.xml:1:"),
                                (["a.xml"], "which two flows?")]:
            result = self.weir("diff", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(told, result.stderr)


if __name__ == "__main__":
    tap.main()
