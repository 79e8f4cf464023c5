package mood

import (
	"context"
	"math"
	"slices"

	"segue"
	"segue/cluster/validity"
	"segue/internal/parallel"
	"segue/internal/quantile"
	"segue/matrix"
	"segue/regress/calibrate"
	"segue/scale"

	"gonum.org/v1/gonum/stat"
)

// A Validation says how well a model names and places labelled tracks of artists it had
// not seen. Intervals are of 95 %, the percentiles over resamples of the artists, since
// tracks of one are alike; they speak of the artists drawn, not of the fit's own
// chances. What is not defined is null.
type Validation struct {
	Tracks    int `json:"tracks"` // labelled with a mood, of which the model says one
	Artists   int `json:"artists"`
	Resamples int `json:"resamples"`

	Accuracy Measured `json:"accuracy"` // share named rightly, [0, 1]
	MacroF1  Measured `json:"macro_f1"` // mean of the moods' F1, [0, 1]

	// The k-means naming of the same tracks, which no label has touched, and what the
	// model has more.
	KMeansAccuracy Measured `json:"kmeans_accuracy"`
	KMeansMacroF1  Measured `json:"kmeans_macro_f1"`
	AccuracyGain   Measured `json:"accuracy_gain"`
	MacroF1Gain    Measured `json:"macro_f1_gain"`

	Before Calibrated `json:"before"` // calibration
	After  Calibrated `json:"after"`

	// What is left of the errors of Before, as a share.
	ECELeft     Measured `json:"ece_left"`
	MoodECELeft Measured `json:"mood_ece_left"`

	// Places, of the tracks labelled with valence and arousal.
	Placed  int        `json:"placed"`
	Valence Placements `json:"valence"`
	Arousal Placements `json:"arousal"`
}

// Measured is a number and its interval.
type Measured struct {
	Value segue.Number `json:"value"`
	Lo    segue.Number `json:"lo"`
	Hi    segue.Number `json:"hi"`
}

// Calibrated says how far probabilities are from how often they come true. The errors
// are of ten bins of as many tracks each. Resamples have more of them than the tracks,
// as they are rougher; by as much their percentiles are shifted for the intervals.
type Calibrated struct {
	// ECE is the expected calibration error of the mood named: of its probability and
	// whether it is right. Chance is about what it would be without any fault, as the
	// bins have few tracks.
	ECE    Measured     `json:"ece"`
	Chance segue.Number `json:"ece_by_chance"`

	// MoodECE is that of all probabilities shown: the mean over the four moods of the
	// error of the mood's probability, named or not.
	MoodECE    Measured     `json:"mood_ece"`
	MoodChance segue.Number `json:"mood_ece_by_chance"`

	LogLoss Measured `json:"log_loss"` // nats; ln 4 = 1.386 says nothing
	Brier   Measured `json:"brier"`    // [0, 2]; ¾ says nothing
}

// Placements say how near to the labels an axis places tracks.
type Placements struct {
	Pearson Measured `json:"pearson"` // of the ridge's own predictions, not of places; of places where there is no ridge
	R2      Measured `json:"r2"`      // of the ridge's own predictions; below 0 if the mean is better

	// Error is the root mean square of the place less the label's percentile among
	// the labelled tracks, on the plane, [0, 1].
	Error Measured `json:"error"`
}

// validationResamples is how many times the artists are drawn. (d)
const validationResamples = 1000

// What an evaluator measures, in order.
const (
	measuredAccuracy = iota
	measuredMacroF1
	measuredKMeansAccuracy
	measuredKMeansMacroF1
	measuredAccuracyGain
	measuredMacroF1Gain
	measuredECE        // before, after, and what is left
	measuredMoodECE    = measuredECE + 3
	measuredLogLoss    = measuredMoodECE + 3 // before, after
	measuredBrier      = measuredLogLoss + 2
	measuredPearson    = measuredBrier + 2 // valence, arousal
	measuredR2         = measuredPearson + 2
	measuredPlaceError = measuredR2 + 2
	measuredAll        = measuredPlaceError + 2
)

// An evaluator holds predictions against labels.
type evaluator struct {
	group []int32 // of each row: labelled tracks that the model says something of
	own   []int32 // −1 where no mood is named
	said  [3][]int32
	sure  [2][]calibrate.Forecast                 // of the mood named, before and after
	moods [2][segue.NumMoods][]calibrate.Forecast // of each mood
	loss  [2][]float64
	brier [2][]float64
	place [2]placed
}

// placed are the label, the model's estimate, its place, and the label's percentile.
type placed struct{ label, estimate, at, rank []float64 }

