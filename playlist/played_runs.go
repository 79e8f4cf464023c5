package playlist

import (
	"slices"
	"time"

	"segue"
)

// A plannedPlay is a play of a planned track.
type plannedPlay struct {
	segue.Play
	index  int   // among all plays that count, in order
	places []int // it may stand for, ascending; more than one if the playlist repeats itself
	match  segue.Match
	place  int // it was given
}

// A run is plays that belong together, in order.
type run struct {
	plays   []plannedPlay
	started map[int]bool // by place
	tracks  int          // different places started
	planned int          // places there are
}

func newRun(n int) *run { return &run{started: map[int]bool{}, planned: n} }

func (r *run) first() int        { return r.plays[0].place }
func (r *run) last() plannedPlay { return r.plays[len(r.plays)-1] }

// add appends a play that has its place.
func (r *run) add(p plannedPlay) {
	if !r.started[p.place] {
		r.started[p.place] = true
		r.tracks++
	}
	r.plays = append(r.plays, p)
}

// counts reports whether the run is an occasion of a playlist with so many songs,
// and not chance.
func (r *run) counts(least, songs int) bool {
	need := min(least, songs)
	if r.first() == 0 && need > 1 {
		need--
	}
	onward := 0
	for i := 1; i < len(r.plays); i++ {
		if r.plays[i].place == r.plays[i-1].place+1 {
			onward++
		}
	}
	switch {
	case r.tracks < need:
		return false
	case float64(r.tracks) >= OccasionShare*float64(r.planned):
		return true
	}
	return onward >= need-1 && 2*onward >= len(r.plays)-1
}

// begins reports whether the run goes from the first track of the plan to the
// second.
func (r *run) begins() bool {
	order := r.order()
	return len(order) > 1 && order[0] == 0 && order[1] == 1
}

// order returns the places in the order in which they were started.
func (r *run) order() []int {
	started := map[int]bool{}
	var places []int
	for _, p := range r.plays {
		if !started[p.place] {
			started[p.place] = true
			places = append(places, p.place)
		}
	}
	return places
}

// choose returns which of the places of a play it stands for: the next one; else
// the last one again; else one not started yet, if possible after the last; else
// the first.
func (r *run) choose(places []int) int {
	if len(places) == 1 || len(r.plays) == 0 {
		return places[0]
	}
	last, after, open := r.last().place, -1, -1
	again := false
	for _, p := range places {
		switch {
		case p == last:
			again = true
		case r.started[p]:
		case p == last+1:
			return p
		case p > last && after < 0:
			after = p
		case p < last && open < 0:
			open = p
		}
	}
	switch {
	case again:
		return last
	case after >= 0:
		return after
	case open >= 0:
		return open
	}
	return places[0]
}

// over reports whether a play of a place starts the playlist over.
func (r *run) over(place int) bool {
	if place == r.last().place {
		return false
	}
	return r.tracks == r.planned || place == r.first() && r.tracks >= OccasionAgain
}

// runs cuts plays into those that belong together at sight: with short pauses and
// little other music between them.
func runs(plays []plannedPlay, n int) []*run {
	var out []*run
	for _, p := range plays {
		if len(out) > 0 {
			r := out[len(out)-1]
			p.place = r.choose(p.places)
			if pauseBefore(r.last(), p) < OccasionPause && p.index-r.last().index-1 <= OccasionBetween && !r.over(p.place) {
				r.add(p)
				continue
			}
		}
		r := newRun(n)
		p.place = r.choose(p.places)
		r.add(p)
		out = append(out, r)
	}
	return out
}

// pauseBefore returns the time from the end of a to the start of b, at least 0:
// plays overlap where clocks jump and where there are two players.
func pauseBefore(a, b plannedPlay) time.Duration { return max(0, b.StartedAt().Sub(a.EndedAt)) }

// join puts runs together of which one goes on where another stopped, the latest
// such. They stay in order of their first play.
func join(rs []*run, tracks []Track) []*run {
	var out, open []*run
	for _, r := range rs {
		next := r.plays[0]
		open = slices.DeleteFunc(open, func(o *run) bool { return pauseBefore(o.last(), next) >= OccasionResume })
		i := len(open) - 1
		for i >= 0 && !open[i].goesOn(next, tracks) {
			i--
		}
		if i < 0 {
			out, open = append(out, r), append(open, r)
			continue
		}
		for _, p := range r.plays {
			p.place = open[i].choose(p.places)
			open[i].add(p)
		}
	}
	return out
}

// goesOn reports whether a play goes on where the run stopped.
func (r *run) goesOn(next plannedPlay, tracks []Track) bool {
	last := r.last()
	for _, p := range next.places {
		switch {
		case p == last.place+1 && !r.started[p]:
			return true
		case p == last.place && r.tracks > 1:
			if length := lengthOf(tracks[p]); !completed(last.Play, length) || onePlay(last.Play, next.Play, length) {
				return true
			}
		}
	}
	return false
}

// onePlay reports whether two plays of a track may be one with a pause in it: what
// was heard lasts together no longer than the track. Two seconds are rounding. (d)
func onePlay(a, b segue.Play, length time.Duration) bool {
	return !a.Scrobble && !b.Scrobble && a.Played+b.Played <= length+2*time.Second
}

// lengthOf returns the planned length of a track, 0 where unknown.
func lengthOf(t Track) time.Duration { return time.Duration(t.DurationMS) * time.Millisecond }
