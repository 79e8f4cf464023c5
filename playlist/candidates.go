package playlist

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"segue"
	"segue/mood"
)

// How many candidates a playlist is made of. (docs/science.md §6; d)
const (
	MinCandidates  = 300 // fewer only if the catalogue has fewer
	GoodCandidates = 640 // aimed at
)

// Numbers of the search for candidates. (d)
const (
	samples    = 24  // points of the arc looked around
	perSample  = 160 // tracks looked at around each
	modelSeeds = 24  // tracks whose neighbours in the model's space join
	modelNear  = 16  // neighbours each of them brings
)

// candidates returns the rows a playlist is made of, ascending: a seeded choice
// of the tracks found near the arc, so that another seed gives another playlist
// of the same quality.
func candidates(ctx context.Context, lib *Library, r Request, a arc, ok *eligible) ([]int32, error) {
	rng := rand.New(rand.NewPCG(r.Seed, 0x5e60e))
	if r.Arm == Shuffle {
		return randomRows(lib, ok, rng), ctx.Err()
	}
	known, fresh, err := pools(ctx, lib, a, ok)
	if err != nil {
		return nil, err
	}
	total := len(known) + len(fresh)
	want := min(GoodCandidates, max(MinCandidates, total/2), total)
	// Half are tracks the listener knows, as far as there are such.
	nKnown := min(len(known), max(want/2, want-len(fresh)))
	rows := choose(lib, known, nKnown, r, a, rng)
	rows = append(rows, choose(lib, fresh, want-nKnown, r, a, rng)...)
	slices.Sort(rows)
	return rows, nil
}

// pools collects eligible rows near the arc, each list nearest first and evenly
// along the arc: those familiar to the listener, and the others. It looks
// further around until there are enough.
func pools(ctx context.Context, lib *Library, a arc, ok *eligible) (known, fresh []int32, err error) {
	var points []segue.Affect
	for i := range samples {
		if p := a.at(slotTime(i, samples)); i == 0 || p != points[len(points)-1] {
			points = append(points, p)
		}
	}
	for k := perSample; ; k *= 2 {
		if known, fresh, err = around(ctx, lib, a, points, k, ok); err != nil {
			return nil, nil, err
		}
		if len(known)+len(fresh) >= 2*GoodCandidates || k >= max(len(lib.plane.rows), len(lib.familiar.rows)) || k >= 2*GoodCandidates {
			return known, fresh, nil
		}
	}
}

// around does the work of pools with k tracks around each point.
func around(ctx context.Context, lib *Library, a arc, points []segue.Affect, k int, ok *eligible) (known, fresh []int32, err error) {
	var all, own [][]int32
	other := func(row int32) bool { return !lib.isFamiliar(row) && ok.has(row) }
	look := func(p segue.Affect, k int, fits func(row int32) bool) {
		own = append(own, lib.familiar.near(p, k, func(row int32) bool { return ok.has(row) && fits(row) }))
		all = append(all, lib.plane.near(p, k, func(row int32) bool { return other(row) && fits(row) }))
	}
	for _, p := range points {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		look(p, k, func(int32) bool { return true })
	}
	if a.limits.night {
		// The last track must be slow: look for such ones around the end.
		look(a.at(1), modelSeeds, func(row int32) bool { return slowEnough(lib.feature(segue.Tempo, row)) })
	}
	if lib.model != nil {
		k, f := modelNeighbours(lib, a, own, all, ok)
		own, all = append(own, k...), append(all, f...)
	}
	return interleave(own, 2*GoodCandidates), interleave(all, 2*GoodCandidates), nil
}