// newEvaluator takes the rows of l that keep says. before and after are the model's
// predictions, kmeans its rival's; estimated are in the labels' units, or nil.
func newEvaluator(l *Labels, keep []bool, before, after, kmeans *Prediction, estimated []segue.Affect) (*evaluator, error) {
	j := &evaluator{}
	var rows []int
	for i, ok := range keep {
		if ok {
			rows = append(rows, i)
		}
	}
	for _, i := range rows {
		j.group = append(j.group, l.Group[i])
		own := int32(-1)
		if m := l.Mood[i]; m >= 0 && m < segue.NumMoods {
			own = int32(m)
		}
		j.own = append(j.own, own)
		for s, p := range []*Prediction{before, after, kmeans} {
			j.said[s] = append(j.said[s], int32(p.Mood[i]))
		}
	}
	for s, p := range []*Prediction{before, after} {
		j.loss[s], j.brier[s] = make([]float64, len(rows)), make([]float64, len(rows))
		for r, i := range rows {
			own := j.own[r]
			if own < 0 {
				continue
			}
			q := p.Probability[i]
			named := p.Mood[i]
			j.sure[s] = append(j.sure[s], calibrate.Forecast{Row: r, P: min(1, q[named]), Came: named == l.Mood[i]})
			for _, m := range segue.Moods() {
				j.moods[s][m] = append(j.moods[s][m], calibrate.Forecast{Row: r, P: min(1, q[m]), Came: m == l.Mood[i]})
			}
			of, y := matrix.FromRows([][]float64{q[:]}), []int32{own}
			j.loss[s][r], j.brier[s][r] = calibrate.LogLoss(of, y), calibrate.Brier(of, y)
		}
		calibrate.SortForecasts(j.sure[s])
		for m := range j.moods[s] {
			calibrate.SortForecasts(j.moods[s][m])
		}
	}
	return j, j.takePlaces(l, rows, after.At, estimated)
}

// takePlaces takes what is known of places; NaN elsewhere.
func (j *evaluator) takePlaces(l *Labels, rows []int, at, estimated []segue.Affect) error {
	if at == nil {
		return nil
	}
	for axis := range j.place {
		of := func(a segue.Affect) float64 {
			if axis == 0 {
				return a.Valence
			}
			return a.Arousal
		}
		p := &j.place[axis]
		var known []float64
		for _, i := range rows {
			label, place, estimate := of(l.At[i]), of(at[i]), math.NaN()
			if estimated != nil {
				estimate = of(estimated[i])
			}
			if !l.At[i].Known() || !at[i].Known() {
				label = math.NaN()
			} else {
				known = append(known, label)
			}
			p.label, p.at, p.estimate = append(p.label, label), append(p.at, place), append(p.estimate, estimate)
		}
		if len(known) == 0 {
			*p = placed{}
			continue
		}
		cdf, err := scale.NewECDF(known)
		if err != nil {
			return err
		}
		for _, v := range p.label {
			p.rank = append(p.rank, cdf.At(v))
		}
	}
	return nil
}

// evaluate measures, and resamples the artists for the intervals.
func (j *evaluator) evaluate(ctx context.Context, seed uint64) (*Validation, error) {
	artists := map[int32]int{}
	of := make([]int, len(j.group))
	v := &Validation{Resamples: validationResamples}
	for r, g := range j.group {
		at, ok := artists[g]
		if !ok {
			at = len(artists)
			artists[g] = at
		}
		of[r] = at
		if j.own[r] >= 0 {
			v.Tracks++
		}
		if j.place[0].label != nil && j.place[0].label[r] == j.place[0].label[r] {
			v.Placed++
		}
	}
	v.Artists = len(artists)
	ones := make([]int, len(of))
	for r := range ones {
		ones[r] = 1
	}
	value := j.measure(ones)
	draws := slices.Collect(validity.Bootstrap(len(artists), validationResamples, derive(seed, streamArtists)))
	of1000 := make([][]float64, len(draws))
	err := parallel.Chunks(ctx, len(draws), 1, func(d, _, _ int) {
		times, weight := make([]int, len(artists)), make([]int, len(of))
		for _, a := range draws[d] {
			times[a]++
		}
		for r, a := range of {
			weight[r] = times[a]
		}
		of1000[d] = j.measure(weight)
	})
	if err != nil {
		return nil, err
	}
	get := func(what int) Measured {
		m := Measured{segue.Missing(), segue.Missing(), segue.Missing()}
		if math.IsNaN(value[what]) || math.IsInf(value[what], 0) {
			return m
		}
		m.Value = segue.Number(value[what])
		var seen []float64
		for _, d := range of1000 {
			if x := d[what]; x-x == 0 {
				seen = append(seen, x)
			}
		}
		// Undefined in many resamples: no interval.
		if len(seen) < len(of1000)*19/20 {
			return m
		}
		slices.Sort(seen)
		bias := 0.0
		if what >= measuredECE && what < measuredLogLoss {
			bias = stat.Mean(seen, nil) - value[what]
		}
		m.Lo, m.Hi = segue.Number(quantile.Of(seen, .025)-bias), segue.Number(quantile.Of(seen, .975)-bias)
		if bias != 0 {
			m.Lo, m.Hi = max(m.Lo, 0), max(m.Hi, 0)
		}
		return m
	}
	v.Accuracy, v.MacroF1 = get(measuredAccuracy), get(measuredMacroF1)
	v.KMeansAccuracy, v.KMeansMacroF1 = get(measuredKMeansAccuracy), get(measuredKMeansMacroF1)
	v.AccuracyGain, v.MacroF1Gain = get(measuredAccuracyGain), get(measuredMacroF1Gain)
	for s, c := range []*Calibrated{&v.Before, &v.After} {
		c.ECE, c.MoodECE = get(measuredECE+s), get(measuredMoodECE+s)
		c.LogLoss, c.Brier = get(measuredLogLoss+s), get(measuredBrier+s)
		c.Chance = segue.Number(chanceOf(j.sure[s]))
		for _, h := range j.moods[s] {
			c.MoodChance += segue.Number(chanceOf(h) / segue.NumMoods)
		}
	}
	v.ECELeft, v.MoodECELeft = get(measuredECE+2), get(measuredMoodECE+2)
	for axis, p := range []*Placements{&v.Valence, &v.Arousal} {
		p.Pearson, p.R2, p.Error = get(measuredPearson+axis), get(measuredR2+axis), get(measuredPlaceError+axis)
	}
	return v, nil
}

