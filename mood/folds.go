package mood

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// deal parts rows into folds, 0…folds−1, so that all rows of a group lie in one, and
// every fold has about its share of each class: groups, the largest first and equals
// in an order the seed draws, each go where they leave the classes most even. group
// and class, ≥ 0 each, are of every row; the fold of each is returned. O(groups·folds·
// classes + n log n).
func deal(group, class []int32, folds int, seed uint64) []int {
	classes := 1
	for _, c := range class {
		classes = max(classes, int(c)+1)
	}
	at, bundles := map[int32]int{}, []*bundle{}
	total := make([]float64, classes)
	for i, g := range group {
		b, ok := at[g]
		if !ok {
			b = len(bundles)
			at[g], bundles = b, append(bundles, &bundle{count: make([]float64, classes)})
		}
		bundles[b].rows = append(bundles[b].rows, i)
		bundles[b].count[class[i]]++
		total[class[i]]++
	}
	rng := rand.New(rand.NewPCG(seed, streamFolds))
	rng.Shuffle(len(bundles), func(i, j int) { bundles[i], bundles[j] = bundles[j], bundles[i] })
	slices.SortStableFunc(bundles, func(a, b *bundle) int { return cmp.Compare(len(b.rows), len(a.rows)) })

	filled := make([][]float64, folds)
	size := make([]int, folds)
	for f := range filled {
		filled[f] = make([]float64, classes)
	}
	out := make([]int, len(group))
	for _, b := range bundles {
		best, least := 0, 0.0
		for f := range filled {
			// What Σ (share of the class)² would grow by: least where the classes of
			// the bundle are scarcest.
			cost := 0.0
			for c, n := range b.count {
				if n > 0 {
					cost += n * (2*filled[f][c] + n) / (total[c] * total[c])
				}
			}
			if f == 0 || cost < least || cost == least && size[f] < size[best] {
				best, least = f, cost
			}
		}
		for c, n := range b.count {
			filled[best][c] += n
		}
		size[best] += len(b.rows)
		for _, i := range b.rows {
			out[i] = best
		}
	}
	return out
}

// bundle is the rows of a group.
type bundle struct {
	rows  []int
	count []float64 // of each class
}
