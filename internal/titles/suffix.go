package titles

import (
	"slices"
	"strings"
)

// A part is a piece of a title: the name itself, or a suffix set off by
// brackets or by " - ".
type part struct {
	text string // without the brackets or the dash
	open string // what set it off: "" for the name, " - ", "(" or "["
}

// parts cuts a title into its name and its suffixes. Brackets count wherever
// they stand but not at the very beginning, where they belong to the name;
// brackets that do not close belong to the text around them.
func parts(title string) []part {
	out := make([]part, 0, 4)
	start, open := 0, ""
	first := len(title) - len(strings.TrimLeft(title, " "))
	flush := func(end, next int, nextOpen string) {
		if t := strings.TrimSpace(title[start:end]); t != "" {
			out = append(out, part{t, open})
		}
		start, open = next, nextOpen
	}
	for i := 0; i < len(title); i++ {
		c := title[i]
		bracket := c == '(' || c == '['
		if i <= first || !bracket && c != ' ' {
			continue
		}
		if bracket {
			if end := closing(title, i); end > 0 {
				flush(i, i+1, title[i:i+1])
				flush(end, end+1, "~") // what follows a bracket without a dash
				i = end
			}
		} else if strings.HasPrefix(title[i:], " - ") {
			flush(i, i+3, " - ")
			i += 2
		}
	}
	flush(len(title), len(title), "")
	return out
}

