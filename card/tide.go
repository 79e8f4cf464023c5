package card

import "math"

// drawTide draws a sea of long level lines under a pale disc. Each line lies a
// little lower than the one before and has nearly its shape, so that they draw
// together and part as swell does; below the disc all of them rise.
func drawTide(k *sketch) {
	s := k.shares()
	moon := k.place(k.between(-.30, .42), k.between(-.62, -.44))
	radius := k.reach * k.between(.17, .22)
	mx, my := k.of(moon)
	horizon := my + k.between(.30, .44)
	depth := s.y1 - horizon
	if !k.tall {
		depth += .1
	}
	const lines = 54
	drift, tilt := k.between(0, 90), k.between(-.09, .09)
	swell, wave := k.between(8.5, 10.5), k.between(.75, 1)
	var knots [lines][]point
	heights := func(i int) func(x float64) float64 {
		t := float64(i) / (lines - 1)
		base := horizon + depth*(.30*t+.70*math.Pow(t, 1.45))
		pitch := depth * (.30 + 1.0*math.Pow(t, .45)) / lines
		return func(x float64) float64 {
			n := k.noise.at(x*wave+drift, float64(i)*.056) + .34*k.noise.at(x*2.1*wave-drift, float64(i)*.074+31)
			bulge := math.Exp(-(x-mx)*(x-mx)/.16) * math.Exp(-t*2.6)
			return base + tilt*x*(1-t) + pitch*swell*n - bulge*.17
		}
	}
	for i := range lines {
		at := heights(i)
		// A line needs knots as close as its swell asks, and no closer.
		for x := s.x0 - .1; x < s.x1+.1; x += .062 {
			knots[i] = append(knots[i], k.place(x, at(x)))
		}
		knots[i] = append(knots[i], k.place(s.x1+.1, at(s.x1+.1)))
	}
	k.glows = append(k.glows,
		glow{middle: moon, radius: k.reach * 1.5, colour: hex(0xfbe3cf), stops: []stop{{0, .95}, {.12, .85}, {.4, .45}, {.72, .12}, {1, 0}}})
	var disc path
	disc.circle(moon, radius)
	k.fill(disc, k.accent, 1)
	k.stroke(disc, 1.6, k.ramp.at(.35), .55)
	// The sea's own tone: each fifth line begins a layer over those before.
	for i := 0; i < lines; i += 6 {
		var p path
		p.smooth(knots[i], false)
		p.line(point{k.whole.x1 + 40, k.whole.y1})
		p.line(point{k.region.x0 - 40, k.whole.y1})
		p.close()
		k.fill(p, k.ramp.at(.2+.6*float64(i)/lines), .085)
	}
	for i, line := range knots {
		t := float64(i) / (lines - 1)
		var p path
		p.smooth(line, false)
		width := 1.9
		if i%6 == 0 {
			width = 3.6
		}
		k.stroke(p, width, k.ramp.at(.08+.95*t), .55+.4*t)
	}
}
