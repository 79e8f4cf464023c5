package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/recommend"
	"segue/session"
	"segue/store"
	"segue/tell"
)

// remains is what is left of a history whose single plays were let go.
type remains struct {
	Hours, Days string // drawings
	Seconds     float64
	Active      int       // days with listening
	LetGo       time.Time // the day the plays were let go; zero if that is not known
	Kept        int       // days they were kept
}

// sumsOr shows the sums of a listener who has no single plays but had some, and
// otherwise returns err, which says why there is nothing else to show.
func (v *visit) sumsOr(w http.ResponseWriter, r *http.Request, err error) error {
	sums, err := v.sumsLeft(r.Context(), err)
	if err != nil {
		return err
	}
	left, err := v.remains(r.Context(), v.keeper(store.Plays), sums)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Your moods"), Nav: navMoods}, sumsPage(v, left))
}

// sumsLeft returns the sums of a listener who has no single plays but had some, and
// otherwise err.
func (v *visit) sumsLeft(ctx context.Context, err error) ([]store.HourSum, error) {
	var empty *wrong
	nothing := errors.As(err, &empty) && empty.code == http.StatusConflict || errors.Is(err, ErrNoMusic)
	if !v.allows(store.Moods) || !nothing {
		return nil, err
	}
	kept := v.keeper(store.Plays)
	sums, readErr := kept.HourSums(ctx, v.who.ID)
	if readErr != nil {
		return nil, readErr
	}
	if len(sums) == 0 {
		return nil, err
	}
	plays, readErr := kept.PlaysAt(ctx, v.who.ID, 0, 1)
	if readErr != nil {
		return nil, readErr
	}
	if len(plays) > 0 {
		return nil, err // there is more than sums, and the reason stands
	}
	return sums, nil
}

// remains draws sums by the hour.
func (v *visit) remains(ctx context.Context, kept *store.Store, sums []store.HourSum) (remains, error) {
	left := remains{Kept: v.retention()}
	imports, err := kept.Imports(ctx, v.who.ID)
	if err != nil {
		return left, err
	}
	if n := len(imports); n > 0 {
		// Plays go a set number of days after the last of them were brought. If that
		// number was changed since, the day is not known any more.
		if day := imports[n-1].At.AddDate(0, 0, left.Kept); !day.After(v.at) {
			left.LetGo = day.In(v.zone())
		}
	}
	p := &recommend.Profile{}
	p.Dynamics, left.Seconds = dynamicsOf(sums)
	left.Active = len(p.Dynamics.Days)
	left.Hours = tell.HourMap(v.Tongue, p, "hours")
	left.Days = tell.Calendar(v.Tongue, p, "days")
	return left, nil
}

// dynamicsOf puts sums, in order of time, where the hour map and the calendar look
// for them, and returns the seconds of all. A cell gets a word by the rule of
// package session.
func dynamicsOf(sums []store.HourSum) (d session.Dynamics, seconds float64) {
	var week [7][24]store.HourSum
	var days []store.HourSum
	add := func(to *store.HourSum, h store.HourSum) {
		to.Seconds += h.Seconds
		to.Featured += h.Featured
		to.Valence += h.Valence
		to.Arousal += h.Arousal
	}
	for _, h := range sums {
		date, err := time.Parse(time.DateOnly, h.Date)
		if err != nil || h.Hour < 0 || h.Hour > 23 {
			panic("web: a sum of no hour") // the store lets none in
		}
		seconds += h.Seconds
		add(&week[date.Weekday()][h.Hour], h)
		if n := len(days); n == 0 || days[n-1].Date != h.Date {
			days = append(days, store.HourSum{Date: h.Date})
		}
		add(&days[len(days)-1], h)
	}
	cell := func(h store.HourSum) session.Cell {
		c := session.Cell{Seconds: h.Seconds}
		if h.Featured > 0 {
			at := segue.Affect{Valence: h.Valence / h.Featured, Arousal: h.Arousal / h.Featured}
			c.Position = &at
			if h.Featured >= session.MinimumCell.Seconds() {
				m := segue.LabelOf(at)
				c.Mood = &m
			}
		}
		return c
	}
	for day := range week {
		for hour := range week[day] {
			d.Week[day][hour] = cell(week[day][hour])
		}
	}
	for _, h := range days {
		d.Days = append(d.Days, session.Day{Date: h.Date, Cell: cell(h)})
	}
	return d, seconds
}

// withSums adds to hours and days of single plays those that only sums are left of,
// and returns how many days these are. A day that has plays is theirs alone:
// exports repeat what earlier ones held, and it would count twice. Where an hour of
// the week has both, its time is that of both and its mood that of the plays, whose
// weight a Cell does not tell.
func withSums(d session.Dynamics, sums []store.HourSum) (session.Dynamics, int) {
	played := map[string]bool{}
	for _, day := range d.Days {
		played[day.Date] = true
	}
	let, _ := dynamicsOf(slices.DeleteFunc(slices.Clone(sums), func(h store.HourSum) bool { return played[h.Date] }))
	if len(let.Days) == 0 {
		return d, 0
	}
	for day := range d.Week {
		for hour := range d.Week[day] {
			to, from := &d.Week[day][hour], let.Week[day][hour]
			to.Seconds += from.Seconds
			if to.Position == nil {
				to.Position, to.Mood = from.Position, from.Mood
			}
		}
	}
	d.Days = append(let.Days, d.Days...)
	slices.SortFunc(d.Days, func(a, b session.Day) int { return strings.Compare(a.Date, b.Date) })
	return d, len(let.Days)
}
