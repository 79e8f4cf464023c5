package simulate

import (
	"fmt"
	"strings"

	"segue"
	"segue/playlist"
)

// World says what a track does to the state of who hears it.
type World string

// The worlds. (docs/science.md §7)
const (
	Iso  World = "iso"  // a track near the state draws it along, one far from it is rejected
	Wide World = "wide" // every track draws the state, wherever it lies
	Null World = "null" // no track does anything
)

// Worlds returns the worlds in the order they are shown.
func Worlds() []World { return []World{Iso, Wide, Null} }

// ParseWorld reads a world's name.
func ParseWorld(s string) (World, error) {
	for _, w := range Worlds() {
		if string(w) == strings.ToLower(strings.TrimSpace(s)) {
			return w, nil
		}
	}
	return "", fmt.Errorf("no world is called %q; there are iso, wide and null: %w", s, segue.ErrUsage)
}

// The worlds' parameters. All are inventions (d): they make effects of the size that
// is planned for, and say nothing of people.
const (
	isoReach  = .35     // ISO: how far from the state a track may lie to draw it, on the plane …
	isoRate   = 1. / 6  // … and how fast it does, a minute
	isoReject = .50     // ISO: from what distance on it is rejected …
	isoPush   = 1. / 80 // … and how fast that drives the state away, a minute
	wideRate  = 1. / 40 // WIDE: how fast any track draws it, a minute
	unknown   = .75     // share of its pull that a track has which the listener does not know
)

// rate returns how fast a track that lies d from a state draws it, a minute; below 0
// it drives it away:
//
//	ISO   λ where d ≤ ε: bounded confidence, as Deffuant, Neau, Amblard & Weisbuch
//	      2000 (doi:10.1142/S0219525900000078) let opinions meet; −λ₋ where d > δ;
//	      0 between
//	WIDE  λ′ at every d, so that a far track moves it further
//	NULL  0
//
// A track the listener does not know has a share of it (unknown).
func (w World) rate(d float64, familiar bool) float64 {
	r := 0.
	switch {
	case w == Iso && d <= isoReach:
		r = isoRate
	case w == Iso && d > isoReject:
		r = -isoPush
	case w == Wide:
		r = wideRate
	}
	if !familiar {
		r *= unknown
	}
	return r
}

// Better returns the arm that brings listeners nearer to where they want to be in
// this world, of iso and compensatory, and false where none does.
func (w World) Better() (playlist.Arm, bool) {
	switch w {
	case Iso:
		return playlist.Iso, true
	case Wide:
		return playlist.Compensatory, true
	}
	return "", false
}
