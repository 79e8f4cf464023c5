package chart

import (
	"fmt"
	"math"
	"strings"
)

// A Histogram is counts in equal bins over [Lo, Hi].
type Histogram struct {
	Lo, Hi float64
	Counts []int
	Median float64  // NaN for none
	Unit   string   // written after the ends of the scale
	Labels []string // for counts of whole values: one a bin, below it; may be empty strings
}

// DrawHistogram draws a small histogram with its scale and median.
func DrawHistogram(g Histogram, cap Caption) string {
	const w, h, bottom = 240.0, 116.0, 24.0
	c := newCanvas(cap)
	c.open(w, h, "hist", cap)
	top := 0
	for _, n := range g.Counts {
		top = max(top, n)
	}
	step := w / float64(max(1, len(g.Counts)))
	gap := 1.0
	if len(g.Labels) > 0 {
		gap = max(1, min(step*.3, step-26))
		if len(g.Labels) > 7 {
			gap = step * .3
		}
	}
	for i, n := range g.Counts {
		if i < len(g.Labels) && g.Labels[i] != "" {
			c.text((float64(i)+.5)*step, h-6, 11, "middle", "num", g.Labels[i])
		}
		if n == 0 {
			continue
		}
		height := max(1, (h-bottom-16)*float64(n)/float64(top))
		c.rect(float64(i)*step+gap/2, h-bottom-height, step-gap, height, min(1.5, height/2), "f-soft", "", "")
	}
	c.path(fmt.Sprintf("M0 %sH%s", num(h-bottom), num(w)), "s-hair", 1, "")
	if len(g.Labels) > 0 {
		return c.close()
	}
	if !math.IsNaN(g.Median) && g.Hi > g.Lo {
		x := w * (g.Median - g.Lo) / (g.Hi - g.Lo)
		c.path(fmt.Sprintf("M%s 4V%s", num(x), num(h-bottom)), "s-ink", 1.5, "")
		anchor, dx := "start", 4.0
		if x > w*.55 {
			anchor, dx = "end", -4
		}
		c.text(x+dx, 12, 11, anchor, "ink num halo", c.say("median %s", short(c.in, g.Median)))
	}
	c.text(0, h-6, 11, "start", "num", short(c.in, g.Lo))
	c.text(w, h-6, 11, "end", "num", short(c.in, g.Hi)+g.Unit)
	return c.close()
}

// DrawCorrelations draws a triangle of correlations, −1 to 1, wide and narrow:
// a disc's area is the strength, filled where positive and open where negative.
// Names stand on the diagonal: a name's pairs are to its left and below it. NaN
// is left out.
func DrawCorrelations(names []string, r [][]float64, cap Caption) string {
	return drawCorrelations(names, r, 34, 12.5, "corr wide", cap.of("w")) +
		drawCorrelations(names, r, 19.5, 12, "corr narrow", cap.of("n"))
}

func drawCorrelations(names []string, r [][]float64, cell, font float64, class string, cap Caption) string {
	n := len(names)
	c := newCanvas(cap)
	c.open(cell*float64(max(0, n-1))+116, max(1, cell*float64(n)), class, cap)
	for i := range n {
		y := cell*float64(i) + cell/2
		if i > 0 {
			c.path(fmt.Sprintf("M0 %sH%s", num(y), num(cell*float64(i))), "s-hair", 1, "")
			c.path(fmt.Sprintf("M%s %sV%s", num(cell*float64(i)-cell/2), num(y-cell/2), num(cell*float64(n)-cell/2)), "s-hair", 1, "")
		}
	}
	for i := range n {
		y := cell*float64(i) + cell/2
		for j := range i {
			v := r[i][j]
			if math.IsNaN(v) {
				continue
			}
			x := cell*float64(j) + cell/2
			radius := (cell/2 - 1) * math.Sqrt(math.Abs(v))
			class := "f-strong s-strong"
			if v < 0 {
				class = "f-paper s-edge"
			}
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="%s" stroke-width="1.5"><title>%s</title></circle>`,
				num(x), num(y), num(max(.4, radius-.75)), class, escape(c.say("%s and %s", names[i], names[j])+": "+short(c.in, v)))
			if math.Abs(v) >= .5 && cell > 30 {
				text := "on-soft num"
				if v < 0 {
					text = "ink num"
				}
				s := c.in.Decimal(v, 1)
				if strings.HasPrefix(strings.TrimPrefix(s, "−"), "0") {
					s = strings.Replace(s, "0", "", 1)
				}
				c.text(x, y+4, 11, "middle", text, s)
			}
		}
		c.text(cell*float64(i)+6, y+font*.35, font, "start", "ink", names[i])
	}
	return c.close()
}
