package stats

import (
	"math"
	"strconv"

	"segue"

	"gonum.org/v1/gonum/mathext"
)

// RateSequenceOptions are those of a sequence of yes and no.
type RateSequenceOptions struct {
	Null        float64     // the share under the null hypothesis, in (0, 1)
	Alternative Alternative // default TwoSided; Greater for a guardrail: the share is above Null
	Level       float64     // 1 − the share of false claims, in (0, 1); default Level
}

// RateSequence reads a share against a fixed one while answers arrive, one after the
// other: the ratio of the likelihood mixed over a beta distribution to that of the null
// share p,
//
//	M = B(½ + k, ½ + n − k)/B(½, ½) / (p^k·(1 − p)^(n − k)),
//
// is a martingale where each answer is yes with probability p given those before it, so
// that 1/M is a p-value valid at all times (Ville 1939; Robbins 1970,
// doi:10.1214/aoms/1177696786; Howard et al. 2021, doi:10.1214/20-AOS1991). It is exact
// for every n and needs no burn-in. The interval holds the shares that M does not speak
// against.
//
// With Greater the mixture is over shares above p alone: it then speaks against every
// share up to p, and the interval is a lower limit. With Less likewise.
//
// Two arms in pairs are compared exactly by the pairs in which they differ, against ½;
// unpaired ones by RateDifference. Adding takes O(1).
type RateSequence struct {
	null, alpha, level float64
	alternative        Alternative
	k, n               int
	most               float64 // the largest ln M so far
	claimedAt          int
}

// NewRateSequence panics if the options cannot be.
func NewRateSequence(o RateSequenceOptions) *RateSequence {
	whole := Options{Alternative: o.Alternative, Level: o.Level}.whole()
	if !(o.Null > 0 && o.Null < 1) {
		panic("stats: the share of a null hypothesis lies between 0 and 1")
	}
	return &RateSequence{null: o.Null, alpha: 1 - whole.Level, level: whole.Level, alternative: whole.Alternative}
}

// Add takes one more answer.
func (s *RateSequence) Add(yes bool) {
	s.n++
	if yes {
		s.k++
	}
	if m := s.evidence(s.null); m > s.most {
		s.most = m
		if s.claimedAt == 0 && m >= -math.Log(s.alpha) {
			s.claimedAt = s.n
		}
	}
}

// evidence is ln M against the share p.
func (s *RateSequence) evidence(p float64) float64 {
	k, m := float64(s.k), float64(s.n-s.k)
	log := lnBeta(.5+k, .5+m) - math.Log(math.Pi)
	if k > 0 {
		log -= k * math.Log(p)
	}
	if m > 0 {
		log -= m * math.Log1p(-p)
	}
	switch s.alternative {
	case Greater:
		log += math.Log(mathext.RegIncBeta(.5+m, .5+k, 1-p)) - math.Log(mathext.RegIncBeta(.5, .5, 1-p))
	case Less:
		log += math.Log(mathext.RegIncBeta(.5+k, .5+m, p)) - math.Log(mathext.RegIncBeta(.5, .5, p))
	}
	return log
}

func lnBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// Read returns what the sequence says now. It takes some hundred steps.
func (s *RateSequence) Read() Reading {
	out := Reading{Method: "beta-mixture sequential test of a share", N: s.n, Exact: true, P: segue.Number(min(1, math.Exp(-s.most))), Claimed: s.claimedAt > 0, ClaimedAt: s.claimedAt}
	of := strconv.FormatFloat(s.null, 'g', 4, 64)
	out.Null = "the share is " + of
	switch s.alternative {
	case Greater:
		out.Null = "the share is at most " + of
	case Less:
		out.Null = "the share is at least " + of
	}
	if s.n == 0 {
		out.Reason = "no observations"
		out.Estimate = Undefined("share", out.Method, 0, s.level, out.Reason)
		return out
	}
	share := float64(s.k) / float64(s.n)
	lo, hi := 0.0, 1.0
	if s.alternative != Less && s.k > 0 {
		lo = s.limit(0, share)
	}
	if s.alternative != Greater && s.k < s.n {
		hi = s.limit(1, share)
	}
	out.Estimate = estimate("share", out.Method, s.n, s.level, share, lo, hi)
	if out.Claimed && out.Estimate.Holds(s.null) {
		out.Notes = append(out.Notes, "it was clear after "+strconv.Itoa(s.claimedAt)+" observations and is not now: the share may have changed while it was watched")
	}
	return out
}

