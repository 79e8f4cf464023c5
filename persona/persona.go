package persona

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"segue"
	"segue/internal/parallel"
	"segue/language"
)

// The confidence in a persona. (d)
const (
	DefaultResamples = 500
	ClearlyFrom      = 0.80 // "clearly"
	MostlyFrom       = 0.60 // "mostly"; below, "between"
)

// Options of PersonaOf. The zero value is the shipped tree and reference, 500
// resamples and the seed 0.
type Options struct {
	Tree      *Tree        // nil: PersonaTree()
	Reference *Reference   // nil: SyntheticReference()
	Gates     []segue.Gate // data gates; one closed and the answer is "Still tuning"
	Resamples int          // bootstrap resamples; 0: DefaultResamples
	Seed      uint64
}

// A Resample draws one bootstrap resample of the listener's sessions (never of
// plays: docs/science.md §3) and returns its habits. It is called from many
// goroutines at once, each with its own rng.
type Resample func(rng *rand.Rand) segue.Habits

// Persona is the answer: a style, how sure it is, and why.
type Persona struct {
	Kind           string                  `json:"kind"` // "tide" … or "tuning"
	Name           string                  `json:"name"` // "Tide" … or "Still tuning"
	Colour         string                  `json:"colour"`
	Line           string                  `json:"line"`
	Text           string                  `json:"text"`
	FunFact        string                  `json:"fun_fact"`       // may be shown on a card: no mood, night or date
	Words          string                  `json:"words"`          // how sure: "mostly Tide (in 341 of 500 resamples of your sessions)"
	Confidence     segue.Number            `json:"confidence"`     // share of resamples with the same answer, [0, 1]; null if not computed
	Resamples      int                     `json:"resamples"`      // how many that share rests on
	RunnerUp       *string                 `json:"runner_up"`      // the next most frequent answer's name; null if there was none
	Shares         []KindShare             `json:"shares"`         // of the resamples, by kind
	Path           Path                    `json:"path"`           // why
	Counterfactual *Counterfactual         `json:"counterfactual"` // null if no single change would matter
	Percentiles    map[string]segue.Number `json:"percentiles"`    // by dimension, in the reference population
	Reference      string                  `json:"reference"`
	Synthetic      bool                    `json:"synthetic_reference"`
	Gates          []segue.Gate            `json:"gates"`
	Defaults       *Defaults               `json:"defaults"` // null while still tuning
}

// KindShare is how often the resamples gave one answer.
type KindShare struct {
	Kind  string  `json:"kind"`
	Share float64 `json:"share"` // [0, 1]
}

// PersonaOf names the listening style of habits. Each dimension becomes a
// percentile of the reference population, and the tree decides; where an option
// is nil the shipped one is used.
//
// Every dimension the tree asks about must be known: a style that rests on what
// could not be measured would be made up. A last gate counts them. While any
// gate is closed the answer is "Still tuning", and no percentile is given.
//
// The confidence is the share of session-bootstrap resamples that come to the
// same answer: ≥ 0.80 "clearly", ≥ 0.60 "mostly", below that "between X and Y".
// It is null if resample is nil or a gate is closed. Resample i draws from
// PCG(seed, i), so the answer does not depend on the number of processors.
//
// It returns ctx's error if ctx ends first; nothing else fails. It panics if the
// tree does not decide personas.
func PersonaOf(ctx context.Context, h segue.Habits, resample Resample, o Options) (*Persona, error) {
	o = o.withDefaults()
	o.Gates = append(slices.Clip(o.Gates), o.measured(h))
	if h.ExplorationRarefied {
		o.Tree = o.Tree.rarefied(h)
	}
	values := o.Reference.values(h, o.Gates)
	d, path := o.Tree.Decide(values)
	p := &Persona{
		Kind: d.Kind, Name: d.Title, Text: d.Text, Path: path,
		Confidence: segue.Missing(), Percentiles: map[string]segue.Number{},
		Reference: o.Reference.Name(), Synthetic: o.Reference.Synthetic(),
		Gates: o.Gates, Shares: []KindShare{},
	}
	for _, dim := range Dimensions() {
		p.Percentiles[dim.String()] = segue.Missing()
		if d.Kind != Tuning {
			p.Percentiles[dim.String()] = segue.Number(values[dim.String()])
		}
	}
	if c, ok := o.Tree.Counterfactual(values); ok {
		p.Counterfactual = &c
	}
	s, ok := StyleOf(d.Kind)
	if !ok {
		p.Line, p.Words = d.Text, "Still tuning: there is not enough to tell yet"
		return p, ctx.Err()
	}
	p.Colour, p.Line, p.Text, p.Defaults = s.Colour, s.Line, s.Text, &s.Defaults
	p.FunFact = FunFact(h, o.Reference)
	p.Words = p.Name
	if resample == nil {
		return p, ctx.Err()
	}
	shares, err := confidence(ctx, resample, o)
	if err != nil {
		return nil, err
	}
	p.weigh(shares, o)
	return p, nil
}

func (o Options) withDefaults() Options {
	if o.Tree == nil {
		o.Tree = PersonaTree()
	}
	if o.Tree.Purpose() != DecidePersona {
		panic(fmt.Sprintf("persona: PersonaOf: the tree decides %q", o.Tree.Purpose()))
	}
	if o.Reference == nil {
		o.Reference = SyntheticReference()
	}
	if o.Resamples == 0 {
		o.Resamples = DefaultResamples
	}
	if o.Resamples < 0 {
		panic("persona: PersonaOf: resamples below 0")
	}
	if o.Gates == nil {
		o.Gates = []segue.Gate{}
	}
	return o
}

