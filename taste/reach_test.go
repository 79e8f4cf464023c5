package taste

import (
	"context"
	"math"
	"testing"
	"time"
)

// Leaving a report out by the formula is leaving it out, under each model.
func TestReachAgainstRefits(t *testing.T) {
	g := ground(60, 21)
	var reports []report
	for row := range int32(8) {
		reports = append(reports, report{head: row, row: row})
	}
	y, noise := []float64{.2, .1, -.05, .3, .12, .2, -.1, .15}, []float64{.01, .02, .01, .01, .03, .01, .01, .015}
	d := g.squares(reports)
	for _, m := range models() {
		whole, _ := m.posterior(.2, 2, y, noise, d, 8)
		whole.weight = 1
		a := axis{sigma: .2, noise: noise, models: []fitted{whole}}
		a.sum()
		parts, err := a.without(t.Context(), 2, d, []int{7, -1})
		if err != nil {
			t.Fatal(err)
		}
		less, _ := m.posterior(.2, 2, y[:7], noise, d, 8)
		less.weight = 1
		b := axis{sigma: .2, noise: noise[:7], models: []fitted{less}}
		b.sum()
		for row := int32(10); row < 50; row++ {
			var square []float64
			for j := range int32(8) {
				square = append(square, g.square(row, j))
			}
			want := a.mean(2, square, -1) - b.mean(2, square[:7], -1)
			if got := parts[0].mean(2, square, -1); math.Abs(got-want) > 1e-9 {
				t.Fatalf("%+v, row %d: adds %g, by a refit %g", m, row, got, want)
			}
		}
		if len(parts[1].models) > 0 {
			t.Error("no report adds something")
		}
	}
}

// One who moves everything alike reaches all with each; who contradicts nothing and
// nobody reaches none.
func TestReach(t *testing.T) {
	g := ground(80, 23)
	var all []Said
	for row := range int32(4) {
		x := g.Positions[row]
		all = append(all, feels(row, min(1, x.Valence+.3), x.Arousal, time.Duration(row)*time.Hour))
	}
	learned := fit(t, g, all...)
	got, err := learned.Reach(context.Background(), []int32{0, 50})
	if err != nil || got[0].Tracks == 0 || got[0].About || got[1].Tracks != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := learned.Reach(ctx, []int32{0}); err == nil {
		t.Error("nothing called it off")
	}
	if got, err := fit(t, g).Reach(context.Background(), []int32{1}); err != nil || got[0].Tracks != 0 {
		t.Errorf("of nothing %+v, %v", got, err)
	}
}
