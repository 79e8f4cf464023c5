package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"segue"
)

// passes is progress for work of many passes, whose stages change faster than
// one could read a bar for each: on a terminal one line that changes, elsewhere
// a line every two seconds.
func (t *terminal) passes() (segue.Progress, func()) {
	if t.quiet {
		return nil, func() {}
	}
	every, form := 2*time.Second, "%s: %d %%\n"
	f, ok := t.err.(*os.File)
	live := ok && isTerminal(f)
	if live {
		every, form = 100*time.Millisecond, "\r\x1b[K%s: %d %%"
	}
	var mu sync.Mutex
	last, shown := time.Now(), false
	return func(stage string, done, total int64) {
			mu.Lock()
			defer mu.Unlock()
			if now := time.Now(); total > 0 && now.Sub(last) >= every {
				last, shown = now, true
				fmt.Fprintf(t.err, form, stage, 100*done/total)
			}
		}, func() {
			mu.Lock()
			defer mu.Unlock()
			if live && shown {
				fmt.Fprint(t.err, "\r\x1b[K")
				shown = false
			}
		}
}
