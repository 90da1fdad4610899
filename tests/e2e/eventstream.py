# SPDX-License-Identifier: MIT
"""A client of /events that reads the stream by itself, and a node to follow."""
import http.client
import json
import os
import select
import socket
import subprocess
import time

BUILD = os.environ.get("QUARRY_BUILD", ".")


class Stream:
    """A client of /events."""

    def __init__(self, port, query="", headers="", read=True, source="127.0.0.1"):
        self.s = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
        if not read:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.s.sendall(f"GET /events{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        self.raw = b""      # chunked
        self.text = b""
        self.events = []
        self.times = []
        self.head = None
        self.ended = self.closed = False

    def pump(self):
        data = self.s.recv(65536)
        self.closed = not data
        self.raw += data
        if self.head is None:
            if b"\r\n\r\n" not in self.raw:
                return
            head, self.raw = self.raw.split(b"\r\n\r\n", 1)
            self.head = head.decode()
        while b"\r\n" in self.raw:
            size, rest = self.raw.split(b"\r\n", 1)
            n = int(size, 16)
            if len(rest) < n + 2:
                break
            self.text += rest[:n]
            self.raw = rest[n + 2:]
            self.ended = self.ended or n == 0
        while b"\n\n" in self.text:
            block, self.text = self.text.split(b"\n\n", 1)
            e = dict(line.split(": ", 1) for line in block.decode().split("\n"))
            if "data" in e:
                self.events.append((e["event"], e.get("id"), json.loads(e["data"])))
                self.times.append(time.monotonic())

    def until(self, done, seconds=10):
        end = time.monotonic() + seconds
        while not done(self) and not self.closed and time.monotonic() < end:
            if select.select([self.s], [], [], 0.1)[0]:
                self.pump()
        return done(self)

    def names(self):
        return [e[0] for e in self.events]


def opened(s):
    return "hello" in s.names()


def ask(port, path, body=None):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.request("GET" if body is None else "POST", path,
              None if body is None else json.dumps(body))
    r = c.getresponse()
    text = r.read().decode()
    c.close()
    return r.status, text


class Dev:
    """quarry dev on free ports."""

    def __init__(self, folder, *options):
        self.process = subprocess.Popen(
            [BUILD + "/quarry", "dev", "--data", folder, "--rest", "0", "--http", "0",
             "--rpc", "0", "--p2p", "0", "--rpcuser", "u", "--rpcpassword", "p", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.places = {}
        for line in self.process.stdout:
            words = line.split()
            if len(words) > 1:
                self.places[words[0]] = words[1]
            if line.startswith("Ctrl-C"):
                break
        self.db = self.places["Database"]
        self.rest = self.port("REST")
        self.p2p = self.port("P2P")

    def port(self, name):
        return int(self.places[name].rstrip("/").split(":")[-1].split("/")[0])

    def mine(self, n=1):
        status, text = ask(self.rest, "/lab/mine", {"blocks": n})
        assert status == 200, text

    def rpc(self, method, *params):
        c = http.client.HTTPConnection("127.0.0.1", self.port("RPC"), timeout=90)
        c.request("POST", "/", json.dumps({"id": 1, "method": method, "params": params}),
                  {"Authorization": "Basic dTpw"})
        answer = json.loads(c.getresponse().read())
        c.close()
        if answer["error"]:
            raise ValueError(answer["error"])
        return answer["result"]

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait()


def new_address(*options):
    out = subprocess.run([BUILD + "/quarry", "key", "new", "--network", "regtest", *options],
                         capture_output=True, text=True, check=True).stdout
    return [line.split()[1] for line in out.splitlines() if line.startswith("address")][0]
