package stats

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"segue"

	"gonum.org/v1/gonum/stat"
)

// A referenceCase is what another program was asked and what it answered.
type referenceCase struct {
	What string
	Args []any
	Want map[string]any
}

func (c referenceCase) number(i int) float64 { return c.Args[i].(float64) }
func (c referenceCase) whole(i int) int      { return int(c.Args[i].(float64)) }
func (c referenceCase) options(i int) Options {
	return Options{Alternative: Alternative(c.Args[i].(string))}
}
func (c referenceCase) numbers(i int) []float64 { return numbersOf(c.Args[i]) }
func (c referenceCase) ranks(i int) RankOptions { return RankOptions{Options: c.options(i)} }
func (c referenceCase) normal(i int) RankOptions {
	return RankOptions{Options: c.options(i), Approximate: true}
}

func numbersOf(v any) []float64 {
	if f, ok := v.(float64); ok {
		return []float64{f}
	}
	var out []float64
	for _, x := range v.([]any) {
		out = append(out, x.(float64))
	}
	return out
}

type answer = map[string]segue.Number

func ends(e Estimate) answer { return answer{"value": e.Value, "lo": e.Lo, "hi": e.Hi} }

// interval is p and the interval of the effect of a name.
func interval(r Result, effect string) answer {
	e, ok := r.Effect(effect)
	if !ok {
		panic("there is no effect " + effect)
	}
	return answer{"p": r.P, "t": r.Statistic, "w": r.Statistic, "u": r.Statistic, "x": r.Statistic, "z": r.Statistic, "df": r.DF, "mid": r.MidP, "lo": e.Lo, "hi": e.Hi, "d": e.Value, "g": e.Value, "r": e.Value, "hl": e.Value, "v": e.Value, "odds": e.Value, "ratio": e.Value}
}

