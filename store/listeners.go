package store

import (
	"context"
	"math/rand/v2"
	"time"
)

// A Listener is a person, or the invented one of the demo, and how Segue is to
// be for them. Nothing else is stored of a listener that was not saved.
type Listener struct {
	ID            string
	Name          string // what to call them; may be empty
	Zone          string // IANA time zone, "" if unknown
	Language      string // "en", "vi"; "" follows the browser
	Theme         string // "light", "dark"; "" follows the system
	Demo          bool   // invented, to look around
	Adult16       bool   // said to be 16 or older
	OffersOff     bool   // wants no offers
	RetentionDays int    // days raw plays are kept, 0 stands for 90
	ArtSeed       uint64 // of the art on their card
	Created       time.Time

	// PlaysVersion is another number after each change of the plays, the corrections, the imports
	// or the sums, whoever makes it. The store sets it; it is in no export.
	PlaysVersion int64
}

func (l Listener) check() error {
	if err := checkID("the listener", l.ID); err != nil {
		return err
	}
	if l.RetentionDays < 0 {
		return invalid("plays cannot be kept for less than no days")
	}
	return checkTime("the listener", l.Created)
}

const listenerColumns = "id, name, zone, language, theme, demo, adult16, offers_off, retention_days, art_seed, created_ms"

const listenerAll = listenerColumns + ", plays_version"

func scanListener(read func(...any) error) (l Listener, err error) {
	var art, created int64
	err = read(&l.ID, &l.Name, &l.Zone, &l.Language, &l.Theme, &l.Demo, &l.Adult16, &l.OffersOff, &l.RetentionDays, &art, &created, &l.PlaysVersion)
	l.ArtSeed, l.Created = uint64(art), moment(created)
	return l, err
}

// Listener returns a listener, or ErrNotFound.
func (s *Store) Listener(ctx context.Context, id string) (l Listener, err error) {
	err = s.readOne(ctx, "read the listener", func(ctx context.Context, c *conn) error {
		l, err = first(ctx, c, scanListener, "SELECT "+listenerAll+" FROM listeners WHERE id = $1", id)
		return err
	})
	return l, err
}

// Listeners returns all listeners in order of their ids.
func (s *Store) Listeners(ctx context.Context) (all []Listener, err error) {
	err = s.readOne(ctx, "list the listeners", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanListener, "SELECT "+listenerAll+" FROM listeners ORDER BY id")
		return err
	})
	return all, err
}

// SaveListener stores a listener, in place of the one of that id if there is
// one, but for the PlaysVersion, which is the store's. Everything else that is stored needs its listener first.
func (s *Store) SaveListener(ctx context.Context, l Listener) error {
	if err := l.check(); err != nil {
		return fault("save the listener", err)
	}
	return s.writeOf(ctx, l.ID, "save the listener", func(ctx context.Context, c *conn) error { return saveListener(ctx, c, l) })
}

func saveListener(ctx context.Context, c *conn, l Listener) error {
	_, err := c.exec(ctx, "INSERT INTO listeners ("+listenerAll+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, language = excluded.language,
			theme = excluded.theme, demo = excluded.demo, adult16 = excluded.adult16, offers_off = excluded.offers_off,
			retention_days = excluded.retention_days, art_seed = excluded.art_seed, created_ms = excluded.created_ms`,
		l.ID, text(l.Name), text(l.Zone), text(l.Language), text(l.Theme), l.Demo, l.Adult16, l.OffersOff, int64(l.RetentionDays), int64(l.ArtSeed), stamp(l.Created), newVersion())
	return err
}

// newVersion begins to count the plays' versions of a listener anywhere, so that those
// of one who was deleted and is there again are not taken for the earlier ones'.
func newVersion() int64 { return rand.Int64N(1 << 60) }

// playsChanged gives a listener's plays another version.
func playsChanged(ctx context.Context, c *conn, listener string) error {
	_, err := c.exec(ctx, "UPDATE listeners SET plays_version = plays_version + 1 WHERE id = $1", listener)
	return err
}
