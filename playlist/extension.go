package playlist

import (
	"encoding/json"
	"math"
)

// extensionURI names Segue's extension in XSPF and JSPF: what the plan knows of
// a track. XSPF asks for any URI that no one else uses.
const extensionURI = "urn:segue:playlist:track:1"

// extension is the body of Segue's extension, the same in XML and JSON.
type extension struct {
	XMLName struct{} `xml:"urn:segue:playlist:track:1 segue" json:"-"`

	ID           string   `xml:"id,attr" json:"id"`
	ISRC         string   `xml:"isrc,attr,omitempty" json:"isrc,omitempty"`
	Artists      []string `xml:"artist" json:"artists"`
	Valence      float64  `xml:"valence,attr" json:"valence"`
	Arousal      float64  `xml:"arousal,attr" json:"arousal"`
	Mood         string   `xml:"mood,attr" json:"mood"`
	Phase        Phase    `xml:"phase,attr" json:"phase"`
	PlanValence  float64  `xml:"target-valence,attr" json:"target_valence"`
	PlanArousal  float64  `xml:"target-arousal,attr" json:"target_arousal"`
	Energy       *float64 `xml:"energy,attr,omitempty" json:"energy"`
	Acousticness *float64 `xml:"acousticness,attr,omitempty" json:"acousticness"`
	Tempo        *float64 `xml:"tempo,attr,omitempty" json:"tempo"`
	Familiar     *bool    `xml:"familiar,attr,omitempty" json:"familiar"`
}

func extensionOf(t Track) extension {
	return extension{
		ID: t.ID, ISRC: t.ISRC, Artists: t.Artists, Valence: t.Valence, Arousal: t.Arousal,
		Mood: t.Mood.String(), Phase: t.Phase, PlanValence: t.Target[0], PlanArousal: t.Target[1],
		Energy: t.Energy, Acousticness: t.Acousticness, Tempo: t.Tempo, Familiar: t.Familiar,
	}
}

// fill puts what an extension says into a track; a file without one has zeros.
func (e extension) fill(t *Track) {
	if e.ID != "" {
		t.ID = e.ID
	}
	t.ISRC, t.Valence, t.Arousal = e.ISRC, finite(e.Valence), finite(e.Arousal)
	if e.Artists != nil {
		t.Artists = e.Artists
	}
	// An unknown word is another program's business; the mood is then the zero one.
	_ = t.Mood.UnmarshalText([]byte(e.Mood))
	t.Phase, t.Target = e.Phase, [2]float64{finite(e.PlanValence), finite(e.PlanArousal)}
	t.Energy, t.Acousticness, t.Tempo, t.Familiar = known(e.Energy), known(e.Acousticness), known(e.Tempo), e.Familiar
}

func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

func known(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return number(*v)
}

// one reads a JSON value that may stand alone or in a list, as JSPF files have it.
func one[T any](raw json.RawMessage) (T, bool) {
	var v T
	if json.Unmarshal(raw, &v) == nil {
		return v, true
	}
	var list []T
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return list[0], true
	}
	return v, false
}
