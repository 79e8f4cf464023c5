package stats

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"segue"
)

// TestStudy reads the study's own numbers (docs/science.md §7): 4 of 5 and 4 of 7 and 6 of 7
// answers in favour, and 7 of 30 who disliked it. It rejected its null hypothesis on the
// first. P and intervals are R 4.2.2's: binom.test(k, n),
// and Wilson's prop.test(k, n, correct = FALSE).
func TestStudy(t *testing.T) {
	for _, s := range []struct {
		k, n         int
		p, lo, hi    float64
		wlo, whi     float64
		verdict      Verdict
		holdsOneHalf bool
	}{
		{4, 5, .375, .2835820638819106, .9949492366205319, .3755346297625254, .9637758913675698, TooFew, true},
		{4, 7, 1, .184051567640083, .9010117215574921, .2504583645276572, .8417801447485301, TooFew, true},
		{6, 7, .125, .4212768029568049, .9963897031380994, .4868721707256811, .9743203756552564, TooFew, true},
		{7, 30, .005222879350185403, .09933786495801979, .4228365229782195, .117923881444895, .4092832615812217, Against, false},
	} {
		r := Binomial(s.k, s.n, .5, Options{})
		exact, wilson := r.Effects[0], r.Effects[1]
		near(t, "p", r.P, s.p, 1e-9)
		near(t, "lo", exact.Lo, s.lo, 1e-9)
		near(t, "hi", exact.Hi, s.hi, 1e-9)
		near(t, "Wilson's lo", wilson.Lo, s.wlo, 1e-9)
		near(t, "Wilson's hi", wilson.Hi, s.whi, 1e-9)
		verdict, said := r.Reading(.05)
		if verdict != s.verdict {
			t.Errorf("%d of %d is read as %q: %s", s.k, s.n, verdict, said)
		}
		if exact.Holds(.5) != s.holdsOneHalf {
			t.Errorf("%d of %d: %v to %v", s.k, s.n, exact.Lo, exact.Hi)
		}
	}
	// By hand: of 32 outcomes of five coins, 12 are as far from 2.5 as 4.
	if _, said := Binomial(4, 5, .5, Options{}).Reading(.05); !strings.Contains(said, "Too few to tell: n = 5") || !strings.Contains(said, "p = .375") {
		t.Errorf("4 of 5: %s", said)
	}
	// Five answers could not have told whatever they were: 5 of 5 has p = .0625.
	near(t, "power of five", segue.Number(OneShareDesign(.5, .8, Criterion{}).Power(5)), 0, 0)
}

// TestPublished holds intervals against examples of the papers that define them.
func TestPublished(t *testing.T) {
	// Newcombe 1998, independent shares, example (a): 56/70 and 48/80, method 10.
	e := NewcombeDifference(56, 70, 48, 80, 0)
	near(t, "(a) lo", e.Lo, .0524, 5e-5)
	near(t, "(a) hi", e.Hi, .3339, 5e-5)
	// (b): 9/10 and 3/10.
	e = NewcombeDifference(9, 10, 3, 10, 0)
	near(t, "(b) lo", e.Lo, .1705, 5e-5)
	near(t, "(b) hi", e.Hi, .8090, 5e-5)
	// (h): 0/10 and 0/10.
	e = NewcombeDifference(0, 10, 0, 10, 0)
	near(t, "(h) lo", e.Lo, -.2775, 5e-5)
	near(t, "(h) hi", e.Hi, .2775, 5e-5)
	// Fagerland, Lydersen & Laake 2013, table 1: exact conditional p .0703, mid-p .0391.
	r := McNemar(1, 1, 7, 12, Options{})
	near(t, "exact p", r.P, .0703, 5e-5)
	near(t, "mid-p", r.MidP, .0391, 5e-5)
	// Armitage & Berry 1994: 12 against 2 discordant, ratio 6, 1.3357 to 55.197, p .0129.
	r = McNemar(20, 12, 2, 16, Options{})
	odds, _ := r.Effect("odds ratio")
	near(t, "p", r.P, .0129, 5e-5)
	near(t, "odds", odds.Value, 6, 1e-12)
	near(t, "odds lo", odds.Lo, 1.335744, 1e-6)
	near(t, "odds hi", odds.Hi, 55.197091, 1e-5)
}

