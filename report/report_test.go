package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"segue/chart"
	"segue/language"
	"segue/persona"
	"segue/playlist"
	"segue/recommend"
	"segue/tell"

	"pgregory.net/rapid"
)

// An element is a start tag of a page with the text directly inside it.
type element struct {
	Name string
	Attr map[string]string
	Text string
}

var (
	void    = regexp.MustCompile(`<(meta|link|br|input)\b([^>]*)>`)
	doctype = regexp.MustCompile(`(?i)<!doctype html>`)
	raw     = regexp.MustCompile(`(?s)<style>.*</style>`)
)

// parse reads a page as XML, once what HTML leaves open is closed, so that no
// tag and no name can break out of its place.
func parse(t *testing.T, page []byte) []element {
	t.Helper()
	page = doctype.ReplaceAll(page, nil)
	page = void.ReplaceAll(page, []byte("<$1$2/>"))
	page = bytes.ReplaceAll(page, []byte(" checked/>"), []byte(` checked=""/>`))
	page = raw.ReplaceAllFunc(page, func(b []byte) []byte { // HTML does not look for tags in it
		return []byte("<style>" + html.EscapeString(string(b[7:len(b)-8])) + "</style>")
	})
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Entity = xml.HTMLEntity
	var all []element
	var open []int
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{Name: tok.Name.Local, Attr: map[string]string{}}
			for _, a := range tok.Attr {
				e.Attr[a.Name.Local] = a.Value
			}
			open = append(open, len(all))
			all = append(all, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].Text += string(tok)
			}
		}
	}
}

