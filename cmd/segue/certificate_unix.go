//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyHangup lets SIGHUP, by which whoever runs a server asks it to read its files
// again, come to a channel.
func notifyHangup(to chan<- os.Signal) { signal.Notify(to, syscall.SIGHUP) }
