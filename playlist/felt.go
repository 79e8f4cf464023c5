package playlist

import (
	"math"

	"segue"
	"segue/mood"
)

// Felt is how tracks lie to one listener, who said so of some.
type Felt struct {
	Positions []segue.Affect          // one a catalogue row; not Known where a track has no place
	Never     map[int32]segue.MoodSet // by row: moods the track never has to the listener; where it has none left it is never played
	Said      map[int32]bool          // rows of which the listener said where they lie
}

// FeltAs returns the library as a listener feels its tracks. It shares everything but
// the index of the plane, which takes O(n log n). A track is then never planned where
// the way lies in a mood it never has, whatever else is relaxed, unless a lock holds it
// there. Errors and panics are those of NewLibrary.
func (l *Library) FeltAs(f Felt) (*Library, error) {
	if l.plane == nil {
		panic("playlist: FeltAs: the library was not made by NewLibrary")
	}
	view := *l
	view.everybodys, view.Positions, view.never, view.said = l.Positions, f.Positions, f.Never, f.Said
	if err := view.lay(); err != nil {
		return nil, err
	}
	view.usual = usualRows(&view)
	return view.For(l.Heard, l.Dominant)
}

// membership returns how much a track belongs to each mood: none to those it never has.
func (l *Library) membership(row int32) segue.Membership {
	m := mood.MembershipOf(l.Positions[row], l.placementError())
	never := l.never[row]
	if never == 0 || never == segue.AllMoods || !l.Positions[row].Known() {
		return m
	}
	left := 0.0
	for _, q := range segue.Moods() {
		if never.Has(q) {
			m[q] = 0
		}
		left += m[q]
	}
	for q := range m {
		m[q] /= left
	}
	return m
}

// ban forbids tracks in the slots where the plan lies in a mood they never have. A
// plan in the middle of the plane is of no mood. Who holds a track at a place by a lock
// means it.
func (p *problem) ban() {
	for c, never := range p.never {
		if never == 0 {
			continue
		}
		for i, at := range p.points {
			if never.Has(segue.LabelOf(at)) && p.locked[i] != int32(c) {
				p.unary[i*p.m+c] = math.Inf(1)
			}
		}
	}
}

// stand lets the tracks of an hour that was built before its listener ruled moods out
// stay where they are: the hour can be changed all the same.
func (p *problem) stand(seq []int32) {
	for i, c := range seq {
		if c >= 0 && i < p.n && p.never != nil && p.never[c].Has(segue.LabelOf(p.points[i])) {
			p.unary[i*p.m+int(c)] = PlaceCost(p.sounds[c].At, p.points[i])
		}
	}
}

// felt says of a track whose place the listener told how it differs from everybody's.
func (pl *planner) felt(t Track) []remark {
	lib := pl.lib
	if !lib.said[t.row] || !lib.everybodys[t.row].Known() {
		return nil
	}
	dv, da := t.Valence-lib.everybodys[t.row].Valence, t.Arousal-lib.everybodys[t.row].Arousal
	text := ""
	switch {
	case math.Hypot(dv, da) < leastFelt:
		return nil
	case da < 0 && -da >= math.Abs(dv):
		text = pl.say("You said this one feels calmer than it sounds")
	case da > 0 && da >= math.Abs(dv):
		text = pl.say("You said this one feels livelier than it sounds")
	case dv > 0:
		text = pl.say("You said this one feels brighter than it sounds")
	default:
		text = pl.say("You said this one feels darker than it sounds")
	}
	return []remark{{"felt", text, 65}}
}

// leastFelt is how far a place must lie from everybody's to be worth saying. (d)
const leastFelt = .05
