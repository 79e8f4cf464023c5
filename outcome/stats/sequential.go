package stats

import (
	"fmt"
	"math"

	"segue"
)

// What a sequence waits for before it claims anything. (d): before, means are not yet
// normal enough and variances too small too often; TestSequencesOfNothing measures what
// is left of it. A wait takes no claim back and adds none, whatever ends it.
const (
	// BurnIn is how many observations (pairs, or listeners) each arm has first.
	BurnIn = 20
	// MostSkew is the largest skewness of the estimate, either way, at which it is read.
	// A mean's is that of one observation over √n: so n ≥ 44·skewness². (Cochran's rule
	// for one interval, read once, is 25.) Where two arms are alike theirs cancels.
	MostSkew = .15
)

// SequentialOptions are those of a sequence that is read while it grows.
type SequentialOptions struct {
	// Effect is the smallest effect of interest, in the outcome's unit, > 0. It sets what
	// size of effect the sequence is quickest to find; any other is found too. It must be
	// chosen before the data.
	Effect float64
	// SD is what the standard deviation of one observation is presumed to be, before the
	// data. Given, MeanSequence mixes over effects in units of the true deviation,
	// whatever that is, and is exact for normal outcomes at every n. 0: it mixes over
	// effects in the outcome's unit.
	SD     float64
	Level  float64 // 1 − the share of false claims, in (0, 1); default Level
	BurnIn int     // observations, or listeners, in each arm before anything is said; default BurnIn
}

// Reading is what a sequence says now. It may be read after every observation: over
// the whole of its length, P comes down to 1 − level under the null hypothesis at any
// time at all in at most that share of experiments, and the intervals hold the truth
// at all times at once in at least the level of them.
type Reading struct {
	Method      string       `json:"method"`
	Null        string       `json:"null"` // the hypothesis P speaks of, in words
	Alternative Alternative  `json:"alternative"`
	N           int          `json:"n"`
	Estimate    Estimate     `json:"estimate"`   // with the interval of the confidence sequence
	P           segue.Number `json:"p"`          // always valid: the smallest so far; 1 while waiting
	Claimed     bool         `json:"claimed"`    // P ≤ 1 − level
	ClaimedAt   int          `json:"claimed_at"` // the observation at which it first was; 0: it was not
	Waiting     int          `json:"waiting"`    // how many more observations, or listeners, before anything can be claimed
	Skew        segue.Number `json:"skew"`       // of the estimate; nothing is claimed while it is beyond ±MostSkew
	Exact       bool         `json:"exact"`      // valid for every n; otherwise an approximation for large n
	Notes       []string     `json:"notes,omitempty"`
	Reason      string       `json:"reason,omitempty"` // why nothing is said yet
}

// MixingVariance returns the variance τ² of the effects that a sequence mixes over:
// the one that makes its interval narrowest at the time when that is as wide as the
// effect on either side. A sequence of mean x̄ with variance V has the interval
//
//	x̄ ± √(V·(1 + r)/r·ln((1 + r)/α²)), r = τ²/V,
//
// narrowest where r = ln((1 + r)/α²), 8.2 at 95 % (the optimum of Robbins 1970,
// doi:10.1214/aoms/1177696786), and there as wide as √(V·(1 + r)). That is the effect
// if τ² = effect²·r/(1 + r): τ is .94 of the effect at 95 %.
func MixingVariance(effect, level float64) float64 {
	if !(effect > 0) || math.IsInf(effect, 0) {
		panic("stats: the smallest effect of interest is above 0")
	}
	r := narrowest(1 - wholeLevel(level))
	return effect * effect * r / (1 + r)
}

// narrowest solves r = ln((1 + r)/α²), by iteration: the right side rises by less than
// half of r's.
func narrowest(alpha float64) float64 {
	r := 1 - 2*math.Log(alpha)
	for range 200 {
		r = math.Log1p(r) - 2*math.Log(alpha)
	}
	return r
}

