#!/usr/bin/env python3
"""What is said of metrics is so: monitoring.py PRINT-METRICS DOCS

Each row of the table of measures stands in docs/monitoring.md; the dashboard and the alerts name only
metrics that there are; promtool, where it is installed, finds nothing wrong with any of it.
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

METRIC = re.compile(r"\bweir_(?:flow|processor|connection)_\w+")


def run(command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            check=False, **options)
    return [] if result.returncode == 0 and "no help text" not in result.stdout else [
        f"{' '.join(str(part) for part in command)}: {result.stdout}"]


def main():
    program, docs = sys.argv[1], Path(sys.argv[2])
    folder = docs / "monitoring"
    page = (docs / "monitoring.md").read_text()
    rows = subprocess.run([program, "table"], capture_output=True, text=True,
                          check=True).stdout.splitlines()
    problems = [f"docs/monitoring.md has no line: {row}" for row in rows if row not in page]
    known = {METRIC.search(row).group() for row in rows}
    problems += [f"docs/monitoring.md: there is no {name}"
                 for name in sorted(set(METRIC.findall(page)) - known)]
    for name in ["dashboard.json", "alerts.yml", "alerts-test.yml"]:
        text = (folder / name).read_text()
        problems += [f"{name}: there is no {metric}"
                     for metric in sorted(set(METRIC.findall(text)) - known)]
    json.loads((folder / "dashboard.json").read_text())
    if shutil.which("promtool"):
        text = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        problems += run(["promtool", "check", "metrics"], input=text)
        problems += run(["promtool", "check", "rules", "alerts.yml"], cwd=folder)
        problems += run(["promtool", "test", "rules", "alerts-test.yml"], cwd=folder)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
