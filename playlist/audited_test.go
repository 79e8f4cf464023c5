package playlist_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
	"segue/matrix"
	"segue/playlist"
)

// audited plans a request and audits the answer.
func audited(t testing.TB, fail func(string, ...any), lib *playlist.Library, r playlist.Request) (*playlist.Playlist, error) {
	p, err := playlist.Plan(context.Background(), lib, r)
	if err != nil {
		return nil, err
	}
	if _, err := json.Marshal(p); err != nil {
		fail("%v", err)
	}
	u := audit{fail: fail, lib: lib, rows: playlist.CandidateRows(t, lib, r), r: r, p: p}
	u.run()
	return p, nil
}

// invented returns a library of n tracks drawn at random: with reissues, versions,
// credits of several artists, odd lengths and missing features.
func invented(t testing.TB, n, artists int, seed uint64, heard, model bool) *playlist.Library {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 99))
	c := &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}}
	for i := range artists {
		c.Artists.Values = append(c.Artists.Values, fmt.Sprintf("Name%d", i))
	}
	for f := range c.Feature {
		c.Feature[f] = make([]float32, n)
		for i := range n {
			c.Feature[f][i] = float32(math.NaN())
		}
	}
	nan := func(f segue.Feature, i int, v float64) {
		if rng.IntN(12) > 0 {
			c.Feature[f][i] = float32(v)
		}
	}
	l := playlist.Library{Catalog: c}
	for i := range n {
		c.ID = append(c.ID, fmt.Sprintf("id%04d", i))
		c.Title = append(c.Title, fmt.Sprintf("Piece %d", rng.IntN(n+1)))
		c.DurationMS = append(c.DurationMS, int32(30_000+rng.IntN(600_000)/(1+rng.IntN(3))))
		c.Explicit = append(c.Explicit, segue.Tristate(rng.IntN(3)))
		c.Recording = append(c.Recording, int32(i))
		if i > 0 && rng.IntN(15) == 0 {
			c.Recording[i] = c.Recording[rng.IntN(i)]
		}
		for range 1 + rng.IntN(5)/3 {
			c.Artists.Index = append(c.Artists.Index, int32(rng.IntN(artists)))
		}
		c.Artists.Offset = append(c.Artists.Offset, int32(len(c.Artists.Index)))
		at := segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}
		if rng.IntN(40) == 0 {
			at = segue.Nowhere()
		}
		l.Positions = append(l.Positions, at)
		nan(segue.Tempo, i, 60+120*rng.Float64())
		nan(segue.Key, i, float64(rng.IntN(12)))
		nan(segue.Mode, i, float64(rng.IntN(2)))
		nan(segue.Speechiness, i, rng.Float64()*rng.Float64())
		nan(segue.Liveness, i, rng.Float64())
		if model && at.Known() {
			l.SpaceRows = append(l.SpaceRows, int32(i))
		}
	}
	if model {
		l.Space = matrix.New(len(l.SpaceRows), 3)
		for j := range 3 {
			for i := range l.SpaceRows {
				l.Space.Col(j)[i] = rng.NormFloat64()
			}
		}
	}
	if heard {
		counts := map[int32]playlist.HeardCount{}
		for i := range n {
			if int(c.Recording[i]) == i && rng.IntN(2) == 0 {
				plays := rng.IntN(12)
				done := rng.IntN(plays + 1)
				counts[int32(i)] = playlist.HeardCount{Plays: plays, Completed: done, Recent: rng.IntN(done + 1)}
			}
		}
		l.Heard = playlist.NewHeard(c, counts)
	}
	lib, err := playlist.NewLibrary(l)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func drawPlace(t *rapid.T, name string) (segue.Affect, string) {
	if a := segue.Anchors()[rapid.IntRange(0, 5).Draw(t, name+" anchor")]; rapid.Bool().Draw(t, name+" is an anchor") {
		return a.At, a.Name
	}
	f := rapid.Float64Range(0, 1)
	return segue.Affect{Valence: f.Draw(t, name+" valence"), Arousal: f.Draw(t, name+" arousal")}, ""
}

