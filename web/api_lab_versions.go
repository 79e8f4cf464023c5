package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"segue/account"
	"segue/lab"
	"segue/mood"
	"segue/persona"
	"segue/store"
)

// A version is a model or a tree that may be chosen.
type apiVersion struct {
	ID    string     `json:"id" doc:"shipped is what Segue comes with."`
	Kind  string     `json:"kind" enum:"model,persona_tree,offer_tree"`
	At    *time.Time `json:"at" doc:"When it was kept; null of what Segue comes with."`
	By    string     `json:"by" doc:"Id of the account that kept it; may be empty."`
	Note  string     `json:"note"`
	InUse bool       `json:"in_use" doc:"Everybody's answers come by it."`
}

// A versionSeen is a version with what it holds, beside another if that is asked for.
type apiVersionSeen struct {
	Version apiVersion      `json:"version"`
	Tree    json.RawMessage `json:"tree,omitempty" doc:"The file of a tree; absent of models."`
	Model   *mood.Model     `json:"model,omitempty" doc:"A model, without what it computes with; absent of trees, and of the usual placing, which has none."`
	Origin  *lab.Origin     `json:"origin,omitempty" doc:"Of a model that was learned from labels here: the file they came in, and whether they look as if they were made from the features. Absent where that was not noted."`
	Unfit   string          `json:"unfit,omitempty" doc:"Why a model cannot be used with the tracks there are."`

	With       string          `json:"with,omitempty" doc:"Id of the version it is compared with: what would change if this took the place of that."`
	Difference *lab.Difference `json:"difference,omitempty" doc:"Of models."`
	Changes    []lab.Change    `json:"changes,omitempty" doc:"Of trees: what they say otherwise; absent where nothing."`
	Effects    *lab.Effects    `json:"effects,omitempty" doc:"Of trees: which situations they answer otherwise."`
}

// A newVersion is what to keep: a tree, or a model that a job found.
type apiNewVersion struct {
	Tree  json.RawMessage `json:"tree,omitempty" doc:"The file of a tree, as JSON within this."`
	Job   string          `json:"job,omitempty" maxLength:"100" doc:"Of a model: the comparison that found it, or the audit that learned it."`
	Model string          `json:"model,omitempty" maxLength:"100" doc:"Of a model: its id there."`
	Note  string          `json:"note,omitempty" maxLength:"500" example:"a kinder name"`
}

// A choice is that a version was chosen.
type apiChoice struct {
	ID string    `json:"id" doc:"Of the version."`
	At time.Time `json:"at"`
	By string    `json:"by" doc:"Id of the account that chose; may be empty."`
}

// A newChoice is what to choose.
type apiNewChoice struct {
	ID string `json:"id" minLength:"1" maxLength:"100" example:"shipped" doc:"Of the version; shipped is what Segue comes with, an earlier one rolls back."`
}

// ofKind is how much of a list of a kind is asked for.
type ofKind struct {
	Kind   string `path:"kind" enum:"model,persona_tree,offer_tree" doc:"What there are versions of."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"200" doc:"Where an earlier answer ended: its next. Without it the list begins."`
}

func (o ofKind) paging() paging { return paging{o.Limit, o.Cursor} }

func apiVersionOf(one store.Version, used bool) apiVersion {
	out := apiVersion{ID: one.ID, Kind: one.Kind, By: one.By, Note: one.Note, InUse: used}
	if one.ID != shippedVersion {
		out.At = new(one.At.UTC())
	}
	return out
}

