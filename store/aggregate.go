package store

import (
	"context"
	"math"
	"slices"
)

// GroupSums is what a researcher may see of all listeners together; see
// Store.GroupSums for how it is made. Nil stands for "of too few".
type GroupSums struct {
	K        int              // the least number of listeners behind anything here
	Consents map[Purpose]*int // listeners who allow a purpose, rounded down to a multiple of K
	Feel     *FeelSums        // of those who allow CheckIns and Research
	Change   *ChangeSums      // of those who allow CheckIns and Research
}

// FeelSums is how hours felt afterwards, each listener weighing the same.
type FeelSums struct {
	Listeners int         // a multiple of K
	Share     [5]*float64 // of "much worse", −2, to "much better", +2; [0, 1], a multiple of 0.01
}

// ChangeSums is how far listeners moved on the 9×9 grid, from their check-in to
// what they said after the hour, each listener weighing the same.
type ChangeSums struct {
	Listeners int     // a multiple of K
	Valence   float64 // mean of after − now, in cells, [−8, 8], a multiple of 0.1
	Arousal   float64 // the same
}

// The least K, and how coarse one listener's contribution is. (d)
const (
	leastK     = 5
	mostK      = 1000
	shareStep  = 0.1 // of a listener's shares of feelings
	changeStep = 0.5 // cells of a listener's mean change
)

// GroupSums sums up all listeners but invented ones, so that nothing it says
// rests on fewer than k of them, 5 at least.
//
//   - Consents counts who allows each purpose now.
//   - Feel: a listener's share of each of the five feelings among all of their
//     reflections, rounded to a multiple of 0.1; the mean of that over listeners.
//     A share is nil where fewer than k listeners had that feeling. The shares sum
//     to one, so that what is left out could be found by taking the rest from it:
//     further shares are left out, of the fewest listeners first, until those left
//     out are together of k listeners or more.
//   - Change: a listener's mean of after − now over the hours that began with a
//     check-in and ended with a place on the grid, rounded to a multiple of half a
//     cell; the mean of that over listeners.
//
// Feel and Change are only of listeners whose last word allows both CheckIns and
// Research. Of those who have something to contribute, in the order in which
// they allowed Research, a number divisible by k counts, and the others wait: so
// nobody can see what a single person brings by looking before and after they
// join, for k join at a time.
//
// It is not differential privacy, and these are its limits. Who leaves makes room
// for one who waits, and two persons' coarse contributions can then be told from
// the days before and after; a listener who adds a reflection may move a mean when
// nobody else does; whoever already knows all others of a group knows the last.
// So call it once a day at most, keep what it said, show only that, and show it
// for one k.
//
// It returns ErrInvalid for a k below 5 or above 1000. It reads all reflections of
// those who allow it: of 500 listeners with 200 each in about half a second of one
// core.
func (s *Store) GroupSums(ctx context.Context, k int) (g GroupSums, err error) {
	const doing = "sum the listeners up"
	if k < leastK || k > mostK {
		return g, fault(doing, invalid("sums are of groups of %d to %d listeners at least", leastK, mostK))
	}
	err = s.read(ctx, doing, func(ctx context.Context, c *conn) error {
		g = GroupSums{K: k}
		if g.Consents, err = sumConsents(ctx, c, k); err != nil {
			return err
		}
		who, err := list(ctx, c, scanContributor, `WITH `+presentConsents+`
			SELECT listener, MAX(CASE WHEN purpose = $1 THEN at_ms END) AS since FROM present WHERE purpose IN ($1, $2)
			GROUP BY listener HAVING COUNT(*) = 2 ORDER BY since, listener`, string(Research), string(CheckIns))
		if err != nil {
			return err
		}
		var feels [][5]float64
		var changes []changeRow
		for _, listener := range who {
			if err := ctx.Err(); err != nil {
				return err
			}
			f, err := feelsOf(ctx, c, listener)
			if err != nil {
				return err
			}
			if f != ([5]float64{}) {
				feels = append(feels, f)
			}
			m, err := first(ctx, c, scanChange, changesOf, listener)
			if err != nil {
				return err
			}
			if m.n > 0 {
				changes = append(changes, m)
			}
		}
		g.Feel, g.Change = sumFeels(feels, k), sumChanges(changes, k)
		return nil
	})
	return g, err
}

// presentConsents is what real listeners allow now: the last word of a purpose
// counts.
const presentConsents = `present AS (SELECT c.listener, c.purpose, c.at_ms FROM consents AS c
	JOIN listeners AS l ON l.id = c.listener AND NOT l.demo
	WHERE c.given AND c.n = (SELECT MAX(d.n) FROM consents AS d WHERE d.listener = c.listener AND d.purpose = c.purpose))`

