package playlist

import (
	"context"
	"math"
)

// A tally is a count or a sum over a sequence that has to end between lo and hi:
// how often a song or an artist is heard, how many familiar tracks a third has,
// how long the whole is. Rules of this kind can be given a price instead.
type tally struct{ lo, hi float64 }

// A use is what one track adds to a tally.
type use struct {
	tally  int32
	amount float64
}

// tallies lists the rules of a problem that are sums, and what each candidate adds
// to them. Of length the deviation from an even share counts, in minutes, so that
// all amounts are near 1.
type tallies struct {
	rules    []tally
	uses     [][]use // of each candidate, in every slot
	familiar int32   // first of the three tallies of familiar tracks, −1 for none
}

func (p *problem) newTallies() *tallies {
	t := &tallies{uses: make([][]use, p.m), familiar: -1}
	for range p.songs {
		t.rules = append(t.rules, tally{math.Inf(-1), 1})
	}
	artist := int32(len(t.rules))
	for range p.names {
		t.rules = append(t.rules, tally{math.Inf(-1), float64(p.rules.cap)})
	}
	length := int32(len(t.rules))
	off := float64(p.rules.tolerance) / 60e3
	ruminant := length + 1
	t.rules = append(t.rules, tally{-off, off}, tally{math.Inf(-1), 1})
	if p.bands != nil && p.rules.familiar {
		t.familiar = int32(len(t.rules))
		for third := range p.bands {
			b := p.band(third)
			t.rules = append(t.rules, tally{float64(b.lo), float64(b.hi)})
		}
	}
	share := float64(p.target()) / float64(p.n)
	all := make([]use, 0, 4*p.m)
	for c := range p.m {
		from := len(all)
		all = append(all, use{p.song[c], 1}, use{length, (float64(p.ms[c]) - share) / 60e3})
		if p.rules.cap < p.n {
			for _, a := range p.artists[c] {
				all = append(all, use{artist + a, 1})
			}
		}
		if p.ruminant[c] {
			all = append(all, use{ruminant, 1})
		}
		if p.wished[c] {
			t.rules[p.song[c]].lo = 1
		}
		t.uses[c] = all[from:len(all):len(all)]
	}
	return t
}

// each calls f with every tally a candidate adds to in a slot.
func (t *tallies) each(p *problem, i int, c int32, f func(tally int32, amount float64)) {
	for _, u := range t.uses[c] {
		f(u.tally, u.amount)
	}
	if t.familiar >= 0 && p.familiar[c] {
		f(t.familiar+int32(p.third[i]), 1)
	}
}

// A dual finds prices for the rules of a problem: with each rule replaced by its
// price, the cheapest sequence costs no more than the cheapest that keeps them, and
// is found by dynamic programming. Good prices make that bound high, and their
// costs to go lead a search well. (Held & Karp 1971, doi:10.1007/BF01584070;
// Polyak's steps.)
type dual struct {
	ctx   context.Context // of the call it is made for: most of its work is not worth an error of its own
	p     *problem
	l     *lattice
	t     *tallies
	price []float64 // of each tally: above 0 for too much, below for too little

	priced   [][]float64 // cost of each open candidate with its prices
	togo     [][]float64 // least priced cost of all that follows it, songs repeating as they may
	sofar    [][]float64 // … of all that comes before it
	constant float64     // what the prices give back

	best      float64 // the best bound so far
	bestPrice []float64
	plain     float64 // the best without memory
	rounds    int
	work      int64 // steps and ways looked at

	memory *memory // nil while songs may repeat
	count  []float64
	slope  []float64 // of the bound in each price
	course []float64 // of the last move
	after  []float64 // scratch
	path   []int32
}

func (p *problem) newDual(ctx context.Context, l *lattice, t *tallies, price []float64) *dual {
	d := &dual{ctx: ctx, p: p, l: l, t: t, best: math.Inf(-1), plain: math.Inf(-1)}
	d.price = make([]float64, len(t.rules))
	copy(d.price, price)
	d.bestPrice = append([]float64(nil), d.price...)
	d.count, d.slope, d.course = make([]float64, len(t.rules)), make([]float64, len(t.rules)), make([]float64, len(t.rules))
	return d
}

// value prices every open candidate and returns the least priced cost and a
// sequence that has it, as positions in the lattice; nil if there is none.
func (d *dual) value(most float64) (float64, []int32) {
	d.apply()
	d.backward()
	if d.memory != nil {
		d.forward()
		return d.memory.value(most)
	}
	return d.cheapest()
}

