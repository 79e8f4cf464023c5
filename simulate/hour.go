package simulate

import (
	"math"
	"time"

	"segue"
	"segue/outcome/event"
)

// A slot is a track of a planned hour, as it is to one listener.
type slot struct {
	row      int32
	at       segue.Affect // where it truly lies to them
	familiar bool
	liking   float64 // 1 is usual
	length   time.Duration
}

// A plan is an hour ready to be heard.
type plan struct {
	slots  []slot
	length time.Duration
}

// heard is one track of an hour, as far as it was heard.
type heard struct {
	slot    int
	started time.Duration // after the hour began
	played  time.Duration
	reason  event.Reason
}

// An hearing is what became of an hour.
type hearing struct {
	end    segue.Affect // the state when the hour is over, whether or not it was heard to its end
	tracks []heard
	left   bool    // the listener stopped the music
	liking float64 // mean logarithm of the liking of what was heard; 0 if nothing was
}

// minute is the step of a state while music plays: within it the pull of a track
// stays, and it is the step of chance, so that the same chance meets every arm.
const minute = time.Minute

// hear plays a plan to a listener in a state, for as many minutes as were asked for.
// A track that starts is skipped, or the music stopped, the sooner the farther it
// lies from the state. What is heard draws the state by the world's rule; after the
// last track, and after stopping, nothing does. Chance is that of the key.
func (t *truth) hear(w World, state segue.Affect, at time.Time, p *plan, minutes int, key uint64) hearing {
	path, choices := stream(t.seed, key, 1), stream(t.seed, key, 2)
	h := hearing{tracks: make([]heard, 0, len(p.slots))}
	var until time.Duration // the end of the track that plays
	next, playing := 0, -1
	for k := range minutes {
		now := time.Duration(k) * minute
		for now >= until && next < len(p.slots) && !h.left {
			s := p.slots[next]
			track := heard{slot: next, started: until, played: s.length, reason: event.Completed}
			far := s.at.Distance(state)
			skip, part, leave := choices.Float64(), choices.ExpFloat64(), choices.Float64()
			switch {
			case leave < leaving+leavingFar*max(0, far-skipNear):
				track.reason, h.left = event.Stopped, true
				track.played = time.Duration(min(.95, .1+.3*part) * float64(s.length))
			case skip < skipChance(far, s.familiar):
				track.reason = event.Skipped
				track.played = time.Duration(min(.9, .02+.15*part) * float64(s.length))
			}
			track.played = track.played.Truncate(time.Millisecond)
			h.tracks = append(h.tracks, track)
			until += track.played
			playing = next
			next++
		}
		var x segue.Affect
		rate := 0.
		if now < until && playing >= 0 {
			s := p.slots[playing]
			x, rate = s.at, w.rate(s.at.Distance(state), s.familiar)
		}
		state = t.step(state, at.Add(now), minute, x, rate, normal(path))
	}
	h.end = state
	for _, tr := range h.tracks {
		h.liking += math.Log(p.slots[tr.slot].liking) / float64(len(h.tracks))
	}
	return h
}
