#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A chain of regtest in which one address is touched by many transactions.

    busy_address.py N OUT.blk POOL.json

Writes blocks as blk*.dat has them, in which N transactions each spend a coin of
the address and pay one back to it and one to an address of its own; and POOL.json,
batches of JSON-RPC that send a thousand more, ten in a row each. The address is
the P2SH of a script that anybody can spend, so nothing is signed. Prints its
scripthash, as Esplora names it.
"""
import hashlib
import json
import struct
import sys
import time

SEEDS, MATURE, A_BLOCK, FEE = 110, 100, 1800, 1000
COIN = 5_000_000_000
REDEEM = b"\x51"
BUSY = b"\xa9\x14" + hashlib.new("ripemd160", hashlib.sha256(REDEEM).digest()).digest() + b"\x87"
BITS = 0x207FFFFF
GENESIS = bytes.fromhex("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")[::-1]


def sha256d(b):
    return hashlib.sha256(hashlib.sha256(b).digest()).digest()


def compact(n):
    return bytes([n]) if n < 253 else b"\xfd" + struct.pack("<H", n)


def tx(txid, n, script_sig, outputs):
    raw = struct.pack("<i", 2) + b"\x01" + txid + struct.pack("<I", n)
    raw += compact(len(script_sig)) + script_sig + b"\xff\xff\xff\xff" + compact(len(outputs))
    for value, script in outputs:
        raw += struct.pack("<q", value) + compact(len(script)) + script
    return raw + b"\0\0\0\0"


def coinbase(height, value, script):
    if height <= 16:
        sig = bytes([0x50 + height, 0])
    else:
        n = (height.bit_length() + 8) // 8
        sig = bytes([n]) + height.to_bytes(n, "little") + b"\0"
    return tx(bytes(32), 0xFFFFFFFF, sig, [(value, script)])


def merkle(ids):
    while len(ids) > 1:
        if len(ids) % 2:
            ids = ids + ids[-1:]
        ids = [sha256d(ids[i] + ids[i + 1]) for i in range(0, len(ids), 2)]
    return ids[0]


class Coins:
    """The address's coins, spent in turn; every spend makes one more."""

    def __init__(self):
        self.ring, self.at, self.made = [], 0, 0

    def spend(self):
        txid, value = self.ring[self.at]
        self.made += 1
        own = b"\0\x14" + hashlib.sha256(b"%d" % self.made).digest()[:20]
        raw = tx(txid, 0, bytes([len(REDEEM)]) + REDEEM,
                 [(value - 2 * FEE, BUSY), (FEE, own)])
        self.ring[self.at] = (sha256d(raw), value - 2 * FEE)
        return raw


def write_block(out, prev, height, when, raws):
    root = merkle([sha256d(r) for r in raws])
    nonce = 0
    while True:
        head = struct.pack("<i", 0x20000000) + prev + root + struct.pack("<III", when, BITS, nonce)
        block_id = sha256d(head)
        if block_id[31] < 0x7F:
            break
        nonce += 1
    raw = head + compact(len(raws)) + b"".join(raws)
    out.write(b"\xfa\xbf\xb5\xda" + struct.pack("<I", len(raw)) + raw)
    return block_id


def main():
    want, blocks, pool = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    coins, prev, left, height = Coins(), GENESIS, want, 0
    when = int(time.time()) - 60 * (SEEDS + MATURE + want // A_BLOCK + 2)
    with open(blocks, "wb") as out:
        while left:
            height += 1
            raws = [coinbase(height, COIN if height <= SEEDS else 0,
                             BUSY if height <= SEEDS else b"\x51")]
            if height <= SEEDS:
                coins.ring.append((sha256d(raws[0]), COIN))
            if height > SEEDS + MATURE:
                n = min(left, A_BLOCK)
                left -= n
                for _ in range(n):
                    raws.append(coins.spend())
                    coins.at = (coins.at + 1) % SEEDS
            prev = write_block(out, prev, height, when + 60 * height, raws)
    with open(pool, "w", encoding="ascii") as out:
        for coins.at in range(100):
            json.dump([{"method": "sendrawtransaction", "id": i, "params": [coins.spend().hex()]}
                       for i in range(10)], out)
            out.write("\n")
    print(hashlib.sha256(BUSY).hexdigest())


main()
