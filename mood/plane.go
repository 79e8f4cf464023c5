package mood

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/internal/parallel"
	"segue/scale"
)

// ErrNoPlane reports a catalogue whose tracks cannot be placed on the
// valence–arousal plane: it is empty, or no track has the features an axis
// needs. The wrapping error says which.
var ErrNoPlane = errors.New("tracks cannot be placed on the plane")

// A Plane turns audio features into positions on the valence–arousal plane. It
// remembers the catalogue it was made on, so that tracks seen later are measured
// with the same ruler, and survives a round trip through JSON. It is immutable
// once made and safe for many goroutines.
//
// Each axis is a weighted sum of features standardized over that catalogue,
// and a position is the sum's mid-rank empirical distribution function: the
// percentile among the catalogue's tracks. Raw features would not do, as 0.5 of
// energy is not the middle of music: its median is near 0.65.
type Plane struct {
	Source  string          `json:"source"`  // where the weights come from
	Catalog string          `json:"catalog"` // content hash of the reference catalogue
	Tracks  int             `json:"tracks"`  // its tracks with a position
	Dropped []segue.Feature `json:"dropped"` // weighted features that no track of it has
	Valence Axis            `json:"valence"`
	Arousal Axis            `json:"arousal"`

	// Error is how far a track's place is off, a standard deviation by axis, where it
	// was measured on labelled tracks the plane had not seen; nil where it was not.
	Error *segue.Affect `json:"error,omitempty"`
}

// PlacementError returns how far a track's place on the plane is likely off: standard
// deviations by axis, Error, or else SigmaValence and SigmaArousal, as for a nil plane.
func (p *Plane) PlacementError() segue.Affect {
	if p != nil && p.Error != nil {
		return *p.Error
	}
	return segue.Affect{Valence: SigmaValence, Arousal: SigmaArousal}
}

// An Axis estimates one coordinate: Σ Weight·z / Σ |Weight| over the terms
// whose feature the track has, z = (value − Mean)/SD, and then its percentile.
// A track without the main feature has no estimate.
type Axis struct {
	Main  segue.Feature `json:"main"` // the feature of the term with the largest |Weight|, of those without With
	Terms []Term        `json:"terms"`
	CDF   scale.ECDF    `json:"cdf"` // of the sum, over the tracks that have one

	// Imputed puts missing features at their mean, z = 0, as the fit of the weights did,
	// instead of leaving their terms out of the sum of weights.
	Imputed bool `json:"imputed,omitempty"`
}

// A Term is one feature's part in an axis, or the product of two features'.
type Term struct {
	Feature segue.Feature `json:"feature"`
	Weight  float64       `json:"weight"` // of a plane: |Weight| sums to 1 over an axis
	Mean    float64       `json:"mean"`   // over the reference catalogue, in the feature's unit
	SD      float64       `json:"sd"`     // the same; 0 if constant, the term is then 0

	// With, if there, is a second feature, which may be the first again: the term is
	// Weight·z·z' then.
	With *Measure `json:"with,omitempty"`
}

// A Measure is a feature with what standardizes it.
type Measure struct {
	Feature segue.Feature `json:"feature"`
	Mean    float64       `json:"mean"`
	SD      float64       `json:"sd"`
}

// z returns the standardized value of a track, 0 of a constant feature.
func (m *Measure) z(v *segue.Features) float64 {
	if m.SD > 0 {
		return (float64(v[m.Feature]) - m.Mean) / m.SD
	}
	return 0
}

// NewPlane places the catalogue c by DefaultWeights. See NewPlaneWeighted.
func NewPlane(c *segue.Catalog) (*Plane, error) { return NewPlaneWeighted(c, DefaultWeights()) }

// NewPlaneWeighted makes the plane whose axes weigh features as w says, with c
// as the reference catalogue, O(n log n).
//
// A feature that no track of c has is dropped, the other weights of its axis are
// divided by their absolute sum, and Dropped records it. A single track's
// missing value is treated likewise for that track, except that the axis's main
// feature must be known. It returns ErrNoPlane, wrapped, if no track can be
// placed, and an error if w names no feature for an axis or a weight is not a
// finite number.
func NewPlaneWeighted(c *segue.Catalog, w Weights) (*Plane, error) {
	if c.Len() == 0 {
		return nil, fmt.Errorf("mood: %w: the catalogue has no tracks", ErrNoPlane)
	}
	return newPlane(c, w, func(f segue.Feature) (mean, sd float64, n int) { return moments(c.Feature[f]) })
}

