package playlist

import (
	"fmt"
	"math"
	"strings"

	"segue"
)

// An Action is what an edit does.
type Action string

// The actions. What a person puts at a place by hand (a swap for a track they
// name, an insert, a move) is locked there: later edits work around it.
const (
	DoSwap          Action = "swap"           // another track at Place, or the one named by ID; nothing else changes if it need not
	DoLock          Action = "lock"           // hold the track at Place where it is
	DoUnlock        Action = "unlock"         // let it go
	DoExclude       Action = "exclude"        // never this track again: it is replaced, and stays away
	DoExcludeArtist Action = "exclude-artist" // never its main artist again, or the Artist named
	DoInsert        Action = "insert"         // the track named by ID to Place; one that is not locked leaves, the others keep their order
	DoMove          Action = "move"           // the track at Place to Where; the others keep their order
	DoLength        Action = "length"         // shorten or extend to Minutes; the locks keep their share of the time
	DoTarget        Action = "target"         // lead To another place
	DoRebuild       Action = "rebuild"        // a fresh hour around the locks, from Seed

	// DoAdopt stands first in the edits of an hour that could not be planned
	// again, as its music or history has changed since: its tracks, and its locks,
	// are taken as they are. No one asks for it: see Resume.
	DoAdopt Action = "adopt"
)

// Actions returns what can be asked of a draft.
func Actions() []Action {
	return []Action{DoSwap, DoLock, DoUnlock, DoExclude, DoExcludeArtist, DoInsert, DoMove, DoLength, DoTarget, DoRebuild}
}

// An Edit is one change of an hour, as data: written into a file it can be done
// again. An action reads the fields that its line names; others are ignored and
// not kept. Where a place is asked for, lock, unlock, exclude and move also take
// the ID of a track of the hour instead.
type Edit struct {
	Do      Action  `json:"do"`
	Place   int     `json:"place,omitempty"`   // from 1; from the end if below 0, −1 being the last
	Where   int     `json:"where,omitempty"`   // the place to move to, likewise
	ID      string  `json:"id,omitempty"`      // in the catalogue
	Artist  string  `json:"artist,omitempty"`  // compared without case, accents and punctuation
	Minutes int     `json:"minutes,omitempty"` // [MinMinutes, MaxMinutes]
	To      *Place  `json:"to,omitempty"`      // a point of the plane, each coordinate in [0, 1], or an anchor's name alone
	Seed    *uint64 `json:"seed,omitempty"`    // null takes the one after the last

	Tracks []string `json:"tracks,omitempty"` // of DoAdopt: ids in order
	Locks  []int    `json:"locks,omitempty"`  // of DoAdopt: places, from 1
}

// MaxEdits is how many edits one hour can have.
const MaxEdits = 1000

// String returns the edit in a few words, such as "swap 4".
func (e Edit) String() string {
	s := string(e.Do)
	if e.Place != 0 {
		s += fmt.Sprint(" ", e.Place)
	}
	switch e.Do {
	case DoMove:
		s += fmt.Sprint(" to ", e.Where)
	case DoLength:
		s += fmt.Sprintf(" %d minutes", e.Minutes)
	case DoExcludeArtist:
		s += " " + e.Artist
	case DoTarget:
		if e.To != nil && e.To.Name != "" {
			s += " " + e.To.Name
		} else if e.To != nil {
			s += fmt.Sprintf(" (%.2f, %.2f)", e.To.Valence, e.To.Arousal)
		}
	}
	if e.ID != "" && (e.Place == 0 || e.Do == DoSwap || e.Do == DoInsert) {
		s += fmt.Sprintf(" %q", e.ID)
	}
	return s
}

