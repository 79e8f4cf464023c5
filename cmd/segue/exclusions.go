package main

import (
	"slices"

	"segue"
	"segue/internal/titles"
	"segue/playlist"
)

// noteUnknown tells of exclusions that leave nothing out, because the catalogue
// holds nothing of that name: a slip of the pen would else be heard. O(names).
func (t *terminal) noteUnknown(c *segue.Catalog, e playlist.Exclusions) {
	say := func(flag, thing string, wanted []string, has func(string) bool) {
		for _, name := range wanted {
			if !has(name) {
				t.warn("--%s %q leaves nothing out: the catalogue has no such %s; check how it is written", flag, name, thing)
			}
		}
	}
	among := func(names []string) func(string) bool {
		return func(name string) bool {
			key := titles.Fold(name)
			return slices.ContainsFunc(names, func(other string) bool { return titles.Fold(other) == key })
		}
	}
	say("exclude-artist", "artist", e.Artists, among(c.Artists.Values))
	say("exclude-genre", "genre", e.Genres, among(c.Genres.Values))
	say("exclude-track", "id", e.Tracks, func(id string) bool { return slices.Contains(c.ID, id) })
}
