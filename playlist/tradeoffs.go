package playlist

import (
	"math"
	"slices"

	"segue"
	"segue/language"
)

// Tradeoffs that are told, and from where on. (d)
const (
	mostTradeoffs = 4
	leastCost     = 1e-4 // below it nothing was given up
	tellShare     = .02  // of the cost that a rule saves or a chosen track makes, to be told
	nearBar       = .90  // of a bar, to be called near it
	tempoJump     = .25  // |log2| of a folded ratio: a sixth down, or a fifth up, and more
	thinPlace     = 10   // candidates near a place of the plan, or fewer: the music is thin there
)

// A tradeoff is a true sentence, and the share of the cost it speaks of, by which
// they are sorted. Those that speak of none come last.
type tradeoff struct {
	text  string
	share float64
}

// tradeoffs says of the whole what was given for what: the weightiest sentences,
// none if nothing was given up. All of it is counted on the answer itself.
func (pl *planner) tradeoffs(s *solution, all []rivals, out *Playlist) []string {
	if out.Cost == nil || *out.Cost < leastCost {
		return []string{}
	}
	cost := *out.Cost
	told := []tradeoff{{pl.made(*out.CostParts), 1}} // first what the cost is made of
	told = append(told, pl.forRules(s, all, cost)...)
	told = append(told, pl.forChosen(s, out.Tracks, cost)...)
	told = append(told, pl.forSteps(s, out)...)
	slices.SortStableFunc(told, func(a, b tradeoff) int {
		switch {
		case a.share > b.share:
			return -1
		case a.share < b.share:
			return 1
		}
		return 0
	})
	texts := []string{}
	for _, t := range told[:min(len(told), mostTradeoffs)] {
		texts = append(texts, t.text)
	}
	return texts
}

// made says what the cost is made of, the largest term first; terms below half a
// percent are not named.
func (pl *planner) made(p CostParts) string {
	type term struct {
		share string
		cost  float64
	}
	terms := []term{
		{language.Text("%.0f %% distance from the plan"), p.Place}, {language.Text("%.0f %% long steps"), p.Step},
		{language.Text("%.0f %% tempo changes"), p.Tempo}, {language.Text("%.0f %% key changes"), p.Key},
	}
	slices.SortStableFunc(terms, func(a, b term) int {
		switch {
		case a.cost > b.cost:
			return -1
		case a.cost < b.cost:
			return 1
		}
		return 0
	})
	sum := p.Place + p.Step + p.Tempo + p.Key
	var words []string
	for _, t := range terms {
		if share := math.Round(100 * t.cost / sum); share >= 1 {
			words = append(words, pl.say(t.share, share))
		}
	}
	return pl.say("What it is short of the ideal is %s.", pl.lib.tongue.List(words))
}

// forRules speaks of the rules that kept cheaper tracks out.
func (pl *planner) forRules(s *solution, all []rivals, cost float64) []tradeoff {
	var out []tradeoff
	for _, r := range [...]rule{ruleFamiliarity, ruleLength, ruleCap, ruleSpacing, ruleTail, ruleRumination} {
		most := 0.0
		for _, x := range all {
			for _, c := range x.ruled {
				if c.rule == r {
					most = max(most, -c.more)
				}
			}
		}
		if most < tellShare*cost {
			continue
		}
		share := most / cost
		n := ruledBy(all, r)
		out = append(out, tradeoff{pl.say("%s kept a better fitting track out at %s; %s alone would save %.0f %% of that.",
			pl.ruleName(s, r), pl.of(n, "place", "places"), plural(n, "it", "one of them"), 100*share), share})
	}
	return out
}

// ruledBy counts the places at which a rule alone kept a cheaper track out.
func ruledBy(all []rivals, r rule) int {
	n := 0
	for _, x := range all {
		if slices.ContainsFunc(x.ruled, func(s standIn) bool { return s.rule == r }) {
			n++
		}
	}
	return n
}

// ruleName names a rule as it was held.
func (pl *planner) ruleName(s *solution, r rule) string {
	switch r {
	case ruleFamiliarity:
		f := *pl.request.Familiarity
		return pl.say("The share of familiar tracks (%.0f, %.0f and %.0f %% of the thirds)", 100*f[0], 100*f[1], 100*f[2])
	case ruleLength:
		return pl.say("The length (%d minutes, %d seconds more or less)", s.minutes, s.p.rules.tolerance/1000)
	case ruleCap:
		return pl.say("The limit of %d tracks by one artist", s.p.rules.cap)
	case ruleSpacing:
		return pl.say("The distance of %d places between tracks of one artist", s.p.rules.spacing)
	case ruleTail:
		return pl.say("That the end is no darker than the start")
	}
	return pl.say("That no two quiet, dark tracks of those you played most of late are heard")
}

