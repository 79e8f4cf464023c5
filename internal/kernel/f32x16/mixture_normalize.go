// Code generated from f64x8/mixture_normalize.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x16

// Normalize turns the log-densities in r, k×stride, into responsibilities, as far
// as total goes; it leaves one over each row's sum in total, and adds the
// log-likelihood to acc. Eight rows' sums, each in [1, k], are multiplied before
// one logarithm is taken.
func Normalize(r []float, stride int, total []float, acc []float64) {
	var e exponential
	e.set()
	var l logarithm
	l.set()
	log2e, magic, ln2 := e.log2e, e.magic, e.ln2 // in registers
	var sum vec
	one := broadcast(1)
	product := one
	for i := 0; i+lanes <= len(total); i += lanes {
		top := load(r[i : i+lanes])
		for at := i + stride; at < len(r); at += stride {
			top = top.Max(load(r[at : at+lanes]))
		}
		var all vec
		for at := i; at < len(r); at += stride {
			p := r[at : at+lanes]
			v := load(p).Sub(top) // e.exp of it, which is not above 0
			v = e.low.Merge(v, v.Less(e.low))
			t := v.MulAdd(log2e, magic)
			n := t.Sub(magic)
			v = scale(e.series(n.MulAdd(e.ln2Low, n.MulAdd(ln2, v))), t, n, magic, e.half)
			store(v, p)
			all = all.Add(v)
		}
		share := one.Div(all)
		store(share, total[i:i+lanes])
		for at := i; at < len(r); at += stride {
			p := r[at : at+lanes]
			store(load(p).Mul(share), p)
		}
		sum, product = sum.Add(top), product.Mul(all)
		if i/lanes%8 == 7 {
			sum, product = sum.Add(l.log(product)), one
		}
	}
	flush(sum.Add(l.log(product)), acc)
	leave()
}
