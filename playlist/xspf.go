package playlist

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

type xspfPlaylist struct {
	XMLName struct{} `xml:"http://xspf.org/ns/0/ playlist"`
	Version string   `xml:"version,attr"`
	Title   string   `xml:"title,omitempty"`
	Creator string   `xml:"creator,omitempty"`
	List    struct { // stands there even if it is empty
		Tracks []xspfTrack `xml:"track"`
	} `xml:"trackList"`
}

// xspfTrack has its elements in the order of the specification. Its trackNum is
// the place on the album, which is not known here: the place in the playlist is
// the order of the tracks.
type xspfTrack struct {
	Location   string         `xml:"location,omitempty"`
	Identifier []string       `xml:"identifier"`
	Title      string         `xml:"title,omitempty"`
	Creator    string         `xml:"creator,omitempty"`
	Annotation string         `xml:"annotation,omitempty"`
	Album      string         `xml:"album,omitempty"`
	Duration   int64          `xml:"duration,omitempty"` // ms
	Extension  *xspfExtension `xml:"extension"`
}

type xspfExtension struct {
	Application string    `xml:"application,attr"`
	Body        extension `xml:"urn:segue:playlist:track:1 segue"`
}

// writeXSPF writes XSPF version 1.
func writeXSPF(w io.Writer, p *Playlist) error {
	doc := xspfPlaylist{Version: "1", Title: p.title(), Creator: "Segue"}
	for _, t := range p.Tracks {
		doc.List.Tracks = append(doc.List.Tracks, xspfTrack{
			Location: locationOf(t.ID), Identifier: identifiers(t), Title: t.Title, Creator: strings.Join(t.Artists, "; "),
			Annotation: t.Reason, Album: t.Album, Duration: t.DurationMS,
			Extension: &xspfExtension{extensionURI, extensionOf(t)},
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// identifiers returns the names a track has everywhere: its ISRC as a URN.
func identifiers(t Track) []string {
	if t.ISRC == "" {
		return nil
	}
	return []string{"urn:isrc:" + escape(t.ISRC)}
}

func readXSPF(r io.Reader) (*Playlist, error) {
	var doc xspfPlaylist
	if err := xml.NewDecoder(r).Decode(&doc); err != nil {
		return nil, problemIn(XSPF, 0, "", fmt.Sprint(err))
	}
	p := &Playlist{}
	for _, x := range doc.List.Tracks {
		t := Track{
			ID: idOf(x.Location), Title: x.Title, Album: x.Album, DurationMS: max(0, x.Duration), Reason: x.Annotation,
		}
		if x.Creator != "" {
			t.Artists = strings.Split(x.Creator, "; ")
		}
		if x.Extension != nil && x.Extension.Application == extensionURI {
			x.Extension.Body.fill(&t)
		}
		p.append(t)
	}
	return p, nil
}
