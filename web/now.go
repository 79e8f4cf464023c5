package web

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"segue"
	"segue/outcome/adapt"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
)

// After an hour that felt worse the next one is shorter, asks where to lead, and
// offers silence. (docs/science.md §8; the numbers d)
const (
	worseFor         = 24 * time.Hour
	worseMinutes     = 45
	muchWorseMinutes = 30
)

// The most that can be excluded on the page, and how long a name may be. (d)
const (
	mostExcluded = 50
	longestName  = 200
)

// A nowForm is the check-in's page: what is chosen on it, and what it says.
type nowForm struct {
	Now, Target *segue.Cell
	ToTarget    bool // "Where to" is asked now

	Minutes     int
	Artists     string
	NoExplicit  bool
	Familiarity string // one of familiarities, empty for the usual
	Usual       bool   // the adaptive loop is to choose nothing
	Heard       bool   // there is a history: familiar music can be asked for

	Session int    // number of the session that Now was taken from, 0 if none
	Worse   int    // how the last hour felt, if that was worse: −1 or −2; 0 if not
	Notice  string // what is still to be said
}

// nowPage asks how the listener is. Nothing is chosen for them, but a session they
// came from.
func (s *Server) nowPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	f, p, err := v.nowForm(r.Context())
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("session")); err == nil && p.listener != nil && n >= 1 && n <= p.listener.Sessions.Len() {
		if at := p.listener.Sessions.At(n - 1); at.HasMood {
			c := segue.CellAt(at.Position)
			f.Now, f.Session, f.ToTarget = &c, n, true
		}
	}
	return v.showNow(w, r, http.StatusOK, f)
}

func (v *visit) showNow(w http.ResponseWriter, r *http.Request, code int, f nowForm) error {
	return v.show(w, r, code, page{Title: v.Say("How are you now?"), Nav: navHour, Head: []string{"pad.js"}}, nowPage(v, f))
}

// nowForm returns the form as it begins, and the portrait: without music there is
// nothing to build of.
func (v *visit) nowForm(ctx context.Context) (nowForm, *portrait, error) {
	f := nowForm{Minutes: 60}
	p, err := v.portrait(ctx)
	if err != nil {
		return f, nil, err
	}
	f.Heard = p.listener != nil
	if f.Worse, err = v.worse(ctx); err != nil {
		return f, nil, err
	}
	switch f.Worse {
	case -1:
		f.Minutes = worseMinutes
	case -2:
		f.Minutes = muchWorseMinutes
	}
	return f, p, nil
}

// worse returns how the last hour felt that the listener spoke of within a day, if
// it was worse or much worse; else 0.
func (v *visit) worse(ctx context.Context) (int, error) {
	all, err := v.keeper(store.CheckIns).Reflections(ctx, v.who.ID)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	last := all[len(all)-1]
	if since := v.at.Sub(last.At); since > worseFor || since < -time.Minute {
		return 0, nil
	}
	return min(last.Feel, 0), nil
}

// familiarities are the shares of known music that can be asked for; nil leaves it
// to the listener's style.
func familiarities() map[string]*[3]float64 {
	same := func(f float64) *[3]float64 { return &[3]float64{f, f, f} }
	return map[string]*[3]float64{"": nil, "only": same(1), "mostly": same(.8), "half": same(.5), "new": same(0)}
}

