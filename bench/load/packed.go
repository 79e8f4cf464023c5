package main

import (
	"compress/gzip"
	"io"
)

// counter counts what is written to it.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// packed returns how many bytes a page takes on the way, with gzip at its usual
// level.
func packed(s string) int {
	var n counter
	z := gzip.NewWriter(&n)
	_, _ = io.WriteString(z, s) // a counter takes everything
	_ = z.Close()
	return int(n)
}
