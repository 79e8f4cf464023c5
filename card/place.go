package card

// A role is what a text on a card is.
type role int

const (
	nameRole role = iota
	lineRole
	factRole
	campaignRole
	brandRole
)

// A block is a text in its place: lines from a baseline downwards, their ink
// beginning at the left.
type block struct {
	role     role
	set      setting
	left     float64
	baseline float64 // of the first line
}

// boxes returns where the ink of each line is.
func (b block) boxes() []box {
	var out []box
	for i, l := range b.set.lines {
		y, k := b.baseline+float64(i)*b.set.lead, b.set.size
		out = append(out, box{b.left, y + k*l.ink.y0, b.left + k*l.wide(), y + k*l.ink.y1})
	}
	return out
}

// A placement is all that is written on a card, and the brand's mark.
type placement struct {
	blocks []block
	mark   point   // its middle
	radius float64 // of the mark
	rule   box     // the hairline between brand and campaign; empty without
	scale  float64 // 1, or less where long texts needed more room
}

// A frame is the plan of one size of card.
type frame struct {
	size     Size
	margin   float64
	unit     float64 // a pixel's worth on the tall card
	focus    point   // where the drawing gathers
	reach    float64 // how far it spreads
	tall     bool
	name     float64 // sizes of letters, pixels an em
	line     float64
	small    float64
	tiny     float64
	measure  float64 // greatest width of a text
	longest  float64 // greatest width of the name
	gaps     [3]float64
	radius   float64
	writable float64 // greatest height of all the words
}

// frameOf returns the plan of a size, and false for sizes that have none.
func frameOf(s Size) (frame, bool) {
	switch s {
	case Tall():
		return frame{
			size: s, margin: 96, unit: 1, focus: point{560, 590}, reach: 600, tall: true,
			name: 268, line: 58, small: 42, tiny: 30, measure: 860, longest: 888,
			gaps: [3]float64{46, 66, 104}, radius: 21, writable: 1060,
		}, true
	case Wide():
		return frame{
			size: s, margin: 72, unit: .66, focus: point{892, 315}, reach: 330,
			name: 158, line: 35, small: 25, tiny: 19, measure: 500, longest: 590,
			gaps: [3]float64{28, 34, 40}, radius: 15, writable: 630 - 2*68,
		}, true
	}
	return frame{}, false
}

// descender is the room below the baseline of every name, in ems: a little less
// than the tails of the display face reach.
const descender = .18

// place sets every text and gives it a place within the margins, apart from all
// others. Where the texts together are too high, all are set smaller.
func place(c Card, f frame, l *letters) placement {
	for scale := 1.0; ; scale *= .95 {
		p, ok := placeAt(c, f, l, scale)
		if ok {
			return p
		}
	}
}

func placeAt(c Card, f frame, l *letters, scale float64) (placement, bool) {
	equal := func(w float64, n int) (out []float64) {
		for range n {
			out = append(out, w)
		}
		return out
	}
	text := func(s string, size float64, lines int, leading float64) setting {
		if s == "" {
			return setting{}
		}
		return wish{l.text, size * scale, size * scale * .7, equal(f.measure, lines), leading, .88, true}.fit(s)
	}
	name := wish{l.display, f.name * scale, f.name * scale * .3, equal(f.longest, 3), .98, .56, true}.fit(c.Name)
	lines := text(c.Line, f.line, 4, 1.3)
	fact := text(c.Fact, f.small, 4, 1.36)
	brand := wish{l.text, f.small * scale, 1, equal(f.longest*.4, 1), 1, .1, false}.fit(c.Brand)

	p := placement{radius: f.radius * scale, scale: scale}
	brandLeft := f.margin + 2*p.radius + .55*f.small*scale
	campaignLeft := brandLeft + brand.lines[0].wide()*brand.size + 1.3*f.small*scale
	var campaign setting
	if c.Campaign != "" {
		campaign = wish{l.text, f.tiny * scale, f.tiny * scale * .8, equal(f.margin+f.longest-campaignLeft, 3), 1.25, .9, true}.fit(c.Campaign)
	}
	// The foot is the row of mark, brand and campaign, about one middle line.
	foot := max(2*p.radius, brand.height(), campaign.height())

	add := func(r role, s setting, left, top float64) {
		if len(s.lines) > 0 {
			above, _ := s.tops()
			p.blocks = append(p.blocks, block{r, s, left, top + above})
		}
	}
	row := func(middle float64) {
		p.mark = point{f.margin + p.radius, middle}
		x := brand.lines[0].face.set("x").ink.y0 * brand.size / 2 // half the letters' height is the eye's middle
		p.blocks = append(p.blocks, block{brandRole, brand, brandLeft, middle - x})
		add(campaignRole, campaign, campaignLeft, middle-campaign.height()/2)
		if len(campaign.lines) > 0 {
			half := max(p.radius, campaign.height()/2)
			x := campaignLeft - .65*f.small*scale
			p.rule = box{x - f.unit, middle - half, x + f.unit, middle + half}
		}
	}
	gap := func(i int, s setting) float64 {
		if len(s.lines) == 0 {
			return 0
		}
		return f.gaps[i] * scale
	}
	// Names with and without tails stand equally far from their line.
	_, below := name.tops()
	drop := max(0, descender*name.size-below)
	head := name.height() + drop + gap(0, lines) + lines.height()
	tail := gap(1, fact) + fact.height()
	if head+tail+f.gaps[2]*scale+foot > f.writable {
		return placement{}, false
	}
	bottom := float64(f.size.H) - f.margin*1.25
	if f.tall {
		top := bottom - foot - f.gaps[2]*scale - tail - head
		add(nameRole, name, f.margin, top)
		add(lineRole, lines, f.margin, top+name.height()+drop+gap(0, lines))
		add(factRole, fact, f.margin, bottom-foot-f.gaps[2]*scale-fact.height())
		row(bottom - foot/2)
		return p, true
	}
	// The wide card has the foot at its head, the fact at its foot, and name and
	// line in the middle of what is left, a little above it.
	bottom = float64(f.size.H) - f.margin
	first := f.margin + foot
	room := bottom - tail - first - f.gaps[2]*scale
	top := first + f.gaps[2]*scale + (room-head)*.46
	row(f.margin + foot/2)
	add(nameRole, name, f.margin, top)
	add(lineRole, lines, f.margin, top+name.height()+drop+gap(0, lines))
	add(factRole, fact, f.margin, bottom-fact.height())
	return p, true
}

