#!/usr/bin/env python3
"""An independent tool tries the API: fuzz.py VENV DOCUMENT CASES SERVER...

The document is validated, then Schemathesis sends what it allows and what it forbids to SERVER, which
serves in the directory that is added to its arguments, and holds each answer against the document.
The user at the socket is admin, so that no right is in the way: those have tests of their own.
The same CASES for each method are tried each time, whatever the speed of the machine.
Without VENV, which ./dev makes, the test is skipped.
"""
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

SKIPPED = 77
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
          "positive_data_acceptance", "unsupported_method", "allow_header_conformance",
          "use_after_free", "ensure_resource_availability"]


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


class Bridge(threading.Thread):
    """A TCP port of this machine in front of a Unix socket: the tool knows no such sockets."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.port = None
        self.ready = threading.Event()

    async def connect(self, reader, writer):
        try:
            inner_reader, inner_writer = await asyncio.open_unix_connection(self.path)
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    async def serve(self):
        server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await server.serve_forever()

    def run(self):
        asyncio.run(self.serve())


def validate(venv, document):
    """By the JSON Schema of OpenAPI itself."""
    subprocess.run([venv / "bin/openapi-spec-validator", document], check=True)


# The chapters that serve-api serves.
SERVED = {"The server", "Types", "Expressions", "Tokens", "Audit"}


def adapt(document, folder):
    """Returns: the path of a copy with what is served, which knows no tokens, because at the socket
    the system says who asks."""
    content = json.loads(Path(document).read_text())
    del content["security"], content["components"]["securitySchemes"]
    for path, verbs in list(content["paths"].items()):
        if not all(set(operation["tags"]) <= SERVED for operation in verbs.values()):
            del content["paths"][path]
    path = Path(folder) / "openapi.json"
    path.write_text(json.dumps(content))
    return path


def attack(venv, document, cases, port):
    return subprocess.run(
        [venv / "bin/schemathesis", "run", document, "--url", f"http://127.0.0.1:{port}",
         "--checks", ",".join(CHECKS),
         "--phases", "examples,coverage,fuzzing", "--max-examples", cases, "--seed", "1",
         "--generation-allow-x00", "false", "--generation-deterministic", "--request-timeout", "20",
         "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all"],
        check=False, cwd=document.parent).returncode  # it leaves notes where it runs


def main():
    venv, document, cases, command = Path(sys.argv[1]).absolute(), sys.argv[2], sys.argv[3], sys.argv[4:]
    if not (venv / "bin/schemathesis").exists():
        print(f"{venv} is not there: ./dev test makes it")
        sys.exit(SKIPPED)
    validate(venv, document)
    with tempfile.TemporaryDirectory() as directory:
        path = str(Path(directory) / "control.sock")
        server = subprocess.Popen([*command, directory], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        if server.stdout.readline() != "ready\n":
            sys.exit("the server did not begin")
        bridge = Bridge(path)
        bridge.start()
        bridge.ready.wait()
        failed = attack(venv, adapt(document, directory), cases, bridge.port)
        server.stdin.close()
        if server.wait() != 0 or failed:
            sys.exit(1)


if __name__ == "__main__":
    main()
