package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"segue/language"

	"pgregory.net/rapid"
)

// hours draws an hour of any kind: of 1 to 60 tracks of 1 to 10 minutes, along a
// plan, at one place or by chance, anywhere on the plane.
func hours() *rapid.Generator[Hour] {
	return rapid.Custom(func(t *rapid.T) Hour {
		unit := rapid.Float64Range(0, 1)
		point := func(label string) [2]float64 { return [2]float64{unit.Draw(t, label), unit.Draw(t, label)} }
		h := Hour{Band: .1, From: point("from"), To: point("to")}
		if rapid.Bool().Draw(t, "stays") {
			h.To = h.From
		}
		spread := rapid.SampledFrom([]float64{0, .02, .1, 1}).Draw(t, "spread")
		n := rapid.IntRange(1, 60).Draw(t, "tracks")
		near := func(v float64, label string) float64 {
			return min(1, max(0, v+spread*(unit.Draw(t, label)-.5)))
		}
		for i := range n {
			w := float64(i) / float64(n)
			length := rapid.Float64Range(1, 10).Draw(t, "length")
			h.Tracks = append(h.Tracks, Track{
				Start: h.Minutes, End: h.Minutes + length,
				Valence: near(h.From[0]+w*(h.To[0]-h.From[0]), "valence"), Arousal: near(h.From[1]+w*(h.To[1]-h.From[1]), "arousal"),
				Mark: Mark(rapid.IntRange(0, 4).Draw(t, "mark")), Label: rapid.StringN(0, 60, 200).Draw(t, "title"), By: rapid.StringN(0, 30, 100).Draw(t, "artist"),
				Sign: rapid.SampledFrom([]string{"", "locked"}).Draw(t, "sign"),
			})
			h.Minutes += length
		}
		hold := rapid.Float64Range(0, .5).Draw(t, "hold") * h.Minutes
		sustain := h.Minutes - rapid.Float64Range(0, .49).Draw(t, "sustain")*h.Minutes
		h.Phases = []Span{{"Hold", 0, hold, false}, {"Shift", hold, sustain, true}, {"Sustain", sustain, h.Minutes, false}}
		if rapid.Bool().Draw(t, "planned") {
			for i := range 61 {
				w := float64(i) / 60
				h.Plan = append(h.Plan, Planned{w * h.Minutes, h.From[0] + w*(h.To[0]-h.From[0]), h.From[1] + w*(h.To[1]-h.From[1])})
			}
			h.Waypoints = [][2]float64{point("waypoint")}
		}
		if rapid.Bool().Draw(t, "night") {
			h.Closed = []Area{{0, .55, 1, 1, "closed at night"}}
		}
		return h
	})
}

// A written is a text of a drawing with where it stands.
type written struct {
	text string
	box  box
}

// sheet is what a drawing holds, in the drawing's own units; of nested drawings
// only the texts that stand beside them.
type sheet struct {
	w, h  float64
	texts []written
	boxes []box    // of rectangles
	lines []string // path data
}

// readSheet reads the first drawing in svg.
func readSheet(t interface{ Fatalf(string, ...any) }, svg string) sheet {
	d := xml.NewDecoder(strings.NewReader("<r>" + svg + "</r>"))
	var s sheet
	depth, deep := 0, 0 // of drawings
	number := func(e xml.StartElement, name string) float64 {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				v, err := strconv.ParseFloat(a.Value, 64)
				if err != nil {
					t.Fatalf("%s=%q of <%s>", name, a.Value, e.Name.Local)
				}
				return v
			}
		}
		return 0
	}
	value := func(e xml.StartElement, name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return s
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch e := tok.(type) {
		case xml.EndElement:
			if e.Name.Local == "svg" {
				if depth--; depth == 0 {
					return s
				}
			}
		case xml.StartElement:
			switch e.Name.Local {
			case "svg":
				if depth++; depth == 1 {
					fmt.Sscanf(value(e, "viewBox"), "0 0 %g %g", &s.w, &s.h)
				}
			case "text":
				if depth > 1 {
					break
				}
				var all strings.Builder
				for deep = 1; deep > 0; {
					switch in, err := d.Token(); in := in.(type) {
					case xml.CharData:
						all.Write(in)
					case xml.StartElement:
						deep++
					case xml.EndElement:
						deep--
					case nil:
						t.Fatalf("not well-formed: %v", err)
					}
				}
				if value(e, "transform") != "" {
					break // the words beside the plane stand upright
				}
				b := textBox(number(e, "x"), number(e, "y"), number(e, "font-size"), value(e, "text-anchor"), all.String())
				switch class := value(e, "class"); {
				case strings.Contains(class, "display"):
					b.x1 = b.x0 + serif*(b.x1-b.x0)
				case class == "": // all of these start at x
					b.x1 = b.x0 + regular*(b.x1-b.x0)
				}
				s.texts = append(s.texts, written{all.String(), b})
			case "rect":
				if depth == 1 {
					x, y := number(e, "x"), number(e, "y")
					s.boxes = append(s.boxes, box{x, y, x + number(e, "width"), y + number(e, "height")})
				}
			case "path":
				if depth == 1 && value(e, "transform") == "" {
					s.lines = append(s.lines, value(e, "d"))
				}
			}
		}
	}
}

