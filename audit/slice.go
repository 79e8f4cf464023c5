package audit

import (
	"cmp"
	"math"
	"slices"

	"segue"
	"segue/mood"
	"segue/regress/calibrate"
)

// The statistics of a model, as places of a row of results.
const (
	statAccuracy = iota
	statBalanced
	statMacroF1
	statARI
	statValence
	statValenceRank
	statValenceR2
	statArousal
	statArousalRank
	statArousalR2
	statECE
	statBrier
	statLogLoss
	statPrecision                                  // of each mood
	statRecall    = statPrecision + segue.NumMoods // …
	statF1        = statRecall + segue.NumMoods    // …
	numStats      = statF1 + segue.NumMoods
)

// A slice is some labelled tracks and what models say of them, laid out so that every
// statistic is computed from weights of the tracks in a few passes.
type slice struct {
	labels   *mood.Labels
	rows     []int   // of the labels
	group    []int32 // of each of rows, 0…groups−1
	groups   int
	named    [segue.NumMoods]bool // moods that are labelled
	subjects []subject            // one a model
}

// A subject is a model on the tracks of a slice; all numbers are places in its rows.
type subject struct {
	said   []segue.Mood
	sure   []calibrate.Forecast // sorted: that a track is of the mood it is said to be
	rated  []int                // tracks with a mood and probabilities
	brier  []float64            // of each of rated
	log    []float64            // …
	placed []int                // tracks with both places
	axes   [2]pairs             // valence and arousal of placed
}

// pairs are values of two kinds, with the order of each.
type pairs struct {
	x, y     []float64
	byX, byY []int32
}

func newSlice(l *mood.Labels, rows []int, predictions []mood.Prediction) *slice {
	s := &slice{labels: l, rows: rows, group: make([]int32, len(rows))}
	number := map[int32]int32{}
	for k, i := range rows {
		g, known := number[l.Group[i]]
		if !known {
			g = int32(len(number))
			number[l.Group[i]] = g
		}
		s.group[k] = g
		if m := l.Mood[i]; m != segue.Mixed {
			s.named[m] = true
		}
	}
	s.groups = len(number)
	for _, p := range predictions {
		s.subjects = append(s.subjects, s.subject(p))
	}
	return s
}

// leastProbability is the smallest one log-loss takes, as calibrate.LogLoss does.
const leastProbability = 1e-15

func (s *slice) subject(p mood.Prediction) subject {
	l := s.labels
	if len(p.Mood) != l.Len() || p.Probability != nil && len(p.Probability) != l.Len() || p.At != nil && len(p.At) != l.Len() {
		panic("audit: the prediction " + p.Name + " is not of the labels' length")
	}
	sub := subject{said: make([]segue.Mood, len(s.rows))}
	for k, i := range s.rows {
		sub.said[k] = p.Mood[i]
		if m := l.Mood[i]; m != segue.Mixed && p.Probability != nil && !slices.ContainsFunc(p.Probability[i][:], func(v float64) bool { return v != v }) {
			q, brier := p.Probability[i], 0.
			for _, c := range segue.Moods() {
				d := q[c]
				if c == m {
					d--
				}
				brier += d * d
			}
			sub.rated, sub.brier = append(sub.rated, k), append(sub.brier, brier)
			sub.log = append(sub.log, -math.Log(min(1, max(leastProbability, q[m]))))
			if said := p.Mood[i]; said != segue.Mixed {
				sub.sure = append(sub.sure, calibrate.Forecast{Row: k, P: min(1, q[said]), Came: said == m})
			}
		}
		if p.At != nil && p.At[i].Known() && l.At[i].Known() {
			sub.placed = append(sub.placed, k)
		}
	}
	calibrate.SortForecasts(sub.sure)
	for _, k := range sub.placed {
		i := s.rows[k]
		sub.axes[0].x, sub.axes[0].y = append(sub.axes[0].x, p.At[i].Valence), append(sub.axes[0].y, l.At[i].Valence)
		sub.axes[1].x, sub.axes[1].y = append(sub.axes[1].x, p.At[i].Arousal), append(sub.axes[1].y, l.At[i].Arousal)
	}
	for a := range sub.axes {
		sub.axes[a].byX, sub.axes[a].byY = orderOf(sub.axes[a].x), orderOf(sub.axes[a].y)
	}
	return sub
}

func orderOf(v []float64) []int32 {
	order := make([]int32, len(v))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(v[a], v[b]) })
	return order
}

// statistics computes all of model m where track k counts weight[k] times; NaN where
// one is not defined.
func (s *slice) statistics(out []float64, m int, weight []int, room *room) {
	for i := range out {
		out[i] = math.NaN()
	}
	sub := &s.subjects[m]
	var table [segue.NumMoods][segue.NumMoods + 1]float64
	for k, w := range weight {
		if l := s.labels.Mood[s.rows[k]]; l != segue.Mixed && w > 0 {
			table[l][sub.said[k]] += float64(w)
		}
	}
	s.agreement(out, &table)
	if len(sub.rated) > 0 {
		sub.calibration(out, weight)
	}
	if len(sub.placed) > 0 {
		room.weigh(sub.placed, weight)
		for a, at := range [2]int{statValence, statArousal} {
			p := &sub.axes[a]
			r := correlation(p.x, p.y, room.weight)
			out[at], out[at+2] = r, r*r
			out[at+1] = correlation(ranks(room.x, p.x, p.byX, room.weight), ranks(room.y, p.y, p.byY, room.weight), room.weight)
		}
	}
}

