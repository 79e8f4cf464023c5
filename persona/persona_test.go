package persona

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"segue"
	"segue/language"
)

// Independent uniform percentiles give each style exactly 1/6
// (docs/science.md §5): 1/6 · (5/6)(1/5) · (5/6)(4/5)(1/4) · (2/3)(3/4)(1/3) ·
// and (1/2)(2/3)(1/2) twice. With n = 120,000 the standard error is 0.0011.
func TestEachStyleHasASixth(t *testing.T) {
	const n = 120000
	rng := rand.New(rand.NewPCG(7, 7))
	count := map[string]int{}
	for range n {
		v := Values{"gates_open": 1}
		for _, d := range Dimensions() {
			v[d.String()] = rng.Float64()
		}
		count[PersonaTree().kind(v)]++
	}
	for _, s := range Styles() {
		if share := float64(count[s.Kind]) / n; math.Abs(share-1./6) > 0.005 {
			t.Errorf("%s has a share of %.4f", s.Name, share)
		}
	}
	if count[Tuning] != 0 {
		t.Errorf("%d still tuning", count[Tuning])
	}
}

func TestShippedThresholds(t *testing.T) {
	want := map[string]float64{"ground": 5. / 6, "late": .80, "new": .75, "soft": 1. / 3, "bright": .5, "enough": 1}
	for _, n := range PersonaTree().Questions() {
		if n.Threshold != want[n.ID] {
			t.Errorf("%s: threshold %v, want %v", n.ID, n.Threshold, want[n.ID])
		}
	}
}

// at makes habits that lie at given percentiles of the shipped reference.
func at(swing, night, exploration, arousal, valence float64) segue.Habits {
	q := func(d Dimension, p float64) float64 { return SyntheticReference().q[d][int(math.Round(100*p))] }
	return segue.Habits{
		Swing: q(Swing, swing), Night: q(Night, night), Exploration: q(Exploration, exploration),
		Arousal: q(Arousal, arousal), Valence: q(Valence, valence), Loyalty: q(Loyalty, .5),
	}
}

func TestPersonaByHand(t *testing.T) {
	open := []segue.Gate{{Name: "plays", Have: 500, Need: 500}}
	cases := []struct {
		h    segue.Habits
		want string
	}{
		{at(.90, .95, .95, .10, .90), "Tide"}, // the first question that passes decides
		{at(.50, .85, .95, .10, .90), "Lantern"},
		{at(.50, .50, .80, .10, .90), "Compass"},
		{at(.50, .50, .50, .20, .90), "Harbor"},
		{at(.50, .50, .50, .50, .60), "Spark"},
		{at(.50, .50, .50, .50, .40), "Forge"},
	}
	for _, c := range cases {
		p, err := PersonaOf(context.Background(), c.h, nil, Options{Gates: open})
		if err != nil || p.Name != c.want || p.Line == "" || p.Defaults == nil || p.Confidence.Known() || p.RunnerUp != nil {
			t.Errorf("want %s, got %+v, %v", c.want, p, err)
		}
		if p.Counterfactual == nil || p.Counterfactual.Title == p.Name || !p.Synthetic {
			t.Errorf("%s: counterfactual %+v", c.want, p.Counterfactual)
		}
	}
	shut := []segue.Gate{{Name: "plays", Have: 499, Need: 500}}
	p, err := PersonaOf(context.Background(), cases[0].h, func(*rand.Rand) segue.Habits { panic("not asked") }, Options{Gates: shut})
	if err != nil || p.Kind != Tuning || p.Name != "Still tuning" || p.Defaults != nil || p.FunFact != "" || p.Counterfactual != nil {
		t.Errorf("a closed gate: %+v, %v", p, err)
	}
	b, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(b), `"confidence":null`) || !strings.Contains(string(b), `"runner_up":null`) {
		t.Errorf("%s, %v", b, err)
	}
}

