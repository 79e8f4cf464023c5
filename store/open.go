package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"segue"
)

// Options say which database to open, and how.
type Options struct {
	// Path names the database file, which is made, with its folder, if there
	// is none: both readable by their owner alone. Empty stands for a database
	// in memory, of which nothing ever reaches a disk.
	Path string

	// Key encrypts the file: nil for none. Any bytes will do; they are
	// stretched with Argon2id. A key that is guessed opens the file, one that
	// is lost cannot be replaced.
	Key []byte

	// ReadOnly opens the file without ever writing to it. It must exist.
	ReadOnly bool
}

// A Store is an open database. Its methods may be called by any number of
// goroutines. The context given to a method ends a read, and a write that has
// not begun; a write that returned nil is on the disk.
type Store struct {
	place   place
	readers *readers
	writer  *writer // nil if the database can only be read

	gate   sync.RWMutex // closed is written under it
	closed bool
}

// Open opens a database, makes a new one, or brings an older one up to date.
//
// It returns ErrKey if the key is missing, wrong, or one too many, or if the
// file is no database of Segue; ErrFuture if a newer Segue wrote it, which is
// then left as it is; ErrBusy if another process does not let go of it; a
// *segue.InputError if the path names a folder; and a *fs.PathError if the file
// cannot be reached. A file that can only be read is
// opened so, and every write returns ErrReadOnly.
func Open(ctx context.Context, o Options) (*Store, error) {
	p, err := o.place()
	if err == nil {
		var s *Store
		if s, err = open(ctx, p); err == nil {
			return s, nil
		}
	}
	return nil, openFault(ctx, p, err)
}

func (o Options) place() (place, error) {
	if o.Path == "" {
		return place{path: rand.Text(), memory: true}, nil
	}
	if o.Key != nil && len(o.Key) == 0 {
		return place{}, fmt.Errorf("%w: the key is empty", ErrKey)
	}
	p, err := findFile(o.Path, o.ReadOnly)
	if err != nil {
		return p, err
	}
	if err := p.recognise(o.Key != nil); err != nil {
		return p, err
	}
	if o.Key != nil {
		p.key = stretch(o.Key)
	}
	return p, nil
}

// open reads what the database is before anything is written to it.
func open(ctx context.Context, p place) (s *Store, err error) {
	if err := p.makeIndex(); err != nil {
		return nil, err
	}
	db, err := p.open(false)
	if err != nil {
		return nil, err
	}
	readers := newReaders(db)
	defer func() {
		if err != nil {
			readers.close()
			p.dropIndex()
		}
	}()
	var id identity
	err = readers.do(ctx, func(ctx context.Context, c *conn) (err error) {
		id, err = identify(ctx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	stale, err := id.check(db)
	if err != nil {
		return nil, err
	}
	s = &Store{place: p, readers: readers}
	if !p.readOnly {
		return s, s.openWriter(ctx, stale)
	}
	if stale {
		return nil, fmt.Errorf("it is new or old and has to be brought up to date first: %w", ErrReadOnly)
	}
	return s, nil
}

func (s *Store) openWriter(ctx context.Context, stale bool) (err error) {
	var db *sql.DB
	if db, err = s.place.open(true); err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	if stale {
		if err = insist(ctx, func() error { return s.place.prepare(ctx, db) }); err != nil {
			return err
		}
		if err = insist(ctx, func() error { return migrate(ctx, db) }); err != nil {
			return err
		}
	}
	s.writer, err = newWriter(ctx, s.place, db)
	return err
}

// openFault is the error of Open.
func openFault(ctx context.Context, p place, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var input *segue.InputError
	if errors.As(err, &input) {
		return err
	}
	if !isOurs(err) {
		err = plain(p.spaceless(err))
	}
	switch {
	case err == ErrKey && p.key != nil:
		err = fmt.Errorf("%w: the key is wrong, or the file is no database of Segue; give the key it was made with, or name another file", ErrKey)
	case err == ErrKey:
		err = fmt.Errorf("%w: it is no database of Segue, or it is damaged; name another file, or restore a backup", ErrKey)
	}
	return fmt.Errorf("store: %w", err)
}

// Close waits for the writes and reads that were begun and closes the
// database. Further calls do nothing.
func (s *Store) Close() error {
	s.gate.Lock()
	if s.closed {
		s.gate.Unlock()
		return nil
	}
	s.closed = true
	s.gate.Unlock()
	var err error
	if s.writer != nil {
		err = s.writer.close()
	}
	err = errors.Join(s.readers.close(), err)
	if err != nil {
		return fault("close the database", err)
	}
	return nil
}
