"""Writes reference.csv and reference.json: what scikit-learn, SciPy and NumPy
say of a small synthetic table. Run: python reference.py, in this directory."""
import csv
import json
import math
import platform

import numpy as np
import scipy
import sklearn
from scipy.stats import f_oneway, pearsonr
from sklearn import metrics
from sklearn.decomposition import PCA

rng = np.random.default_rng(20)
centers = np.array([[0, 0, 0], [3, 1, 0], [0, 4, 2], [1, 1, 5]])
truth = np.repeat(np.arange(4), [40, 30, 20, 30])
x = np.round(centers[truth] + rng.normal(size=(120, 3)) * [1, 0.8, 1.2], 4)
labelings = {
    "truth": truth,
    "nearest": ((x[:, None] - centers[None]) ** 2).sum(2).argmin(1),
    "random": rng.integers(0, 5, size=120),
    "lone": np.where(np.arange(120) == 17, 9, (x[:, 0] > 1) * 4),  # one row alone; names with holes
}

with open("reference.csv", "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["x", "y", "z", *labelings])
    for i in range(120):
        w.writerow([*x[i], *(l[i] for l in labelings.values())])


def rank_bins(v):
    """Bins of equal frequency by middle rank, ceil(cbrt(2n)) of them."""
    n, want = len(v), math.ceil((2 * len(v)) ** (1 / 3))
    below = np.array([(v < a).sum() for a in v])
    upto = np.array([(v <= a).sum() for a in v])
    return (below + upto) * want // (2 * n)


def miller_madow(*columns):
    """Entropy in bits: SciPy's of the counts, plus (cells - 1)/2n nats."""
    _, counts = np.unique(np.stack(columns), axis=1, return_counts=True)
    return scipy.stats.entropy(counts, base=2) + (len(counts) - 1) / (2 * counts.sum()) / math.log(2)


out = {
    "made_with": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, "
                 f"NumPy {np.__version__}, Python {platform.python_version()}",
    "indices": {}, "adjusted_rand": {}, "information": {}, "pearson": {},
    "pca": (lambda p, s: (s * np.sign(p.components_[np.arange(2), np.abs(p.components_).argmax(1)])).tolist())(
        *(lambda p: (p, p.fit_transform(x)))(PCA(2, svd_solver="full"))),
}
for name, l in labelings.items():
    out["indices"][name] = {
        "silhouette": metrics.silhouette_score(x, l),
        "samples": metrics.silhouette_samples(x, l).tolist(),
        "davies_bouldin": metrics.davies_bouldin_score(x, l),
        "calinski_harabasz": metrics.calinski_harabasz_score(x, l),
    }
    for other, m in labelings.items():
        out["adjusted_rand"][f"{name} {other}"] = metrics.adjusted_rand_score(l, m)
    for j, column in enumerate("xyz"):
        b = rank_bins(x[:, j])
        k = len(set(l))
        f = f_oneway(*(x[l == c, j] for c in set(l) if (l == c).sum() > 0)).statistic
        h = miller_madow(l)
        bits = min(max(miller_madow(b) + h - miller_madow(b, l), 0), h)
        out["information"][f"{name} {column}"] = {
            "bits": bits,
            "share": bits / h,
            # F = (eta2/(k-1)) / ((1-eta2)/(n-k))
            "eta_squared": f * (k - 1) / (f * (k - 1) + 120 - k),
        }
for a in range(3):
    for b in range(a):
        out["pearson"]["xyz"[a] + "xyz"[b]] = pearsonr(x[:, a], x[:, b]).statistic

with open("reference.json", "w") as f:
    json.dump(out, f, indent=1)
    f.write("\n")
