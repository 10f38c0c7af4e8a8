"""What the tests of commands that take flows share."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import tap  # noqa: E402,F401

MODULES = Path(sys.argv.pop()).resolve()
WEIR = str(Path(sys.argv.pop()).resolve())

GOOD = """<!-- For tests. -->
<flow xmlns="urn:weir:flow:1" name="Good">
  <parameters>
    <parameter name="where">here</parameter>
    <parameter name="key" secret="env:WEIR_TEST_KEY"/>
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


class FlowCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        modules = self.folder / "modules"
        modules.mkdir()
        shutil.copy2(MODULES / "weir-one.so", modules)
        self.environment = {**os.environ, "WEIR_MODULE_PATH": str(modules)}

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def weir(self, *arguments, text=None, by=(), **environment):
        return subprocess.run([*by, WEIR, *map(str, arguments)], capture_output=True, text=True,
                              errors="replace", input=text, cwd=self.folder, timeout=200,
                              env={**self.environment, **environment})
