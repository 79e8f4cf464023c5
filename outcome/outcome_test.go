package outcome_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"segue"
	"segue/outcome"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestChangeByHand(t *testing.T) {
	at := func(v, a float64) segue.Affect { return segue.Affect{Valence: v, Arousal: a} }
	// 3-4-5: the start is .5 away from the target, the end 0.
	near(t, "arrived", outcome.Change(at(0, 0), at(.3, .4), at(.3, .4)), .5, 1e-15)
	near(t, "left", outcome.Change(at(.3, .4), at(0, 0), at(.3, .4)), -.5, 1e-15)
	near(t, "stayed", outcome.Change(at(.2, .9), at(.2, .9), at(1, 0)), 0, 0)
	// To the other side of the target, as far from it.
	near(t, "beyond", outcome.Change(at(.25, .5), at(.75, .5), at(.5, .5)), 0, 1e-15)
	near(t, "corner to corner", outcome.Change(at(0, 0), at(1, 1), at(1, 1)), math.Sqrt2, 1e-15)
}

func TestSummarizeByHand(t *testing.T) {
	// Of .1, .2 and .3 the mean is .2, s is .1, and t(.975; 2) = 4.302653.
	s := outcome.Summarize([]float64{.1, .2, .3})
	near(t, "mean", float64(s.Mean), .2, 1e-15)
	near(t, "sd", float64(s.SD), .1, 1e-15)
	near(t, "lo", float64(s.Lo), .2-4.302652729911275*.1/math.Sqrt(3), 1e-9)
	near(t, "hi", float64(s.Hi), .2+4.302652729911275*.1/math.Sqrt(3), 1e-9)
	if s.Enough || !s.Unclear {
		t.Errorf("three changes around 0 are too few and unclear, got %+v", s)
	}
}

func TestSummarizeEdges(t *testing.T) {
	none := outcome.Summarize(nil)
	if none.N != 0 || none.Mean.Known() || none.SD.Known() || none.Lo.Known() || none.Enough || !none.Unclear {
		t.Errorf("of nothing: %+v", none)
	}
	if b, err := json.Marshal(none); err != nil || string(b) != `{"n":0,"mean":null,"sd":null,"lo":null,"hi":null,"enough":false,"unclear":true}` {
		t.Errorf("as JSON: %s, %v", b, err)
	}
	one := outcome.Summarize([]float64{.4})
	if one.N != 1 || one.Mean != .4 || one.SD.Known() || one.Lo.Known() || !one.Unclear {
		t.Errorf("of one: %+v", one)
	}
	two := outcome.Summarize([]float64{0, .2})
	// t(.975; 1) = 12.7062: ±12.7062·.1414214/√2 = ±1.27062.
	near(t, "lo of two", float64(two.Lo), .1-1.270620473617471, 1e-9)
	equal := outcome.Summarize([]float64{.25, .25, .25, .25, .25, .25, .25, .25, .25, .25})
	if equal.Mean != .25 || equal.SD != 0 || equal.Lo != .25 || equal.Hi != .25 || !equal.Enough || equal.Unclear {
		t.Errorf("of ten equal ones: %+v", equal)
	}
	if nine := outcome.Summarize(make([]float64, 9)); nine.Enough {
		t.Error("nine are too few")
	}
	defer func() {
		if recover() == nil {
			t.Error("NaN passes as a change")
		}
	}()
	outcome.Summarize([]float64{math.NaN()})
}

func TestShareEdges(t *testing.T) {
	if s := outcome.ShareOf(0, 0); s.Lo != 0 || s.Hi != 1 || s.Enough {
		t.Errorf("0 of 0: %+v", s)
	}
	if s := outcome.ShareOf(0, 12); s.Lo != 0 || s.Hi <= 0 || s.Hi >= 1 || !s.Enough {
		t.Errorf("0 of 12: %+v", s)
	}
	// By hand: 1 of 1 has Lo = 1/(1 + z²) = .206549.
	near(t, "1 of 1", outcome.ShareOf(1, 1).Lo, .2065493143772375, 1e-12)
	for _, bad := range [][2]int{{-1, 3}, {4, 3}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v passes as a share", bad)
				}
			}()
			outcome.ShareOf(bad[0], bad[1])
		}()
	}
}

func TestFeelings(t *testing.T) {
	f := outcome.FeelingsOf([]int{-2, 0, 1, 1, 2})
	if f != (outcome.Feelings{1, 0, 1, 2, 1}) || f.N() != 5 || f.Better().K != 3 || f.Worse().K != 1 {
		t.Errorf("got %v", f)
	}
	if none := outcome.FeelingsOf(nil); none.N() != 0 || none.Better().Hi != 1 {
		t.Errorf("of none: %v", none)
	}
	defer func() {
		if recover() == nil {
			t.Error("3 passes as an answer")
		}
	}()
	outcome.FeelingsOf([]int{3})
}

// TestReference holds both intervals against scipy and statsmodels:
// testdata/reference.py.
func TestReference(t *testing.T) {
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Means []struct {
			Values           []float64
			Mean, SD, Lo, Hi float64
		}
		Shares []struct {
			K, N   int
			Lo, Hi float64
		}
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Means) < 5 || len(want.Shares) < 20 {
		t.Fatal("the reference is not whole")
	}
	for _, w := range want.Means {
		s := outcome.Summarize(w.Values)
		near(t, "mean", float64(s.Mean), w.Mean, 1e-12)
		near(t, "sd", float64(s.SD), w.SD, 1e-12)
		near(t, "lo", float64(s.Lo), w.Lo, 1e-9)
		near(t, "hi", float64(s.Hi), w.Hi, 1e-9)
	}
	for _, w := range want.Shares {
		s := outcome.ShareOf(w.K, w.N)
		near(t, "lo", s.Lo, w.Lo, 1e-12)
		near(t, "hi", s.Hi, w.Hi, 1e-12)
	}
}

// A law: another change far above the mean moves the mean up, and no interval
// leaves its mean.
func FuzzSummarize(f *testing.F) {
	f.Add(.1, .2, -.4)
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		for _, v := range [3]float64{a, b, c} {
			if !(math.Abs(v) <= math.Sqrt2) {
				t.Skip()
			}
		}
		s := outcome.Summarize([]float64{a, b, c})
		if m := float64(s.Mean); !(float64(s.Lo) <= m && m <= float64(s.Hi)) {
			t.Fatalf("the mean %v lies outside %v to %v", m, s.Lo, s.Hi)
		}
		if more := outcome.Summarize([]float64{a, b, c, 2}); more.Mean < s.Mean {
			t.Fatalf("a higher change lowers the mean from %v to %v", s.Mean, more.Mean)
		}
	})
}
