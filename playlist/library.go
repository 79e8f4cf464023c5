package playlist

import (
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/knn"
	"segue/matrix"
	"segue/mood"
)

// FamiliarPlays is how many completed plays make a track familiar. (d)
const FamiliarPlays = 3

// A Library is the music playlists are made of: what may be shared by every
// plan over one catalogue and one listener. Fill in its exported fields and pass
// it to NewLibrary.
type Library struct {
	Catalog   *segue.Catalog
	Positions []segue.Affect // one a catalogue row; not Known where the track has no place

	// PlacementError is how far places are likely off, a standard deviation by axis;
	// 0 stands for mood.SigmaValence and mood.SigmaArousal.
	PlacementError segue.Affect

	// Space holds tracks in the model's standardized feature space, d columns,
	// and SpaceRows the catalogue row of each of its rows. Both may be empty:
	// candidates then come from the plane alone.
	Space     matrix.Columns
	SpaceRows []int32

	Heard    *Heard      // what the listener played; nil without a history
	Dominant *segue.Mood // the listener's dominant mood; nil takes the mood of the start

	words // the language of what is said: see In

	// Where its listener feels tracks elsewhere than everybody: see FeltAs.
	everybodys []segue.Affect          // the catalogue's places; nil if Positions are
	never      map[int32]segue.MoodSet // by row
	said       map[int32]bool          // rows

	// The catalogue's, shared by its listeners.
	plane   *placed // every track with a place
	model   *knn.Index
	modelOf []int32 // the model row of each catalogue row, -1 if none; nil without a model
	rows    *rowsOf
	artists *names
	genres  *names
	titles  *songTitles
	seasons *seasons
	usual   bits // rows that the usual lengths, speechiness and liveness allow

	// The listener's.
	familiar  *placed        // tracks the listener is familiar with
	moods     []segue.Mood   // of those, by their sound
	keeps     *knn.Index     // those in the model's space, nil if there are none
	own       []int32        // placed rows completed at least once, ascending
	finishing *finishing     // how they hear tracks out
	pool      *FinishingPool // how others do; nil without
	topFive   []int32        // lowest rows of the five recordings most played of late
}

// placementError fills in what stands for 0.
func (l *Library) placementError() segue.Affect {
	if l.PlacementError == (segue.Affect{}) {
		return segue.Affect{Valence: mood.SigmaValence, Arousal: mood.SigmaArousal}
	}
	return l.PlacementError
}

// placed is a set of tracks on the plane, ready to be searched.
type placed struct {
	rows  []int32
	index *knn.Index
}

// near returns up to k rows nearest to a point that keep accepts, nearest first.
func (p *placed) near(at segue.Affect, k int, keep func(row int32) bool) []int32 {
	return p.rowsOf(p.index.Nearest([]float64{at.Valence, at.Arousal}, k, func(i int) bool { return keep(p.rows[i]) }))
}

// rowsOf returns the catalogue rows of what a search found.
func (p *placed) rowsOf(found []knn.Neighbor) []int32 {
	rows := make([]int32, len(found))
	for i, f := range found {
		rows[i] = p.rows[f.Row]
	}
	return rows
}

func newPlaced(rows []int32, at []segue.Affect) (*placed, error) {
	v, a := make([]float64, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		v[i], a[i] = at[r].Valence, at[r].Arousal
	}
	index, err := knn.New(matrix.FromColumns(v, a))
	if err != nil {
		return nil, err
	}
	return &placed{rows: rows, index: index}, nil
}

// NewLibrary builds the indexes of a library, O(n log n). Nothing passed in is
// changed; it must not change afterwards. It returns an error wrapping
// matrix.ErrNotFinite if Space holds a NaN or an infinity, and panics if the
// fields' lengths do not agree. The library is only read from then on: any number
// of goroutines may plan with it.
func NewLibrary(l Library) (*Library, error) {
	n := l.Catalog.Len()
	if rows, _ := l.Space.Dims(); rows != len(l.SpaceRows) {
		panic(fmt.Sprintf("playlist: a space of %d rows with %d row numbers", rows, len(l.SpaceRows)))
	}
	l = Library{Catalog: l.Catalog, Positions: l.Positions, PlacementError: l.PlacementError, Space: l.Space, SpaceRows: l.SpaceRows, Heard: l.Heard, Dominant: l.Dominant}
	if err := l.lay(); err != nil {
		return nil, err
	}
	var err error
	if len(l.SpaceRows) > 0 {
		if l.model, err = knn.New(l.Space); err != nil {
			return nil, err
		}
		l.modelOf = make([]int32, n)
		for i := range l.modelOf {
			l.modelOf[i] = -1
		}
		for i, row := range l.SpaceRows {
			l.modelOf[row] = int32(i)
		}
	}
	l.rows = newRowsOf(l.Catalog)
	l.artists, l.genres = newNames(l.Catalog.Artists), newNames(l.Catalog.Genres)
	l.titles = newSongTitles(l.Catalog.Title)
	l.seasons = &seasons{}
	l.usual = usualRows(&l)
	return l.For(l.Heard, l.Dominant)
}

