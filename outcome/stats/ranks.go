package stats

import (
	"math"
	"slices"
)

// doubledRanks returns twice the mid-ranks of v, whole numbers from 2 on, and the sizes of
// its groups of ties.
func doubledRanks(v []float64) (ranks []int, ties []int) {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case v[a] < v[b]:
			return -1
		case v[a] > v[b]:
			return 1
		}
		return a - b
	})
	ranks = make([]int, len(v))
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && v[order[hi]] == v[order[lo]] {
			hi++
		}
		for _, at := range order[lo:hi] {
			ranks[at] = lo + 1 + hi // twice the mean of lo+1 … hi
		}
		ties = append(ties, hi-lo)
		lo = hi
	}
	return ranks, ties
}

// halved returns the ranks as they are where one is odd, else half of them, and
// how many units a rank of 1 has then.
func halved(doubled []int) (ranks []int, unit int) {
	for _, r := range doubled {
		if r%2 == 1 {
			return doubled, 2
		}
	}
	ranks = make([]int, len(doubled))
	for i, r := range doubled {
		ranks[i] = r / 2
	}
	return ranks, 1
}

// signedSums returns the null distribution of the sum of those of the whole numbers r
// that a fair coin picks: the probability of each sum, by the shift algorithm (Streitberg
// & Röhmel 1986) as a dynamic program, O(len(r)·Σr).
func signedSums(r []int) []float64 {
	total := 0
	for _, x := range r {
		total += x
	}
	p := make([]float64, total+1)
	p[0] = 1
	top := 0
	for _, x := range r {
		for s := top; s >= 0; s-- {
			half := p[s] / 2
			p[s] = half
			p[s+x] += half
		}
		top += x
	}
	return p
}

// subsetSums returns the null distribution of the sum of m of the whole numbers r
// drawn without putting back: the probability of each sum, O(len(r)·m·Σr).
func subsetSums(r []int, m int) []float64 {
	// The sum of the m largest bounds it.
	sorted := slices.Sorted(slices.Values(r))
	total := 0
	for _, x := range sorted[len(sorted)-m:] {
		total += x
	}
	// p[j][s] is the probability that of the numbers seen so far j were drawn, with sum
	// s: drawing one after the other, the next is drawn with probability
	// (m − j)/(left), so that nothing overflows.
	p := make([][]float64, m+1)
	for j := range p {
		p[j] = make([]float64, total+1)
	}
	p[0][0] = 1
	for i, x := range sorted {
		left := float64(len(sorted) - i)
		for j := min(m, i); j >= 0; j-- {
			draw := float64(m-j) / left
			row := p[j]
			for s, v := range row {
				if v == 0 {
					continue
				}
				if draw > 0 {
					p[j+1][s+x] += v * draw
				}
				row[s] = v * (1 - draw)
			}
		}
	}
	return p[m]
}

// tailsOf returns the p of a statistic at place at of a null distribution. Two-sided it
// is the probability of a place at least as far from the mean.
func tailsOf(p []float64, at int, mean float64, alternative Alternative) float64 {
	sum := 0.
	far := math.Abs(float64(at)-mean) - 1e-9
	for s, v := range p {
		switch {
		case alternative == Less && s <= at, alternative == Greater && s >= at, alternative == TwoSided && math.Abs(float64(s)-mean) >= far:
			sum += v
		}
	}
	return sumOf(sum)
}

// kthWalsh is the k-th smallest, from 1, of the n(n+1)/2 averages (x_i + x_j)/2, i ≤ j, of
// sorted x. O(64·n), without making them: it searches the float64s for the first that k
// of them do not exceed.
func kthWalsh(x []float64, k int) float64 {
	return firstFloat(x[0], x[len(x)-1], func(t float64) bool {
		// The average is monotone in both, also as rounded.
		count, j := 0, len(x)-1
		for i := range x {
			for j >= i && mean2(x[i], x[j]) > t {
				j--
			}
			if j < i {
				break
			}
			count += j - i + 1
		}
		return count >= k
	})
}

// kthDifference is the k-th smallest, from 1, of the m·n differences x_i − y_j of sorted x
// and y, O(64·(m + n)).
func kthDifference(x, y []float64, k int) float64 {
	return firstFloat(x[0]-y[len(y)-1], x[len(x)-1]-y[0], func(t float64) bool {
		count, j := 0, 0 // y[j:] give differences of at most t: fewer as x grows
		for i := range x {
			for j < len(y) && x[i]-y[j] > t {
				j++
			}
			count += len(y) - j
		}
		return count >= k
	})
}

func mean2(a, b float64) float64 { return a/2 + b/2 }

// firstFloat is the least float64 in [lo, hi] that is so, where so holds from some
// float on and at hi: a binary search over their order.
func firstFloat(lo, hi float64, so func(float64) bool) float64 {
	a, b := orderOf(lo), orderOf(hi)
	for a < b {
		m := a + int64(uint64(b-a)/2)
		if so(floatOf(m)) {
			b = m
		} else {
			a = m + 1
		}
	}
	return floatOf(a)
}

// orderOf numbers the floats in their order; floatOf is its inverse.
func orderOf(f float64) int64 {
	if f == 0 {
		return 0
	}
	if b := int64(math.Float64bits(f)); b >= 0 {
		return b
	}
	return -int64(math.Float64bits(-f))
}

func floatOf(i int64) float64 {
	if i < 0 {
		return -math.Float64frombits(uint64(-i))
	}
	return math.Float64frombits(uint64(i))
}

// middle returns the median of total values of which kth gives the k-th smallest.
func middle(total int, kth func(int) float64) float64 {
	m := kth((total + 1) / 2)
	if total%2 == 0 {
		m = mean2(m, kth(total/2+1))
	}
	return m
}
