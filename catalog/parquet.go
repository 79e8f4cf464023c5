package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"

	"segue"
	"segue/internal/table"
)

// parquetBatch is how many rows of a Parquet file are merged at a time. (d)
const parquetBatch = 8192

// parquet reads a Parquet file by the names of its top columns, as findColumns
// knows them: scalars, and lists of strings for artists and genres. Columns
// Segue does not know are never decoded.
//
// The library panics on some damaged files; whatever it panics with is the
// file's fault, so it becomes the error.
func (r *reader) parquet(ctx context.Context, path string, f io.ReaderAt, size int64, report *FileReport) (err error) {
	defer table.BlameFile(path, &err)
	file, layout, leaves, err := openParquet(path, f, size, r.maxUnpacked)
	if err != nil {
		return err
	}
	r.narrow(&layout)
	total := file.NumRows()
	r.sink.reserve(r.sink.tracks() + int(max(0, min(total, size))))
	b := newBatch(&layout, path, r.seed, false)
	done := int64(0)
	for _, group := range file.RowGroups() {
		cursors, err := openCursors(group.ColumnChunks(), &layout, leaves)
		if err == nil {
			err = r.rowGroup(ctx, group.NumRows(), cursors, b, report, func(rows int) {
				before := size * done / max(1, total)
				done += int64(rows)
				r.advance(size*done/max(1, total) - before)
			})
		}
		for _, c := range cursors {
			c.close()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return table.DamagedParquet(path, err)
		}
	}
	return nil
}

// openParquet opens a file, looks at its pages and finds its columns. It may
// panic: see table.BlameFile.
func openParquet(path string, f io.ReaderAt, size, unpacked int64) (*parquet.File, layout, []*parquet.Column, error) {
	file, err := table.OpenParquet(path, f, size, unpacked)
	if err != nil {
		return nil, layout{}, nil, err
	}
	l, leaves := parquetColumns(file.Root())
	if problem := l.check(path); problem != nil {
		return nil, layout{}, nil, problem
	}
	return file, l, leaves, nil
}

// parquetColumns returns the layout of the top columns and the leaf that holds
// each column's values, nil for columns that are neither scalars nor lists of
// scalars.
func parquetColumns(root *parquet.Column) (layout, []*parquet.Column) {
	names, leaves := table.ParquetColumns(root)
	l := findColumns(names)
	for r := range l.at { // only texts may be lists
		if at := l.at[r]; at >= 0 && role(r) != roleArtists && role(r) != roleGenres && leaves[at].MaxRepetitionLevel() > 0 {
			l.at[r] = -1
		}
	}
	return l, leaves
}

// A cursor reads a column's values row by row.
type cursor struct {
	pages    parquet.Pages
	page     parquet.Page
	values   parquet.ValueReader
	buf      []parquet.Value
	at, n    int
	repeated bool
	text     []byte // of a list's elements
}

// openCursors returns the cursor of each role that has a column, else nil.
func openCursors(chunks []parquet.ColumnChunk, l *layout, leaves []*parquet.Column) ([numRoles]*cursor, error) {
	var cursors [numRoles]*cursor
	for r, at := range l.at {
		if at < 0 {
			continue
		}
		var err error
		if cursors[r], err = openCursor(chunks, leaves[at]); err != nil {
			return cursors, err
		}
	}
	return cursors, nil
}

// openCursor returns the cursor of one column of a row group.
func openCursor(chunks []parquet.ColumnChunk, leaf *parquet.Column) (*cursor, error) {
	i := leaf.Index()
	if i < 0 || i >= len(chunks) {
		return nil, errors.New("a row group lacks a column")
	}
	return &cursor{
		pages:    chunks[i].Pages(),
		buf:      make([]parquet.Value, 512),
		repeated: leaf.MaxRepetitionLevel() > 0,
	}, nil
}

func (c *cursor) close() {
	if c == nil {
		return
	}
	parquet.Release(c.page)
	c.pages.Close() // read-only: nothing can be lost
}

