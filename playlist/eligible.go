package playlist

import (
	"segue"
	"segue/internal/titles"
)

// exclusion is why a track may not be played.
type exclusion uint8

// The exclusions, in the order they are looked for: a track that several forbid
// counts for the first.
const (
	mayBePlayed exclusion = iota
	byPlace               // it has none on the plane
	byTaste               // the listener feels it as no mood at all
	byLength
	bySpeech
	byLive
	byNight   // above NightArousal at night
	bySadPath // in the zone that a path from sad avoids
	byExplicit
	byTrack
	byArtist
	byGenre
	bySeason
	exclusions // how many there are
)

// eligible answers whether a catalogue row may be played under a request. It is
// of one plan: unlike the library it remembers what it was asked.
type eligible struct {
	lib     *Library
	exclude Exclusions
	limits  limits
	artists bits // of lib.artists; nil for none
	genres  bits // of lib.genres; nil for none
	tracks  map[string]bool
	folds   map[string]string
	usual   bits // lib.usual if the numbers of the request are the usual ones, else nil
	allowed bits // of catalogue rows, once settled; else nil
}

func newEligible(lib *Library, e Exclusions, l limits) *eligible {
	ok := &eligible{lib: lib, exclude: e, limits: l, tracks: make(map[string]bool, len(e.Tracks)), folds: map[string]string{}}
	if e.usual() {
		ok.usual = lib.usual
	}
	for _, id := range e.Tracks {
		ok.tracks[id] = true
	}
	if len(e.Artists) > 0 {
		ok.artists = lib.artists.set(e.Artists)
	}
	if len(e.Genres) > 0 {
		ok.genres = lib.genres.set(e.Genres)
	}
	return ok
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
	if e.allowed != nil {
		return e.allowed.has(row)
	}
	// Most requests leave most exclusions as they are: what those forbid is known,
	// which spares looking at half the columns.
	if e.usual != nil {
		return e.usual.has(row) && e.unlikely(row) == mayBePlayed
	}
	return e.reason(row) == mayBePlayed
}

// reason returns the first reason for which the row may not be played.
func (e *eligible) reason(row int32) exclusion {
	if x := byNumbers(e.lib, row, e.exclude); x != mayBePlayed {
		return x
	}
	return e.unlikely(row)
}

// byNumbers returns the reason among those that every request has: a place, and
// numbers with limits.
func byNumbers(lib *Library, row int32, x Exclusions) exclusion {
	length := lib.Catalog.Duration(int(row))
	switch {
	case !lib.Positions[row].Known():
		return byPlace
	case lib.never[row] == segue.AllMoods:
		return byTaste
	case length < x.MinLength || length > x.MaxLength:
		return byLength
	// A missing feature is no ground to exclude: comparisons with NaN fail.
	case lib.feature(segue.Speechiness, row) > x.MaxSpeech:
		return bySpeech
	case lib.feature(segue.Liveness, row) > x.MaxLive:
		return byLive
	}
	return mayBePlayed
}

// usual reports whether the numbers are those of a request that names none.
func (e Exclusions) usual() bool {
	return e.MinLength == MinTrack && e.MaxLength == MaxTrack && e.MaxSpeech == MaxSpeech && e.MaxLive == MaxLive
}

// usualRows returns the rows that byNumbers does not exclude where the numbers are
// the usual ones.
func usualRows(lib *Library) bits {
	x := Exclusions{MinLength: MinTrack, MaxLength: MaxTrack, MaxSpeech: MaxSpeech, MaxLive: MaxLive}
	rows := newBits(lib.Catalog.Len())
	for row := range int32(lib.Catalog.Len()) {
		if byNumbers(lib, row, x) == mayBePlayed {
			rows.add(row)
		}
	}
	return rows
}

// unlikely returns the reason among those that a request may have: limits and
// names.
func (e *eligible) unlikely(row int32) exclusion {
	c := e.lib.Catalog
	if e.limits.night || e.limits.sad {
		switch at := e.lib.Positions[row]; {
		case e.limits.night && at.Arousal > NightArousal:
			return byNight
		case e.limits.forbids(at):
			return bySadPath
		}
	}
	switch {
	case e.exclude.Explicit && c.Explicit != nil && c.Explicit[row] == segue.Yes:
		return byExplicit
	case len(e.tracks) > 0 && e.tracks[c.ID[row]]:
		return byTrack
	case e.artists != nil && e.lib.artists.anyOf(row, e.artists):
		return byArtist
	case e.genres != nil && e.lib.genres.anyOf(row, e.genres):
		return byGenre
	case e.exclude.Seasonal && e.lib.seasonal(row):
		return bySeason
	}
	return mayBePlayed
}

// settle decides on every track at once, O(tracks): worth it where few of them
// may be played, for a search would ask about most of them again and again.
func (e *eligible) settle() {
	allowed := newBits(e.lib.Catalog.Len())
	for _, row := range e.lib.plane.rows {
		if e.reason(row) == mayBePlayed {
			allowed.add(row)
		}
	}
	e.allowed = allowed
}

// share estimates which share of the placed tracks may be played, [0, 1], from
// some of them.
func (e *eligible) share() float64 {
	const asked = 512
	rows := e.lib.plane.rows
	step := max(1, len(rows)/asked)
	n, may := 0, 0
	for i := 0; i < len(rows); i += step {
		n++
		if e.has(rows[i]) {
			may++
		}
	}
	if n == 0 {
		return 0
	}
	return float64(may) / float64(n)
}

// near counts, of the k tracks nearest to each of the spots of an arc, how
// many may be played and how many each exclusion keeps out. A track counts once.
func (e *eligible) near(a arc, k int) [exclusions]int {
	var n [exclusions]int
	seen := map[int32]bool{}
	for _, at := range spots(a) {
		for _, row := range e.lib.plane.near(at, k, func(int32) bool { return true }) {
			if !seen[row] {
				seen[row] = true
				n[e.reason(row)]++
			}
		}
	}
	return n
}
