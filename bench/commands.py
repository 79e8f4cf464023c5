"""Times whole commands of Segue beside pandas doing the same in memory, on files
the user names.

    python bench/commands.py SEGUE FOLDER [ROUNDS]

FOLDER holds catalog.csv and StreamingHistory0.json, as bench/resample makes them
of small real ones. pandas has its interpreter started and its modules loaded;
Segue's time is that of the whole process.
"""

import json
import os
import subprocess
import sys

import pandas as pd
from turns import Table, near, timed

segue, folder = sys.argv[1], sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
catalog = os.path.join(folder, "catalog.csv")
history = os.path.join(folder, "StreamingHistory0.json")


def run(*args):
    out = subprocess.run([segue, *args, "--json", "--quiet"], check=True, capture_output=True)
    return json.loads(out.stdout)


def describe():
    frame = pd.read_csv(catalog)
    frame = frame.dropna(subset=["track_name"]).drop_duplicates("track_id")
    numbers = frame.select_dtypes("number")
    return len(frame), numbers.describe(), numbers.corr()


def plays():
    with open(history, encoding="utf-8") as f:
        frame = pd.DataFrame(json.load(f))
    frame["endTime"] = pd.to_datetime(frame.endTime, utc=True)
    return len(frame.sort_values("endTime", kind="stable"))


table = Table()
table.row("read, check and describe the catalogue", "pandas", 0, rounds,
          lambda: timed(lambda: run("catalog", "show", catalog)["tracks"]), lambda: timed(lambda: describe()[0]),
          lambda p, q: near("tracks", p, q, 0))
table.row("read the history", "json and pandas", 0, rounds,
          lambda: timed(lambda: run("history", history)["rows"]), lambda: timed(plays),
          lambda p, q: near("rows", p, q, 0))
