package persona_test

import (
	"fmt"
	"time"

	"segue"
	"segue/persona"
)

// A check-in overrides what listening suggests, and the answer says why.
func ExampleOffer() {
	now := time.Date(2025, 6, 1, 20, 0, 0, 0, time.UTC)
	felt := segue.CheckIn{At: now.Add(-time.Hour), Now: segue.Affect{Valence: 0.125, Arousal: 0.875}}
	s := persona.Offer(segue.Signals{}, persona.Situation{Now: now, CheckIn: &felt}, nil)
	fmt.Println(s.Kind, "-", s.Text)
	for _, step := range s.Path {
		fmt.Println(step.Branch, step.Text)
	}
	fmt.Println(s.Counterfactual.Text)
	// Output:
	// settle - An hour of music that meets you where you are, and may help you unwind.
	// yes you have suggestions turned on
	// yes there is enough listening to tell
	// yes you said how you feel, which counts above all else
	// no you marked a place away from the middle (0.53; the line is at 0.15)
	// no you marked your mood as unpleasant (0.125; the line is at 0.5)
	// yes you marked your mood as energetic (0.875; the line is at 0.5)
	// With how pleasant you marked your mood at 0.5 or above (now 0.125), you would see "an hour that stays".
}

// The shipped trees are data: copy a file, change a threshold, and parse it.
func ExampleParseTree() {
	_, err := persona.ParseTree([]byte(`{"purpose": "other", "version": 1,
		"features": [{"name": "hour", "label": "the hour", "lo": 0, "hi": 24, "unit": "plain"}],
		"kinds": ["day", "night"], "root": "late",
		"nodes": [{"id": "late", "text": "Late?", "feature": "hour", "op": ">=", "threshold": 25, "yes": "night", "no": "day"}],
		"leaves": [{"id": "day", "kind": "day"}, {"id": "night", "kind": "night"}]}`))
	fmt.Println(err)
	// Output: tree: node "late": threshold 25 lies outside "hour"'s interval [0, 24]
}
