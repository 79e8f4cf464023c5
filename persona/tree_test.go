package persona

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// small is a tree of two questions: warm? then sunny?
const small = `{
 "purpose": "other", "version": 1, "about": "",
 "features": [{"name": "t", "label": "the warmth", "lo": -20, "hi": 40, "unit": "plain"},
              {"name": "s", "label": "the sun", "lo": 0, "hi": 1, "unit": "share"}],
 "kinds": ["swim", "walk", "read"],
 "root": "warm",
 "nodes": [
  {"id": "warm", "text": "Warm?", "feature": "t", "op": ">=", "threshold": 25, "yes": "sunny", "no": "read", "yes_text": "it is warm", "no_text": "it is cool"},
  {"id": "sunny", "text": "Sunny?", "feature": "s", "op": "<", "threshold": 0.5, "yes": "walk", "no": "swim", "yes_text": "clouds", "no_text": "sun"}],
 "leaves": [
  {"id": "swim", "kind": "swim", "title": "Swim", "text": ""},
  {"id": "walk", "kind": "walk", "title": "Walk", "text": ""},
  {"id": "read", "kind": "read", "title": "Read", "text": ""}]
}`

func mustTree(t testing.TB, s string) *Tree {
	t.Helper()
	tree, err := ParseTree([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestDecideByHand(t *testing.T) {
	tree := mustTree(t, small)
	nan := math.NaN()
	cases := []struct {
		t, s     float64
		kind     string
		branches string
	}{
		{30, 0.9, "swim", "yes no"},
		{30, 0.4, "walk", "yes yes"},
		{25, 0.5, "swim", "yes no"}, // both thresholds met exactly
		{math.Nextafter(25, 0), 1, "read", "no"},
		{nan, 1, "read", "no"},
		{30, nan, "swim", "yes no"}, // unknown is "no", whatever the comparison
	}
	for _, c := range cases {
		d, path := tree.Decide(Values{"t": c.t, "s": c.s})
		var got []string
		for _, s := range path {
			got = append(got, s.Branch)
		}
		if d.Kind != c.kind || strings.Join(got, " ") != c.branches {
			t.Errorf("(%v, %v): got %s by %v, want %s by %s", c.t, c.s, d.Kind, got, c.kind, c.branches)
		}
	}
	_, path := tree.Decide(Values{"t": 30})
	if !strings.HasPrefix(path[1].Text, "not known yet, and so taken as no: ") || path[1].Value.Known() {
		t.Errorf("an unknown value passes silently: %+v", path[1])
	}
}

func TestCounterfactualByHand(t *testing.T) {
	tree := mustTree(t, small)
	// At 30°, sun .9: below 25° is 5/60 = .083 of the interval away (read);
	// sun below .5 is .4 away (walk). The smaller change is the first.
	c, ok := tree.Counterfactual(Values{"t": 30, "s": 0.9})
	if !ok || c.Feature != "t" || c.Op != Below || c.Threshold != 25 || c.Kind != "read" {
		t.Errorf("got %+v, %v", c, ok)
	}
	// At 10°, sun .45: 25° is .25 away (walk); sun alone changes nothing.
	c, ok = tree.Counterfactual(Values{"t": 10, "s": 0.45})
	if !ok || c.Feature != "t" || c.Op != AtLeast || c.Kind != "walk" {
		t.Errorf("got %+v, %v", c, ok)
	}
	if c, ok = tree.Counterfactual(Values{}); ok {
		t.Errorf("nothing is known, and yet %+v", c)
	}
}

// edit changes the parsed JSON of the small tree.
func edit(t *testing.T, change func(m map[string]any)) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(small), &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseTreeRefuses(t *testing.T) {
	node := func(m map[string]any, i int) map[string]any { return m["nodes"].([]any)[i].(map[string]any) }
	leaf := func(m map[string]any, i int) map[string]any { return m["leaves"].([]any)[i].(map[string]any) }
	feature := func(m map[string]any, i int) map[string]any { return m["features"].([]any)[i].(map[string]any) }
	cases := []struct {
		name, want string
		change     func(m map[string]any)
	}{
		{"unknown feature", `node "warm": unknown feature "rain"`, func(m map[string]any) { node(m, 0)["feature"] = "rain" }},
		{"threshold outside", `threshold 41 lies outside "t"'s interval [-20, 40]`, func(m map[string]any) { node(m, 0)["threshold"] = 41 }},
		{"threshold at the edge", `no value of "t" takes the "no" branch`, func(m map[string]any) { node(m, 0)["threshold"] = -20 }},
		{"decided above", `node "sunny": no value of "t" takes the "yes" branch`, func(m map[string]any) {
			node(m, 1)["feature"], node(m, 1)["threshold"] = "t", 20
		}},
		{"unknown op", `unknown op ">"`, func(m map[string]any) { node(m, 0)["op"] = ">" }},
		{"duplicate id", `id "warm" is used twice`, func(m map[string]any) { node(m, 1)["id"] = "warm" }},
		{"leaf named as a node", `id "warm" is used twice`, func(m map[string]any) { leaf(m, 0)["id"] = "warm" }},
		{"cycle", `a cycle or a shared part`, func(m map[string]any) { node(m, 1)["yes"] = "warm" }},
		{"shared leaf", `a cycle or a shared part`, func(m map[string]any) { node(m, 1)["yes"] = "read" }},
		{"missing leaf", `node "sunny" (yes) leads to "sail", which is neither`, func(m map[string]any) { node(m, 1)["yes"] = "sail" }},
		{"missing root", `the root leads to ""`, func(m map[string]any) { m["root"] = "" }},
		{"unreachable node", `no branch leads to node "warm"`, func(m map[string]any) { m["root"] = "sunny" }},
		{"unreachable leaf", `no branch leads to leaf "swim"`, func(m map[string]any) {
			m["root"] = "warm"
			node(m, 0)["yes"] = "walk"
			m["nodes"] = m["nodes"].([]any)[:1]
		}},
		{"unknown kind", `leaf "read" has the kind "sleep"`, func(m map[string]any) { leaf(m, 2)["kind"] = "sleep" }},
		{"unknown purpose", `unknown purpose "weather"`, func(m map[string]any) { m["purpose"] = "weather" }},
		{"no version", `version 0`, func(m map[string]any) { m["version"] = 0 }},
		{"no leaves", `no leaves`, func(m map[string]any) { m["leaves"] = []any{} }},
		{"feature twice", `feature "t" is declared twice`, func(m map[string]any) { feature(m, 1)["name"] = "t" }},
		{"interval upside down", `lo must not exceed hi`, func(m map[string]any) { feature(m, 1)["lo"] = 2 }},
		{"unknown unit", `unknown unit "stone"`, func(m map[string]any) { feature(m, 1)["unit"] = "stone" }},
		{"flag beyond 1", `is a flag`, func(m map[string]any) { feature(m, 0)["unit"] = "flag" }},
		{"unknown field", `unknown field "colour"`, func(m map[string]any) { m["colour"] = "red" }},
		{"wrong purpose's features", `a tree for "offer" may ask about`, func(m map[string]any) { m["purpose"] = "offer" }},
	}
	for _, c := range cases {
		_, err := ParseTree(edit(t, c.change))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := ParseTree([]byte(small + "{}")); err == nil {
		t.Error("two objects pass")
	}
	if _, err := ParseTree(make([]byte, MaxTreeBytes+1)); err == nil {
		t.Error("an oversized file passes")
	}
	if _, err := ParseTree(chain(MaxTreeDepth)); err != nil {
		t.Errorf("a tree of the greatest depth: %v", err)
	}
	if _, err := ParseTree(chain(MaxTreeDepth + 1)); err == nil {
		t.Error("a tree that is too deep passes")
	}
}

// chain is a tree that is n questions deep.
func chain(n int) []byte {
	f := treeFile{Purpose: DecideOther, Version: 1, Kinds: []string{"k"}, Root: "n0",
		Features: []Feature{{Name: "x", Hi: 1, Unit: Plain}}}
	for i := range n {
		next := fmt.Sprintf("n%d", i+1)
		if i == n-1 {
			next = "end"
		}
		f.Nodes = append(f.Nodes, Node{ID: fmt.Sprintf("n%d", i), Feature: "x", Op: Below,
			Threshold: 1 / float64(i+2), Yes: next, No: fmt.Sprintf("l%d", i)})
		f.Leaves = append(f.Leaves, Leaf{ID: fmt.Sprintf("l%d", i), Kind: "k"})
	}
	f.Leaves = append(f.Leaves, Leaf{ID: "end", Kind: "k"})
	b, _ := json.Marshal(f)
	return b
}

func TestShippedTreesRefuseMissingKinds(t *testing.T) {
	for name, file := range TreeFiles() {
		b := strings.Replace(string(file), `"kind": "nothing"`, `"kind": "ask"`, -1)
		b = strings.Replace(b, `"kind": "spark"`, `"kind": "forge"`, -1)
		if _, err := ParseTree([]byte(b)); err == nil || !strings.Contains(err.Error(), "required kind") {
			t.Errorf("%s without a kind: %v", name, err)
		}
		b = strings.Replace(string(file), `"hi": 1, "unit": "percentile"`, `"hi": 2, "unit": "percentile"`, 1)
		if _, err := ParseTree([]byte(b)); err == nil || !strings.Contains(err.Error(), "must be declared as") {
			t.Errorf("%s with another interval: %v", name, err)
		}
	}
}

func TestTreesCanBeDrawn(t *testing.T) {
	for _, tree := range []*Tree{PersonaTree(), OfferTree()} {
		boxes := tree.Nodes()
		if len(boxes) != len(tree.Questions())+len(tree.Leaves()) || boxes[0].ID != tree.file.Root {
			t.Errorf("%s: %d boxes from %q", tree.Purpose(), len(boxes), boxes[0].ID)
		}
		for i, b := range boxes {
			if b.Label == "" {
				t.Errorf("%s: box %q has no label", tree.Purpose(), b.ID)
			}
			if b.Leaf() {
				continue
			}
			for _, to := range []string{b.Yes, b.No} {
				if slices.IndexFunc(boxes, func(c Box) bool { return c.ID == to }) <= i {
					t.Errorf("%s: %q leads to %q, which does not follow", tree.Purpose(), b.ID, to)
				}
			}
		}
	}
}

// Law: a counterfactual changes the answer, and no smaller change of one
// feature does, as a fine grid over every feature confirms.
func TestCounterfactualIsSmallest(t *testing.T) {
	for _, tree := range []*Tree{PersonaTree(), OfferTree(), mustTree(t, small)} {
		rapid.Check(t, func(r *rapid.T) {
			v := Values{}
			for _, f := range tree.Features() {
				switch {
				case f.Unit == Flag:
					v[f.Name] = float64(rapid.IntRange(0, 1).Draw(r, f.Name))
				case rapid.IntRange(0, 9).Draw(r, f.Name+"?") == 0:
					v[f.Name] = math.NaN()
				default:
					v[f.Name] = rapid.Float64Range(f.Lo, f.Hi).Draw(r, f.Name)
				}
			}
			now, path := tree.Decide(v)
			if again := tree.kind(v); again != now.Kind {
				r.Fatalf("Decide says %s, kind says %s", now.Kind, again)
			}
			if len(path) > MaxTreeDepth {
				r.Fatalf("%d steps", len(path))
			}
			with := func(name string, x float64) string {
				w := Values{}
				for k, y := range v {
					w[k] = y
				}
				w[name] = x
				return tree.kind(w)
			}
			c, ok := tree.Counterfactual(v)
			size := math.Inf(1)
			if ok {
				f := tree.feature[c.Feature]
				to, _ := otherSide(f, v[c.Feature], c.Threshold)
				if got := with(c.Feature, to); got != c.Kind || got == now.Kind {
					r.Fatalf("%+v leads to %s (now %s)", c, got, now.Kind)
				}
				size = math.Abs(to-v[c.Feature]) / (f.Hi - f.Lo)
			}
			for _, f := range tree.Features() {
				if f.Fixed || math.IsNaN(v[f.Name]) {
					continue
				}
				steps := 200
				if f.Unit == Flag {
					steps = 1
				}
				for i := range steps + 1 {
					x := f.Lo + (f.Hi-f.Lo)*float64(i)/float64(steps)
					d := math.Abs(x-v[f.Name]) / (f.Hi - f.Lo)
					if d < size-1e-9 && with(f.Name, x) != now.Kind {
						r.Fatalf("%s = %v is nearer (%v) than %+v (%v)", f.Name, x, d, c, size)
					}
				}
			}
		})
	}
}

func FuzzParseTree(f *testing.F) {
	f.Add([]byte(small))
	for _, b := range TreeFiles() {
		f.Add(b)
	}
	f.Add(chain(3))
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, err := ParseTree(b)
		if err != nil {
			return
		}
		out, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseTree(out)
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		v := Values{}
		for _, f := range tree.Features() {
			v[f.Name] = (f.Lo + f.Hi) / 2
		}
		d, _ := tree.Decide(v)
		e, _ := again.Decide(v)
		if d != e {
			t.Fatalf("%+v became %+v", d, e)
		}
		tree.Counterfactual(v)
		tree.Decide(nil)
	})
}
