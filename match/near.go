package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"segue/internal/titles"
)

// How near a spelling must be. (d)
const (
	oneEditFrom  = 6    // runes from which one edit is a slip and not another word
	twoEditsFrom = 12   // runes from which two are
	maxNearRows  = 5000 // artists of more titles, such as "Various Artists", are not searched
)

// near returns the rows of the artist whose plain title is the one nearest
// spelling of the query's, and its distance in edits. It returns none if two
// different titles are equally near, if the versions, the numbers or the single
// letters differ ("Part II" is no slip of "Part I"), or if the title is written
// in a script whose characters are syllables or words.
func (x *Index) near(artist string, q query) (rows []int32, edits int) {
	n := utf8.RuneCountInString(q.plain)
	limit := editsAllowed(n)
	if limit == 0 || !alphabetic(q.plain) {
		return nil, 0
	}
	of := x.artists.find(hash(artist), func(int32) bool { return true })
	if len(of) > maxNearRows {
		return nil, 0
	}
	want, marks := []rune(q.plain), markers(q.plain)
	nearest, spelling := limit+1, ""
	for _, r := range of {
		l := int(x.length[r])
		if l < min(n, 255)-limit || l > n+limit || !x.creditedTo(r, artist) {
			continue
		}
		title := x.catalog.Title[r]
		plain := titles.Fold(titles.Plain(title))
		allowed := min(limit, editsAllowed(utf8.RuneCountInString(plain)))
		d := distance(want, []rune(plain), min(allowed, nearest))
		if d > allowed || d > nearest || titles.Version(title) != q.version || !slices.Equal(markers(plain), marks) {
			continue
		}
		switch {
		case d < nearest:
			nearest, spelling, rows = d, plain, []int32{r}
		case plain == spelling:
			rows = append(rows, r)
		default:
			spelling, rows = "", nil // two spellings equally near: neither
		}
	}
	if len(rows) == 0 {
		return nil, 0
	}
	return x.mainFirst(artist, rows), nearest
}

// editsAllowed returns how many edits a title of n runes may have.
func editsAllowed(n int) int {
	switch {
	case n >= twoEditsFrom:
		return 2
	case n >= oneEditFrom:
		return 1
	}
	return 0
}

// alphabetic reports whether no character stands for a syllable or a word.
func alphabetic(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

// markers returns the words of a folded title that number or letter it: those
// with a digit, Roman numerals, number words and single letters, in order.
func markers(s string) []string {
	var out []string
	for _, w := range strings.Fields(s) {
		if len(w) == 1 || strings.ContainsFunc(w, unicode.IsDigit) || roman(w) || numberWord(w) {
			out = append(out, w)
		}
	}
	return out
}

// roman reports whether a word consists of the letters of small Roman numerals.
func roman(w string) bool { return strings.Trim(w, "ivx") == "" }

func numberWord(w string) bool {
	switch w {
	case "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "first", "second", "third":
		return true
	}
	return false
}

// distance returns the number of insertions, deletions, substitutions and swaps
// of neighbours that turn a into b (Damerau–Levenshtein, optimal string
// alignment: no part is edited twice), or limit+1 if there are more than limit.
// Cost O(len(a)·limit).
func distance(a, b []rune, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	var rows [3][]int
	for k := range rows {
		rows[k] = make([]int, len(b)+1)
	}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := range row {
			row[j] = limit + 1
		}
		if i <= limit {
			row[0] = i
		}
		least := row[0]
		for j := max(1, i-limit); j <= min(len(b), i+limit); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = min(d, limit+1)
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
