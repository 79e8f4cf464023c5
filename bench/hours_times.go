package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"segue"
	"segue/playlist"
	"segue/recommend"
)

// HourTimes say how long planning takes on one processor.
type HourTimes struct {
	Hours      int `json:"hours"`      // of 60 minutes that were timed
	Candidates int `json:"candidates"` // each was made of
	Rounds     int `json:"rounds"`     // of which the least time of each hour counts

	Certified Timing       `json:"certified"` // an hour with its certificate
	Plain     Timing       `json:"plain"`     // without
	Edit      *Timing      `json:"edit"`      // the first edit of such an hour, a swap or an exclusion in its middle; null if none fits
	Choice    *ChoiceTimes `json:"choice"`    // of candidates; null if not asked for
	Batches   []BatchTimes `json:"batches"`   // of many hours at once, on all processors
}

// A Timing is the seconds of one thing over many hours.
type Timing struct {
	Median float64 `json:"median"`
	P95    float64 `json:"p95"` // 95 in 100 took no longer
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

func timing(seconds []float64) Timing {
	s := spread(seconds)
	return Timing{s.Median, quantile(seconds, .95), s.Least, s.Most}
}

// ChoiceTimes say how long it takes to choose the candidates of an hour from a
// large catalogue.
type ChoiceTimes struct {
	Tracks int `json:"tracks"`
	Timing
}

// timedHours is how many hours are timed at most. (d)
const timedHours = 20

// times measures times on one processor; nil if no hour can be planned.
func (o HoursOptions) times(ctx context.Context, lib *playlist.Library) (*HourTimes, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	t := &HourTimes{Candidates: slices.Max(o.Candidates), Rounds: o.Rounds}
	var certified, plain []float64
	for _, r := range o.hours() {
		r.Candidates = t.Candidates
		with, err := o.timed(ctx, func() (*playlist.Playlist, error) { return playlist.Plan(ctx, lib, r) })
		if err != nil {
			return nil, err
		}
		r.NoCertificate = true
		without, err := o.timed(ctx, func() (*playlist.Playlist, error) { return playlist.Plan(ctx, lib, r) })
		if err != nil {
			return nil, err
		}
		if with > 0 && without > 0 {
			certified, plain = append(certified, with), append(plain, without)
		}
		t.Hours++
		o.tell("times", t.Hours, timedHours)
	}
	if t.Hours = len(certified); t.Hours == 0 {
		return nil, nil
	}
	t.Certified, t.Plain = timing(certified), timing(plain)
	var err error
	if t.Edit, err = o.edits(ctx, lib, t.Candidates); err != nil {
		return nil, err
	}
	t.Choice, err = o.choice(ctx)
	return t, err
}

// hours returns the first cases, as many as are timed, each an hour long.
func (o HoursOptions) hours() []playlist.Request {
	cases := drawCases(min(timedHours, o.Cases), o.Minutes, o.Seed)
	for i := range cases {
		cases[i].Minutes = 60
	}
	return cases
}

// timed returns the least seconds of some rounds after one for nothing; 0 where
// there is no playlist.
func (o HoursOptions) timed(ctx context.Context, do func() (*playlist.Playlist, error)) (float64, error) {
	least := math.Inf(1)
	for round := range o.Rounds + 1 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		begin := time.Now()
		p, err := possible(do())
		if p == nil || err != nil {
			return 0, err
		}
		if round > 0 {
			least = min(least, time.Since(begin).Seconds())
		}
	}
	return least, nil
}

// edits times the first edit of every hour; nil if none can be made. An hour that
// was edited knows more than a fresh one, so each round plans it anew, untimed.
func (o HoursOptions) edits(ctx context.Context, lib *playlist.Library, candidates int) (*Timing, error) {
	var seconds []float64
	hours := o.hours()
	for i, r := range hours {
		r.Candidates, r.NoCertificate = candidates, true
		for _, do := range []playlist.Action{playlist.DoSwap, playlist.DoExclude} {
			least := math.Inf(1)
			for range o.Rounds {
				d, err := playlist.NewDraft(ctx, lib, r)
				if errors.Is(err, playlist.ErrNoPlaylist) {
					break
				}
				if err != nil {
					return nil, err
				}
				edit := playlist.Edit{Do: do, Place: (1 + len(d.Playlist().Tracks)) / 2}
				begin := time.Now()
				if _, err = d.Apply(ctx, edit); errors.Is(err, playlist.ErrNoFit) {
					break
				}
				if err != nil {
					return nil, err
				}
				least = min(least, time.Since(begin).Seconds())
			}
			if !math.IsInf(least, 1) {
				seconds = append(seconds, least)
			}
		}
		o.tell("edits", i+1, len(hours))
	}
	if len(seconds) == 0 {
		return nil, nil
	}
	t := timing(seconds)
	return &t, nil
}

