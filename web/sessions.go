package web

import (
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

// rows returns the sessions from first on and before end, the latest first.
func (v *visit) rows(p *portrait, first, end int) []sessionRow {
	var out []sessionRow
	for i := end - 1; i >= max(0, first); i-- {
		out = append(out, v.row(p.listener, i))
	}
	return out
}

func (v *visit) row(l *recommend.Listener, i int) sessionRow {
	s := l.Sessions[i]
	r := sessionRow{N: i + 1, Long: v.Span(s.Listened), Facts: tell.SessionFacts(v.Tongue, s)}
	r.Day, r.Hours = tell.SessionWhen(v.Tongue, s, v.zone())
	if s.HasMood {
		r.Mood, r.Place = moodName(v.Tongue, s.Mood), tell.SessionPlace(v.Tongue, s)
	}
	artists := heardMost(l.Listening.Plays[s.First:s.Last])
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
	p, err := v.listening(r.Context())
	if err != nil {
		return err
	}
	at, ok := 1, true
	if asked := r.URL.Query().Get("page"); asked != "" {
		at, ok = pageNumber(asked)
	}
	all := len(p.listener.Sessions)
	l := sessionsList{At: at, Of: max(1, (all+sessionsPerPage-1)/sessionsPerPage), All: all, Gap: p.listener.Gap}
	if !ok || at > l.Of {
		return notFound(v.Tongue)
	}
	end := all - (at-1)*sessionsPerPage
	l.Rows = v.rows(p, end-sessionsPerPage, end)
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Sessions"), Nav: navMoods}, sessionsPage(v, l))
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
	p, err := v.listening(r.Context())
	if err != nil {
		return err
	}
	n, ok := pageNumber(r.PathValue("n"))
	if !ok || n > len(p.listener.Sessions) {
		return notFound(v.Tongue)
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("A session"), Nav: navMoods}, sessionPage(v, oneSession(v, p.listener, n)))
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

func oneSession(v *visit, l *recommend.Listener, n int) heardSession {
	s := l.Sessions[n-1]
	h := heardSession{sessionRow: v.row(l, n-1), Session: s, Of: len(l.Sessions)}
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
		if at, ok := placeOf(l, i); ok {
			mark := tell.Mark(segue.LabelOf(at))
			one.Mood = mark.InlineIn(v.Tongue)
			if l.Listening.Plays[i].Played >= segue.MinimumPlay { // as the session's mood counts them
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
func listedPlay(v *visit, l *recommend.Listener, i int) heardPlay {
	p := l.Listening.Plays[i]
	one := heardPlay{
		Time: language.Time(p.StartedAt().In(v.zone())), Title: shortened(p.Track.Title), Artist: shownArtist(p.Track.Artist),
		Skipped: p.WasSkipped(lengthOf(l, i)),
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
func placeOf(l *recommend.Listener, i int) (segue.Affect, bool) {
	row := rowOf(l, i)
	if row < 0 || row >= len(l.Listening.Positions) {
		return segue.Nowhere(), false
	}
	at := l.Listening.Positions[row]
	return at, at.Known()
}

// lengthOf returns the length of play i's track, 0 where it is unknown.
func lengthOf(l *recommend.Listener, i int) time.Duration {
	row := rowOf(l, i)
	if c := l.Listening.Catalog; c != nil && row >= 0 && row < len(c.DurationMS) {
		return c.Duration(row)
	}
	return 0
}

// rowOf returns play i's row of the catalogue, −1 if it has none.
func rowOf(l *recommend.Listener, i int) int {
	if l.Listening.Matches == nil || l.Listening.Matches[i].Rung == segue.Unmatched {
		return -1
	}
	return int(l.Listening.Matches[i].Row)
}

// secondsOf returns seconds as a duration.
func secondsOf(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
