package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"segue/matrix"
)

// A fuzzyCase is a table with centers to measure it from.
type fuzzyCase struct {
	name    string
	x       matrix.Columns // all values are float32 too, unless the name says huge or denormal
	centers []float64
	k       int
}

func fuzzyCases(n, d, k int) []fuzzyCase {
	random := rand.New(rand.NewPCG(uint64(n), uint64(100*d+k)))
	table := func(value func(i, j int) float64) matrix.Columns {
		x := matrix.New(n, d)
		for j := range d {
			for i := range n {
				x.Col(j)[i] = value(i, j)
			}
		}
		return x
	}
	centers := func(value func(c, j int) float64) []float64 {
		flat := make([]float64, 0, k*d)
		for c := range k {
			for j := range d {
				flat = append(flat, value(c, j))
			}
		}
		return flat
	}
	normal := func(int, int) float64 { return float64(float32(random.NormFloat64())) }
	scaled := func(s float64) func(int, int) float64 {
		return func(int, int) float64 { return s * random.NormFloat64() }
	}
	onCenters := fuzzyCase{"rows on centers", table(normal), centers(normal), k}
	for i := range n {
		if i%37 == 5 {
			for j := range d {
				onCenters.x.Col(j)[i] = onCenters.centers[i%k*d+j]
			}
		}
	}
	twins := fuzzyCase{"centers that coincide", onCenters.x, append([]float64(nil), onCenters.centers...), k}
	copy(twins.centers[(k-1)*d:], twins.centers[:d])
	return []fuzzyCase{
		{"random", table(normal), centers(normal), k},
		{"few distinct rows", table(func(i, _ int) float64 { return float64(i % 3) }), centers(normal), k},
		{"constant columns", table(func(int, int) float64 { return 2.5 }), centers(normal), k},
		{"everything on all centers", table(func(int, int) float64 { return 2.5 }), centers(func(int, int) float64 { return 2.5 }), k},
		{"huge", table(scaled(1e139)), centers(scaled(1e139)), k},
		{"huge and near", table(scaled(1e139)), centers(scaled(1e-100)), k},
		{"denormal", table(scaled(1e-160)), centers(scaled(1e-160)), k},
		onCenters, twins,
	}
}

// slowPull is the definition, with nothing shared and nothing saved, in float64.
func slowPull(x matrix.Columns, lo, hi int, centers []float64, m float64, k int) *Pulls[float64] {
	_, d := x.Dims()
	p := NewPulls[float64](k, d)
	u := make([]float64, k)
	for i := lo; i < hi; i++ {
		slowMemberships(x, i, centers, m, u)
		for c := range k {
			w := math.Pow(u[c], m)
			p.Weight[c] += w
			for j := range d {
				off := x.At(i, j) - centers[c*d+j]
				p.Shift[c*d+j] += w * off
				p.Objective += w * off * off
			}
		}
	}
	return p
}

func slowMemberships(x matrix.Columns, i int, centers []float64, m float64, u []float64) {
	_, d := x.Dims()
	distance := make([]float64, len(u))
	least := math.Inf(1)
	for c := range u {
		for j := range d {
			off := x.At(i, j) - centers[c*d+j]
			distance[c] += off * off
		}
		least = min(least, distance[c])
	}
	sum := 0.0
	for c := range u {
		u[c] = 1
		if distance[c] != least {
			u[c] = math.Pow(least/distance[c], 1/(m-1))
		}
		sum += u[c]
	}
	for c := range u {
		u[c] /= sum
	}
}

// fuzzyBound is what Pull promises, by type.
func fuzzyBound[F matrix.Float](m float64) float64 {
	amplified := max(1, 1/(m-1))
	if _, single := any(F(0)).(float32); !single {
		return 1e-12 * amplified
	}
	if m == 2 || tooNarrow[F](1, m) {
		return 4e-6
	}
	return 1e-5 * amplified
}

func checkPulls[F matrix.Float](t *testing.T, where string, got *Pulls[F], want *Pulls[float64], x matrix.Columns, centers []float64, bound float64) {
	t.Helper()
	n, d := x.Dims()
	near := func(what string, got, want, magnitude float64) {
		if !(math.Abs(got-want) <= bound*magnitude+1e-300) {
			t.Errorf("%s: %s: %v, want %v, off by %.2g of %.3g", where, what, got, want, math.Abs(got-want)/magnitude, magnitude)
		}
	}
	near("objective", got.Objective, want.Objective, want.Objective)
	for c, weight := range want.Weight {
		near(fmt.Sprint("weight ", c), got.Weight[c], weight, weight)
		for j := range d {
			reach := 0.0
			for i := range n {
				reach = max(reach, math.Abs(x.At(i, j)-centers[c*d+j]))
			}
			near(fmt.Sprint("shift ", c, j), got.Shift[c*d+j], want.Shift[c*d+j], weight*reach)
		}
	}
}

var (
	fuzzySizes = []int{0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 255, 256, 257, 600}
	fuzzifiers = []float64{2, 1.0001, 1.05, 1.3, 3, 50}
)

