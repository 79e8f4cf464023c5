package history

import (
	"strings"
	"time"
)

// lastfmCSV reads Last.fm tables whose header names the columns: those of
// lastfm.ghan.nl (uts, utc_time, artist, artist_mbid, album, album_mbid,
// track, track_mbid) and lastfmstats.com (Artist;Album;AlbumId;Track;Date#…,
// milliseconds, the listener's name in the header). The time is the start.
func lastfmCSV() format {
	return format{
		name:      "Last.fm (CSV)",
		scrobbles: true,
		sniff: func(h *head) bool {
			return h.column("artist") >= 0 && h.column("track", "name", "title") >= 0 &&
				(h.column("uts") >= 0 || h.column("utc_time") >= 0 || h.columnPrefix("date#") >= 0 || h.column("date") >= 0 && len(h.columns) <= 8)
		},
		read: func(in *input, out *sink) error {
			h := in.head
			title, artist, album, mbid := h.column("track", "name", "title"), h.column("artist"), h.column("album"), h.column("track_mbid")
			when := []int{h.column("uts"), h.columnPrefix("date#"), h.column("utc_time"), h.column("date")}
			return readTable(in, out, true, func(cell func(int) []byte) {
				out.scrobble(scrobbled(out, cell(title), cell(artist), cell(album), cell(mbid)), firstTime(cell, when), 0, false)
			})
		},
	}
}

// firstTime returns the first of the columns that is a time.
func firstTime(cell func(int) []byte, columns []int) time.Time {
	for _, c := range columns {
		b := cell(c)
		if n, ok := parseNumber(b); ok {
			if t, ok := epoch(n); ok {
				return t
			}
		}
		if t, ok := parseTime(b); ok {
			return t
		}
	}
	return time.Time{}
}

// lastfmBare reads the common table without a header: artist, album, track,
// and the start to the minute, as 04 Mar 2021 05:06.
func lastfmBare() format {
	return format{
		name:       "Last.fm (CSV, no header)",
		scrobbles:  true,
		resolution: time.Minute,
		sniff: func(h *head) bool {
			if len(h.columns) != 4 {
				return false
			}
			_, ok := parseTime([]byte(strings.TrimSpace(h.first[3])))
			return ok
		},
		read: func(in *input, out *sink) error {
			return readTable(in, out, false, func(cell func(int) []byte) {
				start, _ := parseTime(cell(3))
				out.scrobble(scrobbled(out, cell(2), cell(0), cell(1), nil), start, 0, false)
			})
		},
	}
}
