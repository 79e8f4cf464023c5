package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/playlist"
	"segue/store"
)

// ownPrefix begins the id of a design that a listener runs for themselves, and so what
// its exposures name. No design of the lab may have it.
const ownPrefix = "own-"

// A crossover of one listener, as it is declared for them. (d)
const (
	ownAlpha    = .05
	ownPower    = .8
	ownLeast    = .10            // the least difference of Δ that would matter, on a plane 1 wide and 1 high
	ownSD       = .25            // of Δ between hours, until the listener's own are outcome.Least, which say it
	ownPatience = 24 * time.Hour // how long the last hour's answer is waited for before the whole is read
)

// ownLengths are how many hours a comparison may take, in pairs: the shortest leaves two
// pairs without an answer before it can tell nothing (stats.Least). (d)
func ownLengths() []int { return []int{24, 40, 60} }

// ownPairs are the arms that may be compared: each with what it is compared with.
func ownPairs() []experiment.Comparison {
	return []experiment.Comparison{
		{Arm: string(playlist.Iso), Against: string(playlist.Compensatory)},
		{Arm: string(playlist.Iso), Against: string(playlist.Shuffle)},
		{Arm: string(playlist.Compensatory), Against: string(playlist.Shuffle)},
	}
}

// An ownTrial is a comparison that a listener runs for themselves.
type ownTrial struct {
	store.Trial
	Design   *experiment.Design
	Drawn    int                 // hours whose order was drawn
	Answered int                 // of these, how many have an outcome
	Over     bool                // no more hours are drawn
	Reading  *experiment.Reading // nil before it is whole, and where it was ended early
}

// early reports whether the listener ended it before all hours were drawn.
func (t *ownTrial) early() bool { return !t.Ended.IsZero() && t.Drawn < t.Design.Horizon.Units }

// ownDesign returns the comparison that an hour is to be drawn for, and whether the
// listener runs one, in which case nothing is drawn for anything else.
func (v *visit) ownDesign(ctx context.Context, f nowForm) (d *experiment.Design, runs bool) {
	if !v.allowsCheckIns() {
		return nil, false
	}
	trials, err := v.keeper(store.CheckIns).Trials(ctx, v.who.ID)
	if err != nil {
		if ctx.Err() == nil {
			v.notRecorded(ctx, err)
		}
		return nil, false
	}
	for _, t := range trials {
		if !t.Ended.IsZero() {
			continue
		}
		d, err := experiment.Parse(t.Design)
		if err != nil {
			continue // brought back by hand, and shown as what it is
		}
		drawn, err := v.ownDrawn(ctx, d)
		if err != nil || drawn >= d.Horizon.Units {
			return nil, false
		}
		if f.Target != nil && *f.Target == *f.Now {
			return nil, true // staying is one way, whatever the arm
		}
		return d, true
	}
	return nil, false
}

// ownDrawn counts the hours that were drawn for a design.
func (v *visit) ownDrawn(ctx context.Context, d *experiment.Design) (n int, err error) {
	kept, err := v.keeper(store.CheckIns).RecordsOfKind(ctx, v.who.ID, string(event.Exposure))
	for _, r := range kept {
		if r.Experiment == d.Ref() {
			n++
		}
	}
	return n, err
}

