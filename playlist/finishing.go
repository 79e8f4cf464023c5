package playlist

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// How completions count as evidence. (d)
const (
	rarelySure    = .90 // how sure it must be that a track is finished less often than is usual
	rarelyWeight  = 1.0 / 3
	finishSample  = 512 // recordings by which the strength of the priors is judged
	finishLevel   = .90 // of the interval of Finishing
	leastFinished = 1e-3
)

// strengths are how many plays a prior may count for. (d)
func strengths() []float64 { return []float64{2, 6, 20, 60} }

// A Finishing is how likely a listener is to hear a track out, as their own plays tell:
// the posterior of a Beta–Binomial whose prior is their artist's share, whose own prior
// is the share of all they heard.
//
//	mₐ = (κₐ·m + completed by the artist)/(κₐ + plays of the artist), the track itself left out
//	p  ~ Beta(κₜ·mₐ + completed, κₜ·(1 − mₐ) + plays − completed)
//
// κₐ and κₜ are the pair of strengths under which the counts of the tracks are likeliest,
// an empirical Bayes. (docs/science.md §6.3) It says what one likes to hear out, never
// how it feels: no place on the plane depends on it.
type Finishing struct {
	Mean    float64 // expected share of plays heard to the end, [0, 1]
	Lo, Hi  float64 // 90 % interval
	Usual   float64 // the share of all the listener heard
	Rarely  bool    // it is sure to 90 % that this track is finished less often than that
	Plays   int
	Artists int // plays of its artist's other tracks
}

// finishing is a listener's way of hearing out, found when it is first asked for.
type finishing struct {
	once          sync.Once
	share         float64 // of all plays, those completed; NaN without plays
	mean          float64 // m, that share kept off 0 and 1
	artist, track float64 // κₐ, κₜ
	of            map[int32]artistCount
}

type artistCount struct{ plays, completed float64 }

// leadOf returns the first credited artist of a row, −1 if none.
func (l *Library) leadOf(row int32) int32 {
	if l.Catalog.Artists.Len() == 0 {
		return -1
	}
	if ix := l.Catalog.Artists.Indices(int(row)); len(ix) > 0 {
		return l.artists.of[ix[0]]
	}
	return -1
}

// finishes returns the library's finishing, worked out at the first call: O(h).
func (l *Library) finishes() *finishing {
	f := l.finishing
	f.once.Do(func() {
		f.share, f.mean, f.of = math.NaN(), math.NaN(), map[int32]artistCount{}
		if l.Heard == nil {
			return
		}
		var all artistCount
		for i, head := range l.Heard.heads {
			n := l.Heard.counts[i]
			all.add(n)
			if lead := l.leadOf(head); lead >= 0 {
				a := f.of[lead]
				a.add(n)
				f.of[lead] = a
			}
		}
		if all.plays == 0 {
			return
		}
		f.share = all.completed / all.plays
		f.mean = min(max(f.share, leastFinished), 1-leastFinished)
		f.fit(l)
	})
	return f
}

func (a *artistCount) add(n heardCount) {
	a.plays += float64(max(n.plays, n.completed))
	a.completed += float64(n.completed)
}

// fit chooses the strengths by the likelihood of some of the tracks' counts.
func (f *finishing) fit(l *Library) {
	h := l.Heard
	step := max(1, len(h.heads)/finishSample)
	best := math.Inf(-1)
	for _, artist := range strengths() {
		for _, track := range strengths() {
			sum := 0.0
			for i := 0; i < len(h.heads); i += step {
				n := h.counts[i]
				m, _ := f.prior(l.leadOf(h.heads[i]), n, artist)
				sum += betaBinomial(int(n.completed), int(max(n.plays, n.completed)), track*m, track*(1-m))
			}
			if sum > best {
				best, f.artist, f.track = sum, artist, track
			}
		}
	}
}

// prior returns the share of an artist's other tracks that is heard out, drawn towards
// that of all, and how many plays of them there are.
func (f *finishing) prior(lead int32, own heardCount, strength float64) (m, plays float64) {
	a := f.of[lead]
	if lead >= 0 {
		a.plays -= float64(max(own.plays, own.completed))
		a.completed -= float64(own.completed)
	}
	return (strength*f.mean + a.completed) / (strength + a.plays), a.plays
}

// betaBinomial returns the logarithm of the chance of k in n under a Beta(a, b) prior,
// but for the binomial coefficient.
func betaBinomial(k, n int, a, b float64) float64 {
	sum := 0.0
	for i := range n {
		switch {
		case i < k:
			sum += math.Log((a + float64(i)) / (a + b + float64(i)))
		default:
			sum += math.Log((b + float64(i-k)) / (a + b + float64(i)))
		}
	}
	return sum
}

// posterior returns the parameters of a row's Beta, and its artist's other plays; ok is
// false where the listener heard nothing.
func (l *Library) posterior(row int32) (a, b, others float64, n HeardCount, ok bool) {
	f := l.finishes()
	if !(f.mean > 0) {
		return 0, 0, 0, HeardCount{}, false
	}
	n = l.Heard.Count(row)
	n.Plays = max(n.Plays, n.Completed)
	m, others := f.prior(l.leadOf(row), heardCount{plays: int32(n.Plays), completed: int32(n.Completed)}, f.artist)
	return f.track*m + float64(n.Completed), f.track*(1-m) + float64(n.Plays-n.Completed), others, n, true
}

// Finishing returns how likely the listener is to hear a catalogue row out; ok is false
// where nothing of theirs was heard.
func (l *Library) Finishing(row int32) (f Finishing, ok bool) {
	a, b, others, n, ok := l.posterior(row)
	if !ok {
		return Finishing{}, false
	}
	beta := distuv.Beta{Alpha: a, Beta: b}
	return Finishing{
		Mean: a / (a + b), Lo: beta.Quantile((1 - finishLevel) / 2), Hi: beta.Quantile((1 + finishLevel) / 2),
		Usual: l.finishes().share, Rarely: l.rarely(row), Plays: n.Plays, Artists: int(others),
	}, true
}

// rarely reports whether the listener played a row, and surely finishes it less often
// than what they hear otherwise.
func (l *Library) rarely(row int32) bool {
	if l.Heard == nil || l.Heard.Plays(row) == 0 {
		return false
	}
	a, b, _, n, ok := l.posterior(row)
	usual := l.finishes().share
	// Its artist alone does not make it so: the track itself was finished less often.
	return ok && float64(n.Completed) < usual*float64(n.Plays) && mathext.RegIncBeta(a, b, usual) >= rarelySure
}

// finishWeight is the chance weight of a row among the candidates: a third where it is
// rarely finished. No more, so that it leaves the plan as it is: what lies near the way
// is found before it is weighed, and what is locked or wished for is not weighed.
func finishWeight(l *Library, row int32) float64 {
	if l.rarely(row) {
		return rarelyWeight
	}
	return 1
}
