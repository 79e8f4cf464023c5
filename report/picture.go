package report

import (
	"fmt"
	"strings"

	"segue/chart"
	"segue/playlist"
)

// HourPicture draws a planned hour as one SVG file that stands alone: in words, on
// the plane, over time, and as a list; for a screen, a phone and paper, by day and
// by night. The same hour gives the same bytes.
func HourPicture(p *playlist.Playlist) string {
	return chart.Responsive(chart.DrawPoster(chart.Poster{
		Title: hourHeadline(p), Lead: hourLead(p), Key: hourKey(p), Facts: hourFigures(p), Hour: hourOf(p), Notes: hourSmall(p),
	}, chart.Caption{ID: "hour", Title: plainSpaces(hourHeadline(p)), Desc: plainSpaces(hourLead(p))}))
}

// plainSpaces is a text without the spaces that only matter in print.
func plainSpaces(s string) string {
	return strings.NewReplacer(thin, " ", joined, " ").Replace(s)
}

// hourOf returns what is drawn of an hour.
func hourOf(p *playlist.Playlist) chart.Hour {
	minutes := float64(p.DurationMS) / 60000
	h := chart.Hour{
		Minutes: minutes, Band: playlist.BarError,
		From: [2]float64{p.From.Valence, p.From.Arousal}, To: [2]float64{p.To.Valence, p.To.Arousal},
	}
	switch hold, sustain := p.Arc.Hold*minutes, (1-p.Arc.Sustain)*minutes; {
	case stays(p):
		h.Phases = []chart.Span{{Name: "Stay", To: minutes}}
	case p.Arm == playlist.Iso:
		h.Phases = []chart.Span{{Name: "Hold", To: hold}, {Name: "Shift", From: hold, To: sustain, Shaded: true}, {Name: "Sustain", From: sustain, To: minutes}}
		for _, w := range p.Arc.Waypoints {
			h.Waypoints = append(h.Waypoints, [2]float64{w.Valence, w.Arousal})
		}
	case p.Arm == playlist.Compensatory:
		h.Phases = []chart.Span{{Name: "At the target", To: minutes}}
	}
	if p.Arm != playlist.Shuffle {
		for _, m := range p.Arc.Points {
			h.Plan = append(h.Plan, chart.Planned{At: m.Time * minutes, Valence: m.Valence, Arousal: m.Arousal})
		}
	}
	if p.Night {
		h.Closed = append(h.Closed, chart.Area{Bottom: playlist.NightArousal, Right: 1, Top: 1, Word: "closed at night"})
	}
	for _, t := range p.Tracks {
		h.Tracks = append(h.Tracks, chart.Track{
			Start: float64(t.StartMS) / 60000, End: float64(t.StartMS+t.DurationMS) / 60000,
			Valence: t.Valence, Arousal: t.Arousal, Mark: mark(t.Mood), Label: t.Title, By: strings.Join(t.Artists, ", "), Sign: sign(t),
		})
	}
	return h
}

// stays reports whether the hour keeps to one place.
func stays(p *playlist.Playlist) bool {
	return p.Arm == playlist.Iso && p.Arc.Start.Distance(p.Arc.Target) < playlist.LeastWay
}

// sign says that a listener put a track where it is, or wanted it.
func sign(t playlist.Track) string {
	switch {
	case t.Locked:
		return "locked"
	case t.Wished:
		return "wished for"
	}
	return ""
}

// hourFigures are the numbers of the picture.
func hourFigures(p *playlist.Playlist) []chart.Figure {
	var out []chart.Figure
	add := func(v *float64, name, note string) {
		if v != nil {
			out = append(out, chart.Figure{Name: name, Value: decimal(*v, 2), Note: note})
		}
	}
	from := "away in the first minutes"
	if p.Arc.Start != p.From.Affect {
		from = "away from the planned start"
	}
	if p.Arm == playlist.Iso {
		add(p.Metrics.StartError, "Starts near you", from)
	}
	if p.Arm != playlist.Shuffle {
		add(p.Metrics.EndError, "Ends at the target", "away in the last minutes")
		add(p.Metrics.RMSE, "Follows the plan", "typical distance away")
	}
	if p.Gap != nil {
		f := chart.Figure{Name: "Any better order?", Value: "≤" + joined + upTo(*p.Gap), Note: "better at most, by the same rules"}
		if unbeaten(p) {
			f.Value, f.Note = "none", "of as many candidates, by the same rules"
		}
		out = append(out, f)
	}
	return out
}

// hourKey says how to read the picture.
func hourKey(p *playlist.Playlist) string {
	how := "Bars are the tracks, as long as they play; marks are their mood by sound. "
	if p.Arm != playlist.Shuffle {
		how = fmt.Sprintf("Dashes are the plan, in a band of %.2f to each side. ", playlist.BarError) + how
	}
	return how + "Distances are on the plane, 1 wide and 1 high. The sound of one track is only known to about ±0.20, so trust the shape more than any single bar."
}

// hourSmall are the small words below the picture.
func hourSmall(p *playlist.Playlist) []string {
	var out []string
	for _, n := range p.Notes {
		out = append(out, upper(n))
	}
	for _, r := range p.Relaxed {
		out = append(out, "What had to give: "+r.Text)
	}
	return append(out, fmt.Sprintf("%s tracks chosen of %s candidates, seed %d.", count(len(p.Tracks)), count(p.Candidates), p.Seed))
}
