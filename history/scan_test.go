package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// decode is the parser as a generic decoder, to compare with encoding/json.
func decode(p *parser) any {
	switch c := p.peek(); c {
	case '{':
		m := map[string]any{}
		p.enter('{')
		for p.next('}') {
			k := string(p.key())
			m[k] = decode(p)
		}
		return m
	case '[':
		a := []any{}
		p.enter('[')
		for p.next(']') {
			a = append(a, decode(p))
		}
		return a
	case '"':
		return string(p.text())
	default:
		if c == '-' || '0' <= c && c <= '9' {
			f, _ := p.number()
			return f
		}
		if c == 'n' {
			p.skip()
			return nil
		}
		return p.truth() == 2
	}
}

// sameAsStandard: whatever encoding/json reads, the parser reads alike, and
// passes over alike.
func sameAsStandard(t *testing.T, b []byte) {
	t.Helper()
	var want any
	if json.Unmarshal(b, &want) != nil {
		return
	}
	padded := append(append([]byte(nil), b...), ' ') // a number alone needs an end
	p := &parser{b: padded, maxDepth: 1 << 20}
	got := decode(p)
	if p.err != nil {
		t.Fatalf("%q: %v at %d", b, p.err, p.i)
	}
	if g, w := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); g != w {
		t.Fatalf("%q: got %s, want %s", b, g, w)
	}
	q := &parser{b: padded, maxDepth: 1 << 20}
	q.skip()
	if q.err != nil || q.i != p.i {
		t.Fatalf("%q: passed over to %d (%v), read to %d", b, q.i, q.err, p.i)
	}
}

func TestParserAgainstStandard(t *testing.T) {
	for _, s := range []string{
		`{}`, `[]`, `[[],{}]`, `{"a":{"b":[1,-2.5e3,"c"]},"d":null,"e":true,"f":false}`, `"\u00e9\ud83c\udf9b\n\t\"\\\/\b\f\r"`,
		`"\ud83c"`, `"\ud83cx"`, `"\ud83c\u0041"`, `"\udf9b"`, "\"\xff\xfe\xc3\"", "\"\\n\xff\"", `{"a":1,"a":2}`, ` { "a" : [ 1 , 2 ] } `, `{"\u0061":1}`, `-0.0`, `1e-9`,
	} {
		sameAsStandard(t, []byte(s))
	}
	for _, bad := range []string{`{"a"}`, `{"a":}`, `{,}`, `[1,]`, `{"a":1,}`, `[1 2]`, `{"a" 1}`, `{a:1}`, `"\x"`, `"\u12g4"`, `tru `, `nul]`, `}`, `{"a":1]`, `[1}`} {
		p := &parser{b: []byte(bad + "   "), maxDepth: 9}
		p.skip()
		if p.err == nil && p.i < len(bad) {
			continue // "tru" and such stop early
		}
		if p.err != errSyntax {
			t.Errorf("%q: %v", bad, p.err)
		}
	}
}

// TestReadersCutAnywhere: how a file arrives makes no difference.
func TestReadersCutAnywhere(t *testing.T) {
	for _, c := range formatCases() {
		content := []byte(fixture(t, c.path))
		h := look(content, true, 32)
		form, _ := h.format()
		for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(h.raw)), iotest.DataErrReader(bytes.NewReader(h.raw)), iotest.HalfReader(bytes.NewReader(h.raw))} {
			out := newSink(&File{}, now)
			if err := form.read(&input{name: c.path, r: r, head: h, o: Options{}.withDefaults()}, out); err != nil {
				t.Errorf("%s: %v", c.path, err)
			} else if len(out.plays) != len(c.plays) {
				t.Errorf("%s: %d plays, want %d", c.path, len(out.plays), len(c.plays))
			}
		}
		broken := iotest.TimeoutReader(iotest.HalfReader(bytes.NewReader(h.raw)))
		if err := form.read(&input{name: c.path, r: broken, head: h, o: Options{}.withDefaults()}, newSink(&File{}, now)); err == nil && len(content) > 8<<10 {
			t.Errorf("%s: a reading error went unnoticed", c.path)
		}
	}
}

