package chart

import (
	"strings"
	"testing"
	"time"

	"segue/language"

	"pgregory.net/rapid"
)

// TestPadByHand: the cells are 60 wide from 34 on, so that a check-in in the first
// column and the last row stands at 64, 64, the middle of the upper left cell, and one
// in the middle at 304, 304.
func TestPadByHand(t *testing.T) {
	svg := DrawPad(Pad{Now: &[2]float64{0, 1}, Target: &[2]float64{.5, .5}, NowWord: "Now", TargetWord: "Where to"}, Caption{ID: "p"})
	for _, s := range []string{`viewBox="0 0 608 608"`, `<circle cx="64" cy="64" r="15" class="f-ink"/>`, `<circle cx="304" cy="304" r="15" class="f-card s-ink" stroke-width="3"/>`,
		`d="M64 64L304 304"`, ">Now</text>", ">Where to</text>", "M94 34v540M34 94h540"} {
		if !strings.Contains(svg, s) {
			t.Errorf("the pad lacks %s", s)
		}
	}
	if n := strings.Count(svg, "v540"); n != PadCells-1 {
		t.Errorf("%d upright lines", n)
	}
	if strings.Contains(svg, ">Angry</text>") || !strings.Contains(svg, ">Calm</text>") {
		t.Error("a mark stands over the word of its corner, or another corner lost its own")
	}
	if s := DrawPad(Pad{Now: &[2]float64{0, 1}}, Caption{ID: "p"}); strings.Contains(s, "stroke-dasharray") {
		t.Error("a way leads nowhere")
	}
	same := DrawPad(Pad{Now: &[2]float64{.5, .5}, Target: &[2]float64{.5, .5}, NowWord: "Now", TargetWord: "Where to"}, Caption{ID: "p"})
	if !strings.Contains(same, ">Now and where to</text>") || strings.Contains(same, ">Now</text>") {
		t.Error("one place has not one word")
	}
}

// TestPadsAreTidy: wherever the marks stand, in every language, no word stands
// over another and none leaves the drawing; both marks have theirs.
func TestPadsAreTidy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(language.All()).Draw(t, "language")
		cell := func(label string) *[2]float64 {
			if rapid.IntRange(0, 4).Draw(t, label+"?") == 0 {
				return nil
			}
			return &[2]float64{float64(rapid.IntRange(0, 8).Draw(t, label)) / 8, float64(rapid.IntRange(0, 8).Draw(t, label)) / 8}
		}
		p := Pad{Now: cell("now"), Target: cell("target"), NowWord: "Bây giờ", TargetWord: "Muốn đến"}
		svg := DrawPad(p, Caption{"p", "t", "d", in})
		readSheet(t, svg).tidy(t, "pad")
		if p.Now != nil && !strings.Contains(svg, "Bây giờ") || p.Target != nil && !strings.Contains(strings.ToLower(svg), "muốn đến") {
			t.Fatalf("a mark has no word: %v %v", p.Now, p.Target)
		}
		g := Change{After: cell("after"), Target: p.Target}
		if p.Now != nil {
			g.Before = *p.Now
		}
		readSheet(t, DrawChange(g, Caption{"c", "t", "d", in})).tidy(t, "change")
	})
}

// TestChangeByHand: on the plane of 264 at offset 24, (0, 1) is at 24, 24 and
// (.5, .5) at 156, 156; the line between them is whole, that to the target dashed.
func TestChangeByHand(t *testing.T) {
	svg := DrawChange(Change{Before: [2]float64{0, 1}, After: &[2]float64{.5, .5}, Target: &[2]float64{1, 0}}, Caption{ID: "c"})
	for _, s := range []string{`d="M24 24L156 156" class="f-none s-ink" stroke-width="1.6"/>`, `d="M24 24L288 288" class="f-none s-ink" stroke-width="1.6" stroke-dasharray="5 4"/>`,
		`<circle cx="24" cy="24" r="7" class="f-ink"/>`, `<circle cx="156" cy="156" r="5.8" class="f-card s-ink"`, ">before</text>", ">after</text>", ">target</text>"} {
		if !strings.Contains(svg, s) {
			t.Errorf("the change lacks %s", s)
		}
	}
	still := DrawChange(Change{Before: [2]float64{.5, .5}, After: &[2]float64{.5, .5}}, Caption{ID: "c"})
	if !strings.Contains(still, ">before and after</text>") || strings.Contains(still, ">before</text>") {
		t.Error("one place has not one word")
	}
}

// TestOutcomesByHand: the scale of changes up to 0.3 reaches to 0.4; it is 190
// high from 30 on, so that no change stands at 125 and +0.2 at 77.5.
func TestOutcomesByHand(t *testing.T) {
	day := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	o := Outcomes{Name: "Pleasantness", Class: "dim-valence", Points: []Outcome{{day, .2}, {day.AddDate(0, 0, 1), -.3}}, Mean: &Mean{-.05, -.2, .1}}
	svg := DrawOutcomes(o, Caption{ID: "o"})
	wide, _, _ := strings.Cut(svg, "</svg>")
	for _, s := range []string{`<circle cx="18" cy="77.5" r="4" class="f-dim-valence"><title>Mon 2 Mar 2026, change +0.20</title>`, `M8 125H1066`, ">+0.4</text>", ">0</text>", ">−0.4</text>",
		`<rect x="8" y="101.2" width="1058" height="71.2" class="band f-dim-valence"/>`, "mean −0.05; band: its 95 % interval", ">no change</text>"} {
		if !strings.Contains(wide, s) {
			t.Errorf("the outcomes lack %s", s)
		}
	}
	if strings.Count(svg, `class="chart outcomes `) != 2 {
		t.Error("not a wide and a narrow drawing")
	}
	o.Mean = nil
	if strings.Contains(DrawOutcomes(o, Caption{ID: "o"}), "band") {
		t.Error("a band without a mean")
	}
}

// TestOutcomesAreTidy: whatever the changes, in every language, words keep apart
// and dots stay inside.
func TestOutcomesAreTidy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(language.All()).Draw(t, "language")
		o := Outcomes{Name: in.Say("Pleasantness"), Class: "dim-valence"}
		at := time.Date(2025, 1, 1, 20, 0, 0, 0, time.UTC)
		for range rapid.IntRange(0, 120).Draw(t, "hours") {
			at = at.Add(time.Duration(rapid.IntRange(1, 1200).Draw(t, "later")) * time.Hour)
			o.Points = append(o.Points, Outcome{at, rapid.Float64Range(-1, 1).Draw(t, "change")})
		}
		if rapid.Bool().Draw(t, "mean") {
			m := rapid.Float64Range(-.5, .5).Draw(t, "value")
			half := rapid.Float64Range(0, .4).Draw(t, "half")
			o.Mean = &Mean{m, m - half, m + half}
		}
		svg := DrawOutcomes(o, Caption{"o", "t", "d", in})
		readSheet(t, svg).tidy(t, "wide")
		readSheet(t, svg[strings.Index(svg, "</svg>")+6:]).tidy(t, "narrow")
	})
}
