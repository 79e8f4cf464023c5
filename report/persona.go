package report

import (
	"fmt"
	"math"
	"strings"

	"segue"
	"segue/chart"
	"segue/persona"
	"segue/session"
)

// DrawTree draws a decision tree, its questions and answers, with the way taken
// by path in ink; a nil path marks none. The drawing is one wide and one narrow
// SVG; a page shows the one that fits, Standalone keeps the wide one.
func DrawTree(t *persona.Tree, path persona.Path, cap chart.Caption) string {
	boxes := map[string]persona.Box{}
	for _, b := range t.Nodes() {
		boxes[b.ID] = b
	}
	questions := map[string]persona.Node{}
	for _, n := range t.Questions() {
		questions[n.ID] = n
	}
	features := featuresOf(t)
	taken := map[string]string{}
	for _, s := range path {
		taken[s.Node] = s.Branch
	}
	var branch func(id string, on bool) *chart.Branch
	branch = func(id string, on bool) *chart.Branch {
		b := boxes[id]
		out := &chart.Branch{Text: b.Label, OnPath: on}
		if b.Leaf() {
			return out
		}
		q := questions[id]
		out.Small = condition(features[q.Feature], q.Op, q.Threshold)
		out.Yes = branch(b.Yes, on && taken[id] == "yes")
		out.No = branch(b.No, on && taken[id] == "no")
		return out
	}
	return chart.DrawTree(branch(t.Nodes()[0].ID, len(path) > 0), cap)
}

// featuresOf returns a tree's features by name.
func featuresOf(t *persona.Tree) map[string]persona.Feature {
	features := map[string]persona.Feature{}
	for _, f := range t.Features() {
		features[f.Name] = f
	}
	return features
}

// condition writes what a question asks as a number: "percentile 83 or more".
// Questions of yes and no need none.
func condition(f persona.Feature, op persona.Op, threshold float64) string {
	if f.Unit == persona.Flag {
		return ""
	}
	s := amount(f.Unit, threshold)
	if op == persona.Below {
		return "below " + s
	}
	return s + " or more"
}

// amount writes a value in its unit.
func amount(u persona.Unit, v float64) string {
	switch {
	case math.IsNaN(v):
		return "unknown"
	case u == persona.Percentile:
		return "percentile " + decimal(100*v, 0)
	case u == persona.Share:
		return percent(v)
	case v == math.Trunc(v):
		return decimal(v, 0)
	}
	return decimal(v, 2)
}

// A stone is one question of the way to an answer, as the page shows it.
type stone struct {
	Label  string // what is asked about; of a question of yes and no, the answer
	Text   string // what the answer said
	Bar    string // the value beside the threshold, empty for yes and no
	Words  string // "41 < 83"
	Turned bool   // the question that led to the answer
}

// stones lays out a path. A tree leaves by the question that decides, which is
// the last.
func stones(t *persona.Tree, path persona.Path) []stone {
	features := featuresOf(t)
	var out []stone
	for i, s := range path {
		f := features[s.Feature]
		one := stone{Label: upper(s.Label), Text: upper(s.Answer), Turned: i == len(path)-1}
		switch {
		case f.Unit == persona.Flag && s.Value.Known():
			one.Label, one.Text = one.Text, ""
		case !s.Value.Known():
			one.Words = "unknown"
		default:
			sign := "<"
			if float64(s.Value) >= s.Threshold {
				sign = "≥"
			}
			value, threshold := bare(f.Unit, float64(s.Value)), bare(f.Unit, s.Threshold)
			one.Words = value + thin + sign + thin + threshold
			on := func(v float64) float64 { return (v - f.Lo) / (f.Hi - f.Lo) }
			one.Bar = chart.DrawBar(chart.Bar{Value: on(float64(s.Value)), Threshold: on(s.Threshold), Strong: one.Turned},
				fmt.Sprintf("yours %s, the path branches at %s", value, threshold))
		}
		out = append(out, one)
	}
	return out
}

// bare writes a value in its unit without the unit's name.
func bare(u persona.Unit, v float64) string {
	switch {
	case u == persona.Percentile, u == persona.Share:
		return decimal(100*v, 0)
	case v == math.Trunc(v):
		return decimal(v, 0)
	}
	return decimal(v, 2)
}

