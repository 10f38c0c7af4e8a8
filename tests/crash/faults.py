#!/usr/bin/env python3
"""What the real program does when the disk, the clock or a second engine fails it.

    faults.py WEIR FAULT [--step N] [--only TEST] [--dir DIR]

Every call on files fails once, for each kind of call; the disk fills up; files have a largest size;
two engines want one directory; the clock is a year behind. The program may end, and says why; nothing
that it had taken over may be lost or doubled, and the next start goes on. Guards invariants 5, 10, 18 and 25.
"""
import argparse
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import case as oracle

SMALL = {"WEIR_TEST_SEGMENT_SIZE": "65536", "WEIR_TEST_CHECKPOINT_BYTES": "32768"}
FAULTS = [("write", errno.EIO), ("write", errno.ENOSPC), ("sync", errno.EIO), ("rename", errno.EIO),
          ("allocate", errno.ENOSPC), ("open", errno.EMFILE), ("link", errno.EIO),
          ("unlink", errno.EIO), ("mkdir", errno.EACCES)]


class Fixture:
    def __init__(self, options, home=None):
        self.options = options
        self.home = Path(home or tempfile.mkdtemp(prefix="weir-fault-", dir=options.dir))
        self.case = oracle.Case(self.home / "case")
        self.case.make()
        self.case.give(range(24))
        self.case.log(20)

    def start(self, *more, **environment):
        """Starts the flow, whose messages are read line by line."""
        return subprocess.Popen(self.case.command(self.options.weir, *more), env={**os.environ, **SMALL, **environment},
                                cwd=self.case.home, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def run(self, *more, seconds=200, limit=None, **environment):
        """Runs the flow once. Returns its status and what it said."""
        def restrict():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        done = subprocess.run(self.case.command(self.options.weir, *more),
                              env={**os.environ, **SMALL, **environment}, cwd=self.case.home, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=seconds, check=False,
                              preexec_fn=restrict)
        return done.returncode, done.stderr

    def preload(self, **environment):
        return {"LD_PRELOAD": str(self.options.fault), "WEIR_FAULT_ROOT": str(self.case.home),
                **environment}

    def finish(self):
        """Runs it without any fault. Returns what is wrong then. What PutFile could not write when the disk
        failed went to failure, which is what it is for."""
        status, said = self.run("--until-idle")
        if status:
            return [f"it does not go on: status {status}: {said}"]
        problems = []
        for path in self.case.folder("failed").iterdir():
            if path.name.startswith("."):
                continue
            if path.name in self.case.outputs():
                problems.append(f"{path.name} came out and went to failure as well")
            self.case.taken[path.name] = path.read_bytes()
            path.unlink()
        problems += self.case.check_end()
        return problems + [said] if problems else []

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)


def with_fixture(function):
    def test(options):
        fixture = Fixture(options)
        try:
            return function(fixture)
        finally:
            fixture.close()
    test.__name__ = function.__name__
    return test


def fail_nth(options, call, number, nth, goes_on):
    """One run with one fault. Returns what is wrong; None when there are no so many calls."""
    fixture = Fixture(options)
    what = f"{call}:{nth}:{number}" + (":on" if goes_on else "")
    try:
        status, said = fixture.run("--for=1s" if goes_on else "--until-idle",
                                   **fixture.preload(WEIR_FAULT=what))
        problems = []
        if "crash-fault: now" not in said:
            return None
        if status < 0:
            problems.append(f"it was ended by signal {-status}: {said}")
        elif status and os.strerror(number).lower() not in said.lower():
            problems.append(f"it ended with {status} and does not say why: {said}")
        problems += fixture.finish()
        if problems:
            problems.append(f"{what}: kept in {oracle.keep(fixture.home, what.replace(':', '-'))}")
        return problems
    finally:
        fixture.close()


def test_every_call(options):
    """N goes up by --step, which leaves none out when it is 1, until there are no so many calls."""
    problems, runs = [], 0
    for call, number in FAULTS:
        for goes_on in (False, True):
            for nth in range(1, 10000, options.step):
                found = fail_nth(options, call, number, nth, goes_on)
                if found is None or len(problems) > 20:
                    break
                problems += found
                runs += 1
    print(f"# {runs} faults")
    return problems


@with_fixture
def test_clock_back(fixture):
    """Kills make the log long; then the clock is a year behind, then a year ahead, then right."""
    problems = []
    for years in (-1, 1):
        seconds = str(years * 365 * 86400)
        fixture.case.give(range(100 * (years + 2), 100 * (years + 2) + 24))
        status, said = fixture.run("--until-idle", **fixture.preload(WEIR_FAULT_CLOCK=seconds))
        if status:
            problems.append(f"{years} years: status {status}: {said}")
    return problems + fixture.finish()


