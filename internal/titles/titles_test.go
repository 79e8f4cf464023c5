package titles

import (
	"reflect"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"  ", ""},
		{"plain words 2", "plain words 2"},
		{"Plain  Words", "plain words"},
		{"Don't Stop", "dont stop"},
		{"Don’t Stop", "dont stop"},
		{"Salt & Pepper", "salt and pepper"},
		{"A&B", "a and b"},
		{"AB/CD", "ab cd"},
		{"...Word, word!", "word word"},
		{"Ca$h", "ca$h"},
		{"=", "="},
		{"÷", "÷"},
		{"???", "???"},
		{" !!! ", "!!!"},
		{"…", "…"},
		{"Beyoncé", "beyonce"},
		{"BEYONCE\u0301", "beyonce"},
		{"Mötörhéad", "motorhead"},
		{"Łódź Øre Æther Straße", "lodz ore aether strasse"},
		{"İstanbul Işık", "istanbul isik"},
		{"Ёлка", "елка"},
		{"Άλφα ΣΊΣΥΦΟΣ", "αλφα σισυφοσ"},
		{"ＦＵＬＬ　ｗｉｄｔｈ １２", "full width 12"},
		{"ガンダム", "ガンダム"}, // the voicing mark is a letter: not カンタム
		{"ｶﾞ", "ガ"},      // half width meets full width
		{"「はじまり」 (テーマ)", "はじまり テーマ"},
		{"हिन्दी गीत", "हिन्दी गीत"},
		{"น้ำใจ", saraAm("น้ำใจ")},
		{"아이유 - 밤", "아이유 밤"},
		{"שָׁלוֹם", "שָׁלוֹם"},
		{"zero\u200bwidth\ufeff", "zerowidth"},
		{"love\ufe0f ❤️", "love ❤"},
		{"Name™ ®", "nametm"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// saraAm is the spelling of SARA AM after compatibility decomposition,
// which NFC does not undo.
func saraAm(string) string { return "น\u0e49\u0e4d\u0e32ใจ" }

func TestFoldLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		f := Fold(s)
		if g := Fold(f); g != f {
			t.Fatalf("not idempotent: Fold(%q) = %q, again %q", s, f, g)
		}
		if !utf8.ValidString(f) && utf8.ValidString(s) {
			t.Fatalf("Fold(%q) = %q is not UTF-8", s, f)
		}
	})
}

