package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"segue/outcome/event"
	"segue/store"
)

// A daySum is something summed up of many people, once a day by UTC, of what happened
// before the day began. It stays for the day: looking twice must not tell what one
// person did in between. It is of this process; another may have summed up at another
// moment of the day, and sees what came late.
type daySum[T any] struct {
	mu  sync.Mutex
	day time.Time
	of  map[string]*summing[T] // by what was asked for
}

// A summing is under way until done is closed.
type summing[T any] struct {
	done chan struct{}
	sum  T
	err  error
}

// dayOf is when the day of a moment began, by UTC.
func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// sumPatience is how long a page waits for sums that nobody had asked for that day; the
// summing goes on. (d)
const sumPatience = 10 * time.Second

// get returns what do sums up, at once if that was asked for today. ok is false while
// it goes on. What failed is tried again by the next who asks.
func (d *daySum[T]) get(ctx context.Context, s *Server, key string, day time.Time, wait time.Duration, do func(context.Context) (T, error)) (sum T, ok bool, err error) {
	d.mu.Lock()
	if !d.day.Equal(day) {
		d.day, d.of = day, map[string]*summing[T]{}
	}
	one := d.of[key]
	if one == nil {
		one = &summing[T]{done: make(chan struct{})}
		d.of[key] = one
		s.tasks.begin(func() {
			one.err = rescued(func() (err error) { one.sum, err = do(s.ctx); return err })
			if one.err != nil {
				d.mu.Lock()
				if d.of[key] == one {
					delete(d.of, key)
				}
				d.mu.Unlock()
			}
			close(one.done)
		})
	}
	d.mu.Unlock()
	select {
	case <-one.done: // also where nobody waits
		return one.sum, one.err == nil, one.err
	default:
	}
	patience := time.NewTimer(wait)
	defer patience.Stop()
	select {
	case <-one.done:
		return one.sum, one.err == nil, one.err
	case <-patience.C:
		return sum, false, nil
	case <-ctx.Done():
		return sum, false, ctx.Err()
	}
}

// letGo forgets what was summed up, and what is under way: the next who asks begins anew.
func (d *daySum[T]) letGo() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.day, d.of = time.Time{}, nil
}

// errSumming says that sums are not there yet.
func (v *visit) errSumming() error {
	return &wrong{code: http.StatusServiceUnavailable, what: v.Say("This is being summed up"), todo: v.Say("It goes on by itself. Ask again in a minute.")}
}

// countedEvents hands what happened before a moment to do, of everybody who agreed to be
// counted in numbers of the whole group, a run of one listener's at a time.
func (s *Server) countedEvents(ctx context.Context, before time.Time, do func([]event.Event) error) error {
	return s.ResearchEvents(ctx, func(events []event.Event) error {
		events = slices.DeleteFunc(events, func(e event.Event) bool { return !e.At.Before(before) })
		if len(events) == 0 {
			return nil
		}
		return do(events)
	})
}

// countedListeners returns those whose records count in what is shown of the group: of
// all who agreed and have records, in the order in which they agreed, a number divisible
// by groupLeast. So what one person brings cannot be seen by looking before and after
// they join; see store.GroupSums.
func (s *Server) countedListeners(ctx context.Context, before time.Time) (map[string]bool, error) {
	type agreed struct {
		at time.Time
		id string
	}
	var all []agreed
	err := s.countedEvents(ctx, before, func(events []event.Event) error {
		if n := len(all); n == 0 || all[n-1].id != events[0].Listener {
			all = append(all, agreed{id: events[0].Listener})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		consents, err := s.kept.Consents(ctx, all[i].id)
		if err != nil {
			return nil, err
		}
		all[i].at = consents[store.Research].At
	}
	slices.SortFunc(all, func(a, b agreed) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	counted := map[string]bool{}
	for _, one := range all[:len(all)/groupLeast*groupLeast] {
		counted[one.id] = true
	}
	return counted, nil
}
