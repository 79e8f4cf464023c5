package event

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"segue"
	"segue/internal/parquetpages"
)

// maxUnpacked is how many bytes the pages of a file may unpack to: ten million records
// take two billion. (d)
const maxUnpacked = 64 << 30

// ReadParquet reads records from a Parquet file, of ParquetWriter or of other programs:
// one plain column a field, a coordinate of a cell in a column of its own. Whole numbers
// may also stand in columns of floats, times in any unit or as text; nulls and NaN are
// fields left out. There may be no column that the schema does not know. Else it is as
// ReadLines. Row groups are read side by side as far as there are processors; of each,
// up to 65,536 records wait in memory, 20 MB.
//
// The library panics on some damaged files; whatever it panics with is the file's fault,
// so it becomes the error.
func ReadParquet(ctx context.Context, r io.ReaderAt, size int64, o ReadOptions, do func([]Event) error) (err error) {
	file, columns, err := openParquet(r, size, &o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait() // nothing reads r afterwards
	defer cancel()
	groups := file.RowGroups()
	outs := make([]chan *batch, len(groups))
	for i := range outs {
		outs[i] = make(chan *batch, rowGroupRows/batchRows)
	}
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(groups)) {
		workers.Go(func() {
			free := make(chan *batch, rowGroupRows/batchRows+2)
			for range cap(free) {
				free <- &batch{free: free}
			}
			p := newParser()
			for g := int(next.Add(1)) - 1; g < len(groups) && ctx.Err() == nil; g = int(next.Add(1)) - 1 {
				readGroup(ctx, groups[g], columns, p, free, outs[g])
			}
		})
	}
	row := 0
	for _, out := range outs {
		for last := false; !last; {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case b := <-out:
				if err := b.hand(&o, row, do); err != nil {
					return err
				}
				row += b.rows
				last = b.last
				b.free <- b
			}
		}
	}
	return ctx.Err()
}

// A parquetColumn is where a field is in a file, and how a value of it gets into a
// record.
type parquetColumn struct {
	name string
	leaf int
	set  func(p *parser, e *Event, v parquet.Value) error
}

// openParquet opens a file, looks at its pages and finds its columns.
func openParquet(r io.ReaderAt, size int64, o *ReadOptions) (file *parquet.File, columns []parquetColumn, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(o.File, fmt.Errorf("%v", p))
		}
	}()
	if err = parquetpages.Footer(r, size); err == nil {
		file, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	}
	if err == nil {
		err = parquetpages.Check(r, size, file.Metadata(), maxUnpacked)
	}
	if err != nil {
		return nil, nil, damaged(o.File, err)
	}
	if of, ok := file.Lookup(schemaKey); ok {
		if n, err := strconv.Atoi(of); err == nil && n > Schema {
			return nil, nil, inFile(schemaProblem(n), o.File)
		}
	}
	found := map[string]bool{}
	for _, c := range file.Root().Columns() {
		name := c.Name()
		set := setter(c)
		switch {
		case set == nil:
			return nil, nil, &segue.InputError{File: o.File, Problem: "there is no column %.40q in schema %d", Args: []any{name, Schema}, Hint: "take out what is not of these records"}
		case !c.Leaf() || c.MaxRepetitionLevel() > 0:
			return nil, nil, inFile(bad(name, "it is not a plain column"), o.File)
		case found[name]:
			return nil, nil, inFile(bad(name, "it stands twice in the file"), o.File)
		}
		found[name] = true
		columns = append(columns, parquetColumn{name, c.Index(), set})
	}
	for _, name := range []string{"schema", "id", "listener", "kind", "at", "source"} {
		if !found[name] {
			return nil, nil, inFile(bad(name, "the column is missing"), o.File)
		}
	}
	for g, group := range file.RowGroups() {
		if n := len(group.ColumnChunks()); n != len(columns) {
			return nil, nil, damaged(o.File, fmt.Errorf("row group %d has %d columns, not %d", g, n, len(columns)))
		}
	}
	return file, columns, nil
}

