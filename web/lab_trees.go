package web

import (
	"context"
	"net/http"

	"segue/account"
	"segue/lab"
	"segue/persona"
	"segue/store"
)

// maxTreeForm is the most that the form of a tree may hold: the largest file, each of
// its bytes written as three.
const maxTreeForm = 3*lab.MaxDraft + maxForm

// treeForm is pageFor for a form that holds a tree.
func (s *Server) treeForm(a account.Permission, h handler) answering {
	return answering{access: a, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxTreeForm)
		s.answer(w, r, a, func(w http.ResponseWriter, r *http.Request, v *visit) error {
			if err := v.readForm(r); err != nil {
				return err
			}
			return h(w, r, v)
		})
	})}
}

// A treeView is a tree beside the one before it.
type treeView struct {
	Draft   *lab.Draft
	Before  *persona.Tree
	Changes []lab.Change
	Effects *lab.Effects
}

// shownWays is how many ways in which answers change a page tells of. (d)
const shownWays = 12

// treeBeside compares a tree with the one before it.
func (v *visit) treeBeside(ctx context.Context, before *persona.Tree, d *lab.Draft) (*treeView, error) {
	t := &treeView{Draft: d, Before: before, Changes: lab.Changes(before, d.Tree)}
	var err error
	t.Effects, err = lab.EffectsOf(ctx, before, d.Tree, v.server.o.Seed)
	return t, err
}

// A treeEdit is the page on which a tree is edited.
type treeEdit struct {
	Kind     string
	Text     string
	Note     string
	Problems []persona.Problem
	Tree     *treeView // what the text says; nil until it was looked at, and where something is wrong with it
}

// treeKind is versionKind of trees alone.
func (v *visit) treeKind(r *http.Request) (string, error) {
	kind, err := v.versionKind(r)
	if err == nil && kind == lab.ModelKind {
		err = notFound(v.Tongue)
	}
	return kind, err
}

// editTreePage shows the file of a version, by default of the one in use, to be
// edited.
func (s *Server) editTreePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	kind, err := v.treeKind(r)
	if err != nil {
		return err
	}
	tree := v.treeInUse(kind)
	if from := addressID(r.URL.Query().Get("from")); from != "" {
		one, err := v.versionOf(r.Context(), kind, from)
		if err != nil {
			return err
		}
		if tree, err = v.treeOfVersion(one); err != nil {
			return err
		}
	}
	d, err := lab.DraftOf(tree)
	if err != nil {
		return err
	}
	return v.showTreeEdit(w, r, http.StatusOK, treeEdit{Kind: kind, Text: string(d.Body)})
}

func (v *visit) showTreeEdit(w http.ResponseWriter, r *http.Request, code int, e treeEdit) error {
	return v.show(w, r, code, page{Title: v.Say("Edit: %s", v.kindName(e.Kind)), Nav: navLab}, treeEditPage(v, e))
}

// readTree reads the form of a tree, and says all that is wrong with it.
func (v *visit) readTree(r *http.Request) (treeEdit, error) {
	kind, err := v.treeKind(r)
	if err != nil {
		return treeEdit{}, err
	}
	e := treeEdit{Kind: kind, Text: r.PostFormValue("tree")}
	if e.Note, err = v.noteOf(r.PostFormValue("note")); err != nil {
		return treeEdit{}, err
	}
	d, problems, err := v.draftOfKind(kind, []byte(e.Text))
	if err != nil {
		return treeEdit{}, err
	}
	e.Problems = problems
	if d != nil {
		e.Tree, err = v.treeBeside(r.Context(), v.treeInUse(kind), d)
	}
	return e, err
}

// draftOfKind reads a tree of a kind, and says all that is wrong with it.
func (v *visit) draftOfKind(kind string, text []byte) (*lab.Draft, []persona.Problem, error) {
	d, problems := lab.ParseDraft(text)
	if d != nil && d.Kind != kind {
		return nil, nil, misread(v.Tongue, v.Say("This is a tree of another kind. Edit it on its own page."))
	}
	return d, problems, nil
}

// checkTree says what is wrong with an edited tree, or what it would change.
func (s *Server) checkTree(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, err := v.readTree(r)
	if err != nil {
		return err
	}
	if e.Tree == nil {
		return v.showTreeEdit(w, r, http.StatusUnprocessableEntity, e)
	}
	return v.showTreeEdit(w, r, http.StatusOK, e)
}

// saveTree keeps an edited tree as a version, if nothing is wrong with it.
func (s *Server) saveTree(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, err := v.readTree(r)
	if err != nil {
		return err
	}
	if e.Tree == nil {
		return v.showTreeEdit(w, r, http.StatusUnprocessableEntity, e)
	}
	d := e.Tree.Draft
	if err := v.saveVersion(r.Context(), store.Version{Kind: d.Kind, ID: d.ID, Note: e.Note, Body: d.Body}); err != nil {
		return err
	}
	return see(w, r, versionPath(d.Kind, d.ID))
}
