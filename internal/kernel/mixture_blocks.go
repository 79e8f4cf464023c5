package kernel

import (
	"math"

	"segue/matrix"
)

// A mixtureSet is one version of the steps of an EM iteration over one block of
// rows, all of whose columns, and r, are as long as the block; the buffers of a
// stride are longer. acc is as mixtureRoom says.
type mixtureSet[F matrix.Float] struct {
	// density writes scale − ½‖W(x−mean)‖² to out, W packed; stride is len(out).
	density func(x [][]F, mean, w []F, scale F, deviation []F, rows int, out []F)
	// axes writes the same to out for W diagonal.
	axes func(x [][]F, mean, w []F, scale F, out []F)
	// whiten writes W(x−mean) to to, d×stride.
	whiten func(x [][]F, mean, w, deviation []F, stride, rows int, to []F)
	// normalize turns the log-densities in r, k×stride, into responsibilities,
	// leaves something in total that is NaN where they are, and adds the
	// log-likelihood to acc.
	normalize func(r []F, stride int, total []F, acc []float64)
	// gather adds Σ r, Σ r·(x−mean), Σ r·(x−mean)(x−mean)ᵀ to acc.
	gather func(x [][]F, r, mean, deviation, weighted []F, stride int, acc []float64)
	// gatherTied adds Σ r, Σ r·(x−mean) and Σ r·q for each q of others to acc, and
	// r·(x−mean) to e, d×stride.
	gatherTied func(x [][]F, r, mean, others []F, stride int, e []F, acc []float64)
	// gatherAxes adds Σ r, Σ r·(x−mean) and Σ r·(x−mean)² to acc.
	gatherAxes func(x [][]F, r, mean []F, acc []float64)
	// outer adds Σ a·bᵀ, its lower triangle, to acc.
	outer func(a, b []F, stride, d, rows int, acc []float64)
}

func portableMixture[F matrix.Float]() mixtureSet[F] {
	return mixtureSet[F]{
		density: density[F], axes: densityAxes[F], whiten: whiten[F], normalize: normalize[F],
		gather: gather[F], gatherTied: gatherTied[F], gatherAxes: gatherAxes[F], outer: outer[F],
	}
}

func density[F matrix.Float](x [][]F, mean, w []F, scale F, deviation []F, rows int, out []F) {
	most := remotest[F]()
	if len(mean) == 3 {
		density3(x[0], x[1], x[2], (*[3]F)(mean), (*[6]F)(w), scale, most, out[:rows])
		return
	}
	stride := len(out)
	whiten(x, mean, w, deviation, stride, rows, nil)
	out = out[:rows]
	clear(out)
	for j := range mean {
		for i, v := range deviation[j*stride : j*stride+rows] {
			out[i] += v * v
		}
	}
	for i, v := range out {
		if v > most {
			v = most
		}
		out[i] = scale - v/2
	}
}

func density3[F matrix.Float](x0, x1, x2 []F, mean *[3]F, w *[6]F, scale, most F, out []F) {
	x0, x1, x2 = x0[:len(out)], x1[:len(out)], x2[:len(out)]
	m0, m1, m2 := mean[0], mean[1], mean[2]
	w00, w10, w11, w20, w21, w22 := w[0], w[1], w[2], w[3], w[4], w[5]
	for i := range out {
		d0, d1, d2 := x0[i]-m0, x1[i]-m1, x2[i]-m2
		y0 := w00 * d0
		y1 := w10*d0 + w11*d1
		y2 := w20*d0 + w21*d1 + w22*d2
		q := y0*y0 + y1*y1 + y2*y2
		if q > most {
			q = most
		}
		out[i] = scale - q/2
	}
}

func densityAxes[F matrix.Float](x [][]F, mean, w []F, scale F, out []F) {
	clear(out)
	for j, m := range mean {
		u := w[j]
		for i, v := range x[j][:len(out)] {
			y := (v - m) * u
			out[i] += y * y
		}
	}
	most := remotest[F]()
	for i, v := range out {
		if v > most {
			v = most
		}
		out[i] = scale - v/2
	}
}

// whiten works from the last column back, so that to may be the deviations
// themselves, which is what nil means.
func whiten[F matrix.Float](x [][]F, mean, w, deviation []F, stride, rows int, to []F) {
	deviations(x, mean, deviation, stride)
	if to == nil {
		to = deviation
	}
	for j := len(mean) - 1; j >= 0; j-- {
		row := w[j*(j+1)/2:][:j+1]
		y := to[j*stride : j*stride+rows]
		for i, v := range deviation[j*stride : j*stride+rows] {
			y[i] = row[j] * v
		}
		for l, u := range row[:j] {
			for i, v := range deviation[l*stride : l*stride+rows] {
				y[i] += u * v
			}
		}
	}
}

func deviations[F matrix.Float](x [][]F, mean, to []F, stride int) {
	for j, m := range mean {
		y := to[j*stride : j*stride+len(x[j])]
		for i, v := range x[j] {
			y[i] = v - m
		}
	}
}

