package persona

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"

	"segue"
)

// Bounds of a reference population. MinGroup people are averaged before anything
// is published, so that no quantile is one person's value (docs/science.md §8);
// MinPopulation is ten such groups. (d)
const (
	MinGroup      = 20
	MinPopulation = 10 * MinGroup

	numQuantiles      = 101 // 0 %, 1 %, …, 100 %
	rarefiedRow       = "exploration_rarefied"
	maxReferenceBytes = 1 << 20
)

// A Reference is the population in which habits become percentiles: 101
// quantiles for each dimension, and for exploration as short histories measure
// it (segue.Habits.ExplorationRarefied) a row of its own. The shipped one is
// synthetic and says so; a site with listeners of its own replaces it. It is
// immutable.
type Reference struct {
	file     referenceFile
	q        [numDimensions][]float64
	rarefied []float64 // nil if the population has too few short histories
}

// referenceFile is the JSON layout of a reference.
type referenceFile struct {
	Name      string               `json:"name"`
	Version   int                  `json:"version"`
	Synthetic bool                 `json:"synthetic"`
	About     string               `json:"about"`
	People    int                  `json:"people"`
	Quantiles map[string][]float64 `json:"quantiles"`
}

//go:embed reference/synthetic.v1.json
var syntheticReferenceFile []byte

var syntheticReference = sync.OnceValue(func() *Reference {
	r, err := ParseReference(syntheticReferenceFile)
	if err != nil {
		panic(fmt.Sprintf("persona: shipped reference: %v", err))
	}
	return r
})

// SyntheticReference returns the shipped reference: drawn from made-up
// distributions, no measurement of anybody.
func SyntheticReference() *Reference { return syntheticReference() }

// Name returns the reference's own name.
func (r *Reference) Name() string { return r.file.Name }

// Synthetic reports whether the population is made up; where it is, every
// percentile shown says so.
func (r *Reference) Synthetic() bool { return r.file.Synthetic }

// About returns the reference's remark on where it comes from.
func (r *Reference) About() string { return r.file.About }

// People returns how many people the quantiles rest on.
func (r *Reference) People() int { return r.file.People }

// MarshalJSON writes the reference as the file ParseReference reads.
func (r *Reference) MarshalJSON() ([]byte, error) { return json.Marshal(r.file) }

// ParseReference reads a reference file: for each dimension 101 quantiles that
// do not fall and lie in the dimension's interval, from at least MinPopulation
// people. The row "exploration_rarefied" may be left out; the exploration of
// short histories then has no percentile. Errors name the dimension and what is
// wrong.
func ParseReference(b []byte) (*Reference, error) {
	var f referenceFile
	if err := decodeFile("reference", b, maxReferenceBytes, &f); err != nil {
		return nil, err
	}
	return newReference(f)
}

func newReference(f referenceFile) (*Reference, error) {
	if f.Name == "" || f.Version < 1 {
		return nil, fmt.Errorf("reference %q has version %d; give it a name and number versions from 1", f.Name, f.Version)
	}
	if f.People < MinPopulation {
		return nil, fmt.Errorf("reference %q rests on %d people; at least %d are needed, so that nobody is seen in it", f.Name, f.People, MinPopulation)
	}
	rarefied, short := f.Quantiles[rarefiedRow]
	if rows := len(f.Quantiles); rows != numDimensions && !(short && rows == numDimensions+1) {
		return nil, fmt.Errorf("reference %q has quantiles for %d dimensions; it needs %v, and may have %s", f.Name, rows, Dimensions(), rarefiedRow)
	}
	r := &Reference{file: f}
	for _, d := range Dimensions() {
		q, ok := f.Quantiles[d.String()]
		if !ok {
			return nil, fmt.Errorf("reference %q has no quantiles for %q; it needs %v", f.Name, d, Dimensions())
		}
		if err := checkRow(f.Name, d.String(), q, d); err != nil {
			return nil, err
		}
		r.q[d] = slices.Clone(q)
	}
	if short {
		if err := checkRow(f.Name, rarefiedRow, rarefied, Exploration); err != nil {
			return nil, err
		}
		r.rarefied = slices.Clone(rarefied)
	}
	return r, nil
}

// checkRow checks one row of a reference, of values in the interval of d.
func checkRow(reference, row string, q []float64, d Dimension) error {
	if len(q) != numQuantiles {
		return fmt.Errorf("reference %q: %s has %d quantiles; give the 0th to the 100th percentile, %d values", reference, row, len(q), numQuantiles)
	}
	lo, hi := d.Interval()
	for i, v := range q {
		if !(v >= lo && v <= hi) || (i > 0 && v < q[i-1]) {
			return fmt.Errorf("reference %q: %s percentile %d is %v; values lie in [%v, %.4g] and do not fall", reference, row, i, v, lo, hi)
		}
	}
	return nil
}

