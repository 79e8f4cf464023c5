package catalog

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"unicode/utf8"

	"segue/internal/table"
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
	in, err := table.Decoded(path, src)
	if err != nil {
		return err
	}
	names, delimiter, lines, err := table.Header(path, in, func(names []string) int {
		l := findColumns(names)
		return l.found()
	})
	if err != nil {
		return err
	}
	layout := findColumns(names)
	if problem := layout.check(path); problem != nil {
		return problem
	}
	r.narrow(&layout)

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
			batch: newBatch(&layout, path, r.seed, delimiter != ','),
			done:  make(chan struct{}, 1),
		}
	}

	var cutErr error // read once order is closed
	running.Go(func() {
		defer close(order)
		defer close(work)
		var taken []*job // and not sent: two at most
		cutErr = table.Blocks(in, delimiter, func() ([]byte, bool) {
			select {
			case j := <-free:
				taken = append(taken, j)
				return j.buf, true
			case <-ctx.Done():
				return nil, false
			}
		}, func(memory, block []byte) {
			j := taken[0]
			taken = append(taken[:0], taken[1:]...)
			j.buf, j.block = memory, block
			order <- j // never blocks: there are no more jobs than room
			work <- j
		})
	})
	for range workers {
		running.Go(func() {
			var s table.Splitter
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
			return table.Below(j.batch.err, lines)
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
	if cutErr != nil {
		return table.BlockError(path, lines, cutErr)
	}
	return nil
}

// parse fills the batch with the rows of a block.
func (b *batch) parse(s *table.Splitter, block []byte, delimiter byte) {
	s.Reset(block, delimiter)
	b.utf8 = utf8.Valid(block)
	columns := len(b.layout.names)
	var r row
	for s.Next() {
		b.rows++
		b.lines = s.Lines
		if b.err = s.Fatal(b.file); b.err != nil {
			return
		}
		switch {
		case s.Broken:
			b.note("", "text follows a closing quotation mark; the row is not used")
			b.drop(brokenQuotes)
		case !table.Fits(s.Fields, columns):
			b.note("", fmt.Sprintf("%d fields where the header has %d; the row is not used", len(s.Fields), columns))
			b.drop(wrongFields)
		case b.splitRow(s.Fields, &r):
			b.add(&r)
		}
	}
	b.lines = s.Lines
}
