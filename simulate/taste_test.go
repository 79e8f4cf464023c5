package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"segue"
	"segue/recommend"
)

func demoOf(t testing.TB) *recommend.Music {
	t.Helper()
	m, err := demoMusic()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The bars of personal taste: 20 corrections make the error on tracks that nothing was
// said of at least 25 % smaller where there is something to learn, and at most 2 % larger
// where there is nothing. 'segue simulate --taste' has twice as many listeners.
func TestTasteBars(t *testing.T) {
	set, err := Tastes(t.Context(), demoOf(t), TasteOptions{Listeners: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Tastes {
		t.Logf("%-8s before %.3f after %.3f (%+.1f %%, %+.1f to %+.1f), worse off %.1f %%, moved %.4f, covered %.3f, on corrected %.3f", r.Bent, r.Before.Value, r.After.Value,
			100*r.Change.Value, 100*r.Change.Lo, 100*r.Change.Hi, 100*r.Worse.Value, r.Moved.Value, r.Covered.Value, r.Said.Value)
		switch r.Bent {
		case BentShared:
			if !(r.Change.Hi < -.25) {
				t.Errorf("shared: the error changes by %v, and −25 %% is the bar", r.Change)
			}
		case BentNoticed, BentSteps:
			if !(r.Change.Hi < 0) {
				t.Errorf("%s: the error changes by %v", r.Bent, r.Change)
			}
		case BentOwn:
			if !(r.Change.Hi < .02) {
				t.Errorf("own: the error changes by %v, and 2 %% is the bar", r.Change)
			}
		case BentSame:
			// Their error was 0, so its growth is no share of it. Beside the catalogue's
			// placement error, .26 for both axes, it is one of 2 %.
			if !(r.Moved.Hi < .02*.26) || float64(r.After.Value) != float64(r.Moved.Value) {
				t.Errorf("same: moved by %v", r.Moved)
			}
		}
		if !(r.Covered.Value > .93) {
			t.Errorf("%s: %v of the places lie within their deviations", r.Bent, r.Covered)
		}
	}
}

func TestTasteOptions(t *testing.T) {
	for _, o := range []TasteOptions{{Listeners: 3}, {Corrections: 201}, {Listeners: MaxListeners + 1}} {
		if _, err := Tastes(t.Context(), demoOf(t), o); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Tastes(ctx, demoOf(t), TasteOptions{Listeners: 20}); err == nil {
		t.Error("nothing called it off")
	}
}

func TestTastesSameAgain(t *testing.T) {
	small := TasteOptions{Listeners: 20, Corrections: 5, Seed: 3}
	a, err := Tastes(t.Context(), demoOf(t), small)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Tastes(t.Context(), demoOf(t), small)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(a.Tastes)
	if y, _ := json.Marshal(b.Tastes); !bytes.Equal(x, y) {
		t.Error("two runs differ")
	}
}
