//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package knn

import "os"

// load reads the first size bytes of f.
func load(f *os.File, size int) ([]byte, func() error, error) { return read(f, size) }
