package chart

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTreeLayout lays out by hand: root asks, "yes" is one answer and goes
// aside into the root's row, "no" is two and goes below.
//
//	root ─yes─ A
//	 │no
//	q ─yes─ B
//	 │no
//	C
func TestTreeLayout(t *testing.T) {
	a, b, c := &Branch{Text: "A"}, &Branch{Text: "B"}, &Branch{Text: "C"}
	q := &Branch{Text: "q", Yes: b, No: c}
	nodes, links, _, _ := treeStyle{column: 10, box: 8, row: 4}.layout(&Branch{Text: "root", Yes: a, No: q})
	want := map[string][2]float64{"root": {0, 2}, "A": {10, 2}, "q": {0, 6}, "B": {10, 6}, "C": {0, 10}}
	for _, n := range nodes {
		if w := want[n.b.Text]; n.x != w[0] || n.y != w[1] {
			t.Errorf("%s stands at (%g, %g), want %v", n.b.Text, n.x, n.y, w)
		}
	}
	for _, l := range links {
		if down := l.to.b == q || l.to.b == c; l.down != down || (l.word == "no") != down {
			t.Errorf("the link to %s leads down: %v, and says %q", l.to.b.Text, l.down, l.word)
		}
	}
}

// TestTreeBoxesKeepApart: whatever the tree, no two boxes meet in either
// drawing, and the wide one is at most log₂ of its answers wide.
func TestTreeBoxesKeepApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var grow func(depth int) *Branch
		grow = func(depth int) *Branch {
			b := &Branch{Text: "x"}
			if depth < 6 && rapid.Bool().Draw(t, "asks") {
				b.Yes, b.No = grow(depth+1), grow(depth+1)
			}
			return b
		}
		root := grow(0)
		for _, s := range []treeStyle{{column: 10, box: 8, row: 4, tall: 3}, {column: 1, row: 4, tall: 3, width: 30}} {
			nodes, _, right, _ := s.layout(root)
			for i, a := range nodes {
				for _, b := range nodes[:i] {
					if a.x < b.x+b.w && b.x < a.x+a.w && a.y-b.y < s.tall && b.y-a.y < s.tall {
						t.Fatalf("boxes at (%g, %g) and (%g, %g) meet", a.x, a.y, b.x, b.y)
					}
				}
			}
			levels := 0
			for n := root.size(); n > 1; n /= 2 {
				levels++
			}
			if s.width == 0 && right > 10*float64(levels)+8 {
				t.Fatalf("%d answers are %g wide", root.size(), right)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text    string
		letters int
		want    string
	}{
		{"one two three", 7, "one two|three"},
		{"", 5, ""},
		{"a b c d e f", 3, "a b|c d …"},
		{"incomprehensible", 6, "incom…"},
	} {
		if got := strings.Join(wrap(c.text, c.letters, 2), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.letters, got, c.want)
		}
	}
}
