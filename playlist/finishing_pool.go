package playlist

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"segue"
)

// How the completions of many are pooled. (d)
const (
	voiceUnit      = 1 << 24 // of a sum: sums of whole numbers are the same in any order
	ratioLevel     = .90     // of the interval of a Ratio
	leastVariance  = .05     // of a sum of voices, as a share of what Poisson's would be
	leastShrinkage = .5      // expected completions that the prior of a ratio counts for at least
)

// FinishingVoices gathers which recordings people hear out, one voice a person and
// recording, whatever the number of plays. It may be used by several goroutines at once,
// and what comes of it does not depend on the order of persons. It takes some 80 bytes a
// recording that anybody heard and 40 a person; of nobody it keeps which recordings they
// heard.
type FinishingVoices struct {
	recording []int32 // the catalogue's
	rows      int

	mu   sync.Mutex
	of   map[int32]voices    // by head
	from map[uint64]struct{} // fingerprints of whose voices they are
}

// voices are sums over persons who heard one recording, in units of 1/voiceUnit.
type voices struct {
	persons  int32
	finished int64 // of each one's share of plays completed
	expected int64 // of each one's share of all their plays completed
	squares  int64 // of the squares of what is expected
}

// A voice is what one person brings to each recording they heard, as whole units.
type voice struct{ expected, square int64 }

// NewFinishingVoices returns nobody's voices over a catalogue.
func NewFinishingVoices(c *segue.Catalog) *FinishingVoices {
	return &FinishingVoices{recording: c.Recording, rows: c.Len(), of: map[int32]voices{}, from: map[uint64]struct{}{}}
}

// Add counts one person in, O(h), and reports whether it did. A person who finishes all
// or nothing of what they hear, or of whom nobody knows how far they heard, does not tell
// recordings apart and is not counted; nor is a history that was counted already. It
// panics if h counts plays of another catalogue.
func (v *FinishingVoices) Add(h *Heard) bool {
	if !h.fits(v.recording, v.rows) {
		panic("playlist: FinishingVoices.Add: plays counted for another catalogue")
	}
	p, ok := h.voice()
	if !ok {
		return false
	}
	id := h.fingerprint()
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, again := v.from[id]; again {
		return false
	}
	v.from[id] = struct{}{}
	for i, head := range h.heads {
		finished, ok := h.counts[i].finished()
		if !ok {
			continue
		}
		one := v.of[head]
		one.add(p, finished, 1)
		v.of[head] = one
	}
	return true
}

func (v *voices) add(p voice, finished, sign int64) {
	v.persons += int32(sign)
	v.finished += sign * finished
	v.expected += sign * p.expected
	v.squares += sign * p.square
}

// finished is the share of plays completed, in units; ok is false without plays.
func (n heardCount) finished() (units int64, ok bool) {
	plays := max(n.plays, n.completed)
	if plays == 0 {
		return 0, false
	}
	return unitsOf(float64(n.completed) / float64(plays)), true
}

func unitsOf(share float64) int64 { return int64(math.Round(share * voiceUnit)) }

// share returns the share of all plays that were completed, NaN without plays.
func (h *Heard) share() float64 {
	var all artistCount
	for _, n := range h.counts {
		all.add(n)
	}
	return all.completed / all.plays
}

// voice returns what a person brings to each recording, ok is false if they tell none
// apart.
func (h *Heard) voice() (p voice, ok bool) {
	e := h.share()
	if !(e > 0 && e < 1) {
		return voice{}, false
	}
	return voice{unitsOf(e), unitsOf(e * e)}, true
}

// fingerprint tells a history from others by what was heard and completed.
func (h *Heard) fingerprint() uint64 {
	f := fnv.New64a()
	var b [12]byte
	for i, head := range h.heads {
		binary.LittleEndian.PutUint32(b[0:], uint32(head))
		binary.LittleEndian.PutUint32(b[4:], uint32(h.counts[i].plays))
		binary.LittleEndian.PutUint32(b[8:], uint32(h.counts[i].completed))
		_, _ = f.Write(b[:]) // never fails (hash)
	}
	return f.Sum64()
}

// People returns how many people were counted in.
func (v *FinishingVoices) People() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.from)
}

