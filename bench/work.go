package bench

// A Work is one thing to measure.
type Work struct {
	Name       string `json:"name"` // one of Names
	Rows       int    `json:"rows"`
	Columns    int    `json:"columns"`
	K          int    `json:"k"`          // clusters, or neighbours
	Float      int    `json:"float"`      // 64 or 32 bits
	Iterations int    `json:"iterations"` // of one fit, or single queries of one round
}

// Names lists the algorithms that can be measured.
func Names() []string { return []string{"kmeans", "gmm", "fcm", "silhouette", "neighbours"} }

// Works lists what is measured of an algorithm, or a small part if it is to be
// quick.
func Works(name string, quick bool) []Work {
	if quick {
		switch name {
		case "kmeans":
			return []Work{{name, 90_000, 3, 4, 64, 20}, {name, 50_000, 12, 10, 32, 5}}
		case "gmm":
			return []Work{{name, 20_000, 3, 4, 64, 5}}
		case "fcm":
			return []Work{{name, 30_000, 3, 4, 64, 5}}
		case "silhouette":
			return []Work{{name, 6_000, 3, 4, 64, 1}}
		case "neighbours":
			return []Work{{name, 50_000, 3, 50, 64, 200}}
		}
		return nil
	}
	switch name {
	case "kmeans":
		var works []Work
		for _, bits := range []int{64, 32} {
			for _, k := range []int{4, 10} {
				works = append(works, Work{name, 90_000, 3, k, bits, 30}, Work{name, 1_000_000, 12, k, bits, 15})
			}
		}
		return works
	case "gmm":
		return []Work{{name, 90_000, 3, 4, 64, 20}, {name, 90_000, 3, 4, 32, 20}, {name, 90_000, 12, 4, 64, 10}, {name, 90_000, 12, 4, 32, 10}}
	case "fcm":
		return []Work{{name, 90_000, 3, 4, 64, 50}, {name, 90_000, 3, 4, 32, 50}}
	case "silhouette":
		return []Work{{name, 90_000, 3, 4, 64, 1}, {name, 90_000, 3, 4, 32, 1}}
	case "neighbours":
		return []Work{{name, 1_200_000, 3, 50, 64, 1000}, {name, 1_200_000, 12, 50, 64, 200}}
	}
	return nil
}

// Growing lists what Grow measures of an algorithm: the same on ever more rows,
// up to ten million, or fewer if it is to be quick. Silhouettes, whose time grows
// with the square of the rows, and neighbours are not among them.
func Growing(name string, float int, quick bool) []Work {
	iterations := map[string]int{"kmeans": 10, "gmm": 3, "fcm": 5}[name]
	if iterations == 0 {
		return nil
	}
	sizes := []int{10_000, 100_000, 1_000_000, 10_000_000}
	if quick {
		sizes = []int{2_500, 5_000, 10_000, 20_000}
	}
	var works []Work
	for _, n := range sizes {
		works = append(works, Work{name, n, 12, 4, float, iterations})
	}
	return works
}

// unit names what one time of the work is of.
func (w Work) unit() string {
	switch w.Name {
	case "silhouette":
		return "labeling"
	case "neighbours":
		return "query"
	}
	return "iteration"
}

// items is how many rows, or distances, one unit handles. A distance counts once
// for its two rows.
func (w Work) items() (count float64, of string) {
	n := float64(w.Rows)
	switch w.Name {
	case "silhouette":
		return n * (n - 1) / 2, "distances"
	case "neighbours":
		return 0, "" // how many rows a query looks at is what an index is about
	}
	return n, "rows"
}

// bytes is how much of the table one unit must read, and of labels write, if it
// reads each value once: 0 where that is not what takes the time.
func (w Work) bytes() float64 {
	n, row := float64(w.Rows), float64(w.Columns*w.Float/8)
	switch w.Name {
	case "kmeans":
		return n * (row + 4)
	case "gmm", "fcm":
		return n * row
	}
	return 0
}

// flops is how many additions and multiplications the definition asks for in one
// unit, roots, exponentials and divisions not counted: for k-means and fuzzy
// c-means a difference, its square and their sum by cluster and column, and for
// the latter the weighted sum; for a mixture two products with a triangle, one to
// whiten the row and one for the second moments. A kernel that needs fewer can
// come to more than the limit.
func (w Work) flops() float64 {
	count, _ := w.items()
	k, d := float64(w.K), float64(w.Columns)
	switch w.Name {
	case "kmeans":
		return count * (3*k*d + d)
	case "gmm":
		return count * k * (2*d*(d+1) + 4*d)
	case "fcm":
		return count * k * 5 * d
	case "silhouette":
		return count * 3 * d
	}
	return 0
}
