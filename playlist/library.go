package playlist

import (
	"fmt"
	"math"
	"slices"
	"time"

	"segue"
	"segue/knn"
	"segue/matrix"
)

// FamiliarPlays is how many completed plays make a track familiar. (d)
const FamiliarPlays = 3

// A Library is the music playlists are made of: what may be shared by every
// plan over one catalogue and one listener. Fill in its exported fields and pass
// it to NewLibrary.
type Library struct {
	Catalog   *segue.Catalog
	Positions []segue.Affect // one a catalogue row; not Known where the track has no place

	// Space holds tracks in the model's standardized feature space, d columns,
	// and SpaceRows the catalogue row of each of its rows. Both may be empty:
	// candidates then come from the plane alone.
	Space     matrix.Columns
	SpaceRows []int32

	Heard    *Heard      // what the listener played; nil without a history
	Dominant *segue.Mood // the listener's dominant mood; nil takes the mood of the start

	plane    *placed // every track with a place
	familiar *placed // those the listener is familiar with
	model    *knn.Index
	keeps    *knn.Index // familiar tracks in the model's space, nil if there are none
	modelOf  []int32    // the model row of each catalogue row, -1 if none; nil without a model
	own      []int32    // rows completed at least once, ascending
	topFive  map[int32]bool
}

// Heard is what a listener played, one entry a catalogue row. Reissues of one
// recording share their plays.
type Heard struct {
	Plays     []int32 // of MinimumPlay or longer, or skipped: all that were matched
	Completed []int32 // those heard to the end, or near it: see CompletedShare
	Recent    []int32 // plays not skipped in the last RecentDays of the history
}

// CompletedShare is how much of a track a play has to last, not being a skip, to
// count as completed. Where the track's length is unknown, MinimumPlay has to do.
// (docs/science.md §7; d)
const CompletedShare = .80

// completed reports whether a play of a track of a length, 0 if unknown, heard it
// out. A scrobble does not say how long it was heard; it counts as heard.
func completed(p segue.Play, length time.Duration) bool {
	if p.WasSkipped(length) {
		return false
	}
	return p.Scrobble || p.Played >= segue.MinimumPlay && float64(p.Played) >= CompletedShare*float64(length)
}

// RecentDays is the window of the rumination guard's top five. (docs/science.md §6)
const RecentDays = 28

// HeardOf counts plays by catalogue row. Matches has one entry a play. The last
// RecentDays end with the last play. O(plays + tracks).
func HeardOf(c *segue.Catalog, plays []segue.Play, matches []segue.Match) *Heard {
	if len(plays) != len(matches) {
		panic("playlist: HeardOf: as many matches as plays are needed")
	}
	n := c.Len()
	h := &Heard{Plays: make([]int32, n), Completed: make([]int32, n), Recent: make([]int32, n)}
	var last time.Time
	for _, p := range plays {
		if p.EndedAt.After(last) {
			last = p.EndedAt
		}
	}
	since := last.AddDate(0, 0, -RecentDays)
	for i, m := range matches {
		if m.Rung == segue.Unmatched {
			continue
		}
		row := m.Row
		if c.Recording != nil {
			row = c.Recording[row] // counted once for the whole group, spread below
		}
		h.Plays[row]++
		if plays[i].WasSkipped(c.Duration(int(m.Row))) {
			continue
		}
		if completed(plays[i], c.Duration(int(m.Row))) {
			h.Completed[row]++
		}
		if plays[i].EndedAt.After(since) {
			h.Recent[row]++
		}
	}
	for row, group := range c.Recording {
		h.Plays[row], h.Completed[row], h.Recent[row] = h.Plays[group], h.Completed[group], h.Recent[group]
	}
	return h
}

// placed is a set of tracks on the plane, ready to be searched.
type placed struct {
	rows  []int32
	index *knn.Index
}

