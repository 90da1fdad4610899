#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Blocks signed as BIP325, BIP341 and BIP342 say, for a chain whose makers sign in
turn: written from those texts, to compare with and to break the rules with.

    makerblock.py TEMPLATE KEYS NEEDED SIGNERS [TIME]

TEMPLATE: what getblocktemplate answered; KEYS: the makers' public keys, commas
between; SIGNERS: secret keys in hexadecimal in the makers' places, - for none.
Prints the block, which has a coinbase alone, in hexadecimal."""
import hashlib
import json
import struct
import sys

import schnorr

H = bytes.fromhex("50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0")
HEADER = bytes.fromhex("ecc7daa2")


def sha256(b):
    return hashlib.sha256(b).digest()


def sha256d(b):
    return sha256(sha256(b))


def size(n):
    return bytes([n]) if n < 253 else b"\xfd" + struct.pack("<H", n)


def var(b):
    return size(len(b)) + b


def push(b):
    if len(b) < 76:
        return bytes([len(b)]) + b
    return b"\x4c" + bytes([len(b)]) + b if len(b) < 256 else b"\x4d" + struct.pack("<H", len(b)) + b


def lock(keys, needed):
    """The leaf, its hash, the control block and the output key."""
    leaf = b"".join(b"\x20" + k + (b"\xba" if i else b"\xac") for i, k in enumerate(keys))
    leaf += (bytes([0x50 + needed]) if needed <= 16 else bytes([1, needed])) + b"\x9c"
    leaf_hash = schnorr.tagged("TapLeaf", b"\xc0" + var(leaf))
    tweak = int.from_bytes(schnorr.tagged("TapTweak", H + leaf_hash), "big")
    x = int.from_bytes(H, "big")
    y = pow(x**3 + 7, (schnorr.P + 1) // 4, schnorr.P)
    point = schnorr.add((x, y if y % 2 == 0 else schnorr.P - y), schnorr.times(tweak))
    return leaf, leaf_hash, bytes([0xc0 | point[1] & 1]) + H, point[0].to_bytes(32, "big")


def coinbase(template, solution):
    """Without and with its witness."""
    height = template["height"]
    digits = height.to_bytes((height.bit_length() + 8) // 8, "little")
    script = (bytes([0x50 + height]) if height <= 16 else push(digits)) + b"\x01\x00"
    commitment = b"\x6a\x24\xaa\x21\xa9\xed" + sha256d(bytes(64)) + push(HEADER + solution)
    body = (b"\x01" + bytes(32) + b"\xff" * 4 + var(script) + b"\xff" * 4 + b"\x02" +
            struct.pack("<q", template["coinbasevalue"]) + var(b"\x51") +
            struct.pack("<q", 0) + var(commitment))
    start, end = struct.pack("<i", 2), struct.pack("<I", 0)
    return start + body + end, start + b"\0\1" + body + b"\1\x20" + bytes(32) + end


def digest(challenge, leaf_hash, data):
    spend = (struct.pack("<i", 0) + b"\x01" + bytes(32) + b"\xff" * 4 +
             var(b"\0" + push(data)) + bytes(4) + b"\x01" + bytes(8) + var(challenge) + bytes(4))
    prevout = sha256d(spend) + bytes(4)
    message = (b"\0" + b"\0" + bytes(4) + bytes(4) + sha256(prevout) + sha256(bytes(8)) +
               sha256(var(challenge)) + sha256(bytes(4)) + sha256(bytes(8) + var(b"\x6a")) +
               b"\x02" + bytes(4) + leaf_hash + b"\0" + b"\xff" * 4)
    return schnorr.tagged("TapSighash", message)


def block(template, keys, needed, secrets, time):
    leaf, leaf_hash, control, output = lock(keys, needed)
    prev = bytes.fromhex(template["previousblockhash"])[::-1]
    version = struct.pack("<i", template["version"])
    root = sha256d(coinbase(template, b"")[0])
    message = digest(b"\x51\x20" + output, leaf_hash, version + prev + root +
                     struct.pack("<I", time))
    items = [schnorr.sign(s, message) if s else b"" for s in secrets][::-1]
    items += [leaf, control]
    solution = b"\0" + size(len(items)) + b"".join(var(i) for i in items)
    bare, full = coinbase(template, solution)
    head = version + prev + sha256d(bare) + struct.pack("<I", time)
    bits = int(template["bits"], 16)
    target = (bits & 0x7fffff) << 8 * ((bits >> 24) - 3)
    for nonce in range(2**20):
        whole = head + struct.pack("<II", bits, nonce)
        if int.from_bytes(sha256d(whole), "little") <= target:
            return whole + b"\x01" + full
    raise SystemExit("no nonce")


if __name__ == "__main__":
    made = json.loads(sys.argv[1])
    print(block(made, [bytes.fromhex(k) for k in sys.argv[2].split(",")], int(sys.argv[3]),
                [None if s == "-" else int(s, 16) for s in sys.argv[4].split(",")],
                int(sys.argv[5]) if len(sys.argv) > 5 else made["curtime"]).hex())
