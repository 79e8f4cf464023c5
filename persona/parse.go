package persona

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// ParseTree reads a tree file and checks all of it:
//
//   - it is one JSON object with no unknown fields, within MaxTreeBytes,
//     MaxTreeNodes and MaxTreeDepth;
//   - ids are unique and every yes and no names a node or leaf;
//   - every node and leaf is reached from the root by exactly one path, so there
//     is no cycle and nothing lies idle;
//   - each question names a declared feature, and some value takes each of its
//     branches on the way there: a threshold outside the feature's interval, or
//     one already decided above, is an error;
//   - for the purposes "persona" and "offer", the features are those Segue
//     computes and every answer Segue can show has a leaf.
//
// Errors name the node and say what to do. Cost is linear in the file.
func ParseTree(b []byte) (*Tree, error) {
	var f treeFile
	if err := decodeFile("tree", b, MaxTreeBytes, &f); err != nil {
		return nil, err
	}
	return newTree(f)
}

// decodeFile reads the one JSON object of a tree or reference file into v,
// without fields v does not know. What names the file in errors.
func decodeFile(what string, b []byte, most int, v any) error {
	if len(b) > most {
		return fmt.Errorf("%s file has %d bytes; at most %d are read", what, len(b), most)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s file is not the JSON expected: %w", what, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s file goes on after its closing brace; keep one object", what)
	}
	return nil
}

// newTree checks a tree and indexes it.
func newTree(f treeFile) (*Tree, error) {
	t := &Tree{file: f, feature: map[string]Feature{}, node: map[string]Node{}, leaf: map[string]Leaf{}}
	steps := []func() error{t.checkHead, t.indexFeatures, t.indexNodes, t.checkPaths, t.checkReached, t.checkPurpose}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("tree: %w", err)
		}
	}
	return t, nil
}

func (t *Tree) checkHead() error {
	f := t.file
	switch {
	case f.Purpose != DecidePersona && f.Purpose != DecideOffer && f.Purpose != DecideOther:
		return fmt.Errorf("unknown purpose %q; use %q, %q or %q", f.Purpose, DecidePersona, DecideOffer, DecideOther)
	case f.Version < 1:
		return fmt.Errorf("version %d; number versions from 1", f.Version)
	case len(f.Nodes) > MaxTreeNodes || len(f.Leaves) > MaxTreeNodes+1:
		return fmt.Errorf("%d nodes and %d leaves; at most %d nodes are read", len(f.Nodes), len(f.Leaves), MaxTreeNodes)
	case len(f.Leaves) == 0:
		return errors.New("no leaves; add at least one answer")
	}
	return nil
}

func (t *Tree) indexFeatures() error {
	for _, f := range t.file.Features {
		if _, twice := t.feature[f.Name]; twice || f.Name == "" {
			return fmt.Errorf("feature %q is declared twice or has no name", f.Name)
		}
		if math.IsNaN(f.Hi-f.Lo) || math.IsInf(f.Hi-f.Lo, 0) || f.Lo > f.Hi {
			return fmt.Errorf("feature %q lies in [%v, %v]; lo must not exceed hi", f.Name, f.Lo, f.Hi)
		}
		if f.Unit == Flag && (f.Lo != 0 || f.Hi != 1) {
			return fmt.Errorf("feature %q is a flag; its interval is 0 to 1", f.Name)
		}
		if !slices.Contains([]Unit{Flag, Percentile, Share, Plain}, f.Unit) {
			return fmt.Errorf("feature %q has the unknown unit %q; use flag, percentile, share or plain", f.Name, f.Unit)
		}
		t.feature[f.Name] = f
	}
	return nil
}

func (t *Tree) indexNodes() error {
	taken := func(id string) bool {
		_, node := t.node[id]
		_, leaf := t.leaf[id]
		return node || leaf
	}
	for _, n := range t.file.Nodes {
		if n.ID == "" || taken(n.ID) {
			return fmt.Errorf("id %q is used twice or empty; give every node and leaf its own", n.ID)
		}
		if err := t.checkQuestion(n); err != nil {
			return fmt.Errorf("node %q: %w", n.ID, err)
		}
		t.node[n.ID] = n
	}
	for _, l := range t.file.Leaves {
		if l.ID == "" || taken(l.ID) {
			return fmt.Errorf("id %q is used twice or empty; give every node and leaf its own", l.ID)
		}
		if !slices.Contains(t.file.Kinds, l.Kind) {
			return fmt.Errorf("leaf %q has the kind %q; the file's kinds are %s", l.ID, l.Kind, strings.Join(t.file.Kinds, ", "))
		}
		t.leaf[l.ID] = l
	}
	return nil
}