// closing returns the index of the bracket that closes the one at i, or -1.
func closing(s string, i int) int {
	depth := 0
	for j := i; j < len(s); j++ {
		switch s[j] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}

// join writes parts as a title again.
func join(ps []part) string {
	var b strings.Builder
	for _, p := range ps {
		switch p.open {
		case "(":
			b.WriteString(" (" + p.text + ")")
		case "[":
			b.WriteString(" [" + p.text + "]")
		case " - ":
			b.WriteString(" - " + p.text)
		case "~":
			if !strings.ContainsAny(p.text[:1], ",:;/.!?") {
				b.WriteByte(' ')
			}
			b.WriteString(p.text)
		default:
			b.WriteString(p.text)
		}
	}
	return strings.TrimSpace(b.String())
}

// Plain returns the title without the suffixes that do not tell recordings
// apart: remaster and its years and engineers, guests ("feat. X", "(with X)"),
// mono and stereo, radio edit, single and album version, bonus track, explicit
// and clean. What Version names is never removed: "Song - Live / 2011 Remaster"
// becomes "Song - Live". The result is raw text, not folded, and never empty
// unless the title is.
func Plain(title string) string {
	if !mayHaveSuffix(title) {
		return title
	}
	ps := parts(title)
	if len(ps) == 0 {
		return title
	}
	kept := make([]part, 0, len(ps))
	changed := false
	for i, p := range ps {
		before := p.text
		switch {
		case i == 0 || p.open == "~":
			p.text = dropGuests(p.text)
		default:
			p.text = dropBenign(p.text)
		}
		changed = changed || p.text != before
		if p.text != "" {
			kept = append(kept, p)
		}
	}
	if !changed || len(kept) == 0 {
		return title
	}
	return join(kept)
}

// mayHaveSuffix spares the many titles that have no suffix at all.
func mayHaveSuffix(title string) bool {
	return hasBracketOrDash(title) || mayNameGuest(title)
}

// mayNameGuest reports whether a word of a name, and not the first, begins as
// guestWords do.
func mayNameGuest(name string) bool {
	for i := 1; i+3 < len(name); i++ {
		if name[i-1] == ' ' && name[i]|0x20 == 'f' && (name[i+1]|0x20 == 'e' || name[i+1]|0x20 == 't') {
			return true
		}
	}
	return false
}

// hasBracketOrDash reports whether a title has what sets suffixes off.
func hasBracketOrDash(title string) bool {
	for i := 0; i < len(title); i++ {
		switch title[i] {
		case '(', '[':
			return true
		case '-':
			if i > 0 && title[i-1] == ' ' && i+1 < len(title) && title[i+1] == ' ' {
				return true
			}
		}
	}
	return false
}

// dropGuests cuts " feat. X" and the like from the end of a name.
func dropGuests(name string) string {
	if !mayNameGuest(name) {
		return name
	}
	low := lowerASCII(name)
	for _, word := range guestWords() {
		if i := strings.Index(low, " "+word+" "); i > 0 && strings.TrimSpace(name[i+len(word)+2:]) != "" {
			return strings.TrimRight(name[:i], " ,")
		}
	}
	return name
}

// lowerASCII lowers ASCII letters only, so that byte positions stay.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// guestWords introduce guests.
func guestWords() []string { return []string{"feat.", "ft.", "featuring", "feat", "ft"} }

// dropBenign removes from a suffix, whose facts are parted by slashes or
// semicolons, those that are benign; it returns "" if all are.
func dropBenign(suffix string) string {
	if benign(suffix) {
		return ""
	}
	for _, sep := range []string{" / ", "/", "; ", ";"} {
		if !strings.Contains(suffix, sep) {
			continue
		}
		var kept []string
		for _, f := range strings.Split(suffix, sep) {
			if !benign(f) {
				kept = append(kept, f)
			}
		}
		return dropGuests(strings.TrimSpace(strings.Join(kept, sep)))
	}
	return dropGuests(suffix)
}

// benign reports whether one fact of a suffix tells no recordings apart.
func benign(fact string) bool {
	words := strings.Fields(Fold(fact))
	if len(words) == 0 {
		return false
	}
	if guest(fact, words) {
		return true
	}
	if len(words) > maxFactWords || versionsOf(words) != 0 {
		return false
	}
	if slices.ContainsFunc(words, remasterWord) {
		return true // with whatever year, engineer or label beside it
	}
	anchored := false
	for _, w := range words {
		switch {
		case anchorWord(w):
			anchored = true
		case !fillerWord(w) && !isNumber(w):
			return false
		}
	}
	return anchored
}

// guest reports whether a fact, whose folded words are given, does no more than
// credit somebody. A dash or a bracket inside it starts another fact.
func guest(fact string, words []string) bool {
	if len(words) < 2 || strings.Contains(fact, " - ") || strings.ContainsAny(fact, "([") {
		return false
	}
	switch words[0] {
	case "feat", "ft", "featuring":
		return true
	case "with":
		return namesGuest(strings.TrimSpace(fact))
	}
	return false
}

// maxFactWords is the longest fact believed to be a credit of a remaster and
// not a sentence. (d)
const maxFactWords = 8

// namesGuest reports whether "with …" goes on with a name: capitalized, and no
// pronoun or article, which would make it a part of the song's name.
func namesGuest(fact string) bool {
	rest := strings.TrimSpace(fact[min(len("with"), len(fact)):])
	if rest == "" || !('A' <= rest[0] && rest[0] <= 'Z') {
		return false
	}
	switch lowerASCII(strings.Fields(rest)[0]) {
	case "me", "you", "u", "us", "him", "her", "them", "my", "your", "our", "his", "their", "a", "an", "the", "or", "or,", "no", "all", "it", "that", "this", "love":
		return false
	}
	return true
}

// remasterWord reports whether a folded word is a form of "remaster" in the
// languages services use.
func remasterWord(w string) bool { return strings.HasPrefix(w, "remaster") }

// anchorWord reports whether a word makes a fact benign, if only filler stands
// beside it.
func anchorWord(w string) bool {
	switch w {
	case "mono", "stereo", "single", "album", "lp", "radio", "explicit", "clean", "bonus", "digital", "original":
		return true
	}
	return false
}

// fillerWord reports whether a word may stand beside an anchor.
func fillerWord(w string) bool {
	switch w {
	case "version", "edit", "mix", "master", "track", "the", "us", "uk", "recording":
		return true
	}
	return false
}

func isNumber(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return len(w) > 0
}
