package persona

import (
	"fmt"
	"math"

	"segue"
)

// Tuning is the kind of the answer "Still tuning": the data gates are not open.
const Tuning = "tuning"

// Familiarity is left to the playlist's own thirds where a style does not ask
// for a share.
const usualFamiliarity = 0.0

// Steps of a playlist, as a factor of the usual largest step. (d)
const (
	usualSteps   = 1.0
	smallerSteps = 0.75
)

// Defaults are what a playlist for a style starts from; the listener can choose
// otherwise. Tempo ranges bias the choice of candidates and are no part of the
// playlist's cost. (docs/science.md §5)
type Defaults struct {
	Target       string  `json:"target"`         // name of a segue.Anchor
	Sustain      bool    `json:"sustain"`        // stay with Target rather than travel to it
	FromBPM      float64 `json:"from_bpm"`       // tempo at the start; 0 = no wish …
	ToBPM        float64 `json:"to_bpm"`         // … and at the end
	Familiarity  float64 `json:"familiarity"`    // share of known tracks, [0, 1]; 0 = the usual thirds
	StepFactor   float64 `json:"step_factor"`    // of the usual largest step, (0, 1]
	NightRules   bool    `json:"night_rules"`    // at any hour
	Matched      int     `json:"matched_tracks"` // first tracks that match the start exactly; 0 = the usual hold
	ArousalFirst bool    `json:"arousal_first"`  // move arousal before valence
}

// A Style is one of the six ways of listening: the words on its card and the
// playlist it starts from.
type Style struct {
	Kind     string   `json:"kind"`   // in the tree: "tide"
	Name     string   `json:"name"`   // "Tide"
	Colour   string   `json:"colour"` // Jungian function, and no more than a colour
	Line     string   `json:"line"`   // one line on the card
	Text     string   `json:"text"`   // a sentence below it
	Defaults Defaults `json:"defaults"`
}

// Styles returns the six styles in the order in which the shipped tree asks for
// them. Their texts are of one length and name strengths only: of the listening,
// not of the person. (docs/science.md §5)
func Styles() []Style {
	return []Style{
		{
			Kind: "tide", Name: "Tide", Colour: "feeling",
			Line:     "Music that moves with you and covers a lot of ground in a week.",
			Text:     "Quiet hours and bright ones both find their sound here; the range is wide, and the turns are well heard.",
			Defaults: Defaults{Target: "content", FromBPM: 100, ToBPM: 85, Familiarity: usualFamiliarity, StepFactor: smallerSteps},
		},
		{
			Kind: "lantern", Name: "Lantern", Colour: "introverted intuition",
			Line:     "Late hours are your listening room, with all the space it needs.",
			Text:     "When the day falls silent the music comes close; small sounds carry far, and albums get the time they ask.",
			Defaults: Defaults{Target: "calm", FromBPM: 85, ToBPM: 65, Familiarity: usualFamiliarity, StepFactor: usualSteps, NightRules: true},
		},
		{
			Kind: "compass", Name: "Compass", Colour: "extraverted intuition",
			Line:     "New corners draw you in, and each one opens on to the next.",
			Text:     "Unheard names turn up here week after week; the map keeps growing, and the finds are worth passing along.",
			Defaults: Defaults{Target: "content", Familiarity: 0.40, StepFactor: usualSteps},
		},
		{
			Kind: "harbor", Name: "Harbor", Colour: "introverted sensation",
			Line:     "You know what feels like home, and the music always has a light on.",
			Text:     "Gentle sounds and steady company fill these hours; songs are kept for years, and they grow with each return.",
			Defaults: Defaults{Target: "calm", FromBPM: 90, ToBPM: 70, Familiarity: 0.80, StepFactor: usualSteps},
		},
		{
			Kind: "spark", Name: "Spark", Colour: "extraverted sensation",
			Line:     "Brightness and motion: songs that set a room going at once.",
			Text:     "Warm choruses and quick feet lead the way here; the beat is easy to join, and the light stays on to the end.",
			Defaults: Defaults{Target: "happy", Sustain: true, FromBPM: 118, ToBPM: 108, Familiarity: usualFamiliarity, StepFactor: usualSteps},
		},
		{
			Kind: "forge", Name: "Forge", Colour: "extraverted feeling",
			Line:     "Force; intensity can be a way to work things through.",
			Text:     "Big sounds and full volume do good work here; the drums are honest, and the last chord leaves the air clear.",
			Defaults: Defaults{Target: "calm", FromBPM: 130, ToBPM: 85, Familiarity: usualFamiliarity, StepFactor: usualSteps, Matched: 2, ArousalFirst: true},
		},
	}
}

// StyleOf returns the style of a kind, and false for Tuning and unknown kinds.
func StyleOf(kind string) (Style, bool) {
	for _, s := range Styles() {
		if s.Kind == kind {
			return s, true
		}
	}
	return Style{}, false
}

// Dimension is one of the six things a style looks at.
type Dimension int

// The dimensions, computed over 28 days as segue.Habits says.
const (
	Exploration Dimension = iota
	Loyalty
	Arousal
	Valence
	Swing
	Night

	numDimensions = int(iota)
)

// Dimensions returns every dimension in order.
func Dimensions() []Dimension {
	ds := make([]Dimension, numDimensions)
	for i := range ds {
		ds[i] = Dimension(i)
	}
	return ds
}

// String returns the dimension's name in trees and reference tables.
func (d Dimension) String() string {
	return [...]string{"exploration", "loyalty", "arousal", "valence", "swing", "night"}[d]
}

// Label returns the dimension in words.
func (d Dimension) Label() string {
	return [...]string{
		"the share of artists new to you",
		"the share of your ten favourite artists",
		"the energy of your music",
		"the brightness of your music",
		"the ground between one session and the next",
		"the share of the hours from midnight to five",
	}[d]
}

// LabelOf returns the dimension in words, as it was measured in h.
func (d Dimension) LabelOf(h segue.Habits) string {
	if d == Exploration && h.ExplorationRarefied {
		return "how many different tracks 50 of your plays hold"
	}
	return d.Label()
}

// Interval returns the closed interval in which the dimension's values lie.
func (d Dimension) Interval() (lo, hi float64) {
	if d == Swing {
		return 0, math.Sqrt2
	}
	return 0, 1
}

// Of returns the dimension's value, NaN where it is unknown.
func (d Dimension) Of(h segue.Habits) float64 {
	switch d {
	case Exploration:
		return h.Exploration
	case Loyalty:
		return h.Loyalty
	case Arousal:
		return h.Arousal
	case Valence:
		return h.Valence
	case Swing:
		return h.Swing
	case Night:
		return h.Night
	}
	panic(fmt.Sprintf("persona: no dimension %d", int(d)))
}
