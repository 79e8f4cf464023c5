package playlist

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"segue"
)

// How many candidates a playlist is made of. (docs/science.md §6; d)
const (
	MinCandidates  = 300  // from so many on the bars of the metrics hold
	GoodCandidates = 640  // unless another number is asked for
	MinAsked       = 20   // the fewest that may be asked for …
	MaxAsked       = 5000 // … and the most
)

// inReserve is how many tracks are found for each one chosen, so that another
// seed chooses others that lie as near. (d)
const inReserve = 2

// candidates returns the rows a playlist is made of, ascending: r.Candidates of
// them wherever as many may be played; of fewer a quarter, but none of the first
// MinCandidates, is left to another seed. Tracks held or wished for are always
// among them, whether or not they may be played.
//
// They are a seeded choice of the tracks near the arc and near what the listener
// keeps, half of them familiar as far as there are such, no artist, genre or song
// taking most places unless there are too few others. Of the shuffle arm they are
// drawn from the listener's own tracks, or, if these are too few to make an hour
// of, from the catalogue.
func candidates(ctx context.Context, lib *Library, r Request, a arc, ok *eligible) ([]int32, error) {
	rng := rand.New(rand.NewPCG(r.Seed, 0x5e60e))
	must := fixed(lib, r)
	m := max(r.Candidates, len(must))
	var known, fresh []int32
	if r.Arm == Shuffle {
		fresh = shuffled(lib, ok, rng, inReserve*m)
	} else {
		var err error
		if known, fresh, err = pools(ctx, lib, a, ok, m); err != nil {
			return nil, err
		}
		known, fresh = draw(lib, known, r, a, rng), draw(lib, fresh, r, a, rng)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return choose(lib, must, known, fresh, m), nil
}

// choose fills m places: those of must, then half with known rows as far as there
// are such, the others with fresh ones, each list in its order.
func choose(lib *Library, must, known, fresh []int32, m int) []int32 {
	total := len(known) + len(fresh)
	q := newQuota(lib, m, 1)
	for _, row := range must {
		q.force(row)
		if slices.Contains(known, row) || slices.Contains(fresh, row) {
			total--
		}
	}
	total += len(q.taken)
	if total < m {
		m = max(min(total, MinCandidates), total-total/4, len(q.taken))
	}
	fill := func(rows []int32, most int) {
		for _, row := range rows {
			if len(q.taken) >= most {
				return
			}
			q.take(row)
		}
	}
	fill(known, max(m/2, m-len(fresh)))
	for len(q.taken) < m {
		fill(fresh, m)
		fill(known, m)
		q.double()
	}
	rows := make([]int32, 0, m)
	for row := range q.taken {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return rows
}

// fixed returns the rows that a request holds at a place or wishes for, as far as
// they have a place on the plane.
func fixed(lib *Library, r Request) []int32 {
	var rows []int32
	add := func(id string) {
		if row, is := lib.row(id); is && lib.Positions[row].Known() && !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	for _, l := range r.Locks {
		add(l.ID)
	}
	for _, id := range r.Wishes {
		add(id)
	}
	return rows
}

// draw returns rows in a random order in which those out of the tempo range, and those
// that the listener rarely finishes, tend to come late. (Efraimidis & Spirakis 2006, doi:10.1016/j.ipl.2005.11.003: the k
// largest of u^(1/w) are a weighted sample.)
func draw(lib *Library, rows []int32, r Request, a arc, rng *rand.Rand) []int32 {
	type lot struct {
		row int32
		key float64
	}
	lots := make([]lot, len(rows))
	for i, row := range rows {
		lots[i] = lot{row, math.Log(1-rng.Float64()) / (tempoWeight(lib, row, r.Tempo, a) * finishWeight(lib, row))}
	}
	slices.SortFunc(lots, func(x, y lot) int {
		return cmp.Or(cmp.Compare(y.key, x.key), cmp.Compare(x.row, y.row))
	})
	out := make([]int32, len(rows))
	for i := range out {
		out[i] = lots[i].row
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

// shuffled draws some n rows that may be played: the listener's own if there are
// enough of them, otherwise any of the catalogue.
func shuffled(lib *Library, ok *eligible, rng *rand.Rand, n int) []int32 {
	const enough = MinCandidates / 6
	if own := sample(lib.own, ok, rng, max(n, enough)); len(own) >= enough {
		return own
	}
	return sample(lib.plane.rows, ok, rng, n)
}

// sample draws up to n of rows that may be played, in random order.
func sample(rows []int32, ok *eligible, rng *rand.Rand, n int) []int32 {
	var out []int32
	// A Fisher–Yates shuffle kept in a map touches only what it draws.
	moved := map[int]int{}
	at := func(i int) int {
		if v, is := moved[i]; is {
			return v
		}
		return i
	}
	for i := 0; i < len(rows) && len(out) < n; i++ {
		if 8*len(moved) > len(rows) && len(rows) > 8*n {
			return sampleAll(rows, ok, rng, n) // few may be played: ask about all
		}
		j := i + rng.IntN(len(rows)-i)
		pick := at(j)
		moved[j] = at(i)
		if row := rows[pick]; ok.has(row) {
			out = append(out, row)
		}
	}
	return out
}

// sampleAll is sample for rows of which most may not be played.
func sampleAll(rows []int32, ok *eligible, rng *rand.Rand, n int) []int32 {
	var out []int32
	for _, row := range rows {
		if ok.has(row) {
			out = append(out, row)
		}
	}
	n = min(n, len(out))
	for i := range n {
		j := i + rng.IntN(len(out)-i)
		out[i], out[j] = out[j], out[i]
	}
	return out[:n]
}
