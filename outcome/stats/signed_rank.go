package stats

import (
	"fmt"
	"math"
	"slices"

	"segue"
)

// Zeros is what becomes of differences of 0 in the signed-rank test.
type Zeros string

const (
	Wilcox Zeros = "wilcox" // they are left out before ranking (Wilcoxon 1945); the default
	Pratt  Zeros = "pratt"  // they are ranked, then left out (Pratt 1959, doi:10.1080/01621459.1959.10501526)
)

// RankOptions are those of the rank tests.
type RankOptions struct {
	Options
	Zeros       Zeros // of SignedRank; default Wilcox
	Approximate bool  // use the normal approximation even where the exact distribution is feasible
}

// exactPairs is the most differences whose exact distribution is computed: 500, a
// tenth of a second.
const exactPairs = 500

// SignedRank tests whether differences are symmetric about 0, by the signed ranks of
// Wilcoxon 1945 (doi:10.2307/3001968). The statistic W+ sums the mid-ranks of |d| over
// d > 0. Up to 500 differences P is exact, given the ranks as they are, ties included:
// the distribution of W+ over all signs by the shift algorithm (Streitberg & Röhmel
// 1986). Beyond, or on request, it is normal with the variance Σr²/4, which corrects
// for ties and zeros, and a continuity correction of ½. (d is second less first, or
// less a null value, as the caller makes it.)
//
// Effects: the Hodges–Lehmann median of the averages (d_i + d_j)/2, i ≤ j, zeros
// included, with the interval that the tie-free test gives (Hodges & Lehmann 1963,
// doi:10.1214/aoms/1177704172), which covers more than its level with ties; and the
// matched-pairs rank-biserial correlation (W+ − W−)/(W+ + W−), [−1, 1] (Kerby 2014,
// doi:10.2466/11.IT.3.1), with the interval of its asymptotic variance on Fisher's
// scale.
//
// Without a difference other than 0 there is no P. It panics on a value that is not
// finite. O(n²·n) for the exact P, O(n log n) for all else.
func SignedRank(differences []float64, o RankOptions) Result {
	mustBeFinite(differences)
	o.Options = o.whole()
	if o.Zeros == "" {
		o.Zeros = Wilcox
	}
	if o.Zeros != Wilcox && o.Zeros != Pratt {
		panic("stats: zeros are handled as wilcox or pratt")
	}
	const null = "the differences are symmetric about 0"
	var kept []float64
	zeros := 0
	for _, d := range differences {
		if d == 0 {
			zeros++
		}
		if d != 0 || o.Zeros == Pratt {
			kept = append(kept, d)
		}
	}
	sizes := make([]float64, len(kept))
	for i, d := range kept {
		sizes[i] = math.Abs(d)
	}
	doubled, _ := doubledRanks(sizes)
	var ranks []int // doubled ranks of those that have a sign
	var positive []bool
	for i, d := range kept {
		if d != 0 {
			ranks, positive = append(ranks, doubled[i]), append(positive, d > 0)
		}
	}
	effects := []Estimate{HodgesLehmann(differences, o.Level), rankBiserial(kept, ranks, positive, o.Level)}
	n := len(ranks)
	switch {
	case len(differences) == 0:
		return noResult("Wilcoxon signed-rank test", null, o.Options, 0, "there is no difference", effects...)
	case n == 0:
		return noResult("Wilcoxon signed-rank test", null, o.Options, len(differences), "every difference is 0", effects...)
	}
	plus, sum, squares := 0, 0, 0.
	for i, r := range ranks {
		if positive[i] {
			plus += r
		}
		sum += r
		squares += float64(r) * float64(r) / 4
	}
	result := Result{
		Null: null, Alternative: o.Alternative, Statistic: segue.Number(float64(plus) / 2), StatisticName: "W+, the sum of the ranks of positive differences",
		DF: segue.Missing(), N: len(differences), Enough: len(differences) >= Least, Effects: effects,
	}
	if n <= exactPairs && !o.Approximate {
		whole, unit := halved(ranks)
		result.Method, result.Exact = "exact Wilcoxon signed-rank test", true
		result.P = segue.Number(tailsOf(signedSums(whole), plus*unit/2, float64(sum*unit)/4, o.Alternative))
		if least := math.Ldexp(2, -n); o.Alternative == TwoSided && least > 1-o.Level {
			result.Notes = append(result.Notes, fmt.Sprintf("with %d differences p cannot be smaller than %.3g", n, least))
		}
	} else {
		result.Method = "Wilcoxon signed-rank test, normal approximation with continuity correction"
		result.P = segue.Number(correctedP(float64(plus)/2-float64(sum)/4, math.Sqrt(squares/4), .5, o.Alternative))
	}
	if zeros > 0 {
		result.Notes = append(result.Notes, fmt.Sprintf("differences of 0: %d, %s", zeros, map[Zeros]string{Wilcox: "left out (Wilcoxon's rule)", Pratt: "ranked, then left out (Pratt's rule)"}[o.Zeros]))
	}
	if _, groups := doubledRanks(sizes); len(groups) < len(sizes) {
		result.Notes = append(result.Notes, "equal sizes share the mean of their ranks")
	}
	return result
}

