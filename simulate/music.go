package simulate

import (
	"fmt"
	"math"

	"segue"
	"segue/recommend"
)

// music is the catalogue as the simulation knows it: where its tracks truly lie, and
// which can be heard.
type music struct {
	*recommend.Music
	true   []segue.Affect // where each row lies to people in general; the catalogue's place has an error
	genre  []int32        // the first genre of each row, an index into Genres.Values; −1 without
	heard  []int32        // rows with a place and a length, which listeners may come to know
	fame   []float64      // running sum over heard of how known they are
	byID   map[string]int32
	genres int
}

// leastTracks is how many tracks with a place and a length it takes to give
// everybody a history and an hour. (d)
const leastTracks = 200

// newMusic draws the true places of a catalogue's tracks. Errors are of a catalogue
// that is too small.
func newMusic(m *recommend.Music, seed uint64) (*music, error) {
	c := m.Catalog
	s := &music{Music: m, true: make([]segue.Affect, c.Len()), genre: make([]int32, c.Len()), byID: make(map[string]int32, c.Len()), genres: len(c.Genres.Values)}
	sum := 0.
	for i := range c.Len() {
		s.byID[c.ID[i]] = int32(i)
		s.genre[i] = -1
		if g := c.Genres.Indices(i); len(g) > 0 {
			s.genre[i] = g[0]
		}
		s.true[i] = m.Positions[i]
		if !m.Positions[i].Known() || c.DurationMS[i] <= 0 {
			continue
		}
		s.true[i] = displaced(m.Positions[i], offsetOf(seed, uint64(i)))
		sum += .3 + math.Max(0, float64(c.Popularity[i]))/60
		s.heard, s.fame = append(s.heard, int32(i)), append(s.fame, sum)
	}
	if len(s.heard) < leastTracks {
		return nil, fmt.Errorf("the catalogue has %d tracks with a place and a length; %d are needed to give invented listeners a history: %w", len(s.heard), leastTracks, segue.ErrUsage)
	}
	return s, nil
}

// displaced moves a place by one share of the placement error.
func displaced(at, z segue.Affect) segue.Affect {
	return onPlane(segue.Affect{Valence: at.Valence + placeValence*z.Valence, Arousal: at.Arousal + placeArousal*z.Arousal})
}

// place returns where a row truly lies to a listener.
func (s *music) place(t *truth, row int32) segue.Affect {
	return displaced(s.true[row], offsetOf(t.seed, uint64(row)|1<<40))
}

// liking returns how gladly a listener hears a row, > 0; 1 is usual.
func (s *music) liking(t *truth, row int32) float64 {
	own := math.Exp(.5 * offsetOf(t.seed, uint64(row)|1<<41).Valence)
	if g := s.genre[row]; g >= 0 {
		own *= t.genres[g]
	}
	return own
}
