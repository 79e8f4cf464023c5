//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package main

import "os"

// openLocked opens a log. There is no lock here: let one program write it at a time.
func openLocked(path string) (*os.File, error) { return openLog(path) }
