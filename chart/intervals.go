package chart

import (
	"fmt"
	"math"
)

// Intervals are estimates of differences below each other, on one scale.
type Intervals struct {
	Rows  []Interval
	Least float64 // the least difference that would matter, to both sides of 0; 0 for none
	Unit  string  // of the scale, in the caption's language
}

// An Interval is one estimate. What is NaN is not known: without a value nothing is
// drawn but the words, and an end that is not known is beyond the scale.
type Interval struct {
	Label         string
	Value, Lo, Hi float64
	Strong        bool // the one that decides
}

// DrawIntervals draws each estimate as a dot with its interval, wide and narrow, with a
// line at 0 and the differences too small to matter in a band.
func DrawIntervals(v Intervals, cap Caption) string {
	return v.draw(1112, "intervals wide", cap.of("w")) + v.draw(350, "intervals narrow", cap.of("n"))
}

// reach returns the scale's ends: 0, every known number and the least difference are on
// it, and a bit more.
func (v Intervals) reach() (lo, hi float64) {
	lo, hi = -v.Least, v.Least
	for _, r := range v.Rows {
		for _, x := range [...]float64{r.Value, r.Lo, r.Hi} {
			if !math.IsNaN(x) && !math.IsInf(x, 0) {
				lo, hi = min(lo, x), max(hi, x)
			}
		}
	}
	room := .06 * (hi - lo)
	if room <= 0 {
		room = 1
	}
	return lo - room, hi + room
}

func (v Intervals) draw(w float64, class string, cap Caption) string {
	const top, size, names = 30.0, 14.0, 300.0
	c := newCanvas(cap)
	// Where there is room, names stand before the scale, otherwise above their lines.
	beside := w > 2*names
	left, each, drop := 8.0, 46.0, 30.0
	if beside {
		left, each, drop = names, 38.0, 16.0
	}
	h := top + each*float64(max(1, len(v.Rows))) + 30
	c.open(w, h, class, cap)
	lo, hi := v.reach()
	end := w - 8
	px := func(x float64) float64 { return left + (end-left)*(x-lo)/(hi-lo) }
	bottom := h - 28
	if v.Least > 0 {
		c.rect(px(-v.Least), top-6, px(v.Least)-px(-v.Least), bottom-top+6, 0, "band f-ink", "", c.say("too small to matter"))
	}
	c.path(fmt.Sprintf("M%s %sV%s", num(px(0)), num(top-6), num(bottom)), "s-edge", 1.4, "")
	c.text(min(max(px(0), left+50), end-50), 16, 12, "middle", "", c.say("no difference"))
	for i, r := range v.Rows {
		y := top + each*float64(i) + drop
		class, weight := "", 1.6
		if r.Strong {
			class, weight = "ink b", 2.6
		}
		if beside {
			c.text(0, y+5, size, "start", class, clipText(r.Label, size, names-24))
		} else {
			c.text(left, y-12, size, "start", class, clipText(r.Label, size, end-left))
		}
		if math.IsNaN(r.Value) {
			c.text(left, y+5, 12, "start", "", c.say("nothing is read"))
			continue
		}
		from, to := left, end
		if !math.IsNaN(r.Lo) {
			from = px(r.Lo)
		}
		if !math.IsNaN(r.Hi) {
			to = px(r.Hi)
		}
		if !math.IsNaN(r.Lo) || !math.IsNaN(r.Hi) {
			c.path(fmt.Sprintf("M%s %sH%s", num(from), num(y), num(to)), "s-ink", weight, "")
		}
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-ink"/>`, num(px(r.Value)), num(y), num(3+weight))
	}
	for _, x := range [...]float64{lo + .06*(hi-lo)/1.12, hi - .06*(hi-lo)/1.12} {
		anchor := "start"
		if x > (lo+hi)/2 {
			anchor = "end"
		}
		c.text(px(x), h-8, 12, anchor, "num", c.signed(x, 2))
	}
	if room := end - left - 140; v.Unit != "" && textWidth(v.Unit, 12) < room { // between the numbers
		c.text((left+end)/2, h-8, 12, "middle", "", v.Unit)
	}
	return c.close()
}

// clipText shortens a text to a width.
func clipText(s string, size, width float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && textWidth(string(r)+"…", size) > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
