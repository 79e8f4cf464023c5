package validity

import (
	"fmt"
	"math"
	"slices"
)

// Information is how much a variable says about a labeling.
type Information struct {
	// Bits is the mutual information of variable and label, ≥ 0, at most the
	// entropy of the labels.
	Bits float64

	// Share is Bits as a share of the labels' entropy, in [0, 1]: 0 for a
	// variable that says nothing, 1 for one that settles the label. It is 0
	// where there is a single label, of which nothing is left to say.
	Share float64

	// EtaSquared is the share of the variable's sum of squares that lies
	// between the labels, in [0, 1]; 0 for a constant variable. With k labels
	// the F ratio is (EtaSquared/(k−1)) / ((1−EtaSquared)/(N−k)).
	EtaSquared float64

	// N is how many rows had both a value and a label.
	N int
}

// FeatureInformation measures what values, one per row, say about labels.
// Rows whose value is NaN or infinite, or whose label is negative, are missing
// and skipped; N tells how many were left. It costs O(n log n) and panics if
// the lengths differ.
//
// For the mutual information the values are cut into ⌈∛(2N)⌉ bins of equal
// frequency, equal values always falling into one bin. The entropies carry the
// Miller–Madow correction, (occupied cells − 1)/2N nats each, without which
// every variable, even one unrelated to the labels, seems to say something. The
// corrected estimate can leave [0, entropy of the labels] by noise and is cut
// to it. It sees any relation; EtaSquared sees only a difference of means.
//
// Reference for the correction: Paninski 2003, doi:10.1162/089976603321780272.
func FeatureInformation(values []float64, labels []int32) Information {
	if len(values) != len(labels) {
		panic(fmt.Sprintf("validity: FeatureInformation: %d values and %d labels", len(values), len(labels)))
	}
	kept, names := make([]float64, 0, len(values)), make([]int32, 0, len(values))
	for i, v := range values {
		if labels[i] >= 0 && !math.IsNaN(v) && !math.IsInf(v, 0) {
			kept = append(kept, v)
			names = append(names, labels[i])
		}
	}
	out := Information{N: len(kept)}
	if out.N == 0 {
		return out
	}
	cluster, k := renumber(names)
	out.EtaSquared = etaSquared(kept, cluster, k)

	bin, bins := equalFrequencyBins(kept, int(math.Ceil(math.Cbrt(2*float64(out.N)))))
	sizeBin, sizeCluster := make([]int, bins), make([]int, k)
	for i := range bin {
		sizeBin[bin[i]]++
		sizeCluster[cluster[i]]++
	}
	hLabel := entropy(sizeCluster)
	bits := entropy(sizeBin) + hLabel - entropy(joint(bin, cluster, sizeBin, k))
	if hLabel > 0 {
		out.Bits = min(max(bits, 0), hLabel)
		out.Share = out.Bits / hLabel
	}
	return out
}

// equalFrequencyBins cuts values into at most want bins by the middle rank of
// each run of equal values. Bins are numbered without holes.
func equalFrequencyBins(values []float64, want int) (bin []int32, bins int) {
	n := len(values)
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	var from []float64 // the least value of each bin
	last := -1
	for lo := 0; lo < n; {
		hi := lo + 1
		for hi < n && sorted[hi] == sorted[lo] {
			hi++
		}
		if at := (lo + hi) * want / (2 * n); at != last {
			last = at
			from = append(from, sorted[lo])
		}
		lo = hi
	}
	// Sorting values and looking up their bins is several times faster than
	// sorting rows by value.
	bin = make([]int32, n)
	for i, v := range values {
		lo, hi := 0, len(from) // from[lo] ≤ v < from[hi]
		for hi-lo > 1 {
			if at := (lo + hi) / 2; from[at] <= v {
				lo = at
			} else {
				hi = at
			}
		}
		bin[i] = int32(lo)
	}
	return bin, len(from)
}

// entropy returns the Miller–Madow estimate of an entropy in bits from the
// counts of its cells.
func entropy(counts []int) float64 {
	n, cells := 0, 0
	for _, c := range counts {
		n += c
	}
	h := 0.0
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / float64(n)
			h -= p * math.Log2(p)
			cells++
		}
	}
	return h + float64(cells-1)/(2*float64(n))*math.Log2E
}

// etaSquared returns the share of the sum of squares of values that lies
// between clusters.
func etaSquared(values []float64, cluster []int32, k int) float64 {
	unit := slices.Clone(values)
	toUnit(unit)
	all := mean(unit)
	sum, size := make([]float64, k), make([]float64, k)
	for i, v := range unit {
		sum[cluster[i]] += v - all
		size[cluster[i]]++
	}
	between, within := 0.0, 0.0
	for c := range sum {
		between += sum[c] * sum[c] / size[c]
	}
	for i, v := range unit {
		dv := v - all - sum[cluster[i]]/size[cluster[i]]
		within += dv * dv
	}
	if between+within <= float64(len(values))*0x1p-100 { // constant, to rounding
		return 0
	}
	return between / (between + within)
}

// Pearson returns the correlation r of a and b, in [−1, 1], over the n rows in
// which both are finite; the others are missing. It is NaN where it is
// undefined: n < 2, or a or b constant over those rows. It costs O(n) and
// panics if the lengths differ.
func Pearson(a, b []float64) (r float64, n int) {
	if len(a) != len(b) {
		panic(fmt.Sprintf("validity: Pearson: %d and %d values", len(a), len(b)))
	}
	var x, y []float64
	for i := range a {
		if !math.IsNaN(a[i]-a[i]) && !math.IsNaN(b[i]-b[i]) { // ∞ − ∞ is NaN
			x, y = append(x, a[i]), append(y, b[i])
		}
	}
	n = len(x)
	if n < 2 || constant(x) || constant(y) {
		return math.NaN(), n
	}
	toUnit(x)
	toUnit(y)
	mx, my := mean(x), mean(y)
	var xx, yy, xy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xx += dx * dx
		yy += dy * dy
		xy += dx * dy
	}
	return min(max(xy/math.Sqrt(xx)/math.Sqrt(yy), -1), 1), n
}

func constant(v []float64) bool {
	for _, x := range v {
		if x != v[0] {
			return false
		}
	}
	return true
}

// toUnit multiplies v by the power of two that brings its largest magnitude
// below 1, so that no square overflows.
func toUnit(v []float64) {
	top := 0.0
	for _, x := range v {
		top = max(top, math.Abs(x))
	}
	_, exp := math.Frexp(top)
	half := -exp / 2 // in two steps, each of which is a float64
	first, second := math.Ldexp(1, half), math.Ldexp(1, -exp-half)
	for i := range v {
		v[i] = v[i] * first * second
	}
}
