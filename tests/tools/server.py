"""A `weir serve` under test: its own directories, and requests to its socket."""
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

LONG = 200  # seconds: a bound for what takes less than one, even on a machine that has no time


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=LONG)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LONG)
        self.sock.connect(self.path)


class Refused(Exception):
    def __init__(self, status, answer):
        super().__init__(f"{status}: {answer}")
        self.status = status
        self.answer = answer


def ask(path, verb, target, body=None, kind="application/json", headers=None):
    """The answer of the server at a socket: what its JSON means, or its bytes."""
    with contextlib.closing(UnixConnection(path)) as connection:
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        given = dict(headers or {})
        if body is not None:
            given["Content-Type"] = kind
        connection.request(verb, target, body, given)
        response = connection.getresponse()
        data = response.read()
        if response.headers.get("Content-Type", "").startswith("application/json"):
            data = json.loads(data)
        if response.status >= 400:
            raise Refused(response.status, data)
        return data


def part(path):
    """A path of the flow as one segment."""
    return quote(path, safe="")


class Server:
    """Runs until it is closed. `flows`: name to XML."""

    def __init__(self, weir, modules, flows, arguments=(), program=("serve",)):
        self.holder = tempfile.TemporaryDirectory()
        self.folder = Path(self.holder.name)
        self.socket = self.folder / "control.sock"
        self.weir = weir
        self.environment = {**os.environ, "WEIR_MODULE_PATH": str(modules),
                            "XDG_STATE_HOME": str(self.folder / "state")}
        self.arguments = list(arguments)
        self.program = list(program)
        self.process = None
        (self.folder / "flows").mkdir()
        for name, text in flows.items():
            self.write(name, text)

    def write(self, name, text):
        (self.folder / "flows" / f"{name}.xml").write_text(text)

    def start(self):
        self.log = open(self.folder / "log", "a")
        self.process = subprocess.Popen(
            [self.weir, *self.program, "--data", self.folder / "data", "--flows",
             self.folder / "flows", "--socket", self.socket, *self.arguments],
            env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log)
        self.wait_for(self.answers)
        return self

    def answers(self):
        """A socket may be left of a server that was killed."""
        if self.process.poll() is not None:
            raise AssertionError("it ended; it said:\n" + self.said())
        try:
            return self.ask("GET", "/v1/flows")
        except (FileNotFoundError, ConnectionError):
            return None

    def wait_for(self, happens):
        end = time.monotonic() + LONG
        while True:
            result = happens()
            if result:
                return result
            if time.monotonic() > end:
                raise AssertionError("it did not happen; the server said:\n" + self.said())
            time.sleep(0.01)

    def said(self):
        return (self.folder / "log").read_text()

    def ask(self, verb, target, body=None, **options):
        return ask(self.socket, verb, target, body, **options)

    def flows(self):
        return {flow["flow"]: flow for flow in self.ask("GET", "/v1/flows")["flows"]}

    def wait_running(self, *names):
        return self.wait_for(lambda: all(self.flows().get(name, {}).get("state") == "running"
                                         for name in names))

    def stop(self):
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(LONG)
        self.process = None
        self.log.close()
        return code

    def close(self):
        """In good order: hosts of a server that was killed still write while the folder is removed."""
        self.stop()
        self.holder.cleanup()
