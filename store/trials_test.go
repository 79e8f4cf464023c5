package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func aTrial(id string, minute int) Trial {
	return Trial{ID: id, At: at(minute), Design: []byte(`{"id":"` + id + `"}`)}
}

// One runs at a time, of each listener; it ends once; and with it go the draws that name
// it.
func TestTrials(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		ctx := context.Background()
		s := open(Options{Consents: true})
		for _, id := range []string{"a", "b"} {
			must(t, s.SaveListener(ctx, Listener{ID: id, Created: at(0)}))
			must(t, s.SetConsent(ctx, id, Consent{CheckIns, true, at(1)}))
		}
		must(t, s.AddTrial(ctx, "a", aTrial("one", 2)))
		if err := s.AddTrial(ctx, "a", aTrial("two", 3)); !errors.Is(err, ErrConflict) {
			t.Errorf("a second one beside it: %v", err)
		}
		must(t, s.AddTrial(ctx, "b", aTrial("one", 2)))
		if err := s.EndTrial(ctx, "a", "none", at(4)); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
		must(t, s.EndTrial(ctx, "a", "one", at(4)))
		must(t, s.EndTrial(ctx, "a", "one", at(9)))
		if err := s.AddTrial(ctx, "a", aTrial("one", 5)); !errors.Is(err, ErrConflict) {
			t.Errorf("the same id again: %v", err)
		}
		must(t, s.AddTrial(ctx, "a", aTrial("two", 5)))
		all, err := s.Trials(ctx, "a")
		must(t, err)
		if len(all) != 2 || !all[0].Ended.Equal(at(4)) || !all[1].Ended.IsZero() || string(all[0].Design) != `{"id":"one"}` {
			t.Errorf("%+v", all)
		}

		_, err = s.AppendRecords(ctx, "a", []Record{
			{ID: "1", Kind: "exposure", Source: "web", At: at(6), Experiment: "two@x", Arm: "iso", Propensity: .5},
			{ID: "2", Kind: "exposure", Source: "web", At: at(6), Experiment: "one@x", Arm: "iso", Propensity: .5},
			{ID: "3", Kind: "app_open", Source: "web", At: at(6)},
		})
		must(t, err)
		must(t, s.DeleteTrial(ctx, "a", "two", "two@x"))
		must(t, s.DeleteTrial(ctx, "a", "two", "two@x"))
		if n, err := s.CountRecords(ctx, "a"); err != nil || n != 2 {
			t.Errorf("%d records: %v", n, err)
		}
		if all, _ := s.Trials(ctx, "b"); len(all) != 1 {
			t.Errorf("another's: %+v", all)
		}

		// Two at once: one runs.
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() { errs[i] = s.AddTrial(ctx, "a", aTrial("at-once-"+string(rune('a'+i)), 10+i)) })
		}
		group.Wait()
		began := 0
		for _, err := range errs {
			if err == nil {
				began++
			} else if !errors.Is(err, ErrConflict) {
				t.Error(err)
			}
		}
		if began != 1 {
			t.Errorf("%d began at once", began)
		}

		must(t, s.SetConsent(ctx, "a", Consent{CheckIns, false, at(20)}))
		if all, _ := s.Trials(ctx, "a"); len(all) != 0 {
			t.Errorf("left without consent: %+v", all)
		}
		if err := s.AddTrial(ctx, "a", aTrial("three", 21)); !errors.Is(err, ErrConsent) {
			t.Error(err)
		}
	})
}

func TestTrialsRefused(t *testing.T) {
	s, err := Open(context.Background(), Options{})
	must(t, err)
	defer s.Close()
	must(t, s.SaveListener(context.Background(), Listener{ID: "a", Created: at(0)}))
	for name, bad := range map[string]func(*Trial){
		"no id":         func(v *Trial) { v.ID = "" },
		"no design":     func(v *Trial) { v.Design = nil },
		"no JSON":       func(v *Trial) { v.Design = []byte("{") },
		"a long design": func(v *Trial) { v.Design = []byte(`"` + strings.Repeat("x", mostDesign) + `"`) },
		"a year 10000":  func(v *Trial) { v.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		v := aTrial("x", 1)
		bad(&v)
		if err := s.AddTrial(context.Background(), "a", v); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.EndTrial(context.Background(), "a", "x", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}
