package adapt

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/hearing"
)

// ErrChanged says that exposures were all made under another version of the policy.
var ErrChanged = errors.New("the policy was changed since")

// A Trial is an hour for which an action was drawn.
type Trial struct {
	Listener     string
	Hour         string
	At           time.Time
	Context      int // into Contexts
	Action       int // into Actions
	Propensity   float64
	Propensities []float64    // of every action
	Reward       segue.Number // 1 or 0; missing if nothing was said in time
	Waiting      bool         // nothing was said, and there is still time
}

// Counts are what became of the records.
type Counts struct {
	Events   int `json:"events"`    // that were read
	Copies   int `json:"copies"`    // of them with an id that was there before
	Later    int `json:"later"`     // after the time of the reading: left out
	Foreign  int `json:"foreign"`   // exposures of experiments and other policies
	Versions int `json:"versions"`  // exposures of other versions of this policy: left out
	Again    int `json:"again"`     // exposures of an hour that has one: the first counts
	Refused  int `json:"refused"`   // exposures that the policy cannot have made: left out
	Hours    int `json:"hours"`     // that count
	Known    int `json:"known"`     // of them with a reward
	Waiting  int `json:"waiting"`   // … with none yet, within the horizon
	Missing  int `json:"missing"`   // … with none
	TooLate  int `json:"late"`      // of the missing, those of which something was said after the horizon
	Backward int `json:"backwards"` // of the missing, those whose check-in after is earlier than that before
}

// Answered returns the share of hours whose horizon has passed that have a reward.
func (c Counts) Answered() segue.Number {
	if c.Known+c.Missing == 0 {
		return segue.Missing()
	}
	return segue.Number(float64(c.Known) / float64(c.Known+c.Missing))
}

// A Gatherer makes trials from events that come in any order, some twice.
type Gatherer struct {
	p      *Policy
	ref    string
	asOf   time.Time
	latest time.Time
	counts Counts
	dedupe event.Dedupe
	shown  []event.Event
	said   map[hour]*said
	// Lenient leaves out exposures that the policy cannot have made, and counts them. Else
	// the first of them is Trials' error.
	Lenient bool
}

type hour struct{ listener, id string }

// said is what was said of an hour: only what came in time can be told once its exposure
// is known, so all of it is kept, of which there is little.
type said struct{ events []event.Event }

// Gather begins a reading as of a time: what happened later is left out. The zero time is
// no bound, and the reading is then as of the last event.
func (p *Policy) Gather(asOf time.Time) *Gatherer {
	return &Gatherer{p: p, ref: p.Ref(), asOf: asOf, said: map[hour]*said{}}
}

// Add takes events. Its error is event.ErrTooMany.
func (g *Gatherer) Add(events []event.Event) error {
	for i := range events {
		e := &events[i]
		g.counts.Events++
		if !g.asOf.IsZero() && e.At.After(g.asOf) {
			g.counts.Later++
			continue
		}
		switch e.Kind {
		case event.Exposure, event.Reflection, event.CheckInBefore, event.CheckInAfter:
		default:
			g.latest = later(g.latest, e.At)
			continue
		}
		first, err := g.dedupe.First(e.Listener, e.ID)
		if err != nil {
			return err
		}
		if !first {
			g.counts.Copies++
			continue
		}
		g.latest = later(g.latest, e.At)
		if e.Kind == event.Exposure {
			g.shown = append(g.shown, e.Keep())
		} else if e.Hour != "" {
			of := hour{e.Listener, e.Hour}
			if g.said[of] == nil {
				g.said[of] = &said{}
			}
			kept := e.Keep()
			kept.Words = ""
			g.said[of].events = append(g.said[of].events, kept)
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Trials returns an hour each, by time and listener, and what became of the records. Of
// several exposures of an hour the first counts, of what was said the last in time.
//
// The error is that of an exposure the policy cannot have made: an unknown context or
// action, chances that do not sum to 1 or of which the drawn one is not its action's. It
// wraps ErrChanged if there are exposures of the policy's id and all bear another version.
func (g *Gatherer) Trials() ([]Trial, Counts, error) {
	c := g.counts
	asOf := g.asOf
	if asOf.IsZero() {
		asOf = g.latest
	}
	var own []event.Event
	for _, e := range g.shown {
		id, _, _ := strings.Cut(e.Experiment, "@")
		switch {
		case id != g.p.ID:
			c.Foreign++
		case e.Experiment != g.ref:
			c.Versions++
		default:
			own = append(own, e)
		}
	}
	if len(own) == 0 && c.Versions > 0 {
		return nil, c, fmt.Errorf("%w: %d exposures of %q bear another version than %s; give the file of the policy under which they were made", ErrChanged, c.Versions, g.p.ID, g.ref[len(g.p.ID)+1:])
	}
	event.Sort(own)
	var trials []Trial
	seen := map[hour]bool{}
	for _, e := range own {
		t, err := g.p.trial(e)
		if err != nil {
			if !g.Lenient {
				return nil, c, err
			}
			c.Refused++
			continue
		}
		of := hour{e.Listener, e.Hour}
		if seen[of] {
			c.Again++
			continue
		}
		seen[of] = true
		end := e.At.Add(g.p.horizon())
		var late, backwards bool
		if s := g.said[of]; s != nil {
			t.Reward, late, backwards = g.p.reward(s, end)
		}
		c.Hours++
		switch {
		case t.Reward.Known():
			c.Known++
		case asOf.Before(end):
			t.Waiting = true
			c.Waiting++
		default:
			c.Missing++
			if late {
				c.TooLate++
			}
			if backwards {
				c.Backward++
			}
		}
		trials = append(trials, t)
	}
	slices.SortStableFunc(trials, func(a, b Trial) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Listener, b.Listener), strings.Compare(a.Hour, b.Hour))
	})
	return trials, c, nil
}

