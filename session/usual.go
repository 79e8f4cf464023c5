package session

import (
	"math"
	"math/rand/v2"
	"slices"

	"segue"
	"segue/internal/quantile"
)

// MinimumCoverage is the share of listening time with a place on the plane
// under which a usual mood carries a warning. (d; docs/science.md §3)
const MinimumCoverage = 0.60

// Estimate is a number with its 95 % interval; all three are missing where it
// could not be computed.
type Estimate struct {
	Value segue.Number `json:"value"`
	Lo    segue.Number `json:"lo"`
	Hi    segue.Number `json:"hi"`
}

// unknown returns the Estimate of what could not be computed.
func unknown() Estimate { return Estimate{segue.Missing(), segue.Missing(), segue.Missing()} }

// Share is the share of time one mood has.
type Share struct {
	Mood segue.Mood `json:"mood"`
	Estimate
}

// Usual is the mood a listener's sessions usually have.
type Usual struct {
	Gates       []segue.Gate `json:"gates"`    // what a usual mood needs, and what there is
	Known       bool         `json:"known"`    // the gates are open; otherwise still learning, and all estimates are missing
	Sessions    int          `json:"sessions"` // sessions with a mood
	Valence     Estimate     `json:"valence"`  // mean over sessions, [0, 1]
	Arousal     Estimate     `json:"arousal"`  // mean over sessions, [0, 1]
	Mood        *segue.Mood  `json:"mood"`     // the word for it; nil if not known
	Shares      []Share      `json:"shares"`   // angry, sad, calm, happy, mixed: share of featured time in sessions of that mood
	Coverage    float64      `json:"coverage"` // share of all listening time with a place on the plane, [0, 1]
	LowCoverage bool         `json:"low_coverage"`
}

// UsualMood returns the mean position over the sessions with a mood, each
// counting once, and the shares of time by mood. Intervals are percentile
// intervals of a bootstrap that resamples sessions, seeded by o.Seed: plays of
// one session are not independent. Below the gates everything but Gates,
// Sessions and Coverage is missing. Cost O(plays + Bootstrap·sessions).
//
// Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
func UsualMood(l Listening, sessions []segue.Session, o Options) Usual {
	o = o.filled()
	l.check()
	u := Usual{Valence: unknown(), Arousal: unknown()}
	for m := segue.Angry; m <= segue.Mixed; m++ {
		u.Shares = append(u.Shares, Share{m, unknown()})
	}
	counts := l.counts(sessions)
	u.Gates = o.Gates.Usual(counts)
	u.Sessions = counts.MoodSessions
	u.Coverage = l.coverage()
	u.LowCoverage = u.Coverage < MinimumCoverage

	var moods []moodTime
	for _, s := range sessions {
		if s.HasMood {
			moods = append(moods, moodTime{s.Position, s.Mood, l.featuredTime(s)})
		}
	}
	if !Open(u.Gates) || len(moods) == 0 {
		return u
	}
	u.Known = true
	value := summarize(moods, func(i int) int { return i })
	word := segue.LabelOf(segue.Affect{Valence: value[0], Arousal: value[1]})
	u.Mood = &word

	rng := rand.New(rand.NewPCG(o.Seed, streamUsual))
	var resamples [summaries][]float64
	for range o.Bootstrap {
		r := summarize(moods, func(int) int { return rng.IntN(len(moods)) })
		for j, v := range r {
			resamples[j] = append(resamples[j], v)
		}
	}
	estimate := func(j int) Estimate {
		in := percentileInterval(resamples[j])
		return Estimate{segue.Number(value[j]), segue.Number(in.Lo), segue.Number(in.Hi)}
	}
	u.Valence, u.Arousal = estimate(0), estimate(1)
	for m := range u.Shares {
		u.Shares[m].Estimate = estimate(2 + m)
	}
	return u
}

// Streams keep the random numbers of one seed's uses apart.
const streamUsual = 0x7573756c

// moodTime is a session with a mood and its featured time in seconds.
type moodTime struct {
	at   segue.Affect
	mood segue.Mood
	time float64
}

// summaries counts what summarize returns: valence, arousal, five shares.
const summaries = 2 + segue.NumMoods + 1

// summarize summarizes the sessions pick chooses, as many as there are.
func summarize(moods []moodTime, pick func(i int) int) (out [summaries]float64) {
	var total float64
	for i := range moods {
		m := &moods[pick(i)]
		out[0] += m.at.Valence
		out[1] += m.at.Arousal
		out[2+m.mood] += m.time
		total += m.time
	}
	out[0] /= float64(len(moods))
	out[1] /= float64(len(moods))
	for j := 2; j < summaries; j++ {
		out[j] /= total
	}
	return out
}

// percentileInterval returns the 2.5 % and 97.5 % quantiles (type 7 of Hyndman
// & Fan 1996). It sorts values.
func percentileInterval(values []float64) segue.Interval {
	slices.Sort(values)
	return segue.Interval{Lo: quantile.Of(values, 0.025), Hi: quantile.Of(values, 0.975)}
}

// counts fills in what the gates ask of a whole history.
func (l Listening) counts(sessions []segue.Session) segue.Habits {
	h := segue.Habits{Sessions: len(sessions)}
	for _, s := range sessions {
		if s.HasMood {
			h.MoodSessions++
		}
	}
	days, last := map[int]struct{}{}, math.MinInt
	for i, p := range l.Plays {
		if day := dayOf(p.StartedAt(), l.zone()); day != last {
			days[day], last = struct{}{}, day
		}
		if l.heard(i) {
			h.Plays++
			if _, ok := l.position(i); ok {
				h.Featured++
			}
		}
	}
	h.ActiveDays = len(days)
	return h
}

// coverage returns the share of all time heard in plays with a position, 0 if
// nothing was heard.
func (l Listening) coverage() float64 {
	var all, placed float64
	for i, p := range l.Plays {
		all += p.Played.Seconds()
		if _, ok := l.position(i); ok {
			placed += p.Played.Seconds()
		}
	}
	if all == 0 {
		return 0
	}
	return placed / all
}

// featuredTime returns the seconds of the session's featured plays.
func (l Listening) featuredTime(s segue.Session) float64 {
	var t float64
	for i := s.First; i < s.Last; i++ {
		if _, ok := l.featured(i); ok {
			t += l.Plays[i].Played.Seconds()
		}
	}
	return t
}
