package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Plane is what is drawn on the valence–arousal plane. Coordinates are
// (valence, arousal), both [0, 1]: pleasant is right, energetic is up.
type Plane struct {
	Big     bool       // large text, for a plane that is the page's main picture
	Dots    []Dot      // single positions
	Spots   []Spot     // clusters or other named places, drawn by their mark
	Density Contours   // how much there is where
	Usual   *Uncertain // a position with its 95 % ellipse

	Way [][2]float64 // one line across, from a filled dot to a ringed one
}

// A Dot is a faint single position.
type Dot struct{ X, Y float64 }

// A Spot is a named place: its mark, as large as its share asks.
type Spot struct {
	X, Y  float64
	Mark  Mark
	Label string
	Share float64 // of the whole, [0, 1]: the mark's area
}

// An Uncertain is a position with its uncertainty.
type Uncertain struct {
	X, Y   float64
	RX, RY float64 // half axes of the 95 % ellipse, on the plane's scale
	Label  string
}

// frame maps the plane onto a square of side s at offset o.
type frame struct{ o, s float64 }

func (f frame) x(v float64) float64 { return f.o + f.s*v }
func (f frame) y(a float64) float64 { return f.o + f.s*(1-a) }

// DrawPlane draws the plane: always square, never flipped, with four soft
// corners, a cross at the middle and a dotted ring for "mixed".
func DrawPlane(p Plane, cap Caption) string {
	f, font, class := frame{24, 264}, 13.0, "plane"
	if p.Big {
		f, font, class = frame{30, 480}, 14.0, "plane big"
	}
	side := f.s + 2*f.o
	c := newCanvas(cap)
	c.open(side, side, class, cap)
	c.corners(f, cap.ID)
	c.axes(f)
	fmt.Fprintf(c, `<g clip-path="url(#%s-c)">`, cap.ID)
	for _, d := range p.Dots {
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="1.6" class="f-ink" opacity=".28"/>`, num(f.x(d.X)), num(f.y(d.Y)))
	}
	c.contours(f, p.Density)
	if n := len(p.Way); n > 1 {
		x, y := make([]float64, n), make([]float64, n)
		for i, q := range p.Way {
			x[i], y[i] = f.x(q[0]), f.y(q[1])
		}
		c.path(polyline(x, y), "f-none s-ink", 3, ` stroke-linecap="round" stroke-linejoin="round"`)
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="9" class="f-ink"/>`, num(x[0]), num(y[0]))
		c.ringed(x[n-1], y[n-1], 9)
	}
	if u := p.Usual; u != nil {
		x, y := f.x(u.X), f.y(u.Y)
		fmt.Fprintf(c, `<ellipse cx="%s" cy="%s" rx="%s" ry="%s" class="sure"/><circle cx="%s" cy="%s" r="4.5" class="f-ink"/>`,
			num(x), num(y), num(f.s*u.RX), num(f.s*u.RY), num(x), num(y))
		room := textWidth(u.Label, font+.5)
		if left, right := x-f.s*u.RX-8-f.o, f.o+f.s-x-f.s*u.RX-8; u.X < .35 || left < room && room <= right {
			c.text(x+f.s*u.RX+8, y+5, font+.5, "start", "ink halo b", u.Label)
		} else {
			c.text(x-f.s*u.RX-8, y+5, font+.5, "end", "ink halo b", u.Label)
		}
	}
	for _, s := range p.Spots {
		size := font * (1.1 + 1.6*math.Sqrt(math.Max(0, s.Share)))
		c.mark(s.Mark, f.x(s.X), f.y(s.Y), size, s.Label)
		y := f.y(s.Y) + size/2 + font + 1
		if s.Y < .24 { // away from the words in the corners
			y = f.y(s.Y) - size/2 - 5
		}
		c.text(f.x(s.X), y, font, "middle", "ink halo b", s.Label)
	}
	c.WriteString("</g>")
	c.rim(f, font)
	return c.close()
}

