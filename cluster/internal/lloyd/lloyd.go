package lloyd

import (
	"context"
	"math"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// Result is where Lloyd's iteration ended.
type Result struct {
	Centers    []float64 // k×d, row by row
	Labels     []int32   // length n, the nearest of Centers
	Sizes      []int     // length k, rows per label
	Inertia    float64   // sum of squared distances to the nearest of Centers
	Iterations int       // assignments followed by an update
	Converged  bool      // stopped before maxIter
}

// Run moves centers, k×d flat, to the means of the rows of x, n×d, nearest to
// them, again and again, until no label changes, until the squared moves add up
// to at most tolerance, or maxIter times; O(n·k·d) per iteration. Ties go to the
// lowest center. centers is not changed.
//
// A center that no row is nearest to takes the row farthest from its own center.
// With fewer than k distinct rows there is none left to take, and the cluster
// stays empty. x must be finite. Run returns the context's error if it ends first.
func Run(ctx context.Context, x matrix.Columns, centers []float64, maxIter int, tolerance float64) (*Result, error) {
	n, d := x.Dims()
	k := len(centers) / d
	r := &Result{Centers: append([]float64(nil), centers...), Labels: make([]int32, n)}
	for i := range r.Labels {
		r.Labels[i] = -1
	}
	a := newAssigner(x, k)
	for r.Iterations < maxIter {
		sums, err := a.assign(ctx, r)
		if err != nil {
			return nil, err
		}
		if sums.Changed == 0 { // the centers are these labels' means already
			r.Sizes, r.Inertia, r.Converged = sums.Count, sums.Inertia, true
			return r, nil
		}
		fillEmpty(x, r, sums)
		r.Iterations++
		if update(r.Centers, sums) <= tolerance {
			r.Converged = true
			break
		}
	}
	sums, err := a.assign(ctx, r) // labels and inertia of the last centers
	if err != nil {
		return nil, err
	}
	r.Sizes, r.Inertia = sums.Count, sums.Inertia
	return r, nil
}

// assigner keeps one partial sum per chunk of rows between iterations.
type assigner struct {
	x      matrix.Columns
	chunks []*kernel.Sums
	total  *kernel.Sums
}

func newAssigner(x matrix.Columns, k int) *assigner {
	n, d := x.Dims()
	a := &assigner{x: x, total: kernel.NewSums(k, d)}
	for range parallel.Count(n, kernel.ChunkRows) {
		a.chunks = append(a.chunks, kernel.NewSums(k, d))
	}
	return a
}

// assign relabels every row; what it returns is overwritten by the next call.
func (a *assigner) assign(ctx context.Context, r *Result) (*kernel.Sums, error) {
	n, _ := a.x.Dims()
	err := parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
		a.chunks[chunk].Reset()
		kernel.Assign(a.x, lo, hi, r.Centers, r.Labels, a.chunks[chunk])
	})
	if err != nil {
		return nil, err
	}
	a.total.Reset()
	for _, s := range a.chunks {
		a.total.Merge(s)
	}
	return a.total, nil
}

// update moves each center to the mean of its rows and returns the sum of the
// squared moves. A center without rows stays.
func update(centers []float64, sums *kernel.Sums) (moved float64) {
	d := len(centers) / len(sums.Count)
	for c, count := range sums.Count {
		if count == 0 {
			continue
		}
		for j := c * d; j < (c+1)*d; j++ {
			mean := sums.Sum[j] / float64(count)
			moved += (mean - centers[j]) * (mean - centers[j])
			centers[j] = mean
		}
	}
	return moved
}

// fillEmpty gives each empty cluster, lowest first, the row farthest from its
// own center among clusters of more than one row, the lowest row on ties.
func fillEmpty(x matrix.Columns, r *Result, sums *kernel.Sums) {
	d := len(r.Centers) / len(sums.Count)
	for empty, count := range sums.Count {
		if count > 0 {
			continue
		}
		row := farthest(x, r, sums.Count)
		if row < 0 {
			return
		}
		from := int(r.Labels[row])
		for j := range d {
			v := x.At(row, j)
			sums.Sum[from*d+j] -= v
			sums.Sum[empty*d+j] += v
		}
		sums.Count[from]--
		sums.Count[empty]++
		r.Labels[row] = int32(empty)
	}
}

// farthest returns the row fillEmpty looks for, or −1 if every row lies on its
// center.
func farthest(x matrix.Columns, r *Result, count []int) int {
	n, d := x.Dims()
	row, most := -1, 0.0
	for i := range n {
		own := int(r.Labels[i])
		if count[own] < 2 {
			continue
		}
		distance := 0.0
		for j := range d {
			distance += math.Pow(x.At(i, j)-r.Centers[own*d+j], 2)
		}
		if distance > most {
			row, most = i, distance
		}
	}
	return row
}
