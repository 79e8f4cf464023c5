package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"

	"segue"
	"segue/playlist"
	"segue/recommend"
)

// HoursOptions say which hours to measure.
type HoursOptions struct {
	Music    *recommend.Music
	Listener *recommend.Listener // nil for hours of the catalogue alone
	Profile  *recommend.Profile  // nil without a listener

	Cases      int    // random requests, ≥ 1
	Minutes    int    // of each; 0 draws 20 to 120
	Candidates []int  // how many tracks to choose from: each is measured by itself
	Seed       uint64 // of the requests, of chance and of the bootstrap
	Rounds     int    // how often each hour is timed, ≥ 1; its least time counts
	Large      int    // tracks of an invented catalogue to choose candidates from; 0 for none

	Progress segue.Progress // nil for none; called from several goroutines
}

// DefaultHours returns the options behind the figures in docs/benchmarks.md, and
// for quick ones for a first look in seconds.
func DefaultHours(quick bool) HoursOptions {
	if quick {
		return HoursOptions{Cases: 12, Minutes: 60, Candidates: []int{100, 300}, Seed: 1, Rounds: 1, Large: 50_000}
	}
	return HoursOptions{Cases: 200, Minutes: 60, Candidates: []int{100, 300, 1000}, Seed: 1, Rounds: 3, Large: 1_200_000}
}

// A HoursReport says how good hours are, beside simpler methods, and how long they
// take to plan.
type HoursReport struct {
	Go      string `json:"go"`
	Cores   int    `json:"cores"`
	Tracks  int    `json:"tracks"` // with a place on the plane
	Heard   int    `json:"heard"`  // recordings in the history; 0 without one
	Cases   int    `json:"cases"`
	Minutes int    `json:"minutes"` // of each; 0 for 20 to 120
	Seed    uint64 `json:"seed"`

	Sizes []HourSize  `json:"sizes"` // one a number of candidates, in the order asked
	Seeds *FreshHours `json:"seeds"` // null if no case could be planned
	Times *HourTimes  `json:"times"` // null if no hour could be timed
}

// An Estimate is the mean of a value over the cases, with a percentile interval of
// 2,000 bootstrap resamples of the cases, its median and its largest. (Efron &
// Tibshirani 1993, An Introduction to the Bootstrap, ch. 13)
type Estimate struct {
	Mean   float64 `json:"mean"`
	Lo     float64 `json:"lo"` // 95 %, of the mean
	Hi     float64 `json:"hi"`
	Median float64 `json:"median"`
	Most   float64 `json:"most"`
}

// estimate summarizes at least one value; the seed is that of its resamples.
func estimate(values []float64, seed uint64) Estimate {
	const resamples = 2000
	rng := rand.New(rand.NewPCG(seed, 0xb007))
	means := make([]float64, resamples)
	for i := range means {
		for range values {
			means[i] += values[rng.IntN(len(values))]
		}
		means[i] /= float64(len(values))
	}
	s := spread(values)
	return Estimate{Mean: mean(values), Lo: quantile(means, .025), Hi: quantile(means, .975), Median: s.Median, Most: s.Most}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Hours plans random hours from the music, and measures them: how far their cost
// can be from the least there is, which bars they pass, how they stand beside what
// a greedy method and a random mix of the two moods make of the same requests
// (playlist.Baseline), what another seed changes, and how long planning takes.
//
// Qualities are measured on all processors and do not depend on how many; times on
// one, for which Hours sets GOMAXPROCS for a while: nothing else should run in the
// process. The only errors are those of Music.Library and, if it ends first, of
// ctx; a request that cannot be planned is counted. It panics if there is nothing
// to measure.
func Hours(ctx context.Context, o HoursOptions) (*HoursReport, error) {
	if o.Music == nil || o.Cases < 1 || len(o.Candidates) == 0 || o.Rounds < 1 {
		panic("bench: Hours: music, at least one case, one number of candidates and one round are needed")
	}
	lib, err := o.Music.Library(o.Listener, o.Profile)
	if err != nil {
		return nil, err
	}
	r := &HoursReport{Go: runtime.Version(), Cores: runtime.GOMAXPROCS(0), Cases: o.Cases, Minutes: o.Minutes, Seed: o.Seed, Sizes: []HourSize{}}
	for _, at := range lib.Positions {
		if at.Known() {
			r.Tracks++
		}
	}
	if lib.Heard != nil {
		r.Heard = lib.Heard.Len()
	}
	cases := drawCases(o.Cases, o.Minutes, o.Seed)
	mixes, err := o.mix(ctx, lib, cases)
	if err != nil {
		return nil, err
	}
	for _, m := range o.Candidates {
		size, err := o.size(ctx, lib, cases, mixes, m)
		if err != nil {
			return nil, err
		}
		r.Sizes = append(r.Sizes, size)
	}
	if r.Seeds, err = o.fresh(ctx, lib, cases); err != nil {
		return nil, err
	}
	if r.Times, err = o.times(ctx, lib); err != nil {
		return nil, err
	}
	if r.Times != nil {
		if r.Times.Batches, err = o.batches(ctx); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// drawCases draws n requests: from and to an anchor or any point of the plane, in
// an eighth of them to where they start, a quarter of them by night, each of some
// minutes, or of 20 to 120 if none are given. Each depends on its number and the seed
// alone.
func drawCases(n, minutes int, seed uint64) []playlist.Request {
	cases := make([]playlist.Request, n)
	for i := range cases {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		place := func() (segue.Affect, string) {
			if rng.IntN(2) == 0 {
				a := segue.Anchors()[rng.IntN(len(segue.Anchors()))]
				return a.At, a.Name
			}
			return segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}, ""
		}
		r := &cases[i]
		r.From, r.FromName = place()
		r.To, r.ToName = place()
		if rng.IntN(8) == 0 {
			r.To, r.ToName = r.From, r.FromName
		}
		r.Minutes, r.Night, r.Seed = 20+rng.IntN(101), rng.IntN(4) == 0, rng.Uint64()
		if minutes > 0 {
			r.Minutes = minutes
		}
	}
	return cases
}

// tell reports the progress of a stage.
func (o HoursOptions) tell(stage string, done, total int) {
	if o.Progress != nil {
		o.Progress(stage, int64(done), int64(total))
	}
}

// possible returns a playlist, nil if there is none; only other errors remain.
func possible(p *playlist.Playlist, err error) (*playlist.Playlist, error) {
	if errors.Is(err, playlist.ErrNoPlaylist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("planning a random hour: %w", err)
	}
	return p, nil
}
