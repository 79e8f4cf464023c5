package card

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// A sketch is a drawing in the making: where it may go, what chance decides, and
// what has been drawn.
type sketch struct {
	whole  box   // the card
	region box   // the part of it where anything can be seen
	focus  point // where the drawing gathers
	reach  float64
	unit   float64 // a pixel's worth on the tall card
	tall   bool
	rng    *rand.Rand
	noise  *noise
	palette
	glows  []glow
	shapes []shape
}

// newSketch begins a drawing beside the words. Chance depends on the card's seed
// and kind alone: the same seed is the same place, tall and wide.
func newSketch(c Card, f frame, p placement, pal palette) *sketch {
	h := fnv.New64a()
	h.Write([]byte(c.Kind)) // never fails
	rng := rand.New(rand.NewPCG(c.Seed, h.Sum64()))
	k := &sketch{
		whole: box{0, 0, float64(f.size.W), float64(f.size.H)},
		focus: f.focus, reach: f.reach, unit: f.unit, tall: f.tall,
		rng: rng, noise: newNoise(rng), palette: pal,
	}
	k.region = k.whole
	q := f.quiet(p)
	if f.tall {
		k.region.y1 = q.none
	} else {
		k.region.x0 = q.none
	}
	return k
}

// between returns a number by chance.
func (k *sketch) between(lo, hi float64) float64 { return lo + (hi-lo)*k.rng.Float64() }

// place returns the place a share of the reach from the focus.
func (k *sketch) place(x, y float64) point {
	return point{k.focus.x + k.reach*x, k.focus.y + k.reach*y}
}

// of returns the place in shares of the reach from the focus.
func (k *sketch) of(p point) (x, y float64) {
	return (p.x - k.focus.x) / k.reach, (p.y - k.focus.y) / k.reach
}

// stroke draws a path in ink of a width in units.
func (k *sketch) stroke(p path, width float64, c colour, opacity float64) {
	if len(p.ops) > 0 && opacity > .004 {
		k.shapes = append(k.shapes, shape{path: p, width: width * k.unit, colour: c, opacity: min(opacity, 1)})
	}
}

// fill fills a path.
func (k *sketch) fill(p path, c colour, opacity float64) {
	if len(p.ops) > 0 && opacity > .004 {
		k.shapes = append(k.shapes, shape{path: p, fill: true, colour: c, opacity: min(opacity, 1)})
	}
}

// grid is the step of fields in units, and knot the way between the points that
// lead a curve.
const (
	grid = 9
	knot = 17
)

// heights measures a field over the seen part of the card and a little more, so
// that no line is seen to end.
func (k *sketch) heights(h func(x, y float64) float64) *field {
	step := grid * k.unit
	return newField(k.region.grown(2*step), step, func(p point) float64 { return h(k.of(p)) })
}

// level returns the lines of a height as one path of smooth curves; specks
// shorter than least units are left out.
func (k *sketch) level(f *field, height, least float64) path {
	var p path
	for _, c := range f.contours(height) {
		if c.length() < least*k.unit {
			continue
		}
		p.smooth(even(c.points, knot*k.unit, c.closed), c.closed)
	}
	return p
}

// A hill is a summit of a landscape, in shares of the reach.
type hill struct{ x, y, wide, long, turn, high float64 }

// at returns the hill's height at a place.
func (h hill) at(x, y float64) float64 {
	s, c := math.Sincos(h.turn)
	dx, dy := x-h.x, y-h.y
	u, v := (c*dx+s*dy)/h.wide, (c*dy-s*dx)/h.long
	return h.high * math.Exp(-(u*u+v*v)/2)
}

// scatter returns up to n places in the box of shares, no two nearer than apart
// and none nearer than that to those given.
func (k *sketch) scatter(n int, b box, apart float64, given ...point) []point {
	out := append([]point(nil), given...)
	// Each is kept in a cell as wide as the distance, so that only the nine
	// around a place need be asked.
	cells := map[[2]int][]point{}
	cell := func(p point) [2]int { return [2]int{int(math.Floor(p.x / apart)), int(math.Floor(p.y / apart))} }
	for _, p := range given {
		cells[cell(p)] = append(cells[cell(p)], p)
	}
	free := func(p point) bool {
		c := cell(p)
		for i := -1; i <= 1; i++ {
			for j := -1; j <= 1; j++ {
				for _, q := range cells[[2]int{c[0] + i, c[1] + j}] {
					if p.to(q) < apart {
						return false
					}
				}
			}
		}
		return true
	}
	for range 12 * n {
		if len(out) == n+len(given) {
			break
		}
		p := point{k.between(b.x0, b.x1), k.between(b.y0, b.y1)}
		if free(p) {
			out = append(out, p)
			cells[cell(p)] = append(cells[cell(p)], p)
		}
	}
	return out[len(given):]
}

// shares returns the seen part of the card in shares of the reach.
func (k *sketch) shares() box {
	x0, y0 := k.of(point{k.region.x0, k.region.y0})
	x1, y1 := k.of(point{k.region.x1, k.region.y1})
	return box{x0, y0, x1, y1}
}
