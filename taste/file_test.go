package taste

import (
	"errors"
	"strings"
	"testing"
	"time"

	"segue"
)

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader(`{"corrections": [
		{"track": "a", "feels": "calm"},
		{"track": "b", "feels": ".7,.2", "at": "2026-05-01T20:00:00Z"},
		{"track": "c", "feels": {"valence": 0, "arousal": 1}},
		{"track": "d", "cell": [7, 2]},
		{"track": "e", "never": "sad"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 5 || *got[0].Feels != segue.AnchorOf(segue.Calm) || *got[1].Feels != (segue.Affect{Valence: .7, Arousal: .2}) || !got[1].When.Equal(time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)) ||
		*got[2].Feels != (segue.Affect{Valence: 0, Arousal: 1}) || *got[3].Cell != (segue.Cell{7, 2}) || *got[4].Never != segue.Sad {
		t.Errorf("%+v", got)
	}
}

func TestReadWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		``:                                  "not whole JSON",
		`{"corrections": [`:                 "not whole JSON",
		`[]`:                                "it is a list, and an object is needed",
		`{}`:                                "no list of corrections",
		`{"corrections": [], "more": 1}`:    `unknown field "more"`,
		`{"corrections": []} x`:             "something follows",
		`{"corrections": [{"track": "a"}]}`: "row 1: it says nothing",
		`{"corrections": [{"track": "a", "feels": "calm"}, {"feels": "calm"}]}`:    "row 2: it names no track",
		`{"corrections": [{"track": "a", "feels": "blue"}]}`:                       `"blue" is neither a mood`,
		`{"corrections": [{"track": "a", "feels": {"valence": 2, "arousal": 1}}]}`: "off the plane",
		`{"corrections": [{"track": "a", "feels": {"valence": 1}}]}`:               "both valence and arousal",
		`{"corrections": [{"track": "a", "cell": [0, 9]}]}`:                        "off the grid",
		`{"corrections": [{"track": "a", "never": "mixed"}]}`:                      "never must be",
		`{"corrections": [{"track": "a", "never": "sad", "feels": "calm"}]}`:       "several things at once",
		`{"corrections": "` + strings.Repeat("x", MaxFile) + `"}`:                  "larger than 4 MB",
	} {
		_, err := Read(strings.NewReader(text))
		var input *segue.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
}

// Whatever is read passes Check, and nothing panics.
func FuzzRead(f *testing.F) {
	f.Add(`{"corrections": [{"track": "a", "feels": "calm", "at": "2026-05-01T20:00:00Z"}]}`)
	f.Add(`{"corrections": [{"track": "d", "cell": [7, 2]}, {"track": "e", "never": "sad"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range all {
			if c.Check() != nil {
				t.Fatalf("%+v passed", c)
			}
		}
	})
}
