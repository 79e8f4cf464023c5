package playlist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
)

// byHand is a playlist of one track.
func byHand() *Playlist {
	no := false
	return &Playlist{
		From: Place{"sad", segue.Affect{Valence: .25, Arousal: .25}}, To: Place{"happy", segue.Affect{Valence: .75, Arousal: .75}},
		Minutes: 20, Arm: Iso, Seed: 7,
		Tracks: []Track{{
			ID: "6KwkVtXm8OUp2XffN5k7lY", Title: "Moss & stone", Artists: []string{"Hanne Lund", "Duo"}, Album: "Green", ISRC: "USRC17607839",
			DurationMS: 200_400, Valence: .25, Arousal: .125, Mood: segue.Sad, Phase: Hold, Target: [2]float64{.25, .25}, Tempo: number(78),
			Familiar: &no, Reason: "New to you",
		}},
	}
}

// TestJSPFByHand is a whole file, so that a change of it is seen.
func TestJSPFByHand(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, JSPF, byHand()); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "playlist": {
    "title": "Segue: sad to happy, 20 minutes",
    "creator": "Segue",
    "extension": {
      "https://musicbrainz.org/doc/jspf#playlist": {
        "public": false
      },
      "urn:segue:playlist:1": [
        {
          "from": "sad",
          "from_valence": 0.25,
          "from_arousal": 0.25,
          "to": "happy",
          "to_valence": 0.75,
          "to_arousal": 0.75,
          "minutes": 20,
          "arm": "iso",
          "seed": 7,
          "night": false
        }
      ]
    },
    "track": [
      {
        "location": [
          "spotify:track:6KwkVtXm8OUp2XffN5k7lY"
        ],
        "identifier": [
          "urn:isrc:USRC17607839"
        ],
        "title": "Moss & stone",
        "creator": "Hanne Lund; Duo",
        "annotation": "New to you",
        "album": "Green",
        "duration": 200400,
        "extension": {
          "https://musicbrainz.org/doc/jspf#track": {
            "added_by": "Segue"
          },
          "urn:segue:playlist:track:1": [
            {
              "id": "6KwkVtXm8OUp2XffN5k7lY",
              "isrc": "USRC17607839",
              "artists": [
                "Hanne Lund",
                "Duo"
              ],
              "valence": 0.25,
              "arousal": 0.125,
              "mood": "sad",
              "phase": "hold",
              "target_valence": 0.25,
              "target_arousal": 0.25,
              "tempo": 78,
              "familiar": false
            }
          ]
        }
      }
    ]
  }
}
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

// jsonKind says what is wrong with a JSON value, if something is.
type jsonKind func(v any) string

// objectOf is a jsonKind with known keys; must names those that have to be there.
func objectOf(keys map[string]jsonKind, must ...string) jsonKind {
	return func(v any) string {
		m, ok := v.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", v)
		}
		for _, k := range must {
			if _, ok := m[k]; !ok {
				return "no " + k
			}
		}
		for k, v := range m {
			check, ok := keys[k]
			if !ok {
				return "unknown key " + k
			}
			if wrong := check(v); wrong != "" {
				return k + ": " + wrong
			}
		}
		return ""
	}
}

func listOf(each jsonKind) jsonKind {
	return func(v any) string {
		l, ok := v.([]any)
		if !ok {
			return fmt.Sprintf("%v is no list", v)
		}
		for i, e := range l {
			if wrong := each(e); wrong != "" {
				return fmt.Sprintf("%d: %s", i, wrong)
			}
		}
		return ""
	}
}