// chanceOf returns what the calibration error of forecasts without fault would be about.
func chanceOf(f []calibrate.Forecast) float64 {
	p, came := make([]float64, len(f)), make([]bool, len(f))
	for i, v := range f {
		p[i], came[i] = v.P, v.Came
	}
	return calibrate.Reliable(p, came, calibrate.DefaultBins, calibrate.EqualMass).Expected
}

// measure returns all measures of rows of the given weights.
func (j *evaluator) measure(weight []int) []float64 {
	out := make([]float64, measuredAll)
	var seen [3]confusion
	all := 0.0
	for r, own := range j.own {
		if own < 0 {
			continue
		}
		w := float64(weight[r])
		all += w
		for s := range seen {
			seen[s][own][j.said[s][r]] += w
		}
		for s := range j.loss {
			out[measuredLogLoss+s] += w * j.loss[s][r]
			out[measuredBrier+s] += w * j.brier[s][r]
		}
	}
	for s := range j.loss {
		out[measuredLogLoss+s] /= all
		out[measuredBrier+s] /= all
		out[measuredECE+s] = calibrate.WeightedECE(j.sure[s], weight)
		for _, h := range j.moods[s] {
			out[measuredMoodECE+s] += calibrate.WeightedECE(h, weight) / segue.NumMoods
		}
	}
	out[measuredAccuracy], out[measuredMacroF1] = seen[1].accuracy(), seen[1].macroF1()
	out[measuredKMeansAccuracy], out[measuredKMeansMacroF1] = seen[2].accuracy(), seen[2].macroF1()
	out[measuredAccuracyGain] = out[measuredAccuracy] - out[measuredKMeansAccuracy]
	out[measuredMacroF1Gain] = out[measuredMacroF1] - out[measuredKMeansMacroF1]
	out[measuredECE+2] = out[measuredECE+1] / out[measuredECE]
	out[measuredMoodECE+2] = out[measuredMoodECE+1] / out[measuredMoodECE]
	for axis := range j.place {
		p := &j.place[axis]
		out[measuredPearson+axis], out[measuredR2+axis], out[measuredPlaceError+axis] = p.measure(weight)
	}
	return out
}

// measure returns correlation, R² and root mean square error of rows of the given
// weights.
func (p *placed) measure(weight []int) (pearson, r2, rms float64) {
	if p.label == nil {
		return math.NaN(), math.NaN(), math.NaN()
	}
	var n, x, y, xx, yy, xy, square, off float64
	for r, label := range p.label {
		w := float64(weight[r])
		if label != label || w == 0 {
			continue
		}
		guess := p.estimate[r]
		if guess != guess {
			guess = p.at[r]
		}
		n, x, y = n+w, x+w*guess, y+w*label
		xx, yy, xy = xx+w*guess*guess, yy+w*label*label, xy+w*guess*label
		square += w * (label - p.estimate[r]) * (label - p.estimate[r])
		off += w * (p.at[r] - p.rank[r]) * (p.at[r] - p.rank[r])
	}
	xx, yy, xy = xx/n-x/n*x/n, yy/n-y/n*y/n, xy/n-x/n*y/n
	return xy / math.Sqrt(xx*yy), 1 - square/n/yy, math.Sqrt(off / n)
}
