# SPDX-License-Identifier: MIT
"""Who may what over HTTP, tried as somebody would who may not.

security.py PART URL DB [ARGUMENT...]: prints lines "ok NAME" and "no NAME: why".

Expected codes are worked out here from the paths, not from the table under test.
"""
import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import os
import re
import sqlite3
import ssl
import statistics
import struct
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import schnorr  # noqa: E402

PART, URL, DB = sys.argv[1:4]
HOST = urllib.parse.urlsplit(URL).netloc
PASSWORD = "correct horse battery"
PLAIN = URL.startswith("http:")
COOKIE = "quarry" if PLAIN else "__Host-quarry"


def say(good, name, why=""):
    print("ok %s" % name if good else "no %s: %s" % (name, str(why)[:500]), flush=True)


def same(name, want, seen):
    say(want == seen, name, "wanted %r, seen %r" % (want, seen))


class Answer:
    def __init__(self, r, body):
        self.status, self.body = r.status, body
        self.headers = {k.lower(): v for k, v in r.getheaders()}
        self.cookies = r.msg.get_all("Set-Cookie") or []

    def json(self):
        return json.loads(self.body)


def connect(source="127.0.0.1"):
    where = {"timeout": 60, "source_address": (source, 0)}
    if PLAIN:
        return http.client.HTTPConnection(HOST, **where)
    return http.client.HTTPSConnection(HOST, context=ssl._create_unverified_context(), **where)


def ask(method, path, body=None, headers=None, source="127.0.0.1"):
    c = connect(source)
    h = dict(headers or {})
    if body is not None and not isinstance(body, (str, bytes)):
        body = json.dumps(body)
        h.setdefault("Content-Type", "application/json")
    c.request(method, path, body, h)
    r = c.getresponse()
    stream = r.getheader("Content-Type") == "text/event-stream"
    a = Answer(r, r.read1(100) if stream else r.read())
    c.close()
    return a


class Client:
    """A browser: one cookie, and the CSRF text it was told."""

    def __init__(self, source="127.0.0.1"):
        self.cookie, self.csrf, self.source = None, None, source

    def ask(self, method, path, body=None, headers=None, csrf=True):
        h = dict(headers or {})
        if self.cookie:
            h.setdefault("Cookie", "%s=%s" % (COOKIE, self.cookie))
        if csrf and self.csrf and method == "POST":
            h.setdefault("X-Quarry-CSRF", self.csrf)
        a = ask(method, path, body, h, self.source)
        for c in a.cookies:
            m = re.match("%s=([0-9a-f]*);" % COOKIE, c)
            if m:
                self.cookie = m.group(1) or None
        if a.status in (200, 201) and path in ("/account/login", "/account/signup",
                                               "/account/login-key", "/account"):
            self.csrf = a.json().get("csrf")
        return a

    def post(self, path, body=None, **k):
        return self.ask("POST", path, {} if body is None else body, **k)

    def login(self, name, password=PASSWORD, **more):
        return self.post("/account/login", dict(name=name, password=password, **more))


def db(sql, *args):
    c = sqlite3.connect(DB, timeout=10)
    try:
        with c:
            return c.execute(sql, args).fetchall()
    finally:
        c.close()


def forget():
    db("DELETE FROM attempt")


def signup(name, **k):
    c = Client(**k)
    a = c.post("/account/signup", {"name": name, "password": PASSWORD})
    if a.status != 201:
        say(False, "signing up as %s" % name, "%d %s" % (a.status, a.body))
    return c


def token(client, roles, **more):
    a = client.post("/account/tokens", dict(label="t", roles=roles, **more))
    return a.json()["token"]


def bearer(t):
    return {"Authorization": "Bearer " + t}


# --- sessions ---

