package chart

import (
	"fmt"
	"strings"

	"segue/language"
)

// A Branch is a node of a decision tree to draw: a question with two ways on,
// or an answer with none.
type Branch struct {
	Text    string  // the question or the answer
	Small   string  // a second line; may be empty
	Yes, No *Branch // both nil for an answer
	OnPath  bool    // whether the decision shown went through here
}

func (b *Branch) leaf() bool { return b.Yes == nil || b.No == nil }

// size returns the number of answers below b.
func (b *Branch) size() int {
	if b.leaf() {
		return 1
	}
	return b.Yes.size() + b.No.size()
}

// DrawTree draws a decision tree wide and narrow, as it is read: questions one
// below the other in the order they are asked, what settles sooner to the right
// (what has fewer answers; of equals the "yes"), answers rounded, the way taken
// in ink. So a tree of n answers is at most log₂ n boxes wide. The narrow
// drawing indents what the wide one has at the right.
func DrawTree(root *Branch, cap Caption) string {
	wide := treeStyle{column: 336, box: 288, row: 86, tall: 62, font: 13.5, letters: 37}
	narrow := treeStyle{column: 26, row: 80, tall: 62, font: 12.5, letters: 36, width: 350}
	return drawTree(root, wide, "tree wide", cap.of("w")) +
		drawTree(root, narrow, "tree narrow", cap.of("n"))
}

// treeStyle is how large a tree's parts are, in user units.
type treeStyle struct {
	column, box, row, tall, font float64
	letters                      int     // that fit a line of a box
	width                        float64 // of an indented drawing; 0 sets "yes" beside its question
}

// placedBranch is a node with the left and middle of its box.
type placedBranch struct {
	b       *Branch
	x, y, w float64
}

// treeLink leads from a question to what follows.
type treeLink struct {
	from, to placedBranch
	word     string
	down, on bool
}

// layout gives every node its place. In an indented drawing every node has a row
// of its own; otherwise what is to the right shares its question's row.
func (s treeStyle) layout(root *Branch) (nodes []placedBranch, links []treeLink, right, bottom float64) {
	row := 0
	var place func(b *Branch, level int) placedBranch
	place = func(b *Branch, level int) placedBranch {
		p := placedBranch{b, s.column * float64(level), s.row*float64(row) + s.row/2, s.box}
		if s.width > 0 {
			p.w = s.width - p.x
		}
		right, bottom = max(right, p.x+p.w), max(bottom, p.y+s.row/2)
		nodes = append(nodes, p)
		if b.leaf() {
			row++
			return p
		}
		if s.width > 0 {
			row++
		}
		aside, below, words := b.Yes, b.No, [2]string{language.Text("yes"), language.Text("no")}
		if b.No.size() < b.Yes.size() {
			aside, below, words = b.No, b.Yes, [2]string{words[1], words[0]}
		}
		first := place(aside, level+1)
		second := place(below, level)
		links = append(links, treeLink{p, first, words[0], false, b.OnPath && aside.OnPath}, treeLink{p, second, words[1], true, b.OnPath && below.OnPath})
		return p
	}
	place(root, 0)
	return nodes, links, right, bottom
}

func drawTree(root *Branch, s treeStyle, class string, cap Caption) string {
	nodes, links, right, bottom := s.layout(root)
	c := newCanvas(cap)
	c.open(right+2, bottom, class, cap)
	natural := fmt.Sprintf(`<svg width="%s" height="%s" `, num(right+2), num(bottom)) // a small tree is not blown up
	for _, on := range []bool{false, true} {                                          // ink above the rest
		for _, l := range links {
			if l.on == on {
				c.link(l, s)
			}
		}
	}
	for _, n := range nodes {
		class := "f-card s-edge"
		if n.b.OnPath {
			class = "f-card s-ink"
		}
		radius, attrs := 8.0, ""
		if n.b.leaf() {
			radius = s.tall / 2
		}
		if n.b.OnPath {
			attrs = ` stroke-width="2"`
		}
		c.rect(n.x+1, n.y-s.tall/2, n.w-2, s.tall, radius, class, attrs, "")
		letters := s.letters
		if s.width > 0 {
			letters = int(float64(s.letters) * (n.w - 24) / (s.width - 24))
		}
		lines, small := wrap(n.b.Text, letters, 2), n.b.Small
		step := s.font + 4
		y := n.y + s.font*.36 - step/2*float64(len(lines)-1)
		if small != "" {
			y -= step / 2
		}
		for _, line := range lines {
			c.text(n.x+n.w/2, y, s.font, "middle", "ink b", line)
			y += step
		}
		if small != "" {
			c.text(n.x+n.w/2, y, s.font-1, "middle", "num", small)
		}
	}
	return strings.Replace(c.close(), "<svg ", natural, 1)
}

// link draws the way from a question to what follows, with its word.
func (c *canvas) link(l treeLink, s treeStyle) {
	class, width := "f-none s-edge", 1.2
	if l.on {
		class, width = "f-none s-ink", 2.6
	}
	low := l.from.y + s.tall/2
	switch {
	case !l.down && s.width == 0: // to the right
		c.path(fmt.Sprintf("M%s %sH%s", num(l.from.x+l.from.w), num(l.from.y), num(l.to.x)), class, width, "")
		c.text((l.from.x+l.from.w+l.to.x)/2, l.from.y-6, 13, "middle", "", c.say(l.word))
	case !l.down: // down and in
		x := l.to.x + 16
		c.path(fmt.Sprintf("M%s %sV%s", num(x), num(low), num(l.to.y-s.tall/2)), class, width, "")
		c.text(x+7, low+12.5, 12, "start", "", c.say(l.word))
	case s.width == 0: // straight down
		x := l.from.x + 24
		c.path(fmt.Sprintf("M%s %sV%s", num(x), num(low), num(l.to.y-s.tall/2)), class, width, "")
		c.text(x+8, low+16, 13, "start", "", c.say(l.word))
	default: // straight down, past what is indented
		x := l.from.x + 9
		c.path(fmt.Sprintf("M%s %sV%s", num(x), num(low), num(l.to.y-s.tall/2)), class, width, "")
		c.text(x+5, l.to.y-s.tall/2-4, 12, "start", "", c.say(l.word))
	}
}

// wrap breaks a text into at most lines lines of about letters letters, at
// spaces; what does not fit ends in "…".
func wrap(text string, letters, lines int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		if r := []rune(word); len(r) > letters {
			word = string(r[:max(1, letters-1)]) + "…"
		}
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= letters:
			line += " " + word
		default:
			out, line = append(out, line), word
		}
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	if len(out) > lines {
		out = out[:lines]
		out[lines-1] += " …"
	}
	return out
}
