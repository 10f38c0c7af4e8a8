#!/usr/bin/env python3
"""The pages of the manual and the completion of shells: test-manual.py FOLDER WEIR MODULES"""
import json
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from flowcase import WEIR, FlowCase, tap

FOLDER = Path(sys.argv.pop()).resolve()

BASH = """
source "$1"; shift
compopt () { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_weir || exit
printf '%s\\n' "${COMPREPLY[@]}"
"""


def having(program):
    return unittest.skipUnless(shutil.which(program), f"there is no {program}")


class Manual(FlowCase):
    def setUp(self):
        super().setUp()
        self.commands = {name: json.loads(self.weir(name, "--describe").stdout)
                         for name in self.weir("--describe").stdout.split()}

    def test_all_is_told(self):
        """Nothing can be added that --help, the manual and completion say nothing of."""
        told = re.findall(r"^  ([a-z-]+) ", self.weir("--help").stdout, re.MULTILINE)
        self.assertEqual(list(self.commands), told)
        for name, command in self.commands.items():
            self.assertEqual(command["name"], name)
            self.assertRegex(command["summary"], r"^[A-Z].*[^.]$", name)
            for option in command["options"]:
                place = f"weir {name} --{option['name']}"
                self.assertRegex(option["text"], r"^\S.*([^.]|\.\.\.)$", place)
                self.assertEqual(bool(option["value"]), option["takes_value"], place)

    def test_pages(self):
        for name, command in self.commands.items():
            page = (FOLDER / f"man1/weir-{name}.1").read_text()
            for option in command["options"]:
                self.assertIn("\\-\\-" + option["name"].replace("-", "\\-") + "\\fR", page)
            self.assertIn(f"weir\\-{name} (1)", (FOLDER / "man1/weir.1").read_text())
        self.assertEqual(len(list((FOLDER / "man1").iterdir())), len(self.commands) + 1)

    @having("mandoc")
    def test_pages_are_well_formed(self):
        pages = sorted((FOLDER / "man1").iterdir())
        told = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages],
                              capture_output=True, text=True).stdout
        self.assertEqual([line for line in told.splitlines() if "missing date" not in line], [])
        shown = subprocess.run(["mandoc", "-T", "utf8", FOLDER / "man1/weir-run.1"],
                               capture_output=True).stdout.decode()
        shown = re.sub(".\b", "", shown)
        self.assertIn("-q, --quiet", shown)
        self.assertIn("~/.local/state/weir/", shown)

    def bash(self, *words):
        environment = {**self.environment, "PATH": f"{Path(WEIR).parent}:{self.environment['PATH']}"}
        result = subprocess.run(["bash", "-c", BASH, "bash", FOLDER / "weir", *words],
                                capture_output=True, text=True, cwd=self.folder, env=environment)
        self.assertEqual((result.returncode, result.stderr), (0, ""), words)
        return sorted(line for line in result.stdout.splitlines() if line)

    def test_bash_commands_and_options(self):
        self.assertEqual(self.bash("weir", "eva"), ["eval"])
        self.assertIn("--version", self.bash("weir", ""))
        for name, command in self.commands.items():
            self.assertIn(name, self.bash("weir", ""))
            names = {"--" + option["name"] + ("=" if option["takes_value"] else "")
                     for option in command["options"]}
            self.assertEqual(set(self.bash("weir", name, "--")), names | {"--help"})
        self.assertEqual(self.bash("weir", "nothing", ""), [])

    def test_bash_values(self):
        (self.folder / "sub").mkdir()
        self.write("a b.xml", "")
        self.write("other.txt", "")
        self.assertEqual(self.bash("weir", "run", "--durability", "=", "p"), ["power", "process"])
        self.assertEqual(self.bash("weir", "run", "--provenance", "="), ["off", "on"])
        self.assertEqual(self.bash("weir", "run", "--provenance", "of"), ["off"])
        self.assertEqual(self.bash("weir", "run", "--data", "=", ""), ["modules", "sub"])
        self.assertEqual(self.bash("weir", "run", "--key", ""),
                         ["a b.xml", "modules", "other.txt", "sub"])
        self.assertEqual(self.bash("weir", "run", "--for", "="), [])
        self.assertEqual(self.bash("weir", "content", "-o", "oth"), ["other.txt"])

    def test_bash_arguments(self):
        self.write("a.xml", "")
        self.assertEqual(self.bash("weir", "run", "a"), ["a.xml"])
        self.assertEqual(self.bash("weir", "run", "a.xml", ""), [])
        self.assertEqual(self.bash("weir", "check", "a.xml", "a"), ["a.xml"])
        self.assertEqual(self.bash("weir", "run", "--data", "=", "modules", "-q", "a"), ["a.xml"])
        self.assertEqual(self.bash("weir", "data", "c"), ["check", "compact"])
        self.assertEqual(self.bash("weir", "data", "stat", "mod"), ["modules"])
        types = self.bash("weir", "inspect", "")
        self.assertTrue(types)
        self.assertEqual(self.bash("weir", "inspect", types[0], types[0]), types[:1])

    @having("zsh")
    def test_zsh(self):
        result = subprocess.run(["zsh", "-f", "-n", FOLDER / "_weir"], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    @having("fish")
    def test_fish(self):
        (self.folder / "home").mkdir()
        environment = {**self.environment, "HOME": str(self.folder / "home"), "TERM": "dumb"}
        script = f"source {FOLDER / 'weir.fish'}; complete -C $argv[1]"
        for line, expected in (("weir eva", ["eval"]), ("weir run --durability=p", ["power", "process"]),
                               ("weir data co", ["compact"]), ("weir run --until", ["--until-idle"])):
            result = subprocess.run(["fish", "--no-config", "-c", script, line], capture_output=True,
                                    text=True, cwd=self.folder, env=environment)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            told = [answer.split("\t")[0].split("=")[-1] for answer in result.stdout.splitlines()]
            self.assertEqual(sorted(told), expected, line)


if __name__ == "__main__":
    tap.main()
