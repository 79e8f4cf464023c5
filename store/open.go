package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

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

	// ReadOnly opens the database without ever writing to it. It must exist.
	ReadOnly bool

	// Sweep is how long traces of what was deleted may stay in a file of more than
	// SweepAbove bytes, which reading the file itself would show; 0 stands for an
	// hour, and for 64 MB. See the package's comment on deleting.
	Sweep      time.Duration
	SweepAbove int64

	// Consents makes the store keep nothing that a listener has not agreed to. What
	// the last consent of a purpose covers is refused with ErrConsent if that was
	// not given, and is deleted in the step that takes it back: a store of which
	// several processes know consents needs both. What nobody was asked about may
	// be written.
	Consents bool

	// URL names a database of a PostgreSQL, in place of Path and Key:
	// postgres://user@host:port/database?sslmode=verify-full, and whatever else
	// libpq takes there. A password may be in it, in PGPASSWORD, or in a
	// password file. The database exists; its tables are made.
	URL string

	// Connections is how many connections to a PostgreSQL there are at most, 3 or
	// more: two thirds read, a third write. 0 stands for 12.
	Connections int
}

// A Store is an open database. Its methods may be called by any number of
// goroutines. The context given to a method ends a read, and a write that has
// not begun; a write that returned nil is on the disk.
type Store struct {
	engine   engine
	readers  *pool
	writer   *writer // nil if the database can only be read
	consents bool    // see Options.Consents

	watched atomic.Pointer[func(time.Duration, error)] // see Watch

	gate   sync.RWMutex // closed is written under it
	closed bool
}

// Open opens a database, makes a new one, or brings an older one up to date.
//
// It returns ErrKey if the key or the password is missing, wrong, or one too many, or
// if the database is not Segue's; ErrFuture if a newer Segue wrote it, which is
// then left as it is; ErrBusy if another process does not let go of it; ErrGone if its
// server does not answer; a *segue.InputError if the path names a folder or the URL
// cannot be read; and a *fs.PathError if the file cannot be reached. A file that can
// only be read is opened so, and every write returns ErrReadOnly.
func Open(ctx context.Context, o Options) (*Store, error) {
	e, err := o.engine()
	if err == nil {
		var s *Store
		if s, err = open(ctx, e); err == nil {
			s.consents = o.Consents
			return s, nil
		}
	}
	return nil, openFault(ctx, e, err)
}

func (o Options) engine() (engine, error) {
	if o.URL != "" {
		if o.Path != "" || o.Key != nil {
			return nil, &segue.InputError{Problem: "a PostgreSQL was named, and a file or its key besides", Hint: "name one database; a key is for a file, and what a server keeps is for it to encrypt"}
		}
		return findServer(o)
	}
	return o.place()
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
	p.sweepAbove, p.sweepWithin = cmp.Or(o.SweepAbove, largeFile), cmp.Or(o.Sweep, usualSweep)
	return p, p.makeIndex()
}

// open reads what the database is before anything is written to it.
func open(ctx context.Context, e engine) (*Store, error) {
	db, err := e.open(false)
	if err != nil {
		e.discard()
		return nil, err
	}
	h := e.habits()
	s := &Store{engine: e, readers: newPool(db, h.readers, h.pinned)}
	if err := s.start(ctx); err != nil {
		s.readers.close()
		e.discard()
		return nil, err
	}
	return s, nil
}

// start brings the schema up to date, if it may, and begins to write.
func (s *Store) start(ctx context.Context) error {
	stale, err := s.stale(ctx)
	if err != nil {
		return err
	}
	if s.engine.habits().readOnly {
		if stale {
			return fmt.Errorf("it is new or old and has to be brought up to date first: %w", ErrReadOnly)
		}
		return nil
	}
	db, err := s.engine.open(true)
	if err != nil {
		return err
	}
	if stale {
		if err := s.bringUp(ctx, db); err != nil {
			db.Close()
			return err
		}
	}
	s.writer, err = newWriter(ctx, s.engine, db)
	return err
}

// stale reports whether the schema has to be brought up to date.
func (s *Store) stale(ctx context.Context) (stale bool, err error) {
	err = s.do(ctx, func(ctx context.Context, c *conn) error {
		id, err := s.engine.identify(ctx, c)
		if err == nil {
			stale, err = id.check()
		}
		return err
	})
	return stale, err
}

// bringUp brings the schema up to date, and looks whether a newer Segue has meanwhile.
func (s *Store) bringUp(ctx context.Context, db *sql.DB) error {
	if err := s.engine.prepare(ctx, db); err != nil {
		return err
	}
	if err := s.engine.migrate(ctx, db); err != nil {
		return err
	}
	_, err := s.stale(ctx)
	return err
}

// openFault is the error of Open.
func openFault(ctx context.Context, e engine, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var input *segue.InputError
	if errors.As(err, &input) {
		return err
	}
	if !isOurs(err) {
		err = plain(e.spaceless(err))
	}
	return fmt.Errorf("store: %w", e.unopened(err))
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
