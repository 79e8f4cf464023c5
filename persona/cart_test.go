package persona

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFitCARTByHand(t *testing.T) {
	// x: 1 a, 2 a, 3 b, 4 a. Σ n²/n after a split: at 1.5: 1 + (1+4)/3·… =
	// 1 + 5/3 = 2.67; at 2.5: 2 + 2/2 = 3; at 3.5: (4+1)/3 + 1 = 2.67. So 2.5;
	// then 3.5 parts b from a.
	tree, err := FitCART([][]float64{{1}, {2}, {3}, {4}}, []string{"x"}, []string{"a", "a", "b", "a"}, CARTOptions{})
	if err != nil {
		t.Fatal(err)
	}
	q := tree.Questions()
	if len(q) != 2 || q[0].Threshold != 2.5 || q[1].Threshold != 3.5 {
		t.Fatalf("got %+v", q)
	}
	for x, want := range map[float64]string{1: "a", 2.4: "a", 3: "b", 9: "a"} {
		if d, _ := tree.Decide(Values{"x": x}); d.Kind != want {
			t.Errorf("%v: got %s, want %s", x, d.Kind, want)
		}
	}
	// R(root) = 4/4 · 3/8 = .375, and the questions bring it to 0 with two more
	// leaves: .1875 a leaf. The lower one alone: 2/4 · 1/2 = .25 for one leaf.
	for alpha, leaves := range map[float64]int{0.18: 3, 0.19: 1} {
		p, err := FitCART([][]float64{{1}, {2}, {3}, {4}}, []string{"x"}, []string{"a", "a", "b", "a"}, CARTOptions{Alpha: alpha})
		if err != nil || len(p.Leaves()) != leaves {
			t.Errorf("alpha %v: %d leaves, want %d (%v)", alpha, len(p.Leaves()), leaves, err)
		}
	}
}

func TestFitCARTAgreesWithScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/cart.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Features []string
		Rows     [][]float64
		Labels   []string
		Cases    []struct {
			MaxDepth int `json:"max_depth"`
			MinLeaf  int `json:"min_leaf"`
			Alpha    float64
			Correct  int
			Nodes    []struct {
				Feature   string
				Threshold float64
				N         int
			}
		}
	}
	if err := json.Unmarshal(b, &ref); err != nil {
		t.Fatal(err)
	}
	for _, c := range ref.Cases {
		o := CARTOptions{MaxDepth: c.MaxDepth, MinLeaf: c.MinLeaf, Alpha: c.Alpha}
		g, err := newGrower(ref.Rows, ref.Features, ref.Labels, o)
		if err != nil {
			t.Fatal(err)
		}
		all := make([]int, len(ref.Rows))
		for i := range all {
			all[i] = i
		}
		root := g.grow(all, 0)
		prune(root, c.Alpha)
		i := 0
		var walk func(s *split)
		walk = func(s *split) {
			if i >= len(c.Nodes) {
				t.Fatalf("%+v: more nodes than scikit-learn's %d", o, len(c.Nodes))
			}
			want := c.Nodes[i]
			i++
			if s.n != want.N || (s.below == nil) != (want.Feature == "") {
				t.Fatalf("%+v: node %d has %d rows, leaf %v; scikit-learn %+v", o, i-1, s.n, s.below == nil, want)
			}
			if s.below == nil {
				return
			}
			if g.features[s.feature] != want.Feature || math.Abs(s.threshold-want.Threshold) > 1e-6 {
				t.Fatalf("%+v: node %d asks %s < %v; scikit-learn %+v", o, i-1, g.features[s.feature], s.threshold, want)
			}
			walk(s.below)
			walk(s.atLeast)
		}
		walk(root)
		if i != len(c.Nodes) {
			t.Errorf("%+v: %d nodes, scikit-learn %d", o, i, len(c.Nodes))
		}
		tree, err := FitCART(ref.Rows, ref.Features, ref.Labels, o)
		if err != nil {
			t.Fatal(err)
		}
		correct := 0
		for j, row := range ref.Rows {
			v := Values{}
			for k, name := range ref.Features {
				v[name] = row[k]
			}
			if d, _ := tree.Decide(v); d.Kind == ref.Labels[j] {
				correct++
			}
		}
		if correct != c.Correct {
			t.Errorf("%+v: %d rows right, scikit-learn %d", o, correct, c.Correct)
		}
	}
}

