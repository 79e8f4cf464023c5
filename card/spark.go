package card

import "math"

// drawSpark draws short quick strokes: around a few bursts they fly outwards, and
// between them they run along the lines of equal height, as a crowd turns.
func drawSpark(k *sketch) {
	s := k.shares()
	first := point{k.between(-.2, .2), k.between(-.25, .05)}
	bursts := append([]point{first}, k.scatter(2, box{s.x0 + .15, s.y0 + .1, s.x1 - .1, s.y1 - .35}, .72, first)...)
	drift := k.between(0, 40)
	height := func(x, y float64) float64 {
		h := .5 * k.noise.rough(x*1.15+drift, y*1.15)
		for i, b := range bursts {
			d := math.Hypot(x-b.x, y-b.y)
			h += math.Exp(-d*d/.16) * (1 - .25*float64(i))
		}
		return h
	}
	for i, b := range bursts {
		k.glows = append(k.glows, glow{
			middle: k.place(b.x, b.y), radius: k.reach * (.75 - .12*float64(i)), colour: hex(0xfff2c9),
			stops: []stop{{0, .95}, {.3, .62}, {.65, .2}, {1, 0}},
		})
	}
	// Strokes of one colour and width go together.
	const shades, widths = 7, 4
	var strokes [shades][widths]path
	var bright path
	for _, p := range k.scatter(1500, s.grown(.05), .0405) {
		near, way := math.Inf(1), point{}
		for _, b := range bursts {
			if d := p.to(b); d < near {
				near, way = d, p.minus(b)
			}
		}
		if near < .05 {
			continue
		}
		const eps = .01
		up := point{height(p.x+eps, p.y) - height(p.x-eps, p.y), height(p.x, p.y+eps) - height(p.x, p.y-eps)}
		along := point{-up.y, up.x}
		if n := along.length(); n > 0 {
			along = along.times(1 / n)
		}
		out := 1 - smoothly(.16, .52, near)
		way = way.times(out / max(way.length(), 1e-9)).plus(along.times(1 - out))
		if n := way.length(); n > 0 {
			way = way.times(1 / n)
		}
		h := height(p.x, p.y)
		length := (.011 + .042*math.Exp(-near/.26)) * k.between(.7, 1.35)
		shade := int(min(max((h+.25)/1.45*shades+k.between(-1.2, 1.2), 0), shades-1))
		width := min(int(k.between(0, 1.2)+2.4*math.Exp(-near/.3)), widths-1)
		at := k.place(p.x, p.y)
		d := way.times(length * k.reach)
		if k.rng.Float64() < .10 {
			bright.segment(at.minus(d), at.plus(d))
			continue
		}
		strokes[shade][width].segment(at.minus(d), at.plus(d))
	}
	for i := range strokes {
		for j, p := range strokes[i] {
			k.stroke(p, 3.4+2.1*float64(j), k.ramp.at(float64(i)/(shades-1)), .96)
		}
	}
	k.stroke(bright, 7.2, k.accent, 1)
	for i, b := range bursts {
		var heart path
		heart.circle(k.place(b.x, b.y), k.reach*(.026-.006*float64(i)))
		k.fill(heart, k.accent, 1)
	}
}
