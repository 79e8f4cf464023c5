package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"segue"
)

const knownAtFirst = 280 // tracks a listener knows before the history begins (d)

// A past is a listener's life before the experiment.
type past struct {
	plays []segue.Play // in order of their end
	state segue.Affect // now
	knows map[int32]bool
}

// A known track has a place in the order of favourites.
type known struct {
	row    int32
	at     segue.Affect // where it truly lies to the listener
	weight float64      // how gladly it is played
}

// live lets a listener live from one midnight to another, and listen: to tracks
// that fit their state and taste, mostly known ones; what fits less and what is new
// is skipped more often. What they listen to of their own leaves their state alone, in
// every world: so one history serves all of them, and worlds differ in nothing but what
// the experiment's hours do.
func (s *music) live(t *truth, from time.Time, days int) past {
	rng := stream(t.seed, 2)
	p := past{knows: map[int32]bool{}}
	var shelf []known
	learn := func(row int32) {
		if p.knows[row] {
			return
		}
		p.knows[row] = true
		shelf = append(shelf, known{row, s.place(t, row), s.liking(t, row) * math.Pow(.006+rng.Float64(), -.75)})
	}
	for tries := 0; len(shelf) < min(knownAtFirst, len(s.heard)/2) && tries < 1e5; tries++ {
		// By taste: as often kept as it is liked, up to four times the usual.
		if row := s.any(rng); rng.Float64()*4 < s.liking(t, row) {
			learn(row)
		}
	}
	now := from
	p.state = t.begin(now, rng)
	for day := range days {
		midnight := localMidnight(from.AddDate(0, 0, day), t.zone)
		for _, at := range t.daysMoments(midnight, rng) {
			if at.Before(now) {
				continue
			}
			p.state = t.wander(p.state, now, at, rng)
			now = s.sit(t, &p, &shelf, learn, at, rng)
		}
	}
	return p
}

// any returns any track, the better known sooner.
func (s *music) any(rng *rand.Rand) int32 {
	i, _ := slices.BinarySearch(s.fame, rng.Float64()*s.fame[len(s.fame)-1])
	return s.heard[min(i, len(s.heard)-1)]
}

// sit is one session of a history. It returns when it ended.
func (s *music) sit(t *truth, p *past, shelf *[]known, learn func(int32), start time.Time, rng *rand.Rand) time.Time {
	now, end := start, start.Add(time.Duration((12+30*rng.ExpFloat64())*float64(time.Minute)))
	if most := start.Add(85 * time.Minute); end.After(most) {
		end = most
	}
	played := map[int32]bool{}
	var sum []float64
	for n := 0; now.Before(end); n++ {
		if n%4 == 0 { // the state has moved on: weigh anew
			sum = weigh(*shelf, p.state, sum[:0])
		}
		row, ok := int32(-1), false
		isNew := rng.Float64() < t.curiosity
		if isNew {
			row, ok = s.discover(t, p, rng)
		}
		for tries := 0; !ok && tries < 12; tries++ {
			i, _ := slices.BinarySearch(sum, rng.Float64()*sum[len(sum)-1])
			row, isNew = (*shelf)[min(i, len(sum)-1)].row, false
			ok = !played[row]
		}
		played[row] = true
		x := s.place(t, row)
		length := s.Catalog.Duration(int(row))
		heard, skipped := length, rng.Float64() < skipChance(x.Distance(p.state), !isNew)
		if skipped {
			heard = time.Duration(min(.9, .02+.15*rng.ExpFloat64()) * float64(length))
		} else if isNew {
			learn(row)
		}
		heard = heard.Truncate(time.Millisecond)
		p.state = t.step(p.state, now, heard, segue.Affect{}, 0, normal(rng))
		now = now.Add(heard)
		p.plays = append(p.plays, s.play(row, now, heard, skipped))
		now = now.Add(time.Duration(rng.IntN(3)) * time.Second)
	}
	return now
}

// skipChance is how likely a track at a distance from the state is skipped.
func skipChance(distance float64, familiar bool) float64 {
	chance := skipUsual + skipMismatch*max(0, distance-skipNear)
	if !familiar {
		chance += skipNew
	}
	return chance
}

// weigh appends the running sum of how likely each known track is in a state.
func weigh(shelf []known, state segue.Affect, sum []float64) []float64 {
	total := 0.
	for _, k := range shelf {
		d := k.at.Distance(state)
		total += k.weight * (math.Exp(-d*d/(2*moodNearness*moodNearness)) + 1e-6)
		sum = append(sum, total)
	}
	return sum
}

// discover finds a track not known yet that fits the state.
func (s *music) discover(t *truth, p *past, rng *rand.Rand) (int32, bool) {
	for range 40 {
		row := s.any(rng)
		if !p.knows[row] && s.place(t, row).Distance(p.state) < 2*moodNearness && rng.Float64()*2 < s.liking(t, row) {
			return row, true
		}
	}
	return 0, false
}

// play is one play as a history holds it.
func (s *music) play(row int32, end time.Time, heard time.Duration, skipped bool) segue.Play {
	c := s.Catalog
	p := segue.Play{Track: segue.TrackRef{ID: c.ID[row], Title: c.Title[row], Album: c.Album[row]}, EndedAt: end.UTC(), Played: heard, Skipped: segue.No}
	if a := c.Artists.At(int(row)); len(a) > 0 {
		p.Track.Artist = a[0]
	}
	if skipped {
		p.Skipped = segue.Yes
	}
	return p
}

// localMidnight returns the midnight at which a calendar day begins in a zone.
func localMidnight(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
}

// apart sorts times and leaves out those that follow another within a gap.
func apart(at []time.Time, gap time.Duration) []time.Time {
	slices.SortFunc(at, time.Time.Compare)
	kept := at[:0]
	for _, t := range at {
		if len(kept) == 0 || t.Sub(kept[len(kept)-1]) >= gap {
			kept = append(kept, t)
		}
	}
	return kept
}
