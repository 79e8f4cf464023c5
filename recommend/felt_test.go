package recommend

import (
	"context"
	"testing"
	"time"

	"segue"
	"segue/taste"
)

// calmer says of n tracks that they feel calmer, and more pleasant, than they sound.
func calmer(m *Music, n int) []taste.Correction {
	var out []taste.Correction
	for i := range n {
		row := i * 7 % m.Catalog.Len()
		at := segue.Affect{Valence: min(1, m.Positions[row].Valence+.1), Arousal: max(0, m.Positions[row].Arousal-.2)}
		out = append(out, taste.Correction{Track: m.Catalog.ID[row], When: time.Date(2026, 5, 1, 0, i, 0, 0, time.UTC), Feels: &at})
	}
	return out
}

func felt(t testing.TB, m *Music, all []taste.Correction) *Music {
	t.Helper()
	learned, other, err := m.TasteOf(context.Background(), all)
	if err != nil || other != 0 {
		t.Fatal(other, err)
	}
	own, err := m.As(context.Background(), learned)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// Without corrections the music is everybody's own; with them sessions, profiles and
// hours follow the listener's places, and everybody's stay as they are.
func TestMusicAsSomebodyFeelsIt(t *testing.T) {
	m := music(t, 900)
	if felt(t, m, nil) != m {
		t.Error("without corrections there is other music")
	}
	plays := diary(m, 3, 40, 12, segue.Happy)
	l, p := listener(t, m, plays)
	w := Wish{From: "sad", To: "calm", Minutes: 30, Candidates: 100, NoCertificate: true, Seed: 4}
	before := asJSON(t, plan(t, m, l, p, w))

	own := felt(t, m, calmer(m, 30))
	if own.Catalog != m.Catalog || own.matcher() != m.matcher() || own.OwnBytes() < 16*900 || m.OwnBytes() != 0 {
		t.Error("it shares nothing, or says it takes nothing")
	}
	ol, op := listener(t, own, plays)
	x, okx := l.LastMood()
	y, oky := ol.LastMood()
	if !okx || !oky || y.Arousal > x.Arousal-.1 {
		t.Errorf("the last session lies at %v to everybody and at %v to the listener", x, y)
	}
	if op.Usual.Arousal.Value >= p.Usual.Arousal.Value {
		t.Errorf("usual arousal %v, to the listener %v", p.Usual.Arousal, op.Usual.Arousal)
	}
	hour := plan(t, own, ol, op, w)
	for _, tr := range hour.Tracks {
		row := m.row(t, tr.ID)
		if tr.Position() != own.Positions[row] {
			t.Errorf("%s lies at %v, to the listener at %v", tr.ID, tr.Position(), own.Positions[row])
		}
	}
	if after := asJSON(t, plan(t, m, l, p, w)); after != before {
		t.Error("everybody's hour has changed")
	}
}

func (m *Music) row(t testing.TB, id string) int32 {
	t.Helper()
	for i, other := range m.Catalog.ID {
		if other == id {
			return int32(i)
		}
	}
	t.Fatalf("no track %s", id)
	return 0
}

// Corrections of tracks the catalogue does not have are counted and left aside.
func TestCorrectionsOfOtherTracks(t *testing.T) {
	m := music(t, 300)
	at := segue.Affect{Valence: .5, Arousal: .5}
	learned, other, err := m.TasteOf(context.Background(), append(calmer(m, 3), taste.Correction{Track: "elsewhere", Feels: &at}))
	if err != nil || other != 1 || learned.Tracks() != 3 {
		t.Errorf("%d tracks, %d other: %v", learned.Tracks(), other, err)
	}
}

// What was skipped or heard out moves no place: music as somebody feels it does not
// depend on the plays.
func TestSkipsMoveNoPlace(t *testing.T) {
	m := music(t, 300)
	own := felt(t, m, calmer(m, 5))
	before := append([]segue.Affect(nil), own.Positions...)
	plays := diary(m, 3, 20, 10, segue.Happy)
	for i := range plays {
		plays[i].Skipped, plays[i].Played = segue.Yes, 40*time.Second
	}
	l, p := listener(t, own, plays)
	if _, err := own.Library(l, p); err != nil {
		t.Fatal(err)
	}
	for i, at := range own.Positions {
		if at != before[i] {
			t.Fatalf("row %d moved", i)
		}
	}
}
