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
// nothing is drawn: nothing runs, not every arm can be built for the listener, or their
// last hour felt worse. What they run for themselves comes before what the lab runs. Who
// may be drawn for is settled before the draw, so that arms differ in nothing but the lot.
func (v *visit) draw(ctx context.Context, hour string, f nowForm) (arm playlist.Arm, exposure string) {
	if f.Worse < 0 {
		return "", ""
	}
	defer v.server.lab.draws.alone(v.who.ID)()
	d, own := v.ownDesign(ctx, f)
	if !own {
		d = v.labDesign(ctx)
	}
	if d == nil {
		return "", ""
	}
	for _, a := range d.Arms {
		if order, _ := armOf(a.Name); order == playlist.Shuffle && !f.Heard {
			return "", ""
		}
	}
	e, old, err := v.nextExposure(ctx, d, hour)
	if err == nil && !old {
		_, err = v.keeper(store.CheckIns).AppendRecords(ctx, v.who.ID, []store.Record{recordOf(e)})
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

// labDesign is the experiment that runs in the lab, nil where nothing may be drawn for it:
// nothing runs, the listener takes no part, a guardrail or the horizon ended it, or the
// reading of the day is not there yet.
func (v *visit) labDesign(ctx context.Context) *experiment.Design {
	d := v.using().design
	if d == nil || !v.takesPart() || v.runnable(d) != "" {
		return nil
	}
	read, ok, err := v.server.readExperiment(ctx, d, dayOf(v.at), drawPatience)
	if err != nil || !ok || read.stops() {
		return nil
	}
	return d
}

// nextExposure is the exposure of an hour, by what the listener was exposed to before.
func (v *visit) nextExposure(ctx context.Context, d *experiment.Design, hour string) (e event.Event, old bool, err error) {
	kept, err := v.keeper(store.CheckIns).RecordsOfKind(ctx, v.who.ID, string(event.Exposure))
	if err != nil {
		return e, false, err
	}
	before := make([]event.Event, len(kept))
	for i, r := range kept {
		before[i] = eventOf(v.who.ID, r)
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

// A lot says what the order of an hour was drawn for.
type lot int

const (
	notDrawn lot = iota
	forTheLab
	forThemselves
)

// drawnFor says what the order of an hour was drawn for.
func (v *visit) drawnFor(ctx context.Context, hour string) (lot, error) {
	if !v.allowsCheckIns() {
		return notDrawn, nil
	}
	records, err := v.keeper(store.CheckIns).RecordsOfHour(ctx, v.who.ID, hour)
	if err != nil {
		return notDrawn, err
	}
	for _, r := range records {
		switch {
		case r.Kind != string(event.Exposure) || r.Source != string(event.Web) || r.Context != "" || !strings.Contains(r.Experiment, "@"):
		case strings.HasPrefix(r.Experiment, ownPrefix):
			return forThemselves, nil
		case v.takesPart():
			return forTheLab, nil
		}
	}
	return notDrawn, nil
}
