package stats

import (
	"math"
	"strconv"

	"segue"
)

// Cuped is the difference of two arms, made more exact by what was known of everyone
// before.
type Cuped struct {
	Method    string       `json:"method"`
	N         int          `json:"n"`         // observations, or clusters where there are clusters
	Theta     segue.Number `json:"theta"`     // outcome per unit of the covariate, within arms
	Raw       Coefficient  `json:"raw"`       // the difference of means, as if nothing were known
	Adjusted  Coefficient  `json:"adjusted"`  // less Theta times the difference that there was before
	Before    Coefficient  `json:"before"`    // the difference of the covariate: by lot it is near 0
	Reduction Estimate     `json:"reduction"` // of the variance: the squared correlation within arms, [0, 1]
	Saved     segue.Number `json:"saved"`     // share of Raw's squared standard error that Adjusted is without; may be below 0
	Reason    string       `json:"reason,omitempty"`
}

// CUPED compares arm 1 with arm 0, the control, on an outcome y, given a covariate x
// known before the arm was drawn, such as the same over the weeks before: the mean
// difference of y − θ·x, θ = cov(x, y)/var(x) within arms (Deng, Xu, Kohavi & Walker
// 2013, doi:10.1145/2433396.2433413). Any θ leaves the difference unbiased where arms
// were drawn by lot; this one has the smallest variance, 1 − ρ² of the raw one's, ρ the
// correlation within arms, whose interval is that of Fisher's z of a partial
// correlation. The estimate is the analysis of covariance, with HC2 errors, which allow
// for θ having been found from the same data.
//
// With clusters every cluster is one observation, the mean of its own: for arms drawn
// by cluster (listener), whatever number of hours each has. A cluster in both arms is
// a bad call.
//
// A covariate that the arm can have changed makes the estimate wrong; nothing here can
// tell. It panics if the columns are not of one length or not finite, or an arm is not 0
// or 1.
func CUPED(y, x []float64, arm, clusters []int, level float64) *Cuped {
	if len(x) != len(y) || len(arm) != len(y) || (clusters != nil && len(clusters) != len(y)) {
		panic("stats: CUPED takes an outcome, a covariate and an arm for each observation")
	}
	mustBeFinite(y, x)
	method := "CUPED, HC2 errors"
	if clusters != nil {
		y, x, arm = clusterMeans(y, x, arm, clusters)
		method += ", each cluster once"
	}
	level = wholeLevel(level)
	names := []string{"control", "arm"}
	trial := Trial{Arms: names, Arm: arm, Post: y}
	raw := Ancova(trial, AncovaOptions{Errors: HC2, Level: level})
	trial.Pre = append([]float64{}, x...) // not nil, even of nothing
	adjusted := Ancova(trial, AncovaOptions{Errors: HC2, Level: level})
	before := Ancova(Trial{Arms: names, Arm: arm, Post: x}, AncovaOptions{Errors: HC2, Level: level})

	c := &Cuped{Method: method, N: len(y), Theta: adjusted.Slopes[0].Value, Raw: raw.Effects[0], Adjusted: adjusted.Effects[0], Before: before.Effects[0], Saved: segue.Missing(), Reason: adjusted.Reason}
	for e, name := range map[*Coefficient]string{&c.Raw: "difference of means", &c.Adjusted: "difference of means, CUPED", &c.Before: "difference of the covariate"} {
		e.Name = name
	}
	if c.Raw.SE.Known() && c.Adjusted.SE.Known() {
		c.Saved = finite(1 - float64(c.Adjusted.SE*c.Adjusted.SE/(c.Raw.SE*c.Raw.SE)))
	}
	c.Reduction = reduction(y, x, arm, level)
	if !c.Theta.Known() && c.Reason == "" {
		c.Reason = "the covariate does not vary, or says no more than the arm: there is nothing to adjust by"
	}
	return c
}

// reduction is the squared correlation within arms. With the arm given, Fisher's z has
// the variance 1/(n − 4).
func reduction(y, x []float64, arm []int, level float64) Estimate {
	const name, method = "reduction of variance", "squared correlation within arms; Fisher's z"
	n := len(y)
	var count, my, mx [2]float64
	for i, a := range arm {
		count[a]++
		my[a] += y[i]
		mx[a] += x[i]
	}
	var yy, xx, xy, sizeY, sizeX float64
	for i, a := range arm {
		dy, dx := y[i]-my[a]/count[a], x[i]-mx[a]/count[a]
		yy, xx, xy = yy+dy*dy, xx+dx*dx, xy+dx*dy
		sizeY, sizeX = sizeY+y[i]*y[i], sizeX+x[i]*x[i]
	}
	switch {
	case n < 3:
		return Undefined(name, method, n, level, "a correlation takes at least three observations")
	case xx <= 1e-24*sizeX:
		return Undefined(name, method, n, level, "the covariate does not vary within arms")
	case yy <= 1e-24*sizeY:
		return Undefined(name, method, n, level, "the outcome does not vary within arms")
	}
	r := max(-1, min(1, xy/math.Sqrt(xx*yy)))
	e := estimate(name, method, n, level, r*r, math.NaN(), math.NaN())
	switch {
	case n <= 4:
		e.Reason = "an interval takes at least five observations"
	case math.Abs(r) > 1-1e-15:
		e.Lo, e.Hi = e.Value, e.Value
	default:
		half := zOf(level) / math.Sqrt(float64(n-4))
		lo, hi := math.Tanh(math.Atanh(r)-half), math.Tanh(math.Atanh(r)+half)
		e.Hi = segue.Number(max(lo*lo, hi*hi))
		if e.Lo = 0; lo*hi > 0 {
			e.Lo = segue.Number(min(lo*lo, hi*hi))
		}
	}
	return e
}

// clusterMeans returns each cluster's means and its arm.
func clusterMeans(y, x []float64, arm, clusters []int) (ym, xm []float64, arms []int) {
	g := groupsOf(clusters)
	for _, rows := range g.rows() {
		sy, sx := 0.0, 0.0
		for _, i := range rows {
			if arm[i] != arm[rows[0]] {
				panic("stats: a cluster is in both arms, " + strconv.Itoa(clusters[i]))
			}
			sy, sx = sy+y[i], sx+x[i]
		}
		n := float64(len(rows))
		ym, xm, arms = append(ym, sy/n), append(xm, sx/n), append(arms, arm[rows[0]])
	}
	return ym, xm, arms
}
