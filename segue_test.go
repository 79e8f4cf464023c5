package segue_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"segue"

	"pgregory.net/rapid"
)

func TestParseFeatureReadsEveryName(t *testing.T) {
	for _, f := range segue.AllFeatures() {
		got, err := segue.ParseFeature(" " + f.String() + " ")
		if err != nil || got != f {
			t.Errorf("ParseFeature(%q) = %v, %v", f, got, err)
		}
		if lo, hi := f.Interval(); lo >= hi {
			t.Errorf("%s: empty interval [%v, %v]", f, lo, hi)
		}
	}
	if _, err := segue.ParseFeature("happiness"); err == nil {
		t.Error("an unknown feature was accepted")
	}
}

func TestZeroIsMissingOnlyWhereServicesWriteIt(t *testing.T) {
	want := map[segue.Feature]bool{segue.Tempo: true, segue.TimeSignature: true, segue.Valence: true, segue.Danceability: true}
	for _, f := range segue.AllFeatures() {
		if f.ZeroIsMissing() != want[f] {
			t.Errorf("%s.ZeroIsMissing() = %v", f, f.ZeroIsMissing())
		}
	}
}

func TestNoFeaturesHasNone(t *testing.T) {
	v := segue.NoFeatures()
	for _, f := range segue.AllFeatures() {
		if v.Has(f) {
			t.Errorf("NoFeatures has %s", f)
		}
	}
	v[segue.Energy] = 0
	if !v.Has(segue.Energy) {
		t.Error("an energy of 0 counts as missing")
	}
}

