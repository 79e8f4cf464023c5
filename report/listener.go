package report

import (
	"time"

	"segue/recommend"
)

// A listener is a history with what is said of it, as the chapters need them.
type listener struct {
	*recommend.Listener
	Profile *recommend.Profile
}

// listenerOf returns the listener of a result, nil if it has none.
func listenerOf(r *recommend.Result) *listener {
	if r.Listener == nil || r.Profile == nil {
		return nil
	}
	return &listener{r.Listener, r.Profile}
}

// zone returns where the listener lives, UTC if that was not said.
func (l *listener) zone() *time.Location {
	if l.Listening.Location == nil {
		return time.UTC
	}
	return l.Listening.Location
}
