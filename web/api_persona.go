package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"segue/account"
	"segue/persona"
	"segue/recommend"
	"segue/store"

	"github.com/danielgtaylor/huma/v2"
)

// A tree is one of the two that decide.
type apiTree struct {
	Purpose  string            `json:"purpose"`
	Version  int               `json:"version"`
	About    string            `json:"about"`
	Features []persona.Feature `json:"features" doc:"What it may ask about."`
	Nodes    []persona.Node    `json:"nodes" doc:"The questions, the first one first."`
	Leaves   []persona.Leaf    `json:"leaves" doc:"The answers."`
	Path     []persona.Step    `json:"path" doc:"The way taken for who asks."`
}

// Trees are both.
type apiTrees struct {
	Persona apiTree `json:"persona"`
	Offer   apiTree `json:"offer"`
}

// An offer is what may be offered now, and why.
type apiOffer struct {
	persona.Suggestion
	Unasked bool `json:"unasked" doc:"It may be shown without being asked for: at most once a week, never at night, and never for a month after two were sent away. Say by showOffer that it was."`
}

// A fact is what a card may say.
type apiFact struct {
	ID   string `json:"id" example:"song"`
	Text string `json:"text" example:"One song played 41 times"`
}

// A share is a card that anybody with its address can see.
type apiShare struct {
	ID       string    `json:"id"`
	Address  string    `json:"address" example:"/share/K3…" doc:"Of its page on this server."`
	Kind     string    `json:"kind" example:"tide" doc:"The style on it."`
	Fact     string    `json:"fact" doc:"What it says besides; may be empty."`
	Language string    `json:"language"`
	At       time.Time `json:"at"`
}

func shareOf(s store.Share) apiShare {
	return apiShare{s.ID, "/share/" + s.ID, s.Kind, s.Fact, s.Language, s.At.UTC()}
}

func treeOf(t *persona.Tree, path persona.Path) apiTree {
	return apiTree{string(t.Purpose()), t.Version(), t.About(), t.Features(), t.Questions(), t.Leaves(), append([]persona.Step{}, path...)}
}

