package store

import (
	"context"
	"time"
)

// A Version is a model or a tree that may be chosen. It never changes: its id
// tells its content.
type Version struct {
	Kind string // what it is a version of
	ID   string
	At   time.Time
	By   string // account that made it, "" if the operator did
	Note string
	Body []byte // at most 16 MB
}

// A Choice is that a version was chosen to be used.
type Choice struct {
	Kind string
	ID   string // of the version
	At   time.Time
	By   string // account that chose, "" if the operator did
}

// The largest version, and how many there are of a kind at most. (d)
const (
	mostBody     = 16 << 20 // bytes
	mostVersions = 1000
)

func (v Version) check() error {
	if err := checkID("the kind of the version", v.Kind); err != nil {
		return err
	}
	if err := checkID("the version", v.ID); err != nil {
		return err
	}
	if err := checkText("the maker of the version", v.By, mostID); err != nil {
		return err
	}
	if err := checkText("the note of the version", v.Note, mostNote); err != nil {
		return err
	}
	if err := checkBytes("the version", v.Body, mostBody); err != nil {
		return err
	}
	return checkTime("the version", v.At)
}

const versionColumns = "kind, id, at_ms, maker, note, body"

func scanVersion(read func(...any) error) (v Version, err error) {
	var at int64
	err = read(&v.Kind, &v.ID, &at, &v.By, &v.Note, &v.Body)
	v.At = moment(at)
	return v, err
}

func scanVersionListed(read func(...any) error) (v Version, err error) {
	var at int64
	err = read(&v.Kind, &v.ID, &at, &v.By, &v.Note)
	v.At = moment(at)
	return v, err
}

// AddVersion stores a version. One that is there already stays as it was first
// stored, and that is no error. It returns ErrTooMany beyond 1000 of a kind.
func (s *Store) AddVersion(ctx context.Context, v Version) error {
	const doing = "save the version"
	if err := v.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofVersions, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, "INSERT INTO versions ("+versionColumns+") VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, id) DO NOTHING",
			v.Kind, v.ID, stamp(v.At), text(v.By), text(v.Note), blob(v.Body))
		if err != nil || n == 0 {
			return err
		}
		all, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM versions WHERE kind = $1", v.Kind)
		if err == nil && all > mostVersions {
			return ErrTooMany
		}
		return err
	})
}

// Version returns a version, or ErrNotFound.
func (s *Store) Version(ctx context.Context, kind, id string) (v Version, err error) {
	err = s.readOne(ctx, "read the version", func(ctx context.Context, c *conn) error {
		v, err = first(ctx, c, scanVersion, "SELECT "+versionColumns+" FROM versions WHERE kind = $1 AND id = $2", kind, id)
		return err
	})
	return v, err
}

// Versions returns the versions of a kind, the newest first, without their
// bodies.
func (s *Store) Versions(ctx context.Context, kind string) (all []Version, err error) {
	err = s.readOne(ctx, "list the versions", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanVersionListed, "SELECT kind, id, at_ms, maker, note FROM versions WHERE kind = $1 ORDER BY at_ms DESC, id", kind)
		return err
	})
	return all, err
}

// DeleteVersion deletes a version that was never chosen, if it is there.
// ErrConflict says that it was: the history of choices needs it.
func (s *Store) DeleteVersion(ctx context.Context, kind, id string) error {
	return s.writeOf(ctx, ofVersions, "delete the version", func(ctx context.Context, c *conn) error {
		chosen, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM choices WHERE kind = $1 AND id = $2", kind, id)
		if err == nil && chosen > 0 {
			return ErrConflict
		}
		if err != nil {
			return err
		}
		_, err = c.exec(ctx, "DELETE FROM versions WHERE kind = $1 AND id = $2", kind, id)
		return err
	})
}

// Choose appends to the log of choices: the last one of a kind counts. Rolling
// back is choosing an earlier version. Choosing the one that is chosen adds
// nothing. It returns ErrNotFound if there is no such version.
func (s *Store) Choose(ctx context.Context, kind, id, by string, at time.Time) error {
	const doing = "choose the version"
	if err := checkText("who chose the version", by, mostID); err != nil {
		return fault(doing, err)
	}
	if err := checkTime("the choice", at); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofVersions, doing, func(ctx context.Context, c *conn) error {
		last, err := list(ctx, c, scanChoice, lastChoice, kind)
		if err != nil || len(last) > 0 && last[0].ID == id {
			return err
		}
		_, err = c.exec(ctx, `INSERT INTO choices (n, kind, id, at_ms, maker)
			VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM choices), $1, $2, $3, $4)`, kind, id, stamp(at), text(by))
		return err
	})
}

const (
	choiceColumns = "kind, id, at_ms, maker"
	lastChoice    = "SELECT " + choiceColumns + " FROM choices WHERE kind = $1 ORDER BY n DESC LIMIT 1"
)

func scanChoice(read func(...any) error) (k Choice, err error) {
	var at int64
	err = read(&k.Kind, &k.ID, &at, &k.By)
	k.At = moment(at)
	return k, err
}

// Chosen returns the choice that counts, or ErrNotFound if none was made.
func (s *Store) Chosen(ctx context.Context, kind string) (k Choice, err error) {
	err = s.readOne(ctx, "read what was chosen", func(ctx context.Context, c *conn) error {
		k, err = first(ctx, c, scanChoice, lastChoice, kind)
		return err
	})
	return k, err
}

// Choices returns the last 500 choices of a kind, the newest first.
func (s *Store) Choices(ctx context.Context, kind string) (all []Choice, err error) {
	err = s.readOne(ctx, "read what was chosen", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanChoice, "SELECT "+choiceColumns+" FROM choices WHERE kind = $1 ORDER BY n DESC LIMIT $2", kind, int64(mostListed))
		return err
	})
	return all, err
}
