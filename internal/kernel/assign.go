package kernel

import (
	"math"

	"segue/matrix"
)

// Sums is what one chunk of rows adds to a step of Lloyd's algorithm.
type Sums struct {
	Sum     []float64 // k×d, sum of the rows nearest to each center
	Count   []int     // k, number of those rows
	Inertia float64   // sum of squared distances to the nearest center
	Changed int       // rows whose label is not what it was
}

// NewSums returns zero Sums for k centers in d columns.
func NewSums(k, d int) *Sums {
	return &Sums{Sum: padded(k * d), Count: make([]int, k, k+8)}
}

// Reset sets s to zero.
func (s *Sums) Reset() {
	clear(s.Sum)
	clear(s.Count)
	s.Inertia, s.Changed = 0, 0
}

// Merge adds t to s.
func (s *Sums) Merge(t *Sums) {
	for i, v := range t.Sum {
		s.Sum[i] += v
	}
	for c, v := range t.Count {
		s.Count[c] += v
	}
	s.Inertia += t.Inertia
	s.Changed += t.Changed
}

// notYet is above the bits of every squared distance, +Inf included, and below
// those of NaN: a row with a NaN is nearest to nothing.
var notYet = math.Float64bits(math.Inf(1)) + 1

// Assign writes to labels[i], for each row i of [lo, hi), the center nearest to
// it in Euclidean distance, the lowest on ties, and −1 for a row with a NaN. If
// sums is not nil it adds the rows to it. labels holds the labels of all rows.
//
// Squared distances are at least 0, and such floats sort as their bits do, so
// that the least is kept by integer comparison, which needs no branch.
func Assign(x matrix.Columns, lo, hi int, centers []float64, labels []int32, sums *Sums) {
	_, d := x.Dims()
	var best [block]uint64
	var arg [block]int32
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if d == 3 {
			nearest3(x.Col(0)[lo:end], x.Col(1)[lo:end], x.Col(2)[lo:end], centers, &best, &arg)
		} else {
			nearest(x, lo, end, centers, &best, &arg)
		}
		if sums == nil {
			copy(labels[lo:end], arg[:])
			continue
		}
		sums.add(x, lo, end, labels, &best, &arg)
	}
}

func nearest3(x0, x1, x2, centers []float64, best *[block]uint64, arg *[block]int32) {
	x1, x2 = x1[:len(x0)], x2[:len(x0)]
	k := len(centers) / 3
	for i, v0 := range x0 {
		v1, v2 := x1[i], x2[i]
		least, label := notYet, int32(-1)
		rest := centers
		for c := range k {
			if len(rest) < 3 {
				break // never: tells the compiler the bounds
			}
			d0, d1, d2 := v0-rest[0], v1-rest[1], v2-rest[2]
			rest = rest[3:]
			distance := math.Float64bits(d0*d0 + d1*d1 + d2*d2)
			if distance < least {
				label = int32(c)
			}
			least = min(least, distance)
		}
		best[i&(block-1)], arg[i&(block-1)] = least, label
	}
}

func nearest(x matrix.Columns, lo, hi int, centers []float64, best *[block]uint64, arg *[block]int32) {
	_, d := x.Dims()
	m := hi - lo
	for i := range m {
		best[i], arg[i] = notYet, -1
	}
	var distances [block]float64
	for c := 0; d > 0 && c*d < len(centers); c++ {
		squares(x, lo, hi, centers[c*d:(c+1)*d], &distances)
		for i, v := range distances[:m] {
			distance := math.Float64bits(v)
			if distance < best[i] {
				arg[i] = int32(c)
			}
			best[i] = min(best[i], distance)
		}
	}
}

// squares writes the squared distances of rows [lo, hi), at most a block, to one
// center of length d.
func squares(x matrix.Columns, lo, hi int, center []float64, to *[block]float64) {
	sum := to[:hi-lo]
	if len(center) == 3 {
		squares3(x.Col(0)[lo:hi], x.Col(1)[lo:hi], x.Col(2)[lo:hi], (*[3]float64)(center), sum)
		return
	}
	clear(sum)
	for j, c := range center {
		col := x.Col(j)[lo:hi]
		col = col[:len(sum)]
		for i, v := range col {
			v -= c
			sum[i] += v * v
		}
	}
}

func squares3(x0, x1, x2 []float64, center *[3]float64, to []float64) {
	x0, x1, x2 = x0[:len(to)], x1[:len(to)], x2[:len(to)]
	c0, c1, c2 := center[0], center[1], center[2]
	for i := range to {
		d0, d1, d2 := x0[i]-c0, x1[i]-c1, x2[i]-c2
		to[i] = d0*d0 + d1*d1 + d2*d2
	}
}

func (s *Sums) add(x matrix.Columns, lo, hi int, labels []int32, best *[block]uint64, arg *[block]int32) {
	_, d := x.Dims()
	m := hi - lo
	old := labels[lo:hi]
	for i, label := range arg[:m] {
		if old[i] != label {
			old[i] = label
			s.Changed++
		}
		s.Count[label]++
		s.Inertia += math.Float64frombits(best[i])
	}
	if d == 3 {
		add3(x.Col(0)[lo:hi], x.Col(1)[lo:hi], x.Col(2)[lo:hi], arg, s.Sum)
		return
	}
	for j := range d {
		for i, v := range x.Col(j)[lo:hi] {
			s.Sum[int(arg[i])*d+j] += v
		}
	}
}

func add3(x0, x1, x2 []float64, arg *[block]int32, sum []float64) {
	x1, x2 = x1[:len(x0)], x2[:len(x0)]
	for i, v := range x0 {
		at := sum[3*int(arg[i&(block-1)]):]
		at = at[:3]
		at[0] += v
		at[1] += x1[i]
		at[2] += x2[i]
	}
}

// Closer lowers closest[i], for each row i of [lo, hi), to the squared distance
// to center where that is less, and returns the sum of what closest then holds.
// from and to may be the same slice; from is read, to is written.
func Closer(x matrix.Columns, lo, hi int, center, from, to []float64) (potential float64) {
	var distances [block]float64
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		squares(x, lo, end, center, &distances)
		in, out := from[lo:end], to[lo:end]
		out = out[:len(in)]
		for i, v := range in {
			v = min(v, distances[i&(block-1)])
			out[i] = v
			potential += v
		}
	}
	return potential
}
