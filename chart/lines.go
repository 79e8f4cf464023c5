package chart

import (
	"fmt"
	"math"
	"strconv"

	"segue/language"
)

// A Series is one line over whole numbers, such as a criterion over k.
type Series struct {
	Name  string // written where the line ends
	Class string // "ink", "dim-valence" or "dim-arousal"
	X     []int
	Y     []float64 // NaN where there is none
	Lo    []float64 // with Hi, between which Y lies, drawn as bars; nil for none
	Hi    []float64
	Best  int // the x to ring; 0 for none
	Dash  bool
	Own   bool // on a scale of its own, whose ends are written with the name
}

// extent returns the least and largest known value, bars included, ok false if
// there is none.
func (s Series) extent() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, values := range [][]float64{s.Y, s.Lo, s.Hi} {
		for _, v := range values {
			if !math.IsNaN(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, hi, lo <= hi
}

// DrawCurve draws series over the same whole numbers, on one scale, whose ends
// stand at the left with the unit, but for those that have their own. choice is
// marked by an upright line with word beside it.
func DrawCurve(series []Series, choice int, word, unit string, cap Caption) string {
	const w, h, left, right, top, bottom = 380.0, 250.0, 54.0, 92.0, 36.0, 34.0
	c := newCanvas(cap)
	c.open(w, h, "curve", cap)
	lo, hi, x0, x1 := math.Inf(1), math.Inf(-1), math.MaxInt, math.MinInt
	for _, s := range series {
		if l, u, ok := s.extent(); ok && !s.Own {
			lo, hi = min(lo, l), max(hi, u)
		}
		for i, v := range s.Y {
			if !math.IsNaN(v) {
				x0, x1 = min(x0, s.X[i]), max(x1, s.X[i])
			}
		}
	}
	if x0 >= x1 || lo > hi {
		c.text(w/2, h/2, 13, "middle", "", c.say("too little to draw"))
		return c.close()
	}
	px := func(x int) float64 { return left + (w-left-right)*float64(x-x0)/float64(x1-x0) }
	scale := func(lo, hi float64) func(float64) float64 {
		if hi == lo {
			hi = lo + 1
		}
		return func(y float64) float64 { return top + (h-top-bottom)*(1-(y-lo)/(hi-lo)) }
	}
	shared := scale(lo, hi)
	for _, v := range []float64{lo, hi} {
		c.path(fmt.Sprintf("M%s %sH%s", num(left-8), num(shared(v)), num(w-right)), "s-hair", 1, "")
		c.text(left-13, shared(v)+4, 12, "end", "num", compact(c.in, v)+unit)
		if hi == lo {
			break
		}
	}
	step := 1
	if x1-x0 > 12 {
		step = 5 * ((x1-x0)/30 + 1)
	}
	for x := x0; x <= x1; x++ {
		switch {
		case x == choice:
			c.text(px(x), h-bottom+20, 12, "middle", "num ink b", strconv.Itoa(x))
		case step == 1 || (x%step == 0 || x == x0) && px(1)-px(0) > 16/math.Abs(float64(x-choice)):
			c.text(px(x), h-bottom+20, 12, "middle", "num", strconv.Itoa(x))
		}
	}
	c.text(w-right+14, h-bottom+20, 12, "start", "", "k")
	if choice >= x0 && choice <= x1 {
		c.path(fmt.Sprintf("M%s %sV%s", num(px(choice)), num(top-18), num(h-bottom)), "ax", 1, ` stroke-dasharray="2 4"`)
		c.text(px(choice)+5, top-12, 12, "start", "halo", word)
	}
	var used []float64
	for _, s := range series {
		py := shared
		if l, u, ok := s.extent(); ok && s.Own {
			py = scale(l, u)
		}
		used = c.series(s, px, py, used)
	}
	return c.close()
}

// series draws one line with its name where it ends, away from the names in
// used, to which it adds its own.
func (c *canvas) series(s Series, px func(int) float64, py func(float64) float64, used []float64) []float64 {
	var x, y []float64
	for i, v := range s.Y {
		if !math.IsNaN(v) {
			x, y = append(x, px(s.X[i])), append(y, py(v))
		}
	}
	if len(x) == 0 {
		return used
	}
	attrs := ""
	if s.Dash {
		attrs = ` stroke-dasharray="5 4"`
	}
	c.path(polyline(x, y), "f-none s-"+s.Class, 1.8, attrs)
	for i := range min(len(s.Lo), len(s.Hi)) {
		if at := px(s.X[i]); !math.IsNaN(s.Hi[i] - s.Lo[i]) {
			c.path(fmt.Sprintf("M%s %sV%s", num(at), num(py(s.Lo[i])), num(py(s.Hi[i]))), "s-"+s.Class, 1, "")
		}
	}
	for i := range x {
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="2.4" class="f-%s"/>`, num(x[i]), num(y[i]), s.Class)
	}
	for i, v := range s.Y {
		if s.X[i] == s.Best && !math.IsNaN(v) {
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="6.5" class="f-none s-%s" stroke-width="1.6"><title>%s</title></circle>`, num(px(s.X[i])), num(py(v)), s.Class, escape(c.say("%s: best at %d", s.Name, s.Best)))
		}
	}
	rows := []string{s.Name}
	if lo, hi, _ := s.extent(); s.Own {
		rows = append(rows, c.say("%s to %s", short(c.in, lo), short(c.in, hi)))
	}
	ty := y[len(y)-1] + 4
	for moved := true; moved; {
		moved = false
		for _, u := range used {
			if math.Abs(ty-u) < 15 || (len(rows) > 1 && math.Abs(ty+14-u) < 15) {
				ty, moved = u-15*float64(len(rows)), true
			}
		}
	}
	class := "b f-" + s.Class
	if s.Class == "ink" {
		class = "b ink"
	}
	for i, row := range rows {
		size := 12.5
		if i > 0 {
			class, size = "num", 12
		}
		c.text(x[len(x)-1]+9, ty+14*float64(i), size, "start", class, row)
		used = append(used, ty+14*float64(i))
	}
	return used
}

// compact writes a number of any size in few signs: 0.53, 12.4, 318 k, 1.2 M.
func compact(t *language.Tongue, v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return short(t, v/1e6) + "\u202fM"
	case a >= 1e4:
		return short(t, v/1e3) + "\u202fk"
	}
	return short(t, v)
}

// short writes a number with about three digits, thousands in groups.
func short(t *language.Tongue, v float64) string {
	decimals := 2
	switch a := math.Abs(v); {
	case a >= 100 || a == math.Trunc(a):
		decimals = 0
	case a >= 10:
		decimals = 1
	}
	return t.Decimal(v, decimals)
}
