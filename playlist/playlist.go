package playlist

import (
	"segue"
)

// A Playlist is a planned sequence of tracks, with what was asked, how well it
// is met and why each track is there. Its JSON holds no NaN: what is not known
// or not computed is null.
type Playlist struct {
	From    Place   `json:"from"` // as asked
	To      Place   `json:"to"`   // as asked
	Minutes int     `json:"minutes"`
	Tracks  []Track `json:"tracks"`
	Metrics Metrics `json:"metrics"`

	Cost       *float64 `json:"cost"`        // J; of the shuffle arm, which follows no arc, null
	LowerBound *float64 `json:"lower_bound"` // no sequence of as many of the candidates costs less; null with the cost
	Gap        *float64 `json:"gap"`         // (J − bound)/J, [0, 1], 0 if J is 0: how far J can be from the least; null with the cost

	CostParts   *CostParts   `json:"cost_parts"`  // what the cost is made of; null with the cost
	Certificate *Certificate `json:"certificate"` // how the bound was found; null without one
	Tradeoffs   []string     `json:"tradeoffs"`   // what was given for what, in words

	Relaxed []Relaxation `json:"relaxed"` // what could not be met, in the order it was given up
	Notes   []string     `json:"notes"`   // what the limits changed about the request, in words
	Checks  []Check      `json:"checks"`  // the metrics beside their bars

	Arm        Arm    `json:"arm"`
	Seed       uint64 `json:"seed"`
	Night      bool   `json:"night"`
	Autoplay   bool   `json:"autoplay"`   // whether a player may go on afterwards: never at night
	Candidates int    `json:"candidates"` // M, how many tracks there were to choose from
	DurationMS int64  `json:"duration_ms"`
	Arc        Path   `json:"arc"`

	Request Request `json:"request"`         // what was asked, every default filled in: enough to plan it again
	Edits   []Edit  `json:"edits,omitempty"` // what was changed by hand since, in order: enough to do it again (see Resume)

	name string // what the file it was read from calls it; empty for a planned one
}

// CostParts are the terms of the cost; they add up to it.
type CostParts struct {
	Place float64 `json:"place"` // distances to the plan
	Step  float64 `json:"step"`  // steps longer than StepFree
	Tempo float64 `json:"tempo"`
	Key   float64 `json:"key"`
}

// A Certificate is the proof of how far a cost can be from the least there is:
// no sequence of as many of the candidates, under the hard constraints, costs less
// than any of its bounds. The last is the best of them and the playlist's
// LowerBound.
type Certificate struct {
	Assignment float64 `json:"assignment"` // each song once, each step at its cheapest by itself
	Viterbi    float64 `json:"viterbi"`    // songs may repeat
	Lagrangian float64 `json:"lagrangian"` // … at prices for what is then broken
	Search     float64 `json:"search"`     // what the search at those prices could not rule out
	Rounds     int     `json:"rounds"`     // of setting prices
	Optimal    bool    `json:"optimal"`    // nothing costs less: the search was complete
}

// A Place is a point of the plane, with its word if it has one.
type Place struct {
	Name string `json:"name,omitempty"`
	segue.Affect
}

// Path is the planned arc, for drawing. Start and target are those planned for:
// the limits may have moved what was asked.
type Path struct {
	Start     segue.Affect   `json:"start"`
	Target    segue.Affect   `json:"target"`
	Hold      float64        `json:"hold"`    // share of the time, [0, 1)
	Sustain   float64        `json:"sustain"` // share of the time, [0, 1)
	Curve     Curve          `json:"curve"`
	Lead      Lead           `json:"lead"`
	Strength  float64        `json:"lead_strength"` // after softening, [0, 1]
	Waypoints []segue.Affect `json:"waypoints"`
	Points    []Moment       `json:"points"`
}

// Moment is the planned position at a share of the time.
type Moment struct {
	Time float64 `json:"time"` // τ, [0, 1]
	segue.Affect
}

// A Track is one track of a playlist.
type Track struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Artists    []string `json:"artists"`
	Album      string   `json:"album"`
	ISRC       string   `json:"isrc"`
	StartMS    int64    `json:"start_ms"` // from the beginning of the playlist
	DurationMS int64    `json:"duration_ms"`

	Valence      float64  `json:"valence"` // position on the plane, [0, 1]
	Arousal      float64  `json:"arousal"` // position on the plane, [0, 1]
	Energy       *float64 `json:"energy"`
	Acousticness *float64 `json:"acousticness"`
	Tempo        *float64 `json:"tempo"` // beats per minute

	Mood       segue.Mood       `json:"mood"` // of the sound
	Membership segue.Membership `json:"membership"`
	Phase      Phase            `json:"phase"`
	Target     [2]float64       `json:"target"`   // planned valence and arousal
	Familiar   *bool            `json:"familiar"` // null without a history
	Locked     bool             `json:"locked"`   // held at this place
	Wished     bool             `json:"wished"`   // asked for, wherever it fits
	Reason     string           `json:"reason"`
	Step       *Step            `json:"step"`      // from the track before; null for the first
	RunnerUp   *Alternative     `json:"runner_up"` // the next best track here; null if none fits, or the order is by chance

	row  int32
	bare bool // read from a file that gives it no place: see Planned
}

// Position returns the track's place on the plane.
func (t Track) Position() segue.Affect { return segue.Affect{Valence: t.Valence, Arousal: t.Arousal} }

// A Step is the way from one track to the next.
type Step struct {
	Valence  float64  `json:"valence"` // change, [−1, 1]
	Arousal  float64  `json:"arousal"`
	Distance float64  `json:"distance"` // on the plane
	Tempo    *float64 `json:"tempo"`    // ratio of the tempi, octaves folded to [.71, 1.42]; null if one is unknown
	Key      *int     `json:"key"`      // Camelot distance, 0 to KeyCut; null if one is unknown
}

// An Alternative is a track that could stand in another's place.
type Alternative struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Artists []string `json:"artists"`
	More    float64  `json:"more"` // what the playlist would cost more with it
	Why     string   `json:"why"`  // what speaks against it, in words
}

// A Relaxation is a wish that could not be met.
type Relaxation struct {
	Rule string `json:"rule"` // familiarity, artist spacing, artist cap, length, shorter arc, largest step; bars, of metrics
	Text string `json:"text"` // what was relaxed, in words
	Help string `json:"help"` // what would help
}
