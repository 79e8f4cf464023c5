package recommend

import (
	"context"
	"time"

	"segue/language"
	"segue/playlist"
)

// Plan builds an hour from the music m, for listener l with profile p; both may
// be nil, the hour is then made of the catalogue alone. It is the playlist of
// what RequestOf asks of the tracks of Music.Library; where the listener's style
// brought the night rules, the playlist's notes say it. Errors are those of
// RequestOf, Music.Library and playlist.Plan.
func Plan(ctx context.Context, m *Music, l *Listener, p *Profile, w Wish) (*playlist.Playlist, error) {
	return hourOf(ctx, nil, m, nil, l, p.leaning(), w)
}

// PlanIn is Plan for a listener who reads t; nil is English. The music is the same
// in every language.
func PlanIn(ctx context.Context, t *language.Tongue, m *Music, l *Listener, p *Profile, w Wish) (*playlist.Playlist, error) {
	return hourOf(ctx, t, m, nil, l, p.leaning(), w)
}

// hourOf builds the hour of a listener with a leaning, in a language; pool, which may be
// nil, is what others hear out.
func hourOf(ctx context.Context, tongue *language.Tongue, m *Music, pool *playlist.FinishingPool, l *Listener, t leaning, w Wish) (*playlist.Playlist, error) {
	r, err := w.request(l, t)
	if err != nil {
		return nil, err
	}
	library, err := m.shelf(l, t)
	if err != nil {
		return nil, err
	}
	hour, err := playlist.Plan(ctx, library.In(tongue).Pooled(pool), r)
	if err != nil {
		return nil, err
	}
	if r.Night && !w.Night {
		hour.Notes = append(hour.Notes, tongue.Say("The night rules hold at any hour, as late hours are your listening room; say where to go, and they hold at night only."))
	}
	return hour, nil
}

// IsFestive reports whether music of the season is welcome: from 1 December to
// 6 January by the listener's calendar. (d)
func IsFestive(at time.Time, zone *time.Location) bool {
	if zone != nil {
		at = at.In(zone)
	}
	return at.Month() == time.December || at.Month() == time.January && at.Day() <= 6
}

// IsNight reports whether the night rules hold at a moment: 22:30 to 05:00 by
// the listener's clock. (docs/science.md §6)
func IsNight(at time.Time, zone *time.Location) bool {
	if zone != nil {
		at = at.In(zone)
	}
	minute := at.Hour()*60 + at.Minute()
	return minute >= 22*60+30 || minute < 5*60
}
