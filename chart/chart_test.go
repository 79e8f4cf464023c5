package chart

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"segue/language"
)

// drawings returns every kind of drawing with hostile names and edge values.
func drawings(in *language.Tongue) map[string]string {
	hostile := `"><script>alert(1)</script> & 日本語`
	cap := func(id string) Caption { return Caption{id, hostile, hostile, in} }
	var hours HourMap
	hours[6][23] = HourCell{Calm, 90, true}
	hours[0][0] = HourCell{Mixed, .5, false}
	day := time.Date(2025, 12, 29, 23, 59, 0, 0, time.UTC)
	leaf := func(s string, on bool) *Branch { return &Branch{Text: s, OnPath: on} }
	hour := Hour{Minutes: 60, Phases: []Span{{hostile, 0, 9, false}, {"Shift", 9, 60, true}}, From: [2]float64{0, 1}, To: [2]float64{1, 0}, Band: .1, Waypoints: [][2]float64{{.5, .5}},
		Plan: []Planned{{0, .2, .8}, {60, .7, .3}}, Closed: []Area{{0, .55, 1, 1, hostile}, {0, .65, .4, 1, hostile}},
		Tracks: []Track{{0, 3.5, .2, .8, Angry, hostile, hostile, hostile}, {3.5, 60, .7, .3, Calm, "b", "", ""}}}
	return map[string]string{
		"plane": DrawPlane(Plane{
			Dots: []Dot{{0, 0}, {1, 1}}, Density: Estimate([]float64{.3, .7}, []float64{.3, .7}, nil, .08, 40).Contours(),
			Spots: []Spot{{.5, .5, Happy, hostile, .4}}, Usual: &Uncertain{.2, .2, .05, .04, hostile},
		}, cap("p")),
		"empty plane":  DrawPlane(Plane{Big: true}, cap("pe")),
		"curve":        DrawCurve([]Series{{Name: hostile, Class: "ink", X: []int{1, 2, 3}, Y: []float64{math.NaN(), 2, 1}, Best: 3}}, 2, "chosen", hostile, cap("c")),
		"long curve":   DrawCurve([]Series{{Name: "a", Class: "ink", X: []int{2, 9, 40}, Y: []float64{3, 2, 1}, Lo: []float64{2, math.NaN(), 0}, Hi: []float64{4, math.NaN(), 2}, Own: true}, {Name: "b", Class: "ink", X: []int{2, 40}, Y: []float64{1, 2}}}, 4, "chosen", "", cap("cl")),
		"flat curve":   DrawCurve([]Series{{Name: "a", Class: "ink", X: []int{1, 2}, Y: []float64{5, 5}}}, 9, "", "", cap("cf")),
		"no curve":     DrawCurve(nil, 4, "", "", cap("cn")),
		"histogram":    DrawHistogram(Histogram{0, 1, []int{0, 3, 900}, .9, hostile, nil}, cap("h")),
		"no counts":    DrawHistogram(Histogram{0, 0, nil, math.NaN(), "", nil}, cap("hn")),
		"whole":        DrawHistogram(Histogram{0, 1, []int{4, 0}, math.NaN(), "", []string{hostile, ""}}, cap("hw")),
		"bar":          DrawBar(Bar{Value: 2, Threshold: math.NaN(), Lo: -1, Hi: .5, Strong: true}, hostile),
		"no bar":       DrawBar(Bar{Value: math.NaN()}, ""),
		"beside":       Beside([]string{DrawHistogram(Histogram{0, 1, []int{1}, .5, "", nil}, cap("b1")), DrawHistogram(Histogram{0, 1, []int{1}, .5, "", nil}, cap("b2"))}, []string{hostile, ""}, cap("bs")),
		"file":         Standalone(DrawTree(leaf("only", true), cap("f"))),
		"correlation":  DrawCorrelations([]string{hostile, "b", "c"}, [][]float64{{1, .5, math.NaN()}, {.5, 1, -1}, {math.NaN(), -1, 1}}, cap("r")),
		"hours":        DrawHourMap(hours, cap("hm")),
		"no hours":     DrawHourMap(HourMap{}, cap("hz")),
		"calendar":     DrawCalendar([]Day{{day, 30, Sad, true}, {day.AddDate(0, 0, 5), 0, Calm, false}}, cap("k")),
		"no days":      DrawCalendar(nil, cap("kn")),
		"arc":          DrawArc(hour, cap("a")),
		"no arc":       DrawArc(Hour{Minutes: 10}, cap("an")),
		"way":          DrawWay(hour, cap("w")),
		"no way":       DrawWay(Hour{}, cap("wn")),
		"timeline":     DrawTimeline([]Moment{{day, .2, .9, .1, 60, Angry}, {day.AddDate(0, 2, 0), 1, 0, .1, 600, Calm}}, cap("t")),
		"one moment":   DrawTimeline([]Moment{{day, .2, .9, .1, 60, Angry}}, cap("t1")),
		"no moments":   DrawTimeline(nil, cap("tn")),
		"tree":         DrawTree(&Branch{Text: hostile, Small: "a < b", OnPath: true, Yes: leaf("x", false), No: leaf(hostile, true)}, cap("b")),
		"leaf":         DrawTree(leaf("only", true), cap("bl")),
		"transitions":  DrawTransitions(Marks(), [][]int{{1, 2, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 3, 0, 0}, {0, 0, 0, 1, 0}, {0, 0, 0, 0, 9}}, cap("m")),
		"confusion":    DrawConfusion(Marks()[:4], [][]int{{1, 2, 0, 0}, {0, 0, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 1}}, []int{4, 0, 3, 1}, cap("cm")),
		"reliability":  DrawReliability([]Promise{{Promised: .3, Came: .4, Lo: .2, Hi: .6, N: 40}, {Promised: .9, Came: .7, Lo: .6, Hi: .8, N: 80}}, cap("rel")),
		"no promise":   DrawReliability(nil, cap("rel0")),
		"key":          Key(in),
		"pad":          DrawPad(Pad{Now: &[2]float64{0, 1}, Target: &[2]float64{1, 0}, NowWord: hostile, TargetWord: "b", Way: [][2]float64{{0, 1}, {.5, .2}, {1, 0}}}, cap("pd")),
		"pad's place":  DrawPad(Pad{Now: &[2]float64{.5, .5}, Target: &[2]float64{.5, .5}, NowWord: "a", TargetWord: "b"}, cap("pp")),
		"empty pad":    DrawPad(Pad{}, cap("pn")),
		"change":       DrawChange(Change{Before: [2]float64{.2, .8}, After: &[2]float64{.5, .5}, Target: &[2]float64{.7, .3}}, cap("ch")),
		"no change":    DrawChange(Change{Before: [2]float64{.2, .8}, After: &[2]float64{.2, .8}, Target: &[2]float64{.2, .8}}, cap("c0")),
		"before":       DrawChange(Change{}, cap("cb")),
		"outcomes":     DrawOutcomes(Outcomes{Name: hostile, Class: "dim-valence", Points: []Outcome{{day, .25}, {day.AddDate(0, 2, 0), -.125}}, Mean: &Mean{.1, -.05, .25}}, cap("o")),
		"one outcome":  DrawOutcomes(Outcomes{Name: "a", Class: "ink", Points: []Outcome{{day, 0}}}, cap("o1")),
		"no outcomes":  DrawOutcomes(Outcomes{}, cap("on")),
		"intervals":    DrawIntervals(Intervals{Rows: []Interval{{hostile, .1, -.05, .25, true}, {"open", -.2, math.NaN(), .1, false}, {"none", math.NaN(), math.NaN(), math.NaN(), false}}, Least: .05, Unit: "steps"}, cap("iv")),
		"no intervals": DrawIntervals(Intervals{}, cap("ivn")),
		"sequence":     DrawSequence(Sequence{Name: hostile, Points: []SequencePoint{{2, math.NaN(), math.NaN(), math.NaN()}, {9, .5, math.NaN(), math.NaN()}, {20, .3, -.4, 1}, {40, .2, .1, .3}}, Least: .05, Unit: "<b>"}, cap("sq")),
		"no sequence":  DrawSequence(Sequence{}, cap("sqn")),
		"flat":         DrawSequence(Sequence{Points: []SequencePoint{{1, 0, 0, 0}, {1, 0, 0, 0}}}, cap("sq0")),
	}
}

