package playlist

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue"
)

// hardNames are what real tables hold, and what breaks writers.
func hardNames() []string {
	return []string{
		"Plain", `Say "Hello", & <goodbye>`, "夜に駆ける", "Ünïcode – Ærø", "=1+1", "'=x", "''+y", "-", "@handle", "'Round Midnight",
		"a\nb", "# not a comment", "A - B", "]]>", "שלום", "🎵", "semi;colon", "100% Pure", "tab\there",
	}
}

func sampleTracks() []Track {
	var out []Track
	var start int64
	yes, no := true, false
	for i, name := range hardNames() {
		t := Track{
			ID: "6KwkVtXm8OUp2XffN5k7lY", Title: name, Artists: []string{hardNames()[(i+3)%len(hardNames())], "Second"}, Album: hardNames()[(i+7)%len(hardNames())],
			StartMS: start, DurationMS: int64(180_000 + 1000*i), Valence: .125, Arousal: .1 + .01*float64(i), Tempo: number(120.5),
			Energy: number(.3), Mood: segue.Calm, Phase: Shift, Target: [2]float64{.5, .25}, Reason: "New to you; 78 beats a minute",
		}
		switch i % 3 {
		case 0:
			t.Familiar, t.ISRC = &yes, "USRC17607839"
		case 1:
			t.Familiar, t.ID = &no, "music/ä b/"+name+".flac"
		}
		start += t.DurationMS
		out = append(out, t)
	}
	return out
}

func TestFilesComeBack(t *testing.T) {
	p := &Playlist{
		From: Place{Name: "angry"}, To: Place{Name: "calm", Affect: segue.Affect{Valence: 1}}, Minutes: 60, Tracks: sampleTracks(),
	}
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := Write(&b, f, p); err != nil {
			t.Fatal(f, err)
		}
		got, err := Read(&b, f)
		if err != nil {
			t.Fatal(f, err)
		}
		if len(got.Tracks) != len(p.Tracks) {
			t.Fatalf("%s: %d tracks came back of %d", f, len(got.Tracks), len(p.Tracks))
		}
		for i, want := range p.Tracks {
			if f == M3U8 { // holds lines of text only
				want = Track{
					ID: want.ID, Title: oneLine(want.Title), Album: oneLine(want.Album), StartMS: want.StartMS, DurationMS: want.DurationMS,
					Artists: []string{oneLine(want.Artists[0]), "Second"},
				}
			}
			if !reflect.DeepEqual(got.Tracks[i], want) {
				t.Errorf("%s: track %d came back as\n%+v, was\n%+v", f, i, got.Tracks[i], want)
			}
		}
	}
}

func TestM3U8ByHand(t *testing.T) {
	p := &Playlist{From: Place{Name: "sad"}, To: Place{Name: "happy"}, Minutes: 20, Tracks: []Track{
		{ID: "6KwkVtXm8OUp2XffN5k7lY", Title: "Moss\nand stone", Artists: []string{"Hanne Lund", "Duo"}, Album: "Green", DurationMS: 200_400},
	}}
	p.To.Valence = .8
	want := "#EXTM3U\n#EXTENC:UTF-8\n#PLAYLIST:Segue: sad to happy, 20 minutes\n" +
		"#EXTINF:200,Hanne Lund; Duo - Moss and stone\n#EXTART:Hanne Lund; Duo\n#EXTALB:Green\nspotify:track:6KwkVtXm8OUp2XffN5k7lY\n"
	var b strings.Builder
	if err := Write(&b, M3U8, p); err != nil || b.String() != want {
		t.Errorf("got %v\n%s", err, b.String())
	}
}

// TestCSVRunsNoFormula writes cells of every field that a spreadsheet could run,
// the phase of a file from elsewhere among them, and reads them as one would.
func TestCSVRunsNoFormula(t *testing.T) {
	bad := []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  @x", "'=1", "''=1", "\u00a0=1", "\u3000-1", "＝1+1", "＠x", "－1",
		"=HYPERLINK(\"http://x\",\"y\")", "=cmd|' /C calc'!A0",
	}
	var in []Track
	for i, s := range bad {
		in = append(in, Track{ID: s, Title: s, Artists: []string{s}, Album: s, ISRC: s, Phase: Phase(s), Reason: s, DurationMS: int64(i)})
	}
	var b bytes.Buffer
	if err := Write(&b, CSV, &Playlist{Tracks: in}); err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range cells[1:] {
		for i, cell := range row {
			if trimmed := strings.TrimSpace(cell); trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@") || cell != "" && strings.ContainsAny(cell[:1], "\t\r\n") {
				t.Errorf("column %s: %q begins a formula", cells[0][i], cell)
			}
			for _, wide := range "＝＋－＠" {
				if strings.HasPrefix(strings.TrimSpace(cell), string(wide)) {
					t.Errorf("column %s: %q begins a formula", cells[0][i], cell)
				}
			}
		}
	}
	out, err := Read(&b, CSV)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range out.Tracks {
		if k.ID != in[i].ID || k.Title != in[i].Title || k.Album != in[i].Album || k.ISRC != in[i].ISRC || k.Phase != in[i].Phase || k.Reason != in[i].Reason {
			t.Errorf("came back as %+v, was %+v", k, in[i])
		}
	}
}

