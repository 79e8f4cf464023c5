package playlist

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// edited returns the version after an edit whose fields are settled.
func (d *Draft) edited(ctx context.Context, v *version, e Edit) (*version, error) {
	switch e.Do {
	case DoLock, DoUnlock:
		return v.lock(e)
	case DoSwap:
		return d.swap(ctx, v, e)
	case DoExclude, DoExcludeArtist:
		return d.exclude(ctx, v, e)
	case DoInsert:
		return d.insert(ctx, v, e)
	case DoMove:
		return d.move(ctx, v, e)
	case DoLength:
		return d.resize(ctx, v, e)
	}
	return d.replan(ctx, v, e)
}

// next returns a version that differs from v in nothing yet.
func (v *version) next() *version {
	return &version{
		pl: v.pl, minutes: v.minutes,
		rows: slices.Clone(v.rows), locked: slices.Clone(v.locked), out: slices.Clip(v.out),
	}
}

func (v *version) lock(e Edit) (*version, error) {
	hold := e.Do == DoLock
	switch at := e.Place - 1; {
	case v.locked[at] && hold:
		return nil, misuse(v.pl.say("place %d is locked already", e.Place))
	case !v.locked[at] && !hold:
		return nil, misuse(v.pl.say("place %d is not locked", e.Place))
	}
	w := v.next()
	w.locked[e.Place-1] = hold
	return w, nil
}

// free returns an error if a place is locked.
func (v *version) free(place int) error {
	if v.locked[place-1] {
		return misuse(v.pl.say("place %d is locked; unlock it first", place))
	}
	return nil
}

func (d *Draft) swap(ctx context.Context, v *version, e Edit) (*version, error) {
	if err := v.free(e.Place); err != nil {
		return nil, err
	}
	at := e.Place - 1
	w := v.next()
	w.out = append(w.out, v.rows[at])
	w.forget(v.rows[at])
	if e.ID != "" {
		row, err := d.joining(v, e.ID)
		if err != nil {
			return nil, err
		}
		w.take(row)
		w.rows[at], w.locked[at] = row, true
		return w, d.settle(ctx, v, w, [][]int32{w.rows}, []int{at})
	}
	return w, d.settle(ctx, v, w, w.replacements(at), []int{at})
}

// replacements returns the hours in which another candidate stands at a place.
func (v *version) replacements(at int) [][]int32 {
	options := make([][]int32, 0, len(v.pl.rows))
	for _, row := range v.pl.rows {
		if slices.Contains(v.out, row) || slices.Contains(v.rows, row) {
			continue
		}
		rows := slices.Clone(v.rows)
		rows[at] = row
		options = append(options, rows)
	}
	return options
}

// joining returns the row of a track that is to join the hour.
func (d *Draft) joining(v *version, id string) (int32, error) {
	row, err := d.known(id)
	if err != nil {
		return 0, err
	}
	if at := v.find(row); at >= 0 {
		return 0, misuse(v.pl.say("the track %q is in this hour already, at place %d; move it from there", id, at+1))
	}
	if !v.pl.ok.has(row) {
		return 0, unfit(v.pl.say("the track %q may not be played in this hour: %s", id, v.pl.ok.why(row)))
	}
	return row, nil
}

// why says in words why a row may not be played.
func (e *eligible) why(row int32) string {
	switch e.reason(row) {
	case byPlace:
		return e.lib.say("its energy and valence are not known, so it has no place on the plane")
	case byTaste:
		return e.lib.say("you said that it is never any of the four moods")
	case byNight:
		return e.lib.say("its arousal is %.2f, and at night %.2f is the most", e.lib.Positions[row].Arousal, NightArousal)
	case bySadPath:
		return e.lib.say("it is tense and low, and from a sad start the music never goes there")
	case byLength:
		length := e.lib.Catalog.Duration(int(row))
		return e.lib.say("it is %s long, and %s to %s are asked for", e.lib.length(length.Round(time.Second)), e.lib.length(e.exclude.MinLength), e.lib.length(e.exclude.MaxLength))
	}
	return e.lib.say("it is excluded by what was asked")
}

