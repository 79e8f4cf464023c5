package session

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"segue"
)

// noon is a Monday.
func noon() time.Time { return time.Date(2023, 5, 1, 12, 0, 0, 0, time.UTC) }

func zone(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// listening lays plays beside a catalogue of the given positions: play i is of
// track rows[i], or unmatched if that is negative.
func listening(positions []segue.Affect, plays []segue.Play, rows []int) Listening {
	c := &segue.Catalog{}
	for i := range positions {
		c.ID = append(c.ID, string(rune('a'+i)))
		c.DurationMS = append(c.DurationMS, 180_000)
	}
	l := Listening{Plays: plays, Catalog: c, Positions: positions, Location: time.UTC}
	for _, r := range rows {
		m := segue.Match{Row: -1}
		if r >= 0 {
			m = segue.Match{Row: int32(r), Rung: segue.ByID, Confidence: 1}
		}
		l.Matches = append(l.Matches, m)
	}
	return l
}

// play ends at noon plus the given time.
func play(after, played time.Duration, artist, title string) segue.Play {
	return segue.Play{Track: segue.TrackRef{Artist: artist, Title: title}, EndedAt: noon().Add(after), Played: played}
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-12 || math.IsNaN(a) && math.IsNaN(b)
}

// drawListening draws a history of up to n plays over a few weeks, with ties,
// overlaps and long pauses.
func drawListening(t *rapid.T, n int) Listening {
	positions := []segue.Affect{{Valence: .2, Arousal: .2}, {Valence: .8, Arousal: .7}, {Valence: .75, Arousal: .3}, {Valence: .3, Arousal: .9}, {Valence: .5, Arousal: .5}, segue.Nowhere()}
	var plays []segue.Play
	var rows []int
	at := time.Duration(0)
	for range rapid.IntRange(0, n).Draw(t, "plays") {
		at += rapid.SampledFrom([]time.Duration{0, time.Minute, 3 * time.Minute, 20 * time.Minute, 33 * time.Minute, 9 * time.Hour, 50 * time.Hour}).Draw(t, "step")
		played := rapid.SampledFrom([]time.Duration{0, 10 * time.Second, 30 * time.Second, 3 * time.Minute, 25 * time.Minute}).Draw(t, "played")
		r := rapid.IntRange(-1, len(positions)-1).Draw(t, "row")
		plays = append(plays, play(at, played, string(rune('A'+r+1)), string(rune('a'+r+1))))
		rows = append(rows, r)
	}
	return listening(positions, plays, rows)
}

// regular makes a history of sessions of ten plays of three minutes, one a day
// at noon, all plays of session d at positions[d].
func regular(positions []segue.Affect) Listening {
	var plays []segue.Play
	var rows []int
	for d := range positions {
		for i := range 10 {
			plays = append(plays, play(time.Duration(d)*24*time.Hour+time.Duration(3*(i+1))*time.Minute, 3*time.Minute, "A", string(rune('a'+i))))
			rows = append(rows, d)
		}
	}
	return listening(positions, plays, rows)
}

type reference struct {
	Trends []struct {
		Values               []float64
		Days                 []int
		Z, P, Slope, Midrank float64
		Quantile             float64
		RobustZ              *float64 `json:"robust_z"`
	}
	Groups [][]float64
	ICC    float64
}

func readReference(t *testing.T) (r reference) {
	b, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}