func TestSeparators(t *testing.T) {
	for first, want := range map[string]rune{
		"A; B; C; D; E,Album,Track,01 Feb 2020 10:00": ',', "Artist;Album;AlbumId;Track;Date#x": ';', "uts\tartist\talbum\ttrack": '\t', "no table": ',',
	} {
		if h := look([]byte(first+"\n"), true, 9); h.comma != want {
			t.Errorf("%q is separated by %q, want %q", first, h.comma, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for in, want := range map[string]string{
		"2021-03-04 05:06": "2021-03-04T05:06:00Z", "2021-03-04T05:06:07Z": "2021-03-04T05:06:07Z", "2021-03-04 05:06:07": "2021-03-04T05:06:07Z",
		"2021-03-04T05:06:07.25Z": "2021-03-04T05:06:07.25Z", "2021-03-04T05:06:07+01:00": "2021-03-04T04:06:07Z", "2021-03-04T05:06:07-0230": "2021-03-04T07:36:07Z",
		"2020-02-29 00:00": "2020-02-29T00:00:00Z", "2021-03-04 05:06:07 UTC": "2021-03-04T05:06:07Z", "2016-12-31T23:59:60Z": "2017-01-01T00:00:00Z",
		"04 Mar 2021, 05:06": "2021-03-04T05:06:00Z", "4 Mar 2021 05:06": "2021-03-04T05:06:00Z",
		"2021-02-29 00:00": "", "2021-13-01 00:00": "", "2021-01-01 24:00": "", "2021-01-01": "", "": "", "now": "", "2021-03-04T05:06:07X": "", "2021-03-04T05:06:07.Z": "",
	} {
		got, ok := parseTime([]byte(in))
		if ok != (want != "") || ok && got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v %v, want %q", in, got, ok, want)
		}
	}
	const s = 1614834367 // 2021-03-04T05:06:07Z
	for _, x := range []float64{s, s * 1e3, s * 1e6, s * 1e9} {
		if got, ok := epoch(x); !ok || got.Unix() != s {
			t.Errorf("epoch(%g) = %v", x, got)
		}
	}
	for _, x := range []float64{0, -1, 0.5, 1e30} {
		if _, ok := epoch(x); ok {
			t.Errorf("epoch(%g) is a time", x)
		}
	}
}

func TestSpotifySkips(t *testing.T) {
	const yes, no, unknown = 2, 1, 0
	for _, c := range []struct {
		reason  string
		skipped int
		want    int
	}{
		{"fwdbtn", unknown, yes}, {"fwdbtn", no, yes}, {"backbtn", unknown, yes}, {"clickrow", no, yes},
		{"trackdone", unknown, no}, {"trackdone", yes, no}, {"endplay", yes, yes}, {"endplay", no, no}, {"endplay", unknown, unknown}, {"", unknown, unknown},
	} {
		for _, json := range []string{[]string{`null`, `false`, `true`}[c.skipped]} {
			var r extendedRow
			p := &parser{b: []byte(`{"skipped":` + json + `,"reason_end":"` + c.reason + `"}`), maxDepth: 9}
			parseExtended(p, &r)
			if got := spotifySkip(r.reasonEnd, r.skipped); int(got) != c.want || p.err != nil {
				t.Errorf("%s, %s: %d, want %d", c.reason, json, got, c.want)
			}
		}
	}
}

// FuzzParser holds the parser to encoding/json.
func FuzzParser(f *testing.F) {
	f.Add([]byte(`{"a":[1,"\u00e9\ud83c\udf9b",null,true,{}]}`))
	f.Add([]byte("\"\xff\\ud800\""))
	f.Fuzz(func(t *testing.T, b []byte) {
		sameAsStandard(t, b)
		for _, visit := range []func(*parser){(*parser).skip, func(p *parser) { decode(p) }, func(p *parser) { p.collect("", map[string]bool{}) }} {
			p := &parser{b: b, maxDepth: 32}
			visit(p)
			if p.i > len(b) {
				t.Fatalf("beyond the end: %d of %d", p.i, len(b))
			}
		}
	})
}

// FuzzArchive opens anything as a ZIP and reads what is in it.
func FuzzArchive(f *testing.F) {
	good := fixture(f, "account/StreamingHistory0.json")
	f.Add([]byte(zipOf(f, "a.json", good, "b.csv", fixture(f, "lastfm/ghan.csv"), "c.zip", zipOf(f, "d.json", good))))
	f.Add([]byte(zipOf(f)))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := Options{Now: now, MaxBytes: 1 << 20, MaxRow: 4096}.withDefaults()
		fi := &finder{o: o, budget: &budget{limit: o.MaxBytes}}
		if err := fi.archive(t.Context(), "z", bytes.NewReader(b), int64(len(b)), 1, true); err != nil {
			return
		}
		results, err := readSources(t.Context(), fi, o)
		if err != nil {
			return
		}
		var parts []part
		for _, r := range results {
			if r.file.Format != "" {
				parts = append(parts, part{rank: r.rank, plays: r.plays})
			}
		}
		merge(parts)
	})
}

