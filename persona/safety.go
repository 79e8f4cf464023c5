package persona

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"segue/language"
)

// The bounds of a tree's words, in characters: what a card, a drawing and a line of
// reasons have room for. (d)
const (
	MaxTreeTitle = 60
	MaxTreeText  = 300
	MaxTreeAbout = 2000
)

// CardPause is how long there is no second card that nobody asked for, in days.
// (docs/science.md §8: at most one nudge a week)
const CardPause = 7

// Unsafe says what in the tree breaks a rule that no edit may: an empty list means
// that the tree keeps all of them, whatever is known of a listener. Trees of the
// purpose "other" have words to be looked at and nothing else.
//
// Of an offer tree (docs/science.md §4 and §8):
//
//   - who turned suggestions off gets nothing;
//   - with too little listening there is a question or nothing;
//   - what somebody said of how they feel stands above what listening suggests: after
//     a check-in no question is about listening, and no gentle hour is offered;
//   - without one, a gentle hour is all that may be offered. What comes unasked is
//     so one kind, which those who show it keep from the night and count;
//   - a gentle hour is offered where more than usual of the listening sounds sad and
//     one more sign agrees, all of them known;
//   - no second card comes within CardPause days, and none in the quiet after two
//     were sent away.
//
// Of a persona tree (§5): with too little listening the answer is Tuning; what a
// card can show speaks of no mood and no lack. Of every tree: no text uses a word of
// language.Never, or is longer than it has room for.
//
// What depends on more than a tree sees is not for a tree to change: that nothing
// comes unasked at night, that after "much worse" the next hour is shorter and asks
// for its target, and that help is one page, the same for all.
//
// Each answer is looked at with all that can have led to it, every interval and what
// is unknown, so that nothing is left to a sample. Cost is linear in nodes times
// depth.
func (t *Tree) Unsafe() []Problem {
	u := &unsafe{Tree: t}
	u.words()
	switch t.file.Purpose {
	case DecideOffer:
		t.regions(t.file.Root, region{}, func(l Leaf, r region) bool { u.offer(l, r); return true })
	case DecidePersona:
		t.regions(t.file.Root, region{}, func(l Leaf, r region) bool { u.persona(l, r); return true })
	}
	return u.problems
}

// unsafe gathers what breaks a rule.
type unsafe struct {
	*Tree
	problems []Problem
}

// breaks notes what breaks a rule at a node or leaf, once.
func (u *unsafe) breaks(at, text string, args ...any) {
	p := Problem{At: at, text: text, args: args}
	again := func(q Problem) bool { return q.At == at && q.text == text }
	if len(u.problems) < MaxProblems && !slices.ContainsFunc(u.problems, again) {
		u.problems = append(u.problems, p)
	}
}

// A region is everything that may be the case when one answer is given: what each
// feature the path asked about can still be. What it did not ask about can be anything.
type region map[string]state

// A state is what is left of one feature.
type state struct {
	span
	known bool   // it cannot be unknown
	flag  bool   // it is 0 or 1
	asked string // the first node that asked
}

// of returns what a feature can be.
func (r region) of(f Feature) state {
	if s, ok := r[f.Name]; ok {
		return s
	}
	return state{span: span{lo: f.Lo, hi: f.Hi}}
}

// may reports whether the flag can have the value 0 or 1.
func (r region) may(flag string, value float64) bool {
	s, ok := r[flag]
	return !ok || s.has(value)
}

// above reports whether a feature is known and never under a value.
func (r region) above(feature string, value float64) bool {
	s, ok := r[feature]
	return ok && s.known && s.lo >= value
}

// listened are the features of an offer that are read from listening.
var listened = [...]string{"sad_share", "sad_share_percentile", "repetition_percentile", "activity", "falling_trend"}

