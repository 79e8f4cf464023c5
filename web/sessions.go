package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"segue"
	"segue/chart"
	"segue/internal/titles"
	"segue/language"
	"segue/recommend"
	"segue/session"
	"segue/tell"

	"github.com/a-h/templ"
)

// How much of a listening a page lists. (d)
const (
	sessionsPerPage = 50
	listedPlays     = 500 // of one session; an overnight one has about 200
	mostLetters     = 160 // of a title or an artist
	mostMarks       = 4   // on one letter; Vietnamese has 2 at most, Hebrew 3 or 4
	namedArtists    = 2   // in the row of a session
)

// sessionRow is a session in a list.
type sessionRow struct {
	N          int // from 1, the earliest
	Day, Hours string
	Mood       string // HTML; empty without one
	Place      string
	Long       string
	Facts      string
	Artists    []string // who was heard most
	Others     int      // artists besides
}

// rows returns the sessions from first on and before end, the latest first. Errors are
// those of heard.
func (v *visit) rows(ctx context.Context, p *portrait, first, end int) ([]sessionRow, error) {
	l, err := v.heard(ctx, p, max(0, first), end)
	if err != nil {
		return nil, err
	}
	var out []sessionRow
	for i := len(l.sessions) - 1; i >= 0; i-- {
		out = append(out, v.row(l, i))
	}
	return out, nil
}

// row returns the ith of some sessions.
func (v *visit) row(l *heardPart, i int) sessionRow {
	s := l.sessions[i]
	r := sessionRow{N: l.first + i + 1, Long: v.Span(s.Listened), Facts: tell.SessionFacts(v.Tongue, s)}
	r.Day, r.Hours = tell.SessionWhen(v.Tongue, s, v.zone())
	if s.HasMood {
		r.Mood, r.Place = moodName(v.Tongue, s.Mood), tell.SessionPlace(v.Tongue, s)
	}
	artists := heardMost(l.Plays[s.First:s.Last])
	r.Artists = artists[:min(namedArtists, len(artists))]
	r.Others = len(artists) - len(r.Artists)
	return r
}

// heardMost returns the main artists of plays, the longest heard first, shortened.
func heardMost(plays []segue.Play) []string {
	heard := map[string]time.Duration{}
	var names []string
	for _, p := range plays {
		name := p.Track.Artist
		if all := titles.SplitArtists(name); len(all) > 0 {
			name = all[0]
		}
		if strings.TrimSpace(name) == "" {
			continue
		}
		if _, ok := heard[name]; !ok {
			names = append(names, name)
		}
		heard[name] += p.Played
	}
	slices.SortStableFunc(names, func(a, b string) int { return int(heard[b] - heard[a]) })
	for i, name := range names {
		names[i] = shortened(name)
	}
	return names
}

// artistNames names who was heard most in a session, as HTML. Names come from files
// of any script, and each is kept from turning the text around it.
func artistNames(r sessionRow) string {
	var b strings.Builder
	for i, name := range r.Artists {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("<bdi>" + templ.EscapeString(name) + "</bdi>")
	}
	if r.Others > 0 {
		b.WriteString(` <span class="soft">+` + strconv.Itoa(r.Others) + `</span>`)
	}
	return b.String()
}

// shortened keeps a name to what a row can hold: exports hold names of any length,
// and with any number of marks on a letter, which would pile up over other rows. A
// name of nothing that is seen is a dash.
func shortened(name string) string {
	if strings.TrimFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }) == "" {
		return "–"
	}
	var b strings.Builder
	letters, marks := 0, 0
	for _, r := range name {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks > mostMarks {
			continue
		}
		if letters++; letters == mostLetters {
			b.WriteString("…")
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sessionsPage lists all sessions, the latest first.
func (s *Server) sessionsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	at, ok := 1, true
	if asked := r.URL.Query().Get("page"); asked != "" {
		at, ok = pageNumber(asked)
	}
	return v.studying(r.Context(), func(p *portrait) (err error) {
		all := p.listener.Sessions.Len()
		l := sessionsList{At: at, Of: max(1, (all+sessionsPerPage-1)/sessionsPerPage), All: all, Gap: p.listener.Gap}
		if !ok || at > l.Of {
			return notFound(v.Tongue)
		}
		end := all - (at-1)*sessionsPerPage
		if l.Rows, err = v.rows(r.Context(), p, end-sessionsPerPage, end); err != nil {
			return err
		}
		return v.show(w, r, http.StatusOK, page{Title: v.Say("Sessions"), Nav: navMoods}, sessionsPage(v, l))
	})
}

// sessionsList is a page of the list of sessions.
type sessionsList struct {
	Rows        []sessionRow
	At, Of, All int
	Gap         time.Duration
}

// pageNumber reads a whole number from 1 on as addresses have it: one way of writing
// for each.
func pageNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && strconv.Itoa(n) == s
}

// sessionPage shows one session.
func (s *Server) sessionPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	n, ok := pageNumber(r.PathValue("n"))
	return v.studying(r.Context(), func(p *portrait) error {
		if !ok || n > p.listener.Sessions.Len() {
			return notFound(v.Tongue)
		}
		l, err := v.heard(r.Context(), p, n-1, n)
		if err != nil {
			return err
		}
		return v.show(w, r, http.StatusOK, page{Title: v.Say("A session"), Nav: navMoods}, sessionPage(v, oneSession(v, p, l)))
	})
}

