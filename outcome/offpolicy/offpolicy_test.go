package offpolicy

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"segue/outcome/stats"
)

// open are gates that are never closed.
var open = Gates{Weight: 1, Balance: math.Inf(1)}

// TestByHand: two listeners, one context, two actions drawn evenly, and a rule that always
// takes the second. w is 2 where that was drawn, else 0.
//
//	listener 0: second, 1 · first, 1     listener 1: second, 0 · second, 1
//	IPS   (2·1 + 0 + 2·0 + 2·1)/4 = 1;  SNIPS (2 + 2)/(2 + 2 + 2) = 2/3
//	q of listener 0 (from listener 1): mean 1/2, context (1 + 4/2)/(2 + 4) = 1/2,
//	  second (1 + 4/2)/(2 + 4) = 1/2;  of listener 1 (from 0): mean 1, so 1
//	DR    (½ + 2(1 − ½)  +  ½  +  1 + 2(0 − 1)  +  1 + 2(1 − 1))/4 = (1.5 + .5 − 1 + 1)/4 = ½
//	IPS without listener 0: (0 + 2)/2 = 1; without 1: 2/2 = 1. So its interval is a point.
func TestByHand(t *testing.T) {
	second := []float64{0, 1}
	rows := []Row{
		{Cluster: 0, Action: 1, Propensity: .5, Reward: 1, Target: second}, {Cluster: 0, Action: 0, Propensity: .5, Reward: 1, Target: second},
		{Cluster: 1, Action: 1, Propensity: .5, Reward: 0, Target: second}, {Cluster: 1, Action: 1, Propensity: .5, Reward: 1, Target: second},
	}
	r := Evaluate(rows, Options{Gates: open})
	if r.IPS.Value != 1 || r.IPS.Lo != 1 || r.IPS.Hi != 1 || r.Rows != 4 || r.Clusters != 2 {
		t.Errorf("%+v", r.IPS)
	}
	if math.Abs(float64(r.SNIPS.Value)-2./3) > 1e-12 || math.Abs(float64(r.DR.Value)-.5) > 1e-12 {
		t.Errorf("SNIPS %v, DR %v", r.SNIPS.Value, r.DR.Value)
	}
	if r.Gate.Effective != 3 || r.Gate.Mean != 1.5 || math.Abs(r.Gate.Weight-1./3) > 1e-12 {
		t.Errorf("%+v", r.Gate)
	}
}

// all returns the same probabilities for all rows, their own where none are given.
func all(rows []Row, p []float64) [][]float64 {
	of := make([][]float64, len(rows))
	for i := range rows {
		if of[i] = p; p == nil {
			of[i] = rows[i].Target
		}
	}
	return of
}

// TestSameRule: what is evaluated is what drew. IPS and SNIPS are then the mean reward, and
// the difference from itself is nothing.
func TestSameRule(t *testing.T) {
	rows := world{listeners: 25, hours: 20}.log(rand.New(rand.NewPCG(1, 1)), func(draw []float64) []float64 { return draw })
	mean := 0.
	for _, r := range rows {
		mean += r.Reward / float64(len(rows))
	}
	r := Evaluate(rows, Options{Gates: open})
	if math.Abs(float64(r.IPS.Value)-mean) > 1e-12 || math.Abs(float64(r.SNIPS.Value)-mean) > 1e-12 || math.Abs(r.Gate.Effective-float64(len(rows))) > 1e-6 {
		t.Errorf("%v, %v, want %v", r.IPS.Value, r.SNIPS.Value, mean)
	}
	d := Difference(rows, all(rows, nil), Options{Gates: open})
	for _, e := range []stats.Estimate{d.IPS, d.SNIPS, d.DR} {
		if e.Value != 0 || e.Lo != 0 || e.Hi != 0 {
			t.Errorf("differs from itself: %+v", e)
		}
	}
}