// peek returns the next value without moving past it. The value's bytes are
// valid until the next peek.
func (c *cursor) peek() (*parquet.Value, error) {
	for c.at == c.n {
		if c.values == nil {
			page, err := c.pages.ReadPage()
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
	return &c.buf[c.at], nil
}

// scalar returns the next row's value.
func (c *cursor) scalar() (parquet.Value, error) {
	v, err := c.peek()
	if err != nil {
		return parquet.Value{}, noMore(err)
	}
	c.at++
	return *v, nil
}

// list returns the next row's strings, each followed by listMark.
func (c *cursor) list() ([]byte, error) {
	c.text = c.text[:0]
	for first := true; ; first = false {
		v, err := c.peek()
		if err == io.EOF && !first {
			return c.text, nil
		}
		if err != nil {
			return nil, noMore(err)
		}
		if !first && v.RepetitionLevel() == 0 {
			return c.text, nil
		}
		if text := table.ValueText(*v); len(text) > 0 {
			if len(c.text)+len(text) > table.MaxField {
				return nil, fmt.Errorf("a list is over %d MB long", table.MaxField>>20)
			}
			c.text = append(append(c.text, text...), listMark)
		}
		c.at++
	}
}

// words returns the next row's text, trimmed, or its list's strings.
func (c *cursor) words() (text []byte, err error) {
	if c.repeated {
		text, err = c.list()
	} else {
		var v parquet.Value
		v, err = c.scalar()
		text = table.Trimmed(table.ValueText(v))
	}
	if err == nil && len(text) > table.MaxField {
		err = fmt.Errorf("a text is over %d MB long", table.MaxField>>20)
	}
	return text, err
}

// noMore turns the end of a column before the end of its rows into an error.
func noMore(err error) error {
	if err == io.EOF {
		return errors.New("a column ends before the others")
	}
	return err
}

// rowGroup merges the rows of a row group; progress is told how many it took.
func (r *reader) rowGroup(ctx context.Context, rows int64, cursors [numRoles]*cursor, b *batch, report *FileReport, progress func(int)) error {
	for rows > 0 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.reset()
		before := report.Rows
		n := int(min(rows, parquetBatch))
		for range n {
			b.rows++
			b.lines++
			if err := b.parquetRow(&cursors); err != nil {
				return fmt.Errorf("row %d: %w", before+b.lines, err)
			}
		}
		r.sink.add(report, b, before)
		rows -= int64(n)
		progress(n)
	}
	return nil
}

// parquetRow reads one row. Every cursor moves by one row, whatever becomes of
// it.
func (b *batch) parquetRow(cursors *[numRoles]*cursor) error {
	var r row
	for t := range r.text {
		c := cursors[t]
		if c == nil {
			continue
		}
		var err error
		if r.text[t], err = c.words(); err != nil {
			return err
		}
	}
	var numbers [numRoles]parquet.Value
	for i := numTexts; i < numRoles; i++ {
		if cursors[i] == nil {
			continue
		}
		var err error
		if numbers[i], err = cursors[i].scalar(); err != nil {
			return err
		}
	}
	if !b.named(&r) {
		return nil
	}
	r.popularity = -1
	if v, ok := b.valueNumber(roleDuration, numbers[roleDuration]); ok {
		r.duration = b.checkDuration(v)
	}
	if v, ok := b.valueNumber(rolePopularity, numbers[rolePopularity]); ok {
		r.popularity = b.checkPopularity(v)
	}
	r.explicit = b.tristate(table.ValueText(numbers[roleExplicit]))
	for f := range r.features {
		r.features[f] = missing()
		v, ok := b.valueNumber(roleFeature+role(f), numbers[int(roleFeature)+f])
		if ok && b.checkFeature(segue.Feature(f), v) {
			r.features[f] = float32(v)
		}
	}
	b.add(&r)
	return nil
}

// valueNumber returns a value as a number. Nulls and NaN, in which tables of
// floats write what is missing, are not ok, silently.
func (b *batch) valueNumber(r role, v parquet.Value) (float64, bool) {
	if v.IsNull() {
		return 0, false
	}
	x := 0.0
	switch v.Kind() {
	case parquet.Boolean:
		if v.Boolean() {
			x = 1
		}
	case parquet.Int32:
		x = float64(v.Int32())
	case parquet.Int64:
		x = float64(v.Int64())
	case parquet.Float:
		x = float64(v.Float())
	case parquet.Double:
		x = v.Double()
	default:
		x, _, ok := b.number(r, table.Trimmed(table.ValueText(v)))
		return x, ok
	}
	return x, b.finite(r, x)
}

// finite reports whether x is a number. A NaN is ordinary, see valueNumber; an
// infinity is noted.
func (b *batch) finite(r role, x float64) bool {
	if x-x == 0 {
		return true
	}
	if math.IsInf(x, 0) {
		b.badValue(r, "not a finite number", x)
	}
	return false
}
