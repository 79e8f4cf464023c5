package knn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
)

// saved saves an index and returns its path and its bytes.
func saved(t testing.TB, ix *Index) (string, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index")
	if err := ix.Save(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, data
}

func mustOpen(t testing.TB, path string) *Index {
	t.Helper()
	ix, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ix.Close(); err != nil {
			t.Error(err)
		}
	})
	return ix
}

// The law: an opened index answers as the one saved, and saves to the same bytes.
func TestOpenedEqualsSaved(t *testing.T) {
	dir := t.TempDir()
	path, again := filepath.Join(dir, "index"), filepath.Join(dir, "again")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3000).Draw(t, "n")
		d := rapid.IntRange(1, 20).Draw(t, "d")
		x := normal(n, d)
		ix, err := New(x)
		if rapid.Bool().Draw(t, "float32") {
			ix, err = New32(matrix.To32(x))
		}
		if err == nil {
			err = ix.Save(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		opened, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		if err := opened.Verify(); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			query := x.Row(nil, rapid.IntRange(0, n-1).Draw(t, "row"))
			got, want := opened.Nearest(query, 7, nil), ix.Nearest(query, 7, nil)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("opened %v, saved %v", got, want)
			}
		}
		if err := opened.Save(again); err != nil {
			t.Fatal(err)
		}
		a, _ := os.ReadFile(path)
		b, _ := os.ReadFile(again)
		if len(a) == 0 || !bytes.Equal(a, b) {
			t.Fatal("saved again, the file differs")
		}
	})
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEmptyIndexInAFile(t *testing.T) {
	path, data := saved(t, mustNew(t, matrix.Columns{}))
	if len(data) != headBytes {
		t.Errorf("%d bytes, want %d", len(data), headBytes)
	}
	ix := mustOpen(t, path)
	if got := ix.Nearest(nil, 3, nil); got != nil || ix.Len() != 0 {
		t.Errorf("%d rows, nearest %v", ix.Len(), got)
	}
	path, _ = saved(t, mustNew(t, matrix.New(0, 3))) // of columns, but no rows
	ix = mustOpen(t, path)
	if n, d := ix.Dims(); n != 0 || d != 3 || ix.Nearest([]float64{1, 2, 3}, 3, nil) != nil {
		t.Errorf("%d×%d, want 0×3", n, d)
	}
}

// The layout, byte by byte, of one row (3, −4): the center is the row, and as
// there is no width the scale is 1.
func TestFileByHand(t *testing.T) {
	_, data := saved(t, mustNew(t, matrix.FromRows([][]float64{{3, -4}})))
	le := binary.LittleEndian
	f64 := func(at int) float64 { return math.Float64frombits(le.Uint64(data[at:])) }
	// 64 head, 16 center, 4 float64 of one leaf, 2·32 float32 of one node, 1 row:
	// 372, padded to 384; one block of one pair, 128; 16 of points.
	if want := 384 + 128 + 16; len(data) != want || le.Uint64(data[40:]) != uint64(want) {
		t.Fatalf("%d bytes, head says %d, want %d", len(data), le.Uint64(data[40:]), want)
	}
	if string(data[:8]) != "segueknn" || le.Uint32(data[8:]) != 1 || le.Uint32(data[12:]) != 8 ||
		le.Uint64(data[16:]) != 1 || le.Uint32(data[24:]) != 2 || le.Uint32(data[28:]) != 64 || f64(32) != 1 {
		t.Errorf("head: % x", data[:64])
	}
	if f64(64) != 3 || f64(72) != -4 || f64(len(data)-16) != 3 || f64(len(data)-8) != -4 {
		t.Errorf("center or points: % x", data[64:])
	}
	if le.Uint32(data[56:]) != crc32.Checksum(data[:56], castagnoli) || le.Uint32(data[52:]) != crc32.Checksum(data[384:], castagnoli) {
		t.Error("checksums")
	}
}

// resealed returns a copy of a file, changed, with the checksums of head and tree
// made to match: what a forger would do.
func resealed(data []byte, change func(b []byte) []byte) []byte {
	b := change(bytes.Clone(data))
	if len(b) < headBytes {
		return b
	}
	le := binary.LittleEndian
	n, d, leafRows := le.Uint64(b[16:]), le.Uint32(b[24:]), le.Uint32(b[28:])
	if n <= math.MaxInt32 && d <= mostColumns && leafRows > 0 && leafRows <= mostLeafRows {
		s := newShape(int(n), int(d), int(leafRows))
		if end := s.extent(8).rows + int64(n)*4; end <= int64(len(b)) {
			le.PutUint32(b[48:], crc32.Checksum(b[headBytes:end], castagnoli))
		}
	}
	le.PutUint32(b[56:], crc32.Checksum(b[:56], castagnoli))
	return b
}

