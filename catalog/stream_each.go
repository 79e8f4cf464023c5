package catalog

import (
	"context"
	"hash/maphash"
	"sync"

	"segue"
	"segue/internal/table"
)

// A Block is some consecutive rows of a track table.
type Block struct {
	ID      []string                     // as a Catalog holds them
	Feature [segue.NumFeatures][]float32 // by segue.Feature, NaN where missing, each as long as ID
}

// Len returns the number of rows.
func (b *Block) Len() int { return len(b.ID) }

// Each reads the files at paths, in that order, and calls work with the rows
// that have what every row needs, one block after the other, while it reads on.
// work must not keep the block. Files, names, checks, ids and errors are those
// of Read, CSV and Parquet alike, but duplicates stay: a row is forgotten once
// work had it, so that memory is bounded whatever the files' size. Columns that
// tell nothing of ids and features are not read, and their bad values not counted.
//
// In the report Tracks counts the rows given to work; Duplicates, Conflicts,
// Missing and Recordings are not known, and 0. Each returns work's first error,
// and ctx's if that ended first; work may then have had a part of the rows.
func Each(ctx context.Context, paths []string, o Options, work func(b *Block) error) (*Report, error) {
	if len(paths) == 0 {
		panic("catalog: Each of no files")
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	e := &eachRow{ctx: reading, report: &Report{Dropped: map[string]int{}, Missing: map[string]int{}},
		free: make(chan *Block, buffers), full: make(chan *Block, buffers)}
	for range buffers {
		e.free <- &Block{}
	}
	r := &reader{progress: o.Progress, maxUnpacked: o.MaxUnpacked, seed: maphash.MakeSeed(), sink: e, report: e.report,
		passed: []role{roleAlbum, roleISRC, roleGenres, rolePopularity, roleExplicit}}
	if r.maxUnpacked == 0 {
		r.maxUnpacked = 1 << 62
	}
	for _, path := range paths {
		size, err := table.FileSize(path)
		if err != nil {
			return nil, err
		}
		r.total += size
	}

	var workErr error
	var working sync.WaitGroup
	working.Go(func() {
		for b := range e.full {
			if workErr == nil {
				if workErr = work(b); workErr != nil {
					stop()
				}
			}
			e.free <- b
		}
	})
	var readErr error
	for _, path := range paths {
		if readErr = r.file(reading, path); readErr != nil {
			break
		}
	}
	close(e.full)
	working.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case workErr != nil:
		return nil, workErr
	case readErr != nil:
		return nil, readErr
	case e.report.Tracks == 0:
		return nil, nothingKept(paths, e.report)
	}
	return e.report, nil
}

// eachRow is the sink of Each.
type eachRow struct {
	ctx        context.Context // ends when work failed
	report     *Report
	free, full chan *Block
}

func (e *eachRow) tracks() int { return 0 } // none are held
func (e *eachRow) reserve(int) {}

func (e *eachRow) add(file *FileReport, b *batch, rowsBefore int) {
	e.report.count(file, b, rowsBefore)
	file.Tracks += b.kept
	e.report.Tracks += b.kept
	if b.kept == 0 {
		return
	}
	var to *Block
	select {
	case to = <-e.free:
	case <-e.ctx.Done():
		return
	}
	text := string(b.text)
	to.ID = to.ID[:0]
	for i := range b.kept {
		to.ID = append(to.ID, b.in(text, i, 0))
	}
	for f := range to.Feature {
		to.Feature[f] = append(to.Feature[f][:0], b.feature[f]...)
	}
	e.full <- to // never blocks: there are no more blocks than room
}
