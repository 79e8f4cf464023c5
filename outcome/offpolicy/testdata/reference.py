"""Off-policy estimates of invented rows, by matrices in numpy and scipy.

Writes reference.json: the rows, the target, and IPS, SNIPS and DR with 95 % jackknife
intervals by listener, each beside the difference from an even draw.

    python3 reference.py > reference.json

The estimators are written anew from their formulas (docs/science.md §7), with the whole
sample refitted for every listener left out, but for q, which is fitted once.
"""
import json
import sys

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20261129)
G, C, A, FOLDS, SHRINK = 30, 3, 4, 5, 4.0
n_of = rng.integers(5, 30, G)
cluster = np.repeat(np.arange(G), n_of)
n = len(cluster)
context = rng.integers(0, C, n)
raw = rng.dirichlet(np.full(A, 3.0), n)
logged = np.round(0.2 / A + 0.8 * raw, 6)
action = np.array([rng.choice(A, p=p / p.sum()) for p in logged])
propensity = logged[np.arange(n), action]
means = rng.uniform(0.2, 0.8, (C, A))
effect = rng.normal(0, 0.1, G)
reward = (rng.random(n) < np.clip(means[context, action] + effect[cluster], 0, 1)).astype(float)
target = np.round(rng.dirichlet(np.full(A, 1.0), C), 6)
target[:, -1] = 1 - target[:, :-1].sum(1)

# q by folds of listeners: means shrunk to the context's, that to the mean of all.
q = np.zeros((n, A))
for f in range(FOLDS):
    train = cluster % FOLDS != f
    overall = reward[train].mean()
    for c in range(C):
        here = train & (context == c)
        middle = (reward[here].sum() + SHRINK * overall) / (here.sum() + SHRINK)
        for a in range(A):
            cell = here & (action == a)
            q[(cluster % FOLDS == f) & (context == c), a] = (reward[cell].sum() + SHRINK * middle) / (cell.sum() + SHRINK)


def estimates(pi, keep):
    w = pi[keep, action[keep]] / propensity[keep]
    r, qa = reward[keep], q[keep, action[keep]]
    return np.array([np.mean(w * r), np.sum(w * r) / np.sum(w), np.mean((pi[keep] * q[keep]).sum(1) + w * (r - qa))])


def read(f):
    value = f(np.arange(n))
    out = np.array([f(np.flatnonzero(cluster != g)) for g in range(G)])
    se = np.sqrt((G - 1) / G * ((out - value) ** 2).sum(0))
    half = stats.t.ppf(0.975, G - 1) * se
    return [{"value": v, "lo": v - h, "hi": v + h} for v, h in zip(value, half)]


pi, even = target[context], np.full((n, A), 1 / A)
w = pi[np.arange(n), action] / propensity
json.dump({
    "tool": f"Python {sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}",
    "script": "reference.py",
    "cluster": cluster.tolist(), "context": context.tolist(), "action": action.tolist(),
    "propensity": propensity.tolist(), "reward": reward.tolist(), "target": target.tolist(),
    "value": read(lambda keep: estimates(pi, keep)),
    "difference": read(lambda keep: estimates(pi, keep) - estimates(even, keep)),
    "effective": float(w.sum() ** 2 / (w ** 2).sum()), "largest": float(w.max() / w.sum()), "mean": float(w.mean()),
}, sys.stdout)
print()
