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

	"segue/language"
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
	t, problems := checkTree(f)
	if len(problems) > 0 {
		return nil, fmt.Errorf("tree: %w", &problems[0])
	}
	return t, nil
}

// checkTree finds everything that is wrong with a tree, at most MaxProblems of it,
// and indexes it.
func checkTree(f treeFile) (*Tree, []Problem) {
	c := &checker{Tree: &Tree{file: f, feature: map[string]Feature{}, node: map[string]Node{}, leaf: map[string]Leaf{}}, seen: map[string]bool{}}
	if c.head(); len(c.problems) > 0 && len(f.Nodes)+len(f.Leaves) > 2*MaxTreeNodes+1 {
		return nil, c.problems
	}
	c.indexFeatures()
	c.indexNodes()
	c.paths()
	c.reached()
	if v, ok := vocabularyOf(f.Purpose); ok {
		v.check(f, c.wrong)
	}
	return c.Tree, c.problems
}

// A checker gathers what is wrong with a tree.
type checker struct {
	*Tree
	seen     map[string]bool // what the walk came by
	problems []Problem
}

// wrong notes a problem at a node, leaf or feature; "" is the tree itself.
func (c *checker) wrong(at, text string, args ...any) {
	if len(c.problems) < MaxProblems {
		c.problems = append(c.problems, Problem{At: at, text: text, args: args})
	}
}

func (c *checker) head() {
	f := c.file
	if f.Purpose != DecidePersona && f.Purpose != DecideOffer && f.Purpose != DecideOther {
		c.wrong("", language.Text("unknown purpose %q; use %q, %q or %q"), clip(string(f.Purpose)), DecidePersona, DecideOffer, DecideOther)
	}
	if f.Version < 1 {
		c.wrong("", language.Text("version %d; number versions from 1"), f.Version)
	}
	if len(f.Nodes) > MaxTreeNodes || len(f.Leaves) > MaxTreeNodes+1 {
		c.wrong("", language.Text("%d nodes and %d leaves; at most %d nodes are read"), len(f.Nodes), len(f.Leaves), MaxTreeNodes)
	}
	if len(f.Leaves) == 0 {
		c.wrong("", language.Text("no leaves; add at least one answer"))
	}
}

func (c *checker) indexFeatures() {
	for _, f := range c.file.Features {
		switch _, twice := c.feature[f.Name]; {
		case twice || f.Name == "":
			c.wrong(atFeature(f.Name), language.Text("feature %q is declared twice or has no name"), clip(f.Name))
			continue
		case math.IsNaN(f.Hi-f.Lo) || math.IsInf(f.Hi-f.Lo, 0) || f.Lo > f.Hi:
			c.wrong(atFeature(f.Name), language.Text("feature %q lies in [%v, %v]; lo must not exceed hi"), clip(f.Name), f.Lo, f.Hi)
			f.Lo, f.Hi = math.Inf(-1), math.Inf(1) // nothing follows of its questions
		case f.Unit == Flag && (f.Lo != 0 || f.Hi != 1):
			c.wrong(atFeature(f.Name), language.Text("feature %q is a flag; its interval is 0 to 1"), clip(f.Name))
		case !slices.Contains([]Unit{Flag, Percentile, Share, Plain}, f.Unit):
			c.wrong(atFeature(f.Name), language.Text("feature %q has the unknown unit %q; use flag, percentile, share or plain"), clip(f.Name), clip(string(f.Unit)))
		}
		c.feature[f.Name] = f
	}
}

func (c *checker) indexNodes() {
	free := func(id string) bool {
		_, node := c.node[id]
		_, leaf := c.leaf[id]
		if id == "" || node || leaf {
			c.wrong(id, language.Text("id %q is used twice or empty; give every node and leaf its own"), clip(id))
			return false
		}
		return true
	}
	for _, n := range c.file.Nodes {
		if free(n.ID) {
			c.question(n)
			c.node[n.ID] = n
		}
	}
	for _, l := range c.file.Leaves {
		if !free(l.ID) {
			continue
		}
		if !slices.Contains(c.file.Kinds, l.Kind) {
			c.wrong(l.ID, language.Text("leaf %q has the kind %q; the file's kinds are %s"), clip(l.ID), clip(l.Kind), clip(strings.Join(c.file.Kinds, ", ")))
		}
		c.leaf[l.ID] = l
	}
}

