package catalog

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"unicode/utf8"

	"segue"
)

const (
	blockSize = 1 << 20 // bytes of text parsed at a time (d)
	maxField  = 1 << 20 // longest field in bytes: longer is an error (d)
	maxRecord = 4 << 20 // longest record in bytes (d)
)

// A job is one block on its way through the pipeline.
type job struct {
	buf   []byte // storage
	block []byte // whole records, in buf
	batch *batch
	done  chan struct{} // receives when the batch is filled
}

// csv reads delimited text. One goroutine cuts the text into blocks, one per
// processor parses them, and this one merges them in order. The number of
// blocks in flight is bounded by the jobs there are.
//
// size is the text's length in bytes if known, else 0; it is used to reserve
// memory and may be wrong.
func (r *reader) csv(ctx context.Context, path string, src io.Reader, size int64, report *FileReport) error {
	in, head, err := decoded(src)
	if err != nil {
		return readError(path, err)
	}
	if problem := notText(path, head); problem != nil {
		return problem
	}
	layout, delimiter, lines, err := header(path, in)
	if err != nil {
		return err
	}
	r.narrow(layout)

	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	workers := runtime.GOMAXPROCS(0)
	inFlight := 2*workers + 2
	free := make(chan *job, inFlight)
	work := make(chan *job, inFlight)
	order := make(chan *job, inFlight)
	for range inFlight {
		free <- &job{
			batch: newBatch(layout, path, r.seed, delimiter != ','),
			done:  make(chan struct{}, 1),
		}
	}

	var cutErr error // read once order is closed
	running.Go(func() {
		defer close(order)
		defer close(work)
		cutErr = cutBlocks(ctx, in, delimiter, free, func(j *job) {
			order <- j // never blocks: there are no more jobs than room
			work <- j
		})
	})
	for range workers {
		running.Go(func() {
			var s splitter
			for j := range work {
				if ctx.Err() == nil {
					j.batch.reset()
					j.batch.parse(&s, j.block, delimiter)
				}
				j.done <- struct{}{}
			}
		})
	}

	for j := range order {
		<-j.done
		if err := ctx.Err(); err != nil {
			return err
		}
		if j.batch.err != nil {
			return at(j.batch.err, lines)
		}
		r.sink.add(report, j.batch, lines)
		if report.Rows == j.batch.rows { // the first block tells how long rows are
			kept := int64(report.Tracks) * size / int64(max(1, len(j.block)))
			r.sink.reserve(r.sink.tracks() - report.Tracks + int(min(kept+kept/64, maxTracks)))
		}
		lines += j.batch.lines
		free <- j
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if cutErr == errLongRecord {
		return &segue.InputError{File: path, Row: lines + 1, Problem: "the row is over %d MB long", Args: []any{maxRecord >> 20}, Hint: "look for a quotation mark that is never closed"}
	}
	if cutErr != nil {
		return readError(path, cutErr)
	}
	return nil
}

// at moves an InputError's row down by lines.
func at(err error, lines int) error {
	if e, ok := err.(*segue.InputError); ok && e.Row > 0 {
		moved := *e
		moved.Row += lines
		return &moved
	}
	return err
}

// header reads up to and including the header line and returns the layout it
// announces, the delimiter and the number of lines read.
func header(path string, in *bufio.Reader) (*layout, byte, int, error) {
	for lines := 1; ; lines++ {
		line, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return nil, 0, 0, &segue.InputError{File: path, Row: lines, Problem: "the first line is too long for a header", Hint: "track tables are CSV or Parquet"}
		}
		if err != nil && err != io.EOF {
			return nil, 0, 0, readError(path, err)
		}
		text := bytes.TrimSpace(bytes.TrimPrefix(line, byteOrderMark))
		if len(text) == 0 && err == nil || bytes.HasPrefix(text, []byte("sep=")) {
			continue // a blank line, or a spreadsheet's note of the delimiter
		}
		l, delimiter := readHeader(bytes.TrimRight(bytes.TrimPrefix(line, byteOrderMark), "\r\n"))
		if problem := l.check(path); problem != nil {
			return nil, 0, 0, problem
		}
		return &l, delimiter, lines, nil
	}
}

