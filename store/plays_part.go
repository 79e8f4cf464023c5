package store

import (
	"context"
	"time"

	"segue"
)

// PlaysAt returns n of the listener's plays, those from the first-th on in the order
// of Plays, counted from 0; fewer if there are no more. Its cost is in proportion to n
// and, faintly, to first: a session is read in a fraction of the time of a history.
func (s *Store) PlaysAt(ctx context.Context, listener string, first, n int) (plays []segue.Play, err error) {
	if first < 0 || n < 0 {
		panic("store: PlaysAt: a negative number of plays")
	}
	plays = make([]segue.Play, 0, min(n, 1<<16))
	err = s.read(ctx, "read some of the plays", func(ctx context.Context, c *conn) error {
		var ended, played, skipped whole
		var p segue.Play
		row := []any{&p.Track.ID, &p.Track.ISRC, &p.Track.Title, &p.Track.Artist, &p.Track.Album, &ended, &played, &skipped, &p.Scrobble}
		return c.each(ctx, func(read func(...any) error) error {
			if err := read(row...); err != nil {
				return err
			}
			p.EndedAt, p.Played, p.Skipped = moment(int64(ended)), time.Duration(played)*time.Millisecond, segue.Tristate(skipped)
			plays = append(plays, p)
			return nil
		}, `SELECT t.service_id, t.isrc, t.title, t.artist, t.album, p.ended_ms, p.played_ms, p.skipped, p.scrobble
			FROM (SELECT n, track, ended_ms, played_ms, skipped, scrobble FROM plays WHERE listener = $1 ORDER BY n LIMIT $2 OFFSET $3) AS p
			JOIN tracks AS t ON t.listener = $1 AND t.n = p.track ORDER BY p.n`, listener, int64(n), int64(first))
	})
	return plays, err
}
