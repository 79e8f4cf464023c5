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
