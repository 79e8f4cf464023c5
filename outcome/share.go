package outcome

import "segue/outcome/stats"

// A Share is how many of how many, with its 95 % interval.
type Share struct {
	K      int     `json:"k"`
	N      int     `json:"n"`
	Value  float64 `json:"value"` // K/N, [0, 1]; 0 if N is 0
	Lo     float64 `json:"lo"`    // [0, 1]; 0 to 1 if N is 0: nothing is known
	Hi     float64 `json:"hi"`
	Enough bool    `json:"enough"` // N is at least Least
}

// ShareOf returns k of n with the score interval of Wilson (stats.Wilson), which holds
// its level for small n and stays within [0, 1]. It panics unless 0 ≤ k ≤ n.
func ShareOf(k, n int) Share {
	e := stats.Wilson(k, n, .95)
	if n == 0 {
		return Share{Hi: 1}
	}
	return Share{K: k, N: n, Value: float64(e.Value), Lo: float64(e.Lo), Hi: float64(e.Hi), Enough: e.Enough}
}
