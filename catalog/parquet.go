package catalog

import (
	"context"
	"io"

	"segue"
)

// parquet refuses Parquet.
func (r *reader) parquet(ctx context.Context, path string, f io.ReaderAt, size int64, report *FileReport) error {
	return &segue.InputError{File: path, Problem: "Parquet is not read yet", Hint: "export the table as CSV"}
}
