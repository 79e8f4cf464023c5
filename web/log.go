package web

import (
	"context"
	"errors"
	"fmt"

	"segue"
	"segue/store"
)

// kindOf names an error for the log without its text: texts of errors may quote
// what a person brought.
func kindOf(err error) string {
	var fault *panicked
	if errors.As(err, &fault) {
		return fault.Error()
	}
	for _, k := range []struct {
		err  error
		name string
	}{
		{context.Canceled, "cancelled"}, {context.DeadlineExceeded, "too late"}, {store.ErrFull, "disk full"}, {store.ErrReadOnly, "read only"},
		{store.ErrBusy, "database busy"}, {store.ErrGone, "database gone"}, {store.ErrConsent, "not agreed to"}, {store.ErrTraces, "not swept"}, {store.ErrDamaged, "database damaged"}, {store.ErrClosed, "database closed"}, {store.ErrConflict, "conflict"}, {segue.ErrUsage, "usage"},
	} {
		if errors.Is(err, k.err) {
			return k.name
		}
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		err = e
	}
	return fmt.Sprintf("%T", err)
}