// fits reports whether plays were counted for a catalogue of so many rows.
func (h *Heard) fits(recording []int32, rows int) bool {
	return len(h.recording) == len(recording) && (len(h.heads) == 0 || int(h.heads[len(h.heads)-1]) < rows)
}

// A FinishingPool says of recordings whether people hear them out more or less often than
// they do otherwise: completions observed, by completions expected of those same people,
// drawn towards 1 (indirect standardization with empirical Bayes; Clayton & Kaldor 1987,
// doi:10.2307/2532003).
//
//	rₜ = (κ + Σₚ yₚₜ)/(κ + ρ·Σₚ eₚ)
//
// yₚₜ is the share of person p's plays of t that was completed, eₚ that of all their
// plays, and ρ = ΣΣy/ΣΣe, by which a typical recording has the ratio 1. One person is one
// voice. A voice lies between 0 and 1 with the mean μ = rₜ·ρ·eₚ, so its variance is at most
// μ(1 − μ), which is what the interval and κ take it to be. κ is by moments: with X² =
// Σₜ(Y − E)²/E over recordings, of which ΣV/E is chance, the ratios differ by τ² = (X² −
// ΣV/E)/ΣE, and κ = (ΣV/ΣE)/τ². Where X² is within a standard error of chance, √(2·Σ(V/E)²),
// that error takes the place of the difference: that nothing was seen to differ does not
// make it sure. (docs/science.md §6.3) It is immutable.
type FinishingPool struct {
	recording []int32
	rows      int
	least     int
	heads     []int32 // heard by least people or more, ascending
	of        []voices
	from      map[uint64]struct{}
	scale     float64 // ρ
	shrinkage float64 // κ
}

// A Ratio is how often people hear a recording out, by how often they do what they hear
// otherwise.
type Ratio struct {
	Mean   float64 // 1 where too few people heard it
	Lo, Hi float64 // 90 % interval; both 1 where too few people heard it
	People int     // who heard it at least: a multiple of the least number; 0 if there are fewer
}

// Pool returns the pool of the voices so far, nil where they are of fewer people than
// least, or no recording was heard by so many. O(recordings · log). It panics if least is
// below 2: one person is no pool.
func (v *FinishingVoices) Pool(least int) *FinishingPool {
	if least < 2 {
		panic(fmt.Sprintf("playlist: FinishingVoices.Pool: of %d people", least))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.from) < least {
		return nil
	}
	p := &FinishingPool{recording: v.recording, rows: v.rows, least: least, from: make(map[uint64]struct{}, len(v.from))}
	for id := range v.from {
		p.from[id] = struct{}{}
	}
	for head, one := range v.of {
		if int(one.persons) >= least {
			p.heads = append(p.heads, head)
		}
	}
	slices.Sort(p.heads)
	var finished, expected int64
	for _, head := range p.heads {
		p.of = append(p.of, v.of[head])
		finished += v.of[head].finished
		expected += v.of[head].expected
	}
	if finished == 0 {
		return nil
	}
	p.scale = float64(finished) / float64(expected)
	p.shrinkage = p.shrink()
	return p
}

// sums returns Σy, ρ·Σe and ρ²·Σe².
func (p *FinishingPool) sums(v voices) (finished, expected, squares float64) {
	return float64(v.finished) / voiceUnit, p.scale * float64(v.expected) / voiceUnit, p.scale * p.scale * float64(v.squares) / voiceUnit
}

// shrink returns κ.
func (p *FinishingPool) shrink() float64 {
	var square, chance, spread, variance, expected float64
	for _, one := range p.of {
		y, e, s := p.sums(one)
		v := max(e-s, leastVariance*e)
		square += (y - e) * (y - e) / e
		chance += v / e
		spread += v / e * v / e
		variance += v
		expected += e
	}
	between := max(square-chance, math.Sqrt(2*spread)) / expected
	return max(variance/expected/between, leastShrinkage)
}

// Len returns of how many recordings the pool says something.
func (p *FinishingPool) Len() int { return len(p.heads) }

// People returns how many people have a voice in it.
func (p *FinishingPool) People() int { return len(p.from) }