// tidy reports texts over each other and what leaves the drawing.
func (s sheet) tidy(t *rapid.T, name string) {
	page := box{-2, -2, s.w + 2, s.h + 2}
	for i, a := range s.texts {
		if !a.box.inside(page) {
			t.Fatalf("%s: %q stands outside: %v of %g×%g", name, a.text, a.box, s.w, s.h)
		}
		for _, b := range s.texts[:i] {
			if w, h := min(a.box.x1, b.box.x1)-max(a.box.x0, b.box.x0), min(a.box.y1, b.box.y1)-max(a.box.y0, b.box.y0); w > 1 && h > 4 {
				t.Fatalf("%s: %q stands over %q", name, a.text, b.text)
			}
		}
	}
	for _, b := range s.boxes {
		if !b.inside(page) {
			t.Fatalf("%s: a rectangle leaves the drawing: %v of %g×%g", name, b, s.w, s.h)
		}
	}
}

// TestHoursAreTidy: whatever the hour and the language, no word stands over
// another, nothing leaves its drawing, and lines over time never turn back.
func TestHoursAreTidy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(language.All()).Draw(t, "language")
		h := hours().Draw(t, "hour")
		readSheet(t, DrawWay(h, Caption{"w", "t", "d", in})).tidy(t, "way")
		for _, l := range []arcLayout{arcWide, arcNarrow} {
			s := readSheet(t, l.draw(h, Caption{"a", "t", "d", in}))
			s.tidy(t, l.class)
			for _, d := range s.lines {
				if strings.HasSuffix(d, "Z") || strings.ContainsAny(d, "HVv") {
					continue // bands go there and back; scales
				}
				last := math.Inf(-1)
				for _, p := range strings.FieldsFunc(d, func(r rune) bool { return r == 'M' || r == 'L' }) {
					var x, y float64
					fmt.Sscanf(p, "%g %g", &x, &y)
					if x < last {
						t.Fatalf("%s: a line over time turns back from %g to %g: %s", l.class, last, x, d)
					}
					last = x
				}
			}
		}
		p := Poster{Title: "From around the middle to around the middle, in 180 minutes", Lead: strings.Repeat("A line of words. ", 9), Key: strings.Repeat("A key. ", 30),
			Facts: []Figure{{"Starts near you", "0.02", "away in the first minutes"}, {"Could be better by", "≤ 100 %", "in any other order of as many candidates"}, {"a", "1", "b"}, {"a", "1", "b"}}, Hour: h, Notes: []string{"One.", strings.Repeat("Long words. ", 40)}}
		readSheet(t, p.wide(Caption{"p", "t", "d", in})).tidy(t, "wide poster")
		readSheet(t, p.narrow(Caption{"p", "t", "d", in})).tidy(t, "narrow poster")
	})
}

// TestWayByHand: on the plane of 352 units at offset 24, the track at (0, 1)
// stands in the upper left corner, that at (.5, .5) in the middle, (200, 200); the
// thread joins them in order, and both are numbered.
func TestWayByHand(t *testing.T) {
	svg := DrawWay(Hour{Minutes: 6, From: [2]float64{0, 1}, To: [2]float64{.5, .5}, Tracks: []Track{{Start: 0, End: 3, Valence: 0, Arousal: 1}, {Start: 3, End: 6, Valence: .5, Arousal: .5}},
		Plan: []Planned{{0, 0, 1}, {6, .5, .5}}}, Caption{"x", "", "", nil})
	for _, s := range []string{`d="M24 24L200 200" class="f-none s-ink thread"`, ">1</text>", ">2</text>", ">now</text>", ">target</text>", `cx="24" cy="24" r="7"`} {
		if !strings.Contains(svg, s) {
			t.Errorf("the way lacks %s", s)
		}
	}
}

