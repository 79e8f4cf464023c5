package report

import (
	"fmt"
	"strings"

	"segue/playlist"
)

// trackFacts says how a track is known and how it follows the one before, with as
// much as there is.
func trackFacts(t playlist.Track) string {
	var out []string
	if s := sign(t); s != "" {
		out = append(out, s)
	}
	if t.Familiar != nil {
		word := "less known to you"
		if *t.Familiar {
			word = "familiar"
		}
		out = append(out, word)
	}
	if s := t.Step; s != nil {
		out = append(out, "a step of "+decimal(s.Distance, 2))
		if s.Tempo != nil {
			out = append(out, "tempo ×"+thin+decimal(*s.Tempo, 2))
		}
		if s.Key != nil {
			out = append(out, keyWord(*s.Key))
		}
	}
	return upper(strings.Join(out, " · "))
}

// keyWord says how far two keys lie apart.
func keyWord(steps int) string {
	switch {
	case steps == 0:
		return "same key"
	case steps >= playlist.KeyCut:
		return fmt.Sprintf("key %d or more steps away", steps)
	}
	return "key " + of(steps, "step", "steps") + " away"
}

// insteadOf names the next best track and what speaks against it, empty where
// there is none.
func insteadOf(t playlist.Track) string {
	a := t.RunnerUp
	if a == nil {
		return ""
	}
	s := "Instead of “" + a.Title + "”"
	if len(a.Artists) > 0 {
		s += " by " + list(a.Artists)
	}
	return strings.TrimSpace(s + ". " + a.Why)
}
