package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"segue"
)

// A packedPlays is plays as the tables hold them: each track once.
type packedPlays struct {
	tracks []segue.TrackRef
	plays  []packedPlay // in order of their ends, those of one time as they were given
	from   []int64      // imports.n of the import each came with
}

type packedPlay struct {
	track         int64 // index of tracks
	ended, played int64 // ms
	skipped       int64
	scrobble      bool
}

// pack puts the plays in order, all of the import 0.
func pack(plays []segue.Play) (*packedPlays, error) {
	kept := make([]keptPlay, len(plays))
	for i, p := range plays {
		kept[i].Play = p
	}
	return packKept(kept)
}

// packKept puts plays whose imports are known in order.
func packKept(plays []keptPlay) (*packedPlays, error) {
	if !slices.IsSortedFunc(plays, byEnd) {
		plays = slices.Clone(plays)
		slices.SortStableFunc(plays, byEnd)
	}
	p := &packedPlays{plays: make([]packedPlay, len(plays)), from: make([]int64, len(plays))}
	seen := make(map[segue.TrackRef]int64, len(plays)/4)
	for i, play := range plays {
		if err := checkPlay(play.Play); err != nil {
			return nil, err
		}
		n, ok := seen[play.Track]
		if !ok {
			n = int64(len(p.tracks))
			seen[play.Track] = n
			t := play.Track
			p.tracks = append(p.tracks, segue.TrackRef{ID: text(t.ID), ISRC: text(t.ISRC), Title: text(t.Title), Artist: text(t.Artist), Album: text(t.Album)})
		}
		p.plays[i] = packedPlay{n, stamp(play.EndedAt), play.Played.Milliseconds(), int64(play.Skipped), play.Scrobble}
		p.from[i] = play.from
	}
	return p, nil
}

// A keptPlay is a play with the import that brought it.
type keptPlay struct {
	segue.Play
	from int64 // imports.n
}

func byEnd(a, b keptPlay) int { return cmp.Compare(stamp(a.EndedAt), stamp(b.EndedAt)) }

// longestPlay is more than any play lasts; what a file says beyond it is
// refused. (d)
const longestPlay = 31 * 24 * time.Hour

func checkPlay(p segue.Play) error {
	switch {
	case p.Played < 0 || p.Played > longestPlay:
		return invalid("a play lasted less than no time, or more than a month")
	case p.Skipped < segue.Unknown || p.Skipped > segue.Yes:
		return invalid("whether a play was skipped is neither yes, no, nor unknown")
	}
	return checkTime("a play", p.EndedAt)
}

// settle gives each play the import it came with: that of the equal play which
// is stored, otherwise the newest.
func (p *packedPlays) settle(ctx context.Context, c *conn, listener string, newest int64) error {
	stored, err := listTracks(ctx, c, listener)
	if err != nil {
		return err
	}
	here := make(map[segue.TrackRef]int64, len(p.tracks))
	for i, t := range p.tracks {
		here[t] = int64(i)
	}
	from := make(map[packedPlay]int64, len(p.plays))
	err = eachPlay(ctx, c, func(q packedPlay, n int64) error {
		if q.track < 0 || q.track >= int64(len(stored)) {
			return ErrDamaged
		}
		if track, ok := here[stored[q.track]]; ok {
			q.track = track
			from[q] = n
		}
		return nil
	}, allPlays, listener)
	for i, q := range p.plays {
		n, ok := from[q]
		if !ok {
			n = newest
		}
		p.from[i] = n
	}
	return err
}

