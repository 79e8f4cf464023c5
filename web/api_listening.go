package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"segue"
	"segue/account"
	"segue/match"
	"segue/recommend"
	"segue/session"
)

// A mooded is what can be said of a person's listening.
type apiMoods struct {
	TimeZone    string               `json:"time_zone" doc:"Whose hours and days these are."`
	Coverage    match.Coverage       `json:"coverage" doc:"How much of the listening could be placed, all else rests on."`
	Usual       session.Usual        `json:"usual" doc:"The usual mood and the share of each, with 95 % intervals, behind their gates."`
	Transitions []apiTransition      `json:"transitions" doc:"How often a session of one mood was followed by one of another."`
	Inertia     apiInertia           `json:"inertia"`
	Swing       segue.Number         `json:"swing" doc:"How far one session lies from the next, root mean square, 0 to √2."`
	Trends      session.Trends       `json:"trends" doc:"Whether days have been changing, of the last year."`
	Habits      recommend.HabitsView `json:"habits" doc:"The last 28 days."`
	Gates       []recommend.GateView `json:"gates" doc:"What each claim needs, and what there is."`
	Summed      int                  `json:"summed_days" doc:"Days that only sums are left of; they are in the rhythm alone."`
}

// A transition is a step from one session with a mood to the next.
type apiTransition struct {
	From  segue.Mood `json:"from"`
	To    segue.Mood `json:"to"`
	Count int        `json:"count" minimum:"0"`
}

// An inertia is how much a session's mood takes after the one before.
type apiInertia struct {
	Valence segue.Number `json:"valence" doc:"Lag-1 autocorrelation over sessions, −1 to 1."`
	Arousal segue.Number `json:"arousal" doc:"Lag-1 autocorrelation over sessions, −1 to 1."`
}

// A rhythm is what was heard at the hours of the week.
type apiRhythm struct {
	TimeZone string              `json:"time_zone"`
	Week     [7][24]session.Cell `json:"week" doc:"By day of the week, Sunday first, and local hour."`
	Summed   int                 `json:"summed_days" doc:"Days in it of which only sums are left."`
}

// A heard is a session.
type apiSession struct {
	N int `json:"n" minimum:"1" doc:"From 1, the earliest."`
	recommend.SessionView
}

// A detailed is a session with its plays.
type apiSessionDetail struct {
	N int `json:"n" minimum:"1" doc:"From 1, the earliest."`
	recommend.SessionView
	Listed []apiPlay `json:"listed" doc:"The plays in order, the first 500."`
}

// A play is one play of a session.
type apiPlay struct {
	Started  time.Time     `json:"started"`
	Seconds  *float64      `json:"seconds" doc:"How long it was heard; null where the export does not say."`
	Title    string        `json:"title"`
	Artist   string        `json:"artist" doc:"Empty where none is named."`
	Skipped  bool          `json:"skipped"`
	Counts   bool          `json:"counts" doc:"Whether it was heard for 30 seconds or longer, as moods count it."`
	Position *segue.Affect `json:"position" doc:"Where it lies on the plane; null where it could not be placed."`
	Mood     *segue.Mood   `json:"mood"`
}

// A catalogue is the music that listening is heard in.
type apiCatalogue struct {
	Tracks    int    `json:"tracks"`
	Placed    int    `json:"placed" doc:"Tracks that have a place on the plane."`
	Version   string `json:"version" doc:"Changes with the table."`
	Artists   int    `json:"artists"`
	Genres    int    `json:"genres"`
	Durations int    `json:"with_duration" doc:"Tracks of known length."`
}

func listeningRead() []account.Scope { return []account.Scope{account.ListeningRead} }

