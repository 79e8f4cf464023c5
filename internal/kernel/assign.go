package kernel

import (
	"math"

	"segue/matrix"
)

// Sums is what one chunk of rows adds to a step of Lloyd's algorithm. The totals
// are float64 whatever F is.
type Sums[F matrix.Float] struct {
	Sum     []float64 // k×d, weighted sum of the rows nearest to each center
	Weight  []float64 // k, the weights of those rows; their number where none are given
	Count   []int     // k, number of those rows whose weight is above 0
	Inertia float64   // weighted sum of squared distances to the nearest center

	room  *assignRoom[F]
	lanes []float64 // room of addRows: k×(d+1)×set.lanes, or none
}

// NewSums returns zero Sums for k centers in d columns.
func NewSums[F matrix.Float](k, d int) *Sums[F] {
	s := &Sums[F]{Sum: padded(k * d), Weight: padded(k), Count: make([]int, k, k+8), room: newAssignRoom[F](d)}
	if lanes := of[F]().lanes; k <= mostLanes*lanes {
		s.lanes = padded(k * (d + 1) * lanes)
	}
	return s
}

// mostLanes × lanes centers are quicker looked at for every row than looked up:
// see addRows.
const mostLanes = 2

// Reset sets s to zero.
func (s *Sums[F]) Reset() {
	clear(s.Sum)
	clear(s.Weight)
	clear(s.Count)
	s.Inertia = 0
}

// Merge adds t to s.
func (s *Sums[F]) Merge(t *Sums[F]) {
	for i, v := range t.Sum {
		s.Sum[i] += v
	}
	for c, v := range t.Weight {
		s.Weight[c] += v
	}
	for c, v := range t.Count {
		s.Count[c] += v
	}
	s.Inertia += t.Inertia
}

// collect adds up the lanes and counts rows of weight 1.
func (s *Sums[F]) collect() {
	if len(s.lanes) > 0 {
		s.collectLanes()
	}
	for c, weight := range s.Weight {
		s.Count[c] = int(weight)
	}
}

func (s *Sums[F]) collectLanes() {
	d, lanes := len(s.room.cols), of[F]().lanes
	from := s.lanes
	for c := range s.Count {
		for j := range d {
			s.Sum[c*d+j] += addUp(from[:lanes])
			from = from[lanes:]
		}
		s.Weight[c] += addUp(from[:lanes])
		from = from[lanes:]
	}
	clear(s.lanes)
}

// tall is how many rows are labelled, and then added up, at a time. A column of
// them is read at a stretch of 8 KB: with stretches of a quarter, twelve columns
// in turn come from memory at 15 GB/s instead of 20.
const tall = 1024

// assignRoom is what Assign computes with.
type assignRoom[F matrix.Float] struct {
	cols  [][]F // the table's columns
	least []F   // tall, squared distances to the nearest center
}

func newAssignRoom[F matrix.Float](d int) *assignRoom[F] {
	return &assignRoom[F]{cols: make([][]F, d), least: make([]F, tall)}
}

// Assign writes to labels[i−lo], for each row i of [lo, hi), the center nearest to
// it in Euclidean distance, the lowest on ties, and −1 for a row with a NaN.
// centers are k×d flat. If sums is not nil it adds the rows to it, each as often
// as weights[i−lo] ≥ 0 says; nil weights are all 1, and the rows then hold no NaN.
// O((hi−lo)·k·d).
func Assign[F matrix.Float](x matrix.Table[F], lo, hi int, centers []F, weights []float64, labels []int32, sums *Sums[F]) {
	_, d := x.Dims()
	var room *assignRoom[F]
	if sums != nil {
		room = sums.room
	} else {
		room = newAssignRoom[F](d)
	}
	for j := range room.cols {
		room.cols[j] = x.Col(j)
	}
	fetch(x, room.cols, lo, hi)
	for at := lo; at < hi; at += tall {
		rows := labels[at-lo : min(at+tall, hi)-lo]
		labelRows(room.cols, at, centers, rows, room.least)
		if sums != nil {
			sums.addRows(at, weights, lo, rows)
			sums.addInertia(weights, at-lo, len(rows))
		}
	}
	if sums != nil && weights == nil {
		sums.collect()
	}
}

// afar is how many values a table has that lies in memory rather than in a cache.
const afar = 2 << 20

// fetch reads rows [lo, hi) column by column, so that they are in a second-level
// cache when they are read across columns. Memory gives up one stretch of 32 KB
// after the other in 3.6 ns a row of twelve columns, but twelve stretches in turn
// in 9: labelling and adding up four centers' rows takes 9 ns a row instead of 13.
func fetch[F matrix.Float](x matrix.Table[F], cols [][]F, lo, hi int) {
	n, d := x.Dims()
	if d < 4 || n*d < afar {
		return
	}
	for _, col := range cols {
		Total(col[lo:hi])
	}
}

