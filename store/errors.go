package store

import (
	"context"
	"errors"
	"fmt"

	"segue"
)

// What can go wrong, in words a person can act on. Every error of this package
// wraps one of these, a *segue.InputError, the context's error, or names a
// failure of the machine. None holds a play, a mood, a word of a reflection,
// the name of a track, or the key.
var (
	// ErrNotFound: there is no such listener, hour, check-in or share.
	ErrNotFound = errors.New("there is no such entry")

	// ErrConflict: somebody else wrote in between. Nothing was changed.
	ErrConflict = errors.New("this was changed elsewhere in the meantime; load it again")

	// ErrKey: the key does not open the file, or the file is no database of
	// Segue. The message around it says which are possible.
	ErrKey = errors.New("the database does not open")

	// ErrFuture: a newer Segue wrote the file. It was left as it was.
	ErrFuture = errors.New("the database was written by a newer version of Segue; update Segue, or restore an older backup")

	// ErrBusy: another process held the database for longer than a few seconds.
	ErrBusy = errors.New("another program is holding the database; close it there and try again")

	// ErrGone: the server of the database does not answer. The next call tries to
	// reach it anew. Unless it says otherwise, nothing was changed.
	ErrGone = errors.New("the database cannot be reached; see that its server runs, and try again")

	// ErrReadOnly: the file, its folder, or the way it was opened allows no
	// writing.
	ErrReadOnly = errors.New("the database can only be read; change its permissions, or name one that can be written")

	// ErrFull: the disk is full. Nothing was written.
	ErrFull = errors.New("no space is left on the disk and nothing was written; make room and try again")

	// ErrDamaged: the file is broken.
	ErrDamaged = errors.New("the database file is damaged; restore a backup")

	// ErrClosed: the store has been closed.
	ErrClosed = errors.New("the database has been closed")

	// ErrTraces: what was to be deleted is, but its traces could not be swept
	// from the files: another process is reading, or the disk is full. The same
	// call again sweeps them.
	ErrTraces = errors.New("it is deleted, but traces of it may be left in the file; try again")

	// ErrConsent: the listener does not agree that this is kept. Nothing was.
	ErrConsent = errors.New("what this would keep was not agreed to; load it again")

	// ErrInvalid: a record given holds a value that cannot be stored: a cell
	// outside the grid, an empty id, a plan that is no JSON.
	ErrInvalid = errors.New("the record is not valid")

	// ErrTooMany: there are as many of these as may be. Nothing was stored.
	ErrTooMany = errors.New("there are too many of these already; delete one first")

	// ErrLastAdmin: nobody could administer any more. Nothing was changed.
	ErrLastAdmin = errors.New("this is the last admin who can sign in; make somebody else an admin first")

	// ErrLastWay: its person could not sign in any more. Nothing was changed.
	ErrLastWay = errors.New("this is the account's last way in; add another first")
)

// fault is the error of an operation, without a word of what was stored.
func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	var input *segue.InputError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &input):
		return err
	case isOurs(err):
	default:
		err = plain(err)
	}
	return fmt.Errorf("store: cannot %s: %w", doing, err)
}

// plain turns an error of a database into one of ours.
func plain(err error) error {
	if err == nil || isOurs(err) {
		return err
	}
	if said := sqliteFault(err); said != nil {
		return said
	}
	return postgresFault(err)
}

func isOurs(err error) bool {
	for _, e := range []error{ErrNotFound, ErrConflict, ErrKey, ErrFuture, ErrBusy, ErrGone, ErrReadOnly, ErrFull, ErrDamaged, ErrClosed, ErrTraces, ErrConsent, ErrInvalid, ErrTooMany, ErrLastAdmin, ErrLastWay} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// invalid says what about a record cannot be stored.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