// NewReference makes a reference from a site's own listeners. Per dimension the
// people are sorted and each run of at least MinGroup is replaced by its mean
// (univariate microaggregation) before quantiles are taken, so each published
// number belongs to MinGroup people or more. Unknown values (NaN) are left out;
// it is an error if fewer than MinPopulation remain in a dimension. Rarefied
// exploration has a row of its own if MinPopulation people have it. Cost is
// O(n log n) a dimension.
func NewReference(name, about string, people []segue.Habits) (*Reference, error) {
	f := referenceFile{Name: name, Version: 1, About: about, People: len(people), Quantiles: map[string][]float64{}}
	for _, d := range Dimensions() {
		values, rarefied := valuesOf(d, people)
		if len(values) < MinPopulation {
			return nil, fmt.Errorf("reference %q: %s is known of %d people; at least %d are needed", name, d, len(values), MinPopulation)
		}
		f.People = min(f.People, len(values))
		f.Quantiles[d.String()] = row(values)
		if len(rarefied) >= MinPopulation {
			f.People = min(f.People, len(rarefied))
			f.Quantiles[rarefiedRow] = row(rarefied)
		}
	}
	return newReference(f)
}

// valuesOf returns the known values of a dimension, those of rarefied
// exploration apart.
func valuesOf(d Dimension, people []segue.Habits) (values, rarefied []float64) {
	for _, h := range people {
		switch v := d.Of(h); {
		case math.IsNaN(v):
		case d == Exploration && h.ExplorationRarefied:
			rarefied = append(rarefied, v)
		default:
			values = append(values, v)
		}
	}
	return values, rarefied
}

// row returns the published quantiles of values, which it sorts and averages.
func row(values []float64) []float64 {
	slices.Sort(values)
	microaggregate(values)
	return quantiles(values)
}

// microaggregate replaces each run of a sorted slice by its mean; runs are as
// equal as n allows, and none shorter than MinGroup.
func microaggregate(sorted []float64) {
	n := len(sorted)
	groups := n / MinGroup
	for g := range groups {
		run := sorted[g*n/groups : (g+1)*n/groups]
		mean, first, last := 0.0, run[0], run[len(run)-1]
		for _, v := range run {
			mean += v
		}
		mean = min(max(mean/float64(len(run)), first), last) // rounding must not undo the order
		for i := range run {
			run[i] = mean
		}
	}
}

// quantiles returns the 101 percentiles of a sorted slice, by linear
// interpolation between order statistics (Hyndman & Fan 1996, type 7,
// doi:10.2307/2684934).
func quantiles(sorted []float64) []float64 {
	q := make([]float64, numQuantiles)
	for i := range q {
		at := float64(i) / (numQuantiles - 1) * float64(len(sorted)-1)
		j := min(int(at), len(sorted)-2)
		t := at - float64(j)
		q[i] = sorted[j]*(1-t) + sorted[j+1]*t
		if i > 0 {
			q[i] = max(q[i], q[i-1])
		}
	}
	return q
}

// Percentile returns the share of the population below the value of dimension d
// in h, [0, 1], by linear interpolation between the quantiles. A value that many
// share (nobody listens at night) gets the middle of their ranks. It never falls
// as the value grows. It is NaN where the value is, and for rarefied exploration
// where the population has no row for it: the two measures are never mixed.
func (r *Reference) Percentile(d Dimension, h segue.Habits) float64 {
	if d == Exploration && h.ExplorationRarefied {
		return percentile(r.rarefied, d.Of(h))
	}
	return percentile(r.q[d], d.Of(h))
}

// percentile ranks v among quantiles, NaN if there are none.
func percentile(q []float64, v float64) float64 {
	if math.IsNaN(v) || q == nil {
		return math.NaN()
	}
	above := sort.Search(numQuantiles, func(i int) bool { return q[i] > v })
	from := sort.SearchFloat64s(q, v)
	switch {
	case from < above: // v is itself a quantile, or several
		return float64(from+above-1) / 2 / (numQuantiles - 1)
	case above == 0:
		return 0
	case above == numQuantiles:
		return 1
	}
	lo, hi := q[above-1], q[above]
	return (float64(above-1) + (v-lo)/(hi-lo)) / (numQuantiles - 1)
}

// values turns habits into the persona tree's features.
func (r *Reference) values(h segue.Habits, gates []segue.Gate) Values {
	v := Values{"gates_open": asFlag(allOpen(gates))}
	for _, d := range Dimensions() {
		v[d.String()] = r.Percentile(d, h)
	}
	return v
}

func allOpen(gates []segue.Gate) bool {
	for _, g := range gates {
		if !g.Open() {
			return false
		}
	}
	return true
}

func asFlag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
