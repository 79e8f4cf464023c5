package taste

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"segue"
	"segue/matrix"
	"segue/mood"
)

// ReportError is the standard deviation of what a person says of a place, a coordinate,
// from what they would say on the average. It is that of single momentary reports, near
// a tenth of the scale (Dejonckheere et al. 2022, doi:10.1037/pas0001178), taken over
// for reports of music. (d)
const ReportError = .10

// Bounds of a fit. (d)
const (
	MaxTracks = 1000 // corrected tracks a taste is made of; of more the latest
	weighed   = 128  // of those, the latest, by which models are weighed
	mostOften = 8    // models kept where more tracks than that are corrected
	pattern   = 3    // corrected tracks from which one may teach something about another: fewer are no pattern
	leastPart = 1e-2 // of the best model's weight: models below it are left out
)

// Ground is the music a taste is about. X holds tracks in a standardized feature space,
// a row a track, d columns.
type Ground struct {
	Positions []segue.Affect // one a catalogue row; not Known where the track has no place
	Recording []int32        // lowest row of the recording of each row; nil if each is its own
	Error     segue.Affect   // how far Positions are likely off, standard deviations by axis, see mood.Plane; the usual one if zero
	X         matrix.Columns
	XRow      []int32 // the row of X of each catalogue row, −1 if it has none; nil for no space
}

// Said is a correction of a catalogue row.
type Said struct {
	Row int32
	Correction
}

// A report is all that was said of where one recording lies.
type report struct {
	head     int32 // lowest row of the recording
	row      int32 // a row of it with a place, else head
	at       segue.Affect
	variance segue.Affect // of at
	when     time.Time    // of the latest
	placed   bool         // the catalogue has a place to deviate from
}

// A Taste is what was learned from a listener's corrections. It is immutable and may be
// read by any number of goroutines. Its memory is in proportion to the corrections, not
// to the catalogue.
type Taste struct {
	ground  Ground
	reports []report // by head
	fitted  []report // those that the catalogue places, the latest first: what the axes were fitted on
	axes    [2]axis
	ruled   map[int32]ruled // by head
}

// A ruled track is one of which moods were ruled out.
type ruled struct {
	never  segue.MoodSet
	row    int32 // of which it was said
	at, sd segue.Affect
}