// SequenceSize returns how many observations (pairs) of standard deviation sd a
// MeanSequence needs to claim an effect with at least the power given: at that n alone
// it is outside the interval so often, and it may have been so before. For two arms of
// n each, sd is √2 times that of one.
func SequenceSize(effect, sd, power, level float64) int {
	level = wholeLevel(level)
	if !(sd > 0) || !(power > 0 && power < 1) {
		panic("stats: a size needs a standard deviation above 0 and a power between 0 and 1")
	}
	tau := MixingVariance(effect, level)
	enough := func(n float64) bool {
		v := sd * sd / n
		radius := math.Sqrt(v * (1 + tau/v) / (tau / v) * math.Log((1+tau/v)/((1-level)*(1-level))))
		return normal.CDF((effect-radius)/math.Sqrt(v)) >= power
	}
	lo, hi := 1.0, 2.0
	for !enough(hi) {
		lo, hi = hi, hi*2
	}
	for hi-lo > 1 {
		if mid := math.Floor((lo + hi) / 2); enough(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return int(hi)
}

// mixture is the mixture likelihood ratio of an estimate against 0: over effects drawn
// from N(0, τ²), with the variance V of the estimate found with ν degrees of freedom,
//
//	Λ = (1 + r)^(−½)·((1 + t²/ν)/(1 + t²/(ν(1 + r))))^((ν + 1)/2), t² = estimate²/V, r = τ²/V.
//
// For large ν that is Robbins's normal mixture, as Johari et al. use it,
//
//	(1 + r)^(−½)·exp(t²·r/(2(1 + r))).
//
// With r a fixed multiple of n it is a martingale under the null hypothesis for normal
// outcomes of any variance, which the mixture takes out with the right Haar measure
// (Wang & Ramdas 2023, arXiv:2310.03722, after Lai 1976; Pérez-Ortiz et al. 2024,
// doi:10.1214/24-AOS2394).
type mixture struct {
	tau2  float64 // variance mixed over, in the outcome's unit squared
	alpha float64
	level float64
	burn  int

	least     float64 // the smallest −ln Λ so far
	claimedAt int
}

func newMixture(o SequentialOptions) mixture {
	level := wholeLevel(o.Level)
	if o.BurnIn < 0 || o.SD < 0 || math.IsNaN(o.SD) || math.IsInf(o.SD, 0) {
		panic("stats: a sequence's burn-in is 1 or more and its SD above 0, or both are left 0")
	}
	burn := BurnIn
	if o.BurnIn > 0 {
		burn = max(2, o.BurnIn)
	}
	return mixture{tau2: MixingVariance(o.Effect, level), alpha: 1 - level, level: level, burn: burn}
}

func logEvidence(t2, nu, r float64) float64 {
	return -math.Log1p(r)/2 + (nu+1)/2*(math.Log1p(t2/nu)-math.Log1p(t2/(nu*(1+r))))
}

// radius is where the evidence comes to 1/α: +Inf as long as no estimate brings so much.
func (m *mixture) radius(v, nu, r float64) float64 {
	c := math.Expm1((math.Log1p(r) - 2*math.Log(m.alpha)) / (nu + 1)) // + 1
	if c >= r {
		return math.Inf(1)
	}
	return math.Sqrt(v * nu * c / (1 - (1+c)/(1+r)))
}

// add takes the evidence after n observations into account.
func (m *mixture) add(log float64, n int) {
	if -log < m.least {
		m.least = -log
		if m.claimedAt == 0 && log >= -math.Log(m.alpha) {
			m.claimedAt = n
		}
	}
}

func (m *mixture) p() segue.Number { return finite(min(1, math.Exp(m.least))) }

// A standing is where an estimate stands after n observations.
type standing struct {
	n       int
	value   float64
	v       float64 // its variance; 0 if nothing varies
	nu      float64 // degrees of freedom of v
	r       float64 // τ²/V
	skew    float64 // of the estimate
	waiting int     // how many more observations are waited for
}

func (s standing) ready() bool { return s.waiting == 0 && s.v > 0 && math.Abs(s.skew) <= MostSkew }

// take takes into account where the estimate stands.
func (m *mixture) take(s standing) {
	if s.ready() {
		m.add(logEvidence(s.value*s.value/s.v, s.nu, s.r), s.n)
	}
}

// read says what all sequences say alike. of is what is waited for.
func (m *mixture) read(r Reading, name, of string, s standing, enough bool) Reading {
	r.Alternative = TwoSided
	r.N, r.P, r.ClaimedAt, r.Claimed = s.n, m.p(), m.claimedAt, m.claimedAt > 0
	r.Waiting, r.Skew = s.waiting, segue.Missing()
	radius := math.Inf(1)
	switch {
	case s.n == 0:
		r.Reason = "no observations"
	case math.IsNaN(s.value):
		r.Reason = "one arm has no observations yet"
	case s.waiting > 0:
		r.Reason = fmt.Sprintf("too few yet: nothing is said before %s more", several(s.waiting, of))
	case s.v == 0:
		r.Reason = "all observations of an arm are equal: how far they vary cannot be told"
	case math.IsInf(s.v, 0) || math.IsNaN(s.v) || math.IsNaN(s.skew):
		r.Reason = tooFar
	case !s.ready():
		r.Reason = "the outcome is so skewed that more observations are needed before anything is said"
	default:
		radius = m.radius(s.v, s.nu, s.r)
		if math.IsInf(radius, 1) {
			r.Reason = "so few observations bound the effect nowhere"
		}
	}
	if s.v > 0 {
		r.Skew = finite(s.skew)
	}
	r.Estimate = estimate(name, r.Method, s.n, m.level, s.value, s.value-radius, s.value+radius)
	r.Estimate.Reason = r.Reason
	r.Estimate.Enough = enough && s.ready()
	if r.Claimed && r.Estimate.Defined() && r.Estimate.Holds(0) {
		r.Notes = append(r.Notes, fmt.Sprintf("it was clear after %d observations and is not now: the effect may have changed while it was watched", r.ClaimedAt))
	}
	return r
}

// moments are those of a sample, as it grows (Welford 1962; Terriberry 2007).
type moments struct {
	n                int
	mean, sum2, sum3 float64 // sums of powers of deviations
}

func (m *moments) add(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		panic("stats: a value is not finite")
	}
	before := float64(m.n)
	m.n++
	n := float64(m.n)
	d := x - m.mean
	step := d / n
	m.mean += step
	m.sum3 += d*step*step*before*(n-2) - 3*step*m.sum2
	m.sum2 += d * step * before
}

// variance is that of one observation, 0 where there is none to speak of.
func (m *moments) variance() float64 {
	n := float64(m.n)
	if m.n < 2 || m.sum2 <= 1e-24*n*m.mean*m.mean {
		return 0
	}
	return m.sum2 / (n - 1)
}

// third is the third central moment of the mean.
func (m *moments) third() float64 {
	n := float64(m.n)
	return m.sum3 / n / (n * n)
}

// MeanSequence reads the mean of independent observations of one distribution, such as
// differences of pairs, blocks or listeners, against 0 while they arrive: the mixture
// sequential probability ratio test with normal mixing (Robbins 1970,
// doi:10.1214/aoms/1177696786; Johari et al. 2017, doi:10.1145/3097983.3097992; 2022,
// doi:10.1287/opre.2021.2135), with the variance found from the data.
//
// Given SD it is exact for normal outcomes at every n. For other outcomes, and without
// SD, it is asymptotic (Waudby-Smith et al. 2024, doi:10.1214/24-AOS2408): it says
// nothing before BurnIn observations, nor while the mean is skewed beyond MostSkew.
// Where one observation depends on those before it, as several of one listener do when
// listeners differ in what works for them, use ClusterSequence.
//
// Adding and reading take O(1).
type MeanSequence struct {
	mixture
	ratio float64 // r = ratio·n; 0: r = τ²/V
	moments
}

// NewMeanSequence panics if the options cannot be.
func NewMeanSequence(o SequentialOptions) *MeanSequence {
	s := &MeanSequence{mixture: newMixture(o)}
	if o.SD > 0 {
		s.ratio = s.tau2 / (o.SD * o.SD)
	}
	return s
}

// Add takes one more observation. It panics if that is not finite.
func (s *MeanSequence) Add(x float64) {
	s.moments.add(x)
	s.take(s.stand())
}

func (s *MeanSequence) stand() standing {
	n := float64(s.n)
	at := standing{n: s.n, value: s.mean, nu: n - 1, waiting: max(0, s.burn-s.n)}
	if s.n == 0 {
		at.value = math.NaN()
	}
	if v := s.variance(); v > 0 {
		at.v = v / n
		at.skew = s.third() / math.Pow(at.v, 1.5)
		at.r = s.tau2 / at.v
		if s.ratio > 0 {
			at.r = s.ratio * n
		}
	}
	return at
}

// Read returns what the sequence says now.
func (s *MeanSequence) Read() Reading {
	r := Reading{Method: "normal-mixture sequential test of a mean", Null: "the mean is 0"}
	if s.ratio > 0 {
		r.Notes = append(r.Notes, "exact at every n if the outcome is normal")
	}
	return s.read(r, "mean", "observation", s.stand(), s.n >= Least)
}

// ArmSequence reads the difference of two arms' means while independent observations
// arrive, in whatever order and numbers: see MeanSequence. The arms may have different
// variances (Welch's variance and degrees of freedom). It is asymptotic, and says
// nothing before each arm has BurnIn observations, nor while the difference is skewed
// beyond MostSkew. Where a listener may appear more than once, use ClusterSequence.
type ArmSequence struct {
	mixture
	arms [2]moments
}

// NewArmSequence panics if the options cannot be.
func NewArmSequence(o SequentialOptions) *ArmSequence {
	return &ArmSequence{mixture: newMixture(o)}
}

// Add takes one more observation of arm 0, the control, or 1. It panics if arm is
// another, or y is not finite.
func (s *ArmSequence) Add(arm int, y float64) {
	s.arms[arm].add(y)
	s.take(s.stand())
}

func (s *ArmSequence) stand() standing {
	a, b := &s.arms[0], &s.arms[1]
	at := standing{n: a.n + b.n, value: b.mean - a.mean, waiting: max(0, s.burn-a.n) + max(0, s.burn-b.n)}
	if a.n == 0 || b.n == 0 {
		at.value = math.NaN()
		return at
	}
	va, vb := a.variance()/float64(a.n), b.variance()/float64(b.n)
	if at.v = va + vb; at.v > 0 {
		at.nu = at.v * at.v / (va*va/max(1, float64(a.n-1)) + vb*vb/max(1, float64(b.n-1)))
		at.skew = (b.third() - a.third()) / math.Pow(at.v, 1.5)
		at.r = s.tau2 / at.v
	}
	return at
}

// Read returns what the sequence says now.
func (s *ArmSequence) Read() Reading {
	r := Reading{Method: "normal-mixture sequential test of two means", Null: "the means of the arms are equal"}
	return s.read(r, "difference of means", "observation", s.stand(), min(s.arms[0].n, s.arms[1].n) >= Least)
}

// ClusterSequence reads the difference of two arms' means while observations of
// listeners arrive, several of each, whose arms are drawn by listener or by observation.
// Each observation counts once; the variance is that of the listeners' contributions
// (cluster-robust, linearised), with G − 2 degrees of freedom for G listeners. It is
// asymptotic in G, and says nothing before BurnIn listeners are in each arm, nor while
// the difference is skewed beyond MostSkew.
//
// Adding and reading take O(1), memory O(G).
type ClusterSequence struct {
	mixture
	of      map[int]*[4]float64
	origin  float64    // the first observation: sums are of y − origin
	total   [4]float64 // sum and count of arm 0, of arm 1
	members [2]int
	// Sums over listeners of products of two and of three of their four numbers.
	pairs   [4][4]float64
	triples [4][4][4]float64
}

// NewClusterSequence panics if the options cannot be.
func NewClusterSequence(o SequentialOptions) *ClusterSequence {
	return &ClusterSequence{mixture: newMixture(o), of: map[int]*[4]float64{}}
}

// Add takes one more observation of a listener, in arm 0, the control, or 1. It panics
// if arm is another, or y is not finite.
func (s *ClusterSequence) Add(listener, arm int, y float64) {
	if arm != 0 && arm != 1 {
		panic("stats: a sequence has the arms 0 and 1")
	}
	if math.IsNaN(y) || math.IsInf(y, 0) {
		panic("stats: a value is not finite")
	}
	if len(s.of) == 0 {
		s.origin = y
	}
	c := s.of[listener]
	if c == nil {
		c = &[4]float64{}
		s.of[listener] = c
	}
	if c[2*arm+1] == 0 {
		s.members[arm]++
	}
	s.tally(c, -1)
	for _, z := range []*[4]float64{c, &s.total} {
		z[2*arm] += y - s.origin
		z[2*arm+1]++
	}
	s.tally(c, 1)
	s.take(s.stand())
}

func (s *ClusterSequence) tally(c *[4]float64, sign float64) {
	for i := range 4 {
		for j := i; j < 4; j++ {
			w := sign * c[i] * c[j]
			s.pairs[i][j] += w
			for k := j; k < 4; k++ {
				s.triples[i][j][k] += w * c[k]
			}
		}
	}
}

// stand takes the difference of means as the sum of the listeners' contributions
//
//	ψ = (sum₁ − n₁·mean₁)/N₁ − (sum₀ − n₀·mean₀)/N₀,
//
// linear in their four numbers, whose variance is Σψ²·G/(G − 1) and third moment Σψ³.
func (s *ClusterSequence) stand() standing {
	at := standing{n: int(s.total[1] + s.total[3]), value: math.NaN(), waiting: max(0, s.burn-s.members[0]) + max(0, s.burn-s.members[1])}
	if s.total[1] == 0 || s.total[3] == 0 {
		return at
	}
	mean0, mean1 := s.total[0]/s.total[1], s.total[2]/s.total[3]
	at.value = mean1 - mean0
	w := [4]float64{-1 / s.total[1], mean0 / s.total[1], 1 / s.total[3], -mean1 / s.total[3]}
	v, size, third := 0.0, 0.0, 0.0
	for i := range 4 {
		for j := i; j < 4; j++ {
			d := w[i] * w[j] * s.pairs[i][j] * orders2(i, j)
			v += d
			size += math.Abs(d)
			for k := j; k < 4; k++ {
				third += w[i] * w[j] * w[k] * s.triples[i][j][k] * orders3(i, j, k)
			}
		}
	}
	g := float64(len(s.of))
	if v <= 1e-13*size || g < 3 {
		return at
	}
	at.v = v * g / (g - 1)
	at.nu = g - 2
	at.skew = third / math.Pow(at.v, 1.5)
	at.r = s.tau2 / at.v
	return at
}

// Read returns what the sequence says now.
func (s *ClusterSequence) Read() Reading {
	r := Reading{Method: "normal-mixture sequential test of two means, by listener", Null: "the means of the arms are equal"}
	return s.read(r, "difference of means", "listener", s.stand(), min(s.members[0], s.members[1]) >= Least)
}

// orders2 and orders3 are in how many orders indices can be written.
func orders2(i, j int) float64 {
	if i == j {
		return 1
	}
	return 2
}

func orders3(i, j, k int) float64 {
	switch {
	case i == j && j == k:
		return 1
	case i == j || j == k:
		return 3
	}
	return 6
}

// Test returns the reading as a test, so that it is read as any other (Result.Reading).
// While nothing can be said it has no P.
func (r Reading) Test() Result {
	t := Result{Method: r.Method, Null: r.Null, Alternative: r.Alternative, Statistic: segue.Missing(), DF: segue.Missing(), P: r.P, Exact: r.Exact, N: r.N, Enough: r.Estimate.Enough, Effects: []Estimate{r.Estimate}, Notes: r.Notes}
	if r.Reason != "" && !r.Claimed {
		t.P, t.Reason = segue.Missing(), r.Reason
	}
	return t
}
