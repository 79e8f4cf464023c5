package chart

import (
	"fmt"
	"slices"
	"strconv"
)

// DrawSession draws what was heard in one stretch on the plane: tracks by their
// marks, joined in order by a thin line, with the numbers of their labels beside
// them where there is room, and their mean with its 95 % ellipse; a nil mean is
// not drawn. Numbers count the tracks given, from 1; runs that lie together share
// them.
func DrawSession(tracks []Track, mean *Uncertain, cap Caption) string {
	h := Hour{Tracks: tracks}
	c := newCanvas(cap)
	f := frame{30, 480}
	side := f.s + 2*f.o
	c.open(side, side, "plane big", cap)
	c.corners(f, cap.ID)
	c.axes(f)
	room := &placer{within: box{f.o + 4, f.o + 4, f.o + f.s - 4, f.o + f.s - 4}}
	for _, m := range []Mark{Angry, Happy, Sad, Calm} {
		room.take(f.corner(m, padWord, m.WordIn(c.in)))
	}
	x, y := make([]float64, len(tracks)), make([]float64, len(tracks))
	size := sizeOf(h) * 1.25
	for i, t := range tracks {
		x[i], y[i] = f.x(t.Valence), f.y(t.Arousal)
		room.take(around(x[i], y[i], size/2))
	}
	fmt.Fprintf(c, `<g clip-path="url(#%s-c)">`, cap.ID)
	if mean != nil {
		fmt.Fprintf(c, `<ellipse cx="%s" cy="%s" rx="%s" ry="%s" class="sure"/>`, num(f.x(mean.X)), num(f.y(mean.Y)), num(f.s*mean.RX), num(f.s*mean.RY))
	}
	if len(x) > 1 {
		c.path(polyline(x, y), "f-none s-ink thread", 1.2, ` stroke-linejoin="round"`)
	}
	for i := range slices.Backward(tracks) { // the first lie on top
		k := size / 16
		fmt.Fprintf(c, `<path class="f-%s ring" fill-rule="evenodd" transform="translate(%s %s) scale(%.3f)" d="%s"><title>%s</title></path>`,
			tracks[i].Mark.Class(), num(x[i]-8*k), num(y[i]-8*k), k, tracks[i].Mark.outline(), escape(c.hover(tracks[i], i)))
	}
	if mean != nil {
		mx, my := f.x(mean.X), f.y(mean.Y)
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="4.5" class="f-ink"/>`, num(mx), num(my))
		room.take(around(mx, my, 6))
		if b, ok := room.beside(around(mx, my, 8), padWord, 90, mean.Label); ok {
			c.word(b, 14.5, "ink b halo", mean.Label)
		}
	}
	if len(x) > 1 {
		room.line(x, y)
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
		if b, ok := room.beside(g.box, padWord, reach, s); ok {
			c.word(b, 13, "num ink halo", s)
		}
	}
	c.WriteString("</g>")
	c.rim(f, 14)
	return c.close()
}
