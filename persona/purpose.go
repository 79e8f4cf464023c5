package persona

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"segue/language"
)

// Purpose says what a tree decides, and so which features it may ask about and
// which answers it must be able to give.
type Purpose string

// The purposes.
const (
	DecidePersona Purpose = "persona" // which listening style
	DecideOffer   Purpose = "offer"   // what to offer now
	DecideOther   Purpose = "other"   // anything: the file declares its own features and kinds
)

// vocabulary is what a purpose lets a tree ask and makes it answer.
type vocabulary struct {
	features []Feature
	kinds    []string // each must have a leaf
}

// vocabularyOf returns the vocabulary of a purpose that has one.
func vocabularyOf(p Purpose) (vocabulary, bool) {
	switch p {
	case DecidePersona:
		return vocabulary{personaFeatures(), personaKinds()}, true
	case DecideOffer:
		return vocabulary{offerFeatures(), offerKinds()}, true
	}
	return vocabulary{}, false
}

// personaFeatures are the gate and the six dimensions as percentiles of the
// reference population.
func personaFeatures() []Feature {
	fs := []Feature{{Name: "gates_open", Label: "enough listening to tell", Hi: 1, Unit: Flag, Fixed: true}}
	for _, d := range Dimensions() {
		fs = append(fs, Feature{Name: d.String(), Label: d.Label(), Hi: 1, Unit: Percentile})
	}
	return fs
}

func personaKinds() []string {
	kinds := []string{Tuning}
	for _, s := range Styles() {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// offerFeatures are the inputs of docs/science.md §4.
func offerFeatures() []Feature {
	half := math.Sqrt(0.5)
	return []Feature{
		{Name: "offers_wanted", Label: "suggestions turned on", Hi: 1, Unit: Flag, Fixed: true},
		{Name: "gates_open", Label: "enough listening to tell", Hi: 1, Unit: Flag, Fixed: true},
		{Name: "quiet", Label: "a month of quiet after two cards sent away", Hi: 1, Unit: Flag, Fixed: true},
		{Name: "days_since_card", Label: "days since the last card", Hi: MaxCardAge, Unit: Plain, Fixed: true},
		{Name: "check_in", Label: "a check-in in the last twelve hours", Hi: 1, Unit: Flag, Fixed: true},
		{Name: "check_in_valence", Label: "how pleasant you marked your mood", Hi: 1, Unit: Plain},
		{Name: "check_in_arousal", Label: "how energetic you marked your mood", Hi: 1, Unit: Plain},
		{Name: "check_in_distance", Label: "how far from the middle you marked your mood", Hi: half, Unit: Plain},
		{Name: "sad_share", Label: "the share of sad-sounding listening in two weeks", Hi: 1, Unit: Share},
		{Name: "sad_share_percentile", Label: "sad-sounding listening, against your own past", Hi: 1, Unit: Percentile},
		{Name: "repetition_percentile", Label: "repeated tracks, against your own past", Hi: 1, Unit: Percentile},
		{Name: "activity", Label: "listening hours, against your own past", Lo: -MaxActivity, Hi: MaxActivity, Unit: Plain},
		{Name: "falling_trend", Label: "a falling trend of brightness", Hi: 1, Unit: Flag},
	}
}

func offerKinds() []string {
	return []string{Ask, Settle, GentleLift, Sustain, WhereTo, Gentle, Nothing}
}

//go:embed trees/persona.v1.json
var personaTreeFile []byte

//go:embed trees/offer.v1.json
var offerTreeFile []byte

var personaTree = sync.OnceValue(func() *Tree { return mustParse(personaTreeFile, DecidePersona) })
var offerTree = sync.OnceValue(func() *Tree { return mustParse(offerTreeFile, DecideOffer) })

// PersonaTree returns the shipped persona tree.
func PersonaTree() *Tree { return personaTree() }

// OfferTree returns the shipped offer tree.
func OfferTree() *Tree { return offerTree() }

// TreeFiles returns the shipped tree files by name, to copy and edit.
func TreeFiles() map[string][]byte {
	return map[string][]byte{
		"persona.v1.json": bytes.Clone(personaTreeFile),
		"offer.v1.json":   bytes.Clone(offerTreeFile),
	}
}

func mustParse(file []byte, want Purpose) *Tree {
	t, err := ParseTree(file)
	if err != nil {
		panic(fmt.Sprintf("persona: shipped %s tree: %v", want, err))
	}
	if t.Purpose() != want {
		panic(fmt.Sprintf("persona: shipped %s tree decides %q", want, t.Purpose()))
	}
	return t
}

// check compares the file's features and kinds with the purpose's vocabulary.
func (v vocabulary) check(f treeFile, wrong func(at, text string, args ...any)) {
	for _, have := range f.Features {
		i := slices.IndexFunc(v.features, func(w Feature) bool { return w.Name == have.Name })
		if i < 0 {
			wrong(atFeature(have.Name), language.Text("unknown feature %q; a tree for %q may ask about %s"), clip(have.Name), f.Purpose, featureNames(v.features))
			continue
		}
		want := v.features[i]
		if have.Lo != want.Lo || have.Hi != want.Hi || have.Unit != want.Unit || have.Fixed != want.Fixed {
			wrong(atFeature(have.Name), language.Text("feature %q must be declared as lo %v, hi %v, unit %q, fixed %v; only its label is free"),
				clip(have.Name), want.Lo, want.Hi, want.Unit, want.Fixed)
		}
	}
	for _, k := range f.Kinds {
		if !slices.Contains(v.kinds, k) {
			wrong("", language.Text("unknown kind %q; a tree for %q answers %s"), clip(k), f.Purpose, strings.Join(v.kinds, ", "))
		}
	}
	for _, k := range v.kinds {
		if !slices.ContainsFunc(f.Leaves, func(l Leaf) bool { return l.Kind == k }) {
			wrong("", language.Text("no leaf of the required kind %q; add one"), k)
		}
	}
}

func featureNames(fs []Feature) string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}