var asked = map[string]func(c referenceCase) answer{
	"share": func(c referenceCase) answer {
		w, e := Wilson(c.whole(0), c.whole(1), 0), ClopperPearson(c.whole(0), c.whole(1), 0)
		return answer{"wilson_lo": w.Lo, "wilson_hi": w.Hi, "lo": e.Lo, "hi": e.Hi}
	},
	"binomial": func(c referenceCase) answer {
		return answer{"p": Binomial(c.whole(0), c.whole(1), c.number(2), c.options(3)).P}
	},
	"binomial_ci": func(c referenceCase) answer {
		return interval(Binomial(c.whole(0), c.whole(1), c.number(2), c.options(3)), "share")
	},
	"newcombe": func(c referenceCase) answer {
		return ends(NewcombeDifference(c.whole(0), c.whole(1), c.whole(2), c.whole(3), 0))
	},
	"ratio": func(c referenceCase) answer {
		return ends(RatioOfShares(c.whole(0), c.whole(1), c.whole(2), c.whole(3), 0))
	},
	"fisher": func(c referenceCase) answer {
		test := func(a Alternative) Result {
			return Fisher(c.whole(0), c.whole(1), c.whole(2), c.whole(3), Options{Alternative: a})
		}
		a := interval(test(TwoSided), "odds ratio")
		a["less"], a["greater"] = test(Less).P, test(Greater).P
		return a
	},
	"fisher_p": func(c referenceCase) answer {
		return answer{"p": Fisher(c.whole(0), c.whole(1), c.whole(2), c.whole(3), Options{}).P}
	},
	"score": func(c referenceCase) answer {
		return interval(TwoProportions(c.whole(0), c.whole(1), c.whole(2), c.whole(3), Options{}), "difference of shares")
	},
	"chi2_2x2": func(c referenceCase) answer {
		return answer{"p": TwoProportions(c.whole(0), c.whole(1), c.whole(2), c.whole(3), Options{}).P}
	},
	"mcnemar": func(c referenceCase) answer {
		return interval(McNemar(c.whole(0), c.whole(1), c.whole(2), c.whole(3), Options{}), "difference of shares")
	},
	"signed_exact": func(c referenceCase) answer { return answer{"p": SignedRank(c.numbers(0), c.ranks(1)).P} },
	"signed_ties":  func(c referenceCase) answer { return answer{"p": SignedRank(c.numbers(0), c.ranks(1)).P} },
	"signed_normal": func(c referenceCase) answer {
		o := c.normal(1)
		o.Zeros = Zeros(c.Args[2].(string))
		return answer{"p": SignedRank(c.numbers(0), o).P}
	},
	"signed_ties_normal": func(c referenceCase) answer { return answer{"p": SignedRank(c.numbers(0), c.normal(1)).P} },
	"signed": func(c referenceCase) answer {
		return interval(SignedRank(c.numbers(0), RankOptions{}), "Hodges–Lehmann median")
	},
	"mw_exact": func(c referenceCase) answer {
		return interval(MannWhitney(c.numbers(0), c.numbers(1), c.ranks(2)), "Cliff's delta")
	},
	"mw_ties": func(c referenceCase) answer {
		return answer{"p": MannWhitney(c.numbers(0), c.numbers(1), c.ranks(2)).P}
	},
	"mw_normal": func(c referenceCase) answer {
		return interval(MannWhitney(c.numbers(0), c.numbers(1), c.normal(2)), "Cliff's delta")
	},
	"mw_ties_normal": func(c referenceCase) answer {
		return answer{"p": MannWhitney(c.numbers(0), c.numbers(1), c.normal(2)).P}
	},
	"mw": func(c referenceCase) answer {
		return interval(MannWhitney(c.numbers(0), c.numbers(1), RankOptions{}), "Hodges–Lehmann shift")
	},
	"cliff": func(c referenceCase) answer {
		e, _ := MannWhitney(c.numbers(0), c.numbers(1), RankOptions{}).Effect("Cliff's delta")
		return ends(e)
	},
	"welch": func(c referenceCase) answer {
		return interval(WelchT(c.numbers(0), c.numbers(1), c.options(2)), "difference of means")
	},
	"student": func(c referenceCase) answer {
		return interval(StudentT(c.numbers(0), c.numbers(1), c.options(2)), "difference of means")
	},
	"one_sample": func(c referenceCase) answer {
		return interval(OneSampleT(c.numbers(0), c.number(1), c.options(2)), "Cohen's d")
	},
	"cohen": func(c referenceCase) answer {
		r := WelchT(c.numbers(0), c.numbers(1), Options{})
		a := interval(r, "Cohen's d")
		g, _ := r.Effect("Hedges' g")
		a["g"] = g.Value
		return a
	},
	"cohen_rough": func(c referenceCase) answer {
		return interval(StudentT(c.numbers(0), c.numbers(1), Options{}), "Cohen's d")
	},
	"hedges_rough": func(c referenceCase) answer {
		return interval(StudentT(c.numbers(0), c.numbers(1), Options{}), "Hedges' g")
	},
	"dz": func(c referenceCase) answer {
		return interval(PairedT(make([]float64, len(c.numbers(0))), c.numbers(0), Options{}), "d_z")
	},
	"nct": func(c referenceCase) answer {
		return answer{"p": segue.Number(noncentralT(c.number(0), c.number(1), c.number(2)))}
	},
	"ncx2": func(c referenceCase) answer {
		return answer{"p": segue.Number(noncentralChi2(c.number(0), c.number(1), c.number(2)))}
	},
	"pearson": func(c referenceCase) answer {
		return interval(Pearson(c.numbers(0), c.numbers(1), c.options(2)), "Pearson's r")
	},
	"spearman": func(c referenceCase) answer {
		return interval(Spearman(c.numbers(0), c.numbers(1), c.options(2)), "Spearman's rho")
	},
	"fit": func(c referenceCase) answer {
		return interval(GoodnessOfFit(wholeOf(c.numbers(0)), c.numbers(1), Options{}), "Cohen's w")
	},
	"table": func(c referenceCase) answer {
		var table [][]int
		for _, row := range c.Args[0].([]any) {
			table = append(table, wholeOf(numbersOf(row)))
		}
		return interval(Contingency(table, Options{}), "Cramér's V")
	},
	"rate": func(c referenceCase) answer { return ends(Rate(c.whole(0), c.number(1), 0)) },
	"poisson": func(c referenceCase) answer {
		return answer{"p": PoissonRate(c.whole(0), c.number(1), c.number(2), c.options(3)).P}
	},
	"rate_ratio": func(c referenceCase) answer {
		return interval(RateRatio(c.whole(0), c.number(1), c.whole(2), c.number(3), Options{}), "ratio of rates")
	},
	"power_paired": func(c referenceCase) answer {
		return answer{"power": segue.Number(PairedDesign(c.number(1), Criterion{Alternative: c.options(2).Alternative}).Power(c.whole(0)))}
	},
	"power_two": func(c referenceCase) answer {
		return answer{"power": segue.Number(TwoMeansDesign(c.number(1), c.number(2), Criterion{Alternative: c.options(3).Alternative}).Power(c.whole(0)))}
	},
	"size_paired": func(c referenceCase) answer {
		n, _ := PairedDesign(c.number(0), Criterion{}).Size(c.number(1))
		return answer{"n": segue.Number(n)}
	},
	"size_two": func(c referenceCase) answer {
		n, _ := TwoMeansDesign(c.number(0), 1, Criterion{}).Size(c.number(1))
		return answer{"n": segue.Number(n)}
	},
	"bootstrap": func(c referenceCase) answer {
		statistic := func(v []float64) float64 { return stat.Mean(v, nil) }
		if c.Args[2] == "sd" {
			statistic = func(v []float64) float64 { return stat.StdDev(v, nil) }
		}
		e, err := Bootstrap{Replicates: 100_000, Percentile: c.Args[1] == "percentile"}.Values(context.Background(), "x", c.numbers(0), statistic)
		if err != nil {
			panic(err)
		}
		return ends(e)
	},
}

