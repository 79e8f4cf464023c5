package chart

import (
	"fmt"
	"strings"
)

// PadCells is how many cells the pad has each way, as the Affect Grid has
// (Russell, Weiss & Mendelsohn 1989, doi:10.1037/0022-3514.57.3.493).
const PadCells = 9

// Where the cells of a pad lie in its square drawing, in user units, for a page
// that lays something over them.
const (
	PadSize  = 608.0 // the whole drawing
	PadInset = 34.0  // from its edges to the cells
	PadSide  = PadSize - 2*PadInset
)

// A Pad is the plane to say on where one is and where one wants to be. Positions
// are (valence, arousal), both [0, 1]: 0 is the middle of the first cell, 1 that of
// the last.
type Pad struct {
	Now, Target         *[2]float64  // nil for what is not said yet
	NowWord, TargetWord string       // written beside the marks, in the caption's language; empty for none
	Way                 [][2]float64 // dashed from the one to the other; nil is straight, where both are known
}

// The sizes of a pad's marks and words. Small pages enlarge the words of big
// planes to padWord, so that they are placed by that.
const (
	padMark = 15.0 // radius
	padFont = 16.0 // of the words at the rim
	padWord = 20.0
)

// DrawPad draws the plane with its nine by nine cells, now as a filled dot, the
// target as a ringed one, and the way between them dashed.
func DrawPad(p Pad, cap Caption) string {
	c := newCanvas(cap)
	f, at := frame{PadInset, PadSide}, frame{PadInset + PadSide/PadCells/2, PadSide * (PadCells - 1) / PadCells}
	c.open(PadSize, PadSize, "plane big pad", cap)
	c.corners(f, cap.ID)
	c.grid(f)
	room := &placer{within: box{f.o + 4, f.o + 4, f.o + f.s - 4, f.o + f.s - 4}}
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		room.take(f.corner(m, padWord, m.WordIn(c.in)))
	}
	if p.Now != nil && p.Target != nil && *p.Now != *p.Target {
		way := p.Way
		if way == nil {
			way = [][2]float64{*p.Now, *p.Target}
		}
		x, y := make([]float64, len(way)), make([]float64, len(way))
		for i, q := range way {
			x[i], y[i] = at.x(q[0]), at.y(q[1])
		}
		c.path(polyline(x, y), "f-none s-ink", 2, ` stroke-dasharray="1 7" stroke-linecap="round" stroke-linejoin="round"`)
		room.line(x, y)
	}
	var marks []box
	for _, place := range [...]*[2]float64{p.Now, p.Target} {
		if place != nil {
			marks = append(marks, around(at.x(place[0]), at.y(place[1]), padMark+2))
		}
	}
	for _, b := range marks {
		room.take(b)
	}
	c.rim(f, padFont, marks...)
	type named struct {
		place [2]float64
		word  string
	}
	var words []named
	if p.Target != nil {
		x, y := at.x(p.Target[0]), at.y(p.Target[1])
		c.ringed(x, y, padMark)
		words = append(words, named{*p.Target, p.TargetWord})
	}
	if p.Now != nil {
		x, y, r := at.x(p.Now[0]), at.y(p.Now[1]), padMark
		same := p.Target != nil && *p.Now == *p.Target
		if same { // the dot inside its ring
			r -= 6
		}
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-ink"/>`, num(x), num(y), num(r))
		switch {
		case same && p.NowWord != "" && p.TargetWord != "":
			words = []named{{*p.Now, c.say("%s and %s", p.NowWord, strings.ToLower(p.TargetWord))}}
		case same && p.TargetWord != "":
		default:
			words = append(words, named{*p.Now, p.NowWord})
		}
	}
	for _, w := range words {
		if w.word == "" {
			continue
		}
		if b, ok := room.beside(around(at.x(w.place[0]), at.y(w.place[1]), padMark+4), padWord, 90, w.word); ok {
			c.word(b, 17, "ink b halo", w.word)
		}
	}
	return c.close()
}

