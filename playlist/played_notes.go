package playlist

import "time"

// notes says in words what could not be told, and why. They name no music: notes
// may be passed on.
func (h *Hearing) notes(known *recogniser, seen []bool, o PlayedOptions) []string {
	notes := []string{}
	w := words{o.Tongue}
	add := func(text string) { notes = append(notes, text) }
	found := countTrue(seen)
	switch {
	case h.Last == nil:
		add(w.say("The history holds no plays."))
	case h.Plays == 0:
		add(w.say("The history ends on %s, before %s: nothing in it can be of this playlist.", w.day(*h.Last), w.day(*h.Since)))
	case found == 0:
		add(w.say("None of the %s was played; the history ends on %s.", w.of(h.Tracks, "track", "tracks"), w.day(*h.Last)))
	case len(h.Occasions) == 0 && h.OfOthers == 0:
		add(w.say("%d of the %s %s played, but too few of them together, or too much out of order, to tell a hearing from chance.", found, w.of(h.Tracks, "track", "tracks"), plural(found, "was", "were")))
	}
	if h.OfOthers > 0 {
		add(w.say("%s %s left out: the same plays are rather a hearing of another playlist.", w.of(h.OfOthers, "occasion", "occasions"), plural(h.OfOthers, "is", "are")))
	}
	switch {
	case h.Brief == 1:
		add(w.say("The beginning alone was played once: starts given up, or chance."))
	case h.Brief > 1:
		add(w.say("The beginning alone was played %d times: starts given up, or chance.", h.Brief))
	}
	if h.Elsewhere > 0 && len(h.Occasions) > 0 {
		add(w.say("%s of its tracks stood alone and %s as no hearing.", w.of(h.Elsewhere, "play", "plays"), plural(h.Elsewhere, "counts", "count")))
	}
	if n := h.Tracks - h.Lengths; n > 0 {
		add(w.say("The length of %s is unknown: there, half a minute counts as heard, and shares of time leave %s out; a catalogue (--catalog) may know it.", w.of(n, "track", "tracks"), plural(n, "it", "them")))
	}
	lost := 0
	for i, t := range known.tracks {
		if nameless(t) && !seen[i] {
			lost++
		}
	}
	if lost > 0 {
		add(w.say("%s %s neither artist and title nor an id that a history holds, and cannot be recognised.", w.of(lost, "track", "tracks"), plural(lost, "has", "have")))
	}
	var started, timed, overlaps int
	for _, x := range h.Occasions {
		started, timed, overlaps = started+x.Started, timed+x.Timed, overlaps+x.Overlaps
	}
	if timed < started {
		add(w.say("For %d of %s the history does not say how long they were heard: they count as heard, and whether they were skipped cannot be told.", started-timed, w.of(started, "track", "tracks")))
	}
	if overlaps > 0 {
		add(w.say("%s began before the one before had ended, as with two players or a clock that jumped; they count in the order of their ends.", w.of(overlaps, "play", "plays")))
	}
	if len(h.Occasions) > 0 && len(h.Occasions[0].Phases) == 0 {
		add(w.say("The file does not say which tracks are hold, shift and sustain, so how far the arc was heard is unknown; .xspf, .jspf and .csv keep it."))
	}
	return notes
}

// day writes a date.
func (w words) day(t time.Time) string {
	if w.tongue.Code() == "en" {
		return t.Format("2 January 2006")
	}
	return w.tongue.Date(t)
}