// AddTo adds rows [lo, hi) of x to sums, as Assign does, but by labels that are
// known, and without Inertia.
func AddTo[F matrix.Float](sums *Sums[F], x matrix.Table[F], lo, hi int, weights []float64, labels []int32) {
	for j := range sums.room.cols {
		sums.room.cols[j] = x.Col(j)
	}
	for at := lo; at < hi; at += tall {
		sums.addRows(at, weights, lo, labels[at-lo:min(at+tall, hi)-lo])
	}
	if weights == nil {
		sums.collect()
	}
}

// addRows adds the rows from at on, one per label; weights begin at row lo.
func (s *Sums[F]) addRows(at int, weights []float64, lo int, labels []int32) {
	if weights == nil {
		of[F]().addRows(s.room.cols, at, labels, s.lanes, s.Sum, s.Weight)
		return
	}
	d := len(s.room.cols)
	weights = weights[at-lo:]
	for i, label := range labels {
		if w := weights[i]; w > 0 {
			s.Weight[label] += w
			s.Count[label]++
		}
	}
	for j, col := range s.room.cols {
		col = col[at : at+len(labels)]
		for i, label := range labels {
			if w := weights[i]; w > 0 {
				s.Sum[int(label)*d+j] += w * float64(col[i])
			}
		}
	}
}

// addInertia adds the squared distances of so many rows, whose weights begin at from.
func (s *Sums[F]) addInertia(weights []float64, from, rows int) {
	least := s.room.least[:rows]
	if weights == nil {
		s.Inertia += float64(of[F]().total(least))
		return
	}
	for i, w := range weights[from : from+rows] {
		if w > 0 {
			s.Inertia += w * float64(least[i])
		}
	}
}

// labelRows is nearest, by vectors where they can: not for rows with a NaN, or so far
// away that the distance is no float.
func labelRows[F matrix.Float](x [][]F, lo int, centers []F, labels []int32, least []F) {
	if !of[F]().nearest(x, lo, centers, labels, least) {
		nearest(x, lo, centers, labels, least)
	}
}

// notYet is above the bits of every squared distance, +Inf included, and below
// those of NaN: a row with a NaN is nearest to nothing.
var notYet = math.Float64bits(math.Inf(1)) + 1

// nearest writes the labels of the rows from lo on, at most tall, and their
// squared distances; NaN for a row with a NaN. It always returns true.
//
// Squared distances are at least 0, and such floats sort as their bits do, so
// that the least is kept by integer comparison, which needs no branch.
func nearest[F matrix.Float](x [][]F, lo int, centers []F, labels []int32, least []F) bool {
	hi := lo + len(labels)
	if len(x) == 3 {
		nearest3(x[0][lo:hi], x[1][lo:hi], x[2][lo:hi], centers, labels, least)
		return true
	}
	d := len(x)
	var best [tall]uint64
	for i := range labels {
		best[i&(tall-1)], labels[i] = notYet, -1
	}
	var room [tall]F
	distances := room[:len(labels)]
	for c := 0; d > 0 && c*d < len(centers); c++ {
		squaresOf(x, lo, centers[c*d:(c+1)*d], distances)
		for i, v := range distances {
			distance := math.Float64bits(float64(v))
			if distance < best[i&(tall-1)] {
				labels[i] = int32(c)
			}
			best[i&(tall-1)] = min(best[i&(tall-1)], distance)
		}
	}
	for i := range labels {
		least[i] = F(math.Float64frombits(best[i&(tall-1)]))
	}
	return true
}

func nearest3[F matrix.Float](x0, x1, x2, centers []F, labels []int32, least []F) {
	n := len(x0)
	x1, x2, labels, least = x1[:n], x2[:n], labels[:n], least[:n]
	for i, v0 := range x0 {
		v1, v2 := x1[i], x2[i]
		nearest, label := notYet, int32(-1)
		c := int32(0)
		for rest := centers; len(rest) >= 3; rest = rest[3:] {
			d0, d1, d2 := v0-rest[0], v1-rest[1], v2-rest[2]
			distance := math.Float64bits(float64(d0*d0 + d1*d1 + d2*d2))
			if distance < nearest {
				label = c
			}
			nearest = min(nearest, distance)
			c++
		}
		labels[i], least[i] = label, F(math.Float64frombits(nearest))
	}
}

// squares writes the squared distances of rows [lo, hi), at most a block, to one
// center of length d.
func squares[F matrix.Float](x matrix.Table[F], lo, hi int, center []F, to *[block]F) {
	sum := to[:hi-lo]
	if len(center) == 3 {
		squares3(x.Col(0)[lo:hi], x.Col(1)[lo:hi], x.Col(2)[lo:hi], center[0], center[1], center[2], sum)
		return
	}
	clear(sum)
	for j, c := range center {
		addSquares(x.Col(j)[lo:hi], c, sum)
	}
}

