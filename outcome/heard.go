package outcome

import "time"

// HeardPercent is how much of an hour's planned time makes it heard to its end, in
// percent. (docs/science.md §7)
const HeardPercent = 80

// Completed reports whether an hour was heard to its end: at least HeardPercent of its
// planned time, which is above 0.
func Completed(heard, planned time.Duration) bool {
	return planned > 0 && 100*heard.Milliseconds() >= HeardPercent*planned.Milliseconds()
}

// Late night lasts from NightBegins to NightEnds by the listener's clock, in hours.
// Music at that time may cost sleep, so that its minutes are watched as a harm and
// never counted as a success. (docs/science.md §7; d)
const (
	NightBegins = 23
	NightEnds   = 6
)

// NightHeard returns how much of [end − heard, end] lies in the late night of a place
// offset minutes east of UTC. heard is not negative. O(days heard).
func NightHeard(end time.Time, heard time.Duration, offset int) time.Duration {
	const day = 24 * time.Hour
	// Nights repeat daily: it is enough to know the moment in its day.
	local := time.Duration(end.UnixMilli()+int64(offset)*60_000) * time.Millisecond
	begin := local - heard
	night := time.Duration(0)
	// A night that begins on day d ends on day d + 1.
	for d := floorDiv(begin, day) - 1; d*day+NightBegins*time.Hour < local; d++ {
		from, to := d*day+NightBegins*time.Hour, (d+1)*day+NightEnds*time.Hour
		night += max(0, min(to, local)-max(from, begin))
	}
	return night
}

// IsNight reports whether a moment lies in the late night of a place offset minutes
// east of UTC.
func IsNight(at time.Time, offset int) bool {
	const hour = 3_600_000
	local := at.UnixMilli() + int64(offset)*60_000
	h := (local%(24*hour) + 24*hour) % (24 * hour) / hour
	return h >= NightBegins || h < NightEnds
}

func floorDiv(a, b time.Duration) time.Duration {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
