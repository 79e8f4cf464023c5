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
	of                 [2]int  // k and n that mixed is of
	mixed              float64 // ln of the likelihood mixed over
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
	if now := [2]int{s.k, s.n}; s.of != now {
		s.of, s.mixed = now, lnBeta(.5+k, .5+m)-math.Log(math.Pi)
	}
	log := s.mixed
	// A share of 0 or 1 is compatible with none or all of the answers only.
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
	out := Reading{Method: "beta-mixture sequential test of a share", Alternative: s.alternative, N: s.n, Exact: true, P: segue.Number(min(1, math.Exp(-s.most))), Skew: segue.Missing(), Claimed: s.claimedAt > 0, ClaimedAt: s.claimedAt}
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
// order and numbers. For shares q and q + δ the product of the arms' M is a martingale,
// and so 1/M at the q that makes it smallest, the pooled share for δ = 0, is a p-value
// valid at all times; the interval holds the δ that it does not speak against. It is
// exact for every n, needs no burn-in, and is wider than ArmSequence's interval, which
// is neither. Adding takes O(1).
//
// References: Robbins 1970, doi:10.1214/aoms/1177696786; Turner, Ly & Grünwald 2024,
// doi:10.1016/j.jspi.2023.106116, who mix otherwise.
type RateDifference struct {
	arms      [2]*RateSequence
	level     float64
	most      float64 // the largest ln M so far
	claimedAt int
}

// NewRateDifference panics if level is not 0 or in (0, 1).
func NewRateDifference(level float64) *RateDifference {
	d := &RateDifference{level: wholeLevel(level)}
	for a := range d.arms {
		d.arms[a] = NewRateSequence(RateSequenceOptions{Null: .5, Level: level})
	}
	return d
}

// Add takes one more answer of arm 0, the control, or 1. It panics if arm is another.
func (d *RateDifference) Add(arm int, yes bool) {
	d.arms[arm].n++
	if yes {
		d.arms[arm].k++
	}
	a, b := d.arms[0], d.arms[1]
	n := a.n + b.n
	pooled := float64(a.k+b.k) / float64(n)
	if m := a.evidence(pooled) + b.evidence(pooled); m > d.most {
		d.most = m
		if d.claimedAt == 0 && m >= -math.Log(1-d.level) {
			d.claimedAt = n
		}
	}
}

// evidence is ln M against the difference δ, at the shares that suit it best: it is
// convex in them.
func (d *RateDifference) evidence(delta float64) float64 {
	f := func(q float64) float64 { return d.arms[0].evidence(q) + d.arms[1].evidence(min(1, max(0, q+delta))) }
	lo, hi := max(0, -delta), min(1, 1-delta)
	for range 60 {
		x, y := lo+(hi-lo)*.382, lo+(hi-lo)*.618
		if f(x) < f(y) {
			hi = y
		} else {
			lo = x
		}
	}
	return min(f(lo), f((lo+hi)/2), f(hi))
}

// Read returns what the sequence says now. It takes some thousand steps.
func (d *RateDifference) Read() Reading {
	a, b := d.arms[0], d.arms[1]
	n := a.n + b.n
	out := Reading{Method: "beta-mixture sequential test of two shares", Null: "the shares of the arms are equal", Alternative: TwoSided, N: n, Exact: true, P: segue.Number(min(1, math.Exp(-d.most))), Skew: segue.Missing(), Claimed: d.claimedAt > 0, ClaimedAt: d.claimedAt}
	if a.n == 0 || b.n == 0 {
		out.Reason = "one arm has no observations yet"
		if n == 0 {
			out.Reason = "no observations"
		}
		out.Estimate = Undefined("difference of shares", out.Method, n, d.level, out.Reason)
		return out
	}
	value := float64(b.k)/float64(b.n) - float64(a.k)/float64(a.n)
	bound := -math.Log(1 - d.level)
	limit := func(outside float64) float64 {
		inside := value
		if d.evidence(outside) < bound {
			return outside
		}
		for range 50 {
			mid := (outside + inside) / 2
			if d.evidence(mid) >= bound {
				outside = mid
			} else {
				inside = mid
			}
		}
		return outside
	}
	out.Estimate = estimate("difference of shares", out.Method, n, d.level, value, limit(-1), limit(1))
	out.Estimate.Enough = min(a.n, b.n) >= Least
	if out.Claimed && out.Estimate.Holds(0) {
		out.Notes = append(out.Notes, "it was clear after "+strconv.Itoa(d.claimedAt)+" observations and is not now: the shares may have changed while they were watched")
	}
	return out
}
