package playlist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
)

func mustDraft(t testing.TB, lib *Library, r Request) *Draft {
	t.Helper()
	d, err := NewDraft(context.Background(), lib, r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustApply(t testing.TB, d *Draft, e Edit) *Playlist {
	t.Helper()
	p, err := d.Apply(context.Background(), e)
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	return p
}

func encoded(t testing.TB, p *Playlist) []byte {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// differing returns the places, from 1, at which two playlists differ.
func differing(a, b *Playlist) []int {
	var out []int
	for i := range max(len(a.Tracks), len(b.Tracks)) {
		if i >= len(a.Tracks) || i >= len(b.Tracks) || a.Tracks[i].ID != b.Tracks[i].ID {
			out = append(out, i+1)
		}
	}
	return out
}

// A swap changes one track, for the cheapest that fits: no other candidate that
// keeps every bar makes the hour cheaper, nor is the old one brought back. Only
// where none fits do neighbours change.
func TestSwapIsTheSmallestChange(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 1, 900, true)
	r := request(t, "angry", "calm", 60)
	d := mustDraft(t, lib, r)
	first := d.Playlist()
	rows := CandidateRows(t, lib, r)
	k, err := newDesk(d.versions[0].pl, 60)
	if err != nil {
		t.Fatal(err)
	}
	gone := map[string]bool{}
	alone := 0
	for range 8 {
		before := d.Playlist()
		hard, bars := k.keeps(k.numbers(d.versions[d.at].rows))
		gone[before.Tracks[3].ID] = true
		// The slow and obvious way: put each candidate there and judge the hour.
		least := map[bool]float64{} // by whether the bars are kept
		for _, row := range rows {
			try := slices.Clone(d.versions[d.at].rows)
			if slices.Contains(try, row) || gone[lib.Catalog.ID[row]] {
				continue
			}
			try[3] = row
			for _, barred := range []bool{false, true} {
				rules := map[bool]rules{false: hard, true: bars}[barred]
				if seq := k.numbers(try); k.fits(seq, rules) {
					if old, is := least[barred]; !is || k.price(seq) < old {
						least[barred] = k.price(seq)
					}
				}
			}
		}
		after := mustApply(t, d, Edit{Do: DoSwap, Place: 4})
		if gone[after.Tracks[3].ID] {
			t.Fatalf("%s was brought back", after.Tracks[3].ID)
		}
		if len(least) == 0 {
			continue
		}
		alone++
		want, is := least[true]
		if !is {
			want = least[false]
		}
		if at := differing(before, after); !slices.Equal(at, []int{4}) {
			t.Fatalf("swapping place 4 changed places %v", at)
		}
		if math.Abs(*after.Cost-want) > 1e-9 {
			t.Fatalf("the hour costs %g and could cost %g", *after.Cost, want)
		}
	}
	if alone < 4 {
		t.Errorf("only %d swaps changed one track", alone)
	}
	for range 8 {
		if _, err := d.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(encoded(t, d.Playlist()), encoded(t, first)) {
		t.Error("undone, the hour is another")
	}
}

func TestInsertAndMoveKeepTheOrder(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 2, 900, false)
	d := mustDraft(t, lib, request(t, "sad", "content", 60))
	order := func(p *Playlist, without ...string) []string {
		var out []string
		for _, k := range p.Tracks {
			if !slices.Contains(without, k.ID) {
				out = append(out, k.ID)
			}
		}
		return out
	}
	before := d.Playlist()
	joins := before.Tracks[5].RunnerUp
	id := ""
	if joins != nil {
		id = joins.ID
	} else {
		for _, row := range CandidateRows(t, lib, request(t, "sad", "content", 60)) {
			if at := lib.Positions[row]; d.versions[0].find(row) < 0 && at.Distance(before.Tracks[5].Position()) < .03 {
				id = lib.Catalog.ID[row]
			}
		}
	}
	after := mustApply(t, d, Edit{Do: DoInsert, Place: 6, ID: id})
	if after.Tracks[5].ID != id || !after.Tracks[5].Locked {
		t.Fatalf("place 6 is %+v", after.Tracks[5])
	}
	old, now := order(before), order(after, id)
	if len(now) != len(old)-1 {
		t.Fatalf("%d of %d stayed", len(now), len(old))
	}
	left := slices.DeleteFunc(slices.Clone(old), func(id string) bool { return !slices.Contains(now, id) })
	if !slices.Equal(left, now) {
		t.Errorf("the order became %v, it was %v", now, old)
	}

	// A neighbour's move changes nothing but the order of the two.
	moved := mustApply(t, d, Edit{Do: DoMove, Place: 9, Where: 10})
	if moved.Tracks[9].ID != after.Tracks[8].ID || !moved.Tracks[9].Locked || moved.Tracks[8].Locked {
		t.Errorf("place 10 is %s, moved was %s", moved.Tracks[9].ID, after.Tracks[8].ID)
	}
	if at := differing(after, moved); !slices.Equal(at, []int{9, 10}) {
		t.Errorf("moving 9 to 10 changed %v", at)
	}
}

func TestExcludeStaysAway(t *testing.T) {
	lib := syntheticLibrary(t, 2000, 3, 300, false)
	d := mustDraft(t, lib, request(t, "anxious", "calm", 45))
	before := d.Playlist()
	id, artist := before.Tracks[2].ID, before.Tracks[6].Artists[0]
	after := mustApply(t, d, Edit{Do: DoExclude, Place: 3})
	if at := differing(before, after); !slices.Equal(at, []int{3}) {
		t.Errorf("excluding place 3 changed %v", at)
	}
	mustApply(t, d, Edit{Do: DoExcludeArtist, Place: 7})
	mustApply(t, d, Edit{Do: DoTarget, To: &Place{Name: "content"}})
	mustApply(t, d, Edit{Do: DoRebuild})
	for _, k := range d.Playlist().Tracks {
		if k.ID == id || k.Artists[0] == artist {
			t.Errorf("%s by %s is back", k.ID, k.Artists[0])
		}
	}
	if _, err := d.Apply(context.Background(), Edit{Do: DoInsert, Place: 1, ID: id}); !errors.Is(err, ErrNoFit) {
		t.Errorf("inserting what is excluded: %v", err)
	}
}

// A track far off the arc gets the place it was put at, and what that breaks is said.
func TestInsertFarOffIsSaid(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 4, 900, false)
	d := mustDraft(t, lib, request(t, "calm", "calm", 60))
	if len(d.Playlist().Relaxed) > 0 {
		t.Fatal(d.Playlist().Relaxed)
	}
	far := ""
	for i, at := range lib.Positions {
		if at.Distance(segue.Affect{Valence: .05, Arousal: .95}) < .05 && lib.Catalog.DurationMS[i] > 200_000 {
			far = lib.Catalog.ID[i]
		}
	}
	p := mustApply(t, d, Edit{Do: DoInsert, Place: 8, ID: far})
	if p.Tracks[7].ID != far {
		t.Fatal("it is not there")
	}
	if len(p.Relaxed) == 0 && len(p.Notes) == 0 {
		t.Errorf("nothing is said of a step of %.2f", *p.Metrics.MaxStep)
	}
	if p.Metrics.MaxStep != nil && *p.Metrics.MaxStep > .25 && !slices.ContainsFunc(p.Relaxed, func(r Relaxation) bool { return r.Rule == string(ruleStep) }) {
		t.Errorf("relaxed %v with a step of %.2f", p.Relaxed, *p.Metrics.MaxStep)
	}
	// A swap far from it keeps to the rules all the same.
	q := mustApply(t, d, Edit{Do: DoSwap, Place: 2})
	if at := differing(p, q); !slices.Equal(at, []int{2}) {
		t.Errorf("swapping place 2 changed %v", at)
	}
}

func TestLength(t *testing.T) {
	lib := syntheticLibrary(t, 3000, 5, 900, true)
	d := mustDraft(t, lib, request(t, "angry", "calm", 60))
	long := d.Playlist()
	mustApply(t, d, Edit{Do: DoLock, Place: 1})
	locked := mustApply(t, d, Edit{Do: DoLock, Place: -1})
	short := mustApply(t, d, Edit{Do: DoLength, Minutes: 30})
	if short.Minutes != 30 || abs(short.DurationMS-30*60_000) > 120_000 {
		t.Errorf("%d ms", short.DurationMS)
	}
	last := short.Tracks[len(short.Tracks)-1]
	if short.Tracks[0].ID != long.Tracks[0].ID || last.ID != locked.Tracks[len(locked.Tracks)-1].ID || !last.Locked {
		t.Error("the locks did not keep their ends")
	}
	longer := mustApply(t, d, Edit{Do: DoLength, Minutes: 75})
	if abs(longer.DurationMS-75*60_000) > 120_000 || !longer.Tracks[0].Locked || longer.Tracks[0].ID != long.Tracks[0].ID {
		t.Errorf("%d ms, first %+v", longer.DurationMS, longer.Tracks[0])
	}
}

// Of five places made three the first and the last stay so, the second comes to
// ¼·2 = ½ and so to place 1 of 0 to 2.
func TestStretch(t *testing.T) {
	at, err := stretch(5, 3, []bool{true, true, false, false, true})
	if err != nil || at[0] != 0 || at[1] != 1 || at[4] != 2 {
		t.Errorf("%v, %v", at, err)
	}
	if _, err := stretch(5, 2, []bool{true, true, false, false, true}); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("three locks in two places: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 40).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "m")
		locked := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "locked")
		at, err := stretch(n, m, locked)
		if err != nil {
			return
		}
		last := -1
		for i, a := range at {
			if a < 0 || a >= m {
				t.Fatalf("place %d of %d", a, m)
			}
			if m >= n || locked[i] {
				if a <= last {
					t.Fatalf("%v is not in order", at)
				}
				last = a
			}
		}
	})
}