// sureness says how sure the style is, in one word before its name, and in a
// sentence.
func sureness(p *persona.Persona) string {
	switch c := float64(p.Confidence); {
	case math.IsNaN(c):
		return "Your listening style"
	case c >= persona.ClearlyFrom:
		return "Your listening style, clearly"
	case c >= persona.MostlyFrom:
		return "Your listening style, mostly"
	}
	return "Your listening style, just now"
}

// verdict is the style with how sure it is: "Harbor, mostly".
func verdict(p *persona.Persona) string {
	switch c := float64(p.Confidence); {
	case math.IsNaN(c):
		return p.Name
	case c >= persona.ClearlyFrom:
		return p.Name + ", clearly"
	case c >= persona.MostlyFrom:
		return p.Name + ", mostly"
	}
	words, _, _ := strings.Cut(p.Words, " (")
	return upper(words)
}

// resampled says in how many resamples each style came out.
func resampled(p *persona.Persona) string {
	if !p.Confidence.Known() || p.Resamples == 0 {
		return ""
	}
	n := func(share float64) string { return count(int(math.Round(share * float64(p.Resamples)))) }
	s := fmt.Sprintf("In %s of %s resamples of your sessions you came out as %s", n(float64(p.Confidence)), count(p.Resamples), p.Name)
	if p.RunnerUp != nil {
		for _, k := range p.Shares {
			if style, ok := persona.StyleOf(k.Kind); ok && style.Name == *p.RunnerUp && style.Name != p.Name {
				s += fmt.Sprintf("; in %s as %s", n(k.Share), style.Name)
			}
		}
	}
	return s + ". A style of listening, not a verdict on you."
}

// change says what would have led to another answer.
func change(t *persona.Tree, c *persona.Counterfactual) string {
	f := featuresOf(t)[c.Feature]
	at := condition(f, c.Op, c.Threshold)
	if f.Unit == persona.Flag {
		at = map[bool]string{true: "answered yes", false: "answered no"}[c.Op == persona.AtLeast]
	}
	s := fmt.Sprintf("With %s at %s", f.Label, at)
	if f.Unit == persona.Flag {
		s = fmt.Sprintf("With %s %s", f.Label, at)
	}
	return s
}

// away says how far a value is from that change.
func away(t *persona.Tree, c *persona.Counterfactual) string {
	f := featuresOf(t)[c.Feature]
	d := math.Abs(c.Value - c.Threshold)
	switch f.Unit {
	case persona.Flag:
		return ""
	case persona.Percentile, persona.Share:
		if d < .005 {
			return "You are less than a point away."
		}
		n := int(math.Round(100 * d))
		return "You are " + of(max(1, n), "point", "points") + " away."
	}
	return "You are " + decimal(d, 2) + " away."
}

// habit is one dimension of the habits with its percentile.
type habit struct {
	Name, Value, Rank, Bar string
}

// habits lists the six dimensions.
func habits(l *listener) []habit {
	h := l.Habits
	measured := segue.Habits{ExplorationRarefied: h.ExplorationKind == session.Rarefaction}
	value := map[persona.Dimension]string{
		persona.Exploration: percent(float64(h.Exploration)), persona.Loyalty: percent(float64(h.Loyalty)),
		persona.Arousal: number(h.Arousal, 2), persona.Valence: number(h.Valence, 2),
		persona.Swing: number(h.Swing, 2), persona.Night: percent(float64(h.Night)),
	}
	if measured.ExplorationRarefied && h.Exploration.Known() {
		value[persona.Exploration] = decimal(50*float64(h.Exploration), 1) + " of 50"
	}
	var out []habit
	for _, d := range persona.Dimensions() {
		q := l.Persona.Percentiles[d.String()]
		one := habit{Name: upper(d.LabelOf(measured)), Value: value[d], Rank: ""}
		if q.Known() {
			one.Rank = "percentile " + decimal(100*float64(q), 0)
			one.Bar = chart.DrawBar(chart.Bar{Value: float64(q), Threshold: math.NaN()}, "")
		}
		out = append(out, one)
	}
	return out
}

// tuned reports whether the persona is one of the six styles.
func tuned(p *persona.Persona) bool { return p != nil && p.Kind != persona.Tuning }

// gatesOf returns the gates, none for no persona.
func gatesOf(p *persona.Persona) []segue.Gate {
	if p == nil {
		return nil
	}
	return p.Gates
}