// correctedP is the normal p of a distance from the mean, moved towards it by half a
// step.
func correctedP(distance, sd, half float64, alternative Alternative) float64 {
	switch alternative {
	case Less:
		return normal.CDF((distance + half) / sd)
	case Greater:
		return normal.CDF(-(distance - half) / sd)
	}
	return min(1, 2*normal.CDF(-max(0, math.Abs(distance)-half)/sd))
}

// HodgesLehmann returns the median of all averages of two of the values, each with
// itself too, and its interval by inverting the signed-rank test: from the k-th
// smallest to the k-th largest average, k from the exact distribution without ties up
// to 500 values, beyond from the normal one. Six values are the fewest that have a
// 95 % interval. Its coverage is at least the level for symmetric distributions.
// O(n log n). (Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172)
func HodgesLehmann(values []float64, level float64) Estimate {
	mustBeFinite(values)
	level = wholeLevel(level)
	const name, method = "Hodges–Lehmann median", "median of pairwise averages; interval by inverting the signed-rank test (Hodges & Lehmann 1963)"
	n := len(values)
	if n == 0 {
		return Undefined(name, method, 0, level, noShare)
	}
	x := slices.Sorted(slices.Values(values))
	total := n * (n + 1) / 2
	kth := func(k int) float64 { return kthWalsh(x, k) }
	e := estimate(name, method, n, level, middle(total, kth), math.NaN(), math.NaN())
	var k int // the interval leaves out k − 1 averages on each side
	if n <= exactPairs {
		r := make([]int, n)
		for i := range r {
			r[i] = i + 1
		}
		k = critical(signedSums(r), (1-level)/2)
	} else {
		m := float64(n)
		k = max(0, int(math.Floor(m*(m+1)/4-zOf(level)*math.Sqrt(m*(m+1)*(2*m+1)/24))))
	}
	if k == 0 {
		e.Reason = fmt.Sprintf("%s have no %.4g %% interval of ranks", count(n, "value"), 100*level)
		return e
	}
	e.Lo, e.Hi = segue.Number(kth(k)), segue.Number(kth(total+1-k))
	return e
}

// critical is the largest k with P(S ≤ k − 1) ≤ tail, 0 if there is none.
func critical(p []float64, tail float64) int {
	sum := 0.
	for s, v := range p {
		if sum += v; sum > tail*(1+1e-12) {
			return s
		}
	}
	return len(p)
}

