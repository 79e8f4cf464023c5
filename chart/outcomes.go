package chart

import (
	"fmt"
	"math"
	"time"
)

// Outcomes are what hours changed in one coordinate, by what a listener said
// before and after them.
type Outcomes struct {
	Name   string    // of the coordinate, in the caption's language
	Class  string    // "dim-valence", "dim-arousal" or "ink"
	Points []Outcome // in order of time
	Mean   *Mean     // nil where there is too little to say
}

// An Outcome is the change over one hour.
type Outcome struct {
	At     time.Time
	Change float64 // after less before, [−1, 1]
}

// A Mean is a mean change with its 95 % interval.
type Mean struct{ Value, Lo, Hi float64 }

// DrawOutcomes draws each hour's change as a dot over time, wide and narrow, with
// a line where nothing changed and the mean in the band of its interval. The scale
// is as far below the line as above it. Time breaks off as a timeline does.
func DrawOutcomes(o Outcomes, cap Caption) string {
	late := o
	late.Points = o.Points[max(0, len(o.Points)-90):]
	return o.draw(1112, "outcomes wide", cap.of("w")) + late.draw(350, "outcomes narrow", cap.of("n"))
}

// scale returns how far the scale reaches to both sides: the first of a few
// round numbers that holds every dot and the band.
func (o Outcomes) scale() float64 {
	far := 0.0
	for _, p := range o.Points {
		far = max(far, math.Abs(p.Change))
	}
	if o.Mean != nil {
		far = max(far, math.Abs(o.Mean.Lo), math.Abs(o.Mean.Hi))
	}
	for _, s := range [...]float64{.2, .4, .6, .8} {
		if far <= s {
			return s
		}
	}
	return 1
}

func (o Outcomes) draw(w float64, class string, cap Caption) string {
	const h, left, right, top, high, size = 276.0, 8.0, 46.0, 30.0, 190.0, 12.0
	c := newCanvas(cap)
	if len(o.Points) == 0 {
		c.open(w, 40, class, cap)
		c.text(0, 24, 13, "start", "", c.say("no hours with a word before and after yet"))
		return c.close()
	}
	c.open(w, h, class, cap)
	end, reach := w-right, o.scale()
	py := func(v float64) float64 { return top + high/2*(1-min(1, max(-1, v/reach))) }
	at := make([]time.Time, len(o.Points))
	for i, p := range o.Points {
		at[i] = p.At
	}
	line := newTimeLine(at, left+10, end-10)
	if len(at) == 1 {
		line.pos[0] = (left + end) / 2
	}
	room := &placer{within: box{left, top - 6, end, top + high + 6}}
	room.line([]float64{left, end}, []float64{py(0), py(0)})
	for _, v := range [...]float64{reach, 0, -reach} {
		if v != 0 {
			c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(v)), num(end)), "ax", 0, ` stroke-dasharray="2 5"`)
		} else {
			c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(v)), num(end)), "s-edge", 1.2, "")
		}
		c.text(end+6, py(v)+4, size, "start", "num", c.signed(v, 1))
	}
	if m := o.Mean; m != nil {
		c.rect(left, py(m.Hi), end-left, max(1, py(m.Lo)-py(m.Hi)), 0, "band f-"+o.Class, "", "")
		c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(m.Value)), num(end)), "s-"+o.Class, 1.8, "")
		room.line([]float64{left, end}, []float64{py(m.Value), py(m.Value)})
	}
	for i, p := range o.Points {
		x, y := line.pos[i], py(p.Change)
		room.take(around(x, y, 5))
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="4" class="f-%s"><title>%s</title></circle>`, num(x), num(y), o.Class,
			escape(c.in.Day(p.At)+", "+c.say("change %s", c.signed(p.Change, 2))))
	}
	for _, g := range line.gaps {
		x := (line.x(g[0]) + line.x(g[1])) / 2
		c.path(fmt.Sprintf("M%s %sV%sM%s %sV%s", num(x-2), num(top-6), num(top+high+6), num(x+2), num(top-6), num(top+high+6)), "s-hair", 1, "")
		room.take(box{x - 4, top - 6, x + 4, top + high + 6})
	}
	c.text(left, 14, 14, "start", "b f-"+o.Class, o.Name)
	if o.Mean != nil {
		m := o.Mean
		c.along([]string{c.say("mean %s; band: its 95 %% interval", c.signed(m.Value, 2)), c.say("mean %s; band: 95 %%", c.signed(m.Value, 2))}, "num ink",
			[]float64{py(m.Hi) - 6, py(m.Lo) + 15, py(m.Hi) - 22, py(m.Lo) + 31}, left, end, room)
	}
	c.along([]string{c.say("no change")}, "", []float64{py(0) - 6, py(0) + 15}, left, end, room)
	c.months(line, end, h-12, 7.8)
	return c.close()
}

// along writes the first of the texts that has room in one of the rows, where no
// dot stands and no line runs; none if there is no room.
func (c *canvas) along(texts []string, class string, rows []float64, left, end float64, room *placer) {
	const size = 12.0
	for _, s := range texts {
		for _, y := range rows {
			for x := left + 4; x+textWidth(s, size) < end; x += 12 {
				if b := textBox(x, y, size, "start", s); room.free(b, true) {
					c.text(x, y, size, "start", class, s)
					room.take(b)
					return
				}
			}
		}
	}
}

// signed writes a number with its sign.
func (c *canvas) signed(v float64, decimals int) string {
	s := c.in.Decimal(v, decimals)
	if v > 0 && s != c.in.Decimal(0, decimals) {
		return "+" + s
	}
	if v == 0 {
		return "0"
	}
	return s
}
