package metric

import (
	"fmt"
	"time"

	"segue/outcome/stats"
)

// dayName writes a day as 2024-05-06.
func dayName(day int32) string { return dateOf(day).Format(time.DateOnly) }

func dateOf(day int32) time.Time { return time.Unix(int64(day)*86_400, 0).UTC() }

// weekOf returns the number of a day's ISO week, which begins on Monday. 1 January 1970
// was a Thursday.
func weekOf(day int32) int32 {
	day += 3
	if day < 0 {
		day -= 6
	}
	return day / 7
}

// weekName writes a week as 2024-W19.
func weekName(week int32) string {
	y, w := dateOf(week*7 - 3).ISOWeek()
	return fmt.Sprintf("%d-W%02d", y, w)
}

// weeks says which weeks are looked at for whom.
type weeks struct {
	only int32               // a single week; noWeek for all
	from func(i int32) int32 // the first that counts for a listener; noWeek if none does
}

const noWeek = 1<<31 - 1

// lastWeek returns the last week that is over by the records.
func (t *table) lastWeek() int32 { return weekOf(t.lastDay+1) - 1 }

// firstWhole returns the first week that counts for a listener: the one after that of
// their first record, which makes them active by itself.
func (t *table) firstWhole(i int32) int32 { return weekOf(t.listeners[t.who[i]].first) + 1 }

// active returns in how many weeks from first to last a listener opened the app.
func (t *table) active(i, first, last int32) (n int) {
	before := int32(noWeek)
	for _, c := range t.of(i) {
		w := weekOf(c.day)
		if c.flags&opened != 0 && w != before && w >= first && w <= last {
			n++
			before = w
		}
	}
	return n
}

// weekly gathers active weeks over weeks for the listeners of in.
func (t *table) weekly(in func(i int32) bool, w weeks) (r ratio) {
	last := t.lastWeek()
	for i := range t.who {
		i := int32(i)
		if !in(i) {
			continue
		}
		from, to := w.from(i), last
		if from == noWeek {
			continue
		}
		if w.only != noWeek {
			if w.only < from || w.only > to {
				continue
			}
			from, to = w.only, w.only
		}
		if from <= to {
			r.add(float64(t.active(i, from, to)), float64(to-from+1))
		}
	}
	return r
}

// weeklyActive is the metric of that name.
func (t *table) weeklyActive(d *Definition, r *ratio, w weeks) Metric {
	m := Metric{Estimate: r.estimate(d.Words, 0, 1, true), Records: int(r.x)}
	if r.n == 0 || !t.opening {
		m = Metric{Estimate: stats.Undefined(d.Words, ratioMethod, 0, stats.Level, d.none)}
		if t.opening {
			m.Reason = "no whole week follows the one in which listeners were first seen, or exposed"
			if w.only != noWeek {
				m.Reason = "the week is not over by these records, or all listeners are new in it"
			}
		}
	}
	return m
}

// activeUplift is how much more weekly active the exposed are than the holdout: a is of
// the one, b of the other.
func (t *table) activeUplift(d *Definition, a, b *ratio) (m Metric, fewest int) {
	undefined := func(reason string) (Metric, int) {
		return Metric{Estimate: stats.Undefined(d.Words, ratioMethod, 0, stats.Level, reason)}, 0
	}
	switch {
	case !t.opening:
		return undefined("no opening of the app is on record")
	case a.n == 0:
		return undefined("no whole week follows the exposure of anybody outside the holdout")
	case b.n == 0:
		return undefined("no whole week follows the exposure of anybody in the holdout")
	}
	return Metric{Estimate: difference(d.Words, a, b), Records: int(a.x + b.x)}, min(a.n, b.n)
}
