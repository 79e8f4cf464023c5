"""Reference values for packages logistic, ridge and calibrate.

Made with Python 3.11, NumPy 2.4.6, SciPy 1.17.1, scikit-learn 1.9.1:

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    venv/bin/python reference.py > reference.json
"""
import json

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss

rng = np.random.default_rng(20261129)
n, d, k = 120, 4, 3
x = rng.normal(size=(n, d)).round(3)
x[:, 3] = (x[:, 0] + 0.1 * x[:, 3]).round(3)  # columns that resemble one another
y = (x @ rng.normal(size=(d, k)) + rng.gumbel(size=(n, k)) + [1, 0, -1]).argmax(1)
targets = (x @ rng.normal(size=(d, 2)) + rng.normal(size=(n, 2)) + [3, -2]).round(3)

logistic = []
for lam in (1e-3, 0.03, 1.0):
    for balanced in (False, True):
        m = LogisticRegression(C=1 / (n * lam), class_weight="balanced" if balanced else None, tol=1e-12, max_iter=10_000)
        m.fit(x, y)
        p = m.predict_proba(x)
        coef = m.coef_ if not logistic else coef
        logistic.append(dict(lam=lam, balanced=balanced, weights=m.coef_.tolist(), probabilities=p[:10].tolist(), log_loss=log_loss(y, p)))

ridge = []
for lam in (0.0, 0.01, 1.0):
    m = Ridge(alpha=n * lam, solver="cholesky").fit(x, targets)
    ridge.append(dict(lam=lam, weights=m.coef_.tolist(), intercept=m.intercept_.tolist()))

scores = (3 * x @ coef.T + rng.normal(size=(n, k))).round(3)
scaling = []
for offsets in (False, True):

    def loss(t):
        b = np.append(t[1:], -t[1:].sum()) if offsets else 0
        return -log_softmax(scores * t[0] + b, axis=1)[np.arange(n), y].mean()

    best = minimize(loss, [1.0] + [0.0] * (k - 1 if offsets else 0), method="BFGS", options=dict(gtol=1e-10))
    o = [*best.x[1:], -sum(best.x[1:])] if offsets else [0.0] * k
    scaling.append(dict(offsets=offsets, temperature=1 / best.x[0], offset=o, log_loss=best.fun))

p = softmax(scores, axis=1)
top, right = p.max(1), p.argmax(1) == y
frequency, confidence = calibration_curve(right, top, n_bins=5, strategy="uniform")
counts = np.histogram(top, np.linspace(0, 1, 6))[0]
mass = [top[i].mean() for i in np.array_split(np.argsort(top), 5)], [right[i].mean() for i in np.array_split(np.argsort(top), 5)]
print(json.dumps(dict(
    x=x.tolist(), y=y.tolist(), targets=targets.tolist(), logistic=logistic, ridge=ridge, scores=scores.tolist(), scaling=scaling,
    log_loss=log_loss(y, p), brier=float(((p - np.eye(k)[y]) ** 2).sum(1).mean()),
    width=dict(frequency=frequency.tolist(), confidence=confidence.tolist(), ece=float(sum(c * abs(f - q) for c, f, q in zip(counts[counts > 0], frequency, confidence)) / n)),
    mass=dict(confidence=[float(v) for v in mass[0]], frequency=[float(v) for v in mass[1]]),
)))
