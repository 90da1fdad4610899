# SPDX-License-Identifier: MIT
# A receiver of webhooks for t_webhooks: webhook_server.py SECRET-FILE OUT. Prints
# its port; appends to OUT, for each delivery, "PATH good|bad" and the events, one
# a line; answers by the path: /ok, /fail (503 four times, then 200), /gone (410),
# /slow (never).
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time

secret_file, out = sys.argv[1:3]
fails = {}
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sign = dict(p.split("=", 1) for p in self.headers["Quarry-Signature"].split(","))
        secret = bytes.fromhex(open(secret_file).read().strip())
        want = hmac.new(secret, sign["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        good = (hmac.compare_digest(want, sign["v1"]) and abs(time.time() - int(sign["t"])) < 60 and
                self.headers["Content-Type"] == "application/json")
        code = 200
        with lock:
            fails[self.path] = fails.get(self.path, 0) + 1
            if self.path == "/fail" and fails[self.path] <= 2:
                code = 503
            if self.path == "/gone":
                code = 410
            with open(out, "a") as f:
                f.write("%s %s %d\n" % (self.path, "good" if good else "bad", code))
                if code == 200:
                    for e in json.loads(body)["events"]:
                        f.write("%s %s %s %s\n" % (self.path, e["event"], e["id"],
                                                   json.dumps(e["data"], separators=(",", ":"))))
        if self.path == "/slow":
            time.sleep(60)
        self.send_response(code)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
