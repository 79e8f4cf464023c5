package tell

import (
	"math"
	"strings"
	"time"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/playlist"
)

// PlaceWord is how a point is called in a sentence: its own name, or the word
// for where it lies.
func PlaceWord(t *language.Tongue, p playlist.Place) string {
	switch p.Name { // of segue.Anchors, or what a file calls it
	case "":
		return MoodPhrase(t, segue.LabelOf(p.Affect))
	case "anxious":
		return t.Say("anxious")
	case "content":
		return t.Say("content")
	}
	return t.Say(p.Name)
}

// inMinutes is how long an hour is, in words.
func inMinutes(t *language.Tongue, minutes int) string {
	if minutes == 60 {
		return t.Say("an hour")
	}
	return t.Of(minutes, "minute", "minutes")
}

// HourHeadline says where an hour leads: "From angry to calm, in an hour".
func HourHeadline(t *language.Tongue, p *playlist.Playlist) string {
	from, to, long := PlaceWord(t, p.From), PlaceWord(t, p.To), inMinutes(t, p.Minutes)
	switch {
	case p.Arm == playlist.Shuffle:
		return t.Say("Your own tracks, in random order, for %s", long)
	case from == to:
		return t.Say("Staying %s, for %s", to, long)
	case p.Arm == playlist.Compensatory:
		return t.Say("%s from the first track, for %s", language.Upper(to), long)
	}
	return t.Say("From %s to %s, in %s", from, to, long)
}

// HourLead says in a few sentences what an hour is made of and how it goes.
func HourLead(t *language.Tongue, p *playlist.Playlist) string {
	return tracksLead(t, p) + ", " + t.Exact(time.Duration(p.DurationMS)*time.Millisecond) + ". " + wayLead(t, p)
}

// tracksLead says how many tracks there are and how many are known well:
// "Sixteen tracks, nine of which you know well".
func tracksLead(t *language.Tongue, p *playlist.Playlist) string {
	n := len(p.Tracks)
	s := t.Say("%s tracks", t.Words(n))
	if n == 1 {
		s = t.Say("One track")
	}
	if p.Metrics.FamiliarShare == nil {
		return s
	}
	switch known := int(math.Round(*p.Metrics.FamiliarShare * float64(n))); known {
	case 0:
		return s + ", " + t.Say("none of which you know well")
	case n:
		return s + ", " + t.Say("all of which you know well")
	default:
		return s + ", " + t.Say("%s of which you know well", strings.ToLower(t.Words(known)))
	}
}

// wayLead says in a sentence how an hour moves.
func wayLead(t *language.Tongue, p *playlist.Playlist) string {
	start, target := p.Arc.Start, p.Arc.Target
	if p.Arm == playlist.Compensatory {
		return t.Say("It begins where you want to be, and stays there.")
	}
	if p.Arm != playlist.Iso {
		return t.Say("This order is one to compare with, not the one Segue would choose.")
	}
	if start.Distance(target) < playlist.LeastWay {
		return t.Say("It stays where you are.")
	}
	begins := t.Say("It starts where you are")
	if start != p.From.Affect { // the night and sad paths have limits
		begins = t.Say("It starts as near to where you are as its limits allow")
	}
	energy, tone := t.Say("lets the energy ease"), t.Say("brightens")
	if target.Arousal > start.Arousal {
		energy = t.Say("lets the energy rise")
	}
	if target.Valence < start.Valence {
		tone = t.Say("lets the tone darken")
	}
	switch {
	case math.Abs(target.Arousal-start.Arousal) < .05:
		return t.Say("%s and slowly %s.", begins, tone)
	case math.Abs(target.Valence-start.Valence) < .05:
		return t.Say("%s and slowly %s.", begins, energy)
	case p.Arc.Lead == playlist.LeadArousal:
		return t.Say("%s, %s first, then %s.", begins, energy, tone)
	case p.Arc.Lead == playlist.LeadValence:
		return t.Say("%s, first %s, then %s.", begins, tone, energy)
	}
	return t.Say("%s, %s and %s as it goes.", begins, energy, tone)
}

// HourPlane draws an hour's way on the plane, under an ID of the page.
func HourPlane(t *language.Tongue, p *playlist.Playlist, id string) string {
	return chart.DrawWay(Hour(t, p), chart.Caption{ID: id, Title: t.Say("The way on the plane"), In: t,
		Desc: t.Say("From pleasantness %.2f and energy %.2f to pleasantness %.2f and energy %.2f; each mark is a track, the thin line joins them in order.", p.From.Valence, p.From.Arousal, p.To.Valence, p.To.Arousal)})
}

