package playlist

import (
	"math"
	"testing"

	"segue"
)

// By hand: three tracks, plan at (.2,.8), (.5,.5), (.8,.2).
//
//	place: 0 + (.05² + 0) + 0 = .0025
//	step 1: √(.35² + .3²) = .4609772, over .15 by .3109772: 4·.0967068 = .3868273
//	        tempo 120 → 180: q = log2 1.5 = .5849625, r = .4150375: .02·.1722561 = .0034451
//	        key C major 8B → A minor 8A: 1: .002
//	step 2: √(.25² + .3²) = .3905125, over by .2405125: 4·.0578463 = .2313850
//	        tempo 180 → 90: r = 0; key 8A → E♭ minor 2A: min(6, 6) = 6, cut at 3: .006
//
// Sum .0025 + .3868273 + .0034451 + .002 + .2313850 + .006 = .6321574.
func TestCostByHand(t *testing.T) {
	at := func(v, a, tempo float64, key, mode float32) Sound {
		return Sound{segue.Affect{Valence: v, Arousal: a}, tempo, CamelotOf(key, mode)}
	}
	sounds := []Sound{at(.2, .8, 120, 0, 1), at(.55, .5, 180, 9, 0), at(.8, .2, 90, 3, 0)}
	points := []segue.Affect{{Valence: .2, Arousal: .8}, {Valence: .5, Arousal: .5}, {Valence: .8, Arousal: .2}}
	if got := Cost(sounds, points); math.Abs(got-.6321574) > 1e-6 {
		t.Errorf("J = %.7f, want .6321574", got)
	}
	nan := float32(math.NaN())
	for i := range sounds {
		sounds[i].Tempo, sounds[i].Key = math.NaN(), CamelotOf(nan, nan)
	}
	if got := Cost(sounds, points); math.Abs(got-.6207123) > 1e-6 {
		t.Errorf("without tempo and key J = %.7f, want .6207123", got)
	}
}

// The wheel as printed: the major keys clockwise from 8B = C are a fifth apart,
// and each shares its number with its relative minor.
func TestCamelotWheel(t *testing.T) {
	if c, g, am, f := CamelotOf(0, 1), CamelotOf(7, 1), CamelotOf(9, 0), CamelotOf(5, 1); c != 12+8 || g != 12+9 || am != 8 || f != 12+7 {
		t.Errorf("C %d, G %d, A minor %d, F %d", c, g, am, f)
	}
	for key := range 12 {
		major, fifth := CamelotOf(float32(key), 1), CamelotOf(float32((key+7)%12), 1)
		relative := CamelotOf(float32((key+9)%12), 0)
		if major.Distance(fifth) != 1 || major.Distance(relative) != 1 || major.Distance(major) != 0 {
			t.Errorf("key %d: fifth %d, relative %d", key, major.Distance(fifth), major.Distance(relative))
		}
		if tritone := CamelotOf(float32((key+6)%12), 1); major.Distance(tritone) != KeyCut {
			t.Errorf("key %d: tritone %d", key, major.Distance(tritone))
		}
	}
	if CamelotOf(-1, 1) != 0 || CamelotOf(3, .5) != 0 || Camelot(0).Distance(5) != 0 {
		t.Error("an unknown key has a place on the wheel")
	}
}

func TestTempoGap(t *testing.T) {
	for _, c := range []struct{ a, b, want float64 }{
		{60, 120, 0}, {120, 60, 0}, {100, 100, 0}, {100, 400, 0}, {120, 180, .4150375}, {math.NaN(), 100, 0}, {0, 100, 0},
	} {
		if got := TempoGap(c.a, c.b); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%g, %g: %g, want %g", c.a, c.b, got, c.want)
		}
	}
}
