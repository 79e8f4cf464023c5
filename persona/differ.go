package persona

import (
	"fmt"
	"math"
)

// Differ visits the situations that two trees of one purpose answer differently:
// every pair of a leaf of a and one of b to which one situation leads, once, with
// one such situation. What is known of it are the features that either asked; one
// that is absent is unknown. It goes on until visit returns false.
//
// Nothing is sampled: a change that concerns a sliver of situations is visited as
// well. Situations that do not come about are left out: a place without a check-in,
// a distance from the middle that is not that of the place, for which places are
// looked for in steps of a 64th of what is left. Cost is that of the
// pairs, at most the product of the leaves. It panics if the purposes differ.
func Differ(a, b *Tree, visit func(before, after Leaf, at Values) bool) {
	if a.Purpose() != b.Purpose() {
		panic(fmt.Sprintf("persona: Differ: trees for %q and %q", a.Purpose(), b.Purpose()))
	}
	going := true
	a.regions(a.file.Root, region{}, func(before Leaf, r region) bool {
		b.regions(b.file.Root, r, func(after Leaf, r region) bool {
			if at, ok := r.witness(); ok && (a.Purpose() != DecidePersona || r.measured(at)) {
				going = visit(before, after, at)
			}
			return going
		})
		return going
	})
}

// regions visits every leaf that some situation of a region leads to, with what is
// left of the region, until visit returns false; it then returns false.
func (t *Tree) regions(id string, r region, visit func(Leaf, region) bool) bool {
	n, ok := t.node[id]
	if !ok {
		return visit(t.leaf[id], r)
	}
	f := t.feature[n.Feature]
	was, asked := r[n.Feature]
	now := r.of(f)
	if !asked {
		now.asked, now.flag = n.ID, f.Unit == Flag
	}
	below, atLeast := now.cut(n.Threshold)
	yes, no := atLeast, below
	if n.Op == Below {
		yes, no = below, atLeast
	}
	// The unknown passes no question. What is Fixed is never unknown.
	known := now.known || f.Fixed
	going := true
	for _, branch := range []struct {
		to    string
		left  span
		known bool
	}{{n.Yes, yes, true}, {n.No, no, known}} {
		next := now
		next.span, next.known = branch.left, branch.known
		if !going || next.nothing() {
			continue
		}
		r[n.Feature] = next
		going = t.regions(branch.to, r, visit)
	}
	if delete(r, n.Feature); asked {
		r[n.Feature] = was
	}
	return going
}

// nothing reports whether no value is left, the unknown included.
func (s state) nothing() bool {
	if !s.known {
		return false
	}
	if s.flag {
		return !s.has(0) && !s.has(1)
	}
	return s.empty()
}

// has reports whether a value is left.
func (s state) has(v float64) bool { return v >= s.lo && (v < s.hi || v == s.hi && !s.open) }

// some returns a value that is left; ok is false if only the unknown is.
func (s state) some() (v float64, ok bool) {
	switch {
	case s.flag && s.has(1):
		return 1, true
	case s.flag && s.has(0):
		return 0, true
	case s.flag || s.empty():
		return math.NaN(), false
	}
	if v = s.lo + (s.hi-s.lo)/2; s.has(v) {
		return v, true
	}
	return s.lo, true
}

// witness returns a situation of the region, and whether one can come about.
func (r region) witness() (Values, bool) {
	at := Values{}
	for name, s := range r {
		v, ok := s.some()
		if !ok {
			if s.known {
				return nil, false
			}
			continue
		}
		at[name] = v
	}
	return at, r.place(at)
}

// measured reports whether a persona would be decided here: with an open gate, every
// dimension that is asked about is known.
func (r region) measured(at Values) bool {
	if open, asked := at["gates_open"]; asked && open == 0 {
		return true
	}
	for name := range r {
		if _, known := at[name]; !known {
			return false
		}
	}
	return true
}

// place makes what is said of a check-in agree: without one its place is unknown,
// with one its distance from the middle is that of the place.
func (r region) place(at Values) bool {
	v, a, d := r["check_in_valence"], r["check_in_arousal"], r["check_in_distance"]
	if v.asked == "" && a.asked == "" && d.asked == "" {
		return true
	}
	said, asked := r["check_in"]
	if r.placed() {
		if asked && !said.has(1) {
			return false
		}
		at["check_in"] = 1
	} else if !asked || said.has(0) {
		at["check_in"] = 0
		for _, f := range places {
			delete(at, f)
		}
		return true
	}
	if v.asked == "" {
		v.span = span{hi: 1}
	}
	if a.asked == "" {
		a.span = span{hi: 1}
	}
	if d.asked == "" {
		x, _ := v.some()
		y, _ := a.some()
		at["check_in_valence"], at["check_in_arousal"], at["check_in_distance"] = x, y, math.Hypot(x-0.5, y-0.5)
		return true
	}
	nearest := math.Hypot(max(0, v.lo-0.5, 0.5-v.hi), max(0, a.lo-0.5, 0.5-a.hi))
	farthest := math.Hypot(max(v.hi-0.5, 0.5-v.lo), max(a.hi-0.5, 0.5-a.lo))
	if nearest > d.hi || farthest < d.lo {
		return false
	}
	// A place on a fine grid of what is left whose distance fits.
	const steps = 64
	for i := range steps + 1 {
		x := v.lo + (v.hi-v.lo)*float64(i)/steps
		for j := range steps + 1 {
			y := a.lo + (a.hi-a.lo)*float64(j)/steps
			far := math.Hypot(x-0.5, y-0.5)
			if v.has(x) && a.has(y) && d.has(far) {
				at["check_in_valence"], at["check_in_arousal"], at["check_in_distance"] = x, y, far
				return true
			}
		}
	}
	return false
}
