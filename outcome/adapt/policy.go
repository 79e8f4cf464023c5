package adapt

import "segue"

// Schema is the version of the policy files that this package writes. It reads all
// versions up to it.
const Schema = 1

// Reward names what counts as a success of an hour.
type Reward string

// The rewards. Of an hour after which nothing was said there is none: it is missing, and
// never a failure.
const (
	Nearer     Reward = "nearer"      // the check-in after lies nearer to the target than that before, by a side of a cell or more
	FeltBetter Reward = "felt_better" // "How did this feel?" was answered with +1 or +2; also for liked music that moved nothing
)

// A Policy is what may be chosen, where, and by which rule. Fields that may be left out
// have the default named here.
type Policy struct {
	Schema   int       `json:"schema"`
	ID       string    `json:"id"` // small letters, digits, - and _; at most 64
	Title    string    `json:"title"`
	Contexts []Context `json:"contexts"` // the first that fits counts; the last fits every hour
	Actions  []Action  `json:"actions"`  // 2 … MaxActions
	Usual    string    `json:"usual"`    // the action that changes nothing: what others are compared with

	Reward    Reward  `json:"reward"`               // default nearer
	Hours     int     `json:"horizon_hours"`        // after so long a reward that has not come is missing; default DefaultHorizon
	Floor     float64 `json:"floor"`                // share of hours drawn evenly among all actions, [0, 1]
	Prior     Beta    `json:"prior"`                // of every action, where nothing is pooled; default even, Beta(1, 1)
	Cap       float64 `json:"cap"`                  // the pooled prior counts at most as so many hours of one's own; default DefaultCap
	PoolLeast int     `json:"pool_least,omitempty"` // listeners of a context without whom nothing is pooled, ≥ LeastPooled; default that
	Salt      string  `json:"salt"`                 // of the draws; whoever knows it can foretell them
}

// Defaults of a policy. (d)
const (
	DefaultHorizon = 24  // hours
	DefaultFloor   = .10 // of the policy that is shipped
	DefaultCap     = 100 // hours
	LeastPooled    = 20  // listeners (docs/science.md §8)
)

// A Context is a kind of hour, told by where it begins. Nothing else is known of it, so
// that few are told apart and each is learned of soon.
type Context struct {
	Name    string      `json:"name"`              // small letters, digits, - and _; at most 40
	Text    string      `json:"text,omitempty"`    // what it is
	Night   *bool       `json:"night,omitempty"`   // whether the night rules hold; null: either
	Valence *[2]float64 `json:"valence,omitempty"` // of the start, from … to below, to 1 included; null: any
	Arousal *[2]float64 `json:"arousal,omitempty"` // …
}

// fits reports whether an hour is of this kind.
func (c Context) fits(start segue.Affect, night bool) bool {
	in := func(v float64, of *[2]float64) bool {
		return of == nil || v >= of[0] && (v < of[1] || v == 1 && of[1] == 1)
	}
	return (c.Night == nil || *c.Night == night) && in(start.Valence, c.Valence) && in(start.Arousal, c.Arousal)
}

// The arms an action may have, by the names that package playlist gives them. Shuffle is
// none: it is for those who ask for it.
const (
	Iso          = "iso"
	Compensatory = "compensatory"
)

// An Action is a way to build an hour: wishes that package playlist takes under its own
// rules, and nothing else.
type Action struct {
	Name     string  `json:"name"`               // small letters, digits, - and _; at most 40
	Arm      string  `json:"arm"`                // Iso or Compensatory
	Hold     float64 `json:"hold,omitempty"`     // share of the time at the start, (0, MaxHold]; 0 as usual
	Familiar float64 `json:"familiar,omitempty"` // factor of the listener's usual share of familiar tracks, (0, MaxFamiliar]; 0 as usual
}

// Bounds of an action. (d)
const (
	MaxHold     = .40
	MaxFamiliar = 1.5
)

// Context returns the context of an hour by where it begins and whether the night rules
// hold: an index into Contexts.
func (p *Policy) Context(start segue.Affect, night bool) int {
	for i, c := range p.Contexts {
		if c.fits(start, night) {
			return i
		}
	}
	return len(p.Contexts) - 1 // it fits every hour
}

// action returns the index of an action, −1 if there is none of that name.
func (p *Policy) action(name string) int {
	for i, a := range p.Actions {
		if a.Name == name {
			return i
		}
	}
	return -1
}

// context returns the index of a context, −1 if there is none of that name.
func (p *Policy) context(name string) int {
	for i, c := range p.Contexts {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// UsualAction returns the index of the action that changes nothing.
func (p *Policy) UsualAction() int { return p.action(p.Usual) }

// Shipped returns the policy of Segue: hold × familiarity × arm in four contexts. A
// compensatory hour has no hold, so its actions differ in familiarity alone. All numbers
// are designs (d). salt is drawn once for an installation.
func Shipped(salt string) *Policy {
	yes, low, high := true, [2]float64{0, .5}, [2]float64{.5, 1}
	p := &Policy{
		Schema: Schema, ID: "hours", Title: "How an hour is built",
		Contexts: []Context{
			{Name: "night", Text: "the night rules hold", Night: &yes},
			{Name: "settle", Text: "from unpleasant and lively", Valence: &low, Arousal: &high},
			{Name: "lift", Text: "from unpleasant and quiet", Valence: &low, Arousal: &low},
			{Name: "pleasant", Text: "from anywhere pleasant"},
		},
		Usual: "iso", Floor: DefaultFloor, Salt: salt,
	}
	for _, hold := range []struct {
		name  string
		share float64
	}{{"iso", 0}, {"iso-short", .10}, {"iso-long", .25}} {
		p.Actions = append(p.Actions,
			Action{Name: hold.name, Arm: Iso, Hold: hold.share},
			Action{Name: hold.name + "-new", Arm: Iso, Hold: hold.share, Familiar: .75})
	}
	p.Actions = append(p.Actions,
		Action{Name: "target", Arm: Compensatory},
		Action{Name: "target-new", Arm: Compensatory, Familiar: .75})
	p.fill()
	return p
}
