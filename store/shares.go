package store

import (
	"context"
	"time"
)

// A Share is a card a listener made public: a persona and one fun fact, and
// never a mood or a date of listening.
type Share struct {
	ID       string // what its address ends with: not to be guessed
	Listener string
	Kind     string // the persona's
	Fact     string
	Campaign string
	Language string
	Art      uint64 // seed of its art
	At       time.Time
}

func (h Share) check() error {
	if err := checkID("the share", h.ID); err != nil {
		return err
	}
	return checkTime("the share", h.At)
}

const shareColumns = "id, listener, kind, fact, campaign, language, art, at_ms"

func scanShare(read func(...any) error) (h Share, err error) {
	var art, at int64
	err = read(&h.ID, &h.Listener, &h.Kind, &h.Fact, &h.Campaign, &h.Language, &art, &at)
	h.Art, h.At = uint64(art), moment(at)
	return h, err
}

// AddShare stores a share. An id that was used before, by whomever, gives
// ErrConflict.
func (s *Store) AddShare(ctx context.Context, h Share) error {
	if err := h.check(); err != nil {
		return fault("save the share", err)
	}
	return s.writeOf(ctx, h.Listener, "save the share", func(ctx context.Context, c *conn) error { return addShare(ctx, c, h) })
}

func addShare(ctx context.Context, c *conn, h Share) error {
	_, err := c.exec(ctx, "INSERT INTO shares ("+shareColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		h.ID, h.Listener, text(h.Kind), text(h.Fact), text(h.Campaign), text(h.Language), int64(h.Art), stamp(h.At))
	return err
}

// Share returns a share by its id, whoever asks, or ErrNotFound.
func (s *Store) Share(ctx context.Context, id string) (h Share, err error) {
	err = s.readOne(ctx, "read the share", func(ctx context.Context, c *conn) error {
		h, err = first(ctx, c, scanShare, "SELECT "+shareColumns+" FROM shares WHERE id = $1", id)
		return err
	})
	return h, err
}

// Shares returns a listener's shares in order of time.
func (s *Store) Shares(ctx context.Context, listener string) (all []Share, err error) {
	err = s.readOne(ctx, "read the shares", func(ctx context.Context, c *conn) error {
		all, err = listShares(ctx, c, listener)
		return err
	})
	return all, err
}

func listShares(ctx context.Context, c *conn, listener string) ([]Share, error) {
	return list(ctx, c, scanShare, "SELECT "+shareColumns+" FROM shares WHERE listener = $1 ORDER BY at_ms, id", listener)
}

// DeleteShare deletes a listener's share, if there is one of that id.
func (s *Store) DeleteShare(ctx context.Context, listener, id string) error {
	return s.removeOf(ctx, listener, "delete the share", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM shares WHERE listener = $1 AND id = $2", listener, id)
		return err
	})
}

// CountShare counts that something happened to the cards of a campaign, such
// as "view" or "tap". Who did it, and whose card it was, is not kept.
func (s *Store) CountShare(ctx context.Context, campaign, what string) error {
	return s.write(ctx, "count the share", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, `INSERT INTO share_counts (campaign, what, n) VALUES ($1, $2, 1)
			ON CONFLICT (campaign, what) DO UPDATE SET n = share_counts.n + 1`, text(campaign), text(what))
		return err
	})
}

// ShareCounts returns the counts of a campaign.
func (s *Store) ShareCounts(ctx context.Context, campaign string) (map[string]int, error) {
	counts := map[string]int{}
	err := s.read(ctx, "read the counts of shares", func(ctx context.Context, c *conn) error {
		return c.each(ctx, func(read func(...any) error) error {
			var what string
			var n int
			err := read(&what, &n)
			counts[what] = n
			return err
		}, "SELECT what, n FROM share_counts WHERE campaign = $1", text(campaign))
	})
	return counts, err
}