// fuzzifiersOf is all of them where the shape is a usual one, else the fast path
// and one more.
func fuzzifiersOf(at int) []float64 {
	if at%6 == 1 {
		return fuzzifiers
	}
	return []float64{2, fuzzifiers[1+at%5]}
}

func fuzzyShapes(t *testing.T) (shapes [][2]int) {
	for _, d := range []int{1, 2, 3, 5, 12, 16} {
		for _, k := range []int{1, 2, 4, 7, 10, 20} {
			if !testing.Short() || d <= 3 && k <= 4 {
				shapes = append(shapes, [2]int{d, k})
			}
		}
	}
	return shapes
}

// A fuzzyLevel is one version of the kernels.
type fuzzyLevel struct {
	name    string
	doubles set[float64]
	singles set[float32]
}

func fuzzyLevels() (levels []fuzzyLevel) {
	for l := portableLevel; l <= best(); l++ {
		doubles, singles := sets(l)
		levels = append(levels, fuzzyLevel{levelNames[l], doubles, singles})
	}
	return levels
}

// Row 1 between centers 0 and 3 at m = 2: squared distances 1 and 4, memberships
// 0.8 and 0.2, weights 0.64 and 0.04, deviations 1 and −2, objective 0.64 + 0.16.
func TestPullByHand(t *testing.T) {
	for _, l := range fuzzyLevels() {
		for _, n := range []int{1, 300} {
			col := make([]float64, n)
			for i := range col {
				col[i] = 1
			}
			p := NewPulls[float64](2, 1)
			pullBy(&l.doubles, &l.doubles, matrix.FromColumns(col), 0, n, []float64{0, 3}, 2, p)
			for i, want := range []float64{0.64, 0.04, 0.64, -0.08, 0.8} {
				if got := []float64{p.Weight[0], p.Weight[1], p.Shift[0], p.Shift[1], p.Objective}[i]; math.Abs(got/float64(n)-want) > 1e-14 {
					t.Errorf("%s, %d rows: %d is %v, want %v", l.name, n, i, got/float64(n), want)
				}
			}
		}
	}
}

// inRangeOf32 reports whether the case is one of float32 too.
func (c *fuzzyCase) inRangeOf32() bool { return c.name[0] != 'h' && c.name != "denormal" }

// Every version, on whole tables and on rows that begin anywhere, gives what the
// definition does.
func TestPullAtEveryLevel(t *testing.T) {
	for at, shape := range fuzzyShapes(t) {
		d, k := shape[0], shape[1]
		n := fuzzySizes[at%len(fuzzySizes)]
		cases := fuzzyCases(n, d, k)
		if at%3 == 1 {
			cases = append(cases, fuzzyCases(530, d, k)...)
		}
		for _, c := range cases {
			rows, _ := c.x.Dims()
			lo := min(3, rows)
			for _, m := range fuzzifiersOf(at) {
				want := slowPull(c.x, lo, rows, c.centers, m, k)
				for _, l := range fuzzyLevels() {
					where := fmt.Sprintf("%s, %s, %dx%d, k = %d, m = %g", l.name, c.name, rows, d, k, m)
					got := NewPulls[float64](k, d)
					pullBy(&l.doubles, &l.doubles, c.x, lo, rows, c.centers, m, got)
					checkPulls(t, where, got, want, c.x, c.centers, fuzzyBound[float64](m))
					if c.inRangeOf32() {
						single := NewPulls[float32](k, d)
						pullBy(&l.singles, &l.doubles, matrix.To32(c.x), lo, rows, c.centers, m, single)
						checkPulls(t, where+", float32", single, want, c.x, c.centers, fuzzyBound[float32](m))
					}
				}
			}
		}
	}
}

func TestMembershipsAtEveryLevel(t *testing.T) {
	const lo = 3
	for at, shape := range fuzzyShapes(t) {
		d, k := shape[0], shape[1]
		for _, c := range fuzzyCases(270+fuzzySizes[at%len(fuzzySizes)]/4, d, k) {
			rows, _ := c.x.Dims()
			to := make([]float64, (rows-lo)*k)
			for _, m := range fuzzifiersOf(at) {
				want := make([]float64, (rows-lo)*k)
				for i := range rows - lo {
					slowMemberships(c.x, lo+i, c.centers, m, want[i*k:(i+1)*k])
				}
				for _, l := range fuzzyLevels() {
					where := fmt.Sprintf("%s, %s, %dx%d, k = %d, m = %g", l.name, c.name, rows, d, k, m)
					squares, entropy := membershipsBy(&l.doubles, &l.doubles, c.x, lo, rows, c.centers, m, make([][block]float64, k+1), nil, to)
					checkMemberships(t, where, k, to, want, squares, entropy, fuzzyBound[float64](m))
					if !c.inRangeOf32() {
						continue
					}
					x := matrix.To32(c.x)
					squares, entropy = membershipsBy(&l.singles, &l.doubles, x, lo, rows, c.centers, m, make([][block]float32, k+1), nil, to)
					checkMemberships(t, where+", float32", k, to, want, squares, entropy, fuzzyBound[float32](m))
					if again, _ := membershipsBy(&l.singles, &l.doubles, x, lo, rows, c.centers, m, make([][block]float32, k+1), nil, nil); again != squares {
						t.Errorf("%s: Σu² %v, without writing %v", where, squares, again)
					}
				}
			}
		}
	}
}