func TestDraftErrors(t *testing.T) {
	lib := syntheticLibrary(t, 1500, 6, 400, false)
	d := mustDraft(t, lib, request(t, "angry", "calm", 45))
	mustApply(t, d, Edit{Do: DoLock, Place: 2})
	before := encoded(t, d.Playlist())
	n := len(d.Playlist().Tracks)
	inside := d.Playlist().Tracks[4].ID
	for want, e := range map[string]Edit{
		fmt.Sprintf("no place 99; the hour has places 1 to %d", n): {Do: DoSwap, Place: 99},
		"no place 0":                       {Do: DoSwap},
		"no place -99":                     {Do: DoLock, Place: -99},
		"place 2 is locked; unlock":        {Do: DoSwap, Place: 2},
		"place 2 is locked already":        {Do: DoLock, Place: 2},
		"place 3 is not locked":            {Do: DoUnlock, Place: 3},
		"place 2 is locked and would":      {Do: DoExclude, Place: 2},
		"is in this hour already":          {Do: DoInsert, Place: 1, ID: inside},
		`did you mean "t00007" (Song 7)?`:  {Do: DoInsert, Place: 1, ID: "song 7"},
		`did you mean "t00012"`:            {Do: DoInsert, Place: 1, ID: "spotify:track:t00012"},
		`did you mean "t0`:                 {Do: DoInsert, Place: 1, ID: "t0001x"},
		`no track of the catalogue has`:    {Do: DoInsert, Place: 1, ID: "something else"},
		"give its id":                      {Do: DoInsert, Place: 1},
		"there already":                    {Do: DoMove, Place: 3, Where: 3},
		"no place 40":                      {Do: DoMove, Place: 3, Where: 40},
		"5 minutes cannot be planned":      {Do: DoLength, Minutes: 5},
		"200 minutes cannot be":            {Do: DoLength, Minutes: 200},
		"planned for 45 minutes already":   {Do: DoLength, Minutes: 45},
		"say where to lead":                {Do: DoTarget},
		`no mood is called "cheery"`:       {Do: DoTarget, To: &Place{Name: "cheery"}},
		"is not on the plane":              {Do: DoTarget, To: &Place{Affect: segue.Affect{Valence: 2}}},
		"leads there already":              {Do: DoTarget, To: &Place{Name: "calm"}},
		`no edit is called "dance"; there`: {Do: "dance"},
		"only where its edits begin":       {Do: DoAdopt},
	} {
		_, err := d.Apply(context.Background(), e)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", e, err, want)
			continue
		}
		if !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%s: %v is no error of the call", e, err)
		}
		if !bytes.Equal(encoded(t, d.Playlist()), before) || len(d.Edits()) != 1 {
			t.Fatalf("%s failed and changed the hour", e)
		}
	}
	if _, err := d.Redo(); !errors.Is(err, ErrNoEdit) {
		t.Errorf("redo: %v", err)
	}
	if _, err := d.Undo(); err != nil {
		t.Error(err)
	}
	if _, err := d.Undo(); !errors.Is(err, ErrNoEdit) || !errors.Is(err, segue.ErrUsage) {
		t.Errorf("undo: %v", err)
	}
	if p, err := d.Redo(); err != nil || !bytes.Equal(encoded(t, p), before) {
		t.Errorf("redone, the hour is another: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	for _, e := range []Edit{{Do: DoSwap, Place: 1}, {Do: DoRebuild}, {Do: DoLength, Minutes: 30}} {
		if _, err := d.Apply(ctx, e); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", e, err)
		}
	}
	if !bytes.Equal(encoded(t, d.Playlist()), before) {
		t.Error("what was stopped changed the hour")
	}
}

