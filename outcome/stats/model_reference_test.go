package stats_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"segue"
	"segue/outcome/stats"
)

// same fails unless got equals want to a relative difference.
func same(t *testing.T, what string, got segue.Number, want, within float64) {
	t.Helper()
	if d := math.Abs(float64(got) - want); !(d <= within*max(math.Abs(want), 1e-9)) {
		t.Errorf("%s: got %.12g, want %.12g, off by %.1e", what, float64(got), want, d/math.Abs(want))
	}
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// trialData are rows as testdata/models.R makes them.
type trialData struct {
	ID, Arm        []int
	Pre, Age, Post []float64
}

func (d trialData) terms() []stats.Term {
	arm := make([]float64, len(d.Arm))
	for i, a := range d.Arm {
		arm[i] = float64(a)
	}
	return []stats.Term{{Name: "arm", Values: arm}, {Name: "pre", Values: d.Pre}, {Name: "age", Values: d.Age}}
}

type rModels struct {
	Sets map[string]struct {
		trialData
		Linear struct {
			Value, Classical, HC2, HC3, CR1, CR2, CR2df, CR2p, HC2df []float64
			SD, R2                                                   float64
		}
		Mixed struct {
			Value, Naive, SE, DF       []float64
			Between, Within, Criterion float64
		}
	}
	Longley struct {
		Y         []float64
		X         [][]float64
		Value, SE []float64
	}
	Sleep struct {
		ID                         []int
		Days, Y, Value             []float64
		Between, Within, Criterion float64
	}
	Lin struct{ Value, SE, DF float64 }
}

// TestLinearReference holds all errors and degrees of freedom against sandwich and
// clubSandwich: testdata/models.R.
func TestLinearReference(t *testing.T) {
	var want rModels
	readJSON(t, "testdata/models.json", &want)
	if len(want.Sets) < 5 {
		t.Fatal("the reference is not whole")
	}
	for name, s := range want.Sets {
		for errors, se := range map[stats.StandardErrors][]float64{stats.Classical: s.Linear.Classical, stats.HC2: s.Linear.HC2, stats.HC3: s.Linear.HC3, stats.CR1: s.Linear.CR1, stats.CR2: s.Linear.CR2} {
			o := stats.LinearOptions{Errors: errors}
			if errors == stats.CR1 || errors == stats.CR2 {
				o.Clusters = s.ID
			}
			m := stats.FitLinear(s.Post, s.terms(), o)
			same(t, name+" sd", m.SD, s.Linear.SD, 1e-10)
			same(t, name+" r2", m.R2, s.Linear.R2, 1e-9)
			for j, c := range m.Coefficients {
				what := name + " " + string(errors) + " " + c.Name
				same(t, what, c.Value, s.Linear.Value[j], 1e-9)
				same(t, what+" se", c.SE, se[j], 1e-9)
				switch errors {
				case stats.CR2:
					same(t, what+" df", c.DF, s.Linear.CR2df[j], 1e-8)
					same(t, what+" p", c.P, s.Linear.CR2p[j], 1e-7)
				case stats.HC2:
					same(t, what+" df", c.DF, s.Linear.HC2df[j], 1e-8)
				}
			}
		}
	}

	m := stats.FitLinear(want.Longley.Y, columns(want.Longley.X), stats.LinearOptions{Errors: stats.Classical})
	for j, c := range m.Coefficients {
		same(t, "Longley "+c.Name, c.Value, want.Longley.Value[j], 1e-9)
		same(t, "Longley se "+c.Name, c.SE, want.Longley.SE[j], 1e-9)
	}
	// NIST's certified values.
	same(t, "NIST intercept", m.Coefficients[0].Value, -3482.25863459582, 1e-9)
	same(t, "NIST year", m.Coefficients[6].Value, 1.82915146461355, 1e-9)
	same(t, "NIST sd", m.SD, .304854073561965, 1e-9)
}

func columns(x [][]float64) []stats.Term {
	terms := make([]stats.Term, len(x))
	for j, v := range x {
		terms[j] = stats.Term{Name: string(rune('a' + j)), Values: v}
	}
	return terms
}

// TestMixedReference holds the random-intercept model against lme4 and pbkrtest, whose
// optimum is good to some five digits: testdata/models.R. TestMixedAgainstDense holds
// it closer.
func TestMixedReference(t *testing.T) {
	var want rModels
	readJSON(t, "testdata/models.json", &want)
	for name, s := range want.Sets {
		m := stats.FitMixed(s.Post, s.terms(), s.ID, stats.MixedOptions{})
		if m.Reason != "" {
			t.Fatalf("%s: %s", name, m.Reason)
		}
		if m.Boundary != (name == "boundary") {
			t.Errorf("%s: boundary is %v", name, m.Boundary)
		}
		same(t, name+" criterion", m.Criterion, s.Mixed.Criterion, 1e-9)
		if !m.Boundary {
			same(t, name+" between", m.Between.Value, s.Mixed.Between, 1e-5)
		}
		same(t, name+" within", m.Within.Value, s.Mixed.Within, 1e-5)
		for j, c := range m.Coefficients {
			same(t, name+" "+c.Name, c.Value, s.Mixed.Value[j], 1e-5)
			same(t, name+" "+c.Name+" se", c.SE, s.Mixed.SE[j], 1e-5)
			same(t, name+" "+c.Name+" df", c.DF, s.Mixed.DF[j], 1e-5)
		}
	}
	s := want.Sleep
	m := stats.FitMixed(s.Y, []stats.Term{{Name: "days", Values: s.Days}}, s.ID, stats.MixedOptions{})
	same(t, "sleep criterion", m.Criterion, s.Criterion, 1e-9)
	same(t, "sleep between", m.Between.Value, s.Between, 1e-5)
	same(t, "sleep within", m.Within.Value, s.Within, 1e-5)
	same(t, "sleep days", m.Coefficients[1].Value, s.Value[1], 1e-8)
	// Printed in Bates et al. 2015's companion: 1786.5, 37.12, 30.99.
	same(t, "sleep, as printed", m.Criterion, 1786.465, 1e-6)
}

func TestAncovaReference(t *testing.T) {
	var want rModels
	readJSON(t, "testdata/models.json", &want)
	s := want.Sets["between"]
	trial := stats.Trial{Arms: []string{"shuffle", "iso"}, Arm: s.Arm, Post: s.Post, Pre: s.Pre, Covariates: []stats.Term{{Name: "age", Values: s.Age}}, Clusters: s.ID}
	plain := stats.Ancova(trial, stats.AncovaOptions{})
	same(t, "effect", plain.Effects[0].Value, s.Linear.Value[1], 1e-9)
	same(t, "effect se", plain.Effects[0].SE, s.Linear.CR2[1], 1e-9)
	same(t, "effect df", plain.Effects[0].DF, s.Linear.CR2df[1], 1e-8)
	mixed := stats.Ancova(trial, stats.AncovaOptions{Errors: stats.RandomIntercept})
	same(t, "mixed effect", mixed.Effects[0].Value, s.Mixed.Value[1], 1e-5)
	same(t, "mixed effect se", mixed.Effects[0].SE, s.Mixed.SE[1], 1e-5)
	lin := stats.Ancova(trial, stats.AncovaOptions{Interaction: true})
	same(t, "Lin's effect", lin.Effects[0].Value, want.Lin.Value, 1e-9)
	same(t, "Lin's se", lin.Effects[0].SE, want.Lin.SE, 1e-9)
	same(t, "Lin's df", lin.Effects[0].DF, want.Lin.DF, 1e-8)
	if d := float64(lin.Arms[1].Adjusted.Value - lin.Arms[0].Adjusted.Value - lin.Effects[0].Value); math.Abs(d) > 1e-12 {
		t.Errorf("adjusted means differ by another amount than the effect: %v", d)
	}
}

// TestModelsAgainstStatsmodels holds models, CUPED and difference in differences
// against statsmodels, and formulas in numpy: testdata/models_statsmodels.py.
func TestModelsAgainstStatsmodels(t *testing.T) {
	var r rModels
	readJSON(t, "testdata/models.json", &r)
	var want map[string]struct {
		Value, Classical, HC2, HC3, CR1, CR1p []float64
		Mixed                                 *struct {
			Value           []float64
			Between, Within float64
		}
		Cuped struct{ Theta, Adjusted, SE, Reduction, Lo, Hi float64 }
		DiD   struct {
			After      []int
			Value, HC2 float64
		}
	}
	readJSON(t, "testdata/models_statsmodels.json", &want)
	if len(want) != len(r.Sets) {
		t.Fatal("the reference is not whole")
	}
	for name, w := range want {
		s := r.Sets[name]
		for errors, se := range map[stats.StandardErrors][]float64{stats.Classical: w.Classical, stats.HC2: w.HC2, stats.HC3: w.HC3, stats.CR1: w.CR1} {
			o := stats.LinearOptions{Errors: errors}
			if errors == stats.CR1 {
				o.Clusters = s.ID
			}
			for j, c := range stats.FitLinear(s.Post, s.terms(), o).Coefficients {
				same(t, name+" "+c.Name, c.Value, w.Value[j], 1e-8)
				same(t, name+" "+string(errors)+" "+c.Name, c.SE, se[j], 1e-8)
				if errors == stats.CR1 {
					same(t, name+" p "+c.Name, c.P, w.CR1p[j], 1e-6)
				}
			}
		}
		if w.Mixed != nil {
			// Its optimizer stops at four to six digits.
			m := stats.FitMixed(s.Post, s.terms(), s.ID, stats.MixedOptions{})
			same(t, name+" between", m.Between.Value, w.Mixed.Between, 1e-4)
			same(t, name+" within", m.Within.Value, w.Mixed.Within, 1e-4)
			for j, c := range m.Coefficients {
				same(t, name+" mixed "+c.Name, c.Value, w.Mixed.Value[j], 1e-4)
			}
		}
		c := stats.CUPED(s.Post, s.Pre, s.Arm, nil, 0)
		same(t, name+" θ", c.Theta, w.Cuped.Theta, 1e-9)
		same(t, name+" CUPED", c.Adjusted.Value, w.Cuped.Adjusted, 1e-8)
		same(t, name+" CUPED se", c.Adjusted.SE, w.Cuped.SE, 1e-9)
		same(t, name+" reduction", c.Reduction.Value, w.Cuped.Reduction, 1e-9)
		same(t, name+" reduction lo", c.Reduction.Lo, w.Cuped.Lo, 1e-8)
		same(t, name+" reduction hi", c.Reduction.Hi, w.Cuped.Hi, 1e-8)

		p := stats.Panel{Y: s.Post}
		for i, a := range s.Arm {
			p.Exposed, p.After = append(p.Exposed, a == 1), append(p.After, w.DiD.After[i] == 1)
		}
		d := stats.DifferenceInDifferences(p, 0)
		same(t, name+" DiD", d.Difference.Value, w.DiD.Value, 1e-8)
		same(t, name+" DiD se", d.Difference.SE, w.DiD.HC2, 1e-9)
	}
}
