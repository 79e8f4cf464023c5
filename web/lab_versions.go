package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"segue"
	"segue/account"
	"segue/lab"
	"segue/mood"
	"segue/persona"
	"segue/recommend"
	"segue/store"
	"segue/tell"
)

// versionKind returns the kind that an address names.
func (v *visit) versionKind(r *http.Request) (string, error) {
	kind := r.PathValue("kind")
	if !slices.Contains(versionKinds(), kind) {
		return "", notFound(v.Tongue)
	}
	return kind, nil
}

// kindName names what there are versions of.
func (v *visit) kindName(kind string) string {
	switch kind {
	case lab.ModelKind:
		return v.Say("Models")
	case lab.PersonaTreeKind:
		return v.Say("The persona tree")
	}
	return v.Say("The offer tree")
}

// versionPath is the address of a version.
func versionPath(kind, id string) string {
	return "/lab/versions/" + kind + "/" + url.PathEscape(id)
}

// A labVersion is a version as a list shows it.
type labVersion struct {
	store.Version
	InUse bool
}

// versionsOf lists the versions of a kind, what Segue comes with last.
func (v *visit) versionsOf(ctx context.Context, kind string) ([]labVersion, error) {
	stored, err := v.server.kept.Versions(ctx, kind)
	if err != nil {
		return nil, err
	}
	used := v.using().id(kind)
	var all []labVersion
	for _, one := range stored {
		if one.ID != shippedVersion {
			all = append(all, labVersion{one, one.ID == used})
		}
	}
	return append(all, labVersion{store.Version{Kind: kind, ID: shippedVersion}, used == ""}), nil
}

// versionTitle names a version in a list.
func (v *visit) versionTitle(one store.Version) string {
	if one.ID == shippedVersion {
		return v.Say("What Segue comes with")
	}
	return v.Say("Version %s", short(one.ID))
}

// notUsed says why the chosen version of a kind does not count, "" if it does.
func (v *visit) notUsed(ctx context.Context, kind string) string {
	u := v.using()
	if slices.Contains(u.unread, kind) {
		return v.Say("The chosen version cannot be read by this Segue, so what Segue comes with is used.")
	}
	if kind != lab.ModelKind || u.placing == nil {
		return ""
	}
	m, err := v.shelf().get(ctx)
	if err != nil {
		return ""
	}
	if _, err = v.shelf().by(m, u); err != nil {
		return v.unfit(err) + " " + v.Say("The usual placing is used.")
	}
	return ""
}

// unfit says why a model cannot be used with the music there is.
func (v *visit) unfit(err error) string {
	if errors.Is(err, recommend.ErrOtherCatalog) {
		return v.Say("The model was trained on other tracks than these. Train one on these.")
	}
	return v.Say("The model finds no place for these tracks: they lack the features it needs.")
}

// A versionsView lists the versions of a kind.
type versionsView struct {
	Kind    string
	All     []labVersion
	NotUsed string
	Picture *lab.Picture // of the tree in use
	Choices []store.Choice
}

// versionsPage lists the versions of a kind, which is in use, and what was before.
func (s *Server) versionsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	kind, err := v.versionKind(r)
	if err != nil {
		return err
	}
	view := versionsView{Kind: kind, NotUsed: v.notUsed(r.Context(), kind)}
	if view.All, err = v.versionsOf(r.Context(), kind); err != nil {
		return err
	}
	if view.Choices, err = s.kept.Choices(r.Context(), kind); err != nil {
		return err
	}
	view.Choices = view.Choices[:min(len(view.Choices), shownChoices)]
	if kind != lab.ModelKind {
		d, err := lab.DraftOf(v.treeInUse(kind))
		if err != nil {
			return err
		}
		p := d.Picture(v.Tongue)
		view.Picture = &p
	}
	return v.show(w, r, http.StatusOK, page{Title: v.kindName(kind), Nav: navLab}, versionsPage(v, view))
}

// shownChoices is how many choices a page tells of. (d)
const shownChoices = 20

// version returns the version of an address, as it is stored.
func (v *visit) version(r *http.Request) (store.Version, error) {
	kind, err := v.versionKind(r)
	if err != nil {
		return store.Version{}, err
	}
	return v.versionOf(r.Context(), kind, addressID(r.PathValue("id")))
}

func (v *visit) versionOf(ctx context.Context, kind, id string) (store.Version, error) {
	if id == shippedVersion {
		return store.Version{Kind: kind, ID: id, At: v.at}, nil
	}
	return v.server.kept.Version(ctx, kind, id)
}

// treeOfVersion returns the tree that a version holds, which may be the shipped one.
func (v *visit) treeOfVersion(one store.Version) (*persona.Tree, error) {
	switch {
	case one.ID != shippedVersion:
		d, _ := lab.ParseDraft(one.Body)
		if d == nil || d.Kind != one.Kind {
			return nil, v.unreadable()
		}
		return d.Tree, nil
	case one.Kind == lab.OfferTreeKind:
		return persona.OfferTree(), nil
	}
	return persona.PersonaTree(), nil
}

