package playlist

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

type jspfFile struct {
	Playlist jspfPlaylist `json:"playlist"`
}

type jspfPlaylist struct {
	Title     string                 `json:"title"`
	Creator   string                 `json:"creator,omitempty"`
	Extension *jspfPlaylistExtension `json:"extension,omitempty"`
	Track     []jspfTrack            `json:"track"`
}

// jspfPlaylistExtension has the body of MusicBrainz as an object, as its document
// writes it (https://musicbrainz.org/doc/jspf), and Segue's in a list, as JSPF has
// it.
type jspfPlaylistExtension struct {
	MusicBrainz musicBrainzPlaylist `json:"https://musicbrainz.org/doc/jspf#playlist"`
	Segue       []*asked            `json:"urn:segue:playlist:1,omitempty"`
}

// musicBrainzPlaylist says the one thing ListenBrainz asks for. Who made the list,
// for whom and when is for the server to say that takes it: it names its own users.
type musicBrainzPlaylist struct {
	Public bool `json:"public"`
}

type jspfTrack struct {
	Location   []string            `json:"location,omitempty"`
	Identifier []string            `json:"identifier,omitempty"`
	Title      string              `json:"title"`
	Creator    string              `json:"creator"`
	Annotation string              `json:"annotation,omitempty"`
	Album      string              `json:"album,omitempty"`
	Duration   int64               `json:"duration,omitempty"` // ms
	Extension  *jspfTrackExtension `json:"extension,omitempty"`
}

type jspfTrackExtension struct {
	MusicBrainz *musicBrainzTrack `json:"https://musicbrainz.org/doc/jspf#track,omitempty"`
	Segue       []*extension      `json:"urn:segue:playlist:track:1,omitempty"`
}

type musicBrainzTrack struct {
	AddedBy string `json:"added_by"` // who put it there
}

// writeJSPF writes JSPF (https://xspf.org/jspf): XSPF as JSON, with lists where XSPF
// may repeat an element. The playlist is not public.
func writeJSPF(w io.Writer, p *Playlist) error {
	doc := jspfFile{jspfPlaylist{Title: p.title(), Creator: creatorOf(p), Extension: &jspfPlaylistExtension{}, Track: []jspfTrack{}}}
	if a := askedOf(p); a != nil {
		doc.Playlist.Extension.Segue = []*asked{a}
	}
	for _, t := range p.Tracks {
		out := jspfTrack{
			Identifier: identifiers(t), Title: t.Title, Creator: joinArtists(t.Artists),
			Annotation: t.Reason, Album: t.Album, Duration: t.DurationMS,
		}
		if l := playable(t.ID); l != "" {
			out.Location = []string{l}
		}
		var ext jspfTrackExtension
		if e := extensionOf(t); e != nil {
			ext.Segue = []*extension{e}
		}
		if !t.bare {
			ext.MusicBrainz = &musicBrainzTrack{AddedBy: "Segue"}
		}
		if ext.Segue != nil || ext.MusicBrainz != nil {
			out.Extension = &ext
		}
		doc.Playlist.Track = append(doc.Playlist.Track, out)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}

// jspfRead is what a JSPF file may hold, as lenient as files by other programs ask:
// one value for a list of one, lengths as text.
type jspfRead struct {
	Playlist *struct {
		Title     string                     `json:"title"`
		Extension map[string]json.RawMessage `json:"extension"`
		Track     []json.RawMessage          `json:"track"`
	} `json:"playlist"`
}

type jspfReadTrack struct {
	Location   oneOrMore[string]          `json:"location"`
	Identifier oneOrMore[string]          `json:"identifier"`
	Title      string                     `json:"title"`
	Creator    string                     `json:"creator"`
	Annotation string                     `json:"annotation"`
	Album      string                     `json:"album"`
	Duration   json.RawMessage            `json:"duration"`
	Extension  map[string]json.RawMessage `json:"extension"`
}

func readJSPF(s *source) (*Playlist, error) {
	lines, err := s.scanJSON("track")
	if err != nil {
		return nil, err
	}
	var doc jspfRead
	if err := json.Unmarshal(s.text, &doc); err != nil {
		return nil, s.badJSON(err)
	}
	if doc.Playlist == nil {
		return nil, s.problem(0, "", `it has no "playlist"`, "")
	}
	s.p.name = doc.Playlist.Title
	if body := doc.Playlist.Extension[playlistExtension]; body != nil {
		var all oneOrMore[asked]
		if err := json.Unmarshal(body, &all); err != nil {
			return nil, s.problem(0, "extension", fmt.Sprintf("%.200s", err), "")
		}
		if len(all) > 0 {
			if column, problem := all[0].fill(s.p); problem != "" {
				return nil, s.problem(0, column, problem, "")
			}
		}
	}
	for i, raw := range doc.Playlist.Track {
		line := lineOf(lines, i)
		t, column, problem := jspfTrackOf(raw)
		if problem != "" {
			return nil, s.problem(line, column, fmt.Sprintf("track %d: %s", i+1, problem), "")
		}
		if err := s.add(line, t); err != nil {
			return nil, err
		}
	}
	return s.p, nil
}

// jspfTrackOf reads a track, or returns what is wrong with it.
func jspfTrackOf(raw json.RawMessage) (t Track, column, problem string) {
	var x jspfReadTrack
	if err := json.Unmarshal(raw, &x); err != nil {
		return t, "", fmt.Sprintf("%.200s", err)
	}
	t = Track{Title: x.Title, Album: x.Album, Reason: x.Annotation, Artists: splitArtists(x.Creator)}
	_, _ = t.place(nil, nil, nil, nil, "") // no place cannot be wrong
	if d := string(x.Duration); d != "" && d != "null" {
		if t.DurationMS, problem = milliseconds(strings.Trim(d, `"`)); problem != "" {
			return t, "duration", problem
		}
	}
	identify(&t, x.Location, x.Identifier)
	body := x.Extension[trackExtension]
	if body == nil {
		return t, "", ""
	}
	var all oneOrMore[extension]
	if err := json.Unmarshal(body, &all); err != nil {
		return t, "extension", fmt.Sprintf("%.200s", err)
	}
	if len(all) > 0 {
		column, problem = all[0].fill(&t)
	}
	return t, column, problem
}
