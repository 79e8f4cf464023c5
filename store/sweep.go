package store

import (
	"context"
	"fmt"
	"time"
)

// Deleting leaves traces: cells that secure_delete has overwritten where they were may
// have been moved before, and the page they left keeps their bytes until it is used
// anew. A VACUUM writes the whole file anew, and nobody else can write meanwhile: of a
// small file that is a moment, and a deletion waits for it. Of a large one it is many
// seconds for every deletion. There a deletion cuts the log to nothing and is done; the
// VACUUM is put off until nobody has written for a while, or has waited long enough,
// and then is one for all deletions until then. A file bears a mark while one is due,
// so that it survives the process.

const (
	// largeFile is where VACUUM is put off from, in bytes: below it takes under a
	// second. (d)
	largeFile = 64 << 20
	// usualSweep is how long it is put off at most. (d)
	usualSweep = time.Hour
	// quiet is how long nobody must have written for it to be done earlier. (d)
	quiet = time.Minute
	// sweepDue is the user_version of a file whose VACUUM is due.
	sweepDue = 1
)

// sweep leaves nothing in the database's files of what has been deleted: secure_delete
// has overwritten the cells, a VACUUM drops what moving pages left between them, and the
// log is emptied into the file and cut to nothing. Of a large file the VACUUM is put
// off, unless all is asked for; sweep then reports that it is due.
func (p place) sweep(ctx context.Context, c *conn, all bool) (due bool, err error) {
	if p.memory {
		return false, nil
	}
	large, err := p.isLarge(ctx, c)
	if err != nil {
		return false, err
	}
	if due = large && !all; due {
		err = setDue(ctx, c, true)
	} else if err = vacuum(ctx, c, large); err == nil {
		err = setDue(ctx, c, false)
	}
	// Even so the log is emptied, in which most of what was deleted still is.
	var busy, log, done int64
	if err := c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
		return due, err
	}
	if busy != 0 {
		return due, ErrBusy
	}
	return due, err
}

// vacuum writes the file anew. What it needs for that is as large: a small file's is in
// memory; a large one's is in a file without a name where temporary ones are (TMPDIR),
// which is encrypted if the database is. SQLite's memory ends below a gigabyte.
func vacuum(ctx context.Context, c *conn, large bool) error {
	if large {
		if _, err := c.ExecContext(ctx, "PRAGMA temp_store=file"); err != nil {
			return err
		}
		defer c.ExecContext(ctx, "PRAGMA temp_store=memory")
	}
	_, err := c.ExecContext(ctx, "VACUUM")
	return err
}

// isLarge reports whether a file is one of which VACUUM is put off.
func (p place) isLarge(ctx context.Context, c *conn) (bool, error) {
	if p.memory {
		return false, nil
	}
	size, err := first(ctx, c, scanCount, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
	return size > p.sweepAbove, err
}

// isDue reports whether a file bears the mark that its VACUUM is due.
func (p place) isDue(ctx context.Context, c *conn) (bool, error) {
	mark, err := first(ctx, c, scanCount, "SELECT user_version FROM pragma_user_version")
	return mark == sweepDue, err
}

// setDue sets the mark, or takes it off, unless it is so already.
func setDue(ctx context.Context, c *conn, due bool) error {
	is, err := place{}.isDue(ctx, c)
	if err != nil || is == due {
		return err
	}
	mark := 0
	if due {
		mark = sweepDue
	}
	_, err = c.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", mark))
	return err
}

// A sweeping is when a writer does what was put off.
type sweeping struct {
	within, quiet time.Duration
	by            time.Time // at the latest; zero if nothing is due
	notBefore     time.Time // after a try that failed
}

// put notes that a sweep was put off.
func (s *sweeping) put() {
	if s.by.IsZero() {
		s.by = time.Now().Add(s.within)
	}
}

// wait is how long to wait for another write before what is due is done.
func (s *sweeping) wait() time.Duration {
	return max(0, time.Until(s.notBefore), min(s.quiet, time.Until(s.by)))
}

// failed puts it off again.
func (s *sweeping) failed() {
	s.by = time.Now().Add(s.within)
	s.notBefore = time.Now().Add(min(10*s.quiet, s.within))
}

// Unswept reports whether traces of something deleted may be left in a large file, see
// the package's comment on deleting.
func (s *Store) Unswept() bool { return s.writer != nil && s.writer.unswept.Load() }

// An Erasure says when the bytes of what is deleted are gone from a database's files.
type Erasure int

// When they are gone.
const (
	AtOnce   Erasure = iota // before the deletion returns
	Later                   // when a large file is swept, within Options.Sweep
	ByServer                // in the course of a PostgreSQL's work, and of its backups'
)

// Erasure returns what holds for a deletion now.
func (s *Store) Erasure(ctx context.Context) (e Erasure, err error) {
	p, file := s.engine.(place)
	if !file {
		return ByServer, nil
	}
	err = s.read(ctx, "measure the database", func(ctx context.Context, c *conn) error {
		large, err := p.isLarge(ctx, c)
		if large {
			e = Later
		}
		return err
	})
	return e, err
}

// Sweep leaves no trace in the database's files of what was deleted until now, also
// where that was put off. Nobody writes meanwhile: a minute for a gigabyte on two busy
// cores. A large file needs as much room again where temporary files are.
func (s *Store) Sweep(ctx context.Context) error {
	const doing = "sweep the database"
	return fault(doing, s.submit(&write{
		ctx: ctx, do: func(context.Context, *conn) error { return nil }, traces: true, all: true, done: make(chan struct{}),
	}))
}
