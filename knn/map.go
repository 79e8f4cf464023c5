//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows

package knn

import (
	"os"

	"github.com/edsrzf/mmap-go"
)

// load maps the first size bytes of f, or reads them if its file system cannot map.
func load(f *os.File, size int) ([]byte, func() error, error) {
	m, err := mmap.MapRegion(f, size, mmap.RDONLY, 0, 0)
	if err != nil {
		return read(f, size)
	}
	return m, m.Unmap, nil
}
