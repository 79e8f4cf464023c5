package recommend

import (
	"reflect"
	"testing"

	"segue"
	"segue/outcome/adapt"
	"segue/playlist"
)

// TestActionsAreOnlyWishes: an action changes arm, hold and familiarity of a request and
// nothing else; the usual one nothing.
func TestActionsAreOnlyWishes(t *testing.T) {
	p := adapt.Shipped("a salt for tests only")
	r := playlist.Request{From: segue.Affect{Valence: .2, Arousal: .8}, Minutes: 45, Night: true, Seed: 9, Familiarity: &[3]float64{.4, .4, .4}, Exclude: playlist.Exclusions{Explicit: true}}
	for i, a := range p.Actions {
		got := Adapted(r, a)
		if *r.Familiarity != [3]float64{.4, .4, .4} {
			t.Fatal("the request was changed")
		}
		if i == p.UsualAction() {
			if got.Arm != playlist.Iso || got.Arc.Hold != 0 || *got.Familiarity != *r.Familiarity {
				t.Errorf("the usual action changes %+v", got)
			}
		}
		got.Arm, got.Arc.Hold, got.Familiarity = r.Arm, r.Arc.Hold, r.Familiarity
		if !reflect.DeepEqual(got, r) {
			t.Errorf("%s changes more: %+v", a.Name, got)
		}
	}
	if got := Adapted(playlist.Request{}, adapt.Action{Arm: adapt.Iso, Familiar: 1.5}); *got.Familiarity != [3]float64{1, .8999999999999999, .8999999999999999} {
		t.Errorf("half as much again of the usual: %v", *got.Familiarity)
	}
}
