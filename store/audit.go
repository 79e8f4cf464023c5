package store

import (
	"context"
	"time"
)

// An Event is something an admin did, or a sign-in: what somebody may have to
// account for. No play, mood or persona is in one, nor a name that was typed.
type Event struct {
	N    int64 // counts up; set by the store
	At   time.Time
	By   string // account that did it, "" if unknown or the operator
	What string // such as "signed_in": one of a fixed set of words
	Of   string // id of what it was done to, may be ""
}

// mostEvents is how many events are kept; the oldest go. (d)
const mostEvents = 100_000

func (e Event) check() error {
	if err := checkID("what happened", e.What); err != nil {
		return err
	}
	if err := checkText("who did it", e.By, mostID); err != nil {
		return err
	}
	if err := checkText("what it was done to", e.Of, mostID); err != nil {
		return err
	}
	return checkTime("the event", e.At)
}

func scanEvent(read func(...any) error) (e Event, err error) {
	var at int64
	err = read(&e.N, &at, &e.By, &e.What, &e.Of)
	e.At = moment(at)
	return e, err
}

// AddEvent appends to the log of events, and drops the oldest beyond 100,000.
func (s *Store) AddEvent(ctx context.Context, e Event) error {
	const doing = "note the event"
	if err := e.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofEvents, doing, func(ctx context.Context, c *conn) error {
		n, err := first(ctx, c, scanCount, `INSERT INTO events (n, at_ms, maker, what, subject)
			VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM events), $1, $2, $3, $4) RETURNING n`, stamp(e.At), text(e.By), e.What, text(e.Of))
		if err != nil {
			return err
		}
		_, err = c.exec(ctx, "DELETE FROM events WHERE n <= $1", n-mostEvents)
		return err
	})
}

// Events returns events, the newest first: those before number before, 0 for the
// newest; at most limit, and never more than 500.
func (s *Store) Events(ctx context.Context, before int64, limit int) (all []Event, err error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	err = s.readOne(ctx, "list the events", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanEvent, "SELECT n, at_ms, maker, what, subject FROM events WHERE n < $1 ORDER BY n DESC LIMIT $2", before, page(limit))
		return err
	})
	return all, err
}
