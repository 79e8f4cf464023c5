package playlist

import (
	"math"
	"time"

	"segue"
	"segue/language"
)

// Arm is the kind of order a playlist has, so that kinds can be compared.
type Arm string

// The arms. (docs/science.md §1)
const (
	Iso          Arm = "iso"          // from the start along the arc to the target; the default
	Compensatory Arm = "compensatory" // at the target from the first track
	Shuffle      Arm = "shuffle"      // the listener's own tracks in random order
)

// The shortest and longest playlists, in minutes.
const (
	MinMinutes = 10
	MaxMinutes = 180
)

// Defaults of the exclusions. (d)
const (
	MaxSpeech     = .33 // speechiness above it is talk
	MaxLive       = .80 // liveness above it is a concert
	DefaultLength = 60 * time.Minute
	MinTrack      = time.Minute
	MaxTrack      = 10 * time.Minute
)

// Exclusions are what a listener never wants to hear. They are never relaxed.
type Exclusions struct {
	Artists  []string `json:"artists,omitempty"`  // names, compared without case, accents and punctuation
	Tracks   []string `json:"tracks,omitempty"`   // catalogue ids
	Genres   []string `json:"genres,omitempty"`   // names, compared likewise
	Explicit bool     `json:"explicit,omitempty"` // exclude tracks known to be explicit
	Seasonal bool     `json:"seasonal,omitempty"` // exclude music of one season, such as carols

	MinLength time.Duration `json:"min_length_ns"` // 0 means MinTrack
	MaxLength time.Duration `json:"max_length_ns"` // 0 means MaxTrack; tracks of unknown length never fit
	MaxSpeech float64       `json:"max_speech"`    // highest speechiness, [0, 1]; 0 means the constant MaxSpeech
	MaxLive   float64       `json:"max_live"`      // highest liveness, [0, 1]; 0 means the constant MaxLive
}

// A Lock holds one track at one place.
type Lock struct {
	Place int    `json:"place"` // from 1; from the end if below 0, −1 being the last
	ID    string `json:"id"`    // in the catalogue
}

// TempoBias is a range of tempi, from the first to the last track, that the
// choice of candidates prefers; it is not part of the cost.
type TempoBias struct {
	From float64 `json:"from"` // beats per minute
	To   float64 `json:"to"`
}

// A Request says which playlist is wanted.
type Request struct {
	From     segue.Affect `json:"from"` // points of the plane, each coordinate in [0, 1]
	To       segue.Affect `json:"to"`
	FromName string       `json:"from_name,omitempty"` // anchor names; empty for a point
	ToName   string       `json:"to_name,omitempty"`
	Minutes  int          `json:"minutes"` // [MinMinutes, MaxMinutes]; 0 means 60
	Arm      Arm          `json:"arm"`     // empty means Iso
	Seed     uint64       `json:"seed"`    // the same seed gives the same playlist, another a fresh one
	Night    bool         `json:"night"`   // the night rules hold: the caller knows the clock (22:30 to 05:00 local)
	Exclude  Exclusions   `json:"exclude"`
	Arc      ArcOptions   `json:"arc"`

	Locks  []Lock   `json:"locks,omitempty"`  // tracks at chosen places
	Wishes []string `json:"wishes,omitempty"` // ids of tracks that must be in it, wherever they fit best

	// Familiarity is the share of familiar tracks planned for each third, [0, 1];
	// nil means .80, .60, .60. Without a history it is not used.
	Familiarity *[3]float64 `json:"familiarity"`
	Tempo       *TempoBias  `json:"tempo,omitempty"` // nil for none

	Matched    int     `json:"matched"`     // slots of the iso arm that are planned at the start itself, at least; 0 leaves it to Arc.Hold
	StepFactor float64 `json:"step_factor"` // of the usual bar of the largest step, (0, 1]; 0 means 1

	Candidates    int  `json:"candidates"`               // M, how many tracks to choose from, [MinAsked, MaxAsked]; 0 means GoodCandidates
	NoCertificate bool `json:"no_certificate,omitempty"` // spare the time a lower bound of the cost takes
}

// UsualFamiliarity returns the share of familiar tracks planned for each third where
// nothing else is asked for. (d)
func UsualFamiliarity() [3]float64 { return [3]float64{.80, .60, .60} }