// A style must not rest on what nobody could measure, as with a catalogue that
// holds none of the music: every question would fall to "no", and the last leaf
// would be called certain.
func TestNothingMeasuredIsNoStyle(t *testing.T) {
	open := []segue.Gate{{Name: "plays", Have: 500, Need: 500}}
	nan := math.NaN()
	for name, change := range map[string]func(*segue.Habits){
		"no mood":           func(h *segue.Habits) { h.Swing, h.Arousal, h.Valence = nan, nan, nan },
		"no artists":        func(h *segue.Habits) { h.Exploration = nan },
		"unasked, but fine": func(h *segue.Habits) { h.Loyalty = nan },
	} {
		h := at(.5, .5, .5, .5, .4)
		change(&h)
		p, err := PersonaOf(context.Background(), h, func(*rand.Rand) segue.Habits { return h }, Options{Gates: open})
		if err != nil {
			t.Fatal(err)
		}
		last := p.Gates[len(p.Gates)-1]
		if name == "unasked, but fine" {
			if p.Kind != "forge" || last.Have != 5 || last.Need != 5 || !p.Percentiles["swing"].Known() {
				t.Errorf("%s: %+v", name, p)
			}
			continue
		}
		if p.Kind != Tuning || last.Open() || p.Confidence.Known() || p.Counterfactual != nil || p.Defaults != nil {
			t.Errorf("%s: %+v", name, p)
		}
		for d, q := range p.Percentiles {
			if q.Known() {
				t.Errorf("%s: below the gate %s has percentile %v", name, d, q)
			}
		}
	}
	if len(open) != 1 || cap(open) != 1 {
		t.Error("the caller's gates changed")
	}
}

