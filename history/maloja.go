package history

import (
	"strings"

	"segue"
)

// malojaRow is one scrobble of Maloja.
type malojaRow struct {
	at, length, heard   float64
	hasLength, hasHeard bool
	title, album        []byte
	artists             []string
}

// maloja reads Maloja's export and pages of its API: time is the start, in
// seconds; duration is how long it was heard, length the track's; both may be
// null. Older versions have no track around artists and title.
func maloja() format {
	return format{
		name:      "Maloja",
		scrobbles: true,
		sniff: func(h *head) bool {
			for _, at := range []string{"scrobbles", "list"} {
				if h.has(at+".time", at+".track.title") || h.has(at+".time", at+".artists", at+".title") {
					return true
				}
			}
			return h.has("maloja", "scrobbles")
		},
		read: func(in *input, out *sink) error {
			return readJSON(in, out, [][]string{{"scrobbles"}, {"list"}}, parseMaloja, func(r *malojaRow) { keepMaloja(r, out) })
		},
	}
}

func parseMaloja(p *parser, r *malojaRow) {
	p.enter('{')
	for p.next('}') {
		key := string(p.key())
		switch key {
		case "time":
			r.at, _ = p.number()
		case "duration":
			r.heard, r.hasHeard = p.number()
		case "track":
			if p.peek() != '{' {
				p.skip()
				continue
			}
			p.enter('{')
			for p.next('}') {
				parseMalojaTrack(string(p.key()), p, r)
			}
		default:
			parseMalojaTrack(key, p, r)
		}
	}
}

func parseMalojaTrack(key string, p *parser, r *malojaRow) {
	switch key {
	case "title":
		r.title = p.text()
	case "length":
		r.length, r.hasLength = p.number()
	case "artists":
		if p.peek() != '[' {
			p.skip()
			return
		}
		r.artists = nil
		p.enter('[')
		for p.next(']') {
			if name := p.text(); len(name) > 0 {
				r.artists = append(r.artists, string(name))
			}
		}
	case "album":
		if p.peek() != '{' {
			r.album = p.text()
			return
		}
		p.enter('{')
		for p.next('}') {
			switch string(p.key()) {
			case "albumtitle", "name":
				r.album = p.text()
			default:
				p.skip()
			}
		}
	default:
		p.skip()
	}
}

func keepMaloja(r *malojaRow, out *sink) {
	start, _ := epoch(r.at)
	track := segue.TrackRef{
		Title: out.name(r.title), Artist: out.name([]byte(strings.Join(r.artists, "; "))), Album: out.name(r.album),
	}
	if r.hasHeard && r.heard > 0 {
		out.scrobble(track, start, milliseconds(r.heard*1000), true)
		return
	}
	out.scrobble(track, start, milliseconds(r.length*1000), false)
}