// The fast path and the general path agree on ASCII.
func TestFoldPathsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom(nil, asciiRunes())).Draw(t, "s")
		if a, b := Fold(s), foldUnicode(s); a != b {
			t.Fatalf("Fold(%q) = %q, general path %q", s, a, b)
		}
	})
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" ", " "},
		{"Song", "Song"},
		{"Song - Remastered", "Song"},
		{"Song - Remastered 2011", "Song"},
		{"Song - 2009 Remaster", "Song"},
		{"Song (2009 Remaster)", "Song"},
		{"Song [Remastered]", "Song"},
		{"Song (2001 - Remaster)", "Song"},
		{"Song - 1999 Digital Remaster", "Song"},
		{"Song - Remasterizado", "Song"},
		{"Song - Remasterisé en 2004", "Song"},
		{"Song - Ann Example Edition/Digital Remaster/24 Bit", "Song"},
		{"Song - 2013 Ann Example Remaster", "Song"},
		{"Song (feat. Somebody)", "Song"},
		{"Song (ft. Somebody & Other)", "Song"},
		{"Song [Feat. Somebody]", "Song"},
		{"Song feat. Somebody", "Song"},
		{"Song ft. Somebody - Live", "Song - Live"},
		{"Song (with Somebody)", "Song"},
		{"Song (with you)", "Song (with you)"},
		{"Song (With The Band)", "Song (With The Band)"},
		{"Song - Mono", "Song"},
		{"Song - Stereo Mix", "Song"},
		{"Song - Mono / 2005 Remastered", "Song"},
		{"Song - Radio Edit", "Song"},
		{"Song - Single Version / Mono", "Song"},
		{"Song - Original Mix", "Song"},
		{"Song (feat. Somebody) - Radio Edit", "Song"},
		{"Song (Bonus Track) [Remastered]", "Song"},
		{"Song - Live", "Song - Live"},
		{"Song - Live / 2011 Remaster", "Song - Live"},
		{"Song - Live at Hall / Remastered 2001", "Song - Live at Hall"},
		{"Song (feat. Somebody) [Other Remix]", "Song [Other Remix]"},
		{"Song (Other Remix) - Radio Edit", "Song (Other Remix)"},
		{"Song - Other Remix Radio Edit", "Song - Other Remix Radio Edit"},
		{"Song (Acoustic)", "Song (Acoustic)"},
		{"Song - Instrumental", "Song - Instrumental"},
		{"Song - Sped Up", "Song - Sped Up"},
		{"Song (Part 2)", "Song (Part 2)"},
		{"Song (feat. X), Pt. 2", "Song, Pt. 2"},
		{"Opera (Act I): Scene", "Opera (Act I): Scene"},
		{"Song (with Little Mix)", "Song"},
		{"(I Do) Song", "(I Do) Song"},
		{"(Remastered)", "(Remastered)"},
		{"Song (unclosed Remastered", "Song (unclosed Remastered"},
		{"Song ((feat. A) B)", "Song ((feat. A) B)"},
		{"Song (feat. A - Live)", "Song (feat. A - Live)"},
		{"1999 - 2000", "1999 - 2000"},
		{"Mono", "Mono"},
		{"Remaster - Remaster", "Remaster"},
		{"曲 - Remastered", "曲"},
		{"曲（Live）", "曲（Live）"},
	} {
		if got := Plain(c.in); got != c.want {
			t.Errorf("Plain(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPlainLaws(t *testing.T) {
	suffix := rapid.SampledFrom([]string{
		" - Live", " (Live)", " - Remastered 2011", " (feat. Ann)", " [Bo Remix]", " - Mono", " (Acoustic)",
		" - Radio Edit", " / ", " (", ")", " - ", " - Sped Up", " (Karaoke Version)", " - 2004 - Remaster", "é", "x",
	})
	rapid.Check(t, func(t *rapid.T) {
		s := "Name"
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			s += suffix.Draw(t, "suffix")
		}
		p := Plain(s)
		if Plain(p) != p {
			t.Fatalf("Plain(%q) = %q, again %q", s, p, Plain(p))
		}
		if p == "" {
			t.Fatalf("Plain(%q) is empty", s)
		}
		if a, b := Version(s), Version(p); a != b {
			t.Fatalf("Plain(%q) = %q changes the version from %q to %q", s, p, a, b)
		}
	})
}

func TestVersion(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Song", ""},
		{"Live and Let Go", ""},
		{"Demo Days", ""},
		{"Song - 2011 Remaster", ""},
		{"Song - Radio Edit", ""},
		{"Song - Original Mix", ""},
		{"Song - Stereo Mix", ""},
		{"Song - Live", "live"},
		{"Song (Live)", "live"},
		{"Song - Live at Hall, 2004", "live"},
		{"Song - Live / 2011 Remaster", "live"},
		{"Song - Ao Vivo", "live"},
		{"Song - Ao Vivo / Acústico", "live acoustic"},
		{"Song - En Directe", "live"},
		{"Song (Learning to Live Again)", ""},
		{"Song - MTV Unplugged", "unplugged"},
		{"Song - Acoustic Version", "acoustic"},
		{"Song (Bo Remix)", "remix"},
		{"Song - Bo Extended Mix", "remix extended"},
		{"Song Remix", "remix"},
		{"Song - Remix - Radio Edit", "remix"},
		{"Song - Instrumental", "instrumental"},
		{"Song (Karaoke Version)", "karaoke"},
		{"Song - Sped Up", "sped up"},
		{"Song - Slowed + Reverb", "slowed"},
		{"Song - Demo", "demo"},
		{"Song (Cover)", "cover"},
		{"Song (Undercover)", ""},
		{"Song - Take 3", "alternate"},
		{"Song - Alternate Take", "alternate"},
		{"Song (Taylor's Version)", "rerecorded"},
		{"Song - Edit", "edit"},
		{"Song - Piano Version", "piano"},
		{"Song - 8D", "8d"},
		{"Song (with Little Mix)", ""},
		{"Song (feat. The Vocal Cover) [Live]", "live"},
		{"Song (feat. A - Live)", "live"},
	} {
		if got := Version(c.in); got != c.want {
			t.Errorf("Version(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSplitArtists(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" ; ", nil},
		{"Ann", []string{"Ann"}},
		{"Ann;Bo Li; Cy", []string{"Ann", "Bo Li", "Cy"}},
		{"Ann;Ann", []string{"Ann"}},
		{"Ann & Bo", []string{"Ann & Bo"}},
		{"Salt, Pepper & Thyme", []string{"Salt, Pepper & Thyme"}},
		{"Salt, Pepper and Thyme", []string{"Salt, Pepper and Thyme"}},
		{"Ann, The Maker", []string{"Ann, The Maker"}},
		{"Ann One, Bo & Cy", []string{"Ann One", "Bo", "Cy"}},
		{"Ann One, Bo Two", []string{"Ann One", "Bo Two"}},
		{"Drop Two, One", []string{"Drop Two, One"}},
		{"Ann feat. Bo", []string{"Ann", "Bo"}},
		{"Ann Featuring Bo One, Cy & Di", []string{"Ann", "Bo One", "Cy", "Di"}},
		{"Ann (feat. Bo)", []string{"Ann", "Bo"}},
		{"Ann x Bo x Cy", []string{"Ann", "Bo", "Cy"}},
		{"Malcolm X Band", []string{"Malcolm X Band"}},
		{"Ann vs. Bo", []string{"Ann", "Bo"}},
		{"AB/CD", []string{"AB/CD"}},
		{"Ann with Bo", []string{"Ann with Bo"}},
		{"feat. Bo", []string{"feat. Bo"}},
		{"歌手;พวกเขา", []string{"歌手", "พวกเขา"}},
	} {
		if got := SplitArtists(c.in); !reflect.DeepEqual(got, c.want) {
			t.Errorf("SplitArtists(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzTitles(f *testing.F) {
	f.Add("Song (feat. X) - Live / 2011 Remaster; [x")
	f.Add("A x B, C & D;E feat. ")
	f.Fuzz(func(t *testing.T, s string) {
		Fold(s)
		Plain(s)
		Version(s)
		SplitArtists(s)
	})
}

func BenchmarkFoldASCII(b *testing.B) {
	const s = "Some Quite Ordinary Song - Remastered 2011"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Fold(s)
	}
}

func BenchmarkFoldAccent(b *testing.B) {
	const s = "Une Chanson Assez Générale - Remasterisé"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Fold(s)
	}
}

func BenchmarkPlain(b *testing.B) {
	const s = "Some Quite Ordinary Song (feat. Somebody) - Remastered 2011"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Plain(s)
	}
}

// asciiRunes is the table of ASCII.
func asciiRunes() *unicode.RangeTable {
	return &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 0x7f, Stride: 1}}, LatinOffset: 1}
}