// take adds a row that somebody asked for by name to the candidates.
func (v *version) take(row int32) {
	v.out = slices.DeleteFunc(slices.Clone(v.out), func(o int32) bool { return o == row })
	if _, is := slices.BinarySearch(v.pl.rows, row); !is {
		pl := *v.pl
		pl.include([]int32{row})
		v.pl = &pl
	}
}

// forget gives up the wish for a row that was taken out by hand.
func (v *version) forget(row int32) {
	id := v.pl.lib.Catalog.ID[row]
	if slices.Contains(v.pl.request.Wishes, id) {
		pl := *v.pl
		pl.request.Wishes = slices.DeleteFunc(slices.Clone(pl.request.Wishes), func(w string) bool { return w == id })
		pl.held.wishes = slices.DeleteFunc(slices.Clone(pl.held.wishes), func(r int32) bool { return r == row })
		v.pl = &pl
	}
}

// kept reports by place what no repair may move: what is locked, and what was
// wished for.
func (v *version) kept() []bool {
	out := slices.Clone(v.locked)
	for _, id := range v.pl.request.Wishes {
		if row, ok := v.pl.lib.row(id); ok {
			if at := v.find(row); at >= 0 {
				out[at] = true
			}
		}
	}
	return out
}

func (d *Draft) insert(ctx context.Context, v *version, e Edit) (*version, error) {
	if err := v.free(e.Place); err != nil {
		return nil, err
	}
	row, err := d.joining(v, e.ID)
	if err != nil {
		return nil, err
	}
	at, kept := e.Place-1, v.kept()
	w := v.next()
	w.take(row)
	w.locked[at] = true
	var options [][]int32
	for leaver := range v.rows {
		if kept[leaver] {
			continue
		}
		var rest []int32
		for i, r := range v.rows {
			if i != leaver && !v.locked[i] {
				rest = append(rest, r)
			}
		}
		w.rows[at] = row
		options = append(options, arrange(w.rows, w.locked, rest))
	}
	if len(options) == 0 {
		return nil, misuse(v.pl.say("all other places are locked or wished for; unlock one to make room"))
	}
	return w, d.settle(ctx, v, w, options, []int{at})
}

func (d *Draft) move(ctx context.Context, v *version, e Edit) (*version, error) {
	from, to := e.Place-1, e.Where-1
	if from == to {
		return nil, misuse(v.pl.say("the track at place %d is there already", e.Place))
	}
	if err := v.free(e.Where); err != nil {
		return nil, err
	}
	w := v.next()
	var rest []int32
	for i, r := range v.rows {
		if i != from && !v.locked[i] {
			rest = append(rest, r)
		}
	}
	w.locked[from], w.locked[to] = false, true
	w.rows[to] = v.rows[from]
	w.rows = arrange(w.rows, w.locked, rest)
	return w, d.settle(ctx, v, w, [][]int32{w.rows}, []int{to, from})
}

// arrange returns the hour with its locked rows where they are and the rest, in
// order, at the other places.
func arrange(rows []int32, locked []bool, rest []int32) []int32 {
	out := slices.Clone(rows)
	for i := range out {
		if !locked[i] {
			out[i], rest = rest[0], rest[1:]
		}
	}
	return out
}

func (d *Draft) exclude(ctx context.Context, v *version, e Edit) (*version, error) {
	w := v.next()
	pl := *v.pl
	pl.request = asks(pl.request, e)
	ok := newEligible(d.lib, pl.request.Exclude, pl.arc.limits)
	ok.folds = pl.ok.folds
	pl.ok = ok
	pl.rows = slices.DeleteFunc(slices.Clone(pl.rows), func(row int32) bool { return !ok.has(row) })
	w.pl = &pl
	var gone []int
	for i, row := range v.rows {
		if ok.has(row) {
			continue
		}
		if v.locked[i] {
			return nil, misuse(v.pl.say("place %d is locked and would have to go; unlock it first", i+1))
		}
		gone = append(gone, i)
		w.forget(row)
	}
	if len(gone) == 0 {
		return w, nil
	}
	if have := len(pl.rows); have < MinCandidates && have < len(v.pl.rows) {
		// So few are left that it pays to look further around.
		r := w.pl.request
		r.Locks, r.Wishes = nil, nil
		fresh, err := newPlanner(ctx, d.lib, r)
		if err != nil {
			return nil, err
		}
		w.pl.include(fresh.rows)
	}
	var options [][]int32
	if len(gone) == 1 {
		options = w.replacements(gone[0])
	}
	return w, d.settle(ctx, v, w, options, gone)
}

