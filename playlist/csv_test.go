package playlist

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

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

// TestCSVKeepsToRFC4180 reads files of whatever names there may be by the grammar of
// the RFC (§2): records of the same number of fields that end with CRLF; a field is
// text without quotes, commas or line breaks, or stands in quotes, where a quote is
// two.
func TestCSVKeepsToRFC4180(t *testing.T) {
	const text = `[^\x00-\x08\x0a-\x1f\x7f",]` // TEXTDATA, what UTF-8 adds, and the tab, which every reader takes
	field := `(?:"(?:[^"\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|"")*"|` + text + `*)`
	record := regexp.MustCompile(`^` + field + `(?:,` + field + `){17}\r\n`)
	check := func(p *Playlist) (string, bool) {
		var b bytes.Buffer
		if err := Write(&b, CSV, p); err != nil {
			return err.Error(), false
		}
		rest := b.Bytes()
		for range len(p.Tracks) + 1 {
			m := record.FindIndex(rest)
			if m == nil {
				return b.String(), false
			}
			rest = rest[m[1]:]
		}
		return b.String(), len(rest) == 0
	}
	if doc, ok := check(&Playlist{Tracks: sampleTracks()}); !ok {
		t.Fatalf("not by the RFC: %q", doc)
	}
	rapid.Check(t, func(t *rapid.T) {
		if doc, ok := check(anyPlaylist().Draw(t, "playlist")); !ok {
			t.Fatalf("not by the RFC: %q", doc)
		}
	})
}
