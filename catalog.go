package segue

import (
	"time"
)

// A Catalog is a table of tracks, one row a track, stored by column. IDs are
// unique. It is immutable once made: packages read it from many goroutines.
// Package catalog reads one from files.
type Catalog struct {
	ID         []string // unique, e.g. a service's track id without its URI prefix
	ISRC       []string // empty where unknown; nil if the files had none
	Title      []string
	Album      []string // empty where unknown
	Artists    Lists    // credited artists in order, the first is the main one
	Genres     Lists    // every genre the files gave, in order of first sight
	DurationMS []int32  // length in milliseconds, 0 where unknown
	Popularity []int8   // [0, 100], -1 where unknown
	Explicit   []Tristate

	// Recording numbers groups of rows that are one recording under several
	// ids (reissues). Two tracks of one group never share an hour; all of
	// them count as tracks and train models. A group's number is its lowest row.
	Recording []int32

	// Feature holds one column a feature, each of length Len; NaN is missing.
	Feature [NumFeatures][]float32

	Version string // content hash of the table, hexadecimal: names the artifact
}

// Len returns the number of tracks.
func (c *Catalog) Len() int { return len(c.ID) }

// Duration returns the length of track i, 0 where unknown.
func (c *Catalog) Duration(i int) time.Duration {
	return time.Duration(c.DurationMS[i]) * time.Millisecond
}

// Features returns the feature values of track i.
func (c *Catalog) Features(i int) Features {
	var v Features
	for f := range v {
		v[f] = c.Feature[f][i]
	}
	return v
}

// Track returns row i as a Track; it copies the lists, not the strings.
func (c *Catalog) Track(i int) Track {
	t := Track{
		ID: c.ID[i], Title: c.Title[i], Album: c.Album[i],
		Artists: c.Artists.At(i), Genres: c.Genres.At(i),
		Duration: c.Duration(i), Popularity: int(c.Popularity[i]), Explicit: c.Explicit[i],
		Features: c.Features(i),
	}
	if c.ISRC != nil {
		t.ISRC = c.ISRC[i]
	}
	return t
}

// A Track is one row of a Catalog.
type Track struct {
	ID, ISRC, Title, Album string
	Artists, Genres        []string
	Duration               time.Duration // 0 where unknown
	Popularity             int           // [0, 100], -1 where unknown
	Explicit               Tristate
	Features               Features
}

// Lists is a column whose cells are lists of strings. Each distinct string is
// stored once; the list of row i is Values[Index[Offset[i]:Offset[i+1]]].
type Lists struct {
	Values []string // distinct strings in order of first sight
	Index  []int32  // concatenated cells, as indices into Values
	Offset []int32  // length rows+1, Offset[0] = 0
}

// Len returns the number of rows.
func (l Lists) Len() int { return max(0, len(l.Offset)-1) }

// Indices returns the cell of row i as indices into Values, sharing memory.
func (l Lists) Indices(i int) []int32 { return l.Index[l.Offset[i]:l.Offset[i+1]] }

// At returns a copy of the cell of row i.
func (l Lists) At(i int) []string {
	ix := l.Indices(i)
	out := make([]string, len(ix))
	for j, v := range ix {
		out[j] = l.Values[v]
	}
	return out
}

// First returns the first string of row i, or "" if its list is empty.
func (l Lists) First(i int) string {
	if ix := l.Indices(i); len(ix) > 0 {
		return l.Values[ix[0]]
	}
	return ""
}
