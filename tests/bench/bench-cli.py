#!/usr/bin/env python3
"""What a person waits for: a flow to start, and what it costs while nothing comes in.

Prints one JSON object a line: {"id", "value", "unit", "runs", "spread"}.
"""
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2]
WEIR = BUILD / "engine/cli/weir"
FLOWS = Path(os.environ.get("WEIR_SOURCE", "@SOURCE@")) / "flows"
os.environ["WEIR_MODULE_PATH"] = str(BUILD / "processors")


def report(name, figures, unit):
    figures = sorted(figures)
    middle = statistics.median(figures)
    print(json.dumps({"id": name, "value": round(middle, 3), "unit": unit, "runs": len(figures),
                      "spread": round((figures[-1] - figures[0]) / middle, 3) if middle else 0}),
          flush=True)


def start(arguments):
    """Returns the pid and the moment of the start."""
    begin = time.monotonic()
    pid = os.posix_spawn(WEIR, [WEIR, *map(str, arguments)], os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    return pid, begin


def measure(arguments):
    """Returns the milliseconds and the MB that a whole run takes."""
    pid, begin = start(arguments)
    _, status, usage = os.wait4(pid, 0)
    milliseconds = (time.monotonic() - begin) * 1000
    if status:
        sys.exit(f"weir {' '.join(map(str, arguments))} ended with {status}")
    return milliseconds, usage.ru_maxrss / 1024


def chain(path, n):
    """A flow of @n processors behind a source that has nothing to bring."""
    lines = ['<flow xmlns="urn:weir:flow:1" name="Chain">',
             '<processor id="p0" type="GetFile"><property name="Input Directory">.</property>'
             '<property name="File Filter">no such file</property></processor>']
    for i in range(1, n):
        end = '<auto-terminate relationship="success"/>' if i == n - 1 else ""
        lines.append(f'<processor id="p{i}" type="UpdateAttribute">'
                     f'<property name="a">b</property>{end}</processor>')
    lines += [f'<connection from="p{i}:success" to="p{i + 1}"/>' for i in range(n - 1)]
    path.write_text("\n".join(lines + ["</flow>"]))
    return path


def idle_figures(path):
    """Wake-ups and milliseconds of CPU in a second of a flow that only waits for input."""
    text = path.read_text().replace("</processor>", "<schedule every=\"1 h\"/></processor>", 1)
    path.write_text(text)
    pid, _ = start(["run", path, "-q"])
    time.sleep(2)

    def look():
        wakes = sum(int(line.split()[1]) for task in Path(f"/proc/{pid}/task").iterdir()
                    for line in (task / "status").read_text().splitlines()
                    if line.startswith("voluntary_ctxt"))
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return wakes, (int(stat[11]) + int(stat[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    before = look()
    time.sleep(5)
    after = look()
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    return (after[0] - before[0]) / 5, (after[1] - before[1]) / 5


def main():
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as name:
        home = Path(name)
        (home / "in").mkdir()
        hello = ["run", FLOWS / "01-hello.xml", "--until-idle", "-q", "--set", f"inbox={home}/in",
                 "--set", f"outbox={home}/out"]
        runs = [measure(hello) for _ in range(11)]
        report("cli.hello_ready_ms", [run[0] for run in runs], "ms")
        report("cli.hello_rss_mb", [run[1] for run in runs], "MB")
        path = chain(home / "chain.xml", 1000)
        report("cli.start_1000_ms",
               [measure(["run", path, "--until-idle", "-q"])[0] for _ in range(5)], "ms")
        wakes, cpu = idle_figures(chain(home / "chain.xml", 10000))
        report("engine.idle_wakeups", [wakes], "1/s")
        report("engine.idle_cpu_ms", [cpu], "ms/s")


main()
