package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
)

// A Series is one line over whole numbers, such as a criterion over k.
type Series struct {
	Name  string // written where the line ends
	Class string // "ink", "dim-valence" or "dim-arousal"
	X     []int
	Y     []float64 // NaN where there is none
	Best  int       // the x to ring; 0 for none
	Dash  bool
}

// DrawCurve draws one or two series over the same whole numbers, each on a
// scale of its own when twin, otherwise on one. choice is marked by an upright
// line with word beside it.
func DrawCurve(series []Series, choice int, word, unit string, cap Caption) string {
	const w, h, left, right, top, bottom = 380.0, 250.0, 10.0, 92.0, 26.0, 34.0
	c := &canvas{}
	c.open(w, h, "curve", cap)
	lo, hi, x0, x1 := math.Inf(1), math.Inf(-1), math.MaxInt, math.MinInt
	for _, s := range series {
		for i, v := range s.Y {
			if !math.IsNaN(v) {
				lo, hi = min(lo, v), max(hi, v)
				x0, x1 = min(x0, s.X[i]), max(x1, s.X[i])
			}
		}
	}
	if lo > hi || x0 == x1 {
		c.text(w/2, h/2, 13, "middle", "", "too little to draw")
		return c.close()
	}
	if hi == lo {
		hi = lo + 1
	}
	px := func(x int) float64 { return left + 14 + (w-left-right-14)*float64(x-x0)/float64(x1-x0) }
	py := func(y float64) float64 { return top + (h-top-bottom)*(1-(y-lo)/(hi-lo)) }
	c.path(fmt.Sprintf("M%s %sH%s", num(left), num(h-bottom), num(w-right)), "s-hair", 1, "")
	for x := x0; x <= x1; x++ {
		class := "num"
		if x == choice {
			class = "num ink b"
		}
		c.text(px(x), h-bottom+18, 12, "middle", class, strconv.Itoa(x))
	}
	c.text(left, 12, 12, "start", "", unit)
	if choice >= x0 && choice <= x1 {
		c.path(fmt.Sprintf("M%s %sV%s", num(px(choice)), num(top-4), num(h-bottom)), "ax", 1, ` stroke-dasharray="2 4"`)
		c.text(px(choice)+5, top+4, 11.5, "start", "", word)
	}
	used := []float64{}
	for _, s := range series {
		var x, y []float64
		for i, v := range s.Y {
			if !math.IsNaN(v) {
				x, y = append(x, px(s.X[i])), append(y, py(v))
			}
		}
		if len(x) == 0 {
			continue
		}
		attrs := ""
		if s.Dash {
			attrs = ` stroke-dasharray="5 4"`
		}
		c.path(polyline(x, y), "f-none s-"+s.Class, 1.8, attrs)
		for i := range x {
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="2.4" class="f-%s"/>`, num(x[i]), num(y[i]), s.Class)
		}
		for i, v := range s.Y {
			if s.X[i] == s.Best && !math.IsNaN(v) {
				fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="6.5" class="f-none s-%s" stroke-width="1.6"><title>%s</title></circle>`, num(px(s.X[i])), num(py(v)), s.Class, html.EscapeString(fmt.Sprintf("%s: best at %d", s.Name, s.Best)))
			}
		}
		ty := y[len(y)-1] + 4
		for _, u := range used {
			if math.Abs(ty-u) < 15 {
				ty = u - 15
			}
		}
		used = append(used, ty)
		class := "b f-" + s.Class
		if s.Class == "ink" {
			class = "b ink"
		}
		c.text(x[len(x)-1]+9, ty, 12.5, "start", class, s.Name)
	}
	return c.close()
}

// A Histogram is counts in equal bins over [Lo, Hi].
type Histogram struct {
	Lo, Hi float64
	Counts []int
	Median float64 // NaN for none
	Unit   string  // written after the ends of the scale
}

// DrawHistogram draws a small histogram with its scale and median.
func DrawHistogram(g Histogram, cap Caption) string {
	const w, h, bottom = 240.0, 110.0, 22.0
	c := &canvas{}
	c.open(w, h, "hist", cap)
	top := 0
	for _, n := range g.Counts {
		top = max(top, n)
	}
	step := w / float64(max(1, len(g.Counts)))
	for i, n := range g.Counts {
		if n == 0 {
			continue
		}
		height := max(1, (h-bottom-12)*float64(n)/float64(top))
		c.rect(float64(i)*step+.5, h-bottom-height, step-1, height, min(1.5, height/2), "f-soft", "", "")
	}
	c.path(fmt.Sprintf("M0 %sH%s", num(h-bottom), num(w)), "s-hair", 1, "")
	if !math.IsNaN(g.Median) && g.Hi > g.Lo {
		x := w * (g.Median - g.Lo) / (g.Hi - g.Lo)
		c.path(fmt.Sprintf("M%s 10V%s", num(x), num(h-bottom)), "s-ink", 1.5, "")
		anchor, dx := "start", 4.0
		if x > w*.7 {
			anchor, dx = "end", -4
		}
		c.text(x+dx, 17, 11, anchor, "ink num halo", "median "+short(g.Median))
	}
	c.text(0, h-6, 11, "start", "num", short(g.Lo))
	c.text(w, h-6, 11, "end", "num", short(g.Hi)+g.Unit)
	return c.close()
}

// short writes a number with about three digits.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100 || a == math.Trunc(a):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// DrawCorrelations draws a triangle of correlations, −1 to 1: a disc's area is
// the strength, filled where positive and open where negative. NaN is left out.
func DrawCorrelations(names []string, r [][]float64, cap Caption) string {
	n := len(names)
	const cell, left = 34.0, 128.0
	w, h := left+cell*float64(n)+10, cell*float64(n)+10
	c := &canvas{}
	c.open(w, h, "corr", cap)
	for i := range n {
		y := cell*float64(i) + cell/2
		c.text(left-10, y+4, 12, "end", "", names[i])
		for j := range i {
			v := r[i][j]
			if math.IsNaN(v) {
				continue
			}
			x := left + cell*float64(j) + cell/2
			radius := (cell/2 - 2) * math.Sqrt(math.Abs(v))
			class := "f-soft"
			if v < 0 {
				class = "f-none s-edge"
			}
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="%s" stroke-width="1.5"><title>%s</title></circle>`,
				num(x), num(y), num(radius), class, html.EscapeString(fmt.Sprintf("%s and %s: %.2f", names[i], names[j], v)))
			if math.Abs(v) >= .4 {
				text := "ink halo num"
				c.text(x, y+3.5, 10.5, "middle", text, fmt.Sprintf("%.1f", v))
			}
		}
		c.text(left+cell*float64(i)+cell/2-8, y+4, 11, "start", "", string([]rune(names[i])[:min(4, len([]rune(names[i])))]))
	}
	return c.close()
}
