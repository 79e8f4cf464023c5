package lloyd

import (
	"context"

	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/matrix"
)

// A Descent is what Lloyd's iteration starts from and when it stops.
type Descent struct {
	Centers    []float64 // k×d, row by row; not changed
	Iterations int       // made already, if this goes on where another descent ended
	Settled    bool      // the centers are not to move any more
	MaxIter    int       // iterations altogether
	Tolerance  float64   // stop when the squared moves of the centers add up to at most this
	Weights    []float64 // length n, each in [0, 1e20], not all 0; nil: all 1

	// After, if given, is called after each iteration. An error ends the descent.
	After func(*Result) error
}

// Result is where Lloyd's iteration ended.
type Result struct {
	Centers    []float64 // k×d, row by row
	Labels     []int32   // length n, the nearest of Centers; nil from a Source
	Sizes      []int     // length k, rows of weight above 0 per label
	Inertia    float64   // weighted sum of squared distances to the nearest of Centers
	Iterations int       // assignments followed by a move
	Converged  bool      // stopped before MaxIter
}

// Run is Descend for rows of weight 1.
func Run[F matrix.Float](ctx context.Context, x matrix.Table[F], centers []float64, maxIter int, tolerance float64) (*Result, error) {
	return Descend(ctx, x, Descent{Centers: centers, MaxIter: maxIter, Tolerance: tolerance})
}

// Descend moves the centers to the weighted means of the rows of x, n×d, nearest
// to them, again and again, until none moves, until the squared moves add up to
// at most Tolerance, or MaxIter times; O(n·k·d) per iteration. Ties go to the
// lowest center.
//
// A center that no row of weight above 0 is nearest to takes the row farthest
// from its own center. With fewer than k distinct rows there is none left to take,
// and the cluster stays empty. x must be finite. Descend returns the context's
// error if it ends first.
func Descend[F matrix.Float](ctx context.Context, x matrix.Table[F], o Descent) (*Result, error) {
	n, d := x.Dims()
	return descend(ctx, x, o, make([]int32, n), pays(len(o.Centers)/d, d))
}

// Stream is Descend for a table that is read in pieces, one pass per iteration and
// one more, in the memory of a piece. It gives the same bytes, but no Labels.
func Stream[F matrix.Float](ctx context.Context, x matrix.Source[F], o Descent) (*Result, error) {
	return descend(ctx, x, o, nil, false)
}

// descend does it: into labels, or keeping none where these are nil, and, if it
// does keep them, by bounds or by looking at every row in every iteration, which
// comes to the same.
func descend[F matrix.Float](ctx context.Context, x matrix.Source[F], o Descent, labels []int32, bounded bool) (*Result, error) {
	_, d := x.Dims()
	a := newAssigner(x, len(o.Centers)/d, o.Weights, labels)
	if bounded {
		a.hold()
	}
	r := &Result{Centers: append([]float64(nil), o.Centers...), Labels: labels, Iterations: o.Iterations, Converged: o.Settled}
	for !r.Converged && r.Iterations < o.MaxIter {
		assign := a.assign
		if bounded {
			assign = a.relabel
		}
		sums, err := assign(ctx, r.Centers)
		if err != nil {
			return nil, err
		}
		r.Sizes, r.Inertia = append(r.Sizes[:0], sums.Count...), sums.Inertia
		if err := a.fillEmpty(ctx, r.Centers, sums); err != nil {
			return nil, err
		}
		distance, moved := move(r.Centers, sums)
		if !moved { // these are their rows' means already
			r.Converged = true
			if bounded {
				break
			}
			return r, nil
		}
		r.Iterations++
		r.Converged = distance <= o.Tolerance
		if o.After != nil {
			if err := o.After(r); err != nil {
				return nil, err
			}
		}
	}
	sums, err := a.assign(ctx, r.Centers) // labels and inertia of the last centers
	if err != nil {
		return nil, err
	}
	r.Sizes, r.Inertia = append(r.Sizes[:0], sums.Count...), sums.Inertia
	return r, nil
}

// move moves each center to the mean of its rows and returns the sum of the
// squared moves and whether there was any. A center without rows stays.
func move[F matrix.Float](centers []float64, sums *kernel.Sums[F]) (distance float64, moved bool) {
	d := len(centers) / len(sums.Weight)
	for c, weight := range sums.Weight {
		if sums.Count[c] == 0 {
			continue
		}
		for j := c * d; j < (c+1)*d; j++ {
			mean := sums.Sum[j] / weight
			distance += (mean - centers[j]) * (mean - centers[j])
			moved = moved || mean != centers[j]
			centers[j] = mean
		}
	}
	return distance, moved
}

// assigner makes the passes over one table.
type assigner[F matrix.Float] struct {
	x       matrix.Source[F]
	k, d    int
	weights []float64
	labels  []int32 // nil: not kept
	centers []F
	parts   *pass.Parts[*part[F]]
	total   *kernel.Sums[F]

	holds   []F               // n, of kernel.Relabel; nil: looks at every row
	kept    []*kernel.Sums[F] // of every chunk of rows, for relabel; nil as holds
	moved   float64           // likewise
	begun   bool              // centers are there
	renewed float64           // moved when most holds were made
}

type part[F matrix.Float] struct {
	sums   *kernel.Sums[F]
	labels []int32 // room, where labels are not kept
	room   []far   // of farthest
}

func newAssigner[F matrix.Float](x matrix.Source[F], k int, weights []float64, labels []int32) *assigner[F] {
	_, d := x.Dims()
	a := &assigner[F]{x: x, k: k, d: d, weights: weights, labels: labels, centers: make([]F, k*d), total: kernel.NewSums[F](k, d)}
	a.parts = pass.NewParts(func() *part[F] {
		p := &part[F]{sums: kernel.NewSums[F](k, d)}
		if labels == nil {
			p.labels = make([]int32, kernel.ChunkRows)
		}
		return p
	})
	return a
}

// assign labels every row; what it returns is overwritten by the next call.
func (a *assigner[F]) assign(ctx context.Context, centers []float64) (*kernel.Sums[F], error) {
	a.begin(centers)
	err := pass.Chunks(ctx, a.x, a.parts, func(p *part[F], r pass.Rows[F]) {
		sums := a.sumsOf(p, r)
		sums.Reset()
		kernel.Assign(r.Piece, r.Lo, r.Hi, a.centers, a.weightsOf(r), a.labelsOf(p, r), sums)
	}, func(p *part[F]) { a.total.Merge(p.sums) })
	return a.total, err
}

// sumsOf makes p's sums those of the chunk r, with what they were when it was last
// added up, where these are kept; a part itself goes from chunk to chunk.
func (a *assigner[F]) sumsOf(p *part[F], r pass.Rows[F]) *kernel.Sums[F] {
	if a.kept != nil {
		p.sums = a.kept[r.First/kernel.ChunkRows]
	}
	return p.sums
}

// begin empties the total, to which rows are then added by these centers.
func (a *assigner[F]) begin(centers []float64) {
	for i, v := range centers {
		a.centers[i] = F(v)
	}
	a.total.Reset()
	a.begun = true
}

func (a *assigner[F]) weightsOf(r pass.Rows[F]) []float64 {
	if a.weights == nil {
		return nil
	}
	return a.weights[r.First : r.First+r.Hi-r.Lo]
}

func (a *assigner[F]) labelsOf(p *part[F], r pass.Rows[F]) []int32 {
	if a.labels == nil {
		return p.labels[:r.Hi-r.Lo]
	}
	return a.labels[r.First : r.First+r.Hi-r.Lo]
}
