package playlist

import (
	"cmp"
	"context"
	"slices"
	"time"

	"segue"
	"segue/internal/titles"
	"segue/match"
)

// A recogniser finds the planned tracks in plays: a small catalogue of them, and
// the places of each of its rows.
type recogniser struct {
	tracks  []Track // as planned, with what a larger catalogue added
	songs   int     // different ones among them
	catalog *segue.Catalog
	byID    [][]int // by row: places with just this id
	byName  [][]int // by row: places of its song
}

// newRecogniser makes a catalogue with a row for each different track and, if a
// larger catalogue is given, for each other id of its recordings.
func newRecogniser(tracks []Track, from *segue.Catalog) *recogniser {
	r := &recogniser{tracks: slices.Clone(tracks), catalog: &segue.Catalog{ISRC: []string{}}}
	r.catalog.Artists.Offset = []int32{0}
	rowOf := map[string]int{}  // by id
	songOf := map[string]int{} // by names: the first row of a song
	var song []int             // by row
	add := func(t Track) int {
		if row, is := rowOf[t.ID]; is && t.ID != "" {
			return row
		}
		row := r.addRow(t)
		if t.ID != "" {
			rowOf[t.ID] = row
		}
		r.byID = append(r.byID, nil)
		song = append(song, row)
		return row
	}
	siblings := r.fill(from)
	for place, t := range r.tracks {
		row := add(t)
		r.byID[row] = append(r.byID[row], place)
		if key := songKey(t); key != "" {
			if first, is := songOf[key]; is {
				song[row] = song[first]
			} else {
				songOf[key] = row
			}
		}
	}
	for place := range r.tracks {
		for _, other := range siblings[place] {
			t := Track{ID: from.ID[other], Title: from.Title[other], Artists: from.Artists.At(int(other))}
			if from.Album != nil {
				t.Album = from.Album[other]
			}
			if from.ISRC != nil {
				t.ISRC = from.ISRC[other]
			}
			row := add(t)
			if len(r.byID[row]) == 0 { // not planned itself
				r.byID[row] = []int{place}
				song[row] = song[rowOf[r.tracks[place].ID]]
			}
		}
	}
	of := make([][]int, len(song)) // places by song
	for row, places := range r.byID {
		for _, place := range places {
			if !slices.Contains(of[song[row]], place) {
				of[song[row]] = append(of[song[row]], place)
			}
		}
	}
	r.byName = make([][]int, len(song))
	for row, s := range song {
		slices.Sort(of[s])
		r.byName[row] = of[s]
		if s == row {
			r.songs++
		}
		r.catalog.Recording = append(r.catalog.Recording, int32(s))
	}
	return r
}

// addRow appends a track to the catalogue and returns its row.
func (r *recogniser) addRow(t Track) int {
	c := r.catalog
	c.ID, c.ISRC, c.Title, c.Album = append(c.ID, t.ID), append(c.ISRC, t.ISRC), append(c.Title, t.Title), append(c.Album, t.Album)
	for _, a := range t.Artists {
		c.Artists.Index = append(c.Artists.Index, int32(len(c.Artists.Values)))
		c.Artists.Values = append(c.Artists.Values, a)
	}
	c.Artists.Offset = append(c.Artists.Offset, int32(len(c.Artists.Index)))
	return len(c.ID) - 1
}

// songKey names a song by its main artist and title, "" if it lacks one.
func songKey(t Track) string {
	if len(t.Artists) == 0 {
		return ""
	}
	artist, title := titles.Fold(t.Artists[0]), titles.Fold(t.Title)
	if artist == "" || title == "" {
		return ""
	}
	return artist + "\x00" + title
}

// fill adds to each track what a catalogue knows under its id and the file left
// out, and returns by place the catalogue's other rows of its recording.
func (r *recogniser) fill(c *segue.Catalog) map[int][]int32 {
	if c == nil {
		return nil
	}
	places := map[string][]int{}
	for i, t := range r.tracks {
		if t.ID != "" {
			places[t.ID] = append(places[t.ID], i)
		}
	}
	wanted := map[int32][]int{} // places by recording
	for row, id := range c.ID {
		for _, i := range places[id] {
			t := &r.tracks[i]
			t.Title, t.DurationMS = cmp.Or(t.Title, c.Title[row]), cmp.Or(t.DurationMS, int64(c.DurationMS[row]))
			if len(t.Artists) == 0 && c.Artists.Len() > 0 {
				t.Artists = c.Artists.At(row)
			}
			if c.Album != nil {
				t.Album = cmp.Or(t.Album, c.Album[row])
			}
			if c.ISRC != nil {
				t.ISRC = cmp.Or(t.ISRC, c.ISRC[row])
			}
			if c.Recording != nil {
				wanted[c.Recording[row]] = append(wanted[c.Recording[row]], i)
			}
		}
	}
	siblings := map[int][]int32{}
	for row, recording := range c.Recording {
		for _, i := range wanted[recording] {
			if c.ID[row] != r.tracks[i].ID {
				siblings[i] = append(siblings[i], int32(row))
			}
		}
	}
	return siblings
}

// find returns the plays of planned tracks among those that count, and the match
// of every play.
func (r *recogniser) find(ctx context.Context, counted []segue.Play) ([]plannedPlay, []segue.Match, error) {
	matches, err := match.NewIndex(r.catalog).All(ctx, counted)
	if err != nil {
		return nil, nil, err
	}
	var planned []plannedPlay
	for i, m := range matches {
		if places := r.placesOf(m); len(places) > 0 {
			planned = append(planned, plannedPlay{Play: counted[i], index: i, places: places, match: m})
		}
	}
	return planned, matches, nil
}

// placesOf returns the places a match may stand for, ascending: of an id those
// that have it, of names all of the song.
func (r *recogniser) placesOf(m segue.Match) []int {
	switch m.Rung {
	case segue.Unmatched:
		return nil
	case segue.ByID:
		return r.byID[m.Row]
	}
	return r.byName[m.Row]
}

// nameless reports whether nothing of a track could be found in a history: an
// export names artist and title, or an id.
func nameless(t Track) bool {
	return songKey(t) == "" && t.ISRC == "" && !isSpotify(t.ID)
}

// countedPlays returns the plays that began at since or later, each once, in the
// order in which they were heard.
func countedPlays(plays []segue.Play, since time.Time) (counted []segue.Play, duplicates int) {
	type key struct {
		track  segue.TrackRef
		end    int64
		played time.Duration
	}
	seen := make(map[key]bool, len(plays))
	counted = make([]segue.Play, 0, len(plays))
	for _, p := range plays {
		if !since.IsZero() && p.StartedAt().Before(since.Add(-OccasionSlack)) {
			continue
		}
		k := key{p.Track, p.EndedAt.UnixNano(), p.Played}
		if seen[k] {
			duplicates++
			continue
		}
		seen[k] = true
		counted = append(counted, p)
	}
	slices.SortStableFunc(counted, func(a, b segue.Play) int { return heardAt(a).Compare(heardAt(b)) })
	return counted, duplicates
}

// heardAt is the moment by which plays are put in order. It is the end, because
// plays that ended in one minute, as exact as some exports are, stand in the order
// of their rows. A scrobble's end is a guess; it was surely heard a moment after
// its start.
func heardAt(p segue.Play) time.Time {
	if p.Scrobble {
		return p.StartedAt().Add(segue.MinimumPlay)
	}
	return p.EndedAt
}
