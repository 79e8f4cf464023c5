package playlist

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"segue"
)

// tiny describes a small catalogue that lacks something.
type tiny struct {
	name    string
	tracks  int
	artists int
	ms      func(rng *rand.Rand) int
	at      func(rng *rand.Rand) segue.Affect
	bare    bool // neither tempo nor key
	fast    bool // 120 BPM and more
}

func (k tiny) library(t testing.TB) *Library {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(k.tracks), 11))
	b := newTable()
	at := make([]segue.Affect, k.tracks)
	for i := range at {
		at[i] = segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}
		if k.at != nil {
			at[i] = k.at(rng)
		}
		ms := 180_000 + rng.IntN(90_000)
		if k.ms != nil {
			ms = k.ms(rng)
		}
		f := segue.NoFeatures()
		if !k.bare {
			f[segue.Tempo], f[segue.Key], f[segue.Mode] = float32(60+120*rng.Float64()), float32(rng.IntN(12)), float32(rng.IntN(2))
		}
		if k.fast {
			f[segue.Tempo] = float32(120 + 60*rng.Float64())
		}
		b.add(fmt.Sprintf("t%03d", i), fmt.Sprintf("Song %d", i), "", []string{fmt.Sprintf("Artist %d", rng.IntN(k.artists))}, ms, f)
	}
	lib, err := NewLibrary(Library{Catalog: &b.c, Positions: at})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestTinyCatalogues reads what is said of catalogues that lack something: every
// sentence is one clear line with what, where and what to do, and the right one.
func TestTinyCatalogues(t *testing.T) {
	loud := func(rng *rand.Rand) segue.Affect {
		return segue.Affect{Valence: rng.Float64(), Arousal: .7 + .3*rng.Float64()}
	}
	quiet := func(rng *rand.Rand) segue.Affect {
		return segue.Affect{Valence: rng.Float64(), Arousal: .5 * rng.Float64()}
	}
	nine := func(*rand.Rand) int { return 540_000 }
	for _, c := range []struct {
		tiny
		night bool
		want  []string // each occurs in what is said
	}{
		{tiny: tiny{name: "10 tracks", tracks: 10, artists: 8}, want: []string{"instead of 60", "60 minutes take about 16 tracks", "10 songs by"}},
		{tiny: tiny{name: "30 tracks", tracks: 30, artists: 20}, want: []string{"It misses", "fewest", "more music there would help"}},
		{tiny: tiny{name: "100 tracks", tracks: 100, artists: 60}},
		{tiny: tiny{name: "one artist", tracks: 100, artists: 1}, want: []string{"by 1 artist)", "no artist is heard more than 3 times; more artists would help"}},
		{tiny: tiny{name: "two artists", tracks: 100, artists: 2}, want: []string{"is heard 3 times instead of 2"}},
		{tiny: tiny{name: "nine minutes each", tracks: 100, artists: 60, ms: nine}, want: []string{"180 seconds longer", "shorter ones would help"}},
		{tiny: tiny{name: "all loud", tracks: 100, artists: 60, at: loud}, want: []string{"0 lie within 0.10 of the target", "more music there would help"}},
		{tiny: tiny{name: "all loud, at night", tracks: 100, artists: 60, at: loud}, night: true, want: []string{"no track may be played: of 100 tracks 100 are too energetic for the night"}},
		{tiny: tiny{name: "all quick, at night", tracks: 100, artists: 60, at: quiet, fast: true}, night: true, want: []string{"no calm tracks under 80 BPM in this catalogue: 0 of"}},
		{tiny: tiny{name: "no tempo, no key", tracks: 100, artists: 60, bare: true}},
		{tiny: tiny{name: "no lengths", tracks: 100, artists: 60, ms: func(*rand.Rand) int { return 0 }}, want: []string{"of 100 tracks 100 are not 1:00 to 10:00 minutes long, or of no known length; bring tracks with lengths"}},
		{tiny: tiny{name: "two short tracks", tracks: 2, artists: 2, ms: func(*rand.Rand) int { return 61_000 }}, want: []string{"last 2:02 minutes in all"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, "angry", "calm", 60)
			r.Night = c.night
			p, err := Plan(context.Background(), c.library(t), r)
			var lines []string
			if err != nil {
				if !errors.Is(err, ErrNoPlaylist) {
					t.Fatal(err)
				}
				lines = append(lines, err.Error())
			} else {
				for _, x := range p.Relaxed {
					lines = append(lines, x.Text, x.Help)
				}
				lines = append(append(lines, p.Notes...), p.Tradeoffs...)
			}
			all := strings.Join(lines, "\n")
			t.Log("\n" + all)
			for _, w := range c.want {
				if !strings.Contains(all, w) {
					t.Errorf("nothing says %q", w)
				}
			}
			for _, l := range lines {
				if l == "" || strings.ContainsAny(l, "\n") || strings.Contains(l, "NaN") || strings.Contains(l, "Inf") || strings.Contains(l, "  ") || len(l) > 300 {
					t.Errorf("%q is not one clear line", l)
				}
			}
		})
	}
}
