# SPDX-License-Identifier: MIT
"""Relays on databases of their own, and a test's results as TAP."""
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.environ.get("QUARRY_BUILD", ".")
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


def program(name, *args):
    p = subprocess.run([os.path.join(BUILD, name), *args], capture_output=True,
                       text=True, timeout=100)
    assert p.returncode == 0, p.stderr
    return p.stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(test, seconds=20):
    """Seconds until test() is true; None when it does not come true."""
    begin = time.time()
    while time.time() < begin + seconds:
        if test():
            return time.time() - begin
        time.sleep(0.01)
    return None


class Relay:
    """A database and its quarry-relay; args: further options; before: what runs
    it, such as `ip netns exec`; port: 0 takes a free one of this machine."""

    def __init__(self, folder, name, connect=(), args=(), before=(),
                 listen="127.0.0.1", port=0):
        self.db = os.path.join(folder, name + ".db")
        if not os.path.exists(self.db):
            program("quarry", "init", "--db", self.db, "--network", "regtest")
        self.port = port or free_port()
        self.host = "::1" if listen == "[::1]" else "127.0.0.1"
        options = ["--listen", "%s:%d" % (listen, self.port), *args]
        for port in connect:
            options += ["--connect", "127.0.0.1:%d" % port]
        self.log = open(os.path.join(folder, name + ".log"), "w+")
        self.process = subprocess.Popen(
            [*before, os.path.join(BUILD, "quarry-relay"), "--db", self.db, *options],
            stdout=subprocess.DEVNULL, stderr=self.log,
            env=dict(os.environ, QUARRY_LOG="debug"))
        wait_for(self.answers, 10)

    def answers(self):
        try:
            socket.create_connection((self.host, self.port), 1).close()
            return True
        except OSError:
            return False

    def rows(self, sql, *args):
        db = sqlite3.connect("file:%s?mode=ro" % self.db, uri=True)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def tip(self):
        return self.rows("SELECT height, hash FROM block WHERE status = 2 "
                         "ORDER BY height DESC LIMIT 1")[0]

    def pool(self):
        return {txid[::-1] for txid, in self.rows("SELECT txid FROM v1_mempool")}

    def mine(self, n):
        program("quarry-miner", "--db", self.db, "--once", str(n), "--address",
                ADDRESS)

    def said(self):
        self.log.flush()
        with open(self.log.name) as f:
            return f.read()

    def memory_mib(self, what="VmRSS"):
        """VmHWM: the most that it ever was."""
        with open("/proc/%d/status" % self.process.pid) as f:
            for line in f:
                if line.startswith(what + ":"):
                    return int(line.split()[1]) // 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = -9
        self.log.close()
        return code


class Lab:
    def __init__(self, what):
        self.count = self.failed = 0
        self.relays = []
        try:
            import p2pclient  # noqa: F401
        except ImportError as e:
            print("ok 1 - %s # SKIP python3-bitcoinlib is missing: %s\n1..1" %
                  (what, e))
            sys.exit(0)

    def relay(self, *args, **kw):
        self.relays.append(Relay(*args, **kw))
        return self.relays[-1]

    def result(self, good, name, detail=""):
        self.count += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name),
              flush=True)
        if not good:
            for line in str(detail).splitlines():
                print("# " + line)

    def run(self, test):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
            except Exception:
                self.result(False, "the test itself", traceback.format_exc() +
                            "".join(r.said()[-3000:] for r in self.relays
                                    if not r.log.closed))
            finally:
                for r in self.relays:
                    if r.process.poll() is None:
                        r.stop()
        print("1..%d" % self.count)
        sys.exit(self.failed > 0)
