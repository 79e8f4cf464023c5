package recommend

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math"
	"slices"

	"segue"
	"segue/internal/titles"
	"segue/labels"
	"segue/match"
	"segue/mood"
)

// Reasons for which Labels drops a row that package labels handed on.
const (
	LabelUnmatched   = "no track matches"        // on no rung of the ladder
	LabelContradicts = "contradictory, as often" // of its track as many rows name another mood
)

// MaxContradictions is how many tracks with contradictory labels a LabelReport names,
// and MaxUnmatched how many labels without a track. (d)
const (
	MaxContradictions = 10
	MaxUnmatched      = 5
)

// A LabelReport says what became of a label table's rows. The rows of Table are
// Tracks + Merged + the sum of Dropped.
type LabelReport struct {
	Table   *labels.Report `json:"table"`
	Tracks  int            `json:"tracks"`  // of the catalogue that have a label
	Artists int            `json:"artists"` // main artists of them
	Merged  int            `json:"merged"`  // further rows of these tracks
	Dropped map[string]int `json:"dropped"` // rows, by reason, the table's own among them; never nil, without zeros

	ByRung match.RungCounts `json:"by_rung"` // rows that could be used
	Tied   int              `json:"tied"`    // rows for which several recordings fitted

	// Contradictory counts tracks of which rows disagree: on a mood's name, or on a
	// side of the middle of valence or arousal.
	Contradictory  int             `json:"contradictory"`
	Contradictions []Contradiction `json:"contradictions"` // the first of the catalogue
	Unmatched      []string        `json:"unmatched"`      // the first of the table
}

// A Contradiction is a track of which a label table says several things.
type Contradiction struct {
	Row     int32  `json:"-"` // of the catalogue
	Track   string `json:"track"`
	Rows    int    `json:"rows"`    // of the table
	Dropped bool   `json:"dropped"` // as many rows say one thing as another
}

// Labels finds the tracks that a label table's rows mean, by the ladder of package
// match, and makes one label of all rows of a track: the mean of valence and arousal,
// the mood that most rows name. Where most are two, the track is left out. read is
// package labels' Read of the table, but for what it is told last.
//
// Memory is in proportion to the tracks that are found, not to the rows. A table of
// which no row means a track of the catalogue is a *segue.InputError; other errors are
// read's.
func (m *Music) Labels(read func(each func(labels.Row) error) (*labels.Report, error)) (*mood.Labels, *LabelReport, error) {
	j := &labelJoin{index: m.matcher(), catalog: m.Catalog, said: map[int32]*said{},
		report: &LabelReport{Dropped: map[string]int{}, Contradictions: []Contradiction{}, Unmatched: []string{}}}
	table, err := read(j.add)
	if err != nil {
		return nil, nil, err
	}
	return j.finish(table)
}

type labelJoin struct {
	index   *match.Index
	catalog *segue.Catalog
	said    map[int32]*said // by row of the catalogue
	report  *LabelReport
}

// said is what a table's rows say of one track.
type said struct {
	rows   int
	placed int
	sum    segue.Affect
	lo, hi segue.Affect // of those placed
	named  [segue.NumMoods]int
}

func (j *labelJoin) add(r labels.Row) error {
	found := j.index.Match(r.Track)
	j.report.ByRung[found.Rung]++
	if found.Rung == segue.Unmatched {
		j.report.Dropped[LabelUnmatched]++
		if len(j.report.Unmatched) < MaxUnmatched {
			j.report.Unmatched = append(j.report.Unmatched, nameOf(r.Track))
		}
		return nil
	}
	if found.Tied {
		j.report.Tied++
	}
	s := j.said[found.Row]
	if s == nil {
		s = &said{lo: segue.Affect{Valence: math.Inf(1), Arousal: math.Inf(1)}, hi: segue.Affect{Valence: math.Inf(-1), Arousal: math.Inf(-1)}}
		j.said[found.Row] = s
	}
	s.rows++
	if r.Mood != segue.Mixed {
		s.named[r.Mood]++
	}
	if at := r.At; at.Known() {
		s.placed++
		s.sum.Valence, s.sum.Arousal = s.sum.Valence+at.Valence, s.sum.Arousal+at.Arousal
		s.lo = segue.Affect{Valence: min(s.lo.Valence, at.Valence), Arousal: min(s.lo.Arousal, at.Arousal)}
		s.hi = segue.Affect{Valence: max(s.hi.Valence, at.Valence), Arousal: max(s.hi.Arousal, at.Arousal)}
	}
	return nil
}

