package playlist

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// counted writes a number with its noun: "1 track", "3 tracks".
func counted(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun, noun+"s")) }

// partOf writes some of a number: "3 of 8 steps", "both steps", "all 8 steps".
func partOf(n, of int, noun string) string {
	switch {
	case n == of && n == 2:
		return "both " + noun + "s"
	case n == of && n > 2:
		return "all " + counted(of, noun)
	}
	return fmt.Sprintf("%d of %s", n, counted(of, noun))
}

// plural returns the word for one, or that for many.
func plural(n int, word, words string) string {
	if n == 1 {
		return word
	}
	return words
}

// noneOr writes a number, and nothing as a word.
func noneOr(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

func ordinal(n int) string {
	if words := [...]string{"", "first", "second", "third", "fourth", "fifth"}; n > 0 && n < len(words) {
		return words[n]
	}
	return fmt.Sprintf("%dth", n)
}

// apart writes two numbers with two digits after the point, or with as many more, up
// to four, as tell them apart: nothing is said to be 0.10 where 0.10 is the most.
func apart(a, b float64) (string, string) {
	for digits := 2; ; digits++ {
		x, y := fmt.Sprintf("%.*f", digits, a), fmt.Sprintf("%.*f", digits, b)
		if x != y || a == b || digits == 4 {
			return x, y
		}
	}
}

// list joins words as a sentence does: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
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
