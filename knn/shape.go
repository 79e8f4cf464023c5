package knn

import "segue/internal/kernel"

const fan = kernel.BoxFan // children of a node

// shape is everything about a tree that follows from the size of its table: all
// leaves but the last are full, and so are all nodes but the last of each level.
// Child c of node i of a level is node fan·i + c of the level below, or that leaf;
// leaf i holds the places from i·leafRows on.
type shape struct {
	n, d     int
	leafRows int // a multiple of kernel.CodeRows
	leafN    int // leaves
	coded    int // columns that have codes: the first ones
	pairs    int // of coded columns
	levels   []level
	nodes    int
}

// level is one level of nodes; levels[0] is that above the leaves.
type level struct {
	first int // number of its first node, counted from levels[0] up
	nodes int
}

func newShape(n, d, leafRows int) shape {
	s := shape{n: n, d: d, leafRows: leafRows, coded: min(d, kernel.CodeColumns)}
	s.pairs = (s.coded + 1) / 2
	s.leafN = ceil(n, leafRows)
	for count := s.leafN; n > 0; {
		count = ceil(count, fan)
		s.levels = append(s.levels, level{first: s.nodes, nodes: count})
		s.nodes += count
		if count == 1 {
			break
		}
	}
	return s
}

// leafRowsFor returns how many rows a leaf has: the more columns, the more leaves
// a search visits and the less each of them tells. Of 1.2 million normal rows
// k = 50 scans 600 at d = 3, and 250,000 at d = 12, where smaller leaves save rows
// and lose more time between them.
func leafRowsFor(d int) int {
	switch {
	case d <= 4:
		return kernel.CodeRows
	case d <= 8:
		return 2 * kernel.CodeRows
	}
	return 4 * kernel.CodeRows
}

// ceil is a/b rounded up, for any a ≥ 0, also where an int has 32 bits.
func ceil(a, b int) int {
	if a%b > 0 {
		return a/b + 1
	}
	return a / b
}

// places returns the places [lo, hi) of a leaf.
func (s *shape) places(leaf int) (lo, hi int) {
	return leaf * s.leafRows, min((leaf+1)*s.leafRows, s.n)
}

// children returns how many children node i of a level has.
func (s *shape) children(lev, i int) int {
	below := s.leafN
	if lev > 0 {
		below = s.levels[lev-1].nodes
	}
	return min(fan, below-fan*i)
}

// Sizes, in numbers, of the parts of an index.
func (s *shape) boundsPerNode() int { return 2 * fan * s.d }
func (s *shape) perLeaf() int       { return s.coded + 2 }
func (s *shape) blocks() int        { return ceil(s.n, kernel.CodeRows) }
func (s *shape) codesPerBlock() int { return 2 * s.pairs * kernel.CodeRows }
