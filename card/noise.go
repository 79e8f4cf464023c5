package card

import (
	"math"
	"math/rand/v2"
)

// noise is gradient noise on the plane, smooth and without a direction of its
// own: a hill or a hollow about once a unit, values about in [−0.7, 0.7].
//
// Reference: Perlin 2002, doi:10.1145/566654.566636, in two dimensions, with
// gradients on a circle.
type noise struct {
	order [512]uint8
	slope [256]point
}

func newNoise(rng *rand.Rand) *noise {
	n := &noise{}
	for i, v := range rng.Perm(256) {
		n.order[i], n.order[i+256] = uint8(v), uint8(v)
		n.slope[i] = point{}.toward(2*math.Pi*float64(i)/256, 1)
	}
	return n
}

// at returns the noise at a place.
func (n *noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx)&255, int(fy)&255
	x, y = x-fx, y-fy
	corner := func(dx, dy int) float64 {
		g := n.slope[n.order[int(n.order[(ix+dx)&255])+(iy+dy)&255]]
		return g.x*(x-float64(dx)) + g.y*(y-float64(dy))
	}
	u, v := x*x*x*(x*(6*x-15)+10), y*y*y*(y*(6*y-15)+10)
	low := corner(0, 0) + u*(corner(1, 0)-corner(0, 0))
	high := corner(0, 1) + u*(corner(1, 1)-corner(0, 1))
	return low + v*(high-low)
}

// rough returns two octaves of noise: hills, and half as high ones on them.
func (n *noise) rough(x, y float64) float64 {
	return n.at(x, y) + n.at(2*x+17.3, 2*y+5.9)/3
}
