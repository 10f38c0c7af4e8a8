#!/usr/bin/env python3
"""weir provenance as people and scripts see it: test-provenance.py STORY WEIR MODULES

STORY (tests/unit/provenance/make-story.c) makes the 16 events that are asked for here.
"""
import csv
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

STORY = str(Path(sys.argv.pop(1)).resolve())

from flowcase import WEIR, FlowCase, tap  # noqa: E402

UUID = "01234567-89ab-8def-8000-00000000000"


class Provenance(FlowCase):
    def setUp(self):
        super().setUp()
        self.environment["XDG_STATE_HOME"] = str(self.folder / "state")
        self.make_story(self.folder / "data")

    def make_story(self, folder):
        os.makedirs(folder.parent, exist_ok=True)
        subprocess.run([STORY, folder], check=True)

    def ask(self, *arguments, status=0, told=""):
        result = self.weir("provenance", "--data", "data", *arguments)
        self.assertEqual((result.returncode, result.stderr), (status, told), arguments)
        return result.stdout

    def rows(self, *arguments):
        return [json.loads(line) for line in self.ask(*arguments, "--json").splitlines()]

    def events(self, *arguments):
        return [row["event"] for row in self.rows(*arguments)]

    def test_table(self):
        lines = self.ask().splitlines()
        self.assertEqual(len(lines), 17)
        self.assertEqual(lines[0].split(),
                         ["event", "time", "type", "component", "flowfile", "size", "what"])
        self.assertEqual(lines[4].split(), [
            "13", "2026-11-20", "21:03:11.012000", "SEND", "put", UUID + "5", "800",
            "file:///out/merged.csv", "->", "success"])
        self.assertEqual(lines[16].split()[0], "1")
        # Nothing in a name can do anything to a terminal, nor begin another line.
        self.assertTrue(lines[2].endswith(
            r'filename=bad \x1b[31m\n, "name" \xc2\x9bx\xff'), lines[2])

    def test_filters(self):
        self.assertEqual(self.events(), list(range(16, 0, -1)))
        for arguments, wanted in [
                (["--reverse"], list(range(1, 17))),
                (["--type", "send"], [13]),
                (["--type", "SEND,ROUTE", "--type", "JOIN"], [13, 10, 8]),
                (["--component", "in/get"], [1]),
                (["--component", "in"], []),
                (["--flowfile", UUID + "2"], [11, 10, 8, 6, 2]),
                (["--flowfile", UUID + "5"], [14, 13, 10]),
                (["-a", "priority=high"], [6]),
                (["-a", "priority"], [7, 6]),
                (["-a", "priority=high", "-a", "order.id=17"], [6]),
                (["-a", "priority=low", "-a", "order.id=17"], []),
                (["--attribute", "path=./", "--type", "FORK"], [4, 3, 2]),
                (["--text", "MERGED"], [13, 10]),
                (["--text", "is high"], [8]),
                (["--text", "priority"], [8, 7, 6]),
                (["--larger", "801"], [5, 1]),
                (["--larger", "500", "--smaller", "0.5 KB"], [16, 15, 9]),
                (["--since", "2026-11-20T21:03:11.014Z"], [16, 15]),
                (["--until", "2026-11-20 22:03:11.001+01:00"], [2, 1]),
                (["--since", "2026-11-21"], []),
                (["--since", "-100000h"], list(range(16, 0, -1))),
                (["--after", "14"], [16, 15]),
                (["--before", "3"], [2, 1]),
                (["--after", "3", "--before", "5"], [4])]:
            self.assertEqual(self.events(*arguments), wanted, arguments)

    def test_paging(self):
        seen, more = [], []
        for _ in range(4):
            result = self.weir("provenance", "--data", "data", "--json", "-n", "6", *more)
            self.assertEqual(result.returncode, 0)
            seen += [json.loads(line)["event"] for line in result.stdout.splitlines()]
            if "there are more: add --before" not in result.stderr:
                break
            more = ["--before", result.stderr.split("--before ")[1].split()[0]]
        self.assertEqual((seen, result.stderr), (list(range(16, 0, -1)), ""))
        self.assertEqual(len(self.events("--limit", "0")), 16)
        result = self.weir("provenance", "--data", "data", "--reverse", "--limit", "2")
        self.assertIn("--after 2 ", result.stderr)

    def test_json(self):
        received, fork, changed = (self.rows(str(number))[0] for number in (1, 2, 9))
        self.assertEqual(received, {
            "event": 1, "time": "2026-11-20 21:03:11.000000", "type": "RECEIVE",
            "component": "in/get", "component_type": "GetFile", "relationship": "success",
            "flowfile": UUID + "1", "source": None, "queue": "in/get:success>unpack",
            "size": 1200, "old_size": None, "duration_us": 250, "time_us": 1795208591000000,
            "entry_time": "2026-11-20 21:03:11.000000",
            "lineage_start": "2026-11-20 21:03:11.000000", "uri": "file:///in/orders.zip",
            "details": None, "parents": [], "children": [],
            "attributes": {"filename": [None, "orders.zip"], "path": [None, "./"]},
            "content_before": None, "content_after": "file 1 at 4096, 1200 bytes"})
        self.assertEqual((fork["parents"], fork["children"]), ([UUID + "1"], [UUID + "2"]))
        self.assertEqual(changed["attributes"], {"filename": ["c.csv", "C.csv"], "path": ["./", None]})
        self.assertEqual((changed["old_size"], changed["size"]), (400, 500))
        self.assertEqual(changed["content_before"], "log at 67123864, 400 bytes")
        self.assertEqual(changed["entry_time"], "2026-11-20 21:03:11.003000")
        self.assertEqual(self.rows("15")[0]["attributes"]["filename"][1],
                         'bad \033[31m\n, "name" \u009bx\ufffd')
        self.assertNotIn("\033", self.ask("15", "--json"))

    def test_csv(self):
        text = self.weir_bytes("provenance", "--data", "data", "--csv", "--columns",
                               "event, component,attributes", "--type", "CLONE,EXPIRE")
        self.assertEqual(text.count(b"\r\n"), 3)
        rows = list(csv.reader(io.StringIO(text.decode(), newline="")))
        self.assertEqual(rows[0], ["event", "component", "attributes"])
        self.assertEqual(rows[1], ["16", "", "{}"])
        self.assertEqual(json.loads(rows[2][2]), {
            "filename": [None, 'bad \033[31m\n, "name" \u009bx\ufffd']})
        raw = self.weir_bytes("provenance", "--data", "data", "--csv", "--sql",
                              "SELECT value, 1.5, NULL FROM attributes WHERE event = 15")
        self.assertEqual(raw, b'value,1.5,NULL\r\n"bad \033[31m\n, ""name"" \302\233x\377",1.5,\r\n')

    def weir_bytes(self, *arguments):
        return subprocess.run([WEIR, *arguments], stdout=subprocess.PIPE, check=True,
                              cwd=self.folder, env=self.environment, timeout=60).stdout

    def test_one_event(self):
        text = self.ask("9")
        for line in ("event 9", "  type            CONTENT_MODIFIED", "  old_size        400",
                     "  content_after   file 1 at 8192, 500 bytes", "attributes that changed",
                     "  filename: c.csv -> C.csv", "  path: ./ -> (removed)"):
            self.assertIn(line, text.splitlines())
        text = self.ask("8")
        self.assertIn("attributes as before", text)
        self.assertIn("  priority: high", text.splitlines())
        self.assertIn("  filename: orders.zip", self.ask("1").splitlines())
        for number in ("17", "9999999999"):
            self.ask(number, status=1, told=f"weir provenance: there is no event {number} here: "
                     "those from 1 to 16 are kept\n")

    def test_lineage(self):
        text = self.ask("--lineage", UUID + "5")
        self.assertEqual([line[:46].rstrip() for line in text.splitlines()], [
            "made of", UUID + "5  JOIN  me", "├─ " + UUID + "2  FORK", "│  └─ " + UUID + "1  RE",
            "└─ " + UUID + "3  FORK", "   └─ " + UUID + "1  (s", "", "made into",
            UUID + "5  JOIN  me"])
        self.assertIn("(shown above)", text)
        self.assertEqual(self.ask("--lineage", "13"), text)
        down = self.ask("--lineage", UUID + "1", "--down").splitlines()
        self.assertEqual(len(down), 7)
        self.assertIn(r'bad \x1b[31m\n, "name" \xc2\x9bx\xff', down[6])
        nodes = {row["flowfile"][-1]: row for row in self.rows("--lineage", UUID + "1", "--down")}
        self.assertEqual(sorted(nodes), list("123456"))
        self.assertEqual(nodes["5"]["parents"], [UUID + "2", UUID + "3"])
        self.assertEqual((nodes["5"]["event"], nodes["5"]["filename"]), (10, "merged.csv"))
        dot = self.ask("--lineage", UUID + "4", "--dot")
        self.assertIn(f'"{UUID}4" -> "{UUID}6";', dot)
        self.assertIn(r'bad \\x1b[31m\\n, \"name\"', dot)
        self.ask("--lineage", "77", status=1, told="weir provenance: --lineage '77': this is neither "
                 "the UUID of a FlowFile of this data directory nor the number of an event that is "
                 "kept\n")

    def test_sql(self):
        text = self.ask("--sql", "SELECT type, count(*) AS n FROM events GROUP BY 1 ORDER BY 2 DESC")
        self.assertEqual(text.splitlines()[:3], ["type                 n", "DROP                 4",
                                                 "FORK                 3"])
        self.assertEqual(self.rows("--sql", "SELECT a.value, e.component FROM attributes a JOIN "
                                   "events e USING (event) WHERE a.name = 'priority'"),
                         [{"value": "high", "component": "tag"}, {"value": "low", "component": "tag"}])
        self.ask("--sql", "DROP TABLE events", status=1, told="weir provenance: a statement that "
                 "changes something is refused: a query only reads, from events, attributes and "
                 "lineage\n")
        self.ask("--sql", "SELECT typ FROM events", status=1,
                 told="weir provenance: no such column: typ, did you mean 'type'?\n")

    def test_long_values(self):
        """They go out in parts, none of which ends within a character."""
        part = 'a"é€😀\n,\t'
        query = f"""SELECT 1 AS one, replace(printf('%.*c', 20000, 'x'), 'x', '{part}') AS long, NULL AS none
                    UNION ALL SELECT 2, 'short', zeroblob(2)"""
        rows = self.rows("--sql", query)
        self.assertEqual(rows, [{"one": 1, "long": part * 20000, "none": None},
                                {"one": 2, "long": "short", "none": "\0\0"}])
        csv.field_size_limit(1000000)
        result = list(csv.reader(io.StringIO(self.ask("--csv", "--sql", query.replace("zeroblob", "")),
                                             newline="")))
        self.assertEqual(result, [["one", "long", "none"], ["1", part * 20000, ""], ["2", "short", "2"]])
        lines = self.ask("--sql", query).splitlines()
        clean = part.replace("\n", "\\n").replace("\t", "\\t")
        self.assertEqual(lines, ["one  long  none", "1  " + clean * 20000 + "  ",
                                 r"  2  short  \x00\x00"])

    def test_json_functions(self):
        rows = self.rows("--sql", "SELECT e.event, p.value FROM events e, json_each(e.parents) p "
                         "WHERE e.flowfile = '" + UUID + "5' AND e.type = 'JOIN'")
        self.assertEqual(rows, [{"event": 10, "value": UUID + n} for n in "23"])

    def test_endless(self):
        """A query that never ends is ended as everything is."""
        process = subprocess.Popen(
            [WEIR, "provenance", "--data", "data", "--json", "--sql", "WITH RECURSIVE c(x) AS "
             "(SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x = 1 OR x < 0"],
            cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        os.kill(process.pid, signal.SIGINT)
        self.assertEqual(process.wait(), -signal.SIGINT)

    def test_injection(self):
        """What stands in an option is looked for, and never anything else."""
        for text in ("' OR '1'='1", "x'; DROP TABLE events; --", "%", "*", "\\", '"'):
            for option in ("--component", "--text", "-a"):
                self.assertEqual(self.events(option, "nothing=" + text), [], (option, text))

    def test_usage(self):
        for arguments, told in [
                (["x"], "'x' is not the number"), (["0"], "'0' is not"), (["1", "2"], "one event"),
                (["--type", "SENT"], "did you mean SEND?"), (["--type", "x"], "there is no type 'x'"),
                (["--columns", "evnt"], "did you mean event?"),
                (["--since", "soon"], "--since: 'soon' is no time"),
                (["--larger", "big"], "--larger big"), (["--limit", "-1"], "--limit -1"),
                (["-a", "=x"], "write NAME=VALUE"), (["1", "--sql", "x"], "at a time"),
                (["--sql", "x", "--type", "SEND"], "go without"), (["--up"], "go with --lineage"),
                (["-f", "--reverse"], "goes without"), (["--json", "--csv"], "at a time"),
                (["--sql", "x", "--columns", "event"], "goes with a search")]:
            result = self.weir("provenance", "--data", "data", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertIn(told, result.stderr)
            self.assertIn("See 'weir provenance --help'", result.stderr)
        self.ask("--flowfile", "x", status=1, told="weir provenance: --flowfile 'x': this is no UUID "
                 "of a FlowFile of this data directory\n")

    def test_where(self):
        result = self.weir("provenance")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("there is no data directory; name one with --data", result.stderr)
        for name in ("Orders", "Other one"):
            self.make_story(self.folder / "state/weir" / name)
            if name == "Orders":
                self.assertEqual(len(self.weir("provenance").stdout.splitlines()), 17)
        result = self.weir("provenance")
        self.assertIn("Name one with --data: 'Orders', 'Other one' of ", result.stderr)
        result = self.weir("provenance", "--data", "Other one", "13")
        self.assertEqual(result.returncode, 0)
        # A copy of nothing but provenance, which may not be written to.
        shutil.copytree(self.folder / "data/provenance", self.folder / "copy")
        os.chmod(self.folder / "copy", 0o555)
        result = self.weir("provenance", "--data", "copy", "13")
        os.chmod(self.folder / "copy", 0o755)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        result = self.weir("provenance", "--data", "nowhere")
        self.assertIn("there is no data directory 'nowhere'", result.stderr)
        os.makedirs(self.folder / "empty/provenance")
        result = self.weir("provenance", "--data", "empty")
        self.assertEqual((result.returncode, len(result.stdout.splitlines())), (0, 1))
        result = self.weir("provenance", "--data", "modules")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("modules is not a data directory", result.stderr)

    def test_damage(self):
        path = self.folder / "data/provenance/000000000001.db"
        whole = path.read_bytes()
        at = whole.index(b"orders.zip")
        file = "000000000001.db|partition 1"
        for damaged, told in [(whole[:at] + b"O" + whole[at + 1:], "events 1 to 9 cannot be read"),
                              (whole[:at] + b"o" + whole[at:-1], file), (whole[:4096], file),
                              (b"x" * 9999, file)]:
            path.write_bytes(damaged)
            for arguments in (["--json"], ["--json", "--sql", "SELECT event FROM events ORDER BY "
                                           "time DESC"]):
                result = self.weir("provenance", "--data", "data", *arguments)
                self.assertEqual([json.loads(line)["event"] for line in result.stdout.splitlines()],
                                 list(range(16, 9, -1)))
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, told)
                self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_follow(self):
        """What is there at first, then a partition that comes; ended as people do."""
        later = self.folder / "data/provenance/000000000002.db"
        shutil.move(later, self.folder / "later.db")
        with subprocess.Popen([WEIR, "provenance", "--data", "data", "-f", "-n", "2", "--json"],
                              cwd=self.folder, env=self.environment, text=True,
                              stdout=subprocess.PIPE) as process:
            first = [json.loads(process.stdout.readline())["event"] for _ in range(2)]
            shutil.move(self.folder / "later.db", later)
            rest = [json.loads(process.stdout.readline())["event"] for _ in range(7)]
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), -signal.SIGINT)
        self.assertEqual((first, rest), ([8, 9], list(range(10, 17))))

    def test_terminal(self):
        """On a terminal CSV does nothing to it either."""
        master, slave = pty.openpty()
        with subprocess.Popen([WEIR, "provenance", "--data", "data", "--csv", "--sql",
                               "SELECT value FROM attributes WHERE event = 15"], stdout=slave,
                              cwd=self.folder, env=self.environment) as process:
            self.assertEqual(process.wait(60), 0)
        os.close(slave)
        shown = os.read(master, 4096)
        os.close(master)
        self.assertNotIn(b"\033", shown)
        self.assertIn(rb"\x1b[31m\n", shown)

    def test_help(self):
        result = self.weir("provenance", "--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("--lineage=UUID|EVENT", result.stdout)


if __name__ == "__main__":
    tap.main()
