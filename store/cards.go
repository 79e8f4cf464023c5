package store

import (
	"context"
	"time"
)

// A card is an offer as it was shown, or waved away. It is kept so that offers
// stay rare.
type card struct {
	kind      string
	at        time.Time
	dismissed bool
}

func (k card) check() error {
	if err := checkID("the kind of a card", k.kind); err != nil {
		return err
	}
	return checkTime("a card", k.at)
}

func scanCard(read func(...any) error) (k card, err error) {
	var at int64
	err = read(&k.kind, &at, &k.dismissed)
	k.at = moment(at)
	return k, err
}

// CardShown notes that an offer was shown.
func (s *Store) CardShown(ctx context.Context, listener, kind string, at time.Time) error {
	return s.addCard(ctx, listener, card{kind, at, false})
}

// CardDismissed notes that an offer was waved away.
func (s *Store) CardDismissed(ctx context.Context, listener, kind string, at time.Time) error {
	return s.addCard(ctx, listener, card{kind, at, true})
}

func (s *Store) addCard(ctx context.Context, listener string, k card) error {
	if err := k.check(); err != nil {
		return fault("note the card", err)
	}
	return s.writeOf(ctx, listener, "note the card", func(ctx context.Context, c *conn) error { return addCard(ctx, c, listener, k) })
}

func addCard(ctx context.Context, c *conn, listener string, k card) error {
	_, err := c.exec(ctx, "INSERT INTO cards (listener, kind, at_ms, dismissed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		listener, k.kind, stamp(k.at), k.dismissed)
	return err
}

// Cards returns when offers of any kind were shown, and when waved away, in
// order of time.
func (s *Store) Cards(ctx context.Context, listener string) (shown, dismissed []time.Time, err error) {
	err = s.read(ctx, "read the cards", func(ctx context.Context, c *conn) error {
		all, err := listCards(ctx, c, listener)
		for _, k := range all {
			if k.dismissed {
				dismissed = append(dismissed, k.at)
			} else {
				shown = append(shown, k.at)
			}
		}
		return err
	})
	return shown, dismissed, err
}

func listCards(ctx context.Context, c *conn, listener string) ([]card, error) {
	return list(ctx, c, scanCard, "SELECT kind, at_ms, dismissed FROM cards WHERE listener = $1 ORDER BY at_ms, kind, dismissed", listener)
}