// fuzzFormat runs one reader on anything: it must end, account for each row,
// and let through only plays within bounds.
func fuzzFormat(f *testing.F, form format) {
	for _, c := range formatCases() {
		if c.format == form.name {
			content := fixture(f, c.path)
			f.Add([]byte(content))
			f.Add([]byte(content[:len(content)/2]))
		}
	}
	f.Add([]byte(`[{"ts":0,"ms_played":1e308},{"listened_at":-1,"track_metadata":[]}]`))
	f.Add([]byte(strings.Repeat("[", 40)))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := Options{Now: now, MaxRow: 4096}.withDefaults()
		h := look(b, true, o.MaxDepth)
		looksLike(h)
		if len(h.columns) < 4 {
			h.columns = []string{"artist", "album", "track", "uts"} // as the reader may count on
		}
		out := newSink(&File{}, now)
		err := form.read(&input{name: "f", r: bytes.NewReader(h.raw), head: h, o: o}, out)
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Fatalf("not one line: %q", err)
		}
		sum := len(out.plays)
		for _, n := range out.file.Dropped {
			sum += n
		}
		if err == nil && sum != out.file.Rows {
			t.Fatalf("%d rows, accounted for %d", out.file.Rows, sum)
		}
		for _, p := range out.plays {
			if p.Track.Title == "" || p.Played < 0 || p.Played > longest || !out.plausible(p.EndedAt) {
				t.Fatalf("impossible play %+v", p)
			}
		}
	})
}

func FuzzSpotifyExtended(f *testing.F) { fuzzFormat(f, spotifyExtended()) }
func FuzzSpotifyAccount(f *testing.F)  { fuzzFormat(f, spotifyAccount()) }
func FuzzListenBrainz(f *testing.F)    { fuzzFormat(f, listenBrainz()) }
func FuzzMaloja(f *testing.F)          { fuzzFormat(f, maloja()) }
func FuzzLastfmJSON(f *testing.F)      { fuzzFormat(f, lastfmJSON()) }
func FuzzLastfmStats(f *testing.F)     { fuzzFormat(f, lastfmStats()) }
func FuzzLastfmCSV(f *testing.F)       { fuzzFormat(f, lastfmCSV()) }
func FuzzLastfmBare(f *testing.F)      { fuzzFormat(f, lastfmBare()) }
func FuzzAppleMusic(f *testing.F)      { fuzzFormat(f, appleMusic()) }
func FuzzTimes(f *testing.F) {
	f.Add([]byte("2021-03-04T05:06:07.5+01:00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, ok := parseISO(b); ok && len(b) == 20 && b[19] == 'Z' && b[10] == 'T' {
			if want, err := time.Parse(time.RFC3339, string(b)); err == nil && !got.Equal(want) {
				t.Fatalf("%q: %v, want %v", b, got, want)
			}
		}
		parseTime(b)
	})
}
