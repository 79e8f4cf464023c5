package stats

import (
	"fmt"
	"math"

	"segue"
)

// How long a sequence waits before it claims anything, in observations (pairs,
// listeners) of the smaller arm. (d): with skewed outcomes variances found from fewer
// are too small too often; TestSequencesOfNothing measures what is left.
const (
	BurnInPairs    = 20
	BurnInArm      = 20
	BurnInClusters = 20
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
	BurnIn int     // default that of the kind of sequence; 1 or more
}

// Reading is what a sequence says now. It may be read after every observation: over
// the whole of its length, P comes down to 1 − level under the null hypothesis at any
// time at all in at most that share of experiments, and the intervals hold the truth
// at all times at once in at least the level of them.
type Reading struct {
	Method    string       `json:"method"`
	Null      string       `json:"null"` // the hypothesis P speaks of, in words
	N         int          `json:"n"`
	Estimate  Estimate     `json:"estimate"`   // with the interval of the confidence sequence
	P         segue.Number `json:"p"`          // always valid: the smallest so far; 1 while waiting
	Claimed   bool         `json:"claimed"`    // P ≤ 1 − level
	ClaimedAt int          `json:"claimed_at"` // the observation at which it first was; 0: it was not
	Waiting   int          `json:"waiting"`    // how many more observations before anything can be claimed
	Exact     bool         `json:"exact"`      // valid for every n; otherwise an approximation for large n
	Notes     []string     `json:"notes,omitempty"`
	Reason    string       `json:"reason,omitempty"` // why nothing is said yet
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
// outcomes of any variance (Lai 1976, doi:10.1214/aos/1176343406; Wang & Ramdas 2023,
// arXiv:2310.03722; Pérez-Ortiz et al. 2024, doi:10.1214/24-AOS2394).
type mixture struct {
	tau2  float64 // variance mixed over, in the outcome's unit squared
	alpha float64
	level float64
	burn  int

	least     float64 // the smallest −ln Λ so far
	claimedAt int
}

func newMixture(o SequentialOptions, burn int) mixture {
	level := wholeLevel(o.Level)
	if o.BurnIn < 0 || o.SD < 0 || math.IsNaN(o.SD) || math.IsInf(o.SD, 0) {
		panic("stats: a sequence's burn-in is 1 or more and its SD above 0, or both are left 0")
	}
	if o.BurnIn > 0 {
		burn = o.BurnIn
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

// read fills in what all sequences say alike.
func (m *mixture) read(r *Reading, name string, n int, value, radius float64, waiting int, null float64) {
	r.N, r.P, r.ClaimedAt, r.Claimed = n, m.p(), m.claimedAt, m.claimedAt > 0
	r.Waiting = waiting
	r.Estimate = estimate(name, r.Method, n, m.level, value, value-radius, value+radius)
	switch {
	case r.Reason != "":
		r.Estimate.Lo, r.Estimate.Hi = segue.Missing(), segue.Missing()
	case waiting > 0:
		r.Reason = fmt.Sprintf("too few yet: nothing is said before %s more", several(waiting, "observation"))
		r.Estimate.Lo, r.Estimate.Hi = segue.Missing(), segue.Missing()
	case math.IsInf(radius, 1):
		r.Reason = "so few observations bound the effect nowhere"
	}
	r.Estimate.Reason = r.Reason
	r.Estimate.Enough = r.Estimate.Enough && waiting == 0
	if r.Claimed && r.Estimate.Defined() && r.Estimate.Holds(null) {
		r.Notes = append(r.Notes, fmt.Sprintf("it was clear after %d observations and is not now: the effect may have changed while it was watched", r.ClaimedAt))
	}
}

// MeanSequence reads the mean of independent observations of one distribution, such as
// differences of pairs, blocks or listeners, against 0 while they arrive: the mixture
// sequential probability ratio test with normal mixing (Robbins 1970,
// doi:10.1214/aoms/1177696786; Johari et al. 2017, doi:10.1145/3097983.3097992; 2022,
// doi:10.1287/opre.2021.2135), with the variance found from the data.
//
// Given SD it is exact for normal outcomes at every n. For other outcomes, and without
// SD, it is asymptotic (Waudby-Smith et al. 2024, doi:10.1214/24-AOS2408): it says
// nothing before BurnIn observations, by default BurnInPairs. Where one observation
// depends on those before it, as several of one listener do when listeners differ in
// what works for them, use ClusterSequence.
//
// Adding and reading take O(1).
type MeanSequence struct {
	mixture
	ratio float64 // r = ratio·n; 0: r = τ²/V
	n     int
	mean  float64
	sum2  float64 // of squared deviations
}

// NewMeanSequence panics if the options cannot be.
func NewMeanSequence(o SequentialOptions) *MeanSequence {
	s := &MeanSequence{mixture: newMixture(o, BurnInPairs)}
	if o.SD > 0 {
		s.ratio = s.tau2 / (o.SD * o.SD)
	}
	return s
}

// Add takes one more observation. It panics if that is not finite.
func (s *MeanSequence) Add(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		panic("stats: a value is not finite")
	}
	s.n++
	d := x - s.mean
	s.mean += d / float64(s.n)
	s.sum2 += d * (x - s.mean)
	if v, nu, r := s.variance(); s.n >= max(2, s.burn) && v > 0 {
		s.add(logEvidence(s.mean*s.mean/v, nu, r), s.n)
	}
}

// variance returns that of the mean, its degrees of freedom, and r.
func (s *MeanSequence) variance() (v, nu, r float64) {
	n := float64(s.n)
	nu = n - 1
	v = s.sum2 / nu / n
	if s.sum2 <= 1e-24*n*s.mean*s.mean {
		v = 0
	}
	if s.ratio > 0 {
		return v, nu, s.ratio * n
	}
	return v, nu, s.tau2 / v
}

// Read returns what the sequence says now.
func (s *MeanSequence) Read() Reading {
	out := Reading{Method: "normal-mixture sequential test of one mean", Null: "the mean is 0", Exact: false}
	if s.ratio > 0 {
		out.Notes = append(out.Notes, "exact at every n for normal outcomes")
	}
	if s.n == 0 {
		out.Reason = "no observations"
		s.read(&out, "mean", 0, math.NaN(), math.NaN(), max(2, s.burn), 0)
		return out
	}
	radius := math.Inf(1)
	switch v, nu, r := s.variance(); {
	case s.n < 2:
	case v == 0:
		out.Reason = "all observations are equal: how far they vary cannot be told"
	default:
		radius = s.radius(v, nu, r)
	}
	s.read(&out, "mean", s.n, s.mean, radius, max(0, max(2, s.burn)-s.n), 0)
	return out
}

// ArmSequence reads the difference of two arms' means while independent observations
// arrive, in whatever order and numbers: see MeanSequence. The arms may have different
// variances (Welch's variance and degrees of freedom); the sequence is asymptotic, and
// says nothing before each arm has BurnIn observations, by default BurnInArm. Where a
// listener may appear more than once, use ClusterSequence.
type ArmSequence struct {
	mixture
	arms [2]MeanSequence
}

// NewArmSequence panics if the options cannot be.
func NewArmSequence(o SequentialOptions) *ArmSequence {
	return &ArmSequence{mixture: newMixture(o, BurnInArm)}
}

// Add takes one more observation of arm 0, the control, or 1. It panics if arm is
// another, or y is not finite.
func (s *ArmSequence) Add(arm int, y float64) {
	a := &s.arms[arm]
	a.burn = math.MaxInt
	a.Add(y)
	if value, v, nu := s.difference(); s.waiting() == 0 && v > 0 {
		s.add(logEvidence(value*value/v, nu, s.tau2/v), s.arms[0].n+s.arms[1].n)
	}
}

func (s *ArmSequence) waiting() int {
	return max(0, max(2, s.burn)-s.arms[0].n) + max(0, max(2, s.burn)-s.arms[1].n)
}

func (s *ArmSequence) difference() (value, v, nu float64) {
	a, b := &s.arms[0], &s.arms[1]
	va, na, _ := a.variance()
	vb, nb, _ := b.variance()
	return b.mean - a.mean, va + vb, (va + vb) * (va + vb) / (va*va/na + vb*vb/nb)
}

// Read returns what the sequence says now.
func (s *ArmSequence) Read() Reading {
	out := Reading{Method: "normal-mixture sequential test of two means", Null: "the means of the arms are equal"}
	n := s.arms[0].n + s.arms[1].n
	radius := math.Inf(1)
	value := math.NaN()
	switch {
	case n == 0:
		out.Reason = "no observations"
	case s.arms[0].n == 0 || s.arms[1].n == 0:
		out.Reason = "one arm has no observations yet"
	default:
		v, nu := 0.0, 0.0
		value, v, nu = s.difference()
		switch {
		case s.arms[0].n < 2 || s.arms[1].n < 2:
		case v == 0:
			out.Reason = "all observations of an arm are equal: how far they vary cannot be told"
		default:
			radius = s.radius(v, nu, s.tau2/v)
		}
	}
	s.read(&out, "difference of means", n, value, radius, s.waiting(), 0)
	out.Estimate.Enough = out.Estimate.Enough && min(s.arms[0].n, s.arms[1].n) >= Least
	return out
}

// ClusterSequence reads the difference of two arms' means while observations of
// listeners arrive, several of each, whose arms are drawn by listener or by observation.
// Each observation counts once; the variance is that of the listeners' contributions
// (cluster-robust, linearised), with G − 2 degrees of freedom for G listeners. It is
// asymptotic in G, and says nothing before BurnIn listeners, by default BurnInClusters,
// are in each arm.
//
// Adding and reading take O(1), memory O(G).
type ClusterSequence struct {
	mixture
	of      map[int]*shareOfTwo
	origin  float64 // the first observation: sums are of y − origin
	n       [2]float64
	sum     [2]float64
	members [2]int
	// Sums over listeners of products of their counts and sums, by arm.
	ss, sn, nn [2][2]float64
}

// shareOfTwo is what one listener has in both arms.
type shareOfTwo struct{ n, sum [2]float64 }

// NewClusterSequence panics if the options cannot be.
func NewClusterSequence(o SequentialOptions) *ClusterSequence {
	return &ClusterSequence{mixture: newMixture(o, BurnInClusters), of: map[int]*shareOfTwo{}}
}

// Add takes one more observation of a listener, in arm 0, the control, or 1. It panics
// if arm is another, or y is not finite.
func (s *ClusterSequence) Add(listener, arm int, y float64) {
	if math.IsNaN(y) || math.IsInf(y, 0) {
		panic("stats: a value is not finite")
	}
	if s.n == ([2]float64{}) {
		s.origin = y
	}
	y -= s.origin
	c := s.of[listener]
	if c == nil {
		c = &shareOfTwo{}
		s.of[listener] = c
	}
	if c.n[arm] == 0 {
		s.members[arm]++
	}
	s.tally(c, -1)
	c.n[arm]++
	c.sum[arm] += y
	s.tally(c, 1)
	s.n[arm]++
	s.sum[arm] += y
	if s.waiting() > 0 {
		return
	}
	if value, v, nu := s.difference(); v > 0 {
		s.add(logEvidence(value*value/v, nu, s.tau2/v), int(s.n[0]+s.n[1]))
	}
}

func (s *ClusterSequence) tally(c *shareOfTwo, sign float64) {
	for a := range 2 {
		for b := range 2 {
			s.ss[a][b] += sign * c.sum[a] * c.sum[b]
			s.sn[a][b] += sign * c.sum[a] * c.n[b]
			s.nn[a][b] += sign * c.n[a] * c.n[b]
		}
	}
}

func (s *ClusterSequence) waiting() int {
	return max(0, max(2, s.burn)-s.members[0]) + max(0, max(2, s.burn)-s.members[1])
}

// difference returns the difference of means with the variance Σψ²·G/(G − 1) of the
// listeners' contributions ψ = (sum₁ − n₁·mean₁)/N₁ − (sum₀ − n₀·mean₀)/N₀.
func (s *ClusterSequence) difference() (value, v, nu float64) {
	mean := [2]float64{s.sum[0] / s.n[0], s.sum[1] / s.n[1]}
	sign := [2]float64{-1, 1}
	size := 0.0
	for a := range 2 {
		for b := range 2 {
			w := sign[a] * sign[b] / (s.n[a] * s.n[b])
			v += w * (s.ss[a][b] - mean[b]*s.sn[a][b] - mean[a]*s.sn[b][a] + mean[a]*mean[b]*s.nn[a][b])
			size += math.Abs(w * s.ss[a][b])
		}
	}
	g := float64(len(s.of))
	if v <= 1e-13*size {
		v = 0
	}
	return mean[1] - mean[0], v * g / (g - 1), max(1, g-2)
}

// Read returns what the sequence says now.
func (s *ClusterSequence) Read() Reading {
	out := Reading{Method: "normal-mixture sequential test of two means, by listener", Null: "the means of the arms are equal"}
	n := int(s.n[0] + s.n[1])
	radius := math.Inf(1)
	value := math.NaN()
	switch {
	case n == 0:
		out.Reason = "no observations"
	case s.n[0] == 0 || s.n[1] == 0:
		out.Reason = "one arm has no observations yet"
	default:
		v, nu := 0.0, 0.0
		value, v, nu = s.difference()
		switch {
		case len(s.of) < 2:
		case v == 0:
			out.Reason = "listeners do not differ: how far they vary cannot be told"
		default:
			radius = s.radius(v, nu, s.tau2/v)
		}
	}
	waiting := s.waiting()
	s.read(&out, "difference of means", n, value, radius, waiting, 0)
	if waiting > 0 && n > 0 && s.n[0] > 0 && s.n[1] > 0 {
		out.Reason = fmt.Sprintf("too few yet: nothing is said before %s more, %d in each arm", several(waiting, "listener"), max(2, s.burn))
		out.Estimate.Reason = out.Reason
	}
	out.Estimate.Enough = out.Estimate.Enough && min(s.members[0], s.members[1]) >= Least
	return out
}
