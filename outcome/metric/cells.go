package metric

import (
	"cmp"
	"slices"
	"strings"

	"segue/outcome"
	"segue/outcome/hearing"
)

type flags uint16

const (
	begun      flags = 1 << iota // a playlist that began
	ended                        // … and was heard to its end
	knownEnd                     // … of which it is known whether it was
	unclearEnd                   // … of which it is not, though it was followed
	adjusted                     // …
	felt                         // there is a reflection
	changed                      // there are check-ins before and after
	farther
	opened
	viewed
	tapped
	opted
)

// A cell is a playlist, or a day's records of no playlist, as metrics see it. All of them
// are sums over cells.
type cell struct {
	begin                                 int64   // ms since 1970; of a day its first
	change                                float64 // Δ
	heard, night                          int64   // ms
	listener                              int32   // in the order of names
	day                                   int32   // local
	hour                                  int32   // number of the playlist, −1 of a day
	records, tracks, early, unclearTracks int32
	flags                                 flags
	feel                                  int8
}

// A table holds the cells of a collector, by listener, in time.
type table struct {
	*Collector
	cells []cell
	who   []int32 // number of the listener in the collector, by the order of names
	from  []int32 // where a listener's cells begin; one more than listeners

	firstDay, lastDay int32
	opening           bool               // of the app is on record
	exposedFrom       map[int32]exposure // listeners of the experiment that is read
}

// table lists what was collected. Listeners are put in the order of their names, so that
// sums do not depend on the order of records.
func (c *Collector) table() *table {
	t := &table{Collector: c, who: make([]int32, len(c.listeners)), cells: make([]cell, 0, int(c.days.n+c.hours.n))}
	for i := range t.who {
		t.who[i] = int32(i)
	}
	slices.SortFunc(t.who, func(a, b int32) int { return strings.Compare(c.listeners[a].name, c.listeners[b].name) })
	rank := make([]int32, len(t.who))
	t.from = make([]int32, len(t.who)+1)
	for i, n := range t.who {
		rank[n] = int32(i)
		l := &c.listeners[n]
		if i == 0 {
			t.firstDay, t.lastDay = l.first, l.last
		}
		t.firstDay, t.lastDay = min(t.firstDay, l.first), max(t.lastDay, l.last)
	}
	for i := range c.days.n {
		d := c.days.at(i)
		cell := dayCell(d)
		cell.listener = rank[d.listener]
		t.cells = append(t.cells, cell)
	}
	for i := range c.hours.n {
		h := c.hours.at(i)
		cell := hourCell(h, i)
		cell.listener = rank[h.listener]
		t.cells = append(t.cells, cell)
	}
	slices.SortFunc(t.cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.listener, b.listener), cmp.Compare(a.day, b.day), cmp.Compare(a.begin, b.begin), cmp.Compare(a.change, b.change))
	})
	for i := range t.cells {
		t.from[t.cells[i].listener+1]++
		t.opening = t.opening || t.cells[i].flags&opened != 0
	}
	for i := range t.who {
		t.from[i+1] += t.from[i]
	}
	return t
}

// of returns the cells of a listener.
func (t *table) of(listener int32) []cell {
	return t.cells[t.from[listener]:t.from[listener+1]]
}

func (c *cell) take(t *hearing.Tracks) {
	c.tracks, c.early, c.unclearTracks = t.Counted(), t.Early, t.Unclear
	c.heard, c.night = t.Heard, t.Night
}

func (f *flags) set(is bool, flag flags) {
	if is {
		*f |= flag
	}
}

func dayCell(d *dayState) cell {
	c := cell{begin: int64(d.day) * dayMS, day: d.day, hour: -1, records: d.records}
	c.take(&d.tracks)
	c.flags.set(d.opened, opened)
	c.flags.set(d.viewed, viewed)
	c.flags.set(d.tapped, tapped)
	c.flags.set(d.optedIt, opted)
	return c
}

func hourCell(h *hourState, number int32) cell {
	c := cell{begin: h.begin.at, day: h.begin.day, hour: number, records: h.records}
	c.take(&h.tracks)
	c.flags.set(h.started, begun)
	c.flags.set(h.adjusted, adjusted)
	if h.tracks.Starts+h.tracks.Ends > 0 { // otherwise nobody followed what was heard of it
		done, clear := h.plan.Completed()
		c.flags.set(clear, knownEnd)
		c.flags.set(clear && done, ended)
		c.flags.set(!clear, unclearEnd)
	}
	if h.feel.Said {
		c.flags |= felt
		c.feel = int8(h.feel.Value)
	}
	before, target, _, said := h.shift.From()
	if after, _, too := h.shift.To(); said && too {
		c.flags |= changed
		c.change = outcome.Change(before.At(), after.At(), target.At())
		c.flags.set(outcome.Farther(before, after, target), farther)
	}
	return c
}
