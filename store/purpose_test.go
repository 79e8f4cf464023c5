package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"segue"
)

// A purpose moves with all it covers and nothing else.
func TestCopyPurposes(t *testing.T) {
	ctx := context.Background()
	from, to := memory(t), memory(t)
	at := time.UnixMilli(1_700_000_000_000).UTC()
	for _, s := range []*Store{from, to} {
		if err := s.SaveListener(ctx, Listener{ID: "self", Created: at}); err != nil {
			t.Fatal(err)
		}
	}
	plays := []segue.Play{{Track: segue.TrackRef{Title: "a", Artist: "b"}, EndedAt: at, Played: time.Minute}}
	target := [2]int{7, 2}
	for _, err := range []error{
		from.AddImport(ctx, "self", Import{ID: "i", At: at, Report: []byte(`{}`), Plays: 1}, plays),
		from.AddCheckIn(ctx, "self", CheckIn{ID: "c", At: at, Now: [2]int{3, 7}, Target: &target}),
		from.SaveHour(ctx, "self", Hour{ID: "h", CheckIn: "c", At: at, Changed: at, Plan: []byte(`{}`), Version: 1}),
		from.SaveReflection(ctx, "self", Reflection{Hour: "h", At: at, Feel: 1}),
		to.AddImport(ctx, "self", Import{ID: "old", At: at, Report: []byte(`{}`)}, nil),
		from.CopyPlays(ctx, "self", to),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, err := to.Plays(ctx, "self"); err != nil || !reflect.DeepEqual(got, plays) {
		t.Errorf("plays: %v, %v", got, err)
	}
	if got, err := to.Imports(ctx, "self"); err != nil || len(got) != 1 || got[0].ID != "i" {
		t.Errorf("imports: %v, %v", got, err)
	}
	if got, err := to.CheckIns(ctx, "self"); err != nil || len(got) != 0 {
		t.Errorf("check-ins came with the plays: %v, %v", got, err)
	}
	if err := from.CopyCheckIns(ctx, "self", to); err != nil {
		t.Fatal(err)
	}
	checks, _ := to.CheckIns(ctx, "self")
	hours, _ := to.Hours(ctx, "self")
	felt, _ := to.Reflections(ctx, "self")
	if len(checks) != 1 || len(hours) != 1 || len(felt) != 1 {
		t.Errorf("check-ins %v, hours %v, reflections %v", checks, hours, felt)
	}
	if left, _ := from.CheckIns(ctx, "self"); len(left) != 1 {
		t.Error("the original did not stay")
	}
}

// What changes plays, imports or sums gives them another version, which another
// process sees; nothing else does; and no version comes again.
func TestPlaysVersion(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s, other, from := open(Options{}), open(Options{}), memory(t)
		filled(t, from, "self", "x")
		large := exported(t, 0)
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		seen := map[int64]bool{}
		version := func() int64 {
			l, err := other.Listener(ctx, "self")
			must(t, err)
			return l.PlaysVersion
		}
		seen[version()] = true
		for _, step := range []struct {
			name    string
			changes bool
			do      func() error
		}{
			{"SaveListener", false, func() error { return s.SaveListener(ctx, Listener{ID: "self", Name: "n", PlaysVersion: 7}) }},
			{"AddImport", true, func() error { return s.AddImport(ctx, "self", Import{ID: "i", At: at(1)}, years(9, 3)) }},
			{"AddCheckIn", false, func() error { return s.AddCheckIn(ctx, "self", CheckIn{ID: "c", Now: [2]int{1, 1}}) }},
			{"Reduce", true, func() error { return s.Reduce(ctx, "self", at(1), []HourSum{{Date: "2024-01-01"}}) }},
			{"DeletePlays", true, func() error { return s.DeletePlays(ctx, "self") }},
			{"DeletePlays of none", false, func() error { return s.DeletePlays(ctx, "self") }},
			{"CopyPlays", true, func() error { return from.CopyPlays(ctx, "self", s) }},
			{"AddCorrection", true, func() error {
				return s.AddCorrection(ctx, "self", Correction{ID: "k", Track: "t", Kind: KindNever, Mood: "sad"})
			}},
			{"DeleteCorrection", true, func() error { return s.DeleteCorrection(ctx, "self", "k") }},
			{"DeleteCorrection of none", false, func() error { return s.DeleteCorrection(ctx, "self", "k") }},
			{"CopyCorrections", true, func() error { return from.CopyCorrections(ctx, "self", s) }},
			{"DeleteCorrections", true, func() error { return s.DeleteCorrections(ctx, "self") }},
			{"CopyCheckIns", false, func() error { return from.CopyCheckIns(ctx, "self", s) }},
			{"Restore", true, func() error { return s.Restore(ctx, "self", large, large.Size()) }},
			{"Copy", true, func() error { return from.Copy(ctx, "self", s) }},
			{"Forget", true, func() error {
				return errors.Join(s.Forget(ctx, "self"), s.SaveListener(ctx, Listener{ID: "self"}))
			}},
		} {
			before := version()
			must(t, step.do())
			if after := version(); (after != before) != step.changes || step.changes && seen[after] {
				t.Errorf("%s: from version %d to %d", step.name, before, after)
			}
			seen[version()] = true
		}
		if b := exportOf(t, s, "self"); bytes.Contains(b, []byte("plays_version")) {
			t.Error("the version is exported")
		}
	})
}