// HourArc draws an hour's plan and tracks over time, wide and narrow, under an ID
// of the page.
func HourArc(t *language.Tongue, p *playlist.Playlist, id string) string {
	return chart.DrawArc(Hour(t, p), chart.Caption{ID: id, Title: t.Say("The arc of the hour"), In: t,
		Desc: t.Say("Pleasantness and energy over time: the plan dashed, each track a bar as long as it plays. The table below has the same facts.")})
}

// A Phase is a part of an hour with its tracks.
type Phase struct {
	Name, Line string
	Tracks     []Numbered
}

// A Numbered is a track with its place in the order, from 1, as pictures show it.
type Numbered struct {
	No int
	playlist.Track
}

// Phases groups an hour's tracks as its arc goes. Arms without an arc are one
// group.
func Phases(t *language.Tongue, p *playlist.Playlist) []Phase {
	head := map[playlist.Phase]Phase{
		playlist.Hold:    {Name: t.Say("Hold"), Line: t.Say("meets how you feel now")},
		playlist.Shift:   {Name: t.Say("Shift"), Line: t.Say("moves in small steps")},
		playlist.Sustain: {Name: t.Say("Sustain"), Line: t.Say("stays where you wanted to be")},
	}
	var groups []Phase
	var last playlist.Phase
	for i, track := range p.Tracks {
		if i == 0 || (track.Phase != last && p.Arm == playlist.Iso) {
			group, ok := head[track.Phase]
			if !ok {
				group.Name = language.Upper(string(track.Phase))
			}
			if p.Arm != playlist.Iso {
				group = Phase{Name: t.Say("Tracks"), Line: t.Say("in the order they play")}
			}
			groups = append(groups, group)
			last = track.Phase
		}
		g := &groups[len(groups)-1]
		g.Tracks = append(g.Tracks, Numbered{i + 1, track})
	}
	return groups
}

// Measures writes an hour's metrics as people read them, beside their bars: the
// hour, and as an upright line what was asked.
func Measures(t *language.Tongue, p *playlist.Playlist) []Line {
	n := len(p.Tracks)
	var out []Line
	for _, c := range p.Checks {
		if c.Value == nil {
			continue
		}
		v := *c.Value
		m := Line{Value: t.Decimal(v, 2)}
		bar, top := t.Decimal(c.Bar, 2), 1.0
		switch c.Metric {
		case "start_error":
			m.Name, m.Note, top = t.Say("Starts near you"), t.Say("away in the first %d minutes", playlist.StartMinutes), .3
		case "end_error":
			m.Name, m.Note, top = t.Say("Ends at the target"), t.Say("away in the last %d minutes", playlist.EndMinutes), .3
		case "rmse":
			m.Name, m.Note, top = t.Say("Follows the plan"), t.Say("typical distance from it"), .3
		case "max_step":
			m.Name, m.Note, top = t.Say("Largest step"), t.Say("between neighbours"), 2*c.Bar
		case "progress_tau":
			m.Name, m.Note = t.Say("Keeps direction"), t.Say("1 is always forward")
		case "backtrack":
			m.Name, m.Note, top = t.Say("Steps back"), t.Say("in all"), 2*c.Bar
		case "duration_error_seconds":
			m.Name, m.Note, top = t.Say("Length"), t.Say("off the length asked for"), 2*c.Bar
			m.Value, bar = t.Decimal(v, 0)+language.Joined+t.Say("s"), t.Decimal(c.Bar, 0)+language.Joined+t.Say("s")
		case "unique_artists":
			m.Name, m.Value = t.Say("Different artists"), t.Say("%d of %d", int(math.Round(v*float64(n))), n)
			bar = t.Percent(c.Bar)
		case "familiarity":
			m.Name, m.Note, top = t.Say("Familiar as planned"), t.Say("largest distance of a third’s share from its plan"), .4
		case "forbidden":
			m.Name, m.Value, m.Note = t.Say("Where it must not go"), t.Of(int(v), "track", "tracks"), t.Say("in a zone that is closed at night or on a sad path")
			bar, top = "", 0
		default:
			continue
		}
		if m.Note != "" {
			m.Note += "; "
		}
		switch {
		case bar == "":
			m.Note += t.Say("none allowed")
		case c.Least || c.Metric == "unique_artists":
			m.Note += t.Say("%s or more asked", bar)
		default:
			m.Note += t.Say("%s or less asked", bar)
		}
		if c.Pass != nil && !*c.Pass {
			m.Note += "; " + t.Say("not met here")
		}
		if top > 0 {
			m.Bar = chart.DrawBar(chart.Bar{Value: v / top, Threshold: c.Bar / top, Strong: true}, "")
		}
		out = append(out, m)
	}
	return out
}