def sessions():
    c = Client()
    a = c.post("/account/signup", {"name": "Alice", "password": PASSWORD})
    same("signing up answers 201", 201, a.status)
    flags = [p.strip() for p in a.cookies[0].split(";")[1:]]
    want = {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"} | (set() if PLAIN else {"Secure"})
    same("the cookie's flags", want, set(flags))
    say(a.cookies[0].startswith(COOKIE + "="), "its name", a.cookies)
    same("a name is one name in capitals, too", 409,
         Client().post("/account/signup", {"name": "aLICE", "password": PASSWORD}).status)
    for bad in ("", "a b", "-x", "x" * 33, "ä", "a/b", "<b>"):
        same("no name: %r" % bad, 400, Client().post(
            "/account/signup", {"name": bad, "password": PASSWORD}).status)
    for bad in ("short", "aaaaaaaaaaaaaa", "x" * 257):
        same("no password: %.15r" % bad, 400, Client().post(
            "/account/signup", {"name": "bob", "password": bad}).status)

    # fixation: a session that somebody else planted, dead or alive, is not kept
    planted = "ab" * 32
    v = Client()
    v.cookie = planted
    v.login("alice")
    say(v.cookie not in (None, planted), "signing in gives another session than the one brought")
    c.ask("GET", "/account")
    old = c.cookie
    c.login("alice")
    say(c.cookie != old, "signing in again, too")
    w = Client()
    w.cookie = old
    same("and ends the old one", None, w.ask("GET", "/account").json()["name"])

    # CSRF
    for name, headers, csrf in (
            ("without the header", {}, False),
            ("with another's", {"X-Quarry-CSRF": "0" * 64}, False),
            ("from another site (Origin)", {"Origin": "https://evil.example"}, True),
            ("from another site (Sec-Fetch-Site)", {"Sec-Fetch-Site": "cross-site"}, True),
            ("from another port", {"Origin": "https://127.0.0.1:1"}, True)):
        a = c.ask("POST", "/account/sessions/revoke", {"id": "all"}, headers, csrf=csrf)
        same("CSRF: a change is refused " + name, 403, a.status)
    same("and is not, from a page of this site", 200, c.ask(
        "POST", "/account/sessions/revoke", {"id": "all"},
        {"Origin": URL, "Sec-Fetch-Site": "same-origin"}).status)
    same("a form cannot send it", 415, ask("POST", "/account/login", "name=alice", {
        "Content-Type": "application/x-www-form-urlencoded"}).status)
    a = ask("POST", "/account/login", {"name": "alice", "password": PASSWORD},
            {"Origin": "https://evil.example"})
    same("nobody is signed in by another site", (403, []), (a.status, a.cookies))

    # revoked, ended, expired, locked
    a, b = Client(), Client()
    a.login("alice")
    b.login("alice")
    listed = a.ask("GET", "/account/sessions").json()
    other = [s["id"] for s in listed if not s["current"]][0]
    same("one session is this one", 1, sum(s["current"] for s in listed))
    a.post("/account/sessions/revoke", {"id": "all"})
    same("a revoked session is nobody's", 401, b.ask("GET", "/account/sessions").status)
    same("a session that has gone cannot be revoked", 404,
         a.post("/account/sessions/revoke", {"id": other}).status)
    b.login("alice")
    db("UPDATE session SET idle_end = 1 WHERE id = (SELECT max(id) FROM session)")
    same("a session that was idle too long", 401, b.ask("GET", "/account/sessions").status)
    b.login("alice")
    db("UPDATE session SET end_at = 1 WHERE id = (SELECT max(id) FROM session)")
    same("a session that is too old", 401, b.ask("GET", "/account/sessions").status)
    b.login("alice")
    same("signing out", 200, b.ask("POST", "/account/logout", "", {"X-Quarry-CSRF": b.csrf}).status)
    same("takes the cookie away", None, b.cookie)
    b.login("alice")
    kept = b.cookie
    same("another password needs the old one", 401, a.post(
        "/account/password", {"old": "wrong wrong wrong", "new": "another good one"}).status)
    same("and is set with it", 200, a.post(
        "/account/password", {"old": PASSWORD, "new": "another good one"}).status)
    b.cookie = kept
    same("it ends other sessions", 401, b.ask("GET", "/account/sessions").status)
    same("and not this one", 200, a.ask("GET", "/account/sessions").status)
    same("the old password is none", 401, Client().login("alice").status)
    same("the new one is", 200, b.login("alice", "another good one").status)
    db("UPDATE account SET state = 'locked' WHERE folded = 'alice'")
    same("who is locked has no session", 401, b.ask("GET", "/account/sessions").status)
    x = Client().login("alice", "another good one")
    y = Client().login("nobody", "another good one")
    same("and is refused like somebody who is not there", (401, x.body), (y.status, y.body))
    db("UPDATE account SET state = 'active' WHERE folded = 'alice'")
    for bad in ("%s=%s; %s=%s" % (COOKIE, b.cookie, COOKIE, "0" * 64), "%s=" % COOKIE,
                "%s=%s0" % (COOKIE, b.cookie), "%s=\"%s\"" % (COOKIE, b.cookie),
                "x%s=%s" % (COOKIE, b.cookie), "quarry=%s" % b.cookie if not PLAIN else
                "__Host-quarry=%s" % b.cookie):
        a = ask("GET", "/account", None, {"Cookie": bad})
        same("no session: %.20s..." % bad, (200, None), (a.status, a.json()["name"]))


# --- tokens ---

def tokens():
    c = signup("Tina")
    t = token(c, ["read", "wallet"])
    same("a token is somebody", "Tina", ask("GET", "/account", None, bearer(t)).json()["name"])
    same("it may not make another", 403, ask(
        "POST", "/account/tokens", {"label": "x", "roles": []}, bearer(t)).status)
    same("nobody gives what one has not", 403, c.post(
        "/account/tokens", {"label": "x", "roles": ["admin"]}).status)
    for bad in ("", "quarry_", t[:-1], t + "0", t[:-1] + ("0" if t[-1] != "0" else "1"), "x" * 9000):
        a = ask("GET", "/api/blocks/tip/height", None, {"Authorization": "Bearer " + bad})
        say(a.status in (401, 400), "no token: %.12s..." % bad, a.status)
    a = ask("GET", "/chain", None, bearer("quarry_" + "0" * 64))
    say("invalid_token" in a.headers.get("www-authenticate", ""), "and the answer says so", a.headers)
    # who is stolen from is told nothing by the thief
    seen = db("SELECT hash FROM token")
    raw = t[len("quarry_"):]
    say(all(raw not in (h.hex(), h.decode("latin1")) for (h,) in seen), "the database has no token")
    with open(DB, "rb") as f:
        say(bytes.fromhex(raw) not in f.read(), "nor its bytes")
    db("UPDATE token SET end_at = 1")
    same("an expired token", 401, ask("GET", "/account/audit", None, bearer(t)).status)
    t = token(c, ["read"], days=1)
    row = c.ask("GET", "/account/tokens").json()[-1]
    say(abs(row["expires"] - time.time() - 86400) < 100, "a day is a day", row)
    same("a revoked one", (200, 401), (c.post("/account/tokens/revoke", {"id": row["id"]}).status,
                                       ask("GET", "/account/audit", None, bearer(t)).status))
    d = signup("Thief")
    t = token(c, ["read"])
    row = c.ask("GET", "/account/tokens").json()[-1]
    same("another's token cannot be revoked", 404, d.post("/account/tokens/revoke", {"id": row["id"]}).status)
    same("nor another's session", 404, d.post("/account/sessions/revoke", {"id": 1}).status)
    db("UPDATE account SET state = 'locked' WHERE folded = 'tina'")
    same("a token of who is locked", 401, ask("GET", "/account/audit", None, bearer(t)).status)
    evil = "<script>alert(1)</script>"
    e = Client()
    e.post("/account/login", {"name": "thief", "password": PASSWORD}, headers={"User-Agent": evil})
    e.post("/account/tokens", {"label": evil, "roles": []})
    for path in ("/account/tokens", "/account/sessions", "/account/audit"):
        a = e.ask("GET", path)
        same("text of others in %s is JSON for nobody to sniff" % path,
             ("application/json", "nosniff", "no-store"),
             (a.headers["content-type"], a.headers.get("x-content-type-options"),
              a.headers.get("cache-control")))
        say("default-src 'none'" in a.headers.get("content-security-policy", ""), "and has the CSP")


# --- the second factor ---

def code_at(secret, at):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    i = mac[19] & 15
    return "%06d" % ((struct.unpack(">I", mac[i:i + 4])[0] & 0x7fffffff) % 1000000)


def totp():
    c = signup("Olga")
    s = c.ask("POST", "/account/totp/start", "", {"X-Quarry-CSRF": c.csrf}).json()
    say(s["uri"].startswith("otpauth://totp/Quarry") and "secret=" + s["secret"] in s["uri"],
        "the URI", s["uri"])
    same("until it is confirmed nobody asks for it", 200, Client().login("olga").status)
    same("a wrong code confirms nothing", 400, c.post("/account/totp/confirm", {"code": "000000"}).status)
    used = code_at(s["secret"], time.time())
    same("its code does", 200, c.post("/account/totp/confirm", {"code": used}).status)
    a = Client().login("olga")
    same("then it is asked for", (401, True), (a.status, a.json().get("totp")))
    a = Client().login("olga", "wrong wrong wrong")
    same("but only of who knows the password", (401, None), (a.status, a.json().get("totp")))
    same("the code that confirmed is used", 401, Client().login("olga", totp=used).status)
    new = code_at(s["secret"], time.time() + 30)
    same("the next step's is good", 200, Client().login("olga", totp=new).status)
    same("once", 401, Client().login("olga", totp=new).status)
    same("that of three steps ahead is not", 401,
         Client().login("olga", totp=code_at(s["secret"], time.time() + 95)).status)
    sealed = db("SELECT totp FROM account WHERE folded = 'olga'")[0][0]
    say(base64.b32decode(s["secret"]) not in sealed, "the database has it sealed")
    forget()
    same("it ends by the password alone", (401, 200), (
        c.post("/account/totp/off", {"password": "wrong wrong wrong"}).status,
        c.post("/account/totp/off", {"password": PASSWORD}).status))
    same("and is asked for no more", 200, Client().login("olga").status)


# --- keys ---

def sign(text, secret):
    sig = schnorr.sign(secret, hashlib.sha256(text.encode()).digest())
    return sig if isinstance(sig, str) else sig.hex()


def key():
    secret = 0x1234567890ABCDEF
    x = "%064x" % schnorr.times(secret)[0]
    c = signup("Kim")
    ch = c.post("/account/challenge", {"public_key": x}).json()
    say("Kim" in ch["text"] and HOST in ch["text"] and "UTC" in ch["text"],
        "a challenge names site, account and end", ch["text"])
    proof = {"public_key": x, "challenge": ch["challenge"], "signature": sign(ch["text"], secret)}
    same("a wrong signature adds no key", 400, c.post(
        "/account/keys", dict(proof, signature="00" * 64)).status)
    same("a key is added", 201, c.post("/account/keys", dict(proof, label="mine")).status)
    same("once", 409, c.post("/account/keys", proof).status)
    same("what adds a key does not enter", 401, Client().post("/account/login-key", proof).status)

    def enter(challenge, signature, client=None, **more):
        return (client or Client()).post("/account/login-key", dict(
            more or {"public_key": x}, challenge=challenge, signature=signature))
    ch = Client().post("/account/challenge", {"public_key": x}).json()
    sig = sign(ch["text"], secret)
    k = Client()
    same("a key enters", (200, "Kim"), (lambda a: (a.status, a.json().get("name")))(
        enter(ch["challenge"], sig, k)))
    same("a challenge is answered once", 401, enter(ch["challenge"], sig).status)
    big = ch["challenge"][:82].upper() + ch["challenge"][82:]
    same("in capitals, too", 401, enter(big, sig).status)
    ch = Client().post("/account/challenge", {"name": "kim"}).json()
    same("a challenge for a name is good for its key", 200,
         enter(ch["challenge"], sign(ch["text"], secret)).status)
    ch = Client().post("/account/challenge", {"name": "olga"}).json()
    same("and for nobody else's", 401, enter(ch["challenge"], sign(ch["text"], secret)).status)
    ch = Client().post("/account/challenge", {"public_key": x}).json()
    same("another key's signature", 401, enter(ch["challenge"], sign(ch["text"], 77)).status)
    a = Client().post("/account/challenge", {"public_key": x}, headers={"Host": "evil.example"}).json()
    say(HOST in a["text"] and "evil" not in a["text"],
        "a challenge names this site, whatever the client calls it", a["text"])
    for i in (0, 5, 20, 60, len(ch["challenge"]) - 1):
        bad = list(ch["challenge"])
        bad[i] = "1" if bad[i] != "1" else "2"
        same("a changed challenge (%d)" % i, 401, enter("".join(bad), sig).status)
        forget()
    unknown = "%064x" % schnorr.times(99)[0]
    ch = Client().post("/account/challenge", {"public_key": unknown}).json()
    a = enter(ch["challenge"], sign(ch["text"], 99), public_key=unknown)
    same("a key that is nobody's is refused the same way", (401, "wrong"), (a.status, a.json()["code"]))
    # Bitcoin's signed messages
    wif, address, pub = sys.argv[4:7]
    ch = c.post("/account/challenge", {"public_key": pub}).json()

    def message(text):
        return ask("POST", "/rpc", {"method": "signmessagewithprivkey", "params": [wif, text]},
                   {"Authorization": "Basic " + base64.b64encode(sys.argv[7].encode()).decode()}).json()["result"]
    same("a key is added by a signed message", 201, c.post("/account/keys", {
        "address": address, "challenge": ch["challenge"], "signature": message(ch["text"])}).status)
    ch = Client().post("/account/challenge", {"address": address}).json()
    same("and enters", 200, enter(ch["challenge"], message(ch["text"]), address=address).status)
    ch = c.post("/account/challenge", {"public_key": pub}).json()
    same("the same by its public key", 201, c.post("/account/keys", {
        "public_key": pub, "challenge": ch["challenge"], "signature": message(ch["text"])}).status)


# --- guessing ---

def guessing():
    for n in ("exists1", "exists2", "exists3"):
        signup(n)
    texts = {Client().login(n, p).body for n, p in (
        ("exists1", "wrong wrong wrong"), ("missing1", "wrong wrong wrong"), ("a b", "wrong wrong wrong"))}
    same("all failures have one text", 1, len(texts))
    took = {"exists": [], "missing": []}
    for i in range(12):
        for kind, times in took.items():
            begin = time.monotonic()
            Client().login("%s%d" % (kind, i % 3 + 1), "wrong wrong wrong")
            times.append(time.monotonic() - begin)
        forget()
    m = {k: statistics.median(v) for k, v in took.items()}
    ratio = m["exists"] / m["missing"]
    print("# median %.0f ms for names that exist, %.0f ms for others" % (
        m["exists"] * 1000, m["missing"] * 1000))
    say(0.6 < ratio < 1.67, "no name tells by time whether it exists", m)

    def until_refused(name, most, source="127.0.0.1"):
        for n in range(1, most + 1):
            a = Client(source).login(name, "wrong wrong wrong")
            if a.status == 429:
                return n, a
        return 0, a
    forget()
    n1, a1 = until_refused("exists1", 12)
    n2, a2 = until_refused("missing1", 12)
    say(4 < n1 <= 8 and 4 < n2 <= 8, "guessing is stopped, whether the name exists or not", (n1, n2))
    same("in the same words", a1.json()["code"], a2.json()["code"])
    say(int(a1.headers.get("retry-after", 0)) >= 1, "and says when to come again", a1.headers)
    db("UPDATE attempt SET not_till = not_till + 60 WHERE kind = 2")
    same("the right password does not help then", 429, Client().login("exists1").status)
    same("it still does from elsewhere", 200, Client("127.0.0.9").login("exists1").status)
    forget()
    refused = 0
    for i in range(60):
        refused += Client("127.0.0.3").login("name%d" % i, "wrong wrong wrong").status == 429
    say(8 <= refused <= 12, "one network may fail fifty times", refused)
    same("while others enter", 200, Client("127.0.0.4").login("exists2").status)
    forget()
    for i in range(25):
        Client("127.0.1.%d" % i).login("exists3", "wrong wrong wrong")
    same("many networks guess slowly, too", 429, Client("127.0.1.99").login("exists3", "x" * 12).status)
    db("DELETE FROM attempt WHERE kind = 2")
    rows = db("SELECT count(*) FROM audit WHERE event = 'login-failed'")[0][0]
    say(0 < rows < 200, "failures are in the audit, and do not flood it", rows)
    forget()


def flood():
    signup("Flo")

    def latency(seconds):
        seen = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.monotonic()
            a = ask("GET", "/api/blocks/tip/height")
            seen.append(time.monotonic() - begin)
            if a.status != 200:
                say(False, "the API answers", a.status)
        return seen
    before = latency(2)
    stop = time.monotonic() + 8
    codes = {}

    def hammer(i):
        n = 0
        while time.monotonic() < stop:
            a = Client("127.0.%d.%d" % (2 + i, n % 250 + 1)).login("x%d-%d" % (i, n), "wrong wrong wrong")
            codes[a.status] = codes.get(a.status, 0) + 1
            n += 1
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        jobs = [pool.submit(hammer, i) for i in range(32)]
        time.sleep(1)
        during = latency(6)
        for j in jobs:
            j.result()
    print("# height: median %.1f ms, 90%% %.1f ms; in a flood of logins %.1f and %.1f ms; %s" % (
        statistics.median(before) * 1000, sorted(before)[len(before) * 9 // 10] * 1000,
        statistics.median(during) * 1000, sorted(during)[len(during) * 9 // 10] * 1000, codes))
    say(statistics.median(during) < 0.4 and len(during) > 10, "a flood of logins leaves the rest alive", during[:20])
    say(codes.get(401, 0) > 0 and codes.get(429, 0) > 0 and not set(codes) - {401, 429},
        "of which some are judged and some sent away", codes)
    forget()
    same("and afterwards one enters", 200, Client().login("flo").status)


# --- what is only for some ---

ROLES = ("read", "broadcast", "wallet", "mine", "sql", "admin")


def expected(method, path, said):
    """The role of a path; None: nobody needs any."""
    if path in ("/health", "/metrics") or path.startswith("/rpc"):
        return None
    # pages that hold nothing until their script has asked the paths below
    if method == "GET" and path in ("/qr", "/console", "/me", "/miner", "/wallets", "/admin"):
        return None
    if path.startswith("/account"):
        if path == "/account/audit":
            return "user"
        if path in ("/account", "/account/signup", "/account/login", "/account/login-key",
                    "/account/challenge"):
            return None
        return "session"
    if path.startswith("/admin"):
        return "admin"
    if path.startswith("/wallet"):
        return "wallet"
    if re.fullmatch("(/api)?/(faucet|address|lab/.*)|/mine", path):
        return "mine"
    if path == "/sql":
        return "sql"
    if path in ("/transactions/new", "/nodes/register", "/nodes/resolve", "/node/block", "/node/tx",
                "/api/tx", "/api/txs/package", "/api/broadcast") and (method == "POST" or path in (
                    "/nodes/resolve", "/api/broadcast")):
        return "broadcast"
    if method == "GET" and not re.match("/(mining|finality)", path):
        return "read"
    if path in ("/node/headers", "/api/v1/scripts", "/qr"):
        return "read"
    return None if said == "none" else said


def matrix():
    """As nobody, with a token of each role, and by a session, every operation."""
    document = ask("GET", "/api/openapi.json", None, bearer(sys.argv[4])).json()
    tokens_ = dict(zip(ROLES, sys.argv[4:10]))
    faults, made, heads = [], 0, set()
    for pattern, item in document["paths"].items():
        for method, op in item.items():
            method = method.upper()
            path = re.sub("{[^}]*}", "x", pattern)
            need = expected(method, pattern.replace("{", ":").replace("}", ""), op["x-role"])
            if need != (None if op["x-role"] == "none" else op["x-role"]):
                faults.append("%s %s says %s, is %s" % (method, pattern, op["x-role"], need))
            if pattern.startswith("/rpc"):
                continue
            for who in ("visitor", "expired") + ROLES:
                h = bearer(tokens_[who]) if who in tokens_ else {}
                if who == "expired":
                    h = {"Cookie": "%s=%s" % (COOKIE, "0" * 64)}
                body = {} if method == "POST" else None
                a = ask(method, path, body, h)
                made += 1
                for name in ("x-content-type-options", "content-security-policy"):
                    if name not in a.headers:
                        heads.add("%s %s lacks %s" % (method, pattern, name))
                if need and not a.headers.get("cache-control", "").startswith("no-store"):
                    heads.add("%s %s may be kept by caches" % (method, pattern))
                if need is None:
                    want = None
                elif who in ("visitor", "expired"):
                    want = 401
                elif need == "user":
                    want = None
                elif need == "session":
                    want = 403
                else:
                    want = None if who in (need, "admin") else 403
                # too many a second is said before the role is looked at
                for _ in range(10):
                    if not want or a.status != 429:
                        break
                    time.sleep(1)
                    a = ask(method, path, body, h)
                if want and a.status != want:
                    faults.append("%s %s as %s: %d, not %d" % (method, pattern, who, a.status, want))
                if not want and need and a.status in (401, 403):
                    faults.append("%s %s as %s: %d %s" % (method, pattern, who, a.status, a.body[:80]))
    print("# %d requests" % made)
    say(not faults, "every operation asks for its role", "\n#   ".join(faults[:30]))
    say(not heads, "every answer has the security headers and none is kept", "\n#   ".join(sorted(heads)[:20]))

    faults, made = [], 0
    roles = {"read": "read", "write": "broadcast", "admin": "admin", "lab": "mine"}
    listed = ask("POST", "/rpc", {"method": "help", "id": 1}, bearer(tokens_["admin"])).json()["result"]
    operators = re.findall(r"^(\w+)", listed.partition("== Wallet ==")[2].partition("\n==")[0], re.M)
    say(operators, "there are methods for the operator's wallets")
    for m in document["paths"]["/rpc"]["post"]["x-methods"]:
        if m["name"] in ("stop", "restart"):
            continue
        for who in ("visitor",) + ROLES:
            # too many arguments: what may be called says so, and does nothing
            a = ask("POST", "/rpc", {"method": m["name"], "params": [None] * 40, "id": 1},
                    bearer(tokens_[who]) if who in tokens_ else {})
            made += 1
            need = "admin" if m["name"] in operators else roles.get(m["role"], "admin")
            want = 401 if who == "visitor" else None if who in (need, "admin") else 403
            if (want and a.status != want) or (not want and a.status in (401, 403)):
                faults.append("%s (%s) as %s: %d" % (m["name"], m["role"], who, a.status))
    print("# %d calls" % made)
    say(not faults, "every method of JSON-RPC asks for its role", "\n#   ".join(faults[:30]))
    a = ask("POST", "/rpc", [{"method": "getblockcount", "id": 1}, {"method": "stop", "id": 2}],
            bearer(tokens_["read"]))
    same("nothing of a batch runs unless all of it may", 403, a.status)


def admin():
    root = Client()
    same("the operator's admin enters", 200, root.login("root", sys.argv[4]).status)
    same("without an invitation nobody signs up", 403, Client().post(
        "/account/signup", {"name": "eve", "password": PASSWORD}).status)
    same("nor with a wrong one", 403, Client().post(
        "/account/signup", {"name": "eve", "password": PASSWORD, "invite": "0" * 64}).status)
    code = root.post("/admin/invites", {"roles": ["read"]}).json()["invite"]
    eve = Client()
    a = eve.post("/account/signup", {"name": "eve", "password": PASSWORD, "invite": code})
    same("with one somebody does", (201, ["read"]), (a.status, a.json()["roles"]))
    same("once", 403, Client().post("/account/signup", {
        "name": "eve2", "password": PASSWORD, "invite": code}).status)
    code = root.post("/admin/invites", {}).json()["invite"]
    db("UPDATE invite SET end_at = 1")
    same("and not when it has ended", 403, Client().post("/account/signup", {
        "name": "eve2", "password": PASSWORD, "invite": code}).status)
    for path, body in (("/admin/users/eve", {"roles": ["admin"]}), ("/admin/invites", {"roles": ["admin"]}),
                       ("/admin/users/root", {"state": "locked"})):
        same("nobody makes oneself more: " + path, 403, eve.post(path, body).status)
    same("nor reads about others", 403, eve.ask("GET", "/admin/audit").status)
    t = token(eve, ["read"])
    same("roles change at once", (200, 403, 403), (
        root.post("/admin/users/eve", {"roles": []}).status,
        eve.ask("GET", "/chain").status, ask("GET", "/chain", None, bearer(t)).status))
    same("the last admin stays", 409, root.post("/admin/users/root", {"roles": ["read"]}).status)
    same("unlocked", 409, root.post("/admin/users/ROOT", {"state": "locked"}).status)
    same("roles are words", 400, root.post("/admin/users/eve", {"roles": ["king"]}).status)
    same("of a list", 400, root.post("/admin/users/eve", {"roles": "read"}).status)
    same("who is not there", 404, root.post("/admin/users/nobody", {"state": "locked"}).status)
    events = [r["event"] for r in root.ask("GET", "/admin/audit").json()]
    say({"invite", "invited", "roles", "token", "made", "login"} <= set(events), "the audit has it all", events)
    own = eve.ask("GET", "/account/audit").json()
    say(own and all(r["account"] == "eve" for r in own), "and everybody their own part", own)
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1",
                      "INSERT OR REPLACE INTO audit SELECT 1, at, account, 'x', event, detail, address FROM audit",
                      "REPLACE INTO audit (id, at, actor, event, detail, address) VALUES (1, 1, '', '', '', '')"):
        try:
            db(statement)
            say(False, "audit rows stay", statement)
        except sqlite3.IntegrityError as e:
            say("never" in str(e), "audit rows stay: " + statement[:30], e)


{"sessions": sessions, "tokens": tokens, "totp": totp, "key": key, "guessing": guessing,
 "flood": flood, "matrix": matrix, "admin": admin}[PART]()
