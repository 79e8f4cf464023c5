package kernel

import "segue/matrix"

// Total returns the sum of col. It does nothing but read, so its rate is what
// memory, or the cache that col fits into, can give to a kernel of this level.
// The order of addition is the version's own: agreement is to 1e-12 relative
// of the sum of magnitudes in float64, 1e-5 in float32 for up to 2²⁰ values.
func Total[F matrix.Float](col []F) F { return of[F]().total(col) }

// Work multiplies and adds 12·rounds times in each of the lanes it computes with,
// no step waiting for the one before, and returns how often it did so in all and
// what came out: its rate is the arithmetic limit of a kernel of this level on
// one processor.
func Work[F matrix.Float](rounds int) (made int, result F) { return of[F]().work(rounds) }

func total[F matrix.Float](col []F) F {
	var s0, s1, s2, s3, s4, s5, s6, s7 F
	i := 0
	for ; i+8 <= len(col); i += 8 {
		c := col[i : i+8 : i+8]
		s0, s1, s2, s3 = s0+c[0], s1+c[1], s2+c[2], s3+c[3]
		s4, s5, s6, s7 = s4+c[4], s5+c[5], s6+c[6], s7+c[7]
	}
	for _, v := range col[i:] {
		s0 += v
	}
	return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7))
}

// work multiplies and adds apart where portable code must, as on amd64.
func work[F matrix.Float](rounds int) (int, F) {
	x, y := F(0.5), F(0.25)
	var a, b, c, d, e, f, g, h, i, j, k, l F
	for range rounds {
		a, b, c, d = a*x+y, b*x+y, c*x+y, d*x+y
		e, f, g, h = e*x+y, f*x+y, g*x+y, h*x+y
		i, j, k, l = i*x+y, j*x+y, k*x+y, l*x+y
	}
	return 12 * rounds, a + b + c + d + e + f + g + h + i + j + k + l
}
