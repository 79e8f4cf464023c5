package persona

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Bounds of a tree file. They keep a hostile or mistaken file from costing more
// than a glance, and a tree that is larger than this explains nothing. (d)
const (
	MaxTreeBytes = 1 << 20
	MaxTreeNodes = 1023 // questions; leaves are one more
	MaxTreeDepth = 24   // questions on the longest path
)

// Op compares a value with a threshold.
type Op string

// The two comparisons. One is the other's opposite, and no value passes both;
// NaN passes neither.
const (
	AtLeast Op = ">="
	Below   Op = "<"
)

// holds reports whether v passes; NaN passes nothing.
func (o Op) holds(v, threshold float64) bool {
	if o == Below {
		return v < threshold
	}
	return v >= threshold
}

// Unit says how a feature's values are written for people.
type Unit string

// The units.
const (
	Flag       Unit = "flag"       // 0 no, 1 yes
	Percentile Unit = "percentile" // [0, 1], rank in a population or in one's own past
	Share      Unit = "share"      // [0, 1]
	Plain      Unit = "plain"      // a bare number
)

// write puts a value of the unit into words.
func (u Unit) write(v float64) string {
	switch {
	case math.IsNaN(v):
		return "unknown"
	case u == Flag && v >= 1:
		return "yes"
	case u == Flag:
		return "no"
	case u == Percentile:
		return fmt.Sprintf("percentile %.0f", 100*v)
	case u == Share:
		return fmt.Sprintf("%.0f %%", 100*v)
	}
	return fmt.Sprintf("%.3g", v)
}

// A Feature is one thing a tree may ask about.
type Feature struct {
	Name  string  `json:"name"`
	Label string  `json:"label"` // noun phrase: "how much ground your sessions cover"
	Lo    float64 `json:"lo"`    // smallest value that can occur
	Hi    float64 `json:"hi"`    // largest
	Unit  Unit    `json:"unit"`
	Fixed bool    `json:"fixed,omitempty"` // gates, consents: no counterfactual wonders about it
}

// A Node is one question of a tree. Yes and No name the node or leaf that
// follows.
type Node struct {
	ID        string  `json:"id"`
	Text      string  `json:"text"` // the question, as drawn
	Feature   string  `json:"feature"`
	Op        Op      `json:"op"`
	Threshold float64 `json:"threshold"`
	Yes       string  `json:"yes"`
	No        string  `json:"no"`
	YesText   string  `json:"yes_text"` // what the path says when it turns here
	NoText    string  `json:"no_text"`
}

// A Leaf is one answer of a tree. Several leaves may give the same Kind for
// different reasons.
type Leaf struct {
	ID    string  `json:"id"`
	Kind  string  `json:"kind"`
	Title string  `json:"title"`           // the answer's name for people
	Text  string  `json:"text"`            // what it means
	N     int     `json:"n,omitempty"`     // training rows here, of a learned tree
	Share float64 `json:"share,omitempty"` // of them, rows labelled Kind, [0, 1]
}

// A Box is one node or leaf of a tree, for whoever draws it. A leaf has no Yes
// and No.
type Box struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Yes   string `json:"yes,omitempty"`
	No    string `json:"no,omitempty"`
}

// Leaf reports whether nothing follows.
func (b Box) Leaf() bool { return b.Yes == "" }

// A Tree is a decision tree that has been checked: every path ends in a leaf,
// every node and leaf is reached by exactly one path, and some value takes each
// branch. It is immutable; ParseTree and FitCART make one, MarshalJSON writes
// the file that ParseTree reads.
type Tree struct {
	file    treeFile
	feature map[string]Feature
	node    map[string]Node
	leaf    map[string]Leaf
	order   []string // ids from the root, yes before no
}

// treeFile is the JSON layout of a tree.
type treeFile struct {
	Purpose  Purpose   `json:"purpose"`
	Version  int       `json:"version"`
	About    string    `json:"about"`
	Features []Feature `json:"features"`
	Kinds    []string  `json:"kinds"`
	Root     string    `json:"root"`
	Nodes    []Node    `json:"nodes"`
	Leaves   []Leaf    `json:"leaves"`
}

// Purpose returns what the tree decides.
func (t *Tree) Purpose() Purpose { return t.file.Purpose }

// Version returns the version the file gives itself, 1 or more.
func (t *Tree) Version() int { return t.file.Version }

// About returns the file's remark on itself: where it comes from, what it
// rests on.
func (t *Tree) About() string { return t.file.About }

// Features returns a copy of the features the tree may ask about.
func (t *Tree) Features() []Feature { return slices.Clone(t.file.Features) }

// Leaves returns a copy of the leaves, in the order of the file.
func (t *Tree) Leaves() []Leaf { return slices.Clone(t.file.Leaves) }

// Questions returns a copy of the nodes, in the order of the file.
func (t *Tree) Questions() []Node { return slices.Clone(t.file.Nodes) }

// Nodes returns every node and leaf from the root down, the yes side first:
// what is needed to draw the tree. The first box is the root.
func (t *Tree) Nodes() []Box {
	boxes := make([]Box, 0, len(t.order))
	for _, id := range t.order {
		if n, ok := t.node[id]; ok {
			boxes = append(boxes, Box{ID: id, Label: n.Text, Yes: n.Yes, No: n.No})
		} else {
			boxes = append(boxes, Box{ID: id, Label: t.leaf[id].Title})
		}
	}
	return boxes
}

// MarshalJSON writes the tree as the file ParseTree reads.
func (t *Tree) MarshalJSON() ([]byte, error) { return json.Marshal(t.file) }
