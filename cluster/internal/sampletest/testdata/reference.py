"""Writes reference.json: two small tables, and what scikit-learn and scikit-fuzzy
make of them. Run in this folder:

    pip install numpy scikit-learn scikit-fuzzy && python reference.py
"""
import json
import warnings

import numpy as np
import sklearn
import skfuzzy
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

warnings.simplefilter("ignore")
random = np.random.default_rng(20)


def table(d, sizes):
    """Overlapping tilted Gaussians, rounded so that JSON holds them exactly."""
    parts = []
    for size in sizes:
        mix = random.normal(size=(d, d)) * 0.6
        parts.append(random.normal(size=(size, d)) @ mix + random.normal(size=d) * 2)
    return np.round(np.vstack(parts), 4)


def ordered(a):
    return a[np.lexsort(a.T[::-1])].tolist()


def reference(x, k):
    one = KMeans(k, init=x[:k], n_init=1, tol=0, max_iter=1000).fit(x)
    best = KMeans(k, n_init=100, tol=0, random_state=0).fit(x)
    out = {
        "x": x.tolist(),
        "k": k,
        "kmeans": {
            "from_first_rows": {"inertia": one.inertia_, "centers": one.cluster_centers_.tolist(), "labels": one.labels_.tolist()},
            "best": {"inertia": best.inertia_, "centers": ordered(best.cluster_centers_)},
        },
        "gmm": {},
        "fcm": {},
    }
    for covariance in ("full", "diag", "tied", "spherical"):
        g = GaussianMixture(k, covariance_type=covariance, tol=1e-12, max_iter=20000, n_init=30, random_state=0).fit(x)
        out["gmm"][covariance] = {
            "log_likelihood": g.score(x) * len(x),
            "aic": g.aic(x),
            "bic": g.bic(x),
            "parameters": int(g._n_parameters()),
            "means": ordered(g.means_),
        }
    for m in (2.0, 1.5, 3.0):
        runs = [skfuzzy.cmeans(x.T, k, m, error=1e-11, maxiter=5000, seed=s) for s in range(20)]
        centers, _, _, _, objective, _, fpc = min(runs, key=lambda r: r[4][-1])
        out["fcm"][str(m)] = {"objective": objective[-1], "fpc": fpc, "centers": ordered(centers)}
    return out


json.dump(
    {
        "made_with": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, scikit-fuzzy {skfuzzy.__version__}",
        "tables": [reference(table(3, (70, 40, 90, 40)), 4), reference(table(2, (60, 60, 40)), 3)],
    },
    open("reference.json", "w"),
)
