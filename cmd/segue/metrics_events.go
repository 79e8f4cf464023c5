package main

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"segue"
	"segue/outcome/event"
)

// collectEvents reads event records from files, JSON Lines or Parquet by how they begin,
// and hands each that is the first of its id to add. It returns how many were not.
func collectEvents(ctx context.Context, paths []string, progress segue.Progress, add func(*event.Event)) (duplicates int, err error) {
	// Millions of small sums and one great set of hashes stay: collected at the usual pace,
	// what is dropped meanwhile would take as much again.
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	var read readSoFar
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		read.total += info.Size()
	}
	if progress != nil {
		read.tell = func(done int64) { progress("reading records", done, read.total) }
	}
	var seen event.Dedupe
	keep := func(events []event.Event) error {
		kept, err := seen.Keep(events)
		for i := range kept {
			add(&kept[i])
		}
		return err
	}
	for _, path := range paths {
		if err := readEvents(ctx, path, &read, keep); err != nil {
			if errors.Is(err, event.ErrTooMany) {
				err = &segue.InputError{File: strings.Join(paths, ", "), Problem: err.Error()}
			}
			return 0, err
		}
	}
	_, duplicates = seen.Counts()
	return duplicates, nil
}

// readEvents reads the records of one file, up to the first that is bad.
func readEvents(ctx context.Context, path string, read *readSoFar, do func([]event.Event) error) error {
	return readEventsBy(ctx, path, event.ReadOptions{File: path}, read, do)
}

// readEventsBy reads the records of one file.
func readEventsBy(ctx context.Context, path string, o event.ReadOptions, read *readSoFar, do func([]event.Event) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var begins [4]byte
	if n, _ := f.ReadAt(begins[:], 0); n == len(begins) && string(begins[:]) == "PAR1" {
		info, err := f.Stat()
		if err != nil {
			return err
		}
		return event.ReadParquet(ctx, readingAt{f, read}, info.Size(), o, do)
	}
	return event.ReadLines(ctx, reading{f, read}, o, do)
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
