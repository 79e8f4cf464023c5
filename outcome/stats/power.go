package stats

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"segue"
	"segue/internal/parallel"
)

// MaxSize is the largest sample size looked for.
const MaxSize = 1_000_000

// A Design is a planned test of an effect of a given size, before any data. Its sizes n
// count Unit.
type Design struct {
	Name   string // "paired t test"
	Unit   string // what n counts: "pairs", "in each group", "clusters in each arm"
	Effect string // the effect in words and numbers, as planned for
	Method string // how the power is made
	Exact  bool   // the power is exact under the assumptions of Effect
	Least  int    // the smallest n that the test takes
	Uneven bool   // power does not rise with every n: counts come in steps
	power  func(n int) float64
}

// A Plan is what a design needs or gives: the power of a size.
type Plan struct {
	Design string       `json:"design"`
	Effect string       `json:"effect"`
	N      int          `json:"n"`
	Unit   string       `json:"n_is"`
	Power  segue.Number `json:"power"` // [0, 1]: the chance of p ≤ α if the effect is as planned
	Alpha  float64      `json:"alpha"`
	Method string       `json:"method"`
	Exact  bool         `json:"exact"`
	Notes  []string     `json:"notes,omitempty"`
	Reason string       `json:"reason,omitempty"` // why there is no such plan
}

// A Criterion is when a test claims something: where p ≤ Alpha.
type Criterion struct {
	Alpha       float64     // in (0, 1); default .05
	Alternative Alternative // default TwoSided; Greater is towards the planned effect
}

func (c Criterion) whole() Criterion {
	if c.Alpha == 0 {
		c.Alpha = .05
	}
	if !(c.Alpha > 0 && c.Alpha < 1) {
		panic("stats: α lies between 0 and 1")
	}
	if c.Alternative == "" {
		c.Alternative = TwoSided
	}
	return c
}

// Power returns the chance of p ≤ α with size n, in the unit of the design. It is 0
// below Least.
func (d Design) Power(n int) float64 {
	if n < d.Least {
		return 0
	}
	return min(1, max(0, d.power(n)))
}

// Size returns the smallest n that reaches a power, in (0, 1), where none of the next
// ones falls below it again, up to a fifth more, at least 10 and at most 100: tests of
// counts gain and lose a little with every n. ok is false where MaxSize does not reach
// it.
func (d Design) Size(power float64) (n int, ok bool) {
	if !(power > 0 && power < 1) {
		panic("stats: a power lies between 0 and 1")
	}
	hi := max(d.Least, 2)
	for d.Power(hi) < power {
		if hi >= MaxSize {
			return 0, false
		}
		hi = min(2*hi, MaxSize)
	}
	n = firstOf(d.Least, hi, func(n int) bool { return d.Power(n) >= power })
	if !d.Uneven {
		return n, true
	}
	// The search by halves may have landed on any tooth: begin below it.
	start := max(d.Least, n-min(max(20, n/4), 100))
	held := 0
	for m := start; m <= MaxSize; m++ {
		if d.Power(m) < power {
			held = 0
			continue
		}
		if held == 0 {
			n = m
		}
		if held++; held > min(max(10, n/5), 100) {
			return n, true
		}
	}
	return 0, false
}

// Plan returns the power of size n.
func (d Design) Plan(n int, c Criterion) Plan {
	return Plan{Design: d.Name, Effect: d.Effect, N: n, Unit: d.Unit, Power: finite(d.Power(n)), Alpha: c.whole().Alpha, Method: d.Method, Exact: d.Exact}
}

// PlanFor returns the size that reaches a power.
func (d Design) PlanFor(power float64, c Criterion) Plan {
	n, ok := d.Size(power)
	if !ok {
		p := d.Plan(MaxSize, c)
		p.N, p.Power, p.Reason = 0, segue.Missing(), fmt.Sprintf("even %d %s do not reach a power of %.4g", MaxSize, d.Unit, power)
		return p
	}
	return d.Plan(n, c)
}

// Detectable returns the smallest effect in (0, most] that a size finds with a power,
// where design gives the design of an effect and larger effects are found more surely.
// Missing where even most is not found.
func Detectable(n int, power, most float64, design func(effect float64) Design) segue.Number {
	if design(most).Power(n) < power {
		return segue.Missing()
	}
	return segue.Number(root(most*1e-9, most, func(effect float64) float64 { return design(effect).Power(n) - power }))
}

