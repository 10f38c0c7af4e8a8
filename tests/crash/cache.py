#!/usr/bin/env python3
"""Kills the real program while it tells duplicates by a cache, and counts what comes out.

    cache.py WEIR RECORDER [--kills N] [--seed N] [--dir DIR]

Each input is copied and, in some later life, given again; one of all these is to come out: none would when the
cache were ahead of the FlowFiles after a kill, several when it were behind. Kills come after a random number of changes to files (RECORDER).
Guards invariants 5 and 15.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FLOW = """<flow xmlns="urn:weir:flow:1" name="Once">
  <service id="seen" type="StateCache">
    <property name="Maximum Cache Entries">100000</property>
  </service>
  <processor id="get" type="GetFile">
    <property name="Input Directory">inbox</property>
    <property name="Batch Size">5</property>
  </processor>
  <processor id="copy" type="DuplicateFlowFile">
    <property name="Number of Copies">3</property>
  </processor>
  <processor id="once" type="DetectDuplicate">
    <property name="Cache Entry Identifier">${filename}</property>
    <property name="Distributed Cache Service">seen</property>
    <auto-terminate relationship="duplicate"/>
    <schedule tasks="2"/>
  </processor>
  <processor id="put" type="PutFile">
    <property name="Directory">outbox</property>
    <auto-terminate relationship="success"/>
  </processor>
  <processor id="put-failed" type="PutFile">
    <property name="Directory">failed</property>
    <property name="Conflict Resolution Strategy">replace</property>
    <auto-terminate relationship="success"/>
    <auto-terminate relationship="failure"/>
  </processor>
  <connection from="get:success" to="copy"/>
  <connection from="copy:success" to="once"/>
  <connection from="once:non-duplicate" to="put"/>
  <connection from="once:failure" to="put-failed"/>
  <connection from="put:failure" to="put-failed"/>
</flow>
"""
SMALL = {"WEIR_TEST_SEGMENT_SIZE": "262144", "WEIR_TEST_CHECKPOINT_BYTES": "65536"}


def run(options, home, *arguments, **environment):
    return subprocess.run([options.weir, "run", "flow.xml", "--data=data", "--durability=process", "-q", *arguments],
                          cwd=home, env={**os.environ, **SMALL, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300, check=False)


def check(home, given):
    """Returns what is wrong when all has been processed."""
    found = set(os.listdir(home / "outbox"))
    problems = [f"{name} came out twice" for name in os.listdir(home / "failed")]
    problems += [f"{name} was lost" for name in sorted(given - found)]
    problems += [f"{name} is still in the inbox" for name in os.listdir(home / "inbox")]
    return problems


def test(options, home, rng):
    given, killed = set(), 0
    (home / "flow.xml").write_text(FLOW)
    for name in ("inbox", "outbox", "failed"):
        (home / name).mkdir()
    for life in range(options.kills):
        names = {f"{life:05}-{number}" for number in range(rng.randrange(0, 12))}
        for name in names | set(rng.sample(sorted(given), min(len(given), 5))):
            (home / "inbox" / f".{name}").write_text(name)
            os.rename(home / "inbox" / f".{name}", home / "inbox" / name)
        given |= names
        done = run(options, home, "--until-idle", LD_PRELOAD=options.recorder, WEIR_RECORD_ROOT=str(home),
                   WEIR_RECORD_TRACE="/dev/null", WEIR_RECORD_KILL=str(1 + int(rng.expovariate(1 / 60))))
        if done.returncode not in (0, -9):
            return [f"it ended with {done.returncode}: {done.stderr}"]
        killed += done.returncode == -9
    done = run(options, home, "--until-idle")
    if done.returncode:
        return [f"the last run ended with {done.returncode}: {done.stderr}"]
    print(f"{len(given)} inputs, {killed} kills")
    return check(home, given) + ([] if killed >= options.kills // 4 else [f"only {killed} kills"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=os.path.abspath)
    parser.add_argument("recorder", type=os.path.abspath)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--dir", default=None)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="weir-cache-", dir=options.dir if os.path.isdir(options.dir or "") else None))
    problems = test(options, home, random.Random(options.seed))
    for problem in problems[:20]:
        print(problem)
    if problems:
        sys.exit(f"seed {options.seed}, kept in {home}")
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
