package mood

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segue"
)

// The slow obvious version: every permutation.
func assignSlowly(cost [][]float64) float64 {
	least := math.Inf(1)
	var try func(row int, used int, total float64)
	try = func(row, used int, total float64) {
		if row == len(cost) {
			least = min(least, total)
			return
		}
		for j := range cost {
			if used&(1<<j) == 0 {
				try(row+1, used|1<<j, total+cost[row][j])
			}
		}
	}
	try(0, 0, 0)
	return least
}

func TestAssignIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "n")
		cost := make([][]float64, n)
		for i := range cost {
			cost[i] = make([]float64, n)
			for j := range cost[i] {
				cost[i][j] = float64(rapid.IntRange(-5, 9).Draw(t, "cost")) / 4 // exact, with ties
			}
		}
		column, total := assign(cost)
		used, sum := map[int]bool{}, 0.0
		for i, j := range column {
			used[j] = true
			sum += cost[i][j]
		}
		if len(used) != n || sum != total || total != assignSlowly(cost) {
			t.Fatalf("%v: %v at %v, want a permutation at %v", cost, column, total, assignSlowly(cost))
		}
	})
}

// Clusters at the anchors happy (.80,.78), sad (.18,.18), calm (.72,.25) and one
// at (.22,.42), nearer to sad, must share out the names: the last takes angry at
// a cost of (.82−.42)² = .16. Forbidden that, the best is to take sad, at
// .04² + .24² = .0592, and push sad to angry, .04² + .64² = .4112: .4704 − .16.
func TestNamesByHand(t *testing.T) {
	got := NamesOf([]segue.Affect{{Valence: .80, Arousal: .78}, {Valence: .18, Arousal: .18}, {Valence: .72, Arousal: .25}, {Valence: .22, Arousal: .42}})
	for i, want := range []string{"happy", "sad", "calm", "angry"} {
		if got[i].Name != want {
			t.Errorf("cluster %d is %q, want %q", i, got[i].Name, want)
		}
	}
	close(t, "margin of angry", float64(got[3].Margin), .3104)
	close(t, "margin of sad", float64(got[1].Margin), .3104) // the same exchange
	if order := byMood(got); order[0] != 3 || order[1] != 1 || order[2] != 2 || order[3] != 0 {
		t.Errorf("order %v", order)
	}
}

func TestNamesOfOtherNumbers(t *testing.T) {
	calm := segue.AnchorOf(segue.Calm)
	got := NamesOf([]segue.Affect{{Valence: .70, Arousal: .30}, {Valence: .10, Arousal: .10}, calm, {Valence: .60, Arousal: .30}, segue.Nowhere()})
	for i, want := range []string{"calm 2", "sad", "calm", "calm 3", "angry"} {
		if got[i].Name != want {
			t.Errorf("cluster %d is %q, want %q", i, got[i].Name, want)
		}
	}
	// From calm's anchor (.72,.25) the next is sad's, (.18,.18): .54² + .07².
	// Happy's is .08² + .53² = .2873 away, nearer.
	close(t, "margin at the anchor", float64(got[2].Margin), .2873)
	if got[4].Margin.Known() || got[4].Valence.Known() {
		t.Errorf("a cluster without tracks: %+v", got[4])
	}
	for i, want := range []int{4, 1, 2, 0, 3} {
		if order := byMood(got); order[i] != want {
			t.Errorf("order %v", order)
		}
	}
	if len(NamesOf(nil)) != 0 || NamesOf([]segue.Affect{calm})[0].Name != "calm" {
		t.Error("no cluster or one")
	}
	four := NamesOf([]segue.Affect{calm, segue.Nowhere(), segue.AnchorOf(segue.Happy), segue.AnchorOf(segue.Angry)})
	if four[1].Name != "sad" || four[1].Margin.Known() {
		t.Errorf("the name that is left: %+v", four[1])
	}
}

// Moods do not depend on the clusters' order, and margins are no less than 0.
func TestMoodsFollowTheirClusters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Float64Range(0, 1)
		k := rapid.IntRange(1, 7).Draw(t, "k")
		at := make([]segue.Affect, k)
		for i := range at {
			at[i] = segue.Affect{Valence: unit.Draw(t, "v"), Arousal: unit.Draw(t, "a")}
		}
		names := NamesOf(at)
		seen := map[string]bool{}
		for _, n := range names {
			if seen[n.Name] || n.Margin < 0 {
				t.Fatalf("%+v", names)
			}
			seen[n.Name] = true
		}
		slices.Reverse(at)
		for i, n := range NamesOf(at) {
			if m := names[k-1-i]; n.Mood != m.Mood && float64(n.Margin) > 1e-9 {
				t.Fatalf("%+v reversed is %+v", names, NamesOf(at))
			}
		}
	})
}

// The study's own centers (energy, acousticness, valence, standardized) and its
// names, the third of fuzzy c-means read by its numbers: happy.
func TestNamesOfTheStudysCenters(t *testing.T) {
	c := sampleCatalog(t)
	s, err := newSpace(c, DefaultFeatures(), 4)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlane(c)
	if err != nil {
		t.Fatal(err)
	}
	at := pick(p.Positions(c), ints(s.rows))
	least := math.Inf(1)
	for name, centers := range map[string][][]float64{
		KMeans: {{0.470, -0.688, -0.758}, {-1.485, 1.427, -0.875}, {-0.351, 0.860, 0.719}, {0.605, -0.627, 0.937}},
		GMM:    {{0.974, -0.942, -0.263}, {-1.592, 1.711, -0.565}, {-0.146, 0.336, 0.209}, {0.426, -0.781, 0.158}},
		FCM:    {{0.656, -0.763, -0.744}, {-1.556, 1.535, -0.859}, {-0.353, 0.592, 0.423}, {0.631, -0.609, 0.935}},
	} {
		for i, n := range NamesOf(meanPositions(at, nearestTo(centers, s.x), 4)) {
			least = min(least, float64(n.Margin))
			if n.Mood != segue.Mood(i) {
				t.Errorf("%s: cluster %d is %s, want %s", name, i, n.Name, segue.Mood(i))
			}
			t.Logf("%s: %s, margin %.2f", name, n.Name, n.Margin)
		}
	}
	if least < .25 {
		t.Errorf("least margin %.3f, want at least .25", least)
	}
}

func ints(rows []int32) []int {
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i] = int(r)
	}
	return out
}
