package playlist

import (
	"math"
	"slices"

	"segue"
)

// Bars of the metrics, met where at least MinCandidates tracks are to choose
// from. (docs/science.md §6; d)
const (
	BarError       = .10 // of start error, end error and RMSE
	BarStep        = .20 // of the largest step, or the arc's own + BarStepMore
	BarStepMore    = .08
	HardStepMore   = .05 // beyond the bar no step may go
	BarTau         = .80
	BarBacktrack   = .25 // of the distance from start to target
	BarArtists     = .60 // distinct main artists by tracks
	BarFamiliarity = FamiliarSlack
	BarLength      = 120 // seconds
	RelaxedLength  = 300 // seconds, once relaxed

	LeastWay = .10 // a shorter way has no direction to keep: progress and backtrack are null

	StartMinutes = 6  // of the start error
	EndMinutes   = 15 // of the end error
)

// Metrics say how well a playlist follows its plan. Distances are on the plane,
// which is 1 wide and 1 high; a metric that cannot be computed is nil.
type Metrics struct {
	StartError   *float64 `json:"start_error"`  // from the start to the mean position of the first minutes
	EndError     *float64 `json:"end_error"`    // from the target to the mean position of the last minutes
	RMSE         *float64 `json:"rmse"`         // root of the mean square distance to the plan, by slot
	MaxStep      *float64 `json:"max_step"`     // longest step between neighbours; nil with one track
	ProgressTau  *float64 `json:"progress_tau"` // Kendall's τ-b of slot and progress, [−1, 1]
	Backtrack    *float64 `json:"backtrack"`    // Σ max(0, −Δ progress)
	WayLength    float64  `json:"way_length"`   // D, from start to target
	DurationErr  float64  `json:"duration_error_seconds"`
	Forbidden    int      `json:"forbidden"`      // tracks in a zone they may not be in
	UniqueArtist float64  `json:"unique_artists"` // distinct main artists by tracks, [0, 1]

	// Familiarity is the largest distance, over the thirds, of the share of
	// familiar tracks from the plan; FamiliarShare the share in all. Nil without a
	// history.
	Familiarity   *float64 `json:"familiarity"`
	FamiliarShare *float64 `json:"familiar_share"`
}

// A Check is a metric beside its bar.
type Check struct {
	Metric string   `json:"metric"` // its key in Metrics
	Value  *float64 `json:"value"`
	Bar    float64  `json:"bar"`
	Least  bool     `json:"least"` // the value should be at least the bar, else at most
	Pass   *bool    `json:"pass"`  // nil where the value is, or where the arm does not aim at it
}

// way is the straight way from start to target.
type way struct {
	start, direction segue.Affect
	length           float64 // D
}

func newWay(start, target segue.Affect) way {
	w := way{start: start, length: start.Distance(target)}
	if w.length > 0 {
		w.direction = segue.Affect{
			Valence: (target.Valence - start.Valence) / w.length,
			Arousal: (target.Arousal - start.Arousal) / w.length,
		}
	}
	return w
}

// progress returns (x − s)·(t − s)/‖t − s‖, 0 for a way of no length. It is rounded
// far below what anybody hears, so that tracks side by side on the way are ties, and
// not ordered by the last bit of a product.
func (w way) progress(x segue.Affect) float64 {
	const unit = 1e12
	p := (x.Valence-w.start.Valence)*w.direction.Valence + (x.Arousal-w.start.Arousal)*w.direction.Arousal
	return math.Round(p*unit) / unit
}

// metrics measures a sequence.
func (p *problem) metrics(seq []int32, a arc, schedule [3]float64, minutes int) Metrics {
	n := len(seq)
	at := make([]segue.Affect, n)
	m := Metrics{}
	for i, c := range seq {
		at[i] = p.sounds[c].At
		if a.limits.forbids(at[i]) {
			m.Forbidden++
		}
	}
	if a.limits.night && !slowEnough(p.sounds[seq[n-1]].Tempo) {
		m.Forbidden++
	}
	if !(p.tailValence(seq) >= p.tailFloor) {
		m.Forbidden++
	}
	m.StartError, m.EndError, m.RMSE = number(p.startError(seq)), number(p.endError(seq)), number(p.rmse(seq))
	if n > 1 {
		m.MaxStep = number(largestStep(at))
	}
	w := newWay(a.start, a.target)
	m.WayLength = w.length
	if w.length >= LeastWay && n > 1 {
		made := make([]float64, n)
		slot := make([]float64, n)
		for i := range at {
			made[i], slot[i] = w.progress(at[i]), float64(i)
		}
		m.ProgressTau = number(KendallTau(slot, made))
		m.Backtrack = number(p.backtrack(seq))
	}
	m.DurationErr = float64(p.total(seq))/1000 - float64(minutes)*60
	m.UniqueArtist = float64(p.leads(seq)) / float64(n)
	if p.bands != nil {
		m.Familiarity, m.FamiliarShare = p.familiarity(seq, schedule)
	}
	return m
}

