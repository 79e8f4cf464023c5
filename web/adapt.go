package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"segue"
	"segue/outcome/adapt"
	"segue/outcome/event"
	"segue/outcome/offpolicy"
	"segue/outcome/stats"
	"segue/playlist"
	"segue/store"
)

// policyKind is the kind of versions that are policies of the adaptive loop: the id is the
// policy's hash. The one that was chosen is followed; shippedVersion is that none is, in
// every process within a second.
const policyKind = "policy"

// adapts reports whether hours may be built by what came of earlier ones: a policy is
// followed, and who visits agreed to it and that what happens is kept.
func (v *visit) adapts() bool {
	return v.using().follows != nil && !v.server.o.NoAdapt && !v.who.Demo && v.allows(store.Adaptation) && v.allows(store.CheckIns)
}

// How long what was learned of others stays, and how long building an hour waits for it.
// Where it is not there yet, or few agreed, the neutral prior holds. (d)
const (
	learnedFor      = 10 * time.Minute
	learnedPatience = 2 * time.Second
)

// learned is what came of hours: of others, for who asks next, and of everybody, for the
// lab. It is let go of here at once, and in other processes on the same store within
// learnedFor, when somebody takes a consent back, or deletes an hour or everything.
type learned struct {
	pools    daySum[*adapt.Pool]
	readings daySum[*adaptReading]
	since    atomic.Int64 // how often it was let go of
}

func (l *learned) drop() { l.since.Add(1) }

// key names what is summed up, anew after each drop.
func (l *learned) key(id string) string { return id + "/" + strconv.FormatInt(l.since.Load(), 10) }

// trialsOf reads trials out of records of a listener that Segue itself made of its hours.
func trialsOf(g *adapt.Gatherer, listener string, records []store.Record) error {
	var events []event.Event
	for _, r := range records {
		if r.Kind == string(event.Exposure) && r.Source != string(event.Web) {
			continue // programs draw nothing
		}
		if e := eventOf(listener, r); e.Validate() == nil {
			events = append(events, e)
		}
	}
	return g.Add(events)
}

// gathered returns the trials of everybody who agreed, until a time.
func (s *Server) gathered(ctx context.Context, p *adapt.Policy, until time.Time) ([]adapt.Trial, adapt.Counts, error) {
	g := p.Gather(until)
	g.Lenient = true
	if err := s.kept.PooledRecords(ctx, func(listener string, records []store.Record) error { return trialsOf(g, listener, records) }); err != nil {
		return nil, adapt.Counts{}, err
	}
	return readTrials(g)
}

// readTrials is Gatherer.Trials, where exposures of other versions alone are none.
func readTrials(g *adapt.Gatherer) ([]adapt.Trial, adapt.Counts, error) {
	trials, c, err := g.Trials()
	if errors.Is(err, adapt.ErrChanged) {
		err = nil
	}
	return trials, c, err
}

// pool returns what others' hours say, nil while it is not there.
func (s *Server) pool(ctx context.Context, u *inUse, at time.Time) *adapt.Pool {
	l := &s.lab.learned
	pool, ok, err := l.pools.get(ctx, s, l.key(u.policy), at.UTC().Truncate(learnedFor), learnedPatience, func(ctx context.Context) (*adapt.Pool, error) {
		trials, _, err := s.gathered(ctx, u.follows, at)
		return u.follows.Pool(u.follows.Tallies(trials)), err
	})
	if err != nil || !ok {
		return nil
	}
	return pool
}

// ownTrials returns the hours of who visits that the policy chose for.
func (v *visit) ownTrials(ctx context.Context, p *adapt.Policy) ([]adapt.Trial, adapt.Counts, error) {
	g := p.Gather(v.at)
	g.Lenient = true
	for _, kind := range []event.Kind{event.Exposure, event.CheckInBefore, event.CheckInAfter, event.Reflection} {
		records, err := v.server.kept.RecordsOfKind(ctx, v.who.ID, string(kind))
		if err == nil {
			err = trialsOf(g, v.who.ID, records)
		}
		if err != nil {
			return nil, adapt.Counts{}, err
		}
	}
	return readTrials(g)
}

