package lab

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"segue"
	"segue/language"
	"segue/persona"
	"segue/tell"
)

// Drawn is how many situations shares are told of. (d)
const Drawn = 20_000

// maxPairs bounds how many pairs of answers are looked at. (d)
const maxPairs = 200_000

// Effects say which situations two trees of one kind answer differently.
type Effects struct {
	// Drawn situations are spread evenly over what can be: every flag is as often yes
	// as no, every percentile as likely as another, one listening sign in ten unknown.
	// They are not listeners; of personas, whose percentiles are ranks among people,
	// the shares would be listeners' if the six dimensions were unrelated.
	Drawn   int          `json:"drawn"`
	Changed int          `json:"changed"` // drawn situations with another answer
	Share   segue.Number `json:"share"`   // Changed of Drawn

	// Ways are all ways in which an answer changes, the most drawn first: found by
	// walking both trees together, not by drawing, so that a rare one is here too.
	Ways    []Way `json:"ways"`
	Partial bool  `json:"partial"` // the trees are so large that ways may be missing
}

// A Way is situations that got one answer and now get another.
type Way struct {
	From    string  `json:"from"` // kind of the answer
	To      string  `json:"to"`
	Drawn   int     `json:"drawn"`
	Share   float64 `json:"share"` // of all that were drawn
	Example Example `json:"example"`
}

// An Example is one situation with what both trees make of it. A feature that is
// absent is unknown.
type Example struct {
	Values persona.Values   `json:"values"`
	Before persona.Decision `json:"before"`
	After  persona.Decision `json:"after"`
	Old    persona.Path     `json:"old"`
	New    persona.Path     `json:"new"`
}

// EffectsOf compares two trees. The situations drawn are those of the seed. It
// returns segue.ErrUsage if the trees decide different things, or nothing that Segue
// knows the situations of, and ctx's error.
func EffectsOf(ctx context.Context, before, after *persona.Tree, seed uint64) (*Effects, error) {
	if before.Purpose() != after.Purpose() {
		return nil, fmt.Errorf("lab: %w: one tree is for %q and one for %q; compare trees of one kind", segue.ErrUsage, before.Purpose(), after.Purpose())
	}
	draw := offerSituation
	switch before.Purpose() {
	case persona.DecidePersona:
		draw = personaSituation
	case persona.DecideOffer:
	default:
		return nil, fmt.Errorf("lab: %w: a tree for %q has no situations that Segue knows", segue.ErrUsage, before.Purpose())
	}
	e := &Effects{Drawn: Drawn, Ways: []Way{}}
	at := map[[2]string]int{} // of each way in Ways
	pairs := 0
	persona.Differ(before, after, func(a, b persona.Leaf, values persona.Values) bool {
		if pairs++; pairs > maxPairs || ctx.Err() != nil {
			e.Partial = true
			return false
		}
		way := [2]string{a.Kind, b.Kind}
		if _, known := at[way]; known || a.Kind == b.Kind {
			return true
		}
		at[way] = len(e.Ways)
		x := Example{Values: values}
		x.Before, x.Old = before.Decide(values)
		x.After, x.New = after.Decide(values)
		e.Ways = append(e.Ways, Way{From: a.Kind, To: b.Kind, Example: x})
		return true
	})
	rng := rand.New(rand.NewPCG(seed, 0))
	for i := range Drawn {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		values := draw(rng)
		a, _ := before.Decide(values)
		b, _ := after.Decide(values)
		if a.Kind == b.Kind {
			continue
		}
		e.Changed++
		if i, ok := at[[2]string{a.Kind, b.Kind}]; ok {
			e.Ways[i].Drawn++
		}
	}
	e.Share = segue.Number(float64(e.Changed) / Drawn)
	for i := range e.Ways {
		e.Ways[i].Share = float64(e.Ways[i].Drawn) / Drawn
	}
	slices.SortStableFunc(e.Ways, func(p, q Way) int {
		return cmp.Or(cmp.Compare(q.Drawn, p.Drawn), cmp.Compare(p.From, q.From), cmp.Compare(p.To, q.To))
	})
	return e, ctx.Err()
}

// flag is yes or no.
func flag(rng *rand.Rand) float64 { return float64(rng.IntN(2)) }

// offerSituation draws what an offer is decided from.
func offerSituation(rng *rand.Rand) persona.Values {
	sign := func(lo, hi float64) float64 {
		v := lo + (hi-lo)*rng.Float64()
		if rng.IntN(10) == 0 {
			return math.NaN()
		}
		return v
	}
	v := persona.Values{
		"offers_wanted": flag(rng), "gates_open": flag(rng), "quiet": flag(rng), "days_since_card": 30 * rng.Float64(), "check_in": flag(rng),
		"sad_share": sign(0, 1), "sad_share_percentile": sign(0, 1), "repetition_percentile": sign(0, 1), "activity": sign(-3, 3), "falling_trend": flag(rng),
	}
	if rng.IntN(10) == 0 {
		v["falling_trend"] = math.NaN()
	}
	valence, arousal := rng.Float64(), rng.Float64()
	if v["check_in"] == 1 {
		v["check_in_valence"], v["check_in_arousal"] = valence, arousal
		v["check_in_distance"] = segue.Affect{Valence: valence, Arousal: arousal}.Distance(segue.Affect{Valence: .5, Arousal: .5})
	}
	return v
}

// personaSituation draws what a persona is decided from; with a closed gate all is
// unknown.
func personaSituation(rng *rand.Rand) persona.Values {
	v := persona.Values{"gates_open": flag(rng)}
	for _, d := range persona.Dimensions() {
		if q := rng.Float64(); v["gates_open"] == 1 {
			v[d.String()] = q
		}
	}
	return v
}

// In says the effects in a sentence.
func (e *Effects) In(t *language.Tongue) string {
	switch {
	case len(e.Ways) == 0 && e.Partial:
		return t.Say("No situation that was looked at gets another answer; the trees are too large to look at all.")
	case len(e.Ways) == 0:
		return t.Say("No situation gets another kind of answer.")
	case e.Changed == 0:
		return t.Say("None of %s situations drawn evenly gets another answer, but some that are rarer do.", t.Count(e.Drawn))
	}
	return t.Say("Of %s situations drawn evenly, which are not listeners, %s get another answer.", t.Count(e.Drawn), t.Percent(float64(e.Share)))
}

// In says one way, with its example.
func (w Way) In(t *language.Tongue) string {
	return t.Say("From %s to %s: %s of those drawn.", "“"+t.Say(w.Example.Before.Title)+"”", "“"+t.Say(w.Example.After.Title)+"”", t.Percent(w.Share))
}

// Stones lays out the ways to both answers of an example.
func (x Example) Stones(t *language.Tongue, before, after *persona.Tree) (old, now []tell.Stone) {
	return tell.Stones(t, before, x.Old), tell.Stones(t, after, x.New)
}
