#!/usr/bin/env python3
"""Damages data directories, and holds `weir data` to what it says of them.

    damage.py WEIR RECORDER [--damages N] [--seed N] [--dir DIR] [--suspect WEIR]

A directory with FlowFiles, states and contents of all sizes in it, left by kills, is damaged: bits are flipped, pages
are zeroed, files are cut or deleted. If `weir data check` finds nothing, the flow must end as if nothing
had happened. If it does, `--repair` must make a directory that is whole and runs, in which nothing
has bytes that are not its own. A sound directory is also made compact, which loses nothing. Guards
invariants 19 and 26.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import case as oracle

SMALL = {"WEIR_TEST_SEGMENT_SIZE": "65536", "WEIR_TEST_CHECKPOINT_BYTES": "32768"}


def make(options, home):
    """Some lives that are killed while much is queued. Returns the case."""
    case = oracle.Case(home)
    case.make()
    for life in range(6):
        case.give(range(life * 20, life * 20 + 20))
        subprocess.run(case.command(options.weir, "--until-idle"), cwd=home, check=False,
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, **SMALL, "LD_PRELOAD": str(options.recorder),
                            "WEIR_RECORD_ROOT": str(home), "WEIR_RECORD_TRACE": "/dev/null",
                            "WEIR_RECORD_KILL": str(180 + 30 * life)})
    return case


def copy(sound, home):
    """Inputs stay the files that they are: those that were taken and not yet deleted are known by that."""
    def each(source, target):
        return os.link(source, target) if Path(source).parent.name == "inbox" else shutil.copy2(source, target)
    shutil.copytree(sound, home, copy_function=each)


def data(options, case, *arguments):
    """Runs weir data. Returns its status, what it printed, and what it said."""
    done = subprocess.run([options.suspect, "data", *arguments, "data"], cwd=case.home, check=False,
                          env={**os.environ, **SMALL}, stdin=subprocess.DEVNULL, text=True, capture_output=True,
                          timeout=200)
    return done.returncode, done.stdout, done.stderr


def damage(rng, folder):
    """Returns what was done."""
    files = sorted(path for path in folder.rglob("*")
                   if path.is_file() and path.parent != folder and path.stat().st_size > 0)
    path = rng.choice(files)
    name, size = path.relative_to(folder), path.stat().st_size
    kind = rng.choice(["flip"] * 6 + ["zeros", "cut", "delete"])
    at = rng.randrange(size)
    if kind == "flip":
        content = bytearray(path.read_bytes())
        content[at] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
    elif kind == "zeros":
        at = at // 4096 * 4096
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(bytes(min(4096, size - at)))
    elif kind == "cut":
        # Before its first frame a segment may be of any length: a power cut leaves it so, and nothing tells.
        at = max(at, size // 2) if path.parent.name == "log" else at
        os.truncate(path, at)
    else:
        path.unlink()
    return f"{kind} {name} at {at} of {size}"


def verify(options, case):
    """Returns what is wrong, and what became of the damage."""
    status, out, said = data(options, case, "check", "--json")
    if status not in (0, 1):
        return [f"check ended with {status}: {said}"], "harmless"
    found = status == 1
    problems = []
    if found:
        if not out or not json.loads(out)["damaged"]:
            return [f"check tells no damage: {out}{said}"], "repaired"
        status, out, said = data(options, case, "check", "--repair")
        if status:
            # Some directories cannot be made whole; then that is said, and nothing has been done.
            if "cannot be repaired" in said:
                return [], "refused"
            return [f"repair ended with {status}: {out}{said}"], "repaired"
        status, out, said = data(options, case, "check")
        if status:
            problems.append(f"after the repair check ends with {status}: {out}{said}")
    failed, wrong = finish(options, case)
    problems += failed
    if found:
        wrong = [problem for problem in wrong if "not its own" in problem]
    return problems + wrong, "repaired" if found else "harmless"


def finish(options, case):
    """Lets the flow end. Returns what is wrong with that."""
    done = subprocess.run(case.command(options.suspect, "--until-idle"), cwd=case.home,
                          check=False, env={**os.environ, **SMALL}, stdin=subprocess.DEVNULL,
                          text=True, capture_output=True, timeout=200)
    problems = [f"the flow ended with {done.returncode}: {done.stderr}"] if done.returncode else []
    return problems, case.check_end()


def verify_compact(options, case):
    """Returns what is wrong with a sound directory after it was made compact."""
    before = json.loads(data(options, case, "stat", "--json")[1])
    status, out, said = data(options, case, "compact", "--json")
    if status:
        return [f"compact ended with {status}: {said}"]
    after = json.loads(data(options, case, "check", "--json")[1])
    problems = [f"{name} was {before[name]} and is {after[name]}"
                for name in ("flowfiles", "bytes", "oldest_usec", "queues", "states")
                if before[name] != after[name]]
    if after["damaged"] or after["findings"]:
        problems.append(f"after that it has {after['findings']}")
    if after["snapshot"]["files"] != 2 or after["log"]["files"] > before["log"]["files"] + 1:
        problems.append(f"there are {after['snapshot']} and {after['log']}")
    status, _, said = data(options, case, "compact")
    if status:
        problems.append(f"compact a second time ended with {status}: {said}")
    failed, wrong = finish(options, case)
    return problems + failed + wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=Path)
    parser.add_argument("recorder", type=Path)
    parser.add_argument("--damages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--suspect", type=Path, help="what looks after the directory (WEIR)")
    parser.add_argument("--dir", help="where the runs are (the directory for temporary files)")
    options = parser.parse_args()
    options.weir, options.recorder = options.weir.resolve(), options.recorder.resolve()
    options.suspect = options.suspect.resolve() if options.suspect else options.weir
    rng = random.Random(options.seed)
    counts = {"repaired": 0, "harmless": 0, "refused": 0}
    failed = 0
    with tempfile.TemporaryDirectory(prefix="weir-damage-", dir=options.dir) as top:
        sound, home = Path(top) / "sound", Path(top) / "home"
        case = make(options, home)
        home.rename(sound)
        copy(sound, home)
        problems = verify_compact(options, case)
        failed += bool(problems)
        if problems:
            print("\n  ".join(["compact:", *problems]), file=sys.stderr)
        shutil.rmtree(home)
        for i in range(options.damages):
            copy(sound, home)
            what = damage(rng, case.folder("data"))
            problems, verdict = verify(options, case)
            counts[verdict] += 1
            if problems:
                failed += 1
                print("\n  ".join([f"{what}; kept in {oracle.keep(home, f'damage-{options.seed}-{i}')}",
                                   *problems[:9]]), file=sys.stderr)
            shutil.rmtree(home)
    print(f"{options.damages} damages: {counts['repaired']} repaired, {counts['harmless']} harmless,"
          f" {counts['refused']} refused; {failed} failed, seed {options.seed}")
    sys.exit(1 if failed else 0)


main()
