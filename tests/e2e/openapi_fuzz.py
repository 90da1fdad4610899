# SPDX-License-Identifier: MIT
"""Random requests made from /api/openapi.json, their answers held to it.

openapi_fuzz.py URL REST-URL COUNT SEED FACTS USER:PASSWORD TOKEN

Every operation is asked with parameters and bodies that are valid, nearly so, or
nonsense. An answer is at fault when the document does not declare its code or
content type, when JSON does not parse, or when a good answer's JSON has another
shape than its schema: also a member that the schema lacks. FACTS is JSON: lists of
hashes, txids, addresses, transactions ... that exist. Prints one line for each
kind of fault and the sum.
"""
import base64
import http.client
import json
import random
import re
import ssl
import sys
import threading
import urllib.parse

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-._~"
NASTY = ["", "%00", "%zz", "undefined", "null", "-1", "0x10", "1e9", "%2e%2e",
         "%F0%9F%92%A9", "%27%22", "a" * 300, "18446744073709551616", "+1", "%0a",
         "1%20OR%201=1", "%25", "%C0%80", "NaN", "0" * 64, "f" * 64, "F" * 63]


class Document:
    def __init__(self, root):
        self.root = root
        self.operations = [(method.upper(), path, op)
                           for path, item in root["paths"].items()
                           for method, op in item.items()]

    def resolve(self, node):
        while "$ref" in node:
            at = self.root
            for part in node["$ref"][2:].split("/"):
                at = at[part]
            node = at
        return node

    def fault(self, schema, value, at="$"):
        """What is wrong with value; None when nothing is."""
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return None
        for part in schema.get("allOf", []):
            why = self.fault(part, value, at)
            if why:
                return why
        kind = schema.get("type")
        types = {"object": dict, "array": list, "string": str, "boolean": bool,
                 "integer": int, "number": (int, float)}
        if kind and (not isinstance(value, types[kind]) or
                     (kind in ("integer", "number") and isinstance(value, bool))):
            return "%s is no %s: %.40r" % (at, kind, value)
        if kind == "string" and not re.search(schema.get("pattern", ""), value):
            return "%s does not match %s" % (at, schema["pattern"])
        if kind == "integer" and not (schema.get("minimum", value) <= value
                                      <= schema.get("maximum", value)):
            return "%s is out of bounds: %d" % (at, value)
        if kind == "array":
            for v in value:
                why = self.fault(schema["items"], v, at + "[]")
                if why:
                    return why
        if kind == "object":
            known = schema.get("properties", {})
            for name in schema.get("required", []):
                if name not in value:
                    return "%s lacks %s" % (at, name)
            for name, v in value.items():
                if name in known:
                    why = self.fault(known[name], v, at + "." + name)
                elif "additionalProperties" in schema:
                    why = self.fault(schema["additionalProperties"], v, at + ".*")
                else:
                    why = "%s has %s, which is not declared" % (at, name)
                if why:
                    return why
        return None