// startError returns the distance from the start to the mean position of the
// first StartMinutes, or of the hold if that is shorter.
func (p *problem) startError(seq []int32) float64 {
	return p.meanOver(seq, StartMinutes, p.arc.hold).Distance(p.arc.start)
}

// endError returns the distance from the target to the mean position of the
// last EndMinutes, or of the sustain if that is shorter.
func (p *problem) endError(seq []int32) float64 {
	back := slices.Clone(seq)
	slices.Reverse(back)
	return p.meanOver(back, EndMinutes, p.arc.sustain).Distance(p.arc.target)
}

// rmse returns the root of the mean square distance to the plan.
func (p *problem) rmse(seq []int32) float64 {
	square := 0.0
	for i, c := range seq {
		square += PlaceCost(p.sounds[c].At, p.points[i])
	}
	return math.Sqrt(square / float64(len(seq)))
}

// meanOver returns the mean position over the first minutes of a sequence, but no
// longer than a share of it (half a slot at least), weighted by the time each
// track plays.
func (p *problem) meanOver(seq []int32, minutes, share float64) segue.Affect {
	over := min(minutes*60e3, max(share, .5/float64(len(seq)))*float64(p.total(seq)))
	var sum segue.Affect
	var all float64
	for i := 0; i < len(seq) && all < over; i++ {
		w, at := min(float64(p.ms[seq[i]]), over-all), p.sounds[seq[i]].At
		sum.Valence += w * at.Valence
		sum.Arousal += w * at.Arousal
		all += w
	}
	return segue.Affect{Valence: sum.Valence / all, Arousal: sum.Arousal / all}
}

// familiarity returns the largest distance from the schedule, and the share.
func (p *problem) familiarity(seq []int32, schedule [3]float64) (distance, share *float64) {
	var count [3]float64
	var all float64
	for i, c := range seq {
		if p.familiar[c] {
			count[p.third[i]]++
			all++
		}
	}
	far := 0.0
	for t, b := range p.bands {
		if b.slots > 0 {
			far = max(far, math.Abs(count[t]/float64(b.slots)-schedule[t]))
		}
	}
	return number(far), number(all / float64(len(seq)))
}

// KendallTau returns Kendall's τ-b of two variables of equal length,
// (C − D)/√((n₀ − n₁)(n₀ − n₂)) with n₀ pairs, of which n₁ and n₂ are tied in x
// and in y (Kendall 1945, doi:10.1093/biomet/33.3.239); NaN where one of them is
// constant. O(n²), meant for playlists.
func KendallTau(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("playlist: KendallTau: variables of unequal length")
	}
	var score, nx, ny float64
	for i := range x {
		for j := range i {
			dx, dy := compare(x[i], x[j]), compare(y[i], y[j])
			score += dx * dy
			nx += dx * dx
			ny += dy * dy
		}
	}
	if nx == 0 || ny == 0 {
		return math.NaN()
	}
	return score / math.Sqrt(nx*ny)
}

func compare(a, b float64) float64 {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// number returns a pointer to v, nil if v is not a number: JSON has no NaN.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// bars returns the limits a sequence must keep to pass: the longest step the
// bar allows, narrowed by a factor as far as the plan's own steps let it, and the
// furthest way back.
func bars(points []segue.Affect, length, factor float64) (step, back float64) {
	step = max(factor*BarStep, largestStep(points)+factor*BarStepMore)
	back = math.Inf(1)
	if length >= LeastWay {
		back = BarBacktrack * length
	}
	return step, back
}

// checks sets the metrics beside their bars. Arms that follow no arc from the
// start are not judged by how they follow it.
func checks(m Metrics, points []segue.Affect, r Request, bands []band) []Check {
	arm := r.Arm
	step, back := bars(points, m.WayLength, r.StepFactor)
	familiarity := BarFamiliarity
	for _, b := range bands {
		if b.slots > 0 {
			familiarity = max(familiarity, .5/float64(b.slots)) // to the nearest whole track
		}
	}
	iso, guided := arm == Iso, arm != Shuffle
	check := func(name string, v *float64, bar float64, least, judged bool) Check {
		c := Check{Metric: name, Value: v, Bar: bar, Least: least}
		if v != nil && judged {
			pass := *v <= bar+1e-9
			if least {
				pass = *v >= bar-1e-9
			}
			c.Pass = &pass
		}
		return c
	}
	if math.IsInf(back, 1) {
		back = 0 // there is no value to judge
	}
	return []Check{
		check("start_error", m.StartError, BarError, false, iso),
		check("end_error", m.EndError, BarError, false, guided),
		check("rmse", m.RMSE, BarError, false, guided),
		check("max_step", m.MaxStep, step, false, guided),
		check("progress_tau", m.ProgressTau, BarTau, true, iso),
		check("backtrack", m.Backtrack, back, false, iso),
		check("duration_error_seconds", number(math.Abs(m.DurationErr)), BarLength, false, true),
		check("forbidden", number(float64(m.Forbidden)), 0, false, true),
		check("unique_artists", number(m.UniqueArtist), BarArtists, true, true),
		check("familiarity", m.Familiarity, familiarity, false, guided),
	}
}
