package outcome

import "math"

// z is the 97.5th percentile of the standard normal distribution.
const z = 1.959963984540054

// A Share is how many of how many, with its 95 % interval.
type Share struct {
	K      int     `json:"k"`
	N      int     `json:"n"`
	Value  float64 `json:"value"` // K/N, [0, 1]; 0 if N is 0
	Lo     float64 `json:"lo"`    // [0, 1]; 0 to 1 if N is 0: nothing is known
	Hi     float64 `json:"hi"`
	Enough bool    `json:"enough"` // N is at least Least
}

// ShareOf returns k of n with the score interval of Wilson 1927
// (doi:10.1080/01621459.1927.10502953),
//
//	(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n),
//
// which holds its level for small n and stays within [0, 1]. It panics unless
// 0 ≤ k ≤ n.
func ShareOf(k, n int) Share {
	if k < 0 || k > n {
		panic("outcome: a share has 0 ≤ k ≤ n")
	}
	if n == 0 {
		return Share{Hi: 1}
	}
	p, m := float64(k)/float64(n), float64(n)
	middle, half, whole := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m)), 1+z*z/m
	s := Share{K: k, N: n, Value: p, Lo: max(0, (middle-half)/whole), Hi: min(1, (middle+half)/whole), Enough: n >= Least}
	// The ends are exact where the formula leaves rounding.
	if k == 0 {
		s.Lo = 0
	}
	if k == n {
		s.Hi = 1
	}
	return s
}
