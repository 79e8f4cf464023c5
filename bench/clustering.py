"""K-means, Gaussian mixtures and fuzzy c-means, from equal starts over equal
numbers of iterations."""

import numpy as np
from turns import CORES, Disagreement, near, timed


def clustering(table, worker, data, small, large, rounds):
    """data(n, d) returns a table and the file it is in; small and large are the
    numbers of rows."""
    steps = (30, 20) if small > 50_000 else (10, 5)  # small tables come to rest early
    kmeans(table, worker, data, small, 3, steps[0], rounds, 3)
    kmeans(table, worker, data, large, 12, steps[1], rounds, 2)
    for k in (4, 10):
        faiss_kmeans(table, worker, data, large, 12, k, steps[1], rounds)
    mixture(table, worker, data, small, 3, 20, rounds, 12)
    mixture(table, worker, data, small, 12, 10, rounds, 7)
    fuzzy(table, worker, data, small, 3, 20, rounds, 20)


def load(worker, path, bits):
    """Loads a table into the worker, once; returns its name."""
    worker.ask("load", table=path, path=path, float=bits)
    return path


def ask(worker, do, name, bits, start, iterations):
    """Returns what times one fit of Segue's."""

    def fit():
        answer = worker.ask(do, table=name, float=bits, start=start, iterations=iterations)
        if answer["iterations"] != iterations:
            raise Disagreement(f"Segue made {answer['iterations']} iterations of {iterations}: no equal work")
        return answer["seconds"], answer

    return fit


def kmeans(table, worker, data, n, d, iterations, rounds, bar):
    from sklearn.cluster import KMeans

    x64, path = data(n, d)
    for k in (4, 10):
        for bits, tolerance in ((64, 1e-9), (32, 1e-3)):  # in float32 a peer adds a million rows up in it
            x = x64 if bits == 64 else x64.astype(np.float32)
            start = x[:k].copy()

            def theirs():
                fit = KMeans(k, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
                seconds, fitted = timed(lambda: fit.fit(x))
                if fitted.n_iter_ != iterations:
                    raise Disagreement(f"scikit-learn made {fitted.n_iter_} iterations of {iterations}")
                return seconds, fitted

            def check(p, q):
                return near("centers", p["centers"], q.cluster_centers_, tolerance) + ", " + near("inertia", p["value"], q.inertia_, tolerance)

            try:
                load(worker, path, bits)
            except Disagreement:
                pass  # the row says why
            table.row(f"k-means, {n:,} × {d}, k = {k}, float{bits}, {iterations} iterations", f"scikit-learn float{bits}", bar, rounds,
                      ask(worker, "kmeans", path, bits, {"centers": start.tolist()}, iterations), theirs, check)


def faiss_kmeans(table, worker, data, n, d, k, iterations, rounds):
    import faiss

    faiss.omp_set_num_threads(CORES)
    x64, path = data(n, d)
    x = np.ascontiguousarray(x64, dtype=np.float32)
    start = x[:k].copy()

    def theirs():
        fit = faiss.Kmeans(d, k, niter=iterations, nredo=1, max_points_per_centroid=n, min_points_per_centroid=1)
        seconds, _ = timed(lambda: fit.train(x, init_centroids=start))
        return seconds, fit

    def check(p, q):
        return near("centers", p["centers"], q.centroids, 1e-3)

    for bits in (32, 64):
        try:
            load(worker, path, bits)
        except Disagreement:
            pass  # the row says why
        table.row(f"k-means, {n:,} × {d}, k = {k}, float{bits}, {iterations} iterations", "faiss float32", 2, rounds,
                  ask(worker, "kmeans", path, bits, {"centers": start.astype(float).tolist()}, iterations), theirs, check)


def mixture(table, worker, data, n, d, iterations, rounds, bar, k=4):
    from sklearn.mixture import GaussianMixture

    x, path = data(n, d)
    load(worker, path, 64)
    weights, means, covariances = np.full(k, 1 / k), x[:k].copy(), np.stack([np.eye(d)] * k)

    def theirs():
        fit = GaussianMixture(k, covariance_type="full", weights_init=weights, means_init=means, tol=0, reg_covar=1e-6,
                              precisions_init=np.linalg.inv(covariances), max_iter=iterations)
        seconds, fitted = timed(lambda: fit.fit(x))
        if fitted.n_iter_ != iterations:
            raise Disagreement(f"scikit-learn made {fitted.n_iter_} iterations of {iterations}")
        return seconds, fitted

    def check(p, q):
        return near("log-likelihood a row", p["value"] / n, q.score(x), 1e-9) + ", " + near("means", p["centers"], q.means_, 1e-7)

    start = {"centers": means.tolist(), "weights": weights.tolist(), "covariances": covariances.tolist()}
    table.row(f"Gaussian mixture, full, {n:,} × {d}, k = {k}, {iterations} iterations", "scikit-learn", bar, rounds,
              ask(worker, "gmm", path, 64, start, iterations), theirs, check)


def fuzzy(table, worker, data, n, d, iterations, rounds, bar, k=4):
    import skfuzzy

    x, path = data(n, d)
    load(worker, path, 64)
    columns = np.ascontiguousarray(x.T)  # as scikit-fuzzy wants them
    start = x[:k] + 0.05  # on no row, so that no membership is 0/0
    squares = ((x[None, :, :] - start[:, None, :]) ** 2).sum(axis=2)
    memberships = (1 / squares) / (1 / squares).sum(axis=0)

    def theirs():
        return timed(lambda: skfuzzy.cluster.cmeans(columns, k, 2.0, error=0, maxiter=iterations, init=memberships))

    def check(p, q):
        return near("centers", p["centers"], q[0], 1e-9)

    table.row(f"fuzzy c-means, {n:,} × {d}, k = {k}, {iterations} iterations", "scikit-fuzzy", bar, rounds,
              ask(worker, "fcm", path, 64, {"centers": start.tolist()}, iterations), theirs, check)