// agreement computes what follows from the confusion matrix.
func (s *slice) agreement(out []float64, table *[segue.NumMoods][segue.NumMoods + 1]float64) {
	n, right := 0., 0.
	recall, recalls, f1, classes := 0., 0., 0., 0.
	for _, c := range segue.Moods() {
		labelled, said, hit := 0., 0., table[c][c]
		for d := range table[c] {
			labelled += table[c][d]
		}
		for _, d := range segue.Moods() {
			said += table[d][c]
		}
		n += labelled
		right += hit
		if said > 0 {
			out[statPrecision+int(c)] = hit / said
		}
		if labelled > 0 {
			out[statRecall+int(c)] = hit / labelled
			recall, recalls = recall+hit/labelled, recalls+1
		}
		if labelled+said > 0 {
			out[statF1+int(c)] = 2 * hit / (labelled + said)
		}
		if s.named[c] {
			classes++
			if labelled+said > 0 {
				f1 += 2 * hit / (labelled + said)
			}
		}
	}
	if n == 0 {
		return
	}
	out[statAccuracy], out[statBalanced], out[statMacroF1] = right/n, recall/recalls, f1/classes
	if classes > 1 {
		out[statARI] = adjustedRand(table, n)
	}
}

// adjustedRand is validity.AdjustedRand of the partitions by label and by what is said,
// from their table of n tracks.
func adjustedRand(table *[segue.NumMoods][segue.NumMoods + 1]float64, n float64) float64 {
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	both, rows, columns := 0., 0., 0.
	var column [segue.NumMoods + 1]float64
	for c := range table {
		row := 0.
		for d, v := range table[c] {
			both += pairs(v)
			row += v
			column[d] += v
		}
		rows += pairs(row)
	}
	for _, v := range column {
		columns += pairs(v)
	}
	expected := 0.
	if n > 1 {
		expected = rows * columns / pairs(n)
	}
	if most := (rows + columns) / 2; most != expected {
		return (both - expected) / (most - expected)
	}
	return 1 // they cannot disagree
}

// calibration computes the calibration error of the moods that are said, the Brier score
// and the log-loss.
func (s *subject) calibration(out []float64, weight []int) {
	out[statECE] = calibrate.WeightedECE(s.sure, weight)
	n, brier, loss := 0., 0., 0.
	for i, k := range s.rated {
		w := float64(weight[k])
		n += w
		brier += w * s.brier[i]
		loss += w * s.log[i]
	}
	out[statBrier], out[statLogLoss] = brier/n, loss/n
}

// room is memory for one caller of statistics.
type room struct {
	weight []float64
	x, y   []float64
}

// weigh lays out the weights of some of the tracks.
func (r *room) weigh(at []int, weight []int) {
	if len(r.weight) < len(at) {
		r.weight, r.x, r.y = make([]float64, len(at)), make([]float64, len(at)), make([]float64, len(at))
	}
	r.weight, r.x, r.y = r.weight[:len(at)], r.x[:len(at)], r.y[:len(at)]
	for i, k := range at {
		r.weight[i] = float64(weight[k])
	}
}

// ranks are the mid-ranks of v, each there weight times; order sorts v.
func ranks(out, v []float64, order []int32, weight []float64) []float64 {
	below := 0.
	for lo := 0; lo < len(order); {
		hi, w := lo, 0.
		for ; hi < len(order) && v[order[hi]] == v[order[lo]]; hi++ {
			w += weight[order[hi]]
		}
		for _, i := range order[lo:hi] {
			out[i] = below + (w+1)/2
		}
		below += w
		lo = hi
	}
	return out
}

// correlation is Pearson's of pairs that are there weight times; NaN of fewer than three,
// or if one side is constant.
func correlation(x, y, weight []float64) float64 {
	n, mx, my := 0., 0., 0.
	for i, w := range weight {
		n += w
		mx += w * x[i]
		my += w * y[i]
	}
	if n < 3 {
		return math.NaN()
	}
	mx, my = mx/n, my/n
	xx, xy, yy := 0., 0., 0.
	for i, w := range weight {
		a, b := x[i]-mx, y[i]-my
		xx += w * a * a
		xy += w * a * b
		yy += w * b * b
	}
	const nothing = 1e-24 // of the squared size of the values: what rounding leaves of a constant
	if xx <= nothing*n*(mx*mx) || yy <= nothing*n*(my*my) || xx == 0 || yy == 0 {
		return math.NaN()
	}
	return max(-1, min(1, xy/math.Sqrt(xx*yy)))
}
