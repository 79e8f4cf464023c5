package store

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		stores := []*Store{open(Options{}), open(Options{})}
		const n = 12
		if won := race(t, n, nil, func(i int) error {
			return stores[i%2].AddEvent(ctx, Event{At: at(i), By: numbered("id", i), What: "signed_in", Of: numbered("id", i)})
		}); won != n {
			t.Errorf("%d of %d were noted", won, n)
		}
		all, err := stores[0].Events(ctx, 0, 0)
		if err != nil || len(all) != n {
			t.Fatalf("%d events, %v", len(all), err)
		}
		seen := map[string]bool{}
		for i, e := range all {
			if e.N != int64(n-i) || e.What != "signed_in" || e.By != e.Of || seen[e.By] {
				t.Errorf("event %d is %+v", i, e)
			}
			seen[e.By] = true
		}
		if got, err := stores[1].Events(ctx, 8, 3); err != nil || !reflect.DeepEqual(got, all[5:8]) {
			t.Errorf("before 8: %+v, %v, want %+v", got, err, all[5:8])
		}
		if got, err := stores[1].Events(ctx, 1, 3); err != nil || len(got) != 0 {
			t.Errorf("before the first: %+v, %v", got, err)
		}
		for what, e := range map[string]Event{"nothing": {}, "long": {What: strings.Repeat("w", 300)}, "by": {What: "w", By: strings.Repeat("b", 300)}, "of": {What: "w", Of: strings.Repeat("o", 300)}} {
			refuses(t, what, stores[0].AddEvent(ctx, e), ErrInvalid)
		}
	})
}

func TestManyEvents(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error { // as so many AddEvent would
		return c.insert(ctx, "events", []string{"n", "at_ms", "maker", "what", "subject"}, mostEvents, func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4] = int64(i+1), stamp(at(i)), "", "signed_in", ""
		})
	}))
	must(t, s.AddEvent(ctx, Event{At: at(1), What: "last"}))
	last, err := s.Events(ctx, 0, 1)
	if err != nil || len(last) != 1 || last[0].N != mostEvents+1 || last[0].What != "last" {
		t.Errorf("the last is %+v, %v", last, err)
	}
	if first, err := s.Events(ctx, 3, 5); err != nil || len(first) != 1 || first[0].N != 2 {
		t.Errorf("the first are %+v, %v", first, err)
	}
}
