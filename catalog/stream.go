package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"os"
	"slices"

	"segue"
	"segue/internal/table"
)

// A Stream is a Parquet track table that is read again and again, because it
// may be larger than memory: column by column, only the columns asked for, in
// the order of the file. Names of columns, checks of values and what a row
// needs are those of Read, with two differences. Duplicates stay, because to
// know them takes memory in proportion to the ids; and Version names the file's
// bytes, not what the table says.
//
// It holds two bits a row and a bounded number of blocks of rows, whatever the
// file's size. Its methods may be called from many goroutines. It keeps the file
// open: Close it.
type Stream struct {
	path     string
	f        *os.File
	stamp    os.FileInfo // of the file as it was opened
	columns  parquetTable
	features []segue.Feature
	kept     rowSet // rows that have what every row needs
	complete rowSet // of those, the rows that have all of features
	report   *Report
	version  string
}

// OpenStream opens the Parquet file at path and reads it once: it counts the
// rows that can be used and those of them that have all of features, notes which
// they are, and hashes the file. o.Progress is told the rows (stage "counting").
// o.MaxUnpacked, if given, bounds the whole file; by default only each page is
// bounded, as memory does not grow with the file. O(rows × features), all
// processors.
//
// A file that is not Parquet, and whatever Read refuses, is a
// *segue.InputError; no feature, or one named twice, wraps segue.ErrUsage. If ctx
// ends, its error is returned.
func OpenStream(ctx context.Context, path string, features []segue.Feature, o Options) (_ *Stream, err error) {
	if err := wanted(features); err != nil {
		return nil, fmt.Errorf("catalog: %w: %w", segue.ErrUsage, err)
	}
	if _, err := table.FileSize(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, table.OpenError(path, err)
	}
	s := &Stream{path: path, f: f, features: slices.Clone(features)}
	defer func() {
		if err != nil {
			f.Close() // read-only: nothing can be lost
		}
	}()
	if s.stamp, err = f.Stat(); err != nil {
		return nil, table.OpenError(path, err)
	}
	if err := s.open(o); err != nil {
		return nil, err
	}
	hashed := make(chan error, 1)
	hashing, stop := context.WithCancel(ctx)
	defer stop()
	go func() { hashed <- s.hash(hashing) }()
	if err = s.count(ctx, o.Progress); err != nil {
		stop()
	}
	if hashErr := <-hashed; err == nil {
		err = hashErr
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, s.blame(err)
	}
	if err := s.unchanged(); err != nil {
		return nil, err
	}
	if s.report.Rows == 0 {
		return nil, &segue.InputError{File: path, Problem: "there is a header but no row", Hint: "export the table again"}
	}
	if s.kept.n == 0 {
		return nil, nothingKept([]string{path}, s.report)
	}
	return s, nil
}

// wanted refuses no feature, and one twice.
func wanted(features []segue.Feature) error {
	if len(features) == 0 {
		return errors.New("no feature is named")
	}
	for i, f := range features {
		if slices.Contains(features[:i], f) {
			return fmt.Errorf("feature %q is named twice", f)
		}
	}
	return nil
}

// mustWant panics where wanted refuses.
func mustWant(call string, features []segue.Feature) {
	if err := wanted(features); err != nil {
		panic("catalog: " + call + ": " + err.Error())
	}
}

// open finds the file's columns.
func (s *Stream) open(o Options) (err error) {
	defer table.BlameFile(s.path, &err)
	head := make([]byte, 4)
	if n, err := s.f.ReadAt(head, 0); err != nil && err != io.EOF {
		return table.OpenError(s.path, err)
	} else if string(head[:n]) != "PAR1" {
		return &segue.InputError{File: s.path, Problem: "this is no Parquet file, and no other can be read again and again",
			Hint: "write one with 'segue catalog import'"}
	}
	unpacked := o.MaxUnpacked
	if unpacked == 0 {
		unpacked = math.MaxInt64
	}
	t := &s.columns
	t.file, t.layout, t.leaves, err = openParquet(s.path, s.f, s.stamp.Size(), unpacked)
	return err
}

