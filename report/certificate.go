package report

import (
	"fmt"
	"math"
	"strings"

	"segue/playlist"
)

// upTo writes a share as percent, rounded up, so that "at most" stays true.
func upTo(share float64) string {
	p := math.Ceil(share*1000-1e-9) / 10
	return decimal(min(p, 100), 1) + thin + "%"
}

// certificate says what the lower bound shows of the sequences of as many of the
// candidates that keep the same rules; empty where none was computed. The share is
// (J − bound)/J: the cost of none is lower by more.
func certificate(p *playlist.Playlist) string {
	if p.Gap == nil {
		return ""
	}
	order := fmt.Sprintf("No order of %s of these %s is ", count(len(p.Tracks)), of(p.Candidates, "track", "tracks"))
	if unbeaten(p) {
		return order + "better than this one. That is calculated, not guessed."
	}
	return order + "more than " + upTo(*p.Gap) + " better than this one. That limit is calculated, not guessed."
}

// unbeaten reports whether no order is better, of a playlist with a gap.
func unbeaten(p *playlist.Playlist) bool {
	return *p.Gap == 0 || p.Certificate != nil && p.Certificate.Optimal
}

// wideGap is a gap from which on the limit says little. (d)
const wideGap = .25

// bounds explains the certificate, with its numbers.
func bounds(p *playlist.Playlist) string {
	s := "Better means a lower cost under the same rules: nearer to the plan, in smoother steps of sound, tempo and key."
	if p.Cost != nil && p.LowerBound != nil {
		s += fmt.Sprintf(" This hour costs %s, and none costs less than %s.", decimal(*p.Cost, 4), decimal(math.Floor(*p.LowerBound*1e4+1e-6)/1e4, 4))
	}
	if *p.Gap > wideGap {
		s += " So wide a limit says little: it may be the limit that is far, not the best hour."
	}
	if c := p.Certificate; c != nil {
		var found []string
		for _, b := range [...]struct {
			at   float64
			name string
		}{{c.Assignment, "with every step at its cheapest"}, {c.Viterbi, "if tracks could repeat"}, {c.Lagrangian, "at prices for what is then broken, set in " + of(c.Rounds, "round", "rounds")}, {c.Search, "after a search of what is left"}} {
			if b.at > 0 {
				found = append(found, decimal(math.Floor(b.at*1e4+1e-6)/1e4, 4)+" "+b.name)
			}
		}
		if len(found) > 0 {
			s += " The limits found: " + strings.Join(found, ", ") + "."
		}
	}
	return s
}
