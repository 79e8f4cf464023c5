package chart

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestContourOfOneHill: the contours of a single Gaussian hill far from the
// edges are closed circles around it: at half its height the radius is
// σ·√(2 ln 2), here 0.1·1.1774 = 0.1177.
func TestContourOfOneHill(t *testing.T) {
	d := Estimate([]float64{.5}, []float64{.5}, nil, .1, 100)
	lines := d.Contour(d.max / 2)
	if len(lines) != 1 {
		t.Fatalf("%d contours, want 1", len(lines))
	}
	line := lines[0]
	if line[0] != line[len(line)-1] {
		t.Error("the contour is not closed")
	}
	for _, q := range line {
		if r := math.Hypot(q[0]-.5, q[1]-.5); math.Abs(r-.1177) > .002 {
			t.Fatalf("radius %.4f at %v, want 0.1177", r, q)
		}
	}
}

func TestContourOfTwoHillsAndOfNothing(t *testing.T) {
	d := Estimate([]float64{.2, .8}, []float64{.2, .8}, nil, .05, 60)
	if n := len(d.Contour(d.max / 2)); n != 2 {
		t.Errorf("%d contours of two hills, want 2", n)
	}
	empty := Estimate(nil, nil, nil, .05, 20)
	if len(empty.levels()) != 0 || len(empty.Contour(1)) != 0 {
		t.Error("an empty plane has contours")
	}
}

// TestDensityKeepsItsMass: reflection at the edges keeps the total weight the
// same wherever the points lie, also at a corner.
func TestDensityKeepsItsMass(t *testing.T) {
	total := func(x, y float64) float64 {
		d, sum := Estimate([]float64{x}, []float64{y}, nil, .06, 50), 0.0
		for i, v := range d.values {
			w := v // a grid point on an edge stands for half a cell, in a corner for a quarter
			if c := i % 51; c == 0 || c == 50 {
				w /= 2
			}
			if r := i / 51; r == 0 || r == 50 {
				w /= 2
			}
			sum += w
		}
		return sum
	}
	middle := total(.5, .5)
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Float64Range(.02, .98)
		if got := total(u.Draw(t, "x"), u.Draw(t, "y")); math.Abs(got/middle-1) > .03 {
			t.Fatalf("mass %.4f of the middle's", got/middle)
		}
	})
}

// TestContoursSeparate: every point of a contour has the level's density, by
// bilinear interpolation of the grid.
func TestContoursSeparate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = rapid.Float64Range(0, 1).Draw(t, "x"), rapid.Float64Range(0, 1).Draw(t, "y")
		}
		d := Estimate(x, y, nil, .08, 30)
		for _, level := range d.levels() {
			for _, line := range d.Contour(level) {
				for _, q := range line {
					fx, fy := q[0]*30, q[1]*30
					cx, cy := min(int(fx), 29), min(int(fy), 29)
					tx, ty := fx-float64(cx), fy-float64(cy)
					at := func(i, j int) float64 { return d.values[j*31+i] }
					got := at(cx, cy)*(1-tx)*(1-ty) + at(cx+1, cy)*tx*(1-ty) + at(cx, cy+1)*(1-tx)*ty + at(cx+1, cy+1)*tx*ty
					if math.Abs(got-level) > 1e-9*d.max {
						t.Fatalf("density %v on the contour of %v", got, level)
					}
				}
			}
		}
	})
}

// Contours hold every line of every height, and a density of nothing none.
func TestContours(t *testing.T) {
	d := Estimate([]float64{.2, .8, .5}, []float64{.2, .8, .4}, []float64{1, 2, .5}, .05, 60)
	all := d.Contours()
	if len(all) != len(d.levels()) {
		t.Fatalf("%d heights, want %d", len(all), len(d.levels()))
	}
	for i, level := range d.levels() {
		if want := d.Contour(level); !reflect.DeepEqual(all[i], want) {
			t.Errorf("height %d: %d lines, want %d", i, len(all[i]), len(want))
		}
	}
	if none := Estimate(nil, nil, nil, .05, 20).Contours(); none != nil || none.Bytes() != 0 {
		t.Errorf("lines of nothing: %v", none)
	}
}