func (a *api) describeListening() {
	operate(a, operation{
		id: "getCatalogue", method: http.MethodGet, path: "/catalogue", tag: "listening", title: "The music there is",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiCatalogue], error) {
		m, err := c.music(ctx)
		if err != nil {
			return nil, err
		}
		out := apiCatalogue{Tracks: m.Catalog.Len(), Version: m.Catalog.Version, Artists: len(m.Catalog.Artists.Values), Genres: len(m.Catalog.Genres.Values)}
		for i, at := range m.Positions {
			if at.Known() {
				out.Placed++
			}
			if m.Catalog.Duration(i) > 0 {
				out.Durations++
			}
		}
		return &answered[apiCatalogue]{out}, nil
	})

	operate(a, operation{
		id: "getMoods", method: http.MethodGet, path: "/moods", tag: "listening", title: "Moods of the listening",
		about:  "Usual mood, shares of time, habits and trends, each behind the gate that says how much listening it takes. Needs the consent `moods`.",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiMoods], error) {
		p, err := c.listening(ctx)
		if err != nil {
			return nil, err
		}
		return &answered[apiMoods]{moodsBody(p)}, nil
	})

	operate(a, operation{
		id: "getRhythm", method: http.MethodGet, path: "/rhythm", tag: "listening", title: "Hours of the week",
		about:  "What was heard at each hour of the week, by single plays and by the sums that are left of earlier ones.",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiRhythm], error) {
		d, summed, err := c.rhythm(ctx)
		if err != nil {
			return nil, err
		}
		return &answered[apiRhythm]{apiRhythm{TimeZone: c.zone().String(), Week: d.Week, Summed: summed}}, nil
	})

	operate(a, operation{
		id: "listDays", method: http.MethodGet, path: "/rhythm/days", tag: "listening", title: "Days with listening",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[session.Day]], error) {
		d, _, err := c.rhythm(ctx)
		if err != nil {
			return nil, err
		}
		days, next, err := part(c, *in, d.Days, func(d session.Day) cursor {
			at, _ := time.Parse(time.DateOnly, d.Date) // as it was written
			return cursor{at, d.Date}
		})
		return listed(days, next), err
	})

	operate(a, operation{
		id: "listSessions", method: http.MethodGet, path: "/sessions", tag: "listening", title: "Sessions, the latest first",
		about:  "A session is a run of plays without a pause of half an hour. Its mood brings its 95 % interval and the share of the time it rests on.",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiSession]], error) {
		p, err := c.listening(ctx)
		if err != nil {
			return nil, err
		}
		all := p.listener.Sessions
		order := make([]int, all.Len())
		for i := range order {
			order[i] = len(order) - 1 - i // nearly in the order of the answer
		}
		some, next, err := part(c, *in, order, func(i int) cursor { return cursor{all.Start(i), sessionID(i)} })
		if err != nil {
			return nil, err
		}
		var out []apiSession
		for _, i := range some {
			out = append(out, apiSession{i + 1, recommend.ViewOf(all.At(i), time.UTC)})
		}
		return listed(out, next), nil
	})

	operate(a, operation{
		id: "getSession", method: http.MethodGet, path: "/sessions/{n}", tag: "listening", title: "A session and its plays",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, in *struct {
		N int `path:"n" minimum:"1" doc:"Its number."`
	}) (*answered[apiSessionDetail], error) {
		var out apiSessionDetail
		err := c.studying(ctx, func(p *portrait) error {
			if in.N > p.listener.Sessions.Len() {
				return notFound(c.Tongue)
			}
			l, err := c.heard(ctx, p, in.N-1, in.N)
			if err != nil {
				return err
			}
			s := l.sessions[0]
			out = apiSessionDetail{N: in.N, SessionView: recommend.ViewOf(s, time.UTC), Listed: []apiPlay{}}
			for i := range min(s.Plays(), listedPlays) {
				out.Listed = append(out.Listed, playOf(l.Listening, i))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return &answered[apiSessionDetail]{out}, nil
	})
}

// sessionID orders sessions that begin at one moment.
func sessionID(i int) string { return fmt.Sprintf("%08d", i) }

func moodsBody(p *portrait) apiMoods {
	d := p.profile.Dynamics
	m := apiMoods{
		TimeZone: p.profile.TimeZone, Coverage: p.profile.Coverage, Usual: p.profile.Usual,
		Inertia: apiInertia{d.InertiaValence, d.InertiaArousal}, Swing: d.Swing,
		Trends: p.profile.Trends, Habits: p.profile.Habits, Gates: p.profile.Gates, Summed: p.summed, Transitions: []apiTransition{},
	}
	for from := range d.Transitions {
		for to, n := range d.Transitions[from] {
			m.Transitions = append(m.Transitions, apiTransition{segue.Mood(from), segue.Mood(to), n})
		}
	}
	return m
}

// rhythm returns the hours and days of who visits, and how many of the days only sums
// are left of: of all of them, where no single plays are.
func (c *call) rhythm(ctx context.Context) (session.Dynamics, int, error) {
	p, err := c.listening(ctx)
	if err == nil {
		return p.rhythm.Dynamics, p.summed, nil
	}
	sums, err := c.sumsLeft(ctx, err)
	if err != nil {
		return session.Dynamics{}, 0, err
	}
	d, _ := dynamicsOf(sums)
	return d, len(d.Days), nil
}

// playOf returns play i of a listening.
func playOf(l session.Listening, i int) apiPlay {
	p := l.Plays[i]
	one := apiPlay{
		Started: p.StartedAt().UTC(), Title: shortened(p.Track.Title), Artist: shownArtist(p.Track.Artist),
		Skipped: p.WasSkipped(lengthOf(l, i)), Counts: p.Played >= segue.MinimumPlay,
	}
	if !p.Scrobble {
		one.Seconds = new(p.Played.Seconds())
	}
	if at, ok := placeOf(l, i); ok {
		one.Position, one.Mood = &at, new(segue.LabelOf(at))
	}
	return one
}