// noncentralPower is the power of a t test with df degrees of freedom whose statistic
// has noncentrality d. Two-sided it counts both tails (R's power.t.test, strict).
func noncentralPower(df, d float64, c Criterion) float64 {
	switch c.Alternative {
	case Greater:
		return 1 - noncentralT(tQuantile(1-2*c.Alpha, df), df, d)
	case Less:
		return noncentralT(-tQuantile(1-2*c.Alpha, df), df, d)
	}
	t := tQuantile(1-c.Alpha, df)
	return 1 - noncentralT(t, df, d) + noncentralT(-t, df, d)
}

func mustBePositive(v float64, what string) {
	if !(v > 0) || math.IsInf(v, 1) {
		panic("stats: " + what + " is positive")
	}
}

// PairedDesign is the paired (or one-sample) t test of a mean difference of dz of its
// standard deviations; exact for normal differences, by noncentral t. n counts pairs.
func PairedDesign(dz float64, c Criterion) Design {
	c = c.whole()
	return Design{
		Name: "paired t test", Unit: "pairs", Effect: fmt.Sprintf("mean difference of %.4g standard deviations of the difference (d_z)", dz),
		Method: "noncentral t distribution", Exact: true, Least: 2,
		power: func(n int) float64 { return noncentralPower(float64(n-1), dz*math.Sqrt(float64(n)), c) },
	}
}

// TwoMeansDesign is the two-sample t test of a difference of d standard deviations
// within groups; exact for normal values of equal variance, by noncentral t. n counts
// the first group, the second is ratio times as large, rounded up.
func TwoMeansDesign(d, ratio float64, c Criterion) Design {
	c = c.whole()
	mustBePositive(ratio, "the ratio of group sizes")
	return Design{
		Name: "two-sample t test", Unit: unitOf(ratio), Effect: fmt.Sprintf("difference of means of %.4g standard deviations (d)", d),
		Method: "noncentral t distribution", Exact: true, Least: 2,
		power: func(n int) float64 {
			a, b := float64(n), math.Ceil(float64(n)*ratio-1e-9)
			if b < 1 {
				return 0
			}
			return noncentralPower(a+b-2, d/math.Sqrt(1/a+1/b), c)
		},
	}
}

func unitOf(ratio float64) string {
	if ratio == 1 {
		return "in each group"
	}
	return fmt.Sprintf("in the first group, %.4g times as many in the second", ratio)
}

// OneShareDesign is the exact binomial test of a share p0 where it is p1; exact.
func OneShareDesign(p0, p1 float64, c Criterion) Design {
	c = c.whole()
	if !(p0 > 0 && p0 < 1 && p1 >= 0 && p1 <= 1) {
		panic("stats: shares lie in 0 to 1, the one to test inside")
	}
	return Design{
		Name: "exact binomial test", Unit: "observations", Effect: fmt.Sprintf("a share of %.4g instead of %.4g", p1, p0),
		Method: "exact, over all outcomes", Exact: true, Least: 1, Uneven: true,
		power: func(n int) float64 { return binomialPower(n, p0, p1, c) },
	}
}

// binomialPower is the chance under p1 of an outcome that the exact test of p0 rejects.
// Those are a run of counts from 0 on and one up to n.
func binomialPower(n int, p0, p1 float64, c Criterion) float64 {
	rejects := func(k int) bool { p, _ := binomialP(k, n, p0, c.Alternative); return p <= c.Alpha }
	middle := int(math.Floor(float64(n) * p0))
	total := 0.
	if c.Alternative != Greater {
		kept := firstOf(0, middle+1, func(k int) bool { return !rejects(k) })
		total += binomialAtMost(kept-1, n, p1)
	}
	if c.Alternative != Less {
		total += binomialAtLeast(firstOf(middle+1, n+1, rejects), n, p1)
	}
	return total
}

// SignDesign is the exact sign test where a difference is positive with the share
// given; exact. n counts differences other than 0.
func SignDesign(share float64, c Criterion) Design {
	d := OneShareDesign(.5, share, c)
	d.Name, d.Unit, d.Effect = "exact sign test", "differences other than 0", fmt.Sprintf("%.4g of the differences are positive", share)
	return d
}

