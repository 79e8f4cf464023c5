package session

import (
	"time"

	"segue"
)

// dayOf numbers the local calendar day of t: days since 1970-01-01, whatever
// the lengths of the days between.
func dayOf(t time.Time, zone *time.Location) int {
	_, east := t.In(zone).Zone()
	seconds := t.Unix() + int64(east)
	day := seconds / 86400
	if seconds%86400 < 0 {
		day-- // before 1970 days are counted downward
	}
	return int(day)
}

// dateOf writes a day's number as a date.
func dateOf(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// eachHour cuts a play at the local full hours and visits its pieces: when the
// piece began, local, and how long it lasted.
func eachHour(p segue.Play, zone *time.Location, visit func(local time.Time, lasted time.Duration)) {
	for at, left := p.StartedAt(), p.Played; left > 0; {
		local := at.In(zone)
		into := time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
		piece := min(left, time.Hour-into)
		visit(local, piece)
		at, left = at.Add(piece), left-piece
	}
}
