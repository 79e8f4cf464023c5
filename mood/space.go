package mood

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"segue"
	"segue/matrix"
	"segue/scale"
)

// ErrTooFewTracks reports that fewer tracks have all the chosen features than
// clusters were asked for. The wrapping error counts them.
var ErrTooFewTracks = errors.New("too few tracks")

// ErrConstantFeature reports a chosen feature that has one value for all tracks
// and so can tell none apart. The wrapping error names it.
var ErrConstantFeature = errors.New("feature is the same for every track")

// complete returns the rows of c that have all of fs, ascending, and how many
// rows lack each of fs.
func complete(c *segue.Catalog, fs []segue.Feature) (rows []int32, missing []int) {
	missing = make([]int, len(fs))
	rows = make([]int32, 0, c.Len())
	for i := range c.Len() {
		ok := true
		for j, f := range fs {
			if v := c.Feature[f][i]; v != v {
				missing[j]++
				ok = false
			}
		}
		if ok {
			rows = append(rows, int32(i))
		}
	}
	return rows, missing
}

// gather returns the features fs of the given rows of c, in the features' units.
func gather(c *segue.Catalog, fs []segue.Feature, rows []int32) matrix.Columns {
	x := matrix.New(len(rows), len(fs))
	for j, f := range fs {
		from, to := c.Feature[f], x.Col(j)
		for i, r := range rows {
			to[i] = float64(from[r])
		}
	}
	return x
}

// space is a catalogue's tracks in the standardized space of a few features.
type space struct {
	rows    []int32 // rows of the catalogue with all features, length n
	missing []int   // rows without each feature
	scaler  scale.Standardizer
	x       matrix.Columns // n×d, standardized
}

// newSpace standardizes the features fs over the rows of c that have them all.
// It returns ErrTooFewTracks for fewer than k rows, saying which feature no
// track has if there is one, and ErrConstantFeature.
func newSpace(c *segue.Catalog, fs []segue.Feature, k int) (*space, error) {
	s := &space{}
	s.rows, s.missing = complete(c, fs)
	if err := enough(fs, s.missing, len(s.rows), c.Len(), k); err != nil {
		return nil, err
	}
	raw := gather(c, fs, s.rows)
	var err error
	if s.scaler, err = scale.FitStandardizer(raw); err != nil {
		return nil, fmt.Errorf("mood: %w", err)
	}
	if err := varied(fs, s.scaler); err != nil {
		return nil, err
	}
	s.x = s.scaler.Transform(raw)
	return s, nil
}

// enough returns ErrTooFewTracks if k clusters need more tracks than the n of all
// that have the features fs; missing counts those without each.
func enough(fs []segue.Feature, missing []int, n, all, k int) error {
	if n >= max(k, 2) {
		return nil
	}
	for j, f := range fs {
		if missing[j] == all && all > 0 {
			return fmt.Errorf("mood: %w: no track has a value for %q; choose other features", ErrTooFewTracks, f)
		}
	}
	return fmt.Errorf("mood: %w: %d of %d have %s, and %d clusters need at least %d; choose fewer clusters or other features, or bring more tracks",
		ErrTooFewTracks, n, all, names(fs, ", "), k, max(k, 2))
}

// varied returns ErrConstantFeature if one of fs is the same for every track.
func varied(fs []segue.Feature, s scale.Standardizer) error {
	for j, f := range fs {
		if s.SD[j] == 0 {
			return fmt.Errorf("mood: %w: %q is always %.4g; leave it out", ErrConstantFeature, f, s.Mean[j])
		}
	}
	return nil
}

// Space returns the tracks of c that have all the features fs, standardized over
// them: x is n×d in the order of fs, and rows holds the n rows of c, ascending.
// It is the space of every model trained on c and fs. Errors are ErrTooFewTracks
// for fewer than two tracks and ErrConstantFeature. O(n·d).
func Space(c *segue.Catalog, fs []segue.Feature) (x matrix.Columns, rows []int32, err error) {
	s, err := newSpace(c, fs, 1)
	if err != nil {
		return matrix.Columns{}, nil, err
	}
	return s.x, s.rows, nil
}

// The streams keep apart the random numbers that one seed gives to different
// purposes: the second word of a PCG's state.
const (
	streamNullRows      = 11 << 40
	streamNullShuffle   = 12 << 40
	streamStabilityRows = 13 << 40
	streamStability     = 14 << 40
	streamCurveRows     = 15 << 40
	streamPlaneSample   = 16 << 40
	streamJudgedSample  = 17 << 40
	streamGapRows       = 18 << 40
	streamFolds         = 19 << 40
	streamInner         = 20 << 40
	streamArtists       = 21 << 40
)

// derive returns the seed for one purpose.
func derive(seed, stream uint64) uint64 { return rand.New(rand.NewPCG(seed, stream)).Uint64() }

// draw returns all of n rows, or limit of them without replacement, ascending.
func draw(n, limit int, seed, stream uint64) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	if n <= limit {
		return rows
	}
	rng := rand.New(rand.NewPCG(seed, stream))
	for i := range limit {
		j := i + rng.IntN(n-i)
		rows[i], rows[j] = rows[j], rows[i]
	}
	rows = rows[:limit]
	slices.Sort(rows)
	return rows
}
