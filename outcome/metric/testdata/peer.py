#!/usr/bin/env python3
"""Computes the product metrics of docs/science.md §7 a second time, from the same JSON
Lines, with SQL (DuckDB) and NumPy: what package metric is held to.

    python3 -m venv venv && venv/bin/pip install duckdb==2.0.1 scipy==1.17.1 pandas==3.1.1
    SEGUE_METRIC_OUT=events.jsonl go test -run WriteInvented ./outcome/metric
    venv/bin/python outcome/metric/testdata/peer.py events.jsonl > outcome/metric/testdata/reference.json

It prints for the whole, and by week and arm, value, interval, listeners and records of
every metric; with --whole of the whole alone, for large files. With --times it prints to
standard error how long that took.
"""
import json
import math
import sys
import time

import duckdb
import numpy as np
import scipy
from scipy import stats

HOLDOUT, EXPERIMENT = "holdout", "lead"
began = time.time()
db = duckdb.connect()
path = next(a for a in sys.argv[1:] if not a.startswith("--"))
columns = {
    "id": "VARCHAR", "listener": "VARCHAR", "kind": "VARCHAR", "at": "VARCHAR", "offset": "BIGINT", "hour": "VARCHAR", "place": "BIGINT",
    "planned_ms": "BIGINT", "ms": "BIGINT", "reason": "VARCHAR", "adjusted": "BOOLEAN", "cell": "BIGINT[]", "target": "BIGINT[]",
    "feel": "BIGINT", "experiment": "VARCHAR", "arm": "VARCHAR",
}
spec = ", ".join(f"'{k}': '{v}'" for k, v in columns.items())
db.execute(f"CREATE TABLE raw AS SELECT row_number() OVER () AS n, * FROM read_json('{path}', format='newline_delimited', columns={{{spec}}})")
# Of records with the same id of a listener the first counts.
db.execute("""CREATE TABLE e AS SELECT * EXCLUDE (n), epoch_ms(CAST("at" AS TIMESTAMP)) AS t,
  CAST(floor((epoch_ms(CAST("at" AS TIMESTAMP)) + coalesce("offset", 0) * 60000) / 86400000.0) AS BIGINT) AS day
  FROM raw QUALIFY row_number() OVER (PARTITION BY listener, id ORDER BY n) = 1""")


def night(t, heard, offset):
    """Milliseconds of [t − heard, t] between 23 and 6 o'clock."""
    total = np.zeros(len(t))
    end = t + offset * 60000
    begin = end - heard
    first = np.floor(begin / 86400000) - 1
    for k in range(10):
        a = (first + k) * 86400000 + 23 * 3600000
        b = a + 7 * 3600000
        total += np.maximum(0, np.minimum(b, end) - np.maximum(a, begin))
    return total


ends = db.execute("SELECT listener, hour, place, planned_ms, ms, reason, t, coalesce(\"offset\", 0) AS o, day FROM e WHERE kind = 'track_end'").df()
ends["known"] = ends.ms.notna() & (ends.ms >= 0)
ms = ends.ms.fillna(0).clip(lower=0).astype(float)
length = ends.planned_ms.fillna(0).astype(float)
short = ~ends.known | ((ms < 30000) & ((length == 0) | (2 * ms < length)))
ends["early"] = (short & ends.known & (ends.reason == "skipped")).astype(int)
ends["unclear"] = (short & (ends.early == 0) & ends.reason.isin(["skipped", "unknown"])).astype(int)
ends["night"] = np.where(ends.known, night(ends.t.to_numpy(float), ms.to_numpy(), ends.o.to_numpy(float)), 0)
ends["heard"] = ms.where(ends.known, 0)
full = (~ends.known) & (ends.reason == "completed") & (length > 0)
ends["along"] = np.where(full, length, ms)
ends["lost"] = ((~ends.known) & ~full).astype(int)
db.register("ends", ends)