// lay makes the index of the plane.
func (l *Library) lay() error {
	if len(l.Positions) != l.Catalog.Len() {
		panic(fmt.Sprintf("playlist: %d positions for %d tracks", len(l.Positions), l.Catalog.Len()))
	}
	var known []int32
	for i, at := range l.Positions {
		if !at.Known() {
			continue
		}
		if !onPlane(at) {
			return fmt.Errorf("track %q lies at (%g, %g), off the plane; positions must be in 0 to 1", l.Catalog.ID[i], at.Valence, at.Arousal)
		}
		known = append(known, int32(i))
	}
	var err error
	l.plane, err = newPlaced(known, l.Positions)
	return err
}

// For returns the library of another listener over the same catalogue, whose
// indexes it shares: what h says was played, nil without a history, and the
// listener's dominant mood, nil to take that of the start. Its time and memory
// are in proportion to what was heard, O(h log h). It panics if h counts plays of
// another catalogue, or if l was not made by NewLibrary.
func (l *Library) For(h *Heard, dominant *segue.Mood) (*Library, error) {
	if l.plane == nil {
		panic("playlist: For: the library was not made by NewLibrary")
	}
	if h != nil && !h.fits(l.Catalog.Recording, l.Catalog.Len()) {
		panic("playlist: For: plays counted for another catalogue")
	}
	view := *l
	view.Heard, view.Dominant = h, dominant
	view.familiar, view.moods, view.keeps, view.own, view.topFive = nil, nil, nil, nil, nil
	view.finishing = new(finishing)
	var familiar []int32
	if h != nil {
		view.topFive = h.topFive()
		for i, head := range h.heads {
			if h.counts[i].completed == 0 {
				continue
			}
			for row := range l.rows.of(head) {
				if !l.Positions[row].Known() {
					continue
				}
				view.own = append(view.own, row)
				if h.counts[i].completed >= FamiliarPlays {
					familiar = append(familiar, row)
				}
			}
		}
		slices.Sort(view.own)
		slices.Sort(familiar)
	}
	var err error
	if view.familiar, err = newPlaced(familiar, l.Positions); err != nil {
		return nil, err
	}
	var keeps []int
	for _, row := range familiar {
		view.moods = append(view.moods, l.membership(row).Dominant())
		if l.modelOf != nil && l.modelOf[row] >= 0 {
			keeps = append(keeps, int(l.modelOf[row]))
		}
	}
	if len(keeps) > 0 {
		view.keeps, err = knn.New(l.Space.Select(keeps))
	}
	return &view, err
}

// isFamiliar reports whether the listener completed the track often enough.
func (l *Library) isFamiliar(row int32) bool {
	return l.Heard != nil && l.Heard.Completed(row) >= FamiliarPlays
}

// ruminant reports whether a track counts for the rumination guard: one of the
// five recordings most played of late that is low in valence and arousal.
func (l *Library) ruminant(row int32) bool {
	return slices.Contains(l.topFive, recordingOf(l.Catalog.Recording, row)) && segue.QuadrantOf(l.Positions[row]) == segue.Sad
}

// sound returns what the cost needs to know of a row.
func (l *Library) sound(row int32) Sound {
	c := l.Catalog
	s := Sound{At: l.Positions[row], Tempo: math.NaN()}
	if t := c.Feature[segue.Tempo]; t != nil {
		s.Tempo = float64(t[row])
	}
	if k, m := c.Feature[segue.Key], c.Feature[segue.Mode]; k != nil && m != nil {
		s.Key = CamelotOf(k[row], m[row])
	}
	return s
}

// feature returns a feature of a row, NaN if missing.
func (l *Library) feature(f segue.Feature, row int32) float64 {
	if col := l.Catalog.Feature[f]; col != nil {
		return float64(col[row])
	}
	return math.NaN()
}
