package stats_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"segue/internal/racetest"
	"segue/outcome/stats"
)

// hostile draws values of one of several bad kinds: few, tied, huge, tiny, far from 0,
// all equal but one.
func hostile(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	kind := r.IntN(9)
	for i := range v {
		switch x := r.NormFloat64(); kind {
		case 0:
			v[i] = x
		case 1:
			v[i] = float64(r.IntN(3))
		case 2:
			v[i] = x * 1e200
		case 3:
			v[i] = x * 1e-200
		case 4:
			v[i] = 1e12 + x
		case 5:
			v[i] = truth(i == 0)
		case 6:
			v[i] = .1
		case 7:
			v[i] = x * 1e307
		case 8:
			v[i] = math.Exp(10 * x)
		}
	}
	return v
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestModelsBearAnything: whatever finite numbers come, nothing panics, nothing in the
// answer is NaN or infinite, every missing value has a reason, and intervals hold their
// value.
func TestModelsBearAnything(t *testing.T) {
	racetest.Alone(t)
	for seed := range 800 {
		r := rand.New(rand.NewPCG(uint64(seed), 77))
		n := r.IntN(14)
		y, x, z := hostile(r, n), hostile(r, n), hostile(r, n)
		id, arm := make([]int, n), make([]int, n)
		exposed, after := make([]bool, n), make([]bool, n)
		clusters, arms := 1+r.IntN(6), 1+r.IntN(3)
		for i := range n {
			id[i], arm[i] = r.IntN(clusters), r.IntN(arms)%2
			exposed[i], after[i] = id[i]%2 == 0, r.IntN(2) == 0
		}
		terms := []stats.Term{{Name: "x", Values: x}, {Name: "z", Values: z}}
		trial := stats.Trial{Arms: []string{"a", "b"}, Arm: arm, Post: y, Pre: x, Covariates: terms[1:], Clusters: id}
		answers := map[string]any{
			"classical": stats.FitLinear(y, terms, stats.LinearOptions{Errors: stats.Classical}),
			"HC2":       stats.FitLinear(y, terms, stats.LinearOptions{}),
			"HC3":       stats.FitLinear(y, terms, stats.LinearOptions{Errors: stats.HC3}),
			"CR2":       stats.FitLinear(y, terms, stats.LinearOptions{Clusters: id}),
			"mixed":     stats.FitMixed(y, terms, id, stats.MixedOptions{}),
			"ANCOVA":    stats.Ancova(trial, stats.AncovaOptions{Interaction: seed%2 == 0}),
			"by mixed":  stats.Ancova(trial, stats.AncovaOptions{Errors: stats.RandomIntercept}),
			"CUPED":     stats.CUPED(y, x, arm, nil, 0),
			"DiD":       stats.DifferenceInDifferences(stats.Panel{Y: y, Exposed: exposed, After: after, Clusters: id}, 0),
		}
		o := stats.SequentialOptions{Effect: .5, BurnIn: 1 + r.IntN(3), SD: float64(seed % 2)}
		one, two, many := stats.NewMeanSequence(o), stats.NewArmSequence(o), stats.NewClusterSequence(o)
		share, shares := stats.NewRateSequence(stats.RateSequenceOptions{Null: .3, Alternative: []stats.Alternative{stats.TwoSided, stats.Less, stats.Greater}[seed%3]}), stats.NewRateDifference(0)
		var periods []stats.Period
		for i := range n {
			one.Add(y[i])
			two.Add(arm[i], y[i])
			many.Add(id[i], arm[i], y[i])
			share.Add(exposed[i])
			shares.Add(arm[i], exposed[i])
			periods = append(periods, stats.Period{Block: id[i], Arm: arm[i], Y: y[i]})
		}
		answers["a mean"], answers["two arms"], answers["listeners"], answers["a share"], answers["two shares"] = one.Read(), two.Read(), many.Read(), share.Read(), shares.Read()
		answers["a crossover"] = stats.Crossover(periods, stats.CrossoverOptions{Draws: 99})
		for name, a := range answers {
			b, err := json.Marshal(a)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, name, err)
			}
			var v any
			if err := json.Unmarshal(b, &v); err != nil {
				t.Fatal(err)
			}
			if wrong := estimatesOf(v); wrong != "" {
				t.Errorf("seed %d, %s: %s\ny %v\nx %v\nz %v\nid %v arm %v", seed, name, wrong, y, x, z, id, arm)
				return
			}
		}
	}
}

// estimatesOf looks at every estimate of a JSON value.
func estimatesOf(v any) string {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if wrong := estimatesOf(e); wrong != "" {
				return wrong
			}
		}
	case map[string]any:
		if _, ok := v["level"]; ok {
			reason, _ := v["reason"].(string)
			value, hasValue := v["value"].(float64)
			lo, hasLo := v["lo"].(float64)
			hi, hasHi := v["hi"].(float64)
			switch {
			case (!hasValue || !hasLo || !hasHi) && reason == "":
				return fmt.Sprintf("no reason: %v", v)
			case hasValue && hasLo && lo > value+1e-9*math.Abs(value), hasValue && hasHi && hi < value-1e-9*math.Abs(value):
				return fmt.Sprintf("outside its interval: %v", v)
			case hasLo && !hasValue:
				return fmt.Sprintf("an interval without a value: %v", v)
			}
		}
		if p, ok := v["p"].(float64); ok && !(p >= 0 && p <= 1) {
			return fmt.Sprintf("p: %v", v)
		}
		for _, e := range v {
			if wrong := estimatesOf(e); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}
