package store

import (
	"context"
	"time"

	"segue"
)

// An Import is one time that a history was read in.
type Import struct {
	ID     string
	At     time.Time
	Report []byte // JSON of history.Report; may be empty
	Plays  int    // plays kept that it was the first to bring; counted by the store
}

func (i Import) check() error {
	if err := checkID("the import", i.ID); err != nil {
		return err
	}
	if len(i.Report) > 0 {
		if err := checkJSON("the report of the import", i.Report); err != nil {
			return err
		}
	}
	return checkTime("the import", i.At)
}

func scanImport(read func(...any) error) (i Import, err error) {
	var at int64
	var report string
	err = read(&i.ID, &at, &report, &i.Plays)
	i.At = moment(at)
	if report != "" {
		i.Report = []byte(report)
	}
	return i, err
}

// AddImport records an import and puts the plays in place of all the listener
// has: the caller has merged what was there with what is new. A play that was
// there already, the same in every field, stays with the import that brought
// it; all others are the new import's. Everything happens or nothing. The
// plays need not be in order; they are not modified. An id that was used
// before gives ErrConflict, and a listener who does not agree to it ErrConsent.
func (s *Store) AddImport(ctx context.Context, listener string, i Import, plays []segue.Play) error {
	return s.addImport(ctx, listener, nil, i, plays)
}

// AddImportTo is AddImport where another process may import for the same listener:
// version is the Listener.PlaysVersion that was read before the plays that were merged.
// If it is not theirs any more, nothing is stored and the error is ErrConflict: what
// came in between would be lost. The caller merges anew.
func (s *Store) AddImportTo(ctx context.Context, listener string, version int64, i Import, plays []segue.Play) error {
	return s.addImport(ctx, listener, &version, i, plays)
}

func (s *Store) addImport(ctx context.Context, listener string, version *int64, i Import, plays []segue.Play) error {
	const doing = "save the import"
	if err := i.check(); err != nil {
		return fault(doing, err)
	}
	packed, err := pack(plays)
	if err != nil {
		return fault(doing, err)
	}
	return s.writeCovered(ctx, listener, Plays, doing, func(ctx context.Context, c *conn) error {
		if version != nil {
			now, err := first(ctx, c, scanCount, "SELECT plays_version FROM listeners WHERE id = $1", listener)
			if err != nil {
				return err
			}
			if now != *version {
				return ErrConflict
			}
		}
		n, err := first(ctx, c, scanCount, "SELECT COALESCE(MAX(n), 0) + 1 FROM imports WHERE listener = $1", listener)
		if err != nil {
			return err
		}
		if err := addImport(ctx, c, listener, n, i); err != nil {
			return err
		}
		if err := packed.settle(ctx, c, listener, n); err != nil {
			return err
		}
		if err := deletePlays(ctx, c, listener); err != nil {
			return err
		}
		if err := packed.insert(ctx, c, listener); err != nil {
			return err
		}
		if err := packed.count(ctx, c, listener); err != nil {
			return err
		}
		return playsChanged(ctx, c, listener)
	})
}

// addImport records the nth import of a listener, with no plays yet.
func addImport(ctx context.Context, c *conn, listener string, n int64, i Import) error {
	_, err := c.exec(ctx, "INSERT INTO imports (listener, n, id, at_ms, report, plays) VALUES ($1, $2, $3, $4, $5, 0)",
		listener, n, i.ID, stamp(i.At), text(string(i.Report)))
	return err
}

// addImports records imports in their order, as if none had been before.
func addImports(ctx context.Context, c *conn, listener string, all []Import) error {
	for i, v := range all {
		if err := addImport(ctx, c, listener, int64(i+1), v); err != nil {
			return err
		}
	}
	return nil
}

// Imports returns the imports in the order they were made.
func (s *Store) Imports(ctx context.Context, listener string) (all []Import, err error) {
	err = s.readOne(ctx, "read the imports", func(ctx context.Context, c *conn) error {
		all, err = listImports(ctx, c, listener)
		return err
	})
	return all, err
}

func listImports(ctx context.Context, c *conn, listener string) ([]Import, error) {
	return list(ctx, c, scanImport, "SELECT id, at_ms, report, plays FROM imports WHERE listener = $1 ORDER BY n", listener)
}