// count writes "1 value", "3 values".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// rankBiserial is (W+ − W−)/(W+ + W−). W+ − W− is the sum of sgn(d_i + d_j) over
// i ≤ j, a U-statistic up to its diagonal, whose variance is 4/n times that of the
// means of sgn(d_i + d_j) over j.
func rankBiserial(kept []float64, ranks []int, positive []bool, level float64) Estimate {
	const name, method = "rank-biserial correlation", "(W+ − W−)/(W+ + W−) (Kerby 2014); interval of its asymptotic variance on Fisher's scale"
	if len(ranks) == 0 {
		return Undefined(name, method, len(kept), level, "every difference is 0")
	}
	plus, sum := 0, 0
	for i, r := range ranks {
		sum += r
		if positive[i] {
			plus += r
		}
	}
	r := float64(2*plus-sum) / float64(sum)
	e := estimate(name, method, len(kept), level, r, math.NaN(), math.NaN())
	x := slices.Sorted(slices.Values(kept))
	n := len(x)
	switch {
	case math.Abs(r) == 1:
		e.Reason = "all differences have one sign, which leaves no spread to judge by; see the sign test's share"
		return e
	case n < 4:
		e.Reason = count(n, "difference") + " are too few for an interval"
		return e
	}
	// How many d_j lie above and below −d_i: as d_i rises, so do those above.
	m, s := 0., 0.
	for _, d := range x {
		below, _ := slices.BinarySearch(x, -d)
		above := n - firstOf(below, n, func(i int) bool { return x[i] > -d })
		h := float64(above-below) / float64(n)
		m += h
		s += h * h
	}
	m /= float64(n)
	variance := 4 * max(0, s-float64(n)*m*m) / float64(n-1) / float64(n)
	half := zOf(level) * math.Sqrt(variance) / (1 - r*r)
	if variance == 0 {
		e.Reason = "the differences have no spread to judge by"
		return e
	}
	e.Lo, e.Hi = segue.Number(math.Tanh(math.Atanh(r)-half)), segue.Number(math.Tanh(math.Atanh(r)+half))
	return e
}

// Sign tests whether as many differences are above 0 as below: the exact binomial
// test of the positive ones among those that are not 0. Effects: the share of
// positive ones with the Clopper–Pearson interval, and the median of all differences
// with the interval between order statistics, which covers at least its level.
// Without a difference other than 0 there is no P.
func Sign(differences []float64, o Options) Result {
	mustBeFinite(differences)
	o = o.whole()
	const method, null = "exact sign test", "a difference is as likely above 0 as below"
	up, down := 0, 0
	for _, d := range differences {
		switch {
		case d > 0:
			up++
		case d < 0:
			down++
		}
	}
	share := ClopperPearson(up, up+down, o.Level)
	share.Name = "share of positive differences"
	effects := []Estimate{share, Median(differences, o.Level)}
	switch {
	case len(differences) == 0:
		return noResult(method, null, o, 0, "there is no difference", effects...)
	case up+down == 0:
		return noResult(method, null, o, len(differences), "every difference is 0", effects...)
	}
	p, mid := binomialP(up, up+down, .5, o.Alternative)
	r := Result{
		Method: method, Null: null, Alternative: o.Alternative,
		Statistic: segue.Number(up), StatisticName: "positive differences", DF: segue.Missing(), P: segue.Number(p), MidP: segue.Number(mid),
		Exact: true, N: len(differences), Enough: len(differences) >= Least, Effects: effects,
	}
	if zeros := len(differences) - up - down; zeros > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("differences of 0: %d, left out of the test", zeros))
	}
	return r
}

// Median returns the median of values with the interval between the k-th smallest and
// k-th largest, k as large as the exact binomial distribution allows at the level: it
// covers the median of any distribution. Six values are the fewest that have a 95 %
// interval.
func Median(values []float64, level float64) Estimate {
	mustBeFinite(values)
	level = wholeLevel(level)
	const name, method = "median", "middle value; exact interval between order statistics"
	n := len(values)
	if n == 0 {
		return Undefined(name, method, 0, level, noShare)
	}
	x := slices.Sorted(slices.Values(values))
	e := estimate(name, method, n, level, middle(n, func(k int) float64 { return x[k-1] }), math.NaN(), math.NaN())
	tail := (1 - level) / 2
	k := firstOf(0, n/2+1, func(k int) bool { return binomialAtMost(k, n, .5) > tail*(1+1e-12) })
	if k == 0 {
		e.Reason = fmt.Sprintf("%s have no %.4g %% interval of order statistics", count(n, "value"), 100*level)
		return e
	}
	e.Lo, e.Hi = segue.Number(x[k-1]), segue.Number(x[n-k])
	return e
}
