// Code generated from f64x8/assign_relabel.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f64x4

// Relabel finds the nearest of centers, k×d flat, for those vectors of rows of x
// from lo on in which some row's hold is no more than moved, with the arithmetic
// of Nearest, and says whether a label is another than before. It takes whole
// vectors and goes back for what is left over, as Nearest does; with fewer rows
// than lanes it does nothing and returns false for done.
//
// The new hold is moved + second − nearest distance, less slack times all three.
func Relabel(x [][]float, lo int, centers []float, moved, slack float, labels []int32, hold []float) (changed, done bool) {
	defer leave()
	n := len(labels)
	if n < lanes || len(x) == 0 {
		return false, false
	}
	hold = hold[:n]
	limit := broadcast(moved)
	for at := 0; at < n; at += lanes {
		at = min(at, n-lanes)
		if load(hold[at:at+lanes]).LessEqual(limit).ToBits() == 0 {
			continue
		}
		before := loadLabels(labels[at : at+lanes])
		label := relabel(x, lo+at, centers, limit, broadcast(slack), hold[at:at+lanes])
		if label.NotEqual(before).ToBits() != 0 {
			changed = true
			storeLabels(label, labels[at:at+lanes])
		}
	}
	return changed, true
}

// relabel does one vector of rows, four centers at a time.
func relabel(x [][]float, at int, centers []float, moved, slack vec, hold []float) vec {
	d := len(x)
	best, second, bestLabel := infinite(), infinite(), broadcast(-1)
	one, label := broadcast(1), broadcast(0)
	rest := centers
	for len(rest) >= 4*d {
		c0, c1, c2, c3 := rest[:d], rest[d:2*d], rest[2*d:3*d], rest[3*d:4*d]
		rest = rest[4*d:]
		c1, c2, c3 = c1[:len(c0)], c2[:len(c0)], c3[:len(c0)]
		var s0, s1, s2, s3 vec
		for j := range c0 {
			v := load(x[j][at : at+lanes])
			d0, d1, d2, d3 := v.Sub(broadcast(c0[j])), v.Sub(broadcast(c1[j])), v.Sub(broadcast(c2[j])), v.Sub(broadcast(c3[j]))
			s0, s1, s2, s3 = d0.MulAdd(d0, s0), d1.MulAdd(d1, s1), d2.MulAdd(d2, s2), d3.MulAdd(d3, s3)
		}
		second = second.Min(best.Max(s0))
		best, bestLabel = nearer(best, bestLabel, s0, label)
		label = label.Add(one)
		second = second.Min(best.Max(s1))
		best, bestLabel = nearer(best, bestLabel, s1, label)
		label = label.Add(one)
		second = second.Min(best.Max(s2))
		best, bestLabel = nearer(best, bestLabel, s2, label)
		label = label.Add(one)
		second = second.Min(best.Max(s3))
		best, bestLabel = nearer(best, bestLabel, s3, label)
		label = label.Add(one)
	}
	for ; len(rest) >= d; rest = rest[d:] {
		var s vec
		for j, c := range rest[:d] {
			v := load(x[j][at : at+lanes]).Sub(broadcast(c))
			s = v.MulAdd(v, s)
		}
		second = second.Min(best.Max(s))
		best, bestLabel = nearer(best, bestLabel, s, label)
		label = label.Add(one)
	}
	near, far := best.Sqrt(), second.Sqrt()
	store(moved.Add(far.Sub(near)).Sub(slack.Mul(moved.Add(near).Add(far))), hold[:lanes])
	return bestLabel
}
