package chart

import (
	"fmt"
	"math"
)

// A Branch is a node of a decision tree to draw: a question with two ways on,
// or an answer with none.
type Branch struct {
	Text    string  // the question or the answer
	Small   string  // a second line; may be empty
	Yes, No *Branch // both nil for an answer
	OnPath  bool    // whether the decision shown went through here
}

// DrawTree draws a decision tree from left to right: questions in the order
// they are asked, answers at the right, the way taken in ink.
func DrawTree(root *Branch, cap Caption) string {
	const column, row, box = 250.0, 64.0, 200.0
	type placed struct {
		b    *Branch
		x, y float64
	}
	var nodes []placed
	depth, leaves := 0, 0
	var place func(b *Branch, level int) float64
	type link struct {
		x1, y1, x2, y2 float64
		yes, on        bool
	}
	var links []link
	place = func(b *Branch, level int) float64 {
		depth = max(depth, level)
		x := column * float64(level)
		if b.Yes == nil || b.No == nil {
			y := row*float64(leaves) + row/2
			leaves++
			nodes = append(nodes, placed{b, x, y})
			return y
		}
		y1 := place(b.Yes, level+1)
		y2 := place(b.No, level+1)
		y := (y1 + y2) / 2
		nodes = append(nodes, placed{b, x, y})
		links = append(links,
			link{x + box, y, x + column, y1, true, b.OnPath && b.Yes.OnPath},
			link{x + box, y, x + column, y2, false, b.OnPath && b.No.OnPath})
		return y
	}
	place(root, 0)
	c := &canvas{}
	c.open(column*float64(depth)+box+2, math.Max(row, row*float64(leaves)), "tree", cap)
	for _, l := range links {
		class, width := "f-none s-edge", 1.2
		if l.on {
			class, width = "f-none s-ink", 2.6
		}
		mid := (l.x1 + l.x2) / 2
		c.path(fmt.Sprintf("M%s %sC%s %s %s %s %s %s", num(l.x1), num(l.y1), num(mid), num(l.y1), num(mid), num(l.y2), num(l.x2), num(l.y2)), class, width, "")
		word := "no"
		if l.yes {
			word = "yes"
		}
		c.text(l.x2-6, l.y2-6, 11.5, "end", "halo", word)
	}
	for _, n := range nodes {
		class := "f-card s-edge"
		if n.b.OnPath {
			class = "f-card s-ink"
		}
		radius := 8.0
		if n.b.Yes == nil {
			radius = 22
		}
		c.rect(n.x+1, n.y-22, box-2, 44, radius, class, "", "")
		if n.b.Small == "" {
			c.text(n.x+box/2, n.y+5, 13, "middle", "ink b", n.b.Text)
			continue
		}
		c.text(n.x+box/2, n.y-2, 13, "middle", "ink b", n.b.Text)
		c.text(n.x+box/2, n.y+14, 11.5, "middle", "num", n.b.Small)
	}
	return c.close()
}

// DrawTransitions draws how often one mood was followed by another: rows from,
// columns to, both in the order of marks; a disc's area is the row's share.
func DrawTransitions(marks []Mark, counts [][]int, cap Caption) string {
	const cell, left, head = 62.0, 96.0, 44.0
	n := len(marks)
	c := &canvas{}
	c.open(left+cell*float64(n)+4, head+cell*float64(n), "transitions", cap)
	c.text(0, 12, 11.5, "start", "", "from ↓ to →")
	for i, m := range marks {
		at := cell*float64(i) + cell/2
		c.mark(m, left+at-22, 24, 11, "")
		c.text(left+at-12, 28, 12, "start", "f-"+m.Class(), m.Word())
		c.mark(m, 8, head+at, 11, "")
		c.text(20, head+at+4, 12, "start", "f-"+m.Class(), m.Word())
		total := 0
		for _, k := range counts[i] {
			total += k
		}
		for j := range marks {
			if counts[i][j] == 0 || total == 0 {
				continue
			}
			share := float64(counts[i][j]) / float64(total)
			x, y := left+cell*float64(j)+cell/2, head+at
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="f-sunk s-edge"><title>%s then %s: %d times, %.0f %%</title></circle>`,
				num(x), num(y), num((cell/2-3)*math.Sqrt(share)), m.Word(), marks[j].Word(), counts[i][j], 100*share)
			c.text(x, y+4, 11.5, "middle", "ink num", fmt.Sprintf("%.0f %%", 100*share))
		}
	}
	return c.close()
}
