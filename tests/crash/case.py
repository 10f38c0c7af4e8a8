"""What the crash tests feed to flow.xml, and exactly what must come out: the oracle.

An input is a number. Its name, its bytes and its outputs follow from the number, so that a file found
anywhere says what it must be. Guards invariants 5, 10, 15 and 17 of ARCHITECTURE.md.
"""
import collections
import os
import re
import shutil
from pathlib import Path

FLOW = Path(__file__).resolve().parent / "flow.xml"
FOLDERS = ("inbox", "outbox", "logs", "failed")
SIZES = {"p": 700, "m": 40_000, "x": 1_200_000, "e": 0}


def kind_of(number):
    """s: lines, c: copies, p: inline, m: shares a file, x: has a file of its own, e: is empty."""
    if number % 64 == 7:
        return "x"
    return "ssscppme"[number % 8]


def name_of(number):
    return f"{kind_of(number)}{number:06}"


def bytes_of(number):
    kind = kind_of(number)
    if kind == "s":
        return b"".join(b"%d line %d\n" % (number, i) for i in range(1, 3 + number % 5))
    if kind == "c":
        return b"%d to copy\n" % number * (1 + number % 1500)
    return (b"%d " % number * (SIZES[kind] // 2))[:SIZES[kind]]


def outputs_of(number):
    """The outputs of an input: name to bytes; the serial of a numbered one is left open."""
    name, data = name_of(number), bytes_of(number)
    if name[0] == "s":
        return {f"{name}.{i}": line for i, line in enumerate(data.splitlines(), 1)}
    if name[0] == "c":
        return {f"{name}.{i}": data for i in range(3)}
    return {name: data}


class Case:
    """One directory with a run in it: inbox, outbox, logs, failed, data."""

    def __init__(self, home):
        self.home = Path(home)
        self.given = set()      # the numbers of the inputs
        self.n_lines = 0        # of the log
        self.n_rotations = 0
        self.taken = {}         # name of output to the bytes that a consumer took away
        self.sets = {name: name for name in FOLDERS}

    def folder(self, name):
        return self.home / name

    def make(self):
        for name in FOLDERS:
            self.folder(name).mkdir(parents=True)

    def command(self, weir, *more):
        """To be run in self.home: a state remembers paths, and it is moved by the tests."""
        sets = [f"--set={name}={value}" for name, value in self.sets.items()]
        return [str(weir), "run", str(FLOW), "--data=data", "-q", *sets, *more]

    def give(self, numbers):
        """Inputs appear complete, by a rename."""
        inbox = self.folder("inbox")
        for number in numbers:
            hidden = inbox / f".{number}"
            hidden.write_bytes(bytes_of(number))
            os.rename(hidden, inbox / name_of(number))
            self.given.add(number)

    def log(self, n_lines, rotate=False):
        """Lines are added to the log, which then may be renamed as logs are."""
        path = self.folder("logs") / "app.log"
        with open(path, "ab") as file:
            for _ in range(n_lines):
                self.n_lines += 1
                file.write(b"%d of the log\n" % self.n_lines)
        if rotate:
            self.n_rotations += 1
            os.rename(path, f"{path}.{self.n_rotations:05}")

    def take(self):
        """Somebody takes the outputs away. Returns what is wrong: what was taken may not come back."""
        problems = []
        for entry in os.scandir(self.folder("outbox")):
            if entry.name.startswith("."):
                continue
            if entry.name in self.taken:
                problems.append(f"{entry.name} was taken and is there again")
            self.taken[entry.name] = Path(entry.path).read_bytes()
            os.unlink(entry.path)
        return problems

    def outputs(self):
        """All that came out, taken or there: name to bytes."""
        found = dict(self.taken)
        for entry in os.scandir(self.folder("outbox")):
            if not entry.name.startswith("."):
                with open(entry.path, "rb") as file:
                    found[entry.name] = file.read()
        return found

    def remaining(self):
        return {entry.name for entry in os.scandir(self.folder("inbox"))}

    def lines_written(self):
        """What is in the log and what it was renamed to; a last line of the log may not be complete."""
        logs = self.folder("logs")
        lines = []
        for name in sorted(os.listdir(logs)):
            data = (logs / name).read_bytes()
            lines += (data[:data.rfind(b"\n") + 1] if name == "app.log" else data).splitlines()
        return lines

    def check_end(self):
        """Returns what is wrong when all has been processed: each output is there once, nothing else is."""
        outputs = self.outputs()
        problems = [f"{name} went to failure" for name in os.listdir(self.folder("failed"))]
        problems += [f"{name} is still in the inbox" for name in self.remaining()]
        problems += check_tail(outputs, self.lines_written())
        problems += check_outputs(outputs, self.given)
        return problems


def check_outputs(outputs, given):
    problems, serials, numbered = [], [], {}
    for name in outputs:
        match = re.fullmatch(r"([pmxe]\d{6})\.(\d+)", name)
        if match:
            if match[1] in numbered:
                problems.append(f"{match[1]} came out twice: as {numbered[match[1]]} and {name}")
            numbered[match[1]] = name
            serials.append(int(match[2]))
    if sorted(serials) != list(range(1, len(serials) + 1)):
        problems.append(f"the counter in state lost count: {describe_gaps(serials)}")
    known = {name for name in outputs if name.startswith("t")}
    for number in given:
        for name, data in outputs_of(number).items():
            name = numbered.get(name, name)
            known.add(name)
            if name not in outputs:
                problems.append(f"{name} is lost")
            elif outputs[name] != data:
                problems.append(f"{name} has {len(outputs[name])} bytes that are not its own")
    return problems + [f"{name} came from nowhere" for name in outputs.keys() - known]


def describe_gaps(serials):
    missing = sorted(set(range(1, len(serials) + 1)) - set(serials))
    twice = sorted({serial for serial in serials if serials.count(serial) > 1})
    return f"{len(serials)} were given, missing {missing[:5]}, twice {twice[:5]}"


def check_tail(outputs, written):
    """Pieces of the log may come in any number; together they are all of it, once."""
    found = collections.Counter(line for name, data in outputs.items() if name.startswith("t")
                                for line in data.splitlines())
    expected = collections.Counter(written)
    lost, more = list((expected - found).elements()), list((found - expected).elements())
    problems = []
    if lost:
        problems.append(f"{len(lost)} lines of the log are lost, as {lost[:5]}")
    if more:
        problems.append(f"{len(more)} lines of the log came twice or from nowhere, as {more[:5]}")
    return problems


def keep(home, name):
    """Copies what a failure left to where it can be looked at. Returns the path."""
    parent = Path(os.environ.get("WEIR_CRASH_KEEP", "/tmp/weir-crash"))
    parent.mkdir(parents=True, exist_ok=True)
    target = parent / name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(home, target, symlinks=True)
    return target
