package web

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// Tasks are what goes on apart from any request. Once it was ended none is begun.
type tasks struct {
	mu      sync.Mutex
	over    bool
	running sync.WaitGroup
}

// hold counts one more, and reports whether it may begin; who held lets go.
func (w *tasks) hold() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.running.Add(1)
	}
	return !w.over
}

func (w *tasks) letGo() { w.running.Done() }

// begin runs do apart from who calls. After the end it runs it all the same, for
// there may be somebody who waits, but it is not waited for.
func (w *tasks) begin(do func()) {
	held := w.hold()
	go func() {
		if held {
			defer w.letGo()
		}
		do()
	}()
}

// end waits for all that was begun.
func (w *tasks) end() {
	w.mu.Lock()
	w.over = true
	w.mu.Unlock()
	w.running.Wait()
}

// A panicked is a fault of Segue's own, as it can be told to anybody: where, and of
// what type. What a panic says may quote what a person brought.
type panicked struct{ what, where string }

func (p *panicked) Error() string { return "panic: " + p.what + " at " + p.where }

// panickedOf makes one of what recover returned, in a deferred function.
func panickedOf(r any) *panicked {
	p := &panicked{what: fmt.Sprintf("%T", r)}
	var at [64]uintptr
	frames := runtime.CallersFrames(at[:runtime.Callers(2, at[:])])
	for began := false; ; {
		f, more := frames.Next()
		if began && !strings.HasPrefix(f.Function, "runtime.") {
			p.where = fmt.Sprintf("%s:%d", f.Function, f.Line)
			return p
		}
		began = began || f.Function == "runtime.gopanic"
		if !more {
			return p
		}
	}
}

// rescued runs do and makes its panic an error: one request's fault must not end the
// server.
func rescued(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panickedOf(r)
		}
	}()
	return do()
}
