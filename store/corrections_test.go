package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
)

// Corrections come back as they were said, in order of time; one taken back is gone; a
// used id, one too many, and what is none are refused.
func TestCorrections(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "a"}))
		must(t, s.SaveListener(ctx, Listener{ID: "b"}))
		want := []Correction{
			{ID: "1", Track: "x", At: at(1), Kind: KindCell, Valence: .5, Arousal: 1},
			{ID: "2", Track: "x", At: at(2), Kind: KindNever, Mood: "happy"},
			{ID: "0", Track: "y", At: at(3), Kind: KindPoint, Valence: .123, Arousal: 0},
		}
		for _, i := range []int{2, 0, 1} {
			must(t, s.AddCorrection(ctx, "a", want[i]))
		}
		must(t, s.AddCorrection(ctx, "b", want[0]))
		got, err := s.Corrections(ctx, "a")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		refuses(t, "the same id", s.AddCorrection(ctx, "a", want[0]), ErrConflict)
		refuses(t, "of nobody", s.AddCorrection(ctx, "nobody", want[0]), ErrNotFound)
		must(t, s.DeleteCorrection(ctx, "a", "1"))
		must(t, s.DeleteCorrection(ctx, "a", "1"))
		if got, err := s.Corrections(ctx, "a"); err != nil || !reflect.DeepEqual(got, want[1:]) {
			t.Errorf("%+v, %v", got, err)
		}
		must(t, s.DeleteCorrections(ctx, "a"))
		if got, err := s.Corrections(ctx, "a"); err != nil || len(got) > 0 {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.Corrections(ctx, "b"); err != nil || len(got) != 1 {
			t.Errorf("of the other %+v, %v", got, err)
		}
		for name, bad := range map[string]Correction{
			"no id":         {Track: "x", Kind: KindNever, Mood: "sad"},
			"no track":      {ID: "i", Kind: KindNever, Mood: "sad"},
			"no kind":       {ID: "i", Track: "x", Mood: "sad"},
			"no mood":       {ID: "i", Track: "x", Kind: KindNever},
			"mixed":         {ID: "i", Track: "x", Kind: KindNever, Mood: "mixed"},
			"both":          {ID: "i", Track: "x", Kind: KindPoint, Mood: "sad"},
			"both again":    {ID: "i", Track: "x", Kind: KindNever, Mood: "sad", Valence: .5},
			"off the plane": {ID: "i", Track: "x", Kind: KindPoint, Valence: 1.1},
			"no number":     {ID: "i", Track: "x", Kind: KindPoint, Valence: math.NaN()},
			"between cells": {ID: "i", Track: "x", Kind: KindCell, Valence: .3},
		} {
			if err := s.AddCorrection(ctx, "a", bad); !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestTooManyCorrections(t *testing.T) {
	ctx := context.Background()
	s := memory(t)
	must(t, s.SaveListener(ctx, Listener{ID: "a"}))
	for i := range MostCorrections {
		must(t, s.AddCorrection(ctx, "a", Correction{ID: fmt.Sprint(i), Track: "x", Kind: KindNever, Mood: "sad"}))
	}
	refuses(t, "one too many", s.AddCorrection(ctx, "a", Correction{ID: "more", Track: "x", Kind: KindNever, Mood: "sad"}), ErrTooMany)
}
