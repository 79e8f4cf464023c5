package stats_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"segue/internal/racetest"
	"segue/outcome/stats"
)

// TestMixingByHand: at 95 % r = ln((1 + r)/.0025) has the solution 8.2124.
func TestMixingByHand(t *testing.T) {
	tau2 := stats.MixingVariance(1, .95)
	r := tau2 / (1 - tau2)
	if d := r - math.Log((1+r)/.0025); math.Abs(d) > 1e-12 || math.Abs(r-8.2124) > 1e-3 {
		t.Errorf("r = %v is off by %v", r, d)
	}
	// The interval is as wide as the effect where V·(1 + r) = effect²: n = 9.21 sd²/effect².
	if n := stats.SequenceSize(.5, 1, .5, .95); n != 37 {
		t.Errorf("half the power takes %d observations, not 37", n)
	}
}

// TestMeanSequenceByHand: −1, 2, 2 has mean 1, s² = 3, V = 1, ν = 2. With a presumed
// SD of 1 and τ² = .89145·effect², r = 3·τ².
func TestMeanSequenceByHand(t *testing.T) {
	effect := 1 / math.Sqrt(stats.MixingVariance(1, .95)) // so that τ² = 1 and r = 3
	s := stats.NewMeanSequence(stats.SequentialOptions{Effect: effect, SD: 1, BurnIn: 1})
	for _, x := range []float64{-1, 2, 2} {
		s.Add(x)
	}
	got := s.Read()
	// Skewed by −.577·…: with three observations nothing can be claimed.
	if got.Claimed || got.P != 1 || !strings.Contains(got.Reason, "skewed") {
		t.Errorf("three skewed observations: %+v", got)
	}
	s = stats.NewMeanSequence(stats.SequentialOptions{Effect: effect, SD: 1, BurnIn: 1})
	for _, x := range []float64{0, 1, 2} {
		s.Add(x)
	}
	// Mean 1, s² = 1, V = 1/3, t² = 3, ν = 2, r = 3:
	// Λ = ½·((1 + 3/2)/(1 + 3/8))^1.5 = ½·(1.81818…)^1.5 = 1.225805.
	got = s.Read()
	same(t, "p", got.P, 1/(.5*math.Pow(2.5/1.375, 1.5)), 1e-12)
	// c = (4/.0025)^(1/3) = 11.7 ≥ 4: no interval yet.
	if got.Estimate.Hi.Known() || got.Estimate.Reason == "" {
		t.Errorf("three observations bound something: %+v", got.Estimate)
	}
}

// TestSequencesAgree holds what is computed as observations arrive to the definition on
// all of them, and the interval to what the test would say about its ends.
func TestSequencesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	o := stats.SequentialOptions{Effect: .3}
	arms, mean := stats.NewArmSequence(o), stats.NewMeanSequence(o)
	alone, clusters := stats.NewClusterSequence(o), stats.NewClusterSequence(o)
	var y [2][]float64
	var psi, all, arm []float64
	var listeners []int
	for i := range 400 {
		a, x := r.IntN(2), 100+r.NormFloat64()
		y[a] = append(y[a], x)
		arms.Add(a, x)
		mean.Add(x - 100)
		alone.Add(i, a, x)
		l := r.IntN(60)
		clusters.Add(l, a, x)
		listeners, all, arm = append(listeners, l), append(all, x), append(arm, float64(a))
		psi = append(psi, x-100)
	}
	avg := func(v []float64) (mean, variance float64) {
		for _, x := range v {
			mean += x / float64(len(v))
		}
		for _, x := range v {
			variance += (x - mean) * (x - mean) / float64(len(v)-1)
		}
		return
	}
	m0, v0 := avg(y[0])
	m1, v1 := avg(y[1])
	v := v0/float64(len(y[0])) + v1/float64(len(y[1]))
	nu := v * v / (math.Pow(v0/float64(len(y[0])), 2)/float64(len(y[0])-1) + math.Pow(v1/float64(len(y[1])), 2)/float64(len(y[1])-1))
	tau2 := stats.MixingVariance(.3, .95)
	lambda := func(d, v, nu float64) float64 {
		rr := tau2 / v
		return math.Pow(1+rr, -.5) * math.Pow((1+d*d/v/nu)/(1+d*d/v/nu/(1+rr)), (nu+1)/2)
	}
	got := arms.Read()
	same(t, "difference", got.Estimate.Value, m1-m0, 1e-9)
	for _, end := range []float64{float64(got.Estimate.Lo), float64(got.Estimate.Hi)} {
		if l := lambda(m1-m0-end, v, nu); math.Abs(l/20-1) > 1e-6 {
			t.Errorf("the end %v of the interval has evidence %v, not 20", end, l)
		}
	}
	mm, mv := avg(psi)
	got = mean.Read()
	if l := lambda(mm-float64(got.Estimate.Hi), mv/400, 399); math.Abs(l/20-1) > 1e-6 {
		t.Errorf("the end of the mean's interval has evidence %v", l)
	}

	// By listener: the variance is that of CR1 without its factor for coefficients.
	fit := stats.FitLinear(all, []stats.Term{{Name: "arm", Values: arm}}, stats.LinearOptions{Errors: stats.CR1, Clusters: listeners})
	se := float64(fit.Coefficients[1].SE) / math.Sqrt(399./398)
	got = clusters.Read()
	same(t, "difference by listener", got.Estimate.Value, float64(fit.Coefficients[1].Value), 1e-9)
	if l := lambda(float64(got.Estimate.Value-got.Estimate.Hi), se*se, float64(fit.Clusters-2)); math.Abs(l/20-1) > 1e-6 {
		t.Errorf("the end of the listeners' interval has evidence %v", l)
	}
	// Each listener once: nearly as without listeners.
	a, b := alone.Read().Estimate, arms.Read().Estimate
	same(t, "listeners of one observation", a.Hi, float64(b.Hi), .02)
}

