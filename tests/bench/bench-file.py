#!/usr/bin/env python3
"""Files through the engine, GetFile to PutFile, against `cp -r` of the same files in the same run.

cp leaves its sources and syncs nothing. GetFile is told to leave them, too: deleting is not copying.
PutFile syncs, as it does by default: that is in the figures. How it is without is told as a remark.
Prints one JSON object a line: {"id", "value", "unit", "runs", "spread"}.

WEIR_BENCH_DIR says where (/var/tmp); it takes up to 14 GiB.
"""
import fcntl
import json
import os
import shutil
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
  <connection from="get:success" to="put"/>
  <connection from="put:failure" to="failed"/>
</flow>
"""
GIB = 1 << 30


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


def run(arguments):
    """Returns the seconds and the MB that a command takes; what was written before is on the disk."""
    os.sync()
    begin = time.monotonic()
    process = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
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

    def weir(self, source, target, sync):
        flow = self.home / "copy.xml"
        flow.write_text(FLOW.format(source=source, target=target, sync=sync))
        seconds, megabytes = run([WEIR, "run", flow, "--until-idle", "-q"])
        check(source, target)
        self.megabytes.append(megabytes)
        return seconds

    def compare(self, name, n, size, rounds, clean):
        """Prints how much of the speed of cp a copy reaches, taking turns."""
        source = self.home / f"{name}-source"
        fill(source, n, size)
        ratios = []
        for i in range(rounds):
            target = self.home / f"{name}-{i}"
            target.mkdir()
            copied = run(["cp", "-r", source, target / "cp"])[0]
            if clean:
                shutil.rmtree(target / "cp")
            synced = self.weir(source, target / "synced", "true")
            ratios.append(copied / synced)
            if clean:
                shutil.rmtree(target / "synced")
            print(f"{name}: cp {copied:.2f} s, weir {synced:.2f} s", flush=True)
        report(f"file.copy_{name}_ratio", ratios, "ratio")
        unsynced = self.weir(source, target / "unsynced", "false")
        print(f"{name}: without sync weir takes {unsynced:.2f} s", flush=True)
        shutil.rmtree(target / "unsynced")


def main():
    parent = os.environ.get("WEIR_BENCH_DIR", "/var/tmp")
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=parent) as name:
        os.environ["TMPDIR"] = name
        home = Path(name)
        bench = Bench(home)
        spread_directories(home)
        bench.compare("small", 10000, 4096, 3, clean=False)
        if shutil.disk_usage(home).free < 14 * GIB:
            sys.exit(f"{parent} has no 14 GiB left: set WEIR_BENCH_DIR to a larger disk")
        bench.compare("large", 4, GIB, 3, clean=True)
        report("file.copy_rss_mb", [max(bench.megabytes)], "MB")


main()
