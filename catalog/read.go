package catalog

import (
	"bytes"
	"cmp"
	"context"
	"hash/maphash"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"segue"
	"segue/internal/table"
	"segue/internal/titles"
)

// Options say how to read. The zero value is ready to use.
type Options struct {
	// Progress is told the bytes read of all files (stage "reading") and then
	// the tracks grouped (stage "grouping"). It may be nil.
	Progress segue.Progress

	// Tolerance says how near two reissues' features must be; the zero value
	// stands for DefaultTolerance.
	Tolerance Tolerance

	// MaxUnpacked is how many bytes one gzip or Parquet file may unpack to; 0 stands for
	// DefaultMaxUnpacked.
	MaxUnpacked int64
}

// DefaultMaxUnpacked bounds what one gzip or Parquet file may unpack to: 4 GiB, some
// twenty million rows. (d)
const DefaultMaxUnpacked = 4 << 30

// Read reads the files at paths, in that order, into one catalogue. A file is
// CSV, gzipped CSV or Parquet, as its content says, whatever its name.
//
// The first row of a track id gives the track; see the package comment for
// what is checked, dropped and reported. Row order is that of first sight.
//
// Reading CSV costs O(bytes) time and, beyond the catalogue itself, a bounded
// number of blocks of memory. The result does not depend on GOMAXPROCS.
//
// A file that does not exist, is a folder or a pipe, is not a track table, is damaged, has no row
// after its header or leaves no track at all is a *segue.InputError, and
// nothing is returned. If ctx ends, its error is returned.
func Read(ctx context.Context, paths []string, o Options) (*segue.Catalog, *Report, error) {
	if len(paths) == 0 {
		panic("catalog: Read of no files")
	}
	r := &reader{
		progress:    o.Progress,
		maxUnpacked: o.MaxUnpacked,
		seed:        maphash.MakeSeed(),
	}
	if r.maxUnpacked == 0 {
		r.maxUnpacked = DefaultMaxUnpacked
	}
	for _, path := range paths {
		size, err := table.FileSize(path)
		if err != nil {
			return nil, nil, err
		}
		r.total += size
	}
	m := newMerger(r.seed, titles.SplitArtists)
	r.sink, r.report = m, m.report
	for _, path := range paths {
		if err := r.file(ctx, path); err != nil {
			return nil, nil, err
		}
	}
	c, report := m.finish(), m.report
	if c.Len() == 0 {
		return nil, nil, nothingKept(paths, report)
	}
	if err := complete(ctx, c, o.Tolerance, o.Progress); err != nil {
		return nil, nil, err
	}
	for i, first := range c.Recording {
		if int(first) == i {
			report.Recordings++
		}
	}
	return c, report, nil
}

// nothingKept is the error of tables without a row that can be used.
func nothingKept(paths []string, report *Report) error {
	var reasons segue.Phrases
	for _, r := range report.reasons() {
		reasons = append(reasons, segue.Phrase{Text: r})
	}
	return &segue.InputError{
		File:    strings.Join(paths, ", "),
		Problem: "none of the %d rows could be kept: %s", Args: []any{report.Rows, reasons},
	}
}

// complete groups the recordings and computes the version. The groups are
// found on one processor, so the others compute the version meanwhile.
func complete(ctx context.Context, c *segue.Catalog, t Tolerance, p segue.Progress) error {
	hashes, err := songHashes(ctx, c, p)
	if err != nil {
		return err
	}
	var running sync.WaitGroup
	var groups []int32
	var groupErr error
	running.Go(func() { groups, groupErr = recordings(ctx, c, t, hashes) })
	c.Version, err = version(ctx, c)
	running.Wait()
	c.Recording = groups
	return cmp.Or(err, groupErr)
}

// A reader reads files one after the other into one sink.
type reader struct {
	progress    segue.Progress
	maxUnpacked int64
	seed        maphash.Seed
	sink        sink
	report      *Report
	passed      []role       // columns that are not read, although a file has them
	read        atomic.Int64 // bytes read of all files
	total       int64        // bytes of all files
}

// A sink takes batches in the order of the files' rows. It may not keep them.
type sink interface {
	add(file *FileReport, b *batch, rowsBefore int) // before whose first row the file has rowsBefore rows
	tracks() int                                    // taken so far
	reserve(tracks int)                             // makes room for that many in all
}

// narrow takes from a layout the columns that are not read.
func (r *reader) narrow(l *layout) {
	for _, role := range r.passed {
		l.at[role] = -1
	}
}

// advance counts n bytes as read.
func (r *reader) advance(n int64) {
	done := r.read.Add(n)
	if r.progress != nil {
		r.progress("reading", min(done, r.total), r.total)
	}
}

// file reads one file.
func (r *reader) file(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return table.OpenError(path, err)
	}
	defer f.Close()
	r.report.Files = append(r.report.Files, FileReport{Name: path, Dropped: map[string]int{}})
	report := &r.report.Files[len(r.report.Files)-1]

	head := make([]byte, 4)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return table.OpenError(path, err)
	}
	switch {
	case bytes.Equal(head[:n], []byte("PAR1")):
		report.Format = "parquet"
		info, err := f.Stat()
		if err != nil {
			return table.OpenError(path, err)
		}
		err = r.parquet(ctx, path, f, info.Size(), report)
		if err != nil {
			return err
		}
	case bytes.HasPrefix(head[:n], []byte{0x1f, 0x8b}):
		report.Format = "csv.gz"
		unpacked, err := table.Unpack(f, r.maxUnpacked, r.advance)
		if err != nil {
			return table.ReadError(path, err)
		}
		if err := r.csv(ctx, path, unpacked, 0, report); err != nil {
			return err
		}
	default:
		report.Format = "csv"
		info, err := f.Stat()
		if err != nil {
			return table.OpenError(path, err)
		}
		if err := r.csv(ctx, path, table.NewCountingReader(f, r.advance), info.Size(), report); err != nil {
			return err
		}
	}
	if report.Rows == 0 {
		return table.NoRows(path)
	}
	if r.sink.tracks() > maxTracks {
		return &segue.InputError{File: path, Problem: "more than %d tracks in all", Args: []any{maxTracks}, Hint: "read a part of them"}
	}
	return nil
}
