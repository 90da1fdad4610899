#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nodes for tests: makes regtest blocks and serves them under /node over HTTP,
truthfully or not. A second implementation of the protocol, made from its text.
"""
import hashlib
import http.server
import json
import random
import ssl
import struct
import subprocess
import threading
import time
import urllib.parse

import schnorr

GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000"
    "000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa"
    "4b1e5e4adae5494dffff7f2002000000")
LIMIT = 0x7fffff << 232
EASY = 0x207fffff


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def shown(h):
    return h[::-1].hex()


def height_push(n):
    if n <= 16:
        return bytes([0x50 + n])
    b = n.to_bytes((n.bit_length() + 8) // 8, "little")
    return bytes([len(b)]) + b


# pays to a witness script that is just true: spent without any signature
ANYONE = b"\x00\x20" + hashlib.sha256(b"\x51").digest()


def spend(block, value):
    """A transaction that spends a block's coinbase; its txid and its bytes."""
    body = (b"\x01" + sha256d(block.tx) + bytes(4) + b"\x00" + b"\xff" * 4 + b"\x01" +
            struct.pack("<q", value) + bytes([len(ANYONE)]) + ANYONE)
    version, locktime = struct.pack("<I", 2), bytes(4)
    return (sha256d(version + body + locktime),
            version + b"\x00\x01" + body + b"\x01\x01\x51" + locktime)


def coinbase(height, value, tag):
    script = height_push(height) + bytes([len(tag)]) + tag
    return (struct.pack("<IB", 1, 1) + bytes(32) + b"\xff\xff\xff\xff" +
            bytes([len(script)]) + script + b"\xff\xff\xff\xff" +
            b"\x01" + struct.pack("<q", value) + bytes([len(ANYONE)]) + ANYONE +
            bytes(4))


# of the day: a node whose chain is older takes no transactions from peers
FIRST_TIME = int(time.time()) - 60000


