package validity

import (
	"context"

	"segue/internal/parallel"
)

// The cost of a pass over the distances in nanoseconds, by the vector kernels on
// the machine they were written on. Only the ratios matter, and are similar on
// others; they are constants so that a table is cut the same way everywhere.
const (
	costPair  = 0.03 // per pair of rows
	costCol   = 0.06 // and column
	costCall  = 100  // per pair of tiles
	costRow   = 5    // per row and tile it is compared with, filled up to whole vectors
	costWide  = 0.5  // and column
	costLabel = 1.2  // or labeling
)

// batches cuts the labelings of n rows and d columns, in their order, into runs
// that share a pass over the distances; it returns where each run ends. A run
// saves passes, but its joint clusters become many and small, until comparing them
// costs more than another pass: a run takes the next labeling as long as that makes
// its cost for each labeling smaller. It returns ctx's error if it ended first.
func batches(ctx context.Context, by []census, n, d int) ([]int, error) {
	var ends []int
	var joint []int32
	groups, size := 0, 0
	best := 0.0
	for l, c := range by {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		finer, count := refine(joint, groups, c)
		each := passCost(n, d, count, size+1) / float64(size+1)
		if size > 0 && each > best {
			ends = append(ends, l)
			finer, count = refine(nil, 0, c)
			size, each = 0, passCost(n, d, count, 1)
		}
		joint, groups, best = finer, count, each
		size++
	}
	return append(ends, len(by)), nil
}

// passCost estimates a pass over all pairs of n rows for some labelings which
// together make so many groups.
func passCost(n, d, groups, labelings int) float64 {
	rows := float64(n)
	tiles := float64(groups + parallel.Count(n, blockRows(n)))
	return rows*rows/2*(costPair+costCol*float64(d)) +
		tiles*tiles/2*costCall +
		rows*tiles*(costRow+costWide*float64(d)+costLabel*float64(labelings))
}

// refine numbers the intersections of a partition, of the given number of groups,
// with the clusters of c; a nil partition is one group.
func refine(joint []int32, groups int, c census) ([]int32, int) {
	if joint == nil {
		return c.cluster, len(c.size)
	}
	n, k := len(joint), len(c.size)
	size := make([]int, groups)
	for _, g := range joint {
		size[g]++
	}
	rows := countingSort(identity(n), census{cluster: joint, size: size})
	number := make([]int32, k)
	finer := make([]int32, n)
	count := 0
	for _, s := range size {
		for c := range number {
			number[c] = -1
		}
		for _, row := range rows[:s] {
			own := &number[c.cluster[row]]
			if *own < 0 {
				*own = int32(count)
				count++
			}
			finer[row] = *own
		}
		rows = rows[s:]
	}
	return finer, count
}
