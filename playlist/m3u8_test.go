package playlist

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

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

// TestM3U8Lines: every line is a directive this package names or a location, and
// a track is one location.
func TestM3U8Lines(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, M3U8, &Playlist{Tracks: sampleTracks()}); err != nil {
		t.Fatal(err)
	}
	directive := regexp.MustCompile(`^#(EXTM3U$|EXTENC:UTF-8$|PLAYLIST:|EXTINF:[0-9]+,.|EXTART:|EXTALB:|SEGUE-ID:[!-~]+$)`)
	locations := 0
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		switch {
		case (i == 0) != (line == "#EXTM3U"):
			t.Errorf("line %d is %q", i, line)
		case strings.HasPrefix(line, "#"):
			if !directive.MatchString(line) {
				t.Errorf("line %d is %q", i, line)
			}
		case line == "" || strings.TrimSpace(line) != line:
			t.Errorf("line %d, %q, is no location", i, line)
		default:
			locations++
		}
	}
	if locations != len(sampleTracks()) {
		t.Errorf("%d locations of %d tracks", locations, len(sampleTracks()))
	}
}

// TestM3U8KeepsWhatALineHolds: names with commas, dashes and leading marks come back
// to the letter, with or without artists; lengths come back to the second, and an
// unknown one is −1, as players have it.
func TestM3U8KeepsWhatALineHolds(t *testing.T) {
	in := []Track{
		{ID: "/music/50% off, really?.flac", Title: "One, two - three", Artists: []string{"A - B", "C, D"}, Album: "#1", DurationMS: 499},
		{ID: "#1", Title: "# not a comment", DurationMS: 200_500},
		{ID: "a\nb", Title: "Hush - now"},
		{ID: " a ", Title: "", Artists: []string{"Only"}},
		{ID: "spotify:track:6KwkVtXm8OUp2XffN5k7lY", Title: "#EXTINF:1,x", Album: "tab\there"},
		{ID: "", Title: "夜に駆ける", Artists: []string{"YOASOBI"}},
	}
	length := []int64{1000, 201_000, 0, 0, 0, 0}
	var b bytes.Buffer
	if err := Write(&b, M3U8, &Playlist{Tracks: in}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "#EXTINF:-1,Hush - now\n#EXTART:\n#SEGUE-ID:a%0Ab\na%0Ab\n") || !strings.Contains(b.String(), "\n/music/50% off, really?.flac\n") {
		t.Errorf("wrote\n%s", b.String())
	}
	got, err := Read(&b, M3U8)
	if err != nil || len(got.Tracks) != len(in) {
		t.Fatal(err, got)
	}
	for i, k := range got.Tracks {
		if k.ID != in[i].ID || k.Title != in[i].Title || k.Album != in[i].Album || strings.Join(k.Artists, "|") != strings.Join(in[i].Artists, "|") || k.DurationMS != length[i] {
			t.Errorf("came back as %+v, was %+v", k, in[i])
		}
	}
}
