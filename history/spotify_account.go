package history

import (
	"time"

	"segue"
)

// accountRow is one row of the streaming history in Spotify's account data.
type accountRow struct {
	end, title, artist []byte
	ms                 float64
	hasMS              bool
	podcast, audiobook bool
}

// spotifyAccount reads the streaming history of Spotify's account data:
// endTime is the end of the play, to the minute.
func spotifyAccount() format {
	return format{
		name:       "Spotify account data",
		resolution: time.Minute,
		sniff:      func(h *head) bool { return h.has("endTime", "msPlayed") },
		read: func(in *input, out *sink) error {
			return readJSON(in, out, [][]string{nil}, parseAccount, func(r *accountRow) { keepAccount(r, out) })
		},
	}
}

func parseAccount(p *parser, r *accountRow) {
	p.enter('{')
	for p.next('}') {
		switch string(p.key()) {
		case "endTime":
			r.end = p.text()
		case "artistName":
			r.artist = p.text()
		case "trackName":
			r.title = p.text()
		case "msPlayed":
			r.ms, r.hasMS = p.number()
		case "podcastName", "episodeName":
			r.podcast = p.text() != nil || r.podcast
		case "audiobookName", "audiobookTitle", "authorName", "chapterName", "chapterTitle":
			r.audiobook = p.text() != nil || r.audiobook
		default:
			p.skip()
		}
	}
}

func keepAccount(r *accountRow, out *sink) {
	if len(r.title) == 0 {
		out.drop(reasonWithoutTitle(r.podcast, r.audiobook))
		return
	}
	if !r.hasMS {
		out.drop(BadDuration)
		return
	}
	end, _ := parseTime(r.end)
	out.keep(segue.Play{
		Track:   segue.TrackRef{Title: out.name(r.title), Artist: out.name(r.artist)},
		EndedAt: end,
		Played:  milliseconds(r.ms),
	})
}

// reasonWithoutTitle returns why a row of a Spotify export that names no track of
// music is dropped: it says what else it is, or nothing.
func reasonWithoutTitle(podcast, audiobook bool) string {
	switch {
	case podcast:
		return Podcast
	case audiobook:
		return Audiobook
	}
	return NoTitle
}
