package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"segue"
	"segue/chart"
	"segue/playlist"
)

// placeWord is how a point is called in a sentence: its own name, or the word
// for where it lies.
func placeWord(p playlist.Place) string {
	if p.Name != "" {
		return p.Name
	}
	return moodPhrase(segue.LabelOf(p.Affect))
}

// moodPhrase is a mood inside a sentence.
func moodPhrase(m segue.Mood) string {
	if m == segue.Mixed {
		return "around the middle"
	}
	return m.String()
}

// inMinutes is how long an hour is, in words.
func inMinutes(minutes int) string {
	if minutes == 60 {
		return "an hour"
	}
	return of(minutes, "minute", "minutes")
}

// hourHeadline says where the hour leads.
func hourHeadline(p *playlist.Playlist) string {
	from, to := placeWord(p.From), placeWord(p.To)
	switch {
	case p.Arm == playlist.Shuffle:
		return "Your own tracks, in random order, for " + inMinutes(p.Minutes)
	case from == to:
		return "Staying " + to + ", for " + inMinutes(p.Minutes)
	case p.Arm == playlist.Compensatory:
		return upper(to) + " from the first track, for " + inMinutes(p.Minutes)
	}
	return "From " + from + " to " + to + ", in " + inMinutes(p.Minutes)
}

// hourLead says how the hour is made.
func hourLead(p *playlist.Playlist) string {
	s := words(len(p.Tracks)) + " tracks"
	if len(p.Tracks) == 1 {
		s = "One track"
	}
	if p.Metrics.FamiliarShare != nil {
		known := int(math.Round(*p.Metrics.FamiliarShare * float64(len(p.Tracks))))
		few := strings.ToLower(words(known))
		switch known {
		case 0:
			few = "none"
		case len(p.Tracks):
			few = "all"
		}
		s += ", " + few + " of which you know well"
	}
	s += ", " + exact(time.Duration(p.DurationMS)*time.Millisecond) + ". "
	start, target := p.Arc.Start, p.Arc.Target
	if p.Arm != playlist.Iso {
		return s + "This order is one to compare with, not the one Segue would choose."
	}
	if start.Distance(target) < playlist.LeastWay {
		return s + "It stays where you are."
	}
	begins := "It starts where you are"
	if start != p.From.Affect { // the night and sad paths have limits
		begins = "It starts as near to where you are as its limits allow"
	}
	energy, tone := "lets the energy ease", "brightens"
	if target.Arousal > start.Arousal {
		energy = "lets the energy rise"
	}
	if target.Valence < start.Valence {
		tone = "lets the tone darken"
	}
	switch {
	case math.Abs(target.Arousal-start.Arousal) < .05:
		return s + begins + " and slowly " + tone + "."
	case math.Abs(target.Valence-start.Valence) < .05:
		return s + begins + " and slowly " + energy + "."
	case p.Arc.Lead == playlist.LeadArousal:
		return s + begins + ", " + energy + " first, then " + tone + "."
	case p.Arc.Lead == playlist.LeadValence:
		return s + begins + ", first " + tone + ", then " + energy + "."
	}
	return s + begins + ", " + energy + " and " + tone + " as it goes."
}

// hourPlane draws the way on the plane.
func hourPlane(p *playlist.Playlist) string {
	return chart.DrawWay(hourOf(p), chart.Caption{ID: "hour-plane", Title: "The way on the plane",
		Desc: fmt.Sprintf("From pleasantness %.2f and energy %.2f to pleasantness %.2f and energy %.2f; each mark is a track, the thin line joins them in order.", p.From.Valence, p.From.Arousal, p.To.Valence, p.To.Arousal)})
}

// hourArc draws plan and tracks over time.
func hourArc(p *playlist.Playlist) string {
	return chart.DrawArc(hourOf(p), chart.Caption{ID: "arc", Title: "The arc of the hour",
		Desc: "Pleasantness and energy over time: the plan dashed, each track a bar as long as it plays. The table below has the same facts."})
}

