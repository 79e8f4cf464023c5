package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"segue"
)

// A Period is one session of a crossover of one listener, in the order of time.
type Period struct {
	Block int     // sessions of one block have their arms drawn together
	Arm   int     // 0, the control, or 1
	Y     float64 // the outcome
}

// CrossoverOptions are those of Crossover.
type CrossoverOptions struct {
	Level float64 // confidence level of the interval, in (0, 1); default Level
	Draws int     // orders drawn where there are too many to try all; default 99,999
	Seed  uint64  // of the draws
}

// OneListener is what a crossover of one listener shows.
type OneListener struct {
	Result                  // N is the number of blocks
	Sessions   int          `json:"sessions"`   // of blocks with both arms, which count
	Difference Estimate     `json:"difference"` // arm 1 − arm 0: the mean over blocks, with the interval that the test gives
	Pairs      Estimate     `json:"pairs"`      // the same by Hodges–Lehmann, if every block is a pair; else missing
	SmallestP  segue.Number `json:"smallest_p"` // what P comes to at the least with so many blocks, whatever the outcomes
	CanTell    bool         `json:"can_tell"`   // SmallestP is at most 1 − level
	PError     *Estimate    `json:"p_error"`    // interval of P where orders were drawn; null where all were tried
	Trend      Coefficient  `json:"trend"`      // outcome per session, whatever the arm
	CarryOver  Coefficient  `json:"carry_over"` // after a session of arm 1 rather than 0, whatever the arm
	Order      Coefficient  `json:"order"`      // second session of a block − first, if every block is a pair; else missing
	Incomplete int          `json:"incomplete"` // sessions of blocks that have one arm only
}

// allOrders is the most orders that are all tried: 2²⁰, 20 pairs.
const allOrders = 1 << 20