// TwoSharesDesign is the score test (TwoProportions) of two shares; its power is exact,
// over all outcomes, although the test is an approximation. n counts the first group,
// the second is ratio times as large, rounded up.
func TwoSharesDesign(p1, p2, ratio float64, c Criterion) Design {
	c = c.whole()
	mustBePositive(ratio, "the ratio of group sizes")
	if !(p1 >= 0 && p1 <= 1 && p2 >= 0 && p2 <= 1) {
		panic("stats: a share lies in 0 to 1")
	}
	return Design{
		Name: "score test of two proportions", Unit: unitOf(ratio), Effect: fmt.Sprintf("shares of %.4g and %.4g", p1, p2),
		Method: "exact, over all outcomes of both groups", Exact: true, Least: 1, Uneven: true,
		power: func(n int) float64 { return twoSharesPower(n, int(math.Ceil(float64(n)*ratio-1e-9)), p1, p2, c) },
	}
}

func twoSharesPower(n1, n2 int, p1, p2 float64, c Criterion) float64 {
	critical := zOf(1 - c.Alpha)
	if c.Alternative != TwoSided {
		critical = zOf(1 - 2*c.Alpha)
	}
	a, b := float64(n1), float64(n2)
	lo1, hi1 := likely(n1, p1)
	lo2, hi2 := likely(n2, p2)
	second := make([]float64, hi2-lo2+2) // cumulative
	for k := lo2; k <= hi2; k++ {
		second[k-lo2+1] = second[k-lo2] + binomialProb(k, n2, p2)
	}
	all := second[len(second)-1]
	z := func(k1, k2 int) float64 {
		p := float64(k1+k2) / (a + b)
		if p == 0 || p == 1 {
			return 0
		}
		return (float64(k1)/a - float64(k2)/b) / math.Sqrt(p*(1-p)*(1/a+1/b))
	}
	total := 0.
	for k1 := lo1; k1 <= hi1; k1++ {
		// For a k1, z falls as k2 rises: the rejected k2 are a run at either end.
		chance := 0.
		if c.Alternative != Less {
			chance += second[firstOf(lo2, hi2+1, func(k2 int) bool { return z(k1, k2) < critical })-lo2]
		}
		if c.Alternative != Greater {
			chance += all - second[firstOf(lo2, hi2+1, func(k2 int) bool { return z(k1, k2) <= -critical })-lo2]
		}
		total += binomialProb(k1, n1, p1) * chance
	}
	return total
}

// likely bounds the counts of n trials that are not more unlikely than 1e-17 together.
func likely(n int, p float64) (lo, hi int) {
	m := float64(n)
	half := 9*math.Sqrt(m*p*(1-p)) + 40
	return max(0, int(m*p-half)), min(n, int(m*p+half)+1)
}

// McNemarDesign is the exact McNemar test where a share gains of all pairs changes from
// no to yes and a share losses from yes to no; exact, over how many change and which way. n
// counts pairs.
func McNemarDesign(gains, losses float64, c Criterion) Design {
	c = c.whole()
	if !(gains >= 0 && losses >= 0 && gains+losses > 0 && gains+losses <= 1) {
		panic("stats: the shares that change are not negative and at most 1 together")
	}
	return Design{
		Name: "exact McNemar test", Unit: "pairs", Effect: fmt.Sprintf("%.4g of the pairs change to yes, %.4g from it", gains, losses),
		Method: "exact, over how many change and which way", Exact: true, Least: 1, Uneven: true,
		power: func(n int) float64 {
			tail := c.Alpha
			if c.Alternative == TwoSided {
				tail /= 2 // the test of ½ is the same both ways
			}
			share := gains / (gains + losses)
			lo, hi := likely(n, gains+losses)
			total := 0.
			// Counts up to rejected are rejected from below, and as many from above: one
			// change more moves it by at most one.
			rejected := firstOf(0, lo+1, func(k int) bool { return binomialAtMost(k, lo, .5) > tail }) - 1
			for changed := lo; changed <= hi; changed++ {
				for binomialAtMost(rejected+1, changed, .5) <= tail {
					rejected++
				}
				w := binomialProb(changed, n, gains+losses)
				if c.Alternative != Greater {
					total += w * binomialAtMost(rejected, changed, share)
				}
				if c.Alternative != Less {
					total += w * binomialAtLeast(changed-rejected, changed, share)
				}
			}
			return total
		},
	}
}

// RankEfficiency is the asymptotic efficiency of the signed-rank and the Mann–Whitney
// test against the t test for normal values, 3/π; it is never below .864 (Hodges &
// Lehmann 1956, doi:10.1214/aoms/1177728261) and above 1 for heavy tails.
const RankEfficiency = 3 / math.Pi

