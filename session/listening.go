package session

import (
	"fmt"
	"time"

	"segue"
)

// Listening is a history laid beside the catalogue: one match a play, one
// position a row of the catalogue.
type Listening struct {
	Plays     []segue.Play   // in order of EndedAt
	Matches   []segue.Match  // one a play; nil if there is no catalogue
	Catalog   *segue.Catalog // nil if there is none
	Positions []segue.Affect // one a row of the catalogue, Nowhere where unknown; nil if there are none
	Location  *time.Location // where the listener lives; nil is UTC

	// PlacementError is how far Positions are likely off, a standard deviation by
	// axis; 0 stands for mood.SigmaValence and mood.SigmaArousal.
	PlacementError segue.Affect
}

// check panics unless the columns fit one another and the plays are in order.
func (l Listening) check() {
	if l.Matches != nil && len(l.Matches) != len(l.Plays) {
		panic(fmt.Sprintf("session: %d plays and %d matches", len(l.Plays), len(l.Matches)))
	}
	if l.Catalog != nil && l.Positions != nil && len(l.Positions) != l.Catalog.Len() {
		panic(fmt.Sprintf("session: %d tracks and %d positions", l.Catalog.Len(), len(l.Positions)))
	}
	checkOrder(l.Plays)
}

func checkOrder(plays []segue.Play) {
	for i := 1; i < len(plays); i++ {
		if plays[i].EndedAt.Before(plays[i-1].EndedAt) {
			panic(fmt.Sprintf("session: play %d ended before play %d; sort them by EndedAt", i, i-1))
		}
	}
}

// zone returns the listener's location.
func (l Listening) zone() *time.Location {
	if l.Location == nil {
		return time.UTC
	}
	return l.Location
}

// row returns the catalogue's row of play i, -1 if there is none.
func (l Listening) row(i int) int32 {
	if l.Matches == nil || l.Matches[i].Rung == segue.Unmatched {
		return -1
	}
	return l.Matches[i].Row
}

// position returns where play i lies on the plane, and whether it does.
func (l Listening) position(i int) (segue.Affect, bool) {
	r := l.row(i)
	if r < 0 || int(r) >= len(l.Positions) {
		return segue.Affect{}, false
	}
	at := l.Positions[r]
	return at, at.Known()
}

// length returns the length of play i's track, 0 where unknown.
func (l Listening) length(i int) time.Duration {
	r := l.row(i)
	if r < 0 || l.Catalog == nil || int(r) >= len(l.Catalog.DurationMS) {
		return 0
	}
	return l.Catalog.Duration(int(r))
}

// heard reports whether play i was long enough to say something.
func (l Listening) heard(i int) bool { return l.Plays[i].Played >= segue.MinimumPlay }

// featured returns the position of a play that was heard and has one.
func (l Listening) featured(i int) (segue.Affect, bool) {
	if !l.heard(i) {
		return segue.Affect{}, false
	}
	return l.position(i)
}

// Defaults. (d; docs/science.md §3)
const (
	DefaultGap       = 30 * time.Minute // pause that ends a session
	DefaultBootstrap = 500              // resamples of the sessions
)

// DefaultGaps returns the gaps whose session counts show how much depends on
// the choice of one: 15, 20, 30 and 60 minutes.
func DefaultGaps() []time.Duration {
	return []time.Duration{15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 60 * time.Minute}
}

// Options say how to cut and resample. The zero value is the default.
type Options struct {
	Gap       time.Duration // pause that ends a session; 0 is DefaultGap
	Gates     Gates         // the zero value is DefaultGates; to lower gates, fill in all of them
	Seed      uint64        // of the bootstrap
	Bootstrap int           // resamples; 0 is DefaultBootstrap
}

// filled returns the options with defaults in the place of zeros. It panics if
// one is negative.
func (o Options) filled() Options {
	if o.Gap < 0 || o.Bootstrap < 0 {
		panic("session: negative gap or number of resamples")
	}
	if o.Gap == 0 {
		o.Gap = DefaultGap
	}
	if o.Bootstrap == 0 {
		o.Bootstrap = DefaultBootstrap
	}
	if o.Gates == (Gates{}) {
		o.Gates = DefaultGates()
	}
	return o
}

// Gates are how much listening a claim needs before it is made.
type Gates struct {
	SessionPlays    int `json:"session_plays"`    // featured plays for a session to have a mood
	UsualDays       int `json:"usual_days"`       // active days for a usual mood
	UsualSessions   int `json:"usual_sessions"`   // sessions with a mood for a usual mood
	UsualPlays      int `json:"usual_plays"`      // featured plays for a usual mood
	PersonaDays     int `json:"persona_days"`     // active days for a persona
	PersonaSessions int `json:"persona_sessions"` // sessions for a persona
	PersonaPlays    int `json:"persona_plays"`    // plays of MinimumPlay or longer for a persona
	PersonaMoods    int `json:"persona_moods"`    // sessions with a mood within HabitDays for a persona
	TrendDays       int `json:"trend_days"`       // days with featured plays for a trend
}

// DefaultGates returns the gates of docs/science.md §3. (d)
//
// The persona's first three count the whole history, but what it says is of the
// last HabitDays only. PersonaMoods is there so that a long history with hardly
// any placed plays of late does not pass for a style: with three sessions there
// are two steps from one to the next, the fewest that can differ. (d)
func DefaultGates() Gates {
	return Gates{
		SessionPlays: 5,
		UsualDays:    7, UsualSessions: 20, UsualPlays: 300,
		PersonaDays: 14, PersonaSessions: 30, PersonaPlays: 500, PersonaMoods: 3,
		TrendDays: 21,
	}
}

// Usual returns the gates of the usual mood.
func (g Gates) Usual(h segue.Habits) []segue.Gate {
	return []segue.Gate{
		{Name: "usual mood: active days", Have: h.ActiveDays, Need: g.UsualDays},
		{Name: "usual mood: sessions with a mood", Have: h.MoodSessions, Need: g.UsualSessions},
		{Name: "usual mood: plays of 30 seconds or more with features", Have: h.Featured, Need: g.UsualPlays},
	}
}

// Persona returns the gates of the persona.
func (g Gates) Persona(h segue.Habits) []segue.Gate {
	return []segue.Gate{
		{Name: "persona: active days", Have: h.ActiveDays, Need: g.PersonaDays},
		{Name: "persona: sessions", Have: h.Sessions, Need: g.PersonaSessions},
		{Name: "persona: plays of 30 seconds or more", Have: h.Plays, Need: g.PersonaPlays},
		{Name: "persona: sessions with a mood in the last 28 days", Have: h.RecentMoods, Need: g.PersonaMoods},
	}
}

// Trend returns the gate of a trend over the given number of days with
// featured plays.
func (g Gates) Trend(days int) []segue.Gate {
	return []segue.Gate{{Name: "trend: days with features", Have: days, Need: g.TrendDays}}
}

// Open reports whether all gates are.
func Open(gates []segue.Gate) bool {
	for _, g := range gates {
		if !g.Open() {
			return false
		}
	}
	return true
}
