package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"segue/outcome/event"
)

// ErrChanged says that exposures were made under another design than the one given.
var ErrChanged = errors.New("the design was changed after its first exposure")

// A Log is who was exposed to which arm: the first exposure of each unit, by time.
type Log struct {
	Exposures []event.Event // in the order of event.Compare, one a unit
	Copies    int           // records with an id that was there before
	Again     int           // later exposures of a unit to its own arm
	Crossed   int           // later exposures of a unit to another arm; the first counts
	Foreign   int           // exposures of other experiments, left out

	number map[unit]int // of the exposure, by unit
	count  map[string]int
}

// A unit is a listener, or one of their sessions.
type unit struct{ listener, hour string }

func (d *Design) unitOf(e event.Event) unit {
	if d.Unit == Listener {
		return unit{e.Listener, ""}
	}
	return unit{e.Listener, e.Hour}
}

// Exposures gathers the exposures to a design's arms among events in any order. The
// first of a unit counts, in the order of event.Compare; later ones are counted.
//
// An exposure made under the same id and another hash is refused with ErrChanged. So
// is one that bears no hash. An arm that the design has not, a session without an
// hour's id, and a propensity other than the arm's share are errors. Cost is
// O(n log n) in the exposures.
func (d *Design) Exposures(events []event.Event) (*Log, error) {
	ref := d.Ref()
	l := &Log{number: map[unit]int{}, count: map[string]int{}}
	var own []event.Event
	for _, e := range events {
		if e.Kind != event.Exposure {
			continue
		}
		id, _, _ := strings.Cut(e.Experiment, "@")
		if id != d.ID {
			l.Foreign++
			continue
		}
		if err := d.admit(e, ref); err != nil {
			return nil, err
		}
		own = append(own, e)
	}
	event.Sort(own)
	seen := map[[2]string]bool{}
	for _, e := range own {
		if key := [2]string{e.Listener, e.ID}; seen[key] {
			l.Copies++
			continue
		} else {
			seen[key] = true
		}
		u := d.unitOf(e)
		at, known := l.number[u]
		switch {
		case !known:
			l.number[u] = len(l.Exposures)
			l.count[e.Listener]++
			l.Exposures = append(l.Exposures, e)
		case l.Exposures[at].Arm == e.Arm:
			l.Again++
		default:
			l.Crossed++
		}
	}
	return l, nil
}

// admit refuses an exposure that the design cannot have made.
func (d *Design) admit(e event.Event, ref string) error {
	switch {
	case e.Experiment != ref:
		_, hash, _ := strings.Cut(e.Experiment, "@")
		if hash == "" {
			hash = "no hash"
		}
		return fmt.Errorf("%w: exposure %q bears %s, and this file has %s; use the design that was frozen, or give the new one its own id", ErrChanged, e.ID, hash, ref[len(d.ID)+1:])
	case d.arm(e.Arm) < 0:
		return fmt.Errorf("exposure %q is to the arm %.40q, which the design does not have", e.ID, e.Arm)
	case d.Unit == Session && e.Hour == "":
		return fmt.Errorf("exposure %q names no hour, and sessions are the unit", e.ID)
	case e.Propensity != 0 && !near(e.Propensity, d.Share(e.Arm)):
		return fmt.Errorf("exposure %q has the propensity %v, and the arm's share is %v", e.ID, e.Propensity, d.Share(e.Arm))
	}
	return nil
}

// near allows for a propensity that was written with fewer digits.
func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

// Expose returns the exposure of a listener's hour, at a time and the minutes east of
// UTC where they are: the next of the listener's draws, or, where the unit has been
// exposed before, that exposure again and old true. It does not change the log: what
// comes back has to be kept before it is acted on, and added with Add.
//
// The id is a hash of design, listener and hour: written twice, it counts once.
func (d *Design) Expose(l *Log, listener, hour string, at time.Time, offset int) (e event.Event, old bool, err error) {
	if d.Unit == Listener {
		hour = ""
	} else if hour == "" {
		return e, false, errors.New("sessions are the unit: name the hour")
	}
	if listener == "" {
		return e, false, errors.New("name the listener, by a pseudonym")
	}
	if i, ok := l.number[unit{listener, hour}]; ok {
		return l.Exposures[i], true, nil
	}
	if h := d.Horizon; h.Units > 0 && len(l.Exposures) >= h.Units {
		return e, false, fmt.Errorf("all %d units of the horizon have been exposed: the experiment is over", h.Units)
	}
	if end, ok := d.Horizon.End(); ok && !at.Before(end) {
		return e, false, fmt.Errorf("the experiment ended with %s", d.Horizon.Until)
	}
	n := l.count[listener]
	if n >= MaxSessions {
		return e, false, fmt.Errorf("the listener has had %d sessions; that is the most", n)
	}
	a := d.Assign(listener, n)
	ref := d.Ref()
	sum := sha256.Sum256([]byte(ref + "\x00" + listener + "\x00" + hour))
	e = event.Event{
		Schema: event.Schema, ID: "exposure-" + hex.EncodeToString(sum[:16]), Listener: listener, Kind: event.Exposure,
		At: at.UTC().Truncate(time.Millisecond), Offset: offset, Source: event.API,
		Hour: hour, Experiment: ref, Arm: a.Arm, Propensity: a.Propensity,
	}
	return e, false, e.Validate()
}

// Add takes an exposure that Expose made into the log.
func (l *Log) Add(d *Design, e event.Event) {
	u := d.unitOf(e)
	if _, ok := l.number[u]; ok {
		return
	}
	l.number[u] = len(l.Exposures)
	l.count[e.Listener]++
	l.Exposures = append(l.Exposures, e)
}

// Undrawn returns how many exposures are to another arm than the design draws for
// the nth unit of their listener, by time. Clocks that went backwards make a few;
// many mean that somebody else chose.
func (d *Design) Undrawn(l *Log) int {
	draws, undrawn := map[string]*draws{}, 0
	for _, e := range l.Exposures {
		if draws[e.Listener] == nil {
			draws[e.Listener] = d.draws(e.Listener)
		}
		if draws[e.Listener].next().Arm != e.Arm {
			undrawn++
		}
	}
	return undrawn
}