// Laws: the tree validates (FitCART would fail), a leaf holds MinLeaf rows, an
// unpruned deep tree of distinct rows errs nowhere, the order of the rows does
// not matter, and what is written is read.
func TestFitCARTLaws(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(r, "n")
		rows, labels := make([][]float64, n), make([]string, n)
		seen := map[[2]float64]bool{}
		distinct := true
		for i := range rows {
			x := [2]float64{float64(rapid.IntRange(0, 9).Draw(r, "x")), rapid.Float64Range(-1e3, 1e3).Draw(r, "y")}
			distinct = distinct && !seen[x]
			seen[x] = true
			rows[i], labels[i] = x[:], string('a'+rune(rapid.IntRange(0, 2).Draw(r, "label")))
		}
		o := CARTOptions{MaxDepth: MaxTreeDepth, MinLeaf: rapid.IntRange(1, 4).Draw(r, "leaf")}
		tree, err := FitCART(rows, []string{"x", "y"}, labels, o)
		if err != nil {
			r.Fatal(err)
		}
		total := 0
		for _, l := range tree.Leaves() {
			total += l.N
			if l.N < o.MinLeaf && len(tree.Leaves()) > 1 {
				r.Fatalf("a leaf of %d rows", l.N)
			}
		}
		if total != n {
			r.Fatalf("leaves hold %d of %d rows", total, n)
		}
		b, err := json.Marshal(tree)
		if err != nil {
			r.Fatal(err)
		}
		again, err := ParseTree(b)
		if err != nil {
			r.Fatal(err)
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) {
			rows[i], rows[j] = rows[j], rows[i]
			labels[i], labels[j] = labels[j], labels[i]
		})
		shuffled, err := FitCART(rows, []string{"x", "y"}, labels, o)
		if err != nil {
			r.Fatal(err)
		}
		if c, _ := json.Marshal(shuffled); string(c) != string(b) {
			r.Fatalf("the order of rows matters:\n%s\n%s", b, c)
		}
		deep := o.MinLeaf == 1 && distinct && n <= MaxTreeDepth
		for i, row := range rows {
			d, _ := again.Decide(Values{"x": row[0], "y": row[1]})
			if deep && d.Kind != labels[i] {
				r.Fatalf("row %v is %s, not %s", row, d.Kind, labels[i])
			}
		}
	})
}

func TestFitCARTRefuses(t *testing.T) {
	x := []string{"x"}
	cases := []struct {
		rows     [][]float64
		features []string
		labels   []string
		want     string
	}{
		{nil, x, nil, "0 rows"},
		{[][]float64{{1}}, x, nil, "1 rows and 0 labels"},
		{[][]float64{{1}}, nil, []string{"a"}, "no features"},
		{[][]float64{{1}, {1, 2}}, x, []string{"a", "b"}, "row 1 has 2 values"},
		{[][]float64{{1}, {math.NaN()}}, x, []string{"a", "b"}, `row 1, feature "x" is NaN`},
		{[][]float64{{1, 2}}, []string{"x", "x"}, []string{"a"}, "declared twice"},
	}
	for _, c := range cases {
		if _, err := FitCART(c.rows, c.features, c.labels, CARTOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	defer func() {
		if s, _ := recover().(string); !strings.HasPrefix(s, "persona: ") {
			t.Errorf("a bad call panics with %q", s)
		}
	}()
	FitCART([][]float64{{1}}, x, []string{"a"}, CARTOptions{MaxDepth: -1})
}
