package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/store"
)

// Records of events are what metrics and experiments are computed from. The pages show
// check-ins, hours and reflections, which are kept apart and may be changed or deleted;
// records follow them, and bear ids made of theirs, so that nothing counts twice. There is
// no player in Segue: of what was played only programs, and later exports, know.

// Ids of records that Segue makes itself.
const (
	beforeID    = "s-before-"     // and the id of the check-in
	afterID     = "s-after-"      // and the id of the hour
	feltID      = "s-reflection-" // and the id of the hour
	openedID    = "s-open-"       // and the local date
	cardID      = "s-card-"       // and the local date
	sharedID    = "s-share-"      // and the id of the card
	mostNoticed = 50_000          // listeners of whom it is remembered that they were noticed today (d)
)

// event begins a record of this visit.
func (v *visit) event(kind event.Kind, id string) event.Event {
	at := v.at.UTC().Truncate(time.Millisecond)
	_, offset := at.In(v.zone()).Zone()
	return event.Event{Schema: event.Schema, ID: id, Listener: v.who.ID, Kind: kind, At: at, Offset: offset / 60, Source: event.Web}
}

// told makes records, in place of those of some ids. What would be none is logged: what it
// is a record of happens all the same.
func (v *visit) told(ctx context.Context, instead []string, events ...event.Event) store.Told {
	out := store.Told{Instead: instead}
	for i := range events {
		if err := events[i].Validate(); err != nil {
			v.notRecorded(ctx, err)
			return store.Told{}
		}
		out.Records = append(out.Records, recordOf(events[i]))
	}
	return out
}

// saveTold saves something with its records; where there is no room for these, without.
func (v *visit) saveTold(ctx context.Context, told store.Told, save func(store.Told) error) error {
	err := save(told)
	if errors.Is(err, store.ErrTooMany) {
		v.notRecorded(ctx, err)
		err = save(store.Told{})
	}
	return err
}

// happened keeps a record of what has happened, whether that is kept or not: what goes
// wrong is logged.
func (v *visit) happened(ctx context.Context, e event.Event) {
	told := v.told(ctx, nil, e)
	if !v.known || len(told.Records) == 0 {
		return
	}
	_, err := v.keeper(store.CheckIns).AppendRecords(context.WithoutCancel(ctx), v.who.ID, told.Records)
	if err != nil && !errors.Is(err, store.ErrConsent) { // which was taken back meanwhile
		v.notRecorded(ctx, err)
	}
}

func (v *visit) notRecorded(ctx context.Context, err error) {
	v.server.o.Log.LogAttrs(ctx, slog.LevelError, "an event could not be recorded", slog.String("kind", kindOf(err)))
}

// checkedIn tells of a check-in and the hour that was made of it.
func (v *visit) checkedIn(ctx context.Context, k store.CheckIn, hour string) store.Told {
	e := v.event(event.CheckInBefore, beforeID+k.ID)
	now := segue.Cell(k.Now)
	e.Hour, e.Cell, e.Target = hour, &now, (*segue.Cell)(k.Target)
	return v.told(ctx, nil, e)
}

// felt tells what was said after an hour, in place of what was said before. The words
// stay with the reflection.
func (v *visit) felt(ctx context.Context, r store.Reflection) store.Told {
	e := v.event(event.Reflection, feltID+r.Hour)
	feel := r.Feel
	e.Hour, e.Feel = r.Hour, &feel
	events := []event.Event{e}
	if r.After != nil {
		e = v.event(event.CheckInAfter, afterID+r.Hour)
		e.Hour, e.Cell = r.Hour, (*segue.Cell)(r.After)
		events = append(events, e)
	}
	return v.told(ctx, []string{feltID + r.Hour, afterID + r.Hour}, events...)
}

// A notice remembers who was noticed on which day, so that a page that is looked at
// writes once a day. Another process may write the same once more; it counts once.
type notice struct {
	mu   sync.Mutex
	days map[string]string // by listener and id
}

// first reports whether something is noticed for the first time on a day.
func (n *notice) first(who, day string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.days[who] == day {
		return false
	}
	if n.days == nil || len(n.days) >= mostNoticed {
		n.days = map[string]string{}
	}
	n.days[who] = day
	return true
}

// noticed records that a listener looked at something, once a day of theirs. It is the
// one thing that reading a page writes, beside the counts of shared cards.
func (v *visit) noticed(r *http.Request, kind event.Kind, id string) {
	if !v.known || v.who.Demo || r.Method != http.MethodGet || !v.allows(store.CheckIns) {
		return
	}
	day := v.at.In(v.zone()).Format(time.DateOnly)
	if v.server.noticed.first(id+v.who.ID, day) {
		v.happened(r.Context(), v.event(kind, id+day))
	}
}

// recordOf is an event as it is stored.
func recordOf(e event.Event) store.Record {
	r := store.Record{
		ID: e.ID, Schema: e.Schema, Kind: string(e.Kind), At: e.At, Offset: e.Offset, Source: string(e.Source), Hour: e.Hour, Track: e.Track, Place: e.Place,
		PlannedMS: e.PlannedMS, Reason: string(e.Reason), Adjusted: e.Adjusted, Cell: (*[2]int)(e.Cell), Target: (*[2]int)(e.Target), Feel: e.Feel, Words: e.Words,
		Experiment: e.Experiment, Arm: e.Arm, Propensity: e.Propensity, Context: e.Context, Propensities: e.Propensities,
	}
	if e.Kind == event.TrackEnd && e.MS >= 0 {
		ms := e.MS
		r.MS = &ms
	}
	return r
}

// eventOf is a stored record as an event of a listener.
func eventOf(listener string, r store.Record) event.Event {
	e := event.Event{
		Schema: r.Schema, ID: r.ID, Listener: listener, Kind: event.Kind(r.Kind), At: r.At, Offset: r.Offset, Source: event.Source(r.Source), Hour: r.Hour, Track: r.Track, Place: r.Place,
		PlannedMS: r.PlannedMS, Reason: event.Reason(r.Reason), Adjusted: r.Adjusted, Cell: (*segue.Cell)(r.Cell), Target: (*segue.Cell)(r.Target), Feel: r.Feel, Words: r.Words,
		Experiment: r.Experiment, Arm: r.Arm, Propensity: r.Propensity, Context: r.Context, Propensities: r.Propensities,
	}
	switch {
	case r.MS != nil:
		e.MS = *r.MS
	case e.Kind == event.TrackEnd:
		e.MS = -1
	}
	return e
}

// ResearchEvents hands the records of everybody who allows both that check-ins are kept
// and that they count in numbers of the group to do, those of a listener together. What is
// computed of them is to be withheld where it rests on few.
func (s *Server) ResearchEvents(ctx context.Context, do func([]event.Event) error) error {
	var events []event.Event
	return s.kept.ResearchRecords(ctx, func(listener string, records []store.Record) error {
		events = events[:0]
		for _, r := range records {
			if e := eventOf(listener, r); e.Validate() == nil { // one brought back by hand may not be
				events = append(events, e)
			}
		}
		return do(events)
	})
}