// jspfSpecification is JSPF (https://xspf.org/jspf: "JSON XSPF", lists for what may
// repeat, an object of lists for extensions) with MusicBrainz' two extensions
// (https://musicbrainz.org/doc/jspf), whose bodies are objects and not lists.
func jspfSpecification() jsonKind {
	text := func(v any) string {
		if _, ok := v.(string); !ok {
			return fmt.Sprintf("%v is no text", v)
		}
		return ""
	}
	truth := func(v any) string {
		if _, ok := v.(bool); !ok {
			return fmt.Sprintf("%v is neither true nor false", v)
		}
		return ""
	}
	number := func(v any) string {
		if n, ok := v.(float64); !ok || n < 0 || n != float64(int64(n)) {
			return fmt.Sprintf("%v is no whole number from 0", v)
		}
		return ""
	}
	uri := func(v any) string {
		s, ok := v.(string)
		if !ok || strings.ContainsAny(s, " \"<>\\^`{|}") || !plainASCII(s) {
			return fmt.Sprintf("%v is no URI", v)
		}
		if _, err := url.Parse(s); err != nil {
			return err.Error()
		}
		return ""
	}
	date := func(v any) string {
		s, _ := v.(string)
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return err.Error()
		}
		return ""
	}
	anything := func(any) string { return "" }
	free := func(v any) string {
		if _, ok := v.(map[string]any); !ok {
			return "no object"
		}
		return ""
	}
	extension := func(uriOf string, ours jsonKind) jsonKind {
		return func(v any) string {
			m, ok := v.(map[string]any)
			if !ok {
				return "no object"
			}
			for k, v := range m {
				if wrong := uri(k); wrong != "" {
					return wrong
				}
				check := listOf(anything)
				if k == uriOf {
					check = ours
				}
				if wrong := check(v); wrong != "" {
					return k + ": " + wrong
				}
			}
			return ""
		}
	}
	pairs := listOf(anything)
	track := objectOf(map[string]jsonKind{
		"location": listOf(uri), "identifier": listOf(uri), "title": text, "creator": text, "annotation": text, "info": uri, "image": uri,
		"album": text, "trackNum": number, "duration": number, "link": pairs, "meta": pairs,
		"extension": extension("https://musicbrainz.org/doc/jspf#track", objectOf(map[string]jsonKind{
			"added_by": text, "added_at": date, "artist_identifiers": listOf(uri), "release_identifier": uri, "additional_metadata": free,
		})),
	})
	return objectOf(map[string]jsonKind{"playlist": objectOf(map[string]jsonKind{
		"title": text, "creator": text, "annotation": text, "info": uri, "location": uri, "identifier": uri, "image": uri, "date": date,
		"license": uri, "attribution": pairs, "link": pairs, "meta": pairs, "track": listOf(track),
		"extension": extension("https://musicbrainz.org/doc/jspf#playlist", objectOf(map[string]jsonKind{
			"created_for": text, "creator": text, "collaborators": listOf(text), "copied_from": uri, "copied_from_deleted": truth,
			"public": truth, "last_modified_at": date, "additional_metadata": free,
		}, "public")),
	}, "title", "track", "extension")}, "playlist")
}

// validateJSPF returns what in a document breaks the specification, or keeps
// ListenBrainz from making a playlist of it: that asks for a title and whether it is
// public. (It asks for a recording at MusicBrainz of each track too, which only a
// catalogue can give that names tracks so.)
func validateJSPF(doc []byte) string {
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return err.Error()
	}
	if wrong := jspfSpecification()(v); wrong != "" {
		return wrong
	}
	p := v.(map[string]any)["playlist"].(map[string]any)
	if p["title"] == "" {
		return "an empty title"
	}
	if _, ok := p["extension"].(map[string]any)["https://musicbrainz.org/doc/jspf#playlist"]; !ok {
		return "no extension of MusicBrainz"
	}
	return ""
}