class Maker:
    def __init__(self, document, facts, rng):
        self.d, self.facts, self.rng = document, facts, rng

    def mutate(self, text):
        r, n = self.rng, self.rng.randrange(4)
        at = r.randrange(len(text) + 1)
        if n == 0:
            return text[:at] + r.choice(LETTERS) + text[at + 1:]
        if n == 1:
            return text[:at]
        if n == 2:
            return text[:at] + r.choice(LETTERS) + text[at:]
        return text + text

    def parameter(self, p):
        r, name = self.rng, p["name"]
        schema = p["schema"]
        die = r.random()
        if die < 0.1:
            return r.choice(NASTY)
        if name in self.facts and die < 0.9:
            text = str(r.choice(self.facts[name]))
        elif schema.get("type") == "integer":
            text = str(r.choice([0, 1, 5, 25, 100, 2016, 2**31, 2**32 - 1,
                                 r.randrange(200)]))
        elif schema.get("pattern"):
            text = "%064x" % r.getrandbits(256)
        else:
            text = "".join(r.choice(LETTERS) for _ in range(r.randrange(1, 12)))
        if die > 0.8:
            text = self.mutate(text)
        return urllib.parse.quote(text, safe="")

    def value(self, schema, name="", depth=0):
        r = self.rng
        schema = self.d.resolve(schema)
        if r.random() < 0.05 or depth > 6:
            return r.choice([None, True, 0, -1, 1.5, 2**70, "", "x" * 100, [], {},
                             "\u0000", "\U0001f4a9"])
        if name in self.facts and r.random() < 0.9:
            return r.choice(self.facts[name])
        for part in schema.get("allOf", []):
            return self.value(part, name, depth + 1)
        kind = schema.get("type")
        if kind == "object":
            if "additionalProperties" in schema:
                return {n: r.choice([0, 1, 2, "1", True, [], None, 10 ** 12])
                        for n in r.sample(self.facts["members"], r.randrange(3))}
            members = schema.get("properties", {})
            # all but one or a half of those that may be missing
            gone = r.choice(list(members)) if r.random() < 0.7 else None
            much = 1 if gone else 0.5
            return {n: self.value(s, n, depth + 1) for n, s in members.items()
                    if n in schema.get("required", []) or
                    (n != gone and r.random() < much)}
        if kind == "array":
            return [self.value(schema["items"], name, depth + 1)
                    for _ in range(r.randrange(4))]
        if kind == "integer":
            return r.choice([0, 1, 10, 2**31, -1, r.randrange(1000)])
        if kind == "number":
            return r.choice([0.5, 1, 1e-9, 1e30])
        if kind == "boolean":
            return r.random() < 0.5
        if schema.get("pattern", "").endswith("{64}$"):
            return "%064x" % r.getrandbits(256)
        if schema.get("pattern"):
            return self.mutate(r.choice(self.facts["hex"]))
        if kind == "string":
            return r.choice(["", "a", "0", "stats", "utxo", "txs"])
        return r.choice([None, 1, "1", [], {}, [1, "2", {}], 0.001])

    def body(self, op):
        r = self.rng
        content = op["requestBody"]["content"]
        kind = next(iter(content))
        if r.random() < 0.1:
            return kind, r.randbytes(r.randrange(200))
        if kind == "application/json":
            v = self.value(content[kind]["schema"])
            if "JSON-RPC" in op["tags"]:
                v = self.rpc() if r.random() < 0.7 else \
                    [self.rpc() for _ in range(r.randrange(4))]
            text = json.dumps(v)
            return kind, (self.mutate(text) if r.random() < 0.1 else text).encode()
        text = r.choice(self.facts["q" if "SQL" in op["tags"] else
                                   "hex" if r.random() < 0.6 else "hash"])
        if r.random() < 0.4:
            text = self.mutate(text)
        if kind == "text/document.operations":
            return kind, text.encode()
        try:
            return kind, bytes.fromhex(text)
        except ValueError:
            return kind, text.encode()

    def rpc(self):
        r = self.rng
        methods = self.d.root["paths"]["/rpc"]["post"]["x-methods"]
        m = r.choice([m for m in methods if m["role"] == "read"])
        if m["name"].startswith("wait") or m["name"] == "getblocktemplate":
            m = methods[0]
        params = [r.choice(self.facts["hash"] + self.facts["txid"] + [0, 1, -1, "x",
                  True, None, {}, []]) for _ in range(r.randrange(4))]
        v = {"method": m["name"], "params": params, "id": r.choice([1, "a", None])}
        if r.random() < 0.5:
            v["jsonrpc"] = r.choice(["2.0", "1.0", "3.0"])
        return v

    def request(self, operation):
        method, path, op = operation
        r, headers, query = self.rng, {}, []
        for p in op["parameters"]:
            if p["in"] == "path":
                # an empty one, or dots, would be another path
                text = self.parameter(p)
                text = "x" if text in ("", ".", "..", "%2e%2e") else text
                path = path.replace("{%s}" % p["name"], text, 1)
            elif p["in"] == "query" and r.random() < 0.6:
                query.append("%s=%s" % (p["name"], self.parameter(p)))
            elif p["in"] == "header" and r.random() < 0.1:
                headers[p["name"]] = r.choice(self.facts["hash"])
        if query:
            path += "?" + "&".join(query)
        if r.random() < 0.3:
            headers["Accept"] = r.choice(["application/json", "text/html", "*/*"])
        if r.random() < 0.05:
            headers["If-None-Match"] = "*"
        body = None
        if "requestBody" in op:
            kind, body = self.body(op)
            headers["Content-Type"] = kind if r.random() < 0.95 else "x/y"
        if "security" in op and r.random() < 0.9:
            headers["Authorization"] = self.facts[
                "authorization" if any("basic" in s for s in op["security"]) else "bearer"]
        return method, path, headers, body


