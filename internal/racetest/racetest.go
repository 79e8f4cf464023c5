// Package racetest spares the race detector tests that it has nothing to watch in: it
// makes everything take ten times as long.
package racetest

import "testing"

// Alone skips a test that does much on one goroutine: there is nothing in it to race.
func Alone(t testing.TB) {
	t.Helper()
	if On {
		t.Skip("much on one goroutine: nothing to race")
	}
}
