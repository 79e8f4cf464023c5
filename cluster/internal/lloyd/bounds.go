package lloyd

import (
	"context"
	"math"

	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/internal/parallel"
)

// pays says whether bounds are worth keeping for k centers in d columns. Measured
// at eight float64 to a vector, on as many clusters as centers: where these are
// apart, bounds make a descent 1.5 to 3.8 times as fast (d = 12 to 32, k = 20 to
// 64); where they are not, and for k of 256 and more, most rows stay in doubt, and
// relabel, which finds that out, takes as long as looking at all. In up to three
// columns, or for a few centers, looking at all is the faster, up to 1.6 times.
func pays(k, d int) bool { return d >= 8 && k*d >= 200 }

// Looking at a row for its bound costs about twice what it costs to look at all
// rows together. So relabel looks at all of them as long as more than doubtful are
// in doubt, unless no more than soon would be so after bounds were renewed.
const (
	doubtful = 0.5
	soon     = 0.25
)

// hold makes ready for relabel: no row's label is known.
func (a *assigner[F]) hold() {
	n, _ := a.x.Dims()
	a.holds = make([]F, n)
	for i := range a.holds {
		a.holds[i], a.labels[i] = -1, -1
	}
	a.kept = make([]*kernel.Sums[F], parallel.Count(n, kernel.ChunkRows))
	for i := range a.kept {
		a.kept[i] = kernel.NewSums[F](a.k, a.d)
	}
}

// relabel is assign for a table in memory, but looks only at rows whose label is in
// doubt, and adds up only chunks in which one changed: the others' sums are there
// from before. It leaves Inertia alone.
func (a *assigner[F]) relabel(ctx context.Context, centers []float64) (*kernel.Sums[F], error) {
	way := a.follow(centers)
	if a.begun && a.doubt(a.moved) > doubtful {
		if a.doubt(a.renewed+way) > soon {
			return a.assign(ctx, centers)
		}
		a.renewed = a.moved
	}
	a.begin(centers)
	err := pass.Chunks(ctx, a.x, a.parts, func(p *part[F], r pass.Rows[F]) {
		labels, sums := a.labelsOf(p, r), a.sumsOf(p, r)
		if kernel.Relabel(r.Piece, r.Lo, r.Hi, a.centers, a.moved, labels, a.holds[r.First:r.First+r.Hi-r.Lo]) {
			sums.Reset()
			kernel.AddTo(sums, r.Piece, r.Lo, r.Hi, a.weightsOf(r), labels)
		}
	}, func(p *part[F]) { a.total.Merge(p.sums) })
	return a.total, err
}

// doubt estimates from every eighth chunk the share of rows, in vectors of eight,
// that are in doubt after so long a way.
func (a *assigner[F]) doubt(moved float64) float64 {
	vectors, doubts := 0, 0
	limit := F(moved)
	for lo := 0; lo < len(a.holds); lo += 8 * kernel.ChunkRows {
		for rows := a.holds[lo:min(lo+kernel.ChunkRows, len(a.holds))]; len(rows) >= 8; rows = rows[8:] {
			vectors++
			if least := min(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]); least <= limit {
				doubts++
			}
		}
	}
	return float64(doubts) / float64(max(vectors, 1))
}

// follow adds to moved the way from a.centers to these of the two that move
// farthest, both as F has them, and returns it.
func (a *assigner[F]) follow(centers []float64) float64 {
	if !a.begun {
		return 0
	}
	var most, second float64
	for at := 0; at < len(centers); at += a.d {
		way := 0.0
		for j := at; j < at+a.d; j++ {
			v := float64(F(centers[j])) - float64(a.centers[j])
			way += v * v
		}
		if way = math.Sqrt(way); way > most {
			most, second = way, most
		} else if way > second {
			second = way
		}
	}
	way := (most + second) * (1 + 1e-12)
	a.moved += way
	return way
}
