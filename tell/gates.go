package tell

import (
	"strings"

	"segue"
	"segue/language"
)

// gateWords puts what a gate counts into words that follow a number: gates are
// named "claim: what is counted".
func gateWords(t *language.Tongue, name string) string {
	if _, what, ok := strings.Cut(name, ": "); ok {
		name = what
	}
	return t.Say(name)
}

// ClosedGates returns what data gates still wait for: "12 of 20 sessions with a
// mood so far".
func ClosedGates(t *language.Tongue, gates []segue.Gate) []string {
	var s []string
	for _, g := range gates {
		if !g.Open() {
			s = append(s, t.Say("%s of %s %s so far", t.Count(g.Have), t.Count(g.Need), gateWords(t, g.Name)))
		}
	}
	return s
}
