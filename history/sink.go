package history

import (
	"bytes"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"segue"
)

// The reasons for which a row is not a play, as reports count them.
const (
	Podcast     = "podcast episode"
	Audiobook   = "audiobook"
	Video       = "video"
	NoTitle     = "no track name"
	NowPlaying  = "now playing"    // a track under way, not yet a play
	OtherEvent  = "not a play"     // Apple: lyrics shown, playback begun, …
	BadTime     = "bad time"       // none, not a time, before 2000, or more than two days ahead
	BadDuration = "bad duration"   // none, below zero, or longer than a day
	Unreadable  = "unreadable row" // not an object, not JSON, or a row of the wrong width
)

// longest is how long one play may last; longer ones are faults of a clock.
const longest = 24 * time.Hour

// A sink keeps the plays of one file and its accounts.
type sink struct {
	file     *File
	plays    []segue.Play
	lo, hi   time.Time
	names    map[string]string // every kept string once
	last     time.Time
	up, down int           // steps between neighbouring rows, by direction
	counted  *atomic.Int64 // plays of all files so far; may be nil
}

func newSink(file *File, now time.Time) *sink {
	file.Dropped = map[string]int{}
	return &sink{
		file: file, names: map[string]string{},
		lo: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), hi: now.Add(48 * time.Hour),
	}
}

func (k *sink) row()               { k.file.Rows++ }
func (k *sink) drop(reason string) { k.file.Dropped[reason]++ }

// keep takes a play whose duration has been looked at already, or counts why
// it cannot.
func (k *sink) keep(p segue.Play) {
	switch {
	case p.Track.Title == "":
		k.drop(NoTitle)
		return
	case p.EndedAt.Before(k.lo) || p.EndedAt.After(k.hi):
		k.drop(BadTime)
		return
	case p.Played < 0 || p.Played > longest:
		k.drop(BadDuration)
		return
	}
	// What is stored of a play is exact to the millisecond; a play must be the
	// same one when its export is brought again.
	p.EndedAt, p.Played = p.EndedAt.Truncate(time.Millisecond), p.Played.Truncate(time.Millisecond)
	switch c := p.EndedAt.Compare(k.last); {
	case len(k.plays) == 0:
	case c < 0:
		k.down++
	case c > 0:
		k.up++
	}
	k.last = p.EndedAt
	k.plays = append(k.plays, p)
	if k.counted != nil {
		k.counted.Add(1)
	}
}

// plausible reports whether t can be the time of a play.
func (k *sink) plausible(t time.Time) bool { return !t.Before(k.lo) && !t.After(k.hi) }

// expect makes room for the plays of a whole file once the first few hundred
// tell how many that will be: growing by and by would copy them many times. As
// a ZIP may lie about sizes, there is a limit to the room made.
func (k *sink) expect(size, read int64) {
	const sample, most = 512, 1 << 18
	if len(k.plays) == sample && cap(k.plays) < 2*sample && size > read {
		more := float64(size-read) / float64(read) * sample * 1.02
		k.plays = slices.Grow(k.plays, int(min(more, most)))
	}
}

// done closes the accounts.
func (k *sink) done() { k.file.OutOfOrder = min(k.up, k.down) }

// name returns b as a trimmed string of valid UTF-8, sharing memory with
// equal ones.
func (k *sink) name(b []byte) string {
	if s, ok := k.names[string(b)]; ok {
		return s
	}
	s := strings.ReplaceAll(strings.ToValidUTF8(string(bytes.TrimSpace(b)), "\ufffd"), "\x00", "\ufffd")
	if len(b) > 0 {
		k.names[string(b)] = s
	}
	return s
}

// spotifyID returns the 22 letters and digits of a track's URI or address, or
// "" if b is not one.
func (k *sink) spotifyID(b []byte) string {
	for _, prefix := range []string{"spotify:track:", "https://open.spotify.com/track/", "http://open.spotify.com/track/"} {
		if rest, ok := bytes.CutPrefix(b, []byte(prefix)); ok && len(rest) >= 22 {
			id := rest[:22]
			for _, c := range id {
				if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
					return ""
				}
			}
			if len(rest) == 22 || rest[22] == '?' || rest[22] == '/' {
				return k.name(id)
			}
		}
	}
	return ""
}

// isrc returns b in the twelve characters of an ISRC, or "".
func (k *sink) isrc(b []byte) string {
	var code [12]byte
	n := 0
	for _, c := range b {
		switch {
		case c == '-' || c == ' ':
			continue
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		case !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z'):
			return ""
		}
		if n == len(code) {
			return ""
		}
		code[n] = c
		n++
	}
	if n < len(code) {
		return ""
	}
	return k.name(code[:])
}

// scrobble completes a play of a source that records the start: length is how
// long it was heard if heard, otherwise the length of the track, 0 if unknown.
func (k *sink) scrobble(track segue.TrackRef, start time.Time, length time.Duration, heard bool) {
	if !k.plausible(start) {
		if track.Title == "" {
			k.drop(NoTitle)
		} else {
			k.drop(BadTime)
		}
		return
	}
	if !heard && (length <= 0 || length > longest) {
		length = segue.ScrobbleLength
	}
	k.keep(segue.Play{Track: track, EndedAt: start.Add(length), Played: length, Scrobble: !heard})
}

// milliseconds turns a number of them into a duration, to the millisecond;
// what is out of any range stays out of range.
func milliseconds(ms float64) time.Duration {
	const edge = float64(2 * longest / time.Millisecond)
	if !(ms >= 0) {
		return -1
	}
	return time.Duration(min(ms, edge)+0.5) * time.Millisecond
}
