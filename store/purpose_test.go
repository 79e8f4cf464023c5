package store

import (
	"context"
	"reflect"
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
