# SPDX-License-Identifier: MIT
"""latency.py URL_A DB_A PORT_A DB_B BUILD ADDRESS: how long news take. A has HTTPS,
a relay at PORT_A and a client of Bitcoin's protocol there; B is an HTTPS peer of A.
Prints NAME, median, nine in ten and worst in ms."""
import os
import re
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from fakenode import Block  # noqa: E402
from p2pclient import Client, Closed  # noqa: E402

url, db_a, port, db_b, build, address = sys.argv[1:]
ROUNDS = 25
context = ssl._create_unverified_context()


class Watch(threading.Thread):
    """When this thread saw each block."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = {}

    def until(self, h, seconds=10):
        end = time.time() + seconds
        while h not in self.seen and time.time() < end:
            time.sleep(0.0005)
        return self.seen.get(h, time.time())


class Peer(Watch):
    def __init__(self):
        super().__init__()
        self.client = Client(int(port))
        self.client.sync()
        self.start()

    def run(self):
        try:
            while True:
                command, payload = self.client.next(600)
                now = time.time()
                if command == "inv":
                    for i in range(payload[0]):
                        self.seen.setdefault(payload[5 + 36 * i:37 + 36 * i], now)
        except (Closed, OSError, TimeoutError):
            pass


class File(Watch):
    def __init__(self, path):
        super().__init__()
        self.path = path
        self.start()

    def run(self):
        db = sqlite3.connect("file:%s?mode=ro" % self.path, uri=True)
        while True:
            for h, in db.execute("SELECT hash FROM block WHERE status = 2 "
                                 "ORDER BY height DESC LIMIT 2"):
                self.seen.setdefault(h[::-1], time.time())
            time.sleep(0.002)


def tip(path):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        h, n, at = db.execute("SELECT hash, height, time FROM v1_block "
                              "ORDER BY height DESC LIMIT 1").fetchone()
        return (bytes.fromhex(h) if isinstance(h, str) else h)[::-1], n, at
    finally:
        db.close()


def show(name, took):
    took.sort()
    print(name, *["%d" % (1000 * took[min(len(took) - 1, int(len(took) * q))])
                  for q in (0.5, 0.9, 1)], flush=True)


def mine_by_http():
    with urllib.request.urlopen("%s/mine?address=%s" % (url, address), context=context,
                                timeout=20) as r:
        body = r.read().decode()
    return bytes.fromhex(re.search(r'"hash": *"([0-9a-f]{64})"', body).group(1))[::-1]


def mine_by_miner():
    subprocess.run([os.path.join(build, "quarry-miner"), "--db", db_a, "--once", "1",
                    "--address", address], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=60)
    return tip(db_a)[0]


def main():
    peer, a, b = Peer(), File(db_a), File(db_b)
    giver = Client(int(port))
    for name, mine in (("http", mine_by_http), ("miner", mine_by_miner)):
        to_peer, to_b = [], []
        for _ in range(ROUNDS):
            h = mine()
            # from when it stands in the file of A
            begin = a.until(h)
            to_peer.append(max(0, peer.until(h) - begin))
            to_b.append(max(0, b.until(h) - begin))
        show(name + "-p2p", to_peer)
        show(name + "-https", to_b)
    to_peer, to_b = [], []
    for i in range(ROUNDS):
        h, n, at = tip(db_a)
        block = Block(h, n + 1, tag=b"p2p%d" % i, stamp=at + 1)
        begin = time.time()
        giver.raw("block", block.raw)
        to_peer.append(peer.until(block.id) - begin)
        to_b.append(b.until(block.id) - begin)
    show("p2p-p2p", to_peer)
    show("p2p-https", to_b)


main()