func (v *visit) modelOfVersion(one store.Version) (*mood.Model, error) {
	m, err := lab.OpenModel(one.Body)
	if err != nil {
		return nil, v.unreadable()
	}
	return m, nil
}

func (v *visit) unreadable() error {
	return &wrong{code: http.StatusConflict, what: v.Say("This version cannot be read"), todo: v.Say("It was made by another Segue, or it was damaged. It was not chosen, and nothing was changed.")}
}

// A versionView is one version, beside another.
type versionView struct {
	store.Version
	InUse  bool
	Others []labVersion
	With   string // id of the other
	Tree   *treeView
	Model  *mood.Model
	Origin *lab.Origin // of a learned model; nil if not known
	Unfit  string      // why the model cannot be used here
	Differ *lab.Difference
}

// versionPage shows a version beside another, by default beside the one in use.
func (s *Server) versionPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	one, err := v.version(r)
	if err != nil {
		return err
	}
	view := versionView{Version: one, InUse: v.using().uses(one.Kind, one.ID)}
	if view.Others, err = v.versionsOf(r.Context(), one.Kind); err != nil {
		return err
	}
	view.Others = slices.DeleteFunc(view.Others, func(o labVersion) bool {
		return o.ID == one.ID || one.Kind == lab.ModelKind && o.ID == shippedVersion
	})
	view.With = r.URL.Query().Get("with")
	if !slices.ContainsFunc(view.Others, func(o labVersion) bool { return o.ID == view.With }) {
		view.With = ""
		for _, o := range view.Others {
			if o.InUse {
				view.With = o.ID
			}
		}
	}
	if one.Kind == lab.ModelKind {
		err = v.seeModel(r.Context(), &view)
	} else {
		err = v.seeTree(r.Context(), &view)
	}
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.versionTitle(one), Nav: navLab}, versionPage(v, view))
}

func (v *visit) seeModel(ctx context.Context, view *versionView) error {
	if view.ID == shippedVersion {
		return nil
	}
	m, err := v.shelf().get(ctx)
	if err != nil {
		return err
	}
	if view.Model, err = v.modelOfVersion(view.Version); err != nil {
		return err
	}
	if _, err := recommend.With(m.Catalog, view.Model); err != nil {
		view.Unfit = v.unfit(err)
	}
	if view.Model.Learned != nil {
		if view.Origin, err = v.originOf(ctx, view.ID); err != nil {
			return err
		}
	}
	if view.With == "" {
		return nil
	}
	other, err := v.versionOf(ctx, view.Kind, view.With)
	if err != nil {
		return err
	}
	from, err := v.modelOfVersion(other)
	if err != nil {
		return err
	}
	view.Differ = lab.Between(m.Catalog, from, view.Model)
	return nil
}

func (v *visit) seeTree(ctx context.Context, view *versionView) error {
	tree, err := v.treeOfVersion(view.Version)
	if err != nil {
		return err
	}
	before := tree
	if view.With != "" {
		other, err := v.versionOf(ctx, view.Kind, view.With)
		if err != nil {
			return err
		}
		if before, err = v.treeOfVersion(other); err != nil {
			return err
		}
	}
	d, err := lab.DraftOf(tree)
	if err != nil {
		return err
	}
	view.Tree, err = v.treeBeside(ctx, before, d)
	return err
}

// chooseVersion makes the version of an address the one in use.
func (s *Server) chooseVersion(w http.ResponseWriter, r *http.Request, v *visit) error {
	one, err := v.version(r)
	if err != nil {
		return err
	}
	if err := v.choose(r.Context(), one); err != nil {
		return err
	}
	return see(w, r, "/lab/versions/"+one.Kind)
}

// choose makes a version the one that everybody's pages use; choosing an earlier one
// rolls back. Who asks may do it: see mayChoose.
func (v *visit) choose(ctx context.Context, one store.Version) error {
	s := v.server
	switch {
	case one.ID == shippedVersion:
		one.Note, one.Body = "", []byte{}
		if err := s.kept.AddVersion(ctx, one); err != nil {
			return err
		}
	case one.Kind == lab.ModelKind:
		model, err := v.modelOfVersion(one)
		if err != nil {
			return err
		}
		m, err := v.shelf().get(ctx)
		if err != nil {
			return err
		}
		if _, err := recommend.With(m.Catalog, model); err != nil {
			return &wrong{code: http.StatusConflict, what: v.Say("This model does not fit"), todo: v.unfit(err) + " " + v.Say("Nothing was changed.")}
		}
	default:
		if _, err := v.treeOfVersion(one); err != nil {
			return err
		}
	}
	by := ""
	if v.account != nil {
		by = v.account.ID
	}
	if err := s.choose(ctx, one.Kind, one.ID, by, v.at); err != nil {
		return err
	}
	if v.account != nil {
		s.note(ctx, store.Event{At: v.at, By: by, What: EventVersion})
	}
	return nil
}

