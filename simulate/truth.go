package simulate

import (
	"math"
	"math/rand/v2"
	"time"

	"segue"
)

// What is drawn for a listener. Each number is an invention (d) unless a source
// stands beside it. (docs/science.md §7)
const (
	homeValence, homeArousal = .56, .48      // where a state comes back to, on the average …
	homeSpread               = .07           // … and its deviation between listeners
	swing                    = .175          // deviation of a listener's state around that, a coordinate
	swingSpread              = .15           // of its logarithm between listeners
	persistence              = 5 * time.Hour // 1/κ: after so long a deviation is down to 37 %
	persistenceSpread        = .25           // of its logarithm between listeners
	dayArousal, dayValence   = .08, .02      // height of the day's wave
	peakHour, peakSpread     = 15, 1.5       // local hour at which the day is highest

	// reportError is the deviation of a report from the state, a coordinate: "almost a
	// 10th of the scale, around 27 % of the total variability" of single momentary items
	// (Dejonckheere, Demeyer, Geusens, Piot, Tuerlinckx, Verdonck & Mestdagh 2022,
	// doi:10.1037/pas0001178). Beside a swing of .175 it is 25 %, and 27 % with the
	// rounding to nine cells.
	reportError = .10

	// A track's true place differs from the catalogue's by as much for everybody, and as
	// much again for each listener: together by the placement error that package mood
	// counts on, .20 and .17.
	placeValence, placeArousal = .20 / math.Sqrt2, .17 / math.Sqrt2

	answers       = .85 // share of hours after which one is asked how it was and says it
	answerSlope   = 6.  // how much more often, in logits per unit of the plane, where it helped (missing not at random)
	moodNearness  = .16 // how far from the state a chosen track lies, a coordinate
	skipUsual     = .06 // share of tracks skipped for no reason of theirs
	skipMismatch  = .40 // more, per unit of distance from the state beyond skipNear
	skipNear      = .15
	skipNew       = .10  // more, of tracks not known
	leaving       = .004 // chance to stop the music at a track …
	leavingFar    = .02  // … more per unit of distance beyond skipNear
	dropOut       = .004 // chance to leave the experiment after an hour …
	dropOutWorse  = .03  // … more after one that felt worse
	feelGain      = 7.   // steps of "how did this feel" per unit of the plane nearer to the target …
	feelLiking    = .5   // … and for an hour of liked music beyond the average
	feelError     = .8
	asksFrom      = .20 // how far from where they would like to be listeners ask for an hour …
	asksSurelyAt  = .55 // … and where they surely do
	momentsPerDay = 1.9 // how often a day they have the time to listen, on the average
)

// truth is what nobody sees of a listener: all that is drawn for them once.
type truth struct {
	seed        uint64
	home        segue.Affect
	swing       float64       // stationary deviation of a coordinate around home and hour
	persistence time.Duration // 1/κ
	day         segue.Affect  // how high the day's wave is
	peak        float64       // local hour
	moments     []moment      // when they may listen
	perDay      float64       // how many moments a day
	genres      []float64     // liking of each genre of the catalogue, > 0
	curiosity   float64       // share of tracks not known among those they choose
	zone        *time.Location
}

// A moment is a usual time to listen.
type moment struct {
	hour, spread float64 // local
	share        float64 // of all moments; they sum to 1
	minutes      float64 // median length
}

// newTruth draws a listener.
func newTruth(seed uint64, genres int) *truth {
	rng := stream(seed, 1)
	t := &truth{
		seed:        seed,
		home:        onPlane(segue.Affect{Valence: homeValence + homeSpread*rng.NormFloat64(), Arousal: homeArousal + homeSpread*rng.NormFloat64()}),
		swing:       swing * math.Exp(swingSpread*rng.NormFloat64()),
		persistence: time.Duration(float64(persistence) * math.Exp(persistenceSpread*rng.NormFloat64())),
		day:         segue.Affect{Valence: dayValence, Arousal: dayArousal},
		peak:        peakHour + peakSpread*rng.NormFloat64(),
		perDay:      momentsPerDay * math.Exp(.25*rng.NormFloat64()),
		curiosity:   .05 + .25*rng.Float64(),
	}
	// Zones of whole hours, so that nights are told by a listener's own clock.
	east := rng.IntN(12) - 3
	t.zone = time.FixedZone("", east*60*60)
	for range 2 + rng.IntN(3) {
		t.moments = append(t.moments, moment{hour: 6.5 + 16.5*rng.Float64(), spread: .4 + rng.Float64(), share: .3 + rng.Float64(), minutes: 25 + 40*rng.Float64()})
	}
	sum := 0.
	for _, m := range t.moments {
		sum += m.share
	}
	for i := range t.moments {
		t.moments[i].share /= sum
	}
	for range genres {
		t.genres = append(t.genres, math.Exp(1.2*rng.NormFloat64()))
	}
	return t
}