// limit bisects between a share that M speaks against, and one that it does not.
func (s *RateSequence) limit(outside, inside float64) float64 {
	bound := -math.Log(s.alpha)
	for range 100 {
		mid := (outside + inside) / 2
		if mid == outside || mid == inside {
			break
		}
		if s.evidence(mid) >= bound {
			outside = mid
		} else {
			inside = mid
		}
	}
	// The outer end: rounding must not take a share in question away.
	return outside
}

// RateDifference reads the difference of two arms' shares while answers arrive, in any
// order and numbers. Each arm has the interval of a RateSequence at half the error, so
// that both hold at all times with the level asked for; the difference lies between
// their ends. That is exact for every n, and wider than ArmSequence's interval, which is
// not. Nothing is claimed until the two intervals part.
type RateDifference struct {
	arms      [2]*RateSequence
	level     float64
	claimedAt int
	smallest  float64
}

// NewRateDifference panics if level is not 0 or in (0, 1).
func NewRateDifference(level float64) *RateDifference {
	level = wholeLevel(level)
	d := &RateDifference{level: level, smallest: 1}
	for a := range d.arms {
		d.arms[a] = NewRateSequence(RateSequenceOptions{Null: .5, Level: 1 - (1-level)/2})
	}
	return d
}

// Add takes one more answer of arm 0, the control, or 1. It panics if arm is another.
// It takes some tens of steps.
func (d *RateDifference) Add(arm int, yes bool) {
	d.arms[arm].Add(yes)
	if d.arms[0].n == 0 || d.arms[1].n == 0 {
		return
	}
	d.smallest = min(d.smallest, d.p())
	if d.claimedAt == 0 && d.smallest <= 1-d.level {
		d.claimedAt = d.arms[0].n + d.arms[1].n
	}
}

// p is the smallest share of errors at which the arms' intervals part: for whatever
// common share q, one of the two arms' M has to speak against it, so it is twice the
// largest over q of the smaller 1/M. That is where they are equal, between the two
// shares.
func (d *RateDifference) p() float64 {
	a, b := d.arms[0], d.arms[1]
	x, y := float64(a.k)/float64(a.n), float64(b.k)/float64(b.n)
	if x == y {
		return 1
	}
	near, far := x, y // near a's share, far from it
	for range 40 {
		mid := (near + far) / 2
		if a.evidence(mid) > b.evidence(mid) {
			far = mid
		} else {
			near = mid
		}
	}
	at := (near + far) / 2
	return min(1, 2*math.Exp(-min(a.evidence(at), b.evidence(at))))
}

// Read returns what the sequence says now.
func (d *RateDifference) Read() Reading {
	a, b := d.arms[0], d.arms[1]
	n := a.n + b.n
	out := Reading{Method: "beta-mixture sequential intervals of two shares", Null: "the shares of the arms are equal", N: n, Exact: true, P: segue.Number(d.smallest), Claimed: d.claimedAt > 0, ClaimedAt: d.claimedAt}
	if a.n == 0 || b.n == 0 {
		out.Reason = "one arm has no observations yet"
		if n == 0 {
			out.Reason = "no observations"
		}
		out.Estimate = Undefined("difference of shares", out.Method, n, d.level, out.Reason)
		return out
	}
	x, y := a.Read().Estimate, b.Read().Estimate
	out.Estimate = estimate("difference of shares", out.Method, n, d.level, float64(y.Value-x.Value), float64(y.Lo-x.Hi), float64(y.Hi-x.Lo))
	out.Estimate.Enough = min(a.n, b.n) >= Least
	if out.Claimed && out.Estimate.Holds(0) {
		out.Notes = append(out.Notes, "it was clear after "+strconv.Itoa(d.claimedAt)+" observations and is not now: the shares may have changed while they were watched")
	}
	return out
}
