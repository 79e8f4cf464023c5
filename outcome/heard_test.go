package outcome_test

import (
	"testing"
	"time"

	"segue"
	"segue/outcome"

	"pgregory.net/rapid"
)

func TestCompletedByHand(t *testing.T) {
	for _, c := range []struct {
		heard, planned time.Duration
		want           bool
	}{
		{48 * time.Minute, time.Hour, true}, // 80 % itself
		{48*time.Minute - time.Millisecond, time.Hour, false},
		{0, time.Hour, false}, {2 * time.Hour, time.Hour, true},
		{time.Minute, 0, false}, // nothing was planned, so nothing was completed
	} {
		if got := outcome.Completed(c.heard, c.planned); got != c.want {
			t.Errorf("%v of %v: %v", c.heard, c.planned, got)
		}
	}
}

func TestNightHeardByHand(t *testing.T) {
	at := func(s string) time.Time {
		m, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		end    string
		heard  time.Duration
		offset int
		want   time.Duration
	}{
		{"2024-05-06 23:10", 20 * time.Minute, 0, 10 * time.Minute},
		{"2024-05-06 06:05", 20 * time.Minute, 0, 15 * time.Minute},
		{"2024-05-06 22:59", time.Hour, 0, 0},
		{"2024-05-06 12:00", 24 * time.Hour, 0, 7 * time.Hour},
		{"2024-05-06 12:00", 48 * time.Hour, 0, 14 * time.Hour},
		{"2024-05-06 16:10", 20 * time.Minute, 7 * 60, 10 * time.Minute}, // 23:10 in Ho Chi Minh City
		{"2024-05-06 00:30", time.Hour, -60, 30 * time.Minute},           // 22:30 to 23:30
		{"1969-12-31 23:30", time.Hour, 0, 30 * time.Minute},             // before 1970
		{"2024-05-06 02:00", 0, 0, 0},
	} {
		if got := outcome.NightHeard(at(c.end), c.heard, c.offset); got != c.want {
			t.Errorf("%s − %v at %d: got %v, want %v", c.end, c.heard, c.offset, got, c.want)
		}
	}
}

// Night is what it is minute by minute.
func TestNightHeardIsItsMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		end := time.UnixMilli(60_000 * rapid.Int64Range(-1e6, 3e7).Draw(t, "end")).UTC()
		minutes := rapid.IntRange(0, 4000).Draw(t, "minutes")
		offset := rapid.IntRange(-840, 840).Draw(t, "offset")
		slow := time.Duration(0)
		for m := range minutes {
			at := end.Add(-time.Duration(m+1) * time.Minute)
			if h := at.Add(time.Duration(offset) * time.Minute).Hour(); h >= 23 || h < 6 {
				slow += time.Minute
			}
			if got := outcome.IsNight(at, offset); got != (at.In(time.FixedZone("", 60*offset)).Hour() >= 23 || at.In(time.FixedZone("", 60*offset)).Hour() < 6) {
				t.Fatalf("%v at %d is night: %v", at, offset, got)
			}
		}
		if got := outcome.NightHeard(end, time.Duration(minutes)*time.Minute, offset); got != slow {
			t.Fatalf("%v − %d min at %d: got %v, want %v", end, minutes, offset, got, slow)
		}
	})
}

// Every pair of cells against the squares of their distances, in whole numbers.
func TestFartherOfAllCells(t *testing.T) {
	if !outcome.Farther(segue.Cell{5, 5}, segue.Cell{3, 5}, segue.Cell{5, 5}) || outcome.Farther(segue.Cell{5, 5}, segue.Cell{4, 4}, segue.Cell{5, 5}) {
		t.Error("two cells from the target are 2 farther, one diagonal step is 1.41")
	}
	harmed := 0
	target := segue.Cell{7, 3}
	square := func(c segue.Cell) int {
		return (c[0]-target[0])*(c[0]-target[0]) + (c[1]-target[1])*(c[1]-target[1])
	}
	for b := range 81 {
		for a := range 81 {
			before, after := segue.Cell{1 + b%9, 1 + b/9}, segue.Cell{1 + a%9, 1 + a/9}
			// √x ≥ √y + 2 ⟺ x − y − 4 ≥ 4√y ⟺ x − y − 4 ≥ 0 and (x − y − 4)² ≥ 16y.
			d := square(after) - square(before) - 4
			want := d >= 0 && d*d >= 16*square(before)
			if got := outcome.Farther(before, after, target); got != want {
				t.Fatalf("%v to %v: %v", before, after, got)
			}
			if want {
				harmed++
			}
		}
	}
	if harmed == 0 || harmed == 81*81 {
		t.Errorf("%d of all", harmed)
	}
}