// insert writes the plays of a listener who has none.
func (p *packedPlays) insert(ctx context.Context, c *conn, listener string) error {
	err := c.insertUniform(ctx, "tracks", []string{"listener", "n", "service_id", "isrc", "title", "artist", "album"}, len(p.tracks), func(i int, v []any) {
		t := p.tracks[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = listener, int64(i), t.ID, t.ISRC, t.Title, t.Artist, t.Album
	})
	if err != nil {
		return err
	}
	return c.insertUniform(ctx, "plays", []string{"listener", "n", "track", "import", "ended_ms", "played_ms", "skipped", "scrobble"}, len(p.plays), func(i int, v []any) {
		q := p.plays[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = listener, int64(i), q.track, p.from[i], q.ended, q.played, q.skipped, q.scrobble
	})
}

// count writes how many plays each import keeps.
func (p *packedPlays) count(ctx context.Context, c *conn, listener string) error {
	counts := map[int64]int64{}
	for _, n := range p.from {
		counts[n]++
	}
	if _, err := c.exec(ctx, "UPDATE imports SET plays = 0 WHERE listener = $1", listener); err != nil {
		return err
	}
	for n, plays := range counts {
		if _, err := c.exec(ctx, "UPDATE imports SET plays = $1 WHERE listener = $2 AND n = $3", plays, listener, n); err != nil {
			return err
		}
	}
	return nil
}

// Plays returns the listener's plays in order of their ends, those of one time
// in the order they were given. Times are exact to the millisecond.
func (s *Store) Plays(ctx context.Context, listener string) (plays []segue.Play, err error) {
	err = s.read(ctx, "read the plays", func(ctx context.Context, c *conn) error {
		plays, err = listPlays(ctx, c, allPlays, listener)
		return err
	})
	return plays, err
}

const (
	allPlays    = "SELECT track, import, ended_ms, played_ms, skipped, scrobble FROM plays WHERE listener = $1 ORDER BY n"
	playsBefore = `SELECT track, import, ended_ms, played_ms, skipped, scrobble FROM plays
		WHERE listener = $1 AND import IN (SELECT n FROM imports WHERE listener = $1 AND at_ms <= $2) ORDER BY n`
)

// listPlays returns the plays of a query, the first argument of which is the
// listener.
func listPlays(ctx context.Context, c *conn, query string, args ...any) (plays []segue.Play, err error) {
	plays = []segue.Play{}
	err = wholePlays(ctx, c, func(n int) { plays = make([]segue.Play, 0, n) },
		func(p segue.Play, _ int64) { plays = append(plays, p) }, query, args...)
	return plays, err
}

// listKept does the same with the imports they came with.
func listKept(ctx context.Context, c *conn, query string, args ...any) (plays []keptPlay, err error) {
	plays = []keptPlay{}
	err = wholePlays(ctx, c, func(n int) { plays = make([]keptPlay, 0, n) },
		func(p segue.Play, from int64) { plays = append(plays, keptPlay{p, from}) }, query, args...)
	return plays, err
}

// wholePlays calls add for every play of a query, with its track and its
// import, after room was told how many there can be.
func wholePlays(ctx context.Context, c *conn, room func(int), add func(segue.Play, int64), query string, args ...any) error {
	tracks, err := listTracks(ctx, c, args[0])
	if err != nil {
		return err
	}
	n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM plays WHERE listener = $1", args[0])
	if err != nil {
		return err
	}
	room(int(n))
	return eachPlay(ctx, c, func(q packedPlay, from int64) error {
		if q.track < 0 || q.track >= int64(len(tracks)) {
			return ErrDamaged
		}
		add(segue.Play{
			Track: tracks[q.track], EndedAt: moment(q.ended), Played: time.Duration(q.played) * time.Millisecond,
			Skipped: segue.Tristate(q.skipped), Scrobble: q.scrobble,
		}, from)
		return nil
	}, query, args...)
}

// eachPlay calls do for every play of a query, with its import.
func eachPlay(ctx context.Context, c *conn, do func(packedPlay, int64) error, query string, args ...any) error {
	var track, from, ended, played, skipped whole
	var scrobble bool
	row := []any{&track, &from, &ended, &played, &skipped, &scrobble}
	return c.each(ctx, func(read func(...any) error) error {
		if err := read(row...); err != nil {
			return err
		}
		return do(packedPlay{int64(track), int64(ended), int64(played), int64(skipped), scrobble}, int64(from))
	}, query, args...)
}

// listTracks returns the listener's tracks by their numbers. Those that went
// with their plays are empty.
func listTracks(ctx context.Context, c *conn, listener any) ([]segue.TrackRef, error) {
	tracks := []segue.TrackRef{}
	var n whole
	var t segue.TrackRef
	row := []any{&n, &t.ID, &t.ISRC, &t.Title, &t.Artist, &t.Album}
	err := c.each(ctx, func(read func(...any) error) error {
		if err := read(row...); err != nil {
			return err
		}
		if n < whole(len(tracks)) {
			return ErrDamaged
		}
		for whole(len(tracks)) < n {
			tracks = append(tracks, segue.TrackRef{})
		}
		tracks = append(tracks, t)
		return nil
	}, "SELECT n, service_id, isrc, title, artist, album FROM tracks WHERE listener = $1 ORDER BY n", listener)
	return tracks, err
}

// whole is a whole number that scans without database/sql's detour over text:
// there are 60,000 rows to read.
type whole int64

// Scan implements sql.Scanner.
func (w *whole) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return ErrDamaged
	}
	*w = whole(n)
	return nil
}

// DeletePlays deletes a listener's plays, the sums kept of earlier ones, and
// the imports.
func (s *Store) DeletePlays(ctx context.Context, listener string) error {
	return s.removeOf(ctx, listener, "delete the plays", func(ctx context.Context, c *conn) error { return dropPlays(ctx, c, listener) })
}

// dropPlays deletes what the consent to keep plays covers.
func dropPlays(ctx context.Context, c *conn, listener string) error {
	if err := deletePlays(ctx, c, listener); err != nil {
		return err
	}
	var dropped int64 // plays came with an import
	for _, table := range []string{"hour_sums", "imports"} {
		n, err := c.exec(ctx, "DELETE FROM "+table+" WHERE listener = $1", listener)
		if err != nil {
			return err
		}
		dropped += n
	}
	if dropped == 0 {
		return nil
	}
	return playsChanged(ctx, c, listener)
}

func deletePlays(ctx context.Context, c *conn, listener string) error {
	if _, err := c.exec(ctx, "DELETE FROM plays WHERE listener = $1", listener); err != nil {
		return err
	}
	_, err := c.exec(ctx, "DELETE FROM tracks WHERE listener = $1", listener)
	return err
}
