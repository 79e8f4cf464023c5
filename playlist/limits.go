package playlist

import (
	"segue"
)

// The night rules and forbidden zones. (docs/science.md §6; d) They are safety
// limits: no option, arm or relaxation lifts them.
const (
	NightArousal     = .55 // no track above it at night
	NightCalm        = .25 // a night's target may always be this low, and need not be lower
	NightLateArousal = .35 // nor is the arc above it over the last half
	NightEndTempo    = 80  // BPM the last track of a night does not exceed, where known

	SadZoneValence = .40 // on a sad path no track lies below it
	SadZoneArousal = .65 // … and above this at once

	// TailMinutes is how long before the end a sad path's mean valence is held
	// to that of its start.
	TailMinutes = 15
)

// limits are the places a playlist may never be: functions of the request only.
type limits struct {
	night   bool
	sad     bool         // a path that starts in sad
	start   segue.Affect // after the limits were applied to it
	ceiling float64      // of the arc's arousal at night
}

// newLimits returns the limits of a request, and its start and target moved
// inside them.
func newLimits(from, to segue.Affect, night bool) (l limits, start, target segue.Affect) {
	l = limits{night: night, sad: segue.LabelOf(from) == segue.Sad}
	start, target = from, to
	if night {
		start.Arousal = min(start.Arousal, NightArousal)
		l.ceiling = max(start.Arousal, NightCalm)
		target.Arousal = min(target.Arousal, l.ceiling, NightLateArousal)
	}
	if l.sad {
		target.Valence = max(target.Valence, start.Valence)
	}
	l.start = start
	target = l.allow(target)
	return l, start, target
}

// forbids reports whether a track at x may not be played.
func (l limits) forbids(x segue.Affect) bool {
	return l.night && x.Arousal > NightArousal || l.sad && inSadZone(x)
}

func inSadZone(x segue.Affect) bool { return x.Valence < SadZoneValence && x.Arousal > SadZoneArousal }

// allow moves a point to the nearest one that is not forbidden.
func (l limits) allow(x segue.Affect) segue.Affect {
	if l.night {
		x.Arousal = min(x.Arousal, NightArousal)
	}
	if l.sad && inSadZone(x) {
		if SadZoneValence-x.Valence < x.Arousal-SadZoneArousal {
			x.Valence = SadZoneValence
		} else {
			x.Arousal = SadZoneArousal
		}
	}
	return x
}

// clip brings a planned point at share τ of the time inside the limits.
func (l limits) clip(p segue.Affect, tau float64) segue.Affect {
	p = l.allow(p)
	if l.night {
		p.Arousal = min(p.Arousal, l.ceiling)
		if tau >= .5 {
			p.Arousal = min(p.Arousal, NightLateArousal)
		}
	}
	return p
}