// Crossover tests whether two arms differ for one listener, whose sessions had their
// arms drawn by lot within blocks, by what the lot alone can do: of all the orders of
// arms that could have been drawn, how many give a difference as large as the one seen,
// had every session's outcome been what it was whatever its arm (Edgington & Onghena
// 2007, "Randomization Tests"; Rosenbaum 2002, doi:10.1214/ss/1042727942). It takes no
// distribution and no independence of sessions, only that arms were drawn as Block
// says, each order within a block being as likely as any other with as many of each
// arm.
//
// The statistic is the mean over blocks of the difference of the arms' means. P is
// twice the smaller one-sided share, exact for up to 2²⁰ orders (20 pairs); beyond, from
// orders drawn by the seed, the one seen among them (Phipson & Smyth 2010,
// doi:10.2202/1544-6115.1585), with PError for what the draw may be off. The interval
// holds the constant differences that the same test would not reject; it is found
// without a search, since each order has the difference at which it stops counting.
// For pairs those are the means of the subsets of their differences (Hartigan 1969,
// doi:10.1080/01621459.1969.10501057).
//
// With k pairs P cannot be below 2/2^k: SmallestP says so, and with five pairs no
// outcome at all could show anything at 95 %; the interval is then open. Trend, CarryOver
// and Order are signs to look at, from least squares and not corrected for being
// three; where one is clear of 0 a note says what it may mean.
//
// Blocks with one arm only are left out and counted. It is Enough from Least blocks. It
// panics if an outcome is not finite or an arm not 0 or 1. O(n·2^blocks), at most some
// tenths of a second.
func Crossover(periods []Period, o CrossoverOptions) *OneListener {
	level := wholeLevel(o.Level)
	if o.Draws < 0 {
		panic("stats: draws are 1 or more")
	}
	if o.Draws == 0 {
		o.Draws = 99_999
	}
	const null = "the arms do the same to this listener at every session"
	c := &OneListener{SmallestP: segue.Missing()}
	blocks, used := c.blocks(periods)
	c.Sessions = len(used)
	c.Difference = Undefined("difference", "mean over blocks; interval by inverting the randomisation test", len(blocks), level, "")
	c.Pairs = Undefined("difference, Hodges–Lehmann", "signed-rank test of the pairs", len(blocks), level, "blocks are not all pairs")
	method := "randomisation test within blocks"
	if len(blocks) == 0 {
		reason := "no block has both arms"
		if len(periods) == 0 {
			reason = "no sessions"
		}
		c.Difference.Reason, c.Pairs.Reason = reason, reason
		c.Result = noResult(method, null, Options{Alternative: TwoSided}, 0, reason, c.Difference)
		c.signs(nil, nil, level)
		return c
	}

	orders := 1.0
	pairs := true
	for _, b := range blocks {
		orders *= combinations(len(b.y), b.ones)
		pairs = pairs && len(b.y) == 2
	}
	var at turning
	exact := orders <= allOrders
	if exact {
		at = every(blocks, int(orders))
		method += ", all " + fmt.Sprint(int(orders)) + " orders"
	} else {
		at = drawn(blocks, o.Draws, o.Seed)
		method += fmt.Sprintf(", %d orders drawn", o.Draws)
	}
	c.SmallestP = finite(min(1, 2/orders))
	if !exact {
		c.SmallestP = finite(2 / float64(o.Draws+1))
	}
	c.CanTell = float64(c.SmallestP) <= 1-level

	difference := 0.0
	for _, b := range blocks {
		difference += b.difference(b.arm) / float64(len(blocks))
	}
	up, down := at.reach()
	total := float64(at.same + len(at.values))
	p := min(1, 2*min(up, down)/total)
	lo, hi := at.interval(level)
	// Rounding alone puts the value beside an end.
	if near := 1e-12 * at.size; math.Abs(difference-lo) <= near {
		lo = difference
	}
	if near := 1e-12 * at.size; math.Abs(difference-hi) <= near {
		hi = difference
	}
	c.Difference.Value, c.Difference.Lo, c.Difference.Hi = finite(difference), finite(lo), finite(hi)
	c.Difference.Enough = len(blocks) >= Least
	if !c.Difference.Lo.Known() {
		c.Difference.Reason = fmt.Sprintf("too few to tell: with %s p is %.2g at the least, so that no difference is excluded at %g %%", several(len(blocks), "block"), float64(c.SmallestP), 100*level)
	}
	if !exact {
		share := ClopperPearson(int(min(up, down))-1, o.Draws, level)
		c.PError = &Estimate{Name: "p", Value: finite(p), Lo: finite(2 * float64(share.Lo)), Hi: finite(min(1, 2*float64(share.Hi))), Level: level, N: o.Draws, Enough: true, Method: "Clopper–Pearson interval of the orders drawn"}
	}
	c.Result = Result{
		Method: method, Null: null, Alternative: TwoSided,
		Statistic: finite(difference), StatisticName: "mean difference over blocks", DF: segue.Missing(), P: finite(p),
		Exact: exact, N: len(blocks), Enough: len(blocks) >= Least, Effects: []Estimate{c.Difference},
	}
	if !c.CanTell {
		c.Notes = append(c.Notes, fmt.Sprintf("too few to tell: with %s p cannot be below %.2g, whatever the outcomes", several(len(blocks), "block"), float64(c.SmallestP)))
	}
	if c.Incomplete > 0 {
		c.Notes = append(c.Notes, several(c.Incomplete, "session")+" left out: the block has one arm only")
	}
	if pairs {
		d := make([]float64, len(blocks))
		for i, b := range blocks {
			d[i] = b.difference(b.arm)
		}
		c.Pairs = HodgesLehmann(d, level)
		c.Pairs.Name = "difference, Hodges–Lehmann"
	}
	c.signs(blocks, used, level)
	return c
}

// block is a block with both arms.
type block struct {
	arm  []int
	y    []float64
	ones int // how many are of arm 1
}

// difference is that of the arms' means, were arm the order.
func (b block) difference(arm []int) float64 {
	var sum [2]float64
	for i, a := range arm {
		sum[a] += b.y[i]
	}
	return sum[1]/float64(b.ones) - sum[0]/float64(len(arm)-b.ones)
}