// trials returns the comparisons of who visits, the newest first, each as far as it has
// come.
func (v *visit) trials(ctx context.Context) ([]ownTrial, error) {
	k := v.keeper(store.CheckIns)
	kept, err := k.Trials(ctx, v.who.ID)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	events, err := v.ownEvents(ctx)
	if err != nil {
		return nil, err
	}
	var out []ownTrial
	for _, t := range slices.Backward(kept) {
		one := ownTrial{Trial: t}
		if one.Design, err = experiment.Parse(t.Design); err != nil || one.Design.Kind != experiment.Crossover {
			continue // of another program, or spoiled
		}
		if err := one.read(events, v.at); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// ownEvents returns what happened to who visits, in order of arrival.
func (v *visit) ownEvents(ctx context.Context) (events []event.Event, err error) {
	for after := int64(0); ; {
		some, err := v.keeper(store.CheckIns).Records(ctx, v.who.ID, after, store.MostAppended)
		if err != nil || len(some) == 0 {
			return events, err
		}
		for _, r := range some {
			if e := eventOf(v.who.ID, r); e.Validate() == nil {
				events = append(events, e)
			}
			after = r.N
		}
	}
}

// read finds how far the comparison has come by the events of its listener, and reads it
// once it is whole: all hours were drawn, and of the last one an answer is there or has
// been waited for.
func (t *ownTrial) read(events []event.Event, now time.Time) error {
	g := experiment.Gather(t.Design, time.Time{})
	if err := g.Add(events); err != nil {
		return err
	}
	table, log, err := g.Table()
	if errors.Is(err, experiment.ErrChanged) {
		t.Over = true
		return nil // the records are another design's: nothing is read of them
	} else if err != nil {
		return err
	}
	t.Drawn = len(log.Exposures)
	known := false
	var last time.Time
	for _, row := range table.Rows {
		if known = row.Values[0].Known(); known {
			t.Answered++
		}
	}
	for _, e := range log.Exposures {
		last = e.At
	}
	whole := t.Drawn >= t.Design.Horizon.Units
	t.Over = whole || !t.Ended.IsZero()
	if whole && (known || now.Sub(last) > ownPatience) {
		t.Reading = experiment.Read(t.Design, table)
	}
	return nil
}

// An ownForm is what can be chosen of a comparison, and what it would tell.
type ownForm struct {
	Pair   int // index into ownPairs
	Hours  int
	Heard  bool // their own music in any order can be built
	SD     float64
	Own    bool // SD is that of their own hours
	Sizes  []experiment.Size
	Notice string
}

// ownForm is the form as it begins.
func (v *visit) ownForm(ctx context.Context) (ownForm, error) {
	f := ownForm{Hours: ownLengths()[0], SD: ownSD}
	p, err := v.portrait(ctx)
	switch {
	case err == nil:
		f.Heard = p.listener != nil
	case !errors.Is(err, ErrNoMusic):
		return f, err
	}
	hours, err := v.pastHours(ctx)
	if err != nil {
		return f, err
	}
	if c := outcomesOf(slices.DeleteFunc(hours, func(h pastHour) bool { return h.Broken })).changes; c.N >= outcome.Least && c.SD > 0 {
		f.SD, f.Own = float64(c.SD), true
	}
	for _, n := range ownLengths() {
		f.Sizes = append(f.Sizes, f.design("own-0", strings.Repeat("0", experiment.MinSalt), n).Size())
	}
	return f, nil
}

// design declares what the form says.
func (f ownForm) design(id, salt string, hours int) *experiment.Design {
	c := ownPairs()[f.Pair]
	return &experiment.Design{
		Schema: experiment.Schema, ID: id, Title: "One listener's own comparison", Kind: experiment.Crossover, Unit: experiment.Session,
		Question: "Which of two orders of music brings this listener nearer to where they want to be?", Hypothesis: "None: either may, or neither.", Population: "One listener, who runs it for themselves.",
		Arms: []experiment.Arm{{Name: c.Arm, Weight: 1}, {Name: c.Against, Weight: 1}}, Control: c.Against,
		Primary: experiment.Primary{Measure: experiment.Change, LeastEffect: ownLeast, Assumed: experiment.Assumed{SD: f.SD}},
		Horizon: experiment.Horizon{Units: hours}, Alpha: ownAlpha, Power: ownPower, Reading: experiment.FixedHorizon, Salt: salt,
	}
}

// readOwn reads the form.
func (v *visit) readOwn(form url.Values, f *ownForm) error {
	pair, err := strconv.Atoi(form.Get("pair"))
	hours, bad := strconv.Atoi(form.Get("hours"))
	if err != nil || bad != nil || pair < 0 || pair >= len(ownPairs()) || !slices.Contains(ownLengths(), hours) {
		return misread(v.Tongue, v.Say("What is compared, and over how many hours, are choices on the page. Go back and choose."))
	}
	f.Pair, f.Hours = pair, hours
	return nil
}

// startOwn declares a comparison. One that has all its hours makes room for it.
func (v *visit) startOwn(ctx context.Context, f ownForm) (store.Trial, error) {
	if !v.allowsCheckIns() {
		return store.Trial{}, &wrong{code: http.StatusConflict, what: v.Say("Nothing would be left to compare"), todo: v.Say("A comparison takes weeks, and you have not agreed that check-ins and hours are kept. Nothing was changed.")}
	}
	if c := ownPairs()[f.Pair]; c.Against == string(playlist.Shuffle) && !f.Heard {
		return store.Trial{}, &wrong{code: http.StatusConflict, what: v.Say("Your own music is not known here"), todo: v.Say("Bring a listening history first, or compare two other ways. Nothing was changed.")}
	}
	k := v.keeper(store.CheckIns)
	before, err := v.trials(ctx)
	if err != nil {
		return store.Trial{}, err
	}
	kept, err := k.Trials(ctx, v.who.ID)
	if err != nil {
		return store.Trial{}, err
	}
	for _, t := range kept {
		at := slices.IndexFunc(before, func(b ownTrial) bool { return b.ID == t.ID })
		// One that cannot be read was brought back by hand: nothing shows or ends it.
		if t.Ended.IsZero() && (at < 0 || before[at].Over) {
			if err := k.EndTrial(ctx, v.who.ID, t.ID, v.at); err != nil {
				return store.Trial{}, err
			}
		}
	}
	d, err := experiment.Parse(f.design(ownPrefix+newID()[:16], rand.Text(), f.Hours).Canonical())
	if err != nil {
		return store.Trial{}, err
	}
	t := store.Trial{ID: newID(), At: v.at, Design: d.Canonical()}
	err = k.AddTrial(ctx, v.who.ID, t)
	if errors.Is(err, store.ErrConflict) {
		return t, &wrong{code: http.StatusConflict, what: v.Say("One comparison runs already"), todo: v.Say("End it first, or let it come to its end. Nothing was changed."), cause: err}
	}
	return t, err
}

// dropOwn deletes a comparison and its draws. Its hours stay, and what was said of them.
func (v *visit) dropOwn(ctx context.Context, id string) error {
	k := v.keeper(store.CheckIns)
	all, err := k.Trials(ctx, v.who.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(t store.Trial) bool { return t.ID == id })
	if at < 0 {
		return store.ErrNotFound
	}
	ref := ""
	if d, err := experiment.Parse(all[at].Design); err == nil {
		ref = d.Ref()
	}
	return k.DeleteTrial(ctx, v.who.ID, id, ref)
}

// ownPage shows the comparisons of who visits, and the form to begin one.
func (s *Server) ownPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	f, err := v.ownForm(r.Context())
	if err != nil {
		return err
	}
	all, err := v.trials(r.Context())
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Compare two ways for yourself"), Nav: navTime}, ownPage(v, f, all))
}

func (s *Server) beginOwn(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	if err := r.ParseForm(); err != nil {
		return misread(v.Tongue, v.Say("Go back and choose again."))
	}
	f, err := v.ownForm(r.Context())
	if err != nil {
		return err
	}
	if err := v.readOwn(r.PostForm, &f); err != nil {
		return err
	}
	if _, err := v.startOwn(r.Context(), f); err != nil {
		return err
	}
	return see(w, r, "/time/own")
}

func (s *Server) endOwn(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.keeper(store.CheckIns).EndTrial(r.Context(), v.who.ID, r.PathValue("id"), v.at); err != nil {
		return err
	}
	return see(w, r, "/time/own")
}

func (s *Server) deleteOwn(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.dropOwn(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return see(w, r, "/time/own")
}
