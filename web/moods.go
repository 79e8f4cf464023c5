package web

import (
	"context"
	"net/http"
	"strings"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/recommend"
	"segue/session"
	"segue/tell"

	"github.com/a-h/templ"
)

// latestSessions is how many sessions the page of the moods lists.
const latestSessions = 6

// moods is what the page of the moods shows.
type moods struct {
	*recommend.Profile
	Listener                             *recommend.Listener
	Plane, Hours, Days, Timeline, Follow string // drawings
	TimelineNote                         string
	Gaps                                 []tell.Fact
	Latest                               []sessionRow
	Summed                               int // days that only sums are left of
}

// moodsPage shows where the listening sits and how it moves. Where only sums are
// left of it, it shows those.
func (s *Server) moodsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.listening(r.Context())
	if err != nil {
		return v.sumsOr(w, r, err)
	}
	// All of it follows from the portrait and the language, and takes a while of a long
	// history: each gap is tried on every play.
	body := p.picture(v.Tongue, "moods-page", func() string {
		var b strings.Builder
		_ = moodsPage(v, moodsOf(v, p)).Render(context.WithoutCancel(r.Context()), &b) // a builder takes everything
		return b.String()
	})
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Your moods"), Nav: navMoods}, templ.Raw(body))
}

func moodsOf(v *visit, p *portrait) moods {
	l, t := p.listener, v.Tongue
	drawn := func(name string, draw func() string) string { return p.picture(t, "moods-"+name, draw) }
	m := moods{
		Profile: p.profile, Listener: l,
		Plane:        drawn("plane", func() string { return tell.MoodsPlane(t, l, p.profile, "moods-plane") }),
		Hours:        drawn("hours", func() string { return tell.HourMap(t, p.rhythm, "hours") }),
		Days:         drawn("days", func() string { return tell.Calendar(t, p.rhythm, "days") }),
		Follow:       drawn("follow", func() string { return tell.Transitions(t, p.profile, "follow") }),
		TimelineNote: drawn("note", func() string { return tell.TimelineNote(t, l) }),
		Gaps:         tell.GapWords(t, l),
		Summed:       p.summed,
	}
	if m.Usual.Sessions > 0 {
		m.Timeline = drawn("timeline", func() string { return tell.Timeline(t, l, "timeline") })
	}
	m.Latest = v.rows(p, len(l.Sessions)-latestSessions, len(l.Sessions))
	return m
}

// pairs returns how many steps from one session with a mood to the next there are.
func (m moods) pairs() int { return max(0, m.Usual.Sessions-1) }

// moodsHeadline puts the shares of time into a few words, once they are known.
func moodsHeadline(t *language.Tongue, u session.Usual) string {
	if !u.Known {
		return t.Say("Still learning")
	}
	return tell.MoodsHeadline(t, u)
}

// sureWords says how sure the usual mood is, empty where there is none.
func sureWords(t *language.Tongue, u session.Usual) string {
	if !u.Known {
		return ""
	}
	half := func(e session.Estimate) float64 { return float64(e.Hi-e.Lo) / 2 }
	return t.Say("It rests on %s with a mood. Drawn again from them, it would stay within %.2f to the sides and %.2f up and down, 95 times in 100.",
		t.Of(u.Sessions, "session", "sessions"), half(u.Valence), half(u.Arousal))
}

// How far apart sessions in a row lie, in words. (d)
const (
	nearSwing = .15
	wideSwing = .30
)

// swingWords reads the typical distance from one session to the next.
func swingWords(t *language.Tongue, v segue.Number) string {
	switch {
	case !v.Known():
		return t.Say("too few sessions to tell how far they lie apart")
	case v < nearSwing:
		return t.Say("one session lies close to the next")
	case v < wideSwing:
		return t.Say("some ground lies between one session and the next")
	}
	return t.Say("much ground lies between one session and the next")
}

// trendGates returns what a trend still waits for.
func trendGates(t *language.Tongue, trends session.Trends) []string {
	return tell.ClosedGates(t, trends.Valence.Gates)
}

// moodName is a mood as HTML: shape, colour and word.
func moodName(t *language.Tongue, m segue.Mood) string { return tell.Mark(m).InlineIn(t) }

// moodKey is the key to the marks, to stand before charts in which they repeat.
func moodKey(t *language.Tongue) string { return chart.Key(t) }
