"""Times `segue train --labels` beside scikit-learn doing the same work, in turn, on
the same invented tracks: penalties chosen on three parts inside each of ten, the same
penalties tried, and a fit to all.

    python bench/labels.py SEGUE FOLDER [--tracks 20000] [--rounds 3]

It prints a Markdown table, and ends with 1 if the bar of 10 seconds was missed or the
two disagree on how many moods are named rightly.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time

from turns import CORES

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # parts run side by side

import numpy as np  # noqa: E402
from joblib import Parallel, delayed  # noqa: E402
from sklearn.linear_model import LogisticRegression, Ridge  # noqa: E402
from sklearn.model_selection import StratifiedGroupKFold  # noqa: E402

FEATURES = ["energy", "acousticness", "valence", "instrumentalness", "speechiness", "danceability", "liveness", "mode", "loudness", "time_signature", "tempo"]
PENALTIES = [1e-1, 3e-2, 1e-2, 3e-3, 1e-3]
RIDGE = [1, 3e-1, 1e-1, 3e-2, 1e-2, 3e-3, 1e-3]


def invent(tracks, folder):
    rng = np.random.default_rng(8)
    n = 2 * tracks  # half of the catalogue is labelled
    x = {f: rng.uniform(0.01, 1, n) for f in FEATURES}
    x["mode"], x["time_signature"] = rng.integers(0, 2, n).astype(float), rng.integers(3, 5, n).astype(float)
    x["loudness"], x["tempo"] = -30 + 30 * x["loudness"], 60 + 140 * x["tempo"]
    x = {f: np.round(v, 4) for f, v in x.items()}
    artist = rng.integers(0, n // 4, n)
    valence = 2 * (x["danceability"] + x["valence"] - 1) + rng.normal(0, 1, n)
    arousal = (x["loudness"] + 15) / 8 + 0.6 + rng.normal(0, 1, n)
    with open(os.path.join(folder, "catalog.csv"), "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(["track_id", "track_name", "artists", *FEATURES])
        for i in range(n):
            w.writerow([f"t{i}", f"Song {i}", f"Artist {artist[i]}", *(x[name][i] for name in FEATURES)])
    with open(os.path.join(folder, "labels.csv"), "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(["track_id", "valence", "arousal"])
        for i in range(0, n, 2):
            w.writerow([f"t{i}", round(valence[i], 4), round(arousal[i], 4)])
    table = np.column_stack([x[name] for name in FEATURES])
    table = (table - table.mean(0)) / table.std(0)
    keep = slice(0, n, 2)
    mood = np.where(valence >= 0, np.where(arousal >= 0, 3, 2), np.where(arousal >= 0, 0, 1))
    return table[keep], mood[keep], np.column_stack([valence, arousal])[keep], artist[keep]


def learn(x, y, at, artist):
    """Chooses penalties on three parts, and returns the fits to all."""
    parts = list(StratifiedGroupKFold(3, shuffle=True, random_state=1).split(x, y, artist))

    def logistic(lam, rows):
        return LogisticRegression(C=1 / (lam * len(rows)), class_weight="balanced", tol=1e-4, max_iter=200).fit(x[rows], y[rows])

    losses = []
    weight = 1 / np.bincount(y)[y]
    for lam in PENALTIES:
        loss = 0.0
        for train, held in parts:
            p = logistic(lam, train).predict_proba(x[held])
            loss -= (weight[held] * np.log(p[np.arange(len(held)), y[held]])).sum()
        losses.append(loss)
    squares = np.array([sum(((Ridge(alpha=lam * len(train)).fit(x[train], at[train]).predict(x[held]) - at[held]) ** 2).sum(0) for train, held in parts) for lam in RIDGE])
    rows = np.arange(len(x))
    for axis in range(2):
        Ridge(alpha=RIDGE[squares[:, axis].argmin()] * len(x)).fit(x, at[:, axis])
    return logistic(PENALTIES[int(np.argmin(losses))], rows)


def theirs(x, y, at, artist):
    began = time.perf_counter()
    outer = list(StratifiedGroupKFold(10, shuffle=True, random_state=1).split(x, y, artist))
    share = np.bincount(y) / len(y)

    def one(train, held):
        p = learn(x[train], y[train], at[train], artist[train]).predict_proba(x[held])
        return ((p * share**0.25).argmax(1) == y[held]).sum()

    right = sum(Parallel(n_jobs=CORES)(delayed(one)(a, b) for a, b in outer))
    learn(x, y, at, artist)
    return time.perf_counter() - began, right / len(y)


def ours(segue, folder):
    out = subprocess.run([segue, "train", "-q", "--json", "--catalog", os.path.join(folder, "catalog.csv"), "--labels", os.path.join(folder, "labels.csv")],
                         check=True, capture_output=True, text=True).stdout
    model = json.loads(out)["model"]
    return model["seconds"]["fit"], model["learned"]["validation"]["accuracy"]["value"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("segue")
    parser.add_argument("folder")
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    o = parser.parse_args()
    os.makedirs(o.folder, exist_ok=True)
    data = invent(o.tracks, o.folder)
    mine, other = [], []
    for _ in range(o.rounds):
        mine.append(ours(o.segue, o.folder))
        other.append(theirs(*data))
    a, b = np.median([m[0] for m in mine]), np.median([t[0] for t in other])
    print("| work | Segue, s | scikit-learn, s | ratio | accuracy |\n|---|---|---|---|---|")
    print(f"| {o.tracks:,} labelled tracks, 10 parts | {a:.2f} ({min(m[0] for m in mine):.2f}–{max(m[0] for m in mine):.2f}) | {b:.2f} ({min(t[0] for t in other):.2f}–{max(t[0] for t in other):.2f}) | {b / a:.1f} | {mine[0][1]:.3f} and {other[0][1]:.3f} |")
    return 1 if a > 10 or abs(mine[0][1] - other[0][1]) > 0.01 else 0


if __name__ == "__main__":
    sys.exit(main())
