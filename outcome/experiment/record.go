package experiment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"segue/internal/jsonwords"
	"segue/outcome/event"
)

// RecordFormat names the files of a Record, RecordVersion the version written.
const (
	RecordFormat  = "segue experiment record"
	RecordVersion = 1

	MaxRecord = 256 << 20 // bytes of a file
)

// ErrNoRecord says that a file is none of RecordFormat.
var ErrNoRecord = errors.New("this is no experiment's record: its format is not \"" + RecordFormat + "\"")

// A Record is an experiment in one file: what was declared, what it was read from, and
// what came out, so that a reviewer can compute it anew.
type Record struct {
	Format    string   `json:"format"`
	Version   int      `json:"version"`
	Design    *Design  `json:"design"`
	Hash      string   `json:"design_sha256"` // of the design's canonical JSON (RFC 8785)
	Exposures Digest   `json:"exposures"`     // of the exposures as JSON Lines, in order
	Data      Digest   `json:"data"`          // of the table's canonical JSON
	Table     *Table   `json:"table"`         // null unless the record is to be computed anew without the events
	Reading   *Reading `json:"results"`
}

// A Digest is the fingerprint of what a record was made from.
type Digest struct {
	N      int    `json:"n"` // exposures; rows
	SHA256 string `json:"sha256"`
}

// NewRecord reads a table and puts all of it into a record; rows says whether the table
// itself, which has numbers for listeners and no times, is to be in it.
func NewRecord(d *Design, t *Table, l *Log, rows bool) (*Record, error) {
	shown, err := digestOf(l)
	if err != nil {
		return nil, err
	}
	full := *d
	full.Guardrails = slices.Clone(d.Guardrails)
	full.fill()
	r := &Record{Format: RecordFormat, Version: RecordVersion, Design: &full, Hash: d.Hash(), Exposures: shown, Data: t.digest(), Reading: Read(d, t)}
	if rows {
		r.Table = t
	}
	return r, nil
}

func digestOf(l *Log) (Digest, error) {
	h := sha256.New()
	w := event.NewLineWriter(h)
	if err := w.Write(l.Exposures...); err != nil {
		return Digest{}, err
	}
	if err := w.Flush(); err != nil {
		return Digest{}, err
	}
	return Digest{len(l.Exposures), hex.EncodeToString(h.Sum(nil))}, nil
}

func (t *Table) digest() Digest {
	sum := sha256.Sum256(CanonicalJSON(t))
	return Digest{len(t.Rows), hex.EncodeToString(sum[:])}
}

// ParseRecord reads a record. Its error is one line.
func ParseRecord(b []byte) (*Record, error) {
	var r Record
	err := jsonwords.Strict(b, MaxRecord, &r)
	switch {
	case err != nil && !bytes.Contains(b, []byte(RecordFormat)):
		return nil, ErrNoRecord
	case err != nil:
		return nil, err
	case r.Format != RecordFormat:
		return nil, ErrNoRecord
	case r.Version > RecordVersion || r.Version < 1:
		return nil, fmt.Errorf("the record has version %d, and this program reads up to %d; use a newer one", r.Version, RecordVersion)
	case r.Design == nil || r.Reading == nil:
		return nil, errors.New("the record holds no design or no results")
	}
	if f := r.Design.Check(); f != nil {
		return nil, f
	}
	if r.Table != nil {
		return &r, r.Table.check(r.Design)
	}
	return &r, nil
}

