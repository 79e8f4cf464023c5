package stats

import (
	"slices"

	"segue"
)

// Holm returns the p values of several tests adjusted by Holm 1979 (step-down
// Bonferroni, Scand. J. Stat. 6:65): reject those at most α, and the chance of any
// false claim among them is at most α, however the tests depend. A missing p stays
// missing and does not count as a test. It panics if a p lies outside [0, 1].
func Holm(p []segue.Number) []segue.Number {
	out, order := ordered(p)
	m, least := len(order), 0.
	for i, at := range order {
		least = max(least, float64(m-i)*float64(p[at]))
		out[at] = segue.Number(min(1, least))
	}
	return out
}

// BenjaminiHochberg returns the p values of several tests adjusted by Benjamini &
// Hochberg 1995 (doi:10.1111/j.2517-6161.1995.tb02031.x): reject those at most q, and
// the expected share of false claims among all claims is at most q where the tests
// are independent or positively dependent. A missing p stays missing and does not
// count as a test. It panics if a p lies outside [0, 1].
func BenjaminiHochberg(p []segue.Number) []segue.Number {
	out, order := ordered(p)
	m, most := len(order), 1.
	for i := m - 1; i >= 0; i-- {
		most = min(most, float64(m)/float64(i+1)*float64(p[order[i]]))
		out[order[i]] = segue.Number(most)
	}
	return out
}

// ordered returns as many missing numbers as there are p, and the places of the known
// ones from the smallest on.
func ordered(p []segue.Number) (missing []segue.Number, order []int) {
	missing = make([]segue.Number, len(p))
	for i, v := range p {
		missing[i] = segue.Missing()
		if !v.Known() {
			continue
		}
		if v < 0 || v > 1 {
			panic("stats: a p lies in 0 to 1")
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	return missing, order
}