func TestResume(t *testing.T) {
	lib := syntheticLibrary(t, 2000, 7, 500, true)
	ctx := context.Background()
	d := mustDraft(t, lib, request(t, "sad", "happy", 45))
	mustApply(t, d, Edit{Do: DoLock, Place: 3})
	mustApply(t, d, Edit{Do: DoSwap, Place: 5})
	p := mustApply(t, d, Edit{Do: DoLength, Minutes: 30})
	read := func(p *Playlist) *Playlist {
		var q Playlist
		if err := json.Unmarshal(encoded(t, p), &q); err != nil {
			t.Fatal(err)
		}
		return &q
	}
	again, err := Resume(ctx, lib, read(p))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(t, again.Playlist()), encoded(t, p)) {
		t.Error("read back, the hour is another")
	}

	// Another history: the tracks and the locks stay, and what is edited can be
	// undone, what was edited before not.
	other := syntheticLibrary(t, 2000, 7, 500, false)
	adopted, err := Resume(ctx, other, read(p))
	if err != nil {
		t.Fatal(err)
	}
	if at := differing(p, adopted.Playlist()); len(at) > 0 {
		t.Errorf("places %v changed", at)
	}
	for i, k := range adopted.Playlist().Tracks {
		if k.Locked != p.Tracks[i].Locked {
			t.Errorf("place %d: locked %v", i+1, k.Locked)
		}
	}
	if _, err := adopted.Undo(); !errors.Is(err, ErrNoEdit) {
		t.Errorf("undo: %v", err)
	}
	open := slices.IndexFunc(adopted.Playlist().Tracks, func(k Track) bool { return !k.Locked })
	swapped := mustApply(t, adopted, Edit{Do: DoSwap, Place: open + 1})
	back, err := Resume(ctx, other, read(swapped))
	if err != nil || !bytes.Equal(encoded(t, back.Playlist()), encoded(t, swapped)) {
		t.Errorf("adopted, edited and read back, the hour is another: %v", err)
	}
	if q, err := back.Undo(); err != nil || !bytes.Equal(encoded(t, q), encoded(t, adopted.Playlist())) && len(differing(q, p)) > 0 {
		t.Errorf("undone: %v", err)
	}

	// What was tampered with is told, or does no harm.
	for want, spoil := range map[string]func(p *Playlist){
		"no hour that can be edited":  func(p *Playlist) { p.Tracks = nil },
		"not in the catalogue":        func(p *Playlist) { p.Tracks[1].ID = "nosuch" },
		"more than the":               func(p *Playlist) { p.Edits = make([]Edit, MaxEdits+1) },
		"cannot be planned":           func(p *Playlist) { p.Request.Minutes, p.Edits = 1<<40, nil },
		"is not on the plane":         func(p *Playlist) { p.Request.From.Valence = -3 },
		"may not be played in it":     func(p *Playlist) { p.Request.Exclude.Tracks = []string{p.Tracks[2].ID} },
		"one song twice":              func(p *Playlist) { p.Tracks[1].ID = p.Tracks[2].ID },
		"more than an hour can have":  func(p *Playlist) { p.Request.Wishes = make([]string, 1000) },
		"more tracks than":            func(p *Playlist) { p.Tracks = slices.Repeat(p.Tracks, 500) },
		"more waypoints than an hour": func(p *Playlist) { p.Request.Arc.Waypoints = make([]segue.Affect, 1000) },
	} {
		q := read(p)
		spoil(q)
		if _, err := Resume(ctx, lib, q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, edits := range [][]Edit{
		append(slices.Clone(p.Edits), Edit{Do: DoLock, Place: 4000}, Edit{Do: "nonsense"}, Edit{Do: DoTarget}),
		{{Do: DoAdopt, Tracks: slices.Repeat([]string{p.Tracks[0].ID}, 1000)}},
		{{Do: DoAdopt, Tracks: []string{p.Tracks[0].ID}, Locks: []int{-5, 1 << 40}}},
		{{Do: DoAdopt}, {Do: DoAdopt}},
	} {
		q := read(p)
		q.Edits = edits
		if d, err := Resume(ctx, lib, q); err != nil || len(differing(d.Playlist(), p)) > 0 {
			t.Errorf("edits that cannot be made again: %v", err)
		}
	}
}

// What was asked for stays through edits, until somebody takes it out by hand.
func TestWishesStay(t *testing.T) {
	lib := syntheticLibrary(t, 1500, 12, 400, false)
	r := request(t, "angry", "calm", 45)
	plain := mustPlan(t, lib, r)
	r.Wishes = []string{plain.Tracks[4].RunnerUp.ID}
	r.Locks = []Lock{{Place: -1, ID: plain.Tracks[len(plain.Tracks)-1].ID}}
	d := mustDraft(t, lib, r)
	where := func(p *Playlist) int {
		return slices.IndexFunc(p.Tracks, func(k Track) bool { return k.ID == r.Wishes[0] })
	}
	for _, e := range []Edit{{Do: DoMove, Place: 2, Where: 8}, {Do: DoLength, Minutes: 30}, {Do: DoRebuild}, {Do: DoTarget, To: &Place{Name: "content"}}} {
		p := mustApply(t, d, e)
		last := p.Tracks[len(p.Tracks)-1]
		if at := where(p); at < 0 || !p.Tracks[at].Wished || !last.Locked || last.ID != r.Locks[0].ID {
			t.Fatalf("after %s the wish is at %d and the end is %s, locked %v", e, at, last.ID, last.Locked)
		}
	}
	at := where(d.Playlist())
	if p := mustApply(t, d, Edit{Do: DoExclude, Place: at + 1}); where(p) >= 0 {
		t.Error("what was excluded is still wished for")
	}
	mustApply(t, d, Edit{Do: DoRebuild})
	read := *d.Playlist()
	again, err := Resume(context.Background(), lib, &read)
	if err != nil || !bytes.Equal(encoded(t, again.Playlist()), encoded(t, d.Playlist())) {
		t.Errorf("made again, the hour is another: %v", err)
	}
}

// A certificate on demand is of the hour as edited: its bound is not above the cost,
// and nothing else changes.
func TestCertify(t *testing.T) {
	lib := syntheticLibrary(t, 1500, 11, 400, false)
	r := request(t, "angry", "calm", 30)
	r.NoCertificate = true
	d := mustDraft(t, lib, r)
	planned, err := d.Certify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if d.Playlist().LowerBound != nil || planned.LowerBound == nil || planned.Certificate == nil {
		t.Fatal("only what is asked for is certified")
	}
	edited := mustApply(t, d, Edit{Do: DoSwap, Place: 3})
	p, err := d.Certify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if *p.LowerBound > *p.Cost+1e-9 || *p.Gap < 0 || *p.Cost != *edited.Cost || *p.LowerBound < *planned.LowerBound-1e-9 {
		t.Errorf("cost %g, bound %g; planned with %g", *p.Cost, *p.LowerBound, *planned.LowerBound)
	}
	if *p.Gap > 1e-9 && p.Certificate.Optimal {
		t.Error("an hour with a gap is called the best")
	}
	if len(differing(edited, p)) > 0 {
		t.Error("certified, the hour is another")
	}
}

// anEdit draws an edit that may or may not make sense.
func anEdit(t *rapid.T, d *Draft) Edit {
	n := len(d.Playlist().Tracks)
	place := func(name string) int { return rapid.IntRange(-2, n+1).Draw(t, name) }
	e := Edit{Do: rapid.SampledFrom(Actions()).Draw(t, "action")}
	switch e.Do {
	case DoSwap, DoLock, DoUnlock, DoExclude, DoExcludeArtist:
		e.Place = place("place")
	case DoMove:
		e.Place, e.Where = place("place"), place("where")
	case DoInsert:
		e.Place, e.ID = place("place"), rapid.SampledFrom(d.lib.Catalog.ID).Draw(t, "id")
	case DoLength:
		e.Minutes = rapid.IntRange(10, 80).Draw(t, "minutes")
	case DoTarget:
		e.To = &Place{Name: rapid.SampledFrom([]string{"calm", "content", "happy"}).Draw(t, "to")}
	}
	return e
}

// The laws of editing, over random edits: what is never relaxed holds, locks stand
// where they were set, what is excluded is away, a swap changes one track where one
// fits, undo brings back the same bytes, and the file alone the same hour.
func TestEditingLaws(t *testing.T) {
	racetest.Alone(t)
	libs := []*Library{syntheticLibrary(t, 1200, 8, 300, true), syntheticLibrary(t, 250, 9, 60, false)}
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		lib := libs[rapid.IntRange(0, len(libs)-1).Draw(t, "library")]
		r := Request{
			FromName: rapid.SampledFrom([]string{"angry", "anxious", "sad", "calm"}).Draw(t, "from"), ToName: "content",
			Minutes: rapid.SampledFrom([]int{20, 30, 45}).Draw(t, "minutes"), Seed: rapid.Uint64Range(0, 3).Draw(t, "seed"),
			Night: rapid.Bool().Draw(t, "night"), Arm: rapid.SampledFrom([]Arm{Iso, Iso, Iso, Compensatory, Shuffle}).Draw(t, "arm"),
		}
		r.From, _ = segue.ParseAffect(r.FromName)
		r.To, _ = segue.ParseAffect(r.ToName)
		d, err := NewDraft(ctx, lib, r)
		if errors.Is(err, ErrNoPlaylist) {
			t.Skip()
		}
		if err != nil {
			t.Fatal(err)
		}
		excluded, artists := map[string]bool{}, map[string]bool{}
		history := [][]byte{encodedR(t, d.Playlist())}
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			before, e := d.Playlist(), anEdit(t, d)
			after, err := d.Apply(ctx, e)
			if err != nil {
				if !errors.Is(err, segue.ErrUsage) && !errors.Is(err, ErrNoFit) {
					t.Fatalf("%s: %v", e, err)
				}
				if got := encodedR(t, d.Playlist()); !bytes.Equal(got, history[len(history)-1]) {
					t.Fatalf("%s failed and changed the hour", e)
				}
				continue
			}
			history = append(history, encodedR(t, after))
			made := after.Edits[len(after.Edits)-1]
			if made.Do == DoExclude {
				excluded[made.ID] = true
			}
			if made.Do == DoExcludeArtist {
				artists[made.Artist] = true
			}
			neverBroken(t, lib, after, excluded, artists)
			locksStand(t, before, after, made)
			if e.Do == DoSwap && len(differing(before, after)) == 0 {
				t.Fatalf("%s changed nothing", e)
			}
		}
		var read Playlist
		if err := json.Unmarshal(history[len(history)-1], &read); err != nil {
			t.Fatal(err)
		}
		again, err := Resume(ctx, lib, &read)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []*Draft{d, again} {
			for i := len(history) - 1; i >= 0; i-- {
				if got := encodedR(t, d.Playlist()); !bytes.Equal(got, history[i]) {
					at := 0
					for at < min(len(got), len(history[i])) && got[at] == history[i][at] {
						at++
					}
					t.Fatalf("after undoing, hour %d is another from …%.200s… on", i, got[max(0, at-100):])
				}
				if _, err := d.Undo(); (err == nil) != (i > 0) {
					t.Fatal(err)
				}
			}
		}
	})
}

