package persona

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// CARTOptions say how far a tree may grow and how hard it is pruned. The zero
// value grows four questions deep, from leaves of one row, without pruning.
type CARTOptions struct {
	MaxDepth int     // questions on the longest path; 0: 4 (d), at most MaxTreeDepth
	MinLeaf  int     // fewest rows in a leaf; 0: 1
	Alpha    float64 // cost-complexity pruning: a question stays if it lowers the impurity by more than this per leaf; 0: none
	Purpose  Purpose // what the tree is for; "": DecideOther
}

// defaultDepth is as many questions as a person follows without effort. (d)
const defaultDepth = 4

// FitCART learns a classification tree by CART: each question is the split of
// one feature, halfway between two neighbouring values, that most lowers the
// Gini impurity 1 − Σ p²; then minimal cost-complexity pruning removes, weakest
// first, every question whose impurity decrease per leaf saved is at most Alpha.
//
// Rows is n×d with one observation per row, features names the d columns and
// labels the n answers. Equal splits go to the first feature and then the lower
// threshold, equal majorities to the label first in alphabetical order, so the
// result depends on nothing but the input. Questions whose branches all give one
// answer are folded. The tree is of the same kind as the shipped ones: it
// validates, draws and explains itself. Cost is O(d·n·log n) a level.
//
// With Purpose "persona" or "offer" the features must be ones that purpose
// knows, and every answer it requires must have a leaf.
//
// Errors: no rows, rows of unequal width, a value that is not finite (naming row
// and column), a purpose's check. It panics on negative options.
//
// Reference: Breiman, Friedman, Olshen & Stone 1984, Classification and
// Regression Trees, chapters 2 to 4 (as summarized in scikit-learn's user guide,
// section 1.10, whose results the tests compare with).
func FitCART(rows [][]float64, features []string, labels []string, o CARTOptions) (*Tree, error) {
	if o.MaxDepth < 0 || o.MinLeaf < 0 || !(o.Alpha >= 0) || o.MaxDepth > MaxTreeDepth {
		panic(fmt.Sprintf("persona: FitCART: options %+v out of range", o))
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = defaultDepth
	}
	o.MinLeaf = max(o.MinLeaf, 1)
	if o.Purpose == "" {
		o.Purpose = DecideOther
	}
	g, err := newGrower(rows, features, labels, o)
	if err != nil {
		return nil, err
	}
	all := make([]int, len(rows))
	for i := range all {
		all[i] = i
	}
	root := g.grow(all, 0)
	prune(root, o.Alpha)
	fold(root)
	return g.tree(root)
}

// grower holds what growing needs.
type grower struct {
	rows     [][]float64
	features []string
	kinds    []string // distinct labels, sorted
	label    []int    // of each row, index into kinds
	o        CARTOptions
}

// split is a node of the growing tree; a leaf has no below.
type split struct {
	counts         []int // rows by kind
	n              int
	cost           float64 // impurity · n / rows of the whole table
	feature        int
	threshold      float64
	below, atLeast *split
}

func newGrower(rows [][]float64, features, labels []string, o CARTOptions) (*grower, error) {
	if len(rows) == 0 || len(rows) != len(labels) {
		return nil, fmt.Errorf("cart: %d rows and %d labels; there must be as many, and at least one", len(rows), len(labels))
	}
	if len(features) == 0 {
		return nil, errors.New("cart: no features; name at least one column")
	}
	for i, r := range rows {
		if len(r) != len(features) {
			return nil, fmt.Errorf("cart: row %d has %d values for %d features", i, len(r), len(features))
		}
		for j, v := range r {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("cart: row %d, feature %q is %v; leave incomplete rows out", i, features[j], v)
			}
		}
	}
	g := &grower{rows: rows, features: features, label: make([]int, len(rows)), o: o}
	g.kinds = slices.Compact(slices.Sorted(slices.Values(labels)))
	for i, l := range labels {
		g.label[i], _ = slices.BinarySearch(g.kinds, l)
	}
	return g, nil
}

// grow makes the tree of some rows; depth counts the questions above.
func (g *grower) grow(rows []int, depth int) *split {
	s := &split{counts: make([]int, len(g.kinds)), n: len(rows)}
	for _, i := range rows {
		s.counts[g.label[i]]++
	}
	gini := 1 - purity(s.counts, s.n)/float64(s.n)
	s.cost = gini * float64(s.n) / float64(len(g.rows))
	if depth == g.o.MaxDepth || slices.Max(s.counts) == s.n {
		return s
	}
	feature, threshold, ok := g.bestSplit(rows, s.counts)
	if !ok {
		return s
	}
	var below, atLeast []int
	for _, i := range rows {
		if g.rows[i][feature] < threshold {
			below = append(below, i)
		} else {
			atLeast = append(atLeast, i)
		}
	}
	s.feature, s.threshold = feature, threshold
	s.below, s.atLeast = g.grow(below, depth+1), g.grow(atLeast, depth+1)
	return s
}

// purity is Σ count² / n: what a split maximizes, summed over its two sides.
func purity(counts []int, n int) float64 {
	sum := 0.0
	for _, c := range counts {
		sum += float64(c) * float64(c)
	}
	return sum / float64(n)
}

