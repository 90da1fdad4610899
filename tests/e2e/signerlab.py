# SPDX-License-Identifier: MIT
"""Speaks quarry-signer's protocol, written apart from its C client."""
import socket
import struct

(LIST, CREATE, RESTORE, IMPORT, UNLOCK, LOCK, DESCRIPTORS, SIGN_PSBT,
 SIGN_MESSAGE, WORDS, PASSPHRASE, KEYS, VOTE_OP, VOTES) = range(1, 15)
(NAME, PASS, NEWPASS, CHAIN, NUMBER, WORDLIST, EXTRA, DESCRIPTOR_TEXT, PSBT,
 ADDRESS, MESSAGE, PATH, TEXT, KEYSTORE, DESCRIPTOR, SIGNED,
 FINGERPRINT, KIND, KEY, DOCUMENT, VOTE, NEW_RECORD) = range(1, 23)
(OK, ABSENT, NOT_FOUND, EXISTS, LOCKED, DENIED, WAIT, REFUSED, BAD,
 FAILED) = range(10)

CHAINS = {
    # name, chain, hrp, xpub, xprv, pubkey, script, wif, own | test << 1
    "regtest": ("regtest", "regtest", "bcrt", "043587cf", "04358394", 111, 196,
                239, 2),
    "main": ("main", "main", "bc", "0488b21e", "0488ade4", 0, 5, 128, 0),
}


def chain(name):
    n, c, hrp, xpub, xprv, pub, script, wif, flags = CHAINS[name]
    return (n.encode().ljust(32, b"\0") + c.encode().ljust(32, b"\0") +
            hrp.encode().ljust(16, b"\0") + bytes.fromhex(xpub) +
            bytes.fromhex(xprv) + bytes([pub, script, wif, flags]))


def u32(n):
    return struct.pack("<I", n)


def frame(op, fields, version=1):
    body = bytes([version, op])
    for tag, value in fields:
        if isinstance(value, str):
            value = value.encode()
        body += bytes([tag]) + u32(len(value)) + value
    return u32(len(body)) + body


class Reply(Exception):
    """What the signer answered; raised when it is not OK."""

    def __init__(self, code, fields):
        self.code, self.fields = code, fields
        super().__init__("%d %s" % (code, self.text()))

    def get(self, tag):
        return next((v for t, v in self.fields if t == tag), None)

    def all(self, tag):
        return [v for t, v in self.fields if t == tag]

    def text(self):
        return (self.get(TEXT) or b"").decode()


def receive(s):
    def exactly(n):
        data = b""
        while len(data) < n:
            part = s.recv(n - len(data))
            if not part:
                raise EOFError("closed")
            data += part
        return data
    body = exactly(struct.unpack("<I", exactly(4))[0])
    fields, at = [], 2
    while at < len(body):
        tag, n = struct.unpack_from("<BI", body, at)
        fields.append((tag, body[at + 5:at + 5 + n]))
        at += 5 + n
    return Reply(body[1], fields)


class Signer:
    def __init__(self, path):
        self.path = path

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        s.connect(self.path)
        return s

    def ask(self, op, *fields):
        with self.connect() as s:
            s.sendall(frame(op, fields))
            r = receive(s)
        if r.code != OK:
            raise r
        return r

    def code(self, op, *fields):
        """Only how it went."""
        try:
            return self.ask(op, *fields).code
        except Reply as r:
            return r.code
