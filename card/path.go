package card

import (
	"math"
	"strconv"
)

// A point is a place on a card in pixels, or in a glyph in ems; y points down.
type point struct{ x, y float64 }

func (p point) plus(q point) point    { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point   { return point{p.x - q.x, p.y - q.y} }
func (p point) times(k float64) point { return point{k * p.x, k * p.y} }
func (p point) length() float64       { return math.Hypot(p.x, p.y) }
func (p point) to(q point) float64    { return q.minus(p).length() }
func (p point) toward(angle, by float64) point {
	s, c := math.Sincos(angle)
	return point{p.x + by*c, p.y + by*s}
}

func middle(p, q point) point { return point{(p.x + q.x) / 2, (p.y + q.y) / 2} }

// A box is a rectangle; the zero box is empty.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) empty() bool { return b.x1 <= b.x0 || b.y1 <= b.y0 }

func (b box) union(c box) box {
	if b.empty() {
		return c
	}
	if c.empty() {
		return b
	}
	return box{min(b.x0, c.x0), min(b.y0, c.y0), max(b.x1, c.x1), max(b.y1, c.y1)}
}

func (b box) holds(p point) bool { return p.x >= b.x0 && p.x <= b.x1 && p.y >= b.y0 && p.y <= b.y1 }

func (b box) grown(by float64) box { return box{b.x0 - by, b.y0 - by, b.x1 + by, b.y1 + by} }

// A path is a run of lines and curves, with letters as SVG has them.
type path struct {
	ops    []byte // M, L, Q, C, Z
	points []point
}

func (p *path) move(a point)       { p.ops, p.points = append(p.ops, 'M'), append(p.points, a) }
func (p *path) line(a point)       { p.ops, p.points = append(p.ops, 'L'), append(p.points, a) }
func (p *path) quad(a, b point)    { p.ops, p.points = append(p.ops, 'Q'), append(p.points, a, b) }
func (p *path) cube(a, b, c point) { p.ops, p.points = append(p.ops, 'C'), append(p.points, a, b, c) }
func (p *path) close()             { p.ops = append(p.ops, 'Z') }

// segment adds a straight stroke of its own.
func (p *path) segment(a, b point) {
	p.move(a)
	p.line(b)
}

// circle adds a circle as four cubic arcs, which miss it by 0.03 %.
func (p *path) circle(c point, r float64) {
	const k = .5522847498
	at := func(x, y float64) point { return point{c.x + r*x, c.y + r*y} }
	p.move(at(1, 0))
	p.cube(at(1, k), at(k, 1), at(0, 1))
	p.cube(at(-k, 1), at(-1, k), at(-1, 0))
	p.cube(at(-1, -k), at(-k, -1), at(0, -1))
	p.cube(at(k, -1), at(1, -k), at(1, 0))
	p.close()
}

// polygon adds straight lines through points, closed.
func (p *path) polygon(points ...point) {
	for i, q := range points {
		if i == 0 {
			p.move(q)
		} else {
			p.line(q)
		}
	}
	p.close()
}

// smooth adds a curve led by points: a quadratic B-spline, whose knots are the
// middles between them, so that no corner is left. A closed run does not repeat
// its first point.
func (p *path) smooth(points []point, closed bool) {
	n := len(points)
	switch {
	case n < 2:
		return
	case n == 2 || closed && n < 4:
		p.move(points[0])
		for _, q := range points[1:] {
			p.line(q)
		}
		if closed {
			p.close()
		}
		return
	case closed:
		p.move(middle(points[n-1], points[0]))
		for i, q := range points {
			p.quad(q, middle(q, points[(i+1)%n]))
		}
		p.close()
		return
	}
	p.move(points[0])
	for i := 1; i < n-1; i++ {
		to := middle(points[i], points[i+1])
		if i == n-2 {
			to = points[n-1]
		}
		p.quad(points[i], to)
	}
}

// even returns points along a run of them, about step apart, ends included.
func even(points []point, step float64, closed bool) []point {
	if len(points) < 2 {
		return points
	}
	if closed {
		points = append(points[:len(points):len(points)], points[0])
	}
	total := 0.0
	for i := 1; i < len(points); i++ {
		total += points[i-1].to(points[i])
	}
	pieces := max(1, math.Round(total/step))
	if closed {
		pieces = max(6, pieces)
	}
	out := []point{points[0]}
	gap, walked, next := total/pieces, 0.0, total/pieces
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		d := a.to(b)
		for next <= walked+d+1e-9 && len(out) < int(pieces) {
			out = append(out, a.plus(b.minus(a).times((next-walked)/max(d, 1e-12))))
			next += gap
		}
		walked += d
	}
	if !closed {
		out = append(out, points[len(points)-1])
	}
	return out
}

// data appends the path as SVG writes it, in steps relative to rounded places, so
// that rounding does not add up; digits after the point are 0, 1 or 2.
func (p *path) data(b []byte, digits int) []byte {
	unit := math.Pow10(digits)
	var cx, cy, startX, startY int
	i := 0
	for _, op := range p.ops {
		n := map[byte]int{'M': 1, 'L': 1, 'Q': 2, 'C': 3, 'Z': 0}[op]
		if op == 'Z' {
			b = append(b, 'z')
			cx, cy = startX, startY
			continue
		}
		b = append(b, op+'a'-'A')
		x, y := cx, cy
		for j, q := range p.points[i : i+n] {
			x, y = int(math.Round(q.x*unit)), int(math.Round(q.y*unit))
			b = appendStep(b, x-cx, digits, j == 0)
			b = appendStep(b, y-cy, digits, false)
		}
		i += n
		cx, cy = x, y
		if op == 'M' {
			startX, startY = x, y
		}
	}
	return b
}

// appendStep appends a number of units, tenths or hundredths as shortly as SVG
// allows.
func appendStep(b []byte, v, digits int, first bool) []byte {
	switch {
	case v < 0:
		b = append(b, '-')
		v = -v
	case !first:
		b = append(b, ' ')
	}
	unit := [...]int{1, 10, 100}[digits]
	whole, part := v/unit, v%unit
	if whole != 0 || part == 0 {
		b = strconv.AppendInt(b, int64(whole), 10)
	}
	if part == 0 {
		return b
	}
	b = append(b, '.')
	if digits == 2 {
		b = append(b, byte('0'+part/10))
		part %= 10
		if part == 0 {
			return b
		}
	}
	return append(b, byte('0'+part))
}
