package history

import (
	"bytes"
	"time"

	"segue"
)

// scrobbleRow is one track of Last.fm's user.getRecentTracks, or of what
// lastfmstats.com makes of it.
type scrobbleRow struct {
	title, artist, album, mbid, text []byte
	at                               float64
	hasAt                            bool
	playing                          segue.Tristate
}

// lastfmJSON reads pages of Last.fm's user.getRecentTracks, one or many, as
// they came or joined in an array or by line, and the bare list of tracks.
// date.uts is the start, in seconds; the track under way has no date.
func lastfmJSON() format {
	return format{
		name:      "Last.fm",
		scrobbles: true,
		sniff: func(h *head) bool {
			for _, at := range []string{"recenttracks.track.", "track.", ""} {
				if h.has(at+"name", at+"artist") && (h.has(at+"date.uts") || h.has(at+"@attr.nowplaying") || at == "recenttracks.track.") {
					return true
				}
			}
			return h.has("recenttracks")
		},
		read: func(in *input, out *sink) error {
			paths := [][]string{nil}
			if in.head.has("recenttracks") || in.head.has("track") {
				paths = [][]string{{"recenttracks", "track"}, {"track"}}
			}
			return readJSON(in, out, paths, parseScrobble, func(r *scrobbleRow) { keepScrobble(r, out) })
		},
	}
}

// lastfmStats reads lastfmstats.com's JSON; date is the start, in
// milliseconds.
func lastfmStats() format {
	return format{
		name:      "Last.fm (lastfmstats.com)",
		scrobbles: true,
		sniff:     func(h *head) bool { return h.has("scrobbles.track", "scrobbles.date") },
		read: func(in *input, out *sink) error {
			return readJSON(in, out, [][]string{{"scrobbles"}}, parseScrobble, func(r *scrobbleRow) { keepScrobble(r, out) })
		},
	}
}

func parseScrobble(p *parser, r *scrobbleRow) {
	p.enter('{')
	for p.next('}') {
		switch string(p.key()) {
		case "name", "track":
			r.title = p.text()
		case "artist":
			r.artist = named(p)
		case "album":
			r.album = named(p)
		case "mbid":
			r.mbid = p.text()
		case "@attr":
			if p.peek() != '{' {
				p.skip()
				continue
			}
			p.enter('{')
			for p.next('}') {
				if string(p.key()) == "nowplaying" {
					r.playing = p.truth()
				} else {
					p.skip()
				}
			}
		case "date":
			if p.peek() != '{' {
				r.at, r.hasAt = p.number()
				continue
			}
			p.enter('{')
			for p.next('}') {
				switch string(p.key()) {
				case "uts":
					r.at, r.hasAt = p.number()
				case "#text":
					r.text = p.text()
				default:
					p.skip()
				}
			}
		default:
			p.skip()
		}
	}
}

// named consumes a name, or an object that holds it under #text or name.
func named(p *parser) []byte {
	if p.peek() != '{' {
		return p.text()
	}
	var name []byte
	p.enter('{')
	for p.next('}') {
		switch string(p.key()) {
		case "#text", "name":
			if s := p.text(); len(s) > 0 {
				name = s
			}
		default:
			p.skip()
		}
	}
	return name
}

func keepScrobble(r *scrobbleRow, out *sink) {
	if r.playing == segue.Yes {
		out.drop(NowPlaying)
		return
	}
	var start time.Time
	if r.hasAt {
		start, _ = epoch(r.at)
	}
	if !out.plausible(start) {
		start, _ = parseTime(r.text)
	}
	out.scrobble(scrobbled(out, r.title, r.artist, r.album, r.mbid), start, 0, false)
}

// scrobbled names a track of Last.fm.
func scrobbled(out *sink, title, artist, album, mbid []byte) segue.TrackRef {
	t := segue.TrackRef{Title: out.name(title), Artist: out.name(artist), Album: out.name(album)}
	if isMBID(mbid) {
		t.ID = out.name(bytes.ToLower(mbid))
	}
	return t
}
