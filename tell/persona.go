package tell

import (
	"math"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/persona"
	"segue/recommend"
	"segue/session"
)

// DrawTree draws a decision tree, its questions and answers, with the way taken
// by path in ink; a nil path marks none. The drawing is one wide and one narrow
// SVG; a page shows the one that fits, chart.Standalone keeps the wide one.
func DrawTree(t *language.Tongue, tree *persona.Tree, path persona.Path, cap chart.Caption) string {
	boxes := map[string]persona.Box{}
	for _, b := range tree.Nodes() {
		boxes[b.ID] = b
	}
	questions := map[string]persona.Node{}
	for _, n := range tree.Questions() {
		questions[n.ID] = n
	}
	features := featuresOf(tree)
	taken := map[string]string{}
	for _, s := range path {
		taken[s.Node] = s.Branch
	}
	var branch func(id string, on bool) *chart.Branch
	branch = func(id string, on bool) *chart.Branch {
		b := boxes[id]
		out := &chart.Branch{Text: t.Say(b.Label), OnPath: on}
		if b.Leaf() {
			return out
		}
		q := questions[id]
		out.Small = condition(t, features[q.Feature], q.Op, q.Threshold)
		out.Yes = branch(b.Yes, on && taken[id] == "yes")
		out.No = branch(b.No, on && taken[id] == "no")
		return out
	}
	cap.In = t
	return chart.DrawTree(branch(tree.Nodes()[0].ID, len(path) > 0), cap)
}

// featuresOf returns a tree's features by name.
func featuresOf(tree *persona.Tree) map[string]persona.Feature {
	features := map[string]persona.Feature{}
	for _, f := range tree.Features() {
		features[f.Name] = f
	}
	return features
}

// condition writes what a question asks as a number: "percentile 83 or more".
// Questions of yes and no need none.
func condition(t *language.Tongue, f persona.Feature, op persona.Op, threshold float64) string {
	if f.Unit == persona.Flag {
		return ""
	}
	s := amount(t, f.Unit, threshold)
	if op == persona.Below {
		return t.Say("below %s", s)
	}
	return t.Say("%s or more", s)
}

// amount writes a value in its unit.
func amount(t *language.Tongue, u persona.Unit, v float64) string {
	switch {
	case math.IsNaN(v):
		return t.Say("unknown")
	case u == persona.Percentile:
		return t.Say("percentile %s", t.Decimal(100*v, 0))
	case u == persona.Share:
		return t.Percent(v)
	}
	return bare(t, u, v)
}

// bare writes a value in its unit without the unit's name.
func bare(t *language.Tongue, u persona.Unit, v float64) string {
	switch {
	case u == persona.Percentile, u == persona.Share:
		return t.Decimal(100*v, 0)
	case v == math.Trunc(v):
		return t.Decimal(v, 0)
	}
	return t.Decimal(v, 2)
}

// A Stone is one question of the way to an answer, as a page shows it.
type Stone struct {
	Label  string // what is asked about; of a question of yes and no, the answer
	Text   string // what the answer said
	Bar    string // the value beside the threshold, empty for yes and no
	Words  string // "41 < 83"
	Turned bool   // the question that led to the answer
}

// Stones lays out a path. A tree leaves by the question that decides, which is
// the last.
func Stones(t *language.Tongue, tree *persona.Tree, path persona.Path) []Stone {
	features := featuresOf(tree)
	var out []Stone
	for i, s := range path {
		f := features[s.Feature]
		one := Stone{Label: language.Upper(t.Say(s.Label)), Text: language.Upper(t.Say(s.Answer)), Turned: i == len(path)-1}
		switch {
		case f.Unit == persona.Flag && s.Value.Known():
			one.Label, one.Text = one.Text, ""
		case !s.Value.Known():
			one.Words = t.Say("unknown")
		default:
			sign := "<"
			if float64(s.Value) >= s.Threshold {
				sign = "≥"
			}
			value, threshold := bare(t, f.Unit, float64(s.Value)), bare(t, f.Unit, s.Threshold)
			one.Words = value + language.Thin + sign + language.Thin + threshold
			on := func(v float64) float64 { return (v - f.Lo) / (f.Hi - f.Lo) }
			one.Bar = chart.DrawBar(chart.Bar{Value: on(float64(s.Value)), Threshold: on(s.Threshold), Strong: one.Turned},
				t.Say("yours %s, the path branches at %s", value, threshold))
		}
		out = append(out, one)
	}
	return out
}

// Tuned reports whether a persona is one of the six styles.
func Tuned(p *persona.Persona) bool { return p != nil && p.Kind != persona.Tuning }

// StyleName returns the name of a style.
func StyleName(t *language.Tongue, p *persona.Persona) string { return t.Say(p.Name) }

// StyleText returns a style's line and text.
func StyleText(t *language.Tongue, p *persona.Persona) string {
	return t.Say(p.Line) + " " + t.Say(p.Text)
}

