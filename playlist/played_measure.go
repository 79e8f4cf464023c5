package playlist

import (
	"slices"
	"time"

	"segue"
)

// A sitting is one play of a planned track, or several that are one with pauses.
type sitting struct {
	segue.Play           // its time heard is that of all
	start      time.Time // of the first
	place      int
}

// sittingsOf puts plays of a track together that follow each other in a run and
// may be one play.
func sittingsOf(r *run, tracks []Track) []sitting {
	var out []sitting
	for _, p := range r.plays {
		if n := len(out); n > 0 && out[n-1].place == p.place && onePlay(out[n-1].Play, p.Play, lengthOf(tracks[p.place])) {
			p.Played += out[n-1].Played
			out[n-1].Play = p.Play
			continue
		}
		out = append(out, sitting{p.Play, p.StartedAt(), p.place})
	}
	return out
}

// measure turns a run into an occasion.
func measure(r *run, tracks []Track, loc *time.Location) Occasion {
	o := Occasion{Tracks: make([]PlayedTrack, len(tracks)), Breaks: []Break{}, Phases: []PhaseHeard{}}
	o.Start, o.End = r.plays[0].StartedAt().In(loc), r.plays[0].EndedAt.In(loc)
	for i, p := range r.plays {
		if start := p.StartedAt().In(loc); start.Before(o.Start) {
			o.Start = start
		}
		if end := p.EndedAt.In(loc); end.After(o.End) {
			o.End = end
		}
		if t := &o.Tracks[p.place]; p.match.Confidence > t.Confidence {
			t.Rung, t.Confidence = p.match.Rung.String(), p.match.Confidence
		}
		if i > 0 {
			o.between(r.plays[i-1], p)
		}
	}
	sittings := sittingsOf(r, tracks)
	of := make([][]sitting, len(tracks))
	nth, furthest := 0, 0
	for _, s := range sittings {
		t := &o.Tracks[s.place]
		if t.Plays++; t.Plays == 1 {
			nth++
			start := s.start.In(loc)
			t.Nth, t.Started = nth, &start
		}
		of[s.place] = append(of[s.place], s)
		furthest = max(furthest, s.place)
	}
	o.Repeats, o.Resumed = len(sittings)-nth, len(r.plays)-len(sittings)
	var at int64
	known := true // every length so far
	for place, t := range tracks {
		x := &o.Tracks[place]
		x.Place, x.ID, x.Title, x.Artists, x.Phase, x.DurationMS = place+1, t.ID, t.Title, t.Artists, t.Phase, t.DurationMS
		if known {
			start := at
			x.StartMS = &start
		}
		at += t.DurationMS
		known = known && t.DurationMS > 0
		switch {
		case x.Plays > 0:
			best := sayingMost(of[place], lengthOf(t))
			x.State = stateOf(best, lengthOf(t))
			if !best.Scrobble {
				ms := best.Played.Milliseconds()
				x.HeardMS = &ms
			}
		case place < furthest:
			x.State, x.Rung = StatePassed, segue.Unmatched.String()
		default:
			x.State, x.Rung = StateNotReached, segue.Unmatched.String()
		}
	}
	o.Order = orderOf(r.order())
	o.count()
	o.leave(sittings[len(sittings)-1])
	o.Events = eventsOf(sittings, tracks, o.Start)
	return o
}

// between takes in what lies between two planned plays.
func (o *Occasion) between(a, b plannedPlay) {
	others, pause := b.index-a.index-1, pauseBefore(a, b)
	if o.Others += others; others > 0 || pause >= OccasionPause {
		o.Breaks = append(o.Breaks, Break{After: a.place + 1, PauseMS: pause.Milliseconds(), Others: others})
	}
	if !a.Scrobble && !b.Scrobble && b.StartedAt().Before(a.EndedAt.Add(-OccasionSlack)) {
		o.Overlaps++
	}
}

// sayingMost returns the play that decides what became of a track.
func sayingMost(of []sitting, length time.Duration) segue.Play {
	rank := func(p segue.Play) int {
		switch stateOf(p, length) {
		case StateCompleted:
			return 2
		case StateHeard:
			return 1
		}
		return 0
	}
	best := of[0].Play
	for _, p := range of[1:] {
		if a, b := rank(p.Play), rank(best); a > b || a == b && p.Played > best.Played {
			best = p.Play
		}
	}
	return best
}

// stateOf says what became of a track of a length, 0 if unknown, by a play of it.
func stateOf(p segue.Play, length time.Duration) PlayedState {
	switch {
	case p.WasSkipped(length):
		return StateSkipped
	case p.Scrobble:
		return StateHeard
	case completed(p, length):
		return StateCompleted
	}
	return StatePartly
}

// early reports whether a skip came before min(30 s, half the track).
// (docs/science.md §7)
func (t PlayedTrack) early() bool {
	return t.State == StateSkipped && t.HeardMS != nil &&
		segue.EarlySkip(time.Duration(*t.HeardMS)*time.Millisecond, time.Duration(t.DurationMS)*time.Millisecond)
}

