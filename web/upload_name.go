package web

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostShown is how many letters of a file's name are shown: the beginning and,
// for what kind it is, the end.
const (
	mostShown  = 72
	endOfShown = 20
)

// shownName makes a name that a browser or an archive gave fit to be shown on one
// line: its last part alone, without letters that are not seen or that turn the
// line around, and not too long.
func shownName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name = cleanName(name); name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// shownPath does the same for the name of a file within an archive, whose folders
// say something.
func shownPath(name string) string { return cleanName(name) }

func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200d': // joins what is seen, as in emoji
			return r
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // controls, and those that change the direction
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
	name = strings.Join(strings.Fields(name), " ")
	letters := []rune(name)
	if len(letters) <= mostShown {
		return name
	}
	return string(letters[:mostShown-endOfShown-1]) + "…" + string(letters[len(letters)-endOfShown:])
}
