package playlist

import (
	"math"
)

// How much of the candidates one artist, genre or song may make up, as far as
// others lie near the way. (d)
const (
	artistShare = .02     // and never less than RelaxedArtistCap tracks
	genreShare  = 1.0 / 3 // and never less than genrePlaces tracks
	genrePlaces = 12
	songPlaces  = 2 // recordings of one song: an hour plays one of them
)

// A quota gives out candidate places, so that no artist, genre or song takes
// most of them.
type quota struct {
	lib *Library

	artist, genre, song int // most tracks of one

	artists map[int32]int // tracks that took a place, by the number of a name
	genres  map[int32]int
	songs   map[songOf]int
	taken   map[int32]bool
}

// newQuota returns the quota of m places, times times over.
func newQuota(lib *Library, m int, times float64) *quota {
	most := func(share float64, least int) int {
		return int(math.Ceil(times * max(share*float64(m), float64(least))))
	}
	return &quota{
		lib: lib, artist: most(artistShare, RelaxedArtistCap), genre: most(genreShare, genrePlaces), song: int(math.Ceil(times * songPlaces)),
		artists: map[int32]int{}, genres: map[int32]int{}, songs: map[songOf]int{}, taken: map[int32]bool{},
	}
}

// double makes every quota twice as large; what was given out stays.
func (q *quota) double() { q.artist, q.genre, q.song = 2*q.artist, 2*q.genre, 2*q.song }

// take gives a row a place, unless it has one or a quota is used up, and reports
// whether it did.
func (q *quota) take(row int32) bool {
	if q.taken[row] || full(q.artists, q.lib.artists, row, q.artist) || full(q.genres, q.lib.genres, row, q.genre) {
		return false
	}
	keys := q.keys(row)
	for _, k := range keys {
		if q.songs[k] >= q.song {
			return false
		}
	}
	q.give(row, keys)
	return true
}

// force gives a row a place whatever the quotas.
func (q *quota) force(row int32) {
	if !q.taken[row] {
		q.give(row, q.keys(row))
	}
}

func (q *quota) give(row int32, keys []songOf) {
	q.taken[row] = true
	count(q.artists, q.lib.artists, row)
	count(q.genres, q.lib.genres, row)
	for _, k := range keys {
		q.songs[k]++
	}
}

// full reports whether one of a row's names has used up a quota.
func full(used map[int32]int, n *names, row int32, most int) bool {
	for _, i := range n.indices(row) {
		if used[n.of[i]] >= most {
			return true
		}
	}
	return false
}

// count adds a row to its names' use. A name credited twice counts twice, which
// does no harm.
func count(used map[int32]int, n *names, row int32) {
	for _, i := range n.indices(row) {
		used[n.of[i]]++
	}
}

// keys returns what tells a row's song.
func (q *quota) keys(row int32) []songOf {
	c := q.lib.Catalog
	keys := []songOf{{of: recordingOf(c.Recording, row)}}
	for _, i := range q.lib.artists.indices(row) {
		keys = append(keys, songOf{q.lib.titles.of(row), q.lib.artists.of[i]})
	}
	return keys
}
