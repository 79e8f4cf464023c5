package playlist

import (
	"context"
	"testing"
)

// What tests of the package from outside may see: the raw data behind a plan,
// and none of the code that judges it.

// CandidateRows returns the rows a request chooses from.
func CandidateRows(t testing.TB, lib *Library, r Request) []int32 {
	t.Helper()
	r, err := r.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	l, start, target := newLimits(r.From, r.To, r.Night)
	a := newArc(start, target, r.Arc, l)
	a.level = r.Arm == Compensatory
	rows, err := candidates(context.Background(), lib, r, a, newEligible(lib, r.Exclude, l))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// RealLibrary reads real tables, or skips the test.
func RealLibrary(t testing.TB, pattern string) *Library { return realLibrary(t, pattern) }
