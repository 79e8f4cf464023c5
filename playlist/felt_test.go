package playlist

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"segue"
)

// sadToCalm is an hour that begins in sad.
func sadToCalm(seed uint64) Request {
	return Request{From: segue.AnchorOf(segue.Sad), FromName: "sad", To: segue.AnchorOf(segue.Calm), ToName: "calm", Minutes: 30, Candidates: 120, Seed: seed}
}

// A track that is never sad to the listener stands nowhere where the plan is sad, the
// hour is proved by the same rule, and no membership of it is sad.
func TestNeverInAMood(t *testing.T) {
	lib := syntheticLibrary(t, 900, 4, 60, false)
	r := sadToCalm(1)
	plain := mustPlan(t, lib, r)
	never := map[int32]segue.MoodSet{}
	for _, tr := range plain.Tracks {
		if segue.LabelOf(segue.Affect{Valence: tr.Target[0], Arousal: tr.Target[1]}) == segue.Sad {
			never[tr.row] = segue.MoodSet(0).With(segue.Sad)
		}
	}
	if len(never) == 0 {
		t.Fatal("the plan is nowhere sad")
	}
	felt, err := lib.FeltAs(Felt{Positions: lib.Positions, Never: never})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		p := mustPlan(t, felt, sadToCalm(seed+1))
		for _, tr := range p.Tracks {
			if never[tr.row].Has(segue.LabelOf(segue.Affect{Valence: tr.Target[0], Arousal: tr.Target[1]})) {
				t.Errorf("seed %d: track %d is never sad, and stands where the plan is", seed, tr.row)
			}
			if never[tr.row] != 0 && tr.Membership[segue.Sad] != 0 {
				t.Errorf("seed %d: track %d is %v", seed, tr.row, tr.Membership)
			}
		}
		if p.Gap == nil || *p.Gap < 0 {
			t.Errorf("seed %d: gap %v", seed, p.Gap)
		}
	}
	// An hour built before that was said can be changed all the same.
	d, err := Resume(context.Background(), felt, plain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Apply(context.Background(), Edit{Do: DoSwap, Place: len(plain.Tracks)}); err != nil && !errors.Is(err, ErrNoFit) {
		t.Errorf("swapping the last: %v", err)
	}
}

// A lock is meant: it holds a track where it is never of that mood.
func TestALockIsMeant(t *testing.T) {
	lib := syntheticLibrary(t, 900, 4, 60, false)
	plain := mustPlan(t, lib, sadToCalm(1))
	first := plain.Tracks[0]
	felt, err := lib.FeltAs(Felt{Positions: lib.Positions, Never: map[int32]segue.MoodSet{first.row: segue.MoodSet(0).With(segue.Sad)}})
	if err != nil {
		t.Fatal(err)
	}
	r := sadToCalm(1)
	r.Locks = []Lock{{Place: 1, ID: first.ID}}
	if p := mustPlan(t, felt, r); p.Tracks[0].ID != first.ID {
		t.Errorf("the lock holds %v", p.Tracks[0])
	}
}

// What is no mood at all is not played, and the reason is said.
func TestNoMoodAtAll(t *testing.T) {
	lib := syntheticLibrary(t, 400, 4, 60, false)
	never := map[int32]segue.MoodSet{}
	for row := range int32(400) {
		if row != 7 {
			never[row] = segue.AllMoods
		}
	}
	felt, err := lib.FeltAs(Felt{Positions: lib.Positions, Never: never})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Plan(context.Background(), felt, sadToCalm(1)); err == nil || !strings.Contains(err.Error(), "399 are never any of the four moods") {
		t.Errorf("%v", err)
	}
}

// Felt as everybody does, an hour is the same to the byte; felt otherwise it follows the
// listener's places and says so.
func TestFeltPlaces(t *testing.T) {
	lib := syntheticLibrary(t, 900, 4, 60, true)
	same, err := lib.FeltAs(Felt{Positions: lib.Positions})
	if err != nil {
		t.Fatal(err)
	}
	r := sadToCalm(2)
	a, _ := json.Marshal(mustPlan(t, lib, r))
	if b, _ := json.Marshal(mustPlan(t, same, r)); string(a) != string(b) {
		t.Error("places that are everybody's make another hour")
	}
	moved := make([]segue.Affect, len(lib.Positions))
	said := map[int32]bool{}
	for i, at := range lib.Positions {
		moved[i] = segue.Affect{Valence: at.Valence, Arousal: max(0, at.Arousal-.2)}
		said[int32(i)] = true
	}
	felt, err := lib.FeltAs(Felt{Positions: moved, Said: said})
	if err != nil {
		t.Fatal(err)
	}
	p := mustPlan(t, felt, r)
	calmer := 0
	for _, tr := range p.Tracks {
		if tr.Position() != moved[tr.row] {
			t.Errorf("track %d lies at %v, to the listener at %v", tr.row, tr.Position(), moved[tr.row])
		}
		if strings.Contains(tr.Reason, "feels calmer than it sounds") {
			calmer++
		}
	}
	if calmer == 0 {
		t.Error("no track says that it feels calmer")
	}
	if felt.ListenersBytes() < 16*len(moved) {
		t.Errorf("it takes %d bytes", felt.ListenersBytes())
	}
}
