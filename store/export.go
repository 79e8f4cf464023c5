package store

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
)

// exportFormat and exportVersion name what an export is. A version only rises
// when an older Segue could not read what a newer one writes.
const (
	exportFormat  = "segue-export"
	exportVersion = 1
)

// The files of an export that are not lists of records.
const (
	manifestFile = "manifest.json"
	listenerFile = "listener.json"
	readmeFile   = "README.txt"
)

// A manifest says what an export is and how much is in it, so that one that
// lost something is recognised.
type manifest struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	Rows    map[string]int `json:"rows"` // by file
}

// A part is one list of a person's records: a file of JSON lines.
type part struct {
	file  string
	about string // for the readme
	rows  func(*person) int
	write func(*person, *json.Encoder) error
	add   func(*person, *json.Decoder) error // reads one row
}

// partOf makes a part of a person's list and its rows.
func partOf[T any, R interface{ record() (T, error) }](file, about string, of func(*person) *[]T, row func(T) R) part {
	return part{
		file: file, about: about,
		rows: func(p *person) int { return len(*of(p)) },
		write: func(p *person, e *json.Encoder) error {
			return every(*of(p), func(v T) error { return e.Encode(row(v)) })
		},
		add: func(p *person, d *json.Decoder) error {
			var r R
			if err := d.Decode(&r); err != nil {
				return err
			}
			v, err := r.record()
			*of(p) = append(*of(p), v)
			return err
		},
	}
}

// parts lists the files of an export.
func parts() []part {
	return []part{
		partOf("consents.jsonl", "what you allowed and withdrew, in that order", func(p *person) *[]Consent { return &p.consents }, consentToRow),
		partOf("imports.jsonl", "the histories you imported, and the account of each", func(p *person) *[]Import { return &p.imports }, importToRow),
		partOf("plays.jsonl", "what you heard, named as in Spotify's extended streaming history: segue history reads it", func(p *person) *[]keptPlay { return &p.plays }, playToRow),
		partOf("hour_sums.jsonl", "sums by hour of plays that were let go", func(p *person) *[]HourSum { return &p.sums }, sumToRow),
		partOf("check_ins.jsonl", "how you said you felt: [valence, arousal] on a grid of 1 to 9", func(p *person) *[]CheckIn { return &p.checkIns }, checkInToRow),
		partOf("hours.jsonl", "the hours made for you, with their plans", func(p *person) *[]Hour { return &p.hours }, hourToRow),
		partOf("reflections.jsonl", "what you said after an hour, from -2 to 2 and in words", func(p *person) *[]Reflection { return &p.reflections }, reflectionToRow),
		partOf("offers.jsonl", "when an offer was shown or waved away", func(p *person) *[]card { return &p.cards }, cardToRow),
		partOf("shares.jsonl", "the cards you made public", func(p *person) *[]Share { return &p.shares }, shareToRow),
		partOf("events.jsonl", "what was started, played, said and shared, as outcomes are computed from it: segue events reads it", func(p *person) *[]Record { return &p.records }, recordToRow),
		partOf("trials.jsonl", "the comparisons you ran for yourself, as segue experiment reads them", func(p *person) *[]Trial { return &p.trials }, trialToRow),
		partOf("corrections.jsonl", "what you said of how tracks feel to you", func(p *person) *[]Correction { return &p.corrections }, correctionToRow),
	}
}

// Export writes everything that is stored of a listener as one ZIP: JSON and
// JSON lines that people can read, and that Restore takes back. The same data
// is the same bytes. Nothing is held open while w is written.
func (s *Store) Export(ctx context.Context, listener string, w io.Writer) error {
	var p *person
	err := s.read(ctx, "read what there is to export", func(ctx context.Context, c *conn) (err error) {
		p, err = loadPerson(ctx, c, listener)
		return err
	})
	if err != nil {
		return err
	}
	return p.export(ctx, w)
}

func (p *person) export(ctx context.Context, w io.Writer) error {
	z := zip.NewWriter(w)
	m := manifest{exportFormat, exportVersion, map[string]int{}}
	readme := "Everything Segue keeps of you. 'segue restore' takes it back.\r\n\r\n" + listenerFile + ": what you set\r\n"
	for _, part := range parts() {
		m.Rows[part.file] = part.rows(p)
		readme += part.file + ": " + part.about + "\r\n"
	}
	if p.account != nil {
		readme += accountFile + ": how you sign in; it stays with the service and is not taken back\r\n"
	}
	if err := writeEntry(z, readmeFile, func(w io.Writer) error { _, err := io.WriteString(w, readme); return err }); err != nil {
		return err
	}
	if err := writeEntry(z, manifestFile, func(w io.Writer) error { return object(w, m) }); err != nil {
		return err
	}
	if err := writeEntry(z, listenerFile, func(w io.Writer) error { return object(w, listenerToRow(p.listener)) }); err != nil {
		return err
	}
	for _, part := range parts() {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := writeEntry(z, part.file, func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			return part.write(p, e)
		})
		if err != nil {
			return err
		}
	}
	if p.account != nil {
		if err := writeEntry(z, accountFile, func(w io.Writer) error { return object(w, p.account) }); err != nil {
			return err
		}
	}
	return z.Close()
}

func writeEntry(z *zip.Writer, name string, write func(io.Writer) error) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	return write(w)
}

// object writes a JSON object as people read it.
func object(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
