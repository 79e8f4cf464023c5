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
	Reason     string           `json:"reason"`

	row int32
}

// Position returns the track's place on the plane.
func (t Track) Position() segue.Affect { return segue.Affect{Valence: t.Valence, Arousal: t.Arousal} }

// A Relaxation is a wish that could not be met.
type Relaxation struct {
	Rule string `json:"rule"` // familiarity, artist spacing, artist cap, length, shorter arc, largest step
	Text string `json:"text"` // what was relaxed, in words
	Help string `json:"help"` // what would help
}