// apply fills in the prices.
func (d *dual) apply() {
	p, n := d.p, d.p.n
	if d.priced == nil {
		d.priced, d.togo, d.sofar = make([][]float64, n), make([][]float64, n), make([][]float64, n)
	}
	for i, slot := range d.l.open {
		d.priced[i], d.togo[i], d.sofar[i] = sized(d.priced[i], len(slot)), sized(d.togo[i], len(slot)), sized(d.sofar[i], len(slot))
		for a, c := range slot {
			v := d.l.cost[i][a]
			for _, u := range d.t.uses[c] {
				v += d.price[u.tally] * u.amount
			}
			if d.t.familiar >= 0 && p.familiar[c] {
				v += d.price[d.t.familiar+int32(p.third[i])]
			}
			d.priced[i][a] = v
		}
	}
	d.constant = 0
	for k, v := range d.price {
		switch {
		case v > 0:
			d.constant -= v * d.t.rules[k].hi
		case v < 0:
			d.constant -= v * d.t.rules[k].lo
		}
	}
}

func sized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// backward fills togo.
func (d *dual) backward() {
	l, n := d.l, d.p.n
	clear(d.togo[n-1])
	for i := n - 2; i >= 0; i-- {
		d.after = sized(d.after, len(l.open[i+1]))
		for b, v := range d.priced[i+1] {
			d.after[b] = v + d.togo[i+1][b]
		}
		for a := range l.open[i] {
			d.togo[i][a] = leastSum(l.steps(i, a), d.after)
		}
		d.work += int64(len(l.step[i]))
	}
}

// leastSum returns the least x[i] + y[i], of as many, +Inf of none.
func leastSum(x, y []float64) float64 {
	// Four leasts at once: each comparison then waits for no other.
	a, b, c, d := math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		p, q := x[i:i+4:i+4], y[i:i+4:i+4]
		if v := p[0] + q[0]; v < a {
			a = v
		}
		if v := p[1] + q[1]; v < b {
			b = v
		}
		if v := p[2] + q[2]; v < c {
			c = v
		}
		if v := p[3] + q[3]; v < d {
			d = v
		}
	}
	for ; i < len(x); i++ {
		a = min(a, x[i]+y[i])
	}
	return min(a, b, c, d)
}

// forward fills sofar.
func (d *dual) forward() {
	l := d.l
	clear(d.sofar[0])
	for i := range d.p.n - 1 {
		next := d.sofar[i+1]
		for b := range next {
			next[b] = math.Inf(1)
		}
		for a, v := range d.sofar[i] {
			v += d.priced[i][a]
			for b, s := range l.steps(i, a) {
				if s += v; s < next[b] {
					next[b] = s
				}
			}
		}
		d.work += int64(len(l.step[i]))
	}
}

// cheapest returns the least cost to go from the first slot, and its sequence.
func (d *dual) cheapest() (float64, []int32) {
	l := d.l
	d.path = d.path[:0]
	least := math.Inf(1)
	for i := range d.p.n {
		best, at := math.Inf(1), int32(-1)
		for b := range l.open[i] {
			v := d.priced[i][b] + d.togo[i][b]
			if i > 0 {
				v += l.step[i-1][int(d.path[i-1])*len(l.open[i])+b]
			}
			if v < best {
				best, at = v, int32(b)
			}
		}
		if at < 0 {
			return best, nil
		}
		if i == 0 {
			least = best
		}
		d.path = append(d.path, at)
	}
	return least + d.constant, d.path
}

// Numbers of the ascent. (d)
const (
	spell      = 30  // rounds after which it is asked whether more are worth while
	worthy     = .02 // share of the cost to beat that a spell has to gain
	patience   = 10  // rounds without gain before steps shrink
	shrink     = .6
	deflection = 1.5
	gainful    = 1e-4 // of the cost to beat: less is no gain
	closing    = 6    // rounds between two looks at what can be closed
	nothing    = 1e-10
)

