package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"segue/matrix"
)

func TestAssignPortable(t *testing.T) {
	checkAssign(t, portable[float64](), 1e-12)
	checkAssign(t, portable[float32](), 1e-5)
}

func TestCloserPortable(t *testing.T) {
	checkCloser(t, portable[float64](), 1e-12)
	checkCloser(t, portable[float32](), 1e-5)
}

// assignCase is a table and centers; rows lie at [lo, lo+n) of longer columns.
type assignCase[F matrix.Float] struct {
	name    string
	x       [][]F
	lo, n   int
	centers []F
}

// assignCases are tables that tempt a kernel to err. tiny and huge are numbers
// whose squares F hardly holds.
func assignCases[F matrix.Float](tiny, huge float64) []assignCase[F] {
	r := rand.New(rand.NewPCG(3, 4))
	var cases []assignCase[F]
	add := func(name string, n, d, k int, value func(i, j int) float64) {
		c := assignCase[F]{name: fmt.Sprintf("%s, %d×%d, k = %d", name, n, d, k), lo: 1 + r.IntN(3), n: n}
		for j := range d {
			col := make([]F, c.lo+n+5)
			for i := range col {
				col[i] = F(value(i, j))
			}
			c.x = append(c.x, col[:len(col):len(col)])
		}
		for center := range k {
			for j := range d {
				c.centers = append(c.centers, F(value(-1-center, j)))
			}
		}
		cases = append(cases, c)
	}
	normal := func(int, int) float64 { return r.NormFloat64() }
	for _, d := range []int{1, 2, 3, 5, 12, 16} {
		for _, k := range []int{1, 2, 4, 7, 10, 20, 40} {
			add("random", 201+r.IntN(50), d, k, normal)
		}
		for _, n := range []int{0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65, 255, 256} {
			add("few rows", n, d, 4, normal)
		}
		add("whole numbers", 200, d, 10, func(int, int) float64 { return float64(r.IntN(3)) })
		add("one place", 100, d, 5, func(int, int) float64 { return 2.5 })
		add("a constant column", 100, d, 5, func(i, j int) float64 {
			if j == 0 {
				return 7
			}
			return r.NormFloat64()
		})
		add("tiny", 100, d, 5, func(int, int) float64 { return tiny * r.NormFloat64() })
		add("huge", 100, d, 5, func(int, int) float64 { return huge * r.NormFloat64() })
		add("duplicate centers", 200, d, 12, func(i, j int) float64 {
			if i < 0 {
				return float64((-1-i)%3) + float64(j)/8
			}
			return 4*r.Float64() - 1
		})
		for _, wrong := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64} {
			add(fmt.Sprint("hostile ", wrong), 70, d, 4, func(i, j int) float64 {
				if i >= 0 && (i*7+j)%19 == 0 {
					return wrong
				}
				return r.NormFloat64()
			})
		}
	}
	return cases
}

// checkAssign holds a set to a slow search in float64: the center chosen is as
// near as the nearest to within tolerance × its distance, the lowest of equals;
// the sums are those of the rows chosen to within tolerance × their magnitudes.
func checkAssign[F matrix.Float](t *testing.T, s set[F], tolerance float64) {
	t.Helper()
	tiny, huge := 1e-150, 1e140
	if tolerance > 1e-9 {
		tiny, huge = 1e-18, 1e17
	}
	for _, c := range assignCases[F](tiny, huge) {
		d := len(c.x)
		k := len(c.centers) / d
		labels, least := make([]int32, c.n+1), make([]F, tall+1)
		labels[c.n], least[tall] = -7, -7
		if !s.nearest(c.x, c.lo, c.centers, labels[:c.n], least[:tall]) {
			nearest(c.x, c.lo, c.centers, labels[:c.n], least[:tall])
		}
		if labels[c.n] != -7 || least[tall] != -7 {
			t.Fatalf("%s: wrote behind the last row", c.name)
		}
		missing := false
		sums, counts := make([]float64, k*d), make([]float64, k)
		sizes := make([]float64, k*d)
		for i, label := range labels[:c.n] {
			distances := make([]float64, k)
			for center := range k {
				for j := range d {
					v := float64(c.x[j][c.lo+i]) - float64(c.centers[center*d+j])
					distances[center] += v * v
				}
				if distances[center] > float64(maximum[F]()) {
					distances[center] = math.Inf(1)
				}
			}
			want := slices.Min(distances)
			if want != want {
				missing = true
				if label != -1 {
					t.Errorf("%s: row %d with a NaN has label %d", c.name, i, label)
				}
				continue
			}
			first := slices.Index(distances, want)
			if label < 0 || int(label) >= k {
				t.Fatalf("%s: row %d has label %d", c.name, i, label)
			}
			got := distances[label]
			near := got <= want*(1+tolerance)+float64(smallest[F]())
			duplicate := slices.IndexFunc(distances, func(v float64) bool { return v == got })
			equal := slices.Equal(c.centers[duplicate*d:(duplicate+1)*d], c.centers[int(label)*d:(int(label)+1)*d])
			if got != want && !near || equal && duplicate < int(label) || math.IsInf(want, 1) && int(label) != first {
				t.Errorf("%s: row %d has label %d at %v, nearest is %d at %v", c.name, i, label, got, first, want)
			}
			if l := float64(least[i]); l != got && math.Abs(l-got) > tolerance*got+float64(smallest[F]()) {
				t.Errorf("%s: row %d: squared distance %v, want %v", c.name, i, l, got)
			}
			counts[label]++
			for j := range d {
				sums[int(label)*d+j] += float64(c.x[j][c.lo+i])
				sizes[int(label)*d+j] += math.Abs(float64(c.x[j][c.lo+i]))
			}
		}
		if missing {
			continue
		}
		gotSums, gotCounts := make([]float64, k*d), make([]float64, k)
		lanes := make([]float64, k*(d+1)*s.lanes)
		if k == 7 {
			lanes = nil // as for many centers
		}
		s.addRows(c.x, c.lo, labels[:c.n], lanes, gotSums, gotCounts)
		for i, v := range lanes {
			if center, j := i/s.lanes/(d+1), i/s.lanes%(d+1); j < d {
				gotSums[center*d+j] += v
			} else {
				gotCounts[center] += v
			}
		}
		if !slices.Equal(gotCounts, counts) {
			t.Errorf("%s: counts %v, want %v", c.name, gotCounts, counts)
		}
		for i, want := range sums {
			if got := gotSums[i]; math.Abs(got-want) > tolerance*sizes[i] && sizes[i] < float64(maximum[F]()) {
				t.Errorf("%s: sum %d of %v is %v, want %v", c.name, i, counts[i/d], got, want)
			}
		}
	}
}

