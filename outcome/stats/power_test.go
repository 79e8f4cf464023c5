package stats

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"segue"

	"gonum.org/v1/gonum/stat"
)

// TestPowerByOutcomes holds the power of exact tests against the sum over every outcome
// that the test itself, asked, rejects.
func TestPowerByOutcomes(t *testing.T) {
	for _, a := range alternatives {
		c := Criterion{Alternative: a}
		o := Options{Alternative: a}
		for n := 1; n <= 25; n++ {
			want := 0.
			for k := range n + 1 {
				if Binomial(k, n, .3, o).P <= .05 {
					want += choose(n, k) * math.Pow(.6, float64(k)) * math.Pow(.4, float64(n-k))
				}
			}
			near(t, "one share", segue.Number(OneShareDesign(.3, .6, c).Power(n)), want, 1e-12)
		}
		for _, n := range []int{1, 4, 9, 15} {
			m := int(math.Ceil(1.5 * float64(n)))
			want := 0.
			for k1 := range n + 1 {
				for k2 := range m + 1 {
					if r := TwoProportions(k1, n, k2, m, o); r.P.Known() && r.P <= .05 {
						want += binomialProb(k1, n, .8) * binomialProb(k2, m, .35)
					}
				}
			}
			near(t, "two shares", segue.Number(TwoSharesDesign(.8, .35, 1.5, c).Power(n)), want, 1e-12)
			want = 0.
			for gains := range n + 1 {
				for losses := range n + 1 - gains {
					// With b the gains: greater is towards them.
					if r := McNemar(0, gains, losses, n-gains-losses, o); r.P.Known() && r.P <= .05 {
						want += choose(n, gains) * choose(n-gains, losses) * math.Pow(.4, float64(gains)) * math.Pow(.1, float64(losses)) * math.Pow(.5, float64(n-gains-losses))
					}
				}
			}
			near(t, "McNemar", segue.Number(McNemarDesign(.4, .1, c).Power(n)), want, 1e-12)
		}
	}
}

// TestSizes: a size reaches its power, one less does not, and for steps none a little
// above falls below.
func TestSizes(t *testing.T) {
	for _, d := range []Design{
		OneShareDesign(.5, .8, Criterion{}), OneShareDesign(.5, .6, Criterion{}), OneShareDesign(.1, .2, Criterion{Alternative: Greater}), SignDesign(.7, Criterion{}),
		TwoSharesDesign(.3, .5, 1, Criterion{}), TwoSharesDesign(.3, .5, 2, Criterion{}), McNemarDesign(.3, .1, Criterion{}),
		PairedDesign(.3, Criterion{}), PairedDesign(3, Criterion{}), TwoMeansDesign(.25, 1, Criterion{}), SignedRankDesign(.3, Criterion{}),
		ClusteredDesign(.3, 8, .1, .5, Criterion{}), CrossoverDesign(.1, .3, .1, 6, Criterion{}),
	} {
		n, ok := d.Size(.8)
		if !ok || d.Power(n) < .8 || d.Power(n-1) >= .8 {
			t.Errorf("%s, %s: %d with %v, one less %v", d.Name, d.Effect, n, d.Power(n), d.Power(n-1))
		}
		for m := n; m <= n+10; m++ {
			if d.Power(m) < .8 {
				t.Errorf("%s, %s: %d reaches .8, %d only %v", d.Name, d.Effect, n, m, d.Power(m))
			}
		}
		if p := d.PlanFor(.8, Criterion{}); p.N != n || !p.Power.Known() || p.Unit == "" || p.Method == "" {
			t.Errorf("%+v", p)
		}
	}
	// By hand: 1 + (8·1.25 − 1)·.1 = 1.9.
	near(t, "design effect", segue.Number(DesignEffect(8, .1, .5)), 1.9, 1e-15)
	// Clusters of one are a two-sample t test.
	near(t, "clusters of one", segue.Number(ClusteredDesign(.5, 1, .3, 0, Criterion{}).Power(30)), TwoMeansDesign(.5, 1, Criterion{}).Power(30), 1e-12)
	if p := PairedDesign(0, Criterion{}).PlanFor(.8, Criterion{}); p.Reason == "" || p.Power.Known() || p.N != 0 {
		t.Errorf("nothing is found by no size: %+v", p)
	}
	// No effect is claimed α of the time.
	near(t, "no effect", segue.Number(PairedDesign(0, Criterion{}).Power(20)), .05, 1e-10)
	d := Detectable(30, .8, 5, func(e float64) Design { return PairedDesign(e, Criterion{}) })
	near(t, "detected", segue.Number(PairedDesign(float64(d), Criterion{}).Power(30)), .8, 1e-9)
}

