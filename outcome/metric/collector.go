package metric

import (
	"strings"
	"time"

	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/hearing"
)

// Options say which records count. The zero value takes all.
type Options struct {
	// Since and Until are the first and the last day that count, by each listener's own
	// clock; the zero time is no limit. Only their date matters.
	Since, Until time.Time
}

// A Collector takes event records one by one and keeps what metrics are made of: for
// each listener the days and the hours (playlists) with any record, about 100 and 400
// bytes each, whatever the number of records. It is made by NewCollector. It is not safe
// for many goroutines.
type Collector struct {
	since, until int32 // local days, inclusive

	listeners []listener
	number    map[string]int32 // of a listener
	days      arena[dayState]
	dayOf     map[dayKey]int32
	hours     arena[hourState]
	hourOf    map[hourKey]int32

	names     []string         // of experiments and arms
	nameOf    map[string]int32 //
	exposures map[unit]exposure
	optOuts   map[optOut]struct{}

	records, outside int
}

// A listener is what is kept of one beside days and hours.
type listener struct {
	name                string
	first, last         int32 // local days with a record
	records, atNight    int32
	tracks, nightTracks int32 // started
}

type dayKey struct{ listener, day int32 }

type hourKey struct {
	listener int32
	hour     string
}

// A dayState sums up the records of a listener's day that belong to no hour.
type dayState struct {
	dayKey
	records         int32
	tracks          hearing.Tracks
	opened, viewed  bool
	tapped, optedIt bool
}

// An hourState sums up the records of a playlist. Everything of it belongs to the day
// on which it began, also what comes after midnight.
type hourState struct {
	listener int32
	records  int32
	begin    moment // of playlist_start, otherwise of the earliest record
	plan     hearing.Plan
	tracks   hearing.Tracks

	started, adjusted bool // a playlist_start, a track; a playlist_start that says so

	feel  hearing.Last // −2 … +2
	shift hearing.Shift
}

// A moment is when something of an hour happened.
type moment struct {
	at   int64 // ms since 1970
	day  int32 // local
	firm bool  // it is that of a playlist_start
}

// before reports whether m says better than o when an hour began. Ties are broken by
// value, so that the order of records decides nothing.
func (m moment) before(o moment) bool {
	if m.firm != o.firm {
		return m.firm
	}
	if m.at != o.at {
		return m.at < o.at
	}
	return m.day < o.day
}

// A unit is what was exposed to an arm of an experiment.
type unit struct{ listener, hour, experiment int32 } // hour is −1 where the listener is the unit

// An exposure is the first of a unit.
type exposure struct {
	at       int64
	day, arm int32
	several  bool // later ones were to other arms
}

type optOut struct{ listener, day, experiment int32 } // experiment is −1 for everything

// NewCollector returns an empty collector.
func NewCollector(o Options) *Collector {
	c := &Collector{
		since: -1 << 31, until: 1<<31 - 1, number: map[string]int32{}, dayOf: map[dayKey]int32{}, hourOf: map[hourKey]int32{},
		nameOf: map[string]int32{}, exposures: map[unit]exposure{}, optOuts: map[optOut]struct{}{},
	}
	if !o.Since.IsZero() {
		c.since = dateDay(o.Since)
	}
	if !o.Until.IsZero() {
		c.until = dateDay(o.Until)
	}
	return c
}

const dayMS = 24 * 3_600_000

