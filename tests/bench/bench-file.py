#!/usr/bin/env python3
"""Files through the engine, GetFile to PutFile, against `cp -r` of the same files in the same run.

A ratio is the time of cp over that of the whole `weir run`, like against like, in pairs that take
turns. The engine keeps nothing (--durability=memory), as cp does, and PutFile syncs, as it does by
default, against cp with a sync of its file system behind it; or neither syncs. The figure is the pair
that comes off worse. A third pair is the default, an engine that survives a power cut while cp does
not: it writes each byte to the disk twice, so it is a figure of its own, `..._durable_ratio`.

cp leaves its sources, so GetFile does: deleting is not copying. The queue between may hold all of
the files, or such as are as large as its limit would go through it one at a time.

A large content that is copied out is in memory twice, with cp once. On a virtual machine whose host takes back what
is free, the first touch of a page takes ten times as long as copying it, and who needs more pages
pays for the house, not for the copy. So the free memory is filled with cache before each run: then
both get their pages from what the kernel gives up, as on a machine that has been up for a while.

Prints one JSON object a line: {"id", "value", "unit", "runs", "spread"}.
WEIR_BENCH_DIR says where (/var/tmp); it takes up to 16 GiB.
"""
import fcntl
import json
import os
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2]
WEIR = BUILD / "engine/cli/weir"
os.environ["WEIR_MODULE_PATH"] = str(BUILD / "processors")

FLOW = """<flow xmlns="urn:weir:flow:1" name="Copy">
  <processor id="get" type="GetFile">
    <property name="Input Directory">{source}</property>
    <property name="Keep Source File">true</property>
    <property name="Polling Interval">1 day</property>
  </processor>
  <processor id="put" type="PutFile">
    <property name="Directory">{target}</property>
    <property name="Sync to Disk">{sync}</property>
    <auto-terminate relationship="success"/>
  </processor>
  <processor id="failed" type="LogAttribute"><auto-terminate relationship="success"/></processor>
  <connection from="get:success" to="put" max-size="8 GB"/>
  <connection from="put:failure" to="failed"/>
</flow>
"""
GIB = 1 << 30

# Figure, what survives in the engine, whether PutFile and cp sync.
PAIRS = [("", "memory", True), ("", "memory", False), ("_durable", "power", True)]


def report(name, figures, unit):
    figures = sorted(figures)
    middle = statistics.median(figures)
    print(json.dumps({"id": name, "value": round(middle, 3), "unit": unit, "runs": len(figures),
                      "spread": round((figures[-1] - figures[0]) / middle, 3)}), flush=True)


def spread_directories(path):
    """ext4 then puts directories below @path far from each other, as the homes of different users:
    files that were deleted a moment ago make it slow to create some nearby."""
    get_flags, set_flags, top = 0x80086601, 0x40086602, 0x00020000
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flags = struct.unpack("l", fcntl.ioctl(descriptor, get_flags, bytes(8)))[0]
        fcntl.ioctl(descriptor, set_flags, struct.pack("l", flags | top))
    except OSError:
        pass
    finally:
        os.close(descriptor)


def read_through(path):
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def run(arguments):
    """Returns the seconds and the MB that a command takes."""
    begin = time.monotonic()
    process = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.DEVNULL)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        raise
    seconds = time.monotonic() - begin
    if status:
        sys.exit(f"{arguments[0]} ended with {status}")
    return seconds, usage.ru_maxrss / 1024


def fill(folder, n, size):
    folder.mkdir()
    piece = os.urandom(min(size, 1 << 20))
    for i in range(n):
        with open(folder / f"{i:05}", "wb") as file:
            for _ in range(size // len(piece)):
                file.write(piece)


def check(source, target):
    """Ends the program unless every file is there, and the last one has the same bytes."""
    names = sorted(os.listdir(source))
    if sorted(os.listdir(target)) != names:
        sys.exit(f"{target} does not have the files of {source}")
    if subprocess.run(["cmp", source / names[-1], target / names[-1]], check=False).returncode:
        sys.exit(f"the last file of {target} is another")


class Bench:
    def __init__(self, home):
        self.home = home
        self.megabytes = []
        self.n_fillers = 0

    def settle(self, source):
        """What was written is on the disk, @source in memory, and nothing there is free."""
        os.sync()
        for path in source.iterdir():
            read_through(path)
        with open("/proc/meminfo", encoding="ascii") as file:
            free = next(int(line.split()[1]) for line in file if line.startswith("MemFree:")) << 10
        self.n_fillers += 1
        filler = self.home / f"filler-{self.n_fillers}"
        filler.touch()
        os.truncate(filler, max(0, free - GIB // 4))
        read_through(filler)

    def cp(self, source, target, sync):
        seconds = run(["cp", "-r", source, target])[0]
        return seconds + run(["sync", "-f", target])[0] if sync else seconds

    def weir(self, source, target, durability, sync):
        flow = self.home / "copy.xml"
        flow.write_text(FLOW.format(source=source, target=target, sync=str(sync).lower()))
        data = self.home / "data"
        command = [WEIR, "run", flow, "--until-idle", "-q", f"--durability={durability}"]
        seconds, megabytes = run(command + ([] if durability == "memory" else [f"--data={data}"]))
        check(source, target)
        shutil.rmtree(data, ignore_errors=True)
        self.megabytes.append(megabytes)
        return seconds

    def compare(self, name, n, size, rounds):
        """Prints how much of the speed of cp a copy reaches."""
        source = self.home / f"{name}-source"
        fill(source, n, size)
        ratios = {pair: [] for pair in PAIRS}
        for i in range(rounds):
            for k, pair in enumerate(PAIRS):
                _, durability, sync = pair
                target = self.home / f"{name}-{i}-{k}"
                target.mkdir()
                self.settle(source)
                copied = self.cp(source, target / "cp", sync)
                self.clean(target / "cp", size)
                self.settle(source)
                ours = self.weir(source, target / "weir", durability, sync)
                self.clean(target / "weir", size)
                ratios[pair].append(copied / ours)
                print(f"{name}, {durability}, {'with' if sync else 'no'} sync: "
                      f"cp {copied:.2f} s, weir {ours:.2f} s", flush=True)
        for kind in "", "_durable":
            worst = min((ratios[pair] for pair in PAIRS if pair[0] == kind), key=statistics.median)
            report(f"file.copy_{name}{kind}_ratio", worst, "ratio")

    @staticmethod
    def clean(target, size):
        """Many files that were deleted a moment ago make it slow to create some on ext4."""
        if size >= GIB:
            shutil.rmtree(target)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    parent = os.environ.get("WEIR_BENCH_DIR", "/var/tmp")
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=parent) as name:
        os.environ["TMPDIR"] = name
        home = Path(name)
        bench = Bench(home)
        spread_directories(home)
        bench.compare("small", 10000, 4096, 5)
        if shutil.disk_usage(home).free < 16 * GIB:
            sys.exit(f"{parent} has no 16 GiB left: set WEIR_BENCH_DIR to a larger disk")
        bench.compare("large", 4, GIB, 3)
        report("file.copy_rss_mb", [max(bench.megabytes)], "MB")


main()
