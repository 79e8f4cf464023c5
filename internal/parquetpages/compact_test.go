package parquetpages

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// long is a count as the protocol writes it.
func long(n uint64) []byte { return binary.AppendUvarint(nil, n) }

// described is the description of a good file.
func described(t *testing.T) []byte {
	b := file(t, parquet.KeyValueMetadata("a", "b"), parquet.MaxRowsPerRowGroup(100))
	n := binary.LittleEndian.Uint32(b[len(b)-8:])
	return b[len(b)-8-int(n) : len(b)-8]
}

// A description takes as many bytes as the library reads of it, and no less will do.
func TestWalk(t *testing.T) {
	good := described(t)
	r := (&thrift.CompactProtocol{}).NewReaderFromBytes(good)
	var meta format.FileMetaData
	if err := thrift.NewDecoder(r).Decode(&meta); err != nil || len(meta.RowGroups) != 10 {
		t.Fatalf("%d row groups, %v", len(meta.RowGroups), err)
	}
	if n, err := walk(append(slices.Clone(good), 1, 2, 3)); err != nil || n != r.BytesRead() {
		t.Errorf("%d bytes, %v; want %d", n, err, r.BytesRead())
	}
	for n := range good {
		if _, err := walk(good[:n]); !errors.Is(err, errShort) {
			t.Fatalf("%d of %d bytes: %v, want %v", n, len(good), err, errShort)
		}
	}
}

func TestWalkClaims(t *testing.T) {
	const field = 1 << 4
	zeros := make([]byte, 1<<20)
	listOf := func(kind byte, n uint64) []byte {
		return append([]byte{field | typeList, 0xf0 | kind}, long(n)...)
	}
	within := func(inner []byte) []byte { return append([]byte{field | typeList, 1<<4 | typeStruct}, inner...) }
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing":                        {nil, errShort},
		"an empty one":                   {[]byte{typeStop}, nil},
		"a field far on":                 {[]byte{typeI32, 200, 1, 5, typeStop}, nil},
		"a yes, which is in its type":    {[]byte{field | typeTrue, typeStop}, nil},
		"a list of yes, which are bytes": {[]byte{field | typeList, 2<<4 | typeTrue, 1, 2, typeStop}, nil},
		"a list longer than the file":    {listOf(typeStruct, 795_240_038), errShort},
		"a list that fills the file":     {append(listOf(typeStruct, 1<<19), zeros...), errClaims},
		"parts of columns of no length":  {append(within(listOf(typeStruct, 1<<18)), zeros...), errShort},
		"a text longer than the file":    {append([]byte{field | typeBinary}, long(1<<31-1)...), errShort},
		"a number that never ends":       {append([]byte{field | typeI64}, bytes.Repeat([]byte{0xff}, 20)...), errCompact},
		"structures without end":         {bytes.Repeat([]byte{field | typeStruct}, 1<<20), errClaims},
		"lists without end":              {append([]byte{field | typeList}, bytes.Repeat([]byte{1<<4 | typeList}, 1<<20)...), errClaims},
		"a map":                          {[]byte{field | typeMap, 1, 0x88}, errCompact},
		"no type":                        {[]byte{field | 14}, errCompact},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := walk(c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes were made room for", name, used)
		}
	}
}

// What a file of claims makes the library ask for is bounded, whatever passes.
func TestFooterClaims(t *testing.T) {
	framed := func(description []byte, end string) []byte {
		b := append([]byte("PAR1"), description...)
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(description))), end...)
	}
	good := described(t)
	if err := Footer(bytes.NewReader(framed(good, "PAR1")), int64(len(good)+12)); err != nil {
		t.Error(err)
	}
	for name, b := range map[string][]byte{
		"encrypted":        framed(good, "PARE"),
		"nothing":          framed(nil, "PAR1"),
		"cut":              framed(good[:len(good)/2], "PAR1"),
		"a list of claims": framed(append([]byte{2<<4 | typeList, 0xf0 | typeStruct}, long(1<<30)...), "PAR1"),
	} {
		if Footer(bytes.NewReader(b), int64(len(b))) == nil {
			t.Errorf("%s passed", name)
		}
	}
}
