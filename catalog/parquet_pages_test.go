package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"segue"
	"segue/internal/parquetpages"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// TestAPageThatClaimsTooMuch overwrites the first page header of a good file
// with one that claims a gigabyte: the file must be refused before room is made
// for it.
func TestAPageThatClaimsTooMuch(t *testing.T) {
	good := parquetFile(t)
	meta := metadata(t, good)
	for name, header := range map[string]format.PageHeader{
		"packed":   {Type: format.DataPage, CompressedPageSize: 1 << 30, UncompressedPageSize: 10},
		"unpacked": {Type: format.DataPage, CompressedPageSize: 10, UncompressedPageSize: 1 << 30},
		"negative": {Type: format.DataPage, CompressedPageSize: -5, UncompressedPageSize: 10},
	} {
		t.Run(name, func(t *testing.T) {
			header.DataPageHeader = thrift.New(format.DataPageHeader{NumValues: 3})
			b, err := thrift.Marshal(&thrift.CompactProtocol{}, &header)
			if err != nil {
				t.Fatal(err)
			}
			bad := bytes.Clone(good)
			copy(bad[meta.RowGroups[0].Columns[0].MetaData.DataPageOffset:], b)
			path := filepath.Join(t.TempDir(), "bad.parquet")
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err = Read(context.Background(), []string{path}, Options{})
			runtime.ReadMemStats(&after)
			var input *segue.InputError
			if !errors.As(err, &input) {
				t.Fatalf("error %v", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d MB were made room for", used>>20)
			}
		})
	}
}

// TestPagesBeyondTheBound: the bound on what a file unpacks to counts all its
// pages.
func TestPagesBeyondTheBound(t *testing.T) {
	good := parquetFile(t)
	if err := parquetpages.Check(bytes.NewReader(good), int64(len(good)), metadata(t, good), 1<<30); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	if err := parquetpages.Check(bytes.NewReader(good), int64(len(good)), metadata(t, good), 100); err == nil {
		t.Error("a file that unpacks to more than the bound passed")
	}
}

func metadata(t *testing.T, b []byte) *format.FileMetaData {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f.Metadata()
}

// parquetFile returns a small file as WriteParquet writes it.
func parquetFile(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	table := "track_id,artists,track_name,energy,valence,danceability\n"
	for i := range 200 {
		table += fmt.Sprintf("id%d,Artist %d,Title %d,0.%d,0.4,0.6\n", i, i%7, i, i%10)
	}
	csv, path := filepath.Join(dir, "t.csv"), filepath.Join(dir, "t.parquet")
	if err := os.WriteFile(csv, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := Read(context.Background(), []string{csv}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteParquet(context.Background(), path, c); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