// adapt chooses how an hour that is about to be built is built, and keeps that, with the
// chance of every way it could have been, before it returns. It returns nil where nothing
// is chosen: who visits did not agree, nothing is followed, the last hour felt worse, or
// they asked how much of it they know. An experiment goes before: the caller asks only
// where none drew.
func (v *visit) adapt(ctx context.Context, hour string, f nowForm, night bool) (action *adapt.Action, exposure string) {
	if !v.adapts() || f.Worse < 0 || f.Usual || f.Familiarity != "" {
		return nil, ""
	}
	p := v.using().follows
	trials, _, err := v.ownTrials(ctx, p)
	if err != nil {
		v.notRecorded(ctx, err)
		return nil, ""
	}
	at := p.Context(f.Now.At(), night)
	c := p.Choose(v.server.pool(ctx, v.using(), v.at), p.Tallies(trials)[v.who.ID], at, v.who.ID, hour)
	e := v.event(event.Exposure, "s-adapted-"+hour)
	e.Hour, e.Experiment, e.Arm, e.Propensity = hour, p.Ref(), p.Actions[c.Action].Name, c.Propensity()
	e.Context, e.Propensities = p.Contexts[at].Name, c.Propensities()
	if err := e.Validate(); err != nil {
		v.notRecorded(ctx, err)
		return nil, ""
	}
	if _, err := v.server.kept.AppendRecords(ctx, v.who.ID, []store.Record{recordOf(e)}); err != nil {
		if !errors.Is(err, store.ErrConsent) && ctx.Err() == nil {
			v.notRecorded(ctx, err)
		}
		return nil, ""
	}
	return &p.Actions[c.Action], e.ID
}

// An adapted is how an hour was built by the loop, and what came of hours like it.
type adapted struct {
	Action adapt.Action
	Reward adapt.Reward
	Share  stats.Estimate // of one's own hours built so that began like this one, of which it is known
}

// adaptation returns how an hour was built by the loop, nil if it was not.
func (v *visit) adaptation(ctx context.Context, hour string) (*adapted, error) {
	p := v.using().follows
	if p == nil || v.who.Demo || !v.allows(store.CheckIns) {
		return nil, nil
	}
	records, err := v.server.kept.RecordsOfHour(ctx, v.who.ID, hour)
	if err != nil || !slices.ContainsFunc(records, func(r store.Record) bool { return r.Context != "" }) {
		return nil, err
	}
	trials, _, err := v.ownTrials(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, t := range trials {
		if t.Hour != hour {
			continue
		}
		count := adapt.Count{}
		if own := p.Tallies(trials)[v.who.ID]; own != nil {
			count = own[t.Context][t.Action]
		}
		return &adapted{p.Actions[t.Action], p.Reward, stats.Wilson(count.Better, count.N(), stats.Level)}, nil
	}
	return nil, nil
}

// usualHour builds an hour again the usual way: from and to the same places, as long, and
// without what the loop chose. The one before stays among the hours.
func (s *Server) usualHour(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	ctx := r.Context()
	d, err := v.draftOf(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	was := d.hour.Request
	d.mu.Unlock()
	f, p, err := v.nowForm(ctx)
	if err != nil {
		return err
	}
	from, to := segue.CellAt(was.From), segue.CellAt(was.To)
	f.Now, f.Target, f.Minutes, f.Usual = &from, &to, was.Minutes, true
	for _, name := range was.Exclude.Artists {
		f.Artists += name + "\n"
	}
	f.NoExplicit = was.Exclude.Explicit
	id, err := v.build(ctx, p, &f, false)
	var open *unsettled
	if errors.As(err, &open) {
		return &wrong{code: http.StatusConflict, what: v.Say("This hour cannot be built again"), todo: open.why}
	}
	if err != nil {
		return err
	}
	return see(w, r, "/hours/"+id)
}

// A learnedView is what the loop learned of one listener.
type learnedView struct {
	Follows bool // a policy is followed
	Adapts  bool // … and for who visits
	Policy  *adapt.Policy
	Counts  adapt.Counts
	Own     adapt.Tally
	Tried   []adapt.Trial
}

// shares returns what came of an action in a context, and how many of its hours have no
// answer.
func (l learnedView) shares(context, action int) (of stats.Estimate, silent int) {
	for _, t := range l.Tried {
		if t.Context == context && t.Action == action && !t.Reward.Known() {
			silent++
		}
	}
	c := adapt.Count{}
	if l.Own != nil {
		c = l.Own[context][action]
	}
	return stats.Wilson(c.Better, c.N(), stats.Level), silent
}

func (s *Server) learnedPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	l, err := v.learned(r.Context())
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("What it learned"), Nav: navTime}, learnedPage(v, l))
}