// SignedRankDesign is the signed-rank test of normal differences with d_z, as a t test
// with 3/π times the pairs: an approximation. SimulatePower tells how good it is.
func SignedRankDesign(dz float64, c Criterion) Design {
	d := PairedDesign(dz, c)
	d.Name, d.Exact = "Wilcoxon signed-rank test", false
	d.Method = "t test of 3/π times the pairs: asymptotic efficiency at normal differences (Hodges & Lehmann 1956)"
	d.Least = 3
	c = c.whole()
	d.power = func(n int) float64 {
		m := float64(n) * RankEfficiency
		return noncentralPower(m-1, dz*math.Sqrt(m), c)
	}
	return d
}

// DesignEffect is by how much clusters of a mean size enlarge the variance of a mean:
// 1 + ((1 + cv²)·size − 1)·icc, icc the intra-class correlation and cv the coefficient of
// variation of the sizes (Kish 1965; Eldridge, Ashby & Kerry 2006, doi:10.1093/ije/dyl129).
func DesignEffect(size, icc, cv float64) float64 { return 1 + ((1+cv*cv)*size-1)*icc }

// ClusteredDesign is the comparison of two arms of clusters, such as listeners with
// several hours each, by a t test with as many degrees of freedom as clusters allow: d
// counts standard deviations of one value, its variance is enlarged by DesignEffect. n
// counts clusters in each arm. An approximation for unequal sizes.
func ClusteredDesign(d, size, icc, cv float64, c Criterion) Design {
	c = c.whole()
	mustBePositive(size, "the size of clusters")
	if !(icc >= 0 && icc <= 1 && cv >= 0) {
		panic("stats: an intra-class correlation lies in 0 to 1 and a coefficient of variation is not negative")
	}
	effect := DesignEffect(size, icc, cv)
	return Design{
		Name: "two arms of clusters, t test", Unit: "clusters in each arm",
		Effect: fmt.Sprintf("difference of means of %.4g standard deviations; %.4g in a cluster, intra-class correlation %.4g, design effect %.4g", d, size, icc, effect),
		Method: "noncentral t distribution with 2(n − 1) degrees of freedom, variance enlarged by the design effect", Exact: cv == 0, Least: 2,
		power: func(n int) float64 {
			return noncentralPower(float64(2*(n-1)), d*math.Sqrt(float64(n)*size/(2*effect)), c)
		},
	}
}

// CrossoverDesign is the comparison of two arms that every listener hears, sessions hours
// of each, by the t test of the listeners' mean differences, whose variance is
// 2·within²/sessions + between²: within is the standard deviation of one listener's
// hours in one arm, between that of the effect from listener to listener. It takes
// hours to be independent within a listener and arm, without carry-over. n counts
// listeners. Exact for normal values.
func CrossoverDesign(difference, within, between float64, sessions int, c Criterion) Design {
	mustBePositive(within, "a standard deviation")
	if !(between >= 0) || sessions < 1 {
		panic("stats: a standard deviation is not negative and a listener hears something")
	}
	d := PairedDesign(difference/math.Sqrt(2*within*within/float64(sessions)+between*between), c)
	d.Name, d.Unit = "crossover, t test of listeners' mean differences", "listeners"
	d.Effect = fmt.Sprintf("difference of %.4g; standard deviation of hours %.4g, of the effect between listeners %.4g; %s of each arm", difference, within, between, count(sessions, "hour"))
	return d
}

// SimulatePower returns the share of runs in which a test claims something, with its
// exact interval: the power of any test under any truth, or under none its rate of
// false claims. claims is called by several goroutines at once, each time with a
// generator of its own; the same seed gives the same share on any number of cores. The
// error is ctx's.
func SimulatePower(ctx context.Context, runs int, seed uint64, level float64, claims func(rng *rand.Rand) bool) (Estimate, error) {
	if runs < 1 {
		panic("stats: a simulation takes at least one run")
	}
	const together = 16
	hits := make([]int, parallel.Count(runs, together))
	err := parallel.Chunks(ctx, runs, together, func(chunk, lo, hi int) {
		rng := rand.New(rand.NewPCG(seed, uint64(chunk)*0x9e3779b97f4a7c15+1))
		for i := lo; i < hi && ctx.Err() == nil; i++ {
			if claims(rng) {
				hits[chunk]++
			}
		}
	})
	if err != nil {
		return Estimate{}, err
	}
	k := 0
	for _, h := range hits {
		k += h
	}
	e := ClopperPearson(k, runs, level)
	e.Name, e.Method = "power", fmt.Sprintf("share of %d simulated runs, seed %d; exact interval (Clopper & Pearson 1934)", runs, seed)
	return e, nil
}
