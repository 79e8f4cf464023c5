package event

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"

	"segue"
)

// Bounds of reading JSON Lines. (d)
const (
	MaxLine    = 512 << 10 // bytes of a line: MaxWords, every byte of it escaped, and the rest
	chunkBytes = 256 << 10 // read at a time
)

// ReadOptions say how records are read. The zero value is fit for use.
type ReadOptions struct {
	File string // its name, for errors

	// Bad is told of each record that cannot be counted, in order: a *segue.InputError
	// with its row, the line of JSON Lines or the record of Parquet, from 1. If it
	// returns nil the record is left out and reading goes on; otherwise reading ends
	// with what it returns. Without it, reading ends with the first bad record.
	Bad func(*segue.InputError) error
}

// wrong hands a problem of a record to Bad.
func (o *ReadOptions) wrong(err error, row int) error {
	var input *segue.InputError
	if !errors.As(err, &input) {
		return err
	}
	at := *input
	at.File, at.Row = o.File, row
	if o.Bad == nil {
		return &at
	}
	return o.Bad(&at)
}

// ReadLines reads records from JSON Lines, one JSON object a line (the fields of Event in
// snake_case, times of RFC 3339, cells as [valence, arousal]), and calls do with runs of
// them in the order of the file. Blank lines are skipped. Fields that are zero may be
// left out or null; there may be none that the schema does not know, nor one twice.
//
// The lines are parsed on all processors, do is called on the goroutine of ReadLines, one
// call at a time. The slice is used again after do returns, what is in it is not: records
// and their strings may be kept. (An ID shares memory with those of its run: clone it to
// keep few of many.) Memory is bounded by a few megabytes a processor, whatever the size.
//
// It returns what do returns if that is not nil, the first problem of a record as a
// *segue.InputError (see ReadOptions.Bad), also for a line over MaxLine bytes, r's
// error, or ctx's. Where it ends before r does, a call of r.Read may be left behind.
func ReadLines(ctx context.Context, r io.Reader, o ReadOptions, do func([]Event) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *chunk, workers), make(chan *chunk, 2*workers)
	free := make(chan *chunk, 4*workers)
	for range cap(free) {
		free <- &chunk{done: make(chan struct{}, 1)}
	}
	go cut(ctx, r, free, work, order)
	for range workers {
		go func() {
			p := newParser()
			for {
				select {
				case <-ctx.Done():
					return
				case c, more := <-work:
					if !more {
						return
					}
					c.parse(p, o.Bad != nil)
					c.done <- struct{}{}
				}
			}
		}()
	}
	line := 0
	for {
		var c *chunk
		var more bool
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c, more = <-order:
		}
		if !more {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.done:
		}
		if err := c.hand(&o, line, do); err != nil {
			return err
		}
		line += c.lines
		free <- c
	}
}

// A chunk is a run of whole lines, and the records in it.
type chunk struct {
	text   []byte
	ids    []byte // of all records
	ends   []int  // of each in ids
	events []Event
	bad    []badLine
	lines  int
	long   bool  // a line that is too long begins after text
	err    error // of reading, after text
	done   chan struct{}
}

// A badLine is a problem of a line, before the event with the index at.
type badLine struct {
	line, at int
	err      error
}

// parse reads the records of the chunk's lines, up to the first bad one unless all of
// them are wanted.
func (c *chunk) parse(p *parser, all bool) {
	c.events, c.bad, c.ids, c.ends, c.lines = c.events[:0], c.bad[:0], c.ids[:0], c.ends[:0], 0
	for rest := c.text; len(rest) > 0 && (all || len(c.bad) == 0); {
		var line []byte
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line, rest = rest[:end], rest[end+1:]
		} else {
			line, rest = rest, nil
		}
		c.lines++
		if blank(line) {
			continue
		}
		if len(line) > MaxLine {
			c.bad = append(c.bad, badLine{c.lines, len(c.events), longLine()})
			continue
		}
		if len(c.events) == cap(c.events) {
			c.events = append(c.events, Event{})
		} else {
			c.events = c.events[:len(c.events)+1]
		}
		e := &c.events[len(c.events)-1]
		if err := p.event(line, e); err != nil {
			c.events = c.events[:len(c.events)-1]
			c.bad = append(c.bad, badLine{c.lines, len(c.events), err})
			continue
		}
		c.ids = append(c.ids, e.ID...)
		c.ends = append(c.ends, len(c.ids))
	}
	ids, from := string(c.ids), 0
	for i, end := range c.ends {
		c.events[i].ID = ids[from:end]
		from = end
	}
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

