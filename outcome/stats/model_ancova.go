package stats

import (
	"fmt"
	"strconv"

	"segue"
)

// A Trial is what arms are compared on: one row for each observation, such as an
// hour with its check-ins.
type Trial struct {
	Arms       []string  // their names, the control first
	Arm        []int     // of each observation, an index into Arms
	Post       []float64 // the outcome
	Pre        []float64 // the same before; nil: arms are compared without it
	Covariates []Term    // what else was known before the arm was drawn
	Clusters   []int     // which listener each observation is of; nil: each is of its own
}

// AncovaOptions are those of Ancova. The zero value is CR2 errors with clusters, HC2
// without, no interaction, 95 %.
type AncovaOptions struct {
	Errors      StandardErrors
	Interaction bool // let pre and covariates work differently in each arm (Lin 2013)
	Level       float64
}

// Comparison is what Ancova found.
type Comparison struct {
	Method   string        `json:"method"`
	N        int           `json:"n"`        // observations
	Clusters int           `json:"clusters"` // listeners; 0: none asked for
	Arms     []ArmMean     `json:"arms"`
	Effects  []Coefficient `json:"effects"`  // each arm after the first against it, in the outcome's unit
	Slopes   []Coefficient `json:"slopes"`   // of pre and the covariates, in the control arm if Interaction
	Differ   []Coefficient `json:"differ"`   // how those slopes differ by arm, if Interaction
	SD       segue.Number  `json:"sd"`       // of the residuals
	ICC      *Estimate     `json:"icc"`      // share of the variance between listeners, if RandomIntercept; else null
	LeftOut  []string      `json:"left_out"` // columns that those before them already hold
	Notes    []string      `json:"notes"`    //
	Reason   string        `json:"reason,omitempty"`
}

// ArmMean is one arm: its own mean, and the mean expected of it had all arms had the
// same pre and covariates, the average ones.
type ArmMean struct {
	Arm      string       `json:"arm"`
	N        int          `json:"n"`
	Clusters int          `json:"clusters"`
	Mean     segue.Number `json:"mean"`
	Pre      segue.Number `json:"pre"` // mean before
	Adjusted Coefficient  `json:"adjusted"`
}

// Ancova compares arms on the outcome after, given the same before and other
// covariates: the model is
//
//	post = mean + arm + slope·(pre − mean of pre) + covariates,
//
// fitted by FitLinear, or by FitMixed with RandomIntercept errors. Where arms were
// drawn by lot it answers the same question as the difference of changes, with a
// smaller error whatever the correlation of pre and post (Senn 2006,
// doi:10.1002/sim.2682; Vickers & Altman 2001, doi:10.1136/bmj.323.7321.1123). Where
// they were not, pre may stand for what the arms differ in otherwise.
//
// With Interaction the columns, less their means, are multiplied with the arms; the
// arm's coefficient is then the mean effect over all (Lin 2013, doi:10.1214/12-AOAS583).
//
// Without Pre and Covariates it is the difference of means, with the error of Welch's t,
// or, with clusters, the cluster-robust difference.
//
// An effect is Enough if each of its two arms has Least observations, and Least
// clusters where there are clusters. An arm nobody is in has a missing effect with a
// reason. It panics if columns are not of one length, not finite, or an arm is not
// one of Arms.
func Ancova(t Trial, o AncovaOptions) *Comparison {
	n := len(t.Post)
	if len(t.Arms) < 2 || len(t.Arm) != n || (t.Pre != nil && len(t.Pre) != n) {
		panic("stats: a trial has two arms or more, and an arm and a pre for each observation")
	}
	c := &Comparison{N: n, SD: segue.Missing(), LeftOut: []string{}, Notes: []string{}, Effects: []Coefficient{}, Slopes: []Coefficient{}, Differ: []Coefficient{}}

	var g grouping
	if t.Clusters != nil {
		mustFit(t.Post, nil, t.Clusters)
		g = groupsOf(t.Clusters)
		c.Clusters = g.count
	}
	c.count(t, g)

	arms := make([]Term, len(t.Arms)-1)
	for a := range arms {
		arms[a] = Term{Name: t.Arms[a+1], Values: make([]float64, n)}
		for i, of := range t.Arm {
			if of == a+1 {
				arms[a].Values[i] = 1
			}
		}
	}
	var given []Term
	if t.Pre != nil {
		given = append(given, centered(Term{Name: "pre", Values: t.Pre}))
	}
	for _, cov := range t.Covariates {
		if len(cov.Values) != n {
			panic(fmt.Sprintf("stats: covariate %q has %d values for %d observations", cov.Name, len(cov.Values), n))
		}
		given = append(given, centered(cov))
	}
	terms := append(append([]Term(nil), arms...), given...)
	if o.Interaction {
		for _, arm := range arms {
			for _, cov := range given {
				terms = append(terms, times(arm, cov))
			}
		}
	}

	fit := fitted(t, terms, o)
	c.Method, c.SD, c.ICC, c.LeftOut, c.Reason = fit.method, fit.sd, fit.icc, fit.leftOut, fit.reason
	if len(given) == 0 {
		c.Method = "difference of means, " + c.Method
	} else {
		c.Method = "analysis of covariance, " + c.Method
	}
	if fit.note != "" {
		c.Notes = append(c.Notes, fit.note)
	}
	for _, name := range c.LeftOut {
		c.Notes = append(c.Notes, strconv.Quote(name)+" does not vary, or says the same as the columns before it: left out")
	}

	w := make([]float64, len(terms)+1)
	for a := range t.Arms {
		clear(w)
		w[0] = 1
		if a > 0 {
			w[a] = 1
		}
		adjusted := fit.contrast("adjusted mean of "+t.Arms[a], w)
		arm := &c.Arms[a]
		if arm.N == 0 {
			adjusted = nothing(adjusted, "nobody is in this arm")
		}
		adjusted.N, adjusted.Enough = arm.N, arm.enough(g)
		arm.Adjusted = adjusted
		if a == 0 {
			continue
		}
		w[0] = 0
		effect := fit.contrast(t.Arms[a]+" − "+t.Arms[0], w)
		switch control := c.Arms[0]; {
		case control.N == 0 && arm.N == 0:
			effect = nothing(effect, "nobody is in either arm")
		case control.N == 0 || arm.N == 0:
			effect = nothing(effect, "nobody is in arm "+strconv.Quote(t.Arms[map[bool]int{true: 0, false: a}[control.N == 0]]))
		}
		effect.N = c.Arms[0].N + arm.N
		effect.Enough = c.Arms[0].enough(g) && arm.enough(g)
		c.Effects = append(c.Effects, effect)
	}
	for j := len(arms); j < len(terms); j++ {
		clear(w)
		w[j+1] = 1
		slope := fit.contrast(terms[j].Name, w)
		if j < len(arms)+len(given) {
			c.Slopes = append(c.Slopes, slope)
		} else {
			c.Differ = append(c.Differ, slope)
		}
	}
	return c
}

