package chart

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A Moment is one position in time with its uncertainty.
type Moment struct {
	At               time.Time
	Valence, Arousal float64
	SD               float64 // half of the mark's whisker, on the plane's scale
	Minutes          float64 // listened, for the mark's size
	Mark             Mark
}

// DrawTimeline draws sessions over time, wide and narrow: energy above,
// pleasantness below, a mark each with a whisker of one standard error. Moments
// must be in order.
func DrawTimeline(moments []Moment, cap Caption) string {
	return drawTimeline(moments, 1112, 34, "timeline wide", Caption{cap.ID + "w", cap.Title, cap.Desc}) +
		drawTimeline(latestMoments(moments, 90), 350, 26, "timeline narrow", Caption{cap.ID + "n", cap.Title, cap.Desc})
}

// latestMoments returns the last n moments: what a narrow drawing has room for.
func latestMoments(m []Moment, n int) []Moment { return m[max(0, len(m)-n):] }

func drawTimeline(moments []Moment, w, right float64, class string, cap Caption) string {
	const h, left, laneHeight = 404.0, 8.0, 140.0
	c := &canvas{}
	if len(moments) == 0 {
		c.open(w, 40, class, cap)
		c.text(0, 24, 13, "start", "", "no sessions with a mood yet")
		return c.close()
	}
	c.open(w, h, class, cap)
	t0, t1 := moments[0].At, moments[len(moments)-1].At
	span := max(t1.Sub(t0).Seconds(), 1)
	px := func(t time.Time) float64 { return left + 8 + (w-left-right-16)*t.Sub(t0).Seconds()/span }
	lane := func(top float64, name, dim string, value func(Moment) float64) {
		py := func(v float64) float64 { return top + laneHeight*(1-v) }
		for _, tick := range []struct {
			v    float64
			text string
		}{{0, "0"}, {.5, "0.5"}, {1, "1"}} {
			c.path(fmt.Sprintf("M%s %sH%s", num(left), num(py(tick.v)), num(w-right)), "ax", 0, ` stroke-dasharray="2 5"`)
			c.text(w-right+5, py(tick.v)+4, 12, "start", "num", tick.text)
		}
		for _, m := range moments {
			if m.SD > 0 {
				c.path(fmt.Sprintf("M%s %sV%s", num(px(m.At)), num(py(min(1, value(m)+m.SD))), num(py(max(0, value(m)-m.SD)))), "whisker", 0, "")
			}
		}
		for _, m := range moments {
			v := value(m)
			c.mark(m.Mark, px(m.At), py(v), 6+6*math.Sqrt(min(1, m.Minutes/120)),
				fmt.Sprintf("%s, %s %.2f ± %.2f", m.At.Format("Mon 2 Jan 2006 15:04"), strings.ToLower(name), v, m.SD))
		}
		c.text(left, top-9, 14, "start", "b f-dim-"+dim, name)
	}
	lane(26, "Energy", "arousal", func(m Moment) float64 { return m.Arousal })
	lane(212, "Pleasantness", "valence", func(m Moment) float64 { return m.Valence })
	c.months(t0, t1, px, w-right, h-22)
	return c.close()
}

// months names the months, or the days of a span without two firsts of a month,
// below a line of time that ends at x = end.
func (c *canvas) months(t0, t1 time.Time, px func(time.Time) float64, end, y float64) {
	every := 1
	for first := monthOf(t0); px(first.AddDate(0, every, 0))-px(first) < 44 && every < 600; every++ {
	}
	last := -99.0
	drawn := 0
	for m := monthOf(t0); !m.After(t1); m = m.AddDate(0, every, 0) {
		x := px(m)
		if m.Before(t0) || x < last+64 && drawn == 1 || x < 16 || x > end-24 {
			continue
		}
		label := m.Format("Jan")
		if m.Month() == time.January || drawn == 0 {
			label = m.Format("Jan 2006")
		}
		c.text(x, y, 12, "middle", "", label)
		last = x
		drawn++
	}
	if drawn > 1 {
		return
	}
	if drawn == 0 || last > 130 {
		c.text(8, y, 12, "start", "", t0.Format("2 Jan 2006"))
	}
	if end > 200 && (drawn == 0 || last < end-130) && !t0.Equal(t1) {
		c.text(end, y, 12, "end", "", t1.Format("2 Jan 2006"))
	}
}

// monthOf returns the first of t's month.
func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}
