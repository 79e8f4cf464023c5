package card

import (
	"math"
	"sort"
	"strings"
)

// A setting is a text broken into lines at one size.
type setting struct {
	lines []line
	size  float64 // pixels an em
	lead  float64 // pixels from baseline to baseline
}

// A wish is how a text should be set: as large as it goes.
type wish struct {
	face     *face
	most     float64   // pixels an em, at which it starts
	least    float64   // below which words are broken rather than letters made smaller
	widths   []float64 // pixels; the measure for as many lines
	leading  float64   // baseline to baseline, in ems
	hurry    float64   // the share of most down to which one line is better than two
	balanced bool      // lines of about one length
}

// shrink is how much smaller each next size is that fit tries.
const shrink = .97

// fit sets text as large as wish allows in at most len(widths) lines: first
// whole on one line, then on several, then with words broken where none of the
// sizes down to the least holds them, and then smaller still.
func (w wish) fit(text string) setting {
	try := func(size float64, lines int, broken bool) (setting, bool) {
		set, ok := w.wrap(text, size, w.widths[lines-1], broken)
		if !ok || len(set) > lines {
			return setting{}, false
		}
		if w.balanced && len(set) > 1 {
			set = w.balance(text, size, w.widths[lines-1], len(set), broken, set)
		}
		return setting{lines: set, size: size, lead: w.lead(set, size)}, true
	}
	for size := w.most; size >= w.most*w.hurry; size *= shrink {
		if s, ok := try(size, 1, false); ok {
			return s
		}
	}
	for size := w.most; size >= w.least; size *= shrink {
		if s, ok := try(size, len(w.widths), false); ok {
			return s
		}
	}
	for size := w.most; ; size *= shrink {
		if s, ok := try(size, len(w.widths), true); ok {
			return s
		}
	}
}

// lead returns the way from baseline to baseline: what leading asks, or as much
// as keeps the accents of one line off the tails of that before.
func (w wish) lead(lines []line, size float64) float64 {
	lead := w.leading
	for i := 1; i < len(lines); i++ {
		lead = max(lead, lines[i-1].ink.y1-lines[i].ink.y0+.06)
	}
	return lead * size
}

// wrap breaks text greedily at spaces into lines no wider than width. It fails on
// a word that is wider, unless words may be broken.
func (w wish) wrap(text string, size, width float64, broken bool) ([]line, bool) {
	fits := func(s string) bool { return w.face.set(s).wide()*size <= width }
	var out []line
	now := ""
	for _, word := range strings.Fields(strings.ReplaceAll(text, "\u00a0", keep)) {
		word = strings.ReplaceAll(word, keep, "\u00a0")
		if now != "" && fits(now+" "+word) {
			now += " " + word
			continue
		}
		if now != "" {
			out = append(out, w.face.set(now))
		}
		now = word
		for !fits(now) {
			if !broken {
				return nil, false
			}
			runes := []rune(now)
			n := sort.Search(len(runes), func(n int) bool { return !fits(string(runes[:n+1])) })
			if n < 1 {
				return nil, false // not even a letter
			}
			out = append(out, w.face.set(string(runes[:n])))
			now = string(runes[n:])
		}
	}
	if now != "" {
		out = append(out, w.face.set(now))
	}
	return out, true
}

// keep stands for a space that no line breaks at while a text is cut into words.
const keep = "\ue000"

// balance narrows the measure as far as the number of lines stays.
func (w wish) balance(text string, size, width float64, n int, broken bool, best []line) []line {
	lo, hi := width/2, width
	for range 7 {
		mid := (lo + hi) / 2
		if set, ok := w.wrap(text, size, mid, broken); ok && len(set) <= n {
			best, hi = set, mid
		} else {
			lo = mid
		}
	}
	return best
}

// wide returns how wide a line's ink is, in ems.
func (l line) wide() float64 { return l.ink.x1 - l.ink.x0 }

// tops returns the ink's reach above the first baseline and below the last, in
// pixels, both positive as a rule.
func (s setting) tops() (above, below float64) {
	if len(s.lines) == 0 {
		return 0, 0
	}
	above = math.Inf(-1)
	for i, l := range s.lines {
		above = max(above, -l.ink.y0*s.size-float64(i)*s.lead)
	}
	return above, s.lines[len(s.lines)-1].ink.y1 * s.size
}

// height returns how high the ink is, in pixels.
func (s setting) height() float64 {
	if len(s.lines) == 0 {
		return 0
	}
	above, below := s.tops()
	return above + float64(len(s.lines)-1)*s.lead + below
}
