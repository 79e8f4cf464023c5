package table

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"

	"segue"
)

// A Reader reads the rows of tables one after the other.
type Reader struct {
	// MaxUnpacked is how many bytes a gzip or Parquet file may unpack to.
	MaxUnpacked int64

	// Count is told the bytes read of the file, a part at a time. It may be nil.
	Count func(n int64)

	// Found returns how many of a header's names the user knows: by it the delimiter
	// is chosen.
	Found func(names []string) int

	// Header is told the names of the columns, and whether a comma may be a decimal
	// point. Its error ends the reading.
	Header func(names []string, commas bool) error

	// Row is told each row. Its error ends the reading.
	Row func(r *Row) error
}

// A Row is a record of a table; it is valid until the next.
type Row struct {
	Line   int      // as a spreadsheet shows it: 1 is the header; in Parquet the record's number
	Fields [][]byte // one a column of the header; in any encoding; nil where Fault is not Sound
	Fault  Fault
	Of     int // how many fields it has
}

// A Fault is why a record has no fields that can be read.
type Fault int

// The faults.
const (
	Sound        Fault = iota
	BrokenQuotes       // text follows a closing quotation mark
	WrongFields        // other than the header's
)

// checkEvery is after how many rows a reader looks whether it is to end.
const checkEvery = 1 << 12

// File reads the file at path: delimited text, plain or gzip, or Parquet, as its
// content says. It holds one block of the file, and of Parquet one page a column. What
// is wrong with the file is a *segue.InputError; a file without a row after its header
// is none. If ctx ends, its error is returned.
func (t *Reader) File(ctx context.Context, path string) error {
	size, err := FileSize(path)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return OpenError(path, err)
	}
	defer f.Close()
	head := make([]byte, 4)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return OpenError(path, err)
	}
	if bytes.Equal(head[:n], []byte("PAR1")) {
		return t.parquet(ctx, path, f, size)
	}
	if bytes.HasPrefix(head[:n], []byte{0x1f, 0x8b}) {
		unpacked, err := Unpack(f, t.MaxUnpacked, t.count)
		if err != nil {
			return ReadError(path, err)
		}
		return t.Text(ctx, path, unpacked)
	}
	return t.Text(ctx, path, NewCountingReader(f, t.count))
}

func (t *Reader) count(n int64) {
	if t.Count != nil {
		t.Count(n)
	}
}

// Text reads delimited text, called name.
func (t *Reader) Text(ctx context.Context, name string, src io.Reader) error {
	in, err := Decoded(name, src)
	if err != nil {
		return err
	}
	names, delimiter, lines, err := Header(name, in, t.Found)
	if err != nil {
		return err
	}
	if err := t.Header(names, delimiter != ','); err != nil {
		return err
	}
	var memory [2][]byte // of the block at hand and of the next
	turn := 0
	var s Splitter
	var failed error
	err = Blocks(in, delimiter, func() ([]byte, bool) {
		turn ^= 1
		return memory[turn], failed == nil && ctx.Err() == nil
	}, func(of, block []byte) {
		// The next block's memory is taken already: this one was the other.
		memory[turn^1] = of
		if failed == nil {
			failed = t.block(ctx, name, &s, block, delimiter, len(names), lines)
		}
		lines += s.Lines
	})
	switch {
	case failed != nil:
		return failed
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return BlockError(name, lines, err)
	}
	return nil
}

// block hands on the rows of a block with so many lines before it.
func (t *Reader) block(ctx context.Context, name string, s *Splitter, block []byte, delimiter byte, columns, lines int) error {
	s.Reset(block, delimiter)
	for n := 0; s.Next(); n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.Fatal(name); err != nil {
			return Below(err, lines)
		}
		r := Row{Line: lines + s.Lines, Of: len(s.Fields)}
		switch {
		case s.Broken:
			r.Fault = BrokenQuotes
		case !Fits(s.Fields, columns):
			r.Fault = WrongFields
		default:
			r.Fields = s.Fields[:columns]
		}
		if err := t.Row(&r); err != nil {
			return err
		}
	}
	return nil
}

// listJoint stands between the elements of a list of texts: artists are parted by it.
const listJoint = "; "

// parquet reads a Parquet file.
func (t *Reader) parquet(ctx context.Context, path string, f io.ReaderAt, size int64) (err error) {
	defer BlameFile(path, &err)
	file, err := OpenParquet(path, f, size, t.MaxUnpacked)
	if err != nil {
		return err
	}
	names, leaves := ParquetColumns(file.Root())
	if err := t.Header(names, false); err != nil {
		return err
	}
	column := map[int]int{} // by the index of its leaf
	for i, leaf := range leaves {
		if leaf != nil {
			column[leaf.Index()] = i
		}
	}
	line, all := 0, max(1, file.NumRows())
	for _, group := range file.RowGroups() {
		err := t.rowGroup(ctx, group, column, len(names), &line, func(rows int) {
			t.count(size * int64(rows) / all)
		})
		if _, own := err.(*ownError); own {
			return err.(*ownError).error
		}
		if err != nil {
			return DamagedParquet(path, err)
		}
	}
	return nil
}

// An ownError is no fault of the file's.
type ownError struct{ error }

func (t *Reader) rowGroup(ctx context.Context, group parquet.RowGroup, column map[int]int, columns int, line *int, read func(rows int)) error {
	rows := group.Rows()
	defer rows.Close() // read-only: nothing can be lost
	buf := make([]parquet.Row, 64)
	fields := make([][]byte, columns)
	lists := make([][]byte, columns) // memory for the cells of several elements
	long := make([]bool, columns)    // whether a cell is one
	for {
		if err := ctx.Err(); err != nil {
			return &ownError{err}
		}
		n, err := rows.ReadRows(buf)
		for _, values := range buf[:n] {
			*line++
			clear(fields)
			clear(long)
			for _, v := range values {
				at, known := column[v.Column()]
				if !known {
					continue
				}
				switch text := ValueText(v); {
				case len(fields[at]) == 0:
					fields[at] = text
				case len(text) > 0:
					if !long[at] {
						lists[at], long[at] = append(lists[at][:0], fields[at]...), true
					}
					lists[at] = append(append(lists[at], listJoint...), text...)
					fields[at] = lists[at]
				}
				if len(fields[at]) > MaxField {
					return fmt.Errorf("row %d: a text is over %d MB long", *line, MaxField>>20)
				}
			}
			if err := t.Row(&Row{Line: *line, Fields: fields, Of: columns}); err != nil {
				return &ownError{err}
			}
		}
		read(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrNoProgress
		}
	}
}

// NoRows is the error of a file with nothing after its header.
func NoRows(path string) error {
	return &segue.InputError{File: path, Problem: "there is a header but no row", Hint: "export the table again"}
}