func inFile(err error, file string) error {
	var input *segue.InputError
	if errors.As(err, &input) {
		at := *input
		at.File = file
		return &at
	}
	return err
}

// damaged is the error of a file that is no whole Parquet file.
func damaged(file string, err error) error {
	return &segue.InputError{File: file, Problem: "the Parquet file is cut short or damaged (%.80q)", Args: []any{err.Error()}, Hint: "copy or export it again"}
}

// A batch is a run of records of a row group.
type batch struct {
	events []Event
	wrong  []error // by row; nil where there is nothing
	ids    []byte
	ends   []int
	rows   int
	err    error // of reading, before events
	last   bool  // of its row group
	free   chan<- *batch
}

// hand calls do with the batch's records, and tells of the bad ones. Rows count from row.
func (b *batch) hand(o *ReadOptions, row int, do func([]Event) error) error {
	if b.err != nil {
		return damaged(o.File, b.err)
	}
	kept := 0
	for i := range b.events {
		if b.wrong[i] == nil {
			if kept != i {
				b.events[kept] = b.events[i]
			}
			kept++
			continue
		}
		if o.Bad == nil && kept > 0 { // what came before it is not lost
			if err := do(b.events[:kept]); err != nil {
				return err
			}
		}
		if err := o.wrong(b.wrong[i], row+i+1); err != nil {
			return err
		}
	}
	if kept == 0 {
		return nil
	}
	return do(b.events[:kept])
}

// readGroup reads a row group in batches, column by column, and hands on at least one.
func readGroup(ctx context.Context, group parquet.RowGroup, columns []parquetColumn, p *parser, free <-chan *batch, out chan<- *batch) {
	var readers []columnReader
	defer func() {
		defer func() { recover() }() // all that could be read was
		for i := range readers {
			readers[i].close()
		}
	}()
	rest := int64(0)
	for last := false; !last; {
		var b *batch
		select {
		case <-ctx.Done():
			return
		case b = <-free:
		}
		b.err = func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("%v", p)
				}
			}()
			if readers == nil {
				readers, rest = openColumns(group, columns), max(0, group.NumRows())
			}
			b.rows = int(min(rest, batchRows))
			rest -= int64(b.rows)
			return b.read(readers, columns, p)
		}()
		last = rest <= 0 || b.err != nil
		b.last = last
		select {
		case <-ctx.Done():
			return
		case out <- b:
		}
	}
}

func openColumns(group parquet.RowGroup, columns []parquetColumn) []columnReader {
	readers := make([]columnReader, len(columns))
	chunks := group.ColumnChunks()
	for i, c := range columns {
		readers[i] = columnReader{pages: chunks[c.leaf].Pages(), buf: make([]parquet.Value, 512)}
	}
	return readers
}

// read fills the batch with the next rows of every column.
func (b *batch) read(readers []columnReader, columns []parquetColumn, p *parser) error {
	if cap(b.events) < b.rows {
		b.events, b.wrong = make([]Event, batchRows), make([]error, batchRows)
	}
	b.events, b.wrong = b.events[:b.rows], b.wrong[:b.rows]
	clear(b.events)
	clear(b.wrong)
	b.ids, b.ends = b.ids[:0], b.ends[:0]
	for i := range b.events {
		b.events[i].MS = -1
	}
	for c := range readers {
		for row := 0; row < b.rows; {
			values, err := readers[c].next(b.rows - row)
			if err != nil {
				return fmt.Errorf("column %s: %w", columns[c].name, err)
			}
			if columns[c].name == "id" {
				for _, v := range values {
					b.ids = append(b.ids, textOf(v)...)
					b.ends = append(b.ends, len(b.ids))
				}
				row += len(values)
				continue
			}
			for _, v := range values {
				if !missing(v) && b.wrong[row] == nil {
					b.wrong[row] = columns[c].set(p, &b.events[row], v)
				}
				row++
			}
		}
	}
	ids, from := string(b.ids), 0
	for i, end := range b.ends {
		e := &b.events[i]
		e.ID = ids[from:end]
		from = end
		if e.MS == -1 && e.Kind != TrackEnd {
			e.MS = 0
		}
		if e.Schema > Schema {
			b.wrong[i] = schemaProblem(e.Schema)
		} else if b.wrong[i] == nil {
			b.wrong[i] = e.Validate()
		}
	}
	return nil
}

