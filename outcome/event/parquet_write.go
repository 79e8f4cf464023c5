package event

import (
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// A parquetRow is a record as ParquetWriter lays it out: the fields of the JSON form,
// with a column for each coordinate of a cell. Zero is null where a column is optional,
// nil in the others.
type parquetRow struct {
	Schema        int32   `parquet:"schema"`
	ID            string  `parquet:"id"`
	Listener      string  `parquet:"listener,dict"`
	Kind          string  `parquet:"kind,dict"`
	At            int64   `parquet:"at,timestamp(millisecond)"`
	Offset        int32   `parquet:"offset"`
	Source        string  `parquet:"source,dict"`
	Hour          string  `parquet:"hour,optional,dict"`
	Track         string  `parquet:"track,optional,dict"`
	Place         int32   `parquet:"place,optional"`
	PlannedMS     int64   `parquet:"planned_ms,optional"`
	MS            *int64  `parquet:"ms,optional"`
	Reason        string  `parquet:"reason,optional,dict"`
	Adjusted      bool    `parquet:"adjusted"`
	CellValence   int32   `parquet:"cell_valence,optional"`
	CellArousal   int32   `parquet:"cell_arousal,optional"`
	TargetValence int32   `parquet:"target_valence,optional"`
	TargetArousal int32   `parquet:"target_arousal,optional"`
	Feel          *int32  `parquet:"feel,optional"`
	Words         string  `parquet:"words,optional"`
	Experiment    string  `parquet:"experiment,optional,dict"`
	Arm           string  `parquet:"arm,optional,dict"`
	Propensity    float64 `parquet:"propensity,optional"`
	Context       string  `parquet:"context,optional,dict"`
	Propensities  string  `parquet:"propensities,optional,dict"`
}

const (
	rowGroupRows = 64 << 10 // rows of a row group: bounds what writing and reading hold in memory (d)
	batchRows    = 4 << 10  // rows written or handed on at a time (d)
)

// schemaKey is the key of the records' schema in the file's metadata.
const schemaKey = "segue.events"

// A ParquetWriter writes records as a Parquet file, compressed with zstd, in row groups
// of 65,536, of which one is held in memory.
type ParquetWriter struct {
	w    *parquet.GenericWriter[parquetRow]
	rows []parquetRow
	ms   []int64
	feel []int32
	n    int // in the row group
}

// NewParquetWriter returns a ParquetWriter. Without Close the file is not whole.
func NewParquetWriter(w io.Writer) *ParquetWriter {
	return &ParquetWriter{
		w: parquet.NewGenericWriter[parquetRow](w,
			parquet.Compression(&parquet.Zstd),
			parquet.CreatedBy("segue", "1", ""),
			parquet.KeyValueMetadata(schemaKey, strconv.Itoa(Schema)),
		),
		rows: make([]parquetRow, 0, batchRows),
		ms:   make([]int64, batchRows),
		feel: make([]int32, batchRows),
	}
}

// Write writes records. It returns the problem of the first that is not valid, before
// which all are written, or an error of the writer.
func (w *ParquetWriter) Write(events ...Event) error {
	for i := range events {
		e := &events[i]
		if err := e.Validate(); err != nil {
			return err
		}
		at := len(w.rows)
		w.rows = w.rows[:at+1]
		r := &w.rows[at]
		*r = parquetRow{
			Schema: int32(e.Schema), ID: e.ID, Listener: e.Listener, Kind: string(e.Kind), At: e.At.UnixMilli(), Offset: int32(e.Offset),
			Source: string(e.Source), Hour: e.Hour, Track: e.Track, Place: int32(e.Place), PlannedMS: e.PlannedMS, Reason: string(e.Reason),
			Adjusted: e.Adjusted, Words: e.Words, Experiment: e.Experiment, Arm: e.Arm, Propensity: e.Propensity,
			Context: e.Context, Propensities: e.Propensities,
		}
		if e.Kind == TrackEnd && e.MS >= 0 {
			w.ms[at] = e.MS
			r.MS = &w.ms[at]
		}
		if e.Feel != nil {
			w.feel[at] = int32(*e.Feel)
			r.Feel = &w.feel[at]
		}
		if e.Cell != nil {
			r.CellValence, r.CellArousal = int32(e.Cell[0]), int32(e.Cell[1])
		}
		if e.Target != nil {
			r.TargetValence, r.TargetArousal = int32(e.Target[0]), int32(e.Target[1])
		}
		if len(w.rows) == cap(w.rows) {
			if err := w.hand(); err != nil {
				return err
			}
		}
	}
	return nil
}

// hand gives the rows gathered to the library.
func (w *ParquetWriter) hand() error {
	if _, err := w.w.Write(w.rows); err != nil {
		return err
	}
	w.n += len(w.rows)
	w.rows = w.rows[:0]
	if w.n < rowGroupRows {
		return nil
	}
	w.n = 0
	return w.w.Flush()
}

// Close writes what is still held, and the end of the file.
func (w *ParquetWriter) Close() error {
	if err := w.hand(); err != nil {
		return err
	}
	return w.w.Close()
}
