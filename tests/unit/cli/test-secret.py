#!/usr/bin/env python3
"""weir secret as people and scripts see it: test-secret.py WEIR MODULES"""
import os
import pty
import re
import select
import subprocess
import sys

from flowcase import WEIR, FlowCase, tap

FLOW = """<!-- For tests. -->
<flow xmlns="urn:weir:flow:1" name="Secrets">
  <parameters>
    <parameter name="door">open</parameter>
  </parameters>
  <group id="inner">
    <port id="in" kind="input"/>
    <funnel id="park"/>
    <connection from="in" to="park"/>
  </group>
  <funnel id="start"/>
  <connection from="start" to="inner/in"/>
</flow>
"""
SEALED = re.compile(r'secret="(encrypted:[A-Za-z0-9+/=]+)"')
VALUE = "m\u00fcnz-and-more"


class Secret(FlowCase):
    def setUp(self):
        super().setUp()
        self.key = self.folder / "config/weir/key"
        self.flow = self.write("flow.xml", FLOW)
        for name in ("WEIR_KEY_FILE", "CREDENTIALS_DIRECTORY"):
            self.environment.pop(name, None)
        self.environment["XDG_CONFIG_HOME"] = str(self.folder / "config")

    def secret(self, *arguments, code=0, **more):
        result = self.weir("secret", *arguments, **more)
        self.assertEqual((result.returncode, result.stdout if code else ""), (code, ""), result.stderr)
        return result.stderr if code else result.stdout

    def seal(self, name="door", value=VALUE + "\n"):
        if not self.key.exists():
            self.secret("keygen")
        self.secret("set", "flow.xml", name, text=value)
        return SEALED.search(self.flow.read_text()).group(1)

    def states(self):
        lines = self.secret("list", "flow.xml").splitlines()
        return {name: (source, state) for name, source, state in (line.split("\t") for line in lines)}

    def errors(self, **environment):
        return [line for line in self.weir("check", "flow.xml", **environment).stdout.splitlines()
                if ": warning: " not in line]

    def test_key_file(self):
        told = self.weir("secret", "keygen").stderr
        self.assertIn(str(self.key), told)
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.key.parent.stat().st_mode & 0o777, 0o700)
        before = self.key.read_text()
        self.assertNotIn(before.split(":")[1].strip(), told)
        self.assertIn("is there already", self.secret("keygen", code=1))
        self.assertEqual(self.key.read_text(), before)
        self.secret("keygen", "--add")
        self.assertTrue(self.key.read_text().endswith("\n" + before))
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)

    def test_set_writes_one_parameter(self):
        sealed = self.seal()
        self.assertEqual(self.flow.read_text(),
                         FLOW.replace('name="door">open</parameter>', f'name="door" secret="{sealed}"/>'))
        self.assertEqual(self.states(), {"door": ("encrypted", "ok")})
        self.assertEqual(self.errors(), [])
        self.assertNotEqual(self.seal(), sealed)

    def test_set_makes_parameters(self):
        self.secret("keygen")
        told = self.weir("secret", "set", "flow.xml", "inner/new one", text="x").stderr
        self.assertIn("#{new one}", told)
        self.assertEqual(self.states(), {"inner/new one": ("encrypted", "ok")})
        self.assertIn('    <parameters>\n      <parameter name="new one"', self.flow.read_text())

    def test_set_refuses(self):
        self.assertIn("there is no key file", self.secret("set", "flow.xml", "door", text="x", code=1))
        self.secret("keygen")
        for arguments, text, told in ((("flow.xml", "door"), "", "cannot be empty"),
                                      (("flow.xml", "door"), "\n", "cannot be empty"),
                                      (("flow.xml", "door"), "x" * 65537, "longer than 65536"),
                                      (("flow.xml", "{x}"), "x", "cannot be the name"),
                                      (("flow.xml", "none/x"), "x", "no group 'none'"),
                                      (("flow.xml", "start/x"), "x", "no group 'start'"),
                                      (("gone.xml", "door"), "x", "gone.xml")):
            self.assertIn(told, self.secret("set", *arguments, text=text, code=1))
        self.assertEqual(self.flow.read_text(), FLOW)
        self.write("bad.xml", "<flow")
        self.assertIn("bad.xml:1:6", self.secret("set", "bad.xml", "door", text="x", code=1))

    def test_wrong_key(self):
        self.seal()
        self.key.unlink()
        self.assertIn("no key file", self.states()["door"][1])
        self.secret("keygen")
        self.assertIn("encrypted with another key", self.states()["door"][1])
        self.assertIn("warning: parameter 'door': it was encrypted with another key",
                      self.weir("check", "flow.xml").stdout)
        result = self.weir("run", "flow.xml", "--until-idle", "--durability", "memory")
        self.assertEqual(result.returncode, 1)
        self.assertIn("flow.xml:4:5: parameter 'door': it was encrypted with another key", result.stderr)

    def test_changed_text(self):
        sealed = self.seal()
        changed = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]
        self.flow.write_text(self.flow.read_text().replace(sealed, changed))
        self.assertEqual(self.errors(), ["flow.xml:4:5: parameter 'door': somebody has changed the encrypted "
                                         "text, encrypt the value again with `weir secret set`"])
        self.flow.write_text(self.flow.read_text().replace(changed, sealed[:-4]))
        self.assertIn("not complete", self.errors()[0])

    def test_moved_text(self):
        sealed = self.seal()
        self.flow.write_text(self.flow.read_text().replace('name="door"', 'name="window"'))
        self.assertIn("another parameter", self.errors()[0])
        self.flow.write_text(FLOW.replace('name="door">open</parameter>', f'name="door" secret="{sealed}"/>')
                             .replace('name="Secrets"', 'name="Others"'))
        self.assertIn("its flow or group had another name", self.errors()[0])
        self.assertIn("another name", self.secret("rekey", "flow.xml", code=1))
        self.secret("rekey", "--was", "Secrets", "flow.xml")
        self.assertEqual(self.errors(), [])

    def test_keys_are_changed(self):
        sealed = self.seal()
        old = self.key.read_text()
        self.secret("keygen", "--add")
        self.assertEqual(self.states()["door"], ("encrypted", "encrypted with an older key: `weir secret rekey`"))
        self.secret("rekey", "flow.xml")
        self.assertNotIn(sealed, self.flow.read_text())
        self.assertEqual(self.states()["door"], ("encrypted", "ok"))
        self.key.write_text(self.key.read_text().replace(old, ""))
        self.assertEqual(self.errors(), [])

    def test_where_the_key_is(self):
        self.secret("keygen", "--key", "mine")
        self.secret("set", "flow.xml", "door", "--key", "mine", text="x")
        self.assertIn("no key file", self.states()["door"][1])
        self.assertEqual(self.weir("check", "--key", "mine", "flow.xml").stdout.count("key"), 0)
        self.assertEqual(self.errors(WEIR_KEY_FILE="mine"), [])
        run = ("run", "flow.xml", "--until-idle", "--durability", "memory", "-q")
        self.assertEqual(self.weir(*run).returncode, 1)
        self.assertEqual(self.weir(*run, "--key", "mine").returncode, 0)
        (self.folder / "given").mkdir()
        (self.folder / "given/weir.key").write_text((self.folder / "mine").read_text())
        self.assertEqual(self.weir(*run, CREDENTIALS_DIRECTORY="given").returncode, 0)
        (self.folder / "mine").chmod(0o640)
        self.assertIn("others can read the key file mine", self.weir(*run, "--key", "mine").stderr)

    def test_other_sources(self):
        self.write("flow.xml", FLOW.replace('name="door">open</parameter>', 'name="door" secret="env:DOOR"/>\n'
                                            '    <parameter name="gate" secret="hush"/>'))
        states = self.states()
        self.assertEqual(states["door"], ("env:DOOR", "the environment variable DOOR is not set"))
        self.assertEqual(states["gate"][0], "nowhere")
        self.assertNotIn("hush", str(states))

    def type(self, *lines):
        """Types them on a terminal. Returns: exit status, all that the terminal showed."""
        terminal, other = pty.openpty()
        process = subprocess.Popen([WEIR, "secret", "set", "flow.xml", "door"], cwd=self.folder,
                                   env=self.environment, stdin=other, stdout=other, stderr=other)
        os.close(other)
        shown = b""
        lines = list(lines)
        while select.select([terminal], [], [], 200)[0]:
            try:
                got = os.read(terminal, 4096)
            except OSError:
                got = b""
            if not got:
                break
            shown += got
            if shown.endswith((b": ", b"again: ")) and lines:
                os.write(terminal, lines.pop(0).encode())
        os.close(terminal)
        return process.wait(), shown.decode()

    def test_terminal(self):
        self.secret("keygen")
        status, shown = self.type(VALUE + "\n", VALUE + "\n")
        self.assertEqual(status, 0, shown)
        self.assertIn("Value of door: ", shown)
        self.assertNotIn(VALUE, shown)
        self.assertEqual(self.states()["door"], ("encrypted", "ok"))
        before = self.flow.read_text()
        for lines, told in ((("a\n", "b\n"), "not the same"), (("a\x03\n",), "nothing was changed")):
            status, shown = self.type(*lines)
            self.assertEqual(status, 1)
            self.assertIn(told, shown)
        self.assertEqual(self.flow.read_text(), before)

    def test_usage(self):
        for arguments in ((), ("get",), ("set", "flow.xml"), ("rekey",), ("list",), ("keygen", "x")):
            result = self.weir("secret", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    tap.main()
