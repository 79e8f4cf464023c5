package playlist

import (
	"context"
	"math"
	"slices"
)

// boundRounds is how many subgradient steps a lower bound is given. (d)
const boundRounds = 30

// bound returns a number that no sequence under the problem's rules costs less
// than, by Lagrangian relaxation: without "each song at most once", and without the
// rules of artists, familiarity, length and bars, a sequence of least cost is found
// by Viterbi's algorithm; prices on songs, raised where one is heard too often and
// lowered where not at all, then bring back what was left out, as far as they can.
// Each round gives a bound, the first one that of Viterbi without prices; the best
// counts. Rounds end early when a bound reaches most, the cost of a sequence that
// is known, and what no cheaper sequence can hold is left out on the way.
// O(rounds·n·m²) at worst. (Held & Karp 1971, doi:10.1007/BF01584070.) A
// bound by assignment, which drops the costs of steps instead, is never better than
// what the prices lead to.
func (p *problem) bound(ctx context.Context, endsSlow bool, most float64) (float64, error) {
	q := *p
	q.rules.place, q.pair = math.Inf(1), nil
	q.price(endsSlow)
	plain := slices.Clone(q.unary)
	price := make([]float64, q.songs)
	best, scale, since := 0.0, 1.0, 0 // no cost is below 0
	for round := range boundRounds {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		paid := 0.0
		for _, v := range price {
			paid += v
		}
		for i := range q.n {
			for c := range q.m {
				q.unary[i*q.m+c] = plain[i*q.m+c] + price[q.song[c]]
			}
		}
		togo := q.toGo()
		cost, heard := q.cheapest(togo)
		value := cost - paid
		if since++; value > best {
			best, since = value, 0
		}
		if best >= most || math.IsInf(cost, 1) {
			return min(best, most), nil
		}
		if round%5 == 0 {
			q.leaveOut(plain, togo, most+paid)
		}
		if since == 5 {
			scale, since = scale/2, 0
		}
		square := 0.0
		for s, n := range heard {
			if over := float64(n - 1); over > 0 || price[s] > 0 {
				square += over * over
			}
		}
		if square == 0 { // each song once at most, and none has a price: it is the optimum
			return min(best, most), nil
		}
		for s, n := range heard {
			price[s] = max(0, price[s]+scale*(most-value)/square*float64(n-1))
		}
	}
	return best, nil
}

// cheapest returns the cost of the cheapest sequence, songs repeating as they may,
// and how often it has each song.
func (p *problem) cheapest(togo []float64) (cost float64, heard []int) {
	heard = make([]int, p.songs)
	last, cost := int32(-1), 0.0
	for i := range p.n {
		best, at := math.Inf(1), int32(-1)
		for c := range int32(p.m) {
			to := p.unary[i*p.m+int(c)] + togo[i*p.m+int(c)]
			if last >= 0 {
				to += p.step(last, c)
			}
			if to < best {
				best, at = to, c
			}
		}
		if at < 0 {
			return math.Inf(1), heard
		}
		if i == 0 {
			cost = best
		}
		heard[p.song[at]]++
		last = at
	}
	return cost, heard
}

// leaveOut forbids, in plain, each candidate in each slot through which every
// sequence costs more than most by the prices of the day.
func (p *problem) leaveOut(plain, togo []float64, most float64) {
	// The least cost of what comes before: toGo of the way walked backwards.
	back := *p
	back.unary = make([]float64, len(p.unary))
	for i := range p.n {
		copy(back.unary[i*p.m:(i+1)*p.m], p.unary[(p.n-1-i)*p.m:])
	}
	before := back.toGo()
	for i := range p.n {
		for c := range p.m {
			if at := i*p.m + c; before[(p.n-1-i)*p.m+c]+p.unary[at]+togo[at] > most+1e-9 {
				plain[at] = math.Inf(1)
			}
		}
	}
}
