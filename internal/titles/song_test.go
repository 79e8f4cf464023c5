package titles

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// slowSong is Song by its definition.
func slowSong(title string) string { return Fold(Plain(title)) + "\x00" + Version(title) }

func TestSong(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"", "\x00"},
		{"Blue Night", "blue night\x00"},
		{"Rock'n'Roll & Co.", "rocknroll and co\x00"},
		{"???", "???\x00"},
		{"Blue Night - 2011 Remaster", "blue night\x00"},
		{"Blue Night (feat. Ana)", "blue night\x00"},
		{"Blue Night ft. Ana", "blue night\x00"},
		{"Few Feathers", "few feathers\x00"},
		{"Blue Night - Live", "blue night live\x00live"},
		{"Blue Night Remix", "blue night remix\x00remix"},
		{"Blue Night SLOWED -", "blue night slowed\x00slowed"},
		{"-", "-\x00"},
		{"Été", "ete\x00"},
	} {
		if got := string(Song(nil, c.title)); got != c.want || got != slowSong(c.title) {
			t.Errorf("%q: %q, want %q; slowly %q", c.title, got, c.want, slowSong(c.title))
		}
	}
}

// Titles put together of what Song looks for have the key of its definition,
// and the storage may hold anything.
func TestSongLaw(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		" ", " - ", "-", "(", ")", "[", "]", "feat. ", " FT ", "f", "F", "e", " Fe", "Live", "remix", " Sped Up", "slowed", " + ",
		"reverb", "KARAOKE", " version", "live version", ";", "/", ",", "'", "&", "Song", "é", "ſ", "\u212A", "2011 Remaster", "?",
	})
	buf := []byte("left over")
	rapid.Check(t, func(t *rapid.T) {
		title := strings.Join(rapid.SliceOfN(pieces, 0, 7).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "any") {
			title = rapid.String().Draw(t, "title")
		}
		buf = Song(buf, title)
		if string(buf) != slowSong(title) {
			t.Errorf("%q: %q, by definition %q", title, buf, slowSong(title))
		}
	})
}

func BenchmarkSong(b *testing.B) {
	var buf []byte
	for b.Loop() {
		for _, title := range []string{"Golden Sunday River", "Night", "The Road Never Stays - Live", "Little Dancing Shadow of the Moon"} {
			buf = Song(buf, title)
		}
	}
}