func (a *api) describePersona() {
	s := a.server
	operate(a, operation{
		id: "getPersona", method: http.MethodGet, path: "/persona", tag: "persona", title: "The listening style",
		about:  "With how sure it is, the path that led there, and what would change it. While a gate is closed the style is still tuning.",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[persona.Persona], error) {
		p, err := c.listening(ctx)
		if err != nil {
			return nil, err
		}
		return &answered[persona.Persona]{*p.profile.Persona}, nil
	})

	operate(a, operation{
		id: "getTrees", method: http.MethodGet, path: "/persona/tree", tag: "persona", title: "Both trees, and the ways taken",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiTrees], error) {
		p, err := c.listening(ctx)
		if err != nil {
			return nil, err
		}
		offer, err := c.offer(ctx, p)
		if err != nil {
			return nil, err
		}
		return &answered[apiTrees]{apiTrees{treeOf(c.personaTree(), p.profile.Persona.Path), treeOf(c.offerTree(), offer.Path)}}, nil
	})

	operate(a, operation{
		id: "listFacts", method: http.MethodGet, path: "/persona/facts", tag: "persona", title: "What a card may say",
		about:  "Numbers of songs and artists, or a favourite's name: no mood, no date.",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiList[apiFact]], error) {
		p, err := c.tuned(ctx)
		if err != nil {
			return nil, err
		}
		var all []apiFact
		for _, f := range c.facts(p) {
			all = append(all, apiFact(f))
		}
		return listed(all, ""), nil
	})

	operate(a, operation{
		id: "getCard", method: http.MethodGet, path: "/persona/card/{file}", tag: "persona", title: "The card as a picture",
		scopes:  listeningRead(),
		answers: map[string]*huma.MediaType{"image/png": {Schema: fileSchema()}, "image/svg+xml": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}, func(ctx context.Context, c *call, in *struct {
		File string `path:"file" enum:"tall.png,tall.svg,wide.png,wide.svg"`
		Fact string `query:"fact" maxLength:"20" doc:"The id of a fact, or none. Without it, or if it holds no more, the first."`
	}) (*file, error) {
		_, ext, size, ok := cardFile(in.File)
		if !ok {
			return nil, notFound(c.Tongue)
		}
		p, err := c.tuned(ctx)
		if err != nil {
			return nil, err
		}
		b, err := s.drawCard(ctx, c.card(p.profile.Persona.Kind, factOf(c.facts(p), in.Fact).Text), size, ext)
		return &file{ContentType: cardKind(ext), Body: b}, err
	})

	operate(a, operation{
		id: "redrawCard", method: http.MethodPost, path: "/persona/art", tag: "persona", title: "Draw the card anew", keeps: overturns,
		scopes: []account.Scope{account.ListeningRead, account.MeWrite},
	}, func(ctx context.Context, c *call, _ *struct{}) (*nothing, error) { return &nothing{}, c.redraw(ctx) })

	operate(a, operation{
		id: "getOffer", method: http.MethodGet, path: "/offer", tag: "persona", title: "What is offered now, and why",
		scopes: []account.Scope{account.ListeningRead, account.HoursRead},
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiOffer], error) {
		p, err := c.portrait(ctx)
		if err != nil {
			return nil, err
		}
		offer, err := c.offer(ctx, p)
		if err != nil {
			return nil, err
		}
		return &answered[apiOffer]{apiOffer{offer, offer.Kind == persona.Gentle && !recommend.IsNight(c.at, c.zone())}}, nil
	})

	for _, what := range []struct {
		id, path, title, about string
		note                   func(*store.Store, context.Context, string, string, time.Time) error
	}{
		{"showOffer", "/offer/showings", "Note that an offer was shown", "Only what came unasked is noted; the others answer a check-in.", (*store.Store).CardShown},
		{"dismissOffer", "/offer/dismissals", "Send an offer away", "After two there are none for a month.", (*store.Store).CardDismissed},
	} {
		operate(a, operation{
			id: what.id, method: http.MethodPost, path: what.path, tag: "persona", title: what.title, about: what.about, keeps: writes,
			scopes: []account.Scope{account.HoursWrite},
		}, func(ctx context.Context, c *call, _ *struct{}) (*nothing, error) {
			return &nothing{}, what.note(s.home(c.who.ID), ctx, c.who.ID, persona.Gentle, c.at)
		})
	}

	operate(a, operation{
		id: "listShares", method: http.MethodGet, path: "/shares", tag: "persona", title: "Cards that are shared",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiShare]], error) {
		all, err := s.home(c.who.ID).Shares(ctx, c.who.ID)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, *in, all, func(s store.Share) cursor { return cursor{s.At, s.ID} })
		var out []apiShare
		for _, one := range some {
			out = append(out, shareOf(one))
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "shareCard", method: http.MethodPost, path: "/shares", tag: "persona", title: "Share the card", keeps: writes, takes: true, status: http.StatusCreated,
		about:   "Anybody with the address sees the style and the fact, and nothing else. The same card again keeps its address.",
		scopes:  []account.Scope{account.ListeningRead, account.MeWrite},
		example: map[string]any{"fact": "song"},
	}, func(ctx context.Context, c *call, in *struct {
		Body struct {
			Fact string `json:"fact,omitempty" maxLength:"20" doc:"The id of a fact, or none."`
		} `nameHint:"NewShare"`
	}) (*made[apiShare], error) {
		p, err := c.tuned(ctx)
		if err != nil {
			return nil, err
		}
		one, err := s.shareAs(ctx, c.visit, p.profile.Persona.Kind, factOf(c.facts(p), in.Body.Fact))
		return &made[apiShare]{apiBase + "/shares/" + one.ID, shareOf(one)}, err
	})

	operate(a, operation{
		id: "unshareCard", method: http.MethodDelete, path: "/shares/{id}", tag: "persona", title: "Take a shared card back", keeps: writes,
		about:  "Its address leads nowhere from then on.",
		scopes: []account.Scope{account.MeWrite},
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		all, err := s.home(c.who.ID).Shares(ctx, c.who.ID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(s store.Share) bool { return s.ID == in.ID }) {
			return nil, notFound(c.Tongue)
		}
		return &nothing{}, s.dropShare(ctx, c.visit, in.ID)
	})
}

// A byID names one thing.
type byID struct {
	ID string `path:"id" maxLength:"100" doc:"Its id."`
}

// A file is an answer that is not JSON.
type file struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}