// TestGuardComesBack: whatever a cell holds, reading undoes writing.
func TestGuardComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("'=+-@ \t\na＝\u3000"))).Draw(t, "cell")
		if got := unguard(guard(s)); got != s || formula(guard(s)) && guard(s)[0] != '\'' {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

// TestXSPFKeepsToTheSpecification walks the document element by element, as a
// validator of https://xspf.org/spec would: one playlist of version 1 in its
// namespace with exactly one trackList, in it tracks of known elements, each of
// them at most once but location and identifier, numbers that are numbers, URIs
// that parse, and extensions with an application.
func TestXSPFKeepsToTheSpecification(t *testing.T) {
	for _, tracks := range [][]Track{sampleTracks(), nil} {
		var b bytes.Buffer
		if err := Write(&b, XSPF, &Playlist{Tracks: tracks}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(b.String(), `<?xml version="1.0" encoding="UTF-8"?>`) {
			t.Errorf("begins %.60q", b.String())
		}
		var root element
		if err := xml.Unmarshal(b.Bytes(), &root); err != nil {
			t.Fatal(err)
		}
		const ns = "http://xspf.org/ns/0/"
		if root.XMLName != (xml.Name{Space: ns, Local: "playlist"}) || root.attr("version") != "1" {
			t.Errorf("the root is %v of version %q", root.XMLName, root.attr("version"))
		}
		lists := 0
		for _, e := range root.Children {
			if e.XMLName.Space != ns || !strings.Contains(" title creator trackList ", " "+e.XMLName.Local+" ") {
				t.Errorf("%v in a playlist", e.XMLName)
			}
			if e.XMLName.Local != "trackList" {
				continue
			}
			lists++
			if len(e.Children) != len(tracks) {
				t.Errorf("%d tracks of %d", len(e.Children), len(tracks))
			}
			for _, track := range e.Children {
				seen := map[string]bool{}
				for _, f := range track.Children {
					name := f.XMLName.Local
					if f.XMLName.Space != ns || seen[name] && name != "location" && name != "identifier" {
						t.Errorf("%v in a track", f.XMLName)
					}
					seen[name] = true
					switch name {
					case "title", "creator", "annotation", "album":
					case "location", "identifier":
						if _, err := url.Parse(f.Text); err != nil || strings.ContainsAny(f.Text, " []{}\"<>") {
							t.Errorf("%s %q is no URI: %v", name, f.Text, err)
						}
					case "duration":
						if _, err := strconv.ParseUint(f.Text, 10, 63); err != nil {
							t.Error(err)
						}
					case "extension":
						if f.attr("application") != extensionURI || len(f.Children) != 1 || f.Children[0].XMLName != (xml.Name{Space: extensionURI, Local: "segue"}) {
							t.Errorf("extension of %q with %v", f.attr("application"), f.Children)
						}
					default:
						t.Errorf("a track has %s", name)
					}
				}
			}
		}
		if lists != 1 {
			t.Errorf("%d trackLists", lists)
		}
	}
}

// element is any element of a document.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// TestJSPFShape: XSPF's words as JSON, lists where XSPF may repeat, and the
// extensions of MusicBrainz as objects under their URIs.
func TestJSPFShape(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, JSPF, &Playlist{Tracks: sampleTracks()}); err != nil {
		t.Fatal(err)
	}
	type list struct {
		Title, Creator string
		Extension      map[string]json.RawMessage
		Track          []struct {
			Location, Identifier              []string
			Title, Creator, Annotation, Album string
			Duration                          uint64
			Extension                         map[string]json.RawMessage
		}
	}
	var doc struct{ Playlist list }
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	var public struct{ Public *bool }
	if err := json.Unmarshal(doc.Playlist.Extension["https://musicbrainz.org/doc/jspf#playlist"], &public); err != nil || public.Public == nil || *public.Public {
		t.Errorf("the playlist's extension says %+v, %v", public, err)
	}
	for i, k := range doc.Playlist.Track {
		var by struct {
			AddedBy string `json:"added_by"`
		}
		if err := json.Unmarshal(k.Extension["https://musicbrainz.org/doc/jspf#track"], &by); err != nil || by.AddedBy == "" || len(k.Location) != 1 {
			t.Errorf("track %d: %+v, %v", i, k, err)
		}
	}
}

// TestM3U8Lines: every line is a directive this package names or a location, and
// a track is one location.
func TestM3U8Lines(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, M3U8, &Playlist{Tracks: sampleTracks()}); err != nil {
		t.Fatal(err)
	}
	directive := regexp.MustCompile(`^#(EXTM3U$|EXTENC:UTF-8$|PLAYLIST:|EXTINF:[0-9]+,.|EXTART:|EXTALB:)`)
	locations := 0
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		switch {
		case (i == 0) != (line == "#EXTM3U"):
			t.Errorf("line %d is %q", i, line)
		case strings.HasPrefix(line, "#"):
			if !directive.MatchString(line) {
				t.Errorf("line %d is %q", i, line)
			}
		case line == "" || strings.ContainsAny(line, " \t\r"):
			t.Errorf("line %d, %q, is no location", i, line)
		default:
			locations++
		}
	}
	if locations != len(sampleTracks()) {
		t.Errorf("%d locations of %d tracks", locations, len(sampleTracks()))
	}
}

