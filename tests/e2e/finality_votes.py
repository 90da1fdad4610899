# SPDX-License-Identifier: MIT
"""Votes for finality, made from the text of consensus/finality.README alone.

    finality_votes.py keys N            the public keys of the secrets 1 to N
    finality_votes.py URL DOCUMENT SECRETS SOURCE TARGET [HASH]
        each secret (1,2,3) votes for this link between two heights of the active
        chain, or to a block of that hash at the height; prints the answer
"""
import hashlib
import json
import os
import ssl
import struct
import sys
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from schnorr import public, sign, tagged  # noqa: E402

open_ = ssl._create_unverified_context()


def ask(path, data=None):
    r = urllib.request.Request(sys.argv[1] + path, data)
    return urllib.request.urlopen(r, context=open_, timeout=20).read()


def vote(secret, document, link):
    message = tagged("quarry/vote", document + link)
    return link + public(secret) + sign(secret, message)


if sys.argv[1] == "keys":
    print(",".join(public(i + 1).hex() for i in range(int(sys.argv[2]))))
else:
    # of all but the line with the nonce
    document = hashlib.sha256(b"".join(
        line for line in open(sys.argv[2], "rb")
        if not line.startswith(b"genesis_nonce"))).digest()
    source, target = int(sys.argv[4]), int(sys.argv[5])

    def at(height):
        return bytes.fromhex(ask("/api/block-height/%d" % height).decode())[::-1]

    to = bytes.fromhex(sys.argv[6]) if len(sys.argv) > 6 else at(target)
    link = struct.pack("<I", source) + at(source) + struct.pack("<I", target) + to
    body = b"".join(vote(int(s), document, link) for s in sys.argv[3].split(","))
    print(json.dumps(json.loads(ask("/node/votes", body)), sort_keys=True))
