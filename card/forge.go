package card

import "math"

// drawForge draws land of plates: a net of triangles whose heights are chance, so
// that level lines are straight on each and break at its edges. Plates turned
// from the fire are hatched, the darker the closer; the fire colours what is near.
func drawForge(k *sketch) {
	fire := point{k.between(-.25, .25), k.between(-.1, .25)}
	k.glows = append(k.glows,
		glow{middle: k.place(fire.x, fire.y), radius: k.reach * 1.35, colour: hex(0x8c2413), stops: []stop{{0, .62}, {.25, .42}, {.6, .13}, {1, 0}}},
		glow{middle: k.place(fire.x, fire.y), radius: k.reach * .5, colour: hex(0xff7a2e), stops: []stop{{0, .42}, {.35, .18}, {1, 0}}},
	)
	drift := k.between(0, 70)
	height := func(x, y float64) float64 {
		d := math.Hypot(x-fire.x, y-fire.y)
		ridge := 1 - 2*math.Abs(k.noise.at(x*1.1+drift, y*1.1))
		return .62*ridge + .8*k.noise.at(x*2.1-drift, y*2.1) + .75*math.Exp(-d*d/.18)
	}
	heat := func(p point) float64 {
		x, y := k.of(p)
		return math.Exp(-math.Hypot(x-fire.x, y-fire.y) / .55)
	}
	const shades = 9
	var levels [shades][2]path
	var hatches [shades]path
	shade := func(h float64) int { return int(min(max(h, 0)*shades, shades-1)) }
	const step = .084
	for _, t := range k.plates(.225, height) {
		lo := min(t.high[0], t.high[1], t.high[2])
		hi := max(t.high[0], t.high[1], t.high[2])
		for i := int(math.Ceil(lo / step)); float64(i)*step < hi; i++ {
			a, b, ok := t.cut(float64(i) * step)
			if !ok {
				continue
			}
			bold := 0
			if i%4 == 0 {
				bold = 1
			}
			levels[shade(heat(middle(a, b)))][bold].segment(a, b)
		}
		for _, h := range t.hatch(k, fire) {
			hatches[shade(heat(middle(h[0], h[1])))].segment(h[0], h[1])
		}
	}
	for i := range shades {
		t := float64(i) / (shades - 1)
		k.stroke(hatches[i], 1.5, k.ramp.at(t*.95), .5+.3*t)
	}
	for i := range shades {
		t := float64(i) / (shades - 1)
		k.stroke(levels[i][0], 2.1, k.ramp.at(.12+.95*t), .72+.28*t)
		k.stroke(levels[i][1], 4.0, k.ramp.at(.12+.95*t), .86+.14*t)
	}
}

// A plate is a triangle of land with a height at each corner.
type plate struct {
	at   [3]point
	high [3]float64
}

// plates returns a net of triangles of about the given size, in shares, over what
// is seen: a grid whose corners chance has moved, each square cut along its
// shorter diagonal.
func (k *sketch) plates(size float64, height func(x, y float64) float64) []plate {
	s := k.shares().grown(size)
	nx, ny := int((s.x1-s.x0)/size)+1, int((s.y1-s.y0)/size)+1
	type corner struct {
		at   point
		high float64
	}
	net := make([]corner, (nx+1)*(ny+1))
	for j := range ny + 1 {
		for i := range nx + 1 {
			x := s.x0 + size*(float64(i)+k.between(-.36, .36)+.5*float64(j%2))
			y := s.y0 + size*(float64(j)+k.between(-.36, .36))
			net[j*(nx+1)+i] = corner{k.place(x, y), height(x, y)}
		}
	}
	var out []plate
	add := func(a, b, c corner) {
		out = append(out, plate{[3]point{a.at, b.at, c.at}, [3]float64{a.high, b.high, c.high}})
	}
	for j := range ny {
		for i := range nx {
			o := j*(nx+1) + i
			a, b, c, d := net[o], net[o+1], net[o+nx+2], net[o+nx+1]
			if a.at.to(c.at) < b.at.to(d.at) {
				add(a, b, c)
				add(a, c, d)
			} else {
				add(a, b, d)
				add(b, c, d)
			}
		}
	}
	return out
}

// cut returns where a level crosses the plate.
func (t plate) cut(level float64) (a, b point, ok bool) {
	var ends []point
	for i := range 3 {
		j := (i + 1) % 3
		if (t.high[i] < level) != (t.high[j] < level) {
			share := (level - t.high[i]) / (t.high[j] - t.high[i])
			ends = append(ends, t.at[i].plus(t.at[j].minus(t.at[i]).times(share)))
		}
	}
	if len(ends) != 2 {
		return point{}, point{}, false
	}
	return ends[0], ends[1], true
}

// hatch returns strokes down the plate's slope, close where it turns from the
// fire, none where it faces it.
func (t plate) hatch(k *sketch, fire point) [][2]point {
	e, f := t.at[1].minus(t.at[0]), t.at[2].minus(t.at[0])
	area := e.x*f.y - e.y*f.x
	if math.Abs(area) < 1 {
		return nil
	}
	u, v := t.high[1]-t.high[0], t.high[2]-t.high[0]
	up := point{(u*f.y - v*e.y) / area, (v*e.x - u*f.x) / area}
	steep := up.length()
	if steep == 0 {
		return nil
	}
	up = up.times(1 / steep)
	centre := t.at[0].plus(t.at[1]).plus(t.at[2]).times(1. / 3)
	light := k.place(fire.x, fire.y).minus(centre)
	turned := (up.x*light.x + up.y*light.y) / max(light.length(), 1) // 1: the slope rises toward the fire, and hides from it
	dark := .5 + .5*turned
	if dark < .34 {
		return nil
	}
	gap := (21 - 14*dark) * k.unit
	across := point{-up.y, up.x}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range t.at {
		d := p.x*across.x + p.y*across.y
		lo, hi = min(lo, d), max(hi, d)
	}
	var out [][2]point
	for d := (math.Floor(lo/gap) + .5) * gap; d < hi; d += gap {
		p := plate{t.at, [3]float64{}}
		for i, q := range t.at {
			p.high[i] = q.x*across.x + q.y*across.y
		}
		if a, b, ok := p.cut(d); ok && a.to(b) > 5*k.unit {
			// Short of the edges, as an engraver lifts the tool.
			w := b.minus(a).times(min(.06, 4*k.unit/a.to(b)))
			out = append(out, [2]point{a.plus(w), b.minus(w)})
		}
	}
	return out
}
