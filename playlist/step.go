package playlist

import "math"

// step returns the cost of going from candidate a to candidate b, +Inf where
// the rules forbid it: the song again, the artist again where tracks of one
// are kept apart, or a step beyond the longest. It is StepCost, the logarithms
// taken before, and the same both ways unless going back has a price; 0 where only
// chance decides the order.
func (p *problem) step(a, b int32) float64 {
	if p.byChance {
		return 0
	}
	if p.song[a] == p.song[b] {
		return math.Inf(1)
	}
	sa, sb := &p.sounds[a], &p.sounds[b]
	j := 0.0
	if square := PlaceCost(sa.At, sb.At); square > StepFree*StepFree || p.rules.maxStep < StepFree {
		d := math.Sqrt(square)
		if d > p.rules.maxStep+1e-12 {
			return math.Inf(1)
		}
		over := max(0, d-StepFree)
		j = StepWeight * over * over
	}
	if p.rules.spacing > 1 {
		for _, x := range p.artists[a] {
			if credits(p.artists[b], x) {
				return math.Inf(1)
			}
		}
	}
	if q := p.logTempo[b] - p.logTempo[a]; q == q { // NaN where one is unknown
		r := q - math.Round(q)
		j += TempoWeight * r * r
	}
	j += p.keyCost[int(sa.Key)*keys+int(sb.Key)]
	if p.backPrice > 0 {
		if back := p.progress[a] - p.progress[b]; back > 0 {
			j += p.backPrice * (back + leastBack)
		}
	}
	return j
}

// leastBack is the length that any step back is priced for at least: many short
// ones spoil the order as much as a long one. (d)
const leastBack = .02

// keys is the number of values a Camelot has.
const keys = 25

// newKeyCost returns the cost of every change of key.
func newKeyCost() []float64 {
	table := make([]float64, keys*keys)
	for a := range keys {
		for b := range keys {
			table[a*keys+b] = KeyWeight * float64(Camelot(a).Distance(Camelot(b)))
		}
	}
	return table
}

// newLogTempo returns the binary logarithm of each tempo, NaN where unknown.
func newLogTempo(sounds []Sound) []float64 {
	log := make([]float64, len(sounds))
	for c, s := range sounds {
		log[c] = math.NaN()
		if s.Tempo > 0 {
			log[c] = math.Log2(s.Tempo)
		}
	}
	return log
}