// TestEveryPlanIsAsItSays audits plans of random requests over random music.
func TestEveryPlanIsAsItSays(t *testing.T) {
	racetest.Alone(t)
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SampledFrom([]int{2, 5, 40, 120, 400}).Draw(rt, "tracks")
		lib := invented(t, n, rapid.IntRange(1, n).Draw(rt, "artists"), rapid.Uint64().Draw(rt, "catalogue"),
			rapid.Bool().Draw(rt, "heard"), rapid.Bool().Draw(rt, "model"))
		r := playlist.Request{
			Minutes: rapid.IntRange(10, 180).Draw(rt, "minutes"), Seed: rapid.Uint64().Draw(rt, "seed"), Night: rapid.Bool().Draw(rt, "night"),
			Arm: rapid.SampledFrom([]playlist.Arm{playlist.Iso, playlist.Iso, playlist.Compensatory, playlist.Shuffle}).Draw(rt, "arm"),
		}
		r.From, r.FromName = drawPlace(rt, "from")
		r.To, r.ToName = drawPlace(rt, "to")
		r.Exclude.Explicit = rapid.Bool().Draw(rt, "explicit")
		if rapid.Bool().Draw(rt, "exclude") {
			r.Exclude = playlist.Exclusions{
				Artists: []string{"NAME0", "name1"}, Tracks: []string{"id0003"}, MinLength: 2 * time.Minute, MaxLength: 6 * time.Minute, MaxSpeech: .5, MaxLive: .4,
			}
		}
		if rapid.Bool().Draw(rt, "own arc") {
			r.Arc = playlist.ArcOptions{
				Hold: rapid.SampledFrom([]float64{-1, 0, .1, .4}).Draw(rt, "hold"), Sustain: rapid.SampledFrom([]float64{-1, 0, .1, .5}).Draw(rt, "sustain"),
				Curve: rapid.SampledFrom([]playlist.Curve{"", playlist.Linear, playlist.MinimumJerk}).Draw(rt, "curve"),
				Lead:  rapid.SampledFrom([]playlist.Lead{"", playlist.LeadNone, playlist.LeadArousal, playlist.LeadValence}).Draw(rt, "lead"),
			}
			if r.Arc.Lead != "" && rapid.Bool().Draw(rt, "waypoint") {
				via, _ := drawPlace(rt, "via")
				r.Arc.Waypoints = []segue.Affect{via}
			}
		}
		if rapid.Bool().Draw(rt, "own familiarity") {
			f := rapid.Float64Range(0, 1)
			r.Familiarity = &[3]float64{f.Draw(rt, "first"), f.Draw(rt, "second"), f.Draw(rt, "third")}
		}
		if rapid.Bool().Draw(rt, "style") {
			r.Matched, r.StepFactor = rapid.IntRange(0, 3).Draw(rt, "matched"), rapid.SampledFrom([]float64{0, .75, 1}).Draw(rt, "factor")
			r.Tempo = &playlist.TempoBias{From: 100, To: 80}
		}
		if _, err := audited(t, rt.Errorf, lib, r); err != nil && !errors.Is(err, playlist.ErrNoPlaylist) {
			rt.Fatal(err)
		}
	})
}

// allTables names the environment variable that asks for all real tables and ways.
const allTables = "SEGUE_ALL_TABLES"

// TestEveryWayIsAsItSays audits all 36 ways between anchors on real tracks, for
// three lengths, by day and by night, and counts how many pass every bar.
func TestEveryWayIsAsItSays(t *testing.T) {
	if testing.Short() {
		t.Skip("all ways between anchors take seconds")
	}
	patterns := []string{"tracks_sample.csv"}
	if os.Getenv(allTables) != "" {
		patterns = append(patterns, "dataset-of-*.csv")
	}
	for _, pattern := range patterns {
		lib := playlist.RealLibrary(t, pattern)
		for _, minutes := range []int{20, 60, 120} {
			for _, night := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d minutes/night %v", pattern, minutes, night), func(t *testing.T) {
					t.Parallel()
					everyWay(t, lib, minutes, night)
				})
			}
		}
	}
}

// everyWay audits the ways between all anchors. By day and by night, at each of
// these lengths, all of them pass on the real tables.
func everyWay(t *testing.T, lib *playlist.Library, minutes int, night bool) {
	var slowest time.Duration
	for i, from := range segue.Anchors() {
		for k, to := range segue.Anchors() {
			if minutes > 60 && (i+k)%3 > 0 && os.Getenv(allTables) == "" {
				continue // a third of the long ones will do every day
			}
			name := from.Name + " to " + to.Name
			r := playlist.Request{From: from.At, FromName: from.Name, To: to.At, ToName: to.Name, Minutes: minutes, Night: night, Seed: 1}
			begin := time.Now()
			p, err := audited(t, func(f string, a ...any) { t.Errorf(name+": "+f, a...) }, lib, r)
			if slowest = max(slowest, time.Since(begin)); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if bad := failing(p); bad != "" || len(p.Relaxed) > 0 {
				t.Errorf("%s: fails%s, relaxed %v", name, bad, p.Relaxed)
			}
		}
	}
	t.Logf("slowest %v", slowest)
}

// failing names the metrics beyond their bars.
func failing(p *playlist.Playlist) string {
	out := ""
	for _, c := range p.Checks {
		if c.Pass != nil && !*c.Pass {
			out += fmt.Sprintf(" %s %.3f (%.3f)", c.Metric, *c.Value, c.Bar)
		}
	}
	return out
}