// maxNote is how long a note on a version is, in bytes. (d)
const maxNote = 500

// noteOf reads a note on a version.
func (v *visit) noteOf(text string) (string, error) {
	note := strings.TrimSpace(text)
	if len(note) > maxNote || strings.ContainsRune(note, 0) || strings.ToValidUTF8(note, "") != note {
		return "", misread(v.Tongue, v.Say("A note is text of at most %d letters.", maxNote))
	}
	return note, nil
}

// saveVersion keeps a version, with the words for there being too many.
func (v *visit) saveVersion(ctx context.Context, one store.Version) error {
	if v.account != nil {
		one.By = v.account.ID
	}
	one.At = v.at
	err := v.server.kept.AddVersion(ctx, one)
	if errors.Is(err, store.ErrTooMany) {
		return &wrong{code: http.StatusConflict, what: v.Say("There are too many versions"), todo: v.Say("Nothing was saved, and nothing saved before was lost.")}
	}
	return err
}

// keepModel keeps a model that a job found as a version.
func (s *Server) keepModel(w http.ResponseWriter, r *http.Request, v *visit) error {
	j, err := v.labJob(r)
	if err != nil {
		return err
	}
	id := r.PostFormValue("model")
	if err := v.keepModelOf(r.Context(), j, id, r.PostFormValue("note")); err != nil {
		return err
	}
	return see(w, r, versionPath(lab.ModelKind, id))
}

// keepModelOf keeps the model of an id that a comparison found, or that an audit learned,
// as a version.
func (v *visit) keepModelOf(ctx context.Context, j store.Job, id, note string) error {
	if j.Kind != lab.CompareJob && j.Kind != lab.AuditJob || j.State != store.JobDone {
		return notFound(v.Tongue)
	}
	note, err := v.noteOf(note)
	if err != nil {
		return err
	}
	m, err := v.shelf().get(ctx)
	if err != nil {
		return err
	}
	keep := v.comparedVersion
	if j.Kind == lab.AuditJob {
		keep = v.learnedVersion
	}
	one, err := keep(ctx, m.Catalog, j, id)
	if errors.Is(err, lab.ErrNoModel) {
		return &wrong{code: http.StatusConflict, what: v.Say("This model cannot be kept"), todo: v.Say("The tracks it was trained on are not in use any more, or the job has no such model. Ask for it anew.")}
	} else if err != nil {
		return err
	}
	if note != "" {
		one.Note = note
	}
	return v.saveVersion(ctx, one)
}

// comparedVersion is the version of a model that a comparison found. It returns
// lab.ErrNoModel if there is none of the id.
func (v *visit) comparedVersion(_ context.Context, c *segue.Catalog, j store.Job, id string) (store.Version, error) {
	one := store.Version{Kind: lab.ModelKind, ID: id}
	found, err := comparisonOf(j)
	if err != nil {
		return one, err
	}
	if one.Body, err = found.ModelBody(c, id); err != nil {
		return one, err
	}
	for _, model := range found.Models {
		if model.ID == id {
			one.Note = fmt.Sprintf("%s, k = %d, seed %d", tell.AlgorithmTitle(v.Tongue, model.Algorithm), model.K, model.Seed)
		}
	}
	return one, nil
}

// learnedVersion is the version of the model that an audit learned, whose origin it keeps.
// It returns lab.ErrNoModel if there is none of the id.
func (v *visit) learnedVersion(ctx context.Context, c *segue.Catalog, j store.Job, id string) (store.Version, error) {
	one := store.Version{Kind: lab.ModelKind, ID: id}
	found, err := auditOf(j)
	if err != nil {
		return one, err
	}
	m, body, err := found.LearnedBody(c, id)
	if err != nil {
		return one, err
	}
	one.Body = body
	one.Note = fmt.Sprintf("%s, %s, seed %d", tell.AlgorithmTitle(v.Tongue, m.Algorithm), m.Learned.Labels, m.Seed)
	if len(one.Note) > maxNote {
		one.Note = fmt.Sprintf("%s, seed %d", tell.AlgorithmTitle(v.Tongue, m.Algorithm), m.Seed)
	}
	origin, err := json.Marshal(found.Origin())
	if err != nil {
		return one, err
	}
	return one, v.saveVersion(ctx, store.Version{Kind: lab.OriginKind, ID: id, Body: origin})
}

// originOf returns where a learned model comes from, nil if nobody noted it.
func (v *visit) originOf(ctx context.Context, id string) (*lab.Origin, error) {
	one, err := v.server.kept.Version(ctx, lab.OriginKind, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return lab.ParseOrigin(one.Body)
}

// mayChoose reports whether who visits may choose a version.
func (v *visit) mayChoose() bool { return v.may(account.ChooseVersion) }
