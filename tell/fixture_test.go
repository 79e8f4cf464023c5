package tell

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/catalog"
	"segue/demo"
	"segue/history"
	"segue/language"
	"segue/mood"
	"segue/playlist"
	"segue/recommend"
)

// A found is what there is to tell of a listener of the demonstration.
type found struct {
	music    *recommend.Music
	listener *recommend.Listener
	profile  *recommend.Profile
	report   *history.Report
}

// listening is the demonstration taken through the real steps, and its first two
// weeks, in which every gate is closed.
var listening = sync.OnceValues(func() (map[string]found, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "tell")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	table, exports, err := demo.Write(ctx, dir, demo.DefaultSeed)
	if err != nil {
		return nil, err
	}
	c, _, err := catalog.Read(ctx, []string{table}, catalog.Options{})
	if err != nil {
		return nil, err
	}
	music, err := recommend.Learn(ctx, c, mood.Options{Restarts: 1, Seed: 7, Clock: func() time.Time { return time.Time{} }})
	if err != nil {
		return nil, err
	}
	plays, report, err := history.Read(ctx, exports, history.Options{Now: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, err
	}
	out := map[string]found{}
	for name, some := range map[string][]segue.Play{"all": plays, "young": plays[:120], "none": nil} {
		f := found{music: music, report: report}
		if f.listener, err = recommend.Listen(ctx, music, some, recommend.ListenOptions{Location: demo.Location(), Seed: 7}); err != nil {
			return nil, err
		}
		if f.profile, err = recommend.ProfileOf(ctx, f.listener, recommend.ProfileOptions{Seed: 7}); err != nil {
			return nil, err
		}
		out[name] = f
	}
	return out, nil
})

// listeners returns what there is to tell of each listener.
func listeners(t testing.TB) map[string]found {
	t.Helper()
	out, err := listening()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// planned are the hours of each language, which tests only read.
var (
	planning sync.Mutex
	planned  = map[string]map[string]*playlist.Playlist{}
)

// hours returns hours of every kind, in a language, and one that holds everything
// an hour can say. Their tracks are the caller's own.
func hours(t testing.TB, in *language.Tongue) map[string]*playlist.Playlist {
	t.Helper()
	planning.Lock()
	defer planning.Unlock()
	if planned[in.Code()] == nil {
		planned[in.Code()] = plan(t, in)
	}
	out := map[string]*playlist.Playlist{}
	for name, p := range planned[in.Code()] {
		own := *p
		own.Tracks = slices.Clone(p.Tracks)
		out[name] = &own
	}
	return out
}

func plan(t testing.TB, in *language.Tongue) map[string]*playlist.Playlist {
	t.Helper()
	f := listeners(t)["all"]
	out := map[string]*playlist.Playlist{}
	for name, w := range map[string]recommend.Wish{
		"way":          {From: "angry", To: "calm"},
		"brightening":  {From: "sad", To: "happy"},
		"night":        {From: "angry", To: "calm", Night: true},
		"stay":         {From: "calm", To: "calm"},
		"short":        {From: "anxious", To: "content", Minutes: 10},
		"compensatory": {From: "sad", To: "content", Arm: playlist.Compensatory},
		"shuffle":      {From: "angry", To: "calm", Arm: playlist.Shuffle},
		"corner":       {From: ".01,.99", To: ".99,.01"},
	} {
		p, err := recommend.PlanIn(context.Background(), in, f.music, f.listener, nil, w)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = p
	}
	told := *out["way"]
	told.Tracks = slices.Clone(told.Tracks)
	familiar, less, ratio, near, far, gap, cost, bound := true, false, .93, 0, playlist.KeyCut, .0181, .0213, .0209
	told.Tracks[0].Locked, told.Tracks[0].Familiar, told.Tracks[0].Step, told.Tracks[0].RunnerUp = true, &familiar, nil, nil
	told.Tracks[1].Wished, told.Tracks[1].Familiar = true, &less
	told.Tracks[1].Step = &playlist.Step{Distance: .06, Tempo: &ratio, Key: &near}
	told.Tracks[1].RunnerUp = &playlist.Alternative{Title: "Ω", Artists: []string{"Φ", "Ψ"}}
	told.Tracks[2].Step, told.Tracks[2].RunnerUp = &playlist.Step{Distance: .1, Key: &far}, &playlist.Alternative{Title: "Ω"}
	told.Gap, told.Cost, told.LowerBound = &gap, &cost, &bound
	told.Certificate = &playlist.Certificate{Assignment: .01, Viterbi: .015, Lagrangian: .02, Search: .02095, Rounds: 60}
	missed := false
	told.Checks = slices.Clone(told.Checks)
	for i := range told.Checks {
		told.Checks[i].Pass = &missed
	}
	out["told"] = &told
	wide := told
	wide.Gap = new(.4)
	out["wide"] = &wide
	return out
}

// plain is a text without the spaces that only matter in print.
func plain(s string) string {
	return strings.Join(strings.Fields(plainSpaces(s)), " ")
}