func TestWasSkipped(t *testing.T) {
	for _, c := range []struct {
		name   string
		play   segue.Play
		length time.Duration
		want   bool
	}{
		{"said so", segue.Play{Skipped: segue.Yes, Played: 5 * time.Minute}, 5 * time.Minute, true},
		{"denied", segue.Play{Skipped: segue.No, Played: time.Second}, 5 * time.Minute, false},
		{"29.999 s", segue.Play{Played: 29999 * time.Millisecond}, 0, true},
		{"30 s, length unknown", segue.Play{Played: 30 * time.Second}, 0, false},
		{"just under half", segue.Play{Played: 99 * time.Second}, 200 * time.Second, true},
		{"half", segue.Play{Played: 100 * time.Second}, 200 * time.Second, false},
		{"scrobble", segue.Play{Scrobble: true, Played: 20 * time.Second}, 0, false},
	} {
		if got := c.play.WasSkipped(c.length); got != c.want {
			t.Errorf("%s: WasSkipped = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLabelOf(t *testing.T) {
	for _, c := range []struct {
		at   segue.Affect
		want segue.Mood
	}{
		{segue.Affect{Valence: .5, Arousal: .5}, segue.Mixed},
		{segue.Affect{Valence: .5, Arousal: .64}, segue.Mixed},
		{segue.Affect{Valence: .5, Arousal: .66}, segue.Happy},
		{segue.Affect{Valence: .9, Arousal: .1}, segue.Calm},
		{segue.Affect{Valence: .1, Arousal: .1}, segue.Sad},
		{segue.Affect{Valence: .1, Arousal: .9}, segue.Angry},
	} {
		if got := segue.LabelOf(c.at); got != c.want {
			t.Errorf("LabelOf(%v) = %v, want %v", c.at, got, c.want)
		}
	}
}

func TestEveryMoodLiesInItsOwnQuadrant(t *testing.T) {
	for _, m := range segue.Moods() {
		if got := segue.QuadrantOf(segue.AnchorOf(m)); got != m {
			t.Errorf("the anchor of %s lies in %s", m, got)
		}
	}
}

func TestParseAffect(t *testing.T) {
	for _, c := range []struct {
		in   string
		want segue.Affect
		ok   bool
	}{
		{"calm", segue.Affect{Valence: .72, Arousal: .25}, true},
		{" Anxious ", segue.Affect{Valence: .30, Arousal: .70}, true},
		{".2,.8", segue.Affect{Valence: .2, Arousal: .8}, true},
		{"0, 1", segue.Affect{Valence: 0, Arousal: 1}, true},
		{"1.1,0", segue.Affect{}, false},
		{"NaN,0", segue.Affect{}, false},
		{"mixed", segue.Affect{}, false},
		{"", segue.Affect{}, false},
		{"1,2,3", segue.Affect{}, false},
	} {
		got, err := segue.ParseAffect(c.in)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("ParseAffect(%q) = %v, %v", c.in, got, err)
		}
	}
}

// TestAffectDistanceIsAMetric holds for any three points: symmetry, zero at
// equality, and the triangle inequality.
func TestAffectDistanceIsAMetric(t *testing.T) {
	point := rapid.Custom(func(t *rapid.T) segue.Affect {
		u := rapid.Float64Range(0, 1)
		return segue.Affect{Valence: u.Draw(t, "v"), Arousal: u.Draw(t, "a")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := point.Draw(t, "a"), point.Draw(t, "b"), point.Draw(t, "c")
		if a.Distance(b) != b.Distance(a) || a.Distance(a) != 0 {
			t.Fatalf("not symmetric or not zero: %v %v", a, b)
		}
		if a.Distance(c) > a.Distance(b)+b.Distance(c)+1e-12 {
			t.Fatalf("triangle inequality fails: %v %v %v", a, b, c)
		}
	})
}

func TestMembershipJSONNamesTheMoods(t *testing.T) {
	got, err := json.Marshal(segue.Membership{.1, .2, .3, .4})
	if want := `{"angry":0.1,"sad":0.2,"calm":0.3,"happy":0.4}`; err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if _, err := json.Marshal(segue.Membership{math.NaN()}); err == nil {
		t.Error("a NaN reached JSON")
	}
}

func TestMembershipJSONComesBack(t *testing.T) {
	want := segue.Membership{.1, .2, .3, .4}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := segue.Membership{1, 1, 1, 1} // what was there before is gone
	if err := json.Unmarshal(b, &got); err != nil || got != want {
		t.Errorf("got %v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`{"calm":1}`), &got); err != nil || got != (segue.Membership{segue.Calm: 1}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{`{"calm":1.5}`, `{"calm":-1}`, `{"mixed":1}`, `{"tired":1}`, `[1,0,0,0]`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read as %v", bad, got)
		}
	}
}

func TestInputErrorIsOneLine(t *testing.T) {
	for want, e := range map[string]segue.InputError{
		"a.csv: row 3, column tempo: not a number; write 120": {File: "a.csv", Row: 3, Column: "tempo", Problem: "not a number", Hint: "write 120"},
		"a.csv: empty":        {File: "a.csv", Problem: "empty"},
		"column key: too big": {Column: "key", Problem: "too big"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestGrid(t *testing.T) {
	for _, c := range []struct {
		cell segue.Cell
		at   segue.Affect
	}{{segue.Cell{1, 1}, segue.Affect{}}, {segue.Cell{5, 5}, segue.Affect{Valence: .5, Arousal: .5}}, {segue.Cell{9, 2}, segue.Affect{Valence: 1, Arousal: .125}}} {
		if got := c.cell.At(); got != c.at {
			t.Errorf("%v lies at %v, want %v", c.cell, got, c.at)
		}
	}
	for v := -1; v <= segue.GridSize+2; v++ {
		for a := -1; a <= segue.GridSize+2; a++ {
			c := segue.Cell{v, a}
			inside := v >= 1 && v <= 9 && a >= 1 && a <= 9
			if c.Valid() != inside {
				t.Errorf("%v: valid %v", c, c.Valid())
			}
			if inside && segue.CellAt(c.At()) != c {
				t.Errorf("%v comes back as %v", c, segue.CellAt(c.At()))
			}
		}
	}
	if got := segue.CellAt(segue.Affect{Valence: -3, Arousal: 7}); got != (segue.Cell{1, 9}) {
		t.Errorf("off the plane: %v", got)
	}
}

func TestEarlySkip(t *testing.T) {
	for _, c := range []struct {
		heard, length time.Duration
		want          bool
	}{
		{29 * time.Second, 3 * time.Minute, true},
		{30 * time.Second, 3 * time.Minute, false},
		{19 * time.Second, 40 * time.Second, true}, // half is 20 s
		{20 * time.Second, 40 * time.Second, false},
		{29 * time.Second, 0, true}, // of unknown length
		{0, time.Millisecond, true},
	} {
		if got := segue.EarlySkip(c.heard, c.length); got != c.want {
			t.Errorf("%v of %v: %v", c.heard, c.length, got)
		}
	}
}
