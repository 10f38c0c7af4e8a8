#!/usr/bin/env python3
"""Cuts the power of the real program at any moment, and counts what comes out afterwards.

    powercut.py WEIR RECORDER REPLAY INODE [--states N] [--traces N] [--jobs N] [--seed N] [--mutant N]

A trace is several lives of the program, each but the last killed after a random number of changes to
files. From it, REPLAY builds what a disk may hold when the power goes at some step of it; the program
is started on each of these states and processes what is left. Then each input has given exactly its
outputs, once: also those whose sources were deleted; and provenance tells exactly that (history.py), which it did as
far as it went before the start. Guards invariants 5, 10, 15 to 17 and 19 to 24.

With --takeover every other life syncs nothing (--durability=process) and is killed; what it has left may be in
memory only. The next one must bring it to disk before it builds on it: from there on the power is cut.

With --mutant it is the other way round: it is fine when a state fails. See mutants.sh.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import case as oracle
import history

CREATE, WRITE, RESIZE, EXTEND, LINK, RENAME, UNLINK, MKDIR, SYNC, SYNC_NAMES, SYNC_ALL, SYNCED, \
    TIMES, MARK = range(1, 15)
RECORD = struct.Struct("<IIQQQ")
SMALL = {"WEIR_TEST_SEGMENT_SIZE": "65536", "WEIR_TEST_CHECKPOINT_BYTES": "32768",
         "WEIR_TEST_PARTITION_BYTES": "262144", "WEIR_TEST_PROVENANCE_USEC": "2000"}
N_INPUTS = 30       # at first
MORE_INPUTS = 8     # before each life but the first, at most
N_LIVES = 30
UNSYNCED_SINK = 7   # the one mistake that a flow can make


class Trace:
    """The trace, as far as the test itself changes files: all that it does is on the disk at once."""

    def __init__(self, path, home):
        self.path, self.home, self.n_syncs = path, Path(home), 0

    def put(self, kind, inode=0, offset=0, path=b"", data=b""):
        with open(self.path, "ab") as file:
            file.write(RECORD.pack(kind, len(path), inode, offset, len(data)) + path + data)

    def times(self, path):
        status = path.stat()
        self.put(TIMES, status.st_ino, status.st_mtime_ns,
                 data=struct.pack("<q", status.st_ctime_ns))

    def sync(self):
        """What the test has changed is on disk; not what the program has."""
        for folder in ("", "/inbox", "/logs"):
            if folder or self.n_syncs == 0:
                self.n_syncs += 1
                self.put(SYNC_ALL, offset=self.n_syncs, path=folder.encode())
                self.put(SYNCED, offset=self.n_syncs)

    def sync_outside(self):
        """All but the data directory is on disk, also what the program has changed."""
        for name in oracle.FOLDERS:
            self.n_syncs += 1
            self.put(SYNC_ALL, offset=self.n_syncs, path=f"/{name}".encode())
            self.put(SYNCED, offset=self.n_syncs)

    def mark_takeover(self, start, n_inputs):
        """The power may go from where the program, whose trace begins at @start, has taken over all."""
        data, at = Path(self.path).read_bytes(), start
        while at < len(data):
            kind, n_path, _, _, n_data = RECORD.unpack_from(data, at)
            path = data[at + RECORD.size:at + RECORD.size + n_path]
            at += RECORD.size + n_path + n_data
            if kind == UNLINK and path == b"/data/content/unsynced":
                mark = RECORD.pack(MARK, 0, 0, n_inputs, 0)
                Path(self.path).write_bytes(data[:at] + mark + data[at:])
                return

    def name(self, path):
        return b"/" + os.fsencode(path.relative_to(self.home))

    def add_all(self):
        """What is there now."""
        for path in sorted(self.home.rglob("*")):
            if path.is_dir():
                self.put(MKDIR, path=self.name(path))
            else:
                inode = path.stat().st_ino
                self.put(CREATE, inode, path=self.name(path))
                self.put(WRITE, inode, data=path.read_bytes())
                self.times(path)

    def begin(self):
        """The test changes files from now on: no power cut until it has."""
        self.put(MARK, inode=1)

    def end(self, case):
        self.put(MARK, offset=len(case.given))

    def give(self, case, n):
        """More inputs appear."""
        for number in range(len(case.given), len(case.given) + n):
            case.give([number])
            path = case.folder("inbox") / oracle.name_of(number)
            self.put(CREATE, path.stat().st_ino, path=self.name(path))
            self.put(WRITE, path.stat().st_ino, data=path.read_bytes())
            self.times(path)

    def read_marks(self):
        """The steps of the trace from which on so many inputs are there: pairs."""
        data, at, step, marks = Path(self.path).read_bytes(), 0, 0, []
        while at < len(data):
            kind, n_path, inode, offset, n_data = RECORD.unpack_from(data, at)
            if kind == MARK and inode == 0:
                marks.append((step, offset))
            at += RECORD.size + n_path + n_data
            step += 1
        return marks

    def grow_log(self, case, rng):
        """Lines are added to the log, and it is rotated now and then."""
        path = case.folder("logs") / "app.log"
        is_new, size = not path.exists(), path.stat().st_size if path.exists() else 0
        case.log(rng.randrange(1, 20))
        inode = path.stat().st_ino
        if is_new:
            self.put(CREATE, inode, path=self.name(path))
        self.put(WRITE, inode, size, data=path.read_bytes()[size:])
        if rng.random() < 0.3:
            case.log(0, rotate=True)
            rotated = Path(f"{path}.{case.n_rotations:05}")
            self.put(RENAME, path=self.name(path) + b"\0" + self.name(rotated))
            path = rotated
        self.times(path)


class PowerCut:
    def __init__(self, options, index, home):
        self.options = options
        self.seed = options.seed * 1000 + index
        self.random = random.Random(self.seed)
        # The larger one begins with a quarter of itself and grows.
        self.sizes = {**SMALL, "WEIR_TEST_SEGMENT_SIZE": self.random.choice(("65536", "262144"))}
        self.archive = self.random.choice(("0", "100 KB", "1 GB"))
        self.home = Path(home)
        self.trace = self.home / "trace"
        self.marks = []
        self.lives = self.states = self.failed = 0

    def environment(self, **more):
        return {**os.environ, **self.sizes, **more}

    def new_case(self, home):
        case = oracle.Case(home)
        if self.options.mutant == UNSYNCED_SINK:
            case.sets["sync"] = "false"
        return case

    def command(self, case, *more):
        return case.command(self.options.weir, "--until-idle", f"--archive={self.archive}", *more)

    def live(self, case, last, *more):
        environment = self.environment(
            LD_PRELOAD=str(self.options.recorder), WEIR_RECORD_ROOT=str(case.home),
            WEIR_RECORD_TRACE=str(self.trace),
            WEIR_RECORD_SLOW=str(self.random.choice((0, 100, 1000))))
        if more or not last and self.random.random() < 0.5:
            environment["WEIR_RECORD_KILL"] = str(int(self.random.expovariate(1 / 300)) + 20)
        elif not last:
            environment["WEIR_RECORD_KILL_SYNC"] = str(int(self.random.expovariate(1 / 12)) + 1)
        done = subprocess.run(self.command(case, *more), env=environment,
                              cwd=case.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, timeout=200, check=False)
        if done.returncode not in (0, -signal.SIGKILL):
            raise RuntimeError(f"recording ended with {done.returncode}: {done.stderr}")

    def record(self):
        case = self.new_case(self.home / "run")
        case.make()
        trace = Trace(self.trace, case.home)
        for life in range(N_LIVES):
            trace.begin()
            if life == 0:
                trace.add_all()
            trace.give(case, self.random.randrange(MORE_INPUTS) if life > 0 else N_INPUTS)
            trace.grow_log(case, self.random)
            trace.sync()
            if self.options.takeover and life % 2 == 0:
                self.live(case, False, "--durability=process")
                trace.sync_outside()
            elif self.options.takeover:
                start = self.trace.stat().st_size
                self.live(case, last=life == N_LIVES - 1)
                trace.mark_takeover(start, len(case.given))
            else:
                trace.end(case)
                self.live(case, last=life == N_LIVES - 1)
            self.lives += 1
        self.marks = trace.read_marks()
        shutil.rmtree(case.home)

    def verify(self, folder, step):
        """Starts the program on the state of a step. Returns what is wrong."""
        case = self.new_case(folder)
        case.given = set(range(max(n for at, n in self.marks if at < step)))
        told = history.History(self.options.weir, case)
        problems = (told.read() or told.check()) if self.states % 3 == 0 else []
        if problems:
            return problems
        done = subprocess.run(self.command(case), cwd=case.home,
                              env=self.environment(LD_PRELOAD=str(self.options.inode),
                                                   WEIR_INODES=f"{folder}.inodes"), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=200, check=False)
        if done.returncode:
            return [f"the program ended with {done.returncode}: {done.stderr}"]
        problems += case.check_end() + (told.read(everything=True) or told.check(is_end=True))
        return problems + [done.stderr] if problems else []

    def cut(self, n_states):
        """Cuts and verifies; states are built where the trace was recorded, since a state has paths in it."""
        folder = self.home / "run"
        replay = subprocess.Popen([self.options.replay, str(self.trace), str(n_states),
                                   str(self.seed)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        while self.failed < self.options.stop_at:
            folder.mkdir()
            replay.stdin.write(f"{folder}\n")
            replay.stdin.flush()
            what = replay.stdout.readline().strip()
            if what in ("end", ""):
                break
            self.states += 1
            try:
                problems = self.verify(folder, int(what.split()[1]))
            except (OSError, subprocess.SubprocessError) as error:
                problems = [str(error)]
            if problems:
                self.failed += 1
                self.tell(folder, what, problems)
            shutil.rmtree(folder)
        replay.stdin.close()
        if replay.wait():
            self.failed += 1
            print(f"{self.options.replay} ended with {replay.returncode}", file=sys.stderr)

    def tell(self, folder, what, problems):
        if self.failed > 3 or self.options.mutant:
            return
        kept = oracle.keep(folder, f"power-{self.seed}-{self.states}")
        print("\n  ".join([f"{what}, seed {self.seed}; kept in {kept}", *problems[:9]]),
              file=sys.stderr)


def run_one(options, index):
    with tempfile.TemporaryDirectory(prefix="weir-power-", dir=options.dir) as home:
        cut = PowerCut(options, index, home)
        cut.record()
        cut.cut(-(-options.states // options.traces))
        return cut


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=Path)
    parser.add_argument("recorder", type=Path)
    parser.add_argument("replay", type=Path)
    parser.add_argument("inode", type=Path)
    parser.add_argument("--states", type=int, default=1000)
    parser.add_argument("--traces", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--takeover", action="store_true")
    parser.add_argument("--mutant", type=int, default=0)
    parser.add_argument("--stop-at", type=int, default=10, help="failures, then no more is tried")
    parser.add_argument("--dir", default="/dev/shm")
    options = parser.parse_args()
    for name in ("weir", "recorder", "replay", "inode"):
        setattr(options, name, getattr(options, name).resolve())
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        cuts = list(pool.map(lambda index: run_one(options, index), range(options.traces)))
    states, failed, lives = (sum(getattr(cut, name) for cut in cuts)
                             for name in ("states", "failed", "lives"))
    print(f"{states} states, all different, of {options.traces} traces with {lives} lives;"
          f" {failed} failed, {time.monotonic() - begin:.0f} s")
    sys.exit(1 if bool(failed) != bool(options.mutant) else 0)


main()
