package taste

import (
	"cmp"
	"context"
	"math"
	"slices"

	"segue"
	"segue/internal/parallel"
)

// Learned reports whether anything was: whether some place may differ from the
// catalogue's. A nil taste has learned nothing.
func (t *Taste) Learned() bool { return t != nil && (len(t.reports) > 0 || len(t.ruled) > 0) }

// Tracks returns of how many recordings a place was said, MaxTracks at most.
func (t *Taste) Tracks() int { return len(t.reports) }

// Never returns the moods a row never has to the listener. A nil taste rules none out.
func (t *Taste) Never(row int32) segue.MoodSet {
	if t == nil {
		return 0
	}
	return t.ruled[t.ground.head(row)].never
}

// Bans returns the moods that tracks never have, by catalogue row: all rows of each
// recording of which that was said; nil if there are none. O(tracks) if there are.
func (t *Taste) Bans() map[int32]segue.MoodSet {
	if t == nil || len(t.ruled) == 0 {
		return nil
	}
	out := map[int32]segue.MoodSet{}
	for head, r := range t.ruled {
		out[head] = r.never
	}
	for row, head := range t.ground.Recording {
		if r, ok := t.ruled[head]; ok {
			out[int32(row)] = r.never
		}
	}
	return out
}

// Said returns the rows of which a place was said: all rows of each recording. O(tracks)
// if there are any.
func (t *Taste) Said() map[int32]bool {
	out := map[int32]bool{}
	heads := map[int32]bool{}
	for _, r := range t.reports {
		heads[r.head] = true
		out[r.row], out[r.head] = true, true
	}
	for row, head := range t.ground.Recording {
		if heads[head] {
			out[int32(row)] = true
		}
	}
	return out
}

// report returns what was said of where the recording of a row lies, nil if nothing.
func (t *Taste) report(row int32) *report {
	i, ok := slices.BinarySearchFunc(t.reports, t.ground.head(row), func(r report, head int32) int { return cmp.Compare(r.head, head) })
	if !ok {
		return nil
	}
	return &t.reports[i]
}

// own returns the number of the report of a row's recording that the axes were fitted
// on, −1 if none.
func (t *Taste) own(row int32) int {
	r := t.report(row)
	if r == nil || !r.placed {
		return -1
	}
	return slices.IndexFunc(t.fitted, func(f report) bool { return f.head == r.head })
}

// distances fills square with a row's squared distances from what was reported of.
func (t *Taste) distances(square []float64, row int32) {
	for j := range square {
		square[j] = t.ground.square(row, t.fitted[j].row)
	}
}

// mean returns where a row lies to the listener, moods not ruled out and not cut to the
// plane; not Known where nothing places it. square is room for a number a report.
func (t *Taste) mean(row int32, square []float64) segue.Affect {
	x := t.ground.Positions[row]
	switch {
	case !x.Known():
		if r := t.report(row); r != nil {
			return r.at
		}
		return x
	case len(t.fitted) == 0:
		return x
	}
	t.distances(square, row)
	d, own := t.ground.features(), t.own(row)
	return segue.Affect{Valence: x.Valence + t.axes[0].mean(d, square, own), Arousal: x.Arousal + t.axes[1].mean(d, square, own)}
}

// Place returns where a row lies to the listener, not Known if nothing places it. O(n)
// for n reports.
func (t *Taste) Place(row int32) segue.Affect {
	return t.place(row, make([]float64, len(t.fitted)))
}

func (t *Taste) place(row int32, square []float64) segue.Affect {
	if r, ok := t.ruled[t.ground.head(row)]; ok {
		return onPlane(r.at, r.never)
	}
	return onPlane(t.mean(row, square), 0)
}

// onPlane cuts a place to the plane, and keeps it out of what was ruled out.
func onPlane(at segue.Affect, never segue.MoodSet) segue.Affect {
	if !at.Known() {
		return segue.Nowhere()
	}
	return outside(segue.Affect{Valence: min(max(at.Valence, 0), 1), Arousal: min(max(at.Arousal, 0), 1)}, never)
}

// Places returns Place of every row. The slice is new unless nothing was learned: then
// it is the catalogue's. O(tracks·n) for n reports. The only error is ctx's.
func (t *Taste) Places(ctx context.Context) ([]segue.Affect, error) {
	if !t.Learned() {
		return t.ground.Positions, ctx.Err()
	}
	out := make([]segue.Affect, len(t.ground.Positions))
	err := parallel.Chunks(ctx, len(out), 1024, func(_, lo, hi int) {
		square := make([]float64, len(t.fitted))
		for row := int32(lo); row < int32(hi); row++ {
			out[row] = t.place(row, square)
		}
	})
	return out, err
}

// Errors returns the standard deviation of Place of each of rows, which is the
// catalogue's at most, see Ground; not Known where there is no place. O(n³ + rows·n²) for n reports and each model that counts. The only error is
// ctx's.
func (t *Taste) Errors(ctx context.Context, rows []int32) ([]segue.Affect, error) {
	sd, err := t.spread(ctx, rows)
	for i, row := range rows {
		if r, ok := t.ruled[t.ground.head(row)]; ok && r.at.Known() && err == nil {
			sd[i] = r.sd
		}
	}
	return sd, err
}

// spread is Errors before moods are ruled out.
func (t *Taste) spread(ctx context.Context, rows []int32) ([]segue.Affect, error) {
	n := len(t.fitted)
	squares, own := make([][]float64, len(rows)), make([]int, len(rows))
	for i, row := range rows {
		squares[i] = make([]float64, n)
		t.distances(squares[i], row)
		own[i] = t.own(row)
	}
	var sd [2][]float64
	all := t.ground.squares(t.fitted)
	for i := range sd {
		sd[i] = make([]float64, len(rows))
		if err := t.axes[i].errors(ctx, t.ground.features(), all, squares, own, sd[i]); err != nil {
			return nil, err
		}
	}
	out, usual := make([]segue.Affect, len(rows)), t.ground.placementError()
	for i, row := range rows {
		out[i] = segue.Affect{Valence: sd[0][i], Arousal: sd[1][i]}
		if t.ground.Positions[row].Known() {
			continue
		}
		out[i] = segue.Nowhere()
		if r := t.report(row); r != nil {
			out[i] = segue.Affect{Valence: min(usual.Valence, math.Sqrt(r.variance.Valence)), Arousal: min(usual.Arousal, math.Sqrt(r.variance.Arousal))}
		}
	}
	return out, nil
}

// Shared returns how sure it is that the corrections say something of other tracks, on
// the axis where that is surer: the posterior probability of the models in which a part
// of the taste is shared, [0, 1], 1 − NothingShared before any. NaN of fewer than three
// corrected tracks: they are no pattern.
func (t *Taste) Shared() float64 {
	most := math.NaN()
	if len(t.fitted) < pattern {
		return most
	}
	for i := range t.axes {
		if len(t.axes[i].models) == 0 {
			continue
		}
		p := 0.
		for _, f := range t.axes[i].models {
			if f.shared() {
				p += f.weight
			}
		}
		if !(p <= most) {
			most = p
		}
	}
	return most
}

// Bytes returns how much memory the taste takes besides the ground, about.
func (t *Taste) Bytes() int {
	if t == nil {
		return 0
	}
	n := 256 + 2*120*len(t.reports) + 96*len(t.ruled)
	for _, a := range t.axes {
		n += 8*len(a.noise)*(3+len(a.lengths)+len(a.models)) + 96*len(a.models)
	}
	return n
}
