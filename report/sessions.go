package report

import (
	"fmt"
	"math"
	"time"

	"segue"
	"segue/chart"
)

// How much of a long history is drawn and listed, the latest first.
const (
	timelineSessions = 300
	calendarWeeks    = 53
	listedSessions   = 12
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

// timeline draws the sessions with a mood over time.
func timeline(l *listener) string {
	var moments []chart.Moment
	for _, s := range placed(l.Sessions) {
		moments = append(moments, chart.Moment{
			At: s.Start.In(l.zone()), Valence: s.Position.Valence, Arousal: s.Position.Arousal,
			SD: math.Max(s.StdErr.Valence, s.StdErr.Arousal), Minutes: s.Listened.Minutes(), Mark: mark(s.Mood),
		})
	}
	return chart.DrawTimeline(moments, chart.Caption{ID: "timeline", Title: "Sessions over time",
		Desc: fmt.Sprintf("Energy and pleasantness of %d sessions, larger marks for longer ones.", len(moments))})
}

// timelineNote says which sessions the timeline shows.
func timelineNote(l *listener) string {
	all := 0
	for _, s := range l.Sessions {
		if s.HasMood {
			all++
		}
	}
	shown := "All " + count(all) + " sessions with a mood"
	if all > timelineSessions {
		shown = "The latest of " + count(all) + " sessions with a mood, as many as there is room for"
	}
	shown += ". Larger marks played longer; the upright line is one standard error up and down."
	drawn := placed(l.Sessions)
	for i := 1; i < len(drawn); i++ {
		if drawn[i].Start.Sub(drawn[i-1].Start) > chart.LongGap {
			return shown + " A double hairline stands for more than five weeks without any."
		}
	}
	return shown
}

// hourMap draws hours and weekdays, Monday first.
func hourMap(l *listener) string {
	var m chart.HourMap
	for day, row := range l.Dynamics.Week {
		for hour, cell := range row {
			to := &m[(day+6)%7][hour]
			to.Minutes = cell.Seconds / 60
			if cell.Mood != nil {
				to.Mark, to.Placed = mark(*cell.Mood), true
			}
		}
	}
	return chart.DrawHourMap(m, chart.Caption{ID: "hours", Title: "Hour and weekday", Desc: "The mood of the music by weekday and hour of local time; larger marks, more listening."})
}

// calendar draws the last year of days.
func calendar(l *listener) string {
	var days []chart.Day
	for _, d := range l.Dynamics.Days {
		date, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			panic("report: " + err.Error()) // session writes the form above
		}
		one := chart.Day{Date: date, Minutes: d.Seconds / 60}
		if d.Mood != nil {
			one.Mark, one.Placed = mark(*d.Mood), true
		}
		days = append(days, one)
	}
	for len(days) > 0 && days[len(days)-1].Date.Sub(days[0].Date) >= calendarWeeks*7*24*time.Hour {
		days = days[1:]
	}
	return chart.DrawCalendar(days, chart.Caption{ID: "calendar", Title: "Day by day", Desc: fmt.Sprintf("%d days with listening, each with the mood of its music.", len(days))})
}

// transitions draws which mood followed which.
func transitions(l *listener) string {
	order := []segue.Mood{segue.Happy, segue.Calm, segue.Sad, segue.Angry, segue.Mixed}
	counts := make([][]int, len(order))
	for i, from := range order {
		for _, to := range order {
			counts[i] = append(counts[i], l.Dynamics.Transitions[from][to])
		}
	}
	return chart.DrawTransitions(chart.Marks(), counts, chart.Caption{ID: "transitions", Title: "From session to session", Desc: "How often a session of one mood was followed by a session of another."})
}

// inertiaWords reads a lag-1 autocorrelation.
func inertiaWords(v segue.Number) string {
	switch r := float64(v); {
	case math.IsNaN(r):
		return "too few sessions to tell"
	case r >= .5:
		return "a session sounds much like the one before it"
	case r >= .2:
		return "a session sounds somewhat like the one before it"
	case r > -.2:
		return "a session says little about the next"
	}
	return "a session tends to be followed by one that sounds different"
}

// sessionWhen writes the local day and times of a session.
func sessionWhen(s segue.Session, zone *time.Location) (day, hours string) {
	start, end := s.Start.In(zone), s.End.In(zone)
	return start.Format("Mon 2 Jan 2006"), start.Format("15:04") + "–" + end.Format("15:04")
}

// latest returns the sessions to list, the last one first.
func latest(sessions []segue.Session) []segue.Session {
	var s []segue.Session
	for i := len(sessions) - 1; i >= 0 && len(s) < listedSessions; i-- {
		s = append(s, sessions[i])
	}
	return s
}

// sessionFacts says how much a session rests on.
func sessionFacts(s segue.Session) string {
	text := fmt.Sprintf("%s of %s placed", count(s.Featured), of(s.Plays(), "play", "plays"))
	if s.Skips > 0 {
		text += ", " + of(s.Skips, "skip", "skips")
	}
	return text
}

// gapWords says how many sessions another pause would give.
func gapWords(l *listener, i int) string {
	s := of(l.Counts[i], "session", "sessions")
	if l.Gaps[i] == l.Gap {
		s += ", as used here"
	}
	return s
}
