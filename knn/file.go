package knn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"segue/internal/kernel"
)

// The file of an Index. All numbers are little-endian; the parts follow each other
// in this order, and their sizes follow from n, d and leafRows.
//
//	offset  size
//	0       8     "segueknn"
//	8       4     version: 1
//	12      4     bytes of a coordinate: 8 or 4
//	16      8     n, rows
//	24      4     d, columns
//	28      4     leafRows, a multiple of 64
//	32      8     scale, float64
//	40      8     size of the file
//	48      4     CRC-32C of the tree: center to rows
//	52      4     CRC-32C of the points: codes and points
//	56      4     CRC-32C of bytes 0 to 55
//	60      4     0
//	64            center     d float64
//	              leaves     for each leaf min(d, 16) + 2 float64
//	              bounds     for each node d·32 float32
//	              rows       n int32
//	              zeros      up to a multiple of 64
//	              codes      for each 64 rows ⌈min(d, 16)/2⌉·128 bytes
//	              points     n·d coordinates, row by row
const (
	magic      = "segueknn"
	version    = 1
	headBytes  = 64
	alignBytes = 64
)

// Limits of what a file may ask for; with them no size overflows.
const (
	mostColumns  = 1 << 16
	mostLeafRows = 1 << 12
)

// ErrFile reports a file that is no index, or a damaged one. The wrapping error
// says which, and what is wrong.
var ErrFile = errors.New("not a usable index of neighbours")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head is the first part of a file.
type head struct {
	Magic        [8]byte
	Version      uint32
	PointBytes   uint32
	N            uint64
	D            uint32
	LeafRows     uint32
	Scale        float64
	Size         uint64
	Tree, Points uint32 // checksums
	Head, Zero   uint32
}

// extent is where the parts of a file lie, by their offsets.
type extent struct{ leaves, bounds, rows, codes, points, size int64 }

func (s *shape) extent(pointBytes int) extent {
	var e extent
	e.leaves = headBytes + int64(s.d)*8
	e.bounds = e.leaves + int64(s.leafN)*int64(s.perLeaf())*8
	e.rows = e.bounds + int64(s.nodes)*int64(s.boundsPerNode())*4
	e.codes = (e.rows + int64(s.n)*4 + alignBytes - 1) / alignBytes * alignBytes
	e.points = e.codes + int64(s.blocks())*int64(s.codesPerBlock())
	e.size = e.points + int64(s.n)*int64(s.d)*int64(pointBytes)
	return e
}

// Save writes the index to path, for Open: to a new file beside it first, which
// takes its place when it is complete and on the disk. It panics if the index is
// closed.
func (ix *Index) Save(path string) error {
	ix.check("Save", ix.d, 0)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("save index of neighbours: %w", err)
	}
	err = ix.write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("save index of neighbours: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a renaming in a folder last, where folders can be synced.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		return nil
	}
	f, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("save index of neighbours: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("save index of neighbours: %w", err)
	}
	return nil
}

// pointBytes returns the bytes of a coordinate.
func (ix *Index) pointBytes() int {
	if ix.points32 != nil {
		return 4
	}
	return 8
}

// write writes the index to f, the head last: it holds the checksums.
func (ix *Index) write(f io.WriteSeeker) error {
	w := bufio.NewWriterSize(f, 1<<20)
	at := int64(0)
	sum := uint32(0)
	put := func(b []byte) {
		n, _ := w.Write(b) // w keeps the error for Flush
		at += int64(n)
		sum = crc32.Update(sum, castagnoli, b)
	}
	ex := ix.extent(ix.pointBytes())
	put(make([]byte, headBytes))

	sum = 0
	eachBytes(ix.center, put)
	eachBytes(ix.leaves, put)
	eachBytes(ix.bounds, put)
	eachBytes(ix.rows, put)
	h := head{
		Version: version, PointBytes: uint32(ix.pointBytes()), N: uint64(ix.n), D: uint32(ix.d),
		LeafRows: uint32(ix.leafRows), Scale: ix.scale, Size: uint64(ex.size), Tree: sum,
	}
	copy(h.Magic[:], magic)

	put(make([]byte, ex.codes-at))
	sum = 0
	put(ix.codes)
	eachBytes(ix.points, put)
	eachBytes(ix.points32, put)
	h.Points = sum
	if err := w.Flush(); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := f.Write(h.bytes())
	return err
}

// bytes returns the head as it stands in the file, with its own checksum.
func (h head) bytes() []byte {
	b := make([]byte, 0, headBytes)
	b, _ = binary.Append(b, binary.LittleEndian, h) // a head has a fixed size: no error
	binary.LittleEndian.PutUint32(b[56:], crc32.Checksum(b[:56], castagnoli))
	return b
}

// readHead reads the first headBytes of a file of the given size.
func readHead(b []byte, size int64) (head, shape, extent, error) {
	var h head
	fail := func(format string, args ...any) (head, shape, extent, error) {
		return head{}, shape{}, extent{}, fmt.Errorf(format+": %w", append(args, ErrFile)...)
	}
	if len(b) < headBytes || string(b[:len(magic)]) != magic {
		return fail("it does not begin with %q", magic)
	}
	if _, err := binary.Decode(b[:headBytes], binary.LittleEndian, &h); err != nil {
		return fail("%v", err)
	}
	switch {
	case h.Version != version:
		return fail("version %d, this program reads %d; build the index again", h.Version, version)
	case h.Head != crc32.Checksum(b[:56], castagnoli) || h.Zero != 0:
		return fail("the checksum of its head does not match")
	case h.PointBytes != 4 && h.PointBytes != 8:
		return fail("coordinates of %d bytes", h.PointBytes)
	case h.N > math.MaxInt32 || h.D > mostColumns || h.N > 0 && h.D == 0:
		return fail("a table of %d×%d", h.N, h.D)
	case h.LeafRows == 0 || h.LeafRows%kernel.CodeRows != 0 || h.LeafRows > mostLeafRows:
		return fail("leaves of %d rows", h.LeafRows)
	case h.N > 0 && !(h.Scale > 0 && h.Scale <= math.MaxFloat64):
		return fail("scale %v", h.Scale)
	case uint64(size) != h.Size:
		return fail("%d bytes long, its head says %d", size, h.Size)
	}
	s := newShape(int(h.N), int(h.D), int(h.LeafRows))
	e := s.extent(int(h.PointBytes))
	if e.size != size || int64(int(size)) != size {
		return fail("%d bytes long, a table of %d×%d takes %d", size, h.N, h.D, e.size)
	}
	return h, s, e, nil
}
