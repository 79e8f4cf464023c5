package playlist

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"segue/language"
)

// words says things in a listener's language, English if it has none. What it says
// is a text of package language, or made of such.
type words struct{ tongue *language.Tongue }

// In returns the library of a listener who reads t; nil is English. It shares all
// that the library holds and costs nothing. Plans, drafts and errors that are made
// with it speak t: reasons, tradeoffs, notes and whatever else is a sentence. The
// music is the same in every language.
func (l *Library) In(t *language.Tongue) *Library {
	view := *l
	view.words = words{t}
	return &view
}

// say says a text in the language: see language.Tongue.Say.
func (w words) say(english string, args ...any) string { return w.tongue.Say(english, args...) }

// of writes a number with its noun: "1 track", "3 tracks".
func (w words) of(n int, one, many string) string {
	word := many
	if n == 1 && w.tongue.Has(one) {
		word = one
	}
	return fmt.Sprintf("%d %s", n, w.say(word))
}

// steps writes some of a number of steps: "3 of 8 steps", "both steps", "all 8 steps".
func (w words) steps(n, of int) string {
	switch {
	case n == of && n == 2:
		return w.say("both steps")
	case n == of && n > 2:
		return w.say("all %d steps", of)
	}
	return w.say("%d of %s", n, w.of(of, "step", "steps"))
}

// plural returns the word for one, or that for many. Languages without such forms
// do not read it.
func plural(n int, word, words string) string {
	if n == 1 {
		return word
	}
	return words
}

// ordinal writes a number as English counts: "third".
func ordinal(n int) string {
	if words := [...]string{"", "first", "second", "third", "fourth", "fifth"}; n > 0 && n < len(words) {
		return words[n]
	}
	return fmt.Sprintf("%dth", n)
}

// third names a third of an hour, from 0.
func (w words) third(t int) string {
	return w.say([...]string{language.Text("the first third"), language.Text("the second third"), language.Text("the last third")}[t])
}

// apart writes two numbers with two digits after the point, or with as many more, up
// to four, as tell them apart: nothing is said to be 0.10 where 0.10 is the most.
func (w words) apart(a, b float64) (string, string) {
	for digits := 2; ; digits++ {
		format := fmt.Sprintf("%%.%df", digits)
		x, y := w.say(format, a), w.say(format, b)
		if x != y || a == b || digits == 4 {
			return x, y
		}
	}
}

// span writes a length as minutes and seconds.
func span(ms int64) string {
	s := (time.Duration(ms) * time.Millisecond).Round(time.Second) / time.Second
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// length writes a duration, in English as Go does.
func (w words) length(d time.Duration) string {
	if w.tongue.Code() == "en" {
		return d.String()
	}
	return w.tongue.Exact(d)
}

// quoted writes a title, shortened to what a sentence can hold.
func quoted(title string) string {
	const most = 40 // letters
	if letters := []rune(title); len(letters) > most {
		title = string(letters[:most-1]) + "…"
	}
	return "“" + title + "”"
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