// hash computes the version.
func (s *Stream) hash(ctx context.Context) error {
	h := sha256.New()
	in := io.NewSectionReader(s.f, 0, s.stamp.Size())
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := in.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			s.version = hex.EncodeToString(h.Sum(nil))
			return nil
		}
		if err != nil {
			return table.OpenError(s.path, err)
		}
	}
}

// Close closes the file. No pass may be under way.
func (s *Stream) Close() error { return s.f.Close() }

// Features returns the features a complete row has.
func (s *Stream) Features() []segue.Feature { return slices.Clone(s.features) }

// Version returns the SHA-256 of the file's bytes, in hexadecimal. It is not
// the Version of the catalogue Read makes of the file, which is that of the
// tracks without duplicates.
func (s *Stream) Version() string { return s.version }

// Report says what OpenStream found. Tracks counts the rows that have what
// every row needs, duplicates among them; Duplicates, Conflicts, Recoded and
// Recordings are not known and 0.
func (s *Stream) Report() *Report { return s.report }

// Len returns how many rows have what every row needs.
func (s *Stream) Len() int { return s.kept.n }

// unchanged returns an error if the file is no longer the one that was opened.
func (s *Stream) unchanged() error {
	now, err := s.f.Stat()
	if err != nil {
		return table.OpenError(s.path, err)
	}
	there, err := os.Stat(s.path)
	if err != nil || !os.SameFile(there, s.stamp) || now.Size() != s.stamp.Size() || !now.ModTime().Equal(s.stamp.ModTime()) {
		return &segue.InputError{File: s.path, Problem: "the file was changed or replaced while it was read", Hint: "let nothing write to it, and start again"}
	}
	return nil
}

// blame returns why reading failed: a file that was changed is not damaged.
func (s *Stream) blame(err error) error {
	if changed := s.unchanged(); changed != nil {
		return changed
	}
	return err
}

// count reads the whole table once: which rows can be used, and what is wrong
// with the others.
func (s *Stream) count(ctx context.Context, progress segue.Progress) error {
	total := int(s.columns.file.NumRows())
	s.report = &Report{Files: []FileReport{{Name: s.path, Format: "parquet", Dropped: map[string]int{}}}, Dropped: map[string]int{}, Missing: map[string]int{}}
	file := &s.report.Files[0]
	all := segue.AllFeatures()
	for _, f := range all {
		s.report.Missing[f.String()] = 0
	}
	p := newScan(&s.columns, s.path, all)
	return p.run(ctx, func(b *tableBlock) error {
		for i, named := range b.named {
			row := b.first + i
			known := false
			for _, col := range b.features {
				known = known || col[i] == col[i]
			}
			if !named {
				continue
			}
			if !known {
				p.names.drop(noFeatures)
				continue
			}
			s.kept.add(row)
			whole := true
			for j, col := range b.features {
				if col[i] != col[i] {
					s.report.Missing[all[j].String()]++
				}
			}
			for _, f := range s.features {
				whole = whole && b.features[f][i] == b.features[f][i]
			}
			if whole {
				s.complete.add(row)
			}
		}
		p.tell(s.report, file, b)
		file.Tracks, s.report.Tracks = s.kept.n, s.kept.n
		if progress != nil {
			progress("counting", int64(b.first+len(b.named)), int64(total))
		}
		return nil
	})
}

// A rowSet is a set of the rows of a file: a bit a row.
type rowSet struct {
	bits []uint64
	n    int // rows in it
}

// add puts a row in, which must be above those that are.
func (r *rowSet) add(row int) {
	for len(r.bits) <= row/64 {
		r.bits = append(r.bits, 0)
	}
	r.bits[row/64] |= 1 << (row % 64)
	r.n++
}

// has reports whether a row is in the set.
func (r *rowSet) has(row int) bool {
	return row/64 < len(r.bits) && r.bits[row/64]>>(row%64)&1 == 1
}

// appendRows appends the rows of the set in [first, first+n), less first.
func (r *rowSet) appendRows(dst []int32, first, n int) []int32 {
	for w := first / 64; w < len(r.bits) && w*64 < first+n; w++ {
		for word := r.bits[w]; word != 0; word &= word - 1 {
			if at := w*64 + bits.TrailingZeros64(word) - first; at >= 0 && at < n {
				dst = append(dst, int32(at))
			}
		}
	}
	return dst
}
