package chart

import (
	"fmt"
	"slices"
	"strconv"
)

// markSize is how large a track is on the plane, in user units; from manyTracks
// on it is smaller.
const (
	markSize   = 11.0
	manyTracks = 24
)

// DrawWay draws an hour on the plane: the plan a dashed line in its band, with a
// small square where it has a waypoint, the tracks by their marks joined in
// order by a thin line. Tracks that lie together share a number, such as 12–16.
// Where so many lie that words have no room, the numbers of some are left out;
// the first and the last come first.
func DrawWay(h Hour, cap Caption) string {
	c := newCanvas(cap)
	f := frame{24, 352}
	side := f.s + 2*f.o
	c.open(side, side, "plane way", cap)
	c.corners(f, cap.ID)
	c.axes(f)
	fmt.Fprintf(c, `<g clip-path="url(#%s-c)">`, cap.ID)
	for i, a := range h.Closed {
		c.hatch(fmt.Sprintf("%s-x%d", cap.ID, i), box{f.x(a.Left), f.y(a.Top), f.x(a.Right), f.y(a.Bottom)})
	}
	room := &placer{within: box{f.o + 4, f.o + 4, f.o + f.s - 4, f.o + f.s - 4}}
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		room.take(f.corner(m, wayFont, m.WordIn(cap.In)))
	}
	c.plan(h, f, room)
	c.WriteString("</g>")
	c.ends(h, f)
	c.tracks(h, f, room)
	words := newCanvas(cap) // over everything, but placed in the order that matters
	type named struct {
		at   [2]float64
		word string
	}
	ends := []named{{h.From, c.say("now")}, {h.To, c.say("target")}}
	if h.From == h.To {
		ends = []named{{h.To, c.say("now and target")}}
	}
	for _, end := range ends {
		if b, ok := room.beside(around(f.x(end.at[0]), f.y(end.at[1]), 11), 13, 60, end.word); ok {
			words.word(b, 13, "ink b halo", end.word)
		}
	}
	for i, g := range groups(h, f) {
		s := strconv.Itoa(g.first + 1)
		if g.last > g.first {
			s += "–" + strconv.Itoa(g.last+1)
		}
		reach := 22.0
		if i < 2 { // the first and the last may look further
			reach = 60
		}
		if b, ok := room.beside(g.box, 12, reach, s); ok {
			words.word(b, 12, "num ink halo", s)
		}
	}
	for _, a := range h.Closed {
		at := box{f.x(a.Left), f.y(a.Top), f.x(a.Right), f.y(a.Bottom)}
		for y := at.y0 + 22; y < at.y1-6; y += 12 {
			if b := textBox((at.x0+at.x1)/2, y, 12, "middle", a.Word); b.inside(at) && room.free(b, true) {
				words.text((at.x0+at.x1)/2, y, 12, "middle", "halo", a.Word)
				room.take(b)
				break
			}
		}
	}
	c.WriteString(words.String())
	c.rim(f, wayFont)
	return c.close()
}

// wayFont is the size of the words in the corners.
const wayFont = 13.0

// hatch fills a closed area with slanted lines, under the pattern's id.
func (c *canvas) hatch(id string, b box) {
	fmt.Fprintf(c, `<defs><pattern id="%s" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7" class="ax"/></pattern></defs>`, id)
	c.rect(b.x0, b.y0, b.x1-b.x0, b.y1-b.y0, 0, "hatch", ` fill="url(#`+id+`)"`, "")
}

// plan draws the planned line, its band and its waypoints.
func (c *canvas) plan(h Hour, f frame, room *placer) {
	if len(h.Plan) == 0 {
		return
	}
	var x, y []float64
	for _, p := range h.Plan { // a plan that stays gives one point
		if px, py := f.x(p.Valence), f.y(p.Arousal); len(x) == 0 || distance([2]float64{px, py}, [2]float64{x[len(x)-1], y[len(y)-1]}) > .2 {
			x, y = append(x, px), append(y, py)
		}
	}
	d := polyline(x, y)
	if len(x) == 1 {
		d += "h.1"
	}
	c.path(d, "f-none s-ink tube", 2*h.Band*f.s, "")
	c.path(d, "f-none s-ink", 2, ` stroke-dasharray="5 4"`)
	room.line(x, y)
	for _, w := range h.Waypoints {
		fmt.Fprintf(c, `<rect x="%s" y="%s" width="7" height="7" class="f-card s-ink" stroke-width="1.5"><title>%s</title></rect>`, num(f.x(w[0])-3.5), num(f.y(w[1])-3.5), escape(c.say("the plan passes here")))
		room.take(around(f.x(w[0]), f.y(w[1]), 5))
	}
}