// heardSession is a session as its page shows it.
type heardSession struct {
	sessionRow
	segue.Session
	Of       int // sessions in all
	Interval recommend.PlaneInterval
	Moods    []membership // the most likely first
	Listed   []heardPlay
	Plane    string
}

// membership is how much a session belongs to a mood.
type membership struct {
	Mood, Bar, Share string // the first two HTML
}

// heardPlay is a play in the list of a session.
type heardPlay struct {
	Number        int // on the plane, from 1; 0 for what does not count there
	Time, Long    string
	Title, Artist string
	Mood          string // HTML; empty if it has no place
	Skipped       bool
}

// oneSession returns the only one of some sessions.
func oneSession(v *visit, p *portrait, l *heardPart) heardSession {
	s := l.sessions[0]
	h := heardSession{sessionRow: v.row(l, 0), Session: s, Of: p.listener.Sessions.Len()}
	if s.HasMood {
		h.Interval = recommend.IntervalOf(s.Position, s.StdErr)
		moods := segue.Moods()
		slices.SortStableFunc(moods[:], func(a, b segue.Mood) int {
			if s.Membership[a] > s.Membership[b] {
				return -1
			}
			return 1
		})
		for _, m := range moods {
			of := tell.Mark(m)
			h.Moods = append(h.Moods, membership{
				Mood: of.InlineIn(v.Tongue), Share: v.Percent(s.Membership[m]),
				Bar: chart.DrawBar(chart.Bar{Value: s.Membership[m], Lo: s.Membership[m], Hi: s.Membership[m], Of: &of}, ""),
			})
		}
	}
	var tracks []chart.Track
	for i := s.First; i < min(s.Last, s.First+listedPlays); i++ {
		one := listedPlay(v, l, i)
		if at, ok := placeOf(l.Listening, i); ok {
			mark := tell.Mark(segue.LabelOf(at))
			one.Mood = mark.InlineIn(v.Tongue)
			if l.Plays[i].Played >= segue.MinimumPlay { // as the session's mood counts them
				tracks = append(tracks, chart.Track{Valence: at.Valence, Arousal: at.Arousal, Mark: mark, Label: one.Title, By: one.Artist})
				one.Number = len(tracks)
			}
		}
		h.Listed = append(h.Listed, one)
	}
	if len(tracks) > 0 {
		h.Plane = sessionPlane(v.Tongue, tracks, s)
	}
	return h
}

// z95 is how many standard errors a normal 95 % interval reaches to each side.
const z95 = 1.96

func sessionPlane(t *language.Tongue, tracks []chart.Track, s segue.Session) string {
	var mean *chart.Uncertain
	desc := t.Say("%d plays of the session, joined in order.", len(tracks))
	if s.HasMood {
		mean = &chart.Uncertain{X: s.Position.Valence, Y: s.Position.Arousal, Label: t.Say("The session"), RX: z95 * s.StdErr.Valence, RY: z95 * s.StdErr.Arousal}
		desc += " " + t.Say("Their mean lies at pleasantness %.2f and energy %.2f.", s.Position.Valence, s.Position.Arousal)
	}
	return chart.DrawSession(tracks, mean, chart.Caption{ID: "session", Title: t.Say("The session on the plane"), Desc: desc, In: t})
}

// listedPlay returns what a list says of play i, but for its mood.
func listedPlay(v *visit, l *heardPart, i int) heardPlay {
	p := l.Plays[i]
	one := heardPlay{
		Time: language.Time(p.StartedAt().In(v.zone())), Title: shortened(p.Track.Title), Artist: shownArtist(p.Track.Artist),
		Skipped: p.WasSkipped(lengthOf(l.Listening, i)),
	}
	if !p.Scrobble { // else it is not known
		one.Long = language.Clock(p.Played)
	}
	return one
}

// shownArtist returns a play's artists, empty where it names none.
func shownArtist(name string) string {
	if strings.TrimSpace(name) == "" {
		return ""
	}
	return shortened(name)
}

// placeOf returns where play i lies on the plane, and whether it does.
func placeOf(l session.Listening, i int) (segue.Affect, bool) {
	row := rowOf(l, i)
	if row < 0 || row >= len(l.Positions) {
		return segue.Nowhere(), false
	}
	at := l.Positions[row]
	return at, at.Known()
}

// lengthOf returns the length of play i's track, 0 where it is unknown.
func lengthOf(l session.Listening, i int) time.Duration {
	row := rowOf(l, i)
	if c := l.Catalog; c != nil && row >= 0 && row < len(c.DurationMS) {
		return c.Duration(row)
	}
	return 0
}

// rowOf returns play i's row of the catalogue, −1 if it has none.
func rowOf(l session.Listening, i int) int {
	if l.Matches == nil || l.Matches[i].Rung == segue.Unmatched {
		return -1
	}
	return int(l.Matches[i].Row)
}

// secondsOf returns seconds as a duration.
func secondsOf(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
