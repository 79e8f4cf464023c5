"""Reference values for package audit, from scikit-learn and SciPy.

Writes reference.json: invented labels and predictions, and what the libraries say of
them. Run: python reference.py > reference.json
"""
import json
import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn import metrics

rng = np.random.default_rng(7)
n = 240
moods = ["angry", "sad", "calm", "happy"]
truth = rng.choice(4, n, p=[.15, .2, .25, .4])
scores = rng.normal(0, 1, (n, 4))
scores[np.arange(n), truth] += 1.2
p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
p = np.round(p, 6)
p[:, 3] = 1 - p[:, :3].sum(1)
said = p.argmax(1)
valence = np.round(rng.normal(0, 1, n), 2)
place = np.round(1 / (1 + np.exp(-(.5 * valence + rng.normal(0, 1, n)))), 2)

ps, rs, f1s, _ = metrics.precision_recall_fscore_support(truth, said, labels=range(4))
slope = np.polyfit(place, valence, 1)
out = {
    "tool": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}",
    "truth": truth.tolist(), "said": said.tolist(), "p": p.tolist(), "valence": valence.tolist(), "place": place.tolist(),
    "accuracy": metrics.accuracy_score(truth, said),
    "balanced": metrics.balanced_accuracy_score(truth, said),
    "macro_f1": metrics.f1_score(truth, said, average="macro"),
    "ari": metrics.adjusted_rand_score(truth, said),
    "confusion": metrics.confusion_matrix(truth, said).tolist(),
    "precision": ps.tolist(), "recall": rs.tolist(), "f1": f1s.tolist(),
    "log_loss": metrics.log_loss(truth, p),
    "brier": float(((p - np.eye(4)[truth]) ** 2).sum(1).mean()),
    "pearson": scipy.stats.pearsonr(place, valence)[0],
    "spearman": scipy.stats.spearmanr(place, valence)[0],
    "r2": metrics.r2_score(valence, np.polyval(slope, place)),
}
print(json.dumps(out))
