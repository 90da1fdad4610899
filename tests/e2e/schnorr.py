#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""BIP340 signatures in plain integers, from the BIP's text: slow, leaky, and
independent of what it is compared with. For tests only.
"""
import hashlib

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def tagged(tag, data):
    t = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(t + t + data).digest()


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if a[1] != b[1]:
            return None
        m = 3 * a[0] * a[0] * pow(2 * a[1], -1, P)
    else:
        m = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (m * m - a[0] - b[0]) % P
    return x, (m * (a[0] - x) - a[1]) % P


def times(k, point=G):
    sum_ = None
    while k:
        if k & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        k >>= 1
    return sum_


def public(secret):
    """The x coordinate of a secret key's point, 32 bytes."""
    return times(secret)[0].to_bytes(32, "big")


def sign(secret, digest, aux=bytes(32)):
    x, y = times(secret)
    d = secret if y % 2 == 0 else N - secret
    key = x.to_bytes(32, "big")
    mask = tagged("BIP0340/aux", aux)
    t = (d ^ int.from_bytes(mask, "big")).to_bytes(32, "big")
    k = int.from_bytes(tagged("BIP0340/nonce", t + key + digest), "big") % N
    rx, ry = times(k)
    if ry % 2:
        k = N - k
    r = rx.to_bytes(32, "big")
    e = int.from_bytes(tagged("BIP0340/challenge", r + key + digest), "big") % N
    return r + ((k + e * d) % N).to_bytes(32, "big")


def prove(secret, genesis, challenge, host):
    """What a node answers to another's challenge: primitives/nodeproof.h."""
    name = host.lower().rsplit(":", 1)[0]
    return sign(secret, tagged("quarry/node", genesis + challenge + name.encode()))
