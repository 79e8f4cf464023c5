package offpolicy

import (
	"fmt"
	"math"

	"segue"
	"segue/outcome/stats"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Row is one choice with what came of it.
type Row struct {
	Cluster    int       // the listener, from 0: rows of one are not independent
	Context    int       // from 0
	Action     int       // from 0
	Propensity float64   // with which the action was drawn, (0, 1]
	Reward     float64   // in [0, 1]
	Target     []float64 // the probability of every action under the rule that is evaluated; they sum to 1
}

// weight returns π(a)/p, how often over the row stands in for hours of the other rule.
func (r *Row) weight() float64 { return r.Target[r.Action] / r.Propensity }

// The methods, in the order of Result.
const (
	IPS   = "IPS"   // inverse propensity scores
	SNIPS = "SNIPS" // self-normalized
	DR    = "DR"    // doubly robust
)

// A Result is what a rule would have come to: the mean reward of an hour.
type Result struct {
	Rows     int            `json:"rows"`
	Clusters int            `json:"listeners"`
	Gate     Gate           `json:"gate"`
	IPS      stats.Estimate `json:"ips"`
	SNIPS    stats.Estimate `json:"snips"`
	DR       stats.Estimate `json:"dr"`
}

// Options of an evaluation. The zero value is the default.
type Options struct {
	Level float64 // of the intervals; default stats.Level
	Folds int     // of listeners, over which the model of rewards is cross-fitted; default 5 (d)
	Gates Gates   // default DefaultGates

	Shut              string   // why the gate is closed whatever the rows are; empty if it is not
	Contexts, Actions []string // their names in the gate's reasons; default their numbers from 1
}

const defaultFolds = 5

// Evaluate estimates the mean reward under the rows' Target, with w = π(a|x)/p(a|x) (Horvitz
// & Thompson 1952, doi:10.1080/01621459.1952.10483446; Dudík, Langford & Li 2011):
//
//	IPS    (1/n) Σ w·r
//	SNIPS  Σ w·r / Σ w
//	DR     (1/n) Σ [Σ_a π(a|x)·q(x, a) + w·(r − q(x, aᵢ))]
//
// q is the mean reward of context and action, shrunk towards that of the context, of
// listeners other than the row's own (cross-fitted over folds of listeners). IPS and DR
// are unbiased whatever q is, as the propensities are those of the draws; SNIPS is biased
// by O(1/n) and varies less. Intervals are Student's t of the jackknife that leaves out a
// listener at a time. Rewards that are missing cannot be rows: what is estimated is of
// hours after which something was said.
//
// A closed gate makes every estimate undefined, with the gate's reason. It panics on a row
// that cannot be. O(rows × actions).
func Evaluate(rows []Row, o Options) Result { return evaluate(rows, nil, o) }

// Difference estimates how much more the rows' Target would have come to than another
// rule, whose probabilities of every action at each row are base, on the same rows. The
// gate has to be open for both.
func Difference(rows []Row, base [][]float64, o Options) Result {
	if len(base) != len(rows) {
		panic("offpolicy: there are as many probabilities of the other rule as rows")
	}
	return evaluate(rows, base, o)
}

func evaluate(rows []Row, base [][]float64, o Options) Result {
	if o.Level == 0 {
		o.Level = stats.Level
	}
	if o.Folds == 0 {
		o.Folds = defaultFolds
	}
	if o.Gates == (Gates{}) {
		o.Gates = DefaultGates()
	}
	clusters := 0
	for i := range rows {
		rows[i].check()
		clusters = max(clusters, rows[i].Cluster+1)
	}
	r := Result{Rows: len(rows), Gate: o.look(rows)}
	present := make([]bool, clusters)
	for i := range rows {
		present[rows[i].Cluster] = true
	}
	for _, p := range present {
		if p {
			r.Clusters++
		}
	}
	if base != nil && r.Gate.Open {
		other := make([]Row, len(rows))
		for i := range rows {
			other[i] = rows[i]
			other[i].Target = base[i]
			other[i].check()
		}
		if g := o.look(other); !g.Open {
			r.Gate.Open, r.Gate.Reason = false, "of what it is compared with: "+g.Reason
		}
	}
	name := "mean reward"
	if base != nil {
		name = "difference of mean rewards"
	}
	for _, e := range []struct {
		to     *stats.Estimate
		method string
	}{{&r.IPS, IPS}, {&r.SNIPS, SNIPS}, {&r.DR, DR}} {
		*e.to = stats.Undefined(name, e.method, len(rows), o.Level, r.Gate.Reason)
	}
	if !r.Gate.Open {
		return r
	}
	q := crossFit(rows, o.Folds)
	sums := make([]sums, clusters)
	for i := range rows {
		row := &rows[i]
		s := &sums[row.Cluster]
		s.n++
		s.of[0].add(row, row.Target, q(row))
		if base != nil {
			s.of[1].add(row, base[i], q(row))
		}
	}
	value := func(t totals) [3]float64 {
		v := t.of[0].values(t.n)
		if base != nil {
			w := t.of[1].values(t.n)
			for i := range v {
				v[i] -= w[i]
			}
		}
		return v
	}
	r.IPS, r.SNIPS, r.DR = jackknife(sums, value, name, len(rows), r.Clusters, o.Level)
	return r
}

// check panics on a row that cannot be.
func (r *Row) check() {
	sum := 0.
	for _, p := range r.Target {
		if !(p >= 0 && p <= 1) {
			panic("offpolicy: a probability lies in 0 to 1")
		}
		sum += p
	}
	switch {
	case r.Cluster < 0 || r.Context < 0 || r.Action < 0 || r.Action >= len(r.Target):
		panic("offpolicy: a row's indices count from 0, and its action has a probability")
	case !(r.Propensity > 0 && r.Propensity <= 1):
		panic("offpolicy: a propensity lies in (0, 1]")
	case !(r.Reward >= 0 && r.Reward <= 1):
		panic("offpolicy: a reward lies in 0 to 1")
	case math.Abs(sum-1) > 1e-6:
		panic("offpolicy: the target's probabilities sum to 1")
	}
}

// parts are the sums of one rule that the estimates are made of.
type parts struct{ w, wr, dr float64 }

func (s *parts) add(r *Row, target, q []float64) {
	w := target[r.Action] / r.Propensity
	s.w += w
	s.wr += w * r.Reward
	direct := 0.
	for a, p := range target {
		direct += p * q[a]
	}
	s.dr += direct + w*(r.Reward-q[r.Action])
}

func (s parts) plus(t parts, sign float64) parts {
	return parts{s.w + sign*t.w, s.wr + sign*t.wr, s.dr + sign*t.dr}
}

func (s parts) values(n float64) [3]float64 { return [3]float64{s.wr / n, s.wr / s.w, s.dr / n} }

// sums are those of one listener, or of all.
type sums struct {
	n  float64
	of [2]parts
}

type totals = sums

// jackknife returns each value with its interval: with G listeners, v₋g the value without
// the gth, the variance is (G − 1)/G·Σ(v₋g − v)², and its ends are Student's t with G − 1
// degrees of freedom (Tukey 1958).
func jackknife(each []sums, value func(totals) [3]float64, name string, n, clusters int, level float64) (ips, snips, dr stats.Estimate) {
	var all totals
	for _, s := range each {
		all.n += s.n
		for i := range all.of {
			all.of[i] = all.of[i].plus(s.of[i], 1)
		}
	}
	v := value(all)
	var squares [3]float64
	for _, s := range each {
		if s.n == 0 {
			continue
		}
		without := all
		without.n -= s.n
		for i := range without.of {
			without.of[i] = without.of[i].plus(s.of[i], -1)
		}
		for i, x := range value(without) {
			squares[i] += (x - v[i]) * (x - v[i])
		}
	}
	g := float64(clusters)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: g - 1}.Quantile((1 + level) / 2)
	var out [3]stats.Estimate
	for i, method := range [3]string{IPS, SNIPS, DR} {
		half := t * math.Sqrt((g-1)/g*squares[i])
		out[i] = stats.Estimate{
			Name: name, Value: segue.Number(v[i]), Lo: segue.Number(v[i] - half), Hi: segue.Number(v[i] + half), Level: level, N: n, Enough: clusters >= stats.Least,
			Method: fmt.Sprintf("%s, jackknife over %d listeners, Student's t", method, clusters),
		}
	}
	return out[0], out[1], out[2]
}

