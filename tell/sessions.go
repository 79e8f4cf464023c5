package tell

import (
	"math"
	"time"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/recommend"
	"segue/session"
)

// How much of a long history is drawn and listed, the latest first.
const (
	timelineSessions = 300
	calendarWeeks    = 53
)

// placed returns the sessions with a mood, the latest timelineSessions of them.
func placed(sessions []segue.Session) []segue.Session {
	var s []segue.Session
	for _, one := range sessions {
		if one.HasMood {
			s = append(s, one)
		}
	}
	return s[max(0, len(s)-timelineSessions):]
}

// Timeline draws the sessions with a mood over time in a zone, wide and narrow, under
// an ID of the page.
func Timeline(t *language.Tongue, sessions []segue.Session, zone *time.Location, id string) string {
	var moments []chart.Moment
	for _, s := range placed(sessions) {
		moments = append(moments, chart.Moment{
			At: s.Start.In(zone), Valence: s.Position.Valence, Arousal: s.Position.Arousal,
			SD: math.Max(s.StdErr.Valence, s.StdErr.Arousal), Minutes: s.Listened.Minutes(), Mark: Mark(s.Mood),
		})
	}
	return chart.DrawTimeline(moments, chart.Caption{ID: id, Title: t.Say("Sessions over time"), In: t,
		Desc: t.Say("Energy and pleasantness of %d sessions, larger marks for longer ones.", len(moments))})
}

// TimelineNote says which sessions the timeline shows, and how to read it.
func TimelineNote(t *language.Tongue, sessions []segue.Session) string {
	all := 0
	for _, s := range sessions {
		if s.HasMood {
			all++
		}
	}
	shown := t.Say("All %s sessions with a mood.", t.Count(all))
	if all > timelineSessions {
		shown = t.Say("The latest of %s sessions with a mood, as many as there is room for.", t.Count(all))
	}
	shown += " " + t.Say("Larger marks played longer; the upright line is one standard error up and down.")
	drawn := placed(sessions)
	for i := 1; i < len(drawn); i++ {
		if drawn[i].Start.Sub(drawn[i-1].Start) > chart.LongGap {
			return shown + " " + t.Say("A double hairline stands for more than five weeks without any.")
		}
	}
	return shown
}

// HourMap draws the moods of the music by weekday and hour, Monday first, wide and
// narrow, under an ID of the page.
func HourMap(t *language.Tongue, p *recommend.Profile, id string) string {
	var m chart.HourMap
	for day, row := range p.Dynamics.Week {
		for hour, cell := range row {
			to := &m[(day+6)%7][hour]
			to.Minutes = cell.Seconds / 60
			if cell.Mood != nil {
				to.Mark, to.Placed = Mark(*cell.Mood), true
			}
		}
	}
	return chart.DrawHourMap(m, chart.Caption{ID: id, Title: t.Say("Hour and weekday"), In: t,
		Desc: t.Say("The mood of the music by weekday and hour of local time; larger marks, more listening.")})
}

// Calendar draws the last year of days, wide and narrow, under an ID of the page.
func Calendar(t *language.Tongue, p *recommend.Profile, id string) string {
	var days []chart.Day
	for _, d := range p.Dynamics.Days {
		date, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			panic("tell: " + err.Error()) // session writes the form above
		}
		one := chart.Day{Date: date, Minutes: d.Seconds / 60}
		if d.Mood != nil {
			one.Mark, one.Placed = Mark(*d.Mood), true
		}
		days = append(days, one)
	}
	for len(days) > 0 && days[len(days)-1].Date.Sub(days[0].Date) >= calendarWeeks*7*24*time.Hour {
		days = days[1:]
	}
	return chart.DrawCalendar(days, chart.Caption{ID: id, Title: t.Say("Day by day"), In: t,
		Desc: t.Say("%d days with listening, each with the mood of its music.", len(days))})
}

// Transitions draws which mood followed which, from session to session, under an
// ID of the page.
func Transitions(t *language.Tongue, p *recommend.Profile, id string) string {
	order := []segue.Mood{segue.Happy, segue.Calm, segue.Sad, segue.Angry, segue.Mixed}
	counts := make([][]int, len(order))
	for i, from := range order {
		for _, to := range order {
			counts[i] = append(counts[i], p.Dynamics.Transitions[from][to])
		}
	}
	return chart.DrawTransitions(chart.Marks(), counts, chart.Caption{ID: id, Title: t.Say("From session to session"), In: t,
		Desc: t.Say("How often a session of one mood was followed by a session of another.")})
}

// InertiaWords reads a lag-1 autocorrelation over sessions.
func InertiaWords(t *language.Tongue, v segue.Number) string {
	switch r := float64(v); {
	case math.IsNaN(r):
		return t.Say("too few sessions to tell")
	case r >= .5:
		return t.Say("a session sounds much like the one before it")
	case r >= .2:
		return t.Say("a session sounds somewhat like the one before it")
	case r > -.2:
		return t.Say("a session says little about the next")
	}
	return t.Say("a session tends to be followed by one that sounds different")
}

// SessionWhen writes the local day and times of a session.
func SessionWhen(t *language.Tongue, s segue.Session, zone *time.Location) (day, hours string) {
	start, end := s.Start.In(zone), s.End.In(zone)
	return t.Day(start), language.Time(start) + "–" + language.Time(end)
}

// SessionPlace says where a session with a mood lies, and how sure that is.
func SessionPlace(t *language.Tongue, s segue.Session) string {
	return t.Say("Energy %s, pleasantness %s, ±%s", t.Decimal(s.Position.Arousal, 2), t.Decimal(s.Position.Valence, 2),
		language.Thin+t.Decimal(max(s.StdErr.Arousal, s.StdErr.Valence), 2))
}

// SessionFacts says how much a session rests on.
func SessionFacts(t *language.Tongue, s segue.Session) string {
	text := t.Say("%s of %s placed", t.Count(s.Featured), t.Of(s.Plays(), "play", "plays"))
	if s.Skips > 0 {
		text += ", " + t.Of(s.Skips, "skip", "skips")
	}
	return text
}

// GapWords says how many sessions each of the usual pauses would give, as counted in
// their order: the pause, and what it gives. One of them may be the gap used here.
func GapWords(t *language.Tongue, counts []int, gap time.Duration) []Fact {
	gaps := session.DefaultGaps()
	var out []Fact
	for i, n := range counts {
		s := t.Of(n, "session", "sessions")
		if gaps[i] == gap {
			s += ", " + t.Say("as used here")
		}
		out = append(out, Fact{t.Span(gaps[i]), s})
	}
	return out
}
