//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"os"
	"syscall"
)

// openLocked opens a log that no other program of ours writes to until it is closed: it
// waits for those that do. Where a lock cannot be had, as on some network drives, there
// is none.
func openLocked(path string) (*os.File, error) {
	f, err := openLog(path)
	if err != nil {
		return nil, err
	}
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	return f, nil
}