// blocks gathers sessions by block, in the order of the blocks' first sessions.
func (c *OneListener) blocks(periods []Period) (blocks []block, used []Period) {
	labels := make([]int, len(periods))
	for i, p := range periods {
		if p.Arm != 0 && p.Arm != 1 {
			panic("stats: a crossover has the arms 0 and 1")
		}
		mustBeFinite([]float64{p.Y})
		labels[i] = p.Block
	}
	whole := make([]bool, len(periods))
	for _, rows := range groupsOf(labels).rows() {
		var b block
		for _, i := range rows {
			b.arm, b.y = append(b.arm, periods[i].Arm), append(b.y, periods[i].Y)
			b.ones += periods[i].Arm
		}
		if b.ones == 0 || b.ones == len(rows) {
			c.Incomplete += len(rows)
			continue
		}
		blocks = append(blocks, b)
		for _, i := range rows {
			whole[i] = true
		}
	}
	for i, p := range periods {
		if whole[i] {
			used = append(used, p)
		}
	}
	return blocks, used
}

// A turning holds, for each order but those that change nothing, the constant difference
// at which it begins to give as much as the order seen: an order with the difference T' of
// the outcomes, in which the share s of each arm's sessions had the other arm less the
// reverse, gives T' − δ(1 − s) once δ is taken off arm 1, against T − δ of that seen.
type turning struct {
	values []float64 // (T − T')/s
	same   int       // orders that give the difference seen whatever δ
	size   float64   // of the outcomes, for what rounding may do
}

// reach returns how many orders give a difference at least and at most that seen.
func (c turning) reach() (up, down float64) {
	up, down = float64(c.same), float64(c.same)
	near := 1e-12 * c.size
	for _, v := range c.values {
		if v <= near {
			up++
		}
		if v >= -near {
			down++
		}
	}
	return up, down
}

// interval returns the differences that neither one-sided test rejects at half the
// error: from the m-th smallest critical value to the m-th largest. An end is NaN if no
// difference is rejected on its side.
func (c turning) interval(level float64) (lo, hi float64) {
	v := slices.Clone(c.values)
	slices.Sort(v)
	total := float64(c.same + len(v))
	// A hair more: of 1/40 of 1,000 orders rounding must not make 24.
	m := int(math.Floor((1-level)/2*total*(1+1e-12))) - c.same + 1
	if m < 1 || m > len(v) {
		return math.NaN(), math.NaN()
	}
	return v[m-1], v[len(v)-m]
}

// every goes through all orders, as an odometer does.
func every(blocks []block, orders int) turning {
	choices := make([][]choice, len(blocks))
	seen, size := 0.0, 0.0
	for i, b := range blocks {
		choices[i] = b.choices(float64(len(blocks)))
		seen += b.difference(b.arm) / float64(len(blocks))
		for _, y := range b.y {
			size = max(size, math.Abs(y))
		}
	}
	c := turning{values: make([]float64, 0, orders), size: size}
	// Sums of the first blocks, so that a step adds what changed only.
	place := make([]int, len(blocks))
	t, kept := make([]float64, len(blocks)+1), make([]float64, len(blocks)+1)
	for from := 0; ; {
		for i := from; i < len(blocks); i++ {
			x := choices[i][place[i]]
			t[i+1], kept[i+1] = t[i]+x.t, kept[i]+x.kept
		}
		c.count(seen, t[len(blocks)], kept[len(blocks)])
		from = len(blocks) - 1
		for from >= 0 && place[from] == len(choices[from])-1 {
			place[from] = 0
			from--
		}
		if from < 0 {
			return c
		}
		place[from]++
	}
}

func (c *turning) count(seen, t, kept float64) {
	if s := 1 - kept; s > 1e-9 {
		c.values = append(c.values, (seen-t)/s)
	} else {
		c.same++
	}
}

// choice is one order of a block: its part in the difference, and in how much of it a
// constant difference of the arms is kept.
type choice struct{ t, kept float64 }

// choices lists all orders of a block with as many of each arm.
func (b block) choices(blocks float64) []choice {
	var out []choice
	arm := make([]int, len(b.y))
	var walk func(i, left int)
	walk = func(i, left int) {
		if i == len(arm) {
			out = append(out, b.choice(arm, blocks))
			return
		}
		if left > 0 {
			arm[i] = 1
			walk(i+1, left-1)
		}
		if len(arm)-i > left {
			arm[i] = 0
			walk(i+1, left)
		}
	}
	walk(0, b.ones)
	return out
}