func nameOf(t segue.TrackRef) string {
	switch {
	case t.Title != "" && t.Artist != "":
		return t.Artist + " – " + t.Title
	case t.ID != "":
		return t.ID
	}
	return t.ISRC
}

// mood is the mood that most rows name, Mixed where none does; sure is false where
// most are two.
func (s *said) mood() (m segue.Mood, sure bool) {
	m, most := segue.Mixed, 0
	for c, n := range s.named {
		switch {
		case n > most:
			m, most, sure = segue.Mood(c), n, true
		case n == most:
			sure = false
		}
	}
	return m, sure || most == 0
}

// contradicts reports whether the rows disagree, given the middle of the scale.
func (s *said) contradicts(middle float64) bool {
	names := 0
	for _, n := range s.named {
		if n > 0 {
			names++
		}
	}
	return names > 1 ||
		s.placed > 1 && (s.lo.Valence < middle && s.hi.Valence >= middle || s.lo.Arousal < middle && s.hi.Arousal >= middle)
}

func (j *labelJoin) finish(table *labels.Report) (*mood.Labels, *LabelReport, error) {
	p := j.report
	p.Table = table
	maps.Copy(p.Dropped, table.Dropped)
	if len(j.said) == 0 {
		return nil, nil, &segue.InputError{File: table.Name, Problem: "none of its %d rows names a track of the catalogue", Args: []any{table.Rows},
			Hint: "check that both are about the same music: ids, or artists and titles, must agree"}
	}
	middle := 0.0
	if table.Scale != nil {
		middle = table.Scale.Middle
	}
	l := &mood.Labels{Source: table.Name}
	for _, row := range slices.Sorted(maps.Keys(j.said)) {
		s := j.said[row]
		m, sure := s.mood()
		if s.contradicts(middle) {
			p.Contradictory++
			if len(p.Contradictions) < MaxContradictions {
				p.Contradictions = append(p.Contradictions, Contradiction{row, j.catalog.Artists.First(int(row)) + " – " + j.catalog.Title[row], s.rows, !sure})
			}
		}
		if !sure {
			p.Dropped[LabelContradicts] += s.rows
			continue
		}
		at := segue.Nowhere()
		if n := float64(s.placed); n > 0 {
			at = segue.Affect{Valence: s.sum.Valence/n - middle, Arousal: s.sum.Arousal/n - middle}
			if m == segue.Mixed {
				m = segue.QuadrantOf(segue.Affect{Valence: at.Valence + 0.5, Arousal: at.Arousal + 0.5})
			}
		}
		l.Row, l.At, l.Mood = append(l.Row, row), append(l.At, at), append(l.Mood, m)
		p.Merged += s.rows - 1
	}
	if l.Len() == 0 {
		return nil, nil, &segue.InputError{File: table.Name, Problem: "every track of the catalogue that it names is said to be of two moods equally often", Hint: "leave one row a track"}
	}
	l.Group = LabelGroups(j.catalog, l.Row)
	l.Hash = labelHash(j.catalog, l)
	p.Tracks, p.Artists = l.Len(), int(slices.Max(l.Group))+1
	return l, p, nil
}

// LabelGroups numbers the main artists of rows of a catalogue, in order of first sight;
// spellings that fold to one name are one.
func LabelGroups(c *segue.Catalog, rows []int32) []int32 {
	number := map[string]int32{}
	out := make([]int32, len(rows))
	for i, row := range rows {
		artist := titles.Fold(c.Artists.First(int(row)))
		g, known := number[artist]
		if !known {
			g = int32(len(number))
			number[artist] = g
		}
		out[i] = g
	}
	return out
}

// labelHash returns the SHA-256, in hexadecimal, of what was joined: the tracks' ids
// and what is said of them.
func labelHash(c *segue.Catalog, l *mood.Labels) string {
	h := sha256.New()
	h.Write([]byte("segue labels 1\n"))
	var buf []byte
	for i, row := range l.Row {
		buf = binary.AppendUvarint(buf[:0], uint64(len(c.ID[row])))
		buf = append(buf, c.ID[row]...)
		for _, v := range [...]float64{l.At[i].Valence, l.At[i].Arousal} {
			if v != v {
				v = math.NaN() // one of them
			}
			buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(v))
		}
		h.Write(append(buf, byte(l.Mood[i])))
	}
	return hex.EncodeToString(h.Sum(nil))
}
