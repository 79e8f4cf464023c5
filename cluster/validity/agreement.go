package validity

import "fmt"

// AdjustedRand returns the adjusted Rand index of two labelings of the same
// rows: 1 if they are the same partition, 0 what chance gives on average, below
// 0 less than chance (never below −½). Any int32 is a label. Two labelings that
// cannot disagree, such as two of fewer than two rows, or both of one cluster,
// give 1. It costs O(n) where the labels of each lie within a range of n, as those of
// any fit do, else O(n log n), and panics if the lengths differ.
//
// Reference: Hubert & Arabie 1985, doi:10.1007/BF01908075.
func AdjustedRand(a, b []int32) float64 {
	if len(a) != len(b) {
		panic(fmt.Sprintf("validity: AdjustedRand: %d labels and %d labels", len(a), len(b)))
	}
	ca, ka := renumber(a)
	cb, kb := renumber(b)
	sizeA, sizeB := make([]int, ka), make([]int, kb)
	for i := range ca {
		sizeA[ca[i]]++
		sizeB[cb[i]]++
	}
	total := pairs(len(a))
	inA, inB, inBoth := 0, 0, 0 // pairs of rows that share a cluster
	for _, s := range sizeA {
		inA += pairs(s)
	}
	for _, s := range sizeB {
		inB += pairs(s)
	}
	if ka*kb <= len(a) {
		table := make([]int, ka*kb)
		for i, c := range ca {
			table[int(c)*kb+int(cb[i])]++
		}
		for _, s := range table {
			inBoth += pairs(s)
		}
	} else {
		for _, s := range joint(ca, cb, sizeA, kb) {
			inBoth += pairs(s)
		}
	}
	if inA == inBoth && inB == inBoth {
		return 1
	}
	// (both − A·B/total)/((A + B)/2 − A·B/total), multiplied by total.
	t, pa, pb, both := float64(total), float64(inA), float64(inB), float64(inBoth)
	return (both*t - pa*pb) / ((pa+pb)/2*t - pa*pb)
}

// pairs returns the number of pairs of n rows.
func pairs(n int) int { return n * (n - 1) / 2 }

// joint returns the sizes of the non-empty intersections of two partitions: it
// walks the rows of one cluster of a at a time, so that memory stays O(n) where
// a table of all intersections would be larger.
func joint(a, b []int32, sizeA []int, kb int) []int {
	rows := countingSort(identity(len(a)), census{cluster: a, size: sizeA})
	count := make([]int, kb)
	var sizes []int
	for _, size := range sizeA {
		own := rows[:size]
		rows = rows[size:]
		for _, i := range own {
			count[b[i]]++
		}
		for _, i := range own {
			if s := count[b[i]]; s > 0 {
				sizes = append(sizes, s)
				count[b[i]] = 0
			}
		}
	}
	return sizes
}

// identity returns 0…n−1.
func identity(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
