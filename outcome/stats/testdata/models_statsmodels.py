"""Reference values of models for package stats, of the data in models.json.

Made with Python 3.11, numpy, scipy 1.17.1, statsmodels 0.15.0:

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python models_statsmodels.py > models_statsmodels.json
"""
import json
import warnings

import numpy as np
import statsmodels.api as sm
from scipy import stats

warnings.simplefilter("ignore")
sets = json.load(open("models.json"))["sets"]
out = {}
for name, s in sets.items():
    y = np.array(s["post"])
    x = np.column_stack([np.ones(len(y)), s["arm"], s["pre"], s["age"]])
    ids = np.array(s["id"], dtype=int)
    ols = sm.OLS(y, x).fit()
    cluster = ols.get_robustcov_results("cluster", groups=ids, use_t=True)
    r = dict(value=list(ols.params), classical=list(ols.bse), hc2=list(ols.HC2_se), hc3=list(ols.HC3_se), cr1=list(cluster.bse), cr1p=list(cluster.pvalues))
    if name != "boundary":
        mixed = sm.MixedLM(y, x, groups=ids).fit(reml=True, method="bfgs", gtol=1e-10)
        r["mixed"] = dict(value=list(mixed.fe_params), between=float(mixed.cov_re[0, 0]) ** 0.5, within=mixed.scale ** 0.5)

    # CUPED: pooled within arms, then Fisher's z of the partial correlation.
    arm, pre = x[:, 1], x[:, 2]
    inside = [(y[arm == a] - y[arm == a].mean(), pre[arm == a] - pre[arm == a].mean()) for a in (0, 1)]
    yy, xx, xy = (sum((u * v).sum() for u, v in w) for w in ([(a, a) for a, _ in inside], [(b, b) for _, b in inside], inside))
    rho = xy / (xx * yy) ** 0.5
    z = stats.norm.ppf(0.975) / (len(y) - 4) ** 0.5
    lo, hi = np.tanh(np.arctanh(rho) - z), np.tanh(np.arctanh(rho) + z)
    theta = xy / xx
    diff = lambda v: v[arm == 1].mean() - v[arm == 0].mean()
    r["cuped"] = dict(theta=theta, adjusted=diff(y - theta * pre), se=sm.OLS(y, x[:, :3]).fit().HC2_se[1],
                      reduction=rho**2, lo=0 if lo * hi < 0 else min(lo**2, hi**2), hi=max(lo**2, hi**2))

    # Difference in differences: exposed is the arm, after is an age above the median.
    after = (x[:, 3] > np.median(x[:, 3])).astype(float)
    d = sm.OLS(y, np.column_stack([np.ones(len(y)), arm, after, arm * after])).fit()
    r["did"] = dict(after=[int(a) for a in after], value=d.params[3], hc2=d.HC2_se[3])
    out[name] = r
print(json.dumps(out, indent=1, default=float))
