package playlist

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"segue"
)

// A view of a listener is what a library built for that listener alone would be.
func TestForEqualsNewLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "tracks")
		c, at := synthetic(n, rapid.Uint64().Draw(t, "seed"), 9)
		for i := range c.Recording {
			if head := rapid.IntRange(0, i).Draw(t, "head"); c.Recording[head] == int32(head) {
				c.Recording[i] = int32(head)
			}
			if rapid.IntRange(0, 9).Draw(t, "placed") == 0 {
				at[i] = segue.Nowhere()
			}
		}
		x, rows := standardized(c)
		heard := func(name string) *Heard {
			counts := map[int32]HeardCount{}
			for i := range rapid.IntRange(0, 2*n).Draw(t, name) {
				row := int32(rapid.IntRange(0, n-1).Draw(t, "row"))
				counts[row] = HeardCount{i + 1, i % 6, i % 4}
			}
			return NewHeard(c, counts)
		}
		calm := segue.Calm
		first := Library{Catalog: c, Positions: at, Space: x, SpaceRows: rows, Heard: heard("first")}
		lib, err := NewLibrary(first)
		if err != nil {
			t.Fatal(err)
		}
		second := first
		second.Heard, second.Dominant = heard("second"), &calm
		want, err := NewLibrary(second)
		if err != nil {
			t.Fatal(err)
		}
		got, err := lib.For(second.Heard, &calm)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.own, want.own) || !slices.Equal(got.topFive, want.topFive) || !slices.Equal(got.familiar.rows, want.familiar.rows) || (got.keeps == nil) != (want.keeps == nil) || got.Dominant != &calm {
			t.Errorf("own %v %v, top five %v %v, familiar %v %v", got.own, want.own, got.topFive, want.topFive, got.familiar.rows, want.familiar.rows)
		}
		if got.plane != lib.plane || got.model != lib.model || lib.Heard != first.Heard {
			t.Error("the catalogue's indexes are not shared, or the first listener's were changed")
		}
		// The slow obvious version: every row asked by itself.
		var own, familiar []int32
		for i := range n {
			if !at[i].Known() {
				continue
			}
			done := 0
			for j := range n {
				if c.Recording[j] == c.Recording[i] {
					done = max(done, second.Heard.Completed(int32(j)))
				}
			}
			if done > 0 {
				own = append(own, int32(i))
			}
			if done >= FamiliarPlays {
				familiar = append(familiar, int32(i))
			}
		}
		if !slices.Equal(got.own, own) || !slices.Equal(got.familiar.rows, familiar) {
			t.Errorf("own %v, want %v; familiar %v, want %v", got.own, own, got.familiar.rows, familiar)
		}
	})
}

func TestForNobody(t *testing.T) {
	lib := syntheticLibrary(t, 500, 1, 90, true)
	nobody, err := lib.For(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if nobody.Heard != nil || len(nobody.own)+len(nobody.topFive)+len(nobody.familiar.rows) > 0 || nobody.keeps != nil || nobody.isFamiliar(0) {
		t.Error("a listener without a history has one")
	}
	if len(lib.own) == 0 || lib.keeps == nil {
		t.Error("the first listener lost the history")
	}
	for name, call := range map[string]func(){
		"another catalogue": func() { _, _ = lib.For(syntheticLibrary(t, 700, 1, 9, true).Heard, nil) },
		"no library":        func() { _, _ = new(Library).For(nil, nil) },
		"no row":            func() { NewHeard(lib.Catalog, map[int32]HeardCount{500: {1, 1, 1}}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// What listeners are told at the same time is what each would be told alone.
func TestManyListenersAtOnce(t *testing.T) {
	const listeners = 4
	lib := syntheticLibrary(t, 1500, 4, 400, false)
	r := request(t, "sad", "content", 30)
	views := make([]*Library, listeners)
	want := make([]string, listeners)
	for i := range views {
		var err error
		if views[i], err = lib.For(syntheticLibrary(t, 1500, uint64(i), 400, true).Heard, nil); err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(mustPlan(t, views[i], r))
		want[i] = string(text)
	}
	var wg sync.WaitGroup
	for i, view := range views {
		for range 2 {
			wg.Go(func() {
				p, err := Plan(context.Background(), view, r)
				if err != nil {
					t.Error(err)
					return
				}
				if text, _ := json.Marshal(p); string(text) != want[i] {
					t.Errorf("listener %d is told something else", i)
				}
				if row, ok := view.row(fmt.Sprintf("t%05d", i)); !ok || row != int32(i) {
					t.Errorf("id of row %d: %d, %v", i, row, ok)
				}
			})
		}
	}
	wg.Wait()
}

func TestRowOfID(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 700} {
		c, _ := synthetic(n, 1, 5)
		r := newRowsOf(c)
		for i, id := range c.ID {
			if row, ok := r.row(id); !ok || row != int32(i) {
				t.Errorf("%d tracks: row of %q is %d, %v", n, id, row, ok)
			}
		}
		if _, ok := r.row("none"); ok {
			t.Errorf("%d tracks: an unknown id has a row", n)
		}
	}
}