// rest returns where the state is drawn to at a time: home, and the hour of the day.
func (t *truth) rest(at time.Time) segue.Affect {
	at = at.In(t.zone)
	hour := float64(at.Hour()) + float64(at.Minute())/60
	wave := math.Cos(2 * math.Pi * (hour - t.peak) / 24)
	return segue.Affect{Valence: t.home.Valence + t.day.Valence*wave, Arousal: t.home.Arousal + t.day.Arousal*wave}
}

// begin draws a state from the stationary distribution around rest.
func (t *truth) begin(at time.Time, rng *rand.Rand) segue.Affect {
	r, z := t.rest(at), normal(rng)
	return onPlane(segue.Affect{Valence: r.Valence + t.swing*z.Valence, Arousal: r.Arousal + t.swing*z.Arousal})
}

// step moves a state by d, in which a track at x draws it with a rate a minute: 0
// without music, below 0 if it drives it away:
//
//	dm = −κ(m − r)dt + ρ(x − m)dt + σ dW,  σ² = 2κ·swing²,
//
// reflected at the borders of the plane. The step is exact for r, x and ρ that stay
// (Ornstein & Uhlenbeck): with K = κ + ρ and c = (κr + ρx)/K,
//
//	m ← c + (m − c)e^(−Kd) + z·√(σ²(1 − e^(−2Kd))/2K).
//
// One z is used whatever ρ is, so that two arms that differ in nothing but music are
// compared on one path of chance, and in NULL come out the same to the last bit.
func (t *truth) step(m segue.Affect, at time.Time, d time.Duration, x segue.Affect, rate float64, z segue.Affect) segue.Affect {
	kappa := 1 / t.persistence.Minutes()
	k := kappa + rate
	if math.Abs(k) < 1e-9 { // c has no limit there, and m has: a rate beside it
		k = math.Copysign(1e-9, k)
	}
	keep := math.Exp(-k * d.Minutes())
	noise := t.swing * math.Sqrt(kappa/k*(1-keep*keep))
	r := t.rest(at)
	one := func(m, r, x, z float64) float64 {
		c := r
		if rate != 0 {
			c = (kappa*r + rate*x) / k
		}
		return reflected(c + (m-c)*keep + noise*z)
	}
	return segue.Affect{Valence: one(m.Valence, r.Valence, x.Valence, z.Valence), Arousal: one(m.Arousal, r.Arousal, x.Arousal, z.Arousal)}
}

// strideOf is the longest step of a state without music: within it the hour of the
// day counts as one.
const strideOf = time.Hour

// wander moves a state without music from one time to another.
func (t *truth) wander(m segue.Affect, from, to time.Time, rng *rand.Rand) segue.Affect {
	for from.Before(to) {
		d := min(strideOf, to.Sub(from))
		m = t.step(m, from, d, segue.Affect{}, 0, normal(rng))
		from = from.Add(d)
	}
	return m
}

// report returns the cell a listener taps, in a state: with an error, and rounded to
// the grid.
func report(m segue.Affect, rng *rand.Rand) segue.Cell {
	z := normal(rng)
	return segue.CellAt(segue.Affect{Valence: m.Valence + reportError*z.Valence, Arousal: m.Arousal + reportError*z.Arousal})
}

// daysMoments returns when a listener has time on a local day, in order and at
// least ninety minutes apart: so many as a draw of their habit says.
func (t *truth) daysMoments(day time.Time, rng *rand.Rand) []time.Time {
	var at []time.Time
	n := poisson(t.perDay, rng)
	for range n {
		u := rng.Float64()
		chosen := t.moments[len(t.moments)-1]
		for _, m := range t.moments {
			if u -= m.share; u < 0 {
				chosen = m
				break
			}
		}
		hour := chosen.hour + chosen.spread*rng.NormFloat64()
		at = append(at, day.Add(time.Duration(hour*float64(time.Hour))).Truncate(time.Second))
	}
	return apart(at, 90*time.Minute)
}

// poisson draws a count with a small mean. (Knuth, The Art of Computer Programming,
// volume 2, 3.4.1)
func poisson(mean float64, rng *rand.Rand) int {
	n, p := 0, rng.Float64()
	for limit := math.Exp(-mean); p > limit; n++ {
		p *= rng.Float64()
	}
	return n
}
