package segue

// GridSize is how many cells the Affect Grid has a side.
const GridSize = 9

// A Cell is a square of the Affect Grid, on which people say how they feel with
// one tap: column and row, pleasantness and energy, 1 to GridSize each (Russell,
// Weiss & Mendelsohn 1989, doi:10.1037/0022-3514.57.3.493).
type Cell [2]int

// Valid reports whether the cell lies on the grid.
func (c Cell) Valid() bool {
	return c[0] >= 1 && c[0] <= GridSize && c[1] >= 1 && c[1] <= GridSize
}

// At returns the cell's place on the plane: g becomes (g − 1)/8.
// (docs/science.md §7)
func (c Cell) At() Affect {
	return Affect{Valence: float64(c[0]-1) / (GridSize - 1), Arousal: float64(c[1]-1) / (GridSize - 1)}
}

// CellAt returns the cell nearest a point of the plane.
func CellAt(a Affect) Cell {
	near := func(x float64) int { return 1 + int(min(max(x, 0), 1)*(GridSize-1)+.5) }
	return Cell{near(a.Valence), near(a.Arousal)}
}
