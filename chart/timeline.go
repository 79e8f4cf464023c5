package chart

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"segue/language"
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
// must be in order. Two upright hairlines stand for a long stretch without any.
func DrawTimeline(moments []Moment, cap Caption) string {
	return drawTimeline(moments, 1112, 34, "timeline wide", cap.of("w")) +
		drawTimeline(latestMoments(moments, 90), 350, 26, "timeline narrow", cap.of("n"))
}

// latestMoments returns the last n moments: what a narrow drawing has room for.
func latestMoments(m []Moment, n int) []Moment { return m[max(0, len(m)-n):] }

func drawTimeline(moments []Moment, w, right float64, class string, cap Caption) string {
	const h, left, laneHeight = 404.0, 8.0, 140.0
	c := newCanvas(cap)
	if len(moments) == 0 {
		c.open(w, 40, class, cap)
		c.text(0, 24, 13, "start", "", c.say("no sessions with a mood yet"))
		return c.close()
	}
	c.open(w, h, class, cap)
	at := make([]time.Time, len(moments))
	for i, m := range moments {
		at[i] = m.At
	}
	line := newTimeLine(at, left+8, w-right-8)
	px := line.x
	lane := func(top float64, name, dim string, value func(Moment) float64) {
		py := func(v float64) float64 { return top + laneHeight*(1-v) }
		for _, tick := range []struct {
			v    float64
			text string
		}{{0, "0"}, {.5, c.in.Decimal(.5, 1)}, {1, "1"}} {
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
				c.in.Day(m.At)+" "+language.Time(m.At)+", "+c.say("%s %.2f ± %.2f", strings.ToLower(name), v, m.SD))
		}
		c.text(left, top-9, 14, "start", "b f-dim-"+dim, name)
	}
	lane(26, c.say("Energy"), "arousal", func(m Moment) float64 { return m.Arousal })
	lane(212, c.say("Pleasantness"), "valence", func(m Moment) float64 { return m.Valence })
	for _, g := range line.gaps {
		x := (px(g[0]) + px(g[1])) / 2
		c.path(fmt.Sprintf("M%s 20V%sM%s 20V%s", num(x-2), num(h-44), num(x+2), num(h-44)), "s-hair", 1, "")
	}
	c.months(line, w-right, h-22, 6.6)
	return c.close()
}

// A timeLine maps moments to x. Stretches in which nothing happens for longer
// than LongGap are drawn as a narrow break.
type timeLine struct {
	at       []time.Time
	pos      []float64 // of each moment
	gaps     [][2]time.Time
	from, to float64
}

const (
	// LongGap is how long nothing must happen for a timeline to break off.
	LongGap  = 35 * 24 * time.Hour
	gapShare = .05 // of the line's length, for each break
)

func newTimeLine(at []time.Time, from, to float64) timeLine {
	l := timeLine{at: at, pos: make([]float64, len(at)), from: from, to: to}
	busy := 0.0
	for i := 1; i < len(at); i++ {
		if d := at[i].Sub(at[i-1]); d > LongGap {
			l.gaps = append(l.gaps, [2]time.Time{at[i-1], at[i]})
		} else {
			busy += d.Seconds()
		}
	}
	gap := math.Min(gapShare, .5/math.Max(1, float64(len(l.gaps)))) * (to - from)
	perSecond := 0.0
	if busy > 0 {
		perSecond = (to - from - gap*float64(len(l.gaps))) / busy
	}
	l.pos[0] = from
	for i := 1; i < len(at); i++ {
		d := at[i].Sub(at[i-1])
		if l.pos[i] = l.pos[i-1] + d.Seconds()*perSecond; d > LongGap {
			l.pos[i] = l.pos[i-1] + gap
		}
	}
	return l
}

// x returns where t is drawn, between the moments around it.
func (l timeLine) x(t time.Time) float64 {
	i := sort.Search(len(l.at), func(i int) bool { return !l.at[i].Before(t) })
	switch {
	case i == 0:
		return l.pos[0]
	case i == len(l.at):
		return l.pos[i-1]
	}
	part := t.Sub(l.at[i-1]).Seconds() / l.at[i].Sub(l.at[i-1]).Seconds()
	return l.pos[i-1] + part*(l.pos[i]-l.pos[i-1])
}

// inGap reports whether t falls into a break.
func (l timeLine) inGap(t time.Time) bool {
	for _, g := range l.gaps {
		if t.After(g[0]) && t.Before(g[1]) {
			return true
		}
	}
	return false
}

// months names the months where there is room, below a line of time that may be
// written on up to x = end; a line with fewer than two firsts of a month gets
// the dates of its ends. A letter is taken to be so wide.
func (c *canvas) months(l timeLine, end, y, letter float64) {
	t0, t1 := l.at[0], l.at[len(l.at)-1]
	type label struct {
		x    float64
		text string
	}
	var labels []label
	free, year := math.Inf(-1), 0
	name := func(m time.Time, x float64, text string) {
		half := letter * float64(utf8.RuneCountInString(text)) / 2
		if x-half < free || x-half < 0 || x+half > end {
			return
		}
		labels = append(labels, label{x, text})
		free, year = x+half+8, m.Year()
	}
	gaps := l.gaps
	for m := monthOf(t0); !m.After(t1); m = m.AddDate(0, 1, 0) {
		for len(gaps) > 0 && gaps[0][1].Before(m) { // where it goes on after a break
			text := c.month(gaps[0][1])
			name(gaps[0][1], math.Min(l.x(gaps[0][1])+12, end-letter*float64(utf8.RuneCountInString(text))/2), text)
			gaps = gaps[1:]
		}
		if m.Before(t0) || l.inGap(m) {
			continue
		}
		text := c.in.ShortMonth(m.Month())
		if m.Year() != year {
			text = c.month(m)
		}
		name(m, l.x(m), text)
	}
	for _, g := range gaps {
		text := c.month(g[1])
		name(g[1], math.Min(l.x(g[1])+12, end-letter*float64(utf8.RuneCountInString(text))/2), text)
	}
	if len(labels) < 2 {
		first, last := c.in.Date(t0), c.in.Date(t1)
		c.text(l.from-8, y, 12, "start", "", first)
		if first != last {
			c.text(end, y, 12, "end", "", last)
		}
		return
	}
	for _, one := range labels {
		c.text(one.x, y, 12, "middle", "", one.text)
	}
}

// monthOf returns the first of t's month.
func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}