// ends draws where one is and where one wants to be.
func (c *canvas) ends(h Hour, f frame) {
	fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="9" class="f-none s-ink" stroke-width="2.5"/><circle cx="%s" cy="%s" r="3" class="f-ink"/>`,
		num(f.x(h.To[0])), num(f.y(h.To[1])), num(f.x(h.To[0])), num(f.y(h.To[1])))
	if h.From != h.To {
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="7" class="f-ink"/>`, num(f.x(h.From[0])), num(f.y(h.From[1])))
	}
}

// tracks draws the marks and the line through them. Without a plan the order is
// by chance, and the line fainter.
func (c *canvas) tracks(h Hour, f frame, room *placer) {
	size := sizeOf(h)
	x, y := make([]float64, len(h.Tracks)), make([]float64, len(h.Tracks))
	for i, t := range h.Tracks {
		x[i], y[i] = f.x(t.Valence), f.y(t.Arousal)
		room.take(around(x[i], y[i], size/2))
	}
	if len(x) > 1 {
		class := "f-none s-ink thread"
		if len(h.Plan) == 0 {
			class += " faint"
		}
		c.path(polyline(x, y), class, 1.2, ` stroke-linejoin="round"`)
		room.line(x, y)
	}
	for i := range slices.Backward(h.Tracks) { // the first lie on top
		t := h.Tracks[i]
		k := size / 16
		fmt.Fprintf(c, `<path class="f-%s ring" fill-rule="evenodd" transform="translate(%s %s) scale(%.3f)" d="%s"><title>%s</title></path>`,
			t.Mark.Class(), num(x[i]-8*k), num(y[i]-8*k), k, t.Mark.outline(), escape(c.hover(t, i)))
	}
}

// sizeOf returns how large the tracks of an hour are on the plane.
func sizeOf(h Hour) float64 {
	if len(h.Tracks) > manyTracks {
		return .8 * markSize
	}
	return markSize
}

// hover is what a pointer on a track reads.
func (c *canvas) hover(t Track, i int) string {
	s := fmt.Sprintf("%d %s", i+1, t.Label)
	if t.By != "" {
		s += ", " + t.By
	}
	s += ": " + c.say("pleasantness %.2f, energy %.2f, %s", t.Valence, t.Arousal, t.Mark.WordIn(c.in))
	if t.Sign != "" {
		s += ", " + t.Sign
	}
	return s
}

// A group is a run of tracks that lie together on the plane.
type group struct {
	first, last int
	box         box
}

// groups divides the tracks into runs no wider than three marks, five where there
// are many, and orders them by how much their number says: the first, the last, then the larger
// and the earlier.
func groups(h Hour, f frame) []group {
	size, most := sizeOf(h), 3.0
	if len(h.Tracks) > manyTracks {
		most = 5
	}
	var all []group
	for i, t := range h.Tracks {
		b := around(f.x(t.Valence), f.y(t.Arousal), size/2)
		if n := len(all); n > 0 {
			g := &all[n-1]
			w := box{min(g.box.x0, b.x0), min(g.box.y0, b.y0), max(g.box.x1, b.x1), max(g.box.y1, b.y1)}
			if max(w.x1-w.x0, w.y1-w.y0) <= most*size {
				g.last, g.box = i, w
				continue
			}
		}
		all = append(all, group{i, i, b})
	}
	if len(all) < 3 {
		return all
	}
	middle := slices.Clone(all[1 : len(all)-1])
	slices.SortStableFunc(middle, func(a, b group) int { return (b.last - b.first) - (a.last - a.first) })
	return append([]group{all[0], all[len(all)-1]}, middle...)
}
