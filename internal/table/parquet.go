package table

import (
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"segue"
	"segue/internal/parquetpages"
)

// OpenParquet opens a file that may unpack to so many bytes and looks at its pages. It
// may panic: see BlameFile.
func OpenParquet(path string, f io.ReaderAt, size, unpacked int64) (*parquet.File, error) {
	if err := parquetpages.Footer(f, size); err != nil {
		return nil, DamagedParquet(path, err)
	}
	file, err := parquet.OpenFile(f, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, DamagedParquet(path, err)
	}
	if err := parquetpages.Check(f, size, file.Metadata(), unpacked); err != nil {
		return nil, DamagedParquet(path, err)
	}
	return file, nil
}

// ParquetColumns returns the names of the top columns and the leaf that holds each
// column's values; "" and nil for columns that are neither scalars nor lists of scalars.
func ParquetColumns(root *parquet.Column) (names []string, leaves []*parquet.Column) {
	tops := root.Columns()
	names = make([]string, len(tops))
	leaves = make([]*parquet.Column, len(tops))
	for i, top := range tops {
		leaf := top
		for !leaf.Leaf() && len(leaf.Columns()) == 1 {
			leaf = leaf.Columns()[0]
		}
		if leaf.Leaf() && leaf.MaxRepetitionLevel() <= 1 {
			names[i], leaves[i] = top.Name(), leaf
		}
	}
	return names, leaves
}

// BlameFile, deferred, turns a panic into the error of a damaged file: the library
// panics on some, and whatever it panics with is the file's fault.
func BlameFile(path string, err *error) {
	if p := recover(); p != nil {
		*err = DamagedParquet(path, fmt.Errorf("%v", p))
	}
}

// DamagedParquet is the error of a file that is no whole Parquet file.
func DamagedParquet(path string, err error) error {
	return &segue.InputError{File: path, Problem: "the Parquet file is cut short or damaged (%.80q)", Args: []any{err.Error()}, Hint: "copy or export it again"}
}

// ValueText returns a value as a CSV would hold it; a null is empty.
func ValueText(v parquet.Value) []byte {
	if v.IsNull() {
		return nil
	}
	switch v.Kind() {
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return v.ByteArray()
	case parquet.Boolean:
		return strconv.AppendBool(nil, v.Boolean())
	case parquet.Int32, parquet.Int64:
		return strconv.AppendInt(nil, v.Int64(), 10)
	case parquet.Float:
		return strconv.AppendFloat(nil, float64(v.Float()), 'g', -1, 32)
	case parquet.Double:
		return strconv.AppendFloat(nil, v.Double(), 'g', -1, 64)
	}
	return nil
}