// everything calls every test and estimate with small samples, by name.
func everything(x, y []float64) map[string]any {
	n := min(len(x), len(y))
	up := 0
	for _, v := range x {
		if v > 0 {
			up++
		}
	}
	half := make([]int, len(x))
	shares := make([]float64, len(x))
	for i, v := range x {
		half[i], shares[i] = int(min(math.Abs(v), 1e6)), 1/float64(len(x))
	}
	ratio, _ := SampleRatio(half, shares)
	return map[string]any{
		"binomial": Binomial(up, len(x), .5, Options{}), "wilson": Wilson(up, len(x), 0),
		"two shares": TwoProportions(up, len(x), n/2, len(y), Options{}), "fisher": Fisher(up, len(x), n/2, len(y), Options{}),
		"mcnemar": McNemar(up, len(x)-up, n/2, 0, Options{}), "signed": SignedRank(x, RankOptions{}), "pratt": SignedRank(x, RankOptions{Zeros: Pratt, Approximate: true}),
		"mw": MannWhitney(x, y, RankOptions{}), "mw normal": MannWhitney(x, y, RankOptions{Approximate: true}), "sign": Sign(x, Options{}),
		"one": OneSampleT(x, 0, Options{}), "paired": PairedT(x[:n], y[:n], Options{}), "welch": WelchT(x, y, Options{}), "student": StudentT(x, y, Options{}),
		"pearson": Pearson(x[:n], y[:n], Options{}), "spearman": Spearman(x[:n], y[:n], Options{}),
		"fit": ratio, "table": Contingency([][]int{half, half}, Options{}), "rate": Rate(up, float64(len(y)), 0), "poisson": PoissonRate(up, float64(len(y)), 1, Options{}),
		"rates": RateRatio(up, float64(len(x)), n/2, float64(len(y)), Options{}),
	}
}

// TestNothingIsNaN tries samples of 0, 1, 2, … values, equal, tied, all zero, and far
// out: every answer is either a number or missing with a reason, and never panics.
func TestNothingIsNaN(t *testing.T) {
	samples := [][]float64{
		{}, {0}, {1}, {0, 0}, {1, 1}, {1, -1}, {0, 1}, {2, 2, 2}, {0, 0, 0, 0, 0, 0, 0}, {1, 2, 3}, {-1, -2, -3, -4},
		{1e-300, 2e-300, 3e-300}, {1e150, -1e150, 1e150}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2}, {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5},
		{0, 0, 0, 1}, {-.5, .5, -.5, .5}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {1e9, 1e9 + 1e-6, 1e9},
	}
	for i, x := range samples {
		for _, j := range []int{0, 1, i, i + 1, i + 5, i + 9} {
			y := samples[j%len(samples)]
			for name, got := range everything(x, y) {
				var effects []Estimate
				switch v := got.(type) {
				case Estimate:
					effects = []Estimate{v}
				case Result:
					effects = v.Effects
					if v.P.Known() == (v.Reason != "") {
						t.Errorf("%s of %v, %v: p is %v and the reason %q", name, x, y, v.P, v.Reason)
					}
					if v.P.Known() && (v.P < 0 || v.P > 1) {
						t.Errorf("%s of %v, %v: p is %v", name, x, y, v.P)
					}
					if v.Method == "" || v.Null == "" || v.Effects == nil {
						t.Errorf("%s of %v, %v does not say what it is: %+v", name, x, y, v)
					}
					v.Reading(.05)
				}
				for _, e := range effects {
					if e.Defined() == (e.Reason != "") {
						t.Errorf("%s of %v, %v: %s is %v in %v to %v and the reason %q", name, x, y, e.Name, e.Value, e.Lo, e.Hi, e.Reason)
					}
					if v := float64(e.Value); e.Value.Known() && (v < float64(e.Lo)-1e-9*math.Abs(v) || v > float64(e.Hi)+1e-9*math.Abs(v)) {
						t.Errorf("%s of %v, %v: %s %v lies outside %v to %v", name, x, y, e.Name, e.Value, e.Lo, e.Hi)
					}
					if e.Name == "" || e.Method == "" || e.Level != .95 {
						t.Errorf("%s of %v, %v does not say what it is: %+v", name, x, y, e)
					}
				}
				if b, err := json.Marshal(got); err != nil || strings.Contains(string(b), "NaN") {
					t.Errorf("%s of %v, %v as JSON: %s, %v", name, x, y, b, err)
				}
			}
		}
	}
}