// ink returns the box around all words and the mark.
func (p placement) ink() box {
	b := box{p.mark.x - p.radius, p.mark.y - p.radius, p.mark.x + p.radius, p.mark.y + p.radius}.union(p.rule)
	for _, t := range p.blocks {
		for _, l := range t.boxes() {
			b = b.union(l)
		}
	}
	return b
}

// quiet returns how the drawing fades toward the words: away from all of them on
// the wide card to the right, on the tall one upwards.
func (f frame) quiet(p placement) fade {
	ink := p.ink()
	if f.tall {
		return fade{axis: 'y', none: ink.y0 - 26, full: ink.y0 - 430}
	}
	return fade{axis: 'x', none: ink.x1 + 22, full: ink.x1 + 270}
}

// origin returns where the i-th line of a block begins: as far left that its ink
// begins at the block's edge.
func (b block) origin(i int) point {
	return point{b.left - b.set.lines[i].ink.x0*b.set.size, b.baseline + float64(i)*b.set.lead}
}

// colour returns the ink of a block.
func (b block) colour(pal palette) colour {
	if b.role == factRole || b.role == campaignRole {
		return pal.faint
	}
	return pal.ink
}

// shape returns a block's letters as outlines.
func (b block) shape(pal palette) shape {
	s := shape{fill: true, colour: b.colour(pal), opacity: 1}
	for i, l := range b.set.lines {
		l.outline(&s.path, b.origin(i), b.set.size)
	}
	return s
}

// marks returns what is written besides words: the brand's mark and the rule.
func (p placement) marks(pal palette) []shape {
	out := mark(p.mark, p.radius, pal.ink)
	if !p.rule.empty() {
		s := shape{fill: true, colour: pal.faint, opacity: .5, digits: 1}
		r := p.rule
		s.path.polygon(point{r.x0, r.y0}, point{r.x1, r.y0}, point{r.x1, r.y1}, point{r.x0, r.y1})
		out = append(out, s)
	}
	return out
}

// mark returns Segue's mark: a way from one place to another, in a ring.
func mark(c point, r float64, ink colour) []shape {
	at := func(x, y float64) point { return point{c.x + r*x, c.y + r*y} }
	ring := shape{colour: ink, opacity: .5, width: .1 * r, digits: 2}
	ring.path.circle(c, .94*r)
	way := shape{colour: ink, opacity: 1, width: .2 * r, digits: 2}
	way.path.move(at(-.66, -.36))
	way.path.cube(at(-.1, -.42), at(.06, .42), at(.66, .36))
	ends := shape{colour: ink, opacity: 1, fill: true, digits: 2}
	ends.path.circle(at(-.66, -.36), .2*r)
	ends.path.circle(at(.66, .36), .2*r)
	return []shape{ring, way, ends}
}
