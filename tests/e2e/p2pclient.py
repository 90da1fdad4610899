# SPDX-License-Identifier: MIT
"""A client of Bitcoin's peer-to-peer protocol for tests. Messages are made and
read by python-bitcoinlib, an implementation by others; what it does not know
(from after 2016) is made here from the BIPs.
"""
import hashlib
import io
import socket
import struct
import sys
import time

try:
    import bitcoin
except ImportError:
    # a python of one's own does not look where Debian's packages are
    sys.path.append("/usr/lib/python3/dist-packages")
    import bitcoin
import bitcoin.messages as M
from bitcoin.core import CBlock, CBlockHeader, CTransaction
from bitcoin.net import CInv

bitcoin.SelectParams("regtest")
MAGIC = bitcoin.params.MESSAGE_START
WITNESS = 1 << 30


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def read_headers(payload):
    """bitcoinlib reads headers, but not the count that follows each in a list."""
    m = M.msg_headers()
    at = 3 if payload[0] == 0xfd else 1
    m.headers = [CBlockHeader.deserialize(payload[i:i + 80])
                 for i in range(at, len(payload), 81)]
    return m


class Closed(Exception):
    pass


class Client:
    services = 9                # network, with witnesses

    def __init__(self, port, version=70016, before_verack=(), greet=True, services=9,
                 source=None, sock=None):
        """source: the address it comes from; sock: a connection that is there."""
        self.services = services
        self.sock = sock or socket.create_connection(("127.0.0.1", port), 10,
                                                     source and (source, 0))
        self.buffer = b""
        self.seen = []              # (command, payload) of all that came
        self.pings = 0
        if greet:
            self.greet(version, before_verack)

    def greet(self, version=70016, before_verack=()):
        v = M.msg_version(version)
        v.nServices = self.services
        self.send(v)
        self.version = self.wait("version")
        for command in before_verack:
            self.raw(command)
        self.send(M.msg_verack())
        self.wait("verack")

    def raw(self, command, payload=b"", magic=MAGIC, checksum=None, length=None):
        head = (magic + command.encode().ljust(12, b"\0") +
                struct.pack("<I", len(payload) if length is None else length) +
                (checksum or sha256d(payload)[:4]))
        self.sock.sendall(head + payload)

    def send(self, message):
        self.sock.sendall(message.to_bytes())

    def _read(self, n, deadline):
        while len(self.buffer) < n:
            left = deadline - time.time()
            if left <= 0:
                raise TimeoutError
            self.sock.settimeout(left)
            try:
                got = self.sock.recv(65536)
            except (ConnectionError, OSError) as e:
                if isinstance(e, TimeoutError):
                    raise
                raise Closed
            if not got:
                raise Closed
            self.buffer += got
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def next(self, timeout=10):
        """The next message as (command, payload); pings are answered."""
        deadline = time.time() + timeout
        while True:
            head = self._read(24, deadline)
            assert head[:4] == MAGIC
            command = head[4:16].rstrip(b"\0").decode()
            payload = self._read(struct.unpack("<I", head[16:20])[0], deadline)
            assert sha256d(payload)[:4] == head[20:24]
            self.seen.append((command, payload))
            if command == "ping":
                self.pings += 1
                self.raw("pong", payload)
            else:
                return command, payload

    def wait(self, command, timeout=10, test=lambda m: True):
        """The next message of that kind, read by bitcoinlib where it can."""
        deadline = time.time() + timeout
        while True:
            got, payload = self.next(deadline - time.time())
            if got != command:
                continue
            kind = M.messagemap.get(command.encode())
            if command == "headers":
                message = read_headers(payload)
            else:
                message = kind.msg_deser(io.BytesIO(payload)) if kind else payload
            if test(message):
                return message

    def sync(self, timeout=20):
        """All that was sent is handled when the pong comes."""
        nonce = struct.pack("<Q", time.time_ns())
        self.raw("ping", nonce)
        deadline = time.time() + timeout
        while self.next(deadline - time.time()) != ("pong", nonce):
            pass

    def ended(self, timeout=10):
        """Whether the other side closes the connection."""
        try:
            while True:
                self.next(timeout)
        except TimeoutError:
            return False
        except (Closed, OSError):   # while it is read, or a pong is sent
            return True

    def getheaders(self, *have):
        m = M.msg_getheaders()
        m.locator.vHave = list(have)
        self.send(m)
        return self.wait("headers").headers

    def getdata(self, kind, *hashes):
        m = M.msg_getdata()
        for h in hashes:
            i = CInv()
            i.type, i.hash = kind, h
            m.inv.append(i)
        self.send(m)

    def inv(self, kind, *hashes):
        self.raw("inv", bytes([len(hashes)]) +
                 b"".join(struct.pack("<I", kind) + h for h in hashes))

    def headers(self, blocks):
        n = len(blocks)
        self.raw("headers", (struct.pack("<BH", 0xfd, n) if n > 252 else bytes([n])) +
                 b"".join(b.header + b"\0" for b in blocks))

    def close(self):
        self.sock.close()


def serve_blocks(client, blocks, until, timeout=30):
    """Answers getdata and getheaders from `blocks` until until() is true."""
    by_id = {b.id: b for b in blocks}
    deadline = time.time() + timeout
    asked = []
    while not until() and time.time() < deadline:
        try:
            command, payload = client.next(0.2)
        except TimeoutError:
            continue
        if command == "getdata":
            for i in M.msg_getdata.msg_deser(io.BytesIO(payload)).inv:
                asked.append((i.type, i.hash))
                if i.hash in by_id:
                    client.raw("block", by_id[i.hash].raw)
    return asked


__all__ = ["Client", "Closed", "CBlock", "CTransaction", "MAGIC", "WITNESS",
           "serve_blocks", "sha256d"]
