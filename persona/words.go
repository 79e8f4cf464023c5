package persona

import (
	"regexp"
	"sync"
)

// onCards are the words that would speak of the person, of a mood, or of a lack.
var onCards = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)personality|you are (a|an) |mood|\bonly\b|\bnot\b|\bnever\b|\bbut\b|lack|fail`)
})

// neverOnCard returns a word of a text that no card may show, empty if there is none.
func neverOnCard(text string) string { return onCards().FindString(text) }
