package chart

import (
	"fmt"
	"math"
	"strconv"
)

// A Sequence is one estimate read again and again while observations came in.
type Sequence struct {
	Name   string          // what is estimated, in the caption's language
	Points []SequencePoint // by N, growing
	Least  float64         // the least difference that would matter, to both sides of 0; 0 for none
	Unit   string          // of the scale, in the caption's language
}

// A SequencePoint is the estimate from the first N observations, with its interval. What
// is NaN is not known: an end that is not known is beyond the scale.
type SequencePoint struct {
	N             int
	Value, Lo, Hi float64
}

// DrawSequence draws an estimate over the number of observations as a line in the band of
// its intervals, wide and narrow, with a line at 0 and dashes at the least difference that
// would matter. The scale holds the later three quarters; what came before is cut off.
func DrawSequence(s Sequence, cap Caption) string {
	return s.draw(1112, "outcomes wide", cap.of("w")) + s.draw(350, "outcomes narrow", cap.of("n"))
}

// reach returns how far the scale goes to both sides of 0.
func (s Sequence) reach() float64 {
	far := 1.2 * s.Least
	for _, p := range s.Points[len(s.Points)/4:] {
		for _, x := range [...]float64{p.Value, p.Lo, p.Hi} {
			if !math.IsNaN(x) && !math.IsInf(x, 0) {
				far = max(far, math.Abs(x))
			}
		}
	}
	if far == 0 {
		return 1
	}
	return 1.08 * far
}

func (s Sequence) draw(w float64, class string, cap Caption) string {
	const h, left, right, top, high, size = 276.0, 8.0, 58.0, 26.0, 204.0, 12.0
	c := newCanvas(cap)
	if len(s.Points) < 2 {
		c.open(w, 40, class, cap)
		c.text(0, 24, 13, "start", "", c.say("too little to draw"))
		return c.close()
	}
	c.open(w, h, class, cap)
	end, reach := w-right, s.reach()
	py := func(v float64) float64 { return top + high/2*(1-min(1, max(-1, v/reach))) }
	first, last := s.Points[0].N, s.Points[len(s.Points)-1].N
	px := func(n int) float64 { return left + (end-left)*float64(n-first)/float64(max(1, last-first)) }
	var x, y, lows, highs []float64
	for _, p := range s.Points {
		if math.IsNaN(p.Value) {
			continue
		}
		lo, hi := p.Lo, p.Hi
		if math.IsNaN(lo) {
			lo = -reach
		}
		if math.IsNaN(hi) {
			hi = reach
		}
		x, y, lows, highs = append(x, px(p.N)), append(y, py(p.Value)), append(lows, py(lo)), append(highs, py(hi))
	}
	if len(x) > 1 {
		around := polyline(x, highs)
		for i := len(x) - 1; i >= 0; i-- {
			around += fmt.Sprintf("L%s %s", num(x[i]), num(lows[i]))
		}
		c.path(around+"Z", "band f-ink", 0, "")
	}
	for _, v := range [...]float64{s.Least, -s.Least} {
		if s.Least > 0 {
			c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(v)), num(end)), "ax", 0, ` stroke-dasharray="2 5"`)
			c.text(end+6, py(v)+4, size, "start", "num", c.signed(v, 2)+s.Unit)
		}
	}
	c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(0)), num(end)), "s-edge", 1.2, "")
	c.text(end+6, py(0)+4, size, "start", "num", "0")
	if len(x) > 1 {
		c.path(polyline(x, y), "f-none s-ink", 2, "")
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="4" class="f-ink"></circle>`, num(x[len(x)-1]), num(y[len(y)-1]))
	}
	c.text(left, 14, size, "start", "b ink", clipText(s.Name, size, end-left))
	c.text(left, h-14, size, "start", "num", strconv.Itoa(first))
	c.text(end, h-14, size, "end", "num", strconv.Itoa(last))
	c.text((left+end)/2, h-14, size, "middle", "", c.say("observations"))
	return c.close()
}
