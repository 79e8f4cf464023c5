"""Times Segue's numeric core beside scikit-learn, scikit-fuzzy and faiss, in turn,
on the same data from the same start over the same number of iterations.

    python bench/peers.py SEGUE PORTABLE FOLDER [--quick] [--only PART…]

SEGUE and PORTABLE are two builds of the program, with and without vector kernels;
FOLDER is where the data are made. bench/run.sh does all of it. PART is any of
clustering, silhouettes and neighbours. It prints a Markdown table, and ends with
1 if a bar was missed or two results disagree.
"""

import argparse
import os
import platform
import subprocess
import sys
import warnings

from turns import CORES, Table, Worker

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(CORES)  # before the libraries are loaded

import numpy as np  # noqa: E402

from clustering import clustering  # noqa: E402
from neighbours import neighbours  # noqa: E402
from silhouettes import silhouettes  # noqa: E402

warnings.filterwarnings("ignore")


def maker(folder):
    """Returns what makes tables of 16 overlapping normal distributions, or further
    rows of the same ones, and where it put them. Values have the digits of
    float32, so that a peer that computes in it sees the same data."""
    made = {}

    def data(n, d, of=None):
        key = (n, d, of)
        if key not in made:
            rng = np.random.default_rng(d)
            centers = rng.normal(size=(16, d))
            if of:
                rng = np.random.default_rng(1000 + d)
            x = centers[rng.integers(16, size=n)] + rng.normal(size=(n, d))
            x = np.ascontiguousarray(x.astype(np.float32).astype(np.float64))
            path = os.path.join(folder, f"{'queries' if of else 'rows'}-{n}x{d}.npy")
            np.save(path, x)
            made[key] = x, path
        return made[key]

    return data


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            return next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("segue")
    parser.add_argument("portable")
    parser.add_argument("folder")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=["silhouettes", "clustering", "neighbours"])
    o = parser.parse_args()

    import faiss
    import skfuzzy
    import sklearn

    version = subprocess.run([o.segue, "version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f"{processor()}, {CORES} cores; {version}; Python {platform.python_version()}, NumPy {np.__version__}, "
          f"scikit-learn {sklearn.__version__}, scikit-fuzzy {skfuzzy.__version__}, faiss {faiss.__version__}\n")
    data = maker(o.folder)
    small, large, many, rounds = (9_000, 50_000, 60_000, 3) if o.quick else (90_000, 1_000_000, 1_200_000, 7)
    worker = Worker(o.segue)
    table = Table(bars=not o.quick)
    if "silhouettes" in o.only:
        portable = Worker(o.portable, "portable")
        silhouettes(table, worker, portable, data, small, rounds)
        portable.close()
    if "clustering" in o.only:
        clustering(table, worker, data, small, large, rounds)
    if "neighbours" in o.only:
        neighbours(table, worker, data, many, rounds)
    worker.close()
    if table.missed:
        print(f"\nmissed: {len(table.missed)} of the bars")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