// corners paints the four washes, in a clipped group that axes or grid closes.
func (c *canvas) corners(f frame, id string) {
	c.WriteString("<defs>")
	for _, g := range []struct {
		m      Mark
		cx, cy int
	}{{Angry, 0, 0}, {Happy, 1, 0}, {Sad, 0, 1}, {Calm, 1, 1}} {
		n := g.m.Class()
		fmt.Fprintf(c, `<radialGradient id="%s-%s" cx="%d" cy="%d" r=".78"><stop offset="0" class="w-%s" stop-opacity=".5"/><stop offset="1" class="w-%s" stop-opacity="0"/></radialGradient>`, id, n, g.cx, g.cy, n, n)
	}
	box := fmt.Sprintf(`x="%s" y="%s" width="%s" height="%s"`, num(f.o), num(f.o), num(f.s), num(f.s))
	fmt.Fprintf(c, `<clipPath id="%s-c"><rect %s rx="16"/></clipPath></defs><g clip-path="url(#%s-c)"><rect %s class="f-card"/>`, id, box, id, box)
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		fmt.Fprintf(c, `<rect %s fill="url(#%s-%s)"/>`, box, id, m.Class())
	}
}

// axes draws the cross and the ring for "mixed" over the corners.
func (c *canvas) axes(f frame) {
	mid := f.x(.5)
	fmt.Fprintf(c, `<path class="ax" d="M%s %sv%sM%s %sh%s"/><circle cx="%s" cy="%s" r="%s" class="ax" stroke-dasharray="2 4"/></g>`,
		num(mid), num(f.o), num(f.s), num(f.o), num(mid), num(f.s), num(mid), num(mid), num(.15*f.s))
}

// cornerMark returns the middle and the size of the mark in its corner.
func (f frame) cornerMark(m Mark, font float64) (x, y, size float64) {
	k := font * .85
	x, y = f.o+k*1.9, f.o+k*1.6
	if m == Happy || m == Calm {
		x = f.o + f.s - k*1.9
	}
	if m == Sad || m == Calm {
		y = f.o + f.s - k*1.6
	}
	return x, y, k
}

// corner returns where a corner's mark and its word stand.
func (f frame) corner(m Mark, font float64, word string) box {
	x, y, k := f.cornerMark(m, font)
	wide := k*1.9 + textWidth(word, font)
	if x > f.x(.5) {
		return box{x + k - wide, y - k, x + k, y + k}
	}
	return box{x - k, y - k, x - k + wide, y + k}
}

// rim draws the edge, the corner words and the directions, but no corner's word
// where one of the things stands.
func (c *canvas) rim(f frame, font float64, things ...box) {
	c.rect(f.o, f.o, f.s, f.s, 16, "ax", "", "")
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		if slices.ContainsFunc(things, f.corner(m, font, m.WordIn(c.in)).meets) {
			continue
		}
		x, y, k := f.cornerMark(m, font)
		c.mark(m, x, y, k, "")
		if x < f.x(.5) {
			c.text(x+k*.9, y+k*.42, font, "start", "b f-"+m.Class(), m.WordIn(c.in))
		} else {
			c.text(x-k*.9, y+k*.42, font, "end", "b f-"+m.Class(), m.WordIn(c.in))
		}
	}
	small, low, edge := font*.92, f.o+f.s+font*1.4, f.o-font*.66
	c.text(f.o+f.s, low, small, "end", "", c.say("pleasant →"))
	c.text(f.o, low, small, "start", "", c.say("← unpleasant"))
	for _, w := range []struct{ y, anchor, s string }{
		{num(f.o), "end", c.say("energetic →")}, {num(f.o + f.s), "start", c.say("← quiet")},
	} {
		fmt.Fprintf(c, `<text transform="translate(%s %s) rotate(-90)" text-anchor="%s" font-size="%s">%s</text>`, num(edge), w.y, w.anchor, num(small), escape(w.s))
	}
}

// contours draws lines of equal density, the higher the stronger.
func (c *canvas) contours(f frame, levels Contours) {
	for i, lines := range levels {
		var b strings.Builder
		for _, line := range lines {
			for j, q := range line {
				if j == 0 {
					b.WriteByte('M')
				} else {
					b.WriteByte('L')
				}
				b.WriteString(num(f.x(q[0])) + " " + num(f.y(q[1])))
			}
		}
		if b.Len() == 0 {
			continue
		}
		t := float64(i) / float64(max(1, len(levels)-1))
		c.path(b.String(), "iso", 1+1.1*t, fmt.Sprintf(` opacity="%.2f"`, .28+.55*t))
	}
}