// TestNumbersTogether: tracks on one place share a number, such as 1–3; of runs
// the first and the last come first.
func TestNumbersTogether(t *testing.T) {
	at := func(v float64) Track { return Track{Valence: v, Arousal: .5} }
	got := groups(Hour{Tracks: []Track{at(.1), at(.11), at(.12), at(.5), at(.8), at(.81), at(.9)}}, frame{24, 352})
	want := [][2]int{{0, 2}, {6, 6}, {4, 5}, {3, 3}}
	if len(got) != len(want) {
		t.Fatalf("%d runs, want %d", len(got), len(want))
	}
	for i, g := range got {
		if [2]int{g.first, g.last} != want[i] {
			t.Errorf("run %d is %d to %d, want %v", i, g.first, g.last, want[i])
		}
	}
}

// TestFitAndParagraph: texts keep to their width, in whole letters.
func TestFitAndParagraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, w := rapid.String().Draw(t, "s"), rapid.Float64Range(30, 400).Draw(t, "width")
		if short := fit(s, w, 12); textWidth(short, 12) > w {
			t.Fatalf("%q is %g wide, not %g", short, textWidth(short, 12), w)
		} else if strings.ContainsRune(short, '\ufffd') && !strings.ContainsRune(s, '\ufffd') {
			t.Fatalf("%q cuts a letter of %q", short, s)
		}
		for _, line := range paragraph(s, w, 12) {
			if textWidth(line, 12) > w {
				t.Fatalf("the line %q is too wide", line)
			}
		}
	})
	if got := strings.Join(paragraph("one two three", textWidth("one two", 10), 10), "/"); got != "one two/three" {
		t.Errorf("the paragraph breaks into %q", got)
	}
}

// TestCrosses: a line through, beside, inside and touching a box from 1 to 2.
func TestCrosses(t *testing.T) {
	b := box{1, 1, 2, 2}
	for _, c := range []struct {
		p, q [2]float64
		want bool
	}{
		{[2]float64{0, 0}, [2]float64{3, 3}, true}, {[2]float64{0, 3}, [2]float64{3, 3}, false}, {[2]float64{1.5, 1.5}, [2]float64{1.5, 1.5}, true},
		{[2]float64{0, 1.5}, [2]float64{.9, 1.5}, false}, {[2]float64{1.5, 0}, [2]float64{1.5, 5}, true}, {[2]float64{0, 2.5}, [2]float64{2.5, 0}, true}, {[2]float64{0, 1.9}, [2]float64{1.9, 0}, false},
	} {
		if b.crosses(c.p, c.q) != c.want {
			t.Errorf("from %v to %v: %v", c.p, c.q, !c.want)
		}
	}
}

// TestResponsive: both drawings are whole in the file, the narrow one hidden but
// for phones, every colour written out.
func TestResponsive(t *testing.T) {
	h := Hour{Minutes: 3, Tracks: []Track{{End: 3, Valence: .5, Arousal: .5, Label: "a & b"}}}
	file := Responsive(DrawPoster(Poster{Title: "T", Hour: h}, Caption{"x", "T & t", "d", nil}))
	for _, s := range []string{"<title>T &amp; t</title>", `class="part wide poster"`, `class="part narrow poster"`, "(max-width:700px)", "@media screen and (prefers-color-scheme:dark)"} {
		if !strings.Contains(file, s) {
			t.Errorf("the file lacks %s", s)
		}
	}
	drawn := regexp.MustCompile(`base64,[^)]*`).ReplaceAllString(file, "") // any letters may stand in a font
	for _, s := range []string{"var(", "light-dark(", "NaN"} {
		if strings.Contains(drawn, s) {
			t.Errorf("the file holds %s", s)
		}
	}
	if err := xml.Unmarshal([]byte(file), new(struct{})); err != nil {
		t.Errorf("not well-formed: %v", err)
	}
	defer func() {
		if s, _ := recover().(string); !strings.HasPrefix(s, "chart: ") {
			t.Errorf("one drawing alone panicked with %q", s)
		}
	}()
	Responsive(drawSmall("a"))
}
