package labels

import (
	"fmt"
	"strings"

	"segue"
	"segue/internal/table"
)

// A role is what a column of a table means.
type role int

const (
	roleID role = iota
	roleISRC
	roleArtist
	roleTitle
	roleAlbum
	roleMood
	roleValence
	roleArousal

	numRoles = int(iota)
)

// aliases lists the names of the columns of a role, the surest first, as table.Squeeze
// leaves them. Names with "mean" and "tags" are those of DEAM, PMEmo and MuSe.
func aliases(r role) []string {
	switch r {
	case roleID: // an id alone may number the rows
		return []string{"trackid", "spotifyid", "spotifytrackid", "trackuri", "spotifytrackuri", "uri", "songid", "id"}
	case roleISRC:
		return table.ISRCNames()
	case roleArtist:
		return table.ArtistNames()
	case roleTitle:
		return table.TitleNames()
	case roleAlbum:
		return table.AlbumNames()
	case roleMood:
		return []string{"mood", "moodlabel", "emotion", "emotionlabel", "label", "quadrant", "moodquadrant", "feeling", "stimmung", "humeur", "tamtrang", "camxuc"}
	case roleValence:
		return []string{"valence", "valencemean", "meanvalence", "valencetags", "valenz"}
	}
	return []string{"arousal", "arousalmean", "meanarousal", "arousaltags"}
}

// columns says which column of a table plays which role, -1 for none.
type columns struct {
	names []string
	at    [numRoles]int
}

// findColumns assigns the columns called names: of several names for a role the surest
// is taken, of equal names the first.
func findColumns(names []string) *columns {
	c := &columns{names: names}
	byName := make(map[string]int, len(names))
	for i, n := range names {
		n = table.Squeeze(n)
		if _, twice := byName[n]; !twice {
			byName[n] = i
		}
	}
	for r := range c.at {
		c.at[r] = -1
		for _, n := range aliases(role(r)) {
			if i, ok := byName[n]; ok {
				c.at[r] = i
				break
			}
		}
	}
	return c
}

func (c *columns) has(r role) bool { return c.at[r] >= 0 }

// found returns how many roles have a column.
func (c *columns) found() int {
	n := 0
	for _, at := range c.at {
		if at >= 0 {
			n++
		}
	}
	return n
}

// Roles of the columns, as Report.Columns names them.
func (r role) String() string {
	return [numRoles]string{"id", "isrc", "artist", "title", "album", "mood", "valence", "arousal"}[r]
}

// called returns the table's own name of each role's column.
func (c *columns) called() map[string]string {
	out := map[string]string{}
	for r, at := range c.at {
		if at >= 0 {
			out[role(r).String()] = strings.TrimSpace(c.names[at])
		}
	}
	return out
}

// check returns what a table of this header lacks, or nil.
func (c *columns) check(file string) error {
	var problem string
	switch {
	case !c.has(roleMood) && !(c.has(roleValence) && c.has(roleArousal)):
		problem = "no column says how a track feels; Segue looks for valence and arousal, or mood, emotion, label or quadrant"
	case !c.has(roleID) && !c.has(roleISRC) && !(c.has(roleArtist) && c.has(roleTitle)):
		problem = "no column says which track is meant; Segue looks for artist and title, or id, uri, track_id or isrc"
	default:
		return nil
	}
	hint := c.looksLike()
	return &segue.InputError{File: file, Problem: problem, Hint: hint.Text, HintArgs: hint.Args}
}

// looksLike says what a table is that is none of labels.
func (c *columns) looksLike() segue.Phrase {
	for _, n := range c.names {
		if table.Squeeze(n) == segue.Energy.String() && !c.has(roleMood) {
			return segue.Phrase{Text: "this looks like a catalogue, which --catalog takes"}
		}
	}
	if len(c.names) == 1 {
		return segue.Phrase{Text: "it has one column only; name the columns in the first line, with commas between them"}
	}
	shown := make([]string, 0, 6)
	for _, n := range c.names[:min(6, len(c.names))] {
		if table.IsValue(n) {
			return segue.Phrase{Text: "its first line looks like a row and not like names of columns; write their names above it"}
		}
		shown = append(shown, fmt.Sprintf("%.40q", n))
	}
	return segue.Phrase{Text: "its %d columns begin with %s", Args: []any{len(c.names), strings.Join(shown, ", ")}}
}