// errLongRecord is returned for a record of over maxRecord bytes.
var errLongRecord = fmt.Errorf("record of over %d bytes", maxRecord)

// cutBlocks cuts the text of in into blocks of whole records and sends them
// on. It ends quietly when ctx does.
func cutBlocks(ctx context.Context, in io.Reader, delimiter byte, free <-chan *job, send func(*job)) error {
	take := func() *job {
		select {
		case j := <-free:
			return j
		case <-ctx.Done():
			return nil
		}
	}
	j := take()
	n := 0 // bytes in j.buf
	for j != nil {
		if n == len(j.buf) {
			j.buf = resize(j.buf, n, min(max(blockSize, 2*n), maxRecord))
		}
		read, last, err := fill(in, j.buf[n:])
		n += read
		if err != nil {
			return err
		}
		end := n
		if !last {
			end = cut(j.buf[:n], delimiter)
		}
		if end == 0 && !last {
			if n >= maxRecord {
				return errLongRecord
			}
			continue
		}
		j.block = j.buf[:end]
		if last {
			send(j)
			return nil
		}
		next := take()
		if next == nil {
			return nil
		}
		if rest := n - end; len(next.buf) <= rest {
			next.buf = resize(next.buf, 0, min(max(blockSize, 2*rest), maxRecord))
		}
		n = copy(next.buf, j.buf[end:n])
		send(j)
		j = next
	}
	return nil
}

// fill reads until buf is full or in at its end. Unlike io.ReadFull it tells
// the end from the io.ErrUnexpectedEOF of gzip data that is cut short.
func fill(in io.Reader, buf []byte) (n int, last bool, err error) {
	for n < len(buf) && err == nil {
		var read int
		read, err = in.Read(buf[n:])
		n += read
	}
	if err == io.EOF {
		return n, true, nil
	}
	return n, false, err
}

// resize returns a buffer of the given size that begins with buf[:keep].
func resize(buf []byte, keep, size int) []byte {
	if size <= len(buf) {
		return buf
	}
	out := make([]byte, size)
	copy(out, buf[:keep])
	return out
}

// parse fills the batch with the rows of a block.
func (b *batch) parse(s *splitter, block []byte, delimiter byte) {
	s.buf, s.delimiter, s.pos, s.lines = block, delimiter, 0, 0
	b.utf8 = utf8.Valid(block)
	columns := len(b.layout.names)
	var r row
	for start := 0; s.next(); start = s.pos {
		b.rows++
		b.lines = s.lines
		if s.open {
			b.err = &segue.InputError{File: b.file, Row: s.lines, Problem: "a quotation mark is opened and never closed", Hint: "close it, or export the table again"}
			return
		}
		if s.pos-start > maxField && longest(s.fields) > maxField {
			b.err = &segue.InputError{File: b.file, Row: s.lines, Problem: "a field is over %d MB long", Args: []any{maxField >> 20}, Hint: "look for a quotation mark that is never closed"}
			return
		}
		switch {
		case s.broken:
			b.note("", "text follows a closing quotation mark; the row is not used")
			b.drop(brokenQuotes)
		case !fits(s.fields, columns):
			b.note("", fmt.Sprintf("%d fields where the header has %d; the row is not used", len(s.fields), columns))
			b.drop(wrongFields)
		case b.splitRow(s.fields, &r):
			b.add(&r)
		}
	}
	b.lines = s.lines
}

// fits reports whether a record has as many fields as the header, empty ones
// at its end apart.
func fits(fields [][]byte, columns int) bool {
	if len(fields) < columns {
		return false
	}
	return longest(fields[columns:]) == 0
}

func longest(fields [][]byte) int {
	n := 0
	for _, f := range fields {
		n = max(n, len(f))
	}
	return n
}
