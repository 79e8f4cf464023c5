package card

import "math"

// drawHarbor draws a sheltered bay: two arms of land, and around them lines at
// equal distances, as old charts shade a shore. Between the arms they nest in
// calm arcs, ever warmer toward the middle; outside they turn into open sea.
func drawHarbor(k *sketch) {
	c := point{k.between(-.10, .14), k.between(-.12, .10)}
	mouth := k.between(0, 2*math.Pi)
	open := k.between(.36, .52) // half of the mouth's angle
	radius := k.between(.54, .62)
	drift := k.between(0, 60)
	// The quay, as points along its middle, and where it has its own mind.
	const points = 44
	var quay [points]point
	for i := range quay {
		t := float64(i) / (points - 1)
		a := mouth + open + t*(2*math.Pi-2*open)
		r := radius * (1 + .26*k.noise.at(1.3*math.Cos(a)+drift, 1.3*math.Sin(a)))
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
		d := math.Pow(sum/2, -.25)
		f := math.Hypot(x-far.x, y-far.y) - .35
		d = -math.Log(math.Exp(-9*d)+math.Exp(-9*f)) / 9
		out := smoothly(.2, 1.4, math.Hypot(x-c.x, y-c.y))
		return d * (1 + .55*out*k.noise.rough(x*1.2+drift, y*1.2))
	}
	sea := k.heights(height)
	middle := k.place(c.x, c.y)
	k.glows = append(k.glows,
		glow{middle: middle, radius: k.reach * 1.3, colour: hex(0x1d5a5c), stops: []stop{{0, .55}, {.3, .36}, {.65, .11}, {1, 0}}},
		glow{middle: middle, radius: k.reach * .5, colour: hex(0xe0b766), stops: []stop{{0, .26}, {.4, .12}, {1, 0}}},
	)
	calm := height(c.x, c.y)
	const step = .0345
	for i := 1; i < 52; i++ {
		level := .012 + float64(i)*step
		inner, outer := k.parted(sea, level, middle, k.reach*radius*1.02)
		t := min(level/calm, 1)
		width := 2.1
		if i%5 == 1 {
			width = 3.5
		}
		k.stroke(inner, width, k.ramp.at(.5+.5*t*t), .95)
		k.stroke(outer, width, k.ramp.at(.62*math.Exp(-level/.42)+.06), .35+.65*math.Exp(-level/.5))
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

// parted returns the lines of a height in two: those all within a distance of a
// middle, and the others.
func (k *sketch) parted(f *field, height float64, middle point, within float64) (inner, outer path) {
	for _, c := range f.contours(height) {
		if c.length() < 60*k.unit {
			continue
		}
		to := &inner
		for _, p := range c.points {
			if p.to(middle) > within {
				to = &outer
				break
			}
		}
		to.smooth(even(c.points, knot*k.unit, c.closed), c.closed)
	}
	return inner, outer
}
