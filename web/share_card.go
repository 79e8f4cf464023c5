package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"segue/card"
	"segue/language"
	"segue/persona"
	"segue/tell"
)

// brand is who signs a card.
const brand = "Segue"

// cardOf returns the card of a style in a language.
func cardOf(t *language.Tongue, kind, fact string, art uint64, c *Campaign, at time.Time) card.Card {
	is, ok := persona.StyleOf(kind)
	if !ok {
		return card.Card{}
	}
	one := card.Card{Kind: is.Kind, Name: t.Say(is.Name), Line: t.Say(is.Line), Fact: fact, Seed: art, Brand: brand}
	if c.open(at) {
		one.Campaign = c.Name(t)
	}
	return one
}

// card returns the listener's own card.
func (v *visit) card(kind, fact string) card.Card {
	return cardOf(v.Tongue, kind, fact, v.who.ArtSeed, v.server.o.Campaign, v.at)
}

// tuned returns the portrait of a listener whose style is known, or what is missing.
func (v *visit) tuned(ctx context.Context) (*portrait, error) {
	p, err := v.listening(ctx)
	if err != nil {
		return nil, err
	}
	if !tell.Tuned(p.profile.Persona) {
		return nil, &wrong{code: http.StatusConflict, what: v.Say("There is no card yet"), todo: v.Say("A card shows a listening style, and a style needs a little more listening. The page of your persona says how much."), mend: "/persona", kind: kindTuning}
	}
	return p, nil
}

// ownCard sends the listener's card as a file.
func (s *Server) ownCard(w http.ResponseWriter, r *http.Request, v *visit) error {
	name, ext, size, ok := cardFile(r.PathValue("file"))
	if !ok {
		return notFound(v.Tongue)
	}
	p, err := v.tuned(r.Context())
	if err != nil {
		return err
	}
	c := v.card(p.profile.Persona.Kind, v.fact(r, v.facts(p)).Text)
	return s.sendCard(w, r, c, size, name, ext)
}

// cardFile reads the name of a card's file: "tall" or "wide", as PNG or SVG.
func cardFile(file string) (name, ext string, size card.Size, ok bool) {
	name, ext, _ = strings.Cut(file, ".")
	size, ok = map[string]card.Size{"tall": card.Tall(), "wide": card.Wide()}[name]
	return name, ext, size, ok && (ext == "png" || ext == "svg")
}

// sendCard draws a card, or takes it from those drawn before, and sends it. It is
// nobody else's to keep.
func (s *Server) sendCard(w http.ResponseWriter, r *http.Request, c card.Card, size card.Size, name, ext string) error {
	b, err := s.drawCard(r.Context(), c, size, ext)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", cardKind(ext))
	h.Set("Content-Disposition", `inline; filename="`+cardFileName(c, name, ext)+`"`)
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	return nil
}

// cardKind is the media type of a card's file.
func cardKind(ext string) string {
	return map[string]string{"png": "image/png", "svg": "image/svg+xml"}[ext]
}

// cardFileName is what a card is called once it is downloaded.
func cardFileName(c card.Card, name, ext string) string {
	return "segue-" + c.Kind + "-" + name + "." + ext
}

// drawCard returns a card's file. A fact or a campaign that the card cannot hold
// is left out: they were checked when they were chosen, by rules that may change.
func (s *Server) drawCard(ctx context.Context, c card.Card, size card.Size, ext string) ([]byte, error) {
	b, err := s.cards.draw(ctx, s.ctx, c, size, ext)
	if err == nil || ctx.Err() != nil {
		return b, err
	}
	var lacks *card.LacksError
	if c.Fact == "" && c.Campaign == "" || !errors.As(err, &lacks) && !errors.Is(err, card.ErrText) {
		return nil, err
	}
	if lacks == nil || lacks.Field == "Fact" {
		c.Fact = ""
	}
	if lacks == nil || lacks.Field == "Campaign" {
		c.Campaign = ""
	}
	return s.cards.draw(ctx, s.ctx, c, size, ext)
}

// cards are files of cards, kept by what is on them. The zero value is empty and
// ready.
type cards struct {
	mu    sync.Mutex
	of    map[cardKey]*drawing
	order []cardKey // the oldest first
	bytes int
}

// maxCardBytes is how much of drawn cards is kept: some forty. (d)
const maxCardBytes = 16 << 20

type cardKey struct {
	card card.Card
	size card.Size
	ext  string
}

// A drawing is a card in the making, once for all who wait.
type drawing struct {
	done chan struct{}
	file []byte
	err  error
}

// draw returns a card's file. work is the context of the drawing, which outlives
// who asked first; ctx that of who asks.
func (c *cards) draw(ctx, work context.Context, what card.Card, size card.Size, ext string) ([]byte, error) {
	key := cardKey{what, size, ext}
	c.mu.Lock()
	d, ok := c.of[key]
	if !ok {
		if c.of == nil {
			c.of = map[cardKey]*drawing{}
		}
		d = &drawing{done: make(chan struct{})}
		c.of[key] = d
		go c.make(work, key, d)
	}
	c.mu.Unlock()
	select {
	case <-d.done:
		return d.file, d.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *cards) make(ctx context.Context, key cardKey, d *drawing) {
	d.err = rescued(func() (err error) {
		if key.ext == "png" {
			d.file, err = card.PNG(ctx, key.card, key.size)
		} else {
			d.file, err = card.SVG(key.card, key.size)
		}
		return err
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(d.done)
	if c.of[key] != d {
		return // forgotten meanwhile
	}
	if d.err != nil {
		delete(c.of, key)
		return
	}
	c.order = append(c.order, key)
	c.bytes += len(d.file)
	for len(c.order) > 1 && c.bytes > maxCardBytes {
		c.bytes -= len(c.of[c.order[0]].file)
		delete(c.of, c.order[0])
		c.order = c.order[1:]
	}
}

// forget drops all of them: what was deleted is not to be had from memory either.
func (c *cards) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of, c.order, c.bytes = nil, nil, 0
}

// drawAnew gives the listener's card another drawing.
func (s *Server) drawAnew(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.redraw(r.Context()); err != nil {
		return err
	}
	return see(w, r, "/persona#card")
}

func (v *visit) redraw(ctx context.Context) error {
	if _, err := v.tuned(ctx); err != nil {
		return err
	}
	who := v.who
	who.ArtSeed = artSeed()
	return v.server.home(who.ID).SaveListener(ctx, who)
}
