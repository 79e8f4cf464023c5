package playlist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const xspfNamespace = "http://xspf.org/ns/0/"

type xspfPlaylist struct {
	XMLName struct{} `xml:"http://xspf.org/ns/0/ playlist"`
	Version string   `xml:"version,attr"`
	Title   string   `xml:"title,omitempty"`
	Creator string   `xml:"creator,omitempty"`
	List    struct { // stands there even if it is empty
		Tracks []xspfTrack `xml:"track"`
	} `xml:"trackList"`
	Extension *xspfExtension[*asked] `xml:"extension"`
}

// xspfTrack has its elements in the order of the specification. Its trackNum is
// the place on the album, which is not known here: the place in the playlist is
// the order of the tracks.
type xspfTrack struct {
	Location   string                     `xml:"location,omitempty"`
	Identifier []string                   `xml:"identifier"`
	Title      string                     `xml:"title,omitempty"`
	Creator    string                     `xml:"creator,omitempty"`
	Annotation string                     `xml:"annotation,omitempty"`
	Album      string                     `xml:"album,omitempty"`
	Duration   int64                      `xml:"duration,omitempty"` // ms
	Extension  *xspfExtension[*extension] `xml:"extension"`
}

type xspfExtension[T any] struct {
	Application string `xml:"application,attr"`
	Body        T
}

// writeXSPF writes XSPF version 1.
func writeXSPF(w io.Writer, p *Playlist) error {
	doc := xspfPlaylist{Version: "1", Title: p.title(), Creator: creatorOf(p)}
	if a := askedOf(p); a != nil {
		doc.Extension = &xspfExtension[*asked]{playlistExtension, a}
	}
	for _, t := range p.Tracks {
		if idOf(locationOf(t.ID)) != t.ID { // then an attribute has to hold it
			t.ID = xmlText(t.ID)
		}
		out := xspfTrack{
			Location: playable(t.ID), Identifier: identifiers(t), Title: t.Title, Creator: joinArtists(t.Artists),
			Annotation: t.Reason, Album: t.Album, Duration: t.DurationMS,
		}
		if e := extensionOf(t); e != nil {
			out.Extension = &xspfExtension[*extension]{trackExtension, e}
		}
		doc.List.Tracks = append(doc.List.Tracks, out)
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

// creatorOf returns who made a playlist: nobody is known to have made another
// program's.
func creatorOf(p *Playlist) string {
	if p.Minutes == 0 {
		return ""
	}
	return "Segue"
}

// playable returns the location of an id, none for a recording's address, which
// names a track and does not play it.
func playable(id string) string {
	if isRecording(id) {
		return ""
	}
	return locationOf(id)
}

// xmlText returns s as XML can hold it: U+FFFD stands for any other character.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return utf8.RuneError
		}
		return r
	}, s)
}

// xspfReader walks a document element by element. It reads no DOCTYPE, so no
// entity grows, and goes maxDepth deep.
type xspfReader struct {
	*source
	d     *xml.Decoder
	depth int
}

// readXSPF reads XSPF of any version, with its namespace or none.
func readXSPF(s *source) (*Playlist, error) {
	x := &xspfReader{source: s, d: xml.NewDecoder(bytes.NewReader(s.text))}
	x.d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		for _, c := range s.text {
			if c >= utf8.RuneSelf {
				return nil, fmt.Errorf("it says it is in %s", charset)
			}
		}
		return r, nil // ASCII is the same in all
	}
	roots := 0
	err := x.each(func(root xml.StartElement) error {
		if roots++; roots > 1 {
			return x.fail("", "something stands after the playlist")
		}
		if root.Name.Local != "playlist" || root.Name.Space != "" && root.Name.Space != xspfNamespace {
			return x.fail("", fmt.Sprintf("the document is %.80q of %.80q, not a playlist of %s", root.Name.Local, root.Name.Space, xspfNamespace))
		}
		return x.playlist()
	})
	if err != nil {
		return nil, err
	}
	if roots == 0 {
		return nil, x.fail("", "there is no playlist")
	}
	return s.p, nil
}

func (x *xspfReader) playlist() error {
	once := x.once("title", "trackList")
	lists := 0
	err := x.each(func(e xml.StartElement) (err error) {
		if err := once(e); err != nil {
			return err
		}
		switch x.name(e) {
		case "title":
			x.p.name, err = x.content()
			return err
		case "trackList":
			lists++
			return x.each(func(e xml.StartElement) error {
				if x.name(e) != "track" {
					return x.skip()
				}
				return x.track()
			})
		case "extension":
			a := &asked{}
			read, err := x.extension(e, playlistExtension, a)
			if err == nil && read {
				err = x.check(a.fill(x.p))
			}
			return err
		}
		return x.skip()
	})
	if err == nil && lists == 0 {
		return x.fail("trackList", "there is no list of tracks")
	}
	return err
}