// trial reads an exposure, or says why the policy cannot have made it.
func (p *Policy) trial(e event.Event) (Trial, error) {
	bad := func(text string, args ...any) (Trial, error) {
		return Trial{}, fmt.Errorf("exposure %q %s; take it out, or give the policy's own file", e.ID, fmt.Sprintf(text, args...))
	}
	t := Trial{Listener: e.Listener, Hour: e.Hour, At: e.At, Context: p.context(e.Context), Action: p.action(e.Arm), Propensity: e.Propensity, Reward: segue.Missing()}
	switch {
	case e.Hour == "":
		return bad("names no hour")
	case t.Context < 0:
		return bad("names the context %.40q, which the policy does not have", e.Context)
	case t.Action < 0:
		return bad("is to the action %.40q, which the policy does not have", e.Arm)
	}
	var err error
	if t.Propensities, err = parseShares(e.Propensities, len(p.Actions)); err != nil {
		return bad("cannot be read: %v", err)
	}
	if of := t.Propensities[t.Action]; !(e.Propensity > 0) || math.Abs(of-e.Propensity) > 1e-6 {
		return bad("has the propensity %v, and among all of them its action has %v", e.Propensity, of)
	}
	return t, nil
}

// step is how much nearer to the target counts: the side of a cell of the grid, as less may
// be a slip of the finger. (d)
const step = 1. / (segue.GridSize - 1)

// Succeeded reports whether an hour of which everything was said is a success: where the
// listener was before and after it and wanted to be, and how it felt.
func (p *Policy) Succeeded(before, after, target segue.Cell, feel int) bool {
	if p.Reward == FeltBetter {
		return feel >= 1
	}
	return outcome.Change(before.At(), after.At(), target.At()) >= step
}

// reward returns what counts of an hour until a time; whether something was said too
// late, and whether the clock says that the end was before the beginning.
func (p *Policy) reward(s *said, end time.Time) (r segue.Number, late, backwards bool) {
	of := p.Reward
	var feel hearing.Last
	var shift hearing.Shift
	for i := range s.events {
		e := &s.events[i]
		in := e.At.Before(end)
		switch {
		case e.Kind == event.CheckInBefore:
			shift.Before(e)
		case e.Kind == event.Reflection && of == FeltBetter && in && e.Feel != nil:
			feel.Say(e.At, int32(*e.Feel))
		case e.Kind == event.CheckInAfter && of == Nearer && in:
			shift.After(e)
		case !in && (e.Kind == event.Reflection && of == FeltBetter || e.Kind == event.CheckInAfter && of == Nearer):
			late = true
		}
	}
	yes := func(is bool) segue.Number {
		if is {
			return 1
		}
		return 0
	}
	if of == FeltBetter {
		if feel.Said {
			return yes(p.Succeeded(segue.Cell{}, segue.Cell{}, segue.Cell{}, int(feel.Value))), late, false
		}
		return segue.Missing(), late, false
	}
	now, target, from, before := shift.From()
	then, to, after := shift.To()
	switch {
	case !before || !after:
		return segue.Missing(), late, false
	case to.Before(from):
		return segue.Missing(), late, true
	}
	return yes(p.Succeeded(now, then, target, 0)), late, false
}

// Tallies counts trials by listener, those with a reward.
func (p *Policy) Tallies(trials []Trial) map[string]Tally {
	all := map[string]Tally{}
	for i := range trials {
		t := &trials[i]
		if !t.Reward.Known() {
			continue
		}
		of := all[t.Listener]
		if of == nil {
			of = p.NewTally()
			all[t.Listener] = of
		}
		if t.Reward == 1 {
			of[t.Context][t.Action].Better++
		} else {
			of[t.Context][t.Action].Other++
		}
	}
	return all
}