// grid draws the hairlines between the cells over the corners.
func (c *canvas) grid(f frame) {
	var d strings.Builder
	for i := 1; i < PadCells; i++ {
		at := f.o + f.s*float64(i)/PadCells
		fmt.Fprintf(&d, "M%s %sv%sM%s %sh%s", num(at), num(f.o), num(f.s), num(f.o), num(at), num(f.s))
	}
	c.path(d.String(), "ax", 0, ` opacity=".45"`)
	c.WriteString("</g>")
}

// ringed draws the sign of a target: a ring with a dot in it.
func (c *canvas) ringed(x, y, r float64) {
	fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-card s-ink" stroke-width="%s"/><circle cx="%s" cy="%s" r="%s" class="f-ink"/>`,
		num(x), num(y), num(r), num(r/5), num(x), num(y), num(.4*r))
}

// A Change is where somebody was before an hour, where they are after it, and
// where they wanted to be. Positions are (valence, arousal), both [0, 1].
type Change struct {
	Before        [2]float64
	After, Target *[2]float64 // nil for what was not said
}

// DrawChange draws a change on a small plane: before a filled dot, after an open
// one, joined by a line with the way taken, and the target ringed, joined to
// before by dashes, as a plan is.
func DrawChange(g Change, cap Caption) string {
	const r, font = 7.0, 13.0
	c := newCanvas(cap)
	f := frame{24, 264}
	side := f.s + 2*f.o
	c.open(side, side, "plane change", cap)
	c.corners(f, cap.ID)
	c.axes(f)
	room := &placer{within: box{f.o + 4, f.o + 4, f.o + f.s - 4, f.o + f.s - 4}}
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		room.take(f.corner(m, font, m.WordIn(c.in)))
	}
	join := func(to *[2]float64, attrs string) {
		if to == nil || *to == g.Before {
			return
		}
		x, y := []float64{f.x(g.Before[0]), f.x(to[0])}, []float64{f.y(g.Before[1]), f.y(to[1])}
		c.path(polyline(x, y), "f-none s-ink", 1.6, attrs)
		room.line(x, y)
	}
	join(g.Target, ` stroke-dasharray="5 4"`)
	join(g.After, "")
	marks := []box{around(f.x(g.Before[0]), f.y(g.Before[1]), r)}
	for _, place := range [...]*[2]float64{g.After, g.Target} {
		if place != nil {
			marks = append(marks, around(f.x(place[0]), f.y(place[1]), r+3))
		}
	}
	c.rim(f, font, marks...)
	// Places that are the same share one mark, inside each other, and one word.
	type named struct {
		at    [2]float64
		words []string
	}
	var places []named
	add := func(at [2]float64, word string) {
		for i := range places {
			if places[i].at == at {
				places[i].words = append(places[i].words, word)
				return
			}
		}
		places = append(places, named{at, []string{word}})
		room.take(around(f.x(at[0]), f.y(at[1]), r+3))
	}
	add(g.Before, c.say("before"))
	if g.After != nil {
		add(*g.After, c.say("after"))
	}
	if g.Target != nil {
		x, y := f.x(g.Target[0]), f.y(g.Target[1])
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-card s-ink" stroke-width="2"/><circle cx="%s" cy="%s" r="2.4" class="f-ink"/>`, num(x), num(y), num(r+3), num(x), num(y))
		add(*g.Target, c.say("target"))
	}
	if g.After == nil || *g.After != g.Before {
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-ink"/>`, num(f.x(g.Before[0])), num(f.y(g.Before[1])), num(r))
	}
	if g.After != nil {
		x, y := f.x(g.After[0]), f.y(g.After[1])
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-card s-ink" stroke-width="2.4"/>`, num(x), num(y), num(r-1.2))
		if g.Target != nil && *g.Target == *g.After { // its dot shows inside
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="2.4" class="f-ink"/>`, num(x), num(y))
		}
		if *g.After == g.Before { // a dot in a ring: nothing moved
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="3.4" class="f-ink"/>`, num(x), num(y))
		}
	}
	for _, p := range places {
		word := c.in.List(p.words)
		if b, ok := room.beside(around(f.x(p.at[0]), f.y(p.at[1]), r+4), font, 60, word); ok {
			c.word(b, font, "ink b halo", word)
		}
	}
	return c.close()
}
