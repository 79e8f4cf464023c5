package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// growth asks for very much, one after the other on a few connections, and looks at
// the memory of the processes on the way. What they hold half-way they may hold at
// the end, and a tenth more.
func (s *setting) growth(ctx context.Context) (missed bool, err error) {
	s.listeners, s.plays = min(s.listeners, 50), min(s.plays, 2000)
	t, err := s.build(ctx)
	if err != nil {
		return false, err
	}
	defer t.end()
	const parts = 10
	held := make([][]int64, len(t.servers)) // of each server, after each part
	for part := range parts {
		if err := t.many(ctx, s.requests/parts, s.seed+uint64(part)); err != nil {
			return false, err
		}
		for i, one := range t.servers {
			now, _ := one.memory()
			held[i] = append(held[i], now)
		}
	}
	out := newResults()
	for i := range t.servers {
		half, end := held[i][parts/2-1], held[i][parts-1]
		for n, b := range held[i] {
			out.say(fmt.Sprintf("memory of process %d after %d requests", i+1, (n+1)*s.requests/parts), megabytes(b), "", true)
		}
		out.say("— since half-way", fmt.Sprintf("%+.1f %%", 100*(float64(end)/float64(half)-1)), fmt.Sprintf("+%.0f %%", 100*growthBar), float64(end) <= float64(half)*(1+growthBar))
	}
	return out.missed, nil
}

// many makes n requests: reads, one write in five, and some that are refused.
func (t *town) many(ctx context.Context, n int, seed uint64) error {
	var all sync.WaitGroup
	var next atomic.Int64
	errs := make(chan error, 8)
	for range cap(errs) {
		all.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(n) || ctx.Err() != nil {
					return
				}
				rng := rand.New(rand.NewPCG(seed, uint64(i)))
				p := t.people[rng.IntN(len(t.people))]
				var err error
				switch rng.IntN(10) {
				case 0, 1:
					err = t.ask(ctx, p, "PUT", "/hours/"+p.hours[rng.IntN(len(p.hours))]+"/reflection", feeling(rng), nil)
				case 2:
					err = refused(t.ask(ctx, p, "GET", "/hours/hour-of-nobody", nil, nil), 404)
				default:
					err = t.ask(ctx, p, "GET", reading(rng, p), nil, nil)
				}
				var r *refusal
				if errors.As(err, &r) && r.code == 429 {
					err = nil // fifty people ask as often as five hundred would
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return ctx.Err()
	}
}

// refused is nil if an answer was the refusal that was to be.
func refused(err error, code int) error {
	var r *refusal
	if errors.As(err, &r) && r.code == code {
		return nil
	}
	return fmt.Errorf("not refused with %d but: %w", code, errors.Join(err, errors.New("an answer")))
}
