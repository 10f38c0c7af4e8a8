#!/usr/bin/env python3
"""weir run as scripts and people see it: test-run.py WEIR MODULES [PROCESSORS]

The flows here are small on purpose: what processors do is tested elsewhere.
"""
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import tap  # noqa: E402

sys.argv.pop()
WEIR = str(Path(sys.argv.pop()).resolve())
PROCESSORS = Path(WEIR).parents[2] / "processors"
ENVIRONMENT = {**os.environ, "WEIR_MODULE_PATH": str(PROCESSORS)}

MAKE = """
  <processor id="make" type="GenerateFlowFile">
    <property name="Maximum FlowFiles">{n}</property>
    <property name="File Size">10 B</property>
    <schedule every="{every}"/>
  </processor>
  <processor id="set" type="UpdateAttribute">
    <property name="a">#{{value}}</property>
    {end}
  </processor>
  <connection from="make:success" to="set"/>"""
END = '<auto-terminate relationship="success"/>'
NEVER = '<schedule cron="0 0 0 29 2 MON"/>'  # but it may come, so a flow that has it is not idle
PUT = """
  <processor id="put" type="PutFile">
    <property name="Directory">seen</property>
    <auto-terminate relationship="success"/>
    <auto-terminate relationship="failure"/>
  </processor>
  <connection from="{source}:success" to="put"/>"""
