package store

import (
	"context"
	"slices"

	"segue"
	"time"
)

// A packedPlays is plays as the tables hold them: each track once.
type packedPlays struct {
	tracks []segue.TrackRef
	plays  []packedPlay
}

type packedPlay struct {
	track         int64 // index of tracks
	ended, played int64 // ms
	skipped       int64
	scrobble      bool
}

// pack puts the plays in order of their ends, those of one time as they were.
func pack(plays []segue.Play) (packedPlays, error) {
	p := packedPlays{plays: make([]packedPlay, len(plays))}
	seen := make(map[segue.TrackRef]int64, len(plays)/4)
	for i, play := range plays {
		if err := checkPlay(play); err != nil {
			return p, err
		}
		n, ok := seen[play.Track]
		if !ok {
			n = int64(len(p.tracks))
			seen[play.Track] = n
			p.tracks = append(p.tracks, play.Track)
		}
		p.plays[i] = packedPlay{n, stamp(play.EndedAt), play.Played.Milliseconds(), int64(play.Skipped), play.Scrobble}
	}
	slices.SortStableFunc(p.plays, func(a, b packedPlay) int {
		switch {
		case a.ended < b.ended:
			return -1
		case a.ended > b.ended:
			return 1
		}
		return 0
	})
	return p, nil
}

func checkPlay(p segue.Play) error {
	switch {
	case p.Played < 0:
		return invalid("a play lasted less than no time")
	case p.Skipped < segue.Unknown || p.Skipped > segue.Yes:
		return invalid("whether a play was skipped is neither yes, no, nor unknown")
	}
	return checkTime("a play", p.EndedAt)
}

// insert writes the plays of a listener who has none.
func (p packedPlays) insert(ctx context.Context, c *conn, listener string) error {
	err := c.insert(ctx, "tracks", []string{"listener", "n", "service_id", "isrc", "title", "artist", "album"}, len(p.tracks), func(i int, v []any) {
		t := p.tracks[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = listener, int64(i), text(t.ID), text(t.ISRC), text(t.Title), text(t.Artist), text(t.Album)
	})
	if err != nil {
		return err
	}
	return c.insert(ctx, "plays", []string{"listener", "n", "track", "ended_ms", "played_ms", "skipped", "scrobble"}, len(p.plays), func(i int, v []any) {
		q := p.plays[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = listener, int64(i), q.track, q.ended, q.played, q.skipped, q.scrobble
	})
}

// Plays returns the listener's plays in order of their ends, those of one time
// in the order they were given. Times are exact to the millisecond.
func (s *Store) Plays(ctx context.Context, listener string) (plays []segue.Play, err error) {
	err = s.read(ctx, "read the plays", func(ctx context.Context, c *conn) error {
		plays, err = listPlays(ctx, c, listener)
		return err
	})
	return plays, err
}

func listPlays(ctx context.Context, c *conn, listener string) ([]segue.Play, error) {
	tracks, err := list(ctx, c, scanTrack, "SELECT service_id, isrc, title, artist, album FROM tracks WHERE listener = $1 ORDER BY n", listener)
	if err != nil {
		return nil, err
	}
	return list(ctx, c, func(read func(...any) error) (p segue.Play, err error) {
		var q packedPlay
		if err = read(&q.track, &q.ended, &q.played, &q.skipped, &q.scrobble); err != nil {
			return p, err
		}
		if q.track < 0 || q.track >= int64(len(tracks)) {
			return p, ErrDamaged
		}
		return segue.Play{
			Track: tracks[q.track], EndedAt: moment(q.ended), Played: time.Duration(q.played) * time.Millisecond,
			Skipped: segue.Tristate(q.skipped), Scrobble: q.scrobble,
		}, nil
	}, "SELECT track, ended_ms, played_ms, skipped, scrobble FROM plays WHERE listener = $1 ORDER BY n", listener)
}

func scanTrack(read func(...any) error) (t segue.TrackRef, err error) {
	err = read(&t.ID, &t.ISRC, &t.Title, &t.Artist, &t.Album)
	return t, err
}

// DeletePlays deletes a listener's plays, the sums kept of earlier ones, and
// the imports.
func (s *Store) DeletePlays(ctx context.Context, listener string) error {
	return s.remove(ctx, "delete the plays", func(ctx context.Context, c *conn) error {
		if err := deletePlays(ctx, c, listener); err != nil {
			return err
		}
		for _, table := range []string{"hour_sums", "imports"} {
			if _, err := c.exec(ctx, "DELETE FROM "+table+" WHERE listener = $1", listener); err != nil {
				return err
			}
		}
		return nil
	})
}

func deletePlays(ctx context.Context, c *conn, listener string) error {
	if _, err := c.exec(ctx, "DELETE FROM plays WHERE listener = $1", listener); err != nil {
		return err
	}
	_, err := c.exec(ctx, "DELETE FROM tracks WHERE listener = $1", listener)
	return err
}