// settled returns the edit as it is kept: places counted from 1, names made into
// points, what the action does not read left out. The hour it edits has the
// tracks of v. Errors wrap segue.ErrUsage.
func (d *Draft) settled(v *version, e Edit) (Edit, error) {
	out := Edit{Do: e.Do}
	var err error
	switch e.Do {
	case DoSwap:
		out.ID = e.ID
		out.Place, err = v.place(e.Place)
	case DoLock, DoUnlock:
		out.Place, err = d.placeOf(v, e)
	case DoExclude:
		if e.Place == 0 && e.ID != "" {
			// It need not be in the hour: it is then only kept away.
			_, err = d.known(e.ID)
			out.ID = e.ID
			break
		}
		if out.Place, err = v.place(e.Place); err == nil {
			out.ID = d.id(v.rows[out.Place-1])
		}
	case DoExcludeArtist:
		if out.Artist = strings.TrimSpace(e.Artist); out.Artist != "" {
			break
		}
		if out.Place, err = d.placeOf(v, e); err == nil {
			artists := d.artists(v.rows[out.Place-1])
			if len(artists) == 0 {
				return Edit{}, misuse(d.lib.say("no artist is known of the track at place %d; exclude the track instead", out.Place))
			}
			out.Place, out.Artist = 0, artists[0]
		}
	case DoInsert:
		if e.ID == "" {
			return Edit{}, misuse(d.lib.say("to insert a track, give its id in the catalogue"))
		}
		out.ID = e.ID
		out.Place, err = v.place(e.Place)
	case DoMove:
		if out.Place, err = d.placeOf(v, e); err == nil {
			out.Where, err = v.place(e.Where)
		}
	case DoLength:
		if out.Minutes = e.Minutes; e.Minutes < MinMinutes || e.Minutes > MaxMinutes {
			return Edit{}, misuse(d.lib.say("%d minutes cannot be planned; ask for %d to %d", e.Minutes, MinMinutes, MaxMinutes))
		}
	case DoTarget:
		out.To, err = d.target(e.To)
	case DoRebuild:
		seed := v.pl.request.Seed + 1
		if e.Seed != nil {
			seed = *e.Seed
		}
		out.Seed = &seed
	case DoAdopt:
		return Edit{}, misuse(d.lib.say("an hour is adopted only where its edits begin"))
	default:
		var have []string
		for _, a := range Actions() {
			have = append(have, string(a))
		}
		return Edit{}, misuse(d.lib.say("no edit is called %q; there are %s", string(e.Do), strings.Join(have, ", ")))
	}
	return out, err
}

// target reads a place to lead to.
func (d *Draft) target(to *Place) (*Place, error) {
	if to == nil {
		return nil, misuse(d.lib.say("say where to lead: a mood, or a point of the plane"))
	}
	p := *to
	p.Name = strings.ToLower(strings.TrimSpace(p.Name))
	if p.Name != "" {
		at, err := segue.ParseAffect(p.Name)
		if err != nil || strings.Contains(p.Name, ",") {
			return nil, misuse(d.lib.say("no mood is called %q", p.Name))
		}
		if p.Affect == (segue.Affect{}) {
			p.Affect = at
		}
	}
	if !onPlane(p.Affect) {
		return nil, misuse(d.lib.say("the target (%g, %g) is not on the plane; give valence and arousal in 0 to 1", p.Valence, p.Arousal))
	}
	return &p, nil
}

// place reads a place of the hour; the result counts from 1.
func (v *version) place(place int) (int, error) {
	n := len(v.rows)
	at := place
	if place < 0 && place >= -n {
		at = n + 1 + place
	}
	if at < 1 || at > n {
		return 0, misuse(v.pl.say("there is no place %d; the hour has places 1 to %d", place, n))
	}
	return at, nil
}

// placeOf reads the place an edit names, by number or by the track there.
func (d *Draft) placeOf(v *version, e Edit) (int, error) {
	if e.Place != 0 || e.ID == "" {
		return v.place(e.Place)
	}
	row, err := d.known(e.ID)
	if err != nil {
		return 0, err
	}
	at := v.find(row)
	if at < 0 {
		return 0, misuse(d.lib.say("the track %q is not in this hour", e.ID))
	}
	return at + 1, nil
}

// known returns the catalogue row of an id, or an error that suggests what may
// have been meant.
func (d *Draft) known(id string) (int32, error) {
	if row, ok := d.lib.row(id); ok {
		return row, nil
	}
	c := d.lib.Catalog
	short := id[strings.LastIndexAny(id, ":/")+1:] // of a URI or an address
	if row, ok := d.lib.row(short); ok {
		return 0, misuse(d.lib.say("no track has the id %q; did you mean %q?", id, c.ID[row]))
	}
	for row, other := range c.ID {
		if strings.EqualFold(other, id) || strings.EqualFold(c.Title[row], id) || strings.HasSuffix(other, ":"+id) {
			return 0, misuse(d.lib.say("no track has the id %q; did you mean %q (%s)?", id, other, c.Title[row]))
		}
	}
	if best := nearest(id, c.ID); best >= 0 {
		return 0, misuse(d.lib.say("no track has the id %q; did you mean %q (%s)?", id, c.ID[best], c.Title[best]))
	}
	return 0, misuse(d.lib.say("no track of the catalogue has the id %q", id))
}

// nearest returns which of the words differs least from id, by at most two
// letters of four or more; −1 if none does. O(words·letters).
func nearest(id string, words []string) int {
	best, least := -1, 3
	if len(id) < 4 {
		least = 2
	}
	for i, w := range words {
		if abs(int64(len(w)-len(id))) < int64(least) {
			if d := distance(id, w, least); d < least {
				best, least = i, d
			}
		}
	}
	return best
}

// distance returns the number of single-byte edits between two words
// (Levenshtein 1966), or enough, if it is no less than that.
func distance(a, b string, enough int) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal, least := row[0], math.MaxInt
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
			least = min(least, row[j+1])
		}
		if least >= enough {
			return enough
		}
	}
	return row[len(b)]
}
