package playlist

import (
	"fmt"
	"time"
)

// notes says in words what could not be told, and why. They name no music: notes
// may be passed on.
func (h *Hearing) notes(known *recogniser, seen []bool, o PlayedOptions) []string {
	notes := []string{}
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	found := countTrue(seen)
	switch {
	case h.Last == nil:
		add("The history holds no plays.")
	case h.Plays == 0:
		add("The history ends on %s, before %s: nothing in it can be of this playlist.", day(*h.Last), day(*h.Since))
	case found == 0:
		add("None of the %s was played; the history ends on %s.", counted(h.Tracks, "track"), day(*h.Last))
	case len(h.Occasions) == 0 && h.OfOthers == 0:
		add("%d of the %s played, but too few of them together, or too much out of order, to tell a hearing from chance.", found, counted(h.Tracks, "track")+plural(found, " was", " were"))
	}
	if h.OfOthers > 0 {
		add("%s left out: the same plays are rather a hearing of another playlist.", counted(h.OfOthers, "occasion")+plural(h.OfOthers, " is", " are"))
	}
	if h.Brief > 0 {
		add("The beginning alone was played %s: starts given up, or chance.", plural(h.Brief, "once", fmt.Sprintf("%d times", h.Brief)))
	}
	if h.Elsewhere > 0 && len(h.Occasions) > 0 {
		add("%s of its tracks stood alone and %s as no hearing.", counted(h.Elsewhere, "play"), plural(h.Elsewhere, "counts", "count"))
	}
	if n := h.Tracks - h.Lengths; n > 0 {
		add("The length of %s is unknown: there, half a minute counts as heard, and shares of time leave %s out; a catalogue (--catalog) may know it.", counted(n, "track"), plural(n, "it", "them"))
	}
	lost := 0
	for i, t := range known.tracks {
		if nameless(t) && !seen[i] {
			lost++
		}
	}
	if lost > 0 {
		add("%s neither artist and title nor an id that a history holds, and cannot be recognised.", counted(lost, "track")+plural(lost, " has", " have"))
	}
	var started, timed, overlaps int
	for _, x := range h.Occasions {
		started, timed, overlaps = started+x.Started, timed+x.Timed, overlaps+x.Overlaps
	}
	if timed < started {
		add("For %d of %s the history does not say how long they were heard: they count as heard, and whether they were skipped cannot be told.", started-timed, counted(started, "track"))
	}
	if overlaps > 0 {
		add("%s before the one before had ended, as with two players or a clock that jumped; they count in the order of their ends.", counted(overlaps, "play")+" began")
	}
	if len(h.Occasions) > 0 && len(h.Occasions[0].Phases) == 0 {
		add("The file does not say which tracks are hold, shift and sustain, so how far the arc was heard is unknown; .xspf, .jspf and .csv keep it.")
	}
	return notes
}

func day(t time.Time) string { return t.Format("2 January 2006") }
