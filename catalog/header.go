package catalog

import (
	"fmt"
	"slices"
	"strings"

	"segue"
	"segue/internal/table"
)

// A role is what a column of a file means to Segue. The text roles come
// first, then the whole numbers, then one role for each segue.Feature.
type role int

const (
	roleID role = iota
	roleTitle
	roleAlbum
	roleISRC
	roleArtists
	roleGenres
	roleDuration
	rolePopularity
	roleExplicit
	roleFeature // + segue.Feature

	numTexts = int(roleDuration)
	numRoles = int(roleFeature) + segue.NumFeatures
)

// aliases lists the header names of a role, the surest first. They are
// written as table.Squeeze leaves them: lower case, letters and digits only, so that
// "track_name", "trackName" and "Track Name" are one.
func aliases(r role) []string {
	switch r {
	case roleID:
		return []string{"trackid", "spotifyid", "spotifytrackid", "id", "trackuri", "spotifytrackuri", "uri", "songid"}
	case roleTitle:
		return table.TitleNames()
	case roleAlbum:
		return table.AlbumNames()
	case roleISRC:
		return table.ISRCNames()
	case roleArtists:
		return table.ArtistNames()
	case roleGenres:
		return []string{"trackgenre", "genres", "genre", "artistgenres", "playlistgenre"}
	case roleDuration:
		return []string{"durationms", "trackdurationms", "lengthms", "durationmillis"}
	case rolePopularity:
		return []string{"popularity", "trackpopularity"}
	case roleExplicit:
		return []string{"explicit", "isexplicit"}
	case roleFeature + role(segue.Tempo):
		return []string{"tempo", "bpm"}
	}
	return []string{table.Squeeze(segue.Feature(r - roleFeature).String())}
}

// String returns the role's own name, as Segue writes it into Parquet.
func (r role) String() string {
	switch r {
	case roleID:
		return "track_id"
	case roleTitle:
		return "track_name"
	case roleAlbum:
		return "album_name"
	case roleISRC:
		return "isrc"
	case roleArtists:
		return "artists"
	case roleGenres:
		return "genres"
	case roleDuration:
		return "duration_ms"
	case rolePopularity:
		return "popularity"
	case roleExplicit:
		return "explicit"
	}
	return segue.Feature(r - roleFeature).String()
}

// A layout says which column of a file plays which role.
type layout struct {
	names []string      // the header
	at    [numRoles]int // column of each role, -1 if none

	// exact says that the artists column is of the kind that joins names with
	// semicolons and else holds one name, commas and all.
	exact bool
}

// findColumns assigns the columns called names. A column plays one role; of
// several names for a role the surest is taken, of equal names the first.
func findColumns(names []string) layout {
	l := layout{names: names}
	byName := make(map[string]int, len(names))
	for i, n := range names {
		n = table.Squeeze(n)
		if _, twice := byName[n]; !twice {
			byName[n] = i
		}
	}
	for r := range l.at {
		l.at[r] = -1
		for _, n := range aliases(role(r)) {
			if i, ok := byName[n]; ok {
				l.at[r] = i
				break
			}
		}
	}
	l.exact = l.has(roleArtists) && table.Squeeze(names[l.at[roleArtists]]) == "artists"
	return l
}

// has reports whether the file has a column for r.
func (l *layout) has(r role) bool { return l.at[r] >= 0 }

// column returns the file's own name for the column of r.
func (l *layout) column(r role) string { return strings.TrimSpace(l.names[l.at[r]]) }

// found returns the number of roles that have a column.
func (l *layout) found() int {
	n := 0
	for _, i := range l.at {
		if i >= 0 {
			n++
		}
	}
	return n
}

// check returns what a file of this header lacks to be a track table, or nil.
func (l *layout) check(file string) *segue.InputError {
	features := 0
	for f := range segue.NumFeatures {
		if l.has(roleFeature + role(f)) {
			features++
		}
	}
	var problem string
	switch {
	case !l.has(roleTitle):
		problem = "no column holds the track's title; Segue looks for track_name, track, title or name"
	case !l.has(roleArtists):
		problem = "no column holds the artist; Segue looks for artists, artist, artist_name or artistName"
	case features == 0:
		problem = "no column holds an audio feature; Segue looks for energy, valence, acousticness, loudness and their like"
	case l.looksLikeLabels():
		problem = "the only features are mood labels"
	default:
		return nil
	}
	hint := l.looksLike()
	return &segue.InputError{File: file, Problem: problem, Hint: hint.Text, HintArgs: hint.Args}
}

// looksLikeLabels reports whether this is a table of mood labels: valence and
// arousal as people judged them, on a scale that is not the feature's.
func (l *layout) looksLikeLabels() bool {
	return l.hasName("arousal") && !l.has(roleFeature+role(segue.Energy))
}

// looksLike names the known thing that has such a header, or says what the
// header is.
func (l *layout) looksLike() segue.Phrase {
	is := func(text string, args ...any) segue.Phrase { return segue.Phrase{Text: text, Args: args} }
	switch {
	case l.looksLikeLabels():
		return is("this looks like a table of mood labels; a catalogue needs audio features, such as energy and acousticness")
	case l.hasName("endtime") || l.hasName("msplayed") && !l.has(roleFeature+role(segue.Energy)) || l.hasName("uts"):
		return is("this looks like a listening history, which --history takes")
	}
	if slices.ContainsFunc(l.names, table.IsValue) {
		// What a row holds may be what somebody heard: it is not repeated.
		return is("its first line looks like a row and not like names of columns; write their names above it")
	}
	if len(l.names) == 1 {
		return is("it has one column only; track tables have several, with commas between them")
	}
	shown := l.names
	if len(shown) > 6 {
		shown = shown[:6]
	}
	quoted := make([]string, len(shown))
	for i, n := range shown {
		quoted[i] = fmt.Sprintf("%.40q", n)
	}
	return is("its %d columns begin with %s", len(l.names), strings.Join(quoted, ", "))
}

func (l *layout) hasName(squeezed string) bool {
	for _, n := range l.names {
		if table.Squeeze(n) == squeezed {
			return true
		}
	}
	return false
}
