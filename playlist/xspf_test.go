package playlist

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// element is any element of a document.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

// grammar is what the specification allows in an element of XSPF: which attribute it
// must have, which elements may stand in it (those in once at most once), and what
// its text is if it has no elements.
type grammar struct {
	attribute string
	children  map[string]*grammar
	once      string
	needs     string
	text      func(string) string // what is wrong with it
	any       bool                // elements of other namespaces too
}

// specification is XSPF version 1 (https://xspf.org/spec, §4) as a table.
func specification() *grammar {
	free := func(string) string { return "" }
	uri := func(s string) string {
		if s = strings.TrimSpace(s); strings.ContainsAny(s, " \"<>\\^`{|}") || !plainASCII(s) {
			return "no URI"
		}
		if _, err := url.Parse(s); err != nil {
			return err.Error()
		}
		return ""
	}
	number := func(s string) string {
		if !regexp.MustCompile(`^\s*\+?[0-9]+\s*$`).MatchString(s) {
			return "no nonNegativeInteger"
		}
		return ""
	}
	date := func(s string) string {
		if !regexp.MustCompile(`^\s*-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\s*$`).MatchString(s) {
			return "no dateTime"
		}
		return ""
	}
	text := func(check func(string) string) *grammar { return &grammar{text: check} }
	link := &grammar{attribute: "rel", text: uri}
	meta := &grammar{attribute: "rel", text: free}
	extension := &grammar{attribute: "application", any: true}
	track := &grammar{once: "title creator annotation info image album trackNum duration", children: map[string]*grammar{
		"location": text(uri), "identifier": text(uri), "title": text(free), "creator": text(free), "annotation": text(free),
		"info": text(uri), "image": text(uri), "album": text(free), "trackNum": text(number), "duration": text(number),
		"link": link, "meta": meta, "extension": extension,
	}}
	return &grammar{
		attribute: "version", needs: "trackList",
		once: "title creator annotation info location identifier image date license attribution trackList",
		children: map[string]*grammar{
			"title": text(free), "creator": text(free), "annotation": text(free), "info": text(uri), "location": text(uri),
			"identifier": text(uri), "image": text(uri), "date": text(date), "license": text(uri),
			"attribution": {children: map[string]*grammar{"location": text(uri), "identifier": text(uri)}},
			"link":        link, "meta": meta, "extension": extension,
			"trackList": {children: map[string]*grammar{"track": track}},
		},
	}
}

func plainASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}

// validateXSPF returns what in a document breaks the specification.
func validateXSPF(doc []byte) (faults []string) {
	var root element
	d := xml.NewDecoder(bytes.NewReader(doc))
	if err := d.Decode(&root); err != nil {
		return []string{err.Error()}
	}
	if len(bytes.TrimSpace(doc[d.InputOffset():])) > 0 {
		return []string{"something follows the document"}
	}
	if root.XMLName != (xml.Name{Space: xspfNamespace, Local: "playlist"}) {
		return []string{fmt.Sprintf("the root is %v", root.XMLName)}
	}
	for _, a := range root.Attrs {
		if a.Name.Local == "version" && a.Value != "1" {
			faults = append(faults, "version "+a.Value)
		}
	}
	var walk func(e element, r *grammar)
	walk = func(e element, r *grammar) {
		fault := func(format string, a ...any) {
			faults = append(faults, e.XMLName.Local+": "+fmt.Sprintf(format, a...))
		}
		has := r.attribute == ""
		for _, a := range e.Attrs {
			switch {
			case a.Name.Space == "" && a.Name.Local == r.attribute:
				has = true
				if _, err := url.Parse(a.Value); err != nil {
					fault("%s is %v", r.attribute, err)
				}
			case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
			case a.Name.Space == "http://www.w3.org/XML/1998/namespace" && (a.Name.Local == "base" || a.Name.Local == "id"):
			default:
				fault("attribute %v", a.Name)
			}
		}
		if !has {
			fault("no %s", r.attribute)
		}
		if r.any {
			return
		}
		if r.text != nil {
			if len(e.Children) > 0 {
				fault("markup")
			} else if wrong := r.text(e.Text); wrong != "" {
				fault("%q is %s", e.Text, wrong)
			}
			return
		}
		if strings.TrimSpace(e.Text) != "" {
			fault("text %q", e.Text)
		}
		seen := map[string]bool{}
		for _, c := range e.Children {
			name := c.XMLName.Local
			next := r.children[name]
			if c.XMLName.Space != xspfNamespace || next == nil {
				fault("%v stands in it", c.XMLName)
				continue
			}
			if seen[name] && slices.Contains(strings.Fields(r.once), name) {
				fault("%s stands twice", name)
			}
			seen[name] = true
			walk(c, next)
		}
		if r.needs != "" && !seen[r.needs] {
			fault("no %s", r.needs)
		}
	}
	walk(root, specification())
	return faults
}

