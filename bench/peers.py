"""Times Segue's commands beside independent implementations of the same work,
in turn, so that a ratio holds when the machine's speed drifts.

    python bench/peers.py SEGUE DIR [RUNS]

SEGUE is the built binary, DIR holds catalog.csv and StreamingHistory0.json as
bench/resample makes them. bench/run.sh does all of it. Peers are pandas,
Python's json, scikit-learn and scikit-fuzzy; results are checked to agree
before a ratio is printed.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import davies_bouldin_score, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
segue, folder = sys.argv[1], sys.argv[2]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
catalog = os.path.join(folder, "catalog.csv")
history = os.path.join(folder, "StreamingHistory0.json")
columns = ["energy", "acousticness", "valence"]


def run(*args):
    out = subprocess.run([segue, *args, "--json", "--quiet"], check=True, capture_output=True)
    return json.loads(out.stdout)


def timed(f):
    start = time.perf_counter()
    value = f()
    return time.perf_counter() - start, value


def table():
    frame = pd.read_csv(catalog)
    frame = frame.dropna(subset=["track_name"]).drop_duplicates("track_id")
    frame.loc[frame.valence == 0, "valence"] = np.nan
    return frame


def describe():
    frame = table()
    numbers = frame.select_dtypes("number")
    return len(frame), numbers.describe(), numbers.corr()


def plays():
    rows = json.load(open(history, encoding="utf-8"))
    frame = pd.DataFrame(rows)
    frame["endTime"] = pd.to_datetime(frame.endTime, utc=True)
    return len(frame.sort_values("endTime", kind="stable"))


x = StandardScaler().fit_transform(table()[columns].dropna())
rng = np.random.default_rng(1)
sample = x[rng.choice(len(x), min(20000, len(x)), replace=False)]


def segue_fit(algorithm):
    m = run("train", "--catalog", catalog, "--algorithm", algorithm, "--no-null", "--stability", "0")["models"][0]
    return m["seconds"]["fit"], m


def fuzzy(data, k, m=2.0, tol=1e-5, maxiter=500):
    import skfuzzy

    return skfuzzy.cluster.cmeans(data.T, k, m, error=tol, maxiter=maxiter, seed=1)


def pair(name, ours, theirs, check):
    a, b = [], []
    for i in range(runs + 1):
        ta, va = ours()
        tb, vb = theirs()
        if i == 0:  # a warm-up, and the check that both did the same work
            note = check(va, vb)
            continue
        a.append(ta)
        b.append(tb)
    ratios = [q / p for p, q in zip(a, b)]
    print(f"| {name} | {statistics.median(a):.3f} | {statistics.median(b):.3f} | "
          f"{statistics.median(ratios):.1f}× ({min(ratios):.1f}–{max(ratios):.1f}) | {note} |", flush=True)


def close(what, p, q, tolerance):
    if abs(p - q) > tolerance * abs(q):
        raise SystemExit(f"{what}: Segue has {p}, the peer {q}")
    return f"{what} {p:.6g} and {q:.6g}"


print(f"{len(x)} tracks × {len(columns)}, {runs} runs in turn, {os.cpu_count()} cores\n")
print("| Work | Segue, s | peer, s | ratio (least–most) | agreement |\n|---|---|---|---|---|")
pair("read, check and describe the catalogue, whole process against pandas in memory",
     lambda: timed(lambda: run("catalog", "show", catalog)["tracks"]), lambda: timed(lambda: describe()[0]),
     lambda p, q: close("tracks", p, q, 0))
pair("read the history, whole process against json and pandas in memory",
     lambda: timed(lambda: run("history", history)["rows"]), lambda: timed(plays),
     lambda p, q: close("rows", p, q, 0))
pair("k-means, k = 4, 10 starts, against scikit-learn",
     lambda: segue_fit("kmeans"), lambda: timed(lambda: KMeans(4, n_init=10, random_state=1).fit(x)),
     lambda p, q: close("inertia", p["inertia"], q.inertia_, .001))
pair("Gaussian mixture, full, k = 4, 10 starts, against scikit-learn",
     lambda: segue_fit("gmm"), lambda: timed(lambda: GaussianMixture(4, n_init=10, random_state=1).fit(x)),
     lambda p, q: close("log-likelihood", p["log_likelihood"], q.score(x) * len(x), .002))
pair("fuzzy c-means, k = 4, 3 starts, against 3 of scikit-fuzzy",
     lambda: segue_fit("fcm"), lambda: timed(lambda: [fuzzy(x, 4) for _ in range(3)][0]),
     lambda p, q: close("partition coefficient", p["fpc"], q[6], .002))


def null_free_silhouette():
    m = run("train", "--catalog", catalog, "--algorithm", "kmeans", "--no-null", "--stability", "0")["models"][0]
    return m["seconds"]["silhouette"], m


labels = KMeans(4, n_init=10, random_state=1).fit(x).labels_
picked = rng.choice(len(x), min(20000, len(x)), replace=False)
pair("silhouette (Segue: 5,000 tracks against all, above 20,000) and the other indices, against scikit-learn on 20,000",
     null_free_silhouette, lambda: timed(lambda: (silhouette_score(x[picked], labels[picked]), davies_bouldin_score(x, labels))),
     lambda p, q: close("silhouette", p["silhouette"], q[0], .03))
