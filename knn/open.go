package knn

import (
	"fmt"
	"hash/crc32"
	"os"

	"segue/matrix"
)

// file is what an opened Index is a view of.
type file struct {
	path    string
	data    []byte // nil once closed
	head    head
	extent  extent
	release func() error
}

// Open opens an index that Save wrote: without reading its points, where the
// system maps files into memory, as little as its tree and row numbers, 4n bytes.
// Searches then read what they touch, and several processes share one copy. The
// file must not be changed while it is open; Save to the same path is safe, for it
// makes a new file. Close releases it.
//
// Open checks sizes, the checksum of the tree and that row numbers are in range,
// so that no file makes a search panic. It does not check the points: see Verify.
// The error wraps ErrFile if the file is no index or is damaged.
func Open(path string) (*Index, error) {
	ix, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open index of neighbours %q: %w", path, err)
	}
	return ix, nil
}

func open(path string) (*Index, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	first := make([]byte, min(info.Size(), headBytes))
	if _, err := f.ReadAt(first, 0); err != nil {
		return nil, err
	}
	h, s, ex, err := readHead(first, info.Size())
	if err != nil {
		return nil, err
	}
	data, release, err := load(f, int(info.Size()))
	if err != nil {
		return nil, err
	}
	ix := &Index{shape: s, scale: h.Scale}
	ix.source = &file{path: path, data: data, head: h, extent: ex, release: release}
	if err := ix.take(); err != nil {
		_ = ix.Close()
		return nil, err
	}
	return ix, nil
}

// take makes the parts of ix views of its file and checks those that are small.
func (ix *Index) take() error {
	data, h, ex := ix.source.data, ix.source.head, ix.source.extent
	if crc32.Checksum(data[headBytes:ex.rows+int64(ix.n)*4], castagnoli) != h.Tree {
		return fmt.Errorf("the checksum of its tree does not match: %w", ErrFile)
	}
	ix.center = view[float64](data[headBytes:ex.leaves])
	ix.leaves = view[float64](data[ex.leaves:ex.bounds])
	ix.bounds = view[float32](data[ex.bounds:ex.rows])
	ix.rows = view[int32](data[ex.rows:][:4*ix.n])
	ix.codes = data[ex.codes:ex.points:ex.points]
	if h.PointBytes == 4 {
		ix.points32 = view[float32](data[ex.points:])
	} else {
		ix.points = view[float64](data[ex.points:])
	}
	most := uint32(0)
	for _, row := range ix.rows {
		most = max(most, uint32(row)) // a negative number is a large one
	}
	if ix.n > 0 && most >= uint32(ix.n) {
		return fmt.Errorf("a row number is none of %d rows: %w", ix.n, ErrFile)
	}
	return nil
}

// Verify reads an opened index in full and returns an error wrapping ErrFile if
// its points are not those that were saved. An index made by New is always right.
func (ix *Index) Verify() error {
	ix.check("Verify", ix.d, 0)
	if ix.source == nil {
		return nil
	}
	data, h, ex := ix.source.data, ix.source.head, ix.source.extent
	if crc32.Checksum(data[ex.codes:], castagnoli) != h.Points {
		return fmt.Errorf("index of neighbours %q: the checksum of its points does not match: %w", ix.source.path, ErrFile)
	}
	if err := finite(ix.points); err != nil {
		return fmt.Errorf("index of neighbours %q: %w", ix.source.path, err)
	}
	if err := finite(ix.points32); err != nil {
		return fmt.Errorf("index of neighbours %q: %w", ix.source.path, err)
	}
	return nil
}

func finite[F matrix.Float](points []F) error {
	for i, v := range points {
		if v-v != 0 {
			return fmt.Errorf("coordinate %d is %v: %w", i, v, ErrFile)
		}
	}
	return nil
}

// Close releases the file of an opened index, which is of no more use; searches
// must have ended. For an index made by New it does nothing.
func (ix *Index) Close() error {
	if ix.source == nil || ix.source.data == nil {
		return nil
	}
	ix.source.data = nil
	ix.center, ix.leaves, ix.bounds, ix.rows, ix.codes, ix.points, ix.points32 = nil, nil, nil, nil, nil, nil, nil
	if err := ix.source.release(); err != nil {
		return fmt.Errorf("close index of neighbours %q: %w", ix.source.path, err)
	}
	return nil
}
