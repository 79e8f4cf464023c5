package recommend

import (
	"time"

	"segue"
	"segue/match"
	"segue/playlist"
	"segue/session"
)

// A Digest is what a Listener comes to without their single plays: all that is needed
// to show them and to plan their hours, in a fifteenth of the memory. With a Profile it
// is what a server keeps of each of its many listeners. It is immutable and may be
// read by any number of goroutines.
type Digest struct {
	Coverage match.Coverage
	Gap      time.Duration  // pause that ended a session
	Sessions session.Packed // whose First and Last number the plays, in order of their end
	Zone     *time.Location // where the listener lives, never nil
	Trees    Trees          // by which persona and offer were decided; none is nil

	gaps  []int           // sessions that each gap of session.DefaultGaps would give
	heard *playlist.Heard // nil without a catalogue
}

// Digest sums the listener up. Nothing of it shares memory with their plays. Cost is
// linear in plays.
func (l *Listener) Digest() *Digest {
	d := &Digest{Coverage: l.Coverage, Gap: l.Gap, Sessions: session.Pack(l.Sessions), Zone: l.Zone(), Trees: l.Trees, gaps: l.GapCounts()}
	if l.Listening.Matches != nil {
		d.heard = playlist.HeardOf(l.Listening.Catalog, l.Listening.Plays, l.Listening.Matches)
	}
	return d
}

// Plays returns how many plays the digest was made of.
func (d *Digest) Plays() int { return d.Sessions.Plays() }

// LastMood returns the position of the last session that has a mood, and whether there
// is one. A nil digest has none.
func (d *Digest) LastMood() (segue.Affect, bool) {
	if d == nil {
		return segue.Affect{}, false
	}
	s, ok := d.Sessions.LastMood()
	return s.Position, ok
}

// LastMoodAt returns when the session of LastMood ended, and whether there is one.
func (d *Digest) LastMoodAt() (time.Time, bool) {
	s, ok := d.Sessions.LastMood()
	return s.End, ok
}

// GapCounts returns how many sessions each gap of session.DefaultGaps would give.
func (d *Digest) GapCounts() []int { return d.gaps }

// View returns the sessions for JSON, in the listener's time zone.
func (d *Digest) View() SessionsView {
	return viewOf(d.Sessions.Slice(0, d.Sessions.Len()), d.Plays(), d.gaps, d.Gap, d.Zone)
}

// Bytes returns how much memory the digest takes, about.
func (d *Digest) Bytes() int {
	const itself = 512 // with the slice of the gaps
	n := itself + d.Sessions.Bytes()
	if d.heard != nil {
		n += d.heard.Bytes()
	}
	return n
}

// LibraryOf is Library for a listener of whom a digest was kept; d and p may be nil.
func (m *Music) LibraryOf(d *Digest, p *Profile) (*playlist.Library, error) {
	if d == nil {
		return m.libraryFor(nil, p.leaning())
	}
	return m.libraryFor(d.heard, p.leaning())
}
