package persona

import (
	"fmt"
	"math"

	"segue"
	"segue/language"
)

// Values are the features of one decision by name. A feature that is absent or
// NaN is unknown.
type Values map[string]float64

// of returns the value of a feature, NaN if unknown.
func (v Values) of(feature string) float64 {
	if x, ok := v[feature]; ok {
		return x
	}
	return math.NaN()
}

// A Decision is the leaf a tree came to.
type Decision struct {
	Leaf  string `json:"leaf"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// A Step is one question on the way to a decision.
type Step struct {
	Node      string       `json:"node"`
	Feature   string       `json:"feature"`
	Value     segue.Number `json:"value"` // null if unknown
	Op        Op           `json:"op"`
	Threshold float64      `json:"threshold"`
	Branch    string       `json:"branch"` // "yes" or "no"; an unknown value takes "no"
	Label     string       `json:"label"`  // what was looked at, a noun phrase
	Answer    string       `json:"answer"` // what was found, without the numbers
	Text      string       `json:"text"`   // what was found, with them
}

// A Path is the questions asked, from the root to the leaf.
type Path []Step

// unknown reports whether a question was asked about a value nobody knows.
func (p Path) unknown() bool {
	for _, s := range p {
		if !s.Value.Known() {
			return true
		}
	}
	return false
}

// Decide follows the tree from its root. A value that is unknown (absent or NaN)
// passes no question: it takes the "no" branch whatever the comparison, and its
// step says so. Cost is the depth of the tree.
func (t *Tree) Decide(values Values) (Decision, Path) {
	path := Path{}
	id := t.file.Root
	for {
		n, ok := t.node[id]
		if !ok {
			l := t.leaf[id]
			return Decision{Leaf: l.ID, Kind: l.Kind, Title: l.Title, Text: l.Text}, path
		}
		step := t.ask(n, values.of(n.Feature))
		path = append(path, step)
		id = n.No
		if step.Branch == "yes" {
			id = n.Yes
		}
	}
}

// kind is Decide without the words.
func (t *Tree) kind(values Values) string {
	id := t.file.Root
	for {
		n, ok := t.node[id]
		if !ok {
			return t.leaf[id].Kind
		}
		id = n.No
		if n.Op.holds(values.of(n.Feature), n.Threshold) {
			id = n.Yes
		}
	}
}

// ask puts one question and words the answer.
func (t *Tree) ask(n Node, v float64) Step {
	f := t.feature[n.Feature]
	s := Step{Node: n.ID, Feature: n.Feature, Value: segue.Number(v), Op: n.Op, Threshold: n.Threshold, Branch: "no", Label: f.Label, Answer: n.NoText, Text: n.NoText}
	switch {
	case math.IsNaN(v):
		s.Answer = language.Text("not known yet, and so taken as no")
		s.Text = s.Answer + ": " + f.Label
		return s
	case n.Op.holds(v, n.Threshold):
		s.Branch, s.Answer, s.Text = "yes", n.YesText, n.YesText
	}
	if f.Unit != Flag {
		s.Text += fmt.Sprintf(" (%s; the line is at %s)", f.Unit.write(v), f.Unit.write(n.Threshold))
	}
	return s
}

// A Counterfactual is the smallest change of one feature that would have led to
// another answer: had Feature been on the other side of Threshold, the answer
// would have been Kind.
type Counterfactual struct {
	Feature   string  `json:"feature"`
	Value     float64 `json:"value"`     // as it is
	Op        Op      `json:"op"`        // where it would have to be …
	Threshold float64 `json:"threshold"` // … of this
	Kind      string  `json:"kind"`      // what the answer would be
	Title     string  `json:"title"`
	Text      string  `json:"text"`
}

// Counterfactual searches every feature whose value is known and which is not
// Fixed. Changes of different features are compared as parts of the features'
// intervals. Only the edges of thresholds need to be tried, because the answer
// does not change between them, and each is tried by deciding again: a change
// that another question catches is not returned. It reports false if no single
// change gives another kind. Ties go to the question nearest the root.
// Cost is the square of the number of questions at worst.
func (t *Tree) Counterfactual(values Values) (Counterfactual, bool) {
	now := t.kind(values)
	best, bestSize, found := Counterfactual{}, math.Inf(1), false
	changed := make(Values, len(values))
	for k, v := range values {
		changed[k] = v
	}
	for _, id := range t.order {
		n, ok := t.node[id]
		if !ok {
			continue
		}
		f := t.feature[n.Feature]
		v := values.of(n.Feature)
		if f.Fixed || math.IsNaN(v) || f.Lo == f.Hi {
			continue
		}
		to, op := otherSide(f, v, n.Threshold)
		size := math.Abs(to-v) / (f.Hi - f.Lo)
		if size >= bestSize {
			continue
		}
		changed[n.Feature] = to
		d, _ := t.Decide(changed)
		changed[n.Feature] = v
		if d.Kind != now {
			best = Counterfactual{Feature: f.Name, Value: v, Op: op, Threshold: n.Threshold, Kind: d.Kind, Title: d.Title}
			bestSize, found = size, true
		}
	}
	if found {
		best.Text = t.word(best)
	}
	return best, found
}

// otherSide returns the nearest value across a threshold.
func otherSide(f Feature, v, threshold float64) (to float64, op Op) {
	switch {
	case f.Unit == Flag && v >= threshold:
		return 0, Below
	case f.Unit == Flag:
		return 1, AtLeast
	case v >= threshold:
		return math.Nextafter(threshold, math.Inf(-1)), Below
	}
	return threshold, AtLeast
}

// word puts a counterfactual into a sentence.
func (t *Tree) word(c Counterfactual) string {
	f := t.feature[c.Feature]
	var where string
	switch {
	case f.Unit == Flag && c.Op == AtLeast:
		where = "Had there been " + f.Label
	case f.Unit == Flag:
		where = "Without " + f.Label
	case c.Op == AtLeast:
		where = fmt.Sprintf("With %s at %s or above (now %s)", f.Label, f.Unit.write(c.Threshold), f.Unit.write(c.Value))
	default:
		where = fmt.Sprintf("With %s below %s (now %s)", f.Label, f.Unit.write(c.Threshold), f.Unit.write(c.Value))
	}
	switch {
	case c.Kind == Nothing:
		return where + ", you would not see this."
	case t.file.Purpose == DecidePersona:
		return where + ", you would be " + c.Title + "."
	}
	return where + fmt.Sprintf(", you would see %q.", c.Title)
}
