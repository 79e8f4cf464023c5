package segue

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Affect is a point of the valence–arousal plane (Russell 1980,
// doi:10.1037/h0077714). Both coordinates are percentiles of a reference
// catalogue, [0, 1]; (0.5, 0.5) is the middle of the music, not of a person.
type Affect struct {
	Valence float64 `json:"valence"` // unpleasant 0 … pleasant 1
	Arousal float64 `json:"arousal"` // quiet 0 … energetic 1
}

// Distance returns the Euclidean distance between two points, [0, √2].
func (a Affect) Distance(b Affect) float64 {
	return math.Hypot(a.Valence-b.Valence, a.Arousal-b.Arousal)
}

// Known reports whether both coordinates are numbers.
func (a Affect) Known() bool { return a.Valence == a.Valence && a.Arousal == a.Arousal }

// Nowhere is the position of a track that cannot be placed: both NaN.
func Nowhere() Affect { return Affect{math.NaN(), math.NaN()} }

// Mood is one of the four named moods, one a quadrant of the plane, or Mixed,
// which is a label for the middle and never a membership.
type Mood int8

// The moods. The first four index a Membership.
const (
	Angry Mood = iota // −valence, +arousal
	Sad               // −valence, −arousal
	Calm              // +valence, −arousal
	Happy             // +valence, +arousal
	Mixed             // within MixedRadius of the middle

	NumMoods = 4
)

// MixedRadius is how near the middle a position must lie to be called mixed. (d)
const MixedRadius = 0.15

// Moods returns the four named moods in order.
func Moods() [NumMoods]Mood { return [...]Mood{Angry, Sad, Calm, Happy} }

// String returns the mood's word.
func (m Mood) String() string {
	switch m {
	case Angry:
		return "angry"
	case Sad:
		return "sad"
	case Calm:
		return "calm"
	case Happy:
		return "happy"
	case Mixed:
		return "mixed"
	}
	panic(fmt.Sprintf("segue: no mood %d", int(m)))
}

// MarshalText writes the mood's word.
func (m Mood) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a mood's word.
func (m *Mood) UnmarshalText(b []byte) error {
	for c := Angry; c <= Mixed; c++ {
		if c.String() == string(b) {
			*m = c
			return nil
		}
	}
	return fmt.Errorf("no mood is called %q; there are angry, sad, calm, happy and mixed", b)
}

// Membership is how much a position belongs to each of the four moods, indexed
// by Mood; each value lies in [0, 1] and they sum to 1.
type Membership [NumMoods]float64

// Dominant returns the mood with the largest membership, the first of equals.
func (m Membership) Dominant() Mood {
	best := Angry
	for _, c := range Moods() {
		if m[c] > m[best] {
			best = c
		}
	}
	return best
}

// MarshalJSON writes an object with one key a mood.
func (m Membership) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, c := range Moods() {
		if i > 0 {
			b.WriteByte(',')
		}
		if math.IsNaN(m[c]) || math.IsInf(m[c], 0) {
			return nil, fmt.Errorf("membership of %s is not a number", c)
		}
		fmt.Fprintf(&b, "%q:%s", c.String(), strconv.FormatFloat(m[c], 'g', -1, 64))
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// UnmarshalJSON reads what MarshalJSON wrote: one number in [0, 1] for each mood. A
// mood that is missing counts 0.
func (m *Membership) UnmarshalJSON(b []byte) error {
	var values map[Mood]float64
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	if _, ok := values[Mixed]; ok {
		return fmt.Errorf("mixed is a label; nothing has a membership of it")
	}
	for _, c := range Moods() {
		if v := values[c]; !(v >= 0 && v <= 1+1e-9) { // give or take a rounding
			return fmt.Errorf("membership of %s is %v; it must be in 0 to 1", c, v)
		}
		m[c] = values[c]
	}
	return nil
}

// QuadrantOf returns the quadrant the position lies in, whatever its distance
// from the middle; a coordinate of exactly 0.5 counts as pleasant, energetic.
func QuadrantOf(a Affect) Mood {
	switch {
	case a.Valence >= 0.5 && a.Arousal >= 0.5:
		return Happy
	case a.Valence >= 0.5:
		return Calm
	case a.Arousal >= 0.5:
		return Angry
	}
	return Sad
}

// LabelOf returns the word shown for a position: Mixed within MixedRadius of
// the middle, otherwise its quadrant.
func LabelOf(a Affect) Mood {
	if a.Distance(Affect{0.5, 0.5}) <= MixedRadius {
		return Mixed
	}
	return QuadrantOf(a)
}

// An Anchor is a named point of the plane from which, or to which, an hour can
// lead.
type Anchor struct {
	Name string
	At   Affect
}

// Anchors returns the named points in order of name. (d; docs/science.md §2)
func Anchors() []Anchor {
	return []Anchor{
		{"angry", Affect{.22, .82}},
		{"anxious", Affect{.30, .70}},
		{"calm", Affect{.72, .25}},
		{"content", Affect{.65, .45}},
		{"happy", Affect{.80, .78}},
		{"sad", Affect{.18, .18}},
	}
}

// AnchorOf returns the anchor of one of the four named moods; Mixed has its
// place in the middle.
func AnchorOf(m Mood) Affect {
	for _, a := range Anchors() {
		if a.Name == m.String() {
			return a.At
		}
	}
	return Affect{0.5, 0.5}
}

// ParseAffect reads a point of the plane as people write it: an anchor's name
// ("calm"), or valence and arousal in [0, 1] separated by a comma
// (".72,.25").
func ParseAffect(s string) (Affect, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, a := range Anchors() {
		if a.Name == s {
			return a.At, nil
		}
	}
	v, a, ok := strings.Cut(s, ",")
	if ok {
		x, errX := strconv.ParseFloat(strings.TrimSpace(v), 64)
		y, errY := strconv.ParseFloat(strings.TrimSpace(a), 64)
		if errX == nil && errY == nil && x >= 0 && x <= 1 && y >= 0 && y <= 1 {
			return Affect{x, y}, nil
		}
	}
	return Affect{}, fmt.Errorf("%q is neither a mood (%s) nor valence,arousal in 0 to 1 such as .72,.25", s, anchorNames())
}

func anchorNames() string {
	var names []string
	for _, a := range Anchors() {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// A MoodSet is a set of the four named moods, the zero value empty.
type MoodSet uint8

// AllMoods holds all four.
const AllMoods MoodSet = 1<<NumMoods - 1

// Has reports whether a mood is in the set; Mixed never is.
func (s MoodSet) Has(m Mood) bool { return m >= 0 && m < NumMoods && s>>m&1 == 1 }

// With returns the set with a mood. It panics if it is none of the four.
func (s MoodSet) With(m Mood) MoodSet {
	if m < 0 || m >= NumMoods {
		panic(fmt.Sprintf("segue: %v is none of the four moods", int(m)))
	}
	return s | 1<<m
}
