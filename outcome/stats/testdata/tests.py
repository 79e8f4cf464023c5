"""Reference values for the tests of package stats, from scipy and statsmodels.

Made with Python 3.11, numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0:

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python tests.py > tests_scipy.json

Each case is what was asked, with which numbers, and what came out. What neither
package has is written out here by its formula: Newcombe's paired interval and
that of the Mann-Whitney statistic.
"""
import json
import warnings

import numpy as np
from scipy import integrate, optimize, special, stats
from scipy.stats import contingency
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

warnings.simplefilter("ignore")
rng = np.random.default_rng(20261128)
cases = []


def draw(mean, sd, n):
    return np.round(rng.normal(mean, sd, n), 6)


def case(what, *args, **want):
    def plain(v):
        if isinstance(v, np.ndarray):
            return [plain(x) for x in v.tolist()]
        if isinstance(v, (list, tuple)):
            return [plain(x) for x in v]
        if isinstance(v, str):
            return v
        v = float(v)
        return float(f"{v:.14g}") if np.isfinite(v) else None

    cases.append(dict(what=what, args=[plain(a) for a in args], want={k: plain(v) for k, v in want.items()}))


for n in (1, 2, 5, 7, 9, 10, 30, 37, 500, 100000):
    for k in sorted({0, 1, n // 3, n // 2, n - 1, n}):
        lo, hi = proportion_confint(k, n, alpha=0.05, method="wilson")
        clo, chi = proportion_confint(k, n, alpha=0.05, method="beta")
        case("share", k, n, wilson_lo=lo, wilson_hi=hi, lo=clo, hi=chi)
        for p0 in (0.5, 0.1, 0.73):
            for alt in ("two-sided", "less", "greater"):
                case("binomial", k, n, p0, alt, p=stats.binomtest(int(k), n, p0, alternative=alt).pvalue)

for k1, n1, k2, n2 in ((12, 40, 20, 41), (56, 70, 48, 80), (9, 10, 3, 10), (0, 12, 5, 13), (5, 12, 0, 13), (10, 10, 2, 20), (10, 10, 20, 20), (1, 1, 0, 1), (300, 1000, 333, 1010)):
    lo, hi = confint_proportions_2indep(k1, n1, k2, n2, compare="diff", method="newcomb")
    case("newcombe", k1, n1, k2, n2, lo=lo, hi=hi)
    if 0 < k1 < n1 and 0 < k2 < n2:
        lo, hi = confint_proportions_2indep(k1, n1, k2, n2, compare="ratio", method="score", correction=False)
        case("ratio", k1, n1, k2, n2, lo=lo, hi=hi)
    if 0 < k1 + k2 < n1 + n2:
        table = [[k1, n1 - k1], [k2, n2 - k2]]
        r = contingency.odds_ratio(table, kind="conditional")
        ci = r.confidence_interval(0.95)
        p = {a: stats.fisher_exact(table, alternative=a)[1] for a in ("two-sided", "less", "greater")}
        case("fisher", k1, n1, k2, n2, odds=r.statistic, lo=ci.low, hi=ci.high, p=p["two-sided"], less=p["less"], greater=p["greater"])
        z, pz = proportions_ztest([k1, k2], [n1, n2])
        case("score", k1, n1, k2, n2, z=z, p=pz)


def wilson(k, n):
    return proportion_confint(k, n, alpha=0.05, method="wilson")


for a, b, c, d in ((1, 1, 7, 12), (59, 6, 16, 80), (20, 12, 2, 16), (0, 5, 0, 7), (10, 0, 0, 10), (0, 4, 6, 0), (36, 12, 1, 1)):
    n = a + b + c + d
    p1, p2 = (a + b) / n, (a + c) / n
    (l1, u1), (l2, u2) = wilson(a + b, n), wilson(a + c, n)
    sides = (a + b) * (c + d) * (a + c) * (b + d)
    phi = 0
    if sides:
        cross = a * d - b * c
        phi = (max(cross - n / 2, 0) if cross > 0 else cross) / np.sqrt(sides)
    lo = p1 - p2 - np.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    hi = p1 - p2 + np.sqrt((p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2)
    want = dict(lo=lo, hi=hi)
    if b + c:
        want["p"] = mcnemar([[a, b], [c, d]], exact=True).pvalue
        half = stats.binom.pmf(b, b + c, 0.5)
        want["mid"] = want["p"] - half if b != c else 1 - half / 2
    case("mcnemar", a, b, c, d, **want)

for n in (2, 3, 6, 8, 10, 24, 60):
    x = draw(0.3, 1, n)
    y = np.round(draw(0.3, 1, n), 1)
    z = np.round(draw(0.2, 0.5, n) * 2) / 2
    for alt in ("two-sided", "less", "greater") if n < 12 else ("less",):
        case("signed_exact", x, alt, p=stats.wilcoxon(x, alternative=alt, method="exact").pvalue)
        for v in (x, y, z):
            if np.count_nonzero(v) == 0:
                continue
            for zero in ("wilcox", "pratt"):
                r = stats.wilcoxon(v, alternative=alt, zero_method=zero, correction=True, method="approx")
                case("signed_normal", v, alt, zero, p=r.pvalue)
for m, n in ((1, 1), (1, 5), (3, 4), (6, 6), (8, 13), (13, 8), (20, 25), (60, 40)):
    x, y = draw(0.4, 1, m), draw(0, 1, n)
    u, v = np.round(x * 2), np.round(y * 2)
    for alt in ("two-sided", "less", "greater") if m + n < 25 else ("less",):
        r = stats.mannwhitneyu(x, y, alternative=alt, method="exact")
        case("mw_exact", x, y, alt, u=r.statistic, p=r.pvalue)
        r = stats.mannwhitneyu(u, v, alternative=alt, method="asymptotic", use_continuity=True)
        if np.isfinite(r.pvalue):
            case("mw_normal", u, v, alt, u=r.statistic, p=r.pvalue)
    theta = stats.mannwhitneyu(x, y).statistic / (m * n)
    star = (m + n) / 2 - 1
    zc = stats.norm.ppf(0.975)
    f = lambda t: (theta - t) ** 2 - zc**2 * t * (1 - t) * (1 + star * ((1 - t) / (2 - t) + t / (1 + t))) / (m * n)
    lo = optimize.brentq(f, 0, theta, xtol=1e-15) if 0 < theta < 1 else (optimize.brentq(f, 0, 1 - 1e-12, xtol=1e-15) if theta else 0)
    hi = optimize.brentq(f, theta, 1, xtol=1e-15) if 0 < theta < 1 else (optimize.brentq(f, 1e-12, 1, xtol=1e-15) if theta < 1 else 1)
    case("cliff", x, y, value=2 * theta - 1, lo=2 * lo - 1, hi=2 * hi - 1)


def nct(t, df, d):
    """stats.nct.cdf, which gives up on some arguments: there by quadrature."""
    p = stats.nct.cdf(t, df, d)
    if np.isfinite(p):
        return p
    chi = stats.chi(df, scale=1 / np.sqrt(df))
    return integrate.quad(lambda s: stats.norm.cdf(t * s - d) * chi.pdf(s), 0, chi.ppf(1 - 1e-16), limit=500, epsabs=1e-13)[0]


def noncentral(t, df):
    f = lambda p: optimize.brentq(lambda d: nct(t, df, d) - p, t - 8 - abs(t), t + 8 + abs(t), xtol=1e-13)
    return f(0.975), f(0.025)


for m, n in ((2, 2), (3, 5), (10, 10), (12, 30), (60, 50)):
    x, y = draw(0.5, 1, m), draw(0, 2, n)
    for alt in ("two-sided", "less", "greater") if m + n < 25 else ("less",):
        for equal in (False, True):
            r = stats.ttest_ind(x, y, equal_var=equal, alternative=alt)
            ci = stats.ttest_ind(x, y, equal_var=equal).confidence_interval(0.95)
            case("student" if equal else "welch", x, y, alt, t=r.statistic, df=r.df, p=r.pvalue, lo=ci.low, hi=ci.high)
        r = stats.ttest_1samp(x, 0.2, alternative=alt)
        case("one_sample", x, 0.2, alt, t=r.statistic, df=r.df, p=r.pvalue)
    t, df, scale = stats.ttest_ind(x, y).statistic, m + n - 2, np.sqrt(1 / m + 1 / n)
    lo, hi = noncentral(t, df)
    j = np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    case("cohen", x, y, d=t * scale, lo=lo * scale, hi=hi * scale, g=j * t * scale)
    t, df, scale = stats.ttest_1samp(x, 0).statistic, m - 1, 1 / np.sqrt(m)
    lo, hi = noncentral(t, df)
    case("dz", x, d=t * scale, lo=lo * scale, hi=hi * scale)

for df in (1, 2, 3.5, 9, 29, 200, 5000):
    for d in (-3, 0, 0.5, 2, 8, 30):
        for t in (-4, 0, 1, 2.5, 9, 35):
            case("nct", t, df, d, p=nct(t, df, d))
for df in (1, 3, 10, 100):
    for d in (0, 0.5, 5, 80, 2000):
        for x in (0.1, 2, 12, 110, 2100):
            case("ncx2", x, df, d, p=stats.ncx2.cdf(x, df, d) if d else stats.chi2.cdf(x, df))

for n in (4, 6, 9, 12, 50):
    x = draw(0, 1, n)
    y = x * 0.5 + draw(0, 1, n)
    for alt in ("two-sided", "less", "greater"):
        r = stats.pearsonr(x, y, alternative=alt)
        case("pearson", x, y, alt, r=r.statistic, p=r.pvalue, lo=stats.pearsonr(x, y).confidence_interval(0.95).low, hi=stats.pearsonr(x, y).confidence_interval(0.95).high)
        if n > 9:
            r = stats.spearmanr(x, y, alternative=alt)
            case("spearman", x, y, alt, r=r.statistic, p=r.pvalue)

for counts, shares in (((10, 20, 30), (1 / 3, 1 / 3, 1 / 3)), ((5012, 4880), (0.5, 0.5)), ((3, 0, 1, 2), (0.1, 0.2, 0.3, 0.4)), ((700, 200, 100), (0.7, 0.2, 0.1))):
    n = sum(counts)
    r = stats.chisquare(counts, [n * s for s in shares])
    case("fit", counts, shares, x=r.statistic, p=r.pvalue)
for table in ([[12, 28], [20, 21]], [[1, 2, 3], [4, 5, 6]], [[10, 0, 3], [2, 8, 9], [4, 4, 4]], [[300, 280, 90], [310, 260, 140]]):
    r = stats.chi2_contingency(table, correction=False)
    n, k = np.sum(table), min(np.shape(table)) - 1
    find = lambda p: optimize.brentq(lambda d: stats.ncx2.cdf(r.statistic, r.dof, d) - p, 1e-9, 10 * r.statistic + 50, xtol=1e-12) if stats.chi2.cdf(r.statistic, r.dof) > p else 0
    case("table", table, x=r.statistic, p=r.pvalue, df=r.dof, v=np.sqrt(r.statistic / (n * k)), lo=np.sqrt(find(0.975) / (n * k)), hi=np.sqrt(max(find(0.025), r.statistic) / (n * k)))

for k, exposure in ((0, 10), (1, 3.5), (7, 7), (23, 100), (1000, 12)):
    case("rate", k, exposure, lo=(stats.chi2.ppf(0.025, 2 * k) / 2 / exposure if k else 0), hi=stats.chi2.ppf(0.975, 2 * k + 2) / 2 / exposure)

for p in ([0.01, 0.04, 0.03, 0.005], [0.5], [0.9, 0.9, 0.9], [0.001, 0.2, 0.02, 0.02, 1.0, 0.0]):
    case("adjust", p, holm=multipletests(p, method="holm")[1], bh=multipletests(p, method="fdr_bh")[1])

for n in (2, 5, 20, 100):
    for d in (0.2, 0.5, 1.2):
        for alt, sm in (("two-sided", "two-sided"), ("greater", "larger")):
            if n * d > 100:  # statsmodels answers nan
                continue
            case("power_paired", n, d, alt, power=TTestPower().power(d, n, 0.05, alternative=sm))
            case("power_two", n, d, 1.5, alt, power=TTestIndPower().power(d, n, 0.05, ratio=np.ceil(1.5 * n) / n, alternative=sm))

x = np.array([0.3, -0.1, 0.8, 0.25, 1.9, 0.4, 0.1, 0.7, 2.4, 0.05, 0.6, 0.9, -0.3, 0.2, 1.1])
for method in ("BCa", "percentile"):
    for name, f in (("mean", np.mean), ("sd", lambda v, axis: np.std(v, ddof=1, axis=axis))):
        r = stats.bootstrap((x,), f, n_resamples=400000, batch=20000, method=method, rng=np.random.default_rng(1)).confidence_interval
        case("bootstrap", x, method, name, lo=r.low, hi=r.high)

print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
