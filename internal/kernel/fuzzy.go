package kernel

import (
	"math"

	"segue/matrix"
)

// Pulls is what one chunk of rows adds to a step of fuzzy c-means, with u the
// memberships, m the fuzzifier, and deviations taken from the centers.
type Pulls struct {
	Weight    []float64 // k, Σ uᵐ
	Shift     []float64 // k×d, Σ uᵐ·(x−center)
	Objective float64   // Σ Σ_c uᵐ·‖x−center‖²
}

// NewPulls returns zero Pulls for k centers in d columns.
func NewPulls(k, d int) *Pulls { return &Pulls{Weight: padded(k), Shift: padded(k * d)} }

// Reset sets p to zero.
func (p *Pulls) Reset() {
	clear(p.Weight)
	clear(p.Shift)
	p.Objective = 0
}

// Merge adds t to p.
func (p *Pulls) Merge(t *Pulls) {
	for i, v := range t.Weight {
		p.Weight[i] += v
	}
	for i, v := range t.Shift {
		p.Shift[i] += v
	}
	p.Objective += t.Objective
}

// fuzzyRoom holds one block's intermediate values. With d_c² the squared
// distance to center c and d² the least of them, near_c = (d²/d_c²)^(1/(m−1)) is
// in [0, 1] and the membership is u_c = near_c / Σ near, which neither overflows
// nor divides by a zero distance. A row on a center has d² = 0; near is then 1 for
// the centers there and 0 for all others.
type fuzzyRoom struct {
	near  []float64     // k×block
	ratio []float64     // k×block, d²/d_c²
	least [block]uint64 // d², as bits
	total [block]float64
}

func newFuzzyRoom(k int) *fuzzyRoom {
	return &fuzzyRoom{near: make([]float64, k*block), ratio: make([]float64, k*block)}
}

// Pull adds rows [lo, hi) to pulls. m must be above 1.
//
// uᵐ = nearᵐ/Σᵐ, where nearᵐ = near·near^(m−1) = near·d²/d_c², so one power per
// row does; and the row's part of the objective is d²·Σ^(1−m).
func Pull(x matrix.Columns, lo, hi int, centers []float64, m float64, pulls *Pulls) {
	_, d := x.Dims()
	k := len(centers) / d
	room := newFuzzyRoom(k)
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		rows := end - lo
		room.fill(x, lo, end, centers, m)
		for i, total := range room.total[:rows] {
			power := total * total
			if m != 2 {
				power = math.Pow(total, m)
			}
			pulls.Objective += math.Float64frombits(room.least[i]) * total / power
			room.total[i] = 1 / power
		}
		for c := range k {
			near, ratio := room.near[c*block:c*block+rows], room.ratio[c*block:c*block+rows]
			weight := ratio
			for i, v := range near {
				weight[i] = v * ratio[i] * room.total[i&(block-1)]
			}
			center, shift := centers[c*d:(c+1)*d], pulls.Shift[c*d:(c+1)*d]
			if d == 3 {
				pulls.Weight[c] += pull3(x.Col(0)[lo:end], x.Col(1)[lo:end], x.Col(2)[lo:end], weight, (*[3]float64)(center), (*[3]float64)(shift))
				continue
			}
			for _, w := range weight {
				pulls.Weight[c] += w
			}
			for j, v := range center {
				col, sum := x.Col(j)[lo:end], 0.0
				for i, w := range weight {
					sum += w * (col[i] - v)
				}
				shift[j] += sum
			}
		}
	}
}

func pull3(x0, x1, x2, weight []float64, center, shift *[3]float64) (total float64) {
	x0, x1, x2 = x0[:len(weight)], x1[:len(weight)], x2[:len(weight)]
	c0, c1, c2 := center[0], center[1], center[2]
	var s0, s1, s2 float64
	for i, w := range weight {
		total += w
		s0 += w * (x0[i] - c0)
		s1 += w * (x1[i] - c1)
		s2 += w * (x2[i] - c2)
	}
	shift[0] += s0
	shift[1] += s1
	shift[2] += s2
	return total
}

// Memberships writes the memberships of rows [lo, hi) in the clusters of centers
// to to, n×k row by row, unless it is nil; each row adds up to 1. It returns Σu²
// and −Σu·ln u over them. A row with a NaN has memberships NaN.
func Memberships(x matrix.Columns, lo, hi int, centers []float64, m float64, to []float64) (squares, entropy float64) {
	_, d := x.Dims()
	k := len(centers) / d
	room := newFuzzyRoom(k)
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		room.fill(x, lo, end, centers, m)
		for c := range k {
			for i, near := range room.near[c*block : c*block+end-lo] {
				u := near / room.total[i]
				squares += u * u
				if u > 0 {
					entropy -= u * math.Log(u)
				}
				if to != nil {
					to[(lo+i)*k+c] = u
				}
			}
		}
	}
	return squares, entropy
}

// fill computes near, ratio, least and total for one block.
func (room *fuzzyRoom) fill(x matrix.Columns, lo, hi int, centers []float64, m float64) {
	_, d := x.Dims()
	rows := hi - lo
	least := room.least[:rows]
	for c := 0; c*d < len(centers); c++ {
		distance := room.ratio[c*block : (c+1)*block]
		squares(x, lo, hi, centers[c*d:(c+1)*d], (*[block]float64)(distance))
		for i, v := range distance[:rows] {
			bits := math.Float64bits(v) // distances sort as their bits: see Assign
			if c == 0 {
				least[i] = bits
			}
			least[i] = min(least[i], bits)
		}
	}
	total := room.total[:rows]
	clear(total)
	exponent := 1 / (m - 1)
	for at := 0; at < len(room.ratio); at += block {
		ratio, near := room.ratio[at:at+rows], room.near[at:at+rows]
		for i, distance := range ratio {
			q := 1.0
			if nearest := math.Float64frombits(least[i]); distance != nearest {
				q = nearest / distance
			}
			ratio[i] = q
			if exponent != 1 {
				q = math.Pow(q, exponent)
			}
			near[i] = q
			total[i] += q
		}
	}
}