LONG = 200  # seconds: a bound for what takes less than one, even on a machine that has no time


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.environment = {**ENVIRONMENT, "XDG_STATE_HOME": str(self.folder / "state")}

    def flow(self, n=0, every="0 s", end=END, more=""):
        path = self.folder / "flow.xml"
        body = MAKE.format(n=n, every=every, end=end)
        path.write_text('<flow xmlns="urn:weir:flow:1" name="Try"><parameters><parameter name="value">x'
                        f'</parameter></parameters>{body}{more}</flow>')
        return path

    def run_weir(self, *arguments):
        return subprocess.run([WEIR, "run", *map(str, arguments)], capture_output=True, text=True,
                              env=self.environment, cwd=self.folder, timeout=LONG)

    def start(self, *arguments, **options):
        process = subprocess.Popen([WEIR, "run", *map(str, arguments)], text=True, env=self.environment,
                                   cwd=self.folder, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, happens):
        end = time.monotonic() + LONG
        while not happens():
            self.assertLess(time.monotonic(), end, "it does not come")
            time.sleep(0.01)

    def start_and_see(self, flow, n, *arguments):
        """Returns the process once the flow's PUT has written n files."""
        seen = self.folder / "seen"
        shutil.rmtree(seen, ignore_errors=True)
        process = self.start(flow, "--json", *arguments, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        self.wait_for(lambda: process.poll() is not None or len(list(seen.glob("[!.]*"))) >= n)
        if process.poll() is not None:
            self.fail(process.stderr.read())
        return process

    def run_on_terminal(self, signs, *arguments):
        """Presses Ctrl-C for each of the signs, once it is seen. Returns the process, with what it
        printed, and what its terminal showed."""
        try:
            master, slave = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal to be had: {error}")
        self.addCleanup(os.close, master)
        process = self.start(*arguments, "--json", stderr=slave, stdout=subprocess.PIPE)
        os.close(slave)
        text, seen, end = "", 0, time.monotonic() + LONG
        while select.select([master], [], [], LONG)[0]:
            self.assertLess(time.monotonic(), end, f"{signs[seen:]} do not come: {text[-2000:]}")
            try:
                data = os.read(master, 65536)
            except OSError:  # its end has been closed
                break
            if not data:
                break
            text += data.decode()
            if signs[seen:] and re.search(signs[seen], text):
                process.send_signal(signal.SIGINT)
                seen += 1
        process.output, _ = process.communicate(timeout=LONG)
        return process, text

    def summary(self, result):
        self.assertEqual(result.stdout.count("\n"), 1)
        return json.loads(result.stdout)

    def test_what_has_happened(self):
        """From a file to another one, told by the directory afterwards; --provenance=off tells nothing."""
        (self.folder / "in").mkdir()
        flow = self.folder / "flow.xml"
        flow.write_text(f"""<flow xmlns="urn:weir:flow:1" name="Try">
          <processor id="get" type="GetFile"><property name="Input Directory">{self.folder}/in</property></processor>
          <processor id="put" type="PutFile"><property name="Directory">{self.folder}/out</property>
            <auto-terminate relationship="success"/><auto-terminate relationship="failure"/></processor>
          <connection from="get:success" to="put"/></flow>""")
        expected = [("RECEIVE", f"file://{self.folder}/in/a%20b.csv"), ("SEND", f"file://{self.folder}/out/a%20b.csv"),
                    ("DROP", None)]
        for more in [], ["--provenance=off"]:
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            (self.folder / "in/a b.csv").write_text("x")
            result = self.run_weir(flow, "--until-idle", "--data", self.folder / "data", "-q", *more)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            events = subprocess.run([WEIR, "provenance", "--data", self.folder / "data", "--json", "--reverse"],
                                    capture_output=True, text=True, check=True, env=self.environment, timeout=60)
            told = [json.loads(line) for line in events.stdout.splitlines()]
            self.assertEqual([(event["type"], event["uri"]) for event in told], expected)
        self.assertEqual(self.run_weir(flow, "--provenance=maybe").returncode, 2)

    def test_until_idle(self):
        result = self.run_weir(self.flow(n=25), "--until-idle", "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        summary = self.summary(result)
        make, sets = summary["processors"]
        self.assertEqual((make["id"], make["type"]), ("make", "GenerateFlowFile"))
        self.assertEqual(make["out"], {"flowfiles": 25, "bytes": 250})
        self.assertEqual(sets["in"], {"flowfiles": 25, "bytes": 250})
        self.assertEqual(sets["out"], {"flowfiles": 0, "bytes": 0})
        self.assertGreater(sets["tasks"], 0)
        self.assertEqual(sets["bulletins"], 0)
        (connection,) = summary["connections"]
        self.assertEqual((connection["from"], connection["to"]), ("make:success", "set"))
        self.assertEqual(connection["queued"], {"flowfiles": 0, "bytes": 0})
        self.assertEqual(connection["passed"]["flowfiles"], 25)
        self.assertGreater(summary["seconds"], 0)

    def test_what_nobody_takes_is_counted(self):
        more = '<funnel id="end"/><connection from="set:success" to="end"/>'
        result = self.run_weir(self.flow(n=7, end="", more=more), "--until-idle", "--json")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.summary(result)["connections"][1]["queued"]["flowfiles"], 7)

    def test_summary_of_provenance(self):
        """How much is recorded, of this run and those before, and that nothing is left to be."""
        flow = self.flow(n=20)
        for _ in range(2):
            told = self.summary(self.run_weir(flow, "--until-idle", "--json"))["provenance"]
            self.assertEqual((told["lag_bytes"], told["lost"]), (0, 0))
            self.assertGreater(told["bytes"], 0)
            events = subprocess.run([WEIR, "provenance", "--sql", "SELECT count(*) FROM events", "--csv",
                                     "--data", str(next((self.folder / "state/weir").iterdir()))],
                                    capture_output=True, text=True, timeout=LONG).stdout.split()[-1]
            self.assertEqual(told["events"], int(events))
            self.assertGreater(told["events"], 40)
        off = self.run_weir(flow, "--until-idle", "--json", "--provenance=off")
        self.assertNotIn("provenance", self.summary(off))

    def test_summary_for_people(self):
        result = self.run_weir(self.flow(n=25), "--until-idle")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"(?m)^Try: [\d.]+ s$")
        self.assertRegex(result.stdout, r"(?m)^  set +25 +0 +0 ")
        self.assertEqual(self.run_weir(self.flow(n=2), "--until-idle", "-q").stdout, "")

    def test_for(self):
        begin = time.monotonic()
        result = self.run_weir(self.flow(every="10 ms"), "--for", "300 ms", "--json")
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertGreaterEqual(self.summary(result)["seconds"], 0.3)

    def test_set(self):
        flow = self.flow(n=1)
        flow.write_text(flow.read_text().replace(
            END, "").replace("</flow>", f'<processor id="log" type="LogAttribute">{END}</processor>'
                             '<connection from="set:success" to="log"/></flow>'))
        result = self.run_weir(flow, "--until-idle", "-q", "--set", "value=gr\u00fcn=1")
        self.assertEqual(result.returncode, 0)
        self.assertIn("gr\u00fcn=1", result.stderr)

    def test_problems_are_told_and_nothing_starts(self):
        flow = self.flow(n=1, end='<auto-terminate relationship="sucss"/>',
                         more='<connection from="nobody" to="set"/>')
        result = self.run_weir(flow, "--until-idle", "--json")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        lines = result.stderr.splitlines()
        self.assertGreaterEqual(len(lines), 2)
        for line in lines:
            self.assertRegex(line, rf"^{re.escape(str(flow))}:\d+:\d+: .")

    def test_missing_file_and_directory(self):
        for path in ("no-such.xml", "."):
            result = self.run_weir(path)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertIn(path, result.stderr)

    def test_usage(self):
        for arguments in ([], ["a", "b"], ["--for", "soon", "a"], ["--set", "novalue", "a"],
                          ["--workers", "-1", "a"], ["--no-such", "a"]):
            result = self.run_weir(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertIn("weir run --help", result.stderr)

    def test_a_signal_ends_it_in_good_order(self):
        flow = self.flow(every="1 ms", more=PUT.format(source="make"))
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start_and_see(flow, 3, "--data", f"data-{number}")
            process.send_signal(number)
            output, errors = process.communicate(timeout=LONG)
            self.assertEqual((process.returncode, errors), (0, ""))
            summary = json.loads(output)
            make, *takers = summary["processors"]
            self.assertGreaterEqual(make["out"]["flowfiles"], 2 * 3)
            self.assertEqual(make["out"]["flowfiles"],
                             sum(taker["in"]["flowfiles"] for taker in takers) +
                             sum(connection["queued"]["flowfiles"]
                                 for connection in summary["connections"]))

    def test_in_memory_what_is_queued_arrives(self):
        process = self.start_and_see(self.flow(every="100 ms", more=PUT.format(source="make")), 1,
                                     "--durability=memory")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=LONG)
        self.assertEqual((process.returncode, errors), (0, ""))
        for connection in json.loads(output)["connections"]:
            self.assertEqual(connection["queued"]["flowfiles"], 0)

    def test_a_second_signal_does_not_wait(self):
        flow = self.flow(n=500, end=END + NEVER, more=PUT.format(source="make"))
        process, text = self.run_on_terminal(
            ["running, 500 queued", r"stopping \(Ctrl-C again: at once\)"], flow,
            "--durability=memory")
        self.assertEqual(process.returncode, 3)
        self.assertNotIn("after 10 s", text)
        self.assertEqual(json.loads(process.output)["connections"][0]["queued"]["flowfiles"], 500)

    def test_what_is_queued_goes_on_at_the_next_start(self):
        slow = self.flow(n=1000, end=END + NEVER, more=PUT.format(source="make"))
        process = self.start_and_see(slow, 1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=LONG)
        self.assertEqual((process.returncode, errors), (0, ""))
        queued = json.loads(output)["connections"][0]["queued"]["flowfiles"]
        self.assertGreater(queued, 0)

        slow.write_text(slow.read_text().replace(NEVER, ""))
        summary = self.summary(self.run_weir(slow, "--until-idle", "--json"))
        self.assertEqual(summary["connections"][0]["queued"]["flowfiles"], 0)
        # Those that were not made before are made now, and none twice.
        self.assertEqual(summary["processors"][1]["in"]["flowfiles"], 1000)
        self.assertEqual(summary["processors"][0]["out"]["flowfiles"], 2 * (1000 - queued))

    def test_two_engines_and_one_directory(self):
        flow = self.flow(n=1, every="1 s")
        process = self.start(flow, "-q", "--data", "here")
        self.wait_for((self.folder / "here/identity").exists)
        result = self.run_weir(flow, "--data", "here", "--until-idle")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f'here is in use: flow "Try", process {process.pid};', result.stderr)

    def test_a_connection_that_is_gone_keeps_what_it_had(self):
        wait = (f'<processor id="wait" type="UpdateAttribute">{END}{NEVER}</processor>'
                '<connection from="set:success" to="wait"/>' + PUT.format(source="set"))
        waits = self.flow(n=3, end="", more=wait)
        text = waits.read_text()
        process = self.start_and_see(waits, 3)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=LONG)
        self.assertEqual(json.loads(output)["connections"][1]["queued"]["flowfiles"], 3)

        result = self.run_weir(self.flow(n=3), "--until-idle", "--json")
        self.assertIn("3 FlowFiles", result.stderr)
        self.assertIn("set:success -> wait", result.stderr)
        waits.write_text(text.replace(NEVER, ""))
        summary = self.summary(self.run_weir(waits, "--until-idle", "--json"))
        self.assertEqual(summary["processors"][2]["in"]["flowfiles"], 3)

    def test_durability_by_name(self):
        self.assertEqual(self.run_weir(self.flow(n=3), "--until-idle", "--durability",
                                       "forever").returncode, 2)
        result = self.run_weir(self.flow(n=3), "--durability=memory", "--data=x", "--until-idle")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--data has no use", result.stderr)
        for level in ["power", "process", "memory"]:
            result = self.run_weir(self.flow(n=3), "--until-idle", "--json", "--durability", level)
            self.assertEqual(result.returncode, 0)
            self.assertEqual((self.folder / "state/weir/Try").exists(), level != "memory")
            if (self.folder / "state").exists():
                shutil.rmtree(self.folder / "state")

    def test_more_contents_than_open_files(self):
        """Each has a file of its own, is read, and stays in a queue."""
        self.flow().write_text("""<flow xmlns="urn:weir:flow:1" name="Try">
          <processor id="make" type="GenerateFlowFile">
            <property name="Maximum FlowFiles">90</property>
            <property name="File Size">1100 KB</property>
          </processor>
          <processor id="count" type="CountText"><auto-terminate relationship="failure"/></processor>
          <funnel id="end"/>
          <connection from="make:success" to="count"/>
          <connection from="count:success" to="end"/></flow>""")
        done = subprocess.run([WEIR, "run", "flow.xml", "--until-idle", "--json", "--data=many"], capture_output=True,
                              text=True, env=self.environment, cwd=self.folder, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.summary(done)["connections"][1]["queued"]["flowfiles"], 90)

    def test_live_view_on_a_terminal(self):
        drawn_again = "\x1b\\[\\d+A\x1b\\[J"
        process, text = self.run_on_terminal([f"(?s)({drawn_again}.*){{2}}"], self.flow(every="10 ms"))
        self.assertEqual(process.returncode, 0)
        self.assertIn("Try: running, ", text)
        self.assertIn("PROCESSOR", text)
        self.assertGreaterEqual(len(re.findall(drawn_again, text)), 3)
        self.assertTrue(text.rstrip().endswith("\x1b[J"), "the view is taken away at the end")


if __name__ == "__main__":
    tap.main()
