package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// The export comes in two files, and the second begins with some rows of the
// first, as happens when a listener asks twice. (d)
const (
	firstPart   = 0.58 // share of the rows in the first file
	overlapping = 240  // rows both files hold
)

// exportRow is a row of a streaming account's extended export, with the fields
// such exports have, in their order. What a reader must never keep is there,
// too, with made-up values: addresses are of the networks reserved for
// documentation (RFC 5737).
type exportRow struct {
	TS           string  `json:"ts"`
	Platform     string  `json:"platform"`
	MS           int     `json:"ms_played"`
	Country      string  `json:"conn_country"`
	IP           string  `json:"ip_addr"`
	Track        *string `json:"master_metadata_track_name"`
	Artist       *string `json:"master_metadata_album_artist_name"`
	Album        *string `json:"master_metadata_album_album_name"`
	URI          *string `json:"spotify_track_uri"`
	Episode      *string `json:"episode_name"`
	Show         *string `json:"episode_show_name"`
	EpisodeURI   *string `json:"spotify_episode_uri"`
	Audiobook    *string `json:"audiobook_title"`
	AudiobookURI *string `json:"audiobook_uri"`
	ChapterURI   *string `json:"audiobook_chapter_uri"`
	Chapter      *string `json:"audiobook_chapter_title"`
	ReasonStart  string  `json:"reason_start"`
	ReasonEnd    string  `json:"reason_end"`
	Shuffle      bool    `json:"shuffle"`
	Skipped      bool    `json:"skipped"`
	Offline      bool    `json:"offline"`
	OfflineAt    *int64  `json:"offline_timestamp"`
	Incognito    bool    `json:"incognito_mode"`
}

// History returns the files of the listening export, sorted by name: a year of
// plays in two overlapping parts. Times are the ends of plays in UTC.
func (d *Data) History() []File {
	cut := int(firstPart * float64(len(d.rows)))
	parts := [][]row{d.rows[:cut], d.rows[max(0, cut-overlapping):]}
	files := make([]File, len(parts))
	for i, rows := range parts {
		files[i] = File{
			Name: fmt.Sprintf("%sStreaming_History_Audio_%d_%d.json", historyFolder, Year, i),
			Body: d.export(rows),
		}
	}
	return files
}

// export writes rows as a JSON array, a row a line.
func (d *Data) export(rows []row) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteString("[")
	for i, r := range rows {
		if i > 0 {
			b.Truncate(b.Len() - 1) // the encoder's line end
			b.WriteString(",\n")
		}
		if err := e.Encode(d.exported(r)); err != nil {
			panic(fmt.Sprintf("demo: %v", err)) // strings and numbers always encode
		}
	}
	b.Truncate(b.Len() - 1)
	b.WriteString("]\n")
	return b.Bytes()
}

// exported fills in one row.
func (d *Data) exported(r row) exportRow {
	out := exportRow{
		TS: r.end.UTC().Format(time.RFC3339), Platform: "windows", MS: r.ms, Country: "VN", IP: "192.0.2.17",
		ReasonStart: r.start, ReasonEnd: r.stop, Shuffle: r.shuffle, Skipped: r.skipped, Offline: r.offline, Incognito: r.incognito,
	}
	if r.away {
		out.Platform, out.IP = "android", "198.51.100.23"
	}
	if r.offline {
		at := r.end.Unix()
		out.OfflineAt = &at
	}
	if r.track < 0 {
		name, show := fmt.Sprintf("Episode %d", r.episode), "The Lunch Break of Halden"
		uri := fmt.Sprintf("spotify:episode:demo%018d", r.episode)
		out.Episode, out.Show, out.EpisodeURI = &name, &show, &uri
		return out
	}
	t := d.library.tracks[r.track]
	id, title, album := t.id, t.title, t.album
	if r.edition {
		id = t.otherID
		if r.ms%2 == 0 { // some editions have a name of their own
			album += " (Expanded)"
		}
	}
	uri, artist := "spotify:track:"+id, d.library.artists[t.artists[0]].name
	out.Track, out.Artist, out.Album, out.URI = &title, &artist, &album, &uri
	return out
}