// withDefaults returns the request with every default filled in, or an error
// wrapping segue.ErrUsage.
func (r Request) withDefaults() (Request, error) {
	bad := func(text string, args ...any) (Request, error) { return Request{}, refused(text, args...) }
	if at := r.From; !onPlane(at) {
		return bad(language.Text("the start (%g, %g) is not on the plane; give valence and arousal in 0 to 1"), at.Valence, at.Arousal)
	}
	if at := r.To; !onPlane(at) {
		return bad(language.Text("the target (%g, %g) is not on the plane; give valence and arousal in 0 to 1"), at.Valence, at.Arousal)
	}
	if r.Minutes == 0 {
		r.Minutes = int(DefaultLength / time.Minute)
	}
	if r.Minutes < MinMinutes || r.Minutes > MaxMinutes {
		return bad(language.Text("a playlist of %d minutes cannot be planned; ask for %d to %d"), r.Minutes, MinMinutes, MaxMinutes)
	}
	switch r.Arm {
	case "":
		r.Arm = Iso
	case Iso, Compensatory, Shuffle:
	default:
		return bad(language.Text("no arm is called %q; there are iso, compensatory and shuffle"), string(r.Arm))
	}
	if r.Familiarity == nil {
		usual := UsualFamiliarity()
		r.Familiarity = &usual
	}
	for _, f := range r.Familiarity {
		if !(f >= 0 && f <= 1) {
			return bad(language.Text("familiarity %g is not a share; give 0 to 1"), f)
		}
	}
	if t := r.Tempo; t != nil && !(t.From > 0 && t.To > 0 && !math.IsInf(t.From, 0) && !math.IsInf(t.To, 0)) {
		return bad(language.Text("a tempo range from %g to %g beats per minute means nothing"), t.From, t.To)
	}
	if r.Matched < 0 {
		return bad(language.Text("%d tracks cannot be matched to the start"), r.Matched)
	}
	if r.StepFactor == 0 {
		r.StepFactor = 1
	}
	if !(r.StepFactor > 0 && r.StepFactor <= 1) {
		return bad(language.Text("a step factor of %g is not in 0 to 1"), r.StepFactor)
	}
	if r.Candidates == 0 {
		r.Candidates = GoodCandidates
	}
	if r.Candidates < MinAsked || r.Candidates > MaxAsked {
		return bad(language.Text("a choice among %d tracks is not offered; ask for %d to %d"), r.Candidates, MinAsked, MaxAsked)
	}
	var err error
	if r.Exclude, err = r.Exclude.withDefaults(); err != nil {
		return Request{}, err
	}
	if r.Arc, err = r.Arc.withDefaults(); err != nil {
		return Request{}, err
	}
	if r.Arc.Lead == "" {
		r.Arc.Lead, r.Arc.Waypoints = RouteBetween(r.From, r.FromName, r.To, r.ToName)
	}
	return r, nil
}

func onPlane(a segue.Affect) bool {
	return a.Valence >= 0 && a.Valence <= 1 && a.Arousal >= 0 && a.Arousal <= 1
}

func (e Exclusions) withDefaults() (Exclusions, error) {
	if e.MinLength == 0 {
		e.MinLength = MinTrack
	}
	if e.MaxLength == 0 {
		e.MaxLength = MaxTrack
	}
	if e.MaxSpeech == 0 {
		e.MaxSpeech = MaxSpeech
	}
	if e.MaxLive == 0 {
		e.MaxLive = MaxLive
	}
	if e.MinLength < 0 || e.MaxLength < e.MinLength {
		return e, refused(language.Text("no track is between %v and %v long"), e.MinLength, e.MaxLength)
	}
	if !(e.MaxSpeech >= 0 && e.MaxSpeech <= 1) || !(e.MaxLive >= 0 && e.MaxLive <= 1) {
		return e, refused(language.Text("the highest speechiness %g and liveness %g must be in 0 to 1"), e.MaxSpeech, e.MaxLive)
	}
	return e, nil
}

// none is how a hold or a sustain of no time is written: 0 asks for the default, and
// what is filled in must ask for the same again.
const none = -1

func (o ArcOptions) withDefaults() (ArcOptions, error) {
	share := func(v, d float64) float64 {
		switch {
		case v == 0:
			return d
		case v < 0:
			return none
		}
		return v
	}
	o.Hold, o.Sustain = share(o.Hold, DefaultHold), share(o.Sustain, DefaultSustain)
	if !(max(0, o.Hold)+max(0, o.Sustain) < 1) {
		return o, refused(language.Text("hold %g and sustain %g leave no time to move; their sum must be below 1"), o.Hold, o.Sustain)
	}
	switch o.Curve {
	case "":
		o.Curve = Smoothstep
	case Smoothstep, Linear, MinimumJerk:
	default:
		return o, refused(language.Text("no curve is called %q; there are smoothstep, linear and minimum-jerk"), string(o.Curve))
	}
	switch o.Lead {
	case "", LeadNone, LeadArousal, LeadValence:
	default:
		return o, refused(language.Text("no lead is called %q; there are none, arousal and valence"), string(o.Lead))
	}
	for _, w := range o.Waypoints {
		if !onPlane(w) {
			return o, refused(language.Text("the waypoint (%g, %g) is not on the plane"), w.Valence, w.Arousal)
		}
	}
	return o, nil
}
