package adapt

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// A Beta is a distribution of a share, in [0, 1]: what is believed of an action's chance
// of success.
type Beta struct {
	A float64 `json:"a"` // successes, of the prior too, ≥ leastShape
	B float64 `json:"b"` // failures
}

// leastShape is the smallest parameter of a Beta: that of Jeffreys' prior.
const leastShape = .5

// Mean returns A/(A + B).
func (b Beta) Mean() float64 { return b.A / (b.A + b.B) }

// Seen returns the distribution after so many successes and failures more.
func (b Beta) Seen(c Count) Beta { return Beta{b.A + float64(c.Better), b.B + float64(c.Other)} }

// Best returns, for each of several independent shares, the probability that it is the
// largest,
//
//	P(a) = ∫ f_a(x) Π_{b≠a} F_b(x) dx,
//
// by quadrature: they sum to 1, and each is right to about 1e-10. In t = log(x/(1 − x))
// every density is smooth and falls off at both ends; panels are laid around every
// density's peak in its own width, and on each 16 nodes of Gauss–Legendre give the
// densities, whose running integrals (of the polynomial through the nodes) are the
// distributions. About a third of a millisecond for
// three shares, one for eight.
//
// It panics if a parameter is below leastShape, or not finite, or there is no share.
func Best(of []Beta) []float64 {
	if len(of) == 0 {
		panic("adapt: the best of nothing")
	}
	rule := panelRule()
	peaks := make([]peak, len(of))
	for i, b := range of {
		peaks[i] = newPeak(b)
	}
	edges := panelEdges(peaks)
	best, before := make([]float64, len(of)), make([]float64, len(of)) // before: F at the panel's left edge
	density := make([][nodes]float64, len(of))
	upTo := make([][nodes]float64, len(of))
	for e := 1; e < len(edges); e++ {
		lo, half := edges[e-1], (edges[e]-edges[e-1])/2
		for n, x := range rule.at {
			t := lo + half*(1+x)
			down, up := softplus(-t), softplus(t) // −log x, −log(1 − x)
			for i := range peaks {
				density[i][n] = math.Exp(peaks[i].scale - peaks[i].A*down - peaks[i].B*up)
			}
		}
		for i := range peaks {
			for n := range nodes {
				sum := 0.
				for k := range nodes {
					sum += rule.until[n][k] * density[i][k]
				}
				upTo[i][n] = min(1, max(0, before[i]+half*sum))
			}
			whole := 0.
			for n := range nodes {
				whole += rule.weight[n] * density[i][n]
			}
			before[i] = min(1, before[i]+half*whole)
		}
		for n := range nodes {
			for i := range peaks {
				p := half * rule.weight[n] * density[i][n]
				for j := range peaks {
					if j != i {
						p *= upTo[j][n]
					}
				}
				best[i] += p
			}
		}
	}
	sum := 0.
	for _, p := range best {
		sum += p
	}
	for i := range best {
		best[i] /= sum
	}
	return best
}

// softplus returns log(1 + e^t) without overflow.
func softplus(t float64) float64 {
	if t > 0 {
		return t + math.Log1p(math.Exp(-t))
	}
	return math.Log1p(math.Exp(t))
}

// A peak is a Beta's density in t, exp(scale − A·log(1 + e^−t) − B·log(1 + e^t)).
type peak struct {
	Beta
	scale     float64 // −log B(A, B)
	at, width float64 // of the maximum, log(A/B), and √(1/A + 1/B), its curvature there
}

func newPeak(b Beta) peak {
	if !(b.A >= leastShape && b.B >= leastShape) || math.IsInf(b.A+b.B, 0) {
		panic("adapt: a Beta's parameters are finite and at least 1/2")
	}
	both, _ := math.Lgamma(b.A + b.B)
	a, _ := math.Lgamma(b.A)
	c, _ := math.Lgamma(b.B)
	return peak{b, both - a - c, math.Log(b.A / b.B), math.Sqrt(1/b.A + 1/b.B)}
}

// panelEdges returns where panels begin and end, in order: around each peak in steps of
// its width that grow outwards, as far as its density matters.
func panelEdges(peaks []peak) []float64 {
	var edges []float64
	for _, p := range peaks {
		top := p.scale - p.A*softplus(-p.at) - p.B*softplus(p.at)
		for _, side := range [2]float64{-1, 1} {
			for step := 0.; ; step = max(step+.75, 1.4*step) {
				t := p.at + side*step*p.width
				edges = append(edges, t)
				if p.scale-p.A*softplus(-t)-p.B*softplus(t) < top-38 { // e^−38 is below the last bit of 1
					break
				}
			}
		}
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

const nodes = 16

// A rule of panels: Gauss–Legendre on [−1, 1], and the integrals from −1 to each node.
type rule struct {
	at, weight [nodes]float64
	until      [nodes][nodes]float64 // ∫ of the kth node's Lagrange polynomial up to the nth node
}

// panelRule is the rule. The kth Lagrange polynomial is Σ_m (m + ½)·w_k·P_m(x_k)·P_m(x),
// and ∫P_m up to x is (P_{m+1}(x) − P_{m−1}(x))/(2m + 1).
var panelRule = sync.OnceValue(func() *rule {
	var r rule
	quad.Legendre{}.FixedLocations(r.at[:], r.weight[:], -1, 1)
	legendre := func(x float64) (p [nodes + 1]float64) {
		p[0], p[1] = 1, x
		for m := 1; m < nodes; m++ {
			p[m+1] = (float64(2*m+1)*x*p[m] - float64(m)*p[m-1]) / float64(m+1)
		}
		return p
	}
	for n := range nodes {
		at := legendre(r.at[n])
		for k := range nodes {
			of := legendre(r.at[k])
			sum := r.at[n] + 1 // of P_0, whose integral is x + 1
			for m := 1; m < nodes; m++ {
				sum += of[m] * (at[m+1] - at[m-1])
			}
			r.until[n][k] = r.weight[k] / 2 * sum
		}
	}
	return &r
})
