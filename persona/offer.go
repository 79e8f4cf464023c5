package persona

import (
	"fmt"
	"math"
	"slices"
	"time"

	"segue"
	"segue/language"
)

// What an offer can be.
const (
	Ask        = "ask"         // too little is known: ask how they are
	Settle     = "settle"      // an hour that winds down
	GentleLift = "gentle_lift" // an hour that brightens, slowly
	Sustain    = "sustain"     // an hour that stays
	WhereTo    = "where_to"    // ask where the music should lead
	Gentle     = "gentle"      // a gentle hour, offered unasked
	Nothing    = "nothing"     // no card
)

// The rules around a card. (d; docs/science.md §4)
const (
	CheckInHolds = 12 * time.Hour      // how long a check-in speaks for its listener
	QuietAfter   = 2                   // cards sent away …
	QuietFor     = 30 * 24 * time.Hour // … give this long without
	MaxCardAge   = 365                 // days since the last card; longer ago, or never, counts as this
	MaxActivity  = 10                  // robust z-scores beyond this are clamped to it
)

// Situation is everything an offer depends on besides the signals.
type Situation struct {
	Now       time.Time
	CheckIn   *segue.CheckIn // the last one; ignored unless made in the CheckInHolds before Now
	Gates     []segue.Gate   // the data gates of "usual mood"; all must be open
	OptedOut  bool           // the listener has turned suggestions off
	Shown     []time.Time    // when a card was shown unasked, in any order
	Dismissed []time.Time    // when a card was sent away, in any order
}

// Suggestion is the offer and why.
type Suggestion struct {
	Kind           string          `json:"kind"`
	Title          string          `json:"title"`
	Text           string          `json:"text"`
	Path           Path            `json:"path"`
	Counterfactual *Counterfactual `json:"counterfactual"` // null if no single change would matter
	Gates          []segue.Gate    `json:"gates"`
}

// Offer decides whether there is something to offer now, by the tree (nil: the
// shipped OfferTree). In short: who turned suggestions off gets nothing; while a
// data gate is closed, Segue asks; what a check-in said overrides what listening
// suggests (unpleasant and aroused: settle; unpleasant and low: gentle lift;
// pleasant: sustain; within segue.MixedRadius of the middle, where it is neither:
// where to); and without one, a gentle hour is offered only where several signs
// agree, at most once a week, and never in the 30 days after two cards were sent
// away. (docs/science.md §4)
//
// A check-in later than Now, or whose place is unknown, is no check-in. Offer
// never speaks of help lines: those have a page of their own. It panics if the
// tree does not decide offers.
func Offer(s segue.Signals, at Situation, tree *Tree) Suggestion {
	if tree == nil {
		tree = OfferTree()
	}
	if tree.Purpose() != DecideOffer {
		panic(fmt.Sprintf("persona: Offer: the tree decides %q", tree.Purpose()))
	}
	values := OfferValues(s, at)
	d, path := tree.Decide(values)
	out := Suggestion{Kind: d.Kind, Title: d.Title, Text: d.Text, Path: path, Gates: at.Gates}
	if out.Gates == nil {
		out.Gates = []segue.Gate{}
	}
	if d.Kind == Nothing && path.unknown() {
		// The answer's own words would claim a look that nobody could take.
		out.Text = language.Text("There is not enough of your own past to compare with yet.")
	}
	if c, ok := tree.Counterfactual(values); ok {
		out.Counterfactual = &c
	}
	return out
}

// OfferValues turns the inputs of an offer into the features of its tree: what
// a row of training data for FitCART holds.
func OfferValues(s segue.Signals, at Situation) Values {
	v := Values{
		"offers_wanted":         asFlag(!at.OptedOut),
		"gates_open":            asFlag(allOpen(at.Gates)),
		"quiet":                 asFlag(at.quiet()),
		"days_since_card":       at.daysSinceCard(),
		"check_in":              0,
		"check_in_valence":      math.NaN(),
		"check_in_arousal":      math.NaN(),
		"check_in_distance":     math.NaN(),
		"sad_share":             s.SadShare,
		"sad_share_percentile":  s.SadSharePercentile,
		"repetition_percentile": s.RepetitionPercentile,
		"activity":              min(max(s.Activity, -MaxActivity), MaxActivity),
		"falling_trend":         math.NaN(),
	}
	if s.TrendKnown {
		v["falling_trend"] = asFlag(s.FallingTrend)
	}
	if c := at.checkIn(); c != nil {
		v["check_in"] = 1
		v["check_in_valence"] = c.Now.Valence
		v["check_in_arousal"] = c.Now.Arousal
		v["check_in_distance"] = c.Now.Distance(segue.Affect{Valence: 0.5, Arousal: 0.5})
	}
	return v
}

// checkIn returns the check-in if it still speaks.
func (at Situation) checkIn() *segue.CheckIn {
	c := at.CheckIn
	if c == nil || !c.Now.Known() || c.At.After(at.Now) || at.Now.Sub(c.At) > CheckInHolds {
		return nil
	}
	return c
}

// quiet reports whether Now lies in the QuietFor that follows every QuietAfter
// dismissals; cards sent away during such a month start no new count.
func (at Situation) quiet() bool {
	times := slices.Clone(at.Dismissed)
	slices.SortFunc(times, time.Time.Compare)
	count, until := 0, time.Time{}
	for _, t := range times {
		if t.Before(until) || t.After(at.Now) {
			continue
		}
		if count++; count == QuietAfter {
			count, until = 0, t.Add(QuietFor)
		}
	}
	return at.Now.Before(until)
}

// daysSinceCard returns the days since the last card, at most MaxCardAge.
func (at Situation) daysSinceCard() float64 {
	days := float64(MaxCardAge)
	for _, t := range at.Shown {
		if !t.After(at.Now) {
			days = min(days, at.Now.Sub(t).Hours()/24)
		}
	}
	return days
}