func longLine() error {
	return &segue.InputError{Problem: "the line is longer than %d KB", Args: []any{MaxLine >> 10}, Hint: "a record is one JSON object on a line of its own"}
}

// hand calls do with the chunk's records, and tells of the bad ones between them. Lines
// count from line.
func (c *chunk) hand(o *ReadOptions, line int, do func([]Event) error) error {
	from := 0
	run := func(to int) error {
		if from == to {
			return nil
		}
		events := c.events[from:to]
		from = to
		return do(events)
	}
	for _, b := range c.bad {
		if o.Bad == nil { // what came before it is not lost
			if err := run(b.at); err != nil {
				return err
			}
		}
		if err := o.wrong(b.err, line+b.line); err != nil {
			return err
		}
	}
	if err := run(len(c.events)); err != nil {
		return err
	}
	if c.long {
		if err := o.wrong(longLine(), line+c.lines+1); err != nil {
			return err
		}
		c.lines++
	}
	return c.err
}

// cut reads chunks of whole lines, and hands each to those who parse and to the one who
// keeps their order.
func cut(ctx context.Context, r io.Reader, free <-chan *chunk, work, order chan<- *chunk) {
	defer close(work)
	defer close(order)
	var rest []byte   // of a line that is not whole yet
	skipping := false // to the end of a line that is too long
	for begun := false; ; begun = true {
		var c *chunk
		select {
		case <-ctx.Done():
			return
		case c = <-free:
		}
		c.long, c.err = false, nil
		c.text = append(c.text[:0], rest...)
		rest = rest[:0]
		last := false
		for {
			have := len(c.text)
			c.text = growBy(c.text, chunkBytes)
			n, err := io.ReadFull(r, c.text[have:])
			if ctx.Err() != nil {
				return
			}
			c.text = c.text[:have+n]
			if !begun && have == 0 {
				c.text = bytes.TrimPrefix(c.text, []byte("\ufeff"))
			}
			last = err != nil
			if last && err != io.EOF && err != io.ErrUnexpectedEOF {
				c.err = err
			}
			if skipping {
				end := bytes.IndexByte(c.text, '\n')
				if end < 0 {
					c.text = c.text[:0]
					if last {
						break
					}
					continue
				}
				c.text, skipping = c.text[end+1:], false
			}
			if last {
				break
			}
			end := bytes.LastIndexByte(c.text, '\n') + 1
			if len(c.text)-end > MaxLine {
				c.text, c.long, skipping = c.text[:end], true, true
				break
			}
			if end > 0 {
				rest = append(rest, c.text[end:]...)
				c.text = c.text[:end]
				break
			}
		}
		if last && c.err != nil { // the line is cut short by an error, not by its writer
			c.text = c.text[:bytes.LastIndexByte(c.text, '\n')+1]
		}
		select {
		case <-ctx.Done():
			return
		case order <- c:
		}
		select {
		case <-ctx.Done():
			return
		case work <- c:
		}
		if last {
			return
		}
	}
}

// growBy makes a slice n bytes longer. What is in them is left over.
func growBy(b []byte, n int) []byte {
	if need := len(b) + n; need > cap(b) {
		return append(make([]byte, 0, need+chunkBytes/4), b...)[:need]
	}
	return b[:len(b)+n]
}

// A LineWriter writes records as JSON Lines.
type LineWriter struct {
	w   *bufio.Writer
	row []byte
}

// NewLineWriter returns a LineWriter. Call Flush at the end.
func NewLineWriter(w io.Writer) *LineWriter {
	return &LineWriter{w: bufio.NewWriterSize(w, chunkBytes)}
}

// Write writes records, a line each. It returns the problem of the first that is not
// valid, before which all are written, or an error of the writer.
func (w *LineWriter) Write(events ...Event) error {
	for i := range events {
		if err := events[i].Validate(); err != nil {
			return err
		}
		w.row = append(events[i].appendJSON(w.row[:0]), '\n')
		if _, err := w.w.Write(w.row); err != nil {
			return err
		}
	}
	return nil
}

// Flush writes what is still held.
func (w *LineWriter) Flush() error { return w.w.Flush() }

// Keep returns a copy of the record that shares no memory with others of its run.
func (e Event) Keep() Event {
	e.ID = strings.Clone(e.ID)
	return e
}
