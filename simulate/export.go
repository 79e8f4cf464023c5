package simulate

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"segue"
)

// exportRow is a row of a streaming account's extended history, with the fields that
// package history reads.
type exportRow struct {
	TS      string `json:"ts"`
	MS      int64  `json:"ms_played"`
	Title   string `json:"master_metadata_track_name"`
	Artist  string `json:"master_metadata_album_artist_name"`
	Album   string `json:"master_metadata_album_album_name"`
	URI     string `json:"spotify_track_uri"`
	Ended   string `json:"reason_end"`
	Skipped bool   `json:"skipped"`
}

// WriteExport writes plays as a streaming account's extended history, a JSON array
// with a row a line, as their owner would get it: package history reads it back, to
// the second.
func WriteExport(w io.Writer, plays []segue.Play) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = b.WriteByte('[') // an error of b stays, and Flush returns it
	for i, p := range plays {
		if i > 0 {
			_ = b.WriteByte(',')
		}
		r := exportRow{TS: p.EndedAt.UTC().Format(time.RFC3339), MS: p.Played.Milliseconds(), Title: p.Track.Title, Artist: p.Track.Artist, Album: p.Track.Album, URI: "spotify:track:" + p.Track.ID, Ended: "trackdone"}
		if p.Skipped == segue.Yes {
			r.Skipped, r.Ended = true, "fwdbtn"
		}
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	_, _ = b.WriteString("]\n")
	return b.Flush()
}
