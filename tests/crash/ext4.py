#!/usr/bin/env python3
"""Cuts the power of a real file system under the real program.

    ext4.py WEIR [--cuts N] [--seed N] [--dir DIR]

The program runs on ext4 in an image; the image is a file on XFS, which copies it in an instant (FICLONE). A
copy is what a power cut leaves: the memory of ext4 is gone, its journal is real. Each copy is mounted, which replays the
journal, and the program is started on it: then each input that was there has given exactly its outputs, once.
Guards invariants 5, 10, 15, 17 and 19 to 24. Needs root, loop devices and mkfs.xfs; without them it is skipped (77).
"""
import argparse
import fcntl
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import case as oracle

FICLONE = 0x40049409
SKIPPED = 77
SMALL = {"WEIR_TEST_SEGMENT_SIZE": "262144", "WEIR_TEST_CHECKPOINT_BYTES": "131072"}


def call(*arguments):
    return subprocess.run(list(map(str, arguments)), check=True, capture_output=True, text=True).stdout


class Disk:
    """XFS in a file, and in it an image with ext4, mounted at self.mount."""

    def __init__(self, home):
        self.home = Path(home)
        self.outer, self.mount = self.home / "xfs", self.home / "ext4"
        self.image = self.outer / "image"
        self.mounted = []

    def set_up(self):
        self.outer.mkdir()
        self.mount.mkdir()
        outer = self.home / "xfs.img"
        call("truncate", "-s", "8G", outer)
        call("mkfs.xfs", "-q", "-f", "-m", "reflink=1", outer)
        self.attach(outer, self.outer)
        call("truncate", "-s", "512M", self.image)
        call("mkfs.ext4", "-q", "-F", self.image)
        self.attach(self.image, self.mount)

    def attach(self, image, where):
        call("mount", "-o", "loop", image, where)
        self.mounted.append(where)

    def detach(self):
        call("umount", self.mounted.pop())

    def tear_down(self):
        while self.mounted:
            subprocess.run(["umount", "-l", self.mounted.pop()], check=False)

    def cut(self, number):
        """Copies the image as it is at this instant. Returns the copy."""
        copy = self.outer / f"cut-{number}"
        with open(self.image, "rb") as image, open(copy, "wb") as target:
            fcntl.ioctl(target, FICLONE, image.fileno())
        return copy


class Run:
    def __init__(self, options, disk, rng):
        self.options, self.disk, self.random = options, disk, rng
        self.case = oracle.Case(disk.mount / "case")
        self.process = None
        self.lives = 0

    def start(self):
        self.lives += 1
        self.process = subprocess.Popen(self.case.command(self.options.weir), cwd=self.case.home,
                                        env={**os.environ, **SMALL}, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None

    def feed(self):
        first = len(self.case.given)
        self.case.give(range(first, first + self.random.randrange(1, 8)))
        self.case.log(self.random.randrange(1, 10), rotate=self.random.random() < 0.2)
        for name in ("inbox", "logs"):
            for path in self.case.folder(name).iterdir():
                self.sync(path)
            self.sync(self.case.folder(name))

    @staticmethod
    def sync(path):
        """What the program deletes meanwhile needs none."""
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return
        os.fsync(file)
        os.close(file)

    def record(self):
        """Returns the copies, each with how many inputs were there."""
        self.case.make()
        call("sync", "-f", self.disk.mount)
        cuts = []
        for number in range(self.options.cuts):
            if self.process is None or self.process.poll() is not None:
                self.start()
            self.feed()
            time.sleep(self.random.random() * 0.04)
            cuts.append((self.disk.cut(number), len(self.case.given)))
            if self.random.random() < 0.15:
                self.kill()
        self.kill()
        return cuts

    def verify(self, n_given):
        case = oracle.Case(self.case.home)
        case.given = set(range(n_given))
        done = subprocess.run(case.command(self.options.weir, "--until-idle"), cwd=case.home,
                              env={**os.environ, **SMALL}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=200, check=False)
        if done.returncode:
            return [f"the program ended with {done.returncode}: {done.stderr}"]
        return case.check_end()


def run(options, disk):
    rng = random.Random(options.seed)
    run_of = Run(options, disk, rng)
    failed = 0
    try:
        cuts = run_of.record()
    finally:
        if run_of.process is not None:
            run_of.kill()
    disk.detach()
    for number, (copy, n_given) in enumerate(cuts):
        disk.attach(copy, disk.mount)
        problems = run_of.verify(n_given)
        if problems:
            failed += 1
            kept = oracle.keep(run_of.case.home, f"ext4-{options.seed}-{number}")
            print("\n  ".join([f"cut {number}; kept in {kept}", *problems[:9]]), file=sys.stderr)
        disk.detach()
        copy.unlink()
    print(f"{len(cuts)} cuts of ext4, {run_of.lives} lives, {len(run_of.case.given)} inputs,"
          f" {failed} failed, seed {options.seed}")
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=Path)
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--dir", default="/var/tmp")
    options = parser.parse_args()
    options.weir = options.weir.resolve()
    home = Path(tempfile.mkdtemp(prefix="weir-ext4-", dir=options.dir))
    disk = Disk(home)
    try:
        try:
            disk.set_up()
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"skipped: {error} {getattr(error, 'stderr', '')}")
            return SKIPPED
        return 1 if run(options, disk) else 0
    finally:
        disk.tear_down()
        shutil.rmtree(home, ignore_errors=True)


sys.exit(main())
