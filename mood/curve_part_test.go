package mood

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

// Curves that were broken off anywhere and taken up again, from parts that went
// through JSON, are the bytes of those made in one go, and nothing is fitted twice.
func TestCurvesTakenUpAgain(t *testing.T) {
	c := fourMoods(300)
	o := CurveOptions{KMax: 4, References: 2, Seed: 5}
	var parts []CurvePart
	whole := o
	whole.Keep = func(p CurvePart) { parts = append(parts, p) }
	once, err := Curves(context.Background(), c, whole)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(once)
	if len(parts) != 4+3*4 {
		t.Fatalf("%d parts, want 4 of the points and 12 of the gap", len(parts))
	}
	for _, stop := range []int{0, 1, 3, 4, 9, 15, 16} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var have []CurvePart
		first := o
		first.Keep = func(p CurvePart) {
			if len(have) == stop {
				cancel()
				return
			}
			have = append(have, p)
		}
		if _, err := Curves(ctx, c, first); stop < 16 && !errors.Is(err, context.Canceled) || stop == 16 && err != nil {
			t.Fatalf("stopped after %d parts: %v", stop, err)
		}
		text, err := json.Marshal(have)
		if err != nil {
			t.Fatal(err)
		}
		var begun atomic.Int64
		rest := o
		if err := json.Unmarshal(text, &rest.Have); err != nil {
			t.Fatal(err)
		}
		rest.Keep = func(p CurvePart) {
			if slices.ContainsFunc(have, func(q CurvePart) bool {
				return p.K == q.K && (p.Gap == nil) == (q.Gap == nil) && (p.Gap == nil || p.Gap.Table == q.Gap.Table)
			}) {
				t.Errorf("after %d parts %+v is computed twice", stop, p)
			}
			begun.Add(1)
		}
		var last, total int64
		rest.Progress = func(_ string, done, all int64) { last, total = done, all }
		again, err := Curves(context.Background(), c, rest)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(again); !bytes.Equal(got, want) {
			t.Errorf("taken up after %d parts:\n%s\nwant\n%s", stop, got, want)
		}
		if int(begun.Load()) != 16-len(have) || last != total {
			t.Errorf("after %d parts %d were computed, ending at %d of %d fits", len(have), begun.Load(), last, total)
		}
	}
}

// Parts that cannot be of these curves are passed over.
func TestCurvePartsOfOthers(t *testing.T) {
	c := fourMoods(60)
	want, err := Curves(context.Background(), c, CurveOptions{KMax: 2, References: 2})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Curves(context.Background(), c, CurveOptions{KMax: 2, References: 2, Have: []CurvePart{
		{}, {K: -1, Points: &CurvePoint{}}, {K: 3, Points: &CurvePoint{FCM: &FPCPoint{K: 3}}}, {K: 2, Points: &CurvePoint{}},
		{K: 1, Gap: &GapFit{Table: 3, Inertia: 7}}, {K: 1, Gap: &GapFit{Table: -1, Inertia: 7}}, {K: 2},
	}})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(want)
	if b, _ := json.Marshal(got); !bytes.Equal(a, b) {
		t.Errorf("%s\nwant\n%s", b, a)
	}
}