func (x *xspfReader) track() error {
	line, _ := x.d.InputPos()
	t := Track{bare: true}
	_, _ = t.place(nil, nil, nil, nil, "") // no place cannot be wrong
	var locations, names []string
	var ours *extension
	once := x.once("title", "creator", "annotation", "album", "duration")
	err := x.each(func(e xml.StartElement) error {
		if err := once(e); err != nil {
			return err
		}
		name := x.name(e)
		switch name {
		case "location", "identifier", "title", "creator", "annotation", "album", "duration":
		case "extension":
			body := &extension{}
			read, err := x.extension(e, trackExtension, body)
			if read && ours != nil {
				return x.fail(name, "Segue's extension stands twice")
			}
			if read {
				ours = body
			}
			return err
		default:
			return x.skip()
		}
		text, err := x.content()
		if err != nil {
			return err
		}
		switch name {
		case "location":
			locations = append(locations, text)
		case "identifier":
			names = append(names, text)
		case "title":
			t.Title = text
		case "creator":
			t.Artists = splitArtists(text)
		case "annotation":
			t.Reason = text
		case "album":
			t.Album = text
		case "duration":
			ms, problem := milliseconds(text)
			t.DurationMS = ms
			return x.check(name, problem)
		}
		return nil
	})
	if err != nil {
		return err
	}
	identify(&t, locations, names)
	if ours != nil {
		if err := x.check(ours.fill(&t)); err != nil {
			return err
		}
	}
	return x.add(line, t)
}

// extension reads the body of an extension into v, which is *asked or *extension, if
// it is Segue's of this name, else it reads past it.
func (x *xspfReader) extension(e xml.StartElement, application string, v any) (read bool, err error) {
	ours := false
	for _, a := range e.Attr {
		ours = ours || a.Name.Local == "application" && strings.TrimSpace(a.Value) == application
	}
	err = x.each(func(e xml.StartElement) error {
		if !ours || e.Name != (xml.Name{Space: application, Local: "segue"}) {
			return x.skip()
		}
		if read {
			return x.fail("extension", "its body stands twice")
		}
		read = true
		seen := map[xml.Name]bool{}
		for _, a := range e.Attr {
			if seen[a.Name] {
				return x.fail(a.Name.Local, "it stands twice")
			}
			seen[a.Name] = true
		}
		if err := xml.NewTokenDecoder(&tokens{e, e.End()}).Decode(v); err != nil {
			return x.broken(err)
		}
		return x.each(func(e xml.StartElement) error {
			track, ok := v.(*extension)
			if !ok || e.Name != (xml.Name{Space: application, Local: "artist"}) {
				return x.skip()
			}
			artist, err := x.content()
			track.Artists = append(track.Artists, artist)
			return err
		})
	})
	return read, err
}

// tokens gives a decoder the attributes of one element: what stands in it is read
// here, which counts how deep it goes.
type tokens []xml.Token

// Token returns the next token, and io.EOF after the last.
func (t *tokens) Token() (xml.Token, error) {
	if len(*t) == 0 {
		return nil, io.EOF
	}
	next := (*t)[0]
	*t = (*t)[1:]
	return next, nil
}

// each calls do for each element up to the end of the one it stands in, or of the
// document. Do reads its element to the end.
func (x *xspfReader) each(do func(xml.StartElement) error) error {
	_, err := x.walk(do)
	return err
}

// content returns the text of an element, which has no markup.
func (x *xspfReader) content() (string, error) {
	return x.walk(func(e xml.StartElement) error {
		return x.fail("", fmt.Sprintf("there is markup in the text, <%.80s>", e.Name.Local))
	})
}

// skip reads past an element.
func (x *xspfReader) skip() error {
	return x.each(func(xml.StartElement) error { return x.skip() })
}

func (x *xspfReader) walk(do func(xml.StartElement) error) (string, error) {
	var text []byte
	for {
		token, err := x.d.Token()
		if errors.Is(err, io.EOF) && x.depth == 0 {
			return string(text), nil
		}
		if err != nil {
			return "", x.broken(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if x.depth++; x.depth > maxDepth {
				return "", x.fail("", fmt.Sprintf("its elements are nested more than %d deep", maxDepth))
			}
			if err := do(token); err != nil {
				return "", err
			}
		case xml.EndElement:
			x.depth--
			return string(text), nil
		case xml.CharData:
			text = append(text, token...)
		case xml.Directive:
			return "", x.fail("", "it has a DOCTYPE, which a playlist needs not")
		}
	}
}

// once returns a check that elements of these names stand there once.
func (x *xspfReader) once(names ...string) func(xml.StartElement) error {
	seen := map[string]bool{}
	return func(e xml.StartElement) error {
		name := x.name(e)
		for _, n := range names {
			if n == name && seen[n] {
				return x.fail(n, "it stands twice")
			}
		}
		seen[name] = true
		return nil
	}
}

// name returns the name of an element of XSPF, "" for that of another namespace.
func (x *xspfReader) name(e xml.StartElement) string {
	if e.Name.Space != "" && e.Name.Space != xspfNamespace {
		return ""
	}
	return e.Name.Local
}

// check returns the error of a problem, nil if there is none.
func (x *xspfReader) check(column, problem string) error {
	if problem == "" {
		return nil
	}
	return x.fail(column, problem)
}

// fail returns a problem where the reader stands.
func (x *xspfReader) fail(column, problem string) error {
	line, _ := x.d.InputPos()
	return x.problem(line, column, problem, "")
}

// broken returns the error of what is no XML.
func (x *xspfReader) broken(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return x.problem(syntax.Line, "", fmt.Sprintf("%.200s", syntax.Msg), "")
	}
	return x.fail("", fmt.Sprintf("%.200s", err))
}
