package playlist_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"testing"

	"segue"
	"segue/internal/racetest"
	"segue/language"
	"segue/playlist"
)

// english are words that no Vietnamese sentence holds.
var english = regexp.MustCompile(`(?i)\b(?:the|of|is|are|and|with|from|not|tracks?|places?|steps?|would|minutes?|you|your|its|it|than|familiar|more|there|this|artists?|planned|heard|usage|edit)\b|%!`)

var point = regexp.MustCompile(`\d\.\d`)

// titles are what sentences quote.
var titles = regexp.MustCompile(`“[^”]*”|"[^"]*"|'[^']*'|Zo[^,;.]*Ann \d+|exclude-artist|ZOE ANN \d+|zo. ann \d+`)

// inVietnamese reports what is wrong with a text that stands for an English one.
func inVietnamese(said, text string) string {
	switch bare := titles.ReplaceAllString(said, ""); {
	case (said == "") != (text == ""):
		return fmt.Sprintf("%q stands for %q", said, text)
	case said == text && said != "":
		return fmt.Sprintf("%q is said in English", said)
	case english.MatchString(bare):
		return fmt.Sprintf("%q holds %q", said, english.FindString(bare))
	case point.MatchString(bare):
		return fmt.Sprintf("%q has a decimal point", said)
	}
	return ""
}

// texts takes every sentence out of an hour and returns them in order.
func texts(p *playlist.Playlist) []string {
	var out []string
	take := func(s *string) { out, *s = append(out, *s), "" }
	for i := range p.Tracks {
		take(&p.Tracks[i].Reason)
		if r := p.Tracks[i].RunnerUp; r != nil {
			take(&r.Why)
		}
	}
	for i := range p.Relaxed {
		take(&p.Relaxed[i].Text)
		take(&p.Relaxed[i].Help)
	}
	for _, list := range [][]string{p.Tradeoffs, p.Notes} {
		for i := range list {
			take(&list[i])
		}
	}
	return out
}

// copied returns an hour that may be changed.
func copied(t *testing.T, p *playlist.Playlist) *playlist.Playlist {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	out := new(playlist.Playlist)
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// randomEdit draws what a listener may do to an hour, sensible or not.
func randomEdit(rng *rand.Rand, c *collection, p *playlist.Playlist) playlist.Edit {
	e := playlist.Edit{
		Do:    pick(rng, playlist.Actions()...),
		Place: 1 + rng.IntN(len(p.Tracks)), Where: 1 + rng.IntN(len(p.Tracks)), Minutes: 10 + rng.IntN(40),
	}
	switch rng.IntN(4) {
	case 0:
		e.ID = c.lib.Catalog.ID[rng.IntN(c.lib.Catalog.Len())]
	case 1:
		e.ID, e.Place = p.Tracks[rng.IntN(len(p.Tracks))].ID, pick(rng, 0, 1, 99)
	}
	at, name := randomPlace(rng, c)
	e.To = pick(rng, &playlist.Place{Name: name, Affect: at}, &playlist.Place{Name: "nowhere"}, nil)
	if rng.IntN(30) == 0 {
		e.Do, e.ID = pick(rng, "polish", playlist.DoAdopt, playlist.DoInsert), pick(rng, "", "id00", "nobody")
	}
	return e
}

// TestVietnameseHours plans and edits random hours in two languages: the music and
// every number are the same, and no sentence is left in English.
func TestVietnameseHours(t *testing.T) {
	racetest.Alone(t)
	vi, ok := language.Of("vi")
	if !ok {
		t.Fatal("there is no Vietnamese")
	}
	hours := 400
	if testing.Short() {
		hours = 40
	}
	ctx := context.Background()
	music := collections(t)
	said := map[string]bool{}
	compare := func(where string, a, b *playlist.Playlist, errA, errB error) bool {
		if (errA == nil) != (errB == nil) {
			t.Errorf("%s: %v, but in Vietnamese %v", where, errA, errB)
			return false
		}
		if errA != nil {
			for _, kind := range []error{playlist.ErrNoPlaylist, playlist.ErrNoFit, playlist.ErrNoEdit, segue.ErrUsage} {
				if errors.Is(errA, kind) != errors.Is(errB, kind) {
					t.Errorf("%s: %v and %v are not both %v", where, errA, errB, kind)
				}
			}
			var x, y *playlist.Refusal
			if !errors.As(errA, &x) || !errors.As(errB, &y) {
				t.Errorf("%s: no reason in %v and %v", where, errA, errB)
				return false
			}
			if bad := inVietnamese(y.In(vi), x.In(nil)); bad != "" {
				t.Errorf("%s: %s", where, bad)
			}
			said[y.Reason] = true
			return false
		}
		a, b = copied(t, a), copied(t, b)
		was, is := texts(a), texts(b)
		if len(was) != len(is) {
			t.Errorf("%s: %d sentences, but in Vietnamese %d", where, len(was), len(is))
			return true
		}
		for i := range is {
			if bad := inVietnamese(is[i], was[i]); bad != "" {
				t.Errorf("%s: %s", where, bad)
			}
			said[is[i]] = true
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: the hour differs in more than words", where)
		}
		return true
	}
	for i := range hours {
		h := drawHour(music, i)
		rng := rand.New(rand.NewPCG(uint64(i), 0x71e7))
		where := fmt.Sprintf("hour %d of %s", i, h.music.name)
		one, errA := playlist.NewDraft(ctx, h.music.lib, h.r)
		two, errB := playlist.NewDraft(ctx, h.music.lib.In(vi), h.r)
		if errA != nil || errB != nil {
			compare(where, nil, nil, errA, errB)
			continue
		}
		compare(where, one.Playlist(), two.Playlist(), nil, nil)
		if i%8 > 0 {
			continue
		}
		for n := range 4 {
			e := randomEdit(rng, h.music, one.Playlist())
			a, errA := one.Apply(ctx, e)
			b, errB := two.Apply(ctx, e)
			compare(fmt.Sprintf("%s, edit %d, %s", where, n, e), a, b, errA, errB)
		}
		a, errA := one.Undo()
		b, errB := two.Undo()
		compare(where+", undone", a, b, errA, errB)
		for range 2 {
			a, errA := one.Redo()
			b, errB := two.Redo()
			compare(where+", redone", a, b, errA, errB)
		}
		// What is kept speaks the language of who looks, either way.
		back, err := playlist.Resume(ctx, h.music.lib, two.Playlist())
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if got, want := texts(copied(t, back.Playlist())), texts(copied(t, one.Playlist())); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: resumed in English it says %q, not %q", where, got, want)
		}
		turned, err := back.In(vi)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(turned, two.Playlist()) {
			t.Errorf("%s: turned into Vietnamese it is not what was planned in it", where)
		}
		if turned, err = back.In(nil); err != nil || !reflect.DeepEqual(turned, one.Playlist()) {
			t.Errorf("%s: turned back it is not what was planned in English: %v", where, err)
		}
	}
	if len(said) < 2*hours {
		t.Errorf("only %d different sentences were said", len(said))
	}
}
