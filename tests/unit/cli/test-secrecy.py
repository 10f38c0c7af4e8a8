#!/usr/bin/env python3
"""A secret is in no output and in no file, wherever it comes from: test-secrecy.py WEIR MODULES

The types Leaky and Leaking (modules/leak.c) tell theirs wherever a module can tell something.
"""
import os
import shutil
import subprocess
import urllib.parse

from flowcase import MODULES, WEIR, FlowCase, tap

SECRETS = {name: f"{name} secret/\u00fc 7d3f9a" for name in
           ("environment", "file", "credential", "encrypted", "set", "literal", "service")}

FLOW = """<flow xmlns="urn:weir:flow:1" name="Leaks">
  <parameters>
    <parameter name="environment" secret="env:LEAK_ENVIRONMENT"/>
    <parameter name="file" secret="file:{folder}/file"/>
    <parameter name="credential" secret="credential:leak"/>
    <parameter name="encrypted">later</parameter>
    <parameter name="set" secret="env:LEAK_SET"/>
    <parameter name="header">Bearer #{{encrypted}}</parameter>
  </parameters>
{processors}
  <service id="leaking" type="Leaking">
    <property name="Password">#{{credential}}</property>
  </service>
  <funnel id="park"/>
</flow>
"""
PROCESSOR = """  <processor id="{name}" type="Leaky">
    <property name="Password">{value}</property>
    <property name="Header">#{{header}}</property>
    <property name="Shown">${{LEAK_ENVIRONMENT}}${{LEAK_SET}}${{LEAK_NONE}}</property>
    <property name="Into Attribute">{leak}</property>
    <property name="Refuse">{refuse}</property>
    <schedule every="10 ms"/>
  </processor>
  <connection from="{name}:success" to="park"/>"""
NAMES = ("environment", "file", "credential", "encrypted", "set", "literal")


