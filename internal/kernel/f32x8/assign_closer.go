// Code generated from f64x8/assign_closer.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x8

// Closer writes to to the squared distances of the rows of x from lo on to center
// where those are less than what from holds, else that. It does whole vectors of rows,
// and returns how many rows those are and the sum of what it wrote for them.
func Closer(x [][]float, lo int, center, from, to []float) (rows int, potential float) {
	defer leave()
	n := len(from) &^ (lanes - 1)
	from, to = from[:n], to[:n]
	if len(x) == 3 {
		return n, closer3(x[0][lo:lo+n], x[1][lo:lo+n], x[2][lo:lo+n], center, from, to)
	}
	center = center[:len(x)]
	var total vec
	for at := 0; at+lanes <= len(from); at += lanes {
		var s vec
		for j, c := range center {
			d := load(x[j][lo+at : lo+at+lanes]).Sub(broadcast(c))
			s = d.MulAdd(d, s)
		}
		s = s.Min(load(from[at : at+lanes]))
		store(s, to[at:at+lanes])
		total = total.Add(s)
	}
	return n, sum(total)
}

func closer3(x, y, z, center, from, to []float) float {
	x, y, z, to = x[:len(from)], y[:len(from)], z[:len(from)], to[:len(from)]
	cx, cy, cz := broadcast(center[0]), broadcast(center[1]), broadcast(center[2])
	var total vec
	for i := 0; i+lanes <= len(from); i += lanes {
		s := squares3(load(x[i:i+lanes]).Sub(cx), load(y[i:i+lanes]).Sub(cy), load(z[i:i+lanes]).Sub(cz))
		s = s.Min(load(from[i : i+lanes]))
		store(s, to[i:i+lanes])
		total = total.Add(s)
	}
	return sum(total)
}
