package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"segue"
)

// header begins every SQLite file that is not encrypted.
var header = []byte("SQLite format 3\x00")

// findFile finds the file, or makes an empty one for its owner alone, and
// finds out whether it can be written.
func findFile(path string, readOnly bool) (place, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return place{}, err
	}
	p := place{path: abs, readOnly: readOnly}
	if info, err := os.Stat(abs); err == nil && info.IsDir() {
		return p, &segue.InputError{File: path, Problem: "this is a folder", Hint: "name a file in it"}
	}
	if !readOnly {
		switch err := makeFile(abs); {
		case errors.Is(err, fs.ErrPermission), isReadOnlySystem(err):
			p.readOnly = true
		case err != nil:
			return p, err
		}
	}
	if p.readOnly {
		if _, err := os.Stat(abs); err != nil {
			return p, err
		}
		p.immutable = immovable(abs)
	}
	return p, nil
}

// makeFile opens the file for writing, and makes it if there is none, with its
// folder.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncFolder(path)
}

// makeIndex makes the file that holds the index of the log, ahead of SQLite,
// which would let others read it.
func (p place) makeIndex() error {
	if p.memory || p.readOnly {
		return nil
	}
	f, err := os.OpenFile(p.path+"-shm", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dropIndex removes it again if nothing came of it.
func (p place) dropIndex() {
	if info, err := os.Stat(p.path + "-shm"); err == nil && !p.memory && info.Size() == 0 {
		os.Remove(p.path + "-shm")
	}
}

// syncFolder makes the names in a file's folder durable.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // some systems cannot sync a folder, and need not
	return nil
}

// immovable reports whether a file that is only read can be taken to stay as
// it is: its folder lets nobody make the files a log needs, and there is none.
func immovable(path string) bool {
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return false
	}
	f, err := os.OpenFile(path+"-shm", os.O_RDWR, 0)
	if err == nil {
		f.Close()
		return false
	}
	f, err = os.CreateTemp(filepath.Dir(path), ".segue-*")
	if err == nil {
		f.Close()
		os.Remove(f.Name())
		return false
	}
	return true
}

// beingMade is how long a file may look like none of Segue's because another process is
// just writing its first page, which is read here without SQLite's locks. (d)
const beingMade = 100 * time.Millisecond

// recognise compares the file with the key, or its absence, before SQLite is
// asked. An empty file is one to be made.
func (p place) recognise(keyed bool) error {
	for began := time.Now(); ; time.Sleep(beingMade / 10) {
		err := p.recogniseNow(keyed)
		if !errors.Is(err, ErrKey) || time.Since(began) >= beingMade {
			return err
		}
	}
}

func (p place) recogniseNow(keyed bool) error {
	f, err := os.Open(p.path)
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, len(header))
	n, err := io.ReadFull(f, begin)
	switch {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	case n == 0:
		return nil
	case bytes.Equal(begin, header) && keyed:
		return fmt.Errorf("%w: a key was given, but the file is not encrypted; open it without a key, or name another file", ErrKey)
	case !bytes.Equal(begin, header) && !keyed:
		return fmt.Errorf("%w: the file is encrypted and needs its key, or it is no database of Segue; give the key, or name another file", ErrKey)
	}
	return nil
}