// buildHour takes a check-in and builds its hour.
func (s *Server) buildHour(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		return misread(v.Tongue, v.Say("Go back to the plane, choose a square, and try again."))
	}
	f, p, err := v.nowForm(ctx)
	if err != nil {
		return err
	}
	stay, err := v.readNow(r.PostForm, &f)
	if err != nil {
		return err
	}
	if f.Now == nil {
		f.Notice = v.Say("Say first where you are: choose a square.")
		return v.showNow(w, r, http.StatusUnprocessableEntity, f)
	}
	id, err := v.build(ctx, p, &f, stay)
	var open *unsettled
	if errors.As(err, &open) {
		f.Notice, f.ToTarget = open.why, f.ToTarget || open.target
		return v.showNow(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/hours/"+id)
}

// An unsettled says why no hour was made of a check-in, and that another check-in may
// make one.
type unsettled struct {
	why    string // in the listener's language
	target bool   // it is the target that has to be named
}

func (u *unsettled) Error() string { return "no hour of this check-in" }

// build makes the hour of a check-in that says where the listener is, and returns its
// id.
func (v *visit) build(ctx context.Context, p *portrait, f *nowForm, stay bool) (string, error) {
	switch {
	case stay:
		f.Target = f.Now
	case f.Target == nil && f.Worse < 0:
		return "", &unsettled{v.Say("Where would you like this one to lead? Choose a square, or stay with this."), true}
	}
	k := store.CheckIn{ID: newID(), At: v.at, Now: *f.Now, Target: (*[2]int)(f.Target), Stay: stay}
	id, err := v.plan(ctx, p, *f, k)
	var end *recommend.WishError
	if errors.As(err, &end) && end.End == "to" {
		return "", &unsettled{v.Say("From the middle only you can tell where to go. Choose a square for where to, or stay with this."), true}
	}
	var why *playlist.Refusal
	if errors.As(err, &why) {
		return "", &unsettled{v.Say("No such hour can be made of this music: %s.", why.In(v.Tongue)), false}
	}
	return id, err
}

// readNow reads the form of a check-in into f, and whether the listener wants to
// stay where they are.
func (v *visit) readNow(form url.Values, f *nowForm) (stay bool, err error) {
	for name, to := range map[string]**segue.Cell{"now": &f.Now, "target": &f.Target} {
		text := form.Get(name)
		if text == "" {
			continue
		}
		c, ok := cellOf(text)
		if !ok {
			return false, misread(v.Tongue, v.Say("A place is one of 9 by 9 squares. Go back to the plane and choose one."))
		}
		*to = &c
	}
	switch form.Get("do") {
	case "", "build":
	case "stay":
		stay = true
	default:
		return false, misread(v.Tongue, v.Say("Go back to the plane, choose a square, and try again."))
	}
	minutes := form.Get("minutes")
	if other := strings.TrimSpace(form.Get("other")); other != "" {
		minutes = other
	}
	if minutes != "" {
		f.Minutes, err = strconv.Atoi(minutes)
		if err != nil || f.Minutes < playlist.MinMinutes || f.Minutes > playlist.MaxMinutes {
			return false, misreadLength(v.Tongue)
		}
	}
	f.Artists, f.NoExplicit, f.Familiarity = form.Get("artists"), form.Has("no-explicit"), form.Get("familiarity")
	if _, ok := familiarities()[f.Familiarity]; !ok {
		return false, misread(v.Tongue, v.Say("How much of the hour you know is one of the choices on the page. Go back and choose one."))
	}
	return stay, v.excludable(f.Artists)
}

// excludable refuses a text of artists that are too many, or that are no names.
func (v *visit) excludable(artists string) error {
	names := excluded(artists)
	if !utf8.ValidString(artists) || len(names) > mostExcluded {
		return misread(v.Tongue, v.Say("Write the artists to leave out as text, one a line, %d at most.", mostExcluded))
	}
	for _, n := range names {
		if utf8.RuneCountInString(n) > longestName {
			return misread(v.Tongue, v.Say("The name of an artist has at most %d letters; write one a line.", longestName))
		}
	}
	return nil
}

// excluded returns the names in a text of one a line.
func excluded(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if name := strings.Join(strings.Fields(line), " "); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// plan builds the hour of a check-in and stores both; it returns the hour's id.
// Nothing is stored of a check-in that no hour can be made of.
func (v *visit) plan(ctx context.Context, p *portrait, f nowForm, k store.CheckIn) (string, error) {
	at := &segue.CheckIn{At: k.At, Now: f.Now.At()}
	if f.Target != nil {
		to := f.Target.At()
		at.Target = &to
	}
	wish := recommend.Wish{
		CheckIn: at, Minutes: f.Minutes, Seed: v.freshSeed(), Night: recommend.IsNight(v.at, v.zone()),
		Exclude: playlist.Exclusions{Artists: excluded(f.Artists), Explicit: f.NoExplicit, Seasonal: !recommend.IsFestive(v.at, v.zone())},
	}
	if f.Heard {
		wish.Familiarity = familiarities()[f.Familiarity]
	}
	library, err := v.library(ctx, p)
	if err != nil {
		return "", err
	}
	var action *adapt.Action // what the adaptive loop chose
	build := func(arm playlist.Arm) (edit *playlist.Draft, hour *playlist.Playlist, err error) {
		wish.Arm = arm
		request, err := recommend.RequestOf(p.listener, p.profile, wish)
		if err != nil {
			return nil, nil, err
		}
		if action != nil {
			request = recommend.Adapted(request, *action)
		}
		if edit, err = playlist.NewDraft(ctx, library, request); err == nil {
			hour, err = edit.Certify(ctx)
		}
		return edit, hour, err
	}
	id := newID()
	arm, exposure := v.draw(ctx, id, f)
	if exposure == "" && !k.Stay {
		action, exposure = v.adapt(ctx, id, f, wish.Night)
	}
	edit, hour, err := build(arm)
	if err != nil && (arm != "" || action != nil) && ctx.Err() == nil {
		action = nil
		edit, hour, err = build("") // it counts as what was drawn
	}
	if err != nil {
		v.undraw(ctx, exposure)
		return "", err
	}
	h := store.Hour{ID: id, CheckIn: k.ID, At: v.at, Changed: v.at, Version: 1}
	if h.Plan, err = written(hour, v.Code()); err != nil {
		return "", err
	}
	keeper := v.keeper(store.CheckIns)
	if err := keeper.AddCheckIn(ctx, v.who.ID, k); err != nil {
		return "", err
	}
	err = v.saveTold(ctx, v.checkedIn(ctx, k, h.ID), func(told store.Told) error {
		return keeper.SaveHourTold(ctx, v.who.ID, h, told)
	})
	if err != nil {
		return "", err
	}
	d := v.server.drafts.of(v.who.ID, h.ID)
	d.mu.Lock()
	defer d.mu.Unlock()
	h.At, h.Changed = h.At.UTC().Truncate(time.Millisecond), h.Changed.UTC().Truncate(time.Millisecond)
	d.put(h, hour, v.Code())
	d.edit, d.on, d.others = edit, p, v.server.lab.finishers.pooledAt(library)
	return h.ID, nil
}

// freshSeed returns a seed nobody has to choose, short enough to be told: another
// one for each listener, moment and hour, and the same again for the same ones.
func (v *visit) freshSeed() uint64 {
	nth := v.server.planned.Add(1)
	drawn := rand.New(rand.NewPCG(v.server.o.Seed^nth<<32, v.who.ArtSeed^uint64(v.at.UnixMilli())))
	return 1 + drawn.Uint64N(99_999)
}
