package simulate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"segue"
	"segue/internal/parallel"
	"segue/mood"
	"segue/outcome/stats"
	"segue/recommend"
	"segue/taste"
)

// A Bent is a way in which listeners' places of tracks differ from the catalogue's.
type Bent string

// The bents. In all but Same a listener's places are the catalogue's and deviations that
// vary by its placement error; what share of that variance is of which kind is an
// invention (d). None of them is drawn from the family that package taste averages over:
// lengths are drawn, steps are no Gaussian process, and places are cut to the plane.
const (
	BentShared  Bent = "shared"  // .40 an offset, .35 smooth in the sound, .25 each track's own
	BentNoticed Bent = "noticed" // the same, but listeners correct what they find most wrong of what they hear
	BentSteps   Bent = "steps"   // .15 an offset, .60 by which side of three boundaries in the sound it lies, .25 own
	BentOwn     Bent = "own"     // each track's own: nothing to learn of one for another
	BentSame    Bent = "same"    // none: the catalogue's places are the listener's
)

// Bents returns the bents in the order they are shown.
func Bents() []Bent { return []Bent{BentShared, BentNoticed, BentSteps, BentOwn, BentSame} }

// shares returns how the variance of a bent is made up.
func (b Bent) shares() (offset, smooth, steps, own float64) {
	switch b {
	case BentShared, BentNoticed:
		return .40, .35, 0, .25
	case BentSteps:
		return .15, 0, .60, .25
	case BentOwn:
		return 0, 0, 0, 1
	}
	return 0, 0, 0, 0
}

// TasteOptions say how to try package taste. The zero value of a field is its default.
type TasteOptions struct {
	Listeners   int // of each bent, 20 … MaxListeners; default 200
	Corrections int // each makes, 1 … 200; default 20
	Seed        uint64

	Progress segue.Progress // may be nil
}

// Check returns the error that Tastes would return for options that cannot be.
func (o TasteOptions) Check() error {
	_, err := o.filled()
	return err
}

func (o TasteOptions) filled() (TasteOptions, error) {
	return o, keep(bound{"listeners", &o.Listeners, 200, 20, MaxListeners}, bound{"corrections", &o.Corrections, 20, 1, 200})
}

// A TasteResult is what corrections did for listeners of one bent, on tracks that they
// said nothing of. Distances are on the plane.
type TasteResult struct {
	Bent        Bent           `json:"bent"`
	Listeners   int            `json:"listeners"`
	Corrections int            `json:"corrections"`
	Unseen      int            `json:"unseen"`        // tracks a listener, drawn at random
	Before      stats.Estimate `json:"error_before"`  // mean distance of the catalogue's place from the listener's
	After       stats.Estimate `json:"error_after"`   // … of the learned one
	Change      stats.Estimate `json:"error_change"`  // after/before − 1; below 0 is better; missing where before is 0
	Worse       stats.Estimate `json:"worse_off"`     // share of listeners whose error grew by more than 2 %
	Moved       stats.Estimate `json:"moved"`         // mean distance of the learned place from the catalogue's
	Covered     stats.Estimate `json:"covered"`       // share of coordinates within 1.96 deviations of the learned place
	Said        stats.Estimate `json:"error_on_said"` // as after, on the tracks they corrected
}

// TasteSet is the results of all bents.
type TasteSet struct {
	Tastes  []*TasteResult `json:"tastes"`
	Seconds float64        `json:"seconds"`
}

// How a listener is tried. (d)
const (
	unseenTracks = 100 // that the learned places are held against
	heardTracks  = 4   // heard for each that is corrected
	harmed       = .02 // growth of the error from which somebody is worse off
)

