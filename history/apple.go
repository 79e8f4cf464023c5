package history

import (
	"bytes"
	"time"

	"segue"
)

// appleMusic reads "Apple Music Play Activity.csv" of all years. Song Name was
// Content Name; Artist Name is missing from some years, where Container Artist
// Name stands in, or Track Description ("Artist - Song"); without any the play
// has no artist. Each row is a stretch
// of playback that ended: Event End Timestamp.
func appleMusic() format {
	return format{
		name: "Apple Music play activity",
		sniff: func(h *head) bool {
			return h.column("song name", "content name") >= 0 && h.column("play duration milliseconds") >= 0 &&
				(h.column("event end timestamp") >= 0 || h.column("event start timestamp") >= 0)
		},
		read: func(in *input, out *sink) error {
			h := in.head
			c := appleColumns{
				title: h.column("song name", "content name"), album: h.column("album name", "container album name"),
				artist: h.column("artist name"), container: h.column("container artist name"), described: h.column("track description"),
				start: h.column("event start timestamp"), end: h.column("event end timestamp"),
				played: h.column("play duration milliseconds"), reason: h.column("end reason type"),
				event: h.column("event type"), media: h.column("media type"), item: h.column("item type"),
			}
			return readTable(in, out, true, func(cell func(int) []byte) { keepApple(c, cell, out) })
		},
	}
}

// appleColumns are indices of columns, -1 where a file has none.
type appleColumns struct {
	title, album, artist, container, described, start, end, played, reason, event, media, item int
}

func keepApple(c appleColumns, cell func(int) []byte, out *sink) {
	if e := cell(c.event); len(e) > 0 && string(e) != "PLAY_END" {
		out.drop(OtherEvent)
		return
	}
	if bytes.Contains(cell(c.media), []byte("VIDEO")) || bytes.Contains(cell(c.item), []byte("VIDEO")) {
		out.drop(Video)
		return
	}
	track := segue.TrackRef{Title: out.name(cell(c.title)), Artist: out.name(cell(c.artist)), Album: out.name(cell(c.album))}
	if track.Artist == "" {
		track.Artist = out.name(cell(c.container))
	}
	if track.Artist == "" && track.Title != "" {
		if artist, ok := bytes.CutSuffix(cell(c.described), []byte(" - "+track.Title)); ok {
			track.Artist = out.name(artist)
		}
	}
	if track.Title == "" {
		out.drop(NoTitle)
		return
	}
	start, hasStart := parseTime(cell(c.start))
	end, hasEnd := parseTime(cell(c.end))
	var played time.Duration
	switch ms, ok := parseNumber(cell(c.played)); {
	case ok:
		played = milliseconds(ms)
	case hasStart && hasEnd:
		played = end.Sub(start)
	default:
		out.drop(BadDuration)
		return
	}
	if !hasEnd && hasStart && played >= 0 {
		end = start.Add(played)
	}
	out.keep(segue.Play{Track: track, EndedAt: end, Played: played, Skipped: appleSkip(cell(c.reason))})
}

// appleSkip reads End Reason Type.
func appleSkip(reason []byte) segue.Tristate {
	switch string(reason) {
	case "NATURAL_END_OF_TRACK", "PLAYBACK_MANUALLY_PAUSED", "PLAYBACK_SUSPENDED", "PLAYBACK_PAUSED_DUE_TO_INACTIVITY",
		"SCRUB_BEGIN", "SCRUB_END":
		return segue.No
	case "TRACK_SKIPPED_FORWARDS", "TRACK_SKIPPED_BACKWARDS", "MANUALLY_SELECTED_PLAYBACK_OF_A_DIFF_ITEM", "TRACK_BANNED":
		return segue.Yes
	}
	return segue.Unknown
}
