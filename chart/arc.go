package chart

import (
	"fmt"
	"math"
	"strconv"

	"segue/language"
)

// DrawArc draws pleasantness and energy over time, wide and narrow. The plan is
// dashed in its band, each track a bar as long as it plays, joined by a thin
// line; below stand the tracks' marks, their numbers and the minutes.
func DrawArc(h Hour, cap Caption) string {
	return arcWide.draw(h, cap.of("w")) + arcNarrow.draw(h, cap.of("n"))
}

// An arcLayout is the size of one drawing of an arc.
type arcLayout struct {
	class       string
	w, h        float64
	left, right float64 // margins
	head        float64 // above each lane, for its name; 0 if that stands at the end of the line
	font        float64
}

var (
	arcWide   = arcLayout{"wide", 1120, 560, 8, 128, 0, 12}
	arcNarrow = arcLayout{"narrow", 350, 548, 8, 8, 24, 11}
)

const (
	laneTop  = 52.0 // below the names of the phases
	laneFoot = 76.0 // marks, numbers and minutes
)

func (l arcLayout) draw(h Hour, cap Caption) string {
	c := newCanvas(cap)
	c.open(l.w, l.h, l.class, cap)
	minutes := max(h.Minutes, 1e-9)
	px := func(min float64) float64 { return l.left + (l.w-l.left-l.right)*min/minutes }
	lane := (l.h-laneTop-laneFoot-10)/2 - l.head
	c.phases(h, l, px)
	top := laneTop + l.head
	c.lane(h, l, px, cap.ID, top, lane, valenceLane)
	top += lane + 10 + l.head
	c.lane(h, l, px, cap.ID, top, lane, arousalLane)
	c.feet(h, l, px)
	return c.close()
}

// phases names the parts of the hour, as far as their width allows.
func (c *canvas) phases(h Hour, l arcLayout, px func(float64) float64) {
	name, span := 17.0, l.font+.5
	if l.head > 0 {
		name = 15.5
	}
	for _, p := range h.Phases {
		x, width := px(p.From), px(p.To)-px(p.From)
		if width <= 0 || math.Round(p.To) == math.Round(p.From) {
			continue
		}
		if p.Shaded {
			c.rect(x, 42, width, l.h-42-62, 10, "f-sunk", ` opacity=".62"`, "")
		}
		if textWidth(p.Name, name)*serif < width {
			c.text(x+4, 16, name, "start", "display", p.Name)
		}
		for _, s := range [...]string{c.say("%.0f–%.0f min", p.From, p.To), c.say("to %.0f", p.To)} {
			if textWidth(s, span) < width {
				c.text(x+4, 34, span, "start", "num", s)
				break
			}
		}
	}
}

// A dimension is one of the two that are drawn over time.
type dimension struct {
	class, name string
	of          func(Planned) float64
	at          func(Track) float64
}

var (
	valenceLane = dimension{"valence", language.Text("Pleasantness"), func(p Planned) float64 { return p.Valence }, func(t Track) float64 { return t.Valence }}
	arousalLane = dimension{"arousal", language.Text("Energy"), func(p Planned) float64 { return p.Arousal }, func(t Track) float64 { return t.Arousal }}
)

