package session

import (
	"math"
	"slices"

	"segue"
	"segue/internal/quantile"
)

// What signals look at. (d; docs/science.md §4)
const (
	SignalDays      = 14 // local days of a window
	SignalWindows   = 15 // windows needed to compare with: a month of history
	SignalTrendDays = 28 // days over which a falling trend is looked for
)

// SignalsOf compares the last SignalDays local days, up to that of the last
// play, with every window of as many days in the listener's own history, one a
// day. Percentiles are mid-ranks, (below + ½·equal)/windows, among all windows
// with something in them, the last included. Activity is the time heard per day
// with listening, as (x − median)/(1.4826·MAD); NaN if the windows do not vary
// and this one differs. With fewer than SignalWindows windows percentiles and
// activity are NaN. Sessions and plays belong to the local day on which they
// began. Cost O(plays + days).
//
// Source: Leys et al. 2013, doi:10.1016/j.jesp.2013.03.013 (median and MAD).
func SignalsOf(l Listening, sessions []segue.Session, o Options) segue.Signals {
	o = o.filled()
	l.check()
	nan := math.NaN()
	out := segue.Signals{SadShare: nan, SadSharePercentile: nan, RepetitionPercentile: nan, Activity: nan}
	if len(l.Plays) == 0 {
		return out
	}
	t := TrendsOf(l, o, SignalTrendDays).Valence
	out.TrendKnown, out.FallingTrend = t.Known, t.Falling

	days := l.tallies(sessions)
	sad, repetition, activity := rolling(days)
	out.SadShare = sad[len(sad)-1]
	out.SadSharePercentile = lastMidRank(sad)
	out.RepetitionPercentile = lastMidRank(repetition)
	out.Activity = lastRobustZ(activity)
	return out
}

// tally is one local day.
type tally struct {
	sad, placed float64 // featured seconds in sad sessions, and in all sessions with a mood
	heard       float64 // seconds
	tracks      []int32 // of plays of MinimumPlay or longer
}

// tallies returns the days from the first play's to the last's.
func (l Listening) tallies(sessions []segue.Session) []tally {
	day := make([]int, len(l.Plays))
	for i, p := range l.Plays {
		day[i] = dayOf(p.StartedAt(), l.zone())
	}
	first, last := slices.Min(day), slices.Max(day)
	days := make([]tally, last-first+1)
	n := newNumbering(l)
	for i, p := range l.Plays {
		d := &days[day[i]-first]
		d.heard += p.Played.Seconds()
		if l.heard(i) {
			d.tracks = append(d.tracks, n.track(i))
		}
	}
	for _, s := range sessions {
		if !s.HasMood {
			continue
		}
		d := &days[dayOf(s.Start, l.zone())-first]
		t := l.featuredTime(s)
		d.placed += t
		if s.Mood == segue.Sad {
			d.sad += t
		}
	}
	return days
}

// rolling returns the measures of every window of SignalDays, in order; a
// history shorter than that is one window. A measure is NaN where a window has
// nothing to measure.
func rolling(days []tally) (sad, repetition, activity []float64) {
	width := min(SignalDays, len(days))
	count := map[int32]int{}
	plays := 0
	for end := range days {
		for _, t := range days[end].tracks {
			count[t]++
			plays++
		}
		if start := end - width; start >= 0 {
			for _, t := range days[start].tracks {
				plays--
				if count[t]--; count[t] == 0 {
					delete(count, t)
				}
			}
		}
		if end < width-1 {
			continue
		}
		var sadTime, placed, heard, active float64
		for _, d := range days[end-width+1 : end+1] {
			sadTime += d.sad
			placed += d.placed
			heard += d.heard
			if d.heard > 0 {
				active++
			}
		}
		sad = append(sad, ratio(sadTime, placed))
		repetition = append(repetition, ratio(float64(plays-len(count)), float64(plays)))
		activity = append(activity, ratio(heard/3600, active))
	}
	return sad, repetition, activity
}

func ratio(part, whole float64) float64 {
	if whole <= 0 {
		return math.NaN()
	}
	return part / whole
}

// known returns the values that are numbers, NaN if too few are, or the last is
// none.
func known(values []float64) []float64 {
	var out []float64
	for _, v := range values {
		if v == v {
			out = append(out, v)
		}
	}
	if last := values[len(values)-1]; last != last || len(out) < SignalWindows {
		return nil
	}
	return out
}

// lastMidRank returns the mid-rank percentile of the last value among all, NaN
// if there are too few.
func lastMidRank(values []float64) float64 {
	v := known(values)
	if v == nil {
		return math.NaN()
	}
	return midRank(v[len(v)-1], v)
}

// midRank returns the share of values below x, plus half the share equal to it.
func midRank(x float64, values []float64) float64 {
	var below, equal float64
	for _, v := range values {
		switch {
		case math.Abs(v-x) <= sameValue:
			equal++
		case v < x:
			below++
		}
	}
	return (below + equal/2) / float64(len(values))
}

// madScale makes the median absolute deviation estimate the standard deviation
// of a normal distribution: 1/Φ⁻¹(¾).
const madScale = 1.4826

// lastRobustZ returns how many robust deviations the last value lies above the
// median of all: 0 at the median, NaN if there are too few values or most are
// equal and it is not.
func lastRobustZ(values []float64) float64 {
	v := known(values)
	if v == nil {
		return math.NaN()
	}
	last := v[len(v)-1]
	median := medianOf(v)
	deviations := make([]float64, len(v))
	for i, x := range v {
		deviations[i] = math.Abs(x - median)
	}
	mad := medianOf(deviations)
	switch {
	case math.Abs(last-median) <= sameValue:
		return 0
	case mad <= sameValue:
		return math.NaN()
	}
	return (last - median) / (madScale * mad)
}

func medianOf(values []float64) float64 {
	return quantile.Of(slices.Sorted(slices.Values(values)), 0.5)
}