// Difference compares the means of arms without covariates: see Ancova.
func Difference(y []float64, arm []int, arms []string, clusters []int, o AncovaOptions) *Comparison {
	return Ancova(Trial{Arms: arms, Arm: arm, Post: y, Clusters: clusters}, o)
}

// count fills in what the arms are, before any model.
func (c *Comparison) count(t Trial, g grouping) {
	sums, pres := make([]float64, len(t.Arms)), make([]float64, len(t.Arms))
	members := make([]map[int]bool, len(t.Arms))
	c.Arms = make([]ArmMean, len(t.Arms))
	for a, name := range t.Arms {
		c.Arms[a] = ArmMean{Arm: name, Mean: segue.Missing(), Pre: segue.Missing()}
		members[a] = map[int]bool{}
	}
	for i, a := range t.Arm {
		if a < 0 || a >= len(t.Arms) {
			panic("stats: an arm is an index into the names of the arms")
		}
		c.Arms[a].N++
		sums[a] += t.Post[i]
		if t.Pre != nil {
			pres[a] += t.Pre[i]
		}
		if g.count > 0 {
			members[a][g.of[i]] = true
		}
	}
	for a := range c.Arms {
		arm := &c.Arms[a]
		arm.Clusters = len(members[a])
		if arm.N == 0 {
			continue
		}
		arm.Mean = finite(sums[a] / float64(arm.N))
		if t.Pre != nil {
			arm.Pre = finite(pres[a] / float64(arm.N))
		}
	}
}

func (a ArmMean) enough(g grouping) bool {
	return a.N >= Least && (g.count == 0 || a.Clusters >= Least)
}

// nothing is a coefficient without a value, for a reason.
func nothing(c Coefficient, reason string) Coefficient {
	return Coefficient{Estimate: Undefined(c.Name, c.Method, c.N, c.Level, reason), SE: segue.Missing(), DF: segue.Missing(), T: segue.Missing(), P: segue.Missing()}
}

// model is a fitted linear or mixed model, as a comparison sees it.
type model struct {
	method, reason, note string
	sd                   segue.Number
	icc                  *Estimate
	leftOut              []string
	contrast             func(name string, weights []float64) Coefficient
}

func fitted(t Trial, terms []Term, o AncovaOptions) model {
	if o.Errors == RandomIntercept {
		if t.Clusters == nil {
			panic("stats: a random intercept needs clusters")
		}
		m := FitMixed(t.Post, terms, t.Clusters, MixedOptions{Level: o.Level})
		return model{m.Method, m.Reason, m.Note, m.SD, &m.ICC, m.LeftOut, m.Contrast}
	}
	l := LinearOptions{Errors: o.Errors, Level: o.Level}
	if o.Errors != Classical && o.Errors != HC2 && o.Errors != HC3 {
		l.Clusters = t.Clusters
	}
	m := FitLinear(t.Post, terms, l)
	note := ""
	if t.Clusters != nil && l.Clusters == nil {
		note = "these errors take all observations to be independent, though several may be of one listener"
	}
	return model{m.Method, m.Reason, note, m.SD, nil, m.LeftOut, m.Contrast}
}

func centered(t Term) Term {
	out := Term{Name: t.Name, Values: make([]float64, len(t.Values))}
	mean := 0.0
	for _, v := range t.Values {
		mean += v
	}
	mean /= float64(max(1, len(t.Values)))
	for i, v := range t.Values {
		out.Values[i] = v - mean
	}
	return out
}

func times(a, b Term) Term {
	out := Term{Name: a.Name + " × " + b.Name, Values: make([]float64, len(a.Values))}
	for i := range out.Values {
		out.Values[i] = a.Values[i] * b.Values[i]
	}
	return out
}
