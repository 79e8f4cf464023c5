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
// an empirical Bayes. Where there is a pool of what others hear out, its ratio of the
// track, without the listener, multiplies mₐ. (docs/science.md §6.3) It says what one likes
// to hear out, never how it feels: no place on the plane depends on it.
type Finishing struct {
	Mean    float64 // expected share of plays heard to the end, [0, 1]
	Lo, Hi  float64 // 90 % interval, as if the ratio of the others were known
	Usual   float64 // the share of all the listener heard
	Rarely  bool    // it is sure to 90 % that this track is finished less often than that
	Plays   int
	Artists int   // plays of its artist's other tracks
	Others  Ratio // of those in the pool; see Library.Pooled
}

// finishing is a listener's way of hearing out, found when it is first asked for.
type finishing struct {
	once          sync.Once
	share         float64 // of all plays, those completed; NaN without plays
	mean          float64 // m, that share kept off 0 and 1
	artist, track float64 // κₐ, κₜ
	of            map[int32]artistCount

	own   *Heard // the listener's history where the pool holds it, to be left out; else nil
	voice voice  // what it brought
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
		if l.pool != nil && l.pool.Holds(l.Heard) {
			f.own = l.Heard
			f.voice, _ = l.Heard.voice()
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
		f.mean = offEnds(f.share)
		f.fit(l)
	})
	return f
}

// offEnds keeps a share off 0 and 1.
func offEnds(share float64) float64 { return min(max(share, leastFinished), 1-leastFinished) }

// by is the mean of a prior times what others make of the track.
func by(m, ratio float64) float64 {
	if ratio == 1 {
		return m
	}
	return offEnds(m * ratio)
}

func (a *artistCount) add(n heardCount) {
	a.plays += float64(max(n.plays, n.completed))
	a.completed += float64(n.completed)
}

// fit chooses the strengths by the likelihood of some of the tracks' counts.
func (f *finishing) fit(l *Library) {
	h := l.Heard
	step := max(1, len(h.heads)/finishSample)
	ratios := make([]float64, 0, finishSample+1)
	for i := 0; i < len(h.heads); i += step {
		ratio := 1.0
		if l.pool != nil {
			if v, ok := l.pool.counted(h.heads[i], f.own, f.voice); ok {
				ratio = l.pool.posterior(v).Mean()
			}
		}
		ratios = append(ratios, ratio)
	}
	best := math.Inf(-1)
	for _, artist := range strengths() {
		for _, track := range strengths() {
			sum := 0.0
			for i := 0; i < len(h.heads); i += step {
				n := h.counts[i]
				m, _ := f.prior(l.leadOf(h.heads[i]), n, artist)
				m = by(m, ratios[i/step])
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

// posterior returns the parameters of a row's Beta where others hear it out by a ratio,
// and its artist's other plays; ok is false where the listener heard nothing.
func (l *Library) posterior(row int32, ratio float64) (a, b, others float64, n HeardCount, ok bool) {
	f := l.finishes()
	if !(f.mean > 0) {
		return 0, 0, 0, HeardCount{}, false
	}
	n = l.Heard.Count(row)
	n.Plays = max(n.Plays, n.Completed)
	// Plays count for the artist of the recording's lowest row, whichever row was heard.
	lead := l.leadOf(recordingOf(l.Catalog.Recording, row))
	m, others := f.prior(lead, heardCount{plays: int32(n.Plays), completed: int32(n.Completed)}, f.artist)
	m = by(m, ratio)
	return f.track*m + float64(n.Completed), f.track*(1-m) + float64(n.Plays-n.Completed), others, n, true
}

// Finishing returns how likely the listener is to hear a catalogue row out; ok is false
// where nothing of theirs was heard.
func (l *Library) Finishing(row int32) (f Finishing, ok bool) {
	others := l.ratio(row)
	a, b, artists, n, ok := l.posterior(row, others.Mean)
	if !ok {
		return Finishing{}, false
	}
	beta := distuv.Beta{Alpha: a, Beta: b}
	return Finishing{
		Mean: a / (a + b), Lo: beta.Quantile((1 - finishLevel) / 2), Hi: beta.Quantile((1 + finishLevel) / 2),
		Usual: l.finishes().share, Rarely: l.rarely(row) != usually, Plays: n.Plays, Artists: int(artists), Others: others,
	}, true
}

// A rarity says by whom a track is rarely finished.
type rarity int

const (
	usually  rarity = iota
	byThem          // by the listener, who played it
	byOthers        // by others; the listener never played it
)

// rarely reports whether a row is surely finished less often than what the listener hears
// otherwise: by themselves if they played it, else as others do. Others count as far as
// it is sure what they do: see FinishingPool.sure.
func (l *Library) rarely(row int32) rarity {
	if l.Heard == nil {
		return usually
	}
	n, by := l.Heard.Count(row), byOthers
	usual := l.finishes().share
	if n.Plays > 0 {
		by = byThem
		if float64(n.Completed) >= usual*float64(n.Plays) {
			return usually // neither its artist nor others speak against what they heard themselves
		}
	} else if l.pool == nil {
		return usually
	}
	others := l.sure(row)
	if by == byOthers && others >= 1 {
		return usually // its artist alone does not make it so
	}
	if a, b, _, _, ok := l.posterior(row, others); !ok || mathext.RegIncBeta(a, b, usual) < rarelySure {
		return usually
	}
	return by
}

// finishWeight is the chance weight of a row among the candidates: a third where it is
// rarely finished. No more, so that it leaves the plan as it is: what lies near the way
// is found before it is weighed, and what is locked or wished for is not weighed.
func finishWeight(l *Library, row int32) float64 {
	if l.rarely(row) != usually {
		return rarelyWeight
	}
	return 1
}
