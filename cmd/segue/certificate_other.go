//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package main

import "os"

// notifyHangup does nothing where there is no such signal: files that change are seen.
func notifyHangup(chan<- os.Signal) {}