// near returns up to k rows nearest to a point that keep accepts, nearest first.
func (p *placed) near(at segue.Affect, k int, keep func(row int32) bool) []int32 {
	found := p.index.Nearest([]float64{at.Valence, at.Arousal}, k, func(i int) bool { return keep(p.rows[i]) })
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
// fields' lengths do not agree.
func NewLibrary(l Library) (*Library, error) {
	n := l.Catalog.Len()
	if len(l.Positions) != n {
		panic(fmt.Sprintf("playlist: %d positions for %d tracks", len(l.Positions), n))
	}
	if rows, _ := l.Space.Dims(); rows != len(l.SpaceRows) {
		panic(fmt.Sprintf("playlist: a space of %d rows with %d row numbers", rows, len(l.SpaceRows)))
	}
	if h := l.Heard; h != nil && (len(h.Plays) != n || len(h.Completed) != n || len(h.Recent) != n) {
		panic(fmt.Sprintf("playlist: plays counted for another number of tracks than %d", n))
	}
	var known, familiar []int32
	for i, at := range l.Positions {
		if !at.Known() {
			continue
		}
		if !onPlane(at) {
			return nil, fmt.Errorf("track %q lies at (%g, %g), off the plane; positions must be in 0 to 1", l.Catalog.ID[i], at.Valence, at.Arousal)
		}
		known = append(known, int32(i))
		if l.isFamiliar(int32(i)) {
			familiar = append(familiar, int32(i))
		}
		if l.Heard != nil && l.Heard.Completed[i] > 0 {
			l.own = append(l.own, int32(i))
		}
	}
	var err error
	if l.plane, err = newPlaced(known, l.Positions); err != nil {
		return nil, err
	}
	if l.familiar, err = newPlaced(familiar, l.Positions); err != nil {
		return nil, err
	}
	if len(l.SpaceRows) > 0 {
		if err := l.indexSpace(); err != nil {
			return nil, err
		}
	}
	l.topFive = l.findTopFive()
	return &l, nil
}

// indexSpace prepares searches in the model's space.
func (l *Library) indexSpace() error {
	var err error
	if l.model, err = knn.New(l.Space); err != nil {
		return err
	}
	l.modelOf = make([]int32, l.Catalog.Len())
	for i := range l.modelOf {
		l.modelOf[i] = -1
	}
	var keeps []int
	for i, row := range l.SpaceRows {
		l.modelOf[row] = int32(i)
		if l.isFamiliar(row) {
			keeps = append(keeps, i)
		}
	}
	if len(keeps) > 0 {
		l.keeps, err = knn.New(l.Space.Select(keeps))
	}
	return err
}

// isFamiliar reports whether the listener completed the track often enough.
func (l *Library) isFamiliar(row int32) bool {
	return l.Heard != nil && l.Heard.Completed[row] >= FamiliarPlays
}

// findTopFive returns the rows of the five recordings most played of late;
// of equals the lower row. All rows of a recording count as the recording.
func (l *Library) findTopFive() map[int32]bool {
	if l.Heard == nil {
		return nil
	}
	group := func(row int32) int32 {
		if l.Catalog.Recording == nil {
			return row
		}
		return l.Catalog.Recording[row]
	}
	var heads []int32
	for row, n := range l.Heard.Recent {
		if n > 0 && group(int32(row)) == int32(row) {
			heads = append(heads, int32(row))
		}
	}
	slices.SortFunc(heads, func(a, b int32) int {
		if d := l.Heard.Recent[b] - l.Heard.Recent[a]; d != 0 {
			return int(d)
		}
		return int(a - b)
	})
	top := map[int32]bool{}
	for _, h := range heads[:min(5, len(heads))] {
		top[h] = true
	}
	rows := map[int32]bool{}
	for row, n := range l.Heard.Recent {
		if n > 0 && top[group(int32(row))] {
			rows[int32(row)] = true
		}
	}
	return rows
}

// ruminant reports whether a track counts for the rumination guard: one of the
// top five that is low in valence and arousal.
func (l *Library) ruminant(row int32) bool {
	return l.topFive[row] && segue.QuadrantOf(l.Positions[row]) == segue.Sad
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
