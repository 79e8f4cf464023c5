package simulate

import (
	"math"
	"testing"
	"time"

	"segue"

	"gonum.org/v1/gonum/stat"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %v, want %v within %v", what, got, want, within)
	}
}

// plain is a listener without a day's wave.
func plain() *truth {
	return &truth{home: segue.Affect{Valence: .5, Arousal: .5}, swing: .1, persistence: 60 * time.Minute, zone: time.UTC}
}

func TestStepByHand(t *testing.T) {
	l, at := plain(), begins
	// κ = 1/60 a minute: after 60 minutes a deviation of .2 is .2/e.
	m := l.step(segue.Affect{Valence: .7, Arousal: .3}, at, time.Hour, segue.Affect{}, 0, segue.Affect{})
	near(t, "valence alone", m.Valence, .5+.2/math.E, 1e-12)
	near(t, "arousal alone", m.Arousal, .5-.2/math.E, 1e-12)
	// With a track at .9 and ρ = κ the middle is (.5 + .9)/2 = .7, and K = 1/30.
	m = l.step(segue.Affect{Valence: .5, Arousal: .5}, at, 30*time.Minute, segue.Affect{Valence: .9, Arousal: .9}, 1./60, segue.Affect{})
	near(t, "drawn", m.Valence, .7-.2/math.E, 1e-12)
	// The noise of one step has the variance swing²·κ/K·(1 − e^(−2Kd)).
	m = l.step(segue.Affect{Valence: .5, Arousal: .5}, at, time.Hour, segue.Affect{}, 0, segue.Affect{Valence: 1})
	near(t, "noise", m.Valence, .5+.1*math.Sqrt(1-math.Exp(-2)), 1e-12)
	// Driven away: a rate below 0 moves it from the track.
	m = l.step(segue.Affect{Valence: .5, Arousal: .5}, at, 10*time.Minute, segue.Affect{Valence: .9, Arousal: .5}, -1./120, segue.Affect{})
	if !(m.Valence < .5) {
		t.Errorf("a track that drives away draws to %v", m.Valence)
	}
	// Where pull and rest cancel the step is still a number, and near its neighbours.
	a := l.step(segue.Affect{Valence: .4, Arousal: .5}, at, 10*time.Minute, segue.Affect{Valence: .9, Arousal: .5}, -1./60, segue.Affect{Valence: 1})
	b := l.step(segue.Affect{Valence: .4, Arousal: .5}, at, 10*time.Minute, segue.Affect{Valence: .9, Arousal: .5}, -1./60+1e-7, segue.Affect{Valence: 1})
	near(t, "cancelled", a.Valence, b.Valence, 1e-4)
}

// A law: whatever is heard, two steps are one of their sum, but for chance, and no
// step leaves the plane.
func TestStepsAdd(t *testing.T) {
	rng := stream(9)
	for range 2000 {
		l := plain()
		m, x := segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}, segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}
		rate := rng.Float64()/5 - .01
		d := time.Duration(rng.IntN(20)+1) * time.Minute
		one := l.step(m, begins, 2*d, x, rate, segue.Affect{})
		two := l.step(l.step(m, begins, d, x, rate, segue.Affect{}), begins, d, x, rate, segue.Affect{})
		if inside := one.Valence > 1e-9 && one.Valence < 1-1e-9; inside && rate >= 0 {
			near(t, "two steps", two.Valence, one.Valence, 1e-9)
		}
		far := l.step(m, begins, d, x, rate, segue.Affect{Valence: 9 * rng.NormFloat64(), Arousal: 9 * rng.NormFloat64()})
		if !(far.Valence >= 0 && far.Valence <= 1 && far.Arousal >= 0 && far.Arousal <= 1) {
			t.Fatalf("a step ends at %v", far)
		}
	}
}

// Left alone, states have the mean and deviation that they are said to have, and what
// is left of a deviation after its persistence is 1/e.
func TestWanderIsStationary(t *testing.T) {
	l := plain()
	rng := stream(4)
	state, at := l.begin(begins, rng), begins
	var all, later []float64
	for range 20000 {
		next := l.wander(state, at, at.Add(time.Hour), rng)
		all, later = append(all, state.Valence), append(later, next.Valence)
		state, at = next, at.Add(time.Hour)
	}
	mean, sd := stat.MeanStdDev(all, nil)
	near(t, "mean", mean, .5, .005)
	near(t, "deviation", sd, .1, .004)
	near(t, "correlation after an hour", stat.Correlation(all, later, nil), 1/math.E, .02)
}

// Errors of reports are about a quarter of the variance, as measured of single items.
func TestReportsAreAsReliableAsMeasured(t *testing.T) {
	rng := stream(5)
	l := plain()
	l.swing = swing
	var states, reports []float64
	for range 20000 {
		m := l.begin(begins, rng)
		states, reports = append(states, m.Valence), append(reports, report(m, rng).At().Valence)
	}
	r := stat.Correlation(states, reports, nil)
	near(t, "share of error", 1-r*r, .27, .02) // Dejonckheere et al. 2022: around 27 %
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		w    World
		d    float64
		want float64
	}{
		{Iso, 0, isoRate}, {Iso, isoReach, isoRate}, {Iso, .4, 0}, {Iso, isoReject, 0}, {Iso, .51, -isoPush}, {Iso, math.Sqrt2, -isoPush},
		{Wide, 0, wideRate}, {Wide, 1, wideRate}, {Null, 0, 0}, {Null, 1, 0},
	} {
		near(t, string(c.w), c.w.rate(c.d, true), c.want, 0)
		near(t, string(c.w)+", not known", c.w.rate(c.d, false), unknown*c.want, 1e-15)
	}
	if _, err := ParseWorld("mars"); err == nil {
		t.Error("mars passes as a world")
	}
	if w, err := ParseWorld(" ISO "); err != nil || w != Iso {
		t.Errorf("ISO is %q, %v", w, err)
	}
}

func TestChance(t *testing.T) {
	for x, want := range map[float64]float64{.3: .3, -.2: .2, 1.25: .75, 2.5: .5, -1.25: .75, 0: 0, 1: 1} {
		near(t, "reflected", reflected(x), want, 1e-12)
	}
	if stream(1, 2).Uint64() != stream(1, 2).Uint64() || stream(1, 2).Uint64() == stream(1, 3).Uint64() || stream(1, 2).Uint64() == stream(2, 2).Uint64() {
		t.Error("streams do not follow their keys, and them alone")
	}
	var v, a []float64
	for i := range 20000 {
		z := offsetOf(3, uint64(i))
		v, a = append(v, z.Valence), append(a, z.Arousal)
	}
	for _, x := range [][]float64{v, a} {
		mean, sd := stat.MeanStdDev(x, nil)
		near(t, "mean", mean, 0, .025)
		near(t, "deviation", sd, 1, .02)
	}
	near(t, "correlation", stat.Correlation(v, a, nil), 0, .025)
	rng := stream(6)
	sum := 0
	for range 20000 {
		sum += poisson(1.9, rng)
	}
	near(t, "mean count", float64(sum)/20000, 1.9, .04)
}