# Playlists: everything of one belongs to the day on which it began.
db.execute("""CREATE TABLE begins AS SELECT listener, hour, arg_min(day, (kind <> 'playlist_start', t)) AS day FROM e WHERE hour IS NOT NULL GROUP BY ALL""")
db.execute("""CREATE TABLE hours AS
WITH plan AS (SELECT listener, hour, arg_min(coalesce(planned_ms, 0), t) AS planned, bool_or(coalesce(adjusted, false)) AS adjusted FROM e WHERE kind = 'playlist_start' GROUP BY ALL),
places AS (SELECT listener, hour, place, sum(along) AS along, max(coalesce(planned_ms, 0)) AS length, sum(lost) AS lost FROM ends WHERE hour IS NOT NULL GROUP BY ALL),
heard AS (SELECT listener, hour, sum(CASE WHEN length > 0 THEN least(along, length) ELSE along END) AS along, sum(lost) AS lost FROM places GROUP BY ALL),
tracks AS (SELECT listener, hour, sum(early) AS early, sum(unclear) AS unclear, count(*) AS ends, sum(heard) AS heard, sum(night) AS night FROM ends WHERE hour IS NOT NULL GROUP BY ALL),
starts AS (SELECT listener, hour, count(*) AS starts FROM e WHERE kind = 'track_start' AND hour IS NOT NULL GROUP BY ALL),
felt AS (SELECT listener, hour, arg_max(feel, (t, -feel)) AS feel FROM e WHERE kind = 'reflection' GROUP BY ALL),
pre AS (SELECT listener, hour, arg_max(cell, t) AS cell, arg_max(target, t) AS target FROM e WHERE kind = 'checkin_before' AND target IS NOT NULL AND hour IS NOT NULL GROUP BY ALL),
post AS (SELECT listener, hour, arg_max(cell, t) AS cell FROM e WHERE kind = 'checkin_after' GROUP BY ALL)
SELECT b.listener, b.hour, b.day, coalesce(p.planned, 0) AS planned, coalesce(p.adjusted, false) AS adjusted, p.hour IS NOT NULL OR t.hour IS NOT NULL OR s.hour IS NOT NULL AS begun,
 t.hour IS NOT NULL OR s.hour IS NOT NULL AS followed, coalesce(h.along, 0) AS along, coalesce(h.lost, 0) AS lost,
 coalesce(t.early, 0) AS early, greatest(coalesce(s.starts, 0), coalesce(t.ends, 0)) - coalesce(t.unclear, 0) AS tracks, coalesce(t.heard, 0) AS heard, coalesce(t.night, 0) AS night,
 f.feel, CASE WHEN pre.hour IS NOT NULL AND post.hour IS NOT NULL THEN
   (sqrt((pre.cell[1]-pre.target[1])**2 + (pre.cell[2]-pre.target[2])**2) - sqrt((post.cell[1]-pre.target[1])**2 + (post.cell[2]-pre.target[2])**2)) / 8 END AS change
FROM begins b LEFT JOIN plan p USING (listener, hour) LEFT JOIN heard h USING (listener, hour) LEFT JOIN tracks t USING (listener, hour) LEFT JOIN starts s USING (listener, hour)
LEFT JOIN felt f USING (listener, hour) LEFT JOIN pre USING (listener, hour) LEFT JOIN post USING (listener, hour)""")
db.execute("""CREATE TABLE days AS
WITH t AS (SELECT listener, day, sum(early) AS early, sum(unclear) AS unclear, count(*) AS ends, sum(heard) AS heard, sum(night) AS night FROM ends WHERE hour IS NULL GROUP BY ALL)
SELECT e.listener, e.day, bool_or(kind = 'app_open') AS opened, bool_or(kind IN ('card_view', 'share_tap')) AS viewed, bool_or(kind = 'share_tap') AS tapped,
 bool_or(kind = 'opt_out') AS opted, coalesce(any_value(t.early), 0) AS early,
 greatest(count(*) FILTER (kind = 'track_start'), coalesce(any_value(t.ends), 0)) - coalesce(any_value(t.unclear), 0) AS tracks,
 coalesce(any_value(t.heard), 0) AS heard, coalesce(any_value(t.night), 0) AS night
FROM e LEFT JOIN t USING (listener, day) WHERE hour IS NULL GROUP BY e.listener, e.day""")
db.execute("""CREATE TABLE cells AS
SELECT listener, day, (planned > 0 AND followed AND (100*along >= 80*planned OR lost = 0))::INT AS known, (planned > 0 AND followed AND 100*along >= 80*planned)::INT AS ended,
 begun::INT AS begun, adjusted, early, tracks, heard, night, feel, change, false AS opened, false AS viewed, false AS tapped, false AS opted, true AS ofhour FROM hours
UNION ALL SELECT listener, day, 0, 0, 0, false, early, tracks, heard, night, NULL, NULL, opened, viewed, tapped, opted, false FROM days""")
people = db.execute("SELECT listener, min(day) AS first, max(day) AS last FROM e GROUP BY ALL ORDER BY listener").df()
LAST = int(people["last"].max())
week = lambda day: (day + 3) // 7
LASTWEEK = week(LAST + 1) - 1
exposed = db.execute(f"SELECT listener, arg_min(arm, (t, arm)) AS arm, arg_min(day, (t, arm)) AS day FROM e WHERE kind = 'exposure' AND experiment = '{EXPERIMENT}' AND hour IS NULL GROUP BY ALL").df()
ARM = dict(zip(exposed.listener, zip(exposed.arm, exposed.day)))
opens = db.execute("SELECT DISTINCT listener, (day + 3) // 7 AS week FROM days WHERE opened").df()
OPENS = {k: set(v) for k, v in opens.groupby("listener").week}
FIRST = dict(zip(people.listener, people["first"]))


