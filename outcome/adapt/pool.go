package adapt

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// A Count is what became of hours of one kind: those that were a success, and the other
// ones of which it is known. Hours of which nothing is known are in neither.
type Count struct {
	Better int `json:"better"`
	Other  int `json:"other"`
}

// N returns how many hours there are.
func (c Count) N() int { return c.Better + c.Other }

func (c Count) plus(d Count) Count  { return Count{c.Better + d.Better, c.Other + d.Other} }
func (c Count) minus(d Count) Count { return Count{c.Better - d.Better, c.Other - d.Other} }

// A Tally is a count for each context and action, contexts × actions.
type Tally [][]Count

// NewTally returns a tally of nothing.
func (p *Policy) NewTally() Tally {
	t := make(Tally, len(p.Contexts))
	for i := range t {
		t[i] = make([]Count, len(p.Actions))
	}
	return t
}

// n returns how many hours of a context are known.
func (t Tally) n(context int) int {
	n := 0
	for _, c := range t[context] {
		n += c.N()
	}
	return n
}

// A Pool is what the hours of many listeners say of one who is new. It holds the counts
// of each, so that the prior of a listener is that of the others, and who is left out
// leaves nothing behind.
type Pool struct {
	policy   *Policy
	of       map[string]Tally
	sum      Tally
	who      []int     // listeners with a known hour, by context
	strength []float64 // hours that the others count for at most, by context
}

// Pool returns the pool of several listeners' tallies, all of whom agreed to it. The
// same tallies make the same pool in any order. O(listeners × contexts × actions).
func (p *Policy) Pool(of map[string]Tally) *Pool {
	pool := &Pool{policy: p, of: maps.Clone(of), sum: p.NewTally(), who: make([]int, len(p.Contexts)), strength: make([]float64, len(p.Contexts))}
	for _, t := range of {
		for c := range t {
			if t.n(c) > 0 {
				pool.who[c]++
			}
			for a := range t[c] {
				pool.sum[c][a] = pool.sum[c][a].plus(t[c][a])
			}
		}
	}
	for c := range pool.strength {
		pool.strength[c] = pool.alike(c)
	}
	return pool
}

// Priors are believed of a listener's actions in one context before any hour of theirs.
type Priors struct {
	Of        []Beta  // by action
	Pooled    bool    // false: too few others, and all are the neutral prior
	Listeners int     // others with a known hour in the context
	Alike     float64 // κ: the more, the more alike listeners are; 0 if nothing is pooled
}

// Prior returns what the others say of a listener's hours in a context. Each action's
// share of successes is taken to differ between listeners as Beta(κm, κ(1 − m)), where
// m itself is known as Beta(a₀ + successes, b₀ + failures) of the others; the prior is
// the Beta with the mean and variance of the two together,
//
//	μ = E m,  v = Var m + E m(1 − m)/(κ + 1),  A + B = μ(1 − μ)/v − 1,
//
// so that it is worth no more hours than the others have, and no more than κ ≤ Cap. κ is
// estimated from how much listeners differ (alike). With fewer than PoolLeast others in
// the context it is the neutral prior. A nil pool is an empty one.
func (pool *Pool) Prior(p *Policy, context int, listener string) Priors {
	neutral := Priors{Of: make([]Beta, len(p.Actions))}
	for a := range neutral.Of {
		neutral.Of[a] = p.Prior
	}
	if pool == nil {
		return neutral
	}
	own, mine := pool.of[listener]
	neutral.Listeners = pool.who[context]
	if mine && own.n(context) > 0 {
		neutral.Listeners--
	}
	if neutral.Listeners < p.PoolLeast {
		return neutral
	}
	all := neutral
	all.Pooled, all.Alike = true, pool.strength[context]
	for a := range all.Of {
		others := pool.sum[context][a]
		if mine {
			others = others.minus(own[context][a])
		}
		m := p.Prior.Seen(others)
		n := m.A + m.B
		mean := m.Mean()
		within := mean * (1 - mean) / (n + 1)                 // Var m
		between := (mean*(1-mean) - within) / (1 + all.Alike) // E m(1 − m)/(κ + 1)
		hours := mean*(1-mean)/(within+between) - 1
		all.Of[a] = Beta{max(leastShape, mean*hours), max(leastShape, (1-mean)*hours)}
	}
	return all
}

// How alike listeners are before anything is seen: log κ is normal about log 20 with
// deviation 1. (d)
const (
	usualAlike  = 20.
	leastAlike  = 2.
	alikeSpread = 1.
)

// alike estimates κ in a context: that of the highest posterior density on a grid from
// leastAlike to the cap, each listener's successes of an action being beta-binomial with
// the action's pooled mean. Rows that are alike are counted once.
func (pool *Pool) alike(context int) float64 {
	type row struct{ action, better, other int }
	rows := map[row]int{}
	for _, t := range pool.of {
		for a, c := range t[context] {
			if c.N() > 1 { // one hour says nothing of how listeners differ
				rows[row{a, c.Better, c.Other}]++
			}
		}
	}
	order := slices.SortedFunc(maps.Keys(rows), func(a, b row) int {
		return cmp.Or(cmp.Compare(a.action, b.action), cmp.Compare(a.better, b.better), cmp.Compare(a.other, b.other))
	})
	const steps = 48
	most, best := math.Inf(-1), usualAlike
	for i := range steps + 1 {
		kappa := leastAlike * math.Pow(pool.policy.Cap/leastAlike, float64(i)/steps)
		z := math.Log(kappa/usualAlike) / alikeSpread
		sum := -z * z / 2
		for _, r := range order {
			m := pool.policy.Prior.Seen(pool.sum[context][r.action]).Mean()
			sum += float64(rows[r]) * betaBinomial(r.better, r.other, kappa*m, kappa*(1-m))
		}
		if sum > most {
			most, best = sum, kappa
		}
	}
	return best
}

// betaBinomial returns the logarithm of B(a + better, b + other)/B(a, b).
func betaBinomial(better, other int, a, b float64) float64 {
	rise := func(x float64, n int) (sum float64) { // log Γ(x + n)/Γ(x)
		if n > 64 {
			hi, _ := math.Lgamma(x + float64(n))
			lo, _ := math.Lgamma(x)
			return hi - lo
		}
		for i := range n {
			sum += math.Log(x + float64(i))
		}
		return sum
	}
	return rise(a, better) + rise(b, other) - rise(a+b, better+other)
}
