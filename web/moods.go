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
	Listener                             *recommend.Digest
	Plane, Hours, Days, Timeline, Follow string // drawings
	TimelineNote                         string
	Gaps                                 []tell.Fact
	Latest                               []sessionRow
	Summed                               int    // days that only sums are left of
	Placed                               string // by which model, empty of the usual placing
}

// moodsPage shows where the listening sits and how it moves. Where only sums are
// left of it, it shows those.
func (s *Server) moodsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := v.studying(r.Context(), func(p *portrait) error {
		// All of it follows from the portrait and the language.
		body, err := p.page(v.Tongue, "moods-page", func() (string, error) {
			m, err := moodsOf(r.Context(), v, p)
			if err != nil {
				return "", err
			}
			var b strings.Builder
			_ = moodsPage(v, m).Render(context.WithoutCancel(r.Context()), &b) // a builder takes everything
			return b.String(), nil
		})
		if err != nil {
			return err
		}
		return v.show(w, r, http.StatusOK, page{Title: v.Say("Your moods"), Nav: navMoods}, templ.Raw(body))
	})
	if err != nil {
		return v.sumsOr(w, r, err)
	}
	return nil
}

func moodsOf(ctx context.Context, v *visit, p *portrait) (m moods, err error) {
	l, t := p.listener, v.Tongue
	sessions := l.Sessions.Slice(0, l.Sessions.Len())
	m = moods{
		Profile: p.profile, Listener: l,
		Plane:        tell.MoodsPlane(t, p.where, p.profile, "moods-plane"),
		Hours:        tell.HourMap(t, p.rhythm, "hours"),
		Days:         tell.Calendar(t, p.rhythm, "days"),
		Follow:       tell.Transitions(t, p.profile, "follow"),
		TimelineNote: tell.TimelineNote(t, sessions),
		Gaps:         tell.GapWords(t, l.GapCounts(), l.Gap),
		Summed:       p.summed,
		Placed:       tell.PlacedBy(t, p.music.Model()),
	}
	if m.Usual.Sessions > 0 {
		m.Timeline = tell.Timeline(t, sessions, l.Zone, "timeline")
	}
	m.Latest, err = v.rows(ctx, p, len(sessions)-latestSessions, len(sessions))
	return m, err
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