func encodedR(t *rapid.T, p *Playlist) []byte {
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func neverBroken(t *rapid.T, lib *Library, p *Playlist, excluded, artists map[string]bool) {
	seen := map[string]bool{}
	if p.Metrics.Forbidden > 0 {
		t.Fatalf("%d tracks are where they may not be", p.Metrics.Forbidden)
	}
	for i, k := range p.Tracks {
		if seen[k.Title] || excluded[k.ID] || len(k.Artists) > 0 && artists[k.Artists[0]] {
			t.Fatalf("place %d: %s by %v", i+1, k.ID, k.Artists)
		}
		if p.Night && k.Arousal > NightArousal {
			t.Fatalf("place %d at night: %g", i+1, k.Arousal)
		}
		seen[k.Title] = true
	}
	ruminants := 0
	for _, k := range p.Tracks {
		if row, _ := lib.row(k.ID); lib.ruminant(row) {
			ruminants++
		}
	}
	if ruminants > 1 {
		t.Fatalf("%d of the low top five", ruminants)
	}
}

// locksStand checks that what was locked is locked, and at its place where places
// mean the same.
func locksStand(t *rapid.T, before, after *Playlist, e Edit) {
	for i, k := range before.Tracks {
		if !k.Locked || i+1 == e.Place && (e.Do == DoUnlock || e.Do == DoMove) {
			continue
		}
		at := slices.IndexFunc(after.Tracks, func(x Track) bool { return x.ID == k.ID })
		if at < 0 || !after.Tracks[at].Locked {
			t.Fatalf("%s: the track locked at place %d is not held", e, i+1)
		}
		if e.Do != DoLength && at != i {
			t.Fatalf("%s: the track locked at place %d stands at %d", e, i+1, at+1)
		}
	}
	if slices.Contains([]Action{DoSwap, DoLock, DoUnlock, DoExclude, DoExcludeArtist, DoInsert, DoMove}, e.Do) && len(before.Tracks) != len(after.Tracks) && before.Minutes == after.Minutes && len(after.Relaxed) == 0 {
		t.Fatalf("%s: %d tracks became %d", e, len(before.Tracks), len(after.Tracks))
	}
}

// BenchmarkEdit makes one edit of an hour of 1,000 candidates at random places; an
// insert is of any candidate, however far from the plan, insert-other of any track
// of the catalogue.
func BenchmarkEdit(b *testing.B) {
	lib := syntheticLibrary(b, 20_000, 10, 5000, true)
	r := request(b, "angry", "calm", 60)
	r.Candidates = 1000
	ctx := context.Background()
	d := mustDraft(b, lib, r)
	mustApply(b, d, Edit{Do: DoLock, Place: 3})
	rng := rand.New(rand.NewPCG(1, 2))
	n := len(d.Playlist().Tracks)
	rows := d.versions[0].pl.rows
	for name, edit := range map[string]func() Edit{
		"swap":    func() Edit { return Edit{Do: DoSwap, Place: 4 + rng.IntN(n-3)} },
		"lock":    func() Edit { return Edit{Do: DoLock, Place: 4 + rng.IntN(n-3)} },
		"exclude": func() Edit { return Edit{Do: DoExclude, Place: 4 + rng.IntN(n-3)} },
		"artist":  func() Edit { return Edit{Do: DoExcludeArtist, Place: 4 + rng.IntN(n-3)} },
		"insert": func() Edit {
			for {
				if row := rows[rng.IntN(len(rows))]; d.versions[d.at].find(row) < 0 {
					return Edit{Do: DoInsert, Place: 4 + rng.IntN(n-3), ID: lib.Catalog.ID[row]}
				}
			}
		},
		"insert-other": func() Edit {
			for {
				row := int32(rng.IntN(lib.Catalog.Len()))
				if _, is := slices.BinarySearch(rows, row); !is && d.versions[0].pl.ok.has(row) {
					return Edit{Do: DoInsert, Place: 4 + rng.IntN(n-3), ID: lib.Catalog.ID[row]}
				}
			}
		},
		"move": func() Edit {
			from := 4 + rng.IntN(n-3)
			return Edit{Do: DoMove, Place: from, Where: 4 + (from-4+1+rng.IntN(n-4))%(n-3)}
		},
		"shorten": func() Edit { return Edit{Do: DoLength, Minutes: 30 + rng.IntN(20)} },
		"extend":  func() Edit { return Edit{Do: DoLength, Minutes: 65 + rng.IntN(30)} },
		"target": func() Edit {
			return Edit{Do: DoTarget, To: &Place{Affect: segue.Affect{Valence: .6 + .3*rng.Float64(), Arousal: .2 + .3*rng.Float64()}}}
		},
		"rebuild": func() Edit { s := rng.Uint64(); return Edit{Do: DoRebuild, Seed: &s} },
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				e, began := edit(), time.Now()
				if _, err := d.Apply(ctx, e); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				b.StopTimer()
				if _, err := d.Undo(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, "median-ms")
		})
	}
}
