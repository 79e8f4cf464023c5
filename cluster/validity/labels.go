package validity

import (
	"errors"
	"fmt"
	"slices"

	"segue/matrix"
)

// ErrUndefined reports that an index does not exist for the data it was asked
// of, such as a silhouette of a single cluster. The wrapping error says why.
var ErrUndefined = errors.New("index is undefined")

// ErrBadLabel reports a label outside [0, n). The wrapping error names its row.
var ErrBadLabel = errors.New("label is out of range")

// census is a labeling whose clusters are numbered 0…k−1 without holes, in the
// order of their labels.
type census struct {
	cluster []int32 // length n, in [0, k)
	size    []int   // length k, each ≥ 1
	label   []int32 // length k, ascending: the caller's label of each cluster
}

// take counts the labels of n rows. It returns ErrBadLabel, and ErrUndefined
// unless 2 ≤ k ≤ n−1; it panics if there are not n labels.
func take(labels []int32, n int) (census, error) {
	if len(labels) != n {
		panic(fmt.Sprintf("validity: %d labels for %d rows", len(labels), n))
	}
	var top int32 = -1
	for i, l := range labels {
		if l < 0 || int(l) >= n {
			return census{}, fmt.Errorf("row %d: %w: %d: want 0 ≤ label < %d, and leave out rows without a cluster", i, ErrBadLabel, l, n)
		}
		top = max(top, l)
	}
	count := make([]int, top+1)
	for _, l := range labels {
		count[l]++
	}
	c := census{cluster: make([]int32, n)}
	number := make([]int32, top+1)
	for l, size := range count {
		if size > 0 {
			number[l] = int32(len(c.size))
			c.size = append(c.size, size)
			c.label = append(c.label, int32(l))
		}
	}
	for i, l := range labels {
		c.cluster[i] = number[l]
	}
	if k := len(c.size); k < 2 || k >= n {
		return census{}, fmt.Errorf("%w: %d clusters of %d rows: want at least 2 clusters and fewer than rows", ErrUndefined, k, n)
	}
	return c, nil
}

// check is take for a table, which it also checks for NaN and infinities.
func check(x matrix.Columns, labels []int32) (census, error) {
	n, _ := x.Dims()
	c, err := take(labels, n)
	if err != nil {
		return census{}, err
	}
	return c, x.CheckFinite()
}

// renumber numbers the distinct values of labels 0…k−1 in ascending order,
// whatever int32 they are, and returns k.
func renumber(labels []int32) (cluster []int32, k int) {
	cluster = make([]int32, len(labels))
	if len(labels) == 0 {
		return cluster, 0
	}
	low, high := slices.Min(labels), slices.Max(labels)
	if span := int(high) - int(low); span <= len(labels) { // as with the labels of any fit
		number := make([]int32, span+1)
		for _, l := range labels {
			number[l-low] = 1
		}
		for i, borne := range number {
			number[i] = int32(k)
			k += int(borne)
		}
		for i, l := range labels {
			cluster[i] = number[l-low]
		}
		return cluster, k
	}
	names := slices.Compact(slices.Sorted(slices.Values(labels)))
	for i, l := range labels {
		c, _ := slices.BinarySearch(names, l)
		cluster[i] = int32(c)
	}
	return cluster, len(names)
}
