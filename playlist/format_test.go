package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
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

func TestCSVRunsNoFormula(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, CSV, &Playlist{Tracks: sampleTracks()}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{",=1+1", "\n=", ",@handle", ",\"@"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("a cell begins a formula: %q", bad)
		}
	}
}

func TestXSPFSaysWhatItIs(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, XSPF, &Playlist{Tracks: sampleTracks()}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<?xml version="1.0" encoding="UTF-8"?>`, `<playlist xmlns="http://xspf.org/ns/0/" version="1">`, `application="urn:segue:playlist:track:1"`, `<segue xmlns="urn:segue:playlist:track:1"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%.900s", want, b.String())
		}
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

func TestIDsSurviveLocations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringN(1, 40, -1).Draw(t, "id")
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