// By the log-sum-exp identity the largest log-density is taken out first, so that
// exp neither overflows nor leaves only zeros. A row's sum then lies in [1, k].
// Sixteen are multiplied before one logarithm is taken, which no k that fits in
// memory can overflow.
func normalize[F matrix.Float](r []F, stride int, total []F, acc []float64) {
	rows := len(total)
	sum, product := 0.0, 1.0
	for i := range total {
		top, all := r[i], F(0)
		for at := i + stride; at < len(r); at += stride {
			if v := r[at]; v > top {
				top = v
			}
		}
		for at := i; at < len(r); at += stride {
			v := F(math.Exp(float64(r[at] - top)))
			r[at] = v
			all += v
		}
		sum += float64(top)
		product *= float64(all)
		if i&15 == 15 {
			sum += math.Log(product)
			product = 1
		}
		total[i] = 1 / all
	}
	for at := 0; at < len(r); at += stride {
		q := r[at : at+rows]
		for i, v := range total {
			q[i] *= v
		}
	}
	acc[0] += sum + math.Log(product)
}

func gather[F matrix.Float](x [][]F, r, mean, deviation, weighted []F, stride int, acc []float64) {
	if len(mean) == 3 {
		gather3(x[0], x[1], x[2], r, (*[3]F)(mean), (*[10 * places]float64)(acc))
		return
	}
	deviations(x, mean, deviation, stride)
	acc[0] += sumOf(r)
	for j := range mean {
		y := weighted[j*stride : j*stride+len(r)]
		for i, v := range deviation[j*stride : j*stride+len(r)] {
			y[i] = r[i] * v
		}
		acc[(1+j)*places] += sumOf(y)
	}
	outer(weighted, deviation, stride, len(mean), len(r), acc[(1+len(mean))*places:])
}

func gather3[F matrix.Float](x0, x1, x2, r []F, mean *[3]F, acc *[10 * places]float64) {
	x0, x1, x2 = x0[:len(r)], x1[:len(r)], x2[:len(r)]
	m0, m1, m2 := mean[0], mean[1], mean[2]
	var weight, f0, f1, f2, s00, s10, s11, s20, s21, s22 float64
	for i, v := range r {
		w := float64(v)
		d0, d1, d2 := float64(x0[i]-m0), float64(x1[i]-m1), float64(x2[i]-m2)
		w0, w1, w2 := w*d0, w*d1, w*d2
		weight += w
		f0 += w0
		f1 += w1
		f2 += w2
		s00 += w0 * d0
		s10 += w1 * d0
		s11 += w1 * d1
		s20 += w2 * d0
		s21 += w2 * d1
		s22 += w2 * d2
	}
	for q, v := range [...]float64{weight, f0, f1, f2, s00, s10, s11, s20, s21, s22} {
		acc[q*places] += v
	}
}

func gatherTied[F matrix.Float](x [][]F, r, mean, others []F, stride int, e []F, acc []float64) {
	acc[0] += sumOf(r)
	for j, m := range mean {
		y, first := e[j*stride:j*stride+len(r)], 0.0
		for i, v := range x[j][:len(r)] {
			t := r[i] * (v - m)
			y[i] += t
			first += float64(t)
		}
		acc[(1+j)*places] += first
	}
	for b := 0; b*stride < len(others); b++ {
		cross := 0.0
		for i, v := range others[b*stride:][:len(r)] {
			cross += float64(v) * float64(r[i])
		}
		acc[(1+len(mean)+b)*places] += cross
	}
}

func gatherAxes[F matrix.Float](x [][]F, r, mean []F, acc []float64) {
	acc[0] += sumOf(r)
	for j, m := range mean {
		first, second := 0.0, 0.0
		for i, v := range x[j][:len(r)] {
			d := float64(v - m)
			t := float64(r[i]) * d
			first += t
			second += t * d
		}
		acc[(1+j)*places] += first
		acc[(1+len(mean)+j)*places] += second
	}
}

// outer takes the columns of b by fours, so that four sums run side by side.
func outer[F matrix.Float](a, b []F, stride, d, rows int, acc []float64) {
	for j := range d {
		y := a[j*stride : j*stride+rows]
		l := 0
		for ; l+4 <= j+1; l += 4 {
			b0, b1, b2, b3 := b[l*stride:][:len(y)], b[(l+1)*stride:][:len(y)], b[(l+2)*stride:][:len(y)], b[(l+3)*stride:][:len(y)]
			var s0, s1, s2, s3 float64
			for i, v := range y {
				u := float64(v)
				s0 += u * float64(b0[i])
				s1 += u * float64(b1[i])
				s2 += u * float64(b2[i])
				s3 += u * float64(b3[i])
			}
			q := acc[(j*(j+1)/2+l)*places:]
			q[0] += s0
			q[places] += s1
			q[2*places] += s2
			q[3*places] += s3
		}
		for ; l <= j; l++ {
			sum := 0.0
			for i, v := range b[l*stride:][:len(y)] {
				sum += float64(y[i]) * float64(v)
			}
			acc[(j*(j+1)/2+l)*places] += sum
		}
	}
}

func sumOf[F matrix.Float](values []F) (total float64) {
	for _, v := range values {
		total += float64(v)
	}
	return total
}
