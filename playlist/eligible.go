package playlist

import (
	"strings"
	"time"

	"segue"
	"segue/internal/titles"
)

// eligible answers whether a catalogue row may be played under a request, and
// remembers folded names, so that asking about a row costs little.
type eligible struct {
	lib     *Library
	exclude Exclusions
	limits  limits
	artists map[string]bool // folded
	genres  map[string]bool // folded
	tracks  map[string]bool
	folds   map[string]string
}

func newEligible(lib *Library, e Exclusions, l limits) *eligible {
	set := func(names []string, key func(string) string) map[string]bool {
		m := make(map[string]bool, len(names))
		for _, n := range names {
			m[key(n)] = true
		}
		return m
	}
	return &eligible{
		lib: lib, exclude: e, limits: l,
		artists: set(e.Artists, titles.Fold),
		genres:  set(e.Genres, titles.Fold),
		tracks:  set(e.Tracks, strings.Clone),
		folds:   map[string]string{},
	}
}

// fold returns titles.Fold(s), computed once a string.
func (e *eligible) fold(s string) string {
	f, ok := e.folds[s]
	if !ok {
		f = titles.Fold(s)
		e.folds[s] = f
	}
	return f
}

// has reports whether the row may be played.
func (e *eligible) has(row int32) bool {
	c := e.lib.Catalog
	at := e.lib.Positions[row]
	length := time.Duration(c.DurationMS[row]) * time.Millisecond
	if !at.Known() || e.limits.forbids(at) || length < e.exclude.MinLength || length > e.exclude.MaxLength {
		return false
	}
	if e.exclude.Explicit && c.Explicit != nil && c.Explicit[row] == segue.Yes {
		return false
	}
	// A missing feature is no ground to exclude: comparisons with NaN fail.
	if e.lib.feature(segue.Speechiness, row) > e.exclude.MaxSpeech || e.lib.feature(segue.Liveness, row) > e.exclude.MaxLive {
		return false
	}
	if e.tracks[c.ID[row]] {
		return false
	}
	return !e.names(c.Artists, row, e.artists) && !e.names(c.Genres, row, e.genres)
}

// names reports whether a cell of names has one of the set.
func (e *eligible) names(l segue.Lists, row int32, set map[string]bool) bool {
	if len(set) == 0 || l.Len() == 0 {
		return false
	}
	for _, i := range l.Indices(int(row)) {
		if set[e.fold(l.Values[i])] {
			return true
		}
	}
	return false
}
