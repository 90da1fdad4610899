# SPDX-License-Identifier: MIT
"""Network namespaces and a wire between them that delays all packets and can be
cut in two. The wire is a process that holds the other end of a tun device of each
namespace: not every kernel has netem, which would delay as well.
"""
import collections
import contextlib
import ctypes
import fcntl
import multiprocessing
import os
import select
import signal
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454ca
TUN_WITHOUT_HEADER = 0x1001
CLONE_NEWNET = 0x40000000
NET = "10.83.0.%d"
libc = ctypes.CDLL(None, use_errno=True)


def ip(*args):
    p = subprocess.run(["ip", *args], capture_output=True, text=True, timeout=20)
    if p.returncode:
        raise OSError("ip %s: %s" % (" ".join(args), p.stderr.strip()))
    return p.stdout


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def inside(name):
    """What is opened in here belongs to that namespace."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open("/run/netns/" + name, os.O_RDONLY)
    try:
        enter(there)
        yield
    finally:
        enter(home)
        os.close(home)
        os.close(there)


def carry(tuns, delay_s, orders):
    """The wire's process. An order is the set of those on the one side of a cut
    (none: whole) or "end", which is answered with what it saw."""
    poll = select.poll()
    index = {fd: i for i, fd in enumerate(tuns)}
    for fd in [*tuns, orders.fileno()]:
        poll.register(fd, select.POLLIN)
    under_way = collections.deque()     # all take as long: in order of time
    side, carried, lost, late = set(), 0, 0, 0.0
    while True:
        wait = (under_way[0][0] - time.monotonic()) * 1000 if under_way else 1000
        for fd, _ in poll.poll(max(0, wait)):
            if fd not in index:
                order = orders.recv()
                if order == "end":
                    orders.send((carried, lost, late))
                    return
                side = order
                continue
            for _ in range(64):
                try:
                    packet = os.read(fd, 65536)
                except BlockingIOError:
                    break
                to = packet[19] - 1 if packet[0] >> 4 == 4 else -1
                if 0 <= to < len(tuns):
                    under_way.append((time.monotonic() + delay_s, index[fd], to,
                                      packet))
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            due, source, to, packet = under_way.popleft()
            if (source in side) != (to in side):
                lost += 1
                continue
            late = max(late, now - due)
            try:
                os.write(tuns[to], packet)
                carried += 1
            except OSError:
                lost += 1


class Wire:
    """n namespaces, names[i] with the address NET % (i + 1)."""

    def __init__(self, n, delay_s):
        self.names, self.tuns, self.process = [], [], None
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # through all finally
        try:
            for i in range(n):
                self.add(i)
            self.orders, theirs = multiprocessing.Pipe()
            self.process = multiprocessing.Process(
                target=self.run, args=(delay_s, theirs), daemon=True)
            self.process.start()
            theirs.close()
        except BaseException:
            self.end()
            raise

    def run(self, delay_s, orders):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.orders.close()
        try:
            carry(self.tuns, delay_s, orders)
        except EOFError:
            pass

    def add(self, i):
        name = "quarry-%d-%d" % (os.getpid(), i)
        ip("netns", "add", name)
        self.names.append(name)
        with inside(name):
            tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            self.tuns.append(tun)
            fcntl.ioctl(tun, TUNSETIFF,
                        struct.pack("16sH22x", b"wire", TUN_WITHOUT_HEADER))
        ip("-n", name, "addr", "add", NET % (i + 1) + "/24", "dev", "wire")
        ip("-n", name, "link", "set", "lo", "up")
        ip("-n", name, "link", "set", "wire", "up")

    def cut(self, side):
        self.orders.send(set(side))

    def end(self):
        """(packets carried, lost, seconds the latest was late), or None."""
        seen = None
        if self.process and self.process.is_alive():
            self.orders.send("end")
            if self.orders.poll(10):
                seen = self.orders.recv()
            self.process.join(5)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()
        for tun in self.tuns:
            os.close(tun)
        for name in self.names:
            ip("netns", "del", name)
        self.names, self.tuns, self.process = [], [], None
        return seen


def why_not():
    """Why there can be no namespaces here; empty when there can."""
    if os.geteuid():
        return "network namespaces need root"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "there is no /dev/net/tun"
    try:
        Wire(1, 0).end()
    except OSError as e:
        return "no network namespaces: %s" % e
    return ""
