"""Writes gap.json: the gap statistic of reference.csv by NumPy and scikit-learn's
KMeans, with 400 reference tables of NumPy's own. Run: python gap.py, in this
directory, after reference.py."""
import json
import platform

import numpy as np
import sklearn
from sklearn.cluster import KMeans

x = np.loadtxt("reference.csv", delimiter=",", skiprows=1, usecols=(0, 1, 2))
rng = np.random.default_rng(21)
kmax, b = 6, 400


def logs(table):
    return [float(np.log(KMeans(k, n_init=10, random_state=0).fit(table).inertia_)) for k in range(1, kmax + 1)]


def statistic(table, references):
    table, references = np.array(table), np.array(references)
    gap = references.mean(0) - table
    s = references.std(0) * np.sqrt(1 + 1 / len(references))
    rule = [k for k in range(1, len(gap)) if gap[k - 1] >= gap[k] - s[k]]
    return {"gap": gap.tolist(), "s": s.tolist(), "k": rule[0] if rule else 0, "best": int(gap.argmax()) + 1}


centered = x - x.mean(0)
_, _, vt = np.linalg.svd(centered, full_matrices=False)
scores = centered @ vt.T
lo, hi = scores.min(0), scores.max(0)
table = logs(x)
references = [logs(rng.uniform(lo, hi, size=x.shape) @ vt) for _ in range(b)]
given = {"table": table, "references": references[:5]}

with open("gap.json", "w") as f:
    json.dump({
        "made_with": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}, Python {platform.python_version()}",
        "sides": (hi - lo).tolist(),
        "given": {**given, **statistic(table, references[:5])},
        "drawn": {"table": table, **statistic(table, references)},
    }, f, indent=1)
    f.write("\n")
