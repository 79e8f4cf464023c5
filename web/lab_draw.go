package web

import (
	"context"
	"errors"
	"strings"
	"time"

	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/playlist"
	"segue/store"
)

// takesPart reports whether arms may be drawn for who visits: they agreed to take part,
// to be counted, and that what happens is kept, without which nobody could read it.
func (v *visit) takesPart() bool {
	return v.server.o.Accounts && !v.who.Demo && v.allows(store.Experiments) && v.allows(store.Research) && v.allows(store.CheckIns)
}

// drawPatience is how long building an hour waits for the reading of the day, which says
// whether an arm was stopped. (d)
const drawPatience = 2 * time.Second

// draw draws the arm of an hour that is about to be built, and keeps that as an exposure
// before it returns: what is shown was drawn, whatever happens after. It returns "" where
// nothing is drawn: nothing runs, the listener takes no part, not every arm can be built
// for them, their last hour felt worse, a guardrail or the horizon ended it, or the
// reading of the day is not there yet. Who may be drawn for is settled before the draw, so
// that arms differ in nothing but the lot.
func (v *visit) draw(ctx context.Context, hour string, f nowForm) (arm playlist.Arm, exposure string) {
	d := v.using().design
	if d == nil || !v.takesPart() || f.Worse < 0 || v.runnable(d) != "" {
		return "", ""
	}
	for _, a := range d.Arms {
		if order, _ := armOf(a.Name); order == playlist.Shuffle && !f.Heard {
			return "", ""
		}
	}
	s := v.server
	read, ok, err := s.readExperiment(ctx, d, dayOf(v.at), drawPatience)
	if err != nil || !ok || read.stops() {
		return "", ""
	}
	defer s.lab.draws.alone(v.who.ID)()
	e, old, err := v.nextExposure(ctx, d, hour)
	if err == nil && !old {
		_, err = s.kept.AppendRecords(ctx, v.who.ID, []store.Record{recordOf(e)})
	}
	if err != nil {
		if !errors.Is(err, store.ErrConsent) && ctx.Err() == nil {
			v.notRecorded(ctx, err)
		}
		return "", ""
	}
	arm, _ = armOf(e.Arm)
	return arm, e.ID
}

// nextExposure is the exposure of an hour, by what the listener was exposed to before.
func (v *visit) nextExposure(ctx context.Context, d *experiment.Design, hour string) (e event.Event, old bool, err error) {
	var before []event.Event
	err = v.ownRecords(ctx, func(r store.Record) bool {
		if r.Kind == string(event.Exposure) {
			before = append(before, eventOf(v.who.ID, r))
		}
		return true
	})
	if err != nil {
		return e, false, err
	}
	l, err := d.Exposures(before)
	if err != nil {
		return e, false, err
	}
	at := v.event(event.Exposure, "")
	if e, old, err = d.Expose(l, v.who.ID, hour, at.At, at.Offset); err == nil {
		e.Source = at.Source
	}
	return e, old, err
}

// ownRecords calls do for each record that is kept of who visits, until it returns false.
func (v *visit) ownRecords(ctx context.Context, do func(store.Record) bool) error {
	for after := int64(0); ; {
		some, err := v.server.kept.Records(ctx, v.who.ID, after, store.MostAppended)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, r := range some {
			if !do(r) {
				return nil
			}
			after = r.N
		}
	}
}

// undraw takes an exposure back of which no hour came in any arm.
func (v *visit) undraw(ctx context.Context, exposure string) {
	if exposure == "" {
		return
	}
	if _, err := v.server.kept.ReplaceRecords(context.WithoutCancel(ctx), v.who.ID, []string{exposure}, nil); err != nil {
		v.notRecorded(ctx, err)
	}
}

// leave records that the listener takes no more part in what runs, which its guardrails
// look at.
func (v *visit) leave(ctx context.Context) {
	if d := v.using().design; d != nil && v.allows(store.CheckIns) {
		e := v.event(event.OptOut, "s-left-"+v.at.UTC().Format("20060102T150405.000"))
		e.Experiment = d.Ref()
		v.happened(ctx, e)
	}
}

// wasDrawn reports whether the order of an hour was drawn for an experiment.
func (v *visit) wasDrawn(ctx context.Context, hour string) (drawn bool, err error) {
	if !v.takesPart() {
		return false, nil
	}
	err = v.ownRecords(ctx, func(r store.Record) bool {
		drawn = r.Kind == string(event.Exposure) && r.Hour == hour && strings.Contains(r.Experiment, "@") && r.Source == string(event.Web)
		return !drawn
	})
	return drawn, err
}