// TestSequencesOfNothing runs experiments in which nothing differs and reads them after
// every observation: at most 5 % may claim something, within the interval of Clopper &
// Pearson 1934 of 400 experiments.
func TestSequencesOfNothing(t *testing.T) {
	racetest.Alone(t)
	const runs, length = 400, 600
	outcomes := map[string]func(r *rand.Rand) float64{
		"normal":  func(r *rand.Rand) float64 { return r.NormFloat64() },
		"skewed":  func(r *rand.Rand) float64 { return r.ExpFloat64() },
		"bounded": func(r *rand.Rand) float64 { return math.Round(8*r.Float64()) / 8 },
	}
	for name, draw := range outcomes {
		claims := map[string]int{}
		for run := range runs {
			r := rand.New(rand.NewPCG(uint64(run), 7))
			o := stats.SequentialOptions{Effect: .3}
			arms, uneven, pairs := stats.NewArmSequence(o), stats.NewArmSequence(o), stats.NewMeanSequence(o)
			between, within := stats.NewClusterSequence(o), stats.NewClusterSequence(o)
			var level, slope [100]float64
			for i := range level {
				level[i], slope[i] = .7*r.NormFloat64(), .5*r.NormFloat64()
			}
			for i := range length {
				arms.Add(i%2, draw(r))
				uneven.Add(r.IntN(4)/3, draw(r))
				pairs.Add(draw(r) - draw(r))
				// Some listeners come much more often than others.
				l := min(r.IntN(100), r.IntN(100))
				between.Add(l, l%2, level[l]+draw(r))
				arm := r.IntN(2)
				within.Add(l, arm, level[l]+slope[l]*float64(arm)+draw(r))
			}
			for kind, s := range map[string]interface{ Read() stats.Reading }{"two arms": arms, "one to three": uneven, "pairs": pairs, "by listener": between, "within listeners": within} {
				if s.Read().Claimed {
					claims[kind]++
				}
			}
		}
		for kind, k := range claims {
			lo := stats.ClopperPearson(k, runs, .95).Lo
			if lo > .05 {
				t.Errorf("%s, %s: %d of %d claim something", name, kind, k, runs)
			}
			t.Logf("%s, %s: %d of %d", name, kind, k, runs)
		}
		if len(claims) == 0 {
			t.Errorf("%s: nothing was ever claimed, in %d experiments", name, 5*runs)
		}
	}
}