// bestSplit sweeps every feature in sorted order.
func (g *grower) bestSplit(rows, counts []int) (feature int, threshold float64, ok bool) {
	best := math.Inf(-1)
	order := slices.Clone(rows)
	below, above := make([]int, len(counts)), make([]int, len(counts))
	for f := range g.features {
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case g.rows[a][f] < g.rows[b][f]:
				return -1
			case g.rows[a][f] > g.rows[b][f]:
				return 1
			}
			return 0
		})
		clear(below)
		copy(above, counts)
		for i := 1; i < len(order); i++ {
			k := g.label[order[i-1]]
			below[k]++
			above[k]--
			lo, hi := g.rows[order[i-1]][f], g.rows[order[i]][f]
			if lo == hi || i < g.o.MinLeaf || len(order)-i < g.o.MinLeaf {
				continue
			}
			p := purity(below, i) + purity(above, len(order)-i)
			// Splits that are equal but for rounding must not be told apart by it.
			if p > best+1e-10*float64(len(order)) {
				best, feature, threshold, ok = p, f, between(lo, hi), true
			}
		}
	}
	return feature, threshold, ok
}

// between returns the middle of two values, above lo even where no number lies
// between them.
func between(lo, hi float64) float64 {
	if m := lo + (hi-lo)/2; m > lo && m <= hi {
		return m
	}
	return hi
}

// prune removes the weakest question, the one whose subtree lowers the cost
// least per leaf it adds, as long as that is no more than alpha.
func prune(root *split, alpha float64) {
	for root.below != nil && alpha > 0 {
		weakest, g := (*split)(nil), math.Inf(1)
		var visit func(s *split) (cost float64, leaves int)
		visit = func(s *split) (float64, int) {
			if s.below == nil {
				return s.cost, 1
			}
			cb, lb := visit(s.below)
			ca, la := visit(s.atLeast)
			if e := (s.cost - cb - ca) / float64(lb+la-1); e < g {
				weakest, g = s, e
			}
			return cb + ca, lb + la
		}
		visit(root)
		if g > alpha {
			return
		}
		weakest.below, weakest.atLeast = nil, nil
	}
}

// fold removes questions both of whose branches are leaves of one answer.
func fold(s *split) {
	if s.below == nil {
		return
	}
	fold(s.below)
	fold(s.atLeast)
	if s.below.below == nil && s.atLeast.below == nil && majority(s.below.counts) == majority(s.atLeast.counts) {
		s.below, s.atLeast = nil, nil
	}
}

// majority returns the first of the most frequent kinds.
func majority(counts []int) int {
	best := 0
	for k, c := range counts {
		if c > counts[best] {
			best = k
		}
	}
	return best
}

// tree writes the grown tree in the form of a file and checks it.
func (g *grower) tree(root *split) (*Tree, error) {
	f := treeFile{
		Purpose: g.o.Purpose, Version: 1, Kinds: g.kinds,
		About: fmt.Sprintf("Learned by CART from %d labelled rows: at most %d questions deep, leaves of at least %d rows, pruned at %g.",
			len(g.rows), g.o.MaxDepth, g.o.MinLeaf, g.o.Alpha),
		Features: g.declare(), Nodes: []Node{}, Leaves: []Leaf{},
	}
	var add func(s *split) string
	add = func(s *split) string {
		if s.below == nil {
			k := majority(s.counts)
			l := Leaf{
				ID: fmt.Sprintf("leaf%d", len(f.Leaves)+1), Kind: g.kinds[k], Title: g.kinds[k],
				Text: fmt.Sprintf("%d of the %d training rows here are %q", s.counts[k], s.n, g.kinds[k]),
				N:    s.n, Share: float64(s.counts[k]) / float64(s.n),
			}
			f.Leaves = append(f.Leaves, l)
			return l.ID
		}
		name := g.features[s.feature]
		i := len(f.Nodes)
		f.Nodes = append(f.Nodes, Node{
			ID: fmt.Sprintf("node%d", i+1), Feature: name, Op: Below, Threshold: s.threshold,
			Text:    fmt.Sprintf("%s below %.3g?", name, s.threshold),
			YesText: fmt.Sprintf("%s lies below %.3g", name, s.threshold),
			NoText:  fmt.Sprintf("%s is %.3g or more", name, s.threshold),
		})
		yes := add(s.below)
		no := add(s.atLeast)
		f.Nodes[i].Yes, f.Nodes[i].No = yes, no
		return f.Nodes[i].ID
	}
	f.Root = add(root)
	return newTree(f)
}

// declare lists the features: as the purpose has them, otherwise with the
// interval seen in training.
func (g *grower) declare() []Feature {
	v, _ := vocabularyOf(g.o.Purpose)
	fs := make([]Feature, len(g.features))
	for j, name := range g.features {
		fs[j] = Feature{Name: name, Label: name, Lo: math.Inf(1), Hi: math.Inf(-1), Unit: Plain}
		for _, r := range g.rows {
			fs[j].Lo, fs[j].Hi = min(fs[j].Lo, r[j]), max(fs[j].Hi, r[j])
		}
		if i := slices.IndexFunc(v.features, func(f Feature) bool { return f.Name == name }); i >= 0 {
			fs[j] = v.features[i]
		}
	}
	return fs
}
