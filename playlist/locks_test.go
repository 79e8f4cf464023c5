package playlist

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/internal/racetest"
)

// TestLocksAndWishes asks for tracks at places and anywhere, from both ends, and
// expects them there within every other rule.
func TestLocksAndWishes(t *testing.T) {
	racetest.Alone(t)
	lib := syntheticLibrary(t, 3000, 4, 900, true)
	r := request(t, "angry", "calm", 60)
	free := mustPlan(t, lib, r)
	// Tracks that the plan itself would not choose, but which lie near the way.
	var others []string
	for _, row := range CandidateRows(t, lib, r) {
		id := lib.Catalog.ID[row]
		if !slices.ContainsFunc(free.Tracks, func(k Track) bool { return k.ID == id }) {
			others = append(others, id)
		}
	}
	r.Locks = []Lock{{3, others[10]}, {-1, free.Tracks[len(free.Tracks)-1].ID}}
	r.Wishes = []string{others[200], others[300], others[10]}
	p := mustPlan(t, lib, r)
	n := len(p.Tracks)
	if p.Tracks[2].ID != others[10] || !p.Tracks[2].Locked || !p.Tracks[n-1].Locked || p.Tracks[n-1].ID != r.Locks[1].ID {
		t.Errorf("the locks are not where they were put")
	}
	for _, id := range r.Wishes {
		at := slices.IndexFunc(p.Tracks, func(k Track) bool { return k.ID == id })
		if at < 0 || !p.Tracks[at].Wished {
			t.Errorf("the wish %q stands at %d", id, at)
		}
	}
	// A wish for what is there anyway changes nothing.
	r.Locks, r.Wishes = nil, []string{free.Tracks[4].ID}
	same := mustPlan(t, lib, r)
	if *same.Cost > *free.Cost*1.05 {
		t.Errorf("wishing for a track of the hour makes it cost %g, not %g", *same.Cost, *free.Cost)
	}
}

// TestContradictions: what cannot be held is said in one line that names it.
func TestContradictions(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 4, 900, false)
	id := func(i int) string { return lib.Catalog.ID[i] }
	loud := -1
	for i, at := range lib.Positions {
		if at.Arousal > .8 && loud < 0 {
			loud = i
		}
	}
	var many []string
	for i := range 40 {
		many = append(many, id(i))
	}
	for name, c := range map[string]struct {
		change func(*Request)
		says   string
	}{
		"no such track":        {func(r *Request) { r.Locks = []Lock{{1, "nowhere"}} }, `no track "nowhere" to hold`},
		"no such wish":         {func(r *Request) { r.Wishes = []string{"nowhere"} }, `no track "nowhere" to wish for`},
		"place 0":              {func(r *Request) { r.Locks = []Lock{{0, id(1)}} }, "no place 0"},
		"beyond the end":       {func(r *Request) { r.Locks = []Lock{{99, id(1)}} }, "at place 99: 60 minutes have"},
		"before the beginning": {func(r *Request) { r.Locks = []Lock{{-99, id(1)}} }, "at place -99: 60 minutes have"},
		"two at one place":     {func(r *Request) { r.Locks = []Lock{{2, id(1)}, {2, id(2)}} }, "cannot both be held at place 2"},
		"one at two places":    {func(r *Request) { r.Locks = []Lock{{2, id(1)}, {3, id(1)}} }, "at place 2 and at place 3"},
		"too many":             {func(r *Request) { r.Wishes = many }, "40 tracks are held or wished for"},
		"excluded":             {func(r *Request) { r.Locks, r.Exclude.Tracks = []Lock{{2, id(1)}}, []string{id(1)} }, "cannot be held: it is excluded"},
		"too loud for a night": {func(r *Request) { r.Wishes, r.Night = []string{id(loud)}, true }, "at night"},
	} {
		r := request(t, "angry", "calm", 60)
		c.change(&r)
		_, err := Plan(context.Background(), lib, r)
		if !errors.Is(err, segue.ErrUsage) || err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLocksInAShorterHour: six tracks make no hour, and a shorter one has fewer
// places. What contradicts itself there is said; two locks counted from both ends,
// which are apart in one hour and meet in another, never share a place.
func TestLocksInAShorterHour(t *testing.T) {
	lib := syntheticLibrary(t, 6, 4, 6, false)
	id := func(i int) string { return lib.Catalog.ID[i] }
	r := request(t, "calm", "happy", 60)
	n := len(mustPlan(t, lib, r).Tracks)
	for name, c := range map[string]struct {
		locks []Lock
		says  string
	}{
		"two at one place": {[]Lock{{2, id(1)}, {2, id(2)}}, "cannot both be held at place 2"},
		"beyond the end":   {[]Lock{{7, id(1)}}, "at place 7: the 6 tracks that may be played"},
		"one at two":       {[]Lock{{1, id(1)}, {2, id(1)}}, "at place 1 and at place 2"},
	} {
		r.Locks = c.locks
		if _, err := Plan(context.Background(), lib, r); !errors.Is(err, segue.ErrUsage) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for place := range n {
		for back := range n {
			r.Locks = []Lock{{place + 1, id(1)}, {-1 - back, id(2)}}
			p, err := Plan(context.Background(), lib, r)
			if err != nil {
				if !errors.Is(err, segue.ErrUsage) && !errors.Is(err, ErrNoPlaylist) {
					t.Errorf("%+v: %v", r.Locks, err)
				}
				continue
			}
			if m := len(p.Tracks); p.Tracks[place].ID != id(1) || p.Tracks[m-1-back].ID != id(2) {
				t.Errorf("%+v are not where they were put among %d", r.Locks, m)
			}
		}
	}
}