func checkCloser[F matrix.Float](t *testing.T, s set[F], tolerance float64) {
	t.Helper()
	tiny, huge := 1e-150, 1e140
	if tolerance > 1e-9 {
		tiny, huge = 1e-18, 1e17
	}
	for _, c := range assignCases[F](tiny, huge) {
		d := len(c.x)
		if slices.ContainsFunc(c.x, func(col []F) bool {
			return slices.ContainsFunc(col, func(v F) bool { return v-v != 0 || math.Abs(float64(v)) > 1e150 })
		}) {
			continue // Closer is for finite rows
		}
		from, to, slow := make([]F, c.n), make([]F, c.n+1), make([]F, c.n)
		for i := range from {
			from[i] = F(math.Inf(1))
		}
		to[c.n] = -7
		for center := 0; center < len(c.centers); center += d {
			at := c.centers[center : center+d]
			rows, sum := s.closer(c.x, c.lo, at, from, to[:c.n])
			_, rest := closer(c.x, c.lo+rows, at, from[rows:], to[rows:c.n])
			_, want := closer(c.x, c.lo, at, from, slow)
			if got := float64(sum) + float64(rest); math.Abs(got-float64(want)) > tolerance*float64(want)+float64(smallest[F]()) || to[c.n] != -7 {
				t.Errorf("%s: potential %v, want %v", c.name, got, want)
			}
			for i, v := range to[:c.n] {
				if math.Abs(float64(v-slow[i])) > tolerance*float64(slow[i])+float64(smallest[F]()) {
					t.Errorf("%s: row %d: %v, want %v", c.name, i, v, slow[i])
				}
			}
			copy(from, to)
		}
	}
}

func TestRelabelPortable(t *testing.T) {
	checkRelabel(t, portable[float64]())
	checkRelabel(t, portable[float32]())
}

// checkRelabel moves centers about, more and more gently, and holds the labels to
// those of a full search, bit for bit.
func checkRelabel[F matrix.Float](t *testing.T, s set[F]) {
	t.Helper()
	r := rand.New(rand.NewPCG(9, 9))
	full := func(x [][]F, lo int, centers []F, labels []int32) {
		least := make([]F, tall)
		if !s.nearest(x, lo, centers, labels, least) {
			nearest(x, lo, centers, labels, least)
		}
	}
	looked, rows := 0.0, 0.0
	for _, c := range assignCases[F](1e-10, 1e10) {
		d := len(c.x)
		if slices.ContainsFunc(c.x, func(col []F) bool {
			return slices.ContainsFunc(col, func(v F) bool { return v-v != 0 || math.Abs(float64(v)) > 1e15 })
		}) {
			continue
		}
		labels, want, hold := make([]int32, c.n), make([]int32, c.n), make([]F, c.n)
		for i := range hold {
			hold[i] = -1
		}
		centers := slices.Clone(c.centers)
		size := 0.0
		for _, v := range centers {
			size = max(size, math.Abs(float64(v)))
		}
		moved, slack := 0.0, slackOf[F](d)
		rows += 12 * float64(c.n)
		for step := range 12 {
			before, held := slices.Clone(labels), slices.Clone(hold)
			limit := F(moved * (1 + float64(slack)))
			changed, done := s.relabel(c.x, c.lo, centers, limit, slack, labels, hold)
			if !done {
				changed, _ = relabel(c.x, c.lo, centers, limit, slack, labels, hold)
			}
			full(c.x, c.lo, centers, want)
			if !slices.Equal(labels, want) || changed != !slices.Equal(before, want) {
				t.Fatalf("%s: step %d: labels %v (changed: %v), want %v", c.name, step, labels, changed, want)
			}
			for i, h := range hold {
				if h != held[i] {
					looked++
				}
			}
			far := [2]float64{}
			for at := 0; at < len(centers); at += d {
				way := 0.0
				if r.IntN(3) > 0 { // some stay
					for j := range d {
						old := centers[at+j]
						centers[at+j] += F(r.NormFloat64() * size * math.Pow(0.3, float64(step+1)))
						way += math.Pow(float64(centers[at+j]-old), 2)
					}
				}
				if way = math.Sqrt(way); way > far[0] {
					far[0], far[1] = way, far[0]
				} else if way > far[1] {
					far[1] = way
				}
			}
			moved += far[0] + far[1]
		}
	}
	if looked > 0.7*rows {
		t.Errorf("looked at %v of %v rows", looked, rows)
	}
}

