package lab_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"segue/lab"
)

// bushy is an offer tree of the shape of the shipped one that asks of a check-in's
// place as often as a tree may, shifted a little.
func bushy(t *testing.T, shift float64) string {
	t.Helper()
	var f struct {
		Purpose  string           `json:"purpose"`
		Version  int              `json:"version"`
		About    string           `json:"about"`
		Features []any            `json:"features"`
		Kinds    []string         `json:"kinds"`
		Root     string           `json:"root"`
		Nodes    []map[string]any `json:"nodes"`
		Leaves   []map[string]any `json:"leaves"`
	}
	if err := json.Unmarshal([]byte(offerFile()), &f); err != nil {
		t.Fatal(err)
	}
	for i, l := range f.Leaves {
		if l["id"] == "sustain" {
			f.Leaves = append(f.Leaves[:i], f.Leaves[i+1:]...)
			break
		}
	}
	kinds := []string{"sustain", "settle", "gentle_lift", "where_to"}
	var grow func(id string, depth int, lo, hi [2]float64)
	grow = func(id string, depth int, lo, hi [2]float64) {
		if depth == 0 {
			f.Leaves = append(f.Leaves, map[string]any{"id": id, "kind": kinds[len(f.Leaves)%4], "title": "t"})
			return
		}
		axis := depth % 2
		middle := (lo[axis]+hi[axis])/2 + shift*(hi[axis]-lo[axis])
		f.Nodes = append(f.Nodes, map[string]any{"id": id, "text": "?", "feature": []string{"check_in_valence", "check_in_arousal"}[axis], "op": ">=", "threshold": middle, "yes": id + "y", "no": id + "n"})
		up, down := lo, hi
		up[axis], down[axis] = middle, middle
		grow(id+"y", depth-1, up, hi)
		grow(id+"n", depth-1, lo, down)
	}
	lo, hi := [2]float64{}, [2]float64{1, 1}
	hi[0], lo[0] = 1, .5 // what "pleasant" leaves
	grow("sustain", 9, lo, hi)
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A tree as large as may be is read, judged and compared in bounded time.
func TestLargeTrees(t *testing.T) {
	began := time.Now()
	var drafts []*lab.Draft
	for _, shift := range []float64{0, .1} {
		file := bushy(t, shift)
		d, problems := lab.ParseDraft([]byte(file))
		if d == nil {
			t.Fatalf("%d bytes: %s", len(file), problems[0].Error())
		}
		drafts = append(drafts, d)
	}
	e, err := lab.EffectsOf(context.Background(), drafts[0].Tree, drafts[1].Tree, 1)
	if err != nil || len(e.Ways) == 0 || e.Changed == 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	t.Logf("%d questions, %d ways, %v in all", len(drafts[0].Tree.Questions()), len(e.Ways), time.Since(began))
	if s := drafts[0].Picture(nil).SVG; !strings.Contains(s, "</svg>") {
		t.Error("no picture")
	}
}
