package parquetpages

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type row struct {
	Name string `parquet:"name,optional"`
}

func file(t *testing.T, o ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, o...)
	for i := range 1000 {
		if _, err := w.Write([]row{{strings.Repeat("a", i%7)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func check(b []byte) error {
	r, size := bytes.NewReader(b), int64(len(b))
	if err := Footer(r, size); err != nil {
		return err
	}
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		return err
	}
	return Check(r, size, f.Metadata(), 1<<30)
}

func TestGoodFiles(t *testing.T) {
	for version := 1; version <= 2; version++ {
		for _, o := range []parquet.WriterOption{parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy), parquet.Compression(&parquet.Zstd), parquet.Compression(&parquet.Gzip)} {
			if err := check(file(t, o, parquet.DataPageVersion(version))); err != nil {
				t.Errorf("version %d, %v: %v", version, o, err)
			}
		}
	}
}

func TestLengthsThatCannotBe(t *testing.T) {
	for version := 1; version <= 2; version++ {
		good := file(t, parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(version))
		footer := bytes.Clone(good)
		binary.LittleEndian.PutUint32(footer[len(footer)-8:], 1<<31)
		f, err := parquet.OpenFile(bytes.NewReader(good), int64(len(good)))
		if err != nil {
			t.Fatal(err)
		}
		at := f.Metadata().RowGroups[0].Columns[0].MetaData.DataPageOffset
		snappy := false // one of the bytes behind the header is the length
		for i := at; i < at+400 && !snappy; i++ {
			bad := bytes.Clone(good)
			binary.PutUvarint(bad[i:], 1<<31)
			err := check(bad)
			snappy = err != nil && strings.Contains(err.Error(), "and its values 2147483648")
		}
		if !snappy {
			t.Errorf("version %d: no length is looked at", version)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for name, bad := range map[string][]byte{"footer": footer, "LZ4": file(t, parquet.Compression(&parquet.Lz4Raw)), "short": good[:9], "none": nil} {
			if check(bad) == nil {
				t.Errorf("%s passed", name)
			}
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%d MB were made room for", used>>20)
		}
	}
}