// offer checks one answer of an offer tree.
func (u *unsafe) offer(l Leaf, r region) {
	wanted, open := r.may("offers_wanted", 1), r.may("gates_open", 1)
	said, silent := r.may("check_in", 1), r.may("check_in", 0) && !r.placed()
	if !said && !silent {
		return // a place without a check-in: that does not happen
	}
	if r.may("offers_wanted", 0) && l.Kind != Nothing {
		u.breaks(l.ID, language.Text("answer %q is given to who turned suggestions off; ask first whether they are wanted"), clip(l.ID))
	}
	if !wanted {
		return
	}
	if r.may("gates_open", 0) && l.Kind != Ask && l.Kind != Nothing {
		u.breaks(l.ID, language.Text("answer %q is given where there is too little listening to tell; then only a question or nothing may follow"), clip(l.ID))
	}
	if silent && r.may("quiet", 1) && l.Kind != Nothing {
		u.breaks(l.ID, language.Text("answer %q breaks the quiet after two cards were sent away; ask for it first, unless there is a check-in"), clip(l.ID))
	}
	if !open {
		return
	}
	if said {
		for _, f := range listened {
			if s, ok := r[f]; ok {
				u.breaks(s.asked, language.Text("node %q asks about listening though the listener may have said how they feel, which stands above it; ask for the check-in first"), clip(s.asked))
			}
		}
		if l.Kind == Gentle {
			u.breaks(l.ID, language.Text("answer %q offers a gentle hour for what was heard to who may have said how they feel; ask for the check-in first"), clip(l.ID))
		}
	}
	if !silent {
		return
	}
	if l.Kind != Gentle && l.Kind != Nothing {
		u.breaks(l.ID, language.Text("answer %q comes unasked: without a check-in only a gentle hour or nothing may be offered"), clip(l.ID))
	}
	if l.Kind != Gentle {
		return
	}
	if !r.above("days_since_card", CardPause) {
		u.breaks(l.ID, language.Text("answer %q may come within %d days of the last card; ask for them first"), clip(l.ID), CardPause)
	}
	agree := r.above("repetition_percentile", 0.5) || r.above("activity", 0) || r.above("falling_trend", 1)
	if !r.above("sad_share_percentile", 0.5) || !agree {
		u.breaks(l.ID, language.Text("answer %q rests on too little: a gentle hour needs more sad-sounding listening than usual (percentile 50 or more) and one more known sign: repetition, hours or a falling trend"), clip(l.ID))
	}
}

// places are the features that only a check-in gives.
var places = [...]string{"check_in_valence", "check_in_arousal", "check_in_distance"}

// placed reports whether the place of a check-in is known for certain.
func (r region) placed() bool {
	for _, f := range places {
		if r[f].known {
			return true
		}
	}
	return false
}

// persona checks one answer of a persona tree.
func (u *unsafe) persona(l Leaf, r region) {
	if r.may("gates_open", 0) && l.Kind != Tuning {
		u.breaks(l.ID, language.Text("answer %q is given where there is too little listening to tell; then only %q may follow"), clip(l.ID), Tuning)
	}
	if l.Kind == Tuning {
		return
	}
	for _, text := range []string{l.Title, l.Text} {
		if w := neverOnCard(text); w != "" {
			u.breaks(l.ID, language.Text("answer %q says %q on a card that others can see; speak of the listening, and of what is there"), clip(l.ID), w)
		}
	}
}

// words checks every text.
func (u *unsafe) words() {
	check := func(at, text string, most int) {
		if w := language.Never(text); w != "" {
			u.breaks(at, language.Text("the text says %q: Segue speaks of music and listening, never of a person's health"), clip(w))
		}
		if n := utf8.RuneCountInString(text); n > most {
			u.breaks(at, language.Text("a text has %d characters; there is room for %d"), n, most)
		}
		for _, c := range text {
			if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == utf8.RuneError {
				u.breaks(at, language.Text("a text holds a character that cannot be shown; write it anew"))
				break
			}
		}
	}
	name := func(at, id string) { check(at, id, MaxTreeTitle) }
	check("", u.file.About, MaxTreeAbout)
	for _, k := range u.file.Kinds {
		name("", k)
	}
	for _, f := range u.file.Features {
		name(atFeature(f.Name), f.Name)
		check(atFeature(f.Name), f.Label, MaxTreeText)
	}
	for _, n := range u.file.Nodes {
		name(n.ID, n.ID)
		for _, text := range []string{n.Text, n.YesText, n.NoText} {
			check(n.ID, text, MaxTreeText)
		}
		if n.Text == "" {
			u.breaks(n.ID, language.Text("node %q has no text; put its question into words"), clip(n.ID))
		}
	}
	for _, l := range u.file.Leaves {
		name(l.ID, l.ID)
		check(l.ID, l.Title, MaxTreeTitle)
		check(l.ID, l.Text, MaxTreeText)
		if l.Title == "" {
			u.breaks(l.ID, language.Text("answer %q has no title; give it a name"), clip(l.ID))
		}
	}
}