// ascend sets prices for up to some rounds, or until more than some work is done,
// against a cost known to be reachable, most; close lets it close what no sequence
// cheaper than that can hold. It ends early when the bound reaches most: then
// nothing cheaper is open, and best is most. An ended ctx gives its error; best
// then means nothing.
func (d *dual) ascend(rounds int, work int64, most float64, close bool) error {
	scale, since := 1.0, 0
	stop := d.work + work
	for round := 0; round < rounds && d.work < stop; round++ {
		value, path := d.value(most)
		if err := d.ctx.Err(); err != nil {
			return err // the value may be half of one
		}
		d.rounds++
		if path == nil || value >= most-nothing {
			d.best = most
			copy(d.bestPrice, d.price)
			return nil
		}
		since++
		if value > d.best {
			if value > d.best+gainful*most {
				since = 0
			}
			d.best = value
			copy(d.bestPrice, d.price)
		}
		d.tally(path)
		if d.memory != nil {
			d.memory.learn(path)
		} else {
			d.plain = max(d.plain, value)
		}
		if close && round%closing == closing-1 {
			d.close(most)
			if empty(d.l.open) {
				d.best = most
				return nil
			}
		}
		if since >= patience {
			scale, since = scale*shrink, 0
			copy(d.price, d.bestPrice)
			clear(d.course)
			continue
		}
		if !d.move(scale * (most - value)) {
			return nil // every rule is kept and no price is lost: nothing is cheaper
		}
	}
	copy(d.price, d.bestPrice)
	return nil
}

// climb ascends for as many spells as pay, at least few and at most many.
func (d *dual) climb(few, many int, work int64, most float64, close bool) error {
	stop := d.work + work
	for at := range many {
		before := d.best
		if err := d.ascend(spell, stop-d.work, most, close); err != nil {
			return err
		}
		if d.best >= most || empty(d.l.open) || d.work >= stop || at+1 >= few && d.best-before < worthy*most {
			break
		}
	}
	return nil
}

// tally counts a sequence.
func (d *dual) tally(path []int32) {
	clear(d.count)
	for i, a := range path {
		d.t.each(d.p, i, d.l.open[i][a], func(k int32, amount float64) { d.count[k] += amount })
	}
}

// move takes a step along the subgradient, deflected from turning back on the step
// before (Camerini, Fratta & Maffioli 1975, doi:10.1007/BFb0120697), so long that
// the bound would rise by rise if it went on straight. It returns false if there is
// no way up.
func (d *dual) move(rise float64) bool {
	var square, across, before float64
	for k, r := range d.t.rules {
		g := r.excess(d.count[k], d.price[k])
		d.slope[k] = g
		square += g * g
		across += g * d.course[k]
		before += d.course[k] * d.course[k]
	}
	if square == 0 {
		return false
	}
	bend := 0.0
	if across < 0 {
		bend = -deflection * across / before
	}
	length := 0.0
	for k, g := range d.slope {
		c := g + bend*d.course[k]
		if d.price[k] == 0 && g == 0 {
			c = 0
		}
		d.course[k] = c
		length += c * c
	}
	by := rise / length
	if !(by <= math.MaxFloat64) {
		clear(d.course)
		return false // prices stay finite: a bound from others would be none
	}
	for k, c := range d.course {
		if c == 0 {
			continue
		}
		v := d.t.rules[k].payable(d.price[k] + by*c)
		if v*d.price[k] < 0 {
			v = 0 // one move does not change sides
		}
		d.price[k] = v
	}
	return true
}

// payable returns the price that a tally can have nearest to another: of what there
// cannot be too little none is below 0, however small. (One that rounding left there
// would make the bound −∞, and all that follows from it nonsense.)
func (r tally) payable(price float64) float64 {
	if price < 0 && math.IsInf(r.lo, -1) {
		return 0
	}
	return price
}

// excess returns by how much a tally is above what its price pays for, or below.
func (r tally) excess(x, price float64) float64 {
	switch {
	case price > 0 || price == 0 && x > r.hi:
		return x - r.hi
	case price < 0 || x < r.lo:
		return x - r.lo
	}
	return 0
}

// close closes the candidates through which every sequence costs at least most by
// the present prices.
func (d *dual) close(most float64) {
	if d.memory == nil {
		d.forward()
	}
	d.shut(most)
}

// shut does the work of close, the sums being there.
func (d *dual) shut(most float64) {
	mark := make([][]bool, d.p.n)
	for i, slot := range d.l.open {
		mark[i] = make([]bool, len(slot))
		for a := range slot {
			togo := d.togo[i][a]
			if d.memory != nil {
				togo = d.memory.togo(i, a)
			}
			mark[i][a] = !(d.sofar[i][a]+d.priced[i][a]+togo+d.constant >= most-nothing)
		}
	}
	d.l.keep(mark)
}
