package web

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"segue/lab"
	"segue/mood"
	"segue/outcome/adapt"
	"segue/outcome/experiment"
	"segue/persona"
	"segue/recommend"
	"segue/store"
)

// shippedVersion is the id of what Segue comes with, of every kind: choosing it is
// the way back. It has no body.
const shippedVersion = "shipped"

// versionKinds are the kinds of what may be chosen.
func versionKinds() []string {
	return []string{lab.ModelKind, lab.PersonaTreeKind, lab.OfferTreeKind}
}

// chosenKinds are those, the experiment that runs, and the policy of the adaptive loop.
func chosenKinds() []string { return append(versionKinds(), experimentKind, policyKind) }

// An inUse is the model and the trees by which all pages are made. It never changes.
type inUse struct {
	model, persona, offer string // ids of the chosen versions, "" for what Segue comes with
	experiment            string // id of the design that runs, "" if none does
	policy                string // id of the policy that is followed, "" if none is

	placing *mood.Model     // nil for the usual placing
	trees   recommend.Trees // nil ones are the shipped
	design  *experiment.Design
	follows *adapt.Policy
	unread  []string // kinds of which the chosen version cannot be read; the shipped holds
}

func (u *inUse) id(kind string) string {
	switch kind {
	case lab.ModelKind:
		return u.model
	case lab.PersonaTreeKind:
		return u.persona
	case experimentKind:
		return u.experiment
	case policyKind:
		return u.policy
	}
	return u.offer
}

// uses reports whether a version is the one in use.
func (u *inUse) uses(kind, id string) bool {
	used := u.id(kind)
	return used == id || id == shippedVersion && used == ""
}

// lookForChoices is how long it may take until this process sees what another chose.
// (d)
const lookForChoices = time.Second

// choices keep what is in use.
type choices struct {
	mu sync.Mutex
	at time.Time // when the store was asked
	is *inUse    // nil before the first time
}

// inUse returns what is in use: asked of the store once a second at most, a read
// of a row for each kind, so that all processes on it follow. Where another choice is found, what
// rested on the one before is let go. While the store cannot be read, what was known
// holds.
func (s *Server) inUse(ctx context.Context) *inUse {
	c := &s.choices
	c.mu.Lock()
	defer c.mu.Unlock()
	now := s.now()
	if since := now.Sub(c.at); c.is != nil && since >= 0 && since < lookForChoices {
		return c.is
	}
	next, err := s.readChoices(ctx, c.is)
	if err != nil {
		if ctx.Err() == nil {
			s.o.Log.LogAttrs(ctx, slog.LevelWarn, "what was chosen could not be read", slog.String("kind", kindOf(err)))
		}
		if c.is == nil {
			return &inUse{}
		}
		c.at = now // who waits must not ask one after the other of what does not answer
		return c.is
	}
	if c.is != nil && (next.model != c.is.model || next.persona != c.is.persona || next.offer != c.is.offer) {
		s.portraits.forgetAll()
		s.drafts.forget()
	}
	c.at, c.is = now, next
	return next
}

// readChoices reads what is chosen, and the versions themselves where that is not was.
func (s *Server) readChoices(ctx context.Context, was *inUse) (*inUse, error) {
	ids := map[string]string{}
	same := was != nil
	for _, kind := range chosenKinds() {
		k, err := s.kept.Chosen(ctx, kind)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if k.ID != shippedVersion {
			ids[kind] = k.ID
		}
		same = same && was.id(kind) == ids[kind]
	}
	if same {
		return was, nil
	}
	u := &inUse{model: ids[lab.ModelKind], persona: ids[lab.PersonaTreeKind], offer: ids[lab.OfferTreeKind], experiment: ids[experimentKind], policy: ids[policyKind]}
	for _, kind := range chosenKinds() {
		if ids[kind] == "" {
			continue
		}
		one, err := s.kept.Version(ctx, kind, ids[kind])
		if err != nil {
			return nil, err
		}
		if !u.take(one) {
			u.unread = append(u.unread, kind)
		}
	}
	return u, nil
}

// take puts a version to use, if it can be read by this Segue, and says whether.
func (u *inUse) take(one store.Version) bool {
	if one.Kind == lab.ModelKind {
		m, err := lab.OpenModel(one.Body)
		if err == nil {
			u.placing = m
		}
		return err == nil
	}
	if one.Kind == experimentKind {
		d, err := experiment.Parse(one.Body)
		if err == nil {
			u.design = d
		}
		return err == nil
	}
	if one.Kind == policyKind {
		p, err := adapt.Parse(one.Body)
		if err == nil {
			u.follows = p
		}
		return err == nil
	}
	d, _ := lab.ParseDraft(one.Body)
	if d == nil || d.Kind != one.Kind {
		return false
	}
	if d.Kind == lab.PersonaTreeKind {
		u.trees.Persona = d.Tree
	} else {
		u.trees.Offer = d.Tree
	}
	return true
}

// choose makes a version the one in use, here at once and elsewhere within a second.
func (s *Server) choose(ctx context.Context, kind, id, by string, at time.Time) error {
	s.choices.mu.Lock()
	defer s.choices.mu.Unlock()
	err := s.kept.Choose(ctx, kind, id, by, at)
	s.choices.at = time.Time{}
	return err
}

// using returns what is in use for a visit: the same from its beginning to its end.
func (v *visit) using() *inUse {
	if v.use == nil {
		return &inUse{}
	}
	return v.use
}

// personaTree returns the persona tree in use.
func (v *visit) personaTree() *persona.Tree {
	if t := v.using().trees.Persona; t != nil {
		return t
	}
	return persona.PersonaTree()
}

// offerTree returns the offer tree in use.
func (v *visit) offerTree() *persona.Tree {
	if t := v.using().trees.Offer; t != nil {
		return t
	}
	return persona.OfferTree()
}

// treeInUse returns the tree in use of a kind.
func (v *visit) treeInUse(kind string) *persona.Tree {
	if kind == lab.OfferTreeKind {
		return v.offerTree()
	}
	return v.personaTree()
}

// music returns the music of who visits as the model in use sees it.
func (v *visit) music(ctx context.Context) (*recommend.Music, error) {
	m, err := v.shelf().get(ctx)
	if err != nil {
		return nil, err
	}
	m, _ = v.shelf().by(m, v.using())
	return m, nil
}

// A placing is music as a chosen model sees it, for as long as both are in use.
type placing struct {
	mu    sync.Mutex
	of    *recommend.Music
	model *mood.Model
	music *recommend.Music
	err   error
}

// by returns music as the model in use sees it. A model that does not fit it is
// refused: the music then stays as it is, and the error says why.
func (h *shelf) by(m *recommend.Music, u *inUse) (*recommend.Music, error) {
	if u.placing == nil {
		return m, nil
	}
	p := &h.placing
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of != m || p.model != u.placing {
		p.of, p.model = m, u.placing
		if p.music, p.err = recommend.With(m.Catalog, u.placing); p.err != nil {
			p.music = m
		}
	}
	return p.music, p.err
}
