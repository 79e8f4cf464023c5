"""Reference values for package session.

Made with Python 3.11, numpy 2.4.6, scipy 1.17.1, pymannkendall 1.4.3:

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 pymannkendall==1.4.3
    venv/bin/python reference.py > reference.json
"""
import json

import numpy as np
import pymannkendall as mk
from scipy import stats

rng = np.random.default_rng(20240229)


def series(values, days=None):
    values = [float(v) for v in values]
    days = list(range(len(values))) if days is None else [int(d) for d in days]
    t = mk.original_test(values)
    v = np.array(values)
    out = dict(values=values, days=days, z=float(t.z), p=float(t.p),
               slope=float(stats.theilslopes(v, days)[0]),
               midrank=float(stats.percentileofscore(v, v[-1], kind="mean")) / 100,
               quantile=float(np.quantile(v, 0.025)))
    mad = float(stats.median_abs_deviation(v, scale=1 / 1.4826))
    out["robust_z"] = float((v[-1] - np.median(v)) / mad) if mad > 0 else None
    return out


def icc(groups):
    """ICC(1,1) for unequal groups, from scipy's one-way analysis of variance."""
    n = np.array([len(g) for g in groups], float)
    k, total = len(n), n.sum()
    f = stats.f_oneway(*groups).statistic  # MSB/MSW
    n0 = (total - (n ** 2).sum() / total) / (k - 1)
    return float((f - 1) / (f + n0 - 1))


trends = [
    series(rng.normal(size=30)),
    series(np.linspace(0, .3, 25) + rng.normal(0, .05, 25)),
    series(np.round(rng.random(40), 1)),  # many ties
    series([1, 1, 1, 2, 2, 3, 3, 3, 3, 0]),
    series(-np.sort(rng.random(22)), np.cumsum(rng.integers(1, 5, 22))),
    series([.5] * 5 + [.6] * 5),
]
groups = [list(map(float, rng.normal(rng.normal(0, .7), 1, rng.integers(2, 9)))) for _ in range(12)]
print(json.dumps(dict(trends=trends, groups=groups, icc=icc(groups)), indent=1))
