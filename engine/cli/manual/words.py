"""The commands of weir as it describes them, and what their values are.

What stands for a value in --help says what may stand there: FILE, DIR, a FLOW, the TYPE of a component,
or a|b|c. All else is not completed.
"""
import json
import re
import subprocess
from dataclasses import dataclass

KINDS = {"FILE": "file", "DIR": "dir", "FLOW": "flow", "TYPE": "type"}
CHOICE = re.compile(r"[a-z][a-z-]*(\|[a-z][a-z-]*)+")


def kind_of(word):
    """Of "FLOW", "[TYPE...]" or "on|off": what it stands for: file, dir, flow, type, a|b or ""."""
    word = word.strip("[]").removesuffix("...").strip("[]")
    return word if CHOICE.fullmatch(word) else KINDS.get(word, "")


@dataclass
class Option:
    name: str
    letter: str
    value: str  # "" when it takes none
    text: str
    takes_value: bool
    repeated: bool

    @property
    def kind(self):
        return kind_of(self.value)


@dataclass
class Command:
    name: str
    arguments: str
    summary: str
    description: str
    options: list

    def __post_init__(self):
        self.options = [Option(**option) for option in self.options]

    @property
    def places(self):
        """The words for its arguments, in their order."""
        return self.arguments.split()

    @property
    def kinds(self):
        return [kind_of(place) for place in self.places]

    @property
    def endless(self):
        """Whether the last argument may be given again."""
        return "..." in self.arguments


def ask(weir, *arguments):
    return subprocess.run([weir, *arguments, "--describe"], check=True, capture_output=True,
                          text=True).stdout


def read(weir):
    return [Command(**json.loads(ask(weir, name))) for name in ask(weir).split()]