// A columnReader reads a column's values row by row.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buf    []parquet.Value
	at, n  int
}

// next returns up to so many values, at least one. Their bytes are valid until the next
// call.
func (c *columnReader) next(most int) ([]parquet.Value, error) {
	for c.at == c.n {
		if c.values == nil {
			page, err := c.pages.ReadPage()
			if err == io.EOF {
				return nil, errors.New("it ends before the others")
			}
			if err != nil {
				return nil, err
			}
			parquet.Release(c.page)
			c.page, c.values = page, page.Values()
		}
		n, err := c.values.ReadValues(c.buf)
		if err == io.EOF {
			c.values = nil
		} else if err != nil {
			return nil, err
		} else if n == 0 {
			return nil, io.ErrNoProgress
		}
		c.at, c.n = 0, n
	}
	from := c.at
	c.at = min(c.n, c.at+most)
	return c.buf[from:c.at], nil
}

func (c *columnReader) close() {
	if c.pages != nil {
		parquet.Release(c.page)
		c.pages.Close() // read-only: nothing can be lost
	}
}

// setter returns how values of a column get into a record; nil if there is no such
// column.
func setter(c *parquet.Column) func(p *parser, e *Event, v parquet.Value) error {
	name := c.Name()
	text := func(of func(*Event) *string) func(*parser, *Event, parquet.Value) error {
		return func(p *parser, e *Event, v parquet.Value) error {
			if b := textOf(v); b != nil {
				*of(e) = p.name(b)
				return nil
			}
			return bad(name, "it is not text")
		}
	}
	whole := func(of func(*Event) *int) func(*parser, *Event, parquet.Value) error {
		return func(_ *parser, e *Event, v parquet.Value) error {
			n, err := wholeOf(name, v)
			if n < math.MinInt32 || n > math.MaxInt32 {
				return bad(name, "%d is too much", n)
			}
			*of(e) = int(n)
			return err
		}
	}
	cell := func(of func(*Event) **segue.Cell, axis int) func(*parser, *Event, parquet.Value) error {
		return whole(func(e *Event) *int {
			if *of(e) == nil {
				*of(e) = new(segue.Cell)
			}
			return &(*of(e))[axis]
		})
	}
	switch name {
	case "schema":
		return whole(func(e *Event) *int { return &e.Schema })
	case "id":
		return text(func(e *Event) *string { return &e.ID }) // see batch.read
	case "listener":
		return text(func(e *Event) *string { return &e.Listener })
	case "kind":
		return text(func(e *Event) *string { return (*string)(&e.Kind) })
	case "at":
		return timeSetter(c)
	case "offset":
		return whole(func(e *Event) *int { return &e.Offset })
	case "source":
		return text(func(e *Event) *string { return (*string)(&e.Source) })
	case "hour":
		return text(func(e *Event) *string { return &e.Hour })
	case "track":
		return text(func(e *Event) *string { return &e.Track })
	case "place":
		return whole(func(e *Event) *int { return &e.Place })
	case "planned_ms":
		return func(_ *parser, e *Event, v parquet.Value) (err error) {
			e.PlannedMS, err = wholeOf(name, v)
			return err
		}
	case "ms":
		return func(_ *parser, e *Event, v parquet.Value) error {
			n, err := wholeOf(name, v)
			if e.MS = n; n < 0 {
				err = bad(name, "%d is not in 0 to %d (a week)", n, int64(MaxMS))
			}
			return err
		}
	case "reason":
		return text(func(e *Event) *string { return (*string)(&e.Reason) })
	case "adjusted":
		return func(_ *parser, e *Event, v parquet.Value) error {
			if v.Kind() != parquet.Boolean {
				return bad(name, "it is neither true nor false")
			}
			e.Adjusted = v.Boolean()
			return nil
		}
	case "cell_valence":
		return cell(func(e *Event) **segue.Cell { return &e.Cell }, 0)
	case "cell_arousal":
		return cell(func(e *Event) **segue.Cell { return &e.Cell }, 1)
	case "target_valence":
		return cell(func(e *Event) **segue.Cell { return &e.Target }, 0)
	case "target_arousal":
		return cell(func(e *Event) **segue.Cell { return &e.Target }, 1)
	case "feel":
		return whole(func(e *Event) *int {
			if e.Feel == nil {
				e.Feel = new(int)
			}
			return e.Feel
		})
	case "words":
		return func(_ *parser, e *Event, v parquet.Value) error {
			b := textOf(v)
			if b == nil {
				return bad(name, "it is not text")
			}
			e.Words = string(b)
			return nil
		}
	case "experiment":
		return text(func(e *Event) *string { return &e.Experiment })
	case "arm":
		return text(func(e *Event) *string { return &e.Arm })
	case "context":
		return text(func(e *Event) *string { return &e.Context })
	case "propensities":
		return text(func(e *Event) *string { return &e.Propensities })
	case "propensity":
		return func(_ *parser, e *Event, v parquet.Value) error {
			switch v.Kind() {
			case parquet.Double:
				e.Propensity = v.Double()
			case parquet.Float:
				e.Propensity = float64(v.Float())
			default:
				return bad(name, "it is not a number")
			}
			return nil
		}
	}
	return nil
}

