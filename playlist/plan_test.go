package playlist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/internal/racetest"
)

// synthetic returns a catalogue of n tracks spread over the plane: positions
// are drawn, features made to fit.
func synthetic(n int, seed uint64, artists int) (*segue.Catalog, []segue.Affect) {
	rng := rand.New(rand.NewPCG(seed, 7))
	b := newTable()
	at := make([]segue.Affect, n)
	for i := range n {
		at[i] = segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}
		f := segue.NoFeatures()
		f[segue.Energy], f[segue.Valence], f[segue.Acousticness] = float32(at[i].Arousal), float32(at[i].Valence), float32(1-at[i].Arousal)
		f[segue.Tempo] = float32(60 + 120*rng.Float64())
		f[segue.Key], f[segue.Mode] = float32(rng.IntN(12)), float32(rng.IntN(2))
		if i%17 == 0 {
			f[segue.Tempo] = float32(math.NaN())
		}
		b.add(fmt.Sprintf("t%05d", i), fmt.Sprintf("Song %d", i), "", []string{fmt.Sprintf("Artist %d", rng.IntN(artists))}, 150_000+rng.IntN(150_000), f)
	}
	return &b.c, at
}

func syntheticLibrary(t testing.TB, n int, seed uint64, artists int, heard bool) *Library {
	t.Helper()
	c, at := synthetic(n, seed, artists)
	x, rows := standardized(c)
	l := Library{Catalog: c, Positions: at, Space: x, SpaceRows: rows}
	if heard {
		rng := rand.New(rand.NewPCG(seed, 8))
		counts := map[int32]HeardCount{}
		for i := range n {
			if rng.IntN(3) == 0 {
				plays := rng.IntN(12)
				done := rng.IntN(plays + 1)
				counts[int32(i)] = HeardCount{plays, done, rng.IntN(done + 1)}
			}
		}
		l.Heard = NewHeard(c, counts)
	}
	lib, err := NewLibrary(l)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func request(t testing.TB, from, to string, minutes int) Request {
	t.Helper()
	a, err := segue.ParseAffect(from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := segue.ParseAffect(to)
	if err != nil {
		t.Fatal(err)
	}
	return Request{From: a, To: b, FromName: from, ToName: to, Minutes: minutes}
}

func mustPlan(t testing.TB, lib *Library, r Request) *Playlist {
	t.Helper()
	p, err := Plan(context.Background(), lib, r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ids(p *Playlist) string {
	var out []string
	for _, k := range p.Tracks {
		out = append(out, k.ID)
	}
	return strings.Join(out, " ")
}

func TestSameSeedSamePlaylist(t *testing.T) {
	lib := syntheticLibrary(t, 2000, 1, 500, true)
	r := request(t, "angry", "calm", 60)
	first, err := json.Marshal(mustPlan(t, lib, r))
	if err != nil {
		t.Fatal(err)
	}
	for _, procs := range []int{1, 4} {
		old := runtime.GOMAXPROCS(procs)
		again, _ := json.Marshal(mustPlan(t, syntheticLibrary(t, 2000, 1, 500, true), r))
		runtime.GOMAXPROCS(old)
		if string(again) != string(first) {
			t.Errorf("another playlist on %d processors", procs)
		}
	}
}

func TestFreshSeedSameQuality(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 2, 800, false)
	r := request(t, "sad", "content", 60)
	var costs []float64
	seen := map[string]bool{}
	for r.Seed = range uint64(6) {
		p := mustPlan(t, lib, r)
		costs = append(costs, *p.Cost)
		if seen[ids(p)] {
			t.Error("a new seed gave an old playlist")
		}
		seen[ids(p)] = true
	}
	if hi, lo := slices.Max(costs), slices.Min(costs); hi > 2.5*lo {
		t.Errorf("costs range from %g to %g", lo, hi)
	}
}

func TestFamiliarityAndRumination(t *testing.T) {
	lib := syntheticLibrary(t, 4000, 3, 900, true)
	p := mustPlan(t, lib, request(t, "angry", "calm", 60))
	if len(p.Relaxed) > 0 || p.Metrics.Familiarity == nil || *p.Metrics.Familiarity > .1+1e-9 {
		t.Errorf("familiarity %v, relaxed %v", p.Metrics.Familiarity, p.Relaxed)
	}
	for _, k := range p.Tracks {
		if k.Familiar == nil || *k.Familiar != (lib.Heard.Completed(k.row) >= 3) {
			t.Errorf("%s: familiar %v, completed %d", k.ID, k.Familiar, lib.Heard.Completed(k.row))
		}
	}
	if n := len(lib.topFive); n != 5 {
		t.Errorf("top five has %d", n)
	}
	// With a history of nothing the first wish to fall is familiarity.
	fresh, err := lib.For(NewHeard(lib.Catalog, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	p = mustPlan(t, fresh, request(t, "angry", "calm", 60))
	if len(p.Relaxed) != 1 || p.Relaxed[0].Rule != "familiarity" {
		t.Errorf("relaxed %+v", p.Relaxed)
	}
	// The guard itself: only five tracks were played of late, all low and low.
	counts := map[int32]HeardCount{}
	for i, at := range lib.Positions {
		if segue.QuadrantOf(at) == segue.Sad && len(counts) < 5 {
			counts[int32(i)] = HeardCount{10, 10, 10}
		}
	}
	guarded, err := lib.For(NewHeard(lib.Catalog, counts), nil)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, k := range mustPlan(t, guarded, request(t, "sad", "sad", 60)).Tracks {
		if _, is := counts[k.row]; is {
			count++
		}
	}
	if count > 1 {
		t.Errorf("%d of the low top five in one hour", count)
	}
}

func TestOneRecordingOfASong(t *testing.T) {
	b := newTable()
	f := segue.NoFeatures()
	for i, title := range []string{"Moss", "Moss - Remastered 2011", "Moss (Live)", "Moss (feat. Ada Venn)", "Fern", "Moss"} {
		artist := "Hanne Lund"
		if i == 5 {
			artist = "Somebody Else"
		}
		b.add(fmt.Sprint(i), title, "", []string{artist}, 200_000, f)
	}
	b.c.Recording[4] = 5 // a reissue under another name
	lib := &Library{Catalog: &b.c, artists: newNames(b.c.Artists), titles: newSongTitles(b.c.Title)}
	got, n := songs(lib, []int32{0, 1, 2, 3, 4, 5})
	if got[0] != got[1] || got[0] != got[2] || got[0] != got[3] || got[4] != got[5] || got[0] == got[4] || n != 2 {
		t.Errorf("songs are %v", got)
	}
}

func TestExclusions(t *testing.T) {
	c, at := synthetic(1, 1, 1)
	c.Genres = segue.Lists{Values: []string{"Black Metal"}, Index: []int32{0}, Offset: []int32{0, 1}}
	c.Explicit[0] = segue.Yes
	has := func(x Exclusions) bool {
		x, err := x.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		lib, err := NewLibrary(Library{Catalog: c, Positions: at})
		if err != nil {
			t.Fatal(err)
		}
		return newEligible(lib, x, limits{}).has(0)
	}
	for name, x := range map[string]Exclusions{
		"artist": {Artists: []string{"ärtist 0"}}, "track": {Tracks: []string{"t00000"}}, "genre": {Genres: []string{"black-metal"}},
		"explicit": {Explicit: true}, "short": {MinLength: 9 * time.Minute}, "long": {MaxLength: 90 * time.Second},
	} {
		if has(x) {
			t.Errorf("%s is not excluded", name)
		}
	}
	if !has(Exclusions{}) {
		t.Error("excluded by nothing")
	}
	c.Feature[segue.Speechiness][0] = .5
	if has(Exclusions{}) {
		t.Error("talk is not excluded")
	}
}

func TestErrors(t *testing.T) {
	lib := syntheticLibrary(t, 50, 4, 50, false)
	ctx := context.Background()
	for name, r := range map[string]Request{
		"minutes":  {Minutes: 5},
		"long":     {Minutes: 181},
		"arm":      {Arm: "fast"},
		"off":      {From: segue.Affect{Valence: 1.2}},
		"nowhere":  {From: segue.Nowhere()},
		"curve":    {Arc: ArcOptions{Curve: "wavy"}},
		"no shift": {Arc: ArcOptions{Hold: .6, Sustain: .4}},
	} {
		if _, err := Plan(ctx, lib, r); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Plan(ctx, lib, Request{Exclude: Exclusions{MinLength: 9 * time.Minute}}); !errors.Is(err, ErrNoPlaylist) {
		t.Errorf("all excluded: %v", err)
	}
	for _, n := range []int{0, 1} {
		if _, err := Plan(ctx, syntheticLibrary(t, n, 5, 1, false), request(t, "calm", "happy", 60)); !errors.Is(err, ErrNoPlaylist) {
			t.Errorf("%d tracks: %v", n, err)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Plan(ended, lib, request(t, "calm", "happy", 60)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSmallCatalogueSaysWhatWasRelaxed(t *testing.T) {
	for artists, want := range map[int]string{2: "shorter arc", 5: "artist cap"} {
		p := mustPlan(t, syntheticLibrary(t, 30, 6, artists, false), request(t, "angry", "calm", 60))
		said := false
		for _, x := range p.Relaxed {
			said = said || x.Rule == want && x.Text != "" && x.Help != ""
		}
		if !said {
			t.Errorf("%d artists: relaxed %+v, want the %s among it", artists, p.Relaxed, want)
		}
	}
}

// TestArms: the compensatory arm is at the target from the first track, the
// shuffle arm plays the listener's own.
func TestArms(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 9, 700, true)
	r := request(t, "angry", "calm", 60)
	r.Arm = Compensatory
	p := mustPlan(t, lib, r)
	if d := p.Tracks[0].Position().Distance(r.To); d > .1 {
		t.Errorf("compensatory starts %g from the target", d)
	}
	for _, k := range p.Tracks {
		if k.Target != [2]float64{r.To.Valence, r.To.Arousal} || k.Phase != Sustain {
			t.Errorf("compensatory plans %v, %s", k.Target, k.Phase)
		}
	}
	r.Arm = Shuffle
	p = mustPlan(t, lib, r)
	for _, k := range p.Tracks {
		if lib.Heard.Completed(k.row) == 0 {
			t.Errorf("shuffle plays %s, which is not the listener's", k.ID)
		}
	}
	if p.Cost != nil || p.LowerBound != nil || p.Gap != nil {
		t.Error("shuffle has a cost")
	}
}

func TestHeardOf(t *testing.T) {
	c, _ := synthetic(4, 1, 4)
	c.Recording = []int32{0, 0, 2, 3}
	c.DurationMS = []int32{200_000, 200_000, 200_000, 200_000} // a play of three minutes is 90 % of it
	end := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	play := func(days int, skipped bool) segue.Play {
		return segue.Play{EndedAt: end.AddDate(0, 0, -days), Played: 3 * time.Minute, Skipped: segue.TristateOf(skipped)}
	}
	at := func(row int32) segue.Match { return segue.Match{Row: row, Rung: segue.ByID} }
	// No skip, but left after 110 of 200 s: heard, not finished. Nor is one of 20 s
	// that the export calls no skip.
	left, short := play(1, false), play(1, false)
	left.Played, left.Skipped, short.Played = 110*time.Second, segue.Unknown, 20*time.Second
	h := HeardOf(c, []segue.Play{play(40, false), play(3, false), play(2, true), play(0, false), play(0, false), left, short},
		[]segue.Match{at(0), at(1), at(1), at(2), {Row: -1}, at(3), at(3)})
	for row, want := range []HeardCount{{3, 2, 1}, {3, 2, 1}, {1, 1, 1}, {2, 0, 2}} {
		if got := h.Count(int32(row)); got != want {
			t.Errorf("row %d: %+v, want %+v", row, got, want)
		}
	}
}

// TestWords keeps claims and clinical words out of everything shown.
func TestWords(t *testing.T) {
	racetest.Alone(t)
	var all []string
	for seed := range uint64(4) {
		for _, heard := range []bool{false, true} {
			lib := syntheticLibrary(t, 60+400*int(seed), seed, 40, heard)
			for _, arm := range []Arm{Iso, Compensatory, Shuffle} {
				r := request(t, "sad", "content", 45)
				r.Arm, r.Seed, r.Night = arm, seed, seed%2 == 0
				p, err := Plan(context.Background(), lib, r)
				if err != nil {
					all = append(all, err.Error())
					continue
				}
				for _, k := range p.Tracks {
					all = append(all, k.Reason)
				}
				for _, x := range p.Relaxed {
					all = append(all, x.Text, x.Help)
				}
				all = append(all, p.Notes...)
			}
		}
	}
	text := strings.ToLower(strings.Join(all, "\n"))
	for _, bad := range []string{"depress", "disorder", "symptom", "diagnos", "patient", "unstable", "mental state", "risk score", "treats", "therapy", "proven", "nan", "%!"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is said", bad)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		lib := syntheticLibrary(b, n, 1, n/5, true)
		r := request(b, "angry", "calm", 60)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				mustPlan(b, lib, r)
			}
		})
	}
}
