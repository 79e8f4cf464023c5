package session

import (
	"time"

	"segue"
)

// Sessions cuts the plays into sessions and gives each its mood. A play starts
// a new session if its pause, the time from the end of the play before to its
// own start and never less than zero, is the gap or longer. Overlapping plays,
// as from clocks that jump and from two players at once, have no pause. The
// sessions are in order of time and partition the plays. Cost O(plays).
//
// A session has a mood if it has Gates.SessionPlays featured plays: plays of
// MinimumPlay or longer with a place on the plane. Without one its Position and
// StdErr are segue.Nowhere, its Membership is zero and its Mood is Mixed; none
// of them may be shown.
func Sessions(l Listening, o Options) []segue.Session {
	o = o.filled()
	l.check()
	var out []segue.Session
	for first := 0; first < len(l.Plays); {
		last := first + 1
		for last < len(l.Plays) && pause(l.Plays, last) < o.Gap {
			last++
		}
		out = append(out, l.count(first, last))
		first = last
	}
	rho, _ := Correlation(l, out)
	for i := range out {
		l.addMood(&out[i], rho, o.Gates.SessionPlays)
	}
	return out
}

// pause returns the time between play i and the one before it, at least zero.
func pause(plays []segue.Play, i int) time.Duration {
	return max(0, plays[i].StartedAt().Sub(plays[i-1].EndedAt))
}

// count fills in what needs no mood.
func (l Listening) count(first, last int) segue.Session {
	s := segue.Session{
		Start: l.Plays[first].StartedAt().UTC(), End: l.Plays[last-1].EndedAt.UTC(),
		First: first, Last: last,
	}
	var placed time.Duration
	for i := first; i < last; i++ {
		p := l.Plays[i]
		if p.WasSkipped(l.length(i)) {
			s.Skips++
		}
		s.Listened += p.Played
		if _, ok := l.position(i); ok {
			placed += p.Played
			if l.heard(i) {
				s.Featured++
			}
		}
	}
	if s.Listened > 0 {
		s.Coverage = placed.Seconds() / s.Listened.Seconds()
	}
	return s
}

// Sensitivity returns the number of sessions each gap would give, in the order
// of the gaps. A smaller gap never gives fewer. It panics if a gap is not
// positive.
func Sensitivity(plays []segue.Play, gaps ...time.Duration) []int {
	checkOrder(plays)
	counts := make([]int, len(gaps))
	for g, gap := range gaps {
		if gap <= 0 {
			panic("session: a gap must be positive")
		}
		if len(plays) > 0 {
			counts[g] = 1
		}
		for i := 1; i < len(plays); i++ {
			if pause(plays, i) >= gap {
				counts[g]++
			}
		}
	}
	return counts
}
