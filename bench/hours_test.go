package bench

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/playlist"
	"segue/recommend"
)

// inventedMusic returns n invented tracks on the plane.
func inventedMusic(t testing.TB, n int) *recommend.Music {
	t.Helper()
	m, err := recommend.Place(invent(n, 7))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// 1, 2, 3 and 6 have the mean 3, the median 2.5 and the largest 6; their resamples'
// means lie between 1 and 6, around 3. One value is known exactly.
func TestEstimateByHand(t *testing.T) {
	e := estimate([]float64{6, 1, 3, 2}, 1)
	if e.Mean != 3 || e.Median != 2.5 || e.Most != 6 || !(e.Lo >= 1 && e.Lo < 3 && e.Hi > 3 && e.Hi <= 6) {
		t.Errorf("%+v", e)
	}
	if e := estimate([]float64{.25}, 1); e != (Estimate{.25, .25, .25, .25, .25}) {
		t.Errorf("%+v", e)
	}
	if estimate([]float64{6, 1, 3, 2}, 1) != e {
		t.Error("another interval the second time")
	}
}

// Two hours of three tracks with two in common: 2 of 4.
func TestJaccardByHand(t *testing.T) {
	hour := func(ids ...string) *playlist.Playlist {
		p := &playlist.Playlist{}
		for _, id := range ids {
			p.Tracks = append(p.Tracks, playlist.Track{ID: id})
		}
		return p
	}
	if got := jaccard(hour("a", "b", "c"), hour("c", "d", "b")); got != .5 {
		t.Errorf("%g, want .5", got)
	}
	if jaccard(hour("a", "b"), hour("b", "a")) != 1 || jaccard(hour("a"), hour("b")) != 0 {
		t.Error("the same tracks share all, others nothing")
	}
}

// Three cases: in the first the plan is as good as greedy and better than the mix, in
// the second worse than both, in the third there is no mix to compare with.
func TestCompareByHand(t *testing.T) {
	yes, no := true, false
	hour := func(rmse, tau float64, pass *bool) *playlist.Playlist {
		cost := 4 * rmse
		return &playlist.Playlist{Cost: &cost, Tracks: make([]playlist.Track, 2), Checks: []playlist.Check{
			{Metric: "rmse", Value: &rmse, Pass: pass}, {Metric: "progress_tau", Value: &tau, Least: true}, {Metric: "familiarity"}}}
	}
	got := compare(
		[]*playlist.Playlist{hour(.1, .9, &yes), hour(.3, .7, &no), hour(9, 9, &no)},
		[]*playlist.Playlist{hour(.1, .8, &yes), hour(.2, .9, &yes), hour(9, 9, &no)},
		[]*playlist.Playlist{hour(.4, .1, &no), hour(.2, .9, &yes), nil})
	if len(got) != 3 {
		t.Fatalf("%d metrics compared, want cost, rmse and τ", len(got))
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	cost, rmse, tau := got[0], got[1], got[2]
	// A slot costs 2·rmse: .2 and .6 of the plan, .2 and .4 of greedy, .8 and .4 of the mix.
	if cost.Metric != "cost_a_slot" || cost.Cases != 2 || !near(cost.Plan.Mean, .4) || !near(cost.Greedy.Mean, .3) || !near(cost.Mix.Mean, .6) || cost.Plan.Passed != nil {
		t.Errorf("%+v", cost)
	}
	if !near(rmse.Plan.Mean, .2) || *rmse.Plan.Passed != .5 || *rmse.Greedy.Passed != 1 || rmse.OverGreedy != .5 || rmse.OverMix != .5 {
		t.Errorf("%+v", rmse)
	}
	if !tau.Least || !near(tau.Plan.Mean, .8) || tau.OverGreedy != .5 || tau.OverMix != .5 {
		t.Errorf("%+v", tau)
	}
}

// An arc from (.2, .5) to (.6, .5) needs ten tracks around every moment.
func TestGroundByHand(t *testing.T) {
	way := playlist.Path{}
	for i := range 5 {
		way.Points = append(way.Points, playlist.Moment{Affect: segue.Affect{Valence: .2 + .1*float64(i), Arousal: .5}})
	}
	var g ground
	for range AllowingTracks {
		g.all = append(g.all, segue.Affect{Valence: .25, Arousal: .58}, segue.Affect{Valence: .4, Arousal: .5}, segue.Affect{Valence: .55, Arousal: .5})
	}
	if !g.allows(way, false) {
		t.Error("tracks near all moments do not allow it")
	}
	if g.allows(way, true) {
		t.Error("at night tracks at arousal .58 allow it")
	}
	fewer := ground{all: g.all[1:]}
	if fewer.allows(way, false) {
		t.Error("nine tracks near the start allow it")
	}
	g.heard = true
	if g.allows(way, false) {
		t.Error("with a history, no familiar track allows it")
	}
	if g.familiar = g.all[:3*AllowingFamiliar]; !g.allows(way, false) {
		t.Error("five familiar tracks near all moments do not allow it")
	}
}

func TestCasesAreWhatTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, seed := rapid.IntRange(1, 60).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
		cases := drawCases(n, 0, seed)
		if !reflect.DeepEqual(cases[:1+n/2], drawCases(1+n/2, 0, seed)) {
			t.Error("a case depends on how many there are")
		}
		for _, r := range cases {
			if r.Minutes < 20 || r.Minutes > 120 || math.Min(r.From.Valence, r.To.Arousal) < 0 || math.Max(r.From.Arousal, r.To.Valence) > 1 {
				t.Errorf("%+v", r)
			}
		}
	})
	stay, night, anchors := 0, 0, 0
	for _, r := range drawCases(4000, 0, 1) {
		if r.From == r.To {
			stay++
		}
		if r.Night {
			night++
		}
		if r.FromName != "" {
			anchors++
		}
	}
	// An eighth is asked to stay, and 7/8 · 1/4 · 1/6 happen to.
	if math.Abs(float64(stay)-4000*(1./8+7./8/24)) > 150 || math.Abs(float64(night)-1000) > 150 || math.Abs(float64(anchors)-2000) > 150 {
		t.Errorf("of 4,000 cases %d stay, %d are by night, %d from an anchor", stay, night, anchors)
	}
}

