"""A worker of Segue's, and the timing of two programs in turn.

Both sides of a row do the same work on the same data from the same start. They
take turns, so that a ratio holds when the machine's speed drifts, with a short
rest between them, so that one's waiting threads have left the processors. A
ratio is only printed once both are known to have come to the same result.
"""

import json
import os
import statistics
import subprocess
import time

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
REST = 0.05  # seconds


class Disagreement(Exception):
    """Two programs came to different results, or one could not do the work."""


class Worker:
    """A process of Segue's that holds tables and answers requests about them:
    see type Request in request.go."""

    def __init__(self, segue, kernels=None):
        environment = dict(os.environ)
        if kernels:
            environment["SEGUE_KERNELS"] = kernels
        self.process = subprocess.Popen([segue, "bench", "--worker"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, do, **request):
        self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Disagreement(f"Segue's worker ended at {do}")
        answer = json.loads(answer)
        if answer.get("error"):
            raise Disagreement(f"Segue: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(f):
    """Calls f; returns the seconds it took and what it returned."""
    start = time.perf_counter()
    value = f()
    return time.perf_counter() - start, value


class Table:
    """Prints one line of Markdown a row, as soon as it is measured."""

    def __init__(self, bars=True):
        """Without bars, which are for full sizes, only agreement is judged."""
        self.missed, self.bars = [], bars
        print("| Work | Segue | peer | ratio (least–most) | bar | met | agreement |\n|---|---|---|---|---|---|---|", flush=True)

    def row(self, name, peer, bar, rounds, ours, theirs, check, warm=None):
        """Measures one row.

        ours and theirs do the work and return (seconds, result). check(result of
        ours, of theirs) raises Disagreement or says how near they are. The first
        turn of both is checked and not counted, unless warm, which is then called
        instead, has made them ready: then every turn counts. A bar of 0 is none.
        """
        a, b = [], []
        bar = bar if self.bars else 0
        wanted = f"{bar}×" if bar else "–"
        try:
            if warm:
                warm()
            else:
                agreement = check(ours()[1], theirs()[1])
            while len(a) < rounds:
                time.sleep(REST)
                ta, va = ours()
                time.sleep(REST)
                tb, vb = theirs()
                if warm and not a:
                    agreement = check(va, vb)
                a.append(ta)
                b.append(tb)
        except Disagreement as why:
            self.missed.append(name)
            print(f"| {name} | – | {peer} | – | {wanted} | no | {why} |", flush=True)
            return
        ratios = [q / p for p, q in zip(a, b)]
        ratio = statistics.median(ratios)
        met = "–" if not bar else "yes" if ratio >= bar else "no"
        if ratio < bar:
            self.missed.append(name)
        print(f"| {name} | {duration(statistics.median(a))} | {peer}, {duration(statistics.median(b))} | "
              f"{number(ratio)}× ({number(min(ratios))}–{number(max(ratios))}) | {wanted} | {met} | {agreement} |", flush=True)


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def number(ratio):
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}"


def near(what, ours, theirs, tolerance):
    """How far two numbers, or arrays of numbers, are apart, relative to the
    largest of theirs; raises Disagreement beyond tolerance."""
    import numpy as np

    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        raise Disagreement(f"{what}: {ours.shape} and {theirs.shape} numbers")
    if not np.all(np.isfinite(ours)):
        raise Disagreement(f"{what}: not all of Segue's are numbers")
    apart = float(np.max(np.abs(ours - theirs)) / max(np.max(np.abs(theirs)), 1e-300))
    if not apart <= tolerance:
        raise Disagreement(f"{what} are {apart:.2g} apart, more than {tolerance:g}")
    return f"{what} equal" if apart == 0 else f"{what} to {apart:.0e}"