// add counts a track.
func (c *Tally) add(t PlayedTrack) {
	c.Planned++
	switch t.State {
	case StatePassed:
		c.Passed++
		return
	case StateNotReached:
		c.NotReached++
		return
	case StateCompleted:
		c.Completed++
	case StateHeard:
		c.Unclear++
	case StatePartly:
		c.Partly++
	case StateSkipped:
		c.Skipped++
	}
	c.Started++
	if t.HeardMS != nil {
		c.Timed++
	}
	if t.early() {
		c.Early++
	}
	if c.Timed > 0 {
		c.SkipRate = number(float64(c.Early) / float64(c.Timed))
	}
}

// count fills in counts and shares.
func (o *Occasion) count() {
	phases := []PhaseHeard{{Phase: Hold}, {Phase: Shift}, {Phase: Sustain}}
	reached, heard, lengths := -1, 0, 0
	var planned int64
	for _, t := range o.Tracks {
		o.Tally.add(t)
		phase := slices.IndexFunc(phases, func(p PhaseHeard) bool { return p.Phase == t.Phase })
		if phase >= 0 {
			phases[phase].add(t)
		}
		if t.Heard() {
			heard++
			reached = max(reached, phase)
		}
		if t.DurationMS > 0 {
			lengths++
			planned += t.DurationMS
			if t.HeardMS != nil {
				o.HeardMS += min(*t.HeardMS, t.DurationMS)
			}
		}
	}
	for _, p := range phases {
		if p.Planned > 0 {
			o.Phases = append(o.Phases, p)
		}
	}
	o.CompletedShare = float64(o.Completed+o.Unclear) / float64(o.Planned)
	if planned > 0 && o.Timed > 0 {
		o.HeardShare = number(float64(o.HeardMS) / float64(planned))
		if whole := *o.HeardShare >= CompletedShare; lengths == o.Planned && (whole || o.Timed == o.Started) {
			o.Complete = &whole
		}
	}
	if reached >= 0 {
		o.Reached = &phases[reached].Phase
	}
	if phases[2].Planned > 0 {
		enough := reached == 2 && float64(heard) >= EnoughShare*float64(o.Planned) && (o.Order.Tau == nil || *o.Order.Tau >= EnoughTau)
		o.Enough = &enough
	}
}

// leave says where the listener left: with the last sitting. Who heard the last
// track out, or had started every track and heard out the one that came last, has
// not left before the end.
func (o *Occasion) leave(final sitting) {
	t := o.Tracks[final.place]
	length := time.Duration(t.DurationMS) * time.Millisecond
	state := stateOf(final.Play, length)
	ended := state == StateCompleted || state == StateHeard
	if ended && (final.place == len(o.Tracks)-1 || o.Started == o.Planned) {
		return
	}
	o.Left = &Left{Place: t.Place, Phase: t.Phase, State: state}
	if t.StartMS != nil && t.DurationMS > 0 && !final.Scrobble {
		at := *t.StartMS + min(final.Played.Milliseconds(), t.DurationMS)
		o.Left.PlanMS = &at
	}
}

// orderOf compares places, in the order in which they were started, with the plan.
func orderOf(places []int) Order {
	o := Order{N: len(places), Kept: longestRise(places)}
	if o.N < LeastOrder {
		return o
	}
	o.Share = number(float64(o.Kept) / float64(o.N))
	plan, heard := make([]float64, o.N), make([]float64, o.N)
	for i, p := range places {
		plan[i], heard[i] = float64(p), float64(i)
	}
	o.Tau = number(KendallTau(plan, heard))
	return o
}

// longestRise returns the length of a longest increasing subsequence, by patience
// sorting, O(n·log n). (Fredman 1975, doi:10.1016/0012-365X(75)90103-X)
func longestRise(of []int) int {
	var ends []int // ends[k] is the least last element of a rise of k+1
	for _, v := range of {
		k, _ := slices.BinarySearch(ends, v)
		if k == len(ends) {
			ends = append(ends, v)
		} else {
			ends[k] = v
		}
	}
	return len(ends)
}

// eventsOf tells an occasion sitting by sitting.
func eventsOf(sittings []sitting, tracks []Track, start time.Time) []Event {
	loc := start.Location()
	events := []Event{{Kind: PlaylistStart, At: start}}
	for _, s := range sittings {
		t := tracks[s.place]
		end := Event{Kind: TrackEnd, At: s.EndedAt.In(loc), Place: s.place + 1, ID: t.ID, Reason: stateOf(s.Play, lengthOf(t))}
		if !s.Scrobble {
			ms := s.Played.Milliseconds()
			end.MS = &ms
		}
		events = append(events, Event{Kind: TrackStart, At: s.start.In(loc), Place: s.place + 1, ID: t.ID}, end)
	}
	return events
}