def t975(df):
    return stats.t.ppf(0.975, df)


def wilson(k, n):
    z = stats.norm.ppf(0.975)
    p = k / n
    mid, half, whole = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)), 1 + z * z / n
    return (mid - half) / whole, (mid + half) / whole


def number(v):
    return None if v is None or math.isnan(v) else float(v)


def out(value, lo, hi, n, records):
    return {"value": number(value), "lo": number(lo), "hi": number(hi), "n": int(n), "records": int(records)}


def ratio_parts(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    y, x = y[x > 0], x[x > 0]
    n = len(x)
    if n == 0:
        return math.nan, math.nan, 0, 0.0, True
    r = y.sum() / x.sum()
    same = (y / x).min() == (y / x).max()
    v = n / (n - 1) * ((y - r * x) ** 2).sum() / x.sum() ** 2 if n > 1 and not same else (0.0 if same else math.nan)
    return r, v, n, x.sum(), same


def ratio(y, x, lo, hi, share):
    r, v, n, records, same = ratio_parts(y, x)
    if n == 0:
        return out(math.nan, math.nan, math.nan, 0, 0)
    if share and same:
        a, b = wilson(round(r * n), n)
        return out(r, min(max(a, 0), r), max(min(b, 1), r), n, records)
    if same:
        return out(r, math.nan, math.nan, n, records)
    half = t975(n - 1) * math.sqrt(v)
    return out(r, max(lo, r - half), min(hi, r + half), n, records)


def share(k, n):
    if n == 0:
        return out(math.nan, math.nan, math.nan, 0, 0)
    a, b = wilson(k, n)
    return out(k / n, 0 if k == 0 else a, 1 if k == n else b, n, n)


def welch(value, va, vb, na, nb, records):
    df = (va + vb) ** 2 / (va ** 2 / (na - 1) + vb ** 2 / (nb - 1))
    half = t975(df) * math.sqrt(va + vb)
    return out(value, value - half, value + half, na + nb, records)


def weekly(members, start, only=None):
    y, x = [], []
    for l in members:
        a, b = start(l), LASTWEEK
        if a is None or (only is not None and not a <= only <= b):
            continue
        if only is not None:
            a = b = only
        if a <= b:
            y.append(sum(a <= w <= b for w in OPENS.get(l, ())))
            x.append(b - a + 1)
    return y, x


def after_first(l):
    return week(FIRST[l]) + 1


def after_exposure(l):
    return week(ARM[l][1]) + 1 if l in ARM else None


def skip_change(cells, members):
    daily = cells.groupby(["listener", "day"])[["early", "tracks"]].sum().reset_index()
    by = {l: (g.day.to_numpy(), g.early.to_numpy(float), g.tracks.to_numpy(float)) for l, g in daily.groupby("listener")}
    first = cells[cells.adjusted].groupby("listener").day.min().to_dict()

    def change(l, g):
        d, y, x = by[l]
        a, b = (d >= g - 28) & (d < g), (d >= g) & (d < g + 28)
        if x[a].sum() == 0 or x[b].sum() == 0:
            return None
        return y[b].sum() / x[b].sum() - y[a].sum() / x[a].sum(), x[a].sum() + x[b].sum()

    treated, records = {}, 0
    for l in members:
        if l in first:
            c = change(l, first[l])
            if c:
                treated.setdefault(first[l], []).append(c[0])
                records += c[1]
    controls = [l for l in members if l not in first and l in by]
    gs = sorted(treated)
    table = np.full((len(controls), len(gs)), np.nan)
    for i, l in enumerate(controls):
        most = 0
        for j, g in enumerate(gs):
            c = change(l, g)
            if c:
                table[i, j], most = c[0], max(most, c[1])
        records += most
    n = (~np.isnan(table)).sum(0)
    keep = n > 0
    if not keep.any():
        return out(math.nan, math.nan, math.nan, 0, 0)
    mean = np.nansum(table, 0) / np.maximum(n, 1)
    sizes = np.array([len(treated[g]) for g in gs], float) * keep
    N = sizes.sum()
    beyond = np.concatenate([np.array(treated[g]) - mean[j] for j, g in enumerate(gs) if keep[j]])
    value = beyond.mean()
    vt = beyond.var(ddof=1) / N
    phi = np.nansum((table - mean) * (sizes / N / np.maximum(n, 1)), 1)
    nc = (~np.isnan(table)).any(1).sum()
    vc = (phi ** 2).sum() * nc / (nc - 1)
    return welch(value, vt, vc, N, nc, records)


NONE = out(math.nan, math.nan, math.nan, 0, 0)


def metrics(cells, members, start, sides, only=None, arm=None, time_part=False):
    g = cells.groupby("listener")
    s = g[["known", "ended", "begun", "early", "tracks", "night"]].sum()
    s["answered"] = g.apply(lambda c: ((c.begun == 1) & c.feel.notna()).sum(), include_groups=False)
    felt = cells[cells.feel.notna()].groupby("listener").feel
    f = felt.agg(n="count", total="sum")
    f["better"] = felt.apply(lambda v: (v >= 1).sum())
    f["worse"] = felt.apply(lambda v: (v == -2).sum())
    pairs = cells[cells.change.notna()].groupby("listener").change
    c = pairs.agg(n="count", total="sum")
    c["farther"] = pairs.apply(lambda v: (8 * v <= -2 + 1e-9).sum())
    listening = cells[cells.heard > 0].groupby("listener").day.nunique()
    s["listening"] = listening.reindex(s.index).fillna(0)
    flags = g[["viewed", "tapped"]].any()
    m = {}
    done = s[s.known > 0]
    rates = (done.ended / done.known).to_numpy()
    if len(rates) and rates.min() == rates.max():
        a, b = wilson(round(rates[0] * len(rates)), len(rates))
        m["completion"] = out(rates[0], min(max(a, 0), rates[0]), max(min(b, 1), rates[0]), len(rates), done.known.sum())
    elif len(rates):
        half = t975(len(rates) - 1) * rates.std(ddof=1) / math.sqrt(len(rates))
        m["completion"] = out(rates.mean(), max(0, rates.mean() - half), min(1, rates.mean() + half), len(rates), done.known.sum())
    else:
        m["completion"] = NONE
    m["skip_rate"] = ratio(s.early, s.tracks, 0, 1, True)
    m["skip_change"] = NONE if time_part else skip_change(CELLS[CELLS.listener.isin(members)], members)
    m["feel"] = ratio(f.total, f.n, -2, 2, False)
    m["felt_better"] = ratio(f.better, f.n, 0, 1, True)
    m["response_rate"] = ratio(s.answered, s.begun, 0, 1, True)
    m["weekly_active"] = ratio(*weekly(members, start, only), 0, 1, True)
    up = NONE
    if sides:
        y, x = weekly(sides[0], after_exposure, only)
        r1, v1, n1, x1, _ = ratio_parts(y, x)
        y, x = weekly(sides[1], after_exposure, only)
        r0, v0, n0, x0, _ = ratio_parts(y, x)
        if n1 > 1 and n0 > 1:
            up = welch(r1 - r0, v1, v0, n1, n0, x1 + x0)
    m["active_uplift"] = up
    m["share_rate"] = share(int(flags.tapped.sum()), int(flags.viewed.sum()))
    m["change"] = ratio(c.total, c.n, -math.sqrt(2), math.sqrt(2), False)
    m["farther"] = ratio(c.farther, c.n, 0, 1, True)
    m["much_worse"] = ratio(f.worse, f.n, 0, 1, True)
    m["night_minutes"] = ratio(s.night / 60000, s.listening, 0, 420, False)
    out_of = OPTED if arm is not None else OPTED_ANY
    gone = len({l for l, d in zip(cells.listener[~cells.ofhour], cells.day[~cells.ofhour]) if (l, d) in out_of})
    m["opt_out"] = share(gone, len(s))
    return m


CELLS = db.execute("SELECT * FROM cells").df()
opted = db.execute("SELECT DISTINCT listener, day, experiment FROM e WHERE kind = 'opt_out'").df()
OPTED_ANY = set(zip(opted.listener, opted.day))
mine = opted[opted.experiment.isna() | (opted.experiment == EXPERIMENT) | (opted.experiment == "")]
OPTED = set(zip(mine.listener, mine.day))
everyone = list(people.listener)
held = [l for l in everyone if l in ARM and ARM[l][0] == HOLDOUT]
rest = [l for l in everyone if l in ARM and ARM[l][0] != HOLDOUT]
result = {"all": metrics(CELLS, everyone, after_first, (rest, held))}
parts = "--whole" not in sys.argv
for w, cells in CELLS.groupby(week(CELLS.day)) if parts else ():
    name = "%d-W%02d" % tuple(np.datetime64(int(w) * 7 - 3, "D").astype(object).isocalendar()[:2])
    result[name] = metrics(cells, everyone, after_first, (rest, held), only=int(w), time_part=True)
for arm in sorted(set(a for a, _ in ARM.values())) if parts else ():
    inside = [l for l in everyone if l in ARM and ARM[l][0] == arm]
    since = CELLS.listener.map({l: ARM[l][1] for l in inside})
    result[arm] = metrics(CELLS[CELLS.day >= since], inside, after_exposure, None if arm == HOLDOUT else (inside, held), arm=arm)
if "--times" in sys.argv:
    print(f"{time.time() - began:.1f} s", file=sys.stderr)
json.dump({"made_by": f"peer.py, DuckDB {duckdb.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}", "groups": result}, sys.stdout, indent=1)
print()
