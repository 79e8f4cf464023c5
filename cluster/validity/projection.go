package validity

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"segue/matrix"
)

// Project2D returns the scores of x, n×d, on its first two principal
// components: an n×2 table, each column centered, the first of the larger
// variance. It is there for drawing, and for indices that are to be compared
// with ones computed on such a drawing (projection_2d): distances in it are
// shorter than in x, so clusters look tighter than they are.
//
// A component's sign, which the definition leaves open, is the one that makes
// its largest loading positive (the first of equals). Where the second and
// third variance are equal the second component is one of many. It costs
// O(n·d² + d³). It returns ErrUndefined if n < 2 or d < 2, or if x has no spread
// at all, and matrix.ErrNotFinite for a NaN or an infinity.
//
// Reference: Pearson 1901, doi:10.1080/14786440109462720.
func Project2D(x matrix.Columns) (matrix.Columns, error) {
	n, d := x.Dims()
	if n < 2 || d < 2 {
		return matrix.Columns{}, fmt.Errorf("%w: %d rows of %d columns: a projection needs at least 2 of each", ErrUndefined, n, d)
	}
	if err := x.CheckFinite(); err != nil {
		return matrix.Columns{}, err
	}
	p, err := principalAxes(x)
	if err != nil {
		return matrix.Columns{}, err
	}
	out := matrix.New(n, 2)
	for c := range 2 {
		loading := p.loadings[c]
		top := 0
		for j, v := range loading {
			if math.Abs(v) > math.Abs(loading[top])*(1+0x1p-40) {
				top = j
			}
		}
		sign := math.Copysign(1, loading[top])
		score := out.Col(c)
		for j, l := range loading {
			for i, v := range p.centered.Col(j) {
				score[i] += sign * l * v
			}
		}
		for i := range score {
			score[i] = math.Ldexp(score[i], -p.scale)
		}
	}
	return out, nil
}

// axes are the principal axes of a table.
type axes struct {
	centered matrix.Columns // n×d, each column without its mean, times 2^scale
	scale    int
	loadings [][]float64 // d×d, axis by axis, of falling variance, each of length 1
}

// principalAxes returns the axes of x, n×d with n ≥ 2 and d ≥ 1, finite. It returns
// ErrUndefined if x has no spread.
func principalAxes(x matrix.Columns) (axes, error) {
	n, d := x.Dims()
	scale := powerToUnit(x) // so that no product overflows
	centered := matrix.New(n, d)
	for j := range d {
		col := centered.Col(j)
		for i, v := range x.Col(j) {
			col[i] = math.Ldexp(v, scale)
		}
		for range 2 { // the second pass removes what rounding left
			m := mean(col)
			for i := range col {
				col[i] -= m
			}
		}
	}
	cov := mat.NewSymDense(d, nil)
	spread := 0.0
	for a := range d {
		for b := a; b < d; b++ {
			s := 0.0
			other := centered.Col(b)
			for i, v := range centered.Col(a) {
				s += v * other[i]
			}
			cov.SetSym(a, b, s/float64(n-1))
		}
		spread += cov.At(a, a)
	}
	if spread <= float64(d)*0x1p-100 { // every row is the mean, to rounding
		return axes{}, fmt.Errorf("%w: no column has any spread", ErrUndefined)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(cov, true) {
		return axes{}, fmt.Errorf("%w: the covariance matrix has no decomposition", ErrUndefined)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors) // columns in ascending order of variance

	p := axes{centered, scale, make([][]float64, d)}
	for c := range d {
		p.loadings[c] = mat.Col(nil, d-1-c, &vectors)
	}
	return p, nil
}

func mean(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s / float64(len(v))
}
