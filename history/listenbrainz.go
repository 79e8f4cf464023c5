package history

import (
	"bytes"
	"time"

	"segue"
)

// listenRow is one listen of ListenBrainz.
type listenRow struct {
	at                             []byte
	atEpoch                        float64
	playing                        segue.Tristate
	title, artist, album           []byte
	spotify, origin, isrc          []byte
	recording, mapped              []byte
	length, lengthSeconds, heard   float64
	hasLength, hasSeconds, hasHear bool
}

// listenBrainz reads ListenBrainz: JSON lines of its export, the older JSON
// array, and pages of its API. listened_at is the start of the play, in
// seconds; where duration_played is given, the time heard is known.
func listenBrainz() format {
	return format{
		name:      "ListenBrainz",
		scrobbles: true,
		sniff: func(h *head) bool {
			return h.has("track_metadata.track_name") || h.has("payload.listens.track_metadata") || h.has("track_metadata", "listened_at")
		},
		read: func(in *input, out *sink) error {
			paths := [][]string{nil}
			if in.head.has("payload.listens") {
				paths = [][]string{{"payload", "listens"}}
			}
			return readJSON(in, out, paths, parseListen, func(r *listenRow) { keepListen(r, out) })
		},
	}
}

func parseListen(p *parser, r *listenRow) {
	p.enter('{')
	for p.next('}') {
		switch string(p.key()) {
		case "listened_at":
			if p.peek() == '"' { // a date in old exports; digits read as a count below
				r.at = p.text()
			} else {
				r.atEpoch, _ = p.number()
			}
		case "playing_now":
			r.playing = p.truth()
		case "track_metadata":
			if p.peek() != '{' {
				p.skip()
				continue
			}
			p.enter('{')
			for p.next('}') {
				parseTrackMetadata(p, r)
			}
		default:
			p.skip()
		}
	}
}

func parseTrackMetadata(p *parser, r *listenRow) {
	switch key := string(p.key()); key {
	case "track_name":
		r.title = p.text()
	case "artist_name":
		r.artist = p.text()
	case "release_name":
		r.album = p.text()
	case "additional_info", "mbid_mapping":
		if p.peek() != '{' {
			p.skip()
			return
		}
		p.enter('{')
		for p.next('}') {
			inner := string(p.key())
			switch {
			case inner == "recording_mbid" && key == "mbid_mapping":
				r.mapped = p.text()
			case key == "mbid_mapping":
				p.skip()
			default:
				parseAdditionalInfo(inner, p, r)
			}
		}
	default:
		p.skip()
	}
}

func parseAdditionalInfo(key string, p *parser, r *listenRow) {
	switch key {
	case "recording_mbid":
		r.recording = p.text()
	case "spotify_id":
		r.spotify = p.text()
	case "origin_url":
		r.origin = p.text()
	case "isrc":
		r.isrc = p.text()
	case "duration_ms":
		r.length, r.hasLength = p.number()
	case "duration":
		r.lengthSeconds, r.hasSeconds = p.number()
	case "duration_played":
		r.heard, r.hasHear = p.number()
	default:
		p.skip()
	}
}

func keepListen(r *listenRow, out *sink) {
	start, ok := epoch(r.atEpoch)
	if !ok {
		if start, ok = parseTime(r.at); !ok {
			if n, isNumber := parseNumber(r.at); isNumber {
				start, ok = epoch(n)
			}
		}
	}
	if r.playing == segue.Yes && !ok {
		out.drop(NowPlaying)
		return
	}
	track := segue.TrackRef{
		ID: out.spotifyID(r.spotify), ISRC: out.isrc(r.isrc),
		Title: out.name(r.title), Artist: out.name(r.artist), Album: out.name(r.album),
	}
	for _, b := range [][]byte{r.origin, r.recording, r.mapped} {
		if track.ID == "" {
			if track.ID = out.spotifyID(b); track.ID == "" && isMBID(b) {
				track.ID = out.name(bytes.ToLower(b))
			}
		}
	}
	switch {
	case r.hasHear && r.heard >= 0 && r.heard*1000 <= float64(longest/time.Millisecond):
		out.scrobble(track, start, milliseconds(r.heard*1000), true)
	case r.hasLength:
		out.scrobble(track, start, milliseconds(r.length), false)
	case r.hasSeconds:
		out.scrobble(track, start, milliseconds(r.lengthSeconds*1000), false)
	default:
		out.scrobble(track, start, 0, false)
	}
}

// isMBID reports whether b is a MusicBrainz identifier: a UUID.
func isMBID(b []byte) bool {
	if len(b) != 36 {
		return false
	}
	for i, c := range b {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
				return false
			}
		}
	}
	return true
}
