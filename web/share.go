package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"

	"segue/card"
	"segue/language"
	"segue/outcome/event"
	"segue/persona"
	"segue/store"

	"github.com/a-h/templ"
)

// What is counted of cards, of a campaign as a whole: never who, whose or when.
const (
	cardView   = "card_view" // the page of a shared card was opened
	shareTap   = "share_tap" // a card was shared
	linkTap    = "link_tap"  // the campaign's link was followed from such a page
	noCampaign = "none"
)

// share makes the listener's card a page that anyone with its address can see. A
// card that is shared already keeps its address.
func (s *Server) share(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.tuned(r.Context())
	if err != nil {
		return err
	}
	one, err := s.shareAs(r.Context(), v, p.profile.Persona.Kind, v.fact(r, v.facts(p)))
	if err != nil {
		return err
	}
	return see(w, r, "/share/"+one.ID)
}

// shareAs shares the listener's card of a style with a fact on it.
func (s *Server) shareAs(ctx context.Context, v *visit, style string, fact saidFact) (store.Share, error) {
	one := store.Share{
		ID: rand.Text(), Listener: v.who.ID, Kind: style, Fact: fact.Text,
		Language: v.Code(), Art: v.who.ArtSeed, At: v.at,
	}
	if c := s.o.Campaign; c.open(v.at) {
		one.Campaign = c.ID
	}
	kept := s.home(v.who.ID)
	all, err := kept.Shares(ctx, v.who.ID)
	if err != nil {
		return one, err
	}
	for _, old := range all {
		same := one
		same.ID, same.At = old.ID, old.At
		if old == same {
			one = old
		}
	}
	if len(all) >= maxShares && !has(all, one.ID) {
		return one, misread(v.Tongue, v.Say("So many cards are shared already that no more fit. Delete one first."))
	}
	if !has(all, one.ID) {
		if err := kept.AddShare(ctx, one); err != nil {
			return one, err
		}
	}
	s.count(ctx, kept, one.Campaign, shareTap)
	v.happened(ctx, v.event(event.ShareTap, sharedID+one.ID))
	return one, nil
}

// maxShares is the most cards a listener has shared at a time. (d)
const maxShares = 100

func has(all []store.Share, id string) bool {
	for _, s := range all {
		if s.ID == id {
			return true
		}
	}
	return false
}

// unshare deletes a shared card: its address leads nowhere from then on.
func (s *Server) unshare(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := s.dropShare(r.Context(), v, r.PostFormValue("id")); err != nil {
		return err
	}
	return see(w, r, "/persona#shared")
}

func (s *Server) dropShare(ctx context.Context, v *visit, id string) error {
	if err := s.home(v.who.ID).DeleteShare(ctx, v.who.ID, id); err != nil {
		return err
	}
	s.cards.forget()
	return nil
}

// count adds to a campaign's counts. A card is shown whether it could be counted
// or not.
func (s *Server) count(ctx context.Context, kept *store.Store, campaign, what string) {
	if campaign == "" {
		campaign = noCampaign
	}
	if err := kept.CountShare(context.WithoutCancel(ctx), campaign, what); err != nil {
		s.o.Log.LogAttrs(ctx, slog.LevelWarn, "a share was not counted", slog.String("what", what), slog.String("kind", kindOf(err)))
	}
}

// CampaignCounts returns how often cards of the server's campaign, or those without
// one if it has none, were shared ("share_tap"), opened ("card_view") and led on to
// the campaign's link ("link_tap"). Cards of the demo listener do not count.
func (s *Server) CampaignCounts(ctx context.Context) (map[string]int, error) {
	campaign := noCampaign
	if s.o.Campaign != nil {
		campaign = s.o.Campaign.ID
	}
	return s.kept.ShareCounts(ctx, campaign)
}

// shared is what a shared card's page shows: the card and nothing else.
type shared struct {
	*language.Tongue
	store.Share
	Card     card.Card
	Campaign *Campaign // nil unless it is open
	Base     string    // scheme and host
	from     *store.Store
}

// Alt is the card in words.
func (s shared) Alt() string {
	text := s.Card.Name + ". " + s.Card.Line
	if s.Card.Fact != "" {
		text += " " + s.Card.Fact + "."
	}
	return text
}

// Told is what a preview says below the card's name.
func (s shared) Told() string {
	if s.Card.Fact == "" {
		return s.Card.Line
	}
	return s.Card.Line + " " + s.Card.Fact + "."
}

