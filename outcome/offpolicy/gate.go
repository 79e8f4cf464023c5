package offpolicy

import (
	"fmt"
	"math"
	"strconv"
)

// Gates are what rows have to bring before a number is made of them. (d)
type Gates struct {
	Effective  float64 // effective sample size (Σw)²/Σw² (Kish 1965), at least
	Listeners  int     // at least
	Weight     float64 // largest part of all weights that one row may have
	Propensity float64 // least propensity of a row that weighs anything
	Logged     int     // hours of each action the rule may take, in each context it may take it in, at least
	Balance    float64 // how far from 1 the mean weight may lie, in its standard errors
}

// DefaultGates returns the gates that hold unless others are given. (d)
func DefaultGates() Gates {
	return Gates{Effective: 100, Listeners: 20, Weight: .05, Propensity: .002, Logged: 10, Balance: 4}
}

// A Gate is whether rows can carry an estimate, and what it was decided by.
type Gate struct {
	Open       bool    `json:"open"`
	Reason     string  `json:"reason,omitempty"` // why it is closed
	Effective  float64 `json:"effective"`        // sample size
	Weight     float64 `json:"largest_weight"`   // largest part of all weights, [0, 1]
	Propensity float64 `json:"least_propensity"` // of rows that weigh anything; 0 without
	Mean       float64 `json:"mean_weight"`      // 1 if propensities are those of the draws
}

// named returns the name of a context or an action.
func named(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return strconv.Itoa(i + 1)
}

// look looks at rows.
func (o Options) look(rows []Row) Gate {
	g := o.Gates
	var out Gate
	var sum, squares, largest float64
	out.Propensity = 1
	who := map[int]bool{}
	type place struct{ context, action int }
	logged, wanted := map[place]int{}, map[place]bool{}
	for i := range rows {
		r := &rows[i]
		w := r.weight()
		sum += w
		squares += w * w
		largest = max(largest, w)
		if w > 0 {
			out.Propensity = min(out.Propensity, r.Propensity)
		}
		who[r.Cluster] = true
		logged[place{r.Context, r.Action}]++
		for a, p := range r.Target {
			if p > 0 {
				wanted[place{r.Context, a}] = true
			}
		}
	}
	if sum == 0 {
		out.Propensity = 0
		out.Reason = "no hour was built as the rule would have built it"
		return out
	}
	n := float64(len(rows))
	out.Effective, out.Weight, out.Mean = sum*sum/squares, largest/sum, sum/n
	error := math.Sqrt(max(0, squares/n-out.Mean*out.Mean) / n)
	least, lacking := math.MaxInt, place{}
	for at := range wanted {
		if k := logged[at]; k < least || k == least && (at.context < lacking.context || at.context == lacking.context && at.action < lacking.action) {
			least, lacking = k, at
		}
	}
	switch {
	case o.Shut != "":
		out.Reason = o.Shut
	case len(who) < g.Listeners:
		out.Reason = fmt.Sprintf("there are hours of %d listeners, and it takes %d", len(who), g.Listeners)
	case least < g.Logged:
		out.Reason = fmt.Sprintf("the rule may take %s in %s, of which there are %d hours, and it takes %d", named(o.Actions, lacking.action), named(o.Contexts, lacking.context), least, g.Logged)
	case out.Propensity < g.Propensity:
		out.Reason = fmt.Sprintf("the least propensity is %.2g, below %.2g", out.Propensity, g.Propensity)
	case out.Effective < g.Effective:
		out.Reason = fmt.Sprintf("the hours count for %.0f by their weights, and it takes %.0f", out.Effective, g.Effective)
	case out.Weight > g.Weight:
		out.Reason = fmt.Sprintf("one hour has %.0f %% of all weight, and at most %.0f %% is taken", 100*out.Weight, 100*g.Weight)
	case math.Abs(out.Mean-1) > g.Balance*error+1e-9:
		out.Reason = fmt.Sprintf("the weights' mean is %.2f and not 1: the propensities are not those of the draws, or the missing answers are not alike", out.Mean)
	default:
		out.Open = true
	}
	return out
}
