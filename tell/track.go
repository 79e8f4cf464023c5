package tell

import (
	"strings"

	"segue/language"
	"segue/playlist"
)

// TrackFacts says how a track is known and how it follows the one before, with as
// much as there is: "Familiar · a step of 0.06 · same key".
func TrackFacts(t *language.Tongue, track playlist.Track) string {
	var out []string
	if s := sign(t, track); s != "" {
		out = append(out, s)
	}
	if track.Familiar != nil {
		word := t.Say("less known to you")
		if *track.Familiar {
			word = t.Say("familiar")
		}
		out = append(out, word)
	}
	if s := track.Step; s != nil {
		out = append(out, t.Say("a step of %s", t.Decimal(s.Distance, 2)))
		if s.Tempo != nil {
			out = append(out, t.Say("tempo ×%s", language.Thin+t.Decimal(*s.Tempo, 2)))
		}
		if s.Key != nil {
			out = append(out, keyWord(t, *s.Key))
		}
	}
	return language.Upper(strings.Join(out, " · "))
}

// keyWord says how far two keys lie apart.
func keyWord(t *language.Tongue, steps int) string {
	switch {
	case steps == 0:
		return t.Say("same key")
	case steps >= playlist.KeyCut:
		return t.Say("key %d or more steps away", steps)
	}
	return t.Say("key %s away", t.Of(steps, "step", "steps"))
}

// InsteadOf names the next best track and what speaks against it, empty where
// there is none.
func InsteadOf(t *language.Tongue, track playlist.Track) string {
	a := track.RunnerUp
	if a == nil {
		return ""
	}
	s := t.Say("Instead of “%s”", a.Title)
	if len(a.Artists) > 0 {
		s = t.Say("Instead of “%s” by %s", a.Title, t.List(a.Artists))
	}
	return strings.TrimSpace(s + ". " + a.Why)
}

// sign says that a listener put a track where it is, or wanted it.
func sign(t *language.Tongue, track playlist.Track) string {
	switch {
	case track.Locked:
		return t.Say("locked")
	case track.Wished:
		return t.Say("wished for")
	}
	return ""
}
