package tell

import (
	"math"
	"strings"

	"segue/language"
	"segue/playlist"
)

// upTo writes a share as percent, rounded up, so that "at most" stays true.
func upTo(t *language.Tongue, share float64) string {
	p := math.Ceil(share*1000-1e-9) / 10
	return t.Decimal(min(p, 100), 1) + language.Thin + "%"
}

// Certificate says what the lower bound shows of the sequences of as many of the
// candidates that keep the same rules; empty where none was computed. The share is
// (J − bound)/J: the cost of none is lower by more.
func Certificate(t *language.Tongue, p *playlist.Playlist) string {
	if p.Gap == nil {
		return ""
	}
	n, all := t.Count(len(p.Tracks)), t.Of(p.Candidates, "track", "tracks")
	if unbeaten(p) {
		return t.Say("No order of %s of these %s is better than this one. That is calculated, not guessed.", n, all)
	}
	return t.Say("No order of %s of these %s is more than %s better than this one. That limit is calculated, not guessed.", n, all, upTo(t, *p.Gap))
}

// unbeaten reports whether no order is better, of a playlist with a gap.
func unbeaten(p *playlist.Playlist) bool {
	return *p.Gap == 0 || p.Certificate != nil && p.Certificate.Optimal
}

// wideGap is a gap from which on the limit says little. (d)
const wideGap = .25

// Bounds explains the certificate, with its numbers; empty where there is none.
func Bounds(t *language.Tongue, p *playlist.Playlist) string {
	if p.Gap == nil {
		return ""
	}
	floor := func(v float64) string { return t.Decimal(math.Floor(v*1e4+1e-6)/1e4, 4) }
	s := t.Say("Better means a lower cost under the same rules: nearer to the plan, in smoother steps of sound, tempo and key.")
	if p.Cost != nil && p.LowerBound != nil {
		s += " " + t.Say("This hour costs %s, and none costs less than %s.", t.Decimal(*p.Cost, 4), floor(*p.LowerBound))
	}
	if *p.Gap > wideGap {
		s += " " + t.Say("So wide a limit says little: it may be the limit that is far, not the best hour.")
	}
	if c := p.Certificate; c != nil {
		var found []string
		for _, b := range [...]struct {
			at   float64
			name string
		}{
			{c.Assignment, t.Say("with every step at its cheapest")}, {c.Viterbi, t.Say("if tracks could repeat")},
			{c.Lagrangian, t.Say("at prices for what is then broken, set in %s", t.Of(c.Rounds, "round", "rounds"))}, {c.Search, t.Say("after a search of what is left")},
		} {
			if b.at > 0 {
				found = append(found, floor(b.at)+" "+b.name)
			}
		}
		if len(found) > 0 {
			s += " " + t.Say("The limits found: %s.", strings.Join(found, ", "))
		}
	}
	return s
}
