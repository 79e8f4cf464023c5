//go:build unix

package store

import (
	"errors"
	"syscall"
)

// isReadOnlySystem reports whether err says that the file system allows no
// writing.
func isReadOnlySystem(err error) bool { return errors.Is(err, syscall.EROFS) }