// textOf returns a value's bytes, nil if it is no text.
func textOf(v parquet.Value) []byte {
	if k := v.Kind(); !v.IsNull() && (k == parquet.ByteArray || k == parquet.FixedLenByteArray) {
		return v.ByteArray()
	}
	return nil
}

// missing reports whether a value is null, or the NaN in which tables of floats write
// what is missing.
func missing(v parquet.Value) bool {
	switch v.Kind() {
	case parquet.Float:
		return v.Float() != v.Float()
	case parquet.Double:
		return v.Double() != v.Double()
	}
	return v.IsNull()
}

// wholeOf returns a whole number.
func wholeOf(name string, v parquet.Value) (int64, error) {
	x := 0.0
	switch v.Kind() {
	case parquet.Int32:
		return int64(v.Int32()), nil
	case parquet.Int64:
		return v.Int64(), nil
	case parquet.Float:
		x = float64(v.Float())
	case parquet.Double:
		x = v.Double()
	default:
		return 0, bad(name, "it is not a number")
	}
	if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return 0, bad(name, "%v is not a whole number", x)
	}
	return int64(x), nil
}

// timeSetter returns how the column of times is read: whole numbers in the unit the file
// names, milliseconds if it names none; text as in JSON Lines.
func timeSetter(c *parquet.Column) func(*parser, *Event, parquet.Value) error {
	perSecond := int64(1000)
	if l := c.Type().LogicalType(); l != nil {
		if t, ok := l.Value.(*format.TimestampType); ok && t.Unit.Value != nil {
			perSecond = int64(time.Second / max(1, t.Unit.Value.Duration()))
		}
	}
	return func(p *parser, e *Event, v parquet.Value) error {
		switch v.Kind() {
		case parquet.Int64:
			n := v.Int64()
			seconds, part := n/perSecond, n%perSecond
			e.At = time.UnixMilli(seconds*1000 + part*1000/perSecond).UTC()
			return nil
		case parquet.ByteArray, parquet.FixedLenByteArray:
			return timeOf(v.ByteArray(), &e.At)
		}
		return bad("at", "it is not a time")
	}
}