// choice times how the candidates of an hour are chosen from an invented
// catalogue.
func (o HoursOptions) choice(ctx context.Context) (*ChoiceTimes, error) {
	if o.Large == 0 {
		return nil, nil
	}
	o.tell("a large catalogue", 0, 2)
	c := invent(o.Large, o.Seed)
	o.tell("a large catalogue", 1, 2)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m, err := recommend.Place(c)
	if err != nil {
		return nil, err
	}
	lib, err := m.Library(nil, nil)
	if err != nil {
		return nil, err
	}
	o.tell("a large catalogue", 2, 2)
	runtime.GC()
	var seconds []float64
	for _, r := range o.hours() {
		r.Candidates = slices.Max(o.Candidates)
		s, err := o.timed(ctx, func() (*playlist.Playlist, error) {
			_, err := playlist.Candidates(ctx, lib, r)
			return &playlist.Playlist{}, err
		})
		if err != nil {
			return nil, err
		}
		if s > 0 {
			seconds = append(seconds, s)
		}
	}
	if len(seconds) == 0 {
		return nil, nil
	}
	return &ChoiceTimes{o.Large, timing(seconds)}, nil
}

// invent makes a catalogue of n tracks by n/12 artists, drawn at random: quiet ones
// are acoustic, one in eight is a reissue, and one in a hundred lacks a tempo or a
// key.
func invent(n int, seed uint64) *segue.Catalog {
	rng := rand.New(rand.NewPCG(seed, 0x1a46e))
	c := &segue.Catalog{
		ID: make([]string, n), Title: make([]string, n), DurationMS: make([]int32, n),
		Popularity: make([]int8, n), Explicit: make([]segue.Tristate, n), Recording: make([]int32, n),
	}
	c.Artists = segue.Lists{Values: make([]string, n/12+1), Index: make([]int32, n), Offset: make([]int32, n+1)}
	c.Genres = segue.Lists{Offset: make([]int32, n+1)}
	for i := range c.Artists.Values {
		c.Artists.Values[i] = fmt.Sprintf("Artist %d", i)
	}
	for f := range c.Feature {
		c.Feature[f] = make([]float32, n)
	}
	set := func(f segue.Feature, i int, v float64) {
		lo, hi := f.Interval()
		c.Feature[f][i] = float32(min(max(v, lo), hi))
	}
	for i := range n {
		c.ID[i], c.Title[i] = fmt.Sprintf("t%07d", i), fmt.Sprintf("Song %d", i)
		c.DurationMS[i] = int32(1000 * (120 + rng.IntN(240)))
		c.Artists.Index[i], c.Artists.Offset[i+1] = int32(rng.IntN(n/12+1)), int32(i+1)
		c.Recording[i] = int32(i)
		if i > 0 && rng.IntN(8) == 0 {
			c.Recording[i] = c.Recording[rng.IntN(i)]
		}
		energy := min(1, max(0, .6+.25*rng.NormFloat64()))
		set(segue.Energy, i, energy)
		set(segue.Acousticness, i, 1-energy+.15*rng.NormFloat64())
		set(segue.Valence, i, .5+.25*rng.NormFloat64())
		set(segue.Danceability, i, .55+.15*rng.NormFloat64())
		set(segue.Loudness, i, -20+16*energy+2*rng.NormFloat64())
		set(segue.Instrumentalness, i, rng.Float64()*rng.Float64())
		set(segue.Speechiness, i, .1*rng.ExpFloat64())
		set(segue.Liveness, i, .2*rng.ExpFloat64())
		set(segue.Tempo, i, 120+28*rng.NormFloat64())
		set(segue.Key, i, float64(rng.IntN(12)))
		set(segue.Mode, i, float64(rng.IntN(2)))
		set(segue.TimeSignature, i, 4)
		if rng.IntN(100) == 0 {
			c.Feature[segue.Tempo][i], c.Feature[segue.Key][i] = float32(math.NaN()), float32(math.NaN())
		}
	}
	return c
}
