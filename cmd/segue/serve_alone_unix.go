//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// alone keeps a database to one program that changes it as a whole: a Segue that
// serves holds some of it in memory, which another must not change beneath it, and
// takes away at its start what an earlier one left. The lock ends with the program,
// however it ends; its file is empty and stays. Where a lock cannot be had, as on
// some network drives, there is none.
func alone(db string) (release func(), err error) {
	f, err := os.OpenFile(db+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return func() {}, nil // nor can anybody change the database, then
	} else if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		_ = f.Close()
		return nil, errServed(db)
	}
	return func() { _ = f.Close() }, nil
}
