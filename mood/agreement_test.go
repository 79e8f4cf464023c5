package mood

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"segue"
)

// twoNames trains a model and returns it with a copy that calls its first two
// clusters by each other's moods.
func twoNames(t *testing.T, c *segue.Catalog) (a, b *Model) {
	t.Helper()
	trained, err := Train(context.Background(), c, Options{Algorithms: []string{KMeans}})
	if err != nil {
		t.Fatal(err)
	}
	a = trained.Models[0]
	other := *a
	other.Moods = slices.Clone(a.Moods)
	other.Moods[0].Mood, other.Moods[1].Mood = a.Moods[1].Mood, a.Moods[0].Mood
	return a, &other
}

// Renamed clusters are the same clusters: an index of 1, and every track of the two
// has moved, one way and the other.
func TestAgreeByHand(t *testing.T) {
	c := fourMoods(40)
	c.Popularity = make([]int8, 40)
	a, b := twoNames(t, c)
	favourite := int32(-1)
	for row, l := range a.Labels(c) {
		if l == 0 {
			favourite = int32(row) // the last of the cluster
		}
	}
	c.Popularity[favourite] = 90
	same := Agree(c, a, a)
	if same.Tracks != 40 || same.ARI != 1 || same.SameMood != 1 || len(same.Moves) != 0 {
		t.Errorf("with itself: %+v", same)
	}
	got := Agree(c, a, b)
	stayed := a.Sizes[2] + a.Sizes[3]
	if got.Tracks != 40 || got.ARI != 1 || math.Abs(float64(got.SameMood)-float64(stayed)/40) > 1e-12 || len(got.Moves) != 2 {
		t.Fatalf("%+v", got)
	}
	for _, m := range got.Moves {
		if n := a.Sizes[m.From]; m.From == m.To || m.Tracks != n || len(m.Rows) != min(n, Examples) {
			t.Errorf("%+v, of a cluster of %d", m, n)
		}
		if m.From == a.Moods[0].Mood && m.Rows[0] != favourite {
			t.Errorf("%v are named, not first %d, which most people know", m.Rows, favourite)
		}
	}
	none := Agree(catalogOf(segue.NoFeatures()), a, b)
	if none.Tracks != 0 || none.ARI.Known() || none.SameMood.Known() {
		t.Errorf("of a track without features: %+v", none)
	}
	text, err := json.Marshal(none)
	if want := `{"tracks":0,"ari":null,"same_mood":null,"moves":[]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
}

// Every two models once, and the index does not mind which comes first.
func TestAgreeAll(t *testing.T) {
	c := fourMoods(200)
	trained, err := Train(context.Background(), c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := AgreeAll(c, trained.Models)
	if len(all) != 3 {
		t.Fatalf("%d pairs of three models", len(all))
	}
	for i, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
		a, b := trained.Models[pair[0]], trained.Models[pair[1]]
		there, back := Agree(c, a, b), Agree(c, b, a)
		if math.Abs(float64(there.ARI-back.ARI)) > 1e-12 || there.SameMood != back.SameMood || there.ARI != all[i].ARI {
			t.Errorf("%s and %s: %+v, back %+v, among all %+v", a.Algorithm, b.Algorithm, there, back, all[i])
		}
	}
}

// A model without its plane comes back whole with it, and is small.
func TestSlim(t *testing.T) {
	c := fourMoods(3000)
	trained, err := Train(context.Background(), c, Options{Null: true, Stability: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range trained.Models {
		small, err := m.MarshalSlim()
		if err != nil {
			t.Fatal(err)
		}
		whole, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if len(small) > 8<<10 || len(small)*5 > len(whole) {
			t.Errorf("%s: %d bytes, %d with the plane", m.Algorithm, len(small), len(whole))
		}
		back, err := UnmarshalSlim(small, trained.Plane)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(back); !bytes.Equal(again, whole) {
			t.Errorf("%s came back as\n%.300s", m.Algorithm, again)
		}
		if m.Fitted.Plane == nil {
			t.Error("the model lost its plane")
		}
		if _, err := UnmarshalSlim(small, nil); err == nil {
			t.Error("a model without a plane can be read")
		}
	}
	for _, bad := range []string{"", "{}", `{"model":{}}`, `{"model":7,"fitted":{}}`, "[]"} {
		if _, err := UnmarshalSlim([]byte(bad), trained.Plane); err == nil {
			t.Errorf("%s can be read", bad)
		}
	}
}