// Of a short history exploration is measured by different tracks: it is ranked
// among its like, it can lead to Compass, and no text speaks of new artists.
func TestShortHistory(t *testing.T) {
	r := SyntheticReference()
	for _, c := range []struct {
		q    int
		kind string
	}{{80, "compass"}, {70, "forge"}} {
		h := at(.5, .5, .5, .5, .4)
		h.Exploration, h.ExplorationRarefied = r.rarefied[c.q], true
		p, err := PersonaOf(context.Background(), h, func(*rand.Rand) segue.Habits { return h }, Options{})
		if err != nil || p.Kind != c.kind || math.Abs(float64(p.Percentiles["exploration"])-float64(c.q)/100) > 1e-9 || p.Confidence != 1 {
			t.Fatalf("percentile %d: %+v, %v", c.q, p, err)
		}
		text := p.FunFact + p.Counterfactual.Text
		for _, s := range p.Path {
			text += s.Text
		}
		if strings.Contains(text, "new to") || strings.Contains(text, "you know") || !strings.Contains(text, "different tracks") {
			t.Errorf("percentile %d: %q", c.q, text)
		}
	}
	if old := PersonaTree(); strings.Contains(old.feature["exploration"].Label, "different") {
		t.Error("the shipped tree changed")
	}
	h := segue.Habits{Exploration: r.rarefied[99], ExplorationRarefied: true, Loyalty: math.NaN()}
	if got, want := FunFact(h, r), "Any 50 plays hold about 49 different tracks."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConfidenceWords(t *testing.T) {
	tide, harbor := at(.95, .5, .5, .2, .5), at(.5, .5, .5, .2, .5)
	cases := []struct {
		share float64
		want  string
	}{{1, "clearly Tide"}, {.9, "clearly Tide"}, {.7, "mostly Tide"}, {.4, "between Tide and Harbor"}}
	for _, c := range cases {
		draw := func(rng *rand.Rand) segue.Habits {
			if rng.Float64() < c.share {
				return tide
			}
			return harbor
		}
		p, err := PersonaOf(context.Background(), tide, draw, Options{Seed: 3})
		if err != nil || !strings.HasPrefix(p.Words, c.want) || !strings.Contains(p.Words, "of 500 resamples") {
			t.Fatalf("share %v: %q, %v", c.share, p.Words, err)
		}
		// 500 draws: the standard error is at most .022.
		if math.Abs(float64(p.Confidence)-c.share) > .08 || p.Resamples != DefaultResamples {
			t.Errorf("share %v: confidence %v", c.share, p.Confidence)
		}
		if (p.RunnerUp == nil) != (c.share == 1) {
			t.Errorf("share %v: runner-up %v", c.share, p.RunnerUp)
		}
		was := runtime.GOMAXPROCS(1)
		again, err := PersonaOf(context.Background(), tide, draw, Options{Seed: 3})
		runtime.GOMAXPROCS(was)
		if err != nil || again.Confidence != p.Confidence {
			t.Errorf("one processor gives %v, several %v", again.Confidence, p.Confidence)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p, err := PersonaOf(ctx, tide, func(*rand.Rand) segue.Habits { return tide }, Options{}); p != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v, %v", p, err)
	}
}

// Card texts are of one length, so that no style looks poorer than another.
func TestCardTextsAreOfOneLength(t *testing.T) {
	for _, part := range []struct {
		name string
		of   func(Style) string
	}{
		{"line", func(s Style) string { return s.Line }},
		{"text", func(s Style) string { return s.Text }},
	} {
		mean := 0.0
		for _, s := range Styles() {
			mean += float64(utf8.RuneCountInString(part.of(s))) / 6
		}
		for _, s := range Styles() {
			if n := float64(utf8.RuneCountInString(part.of(s))); math.Abs(n/mean-1) > 0.15 {
				t.Errorf("%s of %s has %v characters; the mean is %.0f", part.name, s.Name, n, mean)
			}
		}
	}
}

func TestStylesAreComplete(t *testing.T) {
	anchors := map[string]bool{}
	for _, a := range segue.Anchors() {
		anchors[a.Name] = true
	}
	for _, s := range Styles() {
		d := s.Defaults
		if !anchors[d.Target] || (d.FromBPM <= d.ToBPM && s.Kind != "compass") || d.StepFactor <= 0 || d.StepFactor > 1 || d.Familiarity < 0 || d.Familiarity > 1 || s.Colour == "" {
			t.Errorf("%s: %+v", s.Name, s)
		}
		if back, ok := StyleOf(s.Kind); !ok || back.Name != s.Name || PersonaTree().title(s.Kind) != s.Name {
			t.Errorf("%s is not found again", s.Name)
		}
	}
	if _, ok := StyleOf(Tuning); ok {
		t.Error("tuning is no style")
	}
}

func TestFunFact(t *testing.T) {
	r := SyntheticReference()
	nan := math.NaN()
	h := at(.5, .5, .95, .5, .5)
	if got := FunFact(h, r); !strings.Contains(got, "new to these ears") {
		t.Errorf("got %q", got)
	}
	h = at(.5, .99, .5, .99, .99)
	h.Loyalty = .85
	got := FunFact(h, r)
	if got != "Ten favourite artists share 85 of every 100 minutes." {
		t.Errorf("got %q", got)
	}
	// It depends on nothing that must not be shared.
	h.Night, h.Arousal, h.Valence, h.Swing = nan, nan, nan, nan
	if again := FunFact(h, r); again != got {
		t.Errorf("%q became %q with the mood and the night", got, again)
	}
	if got := FunFact(segue.Habits{Exploration: nan, Loyalty: nan}, r); got != "" {
		t.Errorf("nothing known: %q", got)
	}
}

func BenchmarkDecide(b *testing.B) {
	v := SyntheticReference().values(at(.5, .5, .5, .5, .4), nil)
	for b.Loop() {
		PersonaTree().Decide(v)
	}
}

func TestFunFactIn(t *testing.T) {
	vi, ok := language.Of("vi")
	if !ok {
		t.Fatal("there is no Vietnamese")
	}
	for fact, want := range map[string]string{
		"Any 50 plays hold about 49 different tracks.":              "Cứ 50 lượt nghe thì có khoảng 49 bài khác nhau.",
		"7 of every 100 minutes went to artists new to these ears.": "Cứ 100 phút thì 7 phút dành cho những nghệ sĩ lần đầu nghe.",
		"Ten favourite artists share 100 of every 100 minutes.":     "Mười nghệ sĩ được yêu thích nhất chia nhau 100 trong mỗi 100 phút.",
		"": "",
		"Ten favourite artists share 7 of every 100 minutes. Really.": "Ten favourite artists share 7 of every 100 minutes. Really.",
	} {
		p := &Persona{FunFact: fact}
		if got := p.FunFactIn(nil); got != fact {
			t.Errorf("%q is %q in English", fact, got)
		}
		if got := p.FunFactIn(vi); got != want {
			t.Errorf("%q is %q in Vietnamese, want %q", fact, got, want)
		}
	}
}
