#!/usr/bin/env python3
"""What a flow does, as its clients see it, now and later: test-live.py WEIR"""
import contextlib
import json
import os
import signal
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import server  # noqa: E402
import tap  # noqa: E402
from server import Refused, UnixConnection  # noqa: E402

sys.argv.pop()
WEIR = str(Path(sys.argv.pop()).resolve())
PROCESSORS = Path(WEIR).parents[2] / "processors"

# Three bulletins.
FLOW = """<flow xmlns="urn:weir:flow:1" name="Try">
  <processor id="make" type="GenerateFlowFile">
    <property name="Maximum FlowFiles">3</property><schedule every="0 s"/></processor>
  <processor id="say" type="LogAttribute" name="Say it">
    <property name="Log Level">warn</property>
    <auto-terminate relationship="success"/></processor>
  <connection from="make:success" to="say"/>
</flow>"""


class Events:
    """The live stream of a flow, event by event."""

    def __init__(self, path, flow, last=None):
        self.connection = UnixConnection(path)
        self.connection.request("GET", f"/v1/flows/{flow}/live", None,
                                {"Last-Event-ID": last} if last else {})
        self.response = self.connection.getresponse()

    def next(self):
        """Name, id or None, and data of the next one."""
        event = {}
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if line == "" and "event" in event:
                return event["event"], event.get("id"), json.loads(event["data"])
            name, _, value = line.partition(": ")
            if name:
                event[name] = value

    def find(self, name):
        while True:
            event = self.next()
            if event[0] == name:
                return event

    def close(self):
        self.response.close()
        self.connection.close()


class Live(unittest.TestCase):
    def start(self):
        it = server.Server(WEIR, PROCESSORS, {"try": FLOW})
        self.addCleanup(it.close)
        it.start()
        it.wait_running("try")
        return it

    def bulletins(self, it, query=""):
        return it.ask("GET", f"/v1/flows/try/bulletins{query}")["bulletins"]

    def test_bulletins_survive(self):
        it = self.start()
        it.wait_for(lambda: len(self.bulletins(it)) == 3)
        first = self.bulletins(it)
        self.assertEqual([one["id"] for one in first], [3, 2, 1])
        self.assertEqual(first[0]["component"], "say")
        self.assertEqual(first[0]["name"], "Say it")
        self.assertEqual(first[0]["level"], "warning")
        os.kill(it.flows()["try"]["pid"], signal.SIGKILL)
        it.wait_for(lambda: it.flows()["try"]["restarts"] == 1)
        it.wait_running("try")
        self.assertEqual(self.bulletins(it)[-3:], first)
        self.assertEqual(self.bulletins(it, "?before=3&limit=1"), first[1:2])
        self.assertEqual(self.bulletins(it, "?level=error"), [])
        self.assertEqual(self.bulletins(it, "?component=other"), [])
        with self.assertRaises(Refused) as refused:
            self.bulletins(it, "?level=loud")
        self.assertEqual(refused.exception.status, 400)

    def test_live(self):
        it = self.start()
        with contextlib.closing(Events(it.socket, "try")) as events:
            self.assertEqual(events.response.headers["Content-Type"], "text/event-stream")
            name, _, snapshot = events.next()
            self.assertEqual(name, "snapshot")
            self.assertEqual([one["path"] for one in snapshot["subjects"]],
                             ["", "make", "say", "make:success -> say"])
            name, _, place = events.next()
            self.assertEqual((name, place), ("place", {"missed": False}))
            events.find("figures")
        it.wait_for(lambda: len(self.bulletins(it)) == 3)
        # Who comes from another run is told that it may have missed something.
        with contextlib.closing(Events(it.socket, "try", "1-1")) as events:
            self.assertEqual(events.find("place")[2], {"missed": True})
        # A server that ends while somebody listens ends.
        with contextlib.closing(Events(it.socket, "try")) as events:
            events.next()
            self.assertEqual(it.stop(), 0)

    def test_figures(self):
        it = self.start()

        def figures(query):
            found = it.ask("GET", f"/v1/flows/try/figures{query}")
            return {one["path"]: one for one in found["subjects"]}

        it.wait_for(lambda: figures("?total=true")["say"]["in"] == 3)
        self.assertEqual(figures("?total=true")["make:success -> say"]["passed"], 3)
        it.wait_for(lambda: it.ask("GET", "/v1/flows/try/history?kind=processor&path=say"
                                   )["covered_usec"][-1] > 0)
        history = it.ask("GET", "/v1/flows/try/history?kind=processor&path=say")
        self.assertEqual(history["step_usec"], 2000000)
        self.assertEqual(len(history["measures"]["in"]), len(history["covered_usec"]))
        self.assertEqual(figures("?at=2020-01-01T00:00:00Z")["say"]["in"], 0)
        with self.assertRaises(Refused) as refused:
            it.ask("GET", "/v1/flows/try/history?kind=processor&path=nobody")
        self.assertEqual(refused.exception.status, 404)

    def test_metrics(self):
        it = self.start()
        text = it.wait_for(lambda: self.metrics_with_all(it))
        self.assertIn("# TYPE weir_processor_in_flowfiles_total counter\n", text)
        self.assertIn('weir_flow_memory_bytes{flow="try"} ', text)

    def metrics_with_all(self, it):
        text = it.ask("GET", "/v1/flows/try/metrics").decode()
        line = 'weir_processor_in_flowfiles_total{flow="try",processor="say",type="LogAttribute"} 3\n'
        return text if line in text else None


if __name__ == "__main__":
    tap.main()
