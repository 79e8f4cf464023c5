package history

import "segue"

// extendedRow is what is kept, for a moment, of one row of Spotify's extended
// streaming history. ts is the end of the play.
type extendedRow struct {
	ts, title, artist, album, uri, reasonEnd []byte
	ms, offline                              float64
	hasMS, hasOffline                        bool
	episode, audiobook                       bool
	skipped                                  segue.Tristate
}

// spotifyExtended reads Spotify's extended streaming history, of all years:
// ts as 2021-03-04T05:06:07Z or 2021-03-04 05:06:07.
func spotifyExtended() format {
	return format{
		name:  "Spotify extended streaming history",
		sniff: func(h *head) bool { return h.has("ts", "ms_played") },
		read: func(in *input, out *sink) error {
			return readJSON(in, out, [][]string{nil}, parseExtended, func(r *extendedRow) { keepExtended(r, out) })
		},
	}
}

func parseExtended(p *parser, r *extendedRow) {
	p.enter('{')
	for p.next('}') {
		switch string(p.key()) {
		case "ts":
			r.ts = p.text()
		case "ms_played":
			r.ms, r.hasMS = p.number()
		case "master_metadata_track_name":
			r.title = p.text()
		case "master_metadata_album_artist_name":
			r.artist = p.text()
		case "master_metadata_album_album_name":
			r.album = p.text()
		case "spotify_track_uri":
			r.uri = p.text()
		case "episode_name", "episode_show_name", "spotify_episode_uri":
			r.episode = len(p.text()) > 0 || r.episode
		case "audiobook_title", "audiobook_uri", "audiobook_chapter_title", "audiobook_chapter_uri":
			r.audiobook = len(p.text()) > 0 || r.audiobook
		case "reason_end":
			r.reasonEnd = p.text()
		case "skipped":
			r.skipped = p.truth()
		case "offline_timestamp":
			r.offline, r.hasOffline = p.number()
		default:
			p.skip()
		}
	}
}

func keepExtended(r *extendedRow, out *sink) {
	if len(r.title) == 0 {
		out.drop(reasonWithoutTitle(r.episode, r.audiobook))
		return
	}
	if !r.hasMS {
		out.drop(BadDuration)
		return
	}
	p := segue.Play{
		Track: segue.TrackRef{
			ID: out.spotifyID(r.uri), Title: out.name(r.title), Artist: out.name(r.artist), Album: out.name(r.album),
		},
		Played:  milliseconds(r.ms),
		Skipped: spotifySkip(r.reasonEnd, r.skipped),
	}
	end, ok := parseTime(r.ts)
	if !ok || !out.plausible(end) {
		// offline_timestamp, seconds or milliseconds, is when the play began.
		if start, ok := epoch(r.offline); ok && r.hasOffline && p.Played >= 0 && p.Played <= longest && out.plausible(start) {
			end = start.Add(p.Played)
		}
	}
	p.EndedAt = end
	out.keep(p)
}

// spotifySkip decides by reason_end where it is decisive, otherwise by
// skipped.
func spotifySkip(reasonEnd []byte, skipped segue.Tristate) segue.Tristate {
	switch string(reasonEnd) {
	case "trackdone":
		return segue.No
	case "fwdbtn", "backbtn", "clickrow", "clickside", "playbtn", "popup", "uriopen":
		return segue.Yes
	}
	return skipped
}
