package web

import (
	"net/http"

	"segue/card"
	"segue/outcome/event"
	"segue/persona"
	"segue/recommend"
	"segue/store"
	"segue/tell"
)

// style is what the page of the persona shows.
type style struct {
	*recommend.Profile
	Sessions int
	Stones   []tell.Stone
	Habits   []tell.Line
	Card     card.Card
	Facts    []saidFact
	Chosen   string // id of the fact on the card
	Shares   []store.Share
	Alone    bool // the server is asked for by a name that only this machine has
	Offer    persona.Suggestion
	Placed   string // by which model, empty of the usual placing
}

// personaPage shows the listening style, why, its card, and what is offered now.
func (s *Server) personaPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.listening(r.Context())
	if err != nil {
		return err
	}
	one := style{Profile: p.profile, Sessions: p.listener.Sessions.Len(), Alone: Ours(r.Host, ""), Placed: tell.PlacedBy(v.Tongue, p.music.Model())}
	if one.Offer, err = v.offer(r.Context(), p); err != nil {
		return err
	}
	if one.Shares, err = s.home(v.who.ID).Shares(r.Context(), v.who.ID); err != nil {
		return err
	}
	title := v.Say("Persona")
	if one.Profile.Habits.Plays > 0 {
		one.Habits = tell.Habits(v.Tongue, p.profile)
	}
	if tell.Tuned(p.profile.Persona) {
		title = tell.StyleName(v.Tongue, p.profile.Persona)
		one.Stones = tell.Stones(v.Tongue, v.personaTree(), p.profile.Persona.Path)
		one.Facts = v.facts(p)
		chosen := v.fact(r, one.Facts)
		one.Chosen, one.Card = chosen.ID, v.card(p.profile.Persona.Kind, chosen.Text)
		v.noticed(r, event.CardView, cardID)
	}
	return v.show(w, r, http.StatusOK, page{Title: title, Nav: navPersona}, personaPage(v, one))
}

// between reports whether the resamples are too divided to say "mostly".
func (s style) between() bool {
	c := s.Persona.Confidence
	return c.Known() && c < persona.MostlyFrom
}

// favourites returns the share of the ten favourite artists in words, empty where
// it is not known.
func (s style) favourites(v *visit) string {
	if !s.Profile.Habits.Loyalty.Known() {
		return ""
	}
	return v.Say("Your ten favourite artists took %s of the time. The questions do not ask for it, but it is part of how you listen.", v.Percent(float64(s.Profile.Habits.Loyalty)))
}

// treePage shows both trees whole, with the ways taken.
func (s *Server) treePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.listening(r.Context())
	if err != nil {
		return err
	}
	offer, err := v.offer(r.Context(), p)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("The whole tree"), Nav: navPersona}, treePage(v, p.profile.Persona, offer))
}