func (t *Tree) checkQuestion(n Node) error {
	f, ok := t.feature[n.Feature]
	switch {
	case !ok:
		return fmt.Errorf("unknown feature %q; the file declares %s", n.Feature, featureNames(t.file.Features))
	case n.Op != AtLeast && n.Op != Below:
		return fmt.Errorf("unknown op %q; use %q or %q", n.Op, AtLeast, Below)
	case !(n.Threshold >= f.Lo && n.Threshold <= f.Hi):
		return fmt.Errorf("threshold %v lies outside %q's interval [%v, %v]", n.Threshold, f.Name, f.Lo, f.Hi)
	}
	return nil
}

// span is the values a feature can still have: [lo, hi], or [lo, hi) if open.
type span struct {
	lo, hi float64
	open   bool
}

func (s span) empty() bool { return s.lo > s.hi || (s.open && s.lo >= s.hi) }

// cut splits a span at a threshold.
func (s span) cut(threshold float64) (below, atLeast span) {
	below, atLeast = s, s
	if threshold < s.hi || (threshold == s.hi && !s.open) {
		below.hi, below.open = threshold, true
	}
	atLeast.lo = max(s.lo, threshold)
	return below, atLeast
}

// checkPaths walks from the root, yes before no, and fills order.
func (t *Tree) checkPaths() error {
	left := map[string]span{}
	for _, f := range t.file.Features {
		left[f.Name] = span{lo: f.Lo, hi: f.Hi}
	}
	seen := map[string]bool{}
	return t.walk(t.file.Root, "the root", 0, left, seen)
}

func (t *Tree) walk(id, from string, depth int, left map[string]span, seen map[string]bool) error {
	n, isNode := t.node[id]
	if _, isLeaf := t.leaf[id]; !isNode && !isLeaf {
		return fmt.Errorf("%s leads to %q, which is neither a node nor a leaf; add it", from, id)
	}
	if seen[id] {
		return fmt.Errorf("%s leads to %q, which another branch leads to as well (a cycle or a shared part); give each branch its own", from, id)
	}
	seen[id] = true
	t.order = append(t.order, id)
	if !isNode {
		return nil
	}
	if depth >= MaxTreeDepth {
		return fmt.Errorf("node %q is question %d of its path; at most %d are read", id, depth+1, MaxTreeDepth)
	}
	was := left[n.Feature]
	no, yes := was.cut(n.Threshold)
	if n.Op == Below {
		yes, no = no, yes
	}
	branches := []struct {
		word, to string
		values   span
	}{{"yes", n.Yes, yes}, {"no", n.No, no}}
	for _, b := range branches {
		if b.values.empty() {
			return fmt.Errorf("node %q: no value of %q takes the %q branch; move the threshold %v or drop the question", id, n.Feature, b.word, n.Threshold)
		}
		left[n.Feature] = b.values
		if err := t.walk(b.to, fmt.Sprintf("node %q (%s)", id, b.word), depth+1, left, seen); err != nil {
			return err
		}
	}
	left[n.Feature] = was
	return nil
}

func (t *Tree) checkReached() error {
	for _, n := range t.file.Nodes {
		if !slices.Contains(t.order, n.ID) {
			return fmt.Errorf("no branch leads to node %q; link it or remove it", n.ID)
		}
	}
	for _, l := range t.file.Leaves {
		if !slices.Contains(t.order, l.ID) {
			return fmt.Errorf("no branch leads to leaf %q; link it or remove it", l.ID)
		}
	}
	return nil
}

func (t *Tree) checkPurpose() error {
	if v, ok := vocabularyOf(t.file.Purpose); ok {
		return v.check(t.file)
	}
	return nil
}
