package persona

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A threshold that moves from .9 to .8 changes what lies between, and nothing else.
func TestDifferByHand(t *testing.T) {
	a := OfferTree()
	b := mustTree(t, strings.Replace(shippedOffer(), `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9`, `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.8`, 1))
	var got []string
	Differ(a, b, func(before, after Leaf, at Values) bool {
		if before.ID == after.ID {
			return true
		}
		got = append(got, before.ID+"→"+after.ID)
		if v := at["sad_share_percentile"]; !(v >= .8 && v < .9) {
			t.Errorf("%s to %s at percentile %v", before.ID, after.ID, v)
		}
		return true
	})
	if want := "as_usual→gentle_again as_usual→gentle_falling as_usual→steady as_usual→hours_usual"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	visited := 0
	Differ(a, a, func(before, after Leaf, at Values) bool {
		visited++
		if before.ID != after.ID {
			t.Errorf("with itself %s differs from %s at %v", before.ID, after.ID, at)
		}
		return true
	})
	if visited != len(a.Leaves()) {
		t.Errorf("%d of %d leaves are visited", visited, len(a.Leaves()))
	}
	first := 0
	Differ(a, a, func(Leaf, Leaf, Values) bool { first++; return first < 3 })
	if first != 3 {
		t.Errorf("it went on to %d", first)
	}
	defer func() {
		if recover() == nil {
			t.Error("a persona tree and an offer tree can be compared")
		}
	}()
	Differ(a, PersonaTree(), nil)
}

// Against drawing situations: every pair of answers that turns up is visited, and
// every situation visited gives the pair it is said to.
func TestDifferMissesNothing(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		a, errA := newTree(editedOffer(t))
		b, errB := newTree(editedOffer(t))
		if errA != nil || errB != nil {
			return
		}
		compared++
		pairs := map[[2]string]bool{}
		Differ(a, b, func(before, after Leaf, at Values) bool {
			x, _ := a.Decide(at)
			y, _ := b.Decide(at)
			if x.Leaf != before.ID || y.Leaf != after.ID {
				t.Fatalf("%v gives %s and %s, not %s and %s", at, x.Leaf, y.Leaf, before.ID, after.ID)
			}
			if d, ok := at["check_in_distance"]; ok && math.Abs(d-math.Hypot(at["check_in_valence"]-.5, at["check_in_arousal"]-.5)) > 1e-9 {
				t.Fatalf("a distance of its own: %v", at)
			}
			if _, ok := at["check_in_distance"]; ok && at["check_in"] != 1 {
				t.Fatalf("a place without a check-in: %v", at)
			}
			pairs[[2]string{before.ID, after.ID}] = true
			return true
		})
		for range 100 {
			s, at, _, _, _ := situation(t)
			v := OfferValues(s, at)
			x, _ := a.Decide(v)
			y, _ := b.Decide(v)
			if !pairs[[2]string{x.Leaf, y.Leaf}] {
				t.Fatalf("%v gives %s and %s, which is not visited", v, x.Leaf, y.Leaf)
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}