// lane draws one dimension: middle line, band, plan and bars, in a lane as high
// as the plane.
func (c *canvas) lane(h Hour, l arcLayout, px func(float64) float64, id string, top, high float64, d dimension) {
	py := func(v float64) float64 { return top + high*(1-min(1, max(0, v))) }
	end := px(h.Minutes)
	room := &placer{within: box{px(0), top, end, top + high}}
	c.path(fmt.Sprintf("M%s %sH%s", num(px(0)), num(py(.5)), num(end)), "ax", 0, ` stroke-dasharray="2 5"`)
	at, plan := h.planned(d.of)
	band := make([]float64, 2*len(plan))
	x, y := make([]float64, 2*len(plan)), make([]float64, len(plan))
	for i := range plan {
		x[i], x[len(x)-1-i] = px(at[i]), px(at[i])
		band[i], band[len(band)-1-i], y[i] = py(plan[i]+h.Band), py(plan[i]-h.Band), py(plan[i])
	}
	if d.class == arousalLane.class {
		c.ceiling(h, px, py, id, room)
	}
	if len(plan) > 1 {
		c.path(polyline(x, band)+"Z", "band f-dim-"+d.class, 0, "")
		c.path(polyline(x[:len(plan)], y), "f-none s-dim-"+d.class, 1.6, ` stroke-dasharray="5 4"`)
	}
	c.bars(h, px, py, d, room)
	if len(plan) > 1 && l.head == 0 && d.class == valenceLane.class {
		c.bandWord(h.Band, x[:len(plan)], band, room)
	}
	c.laneName(h, l, px, py, top, d)
}

// ceiling hatches what is closed for every pleasantness, over the whole time.
func (c *canvas) ceiling(h Hour, px, py func(float64) float64, id string, room *placer) {
	for i, a := range h.Closed {
		if a.Left > 0 || a.Right < 1 {
			continue
		}
		b := box{px(0), py(a.Top), px(h.Minutes), py(a.Bottom)}
		c.hatch(fmt.Sprintf("%s-x%d", id, i), b)
		if w := textBox((b.x0+b.x1)/2, (b.y0+b.y1)/2+4, 12, "middle", a.Word); w.inside(b) {
			c.text((b.x0+b.x1)/2, (b.y0+b.y1)/2+4, 12, "middle", "halo paper", a.Word)
			room.take(w)
		}
	}
}

// bars draws the tracks and the line through them.
func (c *canvas) bars(h Hour, px, py func(float64) float64, d dimension, room *placer) {
	var x, y []float64
	for _, t := range h.Tracks {
		x, y = append(x, px(t.Start), px(t.End)), append(y, py(d.at(t)), py(d.at(t)))
	}
	if n := len(x); n > 2 {
		x[0], x[n-1] = min(x[0]+3, x[1]), max(x[n-1]-3, x[n-2]) // no longer than the bars
		c.path(polyline(x, y), "f-none s-dim-"+d.class+" thread", 1.2, ` stroke-linejoin="round"`)
	}
	for i, t := range h.Tracks {
		left, right := px(t.Start), px(t.End)
		inset := min(2, .12*(right-left))
		c.rect(left+inset, py(d.at(t))-3, max(1, right-left-2*inset), 6, min(3, (right-left)/3), "f-dim-"+d.class, "", c.hover(t, i))
		room.take(box{left, py(d.at(t)) - 5, right, py(d.at(t)) + 5})
	}
}

// bandWord says on the band what it means, just above or below it where there
// is room.
func (c *canvas) bandWord(half float64, x, band []float64, room *placer) {
	const size = 12.0
	s := c.say("band: within %.2f of the plan", half)
	w, n := textWidth(s, size), len(x)
	for i := range n {
		left := x[i] + 8
		above, below := math.Inf(1), math.Inf(-1)
		for j := range n {
			if x[j] >= left-8 && x[j] <= left+w+8 {
				above, below = min(above, band[j]), max(below, band[2*n-1-j])
			}
		}
		if math.IsInf(above, 0) || left+w > x[n-1] {
			return
		}
		for _, y := range [...]float64{above - 7, below + 15} {
			if b := textBox(left, y, size, "start", s); room.free(b, false) {
				c.text(left, y, size, "start", "", s)
				return
			}
		}
	}
}

