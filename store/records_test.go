package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func someRecords(from, n int) []Record {
	all := make([]Record, n)
	for i := range all {
		all[i] = Record{ID: fmt.Sprint("r", from+i), Schema: 1, Kind: "app_open", At: at(from + i), Source: "web"}
	}
	return all
}

func TestRecords(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for _, id := range []string{"a", "b"} {
			must(t, s.SaveListener(ctx, Listener{ID: id, Created: at(0)}))
		}
		append := func(want int, records ...Record) {
			t.Helper()
			if n, err := s.AppendRecords(ctx, "a", records); err != nil || n != want {
				t.Errorf("%d new, want %d: %v", n, want, err)
			}
		}
		append(0)
		append(1000, someRecords(0, 1000)...)
		append(500, someRecords(500, 1000)...) // half of them again
		again := someRecords(3000, 2)
		again[1].ID = again[0].ID
		append(1, again...)

		var got []Record
		for after := int64(0); ; {
			page, err := s.Records(ctx, "a", after, 400)
			must(t, err)
			if len(page) == 0 {
				break
			}
			got = concat(got, page)
			after = page[len(page)-1].N
		}
		want := concat(someRecords(0, 1500), again[:1])
		newest := int64(0)
		for i, r := range got {
			if r.N <= newest {
				t.Fatalf("record %d has the number %d after %d", i, r.N, newest)
			}
			newest, want[min(i, len(want)-1)].N = r.N, r.N
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d records, want %d; first %+v", len(got), len(want), got[0])
		}
		if theirs, err := s.Records(ctx, "b", 0, 10); err != nil || len(theirs) > 0 {
			t.Errorf("another's: %v %v", theirs, err)
		}
		if n, err := s.CountRecords(ctx, "a"); err != nil || n != 1501 {
			t.Errorf("%d %v", n, err)
		}
		if _, err := s.AppendRecords(ctx, "nobody", someRecords(0, 1)); err == nil {
			t.Error("stored of nobody")
		}

		// One bad record, and none is stored.
		feel := 3
		for name, bad := range map[string]Record{
			"no id":      {Kind: "app_open", Source: "web", At: at(0)},
			"no kind":    {ID: "x", Source: "web", At: at(0)},
			"long":       {ID: "x", Kind: "app_open", Source: "web", At: at(0), Track: strings.Repeat("t", 201)},
			"no text":    {ID: "x", Kind: "app_open", Source: "web", At: at(0), Arm: "\x00"},
			"cell":       {ID: "x", Kind: "app_open", Source: "web", At: at(0), Cell: &[2]int{0, 1}},
			"feel":       {ID: "x", Kind: "app_open", Source: "web", At: at(0), Feel: &feel},
			"NaN":        {ID: "x", Kind: "app_open", Source: "web", At: at(0), Propensity: math.NaN()},
			"large":      {ID: "x", Kind: "app_open", Source: "web", At: at(0), PlannedMS: 1 << 41},
			"words":      {ID: "x", Kind: "app_open", Source: "web", At: at(0), Words: strings.Repeat("w", mostWords+1)},
			"year 10000": {ID: "x", Kind: "app_open", Source: "web", At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		} {
			if _, err := s.AppendRecords(ctx, "a", concat(someRecords(5000, 1), []Record{bad})); !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.AppendRecords(ctx, "a", someRecords(5000, MostAppended+1)); !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		if n, _ := s.CountRecords(ctx, "a"); n != 1501 {
			t.Errorf("%d records", n)
		}

		// What was said anew stands in place of what was said.
		changed := someRecords(0, 1)
		changed[0].Kind = "card_view"
		if n, err := s.ReplaceRecords(ctx, "a", []string{"r0", "r1", "none"}, changed); err != nil || n != 1 {
			t.Error(n, err)
		}
		last, err := s.Records(ctx, "a", newest, 10)
		must(t, err)
		if len(last) != 1 || last[0].ID != "r0" || last[0].Kind != "card_view" || last[0].N <= newest {
			t.Errorf("%+v", last)
		}

		// Several write at once, and the same again: each counts once.
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := s.AppendRecords(ctx, "b", someRecords(0, 50)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if n, _ := s.CountRecords(ctx, "b"); n != 50 {
			t.Errorf("%d records", n)
		}
	})
}

func concat(a, b []Record) []Record { return append(append([]Record{}, a...), b...) }

// Records go with what they are of: the consent, the hour, what was said, the listener.
func TestRecordsGo(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		ctx := context.Background()
		s := open(Options{Consents: true})
		must(t, s.SaveListener(ctx, Listener{ID: "a", Created: at(0)}))
		must(t, s.SetConsent(ctx, "a", Consent{CheckIns, true, at(1)}))
		must(t, s.SaveHour(ctx, "a", Hour{ID: "h", At: at(2), Changed: at(2), Plan: []byte("{}"), Version: 1}))
		feel := 1
		fill := func() {
			t.Helper()
			must(t, s.SaveReflection(ctx, "a", Reflection{Hour: "h", At: at(3), Feel: 1}))
			_, err := s.AppendRecords(ctx, "a", []Record{
				{ID: "1", Kind: "reflection", Source: "web", At: at(3), Hour: "h", Feel: &feel},
				{ID: "2", Kind: "checkin_after", Source: "web", At: at(3), Hour: "h", Cell: &[2]int{1, 1}},
				{ID: "3", Kind: "playlist_start", Source: "web", At: at(3), Hour: "h"},
				{ID: "4", Kind: "app_open", Source: "web", At: at(3)},
			})
			must(t, err)
		}
		left := func(want string) {
			t.Helper()
			all, err := s.Records(ctx, "a", 0, 10)
			must(t, err)
			got := ""
			for _, r := range all {
				got += r.ID
			}
			if got != want {
				t.Errorf("left %q, want %q", got, want)
			}
		}
		fill()
		must(t, s.DeleteReflection(ctx, "a", "h"))
		left("34")
		fill()
		left("3412")
		must(t, s.DeleteHour(ctx, "a", "h"))
		left("4")
		must(t, s.SetConsent(ctx, "a", Consent{CheckIns, false, at(4)}))
		left("")
		if _, err := s.AppendRecords(ctx, "a", someRecords(0, 1)); !errors.Is(err, ErrConsent) {
			t.Errorf("without consent: %v", err)
		}
		if dropped, err := s.DropUncovered(ctx, "a", CheckIns); err != nil || dropped {
			t.Errorf("%v %v", dropped, err)
		}
	})
}

