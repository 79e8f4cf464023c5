package validity

import (
	"context"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// queriesPerChunk is how many sampled rows are measured together.
const queriesPerChunk = 256

// allSums returns, for every slot and place, the sum of the scaled Euclidean
// distances between the row in that place and the rows of that slot's cluster:
// width×places, slot by slot.
//
// A distance serves both its rows, so every pair of blocks is taken once. Pairs
// are taken in rounds, in each of which every block plays at most one other, as
// in a tournament: whatever runs at the same time adds to sums of its own, and
// every sum is added up in the order of the rounds.
func (g *grouped[F]) allSums(ctx context.Context) ([]float64, error) {
	sums := make([]float64, g.width*g.places)
	m := len(g.blocks)
	err := parallel.Chunks(ctx, m, 1, func(i, _, _ int) { g.within(i, sums) })
	if err != nil {
		return nil, err
	}
	for round := range rounds(m) {
		err := parallel.Chunks(ctx, (m+1)/2, 1, func(game, _, _ int) {
			if a, b := opponents(m, round, game); b < m {
				g.between(g.blocks[a], g.blocks[b], sums)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// rounds is how many rounds a tournament of m takes in which all play all.
func rounds(m int) int { return m - 1 + m%2 }

// opponents returns a < b of one game of a round, by the circle method: one of an
// even number stays, the others go round. If m is odd, to play m is to rest.
func opponents(m, round, game int) (a, b int) {
	turning := rounds(m)
	if game == 0 {
		return round, turning
	}
	a, b = (round+game)%turning, (round-game+turning)%turning
	return min(a, b), max(a, b)
}

// within adds the distances between the rows of a block to their sums.
func (g *grouped[F]) within(block int, sums []float64) {
	tiles := g.blocks[block]
	room := newRoom(tiles, tiles)
	for i := range tiles {
		t := &tiles[i]
		rows := room.rows[:t.hi-t.lo]
		clear(rows)
		kernel.Pairs(t.cols, t.cols, rows, nil)
		g.add(rows, t, t, sums)
		for j := range i {
			g.pair(t, &tiles[j], room, sums)
		}
	}
}

// between adds the distances between the rows of two blocks to the sums of both.
func (g *grouped[F]) between(a, b []tile[F], sums []float64) {
	room := newRoom(a, b)
	for i := range a {
		for j := range b {
			g.pair(&a[i], &b[j], room, sums)
		}
	}
}

func (g *grouped[F]) pair(a, b *tile[F], room room[F], sums []float64) {
	rows, cols := room.rows[:a.hi-a.lo], room.cols[:b.hi-b.lo]
	clear(rows)
	clear(cols)
	kernel.Pairs(a.cols, b.cols, rows, cols)
	g.add(rows, a, b, sums)
	g.add(cols, b, a, sums)
}

// add adds the summed distances of the rows of one tile to those of another. In
// float32 no sum is longer than a tile.
func (g *grouped[F]) add(distances []F, of, to *tile[F], sums []float64) {
	for _, slot := range to.slot {
		own := sums[slot*g.places:][of.lo:of.hi]
		for i, v := range distances[:len(own)] {
			own[i] += float64(v)
		}
	}
}

// room is scratch for the sums of two tiles.
type room[F matrix.Float] struct{ rows, cols []F }

func newRoom[F matrix.Float](a, b []tile[F]) room[F] {
	return room[F]{make([]F, longest(a)), make([]F, longest(b))}
}

func longest[F matrix.Float](tiles []tile[F]) int {
	most := 0
	for _, t := range tiles {
		most = max(most, t.hi-t.lo)
	}
	return most
}

// sumsOf is allSums for the queried rows alone: width×len(queries), slot by slot; nil
// if ctx ended first.
func (g *grouped[F]) sumsOf(ctx context.Context, queries []int) []float64 {
	m := len(queries)
	sums := make([]float64, g.width*m)
	asked := make([][]F, len(g.cols))
	for j, c := range g.cols {
		asked[j] = make([]F, m)
		for i, row := range queries {
			asked[j][i] = c[g.place[row]]
		}
	}
	rows := make([]F, m)
	for _, block := range g.blocks {
		if ctx.Err() != nil {
			return nil
		}
		for _, t := range block {
			clear(rows)
			kernel.Pairs(asked, t.cols, rows, nil)
			for _, slot := range t.slot {
				own := sums[slot*m:][:m]
				for i, v := range rows[:m] {
					own[i] += float64(v)
				}
			}
		}
	}
	return sums
}
