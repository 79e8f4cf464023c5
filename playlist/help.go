package playlist

import (
	"fmt"
	"math"
	"slices"

	"segue"
)

// tooFew explains why there are not two tracks to order.
func tooFew(lib *Library, r Request, n int) error {
	have := "no track"
	if n == 1 {
		have = "one track only"
	}
	why := "bring a larger catalogue"
	if len(lib.plane.rows) > 1 {
		why = fmt.Sprintf("of %d tracks with a place on the plane the exclusions and limits leave the rest out; exclude less", len(lib.plane.rows))
		if r.Night {
			why += ", or bring quieter music: at night arousal stays at or below " + fmt.Sprint(NightArousal)
		}
	}
	return fmt.Errorf("%w: %s may be played; %s", ErrNoPlaylist, have, why)
}

// relaxations puts the unmet rules into words, in the order of relaxing.
func (pl *planner) relaxations(s *solution) []Relaxation {
	out := []Relaxation{}
	p, r := s.p, pl.request
	has := func(x rule) bool { return slices.Contains(s.relaxed, x) }
	if has(ruleFamiliarity) {
		known := 0
		for _, f := range p.familiar {
			if f {
				known++
			}
		}
		count := 0
		for _, c := range s.seq {
			if p.familiar[c] {
				count++
			}
		}
		out = append(out, Relaxation{string(ruleFamiliarity),
			fmt.Sprintf("%d of %d tracks are familiar, not the share planned for each third.", count, p.n),
			fmt.Sprintf("Of the %d tracks near this way you have finished %d three times or more; a longer history, or a lower familiarity, would help.", p.m, known)})
	}
	if has(ruleSpacing) {
		out = append(out, Relaxation{string(ruleSpacing),
			fmt.Sprintf("Tracks of one artist come closer than %d apart.", ArtistSpacing),
			fmt.Sprintf("The %d tracks near this way are by %d artists; more artists would help.", p.m, p.names)})
	}
	if has(ruleCap) {
		out = append(out, Relaxation{string(ruleCap),
			fmt.Sprintf("An artist is heard up to %d times instead of %d.", p.mostByArtist(s.seq), ArtistCap),
			fmt.Sprintf("The %d tracks near this way are by %d artists; more artists would help.", p.m, p.names)})
	}
	if has(ruleLength) {
		off := float64(p.total(s.seq)-p.target()) / 1000
		out = append(out, Relaxation{string(ruleLength),
			fmt.Sprintf("It is %.0f seconds %s than the %d minutes planned, more than the usual %d.", math.Abs(off), longer(off), s.minutes, BarLength),
			"More tracks of three to five minutes near this way would help."})
	}
	if s.minutes != r.Minutes {
		out = append(out, Relaxation{"shorter arc",
			fmt.Sprintf("It is planned for %d minutes instead of %d.", s.minutes, r.Minutes),
			fmt.Sprintf("Only %d tracks lie near this way; a larger catalogue, or fewer exclusions, would help.", p.m)})
	}
	if has(ruleStep) {
		out = append(out, Relaxation{string(ruleStep),
			fmt.Sprintf("Its largest step is %.2f on the plane, beyond the usual limit.", p.longestStep(s.seq)),
			"The catalogue has gaps along this way; more tracks between start and target would help."})
	}
	return out
}

func longer(seconds float64) string {
	if seconds < 0 {
		return "shorter"
	}
	return "longer"
}

// missing says which limit that is never relaxed leaves no playlist.
func (pl *planner) missing() string {
	if pl.request.Night {
		slow := 0
		for _, row := range pl.rows {
			if slowEnough(pl.lib.sound(row).Tempo) {
				slow++
			}
		}
		if slow == 0 {
			return fmt.Sprintf("there are no tracks of %d BPM or slower near this way in the catalogue, and a night ends with one; slower music would help", NightEndTempo)
		}
	}
	if pl.arc.limits.sad {
		bright := 0
		for _, row := range pl.rows {
			if pl.lib.Positions[row].Valence >= pl.arc.limits.start.Valence {
				bright++
			}
		}
		if bright == 0 {
			return "every track that may be played is less bright than the start, and from here the music never gets darker; brighter music would help"
		}
	}
	return fmt.Sprintf("the %d tracks that may be played make no sequence of %d minutes or a shorter one; a larger catalogue, or fewer exclusions, would help", len(pl.rows), pl.request.Minutes)
}

// poor says what would help where a bar of the metrics is missed, though nothing
// was relaxed that says so already: what there is to choose from, counted.
func (pl *planner) poor(s *solution, out *Playlist) []string {
	var notes []string
	for _, c := range out.Checks {
		if c.Pass == nil || *c.Pass {
			continue
		}
		if help := pl.helps(s, c, out.Relaxed); help != "" {
			notes = append(notes, help)
		}
	}
	return notes
}

// helps says what would help to meet one check that is missed; empty where a
// relaxation says it.
func (pl *planner) helps(s *solution, c Check, relaxed []Relaxation) string {
	p := s.p
	said := func(rules ...string) bool {
		return slices.ContainsFunc(relaxed, func(r Relaxation) bool { return slices.Contains(rules, r.Rule) })
	}
	missed := "A bar is missed: " + barWords(c) + ". "
	switch c.Metric {
	case "start_error":
		return missed + pl.supply("the start", p.arc.start)
	case "end_error":
		return missed + pl.supply("the target", p.arc.target)
	case "rmse", "progress_tau", "backtrack":
		return missed + pl.thinnest(p)
	case "max_step":
		if said(string(ruleStep)) {
			return ""
		}
		return missed + pl.thinnest(p)
	case "unique_artists":
		if said(string(ruleCap), string(ruleSpacing)) {
			return ""
		}
		return missed + fmt.Sprintf("The %s near this way are by %s; more artists would help.", counted(p.m, "track"), counted(p.names, "artist"))
	}
	return "" // length and familiarity are hard: a relaxation speaks of them
}

// supply counts what may be played near a point, and of that what is familiar.
func (pl *planner) supply(what string, at segue.Affect) string {
	n, known := 0, 0
	for row, x := range pl.lib.Positions {
		if x.Distance(at) <= BarError && pl.ok.has(int32(row)) {
			n++
			if pl.lib.isFamiliar(int32(row)) {
				known++
			}
		}
	}
	text := fmt.Sprintf("Of the tracks that may be played %d %s within %.2f of %s (valence %.2f, arousal %.2f)", n, plural(n, "lies", "lie"), BarError, what, at.Valence, at.Arousal)
	if pl.lib.Heard != nil {
		text += fmt.Sprintf(", %d of them familiar", known)
	}
	if n <= thinPlace {
		return text + "; more music there would help."
	}
	return text + "."
}

// thinnest speaks of the place on the plan with the fewest candidates near it.
func (pl *planner) thinnest(p *problem) string {
	at, least := 0, math.MaxInt
	for i, x := range p.points {
		if n := p.near(x); n < least {
			at, least = i, n
		}
	}
	return pl.supply("where the plan has the fewest,", p.points[at])
}
