package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"segue/language"
	"segue/persona"
	"segue/store"
	"segue/tell"
)

// maxName is the longest name to be called by, in characters.
const maxName = 60

// homePage welcomes who comes for the first time, and greets who comes back.
func (s *Server) homePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return v.show(w, r, http.StatusOK, page{Title: v.Say("Welcome"), Bare: true, Head: []string{"zone.js"}}, welcomePage(v, s.o.Campaign))
	}
	ctx := r.Context()
	h := home{}
	p, err := v.portrait(ctx)
	switch {
	case errors.Is(err, ErrNoMusic):
	case err != nil:
		return err
	default:
		h.of(v.Tongue, p)
		if h.Offer, err = v.offer(ctx, p); err != nil {
			return err
		}
		if h.Offer.Kind == persona.Gentle && !s.unasked(r, v) {
			h.Offer = persona.Suggestion{Kind: persona.Nothing}
		}
	}
	hours, err := v.pastHours(ctx)
	if err != nil {
		return err
	}
	h.past(v.at, hours)
	if h.Hours > 0 && h.Offer.Kind != persona.Gentle && v.at.Sub(hours[0].At) < persona.CheckInHolds {
		h.Offer = persona.Suggestion{Kind: persona.Nothing} // the check-in it answers has its hour already
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Welcome back")}, returnPage(v, h))
}

// home is what the start says to who comes back.
type home struct {
	Music, Heard bool
	Offer        persona.Suggestion

	// With a history: how far the listener is on the way.
	Plays        int
	Coverage     float64 // share of the time that could be placed
	Moods, Style string
	Plane        string // where their listening sits

	Hours, Said int
	Unsaid      *pastHour // the latest hour, if nothing was said of it yet and it is fresh
}

// of takes what a portrait says in short.
func (h *home) of(t *language.Tongue, p *portrait) {
	h.Music = true
	if p.listener == nil {
		return
	}
	h.Heard = true
	h.Plays, h.Coverage = p.listener.Plays(), float64(p.profile.Usual.Coverage)
	h.Moods, h.Style = moodsHeadline(t, p.profile.Usual), tell.StyleName(t, p.profile.Persona)
	h.Plane = p.picture(t, "moods-plane", func() string { return tell.MoodsPlane(t, p.where, p.profile, "moods-plane") })
}

// freshFor is how long the start asks how an hour felt: who did not say within some
// days hardly remembers. (d)
const freshFor = 4 * 24 * time.Hour

// past takes what came of the hours, the newest first.
func (h *home) past(now time.Time, hours []pastHour) {
	for i, one := range hours {
		h.Hours++
		if one.Felt != nil {
			h.Said++
		} else if i == 0 && !one.Broken && now.Sub(one.At) < freshFor {
			h.Unsaid = &one
		}
	}
}

// agree takes the answers of the welcome. They are kept, as they have to hold; of
// everything else each is kept only where it was agreed to.
func (s *Server) agree(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	me, err := s.visitOf(ctx, v.self) // whose welcome it is, also where the demo listener is looked at
	if err != nil {
		return err
	}
	who := me.asKnown()
	if err := v.settings(r, &who); err != nil {
		return err
	}
	who.Adult16 = r.PostForm.Has("adult16")
	agreed := func(p store.Purpose) bool { return r.PostForm.Has(string(p)) }
	if err := v.oldEnough(agreed, who.Adult16); err != nil {
		return err
	}
	if err := s.greet(ctx, me, who); err != nil {
		return err
	}
	if err := s.consent(ctx, me, agreed); err != nil {
		return err
	}
	s.portraits.forget(v.self)
	s.drafts.forgetOf(v.self)
	setChoice(w, whoCookie, "")
	return see(w, r, "/bring")
}

// asKnown returns the listener, a new one where nobody was greeted yet.
func (v *visit) asKnown() store.Listener {
	if v.known {
		return v.who
	}
	return store.Listener{ID: v.self, Created: v.at, ArtSeed: artSeed()}
}

// greet stores the settings of a listener who may be new.
func (s *Server) greet(ctx context.Context, v *visit, who store.Listener) error {
	if !v.known {
		// Whom the file does not know is a stranger to memory, too: somebody may have
		// been deleted by another program.
		if err := s.passing.Forget(ctx, who.ID); err != nil {
			return err
		}
	}
	if err := s.save(ctx, who); err != nil {
		return err
	}
	v.who, v.known = who, true
	return nil
}

// oldEnough refuses to read moods for who did not say that they are 16 or older.
func (v *visit) oldEnough(agreed func(store.Purpose) bool, adult bool) error {
	if agreed(store.Moods) && !adult {
		return misread(v.Tongue, v.Say("Moods are read only for people of 16 and older. Say that you are, or leave the moods off."))
	}
	return nil
}

// settings reads name and zone of a form into who.
func (v *visit) settings(r *http.Request, who *store.Listener) error {
	return v.set(who, r.PostForm.Get("name"), r.PostForm.Get("zone"))
}

// set takes a name and a time zone into who.
func (v *visit) set(who *store.Listener, name, zone string) error {
	who.Name = strings.Join(strings.Fields(strings.Map(seen, name)), " ")
	if !utf8.ValidString(name) || utf8.RuneCountInString(who.Name) > maxName {
		return misread(v.Tongue, v.Say("A name has at most %d letters.", maxName))
	}
	who.Zone = strings.TrimSpace(zone)
	if _, err := time.LoadLocation(who.Zone); err != nil || who.Zone == "Local" {
		return misread(v.Tongue, v.Say("A time zone is written as a region and a city, such as Europe/Lisbon or Asia/Ho_Chi_Minh. Leave it empty and hours are those of UTC."))
	}
	return nil
}

// seen drops a letter that is not seen, or that turns the line around; what joins
// others, as in emoji, stays.
func seen(r rune) rune {
	if unicode.IsPrint(r) || unicode.IsSpace(r) || r == '\u200c' || r == '\u200d' {
		return r
	}
	return -1
}
