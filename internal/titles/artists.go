package titles

import "strings"

// SplitArtists returns the names in a credit, in order, without repeats. A
// semicolon, " feat. " and its forms, " x " and " vs. " always part names. Commas,
// and the "&" or "and" that ends a comma list, part them only where the pieces
// look like names of their own: three or more of which one has two words, or two
// of two words each, so that "Earth, Wind & Fire", "Tyler, The Creator" and
// "Simon & Garfunkel" stay whole. A blank credit gives nil.
//
// A caller who looks names up should try the whole string as well.
func SplitArtists(s string) []string {
	var names []string
	for _, credit := range strings.Split(s, ";") {
		for _, c := range splitWords(credit) {
			for _, name := range splitList(c) {
				names = appendName(names, name)
			}
		}
	}
	return names
}

func appendName(names []string, name string) []string {
	name = strings.TrimSpace(name)
	if name == "" {
		return names
	}
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}

// splitWords cuts a credit at the words that always part names.
func splitWords(credit string) []string {
	if !strings.Contains(credit, " ") {
		return []string{credit}
	}
	low := lowerASCII(credit)
	var out []string
	start := 0
	for i := 1; i < len(low); i++ {
		if low[i-1] != ' ' {
			continue
		}
		for _, w := range []string{"feat. ", "ft. ", "featuring ", "feat ", "ft ", "(feat. ", "vs. ", "vs ", "x "} {
			if strings.HasPrefix(low[i:], w) && credit[i] != 'X' && strings.TrimSpace(low[start:i]) != "" {
				out = append(out, credit[start:i-1])
				start = i + len(w)
				i = start
				break
			}
		}
	}
	out = append(out, strings.TrimSuffix(credit[start:], ")"))
	if len(out) == 1 {
		return []string{credit}
	}
	return out
}

// splitList cuts "A One, B Two & C" if its pieces look like names.
func splitList(c string) []string {
	if !strings.Contains(c, ", ") {
		return []string{c}
	}
	pieces := strings.Split(c, ", ")
	lastPiece := pieces[len(pieces)-1]
	for _, and := range []string{" & ", " and ", " And "} {
		if a, b, ok := strings.Cut(lastPiece, and); ok && len(pieces) > 0 {
			pieces = append(pieces[:len(pieces)-1], a, b)
			break
		}
	}
	long := 0
	for _, p := range pieces {
		low := lowerASCII(strings.TrimSpace(p))
		if low == "" || strings.HasPrefix(low, "the ") || low == "jr." || low == "jr" || low == "inc." {
			return []string{c}
		}
		if strings.Contains(low, " ") {
			long++
		}
	}
	if long == 0 || (len(pieces) < 3 && long < 2) {
		return []string{c}
	}
	return pieces
}
