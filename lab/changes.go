package lab

import (
	"encoding/json"
	"fmt"
	"slices"

	"segue/language"
	"segue/persona"
)

// What a Change is of, and how.
const (
	OfTree     = "tree"
	OfFeature  = "feature"
	OfQuestion = "question"
	OfAnswer   = "answer"

	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// A Change is one thing that differs between two trees. Questions and answers are
// the same where their ids are; one that was given another id was removed and added.
type Change struct {
	Of     string        `json:"of"`
	ID     string        `json:"id"`   // empty for the tree itself
	Text   string        `json:"text"` // the question, the answer's title or the feature's label, as it is in the later tree that has it
	How    string        `json:"how"`
	Fields []FieldChange `json:"fields"` // of what Changed
}

// A FieldChange is one field that differs, as the trees' files write it.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Changes lists what differs between two trees: the tree itself, features, questions,
// answers, each in the order of the later tree, what was removed last. It is empty
// for trees that mean and say the same.
func Changes(before, after *persona.Tree) []Change {
	out := []Change{}
	if f := fields(head(before), head(after)); len(f) > 0 {
		out = append(out, Change{Of: OfTree, Text: after.About(), How: Changed, Fields: f})
	}
	out = append(out, compareParts(OfFeature, before.Features(), after.Features(), func(f persona.Feature) (string, string) { return f.Name, f.Label })...)
	out = append(out, compareParts(OfQuestion, before.Questions(), after.Questions(), func(n persona.Node) (string, string) { return n.ID, n.Text })...)
	return append(out, compareParts(OfAnswer, before.Leaves(), after.Leaves(), func(l persona.Leaf) (string, string) { return l.ID, l.Title })...)
}

// head is what a tree says of itself.
func head(t *persona.Tree) any {
	return struct {
		About   string `json:"about"`
		Version int    `json:"version"`
		Root    string `json:"root"`
	}{t.About(), t.Version(), t.Nodes()[0].ID}
}

// compareParts compares the parts of two trees by their ids.
func compareParts[P any](of string, before, after []P, names func(P) (id, text string)) []Change {
	was := map[string]P{}
	for _, p := range before {
		id, _ := names(p)
		was[id] = p
	}
	var out []Change
	for _, p := range after {
		id, text := names(p)
		old, ok := was[id]
		delete(was, id)
		if !ok {
			out = append(out, Change{Of: of, ID: id, Text: text, How: Added, Fields: []FieldChange{}})
		} else if f := fields(old, p); len(f) > 0 {
			out = append(out, Change{Of: of, ID: id, Text: text, How: Changed, Fields: f})
		}
	}
	for _, p := range before {
		id, text := names(p)
		if _, gone := was[id]; gone {
			out = append(out, Change{Of: of, ID: id, Text: text, How: Removed, Fields: []FieldChange{}})
		}
	}
	return out
}

// fields compares two parts key by key of their JSON, in alphabetical order.
func fields(before, after any) []FieldChange {
	a, b := keys(before), keys(after)
	var out []FieldChange
	for k, v := range b {
		if a[k] != v {
			out = append(out, FieldChange{k, a[k], v})
		}
	}
	for k, v := range a {
		if _, ok := b[k]; !ok {
			out = append(out, FieldChange{k, v, ""})
		}
	}
	slices.SortFunc(out, func(p, q FieldChange) int {
		if p.Field < q.Field {
			return -1
		}
		return 1
	})
	return out
}

// keys returns a part's values by key, written as people read them.
func keys(part any) map[string]string {
	b, err := json.Marshal(part)
	if err != nil {
		panic("lab: " + err.Error()) // parts of a tree that was read
	}
	var values map[string]any
	if err := json.Unmarshal(b, &values); err != nil {
		panic("lab: " + err.Error())
	}
	out := map[string]string{}
	for k, v := range values {
		out[k] = fmt.Sprint(v)
	}
	return out
}

// In says the change, a line for what changed and one a field.
func (c Change) In(t *language.Tongue) []string {
	var what string
	switch c.Of {
	case OfTree:
		what = t.Say("The tree")
	case OfFeature:
		what = t.Say("Feature %q (%s)", c.ID, t.Say(c.Text))
	case OfQuestion:
		what = t.Say("Question %q (%s)", c.ID, t.Say(c.Text))
	default:
		what = t.Say("Answer %q (%s)", c.ID, t.Say(c.Text))
	}
	switch c.How {
	case Added:
		return []string{t.Say("%s was added.", what)}
	case Removed:
		return []string{t.Say("%s was removed.", what)}
	}
	out := []string{t.Say("%s was changed:", what)}
	for _, f := range c.Fields {
		switch {
		case f.Before == "":
			out = append(out, t.Say("%s is now “%s”.", f.Field, f.After))
		case f.After == "":
			out = append(out, t.Say("%s was “%s” and is left out.", f.Field, f.Before))
		default:
			out = append(out, t.Say("%s was “%s” and is “%s”.", f.Field, f.Before, f.After))
		}
	}
	return out
}
