package playlist

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// The extensions MusicBrainz and ListenBrainz add to JSPF.
// (https://musicbrainz.org/doc/jspf)
const (
	jspfPlaylistURI = "https://musicbrainz.org/doc/jspf#playlist"
	jspfTrackURI    = "https://musicbrainz.org/doc/jspf#track"
)

type jspfFile struct {
	Playlist jspfPlaylist `json:"playlist"`
}

type jspfPlaylist struct {
	Title     string                     `json:"title"`
	Creator   string                     `json:"creator,omitempty"`
	Extension map[string]json.RawMessage `json:"extension,omitempty"`
	Track     []jspfTrack                `json:"track"`
}

type jspfTrack struct {
	Location   json.RawMessage            `json:"location,omitempty"` // one or a list
	Identifier json.RawMessage            `json:"identifier,omitempty"`
	Title      string                     `json:"title"`
	Creator    string                     `json:"creator"`
	Annotation string                     `json:"annotation,omitempty"`
	Album      string                     `json:"album,omitempty"`
	Duration   int64                      `json:"duration,omitempty"` // ms
	Extension  map[string]json.RawMessage `json:"extension,omitempty"`
}

// writeJSPF writes JSPF: XSPF as JSON. Moods stand in Segue's extension alone,
// so that a program that does not know it carries none on.
func writeJSPF(w io.Writer, p *Playlist) error {
	raw := func(v any) json.RawMessage {
		b, err := json.Marshal(v)
		if err != nil {
			panic("playlist: " + err.Error()) // strings and finite numbers always marshal
		}
		return b
	}
	doc := jspfFile{jspfPlaylist{
		Title: p.title(), Creator: "Segue", Track: []jspfTrack{},
		Extension: map[string]json.RawMessage{jspfPlaylistURI: raw(map[string]any{"public": false})},
	}}
	for _, t := range p.Tracks {
		out := jspfTrack{
			Location: raw([]string{locationOf(t.ID)}), Title: t.Title, Creator: strings.Join(t.Artists, "; "),
			Annotation: t.Reason, Album: t.Album, Duration: t.DurationMS,
			Extension: map[string]json.RawMessage{
				extensionURI: raw([]extension{extensionOf(t)}),
				jspfTrackURI: raw(map[string]any{"added_by": "Segue"}),
			},
		}
		if ids := identifiers(t); ids != nil {
			out.Identifier = raw(ids)
		}
		doc.Playlist.Track = append(doc.Playlist.Track, out)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}

func readJSPF(r io.Reader) (*Playlist, error) {
	var doc jspfFile
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return nil, problemIn(JSPF, 0, "", fmt.Sprint(err))
	}
	p := &Playlist{}
	for _, x := range doc.Playlist.Track {
		location, _ := one[string](x.Location)
		t := Track{ID: idOf(location), Title: x.Title, Album: x.Album, DurationMS: max(0, x.Duration), Reason: x.Annotation}
		if x.Creator != "" {
			t.Artists = strings.Split(x.Creator, "; ")
		}
		if e, ok := one[extension](x.Extension[extensionURI]); ok {
			e.fill(&t)
		}
		p.append(t)
	}
	return p, nil
}
