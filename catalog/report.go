package catalog

import (
	"encoding/json"
	"slices"

	"segue"
)

// Reasons for which a row is dropped, the keys of Report.Dropped. The first
// that applies counts.
const (
	BrokenQuotes = "broken quotation marks" // text follows a closing quotation mark
	WrongFields  = "wrong number of fields" // other than the header's
	NoTitle      = "no title"               // the cell is empty
	NoArtist     = "no artist"              // the cell is empty
	NoFeatures   = "no audio feature"       // every feature is missing
)

// String returns the reason as Report.Dropped names it.
func (r reason) String() string {
	return [numReasons]string{BrokenQuotes, WrongFields, NoTitle, NoArtist, NoFeatures}[r]
}

// MaxProblems is how many problems a Report lists. (d)
const MaxProblems = 20

// A Report says what Read found. For each file and for all together,
// Rows = Tracks + Duplicates + the sum of Dropped.
type Report struct {
	Files      []FileReport   `json:"files"`
	Rows       int            `json:"rows"`       // rows read: records after the header, blank lines apart
	Tracks     int            `json:"tracks"`     // rows of the catalogue
	Duplicates int            `json:"duplicates"` // rows whose id came before; their genres were added
	Dropped    map[string]int `json:"dropped"`    // rows not used, by reason; never nil, without zeros

	Missing    map[string]int `json:"missing"`    // tracks without a value, by feature; every feature has an entry
	BadValues  int            `json:"bad_values"` // cells out of range or unreadable, in all kept or duplicate rows
	Conflicts  int            `json:"conflicts"`  // duplicates whose features differ from the first row's
	Recoded    int            `json:"recoded"`    // texts that were not UTF-8 and were read as Windows-1252
	Recordings int            `json:"recordings"` // distinct recordings: Tracks less the reissues
	Problems   Problems       `json:"problems"`   // the first MaxProblems bad values and unreadable rows, in order
}

// A FileReport is the part of a Report that one file contributed. Tracks are
// those seen first in this file.
type FileReport struct {
	Name       string         `json:"name"`   // as given
	Format     string         `json:"format"` // "csv", "csv.gz" or "parquet"
	Rows       int            `json:"rows"`
	Tracks     int            `json:"tracks"`
	Duplicates int            `json:"duplicates"`
	Dropped    map[string]int `json:"dropped"`
}

// Problems lists what is wrong with single rows and cells. Row counts from 1
// and includes the header and blank lines, so that it is the row a spreadsheet
// shows; in Parquet it is the record's number.
type Problems []segue.InputError

// MarshalJSON writes [{"file", "row", "column", "problem"}, …].
func (p Problems) MarshalJSON() ([]byte, error) {
	type problem struct {
		File    string `json:"file"`
		Row     int    `json:"row"`
		Column  string `json:"column,omitempty"`
		Problem string `json:"problem"`
	}
	out := make([]problem, len(p))
	for i, e := range p {
		out[i] = problem{e.File, e.Row, e.Column, e.Problem}
	}
	return json.Marshal(out)
}

// count adds what a batch says, apart from duplicates and tracks.
func (r *Report) count(file *FileReport, b *batch, rowsBefore int) {
	r.Rows += b.rows
	file.Rows += b.rows
	for i, n := range b.dropped {
		if n > 0 {
			r.Dropped[reason(i).String()] += n
			file.Dropped[reason(i).String()] += n
		}
	}
	r.BadValues += b.bad
	r.Recoded += b.recoded
	for _, n := range b.notes[:min(len(b.notes), MaxProblems-len(r.Problems))] {
		n.Row += rowsBefore
		r.Problems = append(r.Problems, n)
	}
}

// reasons returns the reasons in r.Dropped, most frequent first.
func (r *Report) reasons() []string {
	var names []string
	for i := range numReasons {
		if r.Dropped[reason(i).String()] > 0 {
			names = append(names, reason(i).String())
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return r.Dropped[b] - r.Dropped[a] })
	return names
}
