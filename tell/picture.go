package tell

import (
	"strings"

	"segue/chart"
	"segue/language"
	"segue/playlist"
)

// HourPicture draws a planned hour as one SVG file that stands alone: in words, on
// the plane, over time, and as a list; for a screen, a phone and paper, by day and
// by night. The same hour gives the same bytes.
func HourPicture(t *language.Tongue, p *playlist.Playlist) string {
	title, lead := HourHeadline(t, p), HourLead(t, p)
	return chart.Responsive(chart.DrawPoster(chart.Poster{
		Title: title, Lead: lead, Key: HourKey(t, p), Facts: hourFigures(t, p), Hour: Hour(t, p), Notes: hourSmall(t, p),
	}, chart.Caption{ID: "hour", Title: plainSpaces(title), Desc: plainSpaces(lead), In: t}))
}

// Hour returns what is drawn of an hour.
func Hour(t *language.Tongue, p *playlist.Playlist) chart.Hour {
	minutes := float64(p.DurationMS) / 60000
	h := chart.Hour{
		Minutes: minutes, Band: playlist.BarError,
		From: [2]float64{p.From.Valence, p.From.Arousal}, To: [2]float64{p.To.Valence, p.To.Arousal},
	}
	switch hold, sustain := p.Arc.Hold*minutes, (1-p.Arc.Sustain)*minutes; {
	case stays(p):
		h.Phases = []chart.Span{{Name: t.Say("Stay"), To: minutes}}
	case p.Arm == playlist.Iso:
		h.Phases = []chart.Span{{Name: t.Say("Hold"), To: hold}, {Name: t.Say("Shift"), From: hold, To: sustain, Shaded: true}, {Name: t.Say("Sustain"), From: sustain, To: minutes}}
		for _, w := range p.Arc.Waypoints {
			h.Waypoints = append(h.Waypoints, [2]float64{w.Valence, w.Arousal})
		}
	case p.Arm == playlist.Compensatory:
		h.Phases = []chart.Span{{Name: t.Say("At the target"), To: minutes}}
	}
	if p.Arm != playlist.Shuffle {
		for _, m := range p.Arc.Points {
			h.Plan = append(h.Plan, chart.Planned{At: m.Time * minutes, Valence: m.Valence, Arousal: m.Arousal})
		}
	}
	if p.Night {
		h.Closed = append(h.Closed, chart.Area{Bottom: playlist.NightArousal, Right: 1, Top: 1, Word: t.Say("closed at night")})
	}
	for _, track := range p.Tracks {
		h.Tracks = append(h.Tracks, chart.Track{
			Start: float64(track.StartMS) / 60000, End: float64(track.StartMS+track.DurationMS) / 60000,
			Valence: track.Valence, Arousal: track.Arousal, Mark: Mark(track.Mood), Label: track.Title, By: strings.Join(track.Artists, ", "), Sign: sign(t, track),
		})
	}
	return h
}

// stays reports whether the hour keeps to one place.
func stays(p *playlist.Playlist) bool {
	return p.Arm == playlist.Iso && p.Arc.Start.Distance(p.Arc.Target) < playlist.LeastWay
}

// hourFigures are the numbers of the picture.
func hourFigures(t *language.Tongue, p *playlist.Playlist) []chart.Figure {
	var out []chart.Figure
	add := func(v *float64, name, note string) {
		if v != nil {
			out = append(out, chart.Figure{Name: name, Value: t.Decimal(*v, 2), Note: note})
		}
	}
	from := t.Say("away in the first minutes")
	if p.Arc.Start != p.From.Affect {
		from = t.Say("away from the planned start")
	}
	if p.Arm == playlist.Iso {
		add(p.Metrics.StartError, t.Say("Starts near you"), from)
	}
	if p.Arm != playlist.Shuffle {
		add(p.Metrics.EndError, t.Say("Ends at the target"), t.Say("away in the last minutes"))
		add(p.Metrics.RMSE, t.Say("Follows the plan"), t.Say("typical distance away"))
	}
	if p.Gap != nil {
		f := chart.Figure{Name: t.Say("Any better order?"), Value: "≤" + language.Joined + upTo(t, *p.Gap), Note: t.Say("better at most, by the same rules")}
		if unbeaten(p) {
			f.Value, f.Note = t.Say("none"), t.Say("of as many candidates, by the same rules")
		}
		out = append(out, f)
	}
	return out
}

// HourKey says how to read the drawings of an hour.
func HourKey(t *language.Tongue, p *playlist.Playlist) string {
	how := t.Say("Bars are the tracks, as long as they play; marks are their mood by sound.") + " "
	if p.Arm != playlist.Shuffle {
		how = t.Say("Dashes are the plan, in a band of %.2f to each side.", playlist.BarError) + " " + how
	}
	return how + t.Say("Distances are on the plane, 1 wide and 1 high. The sound of one track is only known to about ±%.2f, so trust the shape more than any single bar.", .2)
}

// hourSmall are the small words below the picture.
func hourSmall(t *language.Tongue, p *playlist.Playlist) []string {
	var out []string
	for _, n := range p.Notes {
		out = append(out, language.Upper(n))
	}
	for _, r := range p.Relaxed {
		out = append(out, t.Say("What had to give: %s", r.Text))
	}
	return append(out, t.Say("%s tracks chosen of %s candidates, seed %d.", t.Count(len(p.Tracks)), t.Count(p.Candidates), p.Seed))
}
