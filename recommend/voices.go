package recommend

import (
	"context"
	"iter"
	"sync"

	"segue"
	"segue/playlist"
)

// Heard counts what a listener's plays heard of the music. Cost and error are those of
// Beside.
func (m *Music) Heard(ctx context.Context, plays []segue.Play) (*playlist.Heard, error) {
	l, err := m.Beside(ctx, plays, nil)
	if err != nil {
		return nil, err
	}
	return playlist.HeardOf(m.Catalog, l.Plays, l.Matches), nil
}

// Voices gathers what all listeners of a batch hear out, from the histories of its orders:
// for BatchOptions.Pool, before the same orders are planned. One history is one voice, in
// however many orders it comes. Orders are read as they are needed, on the caller's
// goroutine, and a history is held only while it is counted, one a worker; the result does
// not depend on their number.
//
// An order that comes with an error, or whose history cannot be read, has no voice: PlanAll
// says why. The only error is ctx's. It panics if there are fewer than 0 workers.
func Voices(ctx context.Context, m *Music, orders iter.Seq2[Order, error], o BatchOptions) (*playlist.FinishingVoices, error) {
	o.fill("Voices")
	voices := playlist.NewFinishingVoices(m.Catalog)
	todo := make(chan Order)
	var workers sync.WaitGroup
	for range o.Workers {
		workers.Go(func() {
			for order := range todo {
				if plays, err := order.Plays(ctx); err == nil && len(plays) > 0 {
					if heard, err := m.Heard(ctx, plays); err == nil {
						voices.Add(heard)
					}
				}
			}
		})
	}
	for order, err := range orders {
		if ctx.Err() != nil {
			break
		}
		if err == nil && order.Plays != nil {
			todo <- order
		}
	}
	close(todo)
	workers.Wait()
	return voices, ctx.Err()
}