// laneName names the lane where its line ends or, in the narrow drawing, above it.
func (c *canvas) laneName(h Hour, l arcLayout, px, py func(float64) float64, top float64, d dimension) {
	way := ""
	last := .5
	switch n := len(h.Plan); {
	case n > 0:
		first := d.of(h.Plan[0])
		last = d.of(h.Plan[n-1])
		if way = c.in.Decimal(first, 2) + " → " + c.in.Decimal(last, 2); math.Abs(first-last) < .005 {
			way = c.in.Decimal(last, 2)
		}
	case len(h.Tracks) > 0:
		last = d.at(h.Tracks[len(h.Tracks)-1])
	}
	if l.head > 0 {
		c.text(px(0), top-9, 13, "start", "b f-dim-"+d.class, c.say(d.name))
		if way != "" {
			c.text(px(h.Minutes), top-9, l.font, "end", "num", c.say("planned %s", way))
		}
		return
	}
	// Both lines stay in the lane, away from the other lane's name.
	x, y := px(h.Minutes)+14, min(max(py(last), py(1)+10), py(0)-25)
	c.text(x, y+2, 15, "start", "b f-dim-"+d.class, c.say(d.name))
	if way != "" {
		c.text(x, y+21, 13, "start", "num", way)
	}
	if math.Abs(py(.5)-y) > 34 {
		c.text(x, py(.5)+4, 12, "start", "", c.say("middle, %s", c.in.Decimal(.5, 1)))
	}
}

// feet draws marks, numbers and minutes below the lanes.
func (c *canvas) feet(h Hour, l arcLayout, px func(float64) float64) {
	y := l.h - 40
	step := everyTrack(h, l, px)
	last := math.Inf(-1) // where the number before ends
	size := min(11, max(4, .8*(px(h.Minutes)-px(0))/float64(max(1, len(h.Tracks)))))
	for i, t := range h.Tracks {
		x := (px(t.Start) + px(t.End)) / 2
		c.mark(t.Mark, x, y-8, size, c.hover(t, i))
		s := strconv.Itoa(i + 1)
		b := textBox(x, y+14, l.font, "middle", s)
		if b.x0 < last || (i > 0 && (i+1)%step != 0) {
			continue
		}
		class := "num ink"
		if t.Sign != "" {
			class += " b"
		}
		c.text(x, y+14, l.font, "middle", class, s)
		last = b.x1 + 1
	}
	if l.right > 50 && len(h.Tracks) > 0 {
		c.text(px(h.Minutes)+14, y-4, l.font, "start", "", c.say("mood by sound"))
		c.text(px(h.Minutes)+14, y+14, l.font, "start", "", c.say("track"))
	}
	c.minutes(h, l, px, y+36)
}

// everyTrack returns of how many tracks one can be numbered: 1, 2, 5 or 10.
func everyTrack(h Hour, l arcLayout, px func(float64) float64) int {
	if len(h.Tracks) == 0 {
		return 1
	}
	each := (px(h.Minutes) - px(0)) / float64(len(h.Tracks))
	wide := textWidth(strconv.Itoa(len(h.Tracks)), l.font) + 1
	for _, step := range [...]int{1, 2, 5, 10} {
		if float64(step)*each > wide {
			return step
		}
	}
	return 20
}

// minutes writes the scale of time.
func (c *canvas) minutes(h Hour, l arcLayout, px func(float64) float64, y float64) {
	end, zero := c.say("%.0f min", h.Minutes), c.say("%.0f min", 0.)
	room := px(h.Minutes) - textWidth(end, l.font) - 6
	step := 30.0
	for _, s := range [...]float64{2, 5, 10} {
		if h.Minutes/s <= 10 {
			step = s
			break
		}
	}
	c.text(px(0), y, l.font, "start", "num", zero)
	free := px(0) + textWidth(zero, l.font) + 6
	for m := step; m < h.Minutes; m += step {
		s := fmt.Sprintf("%.0f", m)
		if b := textBox(px(m), y, l.font, "middle", s); b.x0 > free && b.x1 < room {
			c.text(px(m), y, l.font, "middle", "num", s)
			free = b.x1 + 6
		}
	}
	if room > px(0)+textWidth(zero, l.font) {
		c.text(px(h.Minutes), y, l.font, "end", "num", end)
	}
}
