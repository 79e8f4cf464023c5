"""Exact nearest neighbours, one query at a time."""

import numpy as np
from turns import CORES, Disagreement, timed


def neighbours(table, worker, data, n, rounds, queries=500, k=50):
    nearest(table, worker, data, n, 3, rounds, queries, k, 80)
    nearest(table, worker, data, n, 12, rounds, queries, k, 3)


def nearest(table, worker, data, n, d, rounds, queries, k, bar):
    import faiss

    faiss.omp_set_num_threads(CORES)
    x, path = data(n, d)
    q, asked = data(queries, d, of=path)
    for p in (path, asked):
        worker.ask("load", table=p, path=p, float=64)
    worker.ask("index", table=path, float=64)
    index = faiss.IndexFlatL2(d)
    index.add(np.ascontiguousarray(x, dtype=np.float32))
    q32 = np.ascontiguousarray(q, dtype=np.float32)

    def ours():
        a = worker.ask("neighbours", table=path, queries=asked, k=k, to=queries)
        return np.quantile(a["latencies"], 0.99, method="inverted_cdf"), None

    def theirs():
        seconds = [timed(lambda: index.search(q32[i:i + 1], k))[0] for i in range(queries)]
        return np.quantile(seconds, 0.99, method="inverted_cdf"), None

    def check(_, __):
        a = worker.ask("neighbours", table=path, queries=asked, k=k, to=queries, tell=True)
        rows, distances = np.array(a["nearest"]), np.array(a["distances"])
        answers = [index.search(q32[i:i + 1], k) for i in range(queries)]
        squares, theirs = np.vstack([s for s, _ in answers]), np.vstack([t for _, t in answers])
        # faiss takes |q|² + |x|² − 2·q·x in float32: its squares are good to some
        # ten-millionths of the largest, and so is the order of what is that near.
        slack = 1e-6 * (np.sqrt((q ** 2).sum(axis=1).max()) + np.sqrt((x ** 2).sum(axis=1).max())) ** 2
        apart = np.abs(distances ** 2 - squares).max()
        if not apart <= slack:
            raise Disagreement(f"squared distances are {apart:.2g} apart, more than {slack:.2g}")
        for i in range(queries):
            odd = set(rows[i][distances[i] ** 2 < distances[i, -1] ** 2 - 2 * slack]) - set(theirs[i])
            if odd:
                raise Disagreement(f"query {i}: faiss does not find rows {sorted(odd)}")
        same = np.mean([len(set(a) & set(b)) / k for a, b in zip(rows, theirs)])
        return f"{100 * same:.2f} % of rows the same, squared distances to {apart:.0e}"

    table.row(f"exact neighbours, k = {k} of {n:,} × {d}, slowest of 100 single queries (p99)", "faiss float32", bar, rounds, ours, theirs, check)
