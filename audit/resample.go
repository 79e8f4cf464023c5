package audit

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"segue"
	"segue/internal/parallel"
	"segue/internal/quantile"
	"segue/mood"
)

// resampled holds every statistic of every model of a slice, on its tracks and on draws
// of its artists.
type resampled struct {
	value [][]float64   // by model and statistic
	drawn [][][]float64 // by model, statistic and draw; nil where there are too few artists
	level float64
}

// drawnTogether is how many draws one generator makes: it fixes them, whatever the
// number of processors.
const drawnTogether = 32

// mostUndefined is which share of draws may leave a statistic undefined for it to have
// an interval. (d)
const mostUndefined = 0.05

// resample computes the slice's statistics, and draws its artists; told is told how many
// draws were made.
func (s *slice) resample(ctx context.Context, o Options, told func(int64)) (*resampled, error) {
	r := &resampled{value: make([][]float64, len(s.subjects)), level: o.Level}
	once := make([]int, len(s.rows))
	for k := range once {
		once[k] = 1
	}
	var at room
	for m := range s.subjects {
		r.value[m] = make([]float64, numStats)
		s.statistics(r.value[m], m, once, &at)
	}
	if s.groups < LeastArtists {
		told(int64(o.Replicates))
		return r, ctx.Err()
	}
	r.drawn = make([][][]float64, len(s.subjects))
	for m := range r.drawn {
		r.drawn[m] = make([][]float64, numStats)
		flat := make([]float64, numStats*o.Replicates)
		for st := range r.drawn[m] {
			r.drawn[m][st], flat = flat[:o.Replicates:o.Replicates], flat[o.Replicates:]
		}
	}
	var mu sync.Mutex // of told
	err := parallel.Chunks(ctx, o.Replicates, drawnTogether, func(chunk, lo, hi int) {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(chunk)*0x9e3779b97f4a7c15+1))
		times, weight := make([]int, s.groups), make([]int, len(s.rows))
		out := make([]float64, numStats)
		var at room
		for b := lo; b < hi && ctx.Err() == nil; b++ {
			clear(times)
			for range s.groups {
				times[rng.IntN(s.groups)]++
			}
			for k, g := range s.group {
				weight[k] = times[g]
			}
			for m := range s.subjects {
				s.statistics(out, m, weight, &at)
				for st, v := range out {
					r.drawn[m][st][b] = v
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		told(int64(hi - lo))
	})
	return r, err
}

// estimate returns a statistic of a model with its interval.
func (r *resampled) estimate(m, stat int) Estimate {
	if r.drawn == nil {
		return between(r.value[m][stat], nil, r.level)
	}
	return between(r.value[m][stat], slices.Clone(r.drawn[m][stat]), r.level)
}

// difference returns how far a statistic of model m is above that of model of.
func (r *resampled) difference(m, of, stat int) Estimate {
	if r.drawn == nil {
		return between(r.value[m][stat]-r.value[of][stat], nil, r.level)
	}
	d := slices.Clone(r.drawn[m][stat])
	for b, v := range r.drawn[of][stat] {
		d[b] -= v
	}
	return between(r.value[m][stat]-r.value[of][stat], d, r.level)
}

// between is a value with its percentile interval over draws, which it sorts, moved by
// their bias: the mean of the draws less the value (Efron & Tibshirani 1993, An
// introduction to the bootstrap, ch. 10). A calibration error, a sum of absolute values,
// is larger in nearly all draws than in what was drawn from. Where no draw is below 0,
// or above 1, neither is the interval.
func between(value float64, drawn []float64, level float64) Estimate {
	e := Estimate{segue.Missing(), segue.Missing(), segue.Missing()}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return e
	}
	e.Value = segue.Number(value)
	all := len(drawn)
	drawn = slices.DeleteFunc(drawn, func(v float64) bool { return v != v })
	if len(drawn) == 0 || float64(all-len(drawn)) > mostUndefined*float64(all) {
		return e
	}
	slices.Sort(drawn)
	bias := 0.
	for _, v := range drawn {
		bias += (v - value) / float64(len(drawn))
	}
	lo, hi := quantile.Of(drawn, (1-level)/2)-bias, quantile.Of(drawn, (1+level)/2)-bias
	if drawn[0] == drawn[len(drawn)-1] {
		lo, hi = value, value // nothing varies, whatever rounding says
	}
	if drawn[0] >= 0 {
		lo = max(lo, 0)
	}
	if drawn[len(drawn)-1] <= 1 {
		hi = min(hi, 1)
	}
	e.Lo, e.Hi = segue.Number(min(value, lo)), segue.Number(max(value, hi))
	return e
}

// A genre is the labelled tracks of one.
type genre struct {
	name string
	rows []int // of the labels
}

// genresOf returns the genres with enough labelled tracks, the most first.
func genresOf(c *segue.Catalog, l *mood.Labels) []genre {
	rows := map[int32][]int{}
	for i, row := range l.Row {
		for _, g := range c.Genres.Indices(int(row)) {
			rows[g] = append(rows[g], i)
		}
	}
	var out []genre
	for g, of := range rows {
		if len(of) >= LeastInGenre {
			out = append(out, genre{c.Genres.Values[g], of})
		}
	}
	slices.SortFunc(out, func(a, b genre) int {
		return cmp.Or(cmp.Compare(len(b.rows), len(a.rows)), cmp.Compare(a.name, b.name))
	})
	return out[:min(len(out), MaxGenres)]
}
