package lab

import (
	"bytes"
	"encoding/json"
	"fmt"

	"segue/chart"
	"segue/language"
	"segue/persona"
	"segue/tell"
)

// MaxDraft is the largest file of a tree that an expert may hand in, in bytes: many
// times the shipped trees.
const MaxDraft = 256 << 10

// A Draft is a tree that an expert made, sound and safe: it may be chosen.
type Draft struct {
	ID   string // hash of Body
	Kind string // PersonaTreeKind or OfferTreeKind
	Tree *persona.Tree
	Body []byte // the tree's file, indented: what ParseDraft reads
}

// ParseDraft reads a tree's file, JSON in the form of the shipped ones, and tells
// everything that is wrong with it, line by line: what makes it no tree, and the rules
// of safety that it breaks (persona.Tree.Unsafe). The draft is nil unless there is no
// problem. Files that differ in spaces or in the order of keys alone are one draft.
func ParseDraft(b []byte) (*Draft, []persona.Problem) {
	tree, problems := persona.Inspect(b, MaxDraft)
	if tree == nil {
		return nil, problems
	}
	d, err := DraftOf(tree)
	if err != nil {
		return nil, []persona.Problem{persona.Wrong(language.Text("a tree for %q decides neither persona nor offer; it cannot be used here"), tree.Purpose())}
	}
	return d, nil
}

// DraftOf returns a tree as a draft: the shipped ones too have an id and a file. It
// returns an error for a tree that decides neither persona nor offer. What the tree
// says is not looked at again.
func DraftOf(tree *persona.Tree) (*Draft, error) {
	d := &Draft{Tree: tree}
	switch tree.Purpose() {
	case persona.DecidePersona:
		d.Kind = PersonaTreeKind
	case persona.DecideOffer:
		d.Kind = OfferTreeKind
	default:
		return nil, fmt.Errorf("lab: a tree for %q cannot be used", tree.Purpose())
	}
	plain, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	var body bytes.Buffer
	if err := json.Indent(&body, plain, "", "  "); err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	body.WriteByte('\n')
	d.Body = body.Bytes()
	d.ID = identity(json.RawMessage(plain))
	return d, nil
}

// Picture draws the tree.
func (d *Draft) Picture(t *language.Tongue) Picture {
	title := t.Say("The persona tree")
	if d.Kind == OfferTreeKind {
		title = t.Say("The offer tree")
	}
	words := t.Say("%s, %s, version %d.", t.Of(len(d.Tree.Questions()), "question", "questions"), t.Of(len(d.Tree.Leaves()), "answer", "answers"), d.Tree.Version())
	return Picture{title, words, tell.DrawTree(t, d.Tree, nil, chart.Caption{ID: "tree-" + d.ID, Title: title, Desc: words, In: t})}
}
