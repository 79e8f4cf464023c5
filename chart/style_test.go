package chart

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance of an sRGB colour, WCAG 2.2.
func luminance(c [3]float64) float64 {
	var l float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		v := c[i] / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

// contrast of two colours, [1, 21].
func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + .05) / (y + .05)
}

// TestContrastByHand: black on white is 21; #777 on white is 4.48, the grey
// known to fall just short of AA.
func TestContrastByHand(t *testing.T) {
	white := [3]float64{255, 255, 255}
	if c := contrast([3]float64{}, white); math.Abs(c-21) > 1e-9 {
		t.Errorf("black on white is %g", c)
	}
	if c := contrast([3]float64{119, 119, 119}, white); math.Abs(c-4.48) > .005 {
		t.Errorf("#777 on white is %g", c)
	}
}

// TestWordsCanBeRead holds every pair of text and ground of the tokens to
// 4.5:1, by day and by night, the washed corners of the plane included.
func TestWordsCanBeRead(t *testing.T) {
	colour := map[string][2][3]float64{} // day and night
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):light-dark\(#([0-9a-f]{6}),#([0-9a-f]{6})\)`).FindAllStringSubmatch(Tokens(), -1) {
		var both [2][3]float64
		for theme := range 2 {
			for i := range 3 {
				v, err := strconv.ParseUint(m[2+theme][2*i:2*i+2], 16, 8)
				if err != nil {
					t.Fatal(err)
				}
				both[theme][i] = float64(v)
			}
		}
		colour[m[1]] = both
	}
	over := func(top, ground string, opacity float64) (mixed [2][3]float64) {
		for theme := range 2 {
			for i := range 3 {
				mixed[theme][i] = opacity*colour[top][theme][i] + (1-opacity)*colour[ground][theme][i]
			}
		}
		return mixed
	}
	check := func(text, name string, ground [2][3]float64) {
		t.Helper()
		if _, ok := colour[text]; !ok {
			t.Fatalf("there is no token %s", text)
		}
		for theme, when := range []string{"day", "night"} {
			if c := contrast(colour[text][theme], ground[theme]); c < 4.5 {
				t.Errorf("%s on %s by %s: %.2f", text, name, when, c)
			}
		}
	}
	texts := []string{"--ink", "--ink-2", "--dim-valence", "--dim-arousal"}
	for _, m := range Marks() {
		texts = append(texts, "--"+m.Class()+"-ink")
	}
	for _, text := range texts {
		check(text, "paper", colour["--paper"])
		check(text, "card", colour["--card"])
	}
	check("--ink", "sunk", colour["--sunk"])
	check("--ink-2", "sunk", colour["--sunk"])
	check("--on-accent", "accent", colour["--accent"])
	check("--paper", "a strong disc", colour["--ink-2"])
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		corner := over("--"+m.Class()+"-wash", "--card", .5) // as DrawPlane washes it
		check("--"+m.Class()+"-ink", "its corner", corner)
		check("--ink", "the "+m.Class()+" corner", corner)
	}
}

// TestStandalone: the first whole drawing becomes a file with every colour
// written out, for both themes.
func TestStandalone(t *testing.T) {
	two := DrawTree(&Branch{Text: "only"}, Caption{"x", "t", "d", nil})
	file := Standalone("<p>before</p>" + two)
	if strings.Count(file, "</svg>") != 1 || strings.Contains(file, `narrow" viewBox`) || strings.Contains(file, "<p>") {
		t.Error("the file holds more than the first drawing")
	}
	for _, s := range []string{"var(", "light-dark(", "http://www.w3.org/1999"} {
		if strings.Contains(file, s) {
			t.Errorf("the file holds %q", s)
		}
	}
	day, night, ok := strings.Cut(file, "@media screen and (prefers-color-scheme:dark)")
	if !ok || !strings.Contains(day, ".f-paper{fill:#f8f6f1}") || !strings.Contains(night, ".f-paper{fill:#11151c}") {
		t.Error("the file lacks the paper of a theme")
	}
	nested := Beside([]string{drawSmall("a"), drawSmall("b")}, []string{"A", "B"}, Caption{"y", "t", "d", nil})
	if file := Standalone(nested); strings.Count(file, "</svg>") != 3 {
		t.Error("drawings beside each other did not stay whole")
	}
	for _, bad := range []string{"", "<svg viewBox=\"0 0 1 1\">", "<svg></svg>"} {
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "chart: ") {
					t.Errorf("Standalone(%q) panicked with %q", bad, s)
				}
			}()
			Standalone(bad)
		}()
	}
}

// drawSmall draws something with a view box under an ID.
func drawSmall(id string) string {
	return DrawHistogram(Histogram{Lo: 0, Hi: 1, Counts: []int{1}, Median: math.NaN()}, Caption{id, id, id, nil})
}

// TestDrawBar: 0.25 of a scale whose threshold is 0.5, with an interval, by hand.
func TestDrawBar(t *testing.T) {
	svg := DrawBar(Bar{Value: .25, Threshold: .5, Lo: .2, Hi: .3}, "a quarter")
	for _, s := range []string{`width="25.0%" height="8"`, `x1="50.0%" x2="50.0%"`, `x1="20.0%" x2="30.0%"`, `aria-label="a quarter"`} {
		if !strings.Contains(svg, s) {
			t.Errorf("the bar lacks %s", s)
		}
	}
	if s := DrawBar(Bar{Value: 7, Threshold: math.NaN()}, ""); !strings.Contains(s, `width="100.0%" height="8"`) || strings.Contains(s, "<line") || !strings.Contains(s, `aria-hidden="true"`) {
		t.Errorf("a value beyond the scale, without threshold and words: %s", s)
	}
}

func TestShortNumbers(t *testing.T) {
	for _, c := range []struct {
		v           float64
		short, long string
	}{
		{0, "0", "0"}, {1, "1", "1"}, {-.004, "0.00", "0.00"}, {.5, "0.50", "0.50"}, {-7.2, "−7.20", "−7.20"}, {12.34, "12.3", "12.3"},
		{1234.5, "1_234", "1_234"}, {-45678, "−45_678", "−45.7_k"}, {1234567, "1_234_567", "1.23_M"},
	} {
		got := [2]string{strings.ReplaceAll(short(nil, c.v), "\u202f", "_"), strings.ReplaceAll(compact(nil, c.v), "\u202f", "_")}
		if want := [2]string{c.short, c.long}; got != want {
			t.Errorf("%g: %v, want %v", c.v, got, want)
		}
	}
}
