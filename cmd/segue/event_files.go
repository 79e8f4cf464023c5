package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"segue"
	"segue/outcome/event"
)

// eventFiles are files of event records, JSON Lines or Parquet by how they begin.
type eventFiles struct {
	paths []string
	begin func(path string)             // is told of each file; may be nil
	bad   func(*segue.InputError) error // is told of each bad record; nil if the first one ends the reading
}

// each reads the files in their order and hands their records to do.
func (f eventFiles) each(ctx context.Context, progress segue.Progress, do func([]event.Event) error) error {
	var read readSoFar
	for _, path := range f.paths {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		read.total += info.Size()
	}
	if progress != nil {
		read.tell = func(done int64) { progress("reading records", done, read.total) }
	}
	for _, path := range f.paths {
		if f.begin != nil {
			f.begin(path)
		}
		err := f.read(ctx, path, &read, do)
		if errors.Is(err, event.ErrTooMany) {
			return &segue.InputError{File: path, Problem: err.Error()}
		} else if err != nil {
			return err
		}
	}
	return nil
}

// distinct is each without the records whose id came before, and returns how many they
// were.
func (f eventFiles) distinct(ctx context.Context, progress segue.Progress, do func([]event.Event) error) (duplicates int, err error) {
	var met event.Dedupe
	err = f.each(ctx, progress, func(events []event.Event) error {
		fresh, err := met.Keep(events)
		if err != nil {
			return err
		}
		return do(fresh)
	})
	_, duplicates = met.Counts()
	return duplicates, err
}

func (f eventFiles) read(ctx context.Context, path string, so *readSoFar, do func([]event.Event) error) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	o := event.ReadOptions{File: path, Bad: f.bad}
	var begins [4]byte
	if n, _ := in.ReadAt(begins[:], 0); n == len(begins) && string(begins[:]) == "PAR1" {
		info, err := in.Stat()
		if err != nil {
			return err
		}
		return event.ReadParquet(ctx, readingAt{in, so}, info.Size(), o, do)
	}
	return event.ReadLines(ctx, reading{in, so}, o, do)
}

// readSoFar tells how much of all files was read.
type readSoFar struct {
	done  atomic.Int64
	total int64
	tell  func(done int64)
}

func (r *readSoFar) add(n int) {
	if done := r.done.Add(int64(n)); r.tell != nil && n > 0 {
		r.tell(min(done, r.total)) // parts of a Parquet file may be read twice
	}
}

type reading struct {
	io.Reader
	so *readSoFar
}

func (r reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.so.add(n)
	return n, err
}

type readingAt struct {
	io.ReaderAt
	so *readSoFar
}

func (r readingAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, off)
	r.so.add(n)
	return n, err
}
