"""Exact silhouettes of all rows."""

import numpy as np
from turns import near, timed


def silhouettes(table, worker, portable, data, n, rounds, k=4):
    """worker runs the fastest kernels, portable those of a portable build."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    x, path = data(n, 3)
    labels = KMeans(k, init=x[:k], n_init=1, max_iter=20).fit(x).labels_.astype(np.int32)
    np.save(path + ".labels.npy", labels)
    for w in (worker, portable):
        w.ask("load", table=path, path=path, float=64)
        w.ask("labels", labels=path, path=path + ".labels.npy")

    def ours(w):
        answer = w.ask("silhouette", table=path, float=64, labels=path)
        return answer["seconds"], answer["value"]

    def sklearn(rows):
        # Its matrix products use all cores; n_jobs on top of them is slower.
        return timed(lambda: silhouette_score(x[:rows], labels[:rows]))

    def warm():
        ours(worker)
        sklearn(2000)

    def check(p, q):
        return near("silhouette", p, q, 1e-9)

    name = f"exact silhouette, {n:,} × 3, k = {k}"
    table.row(name, "scikit-learn", 60, min(rounds, 3), lambda: ours(worker), lambda: sklearn(n), check, warm)
    table.row(name + ", Segue built portable", "scikit-learn", 5, min(rounds, 3), lambda: ours(portable), lambda: sklearn(n), check,
              lambda: (ours(portable), sklearn(2000)))
