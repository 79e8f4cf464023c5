package demo

import "math"

// The latent variables: one standard normal score a feature. A track's scores
// are its genre's means plus correlated noise; a monotone curve then turns each
// score into the feature (a Gaussian copula with parametric margins).
const (
	zEnergy = iota
	zLoudness
	zAcoustic
	zDance
	zValence
	zInstrumental
	zSpeech
	zLive
	zTempo
	numScores
)

// scores is one value for each latent variable.
type scores [numScores]float64

// correlations returns the lower half of the scores' correlations within a
// genre: energy goes with loudness and against acousticness, valence with
// danceability.
func correlations() [numScores][]float64 {
	return [numScores][]float64{
		zEnergy:       {1},
		zLoudness:     {.70, 1},
		zAcoustic:     {-.46, -.32, 1},
		zDance:        {.05, .12, -.03, 1},
		zValence:      {.40, .33, -.12, .46, 1},
		zInstrumental: {-.06, -.22, -.02, -.10, -.22, 1},
		zSpeech:       {.24, .16, -.12, .14, .08, -.05, 1},
		zLive:         {.15, .08, 0, -.16, -.04, -.06, .08, 1},
		zTempo:        {.18, .14, -.12, -.05, .08, -.03, .06, 0, 1},
	}
}

// within returns each score's standard deviation inside a genre; the genres'
// own spread makes up the rest.
func within() scores { return scores{.64, .60, .66, .74, .80, .70, .80, .95, .85} }

// artistShare is how much of a track's noise variance is its artist's own.
const artistShare = 0.35

// cholesky returns the lower factor L of the correlations C = L·Lᵀ.
func cholesky() (l [numScores]scores) {
	c := correlations()
	for i := range numScores {
		for j := range i + 1 {
			s := c[i][j]
			for k := range j {
				s -= l[i][k] * l[j][k]
			}
			if i > j {
				l[i][j] = s / l[j][j]
				continue
			}
			if s <= 0 {
				panic("demo: the correlations are no correlation matrix")
			}
			l[i][i] = math.Sqrt(s)
		}
	}
	return l
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
func logit(p float64) float64    { return math.Log(p / (1 - p)) }

// bend is a line through (0, at) with one slope below zero and one above.
type bend struct{ at, below, above float64 }

func (b bend) of(z float64) float64 {
	if z < 0 {
		return b.at + b.below*z
	}
	return b.at + b.above*z
}

// score is the inverse of of.
func (b bend) score(y float64) float64 {
	if y < b.at {
		return (y - b.at) / b.below
	}
	return (y - b.at) / b.above
}

// The margins: each feature is a bent line of its score through a logistic (the
// shares), −exp(−y) dB (loudness), or an exponential above a floor (speech).
// They were set by hand to the quantiles that real catalogues share.
func energyCurve() bend       { return bend{0.78, 1.40, 1.50} }
func acousticCurve() bend     { return bend{-1.65, 3.90, 2.95} }
func danceCurve() bend        { return bend{0.30, 0.77, 0.75} }
func valenceCurve() bend      { return bend{-0.15, 1.39, 1.38} }
func instrumentalCurve() bend { return bend{-10.6, 6, 8.6} }
func liveCurve() bend         { return bend{-1.87, 0.52, 1.40} }
func loudnessCurve() bend     { return bend{-1.94, 0.55, 0.51} }
func speechCurve() bend       { return bend{-3.69, 1.10, 1.36} }
func tempoCurve() bend        { return bend{121, 29, 30} }

// levelling keeps what is mostly instrumental near 0.9, as analyses do.
func levelling() bend { return bend{-0.5, 1, 0.36} }

// Where the margins end.
const (
	speechFloor    = 0.023 // no track is without some
	speechCeiling  = 0.95
	noInstrumental = 6e-6 // below this an analysis writes 0
	quietest       = -45.0
	loudest        = -0.5
	slowest        = 46.0
	fastest        = 215.0
)

// typical returns a genre's mean scores: the curves run backwards.
func typical(g genre) scores {
	return scores{
		zEnergy:       energyCurve().score(logit(g.energy)),
		zLoudness:     loudnessCurve().score(-math.Log(-g.loudness)),
		zAcoustic:     acousticCurve().score(logit(g.acoustic)),
		zDance:        danceCurve().score(logit(g.dance)),
		zValence:      valenceCurve().score(logit(g.valence)),
		zInstrumental: instrumentalCurve().score(levelling().score(logit(g.instrumental))),
		zSpeech:       speechCurve().score(math.Log(g.speech - speechFloor)),
		zLive:         liveCurve().score(logit(g.live)),
		zTempo:        tempoCurve().score(g.tempo),
	}
}

// features are the numbers of a track, in the units of the table.
type features struct {
	dance, energy, loudness, speech, acoustic, instrumental, live, valence, tempo float64

	key, mode, signature int
}

// features turns scores into what a track table holds.
func (z scores) features() (f features) {
	f.energy = logistic(energyCurve().of(z[zEnergy]))
	f.loudness = min(max(-math.Exp(-loudnessCurve().of(z[zLoudness])), quietest), loudest)
	f.acoustic = logistic(acousticCurve().of(z[zAcoustic]))
	f.dance = logistic(danceCurve().of(z[zDance]))
	f.valence = logistic(valenceCurve().of(z[zValence]))
	if i := logistic(levelling().of(instrumentalCurve().of(z[zInstrumental]))); i > noInstrumental {
		f.instrumental = i
	}
	f.speech = min(speechFloor+math.Exp(speechCurve().of(z[zSpeech])), speechCeiling)
	f.live = logistic(liveCurve().of(z[zLive]))
	f.tempo = min(max(tempoCurve().of(z[zTempo]), slowest), fastest)
	return f
}
