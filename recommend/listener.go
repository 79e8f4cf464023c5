package recommend

import (
	"context"
	"strconv"
	"time"

	"segue"
	"segue/match"
	"segue/session"
)

// A Listener is a history laid beside the music: its plays matched to tracks
// and cut into sessions with their moods.
type Listener struct {
	Listening session.Listening
	Coverage  match.Coverage
	Gap       time.Duration
	Sessions  []segue.Session
	Trees     Trees // by which persona and offer are decided; none is nil
	options   session.Options
}

// ListenOptions say how to cut a history. The zero value is the default, in
// UTC.
type ListenOptions struct {
	Location *time.Location // where the listener lives; nil is UTC
	Gap      time.Duration  // pause that ends a session; 0 is session.DefaultGap
	Gates    session.Gates  // the zero value is session.DefaultGates
	Seed     uint64         // of every bootstrap
	Trees    Trees          // the zero value is the shipped ones
}

// Listen matches plays, in order of their end, to the tracks of m and cuts them
// into sessions. A nil m gives sessions without moods. Cost is linear in plays;
// the first call with m also indexes its tracks. The only error is ctx's.
func Listen(ctx context.Context, m *Music, plays []segue.Play, o ListenOptions) (*Listener, error) {
	l := &Listener{Gap: o.Gap, Trees: o.Trees.filled(), options: session.Options{Gap: o.Gap, Gates: o.Gates, Seed: o.Seed}}
	if l.Gap == 0 {
		l.Gap = session.DefaultGap
	}
	var err error
	if l.Listening, err = m.Beside(ctx, plays, o.Location); err != nil {
		return nil, err
	}
	if m != nil {
		l.Coverage = match.CoverageOf(plays, l.Listening.Matches)
	}
	l.Sessions = session.Sessions(l.Listening, l.options)
	return l, ctx.Err()
}

// LastMood returns the position of the last session that has a mood, and
// whether there is one. A nil listener has none.
func (l *Listener) LastMood() (segue.Affect, bool) {
	if l == nil {
		return segue.Affect{}, false
	}
	for i := len(l.Sessions) - 1; i >= 0; i-- {
		if l.Sessions[i].HasMood {
			return l.Sessions[i].Position, true
		}
	}
	return segue.Affect{}, false
}

// LastMoodAt returns when the session of LastMood ended, and whether there is one.
func (l *Listener) LastMoodAt() (time.Time, bool) {
	for i := len(l.Sessions) - 1; i >= 0; i-- {
		if l.Sessions[i].HasMood {
			return l.Sessions[i].End, true
		}
	}
	return time.Time{}, false
}

// SessionsView is a listener's sessions as JSON shows them.
type SessionsView struct {
	TimeZone    string         `json:"time_zone"` // in which start and end are written
	Gap         string         `json:"gap"`
	Count       int            `json:"count"`
	Plays       int            `json:"plays"`
	Sensitivity map[string]int `json:"sensitivity"` // sessions other gaps would give
	Sessions    []SessionView  `json:"sessions"`
}

// SessionView is one session as JSON shows it; without a mood the last five are
// null.
type SessionView struct {
	Start       time.Time         `json:"start"`
	End         time.Time         `json:"end"`
	Plays       int               `json:"plays"`
	Skips       int               `json:"skips"`
	Listened    float64           `json:"listened_seconds"`
	Coverage    float64           `json:"coverage"` // share of the time listened with a place on the plane
	Mood        *segue.Mood       `json:"mood"`
	Memberships *segue.Membership `json:"memberships"`
	Valence     *float64          `json:"valence"`
	Arousal     *float64          `json:"arousal"`
	Interval    *PlaneInterval    `json:"interval"` // 95 %, of the position
}

// PlaneInterval is a 95 % interval of a position, a coordinate each, cut to the
// plane.
type PlaneInterval struct {
	Valence segue.Interval `json:"valence"`
	Arousal segue.Interval `json:"arousal"`
}

// IntervalOf returns the normal 95 % interval around a position.
func IntervalOf(at, stderr segue.Affect) PlaneInterval {
	around := func(x, se float64) segue.Interval {
		const z = 1.959963984540054 // the 97.5 % quantile of the normal distribution
		return segue.Interval{Lo: max(0, x-z*se), Hi: min(1, x+z*se)}
	}
	return PlaneInterval{around(at.Valence, stderr.Valence), around(at.Arousal, stderr.Arousal)}
}

// View returns the sessions for JSON, in the listener's time zone.
func (l *Listener) View() SessionsView {
	return viewOf(l.Sessions, len(l.Listening.Plays), l.GapCounts(), l.Gap, l.Zone())
}

// viewOf returns sessions for JSON, with how many each of the usual gaps would give.
func viewOf(sessions []segue.Session, plays int, counts []int, gap time.Duration, zone *time.Location) SessionsView {
	v := SessionsView{TimeZone: zone.String(), Gap: minutes(gap), Count: len(sessions), Plays: plays, Sensitivity: map[string]int{}, Sessions: make([]SessionView, 0, len(sessions))}
	gaps := session.DefaultGaps()
	for i, n := range counts {
		v.Sensitivity[minutes(gaps[i])] = n
	}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, ViewOf(s, zone))
	}
	return v
}

// ViewOf returns one session for JSON, in a time zone.
func ViewOf(s segue.Session, zone *time.Location) SessionView {
	w := SessionView{Start: s.Start.In(zone), End: s.End.In(zone), Plays: s.Plays(), Skips: s.Skips, Listened: s.Listened.Seconds(), Coverage: s.Coverage}
	if s.HasMood {
		interval := IntervalOf(s.Position, s.StdErr)
		w.Mood, w.Memberships, w.Valence, w.Arousal, w.Interval = &s.Mood, &s.Membership, &s.Position.Valence, &s.Position.Arousal, &interval
	}
	return w
}

// GapCounts returns how many sessions each gap of session.DefaultGaps would give.
func (l *Listener) GapCounts() []int {
	return session.Sensitivity(l.Listening.Plays, session.DefaultGaps()...)
}

// Zone returns where the listener lives, UTC where nobody said.
func (l *Listener) Zone() *time.Location {
	if l.Listening.Location == nil {
		return time.UTC
	}
	return l.Listening.Location
}

// minutes writes a gap as "30m" where it is whole minutes.
func minutes(d time.Duration) string {
	if d%time.Minute == 0 {
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return d.String()
}