// TestReference holds estimates and intervals to an implementation in another language.
func TestReference(t *testing.T) {
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	type triple []struct{ Value, Lo, Hi float64 }
	var f struct {
		Cluster, Context, Action []int
		Propensity, Reward       []float64
		Target                   [][]float64
		Value, Difference        triple
		Effective, Largest, Mean float64
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	rows := make([]Row, len(f.Cluster))
	for i := range rows {
		rows[i] = Row{f.Cluster[i], f.Context[i], f.Action[i], f.Propensity[i], f.Reward[i], f.Target[f.Context[i]]}
	}
	even := []float64{.25, .25, .25, .25}
	hold := func(what string, r Result, want triple) {
		for i, e := range []stats.Estimate{r.IPS, r.SNIPS, r.DR} {
			for j, pair := range [][2]float64{{float64(e.Value), want[i].Value}, {float64(e.Lo), want[i].Lo}, {float64(e.Hi), want[i].Hi}} {
				if !(math.Abs(pair[0]-pair[1]) < 1e-9) {
					t.Errorf("%s of %s, number %d: %v, want %v", what, e.Method, j, pair[0], pair[1])
				}
			}
		}
	}
	r := Evaluate(rows, Options{Gates: open})
	hold("value", r, f.Value)
	hold("difference", Difference(rows, all(rows, even), Options{Gates: open}), f.Difference)
	if math.Abs(r.Gate.Effective-f.Effective) > 1e-9*f.Effective || math.Abs(r.Gate.Weight-f.Largest) > 1e-12 || math.Abs(r.Gate.Mean-f.Mean) > 1e-12 {
		t.Errorf("gate %+v, want %v, %v, %v", r.Gate, f.Effective, f.Largest, f.Mean)
	}
}

// A world has listeners who differ, contexts and actions with known chances.
type world struct{ listeners, hours int }

var chances = [3][4]float64{{.55, .50, .45, .60}, {.40, .52, .50, .45}, {.65, .50, .70, .55}}

// log draws hours as a loop that learns would: chances of actions that drift with time,
// differ between listeners, and have a floor of a tenth.
func (w world) log(rng *rand.Rand, target func([]float64) []float64) []Row {
	var rows []Row
	for l := range w.listeners {
		own := .10 * rng.NormFloat64()
		taste := [4]float64{}
		for a := range taste {
			taste[a] = 3 * rng.Float64()
		}
		for h := range w.hours {
			c := rng.IntN(3)
			draw, sum := make([]float64, 4), 0.
			for a := range draw {
				draw[a] = math.Exp(taste[a] * float64(h) / float64(w.hours))
				sum += draw[a]
			}
			a, u := 3, rng.Float64()
			for i := range draw {
				draw[i] = .1/4 + .9*draw[i]/sum
			}
			for i := range draw {
				if u -= draw[i]; u < 0 {
					a = i
					break
				}
			}
			r := 0.
			if rng.Float64() < min(1, max(0, chances[c][a]+own)) {
				r = 1
			}
			t := draw
			if target != nil {
				t = target(draw)
			}
			rows = append(rows, Row{l, c, a, draw[a], r, t})
		}
	}
	return rows
}

// TestCoverage: of 500 logs of hours with a known truth, the 95 % intervals of each
// estimator hold it in at least 93 % of those in which the gate is open, of a value and of
// a difference.
func TestCoverage(t *testing.T) {
	rules := [3][]float64{{0, .1, 0, .9}, {.2, .8, 0, 0}, {.25, .25, .5, 0}}
	even := []float64{.25, .25, .25, .25}
	truth, base := 0., 0.
	for c := range rules {
		for a, p := range rules[c] {
			truth += p * chances[c][a] / 3
			base += even[a] * chances[c][a] / 3
		}
	}
	const runs = 500
	var held [2][3]int
	opened := 0
	for run := range runs {
		rows := world{listeners: 24, hours: 30}.log(rand.New(rand.NewPCG(11, uint64(run))), nil)
		for i := range rows {
			rows[i].Target = rules[rows[i].Context]
		}
		r, d := Evaluate(rows, Options{}), Difference(rows, all(rows, even), Options{})
		if !r.Gate.Open || !d.Gate.Open {
			if r.DR.Value.Known() && !r.Gate.Open {
				t.Fatal("the gate is closed, and there is a number")
			}
			continue
		}
		opened++
		for i, e := range []stats.Estimate{r.IPS, r.SNIPS, r.DR} {
			if e.Holds(truth) {
				held[0][i]++
			}
		}
		for i, e := range []stats.Estimate{d.IPS, d.SNIPS, d.DR} {
			if e.Holds(truth - base) {
				held[1][i]++
			}
		}
	}
	t.Logf("open %d of %d; IPS, SNIPS, DR hold the value in %v, the difference in %v", opened, runs, held[0], held[1])
	if opened < runs/2 {
		t.Errorf("the gate was open in %d of %d", opened, runs)
	}
	for _, of := range held {
		for i, n := range of {
			if float64(n) < .93*float64(opened) {
				t.Errorf("estimator %d holds the truth in %d of %d", i, n, opened)
			}
		}
	}
}

// TestGates: each gate closes, says why, and lets no number through.
func TestGates(t *testing.T) {
	good := func() []Row {
		rows := world{listeners: 40, hours: 30}.log(rand.New(rand.NewPCG(5, 5)), func([]float64) []float64 { return []float64{.4, .3, .2, .1} })
		return rows
	}
	if r := Evaluate(good(), Options{}); !r.Gate.Open || !r.DR.Defined() {
		t.Fatalf("%+v", r.Gate)
	}
	for want, change := range map[string]func([]Row) []Row{
		"there are hours of 1 listeners": func(rows []Row) []Row { return rows[:30] },
		"the rule may take 3 in 2, of which there are 0 hours": func(rows []Row) []Row {
			kept := rows[:0]
			for _, r := range rows {
				if r.Context != 1 || r.Action != 2 {
					kept = append(kept, r)
				}
			}
			return kept
		},
		"the least propensity is 0.0001": func(rows []Row) []Row { rows[3].Propensity = .0001; return rows },
		"by their weights": func(rows []Row) []Row {
			for i := range rows {
				if i%50 > 0 {
					rows[i].Propensity = 1
				} else {
					rows[i].Propensity = .004
				}
			}
			return rows
		},
		"% of all weight": func(rows []Row) []Row {
			rows[3].Propensity, rows[3].Target = .0025, []float64{.25, .25, .25, .25}
			return rows
		},
		"the weights' mean is": func(rows []Row) []Row {
			for i := range rows {
				rows[i].Propensity = .9
			}
			return rows
		},
		"no hour was built as the rule would have": func(rows []Row) []Row {
			for i := range rows {
				rows[i].Target = make([]float64, 4)
				rows[i].Target[(rows[i].Action+1)%4] = 1
			}
			return rows
		},
	} {
		r := Evaluate(change(good()), Options{})
		if r.Gate.Open || !strings.Contains(r.Gate.Reason, want) || r.IPS.Value.Known() || r.SNIPS.Value.Known() || r.DR.Value.Known() || r.DR.Reason != r.Gate.Reason {
			t.Errorf("%q: %+v", want, r.Gate)
		}
	}
	if r := Evaluate(nil, Options{}); r.Gate.Open || r.Gate.Reason == "" {
		t.Errorf("of nothing: %+v", r)
	}
}

func TestRowsThatCannotBePanic(t *testing.T) {
	ok := Row{0, 0, 0, .5, 1, []float64{1, 0}}
	for name, change := range map[string]func(*Row){
		"propensity 0": func(r *Row) { r.Propensity = 0 }, "NaN": func(r *Row) { r.Propensity = math.NaN() }, "reward": func(r *Row) { r.Reward = 2 },
		"target": func(r *Row) { r.Target = []float64{.5, .4} }, "action": func(r *Row) { r.Action = 2 }, "negative": func(r *Row) { r.Target = []float64{1.5, -.5} },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			row := ok
			change(&row)
			Evaluate([]Row{row}, Options{})
		}()
	}
}
