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
	rows, err := Candidates(context.Background(), lib, r)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// RealLibrary reads real tables, or skips the test.
func RealLibrary(t testing.TB, pattern string) *Library { return realLibrary(t, pattern) }

// Alone skips a test that plans much on one goroutine, with a library of its own: a
// plan starts none, so there is nothing in it for the race detector, which makes it
// slow. TestTenThousandHours and TestManyListenersAtOnce are what it watches.
func Alone(t testing.TB) {
	t.Helper()
	if raced {
		t.Skip("one goroutine and many plans: nothing to race")
	}
}