// newPlane makes a plane whose features have the given moments and whose sums are
// distributed as over c.
func newPlane(c *segue.Catalog, w Weights, moments func(segue.Feature) (mean, sd float64, n int)) (*Plane, error) {
	p := &Plane{Source: w.Source, Catalog: c.Version, Dropped: []segue.Feature{}}
	var errs [2]error
	var known [2][]bool
	var dropped [2][]segue.Feature
	axes := [2]*Axis{&p.Valence, &p.Arousal}
	// The axes are independent: one goroutine each, joined before use.
	_ = parallel.Chunks(context.Background(), len(axes), 1, func(i, _, _ int) {
		name, weights := "valence", w.Valence
		if i == 1 {
			name, weights = "arousal", w.Arousal
		}
		dropped[i], known[i], errs[i] = axes[i].fit(c, weights, moments)
		if errs[i] != nil {
			errs[i] = fmt.Errorf("mood: %s: %w", name, errs[i])
		}
	})
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	for _, f := range segue.AllFeatures() {
		if slices.Contains(dropped[0], f) || slices.Contains(dropped[1], f) {
			p.Dropped = append(p.Dropped, f)
		}
	}
	for i, ok := range known[0] {
		if ok && known[1][i] {
			p.Tracks++
		}
	}
	if p.Tracks == 0 {
		return nil, fmt.Errorf("mood: %w: no track has both %s and %s", ErrNoPlane, p.Valence.Main, p.Arousal.Main)
	}
	return p, nil
}

// fit standardizes the terms, normalizes their weights and takes the CDF of the
// sums. It returns the features it had to drop and which rows have a sum.
func (a *Axis) fit(c *segue.Catalog, weights []Weight, moments func(segue.Feature) (mean, sd float64, n int)) (dropped []segue.Feature, known []bool, err error) {
	total := 0.0
	for i, w := range weights {
		if slices.ContainsFunc(weights[:i], func(v Weight) bool { return v.Feature == w.Feature }) {
			return nil, nil, fmt.Errorf("%s has two weights; give one", w.Feature)
		}
		if math.IsNaN(w.Weight) || math.IsInf(w.Weight, 0) {
			return nil, nil, fmt.Errorf("the weight of %s is %v; give a finite number", w.Feature, w.Weight)
		}
		if w.Weight == 0 {
			continue
		}
		mean, sd, n := moments(w.Feature)
		if n == 0 {
			dropped = append(dropped, w.Feature)
			continue
		}
		a.Terms = append(a.Terms, Term{Feature: w.Feature, Weight: w.Weight, Mean: mean, SD: sd})
		total += math.Abs(w.Weight)
	}
	if len(a.Terms) == 0 {
		if len(dropped) == 0 {
			return nil, nil, errors.New("no feature has a weight; name at least one")
		}
		return nil, nil, fmt.Errorf("%w: no track has %s", ErrNoPlane, names(dropped, " or "))
	}
	main := 0
	for i := range a.Terms {
		a.Terms[i].Weight /= total
		if math.Abs(a.Terms[i].Weight) > math.Abs(a.Terms[main].Weight) {
			main = i
		}
	}
	a.Main = a.Terms[main].Feature
	known, err = a.rank(c)
	return dropped, known, err
}

// rank takes the CDF of the sums over c, and returns which rows have one.
func (a *Axis) rank(c *segue.Catalog) (known []bool, err error) {
	known = make([]bool, c.Len())
	sums := make([]float64, 0, c.Len())
	v, used := segue.NoFeatures(), a.features()
	for i := range known {
		for _, f := range used {
			v[f] = c.Feature[f][i]
		}
		if s := a.sum(&v); s == s {
			known[i] = true
			sums = append(sums, s)
		}
	}
	a.CDF, err = scale.NewECDF(sums)
	return known, err
}

// features returns the features the axis looks at, each once.
func (a *Axis) features() []segue.Feature {
	var used [segue.NumFeatures]bool
	for _, t := range a.Terms {
		used[t.Feature] = true
		if t.With != nil {
			used[t.With.Feature] = true
		}
	}
	var out []segue.Feature
	for f, use := range used {
		if use {
			out = append(out, segue.Feature(f))
		}
	}
	return out
}