@with_fixture
def test_two_engines(fixture):
    """The second is refused by name of the first, and harms nothing."""
    command = fixture.case.command(fixture.options.weir)
    first = subprocess.Popen(command, env={**os.environ, **SMALL}, cwd=fixture.case.home, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lock = fixture.case.folder("data") / "lock"
    try:
        end = time.monotonic() + 200
        while not (lock.exists() and lock.read_text()):
            if time.monotonic() > end or first.poll() is not None:
                return ["the first engine takes no lock"]
        status, said = fixture.run("--until-idle")
    finally:
        first.send_signal(signal.SIGTERM)
        first.wait(200)
    problems = [] if status == 1 else [f"the second engine ended with {status}"]
    if "Crash" not in said or str(first.pid) not in said:
        problems.append(f"it does not say who has the directory: {said}")
    return problems + fixture.finish()


@with_fixture
def test_largest_file(fixture):
    """RLIMIT_FSIZE: a signal by default, an error that is told here."""
    status, said = fixture.run("--for=2s", limit=40960)
    problems = [] if status >= 0 else [f"it was ended by signal {-status}: {said}"]
    return problems + fixture.finish()


def wait_for(process, words):
    """Returns what it said up to the line with these words, or up to its end."""
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            break
    return said


def stop_stalled(options, nth):
    """A sync that never returns: the second signal is the end. Returns None when there are no so many."""
    fixture = Fixture(options)
    process = fixture.start("--until-idle", **fixture.preload(WEIR_FAULT=f"sync:{nth}:-1:on"))
    try:
        if "crash-fault: now" not in wait_for(process, "crash-fault: now"):
            return None
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        status = process.wait(200)
        problems = [] if status == 3 else [f"it ended with {status}: {process.stderr.read()}"]
        return [f"stalled at sync {nth}: {problem}" for problem in problems + fixture.finish()]
    except subprocess.TimeoutExpired:
        return [f"stalled at sync {nth}, it does not heed the second signal"]
    finally:
        process.kill()
        process.communicate()
        fixture.close()


def test_second_signal(options):
    """Whatever it waits for: at start, while it runs, and at the end."""
    problems, runs = [], 0
    for nth in range(1, 10000, options.step):
        found = stop_stalled(options, nth)
        if found is None or len(problems) > 3:
            break
        problems += found
        runs += 1
    return problems if runs > 1 else [f"only {runs} of its syncs were stalled", *problems]


@with_fixture
def test_log_fails(fixture):
    """The status says that it was the disk, and the message where to go on. At start it is not begun at all.

    How many syncs there are depends on how many commits wait for one, and the one of a segment that is made ahead
    may fail without harm."""
    problems, statuses = [], []
    fixture.run("--until-idle")
    for nth in range(1, 10000):
        fixture.case.give(range(nth * 64, nth * 64 + 2))
        fault = {"WEIR_FAULT": f"sync:{nth}:{errno.EIO}", "WEIR_FAULT_ROOT": str(fixture.case.folder("data/log"))}
        status, said = fixture.run("--until-idle", **fixture.preload(**fault))
        if "crash-fault: now" not in said:
            break
        statuses.append(status)
        if status == 4 and "stopped at once: nothing that was acknowledged is lost" not in said:
            problems.append(f"sync {nth}: it does not say what to do: {said}")
        fixture.run("--until-idle")
    told = [status for status in statuses if status]
    if set(told) != {1, 4} or sorted(told) != told:
        problems.append(f"it ended with {statuses}")
    return problems + fixture.finish()


@with_fixture
def test_low_disk(fixture):
    """Sources wait, and somebody is told why; with room they go on."""
    free = fixture.home / "free"
    free.write_text(str(10 << 20))
    process = fixture.start("--until-idle", **fixture.preload(WEIR_FAULT_FREE=str(free)))
    try:
        said = wait_for(process, "has only")
        problems = [] if "only 10 MB left; sources wait until 1.5 GB are free" in said else [f"it does not say what it waits for: {said}"]
        if fixture.case.remaining() != {oracle.name_of(number) for number in fixture.case.given}:
            problems.append("a source did not wait")
        aside = fixture.home / "more"
        aside.write_text(str(10 << 30))
        os.rename(aside, free)
        said = wait_for(process, "has room again")
        if "room again (10 GB)" not in said:
            problems.append(f"it does not say that it goes on: {said}")
        status = process.wait(200)
        if status:
            problems.append(f"it ended with {status}: {process.stderr.read()}")
        return problems + fixture.finish()
    finally:
        process.kill()
        process.communicate()


def fill(folder, leave):
    """Leaves so many bytes of a small file system."""
    filler = os.open(folder / "filler", os.O_CREAT | os.O_WRONLY)
    free = os.statvfs(folder)
    os.posix_fallocate(filler, 0, max(1, free.f_bavail * free.f_frsize - leave))
    os.close(filler)


def test_full_disk(options):
    """A small file system fills up; the engine stops taking over, and goes on when there is room."""
    home = Path(tempfile.mkdtemp(prefix="weir-full-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", home],
                             capture_output=True, check=False).returncode == 0
    if not mounted:
        home.rmdir()
        return None
    try:
        fixture = Fixture(options, home)
        fixture.case.log(1, rotate=True)
        fill(home, leave=512 * 1024)
        problems = []
        for _ in range(3):
            status, said = fixture.run("--for=1s")
            if status < 0:
                problems.append(f"it was ended by signal {-status}: {said}")
        subprocess.run(["mount", "-o", "remount,size=64m", home], check=True)
        return problems + fixture.finish()
    finally:
        subprocess.run(["umount", home], check=False)
        home.rmdir()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=Path)
    parser.add_argument("fault", type=Path)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("--dir", help="where the runs are (the directory for temporary files)")
    options = parser.parse_args()
    options.weir, options.fault = options.weir.resolve(), options.fault.resolve()
    tests = [test_every_call, test_clock_back, test_two_engines, test_largest_file,
             test_second_signal, test_log_fails, test_low_disk, test_full_disk]
    tests = [test for test in tests if options.only in (None, test.__name__)]
    print(f"1..{len(tests)}")
    failed = False
    for i, test in enumerate(tests, 1):
        problems = test(options)
        for problem in problems or []:
            print("#", problem.replace("\n", "\n# "))
        failed |= bool(problems)
        skip = " # SKIP no right to mount" if problems is None else ""
        print(f"{'not ok' if problems else 'ok'} {i} {test.__name__}{skip}", flush=True)
    sys.exit(1 if failed else 0)


main()
