package history

import (
	"encoding/csv"
	"errors"
	"io"
)

// A guard keeps one CSV record from swallowing a file: reading fails when more
// than limit bytes pass without a record being completed.
type guard struct {
	r       io.Reader
	n, mark int64
	limit   int64
	last    byte
	eof     bool
	err     error
}

var errWide = errors.New("row too large")

func (g *guard) Read(b []byte) (int, error) {
	if g.n-g.mark > g.limit {
		return 0, errWide
	}
	n, err := g.r.Read(b)
	g.n += int64(n)
	if n > 0 {
		g.last = b[n-1]
	}
	if err == io.EOF {
		g.eof = true
	} else if err != nil {
		g.err = err
	}
	return n, err
}

// readTable hands each record of a CSV to each, which asks for cells by column;
// a column of -1, which the file lacks, is empty. Cells are valid until each
// returns. Records of another width than the first are unreadable rows; if the
// last one is short and its line unfinished, the file was cut off.
func readTable(in *input, out *sink, header bool, each func(cell func(column int) []byte)) error {
	g := &guard{r: in.r, limit: int64(in.o.MaxRow)}
	r := csv.NewReader(g)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = in.head.comma, -1, true
	var record []string
	var scratch []byte
	cell := func(column int) []byte {
		if column < 0 {
			return nil
		}
		from := len(scratch)
		scratch = append(scratch, record[column]...)
		return scratch[from:]
	}
	short := false
	for row := 0; ; row++ {
		var err error
		record, err = r.Read()
		g.mark = r.InputOffset()
		var fault *csv.ParseError
		switch {
		case err == io.EOF:
			if short && g.last != '\n' && g.last != '\r' {
				return in.truncated(row)
			}
			return nil
		case g.err != nil:
			return in.unreadable(row, g.err)
		case errors.Is(err, errWide):
			return in.fault(row+1, "is larger than any row of a listening history", "check that this is the file the service gave you")
		case errors.As(err, &fault):
			if g.eof && r.InputOffset() == g.n && errors.Is(err, csv.ErrQuote) && g.last != '\n' {
				return in.truncated(row + 1)
			}
			out.row()
			out.drop(Unreadable)
			continue
		case err != nil:
			return in.unreadable(row, err)
		}
		if header && row == 0 {
			continue
		}
		out.row()
		if short = len(record) < len(in.head.columns); len(record) != len(in.head.columns) {
			out.drop(Unreadable)
			continue
		}
		scratch = scratch[:0]
		each(cell)
	}
}