// treeProblems says all that is wrong with a tree, with the lines.
func (c *call) treeProblems(all []persona.Problem) error {
	u := &unread{wrong: &wrong{code: http.StatusUnprocessableEntity, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. The list of errors names every place that holds what it must not.")}}
	for _, p := range all[:min(len(all), mostInvalid)] {
		u.errors = append(u.errors, apiInvalid{Pointer: "#/tree", Line: p.Line, Detail: p.In(c.Tongue)})
	}
	return u
}

// keep keeps what is handed in as a version of a kind, and returns its id.
func (c *call) keep(ctx context.Context, kind string, in apiNewVersion) (string, error) {
	if kind == lab.ModelKind {
		if in.Job == "" {
			return "", c.invalid("#/job", c.Say("it is missing"))
		}
		j, err := c.labJobOf(ctx, in.Job)
		if err != nil {
			return "", err
		}
		return in.Model, c.keepModelOf(ctx, j, in.Model, in.Note)
	}
	if len(in.Tree) == 0 {
		return "", c.invalid("#/tree", c.Say("it is missing"))
	}
	note, err := c.noteOf(in.Note)
	if err != nil {
		return "", err
	}
	d, problems, err := c.draftOfKind(kind, in.Tree)
	if err != nil {
		return "", err
	}
	if d == nil {
		return "", c.treeProblems(problems)
	}
	return d.ID, c.saveVersion(ctx, store.Version{Kind: d.Kind, ID: d.ID, Note: note, Body: d.Body})
}

// seeVersion tells what a version holds, and what would change if it took the place
// of another.
func (c *call) seeVersion(ctx context.Context, kind, id, with string) (*apiVersionSeen, error) {
	one, err := c.versionOf(ctx, kind, addressID(id))
	if err != nil {
		return nil, err
	}
	view := versionView{Version: one, With: addressID(with)}
	out := &apiVersionSeen{Version: apiVersionOf(one, c.using().uses(kind, one.ID)), With: view.With}
	if kind == lab.ModelKind {
		if with != "" && (one.ID == shippedVersion || with == shippedVersion) {
			return nil, &wrong{code: http.StatusConflict, what: c.Say("That cannot be done"), todo: c.Say("The usual placing is no model, and cannot be compared with one.")}
		}
		if err := c.seeModel(ctx, &view); err != nil {
			return nil, err
		}
		if view.Model != nil {
			shown := *view.Model
			shown.Fitted = nil
			out.Model = &shown
		}
		out.Unfit, out.Difference, out.Origin = view.Unfit, view.Differ, view.Origin
		return out, nil
	}
	if err := c.seeTree(ctx, &view); err != nil {
		return nil, err
	}
	out.Tree = view.Tree.Draft.Body
	if view.With != "" {
		out.Changes, out.Effects = view.Tree.Changes, view.Tree.Effects
	}
	return out, nil
}

func (a *api) describeVersions() {
	s := a.server
	operate(a, operation{
		id: "listVersions", method: http.MethodGet, path: "/lab/versions/{kind}", tag: "lab", title: "Versions of models or of a tree, the newest first", early: true, scopes: labRead(),
	}, func(ctx context.Context, c *call, in *ofKind) (*answered[apiList[apiVersion]], error) {
		all, err := c.versionsOf(ctx, in.Kind)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, in.paging(), all, func(v labVersion) cursor { return cursor{v.At, v.ID} })
		var out []apiVersion
		for _, one := range some {
			out = append(out, apiVersionOf(one.Version, one.InUse))
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "createVersion", method: http.MethodPost, path: "/lab/versions/{kind}", tag: "lab", title: "Keep a tree or a model as a version", early: true, takes: true, most: maxTreeJSON, status: http.StatusCreated,
		about:  "Of a tree its file, in which nothing may be wrong: errors names every problem with its line, from 1 where the tree begins. Of a model the job that found it, a comparison or an audit that learned it, and its id there. Nobody's answers change until it is chosen.",
		scopes: labWrite(), codes: []int{http.StatusInsufficientStorage}, example: map[string]any{"job": "4ZLQ0n5k2c8Ww1yB", "model": "0f6c2d9a41b7e358", "note": "four groups"},
	}, func(ctx context.Context, c *call, in *struct {
		Kind string `path:"kind" enum:"model,persona_tree,offer_tree" doc:"What there are versions of."`
		Body apiNewVersion
	}) (*made[apiVersion], error) {
		id, err := c.keep(ctx, in.Kind, in.Body)
		if err != nil {
			return nil, err
		}
		one, err := c.versionOf(ctx, in.Kind, id)
		return &made[apiVersion]{apiBase + versionPath(in.Kind, id), apiVersionOf(one, c.using().uses(in.Kind, id))}, err
	})

	operate(a, operation{
		id: "getVersion", method: http.MethodGet, path: "/lab/versions/{kind}/{id}", tag: "lab", title: "A version, alone or beside another", early: true, scopes: labRead(), codes: []int{http.StatusConflict},
	}, func(ctx context.Context, c *call, in *struct {
		Kind string `path:"kind" enum:"model,persona_tree,offer_tree" doc:"What there are versions of."`
		ID   string `path:"id" maxLength:"100" doc:"Its id."`
		With string `query:"with" maxLength:"100" doc:"Id of a version to compare it with."`
	}) (*answered[apiVersionSeen], error) {
		out, err := c.seeVersion(ctx, in.Kind, in.ID, in.With)
		if err != nil {
			return nil, err
		}
		return &answered[apiVersionSeen]{*out}, nil
	})

	operate(a, operation{
		id: "listChoices", method: http.MethodGet, path: "/lab/versions/{kind}/choices", tag: "lab", title: "Which versions were chosen, the latest first", early: true, scopes: labRead(),
	}, func(ctx context.Context, c *call, in *ofKind) (*answered[apiList[apiChoice]], error) {
		all, err := s.kept.Choices(ctx, in.Kind)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, in.paging(), all, func(k store.Choice) cursor { return cursor{k.At, k.ID} })
		var out []apiChoice
		for _, k := range some {
			out = append(out, apiChoice{k.ID, k.At.UTC(), k.By})
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "chooseVersion", method: http.MethodPost, path: "/lab/versions/{kind}/choices", tag: "lab", title: "Choose the version that everybody's answers come by", early: true, takes: true,
		about:  "For admins. Choosing an earlier version, or shipped, rolls back, and answers are then as they were. All processes follow within a second.",
		scopes: labWrite(), codes: []int{http.StatusInsufficientStorage}, example: map[string]any{"id": "shipped"},
	}, func(ctx context.Context, c *call, in *struct {
		Kind string `path:"kind" enum:"model,persona_tree,offer_tree" doc:"What there are versions of."`
		Body apiNewChoice
	}) (*answered[apiVersion], error) {
		if !c.may(account.ChooseVersion) {
			return nil, &wrong{code: http.StatusForbidden, what: c.Say("That is not yours to choose"), todo: c.Say("Nothing was changed. An admin chooses what everybody's answers come by.")}
		}
		one, err := c.versionOf(ctx, in.Kind, addressID(in.Body.ID))
		if err != nil {
			return nil, err
		}
		if err := c.choose(ctx, one); err != nil {
			return nil, err
		}
		return &answered[apiVersion]{apiVersionOf(one, true)}, nil
	})
}

// maxTreeJSON is the most that a body with a tree may hold: the largest file, and the
// note.
const maxTreeJSON = lab.MaxDraft + 8<<10
