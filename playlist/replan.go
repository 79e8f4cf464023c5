package playlist

import (
	"context"
	"fmt"
	"math"
	"slices"

	"segue/language"
)

// resize shortens or extends the hour. The tracks that are there stay in it as far
// as they serve: a shorter hour is made of them alone, and in a longer one each
// keeps its share of the time, if all that was kept can be kept so. Otherwise
// what is not locked is planned anew.
func (d *Draft) resize(ctx context.Context, v *version, e Edit) (*version, error) {
	if e.Minutes == v.minutes && e.Minutes == v.pl.request.Minutes {
		return nil, misuse(d.lib.say("this hour is planned for %d minutes already", e.Minutes))
	}
	was, err := d.tables(v)
	if err != nil {
		return nil, err
	}
	w := v.next()
	pl := *v.pl
	pl.request = asks(pl.request, e)
	w.pl, w.minutes = &pl, e.Minutes
	k, err := newDesk(&pl, e.Minutes)
	if err != nil {
		return nil, err
	}
	at, err := stretch(len(v.rows), k.p.n, v.locked)
	if err != nil {
		return nil, d.lib.refuse(err)
	}
	fixed := slices.Repeat([]int32{-1}, k.p.n)
	w.rows, w.locked = make([]int32, k.p.n), make([]bool, k.p.n)
	present := k.numbers(v.rows)
	for i, c := range present {
		if v.locked[i] || k.p.n >= len(v.rows) {
			fixed[at[i]] = c
		}
		if v.locked[i] {
			w.rows[at[i]], w.locked[at[i]] = v.rows[i], true
		}
	}
	stood := was.numbers(v.rows)
	for _, r := range []struct{ before, after rules }{{was.bars, k.bars}, {was.hard, k.hard}} {
		if !was.fits(stood, r.before) {
			continue
		}
		seq, err := k.fill(ctx, r.after, r.after, func(i int, c int32) bool {
			switch {
			case fixed[i] >= 0:
				return c == fixed[i]
			case k.p.n > len(v.rows):
				return !slices.Contains(v.out, pl.rows[c])
			}
			return slices.Contains(present, c)
		})
		if err != nil {
			return nil, err
		}
		if seq != nil {
			return w, w.stand(k, seq)
		}
	}
	return w, w.planAnew(ctx)
}

// stretch returns at which of m places each of n places comes to lie: the first and
// the last at the ends, those between at the same share of the way, in the same
// order, and the locked ones each at a place of its own. Where m < n, places that
// are not locked may share one.
func stretch(n, m int, locked []bool) ([]int, error) {
	at := make([]int, n)
	for i := range at {
		if n > 1 {
			at[i] = int(math.Round(float64(i*(m-1)) / float64(n-1)))
		}
	}
	apart := make([]int, 0, n) // places that may not share
	for i := range at {
		if m >= n || locked[i] {
			apart = append(apart, i)
		}
	}
	if len(apart) > m {
		return nil, refused(language.Text("%d tracks are locked and so short an hour has %d places; unlock some first"), len(apart), m)
	}
	for j := range apart {
		if j > 0 {
			at[apart[j]] = max(at[apart[j]], at[apart[j-1]]+1)
		}
	}
	last := m
	for _, i := range slices.Backward(apart) {
		at[i] = min(at[i], last-1)
		last = at[i]
	}
	return at, nil
}

// replan leads the hour elsewhere, or makes a fresh one, around what is locked.
func (d *Draft) replan(ctx context.Context, v *version, e Edit) (*version, error) {
	r := asks(v.held().request, e)
	if e.Do == DoTarget && r.To == v.pl.request.To {
		return nil, misuse(d.lib.say("this hour leads there already"))
	}
	pl, err := newPlanner(ctx, d.lib, r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFit, err)
	}
	if e.Do == DoRebuild {
		w, err := d.fresh(ctx, v, pl)
		if w != nil || err != nil {
			return w, err
		}
	}
	w, err := pl.version(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFit, err)
	}
	return w, nil
}

// fresh plans without the tracks of v that are not kept; nil if more had to be
// relaxed then than was for v.
func (d *Draft) fresh(ctx context.Context, v *version, pl *planner) (*version, error) {
	q := *pl
	kept := v.kept()
	q.rows = slices.DeleteFunc(slices.Clone(pl.rows), func(row int32) bool {
		at := v.find(row)
		return at >= 0 && !kept[at]
	})
	if len(q.rows) < 2 {
		return nil, nil
	}
	w, err := q.version(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, nil // there are too few others
	}
	if !v.judged {
		if _, err := d.solution(v); err != nil {
			return nil, err
		}
	}
	if w.minutes != v.minutes || slices.ContainsFunc(w.relaxed, func(r rule) bool { return !slices.Contains(v.relaxed, r) }) {
		return nil, nil
	}
	return w, nil
}
