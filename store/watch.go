package store

import "time"

// Watch lets f be told of every change from now on: how long it took until it was
// durable or had failed, its wait for a turn included, and why it failed. f is called
// by whoever made the change, and must be quick. A change that was called off before
// it began is not told of.
func (s *Store) Watch(f func(took time.Duration, err error)) { s.watched.Store(&f) }

// Waiting returns how many changes wait for their turn.
func (s *Store) Waiting() int {
	if s.writer == nil {
		return 0
	}
	return len(s.writer.queue) + len(s.writer.whole)
}

// tellWatch tells whoever watches of a change.
func (s *Store) tellWatch(began time.Time, err error) {
	if f := s.watched.Load(); f != nil {
		(*f)(time.Since(began), err)
	}
}
