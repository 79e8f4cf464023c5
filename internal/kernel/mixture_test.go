package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"segue/internal/racetest"
	"segue/matrix"
)

// versions are the mixtures of every level this build and processor run.
func versions[F matrix.Float]() map[string]*mixtureSet[F] {
	all := map[string]*mixtureSet[F]{}
	for l := portableLevel; l <= best(); l++ {
		s64, s32 := sets(l)
		var s any = &s64.mixture
		if _, small := any(F(0)).(float32); small {
			s = &s32.mixture
		}
		all[levelNames[l]] = s.(*mixtureSet[F])
	}
	return all
}

// mixtureOf returns a mixture of the form, around rows of x and of the spread of
// about one column.
func mixtureOf[F matrix.Float](form Form, x matrix.Table[F], k int, spread float64, r *rand.Rand) *Mixture[F] {
	n, d := x.Dims()
	g := &Mixture[F]{Form: form, K: k, D: d, Scale: make([]F, k)}
	for c := range k {
		g.Mean = append(g.Mean, x.Row(nil, r.IntN(n))...)
		g.Scale[c] = F(r.NormFloat64())
		for j := range d {
			for l := range j + 1 {
				switch {
				case form == Tied && c > 0 || form == Axes && l < j:
				case l < j:
					g.Whiten = append(g.Whiten, F(r.NormFloat64()/spread/float64(d)))
				default:
					g.Whiten = append(g.Whiten, F((0.5+r.Float64())/spread))
				}
			}
		}
	}
	return g
}

func randomTable[F matrix.Float](n, d int, unit float64, r *rand.Rand) matrix.Table[F] {
	cols := make([][]F, d)
	for j := range cols {
		cols[j] = make([]F, n)
		for i := range cols[j] {
			cols[j][i] = F(unit * (r.NormFloat64() + float64(3*(i%3))))
		}
	}
	return matrix.FromColumns(cols...)
}

// slowMoments is Expect by its definition, in float64.
func slowMoments[F matrix.Float](g *Mixture[F], x matrix.Table[F], lo, hi int) (weight, first, scatter []float64, logLikelihood float64) {
	packed := g.D * (g.D + 1) / 2
	weight, first, scatter = make([]float64, g.K), make([]float64, g.K*g.D), make([]float64, g.K*packed)
	logs := make([]float64, g.K)
	for i := lo; i < hi; i++ {
		top := math.Inf(-1)
		for c := range logs {
			q := 0.0
			for j := range g.D {
				y := 0.0
				for l := range j + 1 {
					v := float64(x.At(i, l)) - float64(g.Mean[c*g.D+l])
					switch g.Form {
					case Full:
						y += float64(g.Whiten[c*packed+j*(j+1)/2+l]) * v
					case Tied:
						y += float64(g.Whiten[j*(j+1)/2+l]) * v
					case Axes:
						if l == j {
							y = float64(g.Whiten[c*g.D+j]) * v
						}
					}
				}
				q += y * y
			}
			logs[c] = float64(g.Scale[c]) - min(q, float64(remotest[F]()))/2
			top = max(top, logs[c])
		}
		total := 0.0
		for _, v := range logs {
			total += math.Exp(v - top)
		}
		logLikelihood += top + math.Log(total)
		for c, v := range logs {
			r := math.Exp(v-top) / total
			weight[c] += r
			for j := range g.D {
				a := float64(x.At(i, j)) - float64(g.Mean[c*g.D+j])
				first[c*g.D+j] += r * a
				for l := range j + 1 {
					scatter[c*packed+j*(j+1)/2+l] += r * a * (float64(x.At(i, l)) - float64(g.Mean[c*g.D+l]))
				}
			}
		}
	}
	return weight, first, scatter, logLikelihood
}

// apart returns how far got is from want, in units of the sum of what is added up
// in it, which is at most size.
func apart(got, want, size float64) float64 {
	if got == want || math.IsNaN(got) && math.IsNaN(want) {
		return 0
	}
	return math.Abs(got-want) / size
}