class Block:
    def __init__(self, prev, height, tag=b"e2e", too_much=0, good_work=True,
                 bits=EASY, stamp=0):
        # regtest halves every 150 blocks
        tx = coinbase(height, (50 * 10**8 >> height // 150) + too_much, tag)
        stamp = stamp or FIRST_TIME + 10 * height
        for nonce in range(1 << 32):
            self.header = (struct.pack("<i", 0x20000000) + prev + sha256d(tx) +
                           struct.pack("<III", stamp, bits, nonce))
            self.id = sha256d(self.header)
            if (int.from_bytes(self.id, "little") <= LIMIT) == good_work:
                break
        self.tx = tx
        self.raw = self.header + b"\x01" + tx


def grow(ids_from, n, **kw):
    """n blocks on top of a list of blocks (empty: on genesis)."""
    chain = list(ids_from)
    for _ in range(n):
        prev = chain[-1].id if chain else sha256d(GENESIS)
        chain.append(Block(prev, len(chain) + 1, **kw))
    return chain


def certificate(path):
    """A self-signed certificate with a new key, both in one file."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=node", "-keyout", path + ".key", "-out", path],
                   check=True, capture_output=True)
    with open(path, "a") as out, open(path + ".key") as key:
        out.write(key.read())
    return path


class Node:
    """Serves a chain; `lie` is one of the words looked for below."""

    def __init__(self, chain=(), lie="", pool=(), peers=(), cert=None, port=0):
        self.chain, self.lie = list(chain), lie
        self.pool, self.peers = list(pool), list(peers)
        self.asked, self.got = [], []
        self.secret = 1 + random.getrandbits(250)
        self.busy = 0               # POSTed blocks to put off
        self.lacks = set()          # POSTed blocks whose parent is "unknown"
        node = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def reply(self, body, code=200):
                if isinstance(body, dict):
                    body = json.dumps(body).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def endless(self):
                self.send_response(200)
                self.end_headers()
                while True:
                    self.wfile.write(b"x" * 65536)

            def drip(self):
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                while True:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.2)

            def do_GET(self):
                try:
                    node.get(self, self.path)
                except OSError:
                    self.close_connection = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    node.post(self, self.path, body)
                except OSError:
                    self.close_connection = True

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.url = "http%s://127.0.0.1:%d" % ("s" if cert else "", self.port)
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert)
            self.server.socket = context.wrap_socket(self.server.socket,
                                                     server_side=True,
                                                     do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def get(self, h, path):
        path, _, query = path.partition("?")
        self.asked.append(path)
        if path == "/node/status":
            self.status(h, urllib.parse.parse_qs(query))
        elif path.startswith("/node/block/"):
            self.block(h, path[12:])
        elif path.startswith("/node/mempool"):
            h.reply(struct.pack("<Q", len(self.pool)) +
                    b"".join(struct.pack("<I", len(t)) + t for t in self.pool))
        elif path == "/node/peers":
            h.reply({"peers": self.peers})
        else:
            h.reply(b"", 404)

    def status(self, h, query):
        if self.lie == "endless status":
            h.endless()
        elif self.lie == "drip":
            h.drip()
        elif self.lie == "hang":
            time.sleep(30)
        elif self.lie == "nonsense":
            h.reply(b"<html>")
        tip = self.chain[-1].id if self.chain else sha256d(GENESIS)
        work = 2 * (len(self.chain) + 1)
        if self.lie == "claims work":
            work = 1 << 200
        genesis = b"\x11" * 32 if self.lie == "other chain" else sha256d(GENESIS)
        host = "elsewhere" if self.lie == "other host" else h.headers["Host"]
        challenge = bytes.fromhex(query.get("challenge", ["00" * 32])[0])
        proof = schnorr.prove(self.secret, genesis, challenge, host)
        if self.lie == "old proof":
            proof = schnorr.prove(self.secret, genesis, bytes(32), host)
        key = schnorr.public(self.secret + (self.lie == "other key"))
        h.reply({"software": "fake/1", "network": "regtest",
                 "genesis": shown(genesis), "document": "",
                 "height": len(self.chain), "tip": shown(tip),
                 "chainwork": "%064x" % work, "time": int(time.time()),
                 **({} if self.lie == "no key" else
                    {"key": key.hex(), "signature": proof.hex()})})

    def block(self, h, text):
        if self.lie == "endless block":
            h.endless()
        elif self.lie == "drip block":
            h.drip()
        elif self.lie == "withholds":
            h.reply(b"", 404)
            return
        for b in self.chain:
            if shown(b.id) == text:
                raw = b.raw
                if self.lie == "other body":
                    raw = raw[:-5] + bytes([raw[-5] ^ 1]) + raw[-4:]
                elif self.lie == "other block":
                    raw = self.chain[0].raw if b is not self.chain[0] else \
                        self.chain[1].raw
                h.reply(raw)
                return
        h.reply(b"", 404)

    def post(self, h, path, body):
        self.asked.append(path)
        if path == "/node/headers":
            if self.lie == "claims work":
                h.reply(b"")
                return
            if self.lie == "cut headers":
                h.reply(b"\x01" * 81)
                return
            known = [b.id for b in self.chain]
            start = 0
            for i in range(0, len(body), 32):
                if body[i:i + 32] in known:
                    start = known.index(body[i:i + 32]) + 1
                    break
            h.reply(b"".join(b.header for b in self.chain[start:start + 2000]))
        elif path == "/node/block":
            if self.busy:
                self.busy -= 1
                h.reply(b"", 503)
                return
            self.got.append((time.time(), body))
            prev = body[4:36]
            if prev in self.lacks:
                h.reply({"accepted": False, "known": False,
                         "reason": "prev-blk-not-found"})
                return
            self.lacks.discard(sha256d(body[:80]))
            h.reply({"accepted": True, "known": False, "reason": ""})
        elif path == "/node/tx":
            self.got.append((time.time(), body))
            h.reply({"accepted": True, "known": False, "reason": ""})
        else:
            h.reply(b"", 404)
