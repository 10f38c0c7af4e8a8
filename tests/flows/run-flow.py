#!/usr/bin/env python3
"""A flow end to end: files in, files out. run-flow.py WEIR CASE

CASE is a folder: case.json says which flow and what to give it, input/ is where it begins, expected/ is what
must be in the outbox afterwards, no more and no less. Archives are compared by what is in them.
"""
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tree(folder):
    """Path below @folder to content; archives are folders."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = str(path.relative_to(folder))
        if name.endswith(".tar"):
            with tarfile.open(path) as archive:
                for member in archive:
                    files[f"{name}/{member.name}"] = archive.extractfile(member).read()
        elif name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    files[f"{name}/{member}"] = archive.read(member)
        else:
            files[name] = path.read_bytes()
    return files


def differences(expected, got):
    for name in sorted(expected.keys() | got.keys()):
        if name not in got:
            yield f"{name} is missing"
        elif name not in expected:
            yield f"{name} was not expected"
        elif expected[name] != got[name]:
            yield f"{name} differs: {got[name][:200]!r} instead of {expected[name][:200]!r}"


def problems_of(summary, case):
    """The figures of a flow that has ended must agree with each other and with the case."""
    by_id = {p["id"]: p for p in summary["processors"]}
    for connection in summary["connections"]:
        if connection["queued"]["flowfiles"]:
            yield f"{connection['queued']['flowfiles']} left in {connection['from']} -> {connection['to']}"
    for name, figures in case.get("figures", {}).items():
        for figure, value in figures.items():
            got = by_id[name][figure]["flowfiles"]
            if got != value:
                yield f"{name}: {figure} is {got}, not {value}"


def expected_tree(folder, case):
    files = tree(folder / "expected") if (folder / "expected").is_dir() else {}
    for name, rule in case.get("generated", {}).items():
        files[name] = (rule["text"] * rule["times"]).encode()
    return files


def run(weir, folder):
    case = json.loads((folder / "case.json").read_text())
    with tempfile.TemporaryDirectory(prefix="weir-flow-") as name:
        home = Path(name)
        inbox, outbox = home / "in", home / "out"
        shutil.copytree(folder / "input", inbox) if (folder / "input").is_dir() else inbox.mkdir()
        outbox.mkdir()
        values = {k: v.format(inbox=inbox, outbox=outbox) for k, v in case["set"].items()}
        command = [weir, "run", str(ROOT / "flows" / case["flow"]), "--until-idle", "--json",
                   "--data", str(home / "data")]
        for key, value in values.items():
            command += ["--set", f"{key}={value}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=home,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            return [f"weir run ended with {done.returncode}:\n{done.stderr}"]
        summary = json.loads(done.stdout)
        problems = list(differences(expected_tree(folder, case), tree(outbox)))
        problems += problems_of(summary, case)
        left = sorted(str(p.relative_to(inbox)) for p in inbox.rglob("*") if p.is_file())
        if left != sorted(case.get("left", [])):
            problems.append(f"left in the inbox: {left}")
        if problems:
            problems.append(done.stderr + done.stdout)
        return problems


def main():
    weir, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
    os.environ["TZ"] = "UTC"
    problems = run(weir, folder)
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