// settle completes w, the version after v, with the smallest change: the cheapest
// of the options that keeps all that v keeps; else the hot places and their
// neighbours are filled anew, from a window that grows; else the option that gives
// up least; else all that is not locked is planned anew, with what has to be
// relaxed for it.
func (d *Draft) settle(ctx context.Context, v, w *version, options [][]int32, hot []int) error {
	was, err := d.tables(v)
	if err != nil {
		return err
	}
	hard, bars := was.keeps(was.numbers(v.rows))
	k, err := d.tables(w)
	if err != nil {
		return err
	}
	type option struct {
		seq  []int32
		cost float64
	}
	all := make([]option, len(options))
	for i, rows := range options {
		seq := k.numbers(rows)
		all[i] = option{seq, k.price(seq)}
	}
	slices.SortStableFunc(all, func(a, b option) int { return cmp.Compare(a.cost, b.cost) })
	for _, r := range []rules{bars, hard} {
		for _, o := range all {
			if k.fits(o.seq, r) {
				return w.stand(k, o.seq)
			}
		}
	}
	base := k.numbers(w.rows)
	if len(all) > 0 {
		base = all[0].seq
	}
	seq, err := d.repair(ctx, k, w, base, hot, hard, bars)
	if err != nil {
		return err
	}
	if seq != nil {
		return w.stand(k, seq)
	}
	least := math.MaxInt
	for _, o := range all {
		if k.never(o.seq) != "" {
			continue
		}
		if n := len(k.breaks(o.seq, hard)); n < least {
			seq, least = o.seq, n
		}
	}
	if seq != nil {
		return w.stand(k, seq)
	}
	return w.planAnew(ctx)
}

// stand completes a version with a sequence of candidates.
func (v *version) stand(k *desk, seq []int32) error {
	for i, c := range seq {
		v.rows[i] = k.pl.rows[c]
	}
	return nil
}

// planAnew plans all of a version that is not locked.
func (v *version) planAnew(ctx context.Context) error {
	pl := v.held()
	pl.rows = slices.DeleteFunc(slices.Clone(pl.rows), func(row int32) bool { return slices.Contains(v.out, row) && v.find(row) < 0 })
	found, err := pl.version(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoFit, err)
	}
	v.minutes, v.rows, v.locked = found.minutes, found.rows, found.locked
	return nil
}

// repair fills the hot places of a sequence and their neighbours anew, in a window
// that doubles until it holds all that is not kept; nil if nothing fits. A hot
// place that is kept is not filled, only its neighbours are.
func (d *Draft) repair(ctx context.Context, k *desk, w *version, base []int32, hot []int, hard, bars rules) ([]int32, error) {
	kept := w.kept()
	banned := make([]bool, k.p.m)
	for _, row := range w.out {
		if c, is := k.number[row]; is {
			banned[c] = true
		}
	}
	for radius := 0; ; radius = max(1, 2*radius) {
		all := true
		free := make([]bool, len(base))
		for i := range free {
			near := slices.ContainsFunc(hot, func(h int) bool { return max(h-i, i-h) <= radius })
			free[i] = near && !kept[i]
			all = all && (free[i] || kept[i])
		}
		if (radius > 0 || slices.Contains(base, -1)) && k.bridges(base, free, hard.maxStep) {
			seq, err := k.fill(ctx, hard, bars, func(i int, c int32) bool {
				if free[i] {
					return !banned[c] || base[i] == c
				}
				return c == base[i]
			})
			if err != nil || seq != nil {
				return seq, err
			}
		}
		if all {
			return nil, nil
		}
	}
}