// Tastes lets invented listeners correct a catalogue, and holds what package taste
// learned of it against where the tracks truly lie to them. Everything follows from the
// seed, on any number of cores. Errors are of options or a catalogue too small, wrapping
// segue.ErrUsage, and ctx's.
func Tastes(ctx context.Context, m *recommend.Music, o TasteOptions) (*TasteSet, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	g := m.Ground()
	var rows []int32 // with a place and a sound, one a recording
	for i, at := range g.Positions {
		if at.Known() && g.XRow[i] >= 0 && (g.Recording == nil || g.Recording[i] == int32(i)) {
			rows = append(rows, int32(i))
		}
	}
	if least := leastTracks + heardTracks*o.Corrections; len(rows) < least {
		return nil, fmt.Errorf("the catalogue has %d tracks with a place and a sound; %d are needed to try corrections: %w", len(rows), least, segue.ErrUsage)
	}
	set := &TasteSet{}
	var done atomic.Int64
	for _, b := range Bents() {
		trials := make([]tasteTrial, o.Listeners)
		err := parallel.Each(ctx, o.Listeners, func(ctx context.Context, i int) error {
			var err error
			trials[i], err = tryTaste(ctx, g, rows, b, o, uint64(i))
			tell(o.Progress, "correcting", done.Add(1), len(Bents())*o.Listeners)
			return err
		})
		if err != nil {
			return nil, err
		}
		r, err := tasteResult(ctx, b, trials, o)
		if err != nil {
			return nil, err
		}
		set.Tastes = append(set.Tastes, r)
	}
	set.Seconds = time.Since(began).Seconds()
	return set, nil
}

// A tasteTrial is one listener's.
type tasteTrial struct{ before, after, moved, covered, said float64 }

// tryTaste draws a listener, their corrections, and tracks to try them on.
func tryTaste(ctx context.Context, g taste.Ground, rows []int32, b Bent, o TasteOptions, i uint64) (tasteTrial, error) {
	rng := stream(o.Seed, i, 0x7a57e, uint64(len(b)), uint64(b[0]))
	truth := newBending(b, g, rng)
	drawn := drawRows(rows, heardTracks*o.Corrections+unseenTracks, rng)
	heard, unseen := drawn[:heardTracks*o.Corrections], drawn[heardTracks*o.Corrections:]
	if b == BentNoticed {
		off := map[int32]float64{}
		for _, row := range heard {
			off[row] = truth.at(row).Distance(g.Positions[row])
		}
		slices.SortStableFunc(heard, func(x, y int32) int { return cmp.Compare(off[y], off[x]) })
	}
	var said []taste.Said
	for n, row := range heard[:o.Corrections] {
		cell := report(truth.at(row), rng)
		said = append(said, taste.Said{Row: row, Correction: taste.Correction{Track: fmt.Sprint(row), When: begins.Add(time.Duration(n) * time.Hour), Cell: &cell}})
	}
	learned, err := taste.Fit(ctx, g, said)
	if err != nil {
		return tasteTrial{}, err
	}
	errors, err := learned.Errors(ctx, unseen)
	if err != nil {
		return tasteTrial{}, err
	}
	var t tasteTrial
	for i, row := range unseen {
		is, was := truth.at(row), g.Positions[row]
		now, sd := learned.Place(row), errors[i]
		t.before += is.Distance(was)
		t.after += is.Distance(now)
		t.moved += now.Distance(was)
		const z = 1.959963984540054
		for _, in := range []bool{math.Abs(is.Valence-now.Valence) <= z*sd.Valence, math.Abs(is.Arousal-now.Arousal) <= z*sd.Arousal} {
			if in {
				t.covered += .5
			}
		}
	}
	n := float64(len(unseen))
	t.before, t.after, t.moved, t.covered = t.before/n, t.after/n, t.moved/n, t.covered/n
	for _, s := range said {
		t.said += truth.at(s.Row).Distance(learned.Place(s.Row)) / float64(len(said))
	}
	return t, nil
}

// drawRows draws n different rows in random order, or all there are.
func drawRows(rows []int32, n int, rng *rand.Rand) []int32 {
	n = min(n, len(rows))
	seen := map[int32]bool{}
	out := make([]int32, 0, n)
	for len(out) < n {
		if row := rows[rng.IntN(len(rows))]; !seen[row] {
			seen[row] = true
			out = append(out, row)
		}
	}
	return out
}

// A bending is where tracks truly lie to a listener.
type bending struct {
	ground taste.Ground
	sigma  [2]float64
	offset [2]float64
	waves  [2][]wave
	steps  [2][]wave
	own    float64 // standard deviation, in sigma
	seed   uint64
}

// A wave is a direction in the feature space with a phase and a height.
type wave struct {
	along         []float64
	phase, height float64
}

// waves is how many cosines make a smooth deviation: with frequencies drawn from a
// Gaussian they come near a Gaussian process of that length. (Rahimi & Recht 2007,
// Random Features for Large-Scale Kernel Machines)
const wavesOf = 48