// TestXSPFValidator: the validator of these tests finds what the specification
// forbids, and nothing in what it allows; the cases are those of its own test suite.
func TestXSPFValidator(t *testing.T) {
	const head, tail = `<playlist version="1" xmlns="http://xspf.org/ns/0/">`, `</playlist>`
	const tracks = `<trackList><track><title>a</title></track></trackList>`
	for name, doc := range map[string]string{
		"empty list":     head + `<trackList/>` + tail,
		"order":          head + tracks + `<title>a</title><date>2005-01-08T17:10:47-05:00</date>` + tail,
		"xml:base":       `<playlist version="1" xmlns="http://xspf.org/ns/0/" xml:base="http://x/">` + tracks + tail,
		"prefix":         `<x:playlist version="1" xmlns:x="http://xspf.org/ns/0/"><x:trackList/></x:playlist>`,
		"extension":      head + `<extension application="http://x"><a xmlns="b" c="d"><e/></a></extension>` + tracks + tail,
		"white space":    head + "<trackList><track><duration> \n 12 </duration><location>\n a.mp3 \n</location></track></trackList>" + tail,
		"attribution":    head + `<attribution><location>a</location><identifier>b</identifier></attribution>` + tracks + tail,
		"many locations": head + `<trackList><track><location>a</location><location>b</location><meta rel="http://x">y</meta></track></trackList>` + tail,
		"two namespaces": `<playlist version="1" xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://x">` + tracks + tail,
	} {
		if faults := validateXSPF([]byte(doc)); len(faults) > 0 {
			t.Errorf("%s: %q", name, faults)
		}
	}
	for name, doc := range map[string]string{
		"no list":          head + tail,
		"no version":       `<playlist xmlns="http://xspf.org/ns/0/">` + tracks + tail,
		"version 2":        `<playlist version="2" xmlns="http://xspf.org/ns/0/">` + tracks + tail,
		"no namespace":     `<playlist version="1">` + tracks + tail,
		"root":             `<list version="1" xmlns="http://xspf.org/ns/0/">` + tracks + `</list>`,
		"two titles":       head + `<title>a</title><title>b</title>` + tracks + tail,
		"two lists":        head + tracks + tracks + tail,
		"markup":           head + `<title>a<b/></title>` + tracks + tail,
		"attribute":        head + `<title x="y">a</title>` + tracks + tail,
		"no application":   head + `<extension><a xmlns="b"/></extension>` + tracks + tail,
		"no rel":           head + `<meta>a</meta>` + tracks + tail,
		"date":             head + `<date>yesterday</date>` + tracks + tail,
		"duration":         head + `<trackList><track><duration>-1</duration></track></trackList>` + tail,
		"fraction":         head + `<trackList><track><duration>1.5</duration></track></trackList>` + tail,
		"URI":              head + `<trackList><track><location>a b</location></track></trackList>` + tail,
		"text in a list":   head + `<trackList>a</trackList>` + tail,
		"stranger":         head + `<trackList><track><genre>a</genre></track></trackList>` + tail,
		"other's element":  head + tracks + `<a xmlns="b"/>` + tail,
		"nothing after it": head + tracks + tail + `<a/>`,
		"no XML":           head,
	} {
		if len(validateXSPF([]byte(doc))) == 0 {
			t.Errorf("%s: nothing found in %s", name, doc)
		}
	}
}

// TestXSPFKeepsToTheSpecification validates files of real names, of none, and of
// whatever names there may be.
func TestXSPFKeepsToTheSpecification(t *testing.T) {
	check := func(p *Playlist) (string, []string) {
		var b bytes.Buffer
		if err := Write(&b, XSPF, p); err != nil {
			return "", []string{err.Error()}
		}
		if !strings.HasPrefix(b.String(), `<?xml version="1.0" encoding="UTF-8"?>`) {
			return b.String(), []string{"no declaration"}
		}
		return b.String(), validateXSPF(b.Bytes())
	}
	for _, tracks := range [][]Track{sampleTracks(), nil} {
		if doc, faults := check(&Playlist{Minutes: 60, Tracks: tracks}); len(faults) > 0 {
			t.Fatalf("%q in\n%s", faults, doc)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if doc, faults := check(anyPlaylist().Draw(t, "playlist")); len(faults) > 0 {
			t.Fatalf("%q in\n%s", faults, doc)
		}
	})
}

// TestXSPFByHand is a whole file, so that a change of it is seen.
func TestXSPFByHand(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, XSPF, byHand()); err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" version="1">
  <title>Segue: sad to happy, 20 minutes</title>
  <creator>Segue</creator>
  <trackList>
    <track>
      <location>spotify:track:6KwkVtXm8OUp2XffN5k7lY</location>
      <identifier>urn:isrc:USRC17607839</identifier>
      <title>Moss &amp; stone</title>
      <creator>Hanne Lund; Duo</creator>
      <annotation>New to you</annotation>
      <album>Green</album>
      <duration>200400</duration>
      <extension application="urn:segue:playlist:track:1">
        <segue xmlns="urn:segue:playlist:track:1" id="6KwkVtXm8OUp2XffN5k7lY" isrc="USRC17607839" valence="0.25" arousal="0.125" mood="sad" phase="hold" target-valence="0.25" target-arousal="0.25" tempo="78" familiar="false">
          <artist>Hanne Lund</artist>
          <artist>Duo</artist>
        </segue>
      </extension>
    </track>
  </trackList>
  <extension application="urn:segue:playlist:1">
    <segue xmlns="urn:segue:playlist:1" from="sad" from-valence="0.25" from-arousal="0.25" to="happy" to-valence="0.75" to-arousal="0.75" minutes="20" arm="iso" seed="7" night="false"></segue>
  </extension>
</playlist>
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}
