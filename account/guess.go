package account

import (
	_ "embed"
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// How many guesses a password takes is estimated as zxcvbn does (Wheeler, USENIX
// Security 2016): of all ways to cut it into pieces that are much used, repeated, in
// a row on a keyboard, or single characters, the one that is found first. Order and
// number of the pieces are taken to be known, so the estimate is on the low side.
// Letters exchanged for digits are found as far as the list holds such passwords.
const (
	minBits  = 33.2 // log2 10^10, zxcvbn's "safely unguessable" (score 3)
	charBits = 3.32 // of a character in none of the pieces: zxcvbn takes ten guesses
	runBits  = 8    // of keys in a row: the rows below hold about 250 of one length
	sameBits = 1    // of the piece before once more, or of a name
	minRun   = 4    // keys that are called a row
	minWord  = 3    // characters of a name that is tried
)

//go:embed common.txt
var commonText string

// common returns the rank of each much-used password, the most used being 1, and
// the length of the longest.
var common = sync.OnceValues(func() (map[string]int, int) {
	ranks, longest := map[string]int{}, 0
	for line := range strings.Lines(commonText) {
		if word := strings.TrimSuffix(line, "\n"); word != "" && !strings.HasPrefix(word, "# ") && word != "#" {
			ranks[word] = len(ranks) + 1
			longest = max(longest, len(word))
		}
	}
	return ranks, longest
})

// rows are the keys that stand beside one another, each way.
const rows = "0123456789 01234567890 9876543210 09876543210 abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba " +
	"qwertyuiop poiuytrewq asdfghjkl lkjhgfdsa zxcvbnm mnbvcxz 1qaz2wsx3edc4rfv5tgb6yhn7ujm qazwsxedcrfvtgbyhnujmikolp"

// guessBits returns the logarithm to base 2 of how many guesses a password takes,
// in [0, ∞). Cost O(n³) for n characters; some milliseconds for 128.
func guessBits(password string, names []string) float64 {
	ranks, longest := common()
	tried := map[string]bool{}
	for _, name := range names {
		for _, word := range append(strings.FieldsFunc(folded(name), notWord), folded(name)) {
			if n := utf8.RuneCountInString(word); n >= minWord {
				tried[word] = true
				longest = max(longest, n)
			}
		}
	}
	text := []rune(folded(password))
	bits := make([]float64, len(text)+1) // of each beginning
	for end := 1; end <= len(text); end++ {
		best := bits[end-1] + charBits
		for start := end - 1; start >= 0; start-- {
			length := end - start
			if start >= length && equal(text[start:end], text[start-length:start]) {
				best = min(best, bits[start]+sameBits)
			}
			if length < minWord || length > longest {
				continue
			}
			piece := string(text[start:end])
			if tried[piece] {
				best = min(best, bits[start]+sameBits)
			}
			if rank := ranks[piece]; rank > 0 {
				best = min(best, bits[start]+math.Log2(float64(rank+1)))
			}
			if length >= minRun && strings.Contains(rows, piece) && !strings.Contains(piece, " ") {
				best = min(best, bits[start]+runBits)
			}
		}
		bits[end] = best
	}
	return bits[len(text)]
}

func equal(a, b []rune) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// notWord reports whether a character parts the words of a name.
func notWord(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) }

// folded returns a text without regard to case and to compatible forms of its
// characters: NFKC and full case folding, on both sides of one another since each
// can yield what the other changes (Unicode 3.13, D146). It is idempotent.
func folded(s string) string {
	for range 4 {
		next := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
		if next == s {
			break
		}
		s = next
	}
	return s
}