// Fit learns a taste. Corrections of one recording's rows count for all of them; those
// of places the catalogue does not know set that track's place and teach nothing. Where
// several say where one track lies, each counts half of the next later one, and their
// disagreement adds to the error of what they say.
//
// The cost is O(n³) of n corrected tracks for each of 45 models where n ≤ 128, and for
// 8 of them where it is more; n is MaxTracks at most, the latest. It panics if the
// ground's lengths disagree, a row is none of it, or a correction does not pass Check.
// The only error is ctx's.
func Fit(ctx context.Context, g Ground, said []Said) (*Taste, error) {
	if g.Recording != nil && len(g.Recording) != len(g.Positions) || g.XRow != nil && len(g.XRow) != len(g.Positions) {
		panic(fmt.Sprintf("taste: %d positions with %d recordings and %d rows of the space", len(g.Positions), len(g.Recording), len(g.XRow)))
	}
	t := &Taste{ground: g, ruled: map[int32]ruled{}}
	places := map[int32][]Said{}
	for _, s := range said {
		if s.Row < 0 || int(s.Row) >= len(g.Positions) {
			panic(fmt.Sprintf("taste: no row %d of %d", s.Row, len(g.Positions)))
		}
		if err := s.Check(); err != nil {
			panic("taste: " + err.Error())
		}
		head := g.head(s.Row)
		if s.Never == nil {
			places[head] = append(places[head], s)
			continue
		}
		r, before := t.ruled[head]
		if !before || s.Row < r.row {
			r.row = s.Row // whatever the order
		}
		r.never = r.never.With(*s.Never)
		t.ruled[head] = r
	}
	for head, all := range places {
		t.reports = append(t.reports, g.merged(head, all))
	}
	slices.SortFunc(t.reports, func(a, b report) int { return cmp.Or(b.when.Compare(a.when), cmp.Compare(a.head, b.head)) })
	t.reports = t.reports[:min(len(t.reports), MaxTracks)]
	for _, r := range t.reports {
		if r.placed {
			t.fitted = append(t.fitted, r)
		}
	}
	square := g.squares(t.fitted)
	for i := range t.axes {
		var err error
		if t.axes[i], err = fitAxis(ctx, i, coordinate(g.placementError(), i), g, t.fitted, square); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(t.reports, func(a, b report) int { return cmp.Compare(a.head, b.head) })
	return t, t.rule(ctx)
}

// rule finds where tracks lie of which moods were ruled out.
func (t *Taste) rule(ctx context.Context) error {
	var heads, rows []int32
	for head := range t.ruled {
		heads = append(heads, head)
	}
	slices.Sort(heads)
	for _, head := range heads {
		rows = append(rows, t.ruled[head].row)
	}
	sd, err := t.spread(ctx, rows)
	if err != nil {
		return err
	}
	square := make([]float64, len(t.fitted))
	for i, head := range heads {
		r := t.ruled[head]
		r.at, r.sd = t.mean(rows[i], square), sd[i]
		if r.at.Known() {
			r.at, r.sd = without(r.at, r.sd, r.never)
		}
		t.ruled[head] = r
	}
	return nil
}

func (g Ground) placementError() segue.Affect {
	if g.Error == (segue.Affect{}) {
		return (*mood.Plane)(nil).PlacementError()
	}
	return g.Error
}

// head returns the lowest row of a row's recording.
func (g Ground) head(row int32) int32 {
	if g.Recording == nil {
		return row
	}
	return g.Recording[row]
}

// merged returns what several corrections say of where a recording lies:
//
//	at = Σwr/Σw,  variance = Σw²τ²/(Σw)² + Σw(r − at)²/Σw,
//
// w being 1 for the latest, ½ for the one before it, and so on. Those of one moment
// count alike.
func (g Ground) merged(head int32, all []Said) report {
	slices.SortStableFunc(all, func(a, b Said) int {
		x, _, _ := a.place()
		y, _, _ := b.place()
		return cmp.Or(b.When.Compare(a.When), cmp.Compare(x.Valence, y.Valence), cmp.Compare(x.Arousal, y.Arousal), cmp.Compare(a.Row, b.Row))
	})
	r := report{head: head, row: head, when: all[0].When}
	var sum, noise float64
	w := 1.
	weights := make([]float64, len(all))
	for i, s := range all {
		if i > 0 && !s.When.Equal(all[i-1].When) {
			w /= 2
		}
		weights[i] = w
		at, variance, _ := s.place()
		sum += w
		noise += w * w * variance
		r.at.Valence += w * at.Valence
		r.at.Arousal += w * at.Arousal
	}
	r.at.Valence /= sum
	r.at.Arousal /= sum
	r.variance = segue.Affect{Valence: noise / (sum * sum), Arousal: noise / (sum * sum)}
	for i, s := range all {
		at, _, _ := s.place()
		dv, da := at.Valence-r.at.Valence, at.Arousal-r.at.Arousal
		r.variance.Valence += weights[i] / sum * dv * dv
		r.variance.Arousal += weights[i] / sum * da * da
	}
	if !g.Positions[r.row].Known() {
		for _, s := range all {
			if g.Positions[s.Row].Known() {
				r.row = s.Row
				break
			}
		}
	}
	r.placed = g.Positions[r.row].Known()
	return r
}

// square returns the squared distance of two catalogue rows in the feature space: 0 of
// one recording, and +Inf if one of them is not in it.
func (g Ground) square(a, b int32) float64 {
	switch {
	case g.head(a) == g.head(b):
		return 0
	case g.XRow == nil || g.XRow[a] < 0 || g.XRow[b] < 0:
		return math.Inf(1)
	}
	i, j := int(g.XRow[a]), int(g.XRow[b])
	sum := 0.
	for c := range g.features() {
		col := g.X.Col(c)
		d := col[i] - col[j]
		sum += d * d
	}
	return sum
}

// features returns how many columns the space has.
func (g Ground) features() int {
	_, d := g.X.Dims()
	return d
}

// squares returns the squared distances between what was reported of: n×n by row.
func (g Ground) squares(reports []report) []float64 {
	n := len(reports)
	d := make([]float64, n*n)
	for i := range n {
		for j := range i {
			d[i*n+j] = g.square(reports[i].row, reports[j].row)
			d[j*n+i] = d[i*n+j]
		}
	}
	return d
}