// mark returns the sign of a mood.
func mark(m segue.Mood) chart.Mark {
	return [...]chart.Mark{chart.Angry, chart.Sad, chart.Calm, chart.Happy, chart.Mixed}[m]
}

// A phase is a part of the hour with its tracks.
type phase struct {
	Name, Line string
	Tracks     []numbered
}

// A numbered is a track with its place in the order, from 1, as pictures show it.
type numbered struct {
	No int
	playlist.Track
}

// phases groups the tracks as the arc goes. Arms without an arc are one group.
func phases(p *playlist.Playlist) []phase {
	line := map[playlist.Phase]string{playlist.Hold: "meets how you feel now", playlist.Shift: "moves in small steps", playlist.Sustain: "stays where you wanted to be"}
	var groups []phase
	var last playlist.Phase
	for i, t := range p.Tracks {
		if i == 0 || (t.Phase != last && p.Arm == playlist.Iso) {
			group := phase{Name: upper(string(t.Phase)), Line: line[t.Phase]}
			if p.Arm != playlist.Iso {
				group = phase{Name: "Tracks", Line: "in the order they play"}
			}
			groups = append(groups, group)
			last = t.Phase
		}
		g := &groups[len(groups)-1]
		g.Tracks = append(g.Tracks, numbered{i + 1, t})
	}
	return groups
}

// A measure is a metric of the playlist as people read it.
type measure struct {
	Name, Value, Note, Bar string
}

// measures writes the metrics beside their bars.
func measures(p *playlist.Playlist) []measure {
	n := len(p.Tracks)
	var out []measure
	for _, c := range p.Checks {
		if c.Value == nil {
			continue
		}
		v := *c.Value
		m := measure{Value: decimal(v, 2)}
		asked := decimal(c.Bar, 2) + " or less asked"
		if c.Least {
			asked = decimal(c.Bar, 2) + " or more asked"
		}
		top := 1.0
		switch c.Metric {
		case "start_error":
			m.Name, m.Note, top = "Starts near you", fmt.Sprintf("away in the first %d minutes; ", playlist.StartMinutes), .3
		case "end_error":
			m.Name, m.Note, top = "Ends at the target", fmt.Sprintf("away in the last %d minutes; ", playlist.EndMinutes), .3
		case "rmse":
			m.Name, m.Note, top = "Follows the plan", "typical distance from it; ", .3
		case "max_step":
			m.Name, m.Note, top = "Largest step", "between neighbours; ", 2*c.Bar
		case "progress_tau":
			m.Name, m.Note = "Keeps direction", "1 is always forward; "
		case "backtrack":
			m.Name, m.Note, top = "Steps back", "in all; ", 2*c.Bar
		case "duration_error_seconds":
			m.Name, m.Value, m.Note, top = "Length", decimal(v, 0)+joined+"s", "off the length asked for; ", 2*c.Bar
			asked = decimal(c.Bar, 0) + joined + "s or less asked"
		case "unique_artists":
			m.Name, m.Value, m.Note = "Different artists", fmt.Sprintf("%d of %d", int(math.Round(v*float64(n))), n), ""
			asked = percent(c.Bar) + " or more asked"
		case "familiarity":
			m.Name, m.Note, top = "Familiar as planned", "largest distance of a third’s share from its plan; ", .4
		case "forbidden":
			m.Name, m.Value, m.Note, asked = "Where it must not go", of(int(v), "track", "tracks"), "in a zone that is closed at night or on a sad path; ", "none allowed"
			top = 0
		default:
			continue
		}
		m.Note += asked
		if c.Pass != nil && !*c.Pass {
			m.Note += "; not met here"
		}
		if top > 0 {
			m.Bar = chart.DrawBar(chart.Bar{Value: v / top, Threshold: c.Bar / top, Strong: true}, "")
		}
		out = append(out, m)
	}
	return out
}

// optional writes a number that may be absent.
func optional(v *float64) string {
	if v == nil {
		return "–"
	}
	return decimal(*v, 2)
}
