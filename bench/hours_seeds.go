package bench

import (
	"context"
	"math"
	"slices"

	"segue/playlist"
)

// FreshHours says what another seed changes about an hour.
type FreshHours struct {
	Candidates int `json:"candidates"`
	Cases      int `json:"cases"` // planned with each seed
	Seeds      int `json:"seeds"` // of each case

	Overlap Estimate `json:"overlap"` // tracks two hours share by tracks in either (Jaccard), mean over the pairs of a case, [0, 1]
	Same    int      `json:"same"`    // pairs of hours with the same tracks
	Cost    Estimate `json:"cost"`    // |J − J′| by their mean, mean over the pairs of a case, [0, 2]
	Passed  float64  `json:"passed"`  // share of all these hours that pass every bar, [0, 1]
}

// The seeds of one case, and the candidates they choose among. (d)
const (
	freshSeeds      = 3
	freshCandidates = 300
)

// fresh plans every case with several seeds; nil if none could be planned.
func (o HoursOptions) fresh(ctx context.Context, lib *playlist.Library, cases []playlist.Request) (*FreshHours, error) {
	hours := make([][freshSeeds]*playlist.Playlist, len(cases))
	err := o.each(ctx, "other seeds", len(cases), func(ctx context.Context, i int) (err error) {
		for k := range hours[i] {
			r := cases[i]
			r.Seed, r.Candidates, r.NoCertificate = r.Seed+uint64(k), freshCandidates, true
			if hours[i][k], err = possible(playlist.Plan(ctx, lib, r)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	f := &FreshHours{Candidates: freshCandidates, Seeds: freshSeeds}
	var overlaps, costs []float64
	for _, h := range hours {
		if slices.Contains(h[:], nil) {
			continue
		}
		overlap, cost, pairs := 0.0, 0.0, 0.0
		for k, a := range h {
			if len(missedBars(a)) == 0 {
				f.Passed++
			}
			for _, b := range h[:k] {
				pairs++
				shared := jaccard(a, b)
				overlap += shared
				if shared == 1 {
					f.Same++
				}
				if sum := *a.Cost + *b.Cost; sum > 0 {
					cost += 2 * math.Abs(*a.Cost-*b.Cost) / sum
				}
			}
		}
		f.Cases++
		overlaps, costs = append(overlaps, overlap/pairs), append(costs, cost/pairs)
	}
	if f.Cases == 0 {
		return nil, nil
	}
	f.Overlap, f.Cost = estimate(overlaps, o.Seed), estimate(costs, o.Seed)
	f.Passed /= float64(freshSeeds * f.Cases)
	return f, nil
}

// jaccard returns how many tracks two playlists share by how many are in either.
func jaccard(a, b *playlist.Playlist) float64 {
	in := map[string]bool{}
	for _, t := range a.Tracks {
		in[t.ID] = true
	}
	shared := 0
	for _, t := range b.Tracks {
		if in[t.ID] {
			shared++
		}
	}
	return float64(shared) / float64(len(a.Tracks)+len(b.Tracks)-shared)
}
