package kernel

import (
	"math"

	"segue/matrix"
)

// fuzzyRoom holds one block's intermediate values. With d_c² the squared
// distance to center c and d² the least of them, near_c = (d²/d_c²)^(1/(m−1)) is
// in [0, 1] and the membership is u_c = near_c / Σ near, which neither overflows
// nor divides by a zero distance. A row on a center has d² = 0; near is then 1 for
// the centers there and 0 for all others. At m = 2 near is ratio.
type fuzzyRoom[F matrix.Float] struct {
	near         []F // k×block
	ratio        []F // k×block, d²/d_c²
	least, total [block]F
}

func newFuzzyRoom[F matrix.Float](k int) *fuzzyRoom[F] {
	return &fuzzyRoom[F]{near: make([]F, k*block), ratio: make([]F, k*block)}
}

// pull adds rows [lo, hi), at most a block, to pulls.
//
// uᵐ = nearᵐ/Σᵐ, where nearᵐ = near·near^(m−1) = near·d²/d_c², so one power per
// row does; and the row's part of the objective is d²·Σ^(1−m).
func (room *fuzzyRoom[F]) pull(x matrix.Table[F], lo, hi int, centers []F, m float64, pulls *Pulls[F]) {
	_, d := x.Dims()
	rows := hi - lo
	room.fill(x, lo, hi, centers, m)
	factor := room.total[:rows]
	least := room.least[:len(factor)]
	for i, total := range factor {
		if m == 2 {
			factor[i] = 1 / total
			pulls.Objective += float64(least[i] * factor[i])
			continue
		}
		power := math.Pow(float64(total), m)
		factor[i] = F(1 / power)
		pulls.Objective += float64(least[i]) * float64(total) / power
	}
	for c := range pulls.Weight {
		weight := room.ratio[c*block : c*block+rows]
		if m == 2 {
			for i, u := range weight {
				u *= factor[i]
				weight[i] = u * u
			}
		} else {
			near := room.near[c*block:]
			near = near[:len(weight)]
			for i, ratio := range weight {
				weight[i] = near[i] * ratio * factor[i]
			}
		}
		pulls.Weight[c] += addUp(weight)
		center, shift := centers[c*d:(c+1)*d], pulls.Shift[c*d:(c+1)*d]
		if d == 3 {
			pull3(x.Col(0)[lo:hi], x.Col(1)[lo:hi], x.Col(2)[lo:hi], weight, (*[3]F)(center), (*[3]float64)(shift))
			continue
		}
		for j, v := range center {
			shift[j] += pull1(x.Col(j)[lo:hi], weight, v)
		}
	}
}

func pull3[F matrix.Float](x0, x1, x2, weight []F, center *[3]F, shift *[3]float64) {
	x0, x1, x2 = x0[:len(weight)], x1[:len(weight)], x2[:len(weight)]
	c0, c1, c2 := center[0], center[1], center[2]
	var s0, s1, s2 float64
	for i, w := range weight {
		s0 += float64(w * (x0[i] - c0))
		s1 += float64(w * (x1[i] - c1))
		s2 += float64(w * (x2[i] - c2))
	}
	shift[0] += s0
	shift[1] += s1
	shift[2] += s2
}

func pull1[F matrix.Float](col, weight []F, center F) float64 {
	col = col[:len(weight)]
	var s0, s1 float64
	i := 0
	for ; i+1 < len(weight); i += 2 {
		s0 += float64(weight[i] * (col[i] - center))
		s1 += float64(weight[i+1] * (col[i+1] - center))
	}
	if i < len(weight) {
		s0 += float64(weight[i] * (col[i] - center))
	}
	return s0 + s1
}

// memberships writes those of rows [lo, hi), at most a block, to to unless it is
// nil, and returns Σu² and −Σu·ln u.
func (room *fuzzyRoom[F]) memberships(x matrix.Table[F], lo, hi int, centers []F, m float64, to []float64) (squares, entropy float64) {
	room.fill(x, lo, hi, centers, m)
	k := len(room.near) / block
	near := room.near
	if m == 2 {
		near = room.ratio
	}
	for c := range k {
		for i, v := range near[c*block : c*block+hi-lo] {
			u := float64(v) / float64(room.total[i&(block-1)])
			squares += u * u
			if u > 0 {
				entropy -= u * math.Log(u)
			}
			if to != nil {
				to[i*k+c] = u
			}
		}
	}
	return squares, entropy
}

// fill computes near, ratio, least and total for one block.
func (room *fuzzyRoom[F]) fill(x matrix.Table[F], lo, hi int, centers []F, m float64) {
	_, d := x.Dims()
	rows := hi - lo
	least := room.least[:rows]
	for c := 0; c*block < len(room.ratio); c++ {
		distance := (*[block]F)(room.ratio[c*block:])
		squares(x, lo, hi, centers[c*d:(c+1)*d], distance)
		if c == 0 {
			copy(least, distance[:])
			continue
		}
		for i, v := range distance[:len(least)] {
			least[i] = min(least[i], v)
		}
	}
	total := room.total[:rows]
	clear(total)
	for at := 0; at < len(room.ratio); at += block {
		ratio := room.ratio[at:]
		ratio = ratio[:len(total)]
		for i, nearest := range least {
			ratio[i] = nearest / ratio[i]
			total[i] += ratio[i]
		}
	}
	for i, nearest := range least {
		if nearest == 0 || nearest > math.MaxFloat32 && math.IsInf(float64(nearest), 1) {
			room.settle(i)
		}
	}
	if m != 2 {
		room.raise(rows, 1/(m-1))
	}
}

// settle divides the distances of row i to the least of them where that is 0 or
// infinite: equal ones have quotient 1, like any others.
func (room *fuzzyRoom[F]) settle(i int) {
	room.total[i] = 0
	for at := i; at < len(room.ratio); at += block {
		if q := room.ratio[at]; q != q {
			room.ratio[at] = 1
		}
		room.total[i] += room.ratio[at]
	}
}

// raise sets near to the powers of ratio, and total to their sums.
func (room *fuzzyRoom[F]) raise(rows int, exponent float64) {
	total := room.total[:rows]
	clear(total)
	for at := 0; at < len(room.ratio); at += block {
		near := room.near[at:]
		for i, q := range room.ratio[at : at+len(total)] {
			near[i] = F(math.Pow(float64(q), exponent))
			total[i] += near[i]
		}
	}
}