// TestJSPFValidator: the example of MusicBrainz' document is valid, with the lists
// of JSPF for identifiers as ListenBrainz writes them now, and changes of it are not.
func TestJSPFValidator(t *testing.T) {
	const good = `{"playlist":{"extension":{"https://musicbrainz.org/doc/jspf#playlist":{"created_for":"a","creator":"b","collaborators":["c"],
		"copied_from":"https://listenbrainz.org/playlist/9dae92c5-c98e-4e7e-9c15-8b6d32607aed","copied_from_deleted":true,"public":true,
		"last_modified_at":"2020-11-27T10:45:49+00:00","additional_metadata":{}}},"creator":"d","date":"2005-01-08T17:10:47-05:00","title":"e",
		"track":[{"title":"f","identifier":["https://musicbrainz.org/recording/e8f9b188-f819-4e43-ab0f-4bd26ce9ff56"],"creator":"g","extension":{
		"https://musicbrainz.org/doc/jspf#track":{"added_by":"h","artist_identifiers":["https://musicbrainz.org/artist/4c0d9acf-a8a1-4765-9c56-05f92f68c048"],
		"added_at":"2020-11-27T10:45:49+00:00","release_identifier":"https://musicbrainz.org/release/8d3acbb4-c541-4324-a124-a670615f0f77",
		"additional_metadata":{"subsonic_id":"x"}}},"album":"i"}],"identifier":"https://listenbrainz.org/playlist/7f4cf4d3-f5ca-453a-b5c8-00e8a30a9bac"}}`
	if wrong := validateJSPF([]byte(good)); wrong != "" {
		t.Error(wrong)
	}
	for _, change := range [][2]string{
		{`"public":true`, `"public":"true"`}, {`"public":true,`, ``}, {`"title":"e"`, `"title":""`}, {`"title":"e",`, ``},
		{`"date":"2005`, `"date":"in 2005`}, {`["https://musicbrainz.org/rec`, `["https://musicbrainz.org/ rec`}, {`"title":"f"`, `"name":"f"`},
		{`"added_at":"2020`, `"added_at":"2`}, {`"album":"i"`, `"duration":-1`}, {`"album":"i"`, `"duration":"1"`}, {`"playlist":{`, `"list":{`},
		{`"extension":{"https`, `"extension":{"http://x":{},"https`},
	} {
		if doc := strings.Replace(good, change[0], change[1], 1); doc == good || validateJSPF([]byte(doc)) == "" {
			t.Errorf("%s for %s: nothing found", change[1], change[0])
		}
	}
}

// TestJSPFKeepsToTheSpecification validates files of real names, of none, and of
// whatever names there may be.
func TestJSPFKeepsToTheSpecification(t *testing.T) {
	check := func(p *Playlist) (string, string) {
		var b bytes.Buffer
		if err := Write(&b, JSPF, p); err != nil {
			return "", err.Error()
		}
		return b.String(), validateJSPF(b.Bytes())
	}
	for _, tracks := range [][]Track{sampleTracks(), nil} {
		if doc, wrong := check(&Playlist{Minutes: 60, Tracks: tracks}); wrong != "" {
			t.Fatalf("%s in\n%s", wrong, doc)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if doc, wrong := check(anyPlaylist().Draw(t, "playlist")); wrong != "" {
			t.Fatalf("%s in\n%s", wrong, doc)
		}
	})
}

// TestMoodsStandInSeguesExtensionAlone: nowhere else in the file is a word of them.
func TestMoodsStandInSeguesExtensionAlone(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, JSPF, byHand()); err != nil {
		t.Fatal(err)
	}
	var doc map[string]map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	track := doc["playlist"]["track"].([]any)[0].(map[string]any)
	delete(track["extension"].(map[string]any), trackExtension)
	left, err := json.Marshal(track)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"mood", "sad", "valence", "arousal", "phase", "hold"} {
		if bytes.Contains(left, []byte(word)) {
			t.Errorf("%q stands outside the extension: %s", word, left)
		}
	}
}

// TestRecordingsOfMusicBrainz: an id that is the address of a recording is its
// identifier, as ListenBrainz asks, and no location; a bare UUID is no proof.
func TestRecordingsOfMusicBrainz(t *testing.T) {
	const uuid = "e8f9b188-f819-4e43-ab0f-4bd26ce9ff56"
	for id, want := range map[string][]string{recordingURI + uuid: {recordingURI + uuid}, uuid: nil, recordingURI + "x": nil} {
		got := identifiers(Track{ID: id})
		if !slices.Equal(got, want) || (playable(id) == "") != (want != nil) {
			t.Errorf("%s: identifiers %v, at %q", id, got, playable(id))
		}
		for _, f := range Formats() {
			if k := writeRead(t, f, &Playlist{Tracks: []Track{{ID: id, bare: true}}}).Tracks[0]; k.ID != id {
				t.Errorf("%s: %s came back as %s", f, id, k.ID)
			}
		}
	}
}