func wholeOf(v []float64) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

// within is how near a quantity has to come, relative to its size, where it is not 1e-6.
var within = map[string]float64{
	"ratio":        1e-5, // statsmodels stops its search early
	"cohen_rough":  2e-4, // effectsize searches with optim
	"hedges_rough": 2e-4,
	"bootstrap":    .015, // other draws
}

// TestReference holds every test, interval and power against scipy and statsmodels
// (testdata/tests.py) and R (testdata/tests.R).
func TestReference(t *testing.T) {
	seen := map[string]int{}
	for _, file := range []string{"testdata/tests_scipy.json", "testdata/tests_r.json"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []referenceCase
		if err := json.Unmarshal(b, &cases); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range cases {
			seen[c.What]++
			if c.What == "adjust" {
				holdAdjusted(t, c)
				continue
			}
			ask, ok := asked[c.What]
			if !ok {
				t.Fatalf("%s: nothing answers %q", file, c.What)
			}
			got := ask(c)
			tolerance := within[c.What]
			if tolerance == 0 {
				tolerance = 1e-6
			}
			for name, want := range c.Want {
				g := float64(got[name])
				w, known := want.(float64)
				switch {
				case !known && got[name].Known():
					t.Errorf("%s %v: %s is %v, want none", c.What, c.Args, name, g)
				case known && !(math.Abs(g-w) <= tolerance*max(math.Abs(w), 1e-9)):
					t.Errorf("%s %v: %s is %.12g, want %.12g", c.What, c.Args, name, g, w)
				}
			}
		}
	}
	for what := range asked {
		if seen[what] == 0 {
			t.Errorf("no reference asks for %s", what)
		}
	}
}

func holdAdjusted(t *testing.T, c referenceCase) {
	var p []segue.Number
	for _, v := range c.numbers(0) {
		p = append(p, segue.Number(v))
	}
	for name, got := range map[string][]segue.Number{"holm": Holm(p), "bh": BenjaminiHochberg(p)} {
		want := numbersOf(c.Want[name])
		if !slices.EqualFunc(got, want, func(g segue.Number, w float64) bool { return math.Abs(float64(g)-w) < 1e-12 }) {
			t.Errorf("%s of %v: got %v, want %v", name, c.Args[0], got, want)
		}
	}
}
