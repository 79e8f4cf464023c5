package segue

import "time"

// Signals compare a listener's last two weeks with the same listener's own
// past: what the offer tree looks at. A value that could not be computed is
// NaN. (docs/science.md §4)
type Signals struct {
	SadShare             float64 // share of featured time in sad sessions, last 14 days, [0, 1]
	SadSharePercentile   float64 // mid-rank of SadShare among the listener's own 14-day windows, [0, 1]
	RepetitionPercentile float64 // the same for the share of plays that repeat a track of the window, [0, 1]
	Activity             float64 // active-day hours as a robust z-score (median, MAD) of the listener's own windows
	FallingTrend         bool    // valence falls: Mann–Kendall p < .05 and a change over 0.10, hour of day removed
	TrendKnown           bool    // there were days enough to look for a trend
}

// A CheckIn is what a listener said of how they feel: always above inference.
type CheckIn struct {
	At     time.Time
	Now    Affect
	Target *Affect // nil if the listener named none
}

// A Gate is one data gate: how much of something a claim needs, and how much
// there is. (docs/science.md §3)
type Gate struct {
	Name string `json:"name"` // e.g. "usual mood: sessions with a mood"
	Have int    `json:"have"`
	Need int    `json:"need"`
}

// Open reports whether the gate's need is met.
func (g Gate) Open() bool { return g.Have >= g.Need }
