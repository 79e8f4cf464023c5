package chart

import (
	"math"
	"strings"
	"unicode"
)

// A box is a rectangle of the drawing, in user units, y downwards.
type box struct{ x0, y0, x1, y1 float64 }

// around returns the square of half width r about a point.
func around(x, y, r float64) box { return box{x - r, y - r, x + r, y + r} }

func (b box) meets(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

func (b box) inside(o box) bool { return b.x0 >= o.x0 && b.x1 <= o.x1 && b.y0 >= o.y0 && b.y1 <= o.y1 }

// crosses reports whether the line from p to q passes through b (Liang–Barsky
// clipping, Liang & Barsky 1984, doi:10.1145/357332.357333).
func (b box) crosses(p, q [2]float64) bool {
	t0, t1 := 0.0, 1.0
	for _, edge := range [...][2]float64{
		{p[0] - q[0], p[0] - b.x0}, {q[0] - p[0], b.x1 - p[0]},
		{p[1] - q[1], p[1] - b.y0}, {q[1] - p[1], b.y1 - p[1]},
	} {
		switch d, room := edge[0], edge[1]; {
		case d == 0 && room < 0:
			return false
		case d < 0:
			t0 = max(t0, room/d)
		case d > 0:
			t1 = min(t1, room/d)
		}
	}
	return t0 <= t1
}

// textBox returns where a text of one line stands, rather too large than too
// small. (x, y) is the anchor on the base line.
func textBox(x, y, size float64, anchor, s string) box {
	w := textWidth(s, size)
	switch anchor {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	return box{x, y - .8*size, x + w, y + .26*size}
}

// textWidth returns an upper estimate of how wide a text is in semibold Inter,
// the wider of the two fonts, by classes of letters; nobody knows which font a
// viewer has in the end.
func textWidth(s string, size float64) float64 {
	em := 0.0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case strings.ContainsRune("iljI.,:;'’|!·\u202f", r):
			em += .32
		case strings.ContainsRune("ftr()[]/-\u00a0 ", r):
			em += .40
		case strings.ContainsRune("mwMW@%&→←—…", r):
			em += .96
		case r >= 0x1e00 && r < 0x1f00: // Latin letters with two marks, as Vietnamese has
			if em += .64; unicode.IsUpper(r) {
				em += .12
			}
		case r >= 0x1f000:
			em += 1.4
		case !unicode.IsPrint(r), r >= 0x1100 && (r < 0x2000 || r >= 0x2e80):
			em += 1.04
		case unicode.IsUpper(r):
			em += .76
		case unicode.IsDigit(r):
			em += .66
		default:
			em += .64
		}
	}
	return em * size
}

// How much narrower than the estimate other letters are: Newsreader, the display
// font, and Inter where it is not semibold.
const (
	serif   = .82
	regular = .93
)

// fit shortens a text to a width, with an ellipsis where it ends early.
func fit(s string, width, size float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	letters := []rune(s)
	for n := len(letters) - 1; n > 0; n-- {
		if short := strings.TrimRight(string(letters[:n]), " ,.") + "…"; textWidth(short, size) <= width {
			return short
		}
	}
	return "…"
}

// paragraph breaks a text into lines of at most a width, at its spaces; a word that is
// wider is shortened.
func paragraph(s string, width, size float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		word = fit(word, width, size)
		switch longer := line + " " + word; {
		case line == "":
			line = word
		case textWidth(longer, size) <= width:
			line = longer
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// A placer finds room for words among what is drawn already.
type placer struct {
	within box
	taken  []box           // where no word may stand
	lines  [][2][2]float64 // where a word should rather not stand
}

func (p *placer) take(b box) { p.taken = append(p.taken, b) }

// line adds a polyline that words should avoid.
func (p *placer) line(x, y []float64) {
	for i := 1; i < len(x); i++ {
		p.lines = append(p.lines, [2][2]float64{{x[i-1], y[i-1]}, {x[i], y[i]}})
	}
}

// free reports whether nothing stands in b and, if clear, no line runs through it.
func (p *placer) free(b box, clear bool) bool {
	const rounding = 1e-6
	if in := p.within; !b.inside(box{in.x0 - rounding, in.y0 - rounding, in.x1 + rounding, in.y1 + rounding}) {
		return false
	}
	for _, t := range p.taken {
		if b.meets(t) {
			return false
		}
	}
	if clear {
		for _, l := range p.lines {
			if b.crosses(l[0], l[1]) {
				return false
			}
		}
	}
	return true
}

// beside finds room for a word around a thing: the nearest place that is free,
// if possible of lines too, at most reach away from it. It takes the place.
func (p *placer) beside(thing box, size, reach float64, s string) (b box, ok bool) {
	w, h := textWidth(s, size), 1.06*size
	cx, cy := (thing.x0+thing.x1)/2, (thing.y0+thing.y1)/2
	for _, clear := range [...]bool{true, false} {
		for far := 3.0; far <= reach; far += 5 {
			for _, way := range [...][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {.8, -.8}, {.8, .8}, {-.8, -.8}, {-.8, .8}} {
				x := cx + way[0]*((thing.x1-thing.x0)/2+far+w/2)
				y := cy + way[1]*((thing.y1-thing.y0)/2+far+h/2)
				x = min(max(x, p.within.x0+w/2), p.within.x1-w/2) // along the edge, not over it
				y = min(max(y, p.within.y0+h/2), p.within.y1-h/2)
				if b = (box{x - w/2, y - h/2, x + w/2, y + h/2}); !b.meets(thing) && p.free(b, clear) {
					p.take(b)
					return b, true
				}
			}
		}
	}
	return box{}, false
}

// word writes s into a box that beside found.
func (c *canvas) word(b box, size float64, class, s string) {
	c.text((b.x0+b.x1)/2, b.y0+.8*size, size, "middle", class, s)
}

// distance between two points.
func distance(p, q [2]float64) float64 { return math.Hypot(p[0]-q[0], p[1]-q[1]) }
