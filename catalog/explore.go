package catalog

import (
	"cmp"
	"math"
	"slices"

	"context"
	"segue"
	"segue/internal/parallel"
	"segue/internal/quantile"
)

// HistogramBins is how many bins a Distribution's histogram has. (d)
const HistogramBins = 40

// A Summary describes a catalogue: how each feature is distributed, how the
// features go together, and which genres there are.
type Summary struct {
	Tracks   int                            `json:"tracks"`
	Features map[segue.Feature]Distribution `json:"features"` // every feature

	// Correlations holds Pearson's r of every pair of features, over the
	// tracks that have both, in both orders; r with itself is 1. It is nil,
	// and null in JSON, with fewer than two such tracks or where one of the
	// features does not vary.
	Correlations map[segue.Feature]map[segue.Feature]*float64 `json:"correlations"`

	Genres []GenreCount `json:"genres"` // most tracks first, then by name
}

// A GenreCount is the number of tracks listed under a genre.
type GenreCount struct {
	Genre  string `json:"genre"`
	Tracks int    `json:"tracks"`
}

// A Distribution describes the known values of a feature. What cannot be
// computed is nil: everything if N is 0, SD if N is 1.
type Distribution struct {
	N       int      `json:"n"`       // tracks with a value
	Missing int      `json:"missing"` // tracks without
	Mean    *float64 `json:"mean"`
	SD      *float64 `json:"sd"` // of the sample: divided by N−1
	Min     *float64 `json:"min"`
	P25     *float64 `json:"p25"` // quantiles interpolate linearly between order statistics
	Median  *float64 `json:"median"`
	P75     *float64 `json:"p75"`
	Max     *float64 `json:"max"`

	// Histogram counts values in HistogramBins bins of equal width over the
	// feature's interval [Lo, Hi]; each bin holds its lower end, the last both.
	Histogram []int   `json:"histogram"`
	Lo        float64 `json:"lo"`
	Hi        float64 `json:"hi"`
}

// Explore summarizes c. Quantiles are of type 7 of Hyndman & Fan 1996
// (doi:10.2307/2684934). It costs O(n·log n) a feature and O(n) a pair of
// features, in parallel, and its result does not depend on GOMAXPROCS.
func Explore(c *segue.Catalog) *Summary {
	s := &Summary{
		Tracks:       c.Len(),
		Features:     make(map[segue.Feature]Distribution, segue.NumFeatures),
		Correlations: make(map[segue.Feature]map[segue.Feature]*float64, segue.NumFeatures),
		Genres:       genreCounts(c),
	}
	d := segue.NumFeatures
	distributions := make([]Distribution, d)
	_ = parallel.Chunks(context.Background(), d, 1, func(f, _, _ int) { // a background context never ends
		distributions[f] = distribution(segue.Feature(f), c.Feature[f])
	})
	type pair struct{ a, b int }
	var pairs []pair
	for a := range d {
		for b := a + 1; b < d; b++ {
			pairs = append(pairs, pair{a, b})
		}
	}
	r := make([]*float64, len(pairs))
	_ = parallel.Chunks(context.Background(), len(pairs), 1, func(k, _, _ int) {
		a, b := pairs[k].a, pairs[k].b
		if distributions[a].N > 1 && distributions[b].N > 1 {
			r[k] = correlation(c.Feature[a], c.Feature[b])
		}
	})
	for f := range d {
		s.Features[segue.Feature(f)] = distributions[f]
		row := make(map[segue.Feature]*float64, d)
		row[segue.Feature(f)] = nil
		if sd := distributions[f].SD; sd != nil && *sd > 0 {
			one := 1.0
			row[segue.Feature(f)] = &one
		}
		s.Correlations[segue.Feature(f)] = row
	}
	for k, p := range pairs {
		s.Correlations[segue.Feature(p.a)][segue.Feature(p.b)] = r[k]
		s.Correlations[segue.Feature(p.b)][segue.Feature(p.a)] = r[k]
	}
	return s
}

// distribution describes the values of f.
func distribution(f segue.Feature, column []float32) Distribution {
	lo, hi := f.Interval()
	d := Distribution{Histogram: make([]int, HistogramBins), Lo: lo, Hi: hi}
	values := make([]float32, 0, len(column))
	sum := 0.0
	for _, v := range column {
		if v != v {
			d.Missing++
			continue
		}
		values = append(values, v)
		sum += float64(v)
		bin := int((float64(v) - lo) / (hi - lo) * HistogramBins)
		d.Histogram[max(0, min(bin, HistogramBins-1))]++
	}
	d.N = len(values)
	if d.N == 0 {
		return d
	}
	mean := sum / float64(d.N)
	squares := 0.0
	for _, v := range values {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	d.Mean = &mean
	if d.N > 1 {
		sd := math.Sqrt(squares / float64(d.N-1))
		d.SD = &sd
	}
	slices.Sort(values)
	low, high := quantile.Of(values, 0), quantile.Of(values, 1)
	d.Min, d.Max = &low, &high
	p25, median, p75 := quantile.Of(values, .25), quantile.Of(values, .5), quantile.Of(values, .75)
	d.P25, d.Median, d.P75 = &p25, &median, &p75
	return d
}

// correlation returns Pearson's r of x and y over the rows that have both, nil
// if it is undefined. Sums are of differences from the means of these very rows: from
// those of the whole columns, few rows far away would lose most of their digits.
func correlation(x, y []float32) *float64 {
	var n, meanX, meanY float64
	for i, a := range x {
		if b := y[i]; a == a && b == b {
			n++
			meanX += float64(a)
			meanY += float64(b)
		}
	}
	if n < 2 {
		return nil
	}
	meanX, meanY = meanX/n, meanY/n
	var varX, varY, cov float64
	for i, a := range x {
		if b := y[i]; a == a && b == b {
			dx, dy := float64(a)-meanX, float64(b)-meanY
			varX += dx * dx
			varY += dy * dy
			cov += dx * dy
		}
	}
	// The sum of half a billion equal float32 is exact, and so is their mean.
	if varX == 0 || varY == 0 {
		return nil
	}
	r := max(-1, min(1, cov/math.Sqrt(varX*varY)))
	return &r
}

// genreCounts counts tracks by genre.
func genreCounts(c *segue.Catalog) []GenreCount {
	counts := make([]GenreCount, len(c.Genres.Values))
	for i, g := range c.Genres.Values {
		counts[i].Genre = g
	}
	for _, g := range c.Genres.Index {
		counts[g].Tracks++
	}
	slices.SortFunc(counts, func(a, b GenreCount) int {
		return cmp.Or(cmp.Compare(b.Tracks, a.Tracks), cmp.Compare(a.Genre, b.Genre))
	})
	return counts
}