// modelNeighbours returns the nearest neighbours, in the model's standardized
// feature space, of the listener's own tracks in the dominant mood and of the
// tracks found along the arc: lists of familiar rows, and of others.
func modelNeighbours(lib *Library, a arc, own, all [][]int32, ok *eligible) (known, fresh [][]int32) {
	dominant := segue.QuadrantOf(a.start)
	if lib.Dominant != nil && *lib.Dominant != segue.Mixed {
		dominant = *lib.Dominant
	}
	var seeds []int32
	inMood := func(row int32) bool {
		return mood.TrackMembership(lib.Positions[row]).Dominant() == dominant && ok.has(row)
	}
	seeds = append(seeds, lib.familiar.near(a.at(0), modelSeeds/2, inMood)...)
	for i := range all {
		if len(own[i]) > 0 {
			seeds = append(seeds, own[i][0])
		} else if len(all[i]) > 0 {
			seeds = append(seeds, all[i][0])
		}
	}
	slices.Sort(seeds)
	query := make([]float64, 0, 16)
	for _, s := range slices.Compact(seeds) {
		at := lib.modelOf[s]
		if at < 0 {
			continue
		}
		_, d := lib.Space.Dims()
		query = lib.Space.Row(query[:d], int(at))
		var k, f []int32
		for _, n := range lib.model.Nearest(query, modelNear, func(i int) bool { return ok.has(lib.SpaceRows[i]) }) {
			if row := lib.SpaceRows[n.Row]; lib.isFamiliar(row) {
				k = append(k, row)
			} else {
				f = append(f, row)
			}
		}
		known, fresh = append(known, k), append(fresh, f)
	}
	return known, fresh
}

// interleave takes the first of every list, then the second of every list, and
// so on, each row once, up to limit rows.
func interleave(lists [][]int32, limit int) []int32 {
	var out []int32
	seen := map[int32]bool{}
	for rank := 0; len(out) < limit; rank++ {
		more := false
		for _, l := range lists {
			if rank >= len(l) {
				continue
			}
			more = true
			if !seen[l[rank]] && len(out) < limit {
				seen[l[rank]] = true
				out = append(out, l[rank])
			}
		}
		if !more {
			break
		}
	}
	return out
}

// choose picks k rows at random, those out of the tempo range with less chance.
// (Efraimidis & Spirakis 2006, doi:10.1016/j.ipl.2005.11.003: the k largest of
// u^(1/w) are a weighted sample.)
func choose(lib *Library, rows []int32, k int, r Request, a arc, rng *rand.Rand) []int32 {
	type draw struct {
		row int32
		key float64
	}
	draws := make([]draw, len(rows))
	for i, row := range rows {
		draws[i] = draw{row, math.Log(1-rng.Float64()) / tempoWeight(lib, row, r.Tempo, a)}
	}
	slices.SortStableFunc(draws, func(x, y draw) int {
		switch {
		case x.key > y.key:
			return -1
		case x.key < y.key:
			return 1
		}
		return int(x.row - y.row)
	})
	out := make([]int32, k)
	for i := range out {
		out[i] = draws[i].row
	}
	return out
}

// tempoWeight returns the chance weight of a row: 1 within the range, octaves
// folded, or where nothing is asked or known, 1/3 outside (d).
func tempoWeight(lib *Library, row int32, t *TempoBias, a arc) float64 {
	if t == nil {
		return 1
	}
	tempo := lib.feature(segue.Tempo, row)
	if !(tempo > 0) {
		return 1
	}
	// How far along the way the track lies says which tempo it should have.
	u := 0.0
	if q := newWay(a.start, a.target); q.length > 0 {
		u = min(1, max(0, q.progress(lib.Positions[row])/q.length))
	}
	if TempoGap(t.From*math.Pow(t.To/t.From, u), tempo) <= .15 {
		return 1
	}
	return 1.0 / 3
}

// slowEnough reports whether a night may end at this tempo; unknown may.
func slowEnough(tempo float64) bool { return !(tempo > NightEndTempo) }

// randomRows returns up to GoodCandidates eligible rows at random, ascending:
// the listener's own tracks if there is a history with enough of them,
// otherwise any of the catalogue.
func randomRows(lib *Library, ok *eligible, rng *rand.Rand) []int32 {
	pick := func(n int, row func(i int) int32) []int32 {
		var out []int32
		// A Fisher–Yates shuffle kept in a map touches only what it draws.
		moved := map[int]int{}
		for i := 0; i < n && len(out) < GoodCandidates; i++ {
			j := i + rng.IntN(n-i)
			a, b := i, j
			if v, is := moved[i]; is {
				a = v
			}
			if v, is := moved[j]; is {
				b = v
			}
			moved[j] = a
			if r := row(b); ok.has(r) {
				out = append(out, r)
			}
		}
		slices.Sort(out)
		return out
	}
	if own := pick(len(lib.own), func(i int) int32 { return lib.own[i] }); len(own) >= MinCandidates/6 {
		return own
	}
	return pick(len(lib.plane.rows), func(i int) int32 { return lib.plane.rows[i] })
}