func TestDamagedFiles(t *testing.T) {
	ix := mustNew(t, normal(300, 3))
	_, data := saved(t, ix)
	le := binary.LittleEndian
	rows := ix.extent(8).rows
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		says   string
		forged bool // with checksums that match
	}{
		"empty":              {func([]byte) []byte { return nil }, "does not begin with", false},
		"other file":         {func([]byte) []byte { return bytes.Repeat([]byte("x"), 500) }, "does not begin with", false},
		"half a head":        {func(b []byte) []byte { return b[:40] }, "does not begin with", false},
		"truncated":          {func(b []byte) []byte { return b[:len(b)-1] }, "its head says", false},
		"longer":             {func(b []byte) []byte { return append(b, 0) }, "its head says", false},
		"flipped in head":    {func(b []byte) []byte { b[17] ^= 1; return b }, "checksum of its head", false},
		"flipped at its end": {func(b []byte) []byte { b[60] ^= 1; return b }, "checksum of its head", false},
		"flipped in tree":    {func(b []byte) []byte { b[100] ^= 1; return b }, "checksum of its tree", false},
		"later version":      {func(b []byte) []byte { le.PutUint32(b[8:], 2); return b }, "version 2", true},
		"odd coordinates":    {func(b []byte) []byte { le.PutUint32(b[12:], 5); return b }, "coordinates of 5 bytes", true},
		"huge n":             {func(b []byte) []byte { le.PutUint64(b[16:], 1<<60); return b }, "a table of", true},
		"more rows":          {func(b []byte) []byte { le.PutUint64(b[16:], 1<<31-1); return b }, "takes", true},
		"no columns":         {func(b []byte) []byte { le.PutUint32(b[24:], 0); return b }, "a table of 300×0", true},
		"huge d":             {func(b []byte) []byte { le.PutUint32(b[24:], 1<<31); return b }, "a table of", true},
		"leaves of 0 rows":   {func(b []byte) []byte { le.PutUint32(b[28:], 0); return b }, "leaves of 0 rows", true},
		"leaves of 63":       {func(b []byte) []byte { le.PutUint32(b[28:], 63); return b }, "leaves of 63 rows", true},
		"scale NaN":          {func(b []byte) []byte { le.PutUint64(b[32:], math.Float64bits(math.NaN())); return b }, "scale NaN", true},
		"row out of range":   {func(b []byte) []byte { le.PutUint32(b[rows+8:], 300); return b }, "row number", true},
		"negative row":       {func(b []byte) []byte { le.PutUint32(b[rows+8:], 1<<31); return b }, "row number", true},
	} {
		b := c.change(bytes.Clone(data))
		if c.forged {
			b = resealed(data, c.change)
		}
		path := filepath.Join(t.TempDir(), "damaged")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		ix, err := Open(path)
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.says)
		}
		if err == nil {
			ix.Close()
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := ix.Save(filepath.Join(t.TempDir(), "no", "folder")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// Damaged points open, for nobody reads them then; Verify tells.
func TestVerify(t *testing.T) {
	_, data := saved(t, mustNew(t, normal(300, 3)))
	nan := bytes.Clone(data)
	binary.LittleEndian.PutUint64(nan[len(nan)-8:], math.Float64bits(math.NaN()))
	data[len(data)-1] ^= 1
	for name, b := range map[string][]byte{"flipped": data, "NaN": nan} {
		path := filepath.Join(t.TempDir(), "index")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		ix := mustOpen(t, path)
		if err := ix.Verify(); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: Verify: %v", name, err)
		}
		ix.Nearest([]float64{0, 0, 0}, 300, nil)
	}
	if err := mustNew(t, normal(9, 2)).Verify(); err != nil {
		t.Errorf("of New: %v", err)
	}
}

func TestClosed(t *testing.T) {
	path, _ := saved(t, mustNew(t, normal(30, 2)))
	ix, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := ix.Close(); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "knn: Nearest: the index is closed") {
			t.Errorf("panic %q", p)
		}
	}()
	ix.Nearest([]float64{0, 0}, 1, nil)
}

// A copy at an odd address, or on a processor that keeps numbers the other way, is
// read all the same.
func TestViewOfUnaligned(t *testing.T) {
	want := []float64{1, -2.5, 1e300}
	var b []byte
	eachBytes(want, func(part []byte) { b = append(b, part...) })
	odd := append(make([]byte, 1, 64), b...)[1:]
	if got := view[float64](odd); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := view[float64](b); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// FuzzOpen: no file makes Open, Verify or a search panic or take much memory,
// checksums or not.
func FuzzOpen(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, d := range []int{1, 3, 17} {
		_, data := saved(f, mustNew(f, normal(200, d)))
		f.Add(data, true)
		for range 20 {
			flipped := bytes.Clone(data)
			flipped[rng.IntN(len(flipped))] ^= byte(1 << rng.IntN(8))
			flipped[headBytes+rng.IntN(len(flipped)-headBytes)] = 0xff
			f.Add(flipped, true)
			f.Add(flipped, false)
		}
		f.Add(data[:len(data)/2], true)
	}
	path := filepath.Join(f.TempDir(), "index")
	f.Fuzz(func(t *testing.T, data []byte, forge bool) {
		if forge {
			data = resealed(data, func(b []byte) []byte { return b })
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		ix, err := Open(path)
		if err != nil {
			if !errors.Is(err, ErrFile) {
				t.Fatalf("error %v", err)
			}
			return
		}
		defer ix.Close()
		_ = ix.Verify()
		n, d := ix.Dims()
		query := make([]float64, d)
		for _, k := range []int{1, 10, n} {
			for _, nb := range ix.Nearest(query, k, nil) {
				if nb.Row < 0 || nb.Row >= n {
					t.Fatalf("row %d of %d", nb.Row, n)
				}
			}
		}
		ix.Subset(func(row int) bool { return row%2 == 0 }).Nearest(query, 3)
	})
}

func BenchmarkOpen(b *testing.B) {
	path, data := saved(b, mustNew(b, normal(1200000, 12)))
	for b.Loop() {
		ix, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := ix.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data))/(1<<20), "MiB")
}
