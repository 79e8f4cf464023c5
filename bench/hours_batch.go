package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"time"

	"segue"
	"segue/playlist"
	"segue/recommend"
)

// BatchTimes say how many hours are planned a second for many listeners at once
// (recommend.PlanAll), without certificates.
type BatchTimes struct {
	Hours      int     `json:"hours"`      // 60 minutes each
	Candidates int     `json:"candidates"` // each was made of
	Plays      int     `json:"plays"`      // of each listener, matched and read too; 0 without histories
	Cores      int     `json:"cores"`
	Seconds    float64 `json:"seconds"`
	ASecond    float64 `json:"a_second"`
}

// batchCandidates is how many tracks each hour of a batch is made of. (d)
const batchCandidates = 300

// batches plans the cases as one batch: for listeners without a history, and, where
// there is a listener, each with that history. None of it can be planned: none.
func (o HoursOptions) batches(ctx context.Context) ([]BatchTimes, error) {
	alone, err := o.batch(ctx, nil)
	if err != nil || o.Listener == nil {
		return alone, err
	}
	each, err := o.batch(ctx, o.Listener)
	return append(alone, each...), err
}

// batch plans the cases for as many listeners l, the least time of the rounds.
func (o HoursOptions) batch(ctx context.Context, l *recommend.Listener) ([]BatchTimes, error) {
	orders := func(yield func(recommend.Order, error) bool) {
		for i, r := range drawCases(o.Cases, o.Minutes, o.Seed) {
			order := recommend.Order{ID: fmt.Sprint(i), Wish: recommend.Wish{
				From: words(r.From), To: words(r.To), Minutes: 60, Night: r.Night, Seed: r.Seed,
				Candidates: batchCandidates, NoCertificate: true,
			}}
			if l != nil {
				order.Plays = func(context.Context) ([]segue.Play, error) { return l.Listening.Plays, nil }
				order.Listen = recommend.ListenOptions{Location: l.Listening.Location, Seed: o.Seed}
			}
			if !yield(order, nil) {
				return
			}
		}
	}
	best := BatchTimes{Candidates: batchCandidates, Cores: runtime.GOMAXPROCS(0)}
	if l != nil {
		best.Plays = len(l.Listening.Plays)
	}
	for range o.Rounds {
		hours, seconds, err := o.run(ctx, orders)
		if err != nil || hours == 0 {
			return nil, err
		}
		if best.Hours == 0 || seconds < best.Seconds {
			best.Hours, best.Seconds, best.ASecond = hours, seconds, float64(hours)/seconds
		}
	}
	return []BatchTimes{best}, nil
}

// run plans a batch once and says how many hours there were, in how many seconds.
func (o HoursOptions) run(ctx context.Context, orders iter.Seq2[recommend.Order, error]) (hours int, seconds float64, err error) {
	begin, answered := time.Now(), 0
	err = recommend.PlanAll(ctx, o.Music, orders, recommend.BatchOptions{}, func(a recommend.Answer) error {
		answered++
		o.tell("batch", answered, o.Cases)
		if a.Err == nil {
			hours++
		} else if !errors.Is(a.Err, playlist.ErrNoPlaylist) {
			return a.Err
		}
		return nil
	})
	return hours, time.Since(begin).Seconds(), err
}

// words writes a place as a wish names it.
func words(at segue.Affect) string { return fmt.Sprintf("%g,%g", at.Valence, at.Arousal) }
