"""Writes a trace of your Raft for `raftarium-lab check` (docs/trace.md).

Call `step` at the end of each handler, while you still hold the server's lock.
"""
import json
import sys
import threading
from types import SimpleNamespace


class Trace:
    def __init__(self, out, servers):
        self.out, self.lock = out, threading.Lock()
        self.write({"e": "init", "servers": servers})

    def write(self, line):
        with self.lock:  # Servers may share a trace.
            self.out.write(json.dumps(line) + "\n")
            self.out.flush()  # What was written before a crash is judged.

    def step(self, kind, server, received=None, sent=()):
        line = {"e": kind, "n": server.name, "s": {
            "term": server.current_term, "vote": server.voted_for, "role": server.role,
            "log": [[entry.term, entry.value] for entry in server.log],
            "commit": server.commit_index}, "out": list(sent)}
        if received is not None:
            line["m"] = received
        self.write(line)


def demo():
    """Three servers elect n1, which commits one entry."""
    n1, n2 = (SimpleNamespace(name=name, current_term=0, voted_for=None, role="F", log=[],
                              commit_index=0) for name in ("n1", "n2"))
    entry = SimpleNamespace(term=1, value={"x": 1})
    trace = Trace(sys.stdout, ["n1", "n2", "n3"])
    ask = {"t": "RV", "f": "n1", "to": "n2", "term": 1, "li": 0, "lt": 0}
    n1.current_term, n1.voted_for, n1.role = 1, "n1", "C"
    trace.step("timeout", n1, sent=[ask])
    yes = {"t": "RVR", "f": "n2", "to": "n1", "term": 1, "g": True}
    n2.current_term, n2.voted_for = 1, "n1"
    trace.step("recv", n2, ask, [yes])
    n1.role = "L"
    trace.step("recv", n1, yes)
    append = {"t": "AE", "f": "n1", "to": "n2", "term": 1, "pi": 0, "pt": 0,
              "es": [[1, {"x": 1}]], "c": 0}
    n1.log.append(entry)
    trace.step("propose", n1, sent=[append])
    ack = {"t": "AER", "f": "n2", "to": "n1", "term": 1, "ok": True, "mi": 1}
    n2.log.append(entry)
    trace.step("recv", n2, append, [ack])
    n1.commit_index = 1
    trace.step("recv", n1, ack)


if __name__ == "__main__":
    demo()
