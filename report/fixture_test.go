package report

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/catalog"
	"segue/demo"
	"segue/history"
	"segue/mood"
	"segue/playlist"
	"segue/recommend"
)

// full is the demonstration taken all the way through the real steps, with less
// work than a run would put into models and curves.
var full = sync.OnceValues(func() (*recommend.Result, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "report")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	table, exports, err := demo.Write(ctx, dir, demo.DefaultSeed)
	if err != nil {
		return nil, err
	}
	r := &recommend.Result{Name: "Mai", Location: demo.Location(), Seed: 7, Demo: true}
	c, cr, err := catalog.Read(ctx, []string{table}, catalog.Options{})
	if err != nil {
		return nil, err
	}
	r.CatalogReport, r.Summary = cr, catalog.Explore(c)
	if r.Music, err = recommend.Learn(ctx, c, mood.Options{Null: true, Stability: 2, Restarts: 2, Seed: 7, Clock: func() time.Time { return time.Time{} }}); err != nil {
		return nil, err
	}
	if r.Ranking, err = mood.Importance(ctx, c, r.Music.Model().Labels(c)); err != nil {
		return nil, err
	}
	if r.Curves, err = mood.Curves(ctx, c, mood.CurveOptions{KMax: 7, Seed: 7}); err != nil {
		return nil, err
	}
	plays, hr, err := history.Read(ctx, exports, history.Options{Now: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, err
	}
	r.HistoryReport = hr
	if err := listen(ctx, r, plays); err != nil {
		return nil, err
	}
	r.Steps = []recommend.Step{{Name: "catalogue", Seconds: .31}, {Name: "training", Seconds: 2.4}, {Name: "history", Seconds: .2}}
	return r, nil
})

// listen adds a history and an hour to a result.
func listen(ctx context.Context, r *recommend.Result, plays []segue.Play) (err error) {
	if r.Listener, err = recommend.Listen(ctx, r.Music, plays, recommend.ListenOptions{Location: r.Location, Seed: 7}); err != nil {
		return err
	}
	if r.Profile, err = recommend.ProfileOf(ctx, r.Listener, recommend.ProfileOptions{Seed: 7}); err != nil {
		return err
	}
	r.Playlist, err = recommend.Plan(ctx, r.Music, r.Listener, r.Profile, recommend.Wish{From: "angry", Seed: 7})
	return err
}

// results returns the kinds of result a page is made of.
func results(t testing.TB) map[string]*recommend.Result {
	t.Helper()
	whole, err := full()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*recommend.Result{"full": whole}

	// Without a history, and without an hour because nobody named a start.
	bare := *whole
	bare.Name, bare.Listener, bare.Profile, bare.HistoryReport, bare.Playlist, bare.Demo = "", nil, nil, nil, nil, false
	out["no history"] = &bare

	// Two weeks of listening: every gate closed.
	young := *whole
	plays := whole.Listener.Listening.Plays
	if err := listen(context.Background(), &young, plays[:120]); err != nil {
		t.Fatal(err)
	}
	out["gates closed"] = &young

	// A catalogue that was only placed, no model, no account, and names that
	// would break out of a careless page.
	placed := *whole
	placed.Name = `<script>alert("Ada")</script> & 日本語`
	placed.Music = &recommend.Music{Catalog: whole.Music.Catalog, Plane: whole.Music.Plane, Positions: whole.Music.Positions}
	placed.CatalogReport, placed.Ranking, placed.Curves = nil, nil, nil
	out["placed only"] = &placed
	return out
}

// planned are hours of every kind, made of the demonstration's music.
var planned = sync.OnceValues(func() (map[string]*playlist.Playlist, error) {
	r, err := full()
	if err != nil {
		return nil, err
	}
	out := map[string]*playlist.Playlist{}
	for name, w := range map[string]recommend.Wish{
		"way":          {From: "angry", To: "calm"},
		"waypoint":     {From: "sad", To: "happy"},
		"night":        {From: "angry", To: "calm", Night: true},
		"stay":         {From: "calm", To: "calm"},
		"short":        {From: "angry", To: "calm", Minutes: 10},
		"long":         {From: "anxious", To: "calm", Minutes: 180},
		"compensatory": {From: "sad", To: "content", Arm: playlist.Compensatory},
		"shuffle":      {From: "angry", To: "calm", Arm: playlist.Shuffle},
		"corner":       {From: ".01,.99", To: ".99,.01"},
	} {
		if out[name], err = recommend.Plan(context.Background(), r.Music, r.Listener, nil, w); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// hours returns hours of every kind, and one that holds everything an hour can
// say.
func hours(t testing.TB) map[string]*playlist.Playlist {
	t.Helper()
	made, err := planned()
	if err != nil {
		t.Fatal(err)
	}
	out := maps.Clone(made)
	told := *out["way"]
	told.Tracks = slices.Clone(told.Tracks)
	familiar, less, ratio, near, far, gap, cost, bound := true, false, .93, 0, playlist.KeyCut, .0181, .0213, .0209
	told.Tracks[0].Locked, told.Tracks[0].Familiar, told.Tracks[0].Step, told.Tracks[0].RunnerUp = true, &familiar, nil, nil
	told.Tracks[1].Wished, told.Tracks[1].Familiar = true, &less
	told.Tracks[1].Step = &playlist.Step{Distance: .06, Tempo: &ratio, Key: &near}
	told.Tracks[1].RunnerUp = &playlist.Alternative{Title: "<Other> & tune", Artists: []string{"A", "B"}, Why: "Further from the plan: 0.10 on the plane, not 0.04."}
	told.Tracks[2].Step, told.Tracks[2].RunnerUp = &playlist.Step{Distance: .1, Key: &far}, &playlist.Alternative{Title: "Alone"}
	told.Tracks[2].Title = "A title that goes on and on and on and on and on and on, 日本語の長い題名です"
	told.Gap, told.Cost, told.LowerBound = &gap, &cost, &bound
	told.Certificate = &playlist.Certificate{Viterbi: .015, Lagrangian: .02, Search: .02095, Rounds: 60}
	told.Tradeoffs = []string{"It gives a smooth tempo for a place nearer to the plan."}
	told.Relaxed = []playlist.Relaxation{{Rule: "familiarity", Text: "Fewer familiar tracks than planned.", Help: "More plays would help."}}
	told.Notes = []string{"Something the limits changed.", strings.Repeat("A long note that needs more than one line. ", 8)}
	out["told"] = &told
	return out
}

// render returns the page of a result.
func render(t testing.TB, r *recommend.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestKeep writes the pages to a folder, to be looked at; it does nothing unless
// REPORT_OUT names one.
func TestKeep(t *testing.T) {
	dir := os.Getenv("REPORT_OUT")
	if dir == "" {
		t.Skip("REPORT_OUT names no folder to keep the pages in")
	}
	for name, r := range results(t) {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), render(t, r), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