// learned gathers what the loop learned of who visits.
func (v *visit) learned(ctx context.Context) (l learnedView, err error) {
	l = learnedView{Policy: v.using().follows, Follows: v.using().follows != nil && !v.server.o.NoAdapt, Adapts: v.adapts()}
	if l.Policy != nil && v.allows(store.CheckIns) && !v.who.Demo {
		l.Tried, l.Counts, err = v.ownTrials(ctx, l.Policy)
		l.Own = l.Policy.Tallies(l.Tried)[v.who.ID]
	}
	return l, err
}

// resetLearned forgets what the loop learned of who visits: what it chose for each hour.
// The hours stay.
func (s *Server) resetLearned(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.forgetLearned(r.Context()); err != nil {
		return err
	}
	return see(w, r, "/learned")
}

func (v *visit) forgetLearned(ctx context.Context) error {
	if !v.known || v.who.Demo || !v.allows(store.CheckIns) {
		return nil
	}
	records, err := v.server.kept.RecordsOfKind(ctx, v.who.ID, string(event.Exposure))
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range records {
		if r.Context != "" && r.Source == string(event.Web) {
			ids = append(ids, r.ID)
		}
	}
	defer v.server.lab.learned.drop()
	for len(ids) > 0 {
		n := min(len(ids), store.MostAppended)
		if _, err := v.server.kept.ReplaceRecords(ctx, v.who.ID, ids[:n], nil); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// An adaptReading is what the lab shows of the loop.
type adaptReading struct {
	Reading *adapt.Reading
	Learned adapt.Evaluation
}

// An adaptationView is the lab's page of the loop.
type adaptationView struct {
	Policy *adapt.Policy
	Off    bool // by the setting
	Read   *adaptReading
	Day    time.Time
}

func (s *Server) adaptationPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := v.adaptationView(r.Context())
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("The adaptive loop"), Nav: navLab}, adaptationPage(v, a))
}

// adaptationView gathers what the lab sees of the loop. Read is nil while it is summed up.
func (v *visit) adaptationView(ctx context.Context) (adaptationView, error) {
	s := v.server
	a := adaptationView{Policy: v.using().follows, Off: s.o.NoAdapt, Day: dayOf(v.at)}
	if p := a.Policy; p != nil {
		l := &s.lab.learned
		read, ok, err := l.readings.get(ctx, s, l.key(v.using().policy), a.Day, sumPatience, func(ctx context.Context) (*adaptReading, error) {
			trials, c, err := s.gathered(ctx, p, a.Day.Add(-time.Millisecond))
			if err != nil {
				return nil, err
			}
			e := p.Evaluate(trials, c, "learned", p.Learned(trials), p.Usual, p.Always(p.UsualAction()), offpolicy.Options{})
			return &adaptReading{p.Read(trials, c), e}, nil
		})
		if err != nil {
			return a, err
		}
		if ok {
			a.Read = read
		}
	}
	return a, nil
}

// startAdaptation follows the shipped policy, with a salt of its own.
func (s *Server) startAdaptation(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.followPolicy(r.Context()); err != nil {
		return err
	}
	return see(w, r, "/lab/adaptation")
}

func (v *visit) followPolicy(ctx context.Context) error {
	id := ""
	if all, err := v.server.kept.Versions(ctx, policyKind); err != nil {
		return err
	} else {
		for _, one := range all { // go on where it was stopped, with what was learned
			if one.ID != shippedVersion {
				id = one.ID
				break
			}
		}
	}
	if id == "" {
		p := adapt.Shipped(rand.Text())
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		id = p.Hash()
		if err := v.server.kept.AddVersion(ctx, store.Version{Kind: policyKind, ID: id, At: v.at, Note: p.ID + " " + p.Title, Body: body}); err != nil {
			return err
		}
	}
	return v.choosePolicy(ctx, id)
}

// stopAdaptation is the kill switch: no hour is adapted any more, here at once and in every
// process within a second.
func (s *Server) stopAdaptation(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.followNone(r.Context()); err != nil {
		return err
	}
	return see(w, r, "/lab/adaptation")
}

func (v *visit) followNone(ctx context.Context) error {
	if err := v.server.kept.AddVersion(ctx, store.Version{Kind: policyKind, ID: shippedVersion, At: v.at, Body: []byte{}}); err != nil {
		return err
	}
	return v.choosePolicy(ctx, shippedVersion)
}

func (v *visit) choosePolicy(ctx context.Context, id string) error {
	return v.chooseKind(ctx, policyKind, id)
}

// usualHold is how the hold of an action is told beside.
const usualHold = playlist.DefaultHold
