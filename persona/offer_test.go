package persona

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"segue"

	"pgregory.net/rapid"
)

var noon = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)

// heavy are signals that all point one way.
func heavy() segue.Signals {
	return segue.Signals{SadShare: .6, SadSharePercentile: .95, RepetitionPercentile: .95, Activity: 2, FallingTrend: true, TrendKnown: true}
}

func ago(d time.Duration) time.Time { return noon.Add(-d) }

const day = 24 * time.Hour

func TestOfferByHand(t *testing.T) {
	nan := math.NaN()
	shut := []segue.Gate{{Name: "usual mood: sessions with a mood", Have: 19, Need: 20}}
	felt := func(v, a float64) *segue.CheckIn {
		return &segue.CheckIn{At: ago(time.Hour), Now: segue.Affect{Valence: v, Arousal: a}}
	}
	with := func(change func(*segue.Signals)) segue.Signals {
		s := heavy()
		change(&s)
		return s
	}
	cases := []struct {
		name string
		s    segue.Signals
		at   Situation
		want string
	}{
		{"gate fails", heavy(), Situation{Gates: shut}, Ask},
		{"gate fails, though checked in", heavy(), Situation{Gates: shut, CheckIn: felt(.1, .9)}, Ask},
		{"gate fails, quiet", heavy(), Situation{Gates: shut, Dismissed: []time.Time{ago(3 * day), ago(2 * day)}}, Nothing},
		{"opted out", heavy(), Situation{OptedOut: true}, Nothing},
		{"opted out, gate fails", heavy(), Situation{OptedOut: true, Gates: shut}, Nothing},
		{"unpleasant and aroused", segue.Signals{}, Situation{CheckIn: felt(.1, .9)}, Settle},
		{"unpleasant and low", segue.Signals{}, Situation{CheckIn: felt(.1, .1)}, GentleLift},
		{"pleasant, high", heavy(), Situation{CheckIn: felt(.9, .9)}, Sustain},
		{"pleasant, low", heavy(), Situation{CheckIn: felt(.9, .1)}, Sustain},
		{"middle", heavy(), Situation{CheckIn: felt(.5, .5)}, WhereTo},
		{"one cell from the middle", heavy(), Situation{CheckIn: felt(.375, .5)}, WhereTo},
		{"one cell across", heavy(), Situation{CheckIn: felt(.375, .625)}, Settle},
		{"a check-in speaks though cards were sent away", heavy(), Situation{CheckIn: felt(.1, .1), Dismissed: []time.Time{ago(3 * day), ago(2 * day)}}, GentleLift},
		{"an old check-in is silent", segue.Signals{}, Situation{CheckIn: &segue.CheckIn{At: ago(12*time.Hour + 1), Now: segue.Affect{Valence: .1, Arousal: .1}}}, Nothing},
		{"twelve hours still speak", segue.Signals{}, Situation{CheckIn: &segue.CheckIn{At: ago(12 * time.Hour), Now: segue.Affect{Valence: .1, Arousal: .1}}}, GentleLift},
		{"a check-in of tomorrow is silent", segue.Signals{}, Situation{CheckIn: &segue.CheckIn{At: ago(-time.Hour), Now: segue.Affect{Valence: .1, Arousal: .1}}}, Nothing},
		{"a check-in without a place is silent", segue.Signals{}, Situation{CheckIn: &segue.CheckIn{At: noon, Now: segue.Nowhere()}}, Nothing},
		{"all signs", heavy(), Situation{}, Gentle},
		{"repetition without a trend", with(func(s *segue.Signals) { s.FallingTrend = false }), Situation{}, Gentle},
		{"a trend without repetition", with(func(s *segue.Signals) { s.RepetitionPercentile = .89 }), Situation{}, Gentle},
		{"neither repetition nor trend", with(func(s *segue.Signals) { s.RepetitionPercentile, s.FallingTrend = .89, false }), Situation{}, Nothing},
		{"the trend is unknown", with(func(s *segue.Signals) { s.RepetitionPercentile, s.TrendKnown = .89, false }), Situation{}, Nothing},
		{"usual sad share", with(func(s *segue.Signals) { s.SadSharePercentile = .89 }), Situation{}, Nothing},
		{"usual hours", with(func(s *segue.Signals) { s.Activity = 1.49 }), Situation{}, Nothing},
		{"exactly at the lines", segue.Signals{SadSharePercentile: .9, RepetitionPercentile: .9, Activity: 1.5}, Situation{}, Gentle},
		{"nothing known", segue.Signals{SadShare: nan, SadSharePercentile: nan, RepetitionPercentile: nan, Activity: nan}, Situation{}, Nothing},
		{"a card six days ago", heavy(), Situation{Shown: []time.Time{ago(40 * day), ago(6 * day)}}, Nothing},
		{"a card seven days ago", heavy(), Situation{Shown: []time.Time{ago(7 * day)}}, Gentle},
		{"sent away once", heavy(), Situation{Dismissed: []time.Time{ago(9 * day)}}, Gentle},
		{"sent away twice", heavy(), Situation{Dismissed: []time.Time{ago(9 * day), ago(16 * day)}}, Nothing},
		{"quiet to the last minute", heavy(), Situation{Dismissed: []time.Time{ago(30*day - time.Minute), ago(300 * day)}}, Nothing},
		{"the month is over", heavy(), Situation{Dismissed: []time.Time{ago(30 * day), ago(300 * day)}}, Gentle},
		{"once more after the month", heavy(), Situation{Dismissed: []time.Time{ago(9 * day), ago(50 * day), ago(60 * day)}}, Gentle},
	}
	for _, c := range cases {
		c.at.Now = noon
		got := Offer(c.s, c.at, nil)
		if got.Kind != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got.Kind, c.want)
		}
		if len(got.Path) == 0 || got.Text == "" || got.Title == "" {
			t.Errorf("%s: no reason: %+v", c.name, got)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Without a past to compare with, no card may say that all is as usual.
func TestNothingKnownIsNotAsUsual(t *testing.T) {
	s := heavy()
	s.SadSharePercentile = math.NaN()
	got := Offer(s, Situation{Now: noon}, nil)
	if got.Kind != Nothing || got.Text != "There is not enough of your own past to compare with yet." {
		t.Errorf("got %+v", got)
	}
	s.SadSharePercentile = .1
	if got := Offer(s, Situation{Now: noon}, nil); got.Kind != Nothing || got.Text != "Nothing in the last two weeks asks for a card." {
		t.Errorf("got %+v", got)
	}
}

func TestGentleSaysWhatWouldPreventIt(t *testing.T) {
	got := Offer(heavy(), Situation{Now: noon}, nil)
	// activity 2 → 1.5 is 0.5/20 = .025 of its interval; the shares are .05 away.
	want := "With listening hours, against your own past below 1.5 (now 2), you would not see this."
	if got.Counterfactual == nil || got.Counterfactual.Text != want {
		t.Errorf("got %+v", got.Counterfactual)
	}
}

// Law: the tree says what docs/science.md §4 says, written out plainly, and an
// unasked card never breaks the rules around cards.
func TestOfferAgreesWithTheText(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		u := func(name string) float64 { return float64(rapid.IntRange(0, 20).Draw(r, name)) / 20 }
		s := segue.Signals{
			SadSharePercentile: u("sad"), RepetitionPercentile: u("again"), Activity: 4*u("activity") - 1,
			FallingTrend: rapid.Bool().Draw(r, "falling"), TrendKnown: rapid.Bool().Draw(r, "known"),
		}
		a := Situation{Now: noon, OptedOut: rapid.IntRange(0, 9).Draw(r, "out") == 0}
		if rapid.Bool().Draw(r, "checked in") {
			at := ago(time.Duration(rapid.IntRange(-3, 16).Draw(r, "hours")) * time.Hour)
			a.CheckIn = &segue.CheckIn{At: at, Now: segue.Affect{Valence: u("v"), Arousal: u("a")}}
		}
		gate := rapid.IntRange(0, 4).Draw(r, "gate")
		a.Gates = []segue.Gate{{Have: gate, Need: 1}}
		sent := rapid.IntRange(0, 2).Draw(r, "sent away")
		for range sent {
			a.Dismissed = append(a.Dismissed, ago(time.Duration(rapid.IntRange(1, 20).Draw(r, "days"))*day))
		}
		shown := rapid.IntRange(1, 20).Draw(r, "shown")
		a.Shown = []time.Time{ago(time.Duration(shown) * day)}

		want := Nothing
		speaks := a.CheckIn != nil && !a.CheckIn.At.After(noon) && a.CheckIn.At.After(ago(12*time.Hour+1))
		switch {
		case a.OptedOut:
		case gate < 1 && sent < 2:
			want = Ask
		case gate < 1:
		case speaks:
			at := a.CheckIn.Now
			switch {
			case segue.LabelOf(at) == segue.Mixed:
				want = WhereTo
			case at.Valence >= .5:
				want = Sustain
			case at.Arousal >= .5:
				want = Settle
			default:
				want = GentleLift
			}
		case s.SadSharePercentile >= .9 && (s.RepetitionPercentile >= .9 || (s.TrendKnown && s.FallingTrend)) && s.Activity >= 1.5 && sent < 2 && shown >= 7:
			want = Gentle
		}
		if got := Offer(s, a, nil); got.Kind != want {
			r.Fatalf("got %s, want %s", got.Kind, want)
		}
	})
}

func TestOfferLearnsATree(t *testing.T) {
	// Rows labelled by the expert tree teach a tree for the same purpose, if
	// they hold every answer; otherwise the missing kind is named.
	rows := [][]float64{{0, 1}, {1, 0}}
	_, err := FitCART(rows, []string{"sad_share", "check_in"}, []string{Gentle, Ask}, CARTOptions{Purpose: DecideOffer})
	if err == nil || !strings.Contains(err.Error(), "required kind") {
		t.Errorf("got %v", err)
	}
	_, err = FitCART(rows, []string{"height", "check_in"}, []string{Gentle, Ask}, CARTOptions{Purpose: DecideOffer})
	if err == nil || !strings.Contains(err.Error(), `unknown feature "height"`) {
		t.Errorf("got %v", err)
	}
}