// dateDay returns the number of a time's date, days since 1970.
func dateDay(t time.Time) int32 {
	y, m, d := t.Date()
	return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// localDay returns the number of a moment's day by the clock of a place offset minutes
// east of UTC.
func localDay(at int64, offset int) int32 {
	at += int64(offset) * 60_000
	if at < 0 {
		at -= dayMS - 1
	}
	return int32(at / dayMS)
}

// Add counts a record, which is valid (event.Event.Validate) and whose id has not been
// added before (event.Dedupe). It keeps nothing of e but copies. Records may come in any
// order, and late; what a record says of when it happened is believed. O(1), a
// logarithm of the hour's tracks.
func (c *Collector) Add(e *event.Event) {
	at := e.At.UnixMilli()
	day := localDay(at, e.Offset)
	if day < c.since || day > c.until {
		c.outside++
		return
	}
	c.records++
	who := c.listener(e.Listener, day)
	l := &c.listeners[who]
	l.records++
	if outcome.IsNight(e.At, e.Offset) {
		l.atNight++
		if e.Kind == event.TrackStart {
			l.nightTracks++
		}
	}
	if e.Kind == event.TrackStart {
		l.tracks++
	}
	if e.Hour != "" {
		c.addToHour(e, who, moment{at, day, e.Kind == event.PlaylistStart})
		return
	}
	d := c.day(dayKey{who, day})
	d.records++
	switch e.Kind {
	case event.TrackStart, event.TrackEnd:
		d.tracks.Add(e)
	case event.AppOpen:
		d.opened = true
	case event.CardView:
		d.viewed = true
	case event.ShareTap:
		d.tapped = true
	case event.OptOut:
		d.optedIt = true
		out := optOut{who, day, -1}
		if e.Experiment != "" {
			out.experiment = c.name(e.Experiment)
		}
		c.optOuts[out] = struct{}{}
	case event.Exposure:
		c.expose(e, unit{who, -1, c.name(e.Experiment)}, at, day)
	}
}

func (c *Collector) addToHour(e *event.Event, who int32, m moment) {
	key := hourKey{who, e.Hour}
	n, ok := c.hourOf[key]
	if !ok {
		key.hour = strings.Clone(e.Hour) // it may lie in a buffer of the reader
		n = c.hours.add(hourState{listener: who, begin: m})
		c.hourOf[key] = n
	}
	h := c.hours.at(n)
	h.records++
	switch e.Kind {
	case event.PlaylistStart:
		h.started = true
		h.adjusted = h.adjusted || e.Adjusted
		h.plan.Start(e)
	case event.TrackStart, event.TrackEnd:
		h.started = true
		h.tracks.Add(e)
		if e.Kind == event.TrackEnd {
			h.plan.End(e)
		}
	case event.CheckInBefore:
		h.shift.Before(e)
	case event.CheckInAfter:
		h.shift.After(e)
	case event.Reflection:
		h.feel.Say(e.At, int32(*e.Feel))
	case event.Exposure:
		c.expose(e, unit{who, n, c.name(e.Experiment)}, m.at, m.day)
	}
	if m.before(h.begin) {
		h.begin = m
	}
}

func (c *Collector) expose(e *event.Event, u unit, at int64, day int32) {
	arm := c.name(e.Arm)
	old, ok := c.exposures[u]
	several := ok && (old.several || old.arm != arm)
	if !ok || at < old.at || at == old.at && e.Arm < c.names[old.arm] {
		old = exposure{at: at, day: day, arm: arm}
	}
	old.several = several
	c.exposures[u] = old
}

// listener returns the number of a listener, who has a record on a day.
func (c *Collector) listener(name string, day int32) int32 {
	n, ok := c.number[name]
	if !ok {
		n = int32(len(c.listeners))
		name = strings.Clone(name)
		c.listeners = append(c.listeners, listener{name: name, first: day, last: day})
		c.number[name] = n
	}
	l := &c.listeners[n]
	l.first, l.last = min(l.first, day), max(l.last, day)
	return n
}

func (c *Collector) day(key dayKey) *dayState {
	n, ok := c.dayOf[key]
	if !ok {
		n = c.days.add(dayState{dayKey: key})
		c.dayOf[key] = n
	}
	return c.days.at(n)
}

// name returns the number of an experiment's or an arm's name.
func (c *Collector) name(s string) int32 {
	n, ok := c.nameOf[s]
	if !ok {
		n = int32(len(c.names))
		s = strings.Clone(s)
		c.names = append(c.names, s)
		c.nameOf[s] = n
	}
	return n
}

// An arena is a list that grows without copying what it holds, so that growing needs no
// memory twice.
type arena[T any] struct {
	chunks [][]T
	n      int32
}

const arenaChunk = 4096

func (a *arena[T]) add(v T) int32 {
	if a.n%arenaChunk == 0 {
		a.chunks = append(a.chunks, make([]T, 0, arenaChunk))
	}
	last := &a.chunks[len(a.chunks)-1]
	*last = append(*last, v)
	a.n++
	return a.n - 1
}

func (a *arena[T]) at(i int32) *T { return &a.chunks[i/arenaChunk][i%arenaChunk] }
