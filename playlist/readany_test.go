package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"segue"
)

// TestReadAnyKnowsByContent: whatever the name, or none, a file that says what it is
// is read as that; the extension decides where it does not.
func TestReadAnyKnowsByContent(t *testing.T) {
	p := byHand()
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := Write(&b, f, p); err != nil {
			t.Fatal(err)
		}
		want, err := Read(bytes.NewReader(b.Bytes()), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"hour." + string(f), "hour.txt", "hour", "", "-", "HOUR.M3U8"} {
			if f == CSV && name == "HOUR.M3U8" {
				continue // a table has no mark of its own but its first row
			}
			if got, err := ReadAny(bytes.NewReader(append([]byte("\ufeff"), b.Bytes()...)), name); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s as %q: %v\n%+v", f, name, err, got)
			}
		}
	}
	if got, err := ReadAny(strings.NewReader("a.mp3\n"), "x/list.m3u"); err != nil || len(got.Tracks) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := ReadAny(strings.NewReader("track,other\na,b\n"), "list.csv"); err != nil || len(got.Tracks) != 1 || got.Tracks[0].Title != "a" {
		t.Errorf("got %+v, %v", got, err)
	}
	for file, want := range map[string]string{
		"": "empty", " \n": "empty", "a.mp3\n": "no kind", "[1]": "no kind", "{}": "neither", `{"playlist":{"track":7}}`: "list.txt",
		`{"tracks":[{"id":7}]}`: "track 1", `{"tracks":[{}],"tracks":[]}`: "twice", `{"tracks":[{"valence":9}]}`: "valence", `{"tracks":{}}`: "tracks",
		`{"tracks":[{"duration_ms":99999999999999}]}`: "31 days", "<html/>": "html", "{": "middle",
	} {
		_, err := ReadAny(strings.NewReader(file), "list.txt")
		var bad *segue.InputError
		if !errors.As(err, &bad) || bad.File != "list.txt" || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}

// TestReadAnyReadsThePlaylistItself: the JSON of a playlist brings all of it.
func TestReadAnyReadsThePlaylistItself(t *testing.T) {
	p := byHand()
	k := 2
	p.Tracks[0].Membership = segue.Membership{.1, .7, .1, .1}
	p.Tracks[0].Locked, p.Tracks[0].Step = true, &Step{Valence: .1, Key: &k}
	p.Tracks[0].RunnerUp = &Alternative{ID: "b", Artists: []string{"C"}, More: .5}
	p.Tracks = append(p.Tracks, Track{ID: "b", Artists: []string{}, StartMS: 200_400, Mood: segue.Mixed})
	p.DurationMS = 200_400
	p.Relaxed = []Relaxation{{Rule: "length"}}
	p.Cost = number(.25)
	p.Request = Request{From: p.From.Affect, Minutes: 20, Exclude: Exclusions{Artists: []string{"D"}, MinLength: MinTrack}}
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadAny(bytes.NewReader(b), "hour.json")
	if err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("%v: got\n%+v, want\n%+v", err, got, p)
	}
	if !got.Tracks[1].Planned() {
		t.Error("a planned track came back without its plan")
	}
	for _, f := range Formats() {
		var a, b bytes.Buffer
		if err := errors.Join(Write(&a, f, p), Write(&b, f, got)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: %v: %s\nfor %s", f, err, b.String(), a.String())
		}
	}
}

// TestPlannedHoursComeBack plans an hour and reads every file of it: the JSON is the
// plan itself, and the others bring each track where it was planned.
func TestPlannedHoursComeBack(t *testing.T) {
	lib := syntheticLibrary(t, 600, 3, 200, true)
	p := mustPlan(t, lib, Request{From: segue.AnchorOf(segue.Angry), FromName: "angry", To: segue.AnchorOf(segue.Calm), ToName: "calm", Minutes: 30, Seed: 1})
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadAny(bytes.NewReader(b), "hour.json")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(got); err != nil || !bytes.Equal(b, again) {
		t.Errorf("%v: the JSON came back as\n%s\nwas\n%s", err, again, b)
	}
	for _, f := range Formats() {
		got := writeRead(t, f, p)
		for i, k := range p.Tracks {
			g := got.Tracks[i]
			if g.ID != k.ID || g.Title != k.Title || g.DurationMS != k.DurationMS && f != M3U8 {
				t.Errorf("%s: track %d came back as %+v, was %+v", f, i, g, k)
			}
			if f != M3U8 && (g.StartMS != k.StartMS || g.Target != k.Target || g.Phase != k.Phase || g.Mood != k.Mood || g.Position() != k.Position()) {
				t.Errorf("%s: track %d came back as %+v, was %+v", f, i, g, k)
			}
		}
		if f != M3U8 && got.DurationMS != p.DurationMS {
			t.Errorf("%s: %d ms of %d", f, got.DurationMS, p.DurationMS)
		}
	}
}
