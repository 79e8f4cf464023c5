package card

import "math"

// drawLantern draws a light in the dark. Its rings are the level lines of the way
// from it: round where they are near, and shaped like the land where they are far
// and the light is nearly gone.
func drawLantern(k *sketch) {
	light := k.place(k.between(-.14, .14), k.between(-.16, .12))
	lx, ly := k.of(light)
	drift := k.between(0, 50)
	far := k.heights(func(x, y float64) float64 {
		d := math.Hypot(x-lx, y-ly)
		n := k.noise.rough(x*1.25+drift, y*1.25)
		return d * (1 + 1.05*n*smoothly(.12, 1.25, d))
	})
	k.glows = append(k.glows,
		glow{middle: light, radius: k.reach * 1.45, colour: hex(0x8a4a6c), stops: []stop{{0, .50}, {.25, .32}, {.55, .12}, {.8, .03}, {1, 0}}},
		glow{middle: light, radius: k.reach * .62, colour: hex(0xf7a94e), stops: []stop{{0, .62}, {.18, .40}, {.42, .17}, {.7, .045}, {1, 0}}},
	)
	r, gap := .135, .021
	for i := 0; r < 2.1; i++ {
		t := math.Exp(-r / .62)
		width := 1.7 + 2.3*t
		if i%5 == 0 {
			width *= 1.45
		}
		k.stroke(k.level(far, r, 60), width, k.ramp.at(.02+1.1*t), .2+1.1*t)
		r += gap
		gap *= 1.042
	}
	// What floats in the light.
	for _, p := range k.scatter(46, box{-1, -1, 1, 1}, .09, point{lx, ly}) {
		d := math.Hypot(p.x-lx, p.y-ly)
		if d < .2 || d > 1 {
			continue
		}
		var mote path
		mote.circle(k.place(p.x, p.y), k.unit*k.between(2, 4.6))
		k.fill(mote, k.ramp.at(1.05-.5*d), .95-.75*d)
	}
	for _, ring := range []struct{ r, opacity float64 }{{.088, .28}, {.062, 1}} {
		var p path
		p.circle(light, k.reach*ring.r)
		k.fill(p, k.accent, ring.opacity)
	}
}

// smoothly rises from 0 at lo to 1 at hi.
func smoothly(lo, hi, v float64) float64 { return seen((v - lo) / (hi - lo)) }
