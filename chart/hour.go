package chart

// An Hour is a playlist that follows a plan, as Way draws it on the plane and
// Arc over time. Positions are (valence, arousal), both [0, 1].
type Hour struct {
	Minutes float64 // the whole length
	Phases  []Span  // its parts, in order; those that are not named are left out

	From, To  [2]float64   // as asked
	Plan      []Planned    // in order of time; empty if the order follows no plan
	Waypoints [][2]float64 // which the plan passes
	Band      float64      // half width of the band around the plan, on the plane's scale
	Closed    []Area       // where no track may be

	Tracks []Track // in order
}

// A Span is a named part of an Hour.
type Span struct {
	Name     string
	From, To float64 // minutes
	Shaded   bool
}

// A Planned is the planned position at a moment.
type Planned struct {
	At               float64 // minutes
	Valence, Arousal float64 // [0, 1]
}

// A Track is one track of an Hour.
type Track struct {
	Start, End       float64 // minutes
	Valence, Arousal float64 // [0, 1]
	Mark             Mark
	Label            string // its title
	By               string // its artists
	Sign             string // a word for what is special about it, such as "locked"; empty for most
}

// An Area is a rectangle of the plane, its edges in [0, 1].
type Area struct {
	Left, Bottom, Right, Top float64
	Word                     string // why it is closed
}

// planned returns one coordinate of the plan and its moments in minutes.
func (h Hour) planned(of func(Planned) float64) (at, value []float64) {
	for _, p := range h.Plan {
		at, value = append(at, p.At), append(value, of(p))
	}
	return at, value
}