def judge(document, op, status, ctype, data, method):
    declared = op["responses"].get(str(status))
    if declared is None:
        return "code %d is not declared: %.80r" % (status, data)
    content = document.resolve(declared).get("content")
    if content is None:
        return "%d has a body" % status if data else None
    essence = ctype.split(";")[0].strip()
    if essence not in content:
        return "%d as %r is not declared: %.60r" % (status, ctype, data)
    if method == "HEAD":
        return None
    if essence == "application/json":
        try:
            value = json.loads(data, parse_constant=lambda c: 1 / 0)
        except (ValueError, ZeroDivisionError):
            return "%d is no JSON: %.60r" % (status, data)
        if op["tags"] == ["JSON-RPC"] and isinstance(value, list):
            values = value
        else:
            values = [value]
        for v in values:
            why = document.fault(content[essence].get("schema", {}), v)
            if why:
                return "%d: %s" % (status, why)
    return None


def connect(url):
    u = urllib.parse.urlsplit(url)
    if u.scheme == "https":
        context = ssl._create_unverified_context()
        return http.client.HTTPSConnection(u.netloc, timeout=30, context=context)
    return http.client.HTTPConnection(u.netloc, timeout=30)


def walk(n, seed, document, facts, urls, faults, seen, lock):
    rng = random.Random(seed)
    maker = Maker(document, facts, rng)
    links = {url: connect(url) for url in urls}
    for i in range(n):
        operation = document.operations[(i * 7 + seed) % len(document.operations)] if i < len(document.operations) \
            else rng.choice(document.operations)
        method, path, headers, body = maker.request(operation)
        where = urls[0]
        if path.startswith("/api/") and rng.random() < 0.4:
            where = urls[1]
            path = path[4:] if rng.random() < 0.7 else path
        if method == "GET" and rng.random() < 0.05:
            method = "HEAD"
        try:
            links[where].request(method, path, body, headers)
            answer = links[where].getresponse()
            # a stream of events has no end
            stream = answer.getheader("Content-Type") == "text/event-stream"
            data = answer.read1(1000) if stream else answer.read()
            if stream:
                links[where].close()
                links[where] = connect(where)
            why = judge(document, operation[2], answer.status,
                        answer.getheader("Content-Type") or "", data, method)
            code = answer.status
        except (OSError, http.client.HTTPException) as e:
            why, code = "no answer: %r" % e, 0
            links[where].close()
            links[where] = connect(where)
        with lock:
            key = "%s %s" % (operation[0], operation[1])
            seen.setdefault(key, {}).setdefault(code, 0)
            seen[key][code] += 1
            if why:
                faults.setdefault((key, re.sub("[0-9a-f]{8,}", "#", why)[:90]),
                                  (method, path, headers, body, why))


def main():
    url, rest, count, seed, facts, user, token = sys.argv[1:]
    facts = json.loads(facts)
    facts["authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
    c = connect(url)
    c.request("GET", "/api/openapi.json")
    facts["bearer"] = "Bearer " + token
    document = Document(json.load(c.getresponse()))
    faults, seen, lock = {}, {}, threading.Lock()
    threads = [threading.Thread(target=walk, args=(
        int(count) // 4, int(seed) * 4 + i, document, facts, [url, rest], faults,
        seen, lock)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for (key, _), (method, path, headers, body, why) in sorted(faults.items()):
        print("fault %s: %s\n  %s %.200s %r %.300r" % (key, why, method, path,
                                                     headers, body))
    # the first that is declared is what a good answer has
    wanted = {"%s %s" % o[:2]: int(next(iter(o[2]["responses"])))
              for o in document.operations}
    good = sum(1 for k, codes in seen.items() if wanted[k] in codes)
    codes = {}
    for v in seen.values():
        for k, n in v.items():
            codes[k] = codes.get(k, 0) + n
    for key, v in sorted(seen.items()):
        if wanted[key] not in v:
            print("never good %s %s" % (key, v))
    print("sum %d requests, %d operations of %d seen, %d answered well, codes %s" % (
        sum(codes.values()), len(seen), len(document.operations), good,
        " ".join("%d:%d" % k for k in sorted(codes.items()))))


main()
