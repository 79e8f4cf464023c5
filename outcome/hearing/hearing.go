// Package hearing has the rules by which the records of an hour of music become what was
// heard and said of it. Product metrics and experiments count by the same ones, and so
// agree. (docs/science.md §7)
//
// Records may come in any order: nothing here depends on it. The package is pure.
package hearing

import (
	"slices"
	"time"

	"segue"
	"segue/outcome"
	"segue/outcome/event"
)

// Tracks are sums over tracks that began or ended.
type Tracks struct {
	Starts, Ends   int32 // records
	Early, Unclear int32 // ends that were early skips; that may have been, and it is not known
	Heard, Night   int64 // ms
}

// Add counts a track_start or a track_end.
func (t *Tracks) Add(e *event.Event) {
	if e.Kind == event.TrackStart {
		t.Starts++
		return
	}
	t.Ends++
	heard, length := time.Duration(e.MS)*time.Millisecond, time.Duration(e.PlannedMS)*time.Millisecond
	if e.MS >= 0 {
		t.Heard += e.MS
		t.Night += outcome.NightHeard(e.At, heard, e.Offset).Milliseconds()
	}
	switch short := e.MS < 0 || segue.EarlySkip(heard, length); {
	case short && e.MS >= 0 && e.Reason == event.Skipped:
		t.Early++
	case short && (e.Reason == event.Skipped || e.Reason == event.Unknown):
		t.Unclear++
	}
}

// Counted returns how many tracks began of which it is known whether they were skipped
// early. An end whose start is missing began all the same.
func (t *Tracks) Counted() int32 { return max(t.Starts, t.Ends) - t.Unclear }

// A Plan is what was heard of a planned hour.
type Plan struct {
	places []placed
	start  int64 // of the earliest playlist_start, ms since 1970
	length int64 // ms, as that says; 0 is unknown

	started bool // there is a playlist_start
	unclear bool // a track was heard, and it is not known how long
}

// placed is what was heard of the track at a place, ms; planned 0 is unknown.
type placed struct {
	place          int32
	heard, planned uint32
}

// Start takes a playlist_start. The earliest says how long the plan is, and of several of
// the same moment the one that says most.
func (p *Plan) Start(e *event.Event) {
	switch at := e.At.UnixMilli(); {
	case !p.started || at < p.start:
		p.started, p.start, p.length = true, at, e.PlannedMS
	case at == p.start:
		p.length = max(p.length, e.PlannedMS)
	}
}

// End takes a track_end. A track that was heard out, and of which is not known how long,
// was heard for its length. O(log tracks).
func (p *Plan) End(e *event.Event) {
	ms := e.MS
	if ms < 0 {
		if e.Reason != event.Completed || e.PlannedMS == 0 {
			p.unclear = true
			return
		}
		ms = e.PlannedMS
	}
	// Tracks mostly end in order, so that the place sought is the last or new.
	i := len(p.places)
	if i > 0 && p.places[i-1].place >= int32(e.Place) {
		i, _ = slices.BinarySearchFunc(p.places, int32(e.Place), func(a placed, place int32) int { return int(a.place - place) })
	}
	if i == len(p.places) || p.places[i].place != int32(e.Place) {
		if p.places == nil {
			p.places = make([]placed, 0, 16)
		}
		p.places = slices.Insert(p.places, i, placed{place: int32(e.Place)})
	}
	one := &p.places[i]
	one.heard = uint32(min(int64(one.heard)+ms, 1<<32-1))
	one.planned = max(one.planned, uint32(e.PlannedMS))
}

// Planned returns the length of the plan, 0 if it is unknown.
func (p *Plan) Planned() time.Duration { return time.Duration(p.length) * time.Millisecond }

// Completed reports whether the plan was heard to its end by outcome.Completed, and
// whether that is known. Of each track at most its length counts: hearing one again
// brings nobody further.
func (p *Plan) Completed() (is, known bool) {
	var ms int64
	for _, one := range p.places {
		if one.planned > 0 {
			ms += int64(min(one.heard, one.planned))
		} else {
			ms += int64(one.heard)
		}
	}
	is = outcome.Completed(time.Duration(ms)*time.Millisecond, p.Planned())
	return is, p.length > 0 && (is || !p.unclear)
}

// A Last is the last value that was said.
type Last struct {
	At    int64 // ms since 1970
	Value int32
	Said  bool
}

// Say keeps the later of two values, the smaller of two of the same moment.
func (l *Last) Say(at time.Time, value int32) {
	if ms := at.UnixMilli(); !l.Said || ms > l.At || ms == l.At && value < l.Value {
		*l = Last{ms, value, true}
	}
}

// Time returns when it was said, the zero time if it was not.
func (l Last) Time() time.Time {
	if !l.Said {
		return time.Time{}
	}
	return time.UnixMilli(l.At).UTC()
}

// A Shift is where a listener was before an hour, where they wanted to be, and where they
// were after it.
type Shift struct{ before, after Last }

// Before takes a checkin_before; one without a target says nothing of a shift.
func (s *Shift) Before(e *event.Event) {
	if e.Cell != nil && e.Target != nil {
		s.before.Say(e.At, pack(*e.Cell)<<8|pack(*e.Target))
	}
}

// After takes a checkin_after.
func (s *Shift) After(e *event.Event) {
	if e.Cell != nil {
		s.after.Say(e.At, pack(*e.Cell))
	}
}

// From returns the cells before and wished for, and when that was said; ok is false if it
// was not.
func (s *Shift) From() (before, target segue.Cell, at time.Time, ok bool) {
	return unpack(s.before.Value >> 8), unpack(s.before.Value), s.before.Time(), s.before.Said
}

// To returns the cell after, and when that was said; ok is false if it was not.
func (s *Shift) To() (after segue.Cell, at time.Time, ok bool) {
	return unpack(s.after.Value), s.after.Time(), s.after.Said
}

// pack puts a cell into a byte.
func pack(c segue.Cell) int32 { return int32(c[0])<<4 | int32(c[1]) }

// unpack is the reverse of pack.
func unpack(v int32) segue.Cell { return segue.Cell{int(v >> 4 & 15), int(v & 15)} }