// shrink is how many hours the context's mean counts for beside an action's own. (d)
const shrink = 4

// crossFit returns q, by row: the expected reward of each action in the row's context, of
// listeners of other folds.
func crossFit(rows []Row, folds int) func(*Row) []float64 {
	contexts, actions := 0, 0
	for i := range rows {
		contexts, actions = max(contexts, rows[i].Context+1), max(actions, len(rows[i].Target))
	}
	type cell struct{ n, sum float64 }
	all := make([][]cell, folds+1) // by fold, and all together
	for f := range all {
		all[f] = make([]cell, contexts*actions)
	}
	for i := range rows {
		r := &rows[i]
		at := r.Context*actions + r.Action
		for _, f := range [2]int{r.Cluster % folds, folds} {
			all[f][at].n++
			all[f][at].sum += r.Reward
		}
	}
	fitted := make([][][]float64, folds)
	for f := range fitted {
		fitted[f] = make([][]float64, contexts)
		var whole cell
		for at := range all[folds] {
			whole.n += all[folds][at].n - all[f][at].n
			whole.sum += all[folds][at].sum - all[f][at].sum
		}
		mean := .5
		if whole.n > 0 {
			mean = whole.sum / whole.n
		}
		for c := range contexts {
			var of cell
			for a := range actions {
				at := c*actions + a
				of.n += all[folds][at].n - all[f][at].n
				of.sum += all[folds][at].sum - all[f][at].sum
			}
			middle := (of.sum + shrink*mean) / (of.n + shrink)
			fitted[f][c] = make([]float64, actions)
			for a := range actions {
				at := c*actions + a
				n, sum := all[folds][at].n-all[f][at].n, all[folds][at].sum-all[f][at].sum
				fitted[f][c][a] = (sum + shrink*middle) / (n + shrink)
			}
		}
	}
	return func(r *Row) []float64 { return fitted[r.Cluster%folds][r.Context] }
}
