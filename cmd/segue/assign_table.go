package main

import (
	"encoding/csv"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"segue/mood"
)

// An assignTable writes tracks with what a model says of them.
type assignTable interface {
	add(ids []string, a *mood.Assignment) error
	close() error
}

// assignColumns are the columns before the memberships.
var assignColumns = [...]string{"track_id", "cluster", "name", "margin", "valence", "arousal"}

// membershipColumns returns the names of the columns after them.
func membershipColumns(m *mood.Model) []string {
	out := make([]string, len(m.Moods))
	for c, n := range m.Moods {
		out[c] = "membership_" + strings.ReplaceAll(n.Name, " ", "_")
	}
	return out
}

// A csvTable writes CSV; what is unknown is empty.
type csvTable struct {
	m      *mood.Model
	w      *csv.Writer
	record []string
}

func newCSVTable(w io.Writer, m *mood.Model) *csvTable {
	t := &csvTable{m: m, w: csv.NewWriter(w)}
	t.record = append(append(t.record, assignColumns[:]...), membershipColumns(m)...)
	_ = t.w.Write(t.record) // kept by the writer, and returned by close
	return t
}

func (t *csvTable) add(ids []string, a *mood.Assignment) error {
	for i, id := range ids {
		t.record = append(t.record[:0], id, "", "", decimal(a.Margin[i]), decimal(a.At[i].Valence), decimal(a.At[i].Arousal))
		if c := a.Cluster[i]; c >= 0 {
			t.record[1], t.record[2] = strconv.Itoa(int(c)), t.m.Moods[c].Name
		}
		for c := range t.m.K {
			text := ""
			if u := a.Membership[i]; u != nil {
				text = decimal(u[c])
			}
			t.record = append(t.record, text)
		}
		if err := t.w.Write(t.record); err != nil {
			return err
		}
	}
	return nil
}

func (t *csvTable) close() error {
	t.w.Flush()
	return t.w.Error()
}

// decimal writes a number with the digits of a float32, NaN as nothing.
func decimal(v float64) string {
	if v != v {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 32)
}

// A parquetTable writes Parquet, compressed with zstd; what is unknown is null.
type parquetTable struct {
	m    *mood.Model
	w    *parquet.GenericWriter[any]
	rows []parquet.Row
}

// assignGroup bounds the rows of a row group, and so what writing holds. (d)
const assignGroup = 128 << 10

func newParquetTable(w io.Writer, m *mood.Model) *parquetTable {
	return &parquetTable{m: m, w: parquet.NewGenericWriter[any](w, assignSchema(m), parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(assignGroup), parquet.CreatedBy("segue", "1", ""),
		parquet.KeyValueMetadata("segue.model", m.ID))}
}

// assignSchema returns the columns in the order in which they are written; a
// group of the library's own would sort them by name.
func assignSchema(m *mood.Model) *parquet.Schema {
	types := map[string]reflect.Type{"track_id": reflect.TypeFor[string](), "cluster": reflect.TypeFor[*int32](), "name": reflect.TypeFor[*string]()}
	var fields []reflect.StructField
	for i, name := range append(assignColumns[:], membershipColumns(m)...) {
		f := reflect.StructField{Name: "C" + strconv.Itoa(i), Type: types[name], Tag: reflect.StructTag(`parquet:"` + name + `,optional"`)}
		switch name {
		case "track_id":
			f.Tag = `parquet:"track_id"`
		case "name":
			f.Tag = `parquet:"name,optional,dict"`
		}
		if f.Type == nil {
			f.Type = reflect.TypeFor[*float32]()
		}
		fields = append(fields, f)
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

func (t *parquetTable) add(ids []string, a *mood.Assignment) error {
	for len(t.rows) < len(ids) {
		t.rows = append(t.rows, nil)
	}
	for i, id := range ids {
		row := append(t.rows[i][:0], parquet.ByteArrayValue([]byte(id)).Level(0, 0, 0))
		known := func(v parquet.Value) { row = append(row, v.Level(0, 1, len(row))) }
		unknown := func() { row = append(row, parquet.NullValue().Level(0, 0, len(row))) }
		number := func(v float64) {
			if math.IsNaN(v) {
				unknown()
			} else {
				known(parquet.FloatValue(float32(v)))
			}
		}
		if c := a.Cluster[i]; c >= 0 {
			known(parquet.Int32Value(c))
			known(parquet.ByteArrayValue([]byte(t.m.Moods[c].Name)))
		} else {
			unknown()
			unknown()
		}
		number(a.Margin[i])
		number(a.At[i].Valence)
		number(a.At[i].Arousal)
		for c := range t.m.K {
			if u := a.Membership[i]; u != nil {
				number(u[c])
			} else {
				unknown()
			}
		}
		t.rows[i] = row
	}
	_, err := t.w.WriteRows(t.rows[:len(ids)])
	return err
}

func (t *parquetTable) close() error { return t.w.Close() }