func sumConsents(ctx context.Context, c *conn, k int) (map[Purpose]*int, error) {
	counts := map[Purpose]*int{Moods: nil, Plays: nil, CheckIns: nil, Research: nil, Experiments: nil, Taste: nil}
	err := c.each(ctx, func(read func(...any) error) error {
		var p Purpose
		var n int
		if err := read(&p, &n); err != nil {
			return err
		}
		if n = n / k * k; n > 0 {
			counts[p] = &n
		}
		return nil
	}, `WITH `+presentConsents+` SELECT purpose, COUNT(*) FROM present GROUP BY purpose`)
	return counts, err
}

func scanContributor(read func(...any) error) (listener string, err error) {
	var since int64
	err = read(&listener, &since)
	return listener, err
}

// feelsOf counts how often a listener had each feeling.
func feelsOf(ctx context.Context, c *conn, listener string) (f [5]float64, err error) {
	err = c.each(ctx, func(read func(...any) error) error {
		var feel, n int
		if err := read(&feel, &n); err != nil {
			return err
		}
		f[feel+2] = float64(n)
		return nil
	}, "SELECT feel, COUNT(*) FROM reflections WHERE listener = $1 GROUP BY feel", listener)
	return f, err
}

// sumFeels sums how often listeners had each feeling.
func sumFeels(each [][5]float64, k int) *FeelSums {
	each = each[:len(each)/k*k]
	if len(each) == 0 {
		return nil
	}
	var sums [5]float64
	has := [5]int{} // listeners who had the feeling
	for i := range each {
		total := 0.0
		for _, n := range each[i] {
			total += n
		}
		for f, n := range each[i] {
			if n > 0 {
				has[f]++
			}
			sums[f] += multiple(n/total, shareStep)
		}
	}
	out := &FeelSums{Listeners: len(each)}
	hidden := hide(each, has, k)
	for f := range sums {
		if !hidden[f] {
			share := multiple(sums[f]/float64(len(each)), 0.01)
			out.Share[f] = &share
		}
	}
	return out
}

// hide chooses the feelings that are left out.
func hide(each [][5]float64, has [5]int, k int) (hidden [5]bool) {
	order := []int{0, 1, 2, 3, 4}
	slices.SortStableFunc(order, func(a, b int) int { return has[a] - has[b] })
	for i, f := range order {
		if has[f] >= k && (i == 0 || behind(each, hidden) >= k) {
			return hidden
		}
		hidden[f] = true
	}
	return hidden
}

// behind counts the listeners who had one of the feelings.
func behind(each [][5]float64, feelings [5]bool) (n int) {
	for _, one := range each {
		for f, had := range one {
			if feelings[f] && had > 0 {
				n++
				break
			}
		}
	}
	return n
}

const changesOf = `SELECT COALESCE(CAST(SUM(r.after_valence - i.valence) AS BIGINT), 0), COALESCE(CAST(SUM(r.after_arousal - i.arousal) AS BIGINT), 0), COUNT(*)
	FROM reflections AS r
	JOIN hours AS h ON h.listener = r.listener AND h.id = r.hour
	JOIN check_ins AS i ON i.listener = h.listener AND i.id = h.check_in
	WHERE r.listener = $1 AND r.after_valence IS NOT NULL AND r.after_arousal IS NOT NULL`

// A changeRow is a listener's sums of changes, in cells, over n hours.
type changeRow struct{ valence, arousal, n int }

func scanChange(read func(...any) error) (r changeRow, err error) {
	err = read(&r.valence, &r.arousal, &r.n)
	return r, err
}

func sumChanges(each []changeRow, k int) *ChangeSums {
	each = each[:len(each)/k*k]
	if len(each) == 0 {
		return nil
	}
	var valence, arousal float64
	for _, r := range each {
		valence += multiple(float64(r.valence)/float64(r.n), changeStep)
		arousal += multiple(float64(r.arousal)/float64(r.n), changeStep)
	}
	n := float64(len(each))
	return &ChangeSums{len(each), multiple(valence/n, 0.1), multiple(arousal/n, 0.1)}
}

// multiple rounds to the nearest multiple of a step: the number that is written
// so, and not one a little beside it.
func multiple(x, step float64) float64 {
	per := math.Round(1 / step)
	return math.Round(x*per)/per + 0 // and no −0
}
