package labels

import (
	"context"
	"fmt"
	"io"
	"strings"

	"segue"
	"segue/internal/table"
	"segue/internal/titles"
)

// Options say how to read. The zero value is ready to use.
type Options struct {
	// Scale of valence and arousal; nil to find it.
	Scale *Scale

	// MaxUnpacked is how many bytes a gzip or Parquet file may unpack to; 0 stands for
	// DefaultMaxUnpacked.
	MaxUnpacked int64

	// Progress is told the bytes read (stage "reading"); nil for nobody.
	Progress segue.Progress
}

// DefaultMaxUnpacked bounds what one gzip or Parquet file may unpack to: 64 GiB, which
// takes minutes and no memory. (d)
const DefaultMaxUnpacked = 64 << 30

// maxText is the longest id, name or word that is looked at; what is longer is cut. (d)
const maxText = 1 << 10

// A Row is what a table says of a track.
type Row struct {
	Line  int // of the file, as a spreadsheet shows it
	Track segue.TrackRef
	At    segue.Affect // valence and arousal in the table's own units; not Known where it does not say both
	Mood  segue.Mood   // that it names; Mixed where none
}

// Read reads the table at path and hands every row that can be used to each, in order.
// It holds one block of the file, so that memory does not grow with it; time is in
// proportion to its bytes.
//
// A file that does not exist, is no table, has no column that says which track is meant
// or how it feels, no row that can be used, no mood's name that is known, or valence and
// arousal on a scale that cannot be told is a *segue.InputError; each may then have had
// rows. An error of each ends the reading and is returned; so is ctx's.
func Read(ctx context.Context, path string, o Options, each func(Row) error) (*Report, error) {
	size, err := table.FileSize(path)
	if err != nil {
		return nil, err
	}
	return read(path, o, size, each, func(t *table.Reader) error { return t.File(ctx, path) })
}

// ReadText reads a table of delimited text, called name, as Read reads a file.
func ReadText(ctx context.Context, name string, src io.Reader, o Options, each func(Row) error) (*Report, error) {
	return read(name, o, 0, each, func(t *table.Reader) error { return t.Text(ctx, name, src) })
}

func read(name string, o Options, size int64, each func(Row) error, run func(*table.Reader) error) (*Report, error) {
	r := &reader{o: o, each: each, words: newByWord(), valence: nothing(), arousal: nothing(),
		report: &Report{Name: name, Dropped: map[string]int{}, Unknown: []Word{}}}
	done := int64(0)
	t := &table.Reader{
		MaxUnpacked: o.MaxUnpacked,
		Found:       func(names []string) int { return findColumns(names).found() },
		Header:      r.header,
		Row:         r.row,
		Count: func(n int64) {
			if done += n; o.Progress != nil {
				o.Progress("reading", min(done, size), size)
			}
		},
	}
	if t.MaxUnpacked == 0 {
		t.MaxUnpacked = DefaultMaxUnpacked
	}
	if err := run(t); err != nil {
		return nil, err
	}
	return r.finish()
}

type reader struct {
	o      Options
	each   func(Row) error
	words  byWord
	report *Report

	columns          *columns
	commas           bool
	valence, arousal span // of the rows handed on
}

func (r *reader) header(names []string, commas bool) error {
	r.columns, r.commas = findColumns(names), commas
	r.report.Columns = r.columns.called()
	if problem := r.columns.check(r.report.Name); problem != nil {
		return problem
	}
	return nil
}

