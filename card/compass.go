package card

import "math"

// drawCompass draws open country as a map has it, and from its highest summit the
// ways out in every direction: each sets out by its bearing, and bends
// a little round every other hill. A ring of degrees and a needle lie over the summit.
func drawCompass(k *sketch) {
	summit := point{k.between(-.20, .20), k.between(-.26, .06)}
	hills := []hill{{summit.x, summit.y, .40, .36, k.between(0, math.Pi), 1.25}}
	s := k.shares()
	for _, p := range k.scatter(6, box{s.x0 - .05, s.y0 - .05, s.x1 + .05, s.y1}, .60, summit) {
		hills = append(hills, hill{p.x, p.y, k.between(.22, .34), k.between(.22, .40), k.between(0, math.Pi), k.between(.5, .95)})
	}
	drift := k.between(0, 40)
	height := func(x, y float64) float64 {
		h := .10 * k.noise.rough(x*1.1+drift, y*1.1)
		for _, m := range hills {
			h += m.at(x, y)
		}
		return h
	}
	land := k.heights(height)
	const step = .052
	for i := 0; i < 30; i++ {
		level := .04 + float64(i)*step
		width, t := 2.0, level/1.15
		if i%5 == 0 {
			width = 3.5
		}
		k.stroke(k.level(land, level, 90), width, k.ramp.at(t), .55+.45*t)
	}
	const ring = .31
	var ways [3]path
	for i := range 72 {
		points := descend(height, summit, 2*math.Pi*float64(i)/72, ring*1.1, s)
		switch {
		case i%2 == 1:
			points = points[:min(len(points), 12)]
		case i%6 != 0:
			points = points[:min(len(points), 28)]
		}
		for j, p := range points {
			points[j] = k.place(p.x, p.y)
		}
		ways[min(i%6, i%2+1)].smooth(even(points, 26*k.unit, false), false)
	}
	for i, w := range [3]struct{ width, opacity float64 }{{2.6, .8}, {1.5, .5}, {1.2, .36}} {
		k.stroke(ways[i], w.width, k.accent, w.opacity)
	}
	drawRose(k, k.place(summit.x, summit.y), ring*k.reach)
}

// descend walks away from the ring around a summit, drawn by the steepest way
// down, until the land is flat or out of sight; places are shares.
func descend(height func(x, y float64) float64, summit point, bearing, ring float64, seen box) []point {
	const step, eps = .018, .004
	p := summit.toward(bearing, ring)
	out := []point{p}
	way := point{}.toward(bearing, 1)
	for range 96 {
		down := point{height(p.x-eps, p.y) - height(p.x+eps, p.y), height(p.x, p.y-eps) - height(p.x, p.y+eps)}
		n := down.length()
		if n < 2*eps*.06 || !seen.grown(.05).holds(p) {
			break
		}
		// A way keeps most of its direction, as one who walks by a bearing does.
		way = way.times(.965).plus(down.times(.035 / n))
		way = way.times(1 / way.length())
		p = p.plus(way.times(step))
		out = append(out, p)
	}
	return out
}

// drawRose draws the ring of degrees and the needle, whose bearing is chance.
func drawRose(k *sketch, c point, r float64) {
	var clear path
	clear.circle(c, r*1.06)
	k.fill(clear, k.ground, .80)
	var fine, plain, long path
	for i := range 144 {
		a := 2 * math.Pi * float64(i) / 144
		switch {
		case i%36 == 0:
			long.segment(c.toward(a, r*.80), c.toward(a, r*1.06))
		case i%4 == 0:
			plain.segment(c.toward(a, r*.91), c.toward(a, r*1.0))
		default:
			fine.segment(c.toward(a, r*.955), c.toward(a, r*1.0))
		}
	}
	ink := k.ramp.at(1)
	k.stroke(fine, 1.4, ink, .75)
	k.stroke(plain, 2.2, ink, .95)
	k.stroke(long, 4.2, ink, 1)
	var ring path
	ring.circle(c, r*1.06)
	ring.circle(c, r*.72)
	k.stroke(ring, 1.6, ink, .7)
	b := k.between(0, 2*math.Pi)
	half := func(tip, wing float64) (p path) {
		p.polygon(c.toward(tip, r*.64), c.toward(tip+wing, r*.085), c)
		return p
	}
	for _, h := range []struct {
		tip, wing float64
		c         colour
	}{
		{b, math.Pi / 2, k.accent}, {b, -math.Pi / 2, k.accent.mix(ink, .35)},
		{b + math.Pi, math.Pi / 2, ink}, {b + math.Pi, -math.Pi / 2, ink.mix(k.ground, .3)},
	} {
		k.fill(half(h.tip, h.wing), h.c, 1)
	}
	var pin path
	pin.circle(c, r*.035)
	k.fill(pin, k.ground, 1)
}
