package segue

import "time"

// A Session is a run of plays with no pause of the session gap or longer
// between them. Positions, memberships and intervals are meaningful only if
// HasMood.
type Session struct {
	Start, End  time.Time     // UTC: start of the first play, end of the last
	First, Last int           // its plays are plays[First:Last], in order of time
	Skips       int           // plays that were skipped
	Listened    time.Duration // sum of the time heard
	Featured    int           // plays of MinimumPlay or longer with a place on the plane
	Coverage    float64       // share of Listened in plays with a place on the plane, [0, 1]
	HasMood     bool          // Featured reached the data gate
	Position    Affect        // mean position, weighted by time heard
	StdErr      Affect        // standard error of Position, on the plane's scale
	Membership  Membership
	Mood        Mood // LabelOf(Position)
}

// Plays returns the number of plays.
func (s Session) Plays() int { return s.Last - s.First }

// Interval is a 95 % interval.
type Interval struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

// Habits describe how somebody listens over the last 28 days of a history, by
// the plays of MinimumPlay or longer, weighted by time heard. A value that
// could not be computed is NaN. (docs/science.md §5)
type Habits struct {
	From, To     time.Time // the window looked at
	ActiveDays   int       // local days with a play, in the whole history
	Sessions     int       // sessions, in the whole history
	MoodSessions int       // sessions with a mood, in the whole history
	Plays        int       // plays of MinimumPlay or longer, in the whole history
	Featured     int       // of those, plays with a place on the plane
	RecentMoods  int       // sessions with a mood that ended in the window

	// Exploration is the share of time on artists unheard in the 56 days before,
	// [0, 1]. A history too short or too silent to know those has
	// ExplorationRarefied set, and instead the expected number of different tracks among 50 plays, divided by
	// 50: another scale, to be compared with another reference.
	Exploration         float64
	ExplorationRarefied bool

	Loyalty float64 // share of time on the ten most heard artists, [0, 1]
	Arousal float64 // mean arousal, [0, 1]
	Valence float64 // mean valence, [0, 1]
	Swing   float64 // RMSSD of successive session positions, [0, √2]
	Night   float64 // share of time between 00 and 05 local, [0, 1]
}
