package simulate

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/outcome/experiment"
)

// record returns the events of a run, by (At, ID): what Segue's pages would have
// written of these visits.
func record(s *music, panel []*member, visits [][]visit, d *experiment.Design, run int) []event.Event {
	ref := d.Ref()
	return recordOf(s, panel, visits, ref, run, func(v *visit) event.Event {
		return event.Event{Experiment: ref, Arm: v.assigned.Arm, Propensity: v.assigned.Propensity}
	})
}

// recordOf is record, with what was shown at each visit, and what of it is left.
func recordOf(s *music, panel []*member, visits [][]visit, ref string, run int, shown func(*visit) event.Event) []event.Event {
	var all []event.Event
	for i, m := range panel {
		for j := range visits[i] {
			all = m.record(all, s, &visits[i][j], ref, shown(&visits[i][j]), run)
		}
	}
	slices.SortFunc(all, func(a, b event.Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// hourOf names the hour of a visit.
func (m *member) hourOf(v *visit, run int) string {
	return "run-" + strconv.Itoa(run+1) + "." + m.id + "." + strconv.Itoa(v.n+1)
}

// record appends the events of one visit.
func (m *member) record(all []event.Event, s *music, v *visit, ref string, shown event.Event, run int) []event.Event {
	hour := m.hourOf(v, run)
	_, east := v.at.In(m.zone).Zone()
	add := func(what string, after time.Duration, e event.Event) {
		e.Schema, e.ID, e.Listener, e.Source = event.Schema, hour+"."+what, m.id, event.API
		e.At, e.Offset = v.at.Add(after).UTC().Truncate(time.Millisecond), east/60
		all = append(all, e)
	}
	now, target := v.now, v.target
	add("0", 0, event.Event{Kind: event.AppOpen})
	add("1", time.Second, event.Event{Kind: event.CheckInBefore, Hour: hour, Cell: &now, Target: &target})
	shown.Kind, shown.Hour = event.Exposure, hour
	add("2", 2*time.Second, shown)
	const start = 3 * time.Second
	add("3", start, event.Event{Kind: event.PlaylistStart, Hour: hour, PlannedMS: v.plan.length.Milliseconds()})
	for i, t := range v.hearing.tracks {
		sl := v.plan.slots[t.slot]
		place, id := t.slot+1, s.Catalog.ID[sl.row]
		mark := strconv.Itoa(i + 1)
		add("s"+mark, start+t.started, event.Event{Kind: event.TrackStart, Hour: hour, Track: id, Place: place, PlannedMS: sl.length.Milliseconds()})
		add("t"+mark, start+t.started+t.played, event.Event{Kind: event.TrackEnd, Hour: hour, Track: id, Place: place, PlannedMS: sl.length.Milliseconds(), MS: t.played.Milliseconds(), Reason: t.reason})
	}
	end := start + max(v.plan.length, time.Duration(v.minutes)*time.Minute)
	if v.after != nil {
		add("7", end, event.Event{Kind: event.CheckInAfter, Hour: hour, Cell: copied(*v.after)})
	}
	if v.feel != nil {
		add("8", end+time.Second, event.Event{Kind: event.Reflection, Hour: hour, Feel: copied(*v.feel)})
	}
	if v.optedOut {
		add("9", end+time.Minute, event.Event{Kind: event.OptOut, Experiment: ref})
	}
	return all
}

// copied returns a pointer to a value of its own.
func copied[T int | segue.Cell](v T) *T { return &v }