// Holds reports whether a history, as it is, is one of those pooled.
func (p *FinishingPool) Holds(h *Heard) bool {
	if h == nil {
		return false
	}
	_, ok := p.from[h.fingerprint()]
	return ok
}

// Ratio returns the ratio of a catalogue row's recording. O(log recordings) and two
// quantiles.
func (p *FinishingPool) Ratio(row int32) Ratio { return p.without(row, nil, voice{}) }

// without is Ratio without the voice of one of its people, nil for nobody. ρ and κ, which
// are of all recordings together, stay.
func (p *FinishingPool) without(row int32, own *Heard, voice voice) Ratio {
	v, ok := p.counted(row, own, voice)
	if !ok {
		return Ratio{Mean: 1, Lo: 1, Hi: 1}
	}
	g := p.posterior(v)
	return Ratio{Mean: g.Mean(), Lo: g.Quantile(ratioTail), Hi: g.Quantile(1 - ratioTail), People: int(v.persons) / p.least * p.least}
}

// ratioTail is the chance beyond either end of a Ratio's interval.
const ratioTail = (1 - ratioLevel) / 2

// counted returns a recording's voices without one person's; ok is false where they are of
// too few.
func (p *FinishingPool) counted(row int32, own *Heard, voice voice) (v voices, ok bool) {
	head := recordingOf(p.recording, row)
	at, ok := slices.BinarySearch(p.heads, head)
	if !ok {
		return voices{}, false
	}
	v = p.of[at]
	if own != nil {
		if i, ok := slices.BinarySearch(own.heads, head); ok {
			if finished, ok := own.counts[i].finished(); ok {
				v.add(voice, finished, -1)
			}
		}
	}
	return v, int(v.persons) >= p.least
}

// posterior is what is known of a ratio: a quasi-likelihood, as if there were fewer of
// Poisson's events, or more. Its mean is the ratio.
func (p *FinishingPool) posterior(v voices) distuv.Gamma {
	y, e, s := p.sums(v)
	mean := (p.shrinkage + y) / (p.shrinkage + e)
	spread := max(1-min(mean, 1)*s/e, leastVariance)
	return distuv.Gamma{Alpha: (p.shrinkage + y) / spread, Beta: (p.shrinkage + e) / spread}
}

// sure returns the ratio as far as the pool is sure of it: the end of its interval that is
// nearer to 1, or 1 where that lies in between. A quantile takes thirty times as long as the
// chance of less than 1, and is asked for only where it matters.
func (p *FinishingPool) sure(row int32, own *Heard, voice voice) float64 {
	v, ok := p.counted(row, own, voice)
	if !ok {
		return 1
	}
	g := p.posterior(v)
	switch less := g.CDF(1); {
	case less > 1-ratioTail:
		return g.Quantile(1 - ratioTail)
	case less < ratioTail:
		return g.Quantile(ratioTail)
	}
	return 1
}

// Pooled returns the library with what others hear out as evidence for candidates: the
// ratio of a track weighs what the listener is expected to finish of it. Where their
// own history is in the pool, it is left out. It moves no place, and costs O(h). A nil
// pool changes nothing. It panics if p is of another catalogue.
func (l *Library) Pooled(p *FinishingPool) *Library {
	if p == nil && l.pool == nil {
		return l
	}
	if p != nil && (p.rows != l.Catalog.Len() || len(p.recording) != len(l.Catalog.Recording)) {
		panic("playlist: Pooled: a pool of another catalogue")
	}
	view := *l
	view.pool, view.finishing = p, new(finishing)
	return &view
}

// IsPooled reports whether the library knows what others hear out.
func (l *Library) IsPooled() bool { return l.pool != nil }

// sure is FinishingPool.sure of a row; 1 without a pool.
func (l *Library) sure(row int32) float64 {
	if l.pool == nil {
		return 1
	}
	f := l.finishes()
	return l.pool.sure(row, f.own, f.voice)
}

// ratio returns what others make of a row; 1 without a pool.
func (l *Library) ratio(row int32) Ratio {
	if l.pool == nil {
		return Ratio{Mean: 1, Lo: 1, Hi: 1}
	}
	f := l.finishes()
	return l.pool.without(row, f.own, f.voice)
}