// Locale is the language as Open Graph names it.
func (s shared) Locale() string {
	if s.Code() == "vi" {
		return "vi_VN"
	}
	return "en_US"
}

// Address is the page's own, Image that of the wide card.
func (s shared) Address() string { return s.Base + "/share/" + s.ID }

// Image returns the whole address of the wide card.
func (s shared) Image() string { return s.Address() + "/wide.png" }

// errNoShare says that no card is shared at an address.
var errNoShare = errors.New("no such card")

// shared finds what an address shows. It asks nothing of who follows it: no cookie
// is read, and everybody sees the same bytes, in the language of who shared.
func (s *Server) shared(r *http.Request) (shared, error) {
	out := shared{Base: s.base(r)}
	err := store.ErrNotFound
	for _, out.from = range []*store.Store{s.kept, s.passing} {
		if out.Share, err = out.from.Share(r.Context(), r.PathValue("id")); !errors.Is(err, store.ErrNotFound) {
			break
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return out, errNoShare
	}
	if err != nil {
		return out, err
	}
	var ok bool
	if out.Tongue, ok = language.Of(out.Language); !ok {
		out.Tongue = language.English()
	}
	if c := s.o.Campaign; c.open(s.now()) && c.ID == out.Share.Campaign {
		out.Campaign = c
	}
	if _, ok := persona.StyleOf(out.Kind); !ok {
		return out, errNoShare // of a style that there is no more
	}
	out.Card = cardOf(out.Tongue, out.Kind, out.Fact, out.Art, out.Campaign, s.now())
	return out, nil
}

// sharePage shows a shared card to anybody. It counts that it was opened: a GET
// that changes a number of the campaign and nothing of any person.
func (s *Server) sharePage(w http.ResponseWriter, r *http.Request) error {
	one, err := s.shared(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		s.count(r.Context(), one.from, one.Share.Campaign, cardView)
	}
	return showOpen(w, r, http.StatusOK, one.Tongue, sharePage(one))
}

// shareFile sends what belongs to a shared card: its pictures, and the way on to
// the campaign's link, which is counted.
func (s *Server) shareFile(w http.ResponseWriter, r *http.Request) error {
	one, err := s.shared(r)
	if err != nil {
		return err
	}
	if r.PathValue("file") == "link" {
		if one.Campaign == nil || one.Campaign.Link == "" {
			return errNoShare
		}
		if r.Method == http.MethodGet {
			s.count(r.Context(), one.from, one.Share.Campaign, linkTap)
		}
		http.Redirect(w, r, one.Campaign.Link, http.StatusFound)
		return nil
	}
	name, ext, size, ok := cardFile(r.PathValue("file"))
	if !ok || ext != "png" {
		return errNoShare
	}
	return s.sendCard(w, r, one.Card, size, name, ext)
}

// open makes a handler of a page that is the same for everybody answer requests,
// and turns its errors into pages of the same kind.
func (s *Server) open(h func(w http.ResponseWriter, r *http.Request) error) answering {
	return answering{access: anyone, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Robots-Tag", "noindex")
		err := h(w, r)
		if err == nil {
			return
		}
		t := language.Preferred(r.Header.Get("Accept-Language"))
		e := status(t, err)
		if errors.Is(err, errNoShare) {
			e = &wrong{code: http.StatusNotFound, what: t.Say("No card is shown here"), todo: t.Say("The address may be mistyped, or the card is not shared any more.")}
		} else if e.code >= http.StatusInternalServerError {
			s.o.Log.LogAttrs(r.Context(), slog.LevelError, "a page failed", slog.String("route", r.Pattern), slog.Int("status", e.code), slog.String("kind", kindOf(e.cause)))
		}
		if err := showOpen(w, r, e.code, t, noSharePage(t, e)); err != nil {
			s.o.Log.LogAttrs(r.Context(), slog.LevelError, "an error could not be shown", slog.String("route", r.Pattern))
		}
	})}
}

// showOpen writes a page, whole or not at all.
func showOpen(w http.ResponseWriter, r *http.Request, code int, t *language.Tongue, body templ.Component) error {
	var b bytes.Buffer
	if err := body.Render(context.WithoutCancel(r.Context()), &b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", t.Code())
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // a reader who left needs no answer
	}
	return nil
}