// TestDrawingsAreWellFormed reads every drawing as XML, so that no name can
// break out of it, and looks for what a strict content security policy forbids.
func TestDrawingsAreWellFormed(t *testing.T) {
	for name, svg := range drawings(nil) {
		dec := xml.NewDecoder(strings.NewReader("<root>" + svg + "</root>"))
		ids := map[string]bool{}
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			el, ok := tok.(xml.StartElement)
			if !ok {
				continue
			}
			if el.Name.Local == "script" {
				t.Errorf("%s: a name became a script", name)
			}
			for _, a := range el.Attr {
				switch {
				case a.Name.Local == "style":
					t.Errorf("%s: <%s> has an inline style", name, el.Name.Local)
				case a.Name.Local == "id":
					if ids[a.Value] {
						t.Errorf("%s: id %s stands twice", name, a.Value)
					}
					ids[a.Value] = true
				}
			}
		}
		if i := strings.LastIndex(svg, "base64,"); i >= 0 { // fonts are any letters
			svg = svg[i+strings.IndexByte(svg[i:], ')'):]
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s: holds a NaN or an infinity", name)
		}
	}
}

func TestDrawingsAreTheSameTwice(t *testing.T) {
	again := drawings(nil)
	for name, svg := range drawings(nil) {
		if svg != again[name] {
			t.Errorf("%s: differs when drawn again", name)
		}
	}
}

// TestPlaneIsNotFlipped: pleasant is right and energetic is up. On the small
// plane a dot at (1, 1) stands at x = 24+264, y = 24.
func TestPlaneIsNotFlipped(t *testing.T) {
	svg := DrawPlane(Plane{Dots: []Dot{{1, 1}}}, Caption{"x", "", "", nil})
	if !strings.Contains(svg, `<circle cx="288" cy="24" r="1.6"`) {
		t.Error("the dot at (1, 1) is not in the upper right corner")
	}
}

// TestHourMapGrowsWithListening: a cell with more minutes gets a larger mark.
func TestHourMapGrowsWithListening(t *testing.T) {
	var m HourMap
	m[0][1], m[0][2] = HourCell{Calm, 10, true}, HourCell{Calm, 100, true}
	svg := DrawHourMap(m, Caption{"x", "", "", nil})
	if !strings.Contains(svg, "scale(1.438)") || strings.Count(svg, "scale(1.438)") != 1 { // 23/16 for the largest, once in the wide map
		t.Error("the fullest hour has not the largest mark")
	}
}

func TestStyleCarriesBothThemesAndFonts(t *testing.T) {
	if s := Style(); !strings.Contains(s, "light-dark(") || !strings.Contains(s, "--happy-ink") || strings.Contains(s, "http") {
		t.Error("the style lacks a theme or asks for something outside")
	}
	if s := Fonts(); !strings.Contains(s, "Newsreader") || strings.Contains(s, "http") {
		t.Error("the fonts are not inside")
	}
}