func maximum[F matrix.Float]() F {
	var v any = F(0)
	if _, small := v.(float32); small {
		return F(math.MaxFloat32)
	}
	most := math.MaxFloat64
	return F(most)
}

// smallest is an error no number of F that is not denormal has.
func smallest[F matrix.Float]() F {
	var v any = F(0)
	if _, small := v.(float32); small {
		return 1e-37
	}
	return F(math.Ldexp(1, -1000))
}

func TestAssignAddsWeightedRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n, k = 700, 5
	for _, d := range []int{1, 3, 4} {
		x, repeated := make([][]float64, d), make([][]float64, d)
		weights := make([]float64, n)
		for i := range n {
			weights[i] = float64(r.IntN(4))
			for j := range d {
				v := r.NormFloat64()
				x[j] = append(x[j], v)
				for range int(weights[i]) {
					repeated[j] = append(repeated[j], v)
				}
			}
		}
		centers := make([]float64, k*d)
		for i := range centers {
			centers[i] = r.NormFloat64()
		}
		weighted, plain := NewSums[float64](k, d), NewSums[float64](k, d)
		labels := make([]int32, 4*n)
		Assign(matrix.FromColumns(x...), 0, n, centers, weights, labels, weighted)
		many := matrix.FromColumns(repeated...)
		rows, _ := many.Dims()
		Assign(many, 0, rows, centers, nil, labels, plain)
		if !slices.Equal(weighted.Weight, plain.Weight) || math.Abs(weighted.Inertia-plain.Inertia) > 1e-12*plain.Inertia {
			t.Errorf("weighted: weights %v, inertia %v; rows repeated: %v, %v", weighted.Weight, weighted.Inertia, plain.Weight, plain.Inertia)
		}
		for i, v := range weighted.Sum {
			if math.Abs(v-plain.Sum[i]) > 1e-10 {
				t.Errorf("sum %d is %v, of rows repeated %v", i, v, plain.Sum[i])
			}
		}
	}
}

func BenchmarkAssignPortable(b *testing.B) {
	doubles, singles := portable[float64](), portable[float32]()
	b.Run("64", func(b *testing.B) { benchmarkAssign(b, &doubles) })
	b.Run("32", func(b *testing.B) { benchmarkAssign(b, &singles) })
}

// benchmarkAssign measures one processor on 90,000 rows.
func benchmarkAssign[F matrix.Float](b *testing.B, s *set[F]) {
	for _, shape := range [][2]int{{2, 4}, {3, 4}, {3, 10}, {12, 4}, {12, 10}, {12, 64}} {
		d, k := shape[0], shape[1]
		const n = 90_000
		r := rand.New(rand.NewPCG(1, 1))
		x := make([][]F, d)
		for j := range x {
			x[j] = make([]F, n)
			for i := range x[j] {
				x[j][i] = F(r.NormFloat64())
			}
		}
		centers := make([]F, k*d)
		for i := range centers {
			centers[i] = F(r.NormFloat64())
		}
		labels, least := make([]int32, n), make([]F, tall)
		sums, counts, room := make([]float64, k*d), make([]float64, k), make([]float64, k*(d+1)*s.lanes)
		each := func(name string, step func(at int, rows []int32)) {
			b.Run(fmt.Sprintf("d=%d/k=%d/%s", d, k, name), func(b *testing.B) {
				for b.Loop() {
					for at := 0; at < n; at += tall {
						step(at, labels[at:min(at+tall, n)])
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
			})
		}
		each("label", func(at int, rows []int32) { s.nearest(x, at, centers, rows, least) })
		each("add", func(at int, rows []int32) { s.addRows(x, at, rows, room, sums, counts) })
		each("scatter", func(at int, rows []int32) { s.addRows(x, at, rows, nil, sums, counts) })
	}
}
