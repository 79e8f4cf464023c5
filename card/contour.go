package card

// A field is heights on a grid over a part of a card, from which lines of equal
// height are taken.
type field struct {
	origin point
	step   float64
	nx, ny int // points a row, rows
	v      []float64
	next   []int32 // by edge: the edge a line goes on to, or −1; between calls all −1
	enters []bool  // by edge: whether a line comes from another; between calls false
}

// newField measures height at every step over b.
func newField(b box, step float64, height func(p point) float64) *field {
	f := &field{origin: point{b.x0, b.y0}, step: step, nx: int((b.x1-b.x0)/step) + 2, ny: int((b.y1-b.y0)/step) + 2}
	f.v = make([]float64, f.nx*f.ny)
	for j := range f.ny {
		for i := range f.nx {
			f.v[j*f.nx+i] = height(point{b.x0 + float64(i)*step, b.y0 + float64(j)*step})
		}
	}
	f.next, f.enters = make([]int32, 2*len(f.v)), make([]bool, 2*len(f.v))
	for i := range f.next {
		f.next[i] = -1
	}
	return f
}

// A contour is a line of equal height; a closed one does not repeat its start.
type contour struct {
	points []point
	closed bool
}

// contours returns the lines at a height by marching squares, in a fixed order.
// Package chart has the same over its own square densities; here the grid is long
// and a card takes forty levels, so edges are numbers and not keys of a map.
//
// Reference: Lorensen & Cline 1987, doi:10.1145/37402.37422, in two dimensions.
func (f *field) contours(level float64) []contour {
	// Edge 2k runs from grid point k to the right, 2k+1 downwards. The higher
	// side is always on the same hand, so each edge is left at most once.
	var order []int32
	join := func(from, to int) {
		f.next[from], f.enters[to] = int32(to), true
		order = append(order, int32(from))
	}
	for j := range f.ny - 1 {
		for i := range f.nx - 1 {
			k := j*f.nx + i
			a, b, c, d := f.v[k], f.v[k+1], f.v[k+f.nx+1], f.v[k+f.nx]
			mask := 0
			if a >= level {
				mask |= 1
			}
			if b >= level {
				mask |= 2
			}
			if c >= level {
				mask |= 4
			}
			if d >= level {
				mask |= 8
			}
			if mask == 0 || mask == 15 {
				continue
			}
			top, left, right, bottom := 2*k, 2*k+1, 2*(k+1)+1, 2*(k+f.nx)
			switch mask {
			case 1:
				join(top, left)
			case 2:
				join(right, top)
			case 3:
				join(right, left)
			case 4:
				join(bottom, right)
			case 6:
				join(bottom, top)
			case 7:
				join(bottom, left)
			case 8:
				join(left, bottom)
			case 9:
				join(top, bottom)
			case 11:
				join(right, bottom)
			case 12:
				join(left, right)
			case 13:
				join(top, right)
			case 14:
				join(left, top)
			case 5: // a saddle: the middle decides whether the high corners meet
				if a+b+c+d >= 4*level {
					join(top, right)
					join(bottom, left)
				} else {
					join(top, left)
					join(bottom, right)
				}
			case 10:
				if a+b+c+d >= 4*level {
					join(left, top)
					join(right, bottom)
				} else {
					join(right, top)
					join(left, bottom)
				}
			}
		}
	}
	var lines []contour
	follow := func(start int32) {
		c := contour{points: []point{f.crossing(start, level)}}
		for e := start; ; {
			to := f.next[e]
			if to < 0 {
				break
			}
			f.next[e] = -1
			if to == start {
				c.closed = true
				break
			}
			c.points = append(c.points, f.crossing(to, level))
			e = to
		}
		lines = append(lines, c)
	}
	for _, e := range order { // open lines begin where nothing leads
		if !f.enters[e] {
			follow(e)
		}
	}
	for _, e := range order {
		if f.next[e] >= 0 {
			follow(e)
		}
	}
	clear(f.enters)
	return lines
}

// crossing returns where the level lies on an edge.
func (f *field) crossing(edge int32, level float64) point {
	k := int(edge / 2)
	to, d := k+1, point{1, 0}
	if edge%2 == 1 {
		to, d = k+f.nx, point{0, 1}
	}
	t := .5
	if f.v[k] != f.v[to] {
		t = (level - f.v[k]) / (f.v[to] - f.v[k])
	}
	at := point{f.origin.x + f.step*float64(k%f.nx), f.origin.y + f.step*float64(k/f.nx)}
	return at.plus(d.times(t * f.step))
}

// length returns how long a line is.
func (c contour) length() float64 {
	sum := 0.0
	for i := 1; i < len(c.points); i++ {
		sum += c.points[i-1].to(c.points[i])
	}
	return sum
}
