package session

import (
	"math"

	"segue"
	"segue/mood"
)

// Intra-session correlation. (d)
const (
	DefaultCorrelation = 0.2 // where it cannot be estimated; studies of listening find 0.1 to 0.5
	MaxCorrelation     = 0.5 // estimates are cut here

	correlationSessions = 5  // sessions with two featured plays or more that an estimate needs
	correlationPlays    = 10 // featured plays beyond one a session that it needs

	nothingVaries = 1e-12 // mean squares under this are rounding
)

// Correlation estimates, by axis, how much the featured plays of a session
// resemble one another: the intra-class correlation of the one-way analysis of
// variance with sessions as groups,
//
//	ρ = (MSB − MSW) / (MSB + (n₀ − 1)·MSW),  n₀ = (N − Σnⱼ²/N) / (k − 1),
//
// cut to [0, MaxCorrelation]. Where there is too little to estimate it from it is
// DefaultCorrelation and estimated is false; an axis on which nothing varies has
// DefaultCorrelation too.
//
// Source: Shrout & Fleiss 1979, ICC(1,1), doi:10.1037/0033-2909.86.2.420; n₀
// for groups of unequal size as usual for that design.
func Correlation(l Listening, sessions []segue.Session) (rho segue.Affect, estimated bool) {
	rho = segue.Affect{Valence: DefaultCorrelation, Arousal: DefaultCorrelation}
	var groups, several int
	var n, squares float64
	var total, within [2]float64 // sum of values; sum of squares within groups
	var between [2]float64       // Σ nⱼ·mⱼ²
	for _, s := range sessions {
		var m, ss [2]float64
		var k float64
		for i := s.First; i < s.Last; i++ {
			at, ok := l.featured(i)
			if !ok {
				continue
			}
			k++
			for axis, v := range [2]float64{at.Valence, at.Arousal} {
				d := v - m[axis]
				m[axis] += d / k
				ss[axis] += d * (v - m[axis])
			}
		}
		if k == 0 {
			continue
		}
		groups++
		if k > 1 {
			several++
		}
		n += k
		squares += k * k
		for axis := range m {
			total[axis] += k * m[axis]
			between[axis] += k * m[axis] * m[axis]
			within[axis] += ss[axis]
		}
	}
	if several < correlationSessions || n-float64(groups) < correlationPlays {
		return rho, false
	}
	k := float64(groups)
	n0 := (n - squares/n) / (k - 1)
	icc := func(axis int) float64 {
		msb := (between[axis] - total[axis]*total[axis]/n) / (k - 1)
		msw := within[axis] / (n - k)
		if msb+msw < nothingVaries {
			return DefaultCorrelation
		}
		r := (msb - msw) / (msb + (n0-1)*msw)
		return min(max(r, 0), MaxCorrelation)
	}
	return segue.Affect{Valence: icc(0), Arousal: icc(1)}, true
}

// addMood places a session with enough featured plays: the mean position of
// the plays, weighted by the time heard, with its standard error and the
// memberships under it.
//
// The variance of the mean is max(σ², s²)/n_eff by axis: σ the placement error
// of one track, s the spread between the session's plays. n_eff starts from
// Kish's effective size of the weights, n = (Σw)²/Σw², because a long play
// counts for more; it is then divided by the design effect 1 + (n − 1)·ρ. A
// session's plays resemble one another by the correlation ρ, and so, it is
// assumed, do the errors of placing them: ten songs of one album are not ten
// independent readings. The error therefore never falls below about √ρ·σ,
// however long the session.
//
// Source: Kish 1965, Survey Sampling (effective size, design effect).
func (l Listening) addMood(s *segue.Session, rho segue.Affect, gate int) {
	displace(s)
	if s.Featured == 0 || s.Featured < gate {
		return
	}
	var v, a spread
	for i := s.First; i < s.Last; i++ {
		if at, ok := l.featured(i); ok {
			w := l.Plays[i].Played.Seconds()
			v.add(at.Valence, w)
			a.add(at.Arousal, w)
		}
	}
	sigma := l.PlacementError
	if sigma == (segue.Affect{}) {
		sigma = segue.Affect{Valence: mood.SigmaValence, Arousal: mood.SigmaArousal}
	}
	placeAt(s, segue.Affect{Valence: v.mean, Arousal: a.mean}, segue.Affect{
		Valence: v.standardError(sigma.Valence, rho.Valence),
		Arousal: a.standardError(sigma.Arousal, rho.Arousal),
	})
}

// placeAt gives a session the mood that follows from its place.
func placeAt(s *segue.Session, position, stderr segue.Affect) {
	s.HasMood, s.Position, s.StdErr = true, position, stderr
	s.Membership = mood.MembershipOf(s.Position, s.StdErr)
	s.Mood = segue.LabelOf(s.Position)
}

// displace leaves a session without a mood.
func displace(s *segue.Session) {
	s.Position, s.StdErr, s.Mood = segue.Nowhere(), segue.Nowhere(), segue.Mixed
}

// spread gathers a weighted mean and variance in one pass (West 1979).
type spread struct {
	weight, squares float64 // Σw, Σw²
	mean, about     float64 // Σw·x/Σw, Σw·(x − mean)²
}

func (s *spread) add(x, w float64) {
	s.weight += w
	s.squares += w * w
	d := x - s.mean
	s.mean += d * w / s.weight
	s.about += w * d * (x - s.mean)
}

// kish returns the effective number of equally weighted values.
func (s spread) kish() float64 { return s.weight * s.weight / s.squares }

// standardError returns the standard error of the mean.
func (s spread) standardError(sigma, rho float64) float64 {
	n := s.kish()
	variance := sigma * sigma
	if n > 1 {
		variance = max(variance, s.about/s.weight*n/(n-1))
	}
	effective := n / (1 + (n-1)*rho)
	return math.Sqrt(variance / effective)
}