// sum is the axis's raw estimate of a track, NaN without the main feature.
func (a *Axis) sum(v *segue.Features) float64 {
	if !v.Has(a.Main) {
		return math.NaN()
	}
	s, total := 0.0, 0.0
	for i := range a.Terms {
		t := &a.Terms[i]
		if !v.Has(t.Feature) || t.With != nil && !v.Has(t.With.Feature) {
			if a.Imputed {
				total += math.Abs(t.Weight)
			}
			continue
		}
		total += math.Abs(t.Weight)
		if t.SD <= 0 {
			continue
		}
		z := t.Weight * (float64(v[t.Feature]) - t.Mean) / t.SD
		if t.With != nil {
			z *= t.With.z(v)
		}
		s += z
	}
	return s / total
}

// Place returns a track's position, both coordinates in [0, 1], or
// segue.Nowhere if it lacks the main feature of an axis.
func (p *Plane) Place(v segue.Features) segue.Affect { return p.place(&v) }

func (p *Plane) place(v *segue.Features) segue.Affect {
	valence, arousal := p.Valence.sum(v), p.Arousal.sum(v)
	if valence != valence || arousal != arousal {
		return segue.Nowhere()
	}
	return segue.Affect{Valence: p.Valence.CDF.At(valence), Arousal: p.Arousal.CDF.At(arousal)}
}

// check refuses a plane read from a file that cannot place a track.
func (p *Plane) check() error {
	if e := p.Error; e != nil && !(e.Valence > 0 && e.Valence <= 1 && e.Arousal > 0 && e.Arousal <= 1) {
		return errors.New("its plane's error is none of a place")
	}
	for _, a := range []Axis{p.Valence, p.Arousal} {
		fs := []segue.Feature{}
		total := 0.0
		for _, t := range a.Terms {
			if total += math.Abs(t.Weight); t.With == nil {
				fs = append(fs, t.Feature)
			} else if err := checkFeatures([]segue.Feature{t.With.Feature}); err != nil {
				return err
			} else if err := checkFeatures([]segue.Feature{t.Feature}); err != nil {
				return err
			}
		}
		if err := checkFeatures(fs); err != nil {
			return err
		}
		if !slices.Contains(fs, a.Main) || a.CDF.Len() == 0 || total == 0 {
			return errors.New("its plane lacks an axis")
		}
	}
	return nil
}

// rowsPerChunk is how many tracks one goroutine places at a time.
const rowsPerChunk = 8192

// Positions returns the position of every row of c, as Place gives it, on all
// processors: about 0.2 µs a track and processor.
func (p *Plane) Positions(c *segue.Catalog) []segue.Affect {
	out := make([]segue.Affect, c.Len())
	used := append(p.Valence.features(), p.Arousal.features()...)
	// Only an ended context can fail, and this one never ends.
	_ = parallel.Chunks(context.Background(), len(out), rowsPerChunk, func(_, lo, hi int) {
		v := segue.NoFeatures()
		for i := lo; i < hi; i++ {
			for _, f := range used {
				v[f] = c.Feature[f][i]
			}
			out[i] = p.place(&v)
		}
	})
	return out
}

// moments returns mean and population standard deviation of the known values of
// a column, and how many there are. Two passes; a constant column has sd 0.
func moments(col []float32) (mean, sd float64, n int) {
	m := newMoment()
	for _, v := range col {
		m.add(float64(v))
	}
	mean = m.mean()
	for _, v := range col {
		m.addSquare(float64(v), mean)
	}
	return mean, m.sd(), m.n
}

// A moment adds up the known values of a column, and in a second pass their
// squared distances from the mean.
type moment struct {
	n            int
	sum, squares float64
	lo, hi       float64
}

func newMoment() moment { return moment{lo: math.Inf(1), hi: math.Inf(-1)} }

func (m *moment) add(v float64) {
	if v == v {
		m.sum += v
		m.lo, m.hi = min(m.lo, v), max(m.hi, v)
		m.n++
	}
}

func (m *moment) addSquare(v, mean float64) {
	if v == v {
		m.squares += (v - mean) * (v - mean)
	}
}

// mean is 0 of no values.
func (m *moment) mean() float64 {
	switch {
	case m.n == 0:
		return 0
	case m.lo == m.hi: // rounding in the mean must not make a constant vary
		return m.lo
	}
	return m.sum / float64(m.n)
}

func (m *moment) sd() float64 {
	if m.n == 0 {
		return 0
	}
	return math.Sqrt(m.squares / float64(m.n))
}
