package kernel

import (
	"math"

	"segue/matrix"
)

// Relabel gives the rows [lo, hi) of x the labels that Assign gives them, and says
// whether one of them is another than before, but looks only at rows whose nearest
// center can have changed since it last looked: O(rows looked at × k × d).
//
// hold[i−lo] is how far the centers may move before the label of row i is in doubt.
// With moved the way that the two centers that moved farthest have made since the
// beginning, iteration by iteration and both added up, a row is looked at if its
// hold is no more than moved; its hold is then moved + the distance to the second
// nearest center − that to the nearest, by the triangle inequality. Slack(d) taken
// off both covers the rounding. At the beginning moved is 0 and every hold −1.
//
// Vectors look at all of their rows if at one of them.
//
// Reference: Hamerly 2010, Making k-means even faster, doi:10.1137/1.9781611972801.12,
// with one bound per row instead of two.
func Relabel[F matrix.Float](x matrix.Table[F], lo, hi int, centers []F, moved float64, labels []int32, hold []F) (changed bool) {
	_, d := x.Dims()
	cols := make([][]F, d)
	for j := range cols {
		cols[j] = x.Col(j)
	}
	slack := slackOf[F](d)
	limit := F(moved * (1 + float64(slack)))
	set := of[F]()
	for at := lo; at < hi; at += tall {
		rows, own := labels[at-lo:min(at+tall, hi)-lo], hold[at-lo:min(at+tall, hi)-lo]
		other, done := set.relabel(cols, at, centers, limit, slack, rows, own)
		if !done {
			other, _ = relabel(cols, at, centers, limit, slack, rows, own)
		}
		changed = changed || other
	}
	return changed
}

// slackOf is more than the relative error of a distance in d columns.
func slackOf[F matrix.Float](d int) F {
	epsilon := 0x1p-52
	if _, small := any(F(0)).(float32); small {
		epsilon = 0x1p-23
	}
	return F(8 * float64(d+4) * epsilon)
}

func relabel[F matrix.Float](x [][]F, lo int, centers []F, moved, slack F, labels []int32, hold []F) (changed, done bool) {
	for i, h := range hold {
		if h > moved {
			continue
		}
		best, second, label := math.Inf(1), math.Inf(1), int32(-1)
		c := int32(0)
		for rest := centers; len(rest) >= len(x); rest = rest[len(x):] {
			sum := F(0)
			for j, v := range rest[:len(x)] {
				v = x[j][lo+i] - v
				sum += v * v
			}
			distance := float64(sum)
			second = min(second, max(best, distance))
			if distance < best {
				best, label = distance, c
			}
			c++
		}
		if labels[i] != label {
			labels[i], changed = label, true
		}
		near, far := F(math.Sqrt(best)), F(math.Sqrt(second))
		hold[i] = moved + (far - near) - slack*(moved+near+far)
	}
	return changed, true
}
