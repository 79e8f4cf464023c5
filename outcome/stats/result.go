package stats

import (
	"fmt"
	"strconv"

	"segue"
)

// A Result is the answer of a test: how surprising the data would be if the null
// hypothesis held, and how large the effect is. A reader of its JSON needs nothing
// else to understand it.
type Result struct {
	Method        string       `json:"method"` // "exact binomial test"
	Null          string       `json:"null"`   // the hypothesis P speaks of, in words
	Alternative   Alternative  `json:"alternative"`
	Statistic     segue.Number `json:"statistic"`        // the test statistic
	StatisticName string       `json:"statistic_name"`   // what the statistic is: "t", "χ²", "W+, sum of positive ranks"
	DF            segue.Number `json:"df"`               // degrees of freedom; missing where the test has none
	P             segue.Number `json:"p"`                // [0, 1]: how likely data at least as extreme are under Null
	MidP          segue.Number `json:"mid_p,omitzero"`   // P with the outcomes as likely as the observed one counted half: less cautious than an exact P; 0 where not given
	Exact         bool         `json:"exact"`            // P holds for every n; otherwise it is an approximation for large n
	N             int          `json:"n"`                // observations used
	Enough        bool         `json:"enough"`           // at least Least, in each group
	Effects       []Estimate   `json:"effects"`          // how large it is, the main one first
	Notes         []string     `json:"notes,omitempty"`  // what was done with ties, zeros, small counts
	Reason        string       `json:"reason,omitempty"` // why there is no P
}

// noResult is the answer where no test can be made.
func noResult(method, null string, o Options, n int, reason string, effects ...Estimate) Result {
	if effects == nil {
		effects = []Estimate{}
	}
	return Result{Method: method, Null: null, Alternative: o.Alternative, Statistic: segue.Missing(), DF: segue.Missing(), P: segue.Missing(), N: n, Effects: effects, Reason: reason}
}

// Effect returns the effect of a name; ok tells whether there is one.
func (r Result) Effect(name string) (e Estimate, ok bool) {
	for _, e := range r.Effects {
		if e.Name == name {
			return e, true
		}
	}
	return Estimate{}, false
}

// A Verdict is what may be said of a test.
type Verdict string

const (
	NoTest  Verdict = "undefined" // no test can be made of these data; Reason says why
	TooFew  Verdict = "too few to tell"
	Against Verdict = "against the null" // p is at most α
	Unclear Verdict = "could be chance"  // p is above α: neither shown nor excluded
)

// Reading returns what may be said at significance level alpha, in (0, 1), and the
// same in a sentence with its limit. Too few observations are too few whatever p is:
// with four of five nothing is claimed. A p above alpha never says that there is no
// effect; how large it might be is what the interval says.
func (r Result) Reading(alpha float64) (Verdict, string) {
	if !(alpha > 0 && alpha < 1) {
		panic("stats: a significance level lies between 0 and 1")
	}
	size := ""
	if len(r.Effects) > 0 && r.Effects[0].Defined() {
		e := r.Effects[0]
		size = fmt.Sprintf(" The %s is %.3g (%.3g to %.3g).", e.Name, e.Value, e.Lo, e.Hi)
	}
	switch p := float64(r.P); {
	case !r.P.Known():
		return NoTest, "No test can be made: " + r.Reason + "."
	case !r.Enough:
		return TooFew, fmt.Sprintf("Too few to tell: n = %d, and nothing is claimed below %d (in each group).%s The test itself gives %s.", r.N, Least, size, PText(r.P))
	case p <= alpha:
		return Against, fmt.Sprintf("If %s, data like these or further from it would be rare: %s.%s", r.Null, PText(r.P), size)
	default:
		return Unclear, fmt.Sprintf("This could be chance: if %s, data like these or further from it come with %s. That does not show that there is nothing; the interval says how large it may be.%s", r.Null, PText(r.P), size)
	}
}

// PText writes p as "p = .375", with two or three digits that count, and small ones
// as "p < .0001".
func PText(p segue.Number) string {
	switch v := float64(p); {
	case !p.Known():
		return "p undefined"
	case v < .0001:
		return "p < .0001"
	case v < .001:
		return "p = " + trimZero(strconv.FormatFloat(v, 'f', 5, 64))
	case v > .999 && v < 1:
		return "p > .999"
	default:
		return "p = " + trimZero(strconv.FormatFloat(v, 'f', 3, 64))
	}
}

// trimZero drops the zero before the point of a number below 1.
func trimZero(s string) string {
	if len(s) > 1 && s[0] == '0' && s[1] == '.' {
		return s[1:]
	}
	return s
}
