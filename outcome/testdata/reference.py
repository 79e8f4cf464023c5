"""Reference values for package outcome.

Made with Python 3.11, scipy 1.17.1, statsmodels 0.15.0:

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python reference.py > reference.json
"""
import json

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20261128)
means = []
for n in (2, 3, 5, 9, 10, 24, 100, 1000):
    x = rng.normal(0.1, 0.3, n).clip(-1.4, 1.4)
    lo, hi = stats.t.interval(0.95, n - 1, loc=x.mean(), scale=stats.sem(x))
    means.append(dict(values=[float(v) for v in x], mean=float(x.mean()), sd=float(x.std(ddof=1)), lo=float(lo), hi=float(hi)))

shares = []
for n in (1, 2, 3, 9, 10, 37, 500):
    for k in sorted({0, 1, n // 3, n // 2, n - 1, n}):
        lo, hi = proportion_confint(k, n, alpha=0.05, method="wilson")
        shares.append(dict(k=int(k), n=n, lo=float(lo), hi=float(hi)))

print(json.dumps(dict(means=means, shares=shares)))
