#!/usr/bin/env python3
"""weir token with a server that runs and without one: tokens.py WEIR

What is made lets in as it says, what is revoked does not any more, from the next request on.
"""
import json
import socket
import subprocess
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path


class UnixConnection(HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def token(weir, *arguments, fails=False):
    """What it prints, or what it says when it fails."""
    result = subprocess.run([weir, "token", *arguments], capture_output=True, text=True, check=False)
    assert (result.returncode != 0) == fails, (arguments, result)
    return result.stderr if fails else result.stdout.strip()


def ask(path, text):
    connection = UnixConnection(path)
    connection.request("GET", "/v1/server", headers={"Authorization": f"Bearer {text}"})
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content


def check_running(weir, path, offline):
    where = ["--server", path]
    status, content = ask(path, offline)
    assert status == 200 and content["you"] == {
        "name": "token night", "role": "viewer", "flows": ["orders", "returns"]}, content
    text = token(weir, "add", *where, "--role", "operator", "two words")
    assert ask(path, text)[1]["you"]["role"] == "operator"
    names = [each["name"] for each in json.loads(token(weir, "list", *where, "--json"))["tokens"]]
    assert names == ["night", "two words"], names
    assert "is a token 'night'" in token(weir, "add", *where, "--role", "admin", "night", fails=True)
    token(weir, "revoke", *where, "two words")
    assert ask(path, text)[0] == 401
    assert "no token 'two words'" in token(weir, "revoke", *where, "two words", fails=True)


def main():
    weir = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "s")
        data = ["--data", folder]
        assert "--role" in token(weir, "add", *data, "night", fails=True)
        offline = token(weir, "add", *data, "--role", "viewer", "--flow", "orders", "--flow",
                        "returns", "--expires", "90 days", "night")
        with subprocess.Popen([weir, "serve", *data, "--socket", path], stderr=subprocess.PIPE,
                              text=True) as server:
            while "serving at" not in server.stderr.readline():
                assert server.poll() is None
            check_running(weir, path, offline)
            assert "in use by a server" in token(weir, "list", *data, fails=True)
            server.terminate()
            server.stderr.read()
        assert server.returncode == 0, server.returncode
        assert "night" in token(weir, "list", *data)
        token(weir, "revoke", *data, "night")
        assert "night" not in token(weir, "list", *data)


if __name__ == "__main__":
    main()