// TestHours measures hours of invented music: every figure is there and in its
// interval, and no quality depends on the number of processors.
func TestHours(t *testing.T) {
	if testing.Short() {
		t.Skip("measuring hours takes seconds")
	}
	o := HoursOptions{Music: inventedMusic(t, 3000), Cases: 4, Candidates: []int{60, 120}, Seed: 3, Rounds: 1, Large: 2000}
	stages := map[string]bool{}
	o.Progress = func(stage string, done, total int64) {
		if done > total {
			t.Errorf("%s: %d of %d", stage, done, total)
		}
	}
	before := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(before)
	r, err := Hours(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOMAXPROCS(1) != 2 {
		t.Error("the number of processors was left changed")
	}
	o.Progress = func(stage string, done, total int64) { stages[stage] = true }
	again, err := Hours(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r.Sizes, again.Sizes) || !reflect.DeepEqual(r.Seeds, again.Seeds) {
		t.Error("qualities depend on the number of processors")
	}
	if len(stages) < 6 {
		t.Errorf("progress of %v only", stages)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	if r.Tracks != 3000 || r.Heard != 0 || len(r.Sizes) != 2 || r.Sizes[0].Planned+r.Sizes[0].Impossible != 4 {
		t.Errorf("%+v", r)
	}
	for _, s := range r.Sizes {
		if s.Gap == nil || s.Gap.Mean < 0 || s.Gap.Most > 1 || s.Passed > s.Planned || s.AllowedPassed > s.Allowed || len(s.Metrics) < 8 ||
			s.BoundAbove > 0 || s.NoDearer > s.GreedyKept {
			t.Errorf("%+v", s)
		}
		for _, m := range s.Metrics {
			if m.Metric == "cost_a_slot" && (m.OverMix < 1 || m.Plan.Mean > m.Greedy.Mean) {
				t.Errorf("%+v", m)
			}
		}
	}
	if r.Seeds == nil || r.Seeds.Overlap.Most > 1 || r.Seeds.Passed > 1 {
		t.Errorf("%+v", r.Seeds)
	}
	if h := r.Times; h == nil || h.Certified.Least <= 0 || h.Plain.P95 < h.Plain.Median || h.Edit == nil || h.Edit.Least <= 0 || h.Choice == nil || h.Choice.Tracks != 2000 || len(h.Batches) != 1 || h.Batches[0].ASecond <= 0 {
		t.Errorf("%+v", h)
	}
}

func TestHoursEnds(t *testing.T) {
	o := HoursOptions{Music: inventedMusic(t, 400), Cases: 2, Candidates: []int{60}, Rounds: 1}
	ctx, cancel := context.WithCancel(context.Background())
	o.Progress = func(string, int64, int64) { cancel() }
	if r, err := Hours(ctx, o); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("%+v, %v", r, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("nothing to measure, and no panic")
		}
	}()
	o.Cases = 0
	_, _ = Hours(context.Background(), o)
}