var forms = map[string]Form{"full": Full, "tied": Tied, "axes": Axes}

func TestExpect(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testExpect[float64](t, 1e-12) })
	t.Run("float32", func(t *testing.T) { testExpect[float32](t, 1e-4) })
}

func testExpect[F matrix.Float](t *testing.T, allowed float64) {
	r := rand.New(rand.NewPCG(3, 4))
	worst := 0.0
	for formName, form := range forms {
		for _, d := range []int{1, 2, 3, 4, 5, 12, 16} {
			for _, k := range []int{1, 2, 4, 7, 10, 20} {
				for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 127, 128, 129, 256, 700} {
					if n > 129 && (k > 4 || testing.Short()) || racetest.On && (d == 2 || d == 5 || k == 2 || k == 7) {
						continue
					}
					x := randomTable[F](n+3, d, 1, r)
					g := mixtureOf(form, x, k, 1, r)
					if k > 1 {
						g.Scale[1] = F(math.Inf(-1)) // weight 0
					}
					weight, first, scatter, logLikelihood := slowMoments(g, x, 3, n+3)
					for name, s := range versions[F]() {
						m := g.NewMoments()
						m.room.versions = s
						for range 2 { // the second time on what the first left in the room
							m.Reset()
							g.Expect(x, 3, n+3, m)
						}
						what := fmt.Sprintf("%s, %s, d = %d, k = %d, n = %d", name, formName, d, k, n)
						size := float64(n + 1)
						check := func(part string, got, want, unit float64) {
							e := apart(got, want, size*unit)
							worst = max(worst, e)
							if !(e <= allowed) {
								t.Fatalf("%s: %s = %v, want %v", what, part, got, want)
							}
						}
						check("log-likelihood", m.LogLikelihood, logLikelihood, 100*float64(d))
						got := make([]float64, d*(d+1)/2)
						pooled := make([]float64, len(got))
						for c := range k {
							check("weight", m.Weight[c], weight[c], 1)
							for j := range d {
								check("first", m.First[c*d+j], first[c*d+j], 5)
							}
							want := scatter[c*len(got) : (c+1)*len(got)]
							for q, v := range want {
								pooled[q] += v
							}
							if g.Form == Tied {
								continue
							}
							g.Scatter(m, c, got)
							for q := range got {
								if g.Form == Full || got[q] != 0 {
									check("scatter", got[q], want[q], 25)
								}
							}
						}
						if g.Form == Tied {
							g.Scatter(m, 0, got)
							for q := range got {
								check("scatter", got[q], pooled[q], 25)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("at most %.2g apart", worst)
}

// Rows so far away that no density is above 0 even as its logarithm's exponential,
// denormal numbers, equal rows: everything stays finite, and versions agree.
func TestExpectOnHostileRows(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testHostile[float64](t, 1e140, 1e-310, 1e-9) })
	t.Run("float32", func(t *testing.T) { testHostile[float32](t, 1e17, 1e-40, 1e-2) })
}

func testHostile[F matrix.Float](t *testing.T, huge, denormal float64, allowed float64) {
	r := rand.New(rand.NewPCG(5, 6))
	for formName, form := range forms {
		for _, d := range []int{1, 2, 3, 5, 12} {
			x := randomTable[F](200, d, 1, r)
			g := mixtureOf(form, x, 4, 1e-3, r)
			g.Scale[2] = F(math.Inf(-1))
			for i := range 200 {
				for j := range d {
					switch i % 5 {
					case 0:
						x.Col(j)[i] = F(huge * float64(i%3-1))
					case 1:
						x.Col(j)[i] = F(denormal * float64(i%7))
					case 2:
						x.Col(j)[i] = 1
					case 3:
						x.Col(j)[i] *= 1e4
					}
				}
			}
			n := 200
			weight, _, _, logLikelihood := slowMoments(g, x, 0, n)
			for name, s := range versions[F]() {
				m := g.NewMoments()
				m.room.versions = s
				g.Expect(x, 0, n, m)
				for part, list := range map[string][]float64{"weight": m.Weight, "first": m.First, "second": m.Second, "cross": m.Cross, "log-likelihood": {m.LogLikelihood}} {
					for _, v := range list {
						if v-v != 0 {
							t.Errorf("%s, %s, d = %d: %s = %v", name, formName, d, part, list)
							break
						}
					}
				}
				if e := apart(m.LogLikelihood, logLikelihood, math.Abs(logLikelihood)); e > allowed {
					t.Errorf("%s, %s, d = %d: log-likelihood %v, want %v", name, formName, d, m.LogLikelihood, logLikelihood)
				}
				total := 0.0
				for c, v := range m.Weight {
					total += v
					if math.Abs(v-weight[c]) > 45 { // rows beyond every reach may go elsewhere
						t.Errorf("%s, %s, d = %d: weights %v, want %v", name, formName, d, m.Weight, weight)
					}
				}
				if math.Abs(total-float64(n)) > 1e-3 {
					t.Errorf("%s, %s, d = %d: weights add up to %v", name, formName, d, total)
				}
			}
		}
	}
}

func TestResponsibilitiesOfBadRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for formName, form := range forms {
		for _, d := range []int{1, 2, 3, 5} {
			x := randomTable[float64](70, d, 1, r)
			g := mixtureOf(form, x, 3, 1, r)
			bad := map[int]float64{0: math.NaN(), 17: math.NaN(), 66: math.NaN()}
			for i, v := range bad {
				x.Col(d - 1)[i] = v
			}
			to, labels := make([]float64, 70*3), make([]int32, 70)
			g.Responsibilities(x, 0, 70, to, labels)
			for i, label := range labels {
				_, isBad := bad[i]
				sum := to[3*i] + to[3*i+1] + to[3*i+2]
				if isBad != (label < 0) || isBad != math.IsNaN(sum) || !isBad && (math.Abs(sum-1) > 1e-12 || to[3*i+int(label)] < max(to[3*i], to[3*i+1], to[3*i+2])) {
					t.Errorf("%s, d = %d, row %d: label %d, responsibilities %v", formName, d, i, label, to[3*i:3*i+3])
				}
			}
		}
	}
}

// Two rows, one of each component, and one of neither: weights 1 and 1, sums of
// deviations the deviations themselves. With means 0 and 10, rows 1, 12: first 1
// and 2, second 1 and 4.
func TestHardByHand(t *testing.T) {
	x := matrix.FromColumns([]float64{1, 12, 99})
	for _, form := range []Form{Full, Axes} {
		g := &Mixture[float64]{Form: form, K: 2, D: 1, Mean: []float64{0, 10}, Whiten: []float64{1, 1}, Scale: []float64{0, 0}}
		m := g.NewMoments()
		g.Hard(x, 0, 3, []int32{0, 1, -1}, m)
		if fmt.Sprint(m.Weight, m.First, m.Second) != "[1 1] [1 2] [1 4]" {
			t.Errorf("got %v, %v, %v", m.Weight, m.First, m.Second)
		}
	}
}

func BenchmarkExpect(b *testing.B) {
	b.Run("float64", benchmarkExpect[float64])
	b.Run("float32", benchmarkExpect[float32])
}

func benchmarkExpect[F matrix.Float](b *testing.B) {
	const n = 8 * ChunkRows
	for _, d := range []int{2, 3, 12} {
		for _, name := range []string{"full", "tied", "axes"} {
			r := rand.New(rand.NewPCG(9, 10))
			x := randomTable[F](n, d, 1, r)
			g := mixtureOf(forms[name], x, 4, 1, r)
			all := versions[F]()
			for l := portableLevel; l <= best(); l++ {
				m := g.NewMoments()
				m.room.versions = all[levelNames[l]]
				b.Run(fmt.Sprintf("%s-d%d-%s", name, d, levelNames[l]), func(b *testing.B) {
					for b.Loop() {
						for lo := 0; lo < n; lo += ChunkRows {
							g.Expect(x, lo, lo+ChunkRows, m)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
				})
			}
		}
	}
}
