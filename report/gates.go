package report

import (
	"strings"

	"segue"
)

// gateWords puts what a gate counts into words that follow a number: gates are
// named "claim: what is counted".
func gateWords(name string) string {
	if _, what, ok := strings.Cut(name, ": "); ok {
		return what
	}
	return name
}

// closed returns what the data gates still wait for: "12 of 20 sessions with a
// mood so far".
func closed(gates []segue.Gate) []string {
	var s []string
	for _, g := range gates {
		if !g.Open() {
			s = append(s, count(g.Have)+" of "+count(g.Need)+" "+gateWords(g.Name)+" so far")
		}
	}
	return s
}
