package web

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"segue"
	"segue/recommend"
	"segue/store"
)

// retain lets single plays go whose time has come, now and once a day while the server
// runs, and what has expired of signing in and of requests sent again, once an hour.
func (s *Server) retain() {
	s.again(24*time.Hour, "old plays could not be let go", s.letGo)
	s.again(time.Hour, "what has expired could not be let go", s.kept.DropExpired)
}

// again does something now and then every so often, until the server ends.
func (s *Server) again(every time.Duration, failing string, do func(ctx context.Context, now time.Time) error) {
	s.tasks.begin(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if err := rescued(func() error { return do(s.ctx, s.now()) }); err != nil && s.ctx.Err() == nil {
				s.o.Log.LogAttrs(s.ctx, slog.LevelError, failing, slog.String("kind", kindOf(err)))
			}
			select {
			case <-tick.C:
			case <-s.ctx.Done():
				return
			}
		}
	})
}

// letGo reduces, for every listener, the plays of imports that were brought longer
// ago than the listener keeps single plays to sums by the local hour. One
// listener's failure does not hold up the others.
func (s *Server) letGo(ctx context.Context, now time.Time) error {
	all, err := s.kept.Listeners(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, who := range all {
		if gone, err := s.kept.ExpiredPlays(ctx, who.ID, now.AddDate(0, 0, -retentionOf(who))); err != nil || len(gone) == 0 {
			failed = errors.Join(failed, err)
			continue
		}
		// The music is loaded before an import is held up by this.
		if _, err := s.own.get(ctx); ctx.Err() != nil {
			return err
		}
		v := &visit{server: s, who: who, at: now}
		j, fresh := s.begin(v)
		if !fresh {
			continue // an import is merging with these very plays; tomorrow, then
		}
		err := rescued(func() error { return s.letGoOf(ctx, who.ID, now) })
		s.end(j, err)
		s.imports.drop(j)
		failed = errors.Join(failed, err)
	}
	return failed
}

// letGoOf lets go of what is too old of a listener, of whom nothing is imported
// meanwhile.
func (s *Server) letGoOf(ctx context.Context, id string, now time.Time) error {
	defer s.changing.alone(id)()
	who, err := s.kept.Listener(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted meanwhile
	} else if err != nil {
		return err
	}
	v := &visit{server: s, who: who, known: true, at: now}
	before := now.AddDate(0, 0, -v.retention())
	plays, err := s.kept.ExpiredPlays(ctx, who.ID, before)
	if err != nil || len(plays) == 0 {
		return err
	}
	// Without the consent to read moods none is computed of what remains, either.
	var music *recommend.Music
	if v.consents, err = s.kept.Consents(ctx, who.ID); err != nil {
		return err
	}
	if v.allows(store.Moods) {
		// A table that cannot be read any more must not keep the plays.
		if music, err = s.own.get(ctx); err != nil && ctx.Err() != nil {
			return err
		}
		if music != nil {
			music, _ = s.own.by(music, s.inUse(ctx))
		}
	}
	sums, err := sumsOf(ctx, music, plays, v.zone())
	if err != nil {
		return err
	}
	if err := s.kept.Reduce(ctx, who.ID, before, sums); err != nil {
		return err
	}
	s.portraits.forget(who.ID)
	s.drafts.forgetOf(who.ID)
	return nil
}

// sumsOf adds plays up by local hour. A play counts in the hour in which it began;
// the time heard is cut at full hours. Without music nothing has a place.
func sumsOf(ctx context.Context, music *recommend.Music, plays []segue.Play, zone *time.Location) ([]store.HourSum, error) {
	l, err := recommend.Listen(ctx, music, plays, recommend.ListenOptions{Location: zone})
	if err != nil {
		return nil, err
	}
	type hour struct {
		date string
		hour int
	}
	sums := map[hour]*store.HourSum{}
	at := func(t time.Time) *store.HourSum {
		key := hour{t.Format(time.DateOnly), t.Hour()}
		if sums[key] == nil {
			sums[key] = &store.HourSum{Date: key.date, Hour: key.hour}
		}
		return sums[key]
	}
	for i, p := range plays {
		place, length := segue.Nowhere(), time.Duration(0)
		if music != nil && l.Listening.Matches[i].Rung != segue.Unmatched {
			row := l.Listening.Matches[i].Row
			place, length = music.Positions[row], music.Catalog.Duration(int(row))
		}
		from, to := p.StartedAt().In(zone), p.EndedAt.In(zone)
		first := at(from)
		first.Plays++
		if p.WasSkipped(length) {
			first.Skips++
		}
		for from.Before(to) {
			next := from.Add(time.Hour - time.Duration(from.Minute())*time.Minute - time.Duration(from.Second())*time.Second - time.Duration(from.Nanosecond()))
			if next.After(to) {
				next = to
			}
			sum, heard := at(from), next.Sub(from).Seconds()
			sum.Seconds += heard
			if place.Known() && p.Played >= segue.MinimumPlay {
				sum.Featured += heard
				sum.Valence += heard * place.Valence
				sum.Arousal += heard * place.Arousal
			}
			from = next
		}
	}
	out := make([]store.HourSum, 0, len(sums))
	for _, sum := range sums {
		out = append(out, *sum)
	}
	slices.SortFunc(out, func(a, b store.HourSum) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Hour, b.Hour))
	})
	return out, nil
}