func TestJSPFKeepsMoodsInItsExtension(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, JSPF, &Playlist{Tracks: sampleTracks()[:1]}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	track := doc["playlist"]["track"].([]any)[0].(map[string]any)
	if _, ok := track["valence"]; ok {
		t.Error("valence stands outside the extension")
	}
	ext := track["extension"].(map[string]any)[extensionURI].([]any)[0].(map[string]any)
	if ext["valence"] != .125 || ext["mood"] != "calm" {
		t.Errorf("extension is %v", ext)
	}
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{"a.m3u8": M3U8, "b/c.XSPF": XSPF, "x.jspf": JSPF, "y.csv": CSV, "z.m3u": M3U8} {
		if got, err := FormatOf(path); got != want || err != nil {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	if _, err := FormatOf("hour.mp3"); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("mp3: %v", err)
	}
	if err := Write(&bytes.Buffer{}, "pls", &Playlist{}); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("pls: %v", err)
	}
}

// TestLocations: a URI stays what it is, to the last percent sign; a path becomes
// one.
func TestLocations(t *testing.T) {
	for id, want := range map[string]string{
		"https://example.org/a%20b.mp3?x=1#t=10": "https://example.org/a%20b.mp3?x=1#t=10",
		"file:///music/a%5Bb%5D.flac":            "file:///music/a%5Bb%5D.flac",
		"music/A b [Live] 50%.flac":              "music/A%20b%20%5BLive%5D%2050%25.flac",
		"#1":                                     "%231",
		"http://x/a b":                           "http%3A//x/a%20b",
		"6KwkVtXm8OUp2XffN5k7lY":                 "spotify:track:6KwkVtXm8OUp2XffN5k7lY",
	} {
		if got := locationOf(id); got != want || idOf(got) != id {
			t.Errorf("%q is at %q, want %q, and comes back as %q", id, got, want, idOf(got))
		}
	}
}

func TestIDsSurviveLocations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(
			rapid.StringN(1, 40, -1),
			rapid.StringOfN(rapid.RuneFrom([]rune("a:/%20#[é ")), 1, 30, -1),
		).Draw(t, "id")
		if got := idOf(locationOf(id)); got != id {
			t.Fatalf("%q came back as %q", id, got)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, format := range Formats() {
		var b bytes.Buffer
		if err := Write(&b, format, &Playlist{Tracks: sampleTracks()[:3]}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("#EXTINF:-1,\n/x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range Formats() {
			p, err := Read(bytes.NewReader(data), format)
			if err != nil {
				continue
			}
			// What was read can be written, and JSON holds it.
			if err := Write(&bytes.Buffer{}, format, p); err != nil {
				t.Fatal(format, err)
			}
			if _, err := json.Marshal(p); err != nil {
				t.Fatal(format, err)
			}
		}
	})
}