// forChosen speaks of the tracks that the listener chose, where they make more of
// the cost than their number would.
func (pl *planner) forChosen(s *solution, tracks []Track, cost float64) []tradeoff {
	n, part := 0, 0.0
	priced := make([]bool, s.p.n+1) // of the steps, the one before each place
	for i, t := range tracks {
		if !t.Locked && !t.Wished {
			continue
		}
		n++
		at := s.p.partsAt(s.seq, i, s.seq[i])
		part += at.place
		if !priced[i] {
			part += at.before.Step + at.before.Tempo + at.before.Key
		}
		part += at.after.Step + at.after.Tempo + at.after.Key
		priced[i], priced[i+1] = true, true
	}
	share := part / cost
	if n == 0 || n == len(tracks) || share <= 1.5*float64(n)/float64(len(tracks)) {
		return nil
	}
	return []tradeoff{{pl.say("The %s you chose, with the steps to and from %s, %s %.0f %% of that.", pl.of(n, "track", "tracks"), plural(n, "it", "them"), plural(n, "makes", "make"), 100*share), share}}
}

// forSteps speaks of steps, tempo and key, and of the bar that is nearest.
func (pl *planner) forSteps(s *solution, out *Playlist) []tradeoff {
	p, cost := s.p, *out.Cost
	long, longest, jumps, keyed, clash := 0, 0, 0, 0, 0
	for i := 1; i < p.n; i++ {
		step := out.Tracks[i].Step
		if step.Distance > StepFree {
			long++
			if longest == 0 || step.Distance > out.Tracks[longest].Step.Distance {
				longest = i
			}
		}
		if TempoGap(p.sounds[s.seq[i-1]].Tempo, p.sounds[s.seq[i]].Tempo) >= tempoJump {
			jumps++
		}
		if step.Key != nil {
			if keyed++; *step.Key > 1 {
				clash++
			}
		}
	}
	var told []tradeoff
	if long > 0 && out.Tracks[longest].Step.Distance >= StepFree+.005 { // to be told apart in two digits
		told = append(told, tradeoff{pl.longSteps(s, out, long, longest), out.CostParts.Step / cost})
	}
	if jumps > 0 {
		told = append(told, tradeoff{pl.say("In %s the tempo changes by a sixth or more, doubling and halving not counted: mood came first.", pl.lib.steps(jumps, p.n-1)), out.CostParts.Tempo / cost})
	}
	if 2*clash > keyed {
		told = append(told, tradeoff{pl.say("In %s with known keys these are no neighbours on the Camelot wheel: mood came first.", pl.lib.steps(clash, keyed)), out.CostParts.Key / cost})
	}
	if c := tightest(out.Checks); c != nil {
		told = append(told, tradeoff{pl.say("Nearest to its limit is %s.", pl.barWords(*c)), 0})
	}
	return told
}

// longSteps tells of the steps that cost, and how much music there is at the end
// of the longest.
func (pl *planner) longSteps(s *solution, out *Playlist, n, longest int) string {
	p := s.p
	text := pl.say("%s %s longer than %.2f on the plane; the longest, %.2f, leads to track %d", capital(pl.lib.steps(n, p.n-1)), plural(n, "is", "are"), StepFree, out.Tracks[longest].Step.Distance, longest+1)
	if planned := p.points[longest-1].Distance(p.points[longest]); planned > StepFree {
		return text + pl.say(", where the plan itself moves by %.2f.", planned)
	}
	if k := p.near(p.points[longest]); k <= thinPlace {
		return text + pl.say(", where %d of the %d candidates %s within %.2f of the plan.", k, p.m, plural(k, "lies", "lie"), BarError)
	}
	return text + "."
}

// near counts the candidates within BarError of a point.
func (p *problem) near(at segue.Affect) int {
	n := 0
	for _, s := range p.sounds {
		if s.At.Distance(at) <= BarError {
			n++
		}
	}
	return n
}

// tightest returns the check that is met with the least to spare, nil if none is
// near its bar.
func tightest(checks []Check) *Check {
	var out *Check
	most := nearBar
	for i := range checks {
		c := &checks[i]
		if c.Pass == nil || !*c.Pass || *c.Value == 0 || c.Bar == 0 {
			continue
		}
		used := *c.Value / c.Bar
		if c.Least {
			used = c.Bar / *c.Value
		}
		if used > most {
			most, out = used, c
		}
	}
	return out
}

// barWords names a metric, its value and its bar, with their units.
func (pl *planner) barWords(c Check) string {
	v, bar := *c.Value, c.Bar
	is, most := pl.lib.apart(v, bar)
	switch c.Metric {
	case "start_error":
		return pl.say("the distance of its beginning from the start (%s on the plane, at most %s)", is, most)
	case "end_error":
		return pl.say("the distance of its end from the target (%s on the plane, at most %s)", is, most)
	case "rmse":
		return pl.say("the distance from the plan (%s on the plane as root mean square, at most %s)", is, most)
	case "max_step":
		return pl.say("the largest step (%s on the plane, at most %s)", is, most)
	case "progress_tau":
		return pl.say("the order along the way (Kendall's τ %s, at least %s)", is, most)
	case "backtrack":
		return pl.say("the way gone back (%s on the plane, at most %s)", is, most)
	case "duration_error_seconds":
		return pl.say("the length (%.0f seconds off, at most %.0f)", v, bar)
	case "unique_artists":
		return pl.say("the number of artists (%.0f %% of that of tracks, at least %.0f %%)", 100*v, 100*bar)
	case "familiarity":
		return pl.say("the share of familiar tracks (%.0f %% off its plan in a third, at most %.0f %%)", 100*v, 100*bar)
	case "forbidden":
		return pl.say("the tracks where none may be (%.0f)", v)
	}
	panic("playlist: no words for the bar of " + c.Metric)
}
