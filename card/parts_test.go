package card

import (
	"math"
	"testing"
)

// TestContours: around one hill on a plain there is one closed line a level, at
// the radius that the bell has by hand: exp(−r²/2w²) = level.
func TestContours(t *testing.T) {
	f := newField(box{-100, -100, 100, 100}, 4, func(p point) float64 { return math.Exp(-(p.x*p.x + p.y*p.y) / (2 * 30 * 30)) })
	for _, level := range []float64{.2, .5, .9} {
		lines := f.contours(level)
		if len(lines) != 1 || !lines[0].closed {
			t.Fatalf("%d lines at %g", len(lines), level)
		}
		want := 30 * math.Sqrt(-2*math.Log(level))
		for _, p := range lines[0].points {
			if r := p.length(); math.Abs(r-want) > .3 {
				t.Fatalf("level %g at radius %.2f, want %.2f", level, r, want)
			}
		}
	}
	// A slope's line is open and goes from edge to edge.
	f = newField(box{0, 0, 40, 40}, 4, func(p point) float64 { return p.x })
	if lines := f.contours(22); len(lines) != 1 || lines[0].closed || math.Abs(lines[0].length()-44) > 1e-9 {
		t.Errorf("a slope has %d lines", len(lines))
	}
	if f.contours(1e9) != nil || f.contours(-1e9) != nil {
		t.Error("there are lines where no height is")
	}
}

// TestPathData: relative steps of rounded places, written as shortly as can be.
// By hand: from (10, 10.04) to (9.96, 12.25) is from tenths (100, 100) to (100,
// 123), then by (−99.5, 0.5).
func TestPathData(t *testing.T) {
	var p path
	p.move(point{10, 10.04})
	p.line(point{9.96, 12.25})
	p.quad(point{-89.54, 12.75}, point{0, 0})
	p.close()
	if got, want := string(p.data(nil, 1)), "m10 10l0 2.3q-99.5 .5-10-12.3z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := string(p.data(nil, 2)), "m10 10.04l-.04 2.21q-99.5 .5-9.96-12.25z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestEven: points at equal distances along a run, by hand.
func TestEven(t *testing.T) {
	run := []point{{0, 0}, {10, 0}, {10, 10}}
	got := even(run, 5, false)
	want := []point{{0, 0}, {5, 0}, {10, 0}, {10, 5}, {10, 10}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i].to(want[i]) > 1e-9 {
			t.Errorf("point %d is %v, want %v", i, got[i], want[i])
		}
	}
	if n := len(even([]point{{0, 0}, {4, 0}, {4, 4}, {0, 4}}, 2, true)); n != 8 {
		t.Errorf("around a square of 4 there are %d points 2 apart", n)
	}
}

// TestColours: OKLab of white is (1, 0, 0), as its author gives it; mixing goes
// from one end to the other.
func TestColours(t *testing.T) {
	if w := hex(0xffffff).oklab(); math.Abs(w[0]-1) > 1e-6 || math.Abs(w[1]) > 1e-6 || math.Abs(w[2]) > 1e-6 {
		t.Errorf("white is %v", w)
	}
	a, b := hex(0x12ab9f), hex(0xf0d58c)
	if a.mix(b, 0).String() != "#12ab9f" || a.mix(b, 1).String() != "#f0d58c" {
		t.Errorf("the ends of a mix are %s and %s", a.mix(b, 0), a.mix(b, 1))
	}
	r := ramp{a, b}
	if r.at(-1) != r.at(0) || r.at(9) != r.at(1) {
		t.Error("a ramp goes on beyond its ends")
	}
}