func checkMemberships(t *testing.T, where string, k int, got, want []float64, squares, entropy, bound float64) {
	t.Helper()
	var sum, s, e float64
	for i, u := range want {
		if !(math.Abs(got[i]-u) <= bound*(u+1e-15)) {
			t.Fatalf("%s: row %d: %v, want %v", where, i/k, got[i/k*k:i/k*k+k], want[i/k*k:i/k*k+k])
		}
		sum += got[i]
		if i%k == k-1 {
			if !(math.Abs(sum-1) <= bound) {
				t.Errorf("%s: row %d adds up to %v", where, i/k, sum)
			}
			sum = 0
		}
		s += u * u
		if u > 0 {
			e -= u * math.Log(u)
		}
	}
	rows := float64(len(want) / k)
	if !(math.Abs(squares-s) <= bound*rows) || !(math.Abs(entropy-e) <= bound*rows*4) {
		t.Errorf("%s: Σu² %v, −Σu·ln u %v; want %v, %v", where, squares, entropy, s, e)
	}
}

// A row that is not finite is one's own affair: NaN makes its memberships NaN, an
// infinity makes it as far from all centers, and the rows beside it are as ever.
func TestMembershipsOfRowsThatAreNotFinite(t *testing.T) {
	for _, l := range fuzzyLevels() {
		doubles, singles := l.doubles, l.singles
		for _, m := range fuzzifiers {
			c := fuzzyCases(600, 3, 4)[0]
			clean, got, single := make([]float64, 2400), make([]float64, 2400), make([]float64, 2400)
			membershipsBy(&doubles, &doubles, c.x, 0, 600, c.centers, m, make([][block]float64, 5), nil, clean)
			c.x.Col(1)[300], c.x.Col(2)[301] = math.NaN(), math.Inf(-1)
			squares, _ := membershipsBy(&doubles, &doubles, c.x, 0, 600, c.centers, m, make([][block]float64, 5), nil, got)
			membershipsBy(&singles, &doubles, matrix.To32(c.x), 0, 600, c.centers, m, make([][block]float32, 5), nil, single)
			if !math.IsNaN(squares) {
				t.Errorf("%s: Σu² = %v", l.name, squares)
			}
			for i, u := range got {
				want := clean[i]
				switch i / 4 {
				case 300:
					if !math.IsNaN(u) || !math.IsNaN(single[i]) {
						t.Errorf("%s: row of NaN: %v, %v", l.name, u, single[i])
					}
					continue
				case 301:
					want = 0.25
				}
				if math.Abs(u-want) > fuzzyBound[float64](m) || math.Abs(single[i]-want) > fuzzyBound[float32](m) {
					t.Fatalf("%s, m = %g, row %d: %v, %v; want %v", l.name, m, i/4, u, single[i], want)
				}
			}
		}
	}
}

func BenchmarkPull(b *testing.B) {
	for _, s := range []struct {
		d, k int
		m    float64
	}{{3, 4, 2}, {2, 4, 2}, {12, 4, 2}, {12, 10, 2}, {3, 4, 1.5}} {
		c := fuzzyCases(ChunkRows, s.d, s.k)[0]
		for l := portableLevel; l <= best(); l++ {
			doubles, singles := sets(l)
			name := fmt.Sprintf("d=%d,k=%d,m=%g/%s/", s.d, s.k, s.m, levelNames[l])
			b.Run(name+"float64", func(b *testing.B) { benchmarkPull(b, &doubles, &doubles, c.x, c, s.m) })
			b.Run(name+"float32", func(b *testing.B) { benchmarkPull(b, &singles, &doubles, matrix.To32(c.x), c, s.m) })
		}
	}
}

func benchmarkPull[F matrix.Float](b *testing.B, s *set[F], doubles *set[float64], x matrix.Table[F], c fuzzyCase, m float64) {
	n, d := x.Dims()
	p := NewPulls[F](c.k, d)
	for b.Loop() {
		pullBy(s, doubles, x, 0, n, c.centers, m, p)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
}

func BenchmarkMemberships(b *testing.B) {
	c := fuzzyCases(ChunkRows, 3, 4)[0]
	to := make([]float64, ChunkRows*4)
	for l := portableLevel; l <= best(); l++ {
		doubles, _ := sets(l)
		b.Run(levelNames[l], func(b *testing.B) {
			for b.Loop() {
				membershipsBy(&doubles, &doubles, c.x, 0, ChunkRows, c.centers, 2, make([][block]float64, 5), nil, to)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*ChunkRows), "ns/row")
		})
	}
}
