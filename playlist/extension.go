package playlist

import (
	"encoding/json"
	"slices"

	"segue"
)

// Segue's extensions of XSPF and JSPF: what was asked of a playlist and what the
// plan knows of a track. XSPF asks for any URI that no one else uses.
//
// Moods stand here and nowhere else. MusicBrainz' extension has a place for the data of
// others (additional_metadata), but a server keeps it and shows it to whoever may
// see the list, whereas an extension it does not know is dropped: what a listener
// felt stays in the file.
const (
	playlistExtension = "urn:segue:playlist:1"
	trackExtension    = "urn:segue:playlist:track:1"
)

// asked is the body of the playlist's extension, the same in XML and JSON.
type asked struct {
	XMLName struct{} `xml:"urn:segue:playlist:1 segue" json:"-"`

	From        string  `xml:"from,attr,omitempty" json:"from,omitempty"`
	FromValence float64 `xml:"from-valence,attr" json:"from_valence"`
	FromArousal float64 `xml:"from-arousal,attr" json:"from_arousal"`
	To          string  `xml:"to,attr,omitempty" json:"to,omitempty"`
	ToValence   float64 `xml:"to-valence,attr" json:"to_valence"`
	ToArousal   float64 `xml:"to-arousal,attr" json:"to_arousal"`
	Minutes     int     `xml:"minutes,attr" json:"minutes"`
	Arm         Arm     `xml:"arm,attr,omitempty" json:"arm,omitempty"`
	Seed        uint64  `xml:"seed,attr" json:"seed"`
	Night       bool    `xml:"night,attr" json:"night"`
}

// askedOf returns what was asked of a playlist, nil if it is of another program.
func askedOf(p *Playlist) *asked {
	if p.Minutes == 0 {
		return nil
	}
	return &asked{
		From: p.From.Name, FromValence: p.From.Valence, FromArousal: p.From.Arousal,
		To: p.To.Name, ToValence: p.To.Valence, ToArousal: p.To.Arousal,
		Minutes: p.Minutes, Arm: p.Arm, Seed: p.Seed, Night: p.Night,
	}
}

// fill puts what was asked into a playlist, or returns what is wrong with it.
func (a *asked) fill(p *Playlist) (column, problem string) {
	from := segue.Affect{Valence: a.FromValence, Arousal: a.FromArousal}
	to := segue.Affect{Valence: a.ToValence, Arousal: a.ToArousal}
	switch {
	case !onPlane(from):
		return "from", "the start is not on the plane"
	case !onPlane(to):
		return "to", "the target is not on the plane"
	case a.Minutes < 1 || a.Minutes > maxLengthMS/60_000:
		return "minutes", "the minutes are no length"
	}
	p.From, p.To = Place{a.From, from}, Place{a.To, to}
	p.Minutes, p.Arm, p.Seed, p.Night = a.Minutes, a.Arm, a.Seed, a.Night
	return "", ""
}

// extension is the body of the track's extension, the same in XML and JSON. What is
// not known is not there.
type extension struct {
	XMLName struct{} `xml:"urn:segue:playlist:track:1 segue" json:"-"`

	ID           string   `xml:"id,attr" json:"id"`
	ISRC         string   `xml:"isrc,attr,omitempty" json:"isrc,omitempty"`
	Artists      []string `xml:"artist" json:"artists"`
	Valence      *float64 `xml:"valence,attr,omitempty" json:"valence,omitempty"`
	Arousal      *float64 `xml:"arousal,attr,omitempty" json:"arousal,omitempty"`
	Mood         string   `xml:"mood,attr,omitempty" json:"mood,omitempty"`
	Phase        Phase    `xml:"phase,attr,omitempty" json:"phase,omitempty"`
	PlanValence  *float64 `xml:"target-valence,attr,omitempty" json:"target_valence,omitempty"`
	PlanArousal  *float64 `xml:"target-arousal,attr,omitempty" json:"target_arousal,omitempty"`
	Energy       *float64 `xml:"energy,attr,omitempty" json:"energy,omitempty"`
	Acousticness *float64 `xml:"acousticness,attr,omitempty" json:"acousticness,omitempty"`
	Tempo        *float64 `xml:"tempo,attr,omitempty" json:"tempo,omitempty"`
	Familiar     *bool    `xml:"familiar,attr,omitempty" json:"familiar,omitempty"`
}

// extensionOf returns the extension of a track, nil if the rest of the file says
// all that is known of it.
func extensionOf(t Track) *extension {
	e := &extension{
		ID: t.ID, ISRC: t.ISRC, Artists: t.Artists, Phase: t.Phase,
		Energy: t.Energy, Acousticness: t.Acousticness, Tempo: t.Tempo, Familiar: t.Familiar,
	}
	if t.bare {
		var plain Track
		identify(&plain, []string{locationOf(t.ID)}, identifiers(t))
		nothing := t.Phase == "" && t.Energy == nil && t.Acousticness == nil && t.Tempo == nil && t.Familiar == nil
		if nothing && plain.ID == t.ID && plain.ISRC == t.ISRC && slices.Equal(splitArtists(joinArtists(t.Artists)), e.Artists) {
			return nil
		}
		return e
	}
	e.Valence, e.Arousal, e.Mood, e.PlanValence, e.PlanArousal = &t.Valence, &t.Arousal, t.Mood.String(), &t.Target[0], &t.Target[1]
	return e
}

// fill puts what an extension says into a track, or returns what is wrong with it.
func (e *extension) fill(t *Track) (column, problem string) {
	// A location holds any id; an attribute does not hold every character.
	if xmlText(t.ID) != e.ID {
		t.ID = e.ID
	}
	t.ISRC, t.Phase = e.ISRC, e.Phase
	if e.Artists != nil {
		t.Artists = e.Artists
	}
	t.Energy, t.Acousticness, t.Tempo, t.Familiar = e.Energy, e.Acousticness, e.Tempo, e.Familiar
	return t.place(e.Valence, e.Arousal, e.PlanValence, e.PlanArousal, e.Mood)
}

// place puts a track where a file says it lies, or returns what is wrong with that.
// One that a file gives no place has none; a mood that is not given follows from the
// place.
func (t *Track) place(valence, arousal, planValence, planArousal *float64, word string) (column, problem string) {
	or0 := func(v *float64) float64 {
		if v == nil {
			return 0
		}
		return *v
	}
	t.Valence, t.Arousal, t.Target = or0(valence), or0(arousal), [2]float64{or0(planValence), or0(planArousal)}
	t.bare = valence == nil || arousal == nil
	if t.Mood = segue.Mixed; !t.bare {
		t.Mood = segue.LabelOf(t.Position())
	}
	if word != "" {
		if err := t.Mood.UnmarshalText([]byte(word)); err != nil {
			return "mood", err.Error()
		}
	}
	return t.checkPlace()
}

// oneOrMore reads a JSON value that may stand alone or in a list, as JSPF files have it.
type oneOrMore[T any] []T

// UnmarshalJSON reads one value or a list of them.
func (l *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	if string(b) == "null" {
		*l = nil
		return nil
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*l = oneOrMore[T]{v}
	return nil
}
