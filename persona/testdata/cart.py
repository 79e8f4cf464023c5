"""Reference trees for cart_test.go, by scikit-learn (see cart.json for the version).

    python cart.py > cart.json

The table is drawn here and written into the JSON, rounded to three decimals:
scikit-learn holds features as float32, so thresholds agree to about 1e-6. It
breaks ties between equal splits at random; only cases without ties are kept,
which twenty random states confirm.
"""
import json
import sys
import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(20251231)
n, names = 700, ["swing", "night", "arousal", "valence"]
x = np.round(rng.uniform(0, 1, (n, 4)), 3)
y = np.where(x[:, 0] > 0.8, "tide", np.where(x[:, 2] < 0.35, "harbor", np.where(x[:, 3] > 0.5, "spark", "forge")))
flip = rng.uniform(size=n) < 0.3
y[flip] = rng.choice(["tide", "harbor", "spark", "forge"], flip.sum())

cases = []
for depth, leaf, alpha in [(3, 20, 0.0), (4, 20, 0.0), (4, 40, 0.0), (6, 30, 0.002), (6, 25, 0.004), (6, 15, 0.02), (2, 1, 0.0)]:
    fits = [DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf, ccp_alpha=alpha, random_state=s).fit(x, y) for s in range(20)]
    t = fits[0]
    if any(not np.array_equal(f.tree_.threshold, t.tree_.threshold) for f in fits):
        print("tie:", depth, leaf, alpha, file=sys.stderr)
        continue
    nodes = []

    def walk(i):
        left, right = t.tree_.children_left[i], t.tree_.children_right[i]
        if left < 0:
            nodes.append({"n": int(t.tree_.n_node_samples[i])})
            return
        nodes.append({"feature": names[t.tree_.feature[i]], "threshold": float(t.tree_.threshold[i]), "n": int(t.tree_.n_node_samples[i])})
        walk(left)
        walk(right)

    walk(0)
    cases.append({"max_depth": depth, "min_leaf": leaf, "alpha": alpha, "nodes": nodes,
                  "correct": int((t.predict(x) == y).sum())})

print(json.dumps({"tool": "scikit-learn " + sklearn.__version__, "script": "cart.py", "features": names,
                  "rows": x.tolist(), "labels": y.tolist(), "cases": cases}))