// squaresOf is squares for the rows from lo on, as many as to holds.
func squaresOf[F matrix.Float](x [][]F, lo int, center, to []F) {
	if len(center) == 3 {
		hi := lo + len(to)
		squares3(x[0][lo:hi], x[1][lo:hi], x[2][lo:hi], center[0], center[1], center[2], to)
		return
	}
	clear(to)
	for j, c := range center {
		addSquares(x[j][lo:lo+len(to)], c, to)
	}
}

func addSquares[F matrix.Float](col []F, c F, sum []F) {
	col = col[:len(sum)]
	for i, v := range col {
		v -= c
		sum[i] += v * v
	}
}

func squares3[F matrix.Float](x0, x1, x2 []F, c0, c1, c2 F, to []F) {
	x0, x1, x2 = x0[:len(to)], x1[:len(to)], x2[:len(to)]
	for i := range to {
		d0, d1, d2 := x0[i]-c0, x1[i]-c1, x2[i]-c2
		to[i] = d0*d0 + d1*d1 + d2*d2
	}
}

// addRows adds the rows from lo on, one per label, to the sums of their labels,
// k×d, and their numbers to counts. Vectors may put part of both into room, to be
// added up lane by lane at the end of the chunk.
func addRows[F matrix.Float](x [][]F, lo int, labels []int32, _, sums, counts []float64) {
	hi := lo + len(labels)
	for _, label := range labels {
		counts[label]++
	}
	d := len(x)
	if d == 3 {
		addRows3(x[0][lo:hi], x[1][lo:hi], x[2][lo:hi], labels, sums)
		return
	}
	for j, col := range x {
		col = col[lo:hi]
		for i, label := range labels {
			sums[int(label)*d+j] += float64(col[i])
		}
	}
}

func addRows3[F matrix.Float](x0, x1, x2 []F, labels []int32, sums []float64) {
	x0, x1, x2 = x0[:len(labels)], x1[:len(labels)], x2[:len(labels)]
	for i, label := range labels {
		at := sums[3*int(label):]
		at = at[:3]
		at[0] += float64(x0[i])
		at[1] += float64(x1[i])
		at[2] += float64(x2[i])
	}
}

// addUp adds up values in four sums, so that no addition waits for the last.
func addUp[F matrix.Float](values []F) float64 {
	var s0, s1, s2, s3 float64
	for len(values) >= 4 {
		s0 += float64(values[0])
		s1 += float64(values[1])
		s2 += float64(values[2])
		s3 += float64(values[3])
		values = values[4:]
	}
	for _, v := range values {
		s0 += float64(v)
	}
	return s0 + s1 + (s2 + s3)
}

// Closer lowers from[i−lo], for each row i of [lo, hi), to the squared distance to
// the nearest of centers, k×d flat, where that is less, writes it to to[i−lo], and
// returns the sum of what it wrote, each times weights[i−lo] unless weights is
// nil. from and to may be the same slice. x is finite. O((hi−lo)·k·d).
func Closer[F matrix.Float](x matrix.Table[F], lo, hi int, centers []F, weights []float64, from, to []F) (potential float64) {
	_, d := x.Dims()
	room := newAssignRoom[F](d)
	for j := range room.cols {
		room.cols[j] = x.Col(j)
	}
	var labels []int32
	if len(centers) > d {
		labels = make([]int32, tall)
	}
	set := of[F]()
	for at := lo; at < hi; at += tall {
		end := min(at+tall, hi)
		in, out := from[at-lo:end-lo], to[at-lo:end-lo]
		sum := 0.0
		if len(centers) > d {
			labelRows(room.cols, at, centers, labels[:end-at], room.least)
			for i, v := range in {
				out[i] = min(v, room.least[i])
			}
			sum = float64(set.total(out))
		} else {
			rows, most := set.closer(room.cols, at, centers, in, out)
			_, rest := closer(room.cols, at+rows, centers, in[rows:], out[rows:])
			sum = float64(most) + float64(rest)
		}
		if weights != nil {
			sum = 0
			for i, w := range weights[at-lo : end-lo] {
				sum += w * float64(out[i])
			}
		}
		potential += sum
	}
	return potential
}

func closer[F matrix.Float](x [][]F, lo int, center, from, to []F) (rows int, potential F) {
	var room [tall]F
	distances := room[:len(from)]
	squaresOf(x, lo, center, distances)
	for i, v := range from {
		to[i] = min(v, distances[i])
	}
	return len(from), total(to[:len(from)])
}
