package chart

import "math"

// A Density is a kernel density estimate on a square grid over the plane.
type Density struct {
	n      int       // cells a side; n+1 grid points
	values []float64 // row by row, arousal by arousal
	max    float64
}

// Estimate smooths weighted positions into a Density by a Gaussian kernel of
// the given bandwidth on a grid of cells×cells, O(points + cells³): points are
// first shared among the four nearest grid points, then the grid is smoothed
// along each axis, with reflection at the edges so that no mass leaves the
// plane. Positions outside [0, 1] and weights of 0 are left out; a nil weight
// weighs all alike. It panics on a bandwidth or a cell count that is not
// positive.
//
// Reference: Silverman 1986, Density Estimation for Statistics and Data
// Analysis, §3.5 (binned estimation) and §2.10 (reflection).
func Estimate(x, y, weight []float64, bandwidth float64, cells int) *Density {
	if cells < 1 || !(bandwidth > 0) {
		panic("chart: Estimate needs a positive bandwidth and cell count")
	}
	d := &Density{n: cells, values: make([]float64, (cells+1)*(cells+1))}
	side := cells + 1
	for i := range x {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		if !(x[i] >= 0 && x[i] <= 1 && y[i] >= 0 && y[i] <= 1) || !(w > 0) {
			continue
		}
		fx, fy := x[i]*float64(cells), y[i]*float64(cells)
		cx, cy := min(int(fx), cells-1), min(int(fy), cells-1)
		tx, ty := fx-float64(cx), fy-float64(cy)
		at := cy*side + cx
		d.values[at] += w * (1 - tx) * (1 - ty)
		d.values[at+1] += w * tx * (1 - ty)
		d.values[at+side] += w * (1 - tx) * ty
		d.values[at+side+1] += w * tx * ty
	}
	kernel := make([]float64, side)
	for i := range kernel {
		z := float64(i) / float64(cells) / bandwidth
		kernel[i] = math.Exp(-z * z / 2)
	}
	smooth(d.values, side, 1, side, kernel)
	smooth(d.values, side, side, 1, kernel)
	for _, v := range d.values {
		d.max = max(d.max, v)
	}
	return d
}

// smooth convolves each of the side lines of a side×side grid with kernel,
// reflecting at both ends; step is between neighbours, stride between lines.
func smooth(v []float64, side, step, stride int, kernel []float64) {
	period, width := 2*(side-1), 2*side-1
	both := make([]float64, width) // the kernel to both sides
	for j := range both {
		both[j] = kernel[abs(j-side+1)]
	}
	long := make([]float64, side+width-1) // the line with its reflections
	for line := range side {
		base := line * stride
		for i := range long {
			k := (i - side + 1 + 2*period) % period
			if k >= side {
				k = period - k
			}
			long[i] = v[base+k*step]
		}
		for i := range side {
			sum := 0.0
			for j, x := range long[i : i+width] {
				sum += x * both[j]
			}
			v[base+i*step] = sum
		}
	}
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}

// levels returns six heights between the valley and the summit.
func (d *Density) levels() []float64 {
	if d.max == 0 {
		return nil
	}
	var out []float64
	for _, share := range []float64{.12, .25, .40, .55, .72, .88} {
		out = append(out, share*d.max)
	}
	return out
}

// Contours are the lines of equal density that are drawn of a Density: by height,
// the lowest first, each line a run of points on the plane. They take some tens of
// kilobytes, however much they were made of.
type Contours [][][][2]float64

// Contours returns the lines at six heights between the valley and the summit, none
// where there is nothing. Cost as Contour, for each.
func (d *Density) Contours() Contours {
	var levels Contours
	points := 0
	for _, level := range d.levels() {
		lines := d.Contour(level)
		levels = append(levels, lines)
		for _, line := range lines {
			points += len(line)
		}
	}
	all := make([][2]float64, 0, points) // to be kept, and so without room to grow
	for _, lines := range levels {
		for i, line := range lines {
			from := len(all)
			all = append(all, line...)
			lines[i] = all[from:len(all):len(all)]
		}
	}
	return levels
}

// Bytes returns how much memory the lines take.
func (c Contours) Bytes() int {
	n := 24 * cap(c)
	for _, lines := range c {
		n += 24 * cap(lines)
		for _, line := range lines {
			n += 16 * len(line)
		}
	}
	return n
}

// Contour returns the lines along which the density equals level, by marching
// squares: each a run of points on the plane, closed ones repeating their first
// point. The order is fixed: lines are begun from the lowest cell.
//
// Reference: Lorensen & Cline 1987, doi:10.1145/37402.37422, in two dimensions.
func (d *Density) Contour(level float64) [][][2]float64 {
	// An edge is named by its lower-left grid point and direction; next joins
	// the edges a contour crosses one after the other, with the denser side
	// always on the left, so that each edge is left exactly once.
	type edge struct {
		x, y     int
		vertical bool
	}
	side := d.n + 1
	at := func(x, y int) float64 { return d.values[y*side+x] }
	next := map[edge]edge{}
	var order []edge
	entered := map[edge]bool{}
	for y := range d.n {
		for x := range d.n {
			bottom, right := edge{x, y, false}, edge{x + 1, y, true}
			top, left := edge{x, y + 1, false}, edge{x, y, true}
			mask := 0
			for i, v := range []float64{at(x, y), at(x+1, y), at(x+1, y+1), at(x, y+1)} {
				if v >= level {
					mask |= 1 << i
				}
			}
			join := func(from, to edge) {
				next[from] = to
				entered[to] = true
				order = append(order, from)
			}
			switch mask {
			case 1:
				join(bottom, left)
			case 2:
				join(right, bottom)
			case 3:
				join(right, left)
			case 4:
				join(top, right)
			case 5: // a saddle: the middle decides whether the dense corners meet
				if at(x, y)+at(x+1, y)+at(x+1, y+1)+at(x, y+1) >= 4*level {
					join(bottom, right)
					join(top, left)
				} else {
					join(bottom, left)
					join(top, right)
				}
			case 6:
				join(top, bottom)
			case 7:
				join(top, left)
			case 8:
				join(left, top)
			case 9:
				join(bottom, top)
			case 10:
				if at(x, y)+at(x+1, y)+at(x+1, y+1)+at(x, y+1) >= 4*level {
					join(left, bottom)
					join(right, top)
				} else {
					join(right, bottom)
					join(left, top)
				}
			case 11:
				join(right, top)
			case 12:
				join(left, right)
			case 13:
				join(bottom, right)
			case 14:
				join(left, bottom)
			}
		}
	}
	point := func(e edge) [2]float64 {
		x2, y2 := e.x+1, e.y
		if e.vertical {
			x2, y2 = e.x, e.y+1
		}
		a, b := at(e.x, e.y), at(x2, y2)
		t := .5
		if a != b {
			t = (level - a) / (b - a)
		}
		n := float64(d.n)
		return [2]float64{(float64(e.x) + t*float64(x2-e.x)) / n, (float64(e.y) + t*float64(y2-e.y)) / n}
	}
	var lines [][][2]float64
	done := map[edge]bool{}
	follow := func(start edge) {
		line := [][2]float64{point(start)}
		for e := start; !done[e]; {
			done[e] = true
			to, ok := next[e]
			if !ok {
				break
			}
			line = append(line, point(to))
			e = to
		}
		if len(line) > 1 {
			lines = append(lines, line)
		}
	}
	for _, e := range order { // open lines begin where nothing leads
		if !entered[e] && !done[e] {
			follow(e)
		}
	}
	for _, e := range order {
		if !done[e] {
			follow(e)
		}
	}
	return lines
}