// text returns what a page says, to those who see it and to those who hear it.
func text(all []element) string {
	var b strings.Builder
	for _, e := range all {
		if e.Name != "style" {
			b.WriteString(e.Text + " " + e.Attr["aria-label"] + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestPagesHold looks at every kind of page for what must hold of each.
func TestPagesHold(t *testing.T) {
	link := regexp.MustCompile(`url\(([^)]*)\)|@import`)
	for name, r := range results(t) {
		all := parse(t, render(t, r))
		ids := map[string]bool{}
		for _, e := range all {
			id, ok := e.Attr["id"]
			if !ok {
				continue
			}
			if ids[id] {
				t.Errorf("%s: id %q stands twice", name, id)
			}
			ids[id] = true
		}
		for _, e := range all {
			if slices.Contains([]string{"script", "img", "iframe", "object", "embed", "form", "base"}, e.Name) {
				t.Errorf("%s: there is a <%s>", name, e.Name)
			}
			for key, v := range e.Attr {
				switch {
				case key == "style" || strings.HasPrefix(key, "on"):
					t.Errorf("%s: <%s> has %s=%q, which the policy forbids", name, e.Name, key, v)
				case key == "src", key == "href" && !strings.HasPrefix(v, "#") && !strings.HasPrefix(v, "data:"):
					t.Errorf("%s: <%s> leads out of the file: %s=%q", name, e.Name, key, v)
				case key == "href" && strings.HasPrefix(v, "#") && !ids[v[1:]]:
					t.Errorf("%s: nothing has the id of the link %s", name, v)
				case key == "aria-labelledby":
					for _, id := range strings.Fields(v) {
						if !ids[id] {
							t.Errorf("%s: <%s> is named by %q, which is not there", name, e.Name, id)
						}
					}
				}
				for _, m := range link.FindAllStringSubmatch(v, -1) {
					if !strings.HasPrefix(m[1], "#") || !ids[m[1][1:]] {
						t.Errorf("%s: <%s %s=%q> leads nowhere in the page", name, e.Name, key, v)
					}
				}
			}
			if e.Name == "style" {
				for _, m := range link.FindAllStringSubmatch(e.Text, -1) {
					if !strings.HasPrefix(m[1], "data:font/") {
						t.Errorf("%s: the style asks for %q", name, m[0])
					}
				}
			}
			// A font in the style may hold any letters.
			if e.Name != "style" && (strings.Contains(e.Text, "NaN") || strings.Contains(e.Text, "Inf")) {
				t.Errorf("%s: <%s> shows %q", name, e.Name, e.Text)
			}
		}
	}
}

// TestWords looks for words no page may use; the disclaimer alone may name
// therapy, to say that this is none.
func TestWords(t *testing.T) {
	forbidden := []string{"depress", "disorder", "symptom", "diagnos", "patient", "unstable", "mental state", "risk score", "treats", "therap", "proven"}
	for name, r := range results(t) {
		s := strings.ToLower(text(parse(t, render(t, r))))
		disclaimer := "it is not therapy and not a medical device"
		if strings.Count(s, disclaimer) != 1 {
			t.Errorf("%s: the disclaimer does not stand exactly once", name)
		}
		s = strings.ReplaceAll(s, disclaimer, "")
		for _, w := range forbidden {
			if i := strings.Index(s, w); i >= 0 {
				t.Errorf("%s: says %q: …%s…", name, w, s[max(0, i-40):min(len(s), i+40)])
			}
		}
	}
}

func TestSameResultSameBytes(t *testing.T) {
	for name, r := range results(t) {
		if !bytes.Equal(render(t, r), render(t, r)) {
			t.Errorf("%s: two pages of one result differ", name)
		}
	}
}

// TestChapters checks which chapters each result has, and that what is absent is
// spoken of.
func TestChapters(t *testing.T) {
	all := results(t)
	for _, c := range []struct {
		result   string
		chapters string
		says     []string
	}{
		{"full", "hour moods sessions persona music groups history method",
			[]string{"Hi Mai, are you ready to explore yourself?", "From angry to calm, in an hour", "Nothing has left it"}},
		{"no history", "music groups method",
			[]string{"Are you ready to explore yourself?", "There was no listening history", "There is no hour here: name a mood to start from"}},
		{"gates closed", "hour moods sessions persona music groups history method",
			[]string{"Still learning", "of 20 sessions with a mood so far", "of 14 active days so far", "Still tuning"}},
		{"placed only", "hour moods sessions persona music history method",
			[]string{`Hi <script>alert("Ada")</script> & 日本語, are you ready`}},
	} {
		elements := parse(t, render(t, all[c.result]))
		var got, linked []string
		inNav := false
		for _, e := range elements {
			if e.Name == "section" {
				got = append(got, e.Attr["id"])
			}
			inNav = e.Name == "nav" || inNav && e.Name == "a"
			if e.Name == "a" && inNav {
				linked = append(linked, strings.TrimPrefix(e.Attr["href"], "#"))
			}
		}
		if strings.Join(got, " ") != c.chapters {
			t.Errorf("%s: chapters %q, want %q", c.result, got, c.chapters)
		}
		if strings.Join(linked, " ") != c.chapters {
			t.Errorf("%s: the contents lead to %q, want %q", c.result, linked, c.chapters)
		}
		words := text(elements)
		for _, s := range c.says {
			if !strings.Contains(words, s) {
				t.Errorf("%s: does not say %q", c.result, s)
			}
		}
	}
}

// TestFacts compares numbers on the page with those of the result.
func TestFacts(t *testing.T) {
	r := results(t)["full"]
	words := text(parse(t, render(t, r)))
	c, h := r.CatalogReport, r.HistoryReport
	facts := []string{
		fmt.Sprintf("%s rows = %s tracks + %s + %d dropped", en.Count(c.Rows), en.Count(c.Tracks), en.Of(c.Duplicates, "duplicate", "duplicates"), tally{Dropped: c.Dropped}.lost()),
		fmt.Sprintf("%s rows = %s + %s + %d that are no plays", en.Count(h.Rows), en.Of(h.Plays, "play", "plays"), en.Of(h.Duplicates, "duplicate", "duplicates"), tally{Dropped: h.Dropped}.lost()),
		en.Decimal(float64(r.Music.Training.Models[0].Silhouette), 3),
		en.Decimal(float64(r.Music.Training.Models[0].Null.Silhouette), 3),
		"projection_2d",
	}
	for _, p := range r.Playlist.Tracks {
		facts = append(facts, strings.Join(strings.Fields(p.Title), " "))
	}
	for _, p := range r.Profile.Usual.Shares {
		facts = append(facts, en.Percent(float64(p.Value)))
	}
	for _, f := range facts {
		f = strings.Join(strings.Fields(f), " ")
		if !strings.Contains(words, f) {
			t.Errorf("the page does not say %q", f)
		}
	}
	if c.Rows != c.Tracks+c.Duplicates+(tally{Dropped: c.Dropped}).lost() || h.Rows != h.Plays+h.Duplicates+(tally{Dropped: h.Dropped}).lost() {
		t.Error("a report does not add up")
	}
}

// TestOtherHours renders hours of every kind: other arms, one that stays, one
// without a history, with relaxations, with a bound.
func TestOtherHours(t *testing.T) {
	r := *results(t)["full"]
	plan := func(w recommend.Wish, l *recommend.Listener) *playlist.Playlist {
		t.Helper()
		p, err := recommend.Plan(context.Background(), r.Music, l, nil, w)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	bound := *plan(recommend.Wish{From: ".3,.7", To: "calm", Minutes: 20}, nil)
	gap, lower := .0181, 1.
	bound.Gap, bound.LowerBound, bound.Certificate = &gap, &lower, nil
	bound.Relaxed = []playlist.Relaxation{{Rule: "familiarity", Text: "fewer familiar tracks than planned", Help: "more plays would help"}}
	for want, p := range map[string]*playlist.Playlist{
		"Your own tracks, in random order, for an hour":                     plan(recommend.Wish{From: "angry", Arm: playlist.Shuffle}, r.Listener),
		"Calm from the first track, for an hour":                            plan(recommend.Wish{From: "angry", Arm: playlist.Compensatory}, nil),
		"Staying calm, for an hour":                                         plan(recommend.Wish{From: "calm", To: "calm"}, nil),
		"From sad to content, in 45 minutes":                                plan(recommend.Wish{From: "sad", To: "content", Minutes: 45}, nil),
		"is more than 1.9 % better than this one. That limit is calculated": &bound,
		"What had to give Fewer familiar tracks than planned":               &bound,
	} {
		r.Playlist = p
		if words := text(parse(t, render(t, &r))); !strings.Contains(words, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("an hour of arm %q does not say %q", p.Arm, want)
		}
	}
}

// TestHourSaysWhatIsThere: what an hour tells of its tracks, its bound and what it
// gave up stands in the page; what is absent leaves no trace.
func TestHourSaysWhatIsThere(t *testing.T) {
	r := *results(t)["full"]
	r.Playlist = hours(t)["told"]
	words := text(parse(t, render(t, &r)))
	plain := strings.NewReplacer(language.Thin, " ", language.Joined, " ").Replace(words)
	for _, s := range []string{
		"Locked · familiar", "Wished for · less known to you · a step of 0.06 · tempo × 0.93 · same key",
		"a step of 0.10 · key 3 or more steps away", "Instead of “Alone”.",
		"Instead of “<Other> & tune” by A and B. Further from the plan: 0.10 on the plane, not 0.04.",
		fmt.Sprintf("No order of %d of these %d tracks is more than 1.9 %% better than this one.", len(r.Playlist.Tracks), r.Playlist.Candidates),
		"This hour costs 0.0213, and none costs less than 0.0209.",
		"The limits found: 0.0150 if tracks could repeat, 0.0200 at prices for what is then broken, set in 60 rounds, 0.0209 after a search of what is left.",
		"What was weighed It gives a smooth tempo", "What had to give Fewer familiar tracks than planned. More plays would help.", "Worth knowing Something the limits changed.",
	} {
		if !strings.Contains(plain, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	r.Playlist = &playlist.Playlist{Arm: playlist.Iso, Minutes: 10, DurationMS: 180000, Tracks: []playlist.Track{{Title: "One", DurationMS: 180000}}}
	words = text(parse(t, render(t, &r)))
	for _, s := range []string{"Instead of", "a step of", "What was weighed", "What had to give", "Worth knowing", "No order of", "Locked"} {
		if strings.Contains(words, s) {
			t.Errorf("the page of a bare hour says %q", s)
		}
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		en.Count(0): "0", en.Count(999): "999", en.Count(1000): "1 000", en.Count(-1234567): "−1 234 567",
		en.Decimal(-0.001, 2): "0.00", en.Decimal(-1234.5, 1): "−1 234.5", en.Decimal(math.NaN(), 2): "–", en.Decimal(math.Inf(1), 0): "–",
		en.Percent(0): "0 %", en.Percent(1): "100 %", en.Percent(.0004): "under 0.1 %", en.Percent(.004): "0.4 %", en.Percent(.9999): "99.9 %", en.Percent(.426): "43 %",
		en.Of(1, "play", "plays"): "1 play", en.Of(2, "play", "plays"): "2 plays",
		en.Span(20 * time.Second): "under 1 min", en.Span(59 * time.Minute): "59 min", en.Span(72 * time.Minute): "1 h 12 min", en.Span(11*time.Hour + 20*time.Minute): "11 h",
		en.Exact(3616 * time.Second): "60 min 16 s", en.Exact(time.Hour): "60 min", language.Clock(208 * time.Second): "3:28", language.Clock(3605 * time.Second): "60:05",
		en.List([]string{"a", "b", "c"}): "a, b and c", en.List(nil): "", language.Upper("its ‘x’"): "Its ‘x’", language.Upper("don't"): "Don’t", language.Upper(""): "",
		tell.Signed(en, .004): "0.00", tell.Signed(en, .5): "+0.50", tell.Signed(en, -.5): "−0.50", en.Words(16): "Sixteen", en.Words(21): "21",
	} {
		got = strings.NewReplacer(language.Thin, " ", language.Joined, " ").Replace(got)
		if got != want {
			t.Errorf("wrote %q, want %q", got, want)
		}
	}
}

// TestGroupedKeepsTheNumber: without its spaces a number reads as before.
func TestGroupedKeepsTheNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int().Draw(t, "n")
		s := strings.NewReplacer(language.Thin, "", "−", "-").Replace(en.Count(n))
		if got, err := strconv.Atoi(s); err != nil || got != n {
			t.Fatalf("%d became %q", n, en.Count(n))
		}
		for _, group := range strings.Split(strings.TrimPrefix(en.Count(n), "−"), language.Thin)[1:] {
			if len(group) != 3 {
				t.Fatalf("%q has a group of %d digits", en.Count(n), len(group))
			}
		}
	})
}

// TestFilesStandAlone reads the pictures that are files as XML, and checks that
// they carry their colours.
func TestFilesStandAlone(t *testing.T) {
	r := results(t)["full"]
	for name, svg := range map[string]string{
		"curves": tell.CurvesPicture(en, r.Curves),
		"tree":   chart.Standalone(tell.DrawTree(nil, persona.PersonaTree(), nil, chart.Caption{ID: "tree", Title: "The tree"})),
	} {
		if !strings.HasPrefix(svg, "<svg ") || !strings.Contains(svg[:300], `xmlns="http://www.w3.org/2000/svg"`) {
			t.Errorf("%s: not an SVG file: %.120s", name, svg)
		}
		if strings.Contains(svg, "var(") || strings.Contains(svg, "light-dark(") {
			t.Errorf("%s: colours are left to a page it is not in", name)
		}
		if !strings.Contains(svg, "#f8f6f1") || !strings.Contains(svg, "#11151c") {
			t.Errorf("%s: lacks the paper of the day or the night", name)
		}
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestWriteNeedsACatalogue(t *testing.T) {
	defer func() {
		if s, _ := recover().(string); !strings.HasPrefix(s, "report: ") {
			t.Errorf("Write panicked with %q, want a panic of package report", s)
		}
	}()
	Write(io.Discard, &recommend.Result{})
}

func TestWriteReturnsTheWritersError(t *testing.T) {
	if err := Write(failing{}, results(t)["no history"]); err == nil {
		t.Error("a writer that fails gave no error")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func BenchmarkWrite(b *testing.B) {
	r := results(b)["full"]
	b.SetBytes(int64(len(render(b, r))))
	for b.Loop() {
		if err := Write(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
