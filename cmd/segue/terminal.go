package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
	"unicode"

	"segue"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// A terminal is where a command speaks: its result to out, everything else to
// err. The switches belong to every command.
type terminal struct {
	out, err io.Writer
	json     bool   // print one JSON object
	quiet    bool   // show no progress
	seed     uint64 // of every random choice
	warnings []string
}

// warn keeps a message for err until there is a result to go with it: a command
// that fails says one line, why.
func (t *terminal) warn(format string, args ...any) {
	t.warnings = append(t.warnings, fmt.Sprintf(format, args...))
}

// print writes v as one indented JSON object if --json was given, otherwise
// lets text write it for people.
func (t *terminal) print(v any, text func(w io.Writer)) error {
	for _, w := range t.warnings {
		t.say("segue: %s", w)
	}
	if !t.json {
		var b bytes.Buffer
		text(&b)
		_, err := t.out.Write(bytes.Map(printable, b.Bytes()))
		return err
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the result as JSON: %w", err)
	}
	_, err = t.out.Write(append(b, '\n'))
	return err
}

// printable takes from text for people what would steer a terminal: titles come
// from files that anybody may have made.
func printable(r rune) rune {
	switch {
	case unicode.Is(unicode.Bidi_Control, r):
		return -1
	case r != '\n' && unicode.IsControl(r):
		return '�'
	}
	return r
}

// say writes a message for people to err; --json leaves it there, --quiet
// silences it.
func (t *terminal) say(format string, args ...any) {
	if !t.quiet {
		fmt.Fprintf(t.err, format+"\n", args...)
	}
}

// showAfter is how long a stage may take before it is worth a bar.
const showAfter = 400 * time.Millisecond

// progress returns what long work reports to, and what to call when it is
// over. On a terminal each stage that takes a moment gets a bar; elsewhere it
// gets a line every two seconds, so that logs stay readable.
func (t *terminal) progress() (segue.Progress, func()) {
	if t.quiet {
		return nil, func() {}
	}
	if f, ok := t.err.(*os.File); ok && isTerminal(f) {
		return t.bars()
	}
	var mu sync.Mutex
	began, last := map[string]time.Time{}, map[string]time.Time{}
	return func(stage string, done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if began[stage].IsZero() {
			began[stage], last[stage] = now, now
		}
		if now.Sub(last[stage]) < 2*time.Second {
			return
		}
		last[stage] = now
		if total > 0 {
			fmt.Fprintf(t.err, "%s: %d %%\n", stage, 100*done/total)
			return
		}
		fmt.Fprintf(t.err, "%s: %.0f s\n", stage, now.Sub(began[stage]).Seconds())
	}, func() {}
}

func (t *terminal) bars() (segue.Progress, func()) {
	p := mpb.New(mpb.WithOutput(t.err), mpb.WithWidth(32), mpb.WithRefreshRate(100*time.Millisecond))
	var mu sync.Mutex
	bars, began := map[string]*mpb.Bar{}, map[string]time.Time{}
	return func(stage string, done, total int64) {
			mu.Lock()
			defer mu.Unlock()
			b := bars[stage]
			if b == nil {
				if began[stage].IsZero() {
					began[stage] = time.Now()
				}
				if time.Since(began[stage]) < showAfter {
					return
				}
				b = p.New(total, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"),
					mpb.PrependDecorators(decor.Name(stage, decor.WCSyncSpaceR)),
					mpb.AppendDecorators(decor.Percentage()), mpb.BarRemoveOnComplete())
				bars[stage] = b
			}
			b.SetTotal(total, false)
			b.SetCurrent(done)
		}, func() {
			mu.Lock()
			defer mu.Unlock()
			for _, b := range bars {
				b.SetTotal(-1, true)
			}
			p.Wait()
		}
}

// isTerminal reports whether f is a character device, such as a terminal.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
