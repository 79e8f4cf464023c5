package outcome

import "segue"

// FartherCells is how many cells of the grid farther from the target an hour has to
// end to count as harm. (docs/science.md §7)
const FartherCells = 2

// Farther reports whether a listener ended an hour FartherCells or more farther from
// the target than they began it: Δ, counted in cells, is at most −FartherCells.
func Farther(before, after, target segue.Cell) bool {
	// The distances are square roots of whole numbers: what is lost to rounding is far
	// less than the least they can otherwise differ by from a whole number of cells.
	const rounding = 1e-9
	cells := (segue.GridSize - 1) * Change(before.At(), after.At(), target.At())
	return cells <= -FartherCells+rounding
}