// TestSequencesOfSomething: the effect of interest is found, at the size that says so.
func TestSequencesOfSomething(t *testing.T) {
	const runs, effect = 200, .3
	n := stats.SequenceSize(effect, math.Sqrt2, .8, .95)
	found := [2]int{}
	for run := range runs {
		r := rand.New(rand.NewPCG(uint64(run), 8))
		arms := stats.NewArmSequence(stats.SequentialOptions{Effect: effect})
		rates := stats.NewRateDifference(.95)
		for range n {
			arms.Add(0, r.NormFloat64())
			arms.Add(1, r.NormFloat64()+effect)
			rates.Add(0, r.Float64() < .4)
			rates.Add(1, r.Float64() < .6)
		}
		if arms.Read().Claimed {
			found[0]++
		}
		if rates.Read().Claimed {
			found[1]++
		}
	}
	if found[0] < runs*8/10-12 {
		t.Errorf("%d of %d find an effect of the size planned for with %d in each arm", found[0], runs, n)
	}
	if found[1] < runs*8/10 {
		t.Errorf("%d of %d find .6 against .4 with %d in each arm", found[1], runs, n)
	}
}

func TestSequenceEdges(t *testing.T) {
	o := stats.SequentialOptions{Effect: 1}
	none := stats.NewMeanSequence(o).Read()
	if none.P != 1 || none.Claimed || none.Reason != "no observations" || none.Estimate.Value.Known() || none.Waiting != stats.BurnIn {
		t.Errorf("of nothing: %+v", none)
	}
	if b, err := json.Marshal(none); err != nil || strings.Contains(string(b), "NaN") || !strings.Contains(string(b), `"value":null`) {
		t.Errorf("as JSON: %s, %v", b, err)
	}
	equal, one := stats.NewMeanSequence(o), stats.NewArmSequence(o)
	rates, arms := stats.NewRateSequence(stats.RateSequenceOptions{Null: .5}), stats.NewRateDifference(0)
	listeners := stats.NewClusterSequence(o)
	for i := range 50 {
		equal.Add(.1)
		one.Add(0, float64(i))
		rates.Add(true)
		arms.Add(0, true)
		listeners.Add(1, i%2, float64(i%3))
	}
	if got := equal.Read(); got.Claimed || got.Reason == "" || got.Estimate.Value != .1 || got.Estimate.Lo.Known() {
		t.Errorf("of equal ones: %+v", got)
	}
	if got := one.Read(); got.Claimed || !strings.Contains(got.Reason, "one arm") || got.Estimate.Value.Known() {
		t.Errorf("of one arm: %+v", got)
	}
	if got := listeners.Read(); got.Claimed || !strings.Contains(got.Reason, "38 listeners") {
		t.Errorf("of one listener: %+v", got)
	}
	if got := rates.Read(); !got.Claimed || got.Estimate.Value != 1 || got.Estimate.Hi != 1 || !(got.Estimate.Lo > .8) {
		t.Errorf("50 of 50: %+v", got)
	}
	if got := arms.Read(); got.Claimed || got.Reason == "" {
		t.Errorf("shares of one arm: %+v", got)
	}
	arms.Add(1, true)
	if got := arms.Read(); got.Estimate.Value != 0 || !(got.Estimate.Lo < -.9) || !(got.Estimate.Hi < .2) || got.Claimed {
		t.Errorf("50 of 50 and 1 of 1: %+v", got)
	}
	// It was clear, and then it turned.
	turned := stats.NewMeanSequence(stats.SequentialOptions{Effect: 1})
	for i := range 600 {
		turned.Add(float64(i%2) - .5 + map[bool]float64{true: 1, false: -1}[i < 300])
	}
	if got := turned.Read(); !got.Claimed || got.ClaimedAt > 100 || len(got.Notes) != 1 {
		t.Errorf("turned: %+v", got)
	}
	for name, bad := range map[string]func(){
		"no effect":  func() { stats.NewMeanSequence(stats.SequentialOptions{}) },
		"an arm":     func() { stats.NewClusterSequence(o).Add(1, 2, 0) },
		"NaN":        func() { stats.NewMeanSequence(o).Add(math.NaN()) },
		"a null":     func() { stats.NewRateSequence(stats.RateSequenceOptions{Null: 1}) },
		"a level":    func() { stats.NewRateDifference(2) },
		"a negative": func() { stats.NewMeanSequence(stats.SequentialOptions{Effect: 1, BurnIn: -1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s passes", name)
				}
			}()
			bad()
		}()
	}
}
