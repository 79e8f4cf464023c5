package chart

import (
	"fmt"
	"math"
)

// A Promise is tracks of about one confidence, and how often it came true.
type Promise struct {
	Promised float64 // mean confidence, [0, 1]
	Came     float64 // share that came true, [0, 1]
	Lo, Hi   float64 // interval of Came
	N        int     // tracks
}

// DrawReliability draws what came true over what was promised: each group of tracks a
// disc, the larger the more, with its interval. On the dashed line both are the same;
// below it the model is too sure.
func DrawReliability(groups []Promise, cap Caption) string {
	const w, h, left, right, top, bottom = 350.0, 320.0, 52.0, 24.0, 30.0, 48.0
	c := newCanvas(cap)
	c.open(w, h, "curve", cap)
	px := func(v float64) float64 { return left + (w-left-right)*v }
	py := func(v float64) float64 { return top + (h-top-bottom)*(1-v) }
	for _, v := range []float64{0, .25, .5, .75, 1} {
		c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(v)), num(w-right)), "s-hair", 1, "")
		c.text(left-8, py(v)+4, 12, "end", "num", c.in.Percent(v))
		c.text(px(v), h-bottom+18, 12, "middle", "num", c.in.Percent(v))
	}
	c.text(0, 14, 12.5, "start", "", c.say("came true"))
	c.text(w-right, h-8, 12.5, "end", "", c.say("promised"))
	c.path(fmt.Sprintf("M%s %sL%s %s", num(px(0)), num(py(0)), num(px(1)), num(py(1))), "ax", 1, ` stroke-dasharray="4 4"`)
	if len(groups) == 0 {
		c.text((left+w-right)/2, (top+h-bottom)/2, 13, "middle", "halo", c.say("too little to draw"))
		return c.close()
	}
	most := 0
	for _, g := range groups {
		most = max(most, g.N)
	}
	var x, y []float64
	for _, g := range groups {
		x, y = append(x, px(g.Promised)), append(y, py(g.Came))
		c.path(fmt.Sprintf("M%s %sV%s", num(px(g.Promised)), num(py(g.Lo)), num(py(g.Hi))), "s-ink", 1, "")
	}
	c.path(polyline(x, y), "f-none s-ink", 1.6, "")
	for i, g := range groups {
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-ink"><title>%s</title></circle>`, num(x[i]), num(y[i]), num(2.5+3.5*math.Sqrt(float64(g.N)/float64(most))),
			escape(c.say("promised %s, came true %s (%s to %s) of %s tracks", c.in.Percent(g.Promised), c.in.Percent(g.Came), c.in.Percent(g.Lo), c.in.Percent(g.Hi), c.in.Count(g.N))))
	}
	return c.close()
}
