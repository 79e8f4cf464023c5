package session

import (
	"math"
	"slices"
	"time"

	"segue"
)

// Cell is what was heard in a stretch of local time.
type Cell struct {
	Seconds  float64       `json:"seconds"`  // time heard
	Position *segue.Affect `json:"position"` // mean position of featured plays, weighted by time; nil if there are none
	Mood     *segue.Mood   `json:"mood"`     // the word for it; nil under MinimumCell of featured time
}

// MinimumCell is the featured listening a stretch of local time needs before a
// word is put on it: about five songs, as for a session. (d)
const MinimumCell = 15 * time.Minute

// Day is one local calendar day.
type Day struct {
	Date string `json:"date"` // YYYY-MM-DD, local
	Cell
}

// Transitions counts how often a session of one mood, the row, was followed by
// a session of another, the column; both are indexed by segue.Mood, Mixed being
// the fifth.
type Transitions [segue.NumMoods + 1][segue.NumMoods + 1]int

// Dynamics is how the moods of sessions move over time.
type Dynamics struct {
	Week           [7][24]Cell  `json:"week"`            // by time.Weekday (Sunday 0) and local hour
	Days           []Day        `json:"days"`            // days with listening, in order
	Transitions    Transitions  `json:"transitions"`     // between successive sessions with a mood
	InertiaValence segue.Number `json:"inertia_valence"` // lag-1 autocorrelation over sessions, [−1, 1]
	InertiaArousal segue.Number `json:"inertia_arousal"`
	Swing          segue.Number `json:"swing"` // RMSSD of successive session positions, [0, √2]
}

// DynamicsOf maps the listening to local hours and days and measures how the
// moods of successive sessions follow one another. A play is cut at full local
// hours, so that an hour never holds more than an hour of one player; the hour
// that a clock change repeats counts as one hour of the day. Inertia needs three
// sessions with a mood that do not all agree, swing two; otherwise they are
// missing. Cost O(plays + sessions).
//
// Sources: Kuppens, Allen & Sheeber 2010, doi:10.1177/0956797610372634
// (inertia); von Neumann et al. 1941 (successive differences).
func DynamicsOf(l Listening, sessions []segue.Session) Dynamics {
	l.check()
	var d Dynamics
	var week [7][24]place
	days := map[int]*place{}
	var day *place // the last one, mostly the next one's too
	number := math.MinInt
	for i, p := range l.Plays {
		at, featured := l.featured(i)
		eachHour(p, l.zone(), func(local time.Time, lasted time.Duration) {
			if n := dayOf(local, l.zone()); n != number {
				if day = days[n]; day == nil {
					day = new(place)
					days[n] = day
				}
				number = n
			}
			hour := &week[local.Weekday()][local.Hour()]
			for _, c := range [...]*place{day, hour} {
				c.heard += lasted.Seconds()
				if featured {
					c.add(at, lasted.Seconds())
				}
			}
		})
	}
	for w := range week {
		for h := range week[w] {
			d.Week[w][h] = week[w][h].cell()
		}
	}
	numbers := make([]int, 0, len(days))
	for n := range days {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	d.Days = make([]Day, 0, len(numbers))
	for _, n := range numbers {
		d.Days = append(d.Days, Day{dateOf(n), days[n].cell()})
	}

	var v, a []float64
	var last segue.Mood
	for _, s := range sessions {
		if !s.HasMood {
			continue
		}
		if len(v) > 0 {
			d.Transitions[last][s.Mood]++
		}
		last = s.Mood
		v, a = append(v, s.Position.Valence), append(a, s.Position.Arousal)
	}
	d.InertiaValence, d.InertiaArousal = segue.Number(autocorrelation(v)), segue.Number(autocorrelation(a))
	d.Swing = segue.Number(rmssd(v, a))
	return d
}

// place gathers time and position.
type place struct {
	heard, weight float64
	v, a          float64
}

func (p *place) add(at segue.Affect, w float64) {
	p.weight += w
	p.v += w * at.Valence
	p.a += w * at.Arousal
}

func (p *place) cell() Cell {
	c := Cell{Seconds: p.heard}
	if p.weight > 0 {
		at := segue.Affect{Valence: p.v / p.weight, Arousal: p.a / p.weight}
		c.Position = &at
		if p.weight >= MinimumCell.Seconds() {
			m := segue.LabelOf(at)
			c.Mood = &m
		}
	}
	return c
}

// autocorrelation returns the lag-1 autocorrelation
// Σ(x_t − m)(x_{t+1} − m)/Σ(x_t − m)², NaN under three values or if none varies.
func autocorrelation(x []float64) float64 {
	if len(x) < 3 {
		return math.NaN()
	}
	var mean float64
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	var top, bottom float64
	for t, v := range x {
		bottom += (v - mean) * (v - mean)
		if t > 0 {
			top += (x[t-1] - mean) * (v - mean)
		}
	}
	if bottom < 1e-18 {
		return math.NaN()
	}
	return top / bottom
}

// rmssd returns the root mean square of successive differences of the points
// (v, a), NaN under two.
func rmssd(v, a []float64) float64 {
	if len(v) < 2 {
		return math.NaN()
	}
	var sum float64
	for t := 1; t < len(v); t++ {
		dv, da := v[t]-v[t-1], a[t]-a[t-1]
		sum += dv*dv + da*da
	}
	return math.Sqrt(sum / float64(len(v)-1))
}