// Where consents count, what was not agreed to is not kept, whoever writes; taking a
// consent back deletes what it covered with it; agreeing takes over what there is.
func TestConsents(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s, from := open(Options{Consents: true}), memory(t)
		filled(t, from, "self", "x")
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		writes := map[Purpose]map[string]func() error{
			Plays: {
				"AddImport": func() error { return s.AddImport(ctx, "self", Import{ID: "new"}, years(9, 3)) },
				"CopyPlays": func() error { return from.CopyPlays(ctx, "self", s) },
			},
			CheckIns: {
				"AddCheckIn":     func() error { return s.AddCheckIn(ctx, "self", CheckIn{ID: "new", Now: [2]int{1, 1}}) },
				"SaveHour":       func() error { return s.SaveHour(ctx, "self", Hour{ID: "new", Plan: []byte("{}"), Version: 1}) },
				"SaveReflection": func() error { return s.SaveReflection(ctx, "self", Reflection{Hour: "new"}) },
				"CopyCheckIns":   func() error { return from.CopyCheckIns(ctx, "self", s) },
			},
			Taste: {
				"AddCorrection": func() error {
					return s.AddCorrection(ctx, "self", Correction{ID: "new", Track: "t", Kind: KindNever, Mood: "sad"})
				},
				"CopyCorrections": func() error { return from.CopyCorrections(ctx, "self", s) },
			},
		}
		holds := func(want map[Purpose]bool) {
			t.Helper()
			p := stored(t, s, "self")
			got := map[Purpose]bool{Plays: len(p.plays)+len(p.imports)+len(p.sums) > 0, CheckIns: len(p.checkIns)+len(p.hours)+len(p.reflections) > 0}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("holds %v, want %v", got, want)
			}
		}
		set := func(p Purpose, given bool) { must(t, s.SetConsent(ctx, "self", Consent{p, given, at(1)})) }
		must(t, writes[CheckIns]["AddCheckIn"]()) // nobody was asked
		holds(map[Purpose]bool{Plays: false, CheckIns: true})
		for _, p := range []Purpose{Plays, CheckIns, Taste} {
			set(p, true)
			set(p, false)
			for name, write := range writes[p] {
				if err := write(); !errors.Is(err, ErrConsent) {
					t.Errorf("%s without consent: %v", name, err)
				}
			}
		}
		holds(map[Purpose]bool{Plays: false, CheckIns: false})
		must(t, s.Agree(ctx, "self", Consent{CheckIns, true, at(2)}, from))
		holds(map[Purpose]bool{Plays: false, CheckIns: true})
		want := stored(t, from, "self")
		if got := stored(t, s, "self"); !reflect.DeepEqual(got.hours, want.hours) || !reflect.DeepEqual(got.reflections, want.reflections) || !reflect.DeepEqual(got.checkIns, want.checkIns) {
			t.Error("agreed to, and not all taken over")
		}
		must(t, s.Agree(ctx, "self", Consent{Plays, true, at(2)}, from))
		if got := stored(t, s, "self"); !reflect.DeepEqual(got.plays, want.plays) || !reflect.DeepEqual(got.sums, want.sums) {
			t.Error("agreed to, and not all plays taken over")
		}
		if err := s.Agree(ctx, "self", Consent{Plays, true, at(3)}, from); !errors.Is(err, ErrConflict) {
			t.Errorf("agreed to twice: %v", err)
		}
		set(CheckIns, false)
		holds(map[Purpose]bool{Plays: true, CheckIns: false})
		must(t, s.Agree(ctx, "self", Consent{CheckIns, true, at(2)}, memory(t)))
		holds(map[Purpose]bool{Plays: true, CheckIns: false})
		set(CheckIns, false)
		// What cannot be taken over is not agreed to.
		if err := s.Agree(ctx, "nobody", Consent{Plays, true, at(2)}, from); !errors.Is(err, ErrNotFound) {
			t.Errorf("nobody agrees: %v", err)
		}
	})
}

// While a consent is taken back, other processes write: afterwards nothing of it is
// there.
func TestConsentTakenBackBesideWrites(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s, other := open(Options{Consents: true}), open(Options{Consents: true})
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		for round := range 5 {
			must(t, s.SetConsent(ctx, "self", Consent{CheckIns, true, at(0)}))
			var all sync.WaitGroup
			written := make(chan bool, 1)
			for g := range 4 {
				all.Go(func() {
					for i := 0; ; i++ {
						err := other.AddCheckIn(ctx, "self", CheckIn{ID: fmt.Sprint(round, "-", g, "-", i), Now: [2]int{1, 1}})
						if err != nil {
							if !errors.Is(err, ErrConsent) {
								t.Error(err)
							}
							return
						}
						select {
						case written <- true:
						default:
						}
					}
				})
			}
			<-written
			must(t, s.SetConsent(ctx, "self", Consent{CheckIns, false, at(1)}))
			left, err := s.CheckIns(ctx, "self")
			must(t, err)
			all.Wait()
			later, err := s.CheckIns(ctx, "self")
			must(t, err)
			if len(left)+len(later) > 0 {
				t.Errorf("round %d: %d check-ins after the consent was taken back, %d later", round, len(left), len(later))
			}
		}
	})
}

// memory opens a store in memory.
func memory(t *testing.T) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