// measured is the gate of the dimensions the tree asks about: how many of them
// have a percentile.
func (o Options) measured(h segue.Habits) segue.Gate {
	g := segue.Gate{Name: "persona: habits that could be measured"}
	for _, d := range Dimensions() {
		if !o.Tree.asks(d.String()) {
			continue
		}
		g.Need++
		if !math.IsNaN(o.Reference.Percentile(d, h)) {
			g.Have++
		}
	}
	return g
}

// asks reports whether a question of the tree is about the feature.
func (t *Tree) asks(feature string) bool {
	for _, n := range t.node {
		if n.Feature == feature {
			return true
		}
	}
	return false
}

// rarefied returns the tree with the words of its questions about exploration
// changed to what short histories measure: different tracks, not new artists.
func (t *Tree) rarefied(h segue.Habits) *Tree {
	reach := language.Text("your plays reach the line with their different tracks (too little is known of the weeks before to tell which artists are new)")
	below := language.Text("your plays stay below the line with their different tracks (too little is known of the weeks before to tell which artists are new)")
	u := *t
	u.feature, u.node = maps.Clone(t.feature), maps.Clone(t.node)
	name := Exploration.String()
	if f, ok := u.feature[name]; ok {
		f.Label = Exploration.LabelOf(h)
		u.feature[name] = f
	}
	for id, n := range u.node {
		if n.Feature != name {
			continue
		}
		n.YesText, n.NoText = reach, below
		if n.Op == Below {
			n.YesText, n.NoText = n.NoText, n.YesText
		}
		u.node[id] = n
	}
	return &u
}

// confidence returns the share of resamples that come to each kind, in the order
// of the tree's kinds; kinds never reached have a share of 0.
func confidence(ctx context.Context, resample Resample, o Options) ([]KindShare, error) {
	kinds := make([]string, o.Resamples)
	err := parallel.Chunks(ctx, o.Resamples, 16, func(_, lo, hi int) {
		for i := lo; i < hi && ctx.Err() == nil; i++ {
			h := resample(rand.New(rand.NewPCG(o.Seed, uint64(i))))
			kinds[i] = o.Tree.kind(o.Reference.values(h, o.Gates))
		}
	})
	if err != nil {
		return nil, err
	}
	var shares []KindShare
	for _, k := range o.Tree.file.Kinds {
		n := 0
		for _, got := range kinds {
			if got == k {
				n++
			}
		}
		shares = append(shares, KindShare{k, float64(n) / float64(o.Resamples)})
	}
	return shares, nil
}

// weigh fills in how sure the answer is.
func (p *Persona) weigh(shares []KindShare, o Options) {
	runnerUp := KindShare{}
	for _, s := range shares {
		switch {
		case s.Kind == p.Kind:
			p.Confidence = segue.Number(s.Share)
		case s.Share > runnerUp.Share:
			runnerUp = s
		}
		if s.Share > 0 {
			p.Shares = append(p.Shares, s)
		}
	}
	p.Resamples = o.Resamples
	if runnerUp.Kind != "" {
		name := o.Tree.title(runnerUp.Kind)
		p.RunnerUp = &name
	}
	c := float64(p.Confidence)
	same := int(math.Round(c * float64(o.Resamples)))
	of := fmt.Sprintf("in %d of %d resamples of your sessions", same, o.Resamples)
	switch {
	case c >= ClearlyFrom:
		p.Words = fmt.Sprintf("clearly %s (%s)", p.Name, of)
	case c >= MostlyFrom || p.RunnerUp == nil:
		p.Words = fmt.Sprintf("mostly %s (%s)", p.Name, of)
	default:
		p.Words = fmt.Sprintf("between %s and %s (%s %s)", p.Name, *p.RunnerUp, p.Name, of)
	}
}

// title returns the name of a kind: its first leaf's.
func (t *Tree) title(kind string) string {
	for _, l := range t.file.Leaves {
		if l.Kind == kind {
			return l.Title
		}
	}
	return kind
}

// FunFact returns one thing about the listening that may be shown to others:
// how much was new (of a short history, how many tracks differ), or how much went to favourites, whichever is further from
// the middle of the reference population. It says nothing of mood, of the night,
// or of dates. It is empty if neither is known.
func FunFact(h segue.Habits, r *Reference) string {
	e, l := h.Exploration, h.Loyalty
	distance := func(d Dimension) float64 {
		q := r.Percentile(d, h)
		if math.IsNaN(q) {
			return -1
		}
		return math.Abs(q - 0.5)
	}
	switch {
	case distance(Exploration) < 0 && distance(Loyalty) < 0:
		return ""
	case distance(Exploration) >= distance(Loyalty) && h.ExplorationRarefied:
		return fmt.Sprintf(facts[0], int(math.Round(50*e)))
	case distance(Exploration) >= distance(Loyalty):
		return fmt.Sprintf(facts[1], percent(e))
	}
	return fmt.Sprintf(facts[2], percent(l))
}

// facts are what can be shared; each holds one number.
var facts = [...]string{
	language.Text("Any 50 plays hold about %d different tracks."),
	language.Text("%d of every 100 minutes went to artists new to these ears."),
	language.Text("Ten favourite artists share %d of every 100 minutes."),
}

// FunFactIn says the persona's fun fact in a language; nil is English.
func (p *Persona) FunFactIn(t *language.Tongue) string {
	for _, fact := range facts {
		var n int
		if _, err := fmt.Sscanf(p.FunFact, fact, &n); err == nil && fmt.Sprintf(fact, n) == p.FunFact {
			return t.Say(fact, n)
		}
	}
	return p.FunFact
}

func percent(share float64) int { return int(math.Round(100 * share)) }