// row hands a row on or drops it.
func (r *reader) row(raw *table.Row) error {
	r.report.Rows++
	switch raw.Fault {
	case table.BrokenQuotes:
		r.report.drop(BrokenQuotes)
		return nil
	case table.WrongFields:
		r.report.drop(WrongFields)
		return nil
	}
	out := Row{Line: raw.Line, At: segue.Nowhere(), Mood: segue.Mixed, Track: segue.TrackRef{
		ID: r.text(raw, roleID), ISRC: r.text(raw, roleISRC),
		Artist: r.text(raw, roleArtist), Title: r.text(raw, roleTitle), Album: r.text(raw, roleAlbum),
	}}
	if out.Track.ID == "" && out.Track.ISRC == "" && (out.Track.Artist == "" || out.Track.Title == "") {
		r.report.drop(NoTrack)
		return nil
	}
	valence, emptyV, okV := r.number(raw, roleValence)
	arousal, emptyA, okA := r.number(raw, roleArousal)
	word := r.text(raw, roleMood)
	if okV && okA {
		out.At = segue.Affect{Valence: valence, Arousal: arousal}
	}
	if word != "" {
		m, ok := r.words[titles.Fold(word)]
		if ok {
			out.Mood = m
		} else if r.report.unknown(word); !out.At.Known() {
			r.report.drop(UnknownWord)
			return nil
		}
	}
	switch placed := out.At.Known(); {
	case !placed && out.Mood == segue.Mixed && (!emptyV && !okV || !emptyA && !okA):
		r.report.drop(BadNumber)
		return nil
	case !placed && out.Mood == segue.Mixed:
		r.report.drop(NoLabel)
		return nil
	case placed:
		r.report.Placed++
		r.valence.add(valence)
		r.arousal.add(arousal)
	}
	if out.Mood != segue.Mixed {
		r.report.Moods++
	}
	r.report.Used++
	return r.each(out)
}

// text returns the cell of a role, "" without one.
func (r *reader) text(raw *table.Row, role role) string {
	if !r.columns.has(role) {
		return ""
	}
	cell := table.Trimmed(raw.Fields[r.columns.at[role]])
	if len(cell) > maxText {
		cell = cell[:maxText]
	}
	return string(table.ToUTF8(cell))
}

// number returns the cell of a role: whether it is empty, and if not whether it is a
// number that may be.
func (r *reader) number(raw *table.Row, role role) (v float64, empty, ok bool) {
	if !r.columns.has(role) {
		return 0, true, false
	}
	cell := table.Trimmed(raw.Fields[r.columns.at[role]])
	if len(cell) == 0 || strings.EqualFold(string(cell), "nan") || strings.EqualFold(string(cell), "na") {
		return 0, true, false
	}
	v, _, ok = table.ParseDecimal(cell, r.commas)
	if !ok || v-v != 0 { // NaN, for the infinities
		return 0, false, false
	}
	if s := r.o.Scale; s != nil && !(v >= float64(s.Lo) && v <= float64(s.Hi)) {
		return 0, false, false
	}
	return v, false, true
}

// finish checks the whole of the table and finds its scale.
func (r *reader) finish() (*Report, error) {
	p := r.report
	switch {
	case p.Rows == 0:
		return nil, table.NoRows(p.Name)
	case p.Used == 0 && p.Dropped[UnknownWord] > 0:
		var some []string
		for _, w := range p.Unknown[:min(5, len(p.Unknown))] {
			some = append(some, fmt.Sprintf("%q", w.Word))
		}
		return nil, &segue.InputError{File: p.Name, Column: p.Columns[roleMood.String()],
			Problem: "none of its words names a mood that is known; it has %s", Args: []any{strings.Join(some, ", ")},
			Hint: "write happy, calm, sad or angry, or q1 to q4"}
	case p.Used == 0 && p.Dropped[BadNumber] > 0 && r.o.Scale != nil:
		return nil, &segue.InputError{File: p.Name, Problem: "no row has valence and arousal within %s", Args: []any{r.o.Scale.String()}, Hint: "give the table's own scale, or none to have it found"}
	case p.Used == 0:
		return nil, &segue.InputError{File: p.Name, Problem: "none of the %d rows says how a track feels", Args: []any{p.Rows}, Hint: "fill in valence and arousal, or a mood"}
	case p.Placed == 0:
		return p, nil
	case r.o.Scale != nil:
		p.Scale = r.o.Scale
		return p, nil
	}
	s, err := detect(p.Name, r.valence, r.arousal)
	if err != nil {
		return nil, err
	}
	p.Scale = &s
	return p, nil
}
