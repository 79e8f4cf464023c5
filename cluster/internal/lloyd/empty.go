package lloyd

import (
	"cmp"
	"context"
	"slices"

	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/matrix"
)

// far is a row that an empty cluster may take.
type far struct {
	row      int
	label    int32
	weight   float64
	distance float64 // squared, to its own center; above 0
	values   []float64
}

// fillEmpty gives each empty cluster, lowest first, the row farthest from its
// own center among clusters of more than one row, the lowest row on ties. It
// changes sums as if the row had been there. Rows of weight 0 are not taken.
func (a *assigner[F]) fillEmpty(ctx context.Context, centers []float64, sums *kernel.Sums[F]) error {
	if !slices.Contains(sums.Count, 0) {
		return nil
	}
	rows, err := a.farthest(ctx, centers)
	if err != nil {
		return err
	}
	for empty, count := range sums.Count {
		if count > 0 {
			continue
		}
		for len(rows) > 0 && sums.Count[rows[0].label] < 2 {
			rows = rows[1:]
		}
		if len(rows) == 0 {
			return nil
		}
		row, from := rows[0], int(rows[0].label)
		rows = rows[1:]
		for j, v := range row.values {
			sums.Sum[from*a.d+j] -= row.weight * v
			sums.Sum[empty*a.d+j] += row.weight * v
		}
		sums.Weight[from] -= row.weight
		sums.Weight[empty] += row.weight
		sums.Count[from]--
		sums.Count[empty]++
	}
	return nil
}

// farthest returns the 2k rows farthest from their own centers, the farthest and
// then the lowest first: fewer than k are taken, and each of the k clusters
// makes fillEmpty pass over at most one, its last.
func (a *assigner[F]) farthest(ctx context.Context, centers []float64) ([]far, error) {
	var all []far
	err := pass.Chunks(ctx, a.x, a.parts, func(p *part[F], r pass.Rows[F]) {
		labels := a.labelsOf(p, r)
		if a.labels == nil {
			kernel.Assign(r.Piece, r.Lo, r.Hi, a.centers, nil, labels, nil)
		}
		p.room = p.room[:0]
		weights := a.weightsOf(r)
		for i, label := range labels {
			f := far{row: r.First + i, label: label, weight: 1}
			if weights != nil {
				f.weight = weights[i]
			}
			own := centers[int(label)*a.d : (int(label)+1)*a.d]
			for j, c := range own {
				v := float64(r.Piece.At(r.Lo+i, j)) - c
				f.distance += v * v
			}
			if f.weight > 0 && f.distance > 0 {
				p.room = keepFarthest(p.room, f, 2*a.k, r.Piece, r.Lo+i)
			}
		}
	}, func(p *part[F]) {
		all = append(all, p.room...)
		slices.SortStableFunc(all, farther)
		all = all[:min(len(all), 2*a.k)]
	})
	return all, err
}

// keepFarthest adds f, which is row i of x, to list, sorted, unless most others
// are farther.
func keepFarthest[F matrix.Float](list []far, f far, most int, x matrix.Table[F], i int) []far {
	if len(list) == most && farther(f, list[most-1]) >= 0 {
		return list
	}
	_, d := x.Dims()
	f.values = make([]float64, d)
	for j := range f.values {
		f.values[j] = float64(x.At(i, j))
	}
	at, _ := slices.BinarySearchFunc(list, f, farther)
	list = slices.Insert(list, at, f)
	return list[:min(len(list), most)]
}

// farther orders by distance, the greatest first, and then by row.
func farther(a, b far) int {
	return cmp.Or(cmp.Compare(b.distance, a.distance), cmp.Compare(a.row, b.row))
}
