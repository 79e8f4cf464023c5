package taste

import (
	"errors"
	"time"

	"segue"
)

// A Correction is what a listener said of one track: how it feels, as a point of the
// plane or as a cell of the Affect Grid, or a mood it never is. One of the three is set.
type Correction struct {
	Track string    // id in the catalogue
	When  time.Time // when it was said; the later counts more where two disagree
	Feels *segue.Affect
	Cell  *segue.Cell
	Never *segue.Mood // one of the four
}

// Check returns what is wrong with a correction, or nil.
func (c Correction) Check() error {
	said := 0
	for _, is := range []bool{c.Feels != nil, c.Cell != nil, c.Never != nil} {
		if is {
			said++
		}
	}
	switch {
	case c.Track == "":
		return errors.New("it names no track")
	case said == 0:
		return errors.New("it says nothing: give feels, cell or never")
	case said > 1:
		return errors.New("it says several things at once: give one of feels, cell and never")
	case c.Feels != nil && !(c.Feels.Valence >= 0 && c.Feels.Valence <= 1 && c.Feels.Arousal >= 0 && c.Feels.Arousal <= 1):
		return errors.New("feels is off the plane: valence and arousal lie in 0 to 1")
	case c.Cell != nil && !c.Cell.Valid():
		return errors.New("the cell is off the grid: its two numbers lie in 1 to 9")
	case c.Never != nil && (*c.Never < 0 || *c.Never >= segue.NumMoods):
		return errors.New("never must be angry, sad, calm or happy")
	}
	return nil
}

// place returns where a correction puts its track and the standard deviation of saying
// so; ok is false if it says no place.
func (c Correction) place() (at segue.Affect, variance float64, ok bool) {
	switch {
	case c.Feels != nil:
		return *c.Feels, ReportError * ReportError, true
	case c.Cell != nil:
		const side = 1. / (segue.GridSize - 1)
		return c.Cell.At(), ReportError*ReportError + side*side/12, true // an even spread over the cell
	}
	return segue.Affect{}, 0, false
}
