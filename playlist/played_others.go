package playlist

import (
	"context"

	"segue"
)

// otherRuns are the occasions of other playlists, by the plays they are made of.
type otherRuns map[int][]*run

// otherRunsOf finds the occasions of o.Others among the plays that count.
func otherRunsOf(ctx context.Context, counted []segue.Play, o PlayedOptions) (otherRuns, error) {
	all := otherRuns{}
	for _, p := range o.Others {
		known := newRecogniser(p.Tracks, o.Catalog)
		planned, _, err := known.find(ctx, counted)
		if err != nil {
			return nil, err
		}
		for _, r := range join(runs(planned, len(known.tracks)), known.tracks) {
			if !r.counts(o.Least, known.songs) {
				continue
			}
			for _, play := range r.plays {
				all[play.index] = append(all[play.index], r)
			}
		}
	}
	return all, nil
}

// claim reports whether a run is rather an occasion of another playlist: one that
// holds more than half of its plays, and more different tracks, or as many and more
// of them in order.
func (s otherRuns) claim(r *run) bool {
	shared := map[*run]int{}
	for _, play := range r.plays {
		for _, other := range s[play.index] {
			shared[other]++
		}
	}
	for other, n := range shared {
		if 2*n > len(r.plays) && (other.tracks > r.tracks || other.tracks == r.tracks && longestRise(other.order()) > longestRise(r.order())) {
			return true
		}
	}
	return false
}