class Secrecy(FlowCase):
    def setUp(self):
        super().setUp()
        shutil.copy2(MODULES / "weir-leak.so", self.folder / "modules")
        self.environment.update(
            LEAK_ENVIRONMENT=SECRETS["environment"], LEAK_NONE="seen", LEAK_SET="something else",
            WEIR_KEY_FILE=str(self.folder / "key"), CREDENTIALS_DIRECTORY=str(self.folder / "credentials"))
        self.write("file", SECRETS["file"] + "\n")
        (self.folder / "credentials").mkdir()
        self.write("credentials/leak", SECRETS["credential"])
        self.assertEqual(self.weir("secret", "keygen").returncode, 0)

    def write_flow(self, leak="false", refuse="false", names=NAMES):
        processors = "\n".join(
            PROCESSOR.format(name=name, value=SECRETS["literal"] if name == "literal" else f"#{{{name}}}",
                             leak=leak, refuse=refuse) for name in names)
        self.write("flow.xml", FLOW.format(folder=self.folder, processors=processors))
        result = self.weir("secret", "set", "flow.xml", "encrypted", text=SECRETS["encrypted"])
        self.assertEqual(result.returncode, 0, result.stderr)

    def assert_hidden(self, text, where, allowed=()):
        for name, secret in SECRETS.items():
            for form in (secret, urllib.parse.quote(secret, safe=""), secret.split("/")[0]):
                if name not in allowed:
                    self.assertNotIn(form, text, f"{name} in {where}")

    def assert_all_hidden(self, *commands, allowed=()):
        for command in commands:
            result = self.weir(*command)
            self.assert_hidden(result.stdout + result.stderr, " ".join(command), allowed)
        return result

    def run_flow(self, *arguments, until=()):
        """Ends it when all of @until was told. Returns: exit status, standard output, standard error."""
        process = subprocess.Popen([WEIR, "run", "flow.xml", "--data", "data", "--for", "200 s", "--set",
                                    f"set={SECRETS['set']}", *arguments], text=True, cwd=self.folder,
                                   env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        told = ""
        while not all(line in told for line in until):
            line = process.stderr.readline()
            if not line:
                break
            told += line
        process.terminate()
        output, rest = process.communicate(timeout=200)
        return process.returncode, output, told + rest

    def files(self, but=()):
        for folder, _, names in os.walk(self.folder / "data"):
            for name in names:
                path = os.path.join(folder, name)
                if not any(part in path for part in but):
                    yield path, open(path, "rb").read().decode(errors="replace")

    def provenance(self):
        searched = self.weir("provenance", "--data", "data", "--json", "--limit", "1000").stdout
        asked = self.weir("provenance", "--data", "data", "--sql", "select * from attributes").stdout
        return searched + asked + self.weir("provenance", "--data", "data", "--sql",
                                            "select * from events").stdout

    def test_run(self):
        self.write_flow()
        expected = [line for name in NAMES for line in (
            f"{name}: warning: told: ***, Bearer ***, https://host/***/***, [seen], core 0\n",
            f"{name}: error: failed with ***\n")]
        status, output, told = self.run_flow("--json", until=expected)
        self.assert_hidden(output + told, "the run")
        for line in expected:
            self.assertIn(line, told)
        self.assertEqual(status, 0, told)
        for path, text in self.files():
            self.assert_hidden(text, path)
        told = self.provenance()
        self.assert_hidden(told, "provenance")
        self.assertIn("https://host/***/***", told)
        self.assertIn("as it was", told)

    def test_attributes(self):
        self.write_flow(leak="true")
        status, _, told = self.run_flow(until=[f"{name}: warning: told" for name in NAMES])
        self.assertEqual(status, 0, told)
        log = "".join(text for _, text in self.files(but=["provenance"]))
        self.assertIn(SECRETS["file"], log, "what FlowFiles have is data, and kept")
        for path, text in self.files(but=["/log", "/snapshot", "/segments"]):
            self.assert_hidden(text, path)
        told = self.provenance()
        self.assert_hidden(told, "provenance")
        self.assertEqual(told.count('"leak":[null,"(redacted)"]'), 2 * len(NAMES), told)

    def test_check(self):
        self.write_flow(refuse="true")
        result = self.assert_all_hidden(("check", "flow.xml"), ("check", "--json", "flow.xml"),
                                        ("check", "--set", f"set={SECRETS['set']}", "flow.xml"))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.count("Leaky refuses this configuration")
                         + result.stdout.count("refused, as"), len(NAMES))

    def test_other_commands(self):
        self.write_flow()
        self.assert_all_hidden(("fmt", "flow.xml"), ("secret", "list", "flow.xml"), ("secret", "rekey", "flow.xml"),
                               ("inspect", "Leaky", "--json"), allowed=("literal",))
        verified = self.assert_all_hidden(("verify", "--json", "flow.xml"), ("verify", "flow.xml"))
        self.assertIn("connect: with ***", verified.stdout)
        self.assertIn("verify: not with ***", verified.stdout)

    def test_misplaced(self):
        """A secret where everybody would see it is refused before anything runs."""
        self.write_flow(names=["file"])
        flow = (self.folder / "flow.xml").read_text()
        self.write("flow.xml", flow.replace('<property name="Shown">', '<property name="Shown">#{file}'))
        result = self.assert_all_hidden(("run", "flow.xml", "--data", "data"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("property 'Shown' is shown to everybody and must not hold a secret", result.stderr)

    def test_written_into_the_source(self):
        """What was meant as a value is not told as a wrong source."""
        self.write("flow.xml", '<flow xmlns="urn:weir:flow:1" name="L"><parameters><parameter name="p" '
                   f'secret="{SECRETS["literal"]}"/></parameters></flow>')
        self.assert_all_hidden(("check", "flow.xml"), ("run", "flow.xml"), ("secret", "list", "flow.xml"))


if __name__ == "__main__":
    tap.main()
