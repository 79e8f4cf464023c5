package session

import (
	"math"
	"slices"
	"time"

	"segue"
)

// Packed holds sessions in half of their memory, to be kept where many listeners'
// are: at most 88 bytes a session. It gives back what it was given, bit
// for bit. The zero value holds none; it is immutable and safe for many goroutines.
type Packed struct {
	sessions []packedSession
	places   []packedPlace // of those with a mood, in order
	end      uint32        // Last of the last session
}

type packedSession struct {
	start, end     int64 // s since 1970
	listened       int64 // ns
	coverage       float64
	startNS, endNS int32 // of the second
	first, skips   uint32
	featured       uint32
	place          int32 // index of places, −1 without a mood
}

type packedPlace struct{ position, stderr segue.Affect }

// Sizes in memory, in bytes.
const (
	packedSessionBytes = 56
	packedPlaceBytes   = 32
)

// Pack packs sessions as Sessions returns them: what follows from other fields is
// left out and computed again. It panics if they do not partition the plays, or if
// there are 2³¹ plays or more. O(n).
func Pack(sessions []segue.Session) Packed {
	moods := 0
	for _, s := range sessions {
		if s.HasMood {
			moods++
		}
	}
	p := Packed{sessions: make([]packedSession, 0, len(sessions)), places: make([]packedPlace, 0, moods)}
	for _, s := range sessions {
		if s.First != int(p.end) || s.Last <= s.First || s.Last > math.MaxInt32 {
			panic("session: Pack: the sessions do not partition the plays")
		}
		one := packedSession{
			start: s.Start.Unix(), startNS: int32(s.Start.Nanosecond()), end: s.End.Unix(), endNS: int32(s.End.Nanosecond()),
			listened: int64(s.Listened), coverage: s.Coverage,
			first: uint32(s.First), skips: uint32(s.Skips), featured: uint32(s.Featured), place: -1,
		}
		if s.HasMood {
			one.place = int32(len(p.places))
			p.places = append(p.places, packedPlace{s.Position, s.StdErr})
		}
		p.sessions = append(p.sessions, one)
		p.end = uint32(s.Last)
	}
	return p
}

// Len returns the number of sessions.
func (p Packed) Len() int { return len(p.sessions) }

// Plays returns the number of plays in all sessions.
func (p Packed) Plays() int { return int(p.end) }

// At returns session i.
func (p Packed) At(i int) segue.Session {
	one := p.sessions[i]
	s := segue.Session{
		Start: p.Start(i), End: time.Unix(one.end, int64(one.endNS)).UTC(), First: int(one.first), Last: int(p.end),
		Skips: int(one.skips), Listened: time.Duration(one.listened), Featured: int(one.featured), Coverage: one.coverage,
	}
	if i+1 < len(p.sessions) {
		s.Last = int(p.sessions[i+1].first)
	}
	if one.place < 0 {
		displace(&s)
		return s
	}
	at := p.places[one.place]
	placeAt(&s, at.position, at.stderr)
	return s
}

// Start returns when session i began.
func (p Packed) Start(i int) time.Time {
	return time.Unix(p.sessions[i].start, int64(p.sessions[i].startNS)).UTC()
}

// Slice returns the sessions from first on and before end.
func (p Packed) Slice(first, end int) []segue.Session {
	out := make([]segue.Session, 0, end-first)
	for i := first; i < end; i++ {
		out = append(out, p.At(i))
	}
	return out
}

// LastMood returns the latest session with a mood, and whether there is one.
func (p Packed) LastMood() (segue.Session, bool) {
	for i, s := range slices.Backward(p.sessions) {
		if s.place >= 0 {
			return p.At(i), true
		}
	}
	return segue.Session{}, false
}

// Bytes returns how much memory the sessions take.
func (p Packed) Bytes() int {
	return packedSessionBytes*cap(p.sessions) + packedPlaceBytes*cap(p.places)
}