// CopyCheckIns takes records along, and DropUncovered sees them.
func TestRecordsAreCovered(t *testing.T) {
	ctx := context.Background()
	from, to := opened(t, Options{}), opened(t, Options{Consents: true})
	for _, s := range []*Store{from, to} {
		must(t, s.SaveListener(ctx, Listener{ID: "a", Created: at(0)}))
	}
	_, err := from.AppendRecords(ctx, "a", someRecords(0, 3))
	must(t, err)
	must(t, from.CopyCheckIns(ctx, "a", to))
	want, _ := from.Records(ctx, "a", 0, 10)
	if got, err := to.Records(ctx, "a", 0, 10); err != nil || !reflect.DeepEqual(got, want) || len(got) != 3 {
		t.Errorf("%v %v", got, err)
	}
	if dropped, err := to.DropUncovered(ctx, "a", CheckIns); err != nil || !dropped {
		t.Errorf("%v %v", dropped, err)
	}
	if n, _ := to.CountRecords(ctx, "a"); n != 0 {
		t.Errorf("%d left", n)
	}
}

// Only records of those who agree to both are for research, and of no invented listener.
func TestResearchRecords(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for _, id := range []string{"d", "a", "b", "c", "e"} {
			must(t, s.SaveListener(ctx, Listener{ID: id, Created: at(0), Demo: id == "e"}))
			for _, p := range []Purpose{CheckIns, Research} {
				must(t, s.SetConsent(ctx, id, Consent{p, id != "b" || p != Research, at(1)}))
			}
			_, err := s.AppendRecords(ctx, id, someRecords(0, 700))
			must(t, err)
			_, err = s.AppendRecords(ctx, id, someRecords(700, 700))
			must(t, err)
		}
		must(t, s.SetConsent(ctx, "c", Consent{Research, false, at(2)}))
		got := map[string]int{}
		order := ""
		must(t, s.ResearchRecords(ctx, func(listener string, records []Record) error {
			if got[listener] == 0 {
				order += listener
			}
			got[listener] += len(records)
			return nil
		}))
		if order != "ad" || got["a"] != 1400 || got["d"] != 1400 {
			t.Errorf("%s %v", order, got)
		}
		stop := errors.New("stop")
		if err := s.ResearchRecords(ctx, func(string, []Record) error { return stop }); err != stop {
			t.Error(err)
		}
	})
}

// What is saved and the records of it are kept together, or neither is.
func TestTold(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "a", Created: at(0)}))
		h := Hour{ID: "h", At: at(0), Changed: at(0), Plan: []byte("{}"), Version: 1}
		r := Reflection{Hour: "h", At: at(1), Feel: 1}
		have := func(want ...string) {
			t.Helper()
			got, err := s.Records(ctx, "a", 0, 10)
			must(t, err)
			ids := []string{}
			for _, one := range got {
				ids = append(ids, one.ID)
			}
			if !reflect.DeepEqual(ids, want) {
				t.Errorf("records %q, want %q", ids, want)
			}
		}
		must(t, s.SaveHourTold(ctx, "a", h, Told{Records: someRecords(0, 1)}))
		must(t, s.SaveReflectionTold(ctx, "a", r, Told{Records: someRecords(1, 2)}))
		have("r0", "r1", "r2")
		r.Feel = -1
		must(t, s.SaveReflectionTold(ctx, "a", r, Told{Instead: []string{"r1", "r2"}, Records: someRecords(2, 1)}))
		have("r0", "r2")

		// An hour that is not there, one that was changed meanwhile, a bad record: nothing of it.
		none := r
		none.Hour = "none"
		for name, do := range map[string]func() error{
			"no hour": func() error { return s.SaveReflectionTold(ctx, "a", none, Told{Records: someRecords(7, 1)}) },
			"changed": func() error { return s.SaveHourTold(ctx, "a", h, Told{Records: someRecords(7, 1)}) },
			"no record": func() error {
				return s.SaveReflectionTold(ctx, "a", Reflection{Hour: "h", Feel: 2}, Told{Records: []Record{{}}})
			},
			"far too many": func() error {
				return s.SaveReflectionTold(ctx, "a", Reflection{Hour: "h", Feel: 2}, Told{Records: someRecords(7, MostAppended+1)})
			},
		} {
			if do() == nil {
				t.Errorf("%s: saved", name)
			}
		}
		have("r0", "r2")
		if got, err := s.Reflection(ctx, "a", "h"); err != nil || got.Feel != -1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