// TestSimulatedPower runs the tests themselves: the planned power lies in the interval of
// 2,000 runs at the level of .999.
func TestSimulatedPower(t *testing.T) {
	draw := func(rng *rand.Rand, n int, mean float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = mean + rng.NormFloat64()
		}
		return x
	}
	for name, c := range map[string]struct {
		planned float64
		claims  func(*rand.Rand) bool
	}{
		"paired":      {PairedDesign(.6, Criterion{}).Power(20), func(r *rand.Rand) bool { return tClaims(draw(r, 20, .6)) }},
		"signed rank": {SignedRankDesign(.6, Criterion{}).Power(20), func(r *rand.Rand) bool { return SignedRank(draw(r, 20, .6), RankOptions{}).P <= .05 }},
		"crossover": {CrossoverDesign(.3, .5, .4, 3, Criterion{}).Power(25), func(r *rand.Rand) bool {
			d := make([]float64, 25)
			for i := range d {
				a, b := draw(r, 3, 0), draw(r, 3, 0)
				d[i] = .3 + .4*r.NormFloat64() + .5*(stat.Mean(a, nil)-stat.Mean(b, nil))
			}
			return tClaims(d)
		}},
		"nothing": {.05, func(r *rand.Rand) bool { return tClaims(draw(r, 12, 0)) }},
	} {
		e, err := SimulatePower(context.Background(), 2000, 7, .999, c.claims)
		if err != nil || !e.Holds(c.planned) {
			t.Errorf("%s: planned %v, simulated %v in %v to %v, %v", name, c.planned, e.Value, e.Lo, e.Hi, err)
		}
	}
}

// tClaims is the t test without its effects, whose intervals take longer.
func tClaims(d []float64) bool {
	return !Mean(d, 0).Holds(0)
}

func TestBootstrap(t *testing.T) {
	ctx := context.Background()
	mean := func(v []float64) float64 { return stat.Mean(v, nil) }
	rng := rand.New(rand.NewPCG(8, 9))
	x := make([]float64, 60)
	clusters := make([][]float64, 15)
	for i := range x {
		x[i] = rng.ExpFloat64()
		clusters[i/4] = append(clusters[i/4], x[i]+float64(i/4%5))
	}
	b := Bootstrap{Replicates: 2000, Seed: 3}
	run := func() (Estimate, Estimate) {
		e, err := b.Values(ctx, "mean", x, mean)
		if err != nil {
			t.Fatal(err)
		}
		c, err := b.Clusters(ctx, "mean", clusters, mean)
		if err != nil {
			t.Fatal(err)
		}
		return e, c
	}
	many, manyClusters := run()
	old := runtime.GOMAXPROCS(1)
	one, oneClusters := run()
	runtime.GOMAXPROCS(old)
	if many != one || manyClusters != oneClusters {
		t.Errorf("cores change the answer: %+v, %+v", many, one)
	}
	if plain := Mean(x, 0); math.Abs(float64(plain.Lo-many.Lo)) > .08 || math.Abs(float64(plain.Hi-many.Hi)) > .12 {
		t.Errorf("far from Student's: %v to %v, %v to %v", many.Lo, many.Hi, plain.Lo, plain.Hi)
	}
	var flat []float64
	for _, c := range clusters {
		flat = append(flat, c...)
	}
	if plain := Mean(flat, 0); manyClusters.N != 15 || manyClusters.Hi-manyClusters.Lo < plain.Hi-plain.Lo {
		t.Errorf("clusters make the interval wider, got %v to %v instead of %v to %v", manyClusters.Lo, manyClusters.Hi, plain.Lo, plain.Hi)
	}
	// Edges.
	for _, v := range [][]float64{nil, {1}, {2, 2, 2}} {
		if e, err := b.Values(ctx, "mean", v, mean); err != nil || e.Reason == "" {
			t.Errorf("%v: %+v, %v", v, e, err)
		}
	}
	if e, _ := b.Values(ctx, "sd", []float64{1, 2}, func(v []float64) float64 {
		if v[0] == v[len(v)-1] {
			return math.NaN()
		}
		return 1
	}); e.Reason == "" || e.Lo.Known() {
		t.Errorf("half of the samples have no value: %+v", e)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.Values(done, "mean", x, mean); err == nil {
		t.Error("a bootstrap goes on after its context ended")
	}
	if _, err := SimulatePower(done, 10, 1, 0, func(*rand.Rand) bool { return true }); err == nil {
		t.Error("a simulation goes on after its context ended")
	}
}
