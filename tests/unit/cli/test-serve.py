#!/usr/bin/env python3
"""weir serve as scripts and programs see it: test-serve.py WEIR MODULES [PROCESSORS]"""
import contextlib
import http.client
import json
import os
import re
import signal
import ssl
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import server  # noqa: E402
import tap  # noqa: E402
from server import Refused, part  # noqa: E402

sys.argv.pop()
WEIR = str(Path(sys.argv.pop()).resolve())
PROCESSORS = Path(WEIR).parents[2] / "processors"


def flow(body, name="Try"):
    return f'<flow xmlns="urn:weir:flow:1" name="{name}">{body}</flow>'


def is_gone(pid):
    """Perhaps nobody has asked yet how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def make(identity="make", n=5, every="0 s"):
    return f"""<processor id="{identity}" type="GenerateFlowFile">
      <property name="Maximum FlowFiles">{n}</property>
      <property name="File Size">10 B</property>
      <schedule every="{every}"/></processor>"""


def end(identity="end"):
    return f"""<processor id="{identity}" type="UpdateAttribute">
      <auto-terminate relationship="success"/></processor>"""


SMALL = flow(make() + end() + '<connection from="make:success" to="end"/>')
# What is made stays in the queue: its target is not valid.
HELD = flow(make(n=7) + '<processor id="end" type="UpdateAttributes"/>'
            '<connection from="make:success" to="end"/>')


class Serve(unittest.TestCase):
    def start(self, flows, *arguments):
        it = server.Server(WEIR, PROCESSORS, flows, arguments)
        self.addCleanup(it.close)
        return it.start()

    def part_of(self, it, name, path):
        return it.ask("GET", f"/v1/flows/{name}/processors/{part(path)}")

    def test_runs_flows(self):
        it = self.start({"one": SMALL, "two": SMALL})
        it.wait_running("one", "two")
        it.wait_for(lambda: self.part_of(it, "one", "end")["in"]["flowfiles"] == 5)
        self.assertEqual(self.part_of(it, "one", "end")["state"], "running")
        seen = it.ask("GET", "/v1/flows/one")
        self.assertEqual(seen["flow"], "one")
        self.assertEqual(seen["parts"]["running"], 2)
        self.assertEqual(len(it.ask("GET", "/v1/flows/two/connections")["connections"]), 1)
        self.assertEqual(it.stop(), 0)

    def test_what_is_wrong_keeps_only_itself(self):
        it = self.start({"held": HELD})
        it.wait_running("held")
        it.wait_for(lambda: it.ask("GET", "/v1/flows/held")["queued"]["flowfiles"] == 7)
        self.assertEqual(self.part_of(it, "held", "end")["state"], "invalid")
        problems = it.ask("GET", "/v1/flows/held/problems")["problems"]
        self.assertTrue(any("UpdateAttributes" in problem["message"] for problem in problems))
        with self.assertRaises(Refused) as refused:
            it.ask("POST", "/v1/flows/held/start", {"paths": ["end"]})
        self.assertEqual(refused.exception.status, 400)

    def test_looks_into_queues(self):
        it = self.start({"held": HELD})
        it.wait_running("held")
        it.wait_for(lambda: it.ask("GET", "/v1/flows/held")["queued"]["flowfiles"] == 7)
        path = it.ask("GET", "/v1/flows/held/connections")["connections"][0]["path"]
        queue = f"/v1/flows/held/connections/{part(path)}/flowfiles"
        seen = []
        after = ""
        while after is not None:
            page = it.ask("GET", f"{queue}?limit=3&attributes=true{after}")
            seen += page["flowfiles"]
            after = f"&after={part(page['next'])}" if page["next"] else None
        self.assertEqual([row["position"] for row in seen], list(range(7)))
        self.assertEqual(seen[0]["size"], 10)
        self.assertIsInstance(seen[0]["attributes"], dict)
        row = it.ask("GET", f"{queue}/{seen[4]['id']}")
        self.assertEqual(row["uuid"], seen[4]["uuid"])
        self.assertEqual(len(it.ask("GET", f"{queue}/{seen[4]['id']}/content")), row["size"])
        with self.assertRaises(Refused) as refused:
            it.ask("GET", f"{queue}/999999999")
        self.assertEqual(refused.exception.status, 404)
        empty = f"/v1/flows/held/connections/{part(path)}/empty"
        one = {"flowfiles": 1, "bytes": 10, "partial": False}
        self.assertEqual(it.ask("POST", empty, {"ids": [seen[4]["id"]]}), one)
        self.assertEqual(it.ask("POST", empty, {}), {"flowfiles": 6, "bytes": 60, "partial": False})
        self.assertEqual(it.ask("GET", "/v1/flows/held")["queued"]["flowfiles"], 0)
        reasons = it.ask("GET", "/v1/flows/held/processors/end/why")["reasons"]
        self.assertEqual(reasons[0]["code"], "invalid")

    def test_tls_and_tokens(self):
        it = self.start({"one": SMALL, "two": SMALL}, "--listen", "127.0.0.1:0")
        port = it.wait_for(lambda: re.search(r"port (\d+) with TLS", it.said())).group(1)
        token = it.ask("POST", "/v1/tokens", {"name": "t", "role": "viewer", "flows": ["one"]})["text"]
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE

        def get(target, **headers):
            with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", int(port),
                                                                context=context)) as connection:
                connection.request("GET", target, headers=headers)
                response = connection.getresponse()
                return response.status, response.read()

        it.wait_running("one", "two")
        bearer = {"Authorization": f"Bearer {token}"}
        self.assertEqual(get("/v1/flows")[0], 401)
        status, body = get("/v1/flows", **bearer)
        self.assertEqual(status, 200)
        self.assertEqual([flow["flow"] for flow in json.loads(body)["flows"]], ["one"])
        self.assertEqual(get("/v1/flows/one", **bearer)[0], 200)
        self.assertEqual(get("/v1/flows/two", **bearer)[0], 404)
        self.assertEqual(get("/v1/flows/one", **bearer, Host="evil.example")[0] // 100, 4)
        self.assertEqual(get("/v1/flows/one", **bearer, Origin="https://evil.example")[0] // 100, 4)
        it.ask("DELETE", "/v1/tokens/t")
        self.assertEqual(get("/v1/flows/one", **bearer)[0], 401)

    def test_live_tells_edits(self):
        it = self.start({"one": SMALL})
        it.wait_running("one")
        with contextlib.closing(server.UnixConnection(it.socket)) as connection:
            connection.request("GET", "/v1/flows/one/live")
            response = connection.getresponse()
            while response.readline().strip() != b"event: snapshot":
                pass
            it.ask("POST", "/v1/flows/one/edits", {"batch": {"operations": [
                {"op": "set", "path": "make", "setting": "comment", "value": "seen"}]}})
            while response.readline().strip() != b"event: edit":
                pass
            told = json.loads(response.readline().split(b":", 1)[1])
            self.assertEqual(told["batch"]["operations"][0]["value"], "seen")

    def test_killed_host_goes_on(self):
        it = self.start({"held": HELD})
        it.wait_running("held")
        it.wait_for(lambda: it.ask("GET", "/v1/flows/held")["queued"]["flowfiles"] == 7)
        for restarts in range(1, 4):
            os.kill(it.flows()["held"]["pid"], signal.SIGKILL)
            it.wait_for(lambda: it.flows()["held"]["restarts"] == restarts)
            it.wait_running("held")
            self.assertEqual(it.ask("GET", "/v1/flows/held")["queued"]["flowfiles"], 7)

    def test_stopped_stays_stopped(self):
        it = self.start({"one": flow(make(n=0, every="1 h") + end() +
                                     '<connection from="make:success" to="end"/>')})
        it.wait_running("one")
        self.assertEqual(it.ask("POST", "/v1/flows/one/stop", {"paths": ["make"]}), {"stopped": 1})
        self.assertEqual(self.part_of(it, "one", "make")["state"], "stopped")
        os.kill(it.flows()["one"]["pid"], signal.SIGKILL)
        it.wait_for(lambda: it.flows()["one"]["restarts"] == 1)
        it.wait_running("one")
        self.assertEqual(self.part_of(it, "one", "make")["state"], "stopped")
        self.assertEqual(it.ask("POST", "/v1/flows/one/processors/make/run-once"), {"started": 1})
        it.wait_for(lambda: self.part_of(it, "one", "end")["in"]["flowfiles"] == 1)
        self.assertEqual(it.ask("POST", "/v1/flows/one/start", {}), {"started": 1})
        self.assertEqual(self.part_of(it, "one", "make")["state"], "running")

    def test_edit_undo_redo(self):
        it = self.start({"one": SMALL})
        it.wait_running("one")
        path = it.folder / "flows" / "one.xml"
        batch = {"operations": [
            {"op": "set", "path": "make", "property": "Maximum FlowFiles", "value": "9"}]}
        done = it.ask("POST", "/v1/flows/one/edits", {"batch": batch})
        self.assertEqual(done["changed"], ["make"])
        self.assertIn(">9<", path.read_text())
        it.wait_for(lambda: self.part_of(it, "one", "end")["in"]["flowfiles"] == 9)
        undone = it.ask("POST", "/v1/flows/one/edits/undo")
        self.assertEqual(undone["of"], done["revision"])
        self.assertIn(">5<", path.read_text())
        os.kill(it.flows()["one"]["pid"], signal.SIGKILL)
        it.wait_for(lambda: it.flows()["one"]["restarts"] == 1)
        it.wait_running("one")
        it.ask("POST", "/v1/flows/one/edits/redo")
        self.assertIn(">9<", path.read_text())
        names = [edit["kind"] for edit in it.ask("GET", "/v1/flows/one/edits")["edits"]]
        self.assertEqual(names, ["redo", "undo", "edit"])

    def test_edit_keeps_foreign_changes(self):
        it = self.start({"one": SMALL})
        it.wait_running("one")
        path = it.folder / "flows" / "one.xml"
        path.write_text(SMALL.replace(">5<", ">6<"))
        with self.assertRaises(Refused) as refused:
            it.ask("POST", "/v1/flows/one/edits", {"batch": {"operations": [
                {"op": "set", "path": "make", "setting": "comment", "value": "x"}]}})
        self.assertEqual(refused.exception.status, 409)
        self.assertIn(">6<", path.read_text())

    def test_create_and_remove(self):
        it = self.start({})
        it.ask("PUT", "/v1/flows/new", SMALL, kind="application/xml")
        it.wait_running("new")
        with self.assertRaises(Refused) as refused:
            it.ask("PUT", "/v1/flows/new", SMALL, kind="application/xml")
        self.assertEqual(refused.exception.status, 409)
        with self.assertRaises(Refused) as refused:
            it.ask("PUT", "/v1/flows/bad", "<flow", kind="application/xml")
        self.assertEqual(refused.exception.status, 400)
        it.ask("DELETE", "/v1/flows/new")
        it.wait_for(lambda: it.flows() == {})
        self.assertTrue((it.folder / "data" / "new" / "identity").exists())

    def test_hosts_end_with_a_killed_server(self):
        it = self.start({"one": SMALL})
        it.wait_running("one")
        pid = it.flows()["one"]["pid"]
        it.process.kill()
        it.process.wait()
        it.wait_for(lambda: is_gone(pid))
        it.log.close()
        it.start()
        it.wait_running("one")

    def test_broken_file_is_told(self):
        it = self.start({"bad": "<flow", "good": SMALL})
        it.wait_running("good")
        it.wait_for(lambda: it.flows()["bad"]["trouble"] != "")
        self.assertIn("bad.xml:1", it.flows()["bad"]["trouble"])
        with self.assertRaises(Refused) as refused:
            it.ask("GET", "/v1/flows/bad")
        self.assertEqual(refused.exception.status, 503)

    def test_provenance(self):
        it = self.start({"one": SMALL})
        it.wait_running("one")
        search = {"types": ["DROP"], "limit": 3}
        found = it.wait_for(lambda: it.ask("POST", "/v1/flows/one/provenance/search", search)
                            if len(it.ask("POST", "/v1/flows/one/provenance/search",
                                          search)["events"]) == 3 else None)
        self.assertTrue(found["more"])
        event = found["events"][0]
        self.assertEqual(it.ask("GET", f"/v1/flows/one/provenance/events/{event['event']}")["flowfile"],
                         event["flowfile"])
        rows = it.ask("POST", "/v1/flows/one/provenance/sql",
                      {"sql": "SELECT type, count(*) FROM events GROUP BY 1 ORDER BY 1"})["rows"]
        self.assertEqual(dict(rows)["DROP"], 5)
        up = it.ask("GET", f"/v1/flows/one/provenance/lineage/{event['flowfile']}")["up"]
        self.assertEqual(len(up["births"]), 1)


if __name__ == "__main__":
    tap.main()
