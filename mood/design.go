package mood

import (
	"fmt"
	"slices"

	"segue"
	"segue/matrix"
	"segue/scale"

	"gonum.org/v1/gonum/floats"
)

// A Basis says of which functions of the standardized features a supervised model is
// a weighted sum.
type Basis string

const (
	// Linear is the features themselves.
	Linear Basis = "linear"
	// Quadratic adds the squares and products of all that are not whole numbers.
	Quadratic Basis = "quadratic"
)

// ParseBasis reads the name of a basis.
func ParseBasis(name string) (Basis, error) {
	switch b := Basis(name); b {
	case Linear, Quadratic:
		return b, nil
	}
	return "", fmt.Errorf("mood: %w: no basis is called %q; there are linear and quadratic", segue.ErrUsage, name)
}

// A Part is one function of the basis: a standardized feature, or its product with
// another, or with itself.
type Part struct {
	Feature segue.Feature  `json:"feature"`
	With    *segue.Feature `json:"with,omitempty"`
}

// partsOf returns the functions of a basis of the features fs: first these, in order.
func partsOf(fs []segue.Feature, b Basis) []Part {
	var out []Part
	for _, f := range fs {
		out = append(out, Part{Feature: f})
	}
	if b == Linear {
		return out
	}
	for i, f := range fs {
		for _, with := range fs[i:] {
			if !f.Whole() && !with.Whole() {
				out = append(out, Part{f, &with})
			}
		}
	}
	return out
}

// expand returns the functions of standardized features, x of n×len(fs), n×len(parts).
func expand(x matrix.Columns, fs []segue.Feature, parts []Part) matrix.Columns {
	cols := make([][]float64, len(parts))
	for j, p := range parts {
		cols[j] = x.Col(slices.Index(fs, p.Feature))
		if p.With != nil {
			cols[j] = floats.MulTo(make([]float64, len(cols[j])), cols[j], x.Col(slices.Index(fs, *p.With)))
		}
	}
	return matrix.FromColumns(cols...)
}

// sufficient reports whether a supervised model says anything of a track that lacks so
// many of its features: at most half. (d)
func sufficient(missing, features int) bool { return 2*missing <= features }

// halfComplete returns the rows of c with sufficient of the features fs, ascending.
func halfComplete(c *segue.Catalog, fs []segue.Feature) (rows []int32) {
	rows = make([]int32, 0, c.Len())
	for i := range c.Len() {
		missing := 0
		for _, f := range fs {
			if v := c.Feature[f][i]; v != v {
				missing++
			}
		}
		if sufficient(missing, len(fs)) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// imputed returns the standardized features fs of rows of c, n×len(fs), and how many
// of each were missing and were put at their mean, which is 0.
func imputed(c *segue.Catalog, fs []segue.Feature, s scale.Standardizer, rows []int32) (x matrix.Columns, missing []int) {
	x, missing = s.Transform(gather(c, fs, rows)), make([]int, len(fs))
	for j := range fs {
		col := x.Col(j)
		for i, v := range col {
			if v != v {
				col[i] = 0
				missing[j]++
			}
		}
	}
	return x, missing
}

// rulerOf returns the features of fs that vary in c, with mean and deviation of their
// known values, and those that do not.
func rulerOf(c *segue.Catalog, fs []segue.Feature) (used, out []segue.Feature, s scale.Standardizer) {
	for _, f := range fs {
		mean, sd, n := moments(c.Feature[f])
		if n == 0 || sd == 0 {
			out = append(out, f)
			continue
		}
		used = append(used, f)
		s.Mean, s.SD = append(s.Mean, mean), append(s.SD, sd)
	}
	return used, out, s
}
