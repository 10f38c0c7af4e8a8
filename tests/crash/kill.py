#!/usr/bin/env python3
"""Kills the real program at any instant, again and again, and counts what comes out.

    kill.py WEIR RECORDER [--kills N] [--jobs N] [--seed N] [--dir DIR]

Half of the kills come after a random time, half after a random number of changes to files (RECORDER),
which reaches recovery, snapshots, new segments and cleaning up as often as anything else. After every
kill: what was taken over from the inbox and what came out stays so, and what provenance tells is so (history.py).
After every 40: all is processed, each input has given exactly its outputs, once, and all of that is told. Guards invariants 5, 10, 15, 17 and 22 to 24.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import case as oracle
import history

KILLS_A_ROUND = 40
# Small, so that segments, snapshots and cleaning up are in the way of every kill.
SMALL = {"WEIR_TEST_SEGMENT_SIZE": "262144", "WEIR_TEST_CHECKPOINT_BYTES": "131072",
         "WEIR_TEST_PARTITION_BYTES": "524288", "WEIR_TEST_PROVENANCE_USEC": "5000"}
ARCHIVES = ("0", "100 KB", "1 GB")  # of log and contents, after they have been needed


class Killer:
    def __init__(self, options, home, seed):
        self.options = options
        self.case = oracle.Case(home)
        self.history = history.History(options.weir, self.case)
        self.random = random.Random(seed)
        self.next_input = 0
        self.kills = self.ended = 0
        self.outputs = self.inputs = 0
        self.slowest = 0.0
        self.last = set()       # outputs that were there after the last kill
        self.gone = set()       # inputs that were gone

    def feed(self, n):
        self.case.give(range(self.next_input, self.next_input + n))
        self.next_input += n
        if self.random.random() < 0.7:
            self.case.log(self.random.randrange(1, 30), rotate=self.random.random() < 0.3)

    def environment(self):
        environment = {**os.environ, **SMALL}
        if self.random.random() < 0.5:
            n = int(self.random.expovariate(1 / 150)) + 1
            environment.update(LD_PRELOAD=str(self.options.recorder), WEIR_RECORD_KILL=str(n),
                               WEIR_RECORD_ROOT=str(self.case.home), WEIR_RECORD_TRACE="/dev/null")
        return environment

    def command(self, *more):
        return self.case.command(self.options.weir, f"--archive={self.random.choice(ARCHIVES)}", *more)

    def live_and_die(self):
        """One life of the program. Returns what is wrong."""
        environment = self.environment()
        by_count = "WEIR_RECORD_KILL" in environment
        process = subprocess.Popen(self.command(), env=environment,
                                   cwd=self.case.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        limit = 0.15 if by_count else self.random.choice((0.012, 0.03, 0.08)) * self.random.random()
        try:
            process.wait(limit if self.random.random() < 0.5 else limit / 2)
        except subprocess.TimeoutExpired:
            if not by_count:
                self.feed(self.random.randrange(0, 4))
            process.kill()
        stderr = process.communicate()[1].decode(errors="replace")
        self.kills += 1
        if process.returncode != -signal.SIGKILL:
            self.ended += 1
            return [f"the program ended by itself with {process.returncode}: {stderr}"]
        return self.check_acknowledged()

    def check_acknowledged(self):
        outputs = {entry.name for entry in os.scandir(self.case.folder("outbox"))
                   if not entry.name.startswith(".")}
        remaining = self.case.remaining()
        problems = [f"{name} was there and is not any more" for name in self.last - outputs]
        problems += [f"{name} was taken over and is back" for name in self.gone & remaining]
        self.last = outputs
        self.gone |= {oracle.name_of(number) for number in self.case.given} - remaining
        if self.random.random() < self.options.take:
            problems += self.case.take()
            self.last = set()
        if self.random.random() < self.options.tell:
            problems += self.history.read() or self.history.check()
        return problems

    def finish_round(self):
        """All that is left is processed. Returns what is wrong."""
        begin = time.monotonic()
        done = subprocess.run(self.command("--until-idle"),
                              env={**os.environ, **SMALL}, cwd=self.case.home, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=200, check=False)
        self.slowest = max(self.slowest, time.monotonic() - begin)
        if done.returncode:
            return [f"after the kills the program ended with {done.returncode}: {done.stderr}"]
        problems = self.case.check_end() + (self.history.read() or self.history.check(is_end=True))
        self.history.settle()
        if problems:
            problems.append(done.stderr)
        self.inputs = len(self.case.given)
        self.outputs = len(self.case.outputs())
        self.last = {entry.name for entry in os.scandir(self.case.folder("outbox"))}
        return problems

    def run(self, n_kills):
        self.case.make()
        while self.kills < n_kills:
            for _ in range(min(KILLS_A_ROUND, n_kills - self.kills)):
                self.feed(self.random.randrange(1, 16))
                problems = self.live_and_die()
                if problems:
                    return problems
            problems = self.finish_round()
            if problems:
                return problems
            self.case.take()
            self.last = set()
        return self.history.read(everything=True)


def numbers_in(folder):
    names = [path.stem for path in folder.glob("*") if path.stem.isdigit()]
    return max(map(int, names), default=0)


def run_one(options, index, n_kills):
    seed = options.seed * 1000 + index
    home = Path(tempfile.mkdtemp(prefix="weir-kill-", dir=options.dir))
    killer = Killer(options, home, seed)
    try:
        problems = killer.run(n_kills)
        data = killer.case.folder("data")
        figures = (killer.kills, killer.inputs, killer.outputs, len(killer.history.events), killer.slowest,
                   numbers_in(data / "log"), numbers_in(data / "snapshot"))
        if problems:
            problems.append(f"seed {seed}, after {killer.kills} kills; kept in "
                            f"{oracle.keep(home, f'kill-{seed}')}")
        return problems, figures
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=Path)
    parser.add_argument("recorder", type=Path)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--take", type=float, default=0.3,
                        help="how often somebody takes the outputs away after a kill")
    parser.add_argument("--tell", type=float, default=0.3,
                        help="how often it is asked after a kill what provenance has of it")
    parser.add_argument("--dir", help="where the runs are (the directory for temporary files)")
    options = parser.parse_args()
    options.weir, options.recorder = options.weir.resolve(), options.recorder.resolve()
    begin = time.monotonic()
    share = -(-options.kills // options.jobs)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda index: run_one(options, index, share),
                                range(options.jobs)))
    problems = [problem for found, _ in results for problem in found]
    kills, inputs, outputs, events, slowest, segments, snapshots = zip(*(figures for _, figures in results))
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{sum(kills)} kills, {sum(inputs)} inputs, {sum(outputs)} outputs, {sum(events)} events, {sum(segments)} segments,"
          f" {sum(snapshots)} snapshots, slowest end {max(slowest):.2f} s, {len(problems)} problems,"
          f" {time.monotonic() - begin:.0f} s")
    sys.exit(1 if problems else 0)


main()
