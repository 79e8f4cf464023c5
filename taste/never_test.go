package taste

import (
	"math"
	"testing"

	"segue"
)

// A Gaussian at (.5, .5) that is never sad: the other quadrants have a third each. With
// φ the half normal's mean √(2/π)·σ, each axis is above the middle in two of three.
func TestNeverByHand(t *testing.T) {
	at, sd := without(segue.Affect{Valence: .5, Arousal: .5}, segue.Affect{Valence: .2, Arousal: .1}, segue.MoodSet(0).With(segue.Sad))
	h := math.Sqrt(2 / math.Pi)
	if math.Abs(at.Valence-(.5+.2*h/3)) > 1e-12 || math.Abs(at.Arousal-(.5+.1*h/3)) > 1e-12 {
		t.Errorf("at %v", at)
	}
	// E[x²] about .5 stays σ², so the variance is σ²(1 − h²/9).
	if math.Abs(sd.Valence-.2*math.Sqrt(1-h*h/9)) > 1e-12 {
		t.Errorf("± %v", sd)
	}
}

// The moments are those of the Gaussian summed over a fine grid without the quadrants.
func TestNeverAgainstSums(t *testing.T) {
	for _, c := range []struct {
		at, sd segue.Affect
		never  []segue.Mood
	}{
		{segue.Affect{Valence: .45, Arousal: .55}, segue.Affect{Valence: .2, Arousal: .17}, []segue.Mood{segue.Angry}},
		{segue.Affect{Valence: .6, Arousal: .4}, segue.Affect{Valence: .15, Arousal: .17}, []segue.Mood{segue.Sad, segue.Happy}},
		{segue.Affect{Valence: .7, Arousal: .7}, segue.Affect{Valence: .2, Arousal: .1}, []segue.Mood{segue.Sad, segue.Calm}},
	} {
		var never segue.MoodSet
		for _, m := range c.never {
			never = never.With(m)
		}
		const step = .0025
		var mass float64
		var sum segue.Affect
		for v := c.at.Valence - 6*c.sd.Valence; v < c.at.Valence+6*c.sd.Valence; v += step {
			for a := c.at.Arousal - 6*c.sd.Arousal; a < c.at.Arousal+6*c.sd.Arousal; a += step {
				if never.Has(segue.QuadrantOf(segue.Affect{Valence: v, Arousal: a})) {
					continue
				}
				x, y := (v-c.at.Valence)/c.sd.Valence, (a-c.at.Arousal)/c.sd.Arousal
				w := math.Exp(-(x*x + y*y) / 2)
				mass += w
				sum.Valence += w * v
				sum.Arousal += w * a
			}
		}
		want := segue.Affect{Valence: sum.Valence / mass, Arousal: sum.Arousal / mass}
		if never.Has(segue.QuadrantOf(want)) {
			t.Fatalf("%v: the mean %v lies where the border decides", c, want)
		}
		if got, _ := without(c.at, c.sd, never); got.Distance(want) > 3e-3 {
			t.Errorf("%v: at %v, summed %v", c, got, want)
		}
	}
}

// However deep in a quadrant, the place is on its border then, and on the nearer one.
func TestNeverFarInside(t *testing.T) {
	deep := segue.Affect{Valence: .1, Arousal: .3}
	at, sd := without(deep, segue.Affect{Valence: .01, Arousal: .01}, segue.MoodSet(0).With(segue.Sad))
	if at.Arousal < .5 || at.Arousal > .501 || math.Abs(at.Valence-.1) > .02 || sd.Valence > .01 {
		t.Errorf("at %v ± %v", at, sd)
	}
	three := segue.MoodSet(0).With(segue.Sad).With(segue.Calm).With(segue.Angry)
	if at, _ := without(deep, segue.Affect{Valence: .2, Arousal: .17}, three); segue.QuadrantOf(at) != segue.Happy {
		t.Errorf("only happy is left, and it lies at %v", at)
	}
	if at, _ := without(deep, segue.Affect{Valence: .2, Arousal: .17}, segue.AllMoods); at != deep {
		t.Errorf("of all four ruled out it moved to %v", at)
	}
}
