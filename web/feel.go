package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"segue"
	"segue/language"
	"segue/outcome"
	"segue/playlist"
	"segue/store"
)

// mostWords is how many letters may be said about an hour. (d)
const mostWords = 1000

// A feelView is what the page after an hour shows: what is asked, and what was
// said.
type feelView struct {
	ID       string
	At       time.Time
	From, To playlist.Place
	Minutes  int
	Felt     *store.Reflection // nil if nothing was said yet
	Talk     bool              // the listener asked to talk to somebody
	Notice   string

	// What a form that was not whole held.
	After *segue.Cell
	Feel  *int
	Words string
}

// past is the hour as lists know it.
func (f feelView) past() pastHour {
	return pastHour{ID: f.ID, At: f.At, From: f.From, To: f.To, Minutes: f.Minutes, Felt: f.Felt}
}

// change returns how much nearer to its target an hour brought the listener, by
// what they said; 0 if they did not say.
func (h pastHour) change() float64 {
	if h.Felt == nil || h.Felt.After == nil {
		return 0
	}
	return outcome.Change(h.From.Affect, segue.Cell(*h.Felt.After).At(), h.To.Affect)
}

// feelPage asks how an hour felt, or shows what was said of it.
func (s *Server) feelPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	f, err := v.feelView(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.showFeel(w, r, http.StatusOK, f)
}

func (v *visit) showFeel(w http.ResponseWriter, r *http.Request, code int, f feelView) error {
	return v.show(w, r, code, page{Title: v.Say("How did this feel?"), Nav: navHour, Head: []string{"pad.js"}}, feelPage(v, f))
}

// feelView finds the hour of an id, and what was said of it. It needs no music and
// plans nothing.
func (v *visit) feelView(ctx context.Context, id string) (feelView, error) {
	h, err := v.keeper(store.CheckIns).Hour(ctx, v.who.ID, id)
	if err != nil {
		return feelView{}, err
	}
	d := v.server.drafts.of(v.who.ID, id)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := v.read(d, h); err != nil {
		return feelView{}, err
	}
	f := feelView{ID: id, At: h.At, From: d.hour.From, To: d.hour.To, Minutes: d.hour.Minutes, Talk: v.server.drafts.talks(v.who.ID, id)}
	f.Felt, err = v.reflection(ctx, id)
	if f.Felt != nil {
		f.After, f.Feel, f.Words = (*segue.Cell)(f.Felt.After), &f.Felt.Feel, f.Felt.Words
	}
	return f, err
}

// saveFeeling stores what a listener says after an hour, in place of what they said
// before.
func (s *Server) saveFeeling(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.feelView(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return misread(v.Tongue, v.Say("Go back to the page of the hour and try again."))
	}
	f.After, f.Feel, f.Words = nil, nil, wordsOf(r.PostForm.Get("words"))
	if text := r.PostForm.Get("after"); text != "" {
		c, ok := cellOf(text)
		if !ok {
			return misread(v.Tongue, v.Say("A place is one of 9 by 9 squares. Go back to the plane and choose one."))
		}
		f.After = &c
	}
	if text := r.PostForm.Get("feel"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < -2 || n > 2 {
			return misread(v.Tongue, v.Say("How it felt is one of five steps. Go back and choose one."))
		}
		f.Feel = &n
	}
	if !utf8.ValidString(f.Words) {
		return misread(v.Tongue, v.Say("Your words hold signs that are no text. Go back and write them anew."))
	}
	if n := utf8.RuneCountInString(f.Words); n > mostWords {
		f.Notice = v.Say("Your words have %d letters, and there is room for %d. Nothing was saved yet; shorten them and save again.", n, mostWords)
		return v.showFeel(w, r, http.StatusUnprocessableEntity, f)
	}
	if f.Feel == nil {
		f.Notice = v.Say("Choose one of the five steps. Nothing was saved yet.")
		return v.showFeel(w, r, http.StatusUnprocessableEntity, f)
	}
	if _, err := v.saveFelt(r.Context(), f, r.PostForm.Has("talk")); err != nil {
		return err
	}
	return see(w, r, "/hours/"+f.ID+"/feel")
}

// wordsOf takes the words of a form or a request as they are kept.
func wordsOf(said string) string {
	return strings.TrimSpace(strings.ReplaceAll(said, "\r\n", "\n"))
}

// saveFelt stores what f holds of an hour, which says how it felt at least, and returns
// it as it was stored.
func (v *visit) saveFelt(ctx context.Context, f feelView, talk bool) (store.Reflection, error) {
	out := store.Reflection{Hour: f.ID, At: v.at.Truncate(time.Millisecond), After: (*[2]int)(f.After), Feel: *f.Feel, Words: f.Words}
	err := v.saveTold(ctx, v.felt(ctx, out), func(told store.Told) error {
		return v.keeper(store.CheckIns).SaveReflectionTold(ctx, v.who.ID, out, told)
	})
	if err != nil {
		return store.Reflection{}, err
	}
	v.server.drafts.asked(v.who.ID, f.ID, talk)
	return out, nil
}

// deleteFeeling takes back what was said of an hour.
func (s *Server) deleteFeeling(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if err := v.takeBackFelt(r.Context(), id); err != nil {
		return err
	}
	return see(w, r, "/hours/"+id+"/feel")
}

// takeBackFelt deletes what was said of an hour, if anything was.
func (v *visit) takeBackFelt(ctx context.Context, id string) error {
	k := v.keeper(store.CheckIns)
	if _, err := k.Hour(ctx, v.who.ID, id); err != nil {
		return err
	}
	if err := k.DeleteReflection(ctx, v.who.ID, id); err != nil {
		return err
	}
	v.server.drafts.asked(v.who.ID, id, false)
	return nil
}

// feelWord names a step, from −2 to 2.
func feelWord(t *language.Tongue, feel int) string {
	return t.Say([...]string{language.Text("Much worse"), language.Text("Worse"), language.Text("About the same"), language.Text("Better"), language.Text("Much better")}[feel+2])
}

// same is how small a change is that is none: half a square of the pad.
const same = .5 / (segue.GridSize - 1)

// nearerWords says how much nearer to the target an hour brought somebody, with
// the numbers it comes from.
func nearerWords(t *language.Tongue, h pastHour) string {
	before, after := h.From.Distance(h.To.Affect), segue.Cell(*h.Felt.After).At().Distance(h.To.Affect)
	d := before - after
	if h.stays() {
		if after < same {
			return t.Say("You wanted to stay, and you are where you were.")
		}
		return t.Say("You wanted to stay, and you are %s away from there.", t.Decimal(after, 2))
	}
	switch {
	case d >= same:
		return t.Say("You are %s nearer to where you wanted to be: %s away before, %s after.", t.Decimal(d, 2), t.Decimal(before, 2), t.Decimal(after, 2))
	case d <= -same:
		return t.Say("You are %s farther from where you wanted to be: %s away before, %s after.", t.Decimal(-d, 2), t.Decimal(before, 2), t.Decimal(after, 2))
	}
	return t.Say("You are about as far from where you wanted to be as before: %s away, and %s after.", t.Decimal(before, 2), t.Decimal(after, 2))
}

// nearerShort is that in two words.
func nearerShort(t *language.Tongue, d float64) string {
	switch {
	case d >= same:
		return t.Say("%s nearer", t.Decimal(d, 2))
	case d <= -same:
		return t.Say("%s farther", t.Decimal(-d, 2))
	}
	return t.Say("as near as before")
}