// check refuses a table that is not one of the design.
func (t *Table) check(d *Design) error {
	if !slices.Equal(t.Measures, d.measured()) {
		return errors.New("the table's measures are not the design's")
	}
	for i, row := range t.Rows {
		switch {
		case d.arm(row.Arm) < 0:
			return fmt.Errorf("row %d of the table is in the arm %.40q, which the design does not have", i+1, row.Arm)
		case len(row.Values) != len(t.Measures):
			return fmt.Errorf("row %d of the table has %d values for %d measures", i+1, len(row.Values), len(t.Measures))
		case row.Listener < 0 || row.Listener > i:
			return fmt.Errorf("row %d of the table has the listener %d; they are numbered as they come", i+1, row.Listener)
		case row.Known < 0 || row.Known > len(t.Rows) || (row.Known > 0) != row.First.Known():
			return fmt.Errorf("row %d of the table says that its outcome became known at place %d", i+1, row.Known)
		}
		for j, m := range t.Measures {
			if about, _ := about(m); row.Values[j].Known() && !(float64(row.Values[j]) >= about.lo-1e-9) {
				return fmt.Errorf("row %d of the table: %s is %v", i+1, m, row.Values[j])
			}
		}
	}
	return nil
}

// A Checked is one thing that a check looked at.
type Checked struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
}

// Check computes a record anew: from the events' table and log if they are given, else
// from the record's own table if it has one, else only what the record says of itself.
// Numbers may differ by 1e-9 of their size: another processor rounds otherwise.
func (r *Record) Check(t *Table, l *Log) []Checked {
	var all []Checked
	add := func(what string, ok bool, yes, no string, args ...any) {
		says := yes
		if !ok {
			says = fmt.Sprintf(no, args...)
		}
		all = append(all, Checked{what, ok, says})
	}
	hash := r.Design.Hash()
	add("design", hash == r.Hash && hash == r.Reading.Hash && r.Design.ID == r.Reading.Design, "its hash is the one written", "its hash is %s, and %s is written: it was changed", hash, r.Hash)
	if l != nil {
		d, err := digestOf(l)
		add("exposures", err == nil && d == r.Exposures, "they are those of the events", "the events have %d with the digest %.16s…, the record %d with %.16s…", d.N, d.SHA256, r.Exposures.N, r.Exposures.SHA256)
	}
	if r.Table != nil {
		d := r.Table.digest()
		add("table", d == r.Data, "its digest is the one written", "its digest is %.16s…, and %.16s… is written: it was changed", d.SHA256, r.Data.SHA256)
	}
	if t != nil {
		d := t.digest()
		add("data", d == r.Data, "the events give the table that was read", "the events give %d rows with the digest %.16s…, the record was made from %d with %.16s…", d.N, d.SHA256, r.Data.N, r.Data.SHA256)
	} else {
		t = r.Table
	}
	if t != nil {
		where := differs(Read(r.Design, t), r.Reading)
		add("results", where == "", "computed anew, they are the same", "computed anew, %s", where)
	}
	return all
}

// differs returns where two readings differ, "" if nowhere.
func differs(fresh, written *Reading) string {
	var a, b any
	for _, x := range []struct {
		from *Reading
		to   *any
	}{{fresh, &a}, {written, &b}} {
		plain, err := json.Marshal(x.from)
		if err != nil {
			return "they cannot be written: " + err.Error()
		}
		d := json.NewDecoder(bytes.NewReader(plain))
		if err := d.Decode(x.to); err != nil {
			return "they cannot be read: " + err.Error()
		}
	}
	return difference("", a, b)
}

// difference walks through two JSON values.
func difference(at string, a, b any) string {
	unlike := func() string {
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		return fmt.Sprintf("%s is %.60s and not %.60s", strings.TrimPrefix(at, "."), x, y)
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return unlike()
		}
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			other, ok := y[k]
			if !ok {
				return unlike()
			}
			if d := difference(at+"."+k, x[k], other); d != "" {
				return d
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return unlike()
		}
		for i := range x {
			if d := difference(fmt.Sprintf("%s[%d]", at, i), x[i], y[i]); d != "" {
				return d
			}
		}
	case float64:
		y, ok := b.(float64)
		if !ok || math.Abs(x-y) > 1e-9*max(1, math.Abs(x), math.Abs(y)) {
			return unlike()
		}
	default:
		if a != b {
			return unlike()
		}
	}
	return ""
}
