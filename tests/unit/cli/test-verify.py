#!/usr/bin/env python3
"""weir verify as people and scripts see it: test-verify.py WEIR MODULES

The services are those of the build: their modules are beside those of the tests.
"""
import json
import os
import sys
from pathlib import Path

PROCESSORS = Path(sys.argv.pop(1)).resolve()

from flowcase import FlowCase, tap  # noqa: E402

FLOW = """<flow xmlns="urn:weir:flow:1" name="Services">
  <parameters>
    <parameter name="folder">%s</parameter>
  </parameters>
  <service id="orders" type="SqlConnection">
    <property name="URL">sqlite:#{folder}/orders.db</property>
  </service>
  <group id="inner">
    <service id="broken" type="SqlConnection">
      <property name="URL">sqlite:#{folder}/no/where.db</property>
    </service>
    <service id="off" type="SqlConnection" disabled="true"/>
  </group>
</flow>
"""


class Verify(FlowCase):
    def setUp(self):
        super().setUp()
        self.environment["WEIR_MODULE_PATH"] = str(PROCESSORS)
        self.write("flow.xml", FLOW % self.folder)

    def test_all(self):
        result = self.weir("verify", "flow.xml")
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], "orders (SqlConnection)")
        self.assertRegex(lines[1], r"^  ok      connect: SQLite 3\S+ opened .*/orders\.db$")
        self.assertEqual(lines[2:5], ["  ok      read: it has 0 tables",
                                      "  ok      write: it can be written to",
                                      "inner/broken (SqlConnection)"])
        self.assertRegex(lines[5], r"^  FAILED  verify: .*/no/where\.db: cannot open it: ")
        self.assertEqual(len(lines), 6)

    def test_one_as_json(self):
        result = self.weir("verify", "--json", "flow.xml", "orders")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        service, = json.loads(result.stdout)["services"]
        self.assertEqual((service["id"], service["type"], service["worked"]),
                         ("orders", "SqlConnection", True))
        self.assertEqual([step["step"] for step in service["steps"]], ["connect", "read", "write"])
        self.assertTrue(all(step["worked"] for step in service["steps"]))

    def test_with_a_parameter(self):
        result = self.weir("verify", "flow.xml", "orders", "--set", "folder=/proc")
        self.assertEqual(result.returncode, 1)
        self.assertIn("FAILED  verify: /proc/orders.db: cannot open it", result.stdout)

    def test_wrong_use(self):
        self.assertEqual(self.weir("verify").returncode, 2)
        for name in ["nobody", "inner/off", "broken"]:
            result = self.weir("verify", "flow.xml", name)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn(f"the flow has no service '{name}' that is enabled", result.stderr)
        result = self.weir("verify", "missing.xml")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("missing.xml", result.stderr)

    def test_problems_come_first(self):
        self.write("bad.xml", FLOW.replace("sqlite:", "mysql:") % self.folder)
        result = self.weir("verify", "bad.xml")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("bad.xml:6:5: property 'URL': is none that this service knows", result.stderr)
        self.assertFalse(os.path.exists(self.folder / "orders.db"))


if __name__ == "__main__":
    tap.main()