func newBending(b Bent, g taste.Ground, rng *rand.Rand) *bending {
	offset, smooth, steps, own := b.shares()
	t := &bending{ground: g, sigma: [2]float64{mood.SigmaValence, mood.SigmaArousal}, own: math.Sqrt(own), seed: rng.Uint64()}
	_, d := g.X.Dims()
	length := (.4 + .9*rng.Float64()) * math.Sqrt(float64(d))
	for axis := range t.offset {
		t.offset[axis] = math.Sqrt(offset) * rng.NormFloat64()
		for range wavesOf {
			w := wave{phase: 2 * math.Pi * rng.Float64(), height: math.Sqrt(2 * smooth / wavesOf)}
			for range d {
				w.along = append(w.along, rng.NormFloat64()/length)
			}
			t.waves[axis] = append(t.waves[axis], w)
		}
		for range 3 {
			w := wave{phase: .7 * rng.NormFloat64(), height: math.Sqrt(steps/3) * (2*float64(rng.IntN(2)) - 1)}
			norm := 0.
			for range d {
				z := rng.NormFloat64()
				w.along = append(w.along, z)
				norm += z * z
			}
			for j := range w.along {
				w.along[j] /= math.Sqrt(norm)
			}
			t.steps[axis] = append(t.steps[axis], w)
		}
	}
	return t
}

// at returns where a row lies to the listener.
func (t *bending) at(row int32) segue.Affect {
	z := offsetOf(t.seed, uint64(row))
	own := [2]float64{z.Valence, z.Arousal}
	var d [2]float64
	for axis := range d {
		d[axis] = t.offset[axis] + t.own*own[axis]
		for _, w := range t.waves[axis] {
			d[axis] += w.height * math.Cos(t.along(w, row)+w.phase)
		}
		for _, w := range t.steps[axis] {
			d[axis] += math.Copysign(w.height, w.height*(t.along(w, row)-w.phase))
		}
		d[axis] *= t.sigma[axis]
	}
	x := t.ground.Positions[row]
	return segue.Affect{Valence: min(max(x.Valence+d[0], 0), 1), Arousal: min(max(x.Arousal+d[1], 0), 1)}
}

// along returns how far a row lies in the direction of a wave.
func (t *bending) along(w wave, row int32) float64 {
	sum := 0.
	for j, a := range w.along {
		sum += a * t.ground.X.At(int(t.ground.XRow[row]), j)
	}
	return sum
}

// tasteResult sums trials up, with intervals over listeners.
func tasteResult(ctx context.Context, b Bent, trials []tasteTrial, o TasteOptions) (*TasteResult, error) {
	r := &TasteResult{Bent: b, Listeners: len(trials), Corrections: o.Corrections, Unseen: unseenTracks}
	boot := stats.Bootstrap{Replicates: 1999, Seed: o.Seed}
	mean := func(of func(tasteTrial) float64) func([]int) float64 {
		return func(rows []int) float64 {
			sum := 0.
			for _, i := range rows {
				sum += of(trials[i])
			}
			return sum / float64(len(rows))
		}
	}
	before, after := mean(func(t tasteTrial) float64 { return t.before }), mean(func(t tasteTrial) float64 { return t.after })
	for _, e := range []struct {
		into *stats.Estimate
		name string
		of   func([]int) float64
	}{
		{&r.Before, "error before", before},
		{&r.After, "error after", after},
		{&r.Change, "change of the error", func(rows []int) float64 {
			if was := before(rows); was > 0 {
				return after(rows)/was - 1
			}
			return math.NaN()
		}},
		{&r.Moved, "moved", mean(func(t tasteTrial) float64 { return t.moved })},
		{&r.Covered, "covered", mean(func(t tasteTrial) float64 { return t.covered })},
		{&r.Said, "error on corrected tracks", mean(func(t tasteTrial) float64 { return t.said })},
	} {
		var err error
		if *e.into, err = boot.Rows(ctx, e.name, len(trials), e.of); err != nil {
			return nil, err
		}
	}
	worse := 0
	for _, t := range trials {
		if t.after > (1+harmed)*t.before && t.before > 0 {
			worse++
		}
	}
	r.Worse = stats.Wilson(worse, len(trials), stats.Level)
	return r, nil
}
