package titles

import "strings"

// versionNames lists what makes a recording another one, in the order in which
// Version writes them.
func versionNames() []string {
	return []string{
		"live", "acoustic", "unplugged", "remix", "instrumental", "karaoke", "a cappella",
		"sped up", "slowed", "demo", "cover", "extended", "edit", "alternate", "rerecorded",
		"stripped", "piano", "orchestral", "lofi", "8d", "reprise", "medley",
	}
}

// versions is a set of versionNames, by bit.
type versions uint32

// Bits of versions, in the order of versionNames.
const (
	live versions = 1 << iota
	acoustic
	unplugged
	remix
	instrumental
	karaoke
	acappella
	spedUp
	slowed
	demo
	cover
	extended
	edit
	alternate
	rerecorded
	stripped
	piano
	orchestral
	lofi
	eightD
	reprise
	medley
)

// Version says what kind of other recording a title claims to be: "live",
// "remix", "acoustic", "instrumental", "sped up", "slowed", "demo", "karaoke",
// "cover" and the like, several joined by a space in a fixed order ("live
// acoustic"), or "" if it claims none. Only suffixes are read, those in brackets
// or after a dash, and a last word such as "Remix": "Live and Let Die" is no
// live recording. Titles of differing Version are never one recording.
func Version(title string) string {
	v := lastWords(title)
	if hasBracketOrDash(title) {
		for i, p := range parts(title) {
			if i == 0 || p.open == "~" {
				v |= lastWords(" " + p.text)
				continue
			}
			for _, fact := range strings.FieldsFunc(p.text, func(r rune) bool { return r == '/' || r == ';' || r == '|' }) {
				if words := strings.Fields(Fold(fact)); !guest(fact, words) {
					v |= versionsOf(words)
				}
			}
		}
	}
	if v == 0 {
		return ""
	}
	var found []string
	for i, name := range versionNames() {
		if v&(1<<i) != 0 {
			found = append(found, name)
		}
	}
	return strings.Join(found, " ")
}

// lastWords reads the end of a name that has no brackets: only words that no
// song is named with.
func lastWords(name string) versions {
	if !mayEndInVersion(name) {
		return 0
	}
	name = strings.TrimRight(name, " /-;,")
	for _, end := range []struct {
		text string
		is   versions
	}{
		{" remix", remix}, {" sped up", spedUp}, {" slowed + reverb", slowed}, {" slowed", slowed},
		{" karaoke", karaoke}, {" karaoke version", karaoke}, {" live version", live},
		{" acoustic version", acoustic}, {" instrumental version", instrumental},
	} {
		if tail := len(name) - len(end.text); tail >= 0 && strings.EqualFold(name[tail:], end.text) {
			return end.is
		}
	}
	return 0
}

// versionsOf reads the folded words of one fact of a suffix.
func versionsOf(words []string) versions {
	var v versions
	last := len(words) - 1
	for i, w := range words {
		next := ""
		if i < last {
			next = words[i+1]
		}
		switch w {
		case "live":
			// "(Live at …)", "- Live", "(Acoustic Live)", but not "(Learning to Live Again)"
			switch {
			case i == 0, i == last, next == "at", next == "from", next == "in", next == "on", next == "version", next == "session", next == "sessions":
				v |= live
			}
		case "vivo":
			v |= live // ao vivo, en vivo, dal vivo
		case "directo", "directe":
			v |= live
		case "concert":
			v |= live
		case "unplugged":
			v |= unplugged
		case "acoustic", "acustico", "acustica", "acoustique", "akustik", "akustisch":
			v |= acoustic
		case "remix", "remixed", "remixes", "rmx", "rework", "reworked", "bootleg", "mashup", "flip", "vip", "dub":
			v |= remix
		case "mix", "mixed":
			if !plainMix(words, i) {
				v |= remix
			}
		case "instrumental", "instrumentals", "strumentale":
			v |= instrumental
		case "karaoke":
			v |= karaoke
		case "acapella", "acappella":
			v |= acappella
		case "a":
			if next == "cappella" || next == "capella" {
				v |= acappella
			}
		case "sped", "speed", "spedup":
			if w == "spedup" || next == "up" {
				v |= spedUp
			}
		case "nightcore":
			v |= spedUp
		case "slowed", "slow", "reverb":
			if w != "slow" || next == "version" {
				v |= slowed
			}
		case "demo", "demos", "rehearsal":
			v |= demo
		case "cover":
			if i == last || next == "version" || next == "of" {
				v |= cover
			}
		case "extended", "long":
			if w == "extended" || next == "version" {
				v |= extended
			}
		case "12", "12in":
			if next == "inch" || next == "version" || next == "mix" {
				v |= extended
			}
		case "edit":
			if !plainEdit(words, i) {
				v |= edit
			}
		case "alternate", "alternative", "alt":
			if next != "" && (next == "take" || next == "version" || next == "mix") {
				v |= alternate
			}
		case "take":
			if i == 0 && isNumber(next) {
				v |= alternate
			}
		case "rerecorded", "taylors":
			if w == "rerecorded" || next == "version" {
				v |= rerecorded
			}
		case "re":
			if next == "recorded" || next == "recording" {
				v |= rerecorded
			}
		case "stripped":
			v |= stripped
		case "piano":
			if last == 0 || next == "version" || next == "solo" || next == "cover" {
				v |= piano
			}
		case "orchestral", "symphonic", "orchestra":
			if w != "orchestra" || next == "version" {
				v |= orchestral
			}
		case "lofi":
			v |= lofi
		case "lo":
			if next == "fi" {
				v |= lofi
			}
		case "8d":
			v |= eightD
		case "reprise":
			v |= reprise
		case "medley":
			v |= medley
		}
	}
	return v
}

// plainMix reports whether the "mix" at i is one that tells no recordings
// apart: mono mix, stereo mix, original mix, radio mix, album mix, single mix.
func plainMix(words []string, i int) bool {
	if i == 0 {
		return false
	}
	switch words[i-1] {
	case "mono", "stereo", "original", "radio", "album", "single":
		return words[i] == "mix" && i == 1 || allPlain(words[:i])
	}
	return false
}

// plainEdit reports whether the "edit" at i is a radio, single or album edit.
func plainEdit(words []string, i int) bool {
	return i > 0 && (words[i-1] == "radio" || words[i-1] == "single" || words[i-1] == "album")
}

// allPlain reports whether words are anchors, fillers and numbers only.
func allPlain(words []string) bool {
	for _, w := range words {
		if !anchorWord(w) && !fillerWord(w) && !isNumber(w) && !remasterWord(w) {
			return false
		}
	}
	return true
}
