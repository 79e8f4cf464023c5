package chart

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestTimeLine by hand: two days apart, then 100 days of nothing, then one day.
// The break takes 5 % of the line of 100, the three busy days share the rest.
func TestTimeLine(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
	l := newTimeLine([]time.Time{day(0), day(2), day(102), day(103)}, 0, 100)
	for i, want := range []float64{0, 95. * 2 / 3, 95.*2/3 + 5, 100} {
		if math.Abs(l.pos[i]-want) > 1e-9 {
			t.Errorf("moment %d stands at %g, want %g", i, l.pos[i], want)
		}
	}
	if x := l.x(day(1)); math.Abs(x-95./3) > 1e-9 {
		t.Errorf("a moment between two stands at %g", x)
	}
	if !l.inGap(day(50)) || l.inGap(day(1)) || l.inGap(day(2)) {
		t.Error("the break is not where nothing happened")
	}
}

// TestTimeLineKeepsOrder: whatever the moments, places rise with time and stay
// on the line.
func TestTimeLineKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SliceOfN(rapid.IntRange(0, 50_000), 1, 60).Draw(t, "hours")
		slices.Sort(hours)
		var at []time.Time
		for _, h := range hours {
			at = append(at, time.Date(2020, 1, 1, h, 0, 0, 0, time.UTC))
		}
		l := newTimeLine(at, 10, 200)
		last := 10.
		for i, x := range l.pos {
			if x < last-1e-9 || x > 200+1e-6 || math.IsNaN(x) {
				t.Fatalf("moment %d stands at %g after %g", i, x, last)
			}
			if got := l.x(at[i]); got > x+1e-6 {
				t.Fatalf("x of moment %d is %g, its place %g", i, got, x)
			}
			last = x
		}
	})
}
