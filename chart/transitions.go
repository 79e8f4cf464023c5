package chart

import (
	"fmt"
	"math"

	"segue/language"
)

// DrawTransitions draws how often one mood was followed by another: rows from,
// columns to, both in the order of marks; a disc's area is the row's share,
// which stands below it, its colour the mood that followed.
func DrawTransitions(marks []Mark, counts [][]int, cap Caption) string {
	c := newCanvas(cap)
	return c.crossed(marks, counts, nil, []string{c.say("from ↓  to →")}, language.Text("%s then %s: %d times, %.0f %%"), cap)
}

// DrawConfusion draws what a model says of tracks that people labelled: rows by label,
// columns by what the model says, both in the order of marks; all is how many are
// labelled with each, those of which the model says nothing among them. A disc's area
// is the row's share, which stands below it: on the diagonal both agree.
func DrawConfusion(marks []Mark, counts [][]int, all []int, cap Caption) string {
	c := newCanvas(cap)
	return c.crossed(marks, counts, all, []string{c.say("people ↓"), c.say("model →")}, language.Text("labelled %s, said to be %s: %d tracks, %.0f %%"), cap)
}

// crossed draws counts by two moods; all are the rows' totals, nil for their sums.
func (c *canvas) crossed(marks []Mark, counts [][]int, all []int, corner []string, hover string, cap Caption) string {
	const cell, left, head, radius = 66.0, 92.0, 52.0, 20.0
	n := len(marks)
	c.open(left+cell*float64(n), head+cell*float64(n), "transitions", cap)
	for i, line := range corner {
		c.text(0, 34-17*float64(len(corner)-1-i), 13.5, "start", "", line)
	}
	for i, m := range marks {
		at := cell*float64(i) + cell/2
		c.mark(m, left+at, 14, 12, "")
		c.text(left+at, 36, 13.5, "middle", "b f-"+m.Class(), m.WordIn(c.in))
		c.path(fmt.Sprintf("M0 %sH%s", num(head+cell*float64(i)-3), num(left+cell*float64(n))), "s-hair", 1, "")
		c.mark(m, 7, head+at-12, 12, "")
		c.text(20, head+at-7.5, 13.5, "start", "b f-"+m.Class(), m.WordIn(c.in))
		total := 0
		for _, k := range counts[i] {
			total += k
		}
		if all != nil {
			total = all[i]
		}
		if total > 0 {
			c.text(20, head+at+10, 13, "start", "num", fmt.Sprintf("%d ×", total))
		}
		for j := range marks {
			if counts[i][j] == 0 || total == 0 {
				continue
			}
			share := float64(counts[i][j]) / float64(total)
			x, y := left+cell*float64(j)+cell/2, head+at-14
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-%s"><title>%s</title></circle>`,
				num(x), num(y), num(radius*math.Sqrt(share)), marks[j].Class(), escape(c.say(hover, m.WordIn(c.in), marks[j].WordIn(c.in), counts[i][j], 100*share)))
			c.text(x, head+at+20, 13, "middle", "ink num", fmt.Sprintf("%.0f\u202f%%", 100*share))
		}
	}
	return c.close()
}