func TestBadCallsPanic(t *testing.T) {
	nan := []float64{1, math.NaN(), 3}
	for name, call := range map[string]func(){
		"5 of 4":             func() { Binomial(5, 4, .5, Options{}) },
		"a share of 2":       func() { Binomial(1, 4, 2, Options{}) },
		"a level of 2":       func() { Wilson(1, 4, 2) },
		"no alternative":     func() { Binomial(1, 4, .5, Options{Alternative: "up"}) },
		"NaN ranks":          func() { SignedRank(nan, RankOptions{}) },
		"NaN mean":           func() { Mean(nan, 0) },
		"NaN samples":        func() { MannWhitney(nan, nan, RankOptions{}) },
		"uneven pairs":       func() { PairedT([]float64{1}, []float64{1, 2}, Options{}) },
		"uneven correlation": func() { Pearson([]float64{1}, []float64{1, 2}, Options{}) },
		"a negative count":   func() { McNemar(1, -1, 2, 3, Options{}) },
		"p of 2":             func() { Holm([]segue.Number{2}) },
		"shares beyond 1":    func() { GoodnessOfFit([]int{1, 2}, []float64{.5, .6}, Options{}) },
		"a negative rate":    func() { PoissonRate(1, 1, -1, Options{}) },
		"uneven rows":        func() { Contingency([][]int{{1, 2}, {3}}, Options{}) },
		"a power of 1":       func() { PairedDesign(.5, Criterion{}).Size(1) },
		"alpha 0 to 1":       func() { Binomial(1, 4, .5, Options{}).Reading(0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s passes", name)
				}
			}()
			call()
		}()
	}
}

// Laws: turning the data round turns the answer round.
func FuzzSymmetry(f *testing.F) {
	f.Add(.3, -.2, 1.5, .3, .1)
	f.Add(1., 1., 1., 2., 2.)
	f.Fuzz(func(t *testing.T, a, b, c, d, e float64) {
		x := []float64{a, b, c, d, e}
		for _, v := range x {
			if !(math.Abs(v) <= 1e6) {
				t.Skip()
			}
		}
		turned := make([]float64, len(x))
		for i, v := range x {
			turned[i] = -v
		}
		same := func(what string, p, q segue.Number) {
			if p.Known() != q.Known() || p.Known() && math.Abs(float64(p-q)) > 1e-9 {
				t.Fatalf("%s of %v: %v and turned round %v", what, x, p, q)
			}
		}
		less, greater := RankOptions{Options: Options{Alternative: Less}}, RankOptions{Options: Options{Alternative: Greater}}
		same("signed rank", SignedRank(x, less).P, SignedRank(turned, greater).P)
		same("sign", Sign(x, less.Options).P, Sign(turned, greater.Options).P)
		same("Mann–Whitney", MannWhitney(x[:2], x[2:], less).P, MannWhitney(x[2:], x[:2], greater).P)
		same("Welch", WelchT(x[:2], x[2:], less.Options).P, WelchT(x[2:], x[:2], greater.Options).P)
		up, down := HodgesLehmann(x, 0), HodgesLehmann(turned, 0)
		same("Hodges–Lehmann", up.Value, -down.Value)
		// No test is surer both ways than chance allows: less and greater overlap in the
		// observed outcome.
		if l, g := SignedRank(x, less).P, SignedRank(x, greater).P; l.Known() && l+g < 1-1e-12 {
			t.Fatalf("signed rank of %v: %v below and %v above", x, l, g)
		}
	})
}
