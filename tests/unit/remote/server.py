#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A TLS server on loopback that misbehaves as the path says.

server.py FOLDER: makes a key in FOLDER, prints "PORT PIN HTTP_PORT" and serves
until standard input ends. GET /hits tells how often /secret was asked for.
"""
import base64
import hashlib
import socket
import ssl
import subprocess
import sys
import threading
import time

hits = 0
http_port = 0


def send(c, text):
    c.sendall(text if isinstance(text, bytes) else text.encode())


def answer(c, path, body):
    global hits
    ok = "HTTP/1.1 200 OK\r\n"
    if path == "/fine":
        send(c, ok + "Content-Length: 4\r\n\r\nfine")
    elif path == "/echo":
        send(c, ok + "Content-Length: %d\r\n\r\n" % len(body))
        send(c, body)
    elif path == "/endless":
        send(c, ok + "Transfer-Encoding: chunked\r\n\r\n")
        while True:
            send(c, b"10000\r\n" + b"x" * 65536 + b"\r\n")
    elif path == "/length":
        send(c, ok + "Content-Length: 100000000\r\n\r\n" + "x" * 1000)
        time.sleep(5)
    elif path == "/drip":
        send(c, ok + "Content-Length: 1000\r\n\r\n")
        while True:
            send(c, "x")
            time.sleep(0.1)
    elif path == "/headers":
        send(c, ok)
        while True:
            send(c, "X-More: " + "y" * 1000 + "\r\n")
    elif path == "/redirect":
        send(c, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
             "Location: http://127.0.0.1:%d/secret\r\n\r\n" % http_port)
    elif path == "/secret":
        hits += 1
        send(c, ok + "Content-Length: 0\r\n\r\n")
    elif path == "/hits":
        text = str(hits)
        send(c, ok + "Content-Length: %d\r\n\r\n%s" % (len(text), text))
    elif path == "/gzip":
        send(c, ok + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")
    elif path == "/cut":
        send(c, ok + "Content-Length: 100\r\n\r\nabc")
    elif path == "/nonsense":
        send(c, "220 mail.example ESMTP\r\n")
    elif path == "/hang":
        time.sleep(20)
    else:
        send(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def serve(c, context):
    try:
        if context:
            c = context.wrap_socket(c, server_side=True)
        f = c.makefile("rb")
        while True:
            line = f.readline(65536).split()
            if len(line) < 2:
                break
            length = 0
            while True:
                header = f.readline(65536).strip()
                if not header:
                    break
                if header.lower().startswith(b"content-length:"):
                    length = int(header[15:])
            answer(c, line[1].decode(), f.read(length))
            if line[1] in (b"/cut", b"/nonsense"):
                break
    except (OSError, ValueError):
        pass
    finally:
        c.close()


def listen(context):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(64)

    def loop():
        while True:
            c, _ = s.accept()
            threading.Thread(target=serve, args=(c, context), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return s.getsockname()[1]


def main():
    global http_port
    cert, key = sys.argv[1] + "/cert.pem", sys.argv[1] + "/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=quarry", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    pub = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-pubkey"],
                         check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pub,
                         check=True, capture_output=True).stdout
    pin = "sha256//" + base64.b64encode(hashlib.sha256(der).digest()).decode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    http_port = listen(None)
    print(listen(context), pin, http_port, flush=True)
    sys.stdin.read()


main()
