package mood

import (
	"context"
	"math"
	"slices"
	"testing"

	"segue"
)

// Centers 0, 3 and 9; a row at 1 is 1 from the first and 2 from the second:
// margin 1 − 1/2. At 6 it is 3 from both others: 0. On a center: 1.
func TestMarginByHand(t *testing.T) {
	centers := [][]float64{{0}, {3}, {9}}
	for at, want := range map[float64]float64{1: .5, 6: 0, 3: 1, 1.5: 0} {
		if got := hardMargin(centers, []float64{at}); got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
	if got := hardMargin(centers[:1], []float64{5}); got != 1 {
		t.Errorf("of one center: %v", got)
	}
	if got := hardMargin([][]float64{{2}, {2}}, []float64{2}); got != 0 {
		t.Errorf("on two centers: %v", got)
	}
	if got := lead([]float64{.25, .625, .125}); got != .375 {
		t.Errorf("lead %v", got)
	}
	if got := lead([]float64{1}); got != 1 {
		t.Errorf("lead of one: %v", got)
	}
}

// Assign says of each track what Cluster, Membership and Place say.
func TestAssignAgrees(t *testing.T) {
	c := fourMoods(200)
	c.Feature[segue.Energy][7] = float32(math.NaN())
	got, err := Train(context.Background(), c, Options{Seed: 1, Restarts: 2, Clock: frozen})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Models {
		a := m.Assign(c)
		for i := range c.Len() {
			v := segue.NoFeatures()
			for f := range v {
				v[f] = c.Feature[f][i]
			}
			cluster, ok := m.Cluster(v)
			if !ok {
				if i != 7 || a.Cluster[i] != -1 || a.Membership[i] != nil || a.Margin[i] == a.Margin[i] || a.At[i].Known() {
					t.Errorf("%s: track %d without energy: %v %v %v", m.Algorithm, i, a.Cluster[i], a.Membership[i], a.Margin[i])
				}
				continue
			}
			u, _ := m.Membership(v)
			near := func(x, y float64) bool { return math.Abs(x-y) < 1e-12 }
			if int(a.Cluster[i]) != cluster || !slices.EqualFunc(a.Membership[i], u, near) || !(a.Margin[i] >= 0 && a.Margin[i] <= 1) || a.At[i] != m.Plane().Place(v) {
				t.Fatalf("%s: track %d: %v %v %v, want %v %v", m.Algorithm, i, a.Cluster[i], a.Membership[i], a.Margin[i], cluster, u)
			}
		}
	}
}