func (c *checker) question(n Node) {
	f, ok := c.feature[n.Feature]
	switch {
	case !ok:
		c.wrong(n.ID, language.Text("node %q: unknown feature %q; the file declares %s"), clip(n.ID), clip(n.Feature), clip(featureNames(c.file.Features)))
	case n.Op != AtLeast && n.Op != Below:
		c.wrong(n.ID, language.Text("node %q: unknown op %q; use %q or %q"), clip(n.ID), clip(string(n.Op)), AtLeast, Below)
	case !(n.Threshold >= f.Lo && n.Threshold <= f.Hi):
		c.wrong(n.ID, language.Text("node %q: threshold %v lies outside %q's interval [%v, %v]"), clip(n.ID), n.Threshold, clip(f.Name), f.Lo, f.Hi)
	}
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

// paths walks from the root, yes before no, and fills order.
func (c *checker) paths() {
	left := map[string]span{}
	for _, f := range c.feature {
		left[f.Name] = span{lo: f.Lo, hi: f.Hi}
	}
	c.walk(c.file.Root, "", "", 0, left)
}

// walk goes down from a node or leaf that a branch of another leads to, or the root,
// whose from is empty.
func (c *checker) walk(id, from, branch string, depth int, left map[string]span) {
	n, isNode := c.node[id]
	if _, isLeaf := c.leaf[id]; !isNode && !isLeaf {
		if from == "" {
			c.wrong("", language.Text("the root leads to %q, which is neither a node nor a leaf; add it"), clip(id))
		} else {
			c.wrong(from, language.Text("node %q (%s) leads to %q, which is neither a node nor a leaf; add it"), clip(from), branch, clip(id))
		}
		return
	}
	if c.seen[id] {
		c.wrong(from, language.Text("node %q (%s) leads to %q, which another branch leads to as well (a cycle or a shared part); give each branch its own"), clip(from), branch, clip(id))
		return
	}
	c.seen[id] = true
	c.order = append(c.order, id)
	if !isNode {
		return
	}
	if depth >= MaxTreeDepth {
		c.wrong(id, language.Text("node %q is question %d of its path; at most %d are read"), clip(id), depth+1, MaxTreeDepth)
		return
	}
	was, known := left[n.Feature]
	no, yes := was.cut(n.Threshold)
	if n.Op == Below {
		yes, no = no, yes
	}
	sound := known && (n.Op == AtLeast || n.Op == Below) && n.Threshold >= c.feature[n.Feature].Lo && n.Threshold <= c.feature[n.Feature].Hi
	branches := []struct {
		word, to string
		values   span
	}{{"yes", n.Yes, yes}, {"no", n.No, no}}
	for _, b := range branches {
		if sound {
			if b.values.empty() {
				c.wrong(id, language.Text("node %q: no value of %q takes the %q branch; move the threshold %v or drop the question"), clip(id), clip(n.Feature), b.word, n.Threshold)
				sound = false // the branch below is not to blame
				left[n.Feature] = was
			} else {
				left[n.Feature] = b.values
			}
		}
		c.walk(b.to, id, b.word, depth+1, left)
	}
	if known {
		left[n.Feature] = was
	}
}

// reached finds what no branch leads to.
func (c *checker) reached() {
	if len(c.seen) == 0 {
		return // the root leads nowhere: nothing else is to blame
	}
	for _, n := range c.file.Nodes {
		if !c.seen[n.ID] && n.ID != "" {
			c.wrong(n.ID, language.Text("no branch leads to node %q; link it or remove it"), clip(n.ID))
		}
	}
	for _, l := range c.file.Leaves {
		if !c.seen[l.ID] && l.ID != "" {
			c.wrong(l.ID, language.Text("no branch leads to leaf %q; link it or remove it"), clip(l.ID))
		}
	}
}