// Sureness says how sure a style is, in words to stand before its name.
func Sureness(t *language.Tongue, p *persona.Persona) string {
	switch c := float64(p.Confidence); {
	case math.IsNaN(c):
		return t.Say("Your listening style")
	case c >= persona.ClearlyFrom:
		return t.Say("Your listening style, clearly")
	case c >= persona.MostlyFrom:
		return t.Say("Your listening style, mostly")
	}
	return t.Say("Your listening style, just now")
}

// Verdict is a style with how sure it is: "Harbor, mostly".
func Verdict(t *language.Tongue, p *persona.Persona) string {
	name := t.Say(p.Name)
	switch c := float64(p.Confidence); {
	case math.IsNaN(c):
		return name
	case c >= persona.ClearlyFrom:
		return t.Say("%s, clearly", name)
	case c >= persona.MostlyFrom:
		return t.Say("%s, mostly", name)
	case p.RunnerUp == nil:
		return t.Say("Mostly %s", name)
	}
	return t.Say("Between %s and %s", name, t.Say(*p.RunnerUp))
}

// Resampled says in how many resamples each style came out, empty where that was
// not computed.
func Resampled(t *language.Tongue, p *persona.Persona) string {
	if !p.Confidence.Known() || p.Resamples == 0 {
		return ""
	}
	n := func(share float64) string { return t.Count(int(math.Round(share * float64(p.Resamples)))) }
	s := t.Say("In %s of %s resamples of your sessions you came out as %s", n(float64(p.Confidence)), t.Count(p.Resamples), t.Say(p.Name))
	if p.RunnerUp != nil {
		for _, k := range p.Shares {
			if style, ok := persona.StyleOf(k.Kind); ok && style.Name == *p.RunnerUp && style.Name != p.Name {
				s += "; " + t.Say("in %s as %s", n(k.Share), t.Say(style.Name))
			}
		}
	}
	return s + ". " + t.Say("A style of listening, not a verdict on you.")
}

// Change says what would have led to another answer, up to that answer's title:
// "With the energy of your music at percentile 83 or more you would be", "Tide".
func Change(t *language.Tongue, tree *persona.Tree, c *persona.Counterfactual) (lead, title string) {
	f := featuresOf(tree)[c.Feature]
	label := t.Say(f.Label)
	switch {
	case f.Unit != persona.Flag:
		lead = t.Say("With %s at %s", label, condition(t, f, c.Op, c.Threshold))
	case c.Op == persona.AtLeast:
		lead = t.Say("With %s answered yes", label)
	default:
		lead = t.Say("With %s answered no", label)
	}
	if tree.Purpose() == persona.DecidePersona {
		return t.Say("%s you would be", lead), t.Say(c.Title)
	}
	return t.Say("%s it would be", lead), t.Say(c.Title)
}

// Away says how far a value is from that change, empty for a question of yes and
// no.
func Away(t *language.Tongue, tree *persona.Tree, c *persona.Counterfactual) string {
	d := math.Abs(c.Value - c.Threshold)
	switch featuresOf(tree)[c.Feature].Unit {
	case persona.Flag:
		return ""
	case persona.Percentile, persona.Share:
		if d < .005 {
			return t.Say("You are less than a point away.")
		}
		return t.Say("You are %s away.", t.Of(max(1, int(math.Round(100*d))), "point", "points"))
	}
	return t.Say("You are %s away.", t.Decimal(d, 2))
}

// OfferWords returns what is offered, and the text that goes with it.
func OfferWords(t *language.Tongue, o persona.Suggestion) (title, text string) {
	return language.Upper(t.Say(o.Title)), t.Say(o.Text)
}

// Habits lists the six dimensions that a style looks at: the value, as a note its
// percentile among the reference group, and a bar of that. It needs a persona.
func Habits(t *language.Tongue, p *recommend.Profile) []Line {
	h := p.Habits
	measured := segue.Habits{ExplorationRarefied: h.ExplorationKind == session.Rarefaction}
	value := map[persona.Dimension]string{
		persona.Exploration: t.Percent(float64(h.Exploration)), persona.Loyalty: t.Percent(float64(h.Loyalty)),
		persona.Arousal: number(t, h.Arousal, 2), persona.Valence: number(t, h.Valence, 2),
		persona.Swing: number(t, h.Swing, 2), persona.Night: t.Percent(float64(h.Night)),
	}
	if measured.ExplorationRarefied && h.Exploration.Known() {
		value[persona.Exploration] = t.Say("%s of %s", t.Decimal(50*float64(h.Exploration), 1), t.Count(50))
	}
	var out []Line
	for _, d := range persona.Dimensions() {
		q := p.Persona.Percentiles[d.String()]
		one := Line{Name: language.Upper(t.Say(d.LabelOf(measured))), Value: value[d]}
		if q.Known() {
			one.Note = t.Say("percentile %s", t.Decimal(100*float64(q), 0))
			one.Bar = chart.DrawBar(chart.Bar{Value: float64(q), Threshold: math.NaN()}, "")
		}
		out = append(out, one)
	}
	return out
}
