# SPDX-License-Identifier: MIT
# What t_websocket runs: ws_hostile.py PORT. Clients that break the protocol of
# WebSockets, or its patience. Prints "NAME: how it ended" for each.
import base64
import os
import socket
import struct
import sys
import time

PORT = int(sys.argv[1])


def connect(source=None):
    s = socket.create_connection(("127.0.0.1", PORT), 10, source and (source, 0))
    s.settimeout(15)
    return s


def opened(source=None):
    s = connect(source)
    s.sendall(b"GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) +
              b"\r\nSec-WebSocket-Version: 13\r\nCookie: " + b"c" * 6000 +
              b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        piece = s.recv(1)
        if not piece:
            return None, head
        head += piece
    return s, head


def frame(data, op=1, fin=True, mask=True, length=None):
    n = len(data) if length is None else length
    head = bytes([(0x80 if fin else 0) | op])
    bit = 0x80 if mask else 0
    if n < 126:
        head += bytes([bit | n])
    elif n < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    if not mask:
        return head + data
    key = os.urandom(4)
    return head + key + bytes(b ^ key[i % 4] for i, b in enumerate(data))


def ends(s):
    """Reads until the other side closes."""
    data = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            data += piece
    except socket.timeout:
        return "open"
    except OSError:
        return "closed"
    return "closed"


def send(s, data):
    try:
        s.sendall(data)
    except OSError:
        pass


def pong(s):
    s.sendall(frame(b'{"action":"ping"}'))
    return b'"pong":true' in s.recv(4096)


def plain():
    s = connect()
    s.sendall(b"GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    return s.recv(65536).split(b"\r\n")[0].decode()


def huge():
    s, _ = opened()
    send(s, frame(b"x", length=1 << 62))
    send(s, b"y" * 200000)
    return ends(s)


def endless():
    s, _ = opened()
    send(s, frame(b'{"a":"', fin=False))
    for _ in range(40):
        send(s, frame(b"z" * 4000, op=0, fin=False))
    return ends(s)


def reserved():
    s, _ = opened()
    send(s, frame(b"x", op=11))
    return ends(s)


def ping_frames():
    s, _ = opened()
    s.sendall(frame(b"hello", op=9))
    data = s.recv(100)
    return "pong" if data[:2] == b"\x8a\x05" and data[2:7] == b"hello" else repr(data)


def closed_with(s):
    """The code of the closing frame that comes next."""
    head = s.recv(2)
    if len(head) == 2 and head[0] == 0x88 and head[1] >= 2:
        return struct.unpack(">H", s.recv(2))[0]
    return repr(head)


def bad_utf8_code():
    s, _ = opened()
    send(s, frame(b'{"track-address":"\xff\xfe"}'))
    return closed_with(s)


def binary():
    s, _ = opened()
    send(s, frame(b'{"action":"ping"}', op=2))
    return closed_with(s)


def fragments():
    """A message in pieces, the last by a 64-bit length, a ping between."""
    s, _ = opened()
    send(s, frame(b'{"act', fin=False))
    send(s, frame(b"between", op=9))
    send(s, frame(b'ion":"pi', op=0, fin=False))
    send(s, frame(b'ng"' + b" " * 30000, op=0, fin=False) + frame(b"}", op=0))
    data = b""
    try:
        while b'"pong":true' not in data:
            piece = s.recv(4096)
            if not piece:
                break
            data += piece
    except OSError:
        pass
    return "answered" if b"between" in data and b'"pong":true' in data else repr(data)


def foreign_origin():
    s = connect()
    s.sendall(b"GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Origin: https://evil.example\r\nCookie: __Host-quarry=x\r\nSec-WebSocket-Key: " +
              base64.b64encode(os.urandom(16)) + b"\r\nSec-WebSocket-Version: 13\r\n\r\n")
    head = s.recv(4096)
    return "served, for what is told is everybody's" if b" 101 " in head else repr(head)


def thousand():
    """Of a thousand that follow blocks a hundred never read; a block comes."""
    import urllib.request
    all_ = []
    for i in range(1000):
        s, head = opened("127.0.1.%d" % (1 + i % 11))
        if not s or b" 101 " not in head:
            return "only %d came: %r" % (i, head[:40])
        s.sendall(frame(b'{"action":"want","data":["blocks"]}'))
        all_.append(s)
    readers = all_[100:]
    until = time.time() + 20
    for s in readers:           # the newest blocks, which come at once
        while b'"blocks"' not in s.recv(65536, socket.MSG_PEEK) and time.time() < until:
            time.sleep(0.01)
        s.setblocking(False)
        try:
            while s.recv(65536):
                pass
        except BlockingIOError:
            pass
    begin = time.time()
    urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:%d/lab/mine" % PORT, b'{"blocks":1}'))
    heard, late = 0, 0
    for s in readers:
        s.settimeout(5)
        try:
            heard += b'"block"' in s.recv(65536)
        except OSError:
            late += 1
    took = time.time() - begin
    for s in all_:
        s.close()
    print("# 900 readers among 1,000 clients had the block %.0f ms after it was asked for" % (took * 1000),
          file=sys.stderr)
    return "%d of 900 heard of the block%s" % (heard, "" if took < 5 else ", late")


def deep():
    s, _ = opened()
    send(s, frame(b"[" * 20000))
    return "refused" if b"error" in s.recv(4096) else "taken"


def garbage():
    for _ in range(30):
        s, _ = opened()
        send(s, os.urandom(3000))
        s.close()
    return "gone"


def many():
    """More than one address may have; those that are there go on."""
    kept, refused = [], 0
    for _ in range(130):
        s, head = opened()
        if s and b" 101 " in head:
            kept.append(s)
        else:
            refused += 1
    good = all(pong(s) for s in kept[:20])
    for s in kept:
        s.close()
    return "%s, %s" % ("some refused" if refused else "all let in", "others served" if good else "others hang")


def slow_head():
    """A handshake in drops."""
    s = connect()
    try:
        for c in b"GET /api/v1/ws HTTP/1.1\r\n":
            s.sendall(bytes([c]))
            time.sleep(0.02)
        s.close()
    except OSError:
        return "closed"
    return "gone"


for test in (plain, huge, endless, reserved, ping_frames, bad_utf8_code, binary,
             fragments, foreign_origin, deep, garbage, slow_head, many, thousand):
    try:
        print("%s: %s" % (test.__name__, test()), flush=True)
    except Exception as e:
        print("%s: %r" % (test.__name__, e), flush=True)
s, _ = opened()
print("afterwards: %s" % ("served" if pong(s) else "not served"))