func (b block) choice(arm []int, blocks float64) choice {
	// A constant difference is in the outcomes of the sessions that had arm 1.
	as := block{arm: arm, y: make([]float64, len(arm)), ones: b.ones}
	for i, a := range b.arm {
		as.y[i] = float64(a)
	}
	return choice{b.difference(arm) / blocks, as.difference(arm) / blocks}
}

// drawn draws orders, each block's by shuffling. The order seen counts as one of them.
func drawn(blocks []block, draws int, seed uint64) turning {
	rng := rand.New(rand.NewPCG(seed, 0x6e6f6631))
	seen, size := 0.0, 0.0
	for _, b := range blocks {
		seen += b.difference(b.arm) / float64(len(blocks))
		for _, y := range b.y {
			size = max(size, math.Abs(y))
		}
	}
	c := turning{same: 1, size: size}
	var arm []int
	for range draws {
		t, kept := 0.0, 0.0
		for _, b := range blocks {
			arm = append(arm[:0], b.arm...)
			rng.Shuffle(len(arm), func(i, j int) { arm[i], arm[j] = arm[j], arm[i] })
			x := b.choice(arm, float64(len(blocks)))
			t, kept = t+x.t, kept+x.kept
		}
		c.count(seen, t, kept)
	}
	return c
}

// combinations is n over k, as far as float64 goes.
func combinations(n, k int) float64 {
	c := 1.0
	for i := 1; i <= min(k, n-k); i++ {
		c = c * float64(n-min(k, n-k)+i) / float64(i)
	}
	return math.Round(c)
}

// signs looks for what a crossover can be led astray by.
func (c *OneListener) signs(blocks []block, used []Period, level float64) {
	n := len(used)
	undefined := func(name, reason string) Coefficient {
		return nothing(Coefficient{Estimate: Estimate{Name: name, Method: "least squares", N: n, Level: level}}, reason)
	}
	c.Trend = undefined("trend over sessions", "it takes at least six sessions")
	c.CarryOver = undefined("carry-over", "it takes at least six sessions")
	c.Order = undefined("second − first session of a block", "it takes three blocks or more, all of them pairs")
	if n >= 6 {
		arm, time, last := make([]float64, n-1), make([]float64, n-1), make([]float64, n-1)
		y := make([]float64, n-1)
		for i := 1; i < n; i++ {
			arm[i-1], time[i-1], last[i-1], y[i-1] = float64(used[i].Arm), float64(i), float64(used[i-1].Arm), used[i].Y
		}
		m := FitLinear(y, []Term{{"arm", arm}, {"trend over sessions", time}, {"carry-over", last}}, LinearOptions{Errors: Classical, Level: level})
		c.Trend, c.CarryOver = m.Coefficients[2], m.Coefficients[3]
	}
	pairs := len(blocks) >= 3
	var d []float64
	for _, b := range blocks {
		pairs = pairs && len(b.y) == 2
		if pairs {
			d = append(d, b.y[1]-b.y[0])
		}
	}
	if pairs {
		// The sessions of arm 1 come first in some blocks and second in others.
		second := make([]float64, len(blocks))
		for i, b := range blocks {
			second[i] = float64(b.arm[1] - b.arm[0])
		}
		m := FitLinear(d, []Term{{"arm", second}}, LinearOptions{Errors: Classical, Level: level})
		c.Order = m.Coefficients[0]
		c.Order.Name = "second − first session of a block"
	}
	for _, s := range []struct {
		c    Coefficient
		text string
	}{
		{c.Trend, "outcomes went %s over the sessions whatever the arm; the test holds all the same, but what it says is about a listener who changed"},
		{c.CarryOver, "outcomes were %s after a session of arm 1, which may be a session still working in the next: leave more time between them"},
		{c.Order, "the second session of a block came out %s, whatever its arm"},
	} {
		if s.c.Defined() && !s.c.Holds(0) {
			word := "higher"
			if s.c.Value < 0 {
				word = "lower"
			}
			if s.c.Name == c.Trend.Name {
				word = map[string]string{"higher": "up", "lower": "down"}[word]
			}
			c.Notes = append(c.Notes, fmt.Sprintf(s.text, word))
		}
	}
}
