package card

import "math"

// drawHarbor draws a sheltered bay: two arms of land, and around them lines at
// equal distances, as old charts shade a shore. Between the arms they nest in
// calm arcs, ever warmer toward the middle; outside they turn into open sea.
func drawHarbor(k *sketch) {
	c := point{k.between(-.10, .14), k.between(-.12, .10)}
	mouth := math.Pi * k.between(-.75, .35) // never toward the words, where it would fade
	open := k.between(.24, .34)             // half of the mouth's angle
	radius := k.between(.54, .62)
	drift := k.between(0, 60)
	// The quay, as points along its middle, and where it has its own mind.
	const points = 64
	var quay [points]point
	for i := range quay {
		t := float64(i) / (points - 1)
		a := mouth + open + t*(2*math.Pi-2*open)
		r := radius * (1 + .34*k.noise.at(.85*math.Cos(a)+drift, .85*math.Sin(a)))
		quay[i] = c.toward(a, r)
	}
	// A far shore, so that the sea is not empty.
	far := c.toward(mouth+k.between(-.5, .5), 1.75)
	height := func(x, y float64) float64 {
		// The power mean of distances is near the least of them and has no
		// edges where two shores are equally far.
		sum := 0.0
		for _, q := range quay {
			d := (x-q.x)*(x-q.x) + (y-q.y)*(y-q.y) + 1e-5
			sum += 1 / (d * d)
		}
		d := math.Pow(sum/3, -.25)
		f := math.Hypot(x-far.x, y-far.y) - .35
		d = -math.Log(math.Exp(-9*d)+math.Exp(-9*f)) / 9
		out := smoothly(.2, 1.4, math.Hypot(x-c.x, y-c.y))
		return d * (1 + .55*out*k.noise.rough(x*1.2+drift, y*1.2))
	}
	sea := k.heights(height)
	middle := k.place(c.x, c.y)
	k.glows = append(k.glows,
		glow{middle: middle, radius: k.reach * 1.3, colour: hex(0x1d5a5c), stops: []stop{{0, .55}, {.3, .36}, {.65, .11}, {1, 0}}},
		glow{middle: middle, radius: k.reach * .5, colour: hex(0xf2b45a), stops: []stop{{0, .22}, {.4, .10}, {.75, .02}, {1, 0}}},
	)
	for i, level := 0, .046; level < 1.9; i++ {
		width := 2.1
		if i%5 == 0 {
			width = 3.4
		}
		open := k.ramp.at(.62*math.Exp(-level/.36) + .04)
		open = k.ground.mix(open, .4+.6*math.Exp(-level/.6))
		for z, p := range k.zones(sea, level, middle, k.reach*radius*.92) {
			warm := 1 - float64(z)/calmZones // 0 outside the arms, 1 in the middle
			k.stroke(p, width, open.mix(k.ramp.at(.5+.62*warm), math.Pow(warm, .4)), 1)
		}
		level += .0235 + .012*smoothly(.3, .9, level)
	}
	// The quay itself, and a light at each end of it.
	var wall path
	line := make([]point, points)
	for i, q := range quay {
		line[i] = k.place(q.x, q.y)
	}
	wall.smooth(line, false)
	k.stroke(wall, 13, k.ramp.at(.72), 1)
	k.stroke(wall, 7, k.ground, 1)
	for _, q := range []point{line[0], line[points-1]} {
		var halo, lamp path
		halo.circle(q, 19*k.unit)
		lamp.circle(q, 8.5*k.unit)
		k.fill(halo, k.accent, .22)
		k.fill(lamp, k.accent, 1)
	}
}

// calmZones is how many zones of warmth a bay has.
const calmZones = 9

// zones returns the lines of a height, cut where they pass from one ring around
// the middle into the next; what is beyond within is the last.
func (k *sketch) zones(f *field, height float64, middle point, within float64) (out [calmZones + 1]path) {
	zone := func(p point) int { return int(min(p.to(middle)/within, 1) * calmZones) }
	for _, c := range f.contours(height) {
		if c.length() < 150*k.unit {
			continue
		}
		points := even(c.points, knot*k.unit, c.closed)
		cut := 0
		for i := 1; i < len(points); i++ {
			if zone(points[i]) == zone(points[cut]) {
				continue
			}
			// A piece reaches a point into the next, so that no gap is left.
			out[zone(points[cut])].smooth(points[cut:i+1], false)
			cut = i
		}
		switch {
		case cut == 0:
			out[zone(points[0])].smooth(points, c.closed)
		case c.closed:
			points = append(points, points[0])
			fallthrough
		default:
			out[zone(points[cut])].smooth(points[cut:], false)
		}
	}
	return out
}
