package playlist

import (
	"context"
	"math"

	"segue"
	"segue/knn"
)

// Numbers of the search for candidates. (d)
const (
	samples    = 24  // points of the arc looked around
	slowEnds   = 24  // slow tracks looked for where a night ends
	modelSeeds = 12  // of the listener's own tracks in the dominant mood, whose neighbours join
	modelShare = 40  // M/modelShare neighbours each seed brings
	reach      = .15 // how far from the arc, on the plane, a neighbour may lie
	widenings  = 3   // how often the search doubles for the sake of diversity
)

// spots returns the points of an arc to look around: samples moments, those where
// it rests once. More of the places for where it rests makes dearer hours: few
// tracks serve many slots there, and each slot on the way needs its own.
func spots(a arc) []segue.Affect {
	var out []segue.Affect
	for i := range samples {
		if p := a.at(slotTime(i, samples)); i == 0 || p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

// pools finds rows that may be played, near the arc and near what the listener
// keeps, each list the nearest first and evenly along the arc: those familiar to
// the listener, and others, inReserve times as many as the m candidates take. It
// looks further around until there are enough, and as diverse a crowd as quotas
// ask for, or no more to be found.
func pools(ctx context.Context, lib *Library, a arc, ok *eligible, m int) (known, fresh []int32, err error) {
	f := newFinder(lib, a, ok, m)
	reserve := inReserve * m
	// A quarter more than needed, as neighbourhoods overlap.
	for per, round := (5*reserve/4+len(f.spots)-1)/len(f.spots), 0; ; per, round = 2*per, round+1 {
		all, err := f.around(ctx, per)
		if err != nil {
			return nil, nil, err
		}
		for times := 1.0; ; times *= 2 {
			q := newQuota(lib, reserve, times)
			// A half is for the listener's own tracks, more where others are few.
			known = interleave(f.known, q, reserve/2)
			fresh = interleave(f.fresh, q, reserve-len(known))
			known = append(known, interleave(f.known, q, reserve-len(known)-len(fresh))...)
			n := len(known) + len(fresh)
			if n == reserve {
				return known, fresh, nil
			}
			found := f.found()
			if !all && (round < widenings || found < m) {
				break // rather than take more of the same, look further
			}
			if n == found {
				return known, fresh, nil
			}
		}
	}
}

// A finder looks for candidates around an arc.
type finder struct {
	lib   *Library
	ok    *eligible
	night bool
	m     int
	spots []segue.Affect

	plane, model *knn.Subset // of tracks that may be played and, on the plane, are not familiar; nil where they are many

	known, fresh [][]int32 // what the last search found, each list the nearest first
}

func newFinder(lib *Library, a arc, ok *eligible, m int) *finder {
	f := &finder{lib: lib, ok: ok, night: a.limits.night, m: m, spots: spots(a)}
	// Where few tracks may be played, each search asks about many: it is cheaper
	// to decide on all of them once, in order, and search among those that may.
	// To ask in order costs about a twentieth of asking here and there.
	if share := ok.share(); 3*float64(inReserve*m) > share*float64(len(lib.plane.rows))/20 {
		ok.settle()
		f.model = f.subset(lib.model, lib.SpaceRows, ok.allowed)
		others := append(bits(nil), ok.allowed...)
		for _, row := range lib.familiar.rows {
			others.remove(row)
		}
		f.plane = f.subset(lib.plane.index, lib.plane.rows, others)
	}
	return f
}

func (f *finder) subset(ix *knn.Index, rows []int32, set bits) *knn.Subset {
	if ix == nil || ix.Len() == 0 {
		return nil
	}
	return ix.Subset(func(i int) bool { return set.has(rows[i]) })
}

// around looks for per tracks around each spot, and reports whether that is all
// there are.
func (f *finder) around(ctx context.Context, per int) (all bool, err error) {
	f.known, f.fresh = f.known[:0], f.fresh[:0]
	// Half of the places are for what the listener knows; what of that half is not
	// to be had is looked for among the rest.
	half := max(1, per/2)
	seen := map[int32]bool{}
	for _, at := range f.spots {
		rows := f.lib.familiar.near(at, half, f.ok.has)
		f.known = append(f.known, rows)
		for _, row := range rows {
			seen[row] = true
		}
	}
	rest := per - min(half, len(seen)/len(f.spots))
	for i, at := range f.spots {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		rows := f.others(at, rest)
		all = all || len(f.known[i]) < half && len(rows) < rest
		f.fresh = append(f.fresh, rows)
	}
	seeds := f.seeds()
	if f.night {
		// The last track must be slow: look for such ones around the end.
		slow := func(row int32) bool { return slowEnough(f.lib.feature(segue.Tempo, row)) && f.ok.has(row) }
		end := f.spots[len(f.spots)-1]
		f.add(f.lib.familiar.near(end, slowEnds, slow),
			f.lib.plane.near(end, slowEnds, func(row int32) bool { return slow(row) && !f.lib.isFamiliar(row) }))
	}
	for _, s := range seeds {
		f.add(f.neighbours(s))
	}
	return all, nil
}

func (f *finder) add(known, fresh []int32) {
	f.known, f.fresh = append(f.known, known), append(f.fresh, fresh)
}

// others returns the k tracks nearest to a point that may be played and are not
// familiar.
func (f *finder) others(at segue.Affect, k int) []int32 {
	if f.plane == nil {
		return f.lib.plane.near(at, k, func(row int32) bool { return f.ok.has(row) && !f.lib.isFamiliar(row) })
	}
	return f.lib.plane.rowsOf(f.plane.Nearest([]float64{at.Valence, at.Arousal}, k))
}

// seeds returns the tracks whose neighbours in the model's space join: around the
// arc, the listener's own in the dominant mood, and what lies nearest to each
// spot.
func (f *finder) seeds() []int32 {
	dominant := segue.QuadrantOf(f.spots[0])
	if d := f.lib.Dominant; d != nil && *d != segue.Mixed {
		dominant = *d
	}
	var out []int32
	seen := map[int32]bool{}
	add := func(row int32) {
		if !seen[row] {
			seen[row] = true
			out = append(out, row)
		}
	}
	for i, at := range f.spots {
		if i%((len(f.spots)+modelSeeds-1)/modelSeeds) == 0 {
			if row, is := f.ownNear(at, dominant); is {
				add(row)
			}
		}
		for _, rows := range [...][]int32{f.known[i], f.fresh[i]} {
			if len(rows) > 0 {
				add(rows[0])
				break
			}
		}
	}
	return out
}

// ownNear returns the familiar track of a mood that is nearest to a point.
func (f *finder) ownNear(at segue.Affect, m segue.Mood) (int32, bool) {
	own := f.lib.familiar
	near := own.index.Nearest([]float64{at.Valence, at.Arousal}, 1, func(i int) bool {
		return f.lib.moods[i] == m && f.ok.has(own.rows[i])
	})
	if len(near) == 0 {
		return 0, false
	}
	return own.rows[near[0].Row], true
}

// neighbours returns the nearest neighbours of a track in the model's
// standardized feature space that lie near the arc.
func (f *finder) neighbours(row int32) (known, fresh []int32) {
	lib := f.lib
	if lib.model == nil || lib.modelOf[row] < 0 {
		return nil, nil
	}
	query := lib.Space.Row(nil, int(lib.modelOf[row]))
	k := max(4, f.m/modelShare)
	var near []knn.Neighbor
	if f.model != nil {
		near = f.model.Nearest(query, k)
	} else {
		near = lib.model.Nearest(query, k, func(i int) bool { return f.ok.has(lib.SpaceRows[i]) })
	}
	for _, n := range near {
		row := lib.SpaceRows[n.Row]
		switch at := lib.Positions[row]; {
		case !at.Known() || f.offWay(at) > reach:
		case lib.isFamiliar(row):
			known = append(known, row)
		default:
			fresh = append(fresh, row)
		}
	}
	return known, fresh
}

// offWay returns how far a point lies from the nearest spot.
func (f *finder) offWay(at segue.Affect) float64 {
	d := math.Inf(1)
	for _, s := range f.spots {
		d = min(d, s.Distance(at))
	}
	return d
}

// found returns how many rows the last search found.
func (f *finder) found() int {
	seen := map[int32]bool{}
	for _, lists := range [][][]int32{f.known, f.fresh} {
		for _, rows := range lists {
			for _, row := range rows {
				seen[row] = true
			}
		}
	}
	return len(seen)
}

// interleave takes the first row of every list, then the next of every list, and
// so on, each row once and as far as a quota goes, up to limit rows.
func interleave(lists [][]int32, q *quota, limit int) []int32 {
	var out []int32
	for rank, more := 0, true; more; rank++ {
		more = false
		for _, rows := range lists {
			if rank >= len(rows) {
				continue
			}
			more = true
			if len(out) == limit {
				return out
			}
			if q.take(rows[rank]) {
				out = append(out, rows[rank])
			}
		}
	}
	return out
}
