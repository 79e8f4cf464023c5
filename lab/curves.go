package lab

import (
	"context"
	"fmt"

	"segue"
	"segue/language"
	"segue/mood"
	"segue/tell"
)

// CurvesAsked says what curves are asked for. The zero value of every field is a
// usable default.
type CurvesAsked struct {
	Features   []segue.Feature `json:"features,omitempty"` // empty: mood.DefaultFeatures
	KMax       int             `json:"kmax,omitempty"`     // 2…mood.MaxCurveK; 0: 10
	References int             `json:"gap,omitempty"`      // tables of the gap, 2…MaxReferences; 0: none
	Seed       uint64          `json:"seed"`
}

// MaxReferences is the largest number of tables a gap is asked with. (d)
const MaxReferences = 100

// CurvesFound are curves over a catalogue.
type CurvesFound struct {
	*mood.CurveSet
	Catalog string `json:"catalog"` // content hash
	Seed    uint64 `json:"seed"`
}

// Curves computes how the criteria move with the number of groups. What a checkpoint
// of the same curves holds, every k of every algorithm and every fit of the gap, is
// not computed again, and the result is the same bytes as in one go. A checkpoint of
// other work is left alone.
//
// Errors are those of mood.Curves, and segue.ErrUsage for more references than
// MaxReferences.
func Curves(ctx context.Context, c *segue.Catalog, a CurvesAsked, h Hold) (*CurvesFound, error) {
	if a.References > MaxReferences {
		return nil, fmt.Errorf("lab: %w: %d tables of the gap; at most %d are made", segue.ErrUsage, a.References, MaxReferences)
	}
	if err := checkFeatures(a.Features); err != nil {
		return nil, err
	}
	of := identity([]any{"curves 1", c.Version, a})
	parts := resume[[]mood.CurvePart](h, of)
	o := mood.CurveOptions{Features: a.Features, KMax: a.KMax, References: a.References, Seed: a.Seed, Progress: h.Progress, Have: parts}
	o.Keep = func(p mood.CurvePart) {
		parts = append(parts, p)
		h.keep(of, parts)
	}
	set, err := mood.Curves(ctx, c, o)
	if err != nil {
		return nil, err
	}
	return &CurvesFound{set, c.Version, a.Seed}, nil
}

// Pictures draws the curves, one an algorithm, with what each would choose.
func (f *CurvesFound) Pictures(t *language.Tongue) []Picture {
	var out []Picture
	for i, svg := range tell.Curves(t, f.CurveSet) {
		a := mood.Algorithms()[i]
		out = append(out, Picture{tell.AlgorithmTitle(t, a), tell.CurveWords(t, f.CurveSet, a), svg})
	}
	return out
}

// Note says what k means, and on how much the curves stand.
func (f *CurvesFound) Note(t *language.Tongue) string {
	s := t.Say("Four is a product choice, one group for each named mood. The criteria do not single it out, and rarely agree; a ring is what each would choose.")
	if n := tell.CurveNote(t, f.CurveSet); n != "" {
		s += " " + n
	}
	return s
}
