package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/internal/pgtest"
)

// TestMain lets tests run this binary as another process: see child_test.go.
func TestMain(m *testing.M) {
	if task := os.Getenv("SEGUE_STORE_TASK"); task != "" {
		os.Exit(child(task, os.Getenv("SEGUE_STORE_PATH")))
	}
	os.Exit(m.Run())
}

// kinds are the kinds of database every promise is held to.
func kinds(t *testing.T) map[string]Options {
	return map[string]Options{
		"memory":    {},
		"file":      {Path: filepath.Join(t.TempDir(), "a folder & more", "segue.db")},
		"encrypted": {Path: filepath.Join(t.TempDir(), "segue.db"), Key: []byte("a passphrase")},
	}
}

// eachKind runs a test on every kind of database, an empty one each. A kind that has a
// Path or a URL can be opened again.
func eachKind(t *testing.T, test func(t *testing.T, o Options)) {
	for name, o := range kinds(t) {
		t.Run(name, func(t *testing.T) { test(t, o) })
	}
	t.Run("PostgreSQL", func(t *testing.T) { test(t, Options{URL: pgtest.URL(t)}) })
}

func opened(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at is the nth millisecond of some evening.
func at(n int) time.Time { return time.Date(2024, 5, 6, 19, 30, 0, n*1e6, time.UTC) }

// years returns n invented plays of a number of tracks, in order.
func years(n, tracks int) []segue.Play {
	plays := make([]segue.Play, n)
	for i := range plays {
		t := i * 7919 % tracks
		plays[i] = segue.Play{
			Track:   segue.TrackRef{ID: fmt.Sprintf("%022d", t), Title: fmt.Sprint("Title of ", t), Artist: fmt.Sprint("Artist ", t%1000), Album: fmt.Sprint("Album ", t%3000)},
			EndedAt: time.UnixMilli(1_600_000_000_000 + int64(i)*200_123).UTC(), Played: time.Duration(i%200) * time.Second, Skipped: segue.Tristate(i % 3),
		}
	}
	return plays
}

// filled stores one of everything, with a mark in every text, and returns the
// person as it should be read back.
func filled(t testing.TB, s *Store, id, mark string) *person {
	t.Helper()
	ctx := context.Background()
	p := &person{
		listener: Listener{ID: id, Name: mark + " Mai", Zone: "Asia/Ho_Chi_Minh", Language: "vi", Theme: "dark", Demo: true, Adult16: true, OffersOff: true, RetentionDays: 30, ArtSeed: 1<<63 + 5, Created: at(0)},
		consents: []Consent{{Moods, true, at(1)}, {Plays, true, at(2)}, {Moods, false, at(3)}},
		imports:  []Import{{"i-" + id, at(4), []byte(`{"files":[{"name":"` + mark + `"}]}`), 4}},
	}
	plays := []segue.Play{
		{Track: segue.TrackRef{ID: "4uLU6hMCjMI75M1A2tKUQC", ISRC: "GBAYE0601498", Title: mark + " \"quoted\"\nline", Artist: mark + "<&>", Album: mark}, EndedAt: at(5), Played: 200_123 * time.Millisecond, Skipped: segue.No},
		{Track: segue.TrackRef{ID: "b1a9c0e9-d987-4042-ae91-78d6a3267d69", Title: "Mưa"}, EndedAt: at(5), Played: 0, Skipped: segue.Yes},
		{Track: segue.TrackRef{Title: "زهرة"}, EndedAt: at(6), Played: time.Millisecond, Skipped: segue.Unknown, Scrobble: true},
		{Track: segue.TrackRef{Title: "زهرة"}, EndedAt: at(7), Played: 3 * time.Minute},
	}
	for _, play := range plays {
		p.plays = append(p.plays, keptPlay{play, 1})
	}
	p.sums = []HourSum{{"2023-01-31", 23, 12.5, 10.1, .3, 1. / 3, 3, 1}, {"2023-02-01", 0, 1e-9, 0, 0, 0, 1, 0}}
	p.checkIns = []CheckIn{{"c1-" + id, at(8), [2]int{1, 9}, nil, true}, {"c2-" + id, at(9), [2]int{5, 5}, &[2]int{8, 2}, false}}
	p.hours = []Hour{
		{"h2-" + id, "", at(11), at(11), []byte(`{}`), 1},
		{"h1-" + id, "c1-" + id, at(10), at(12), []byte(`{"title":"` + mark + `","n":[1,2.50]}`), 3},
	}
	p.reflections = []Reflection{{"h1-" + id, at(13), &[2]int{7, 3}, 2, mark + " felt lighter"}, {"h2-" + id, at(14), nil, -2, ""}}
	p.cards = []card{{mark, at(15), false}, {mark, at(16), true}}
	p.shares = []Share{{"s-" + id, id, "tide", mark + " fact", "spring", "en", 1<<64 - 1, at(17)}}
	must(t, s.SaveListener(ctx, p.listener))
	for _, c := range p.consents {
		must(t, s.SetConsent(ctx, id, c))
	}
	must(t, s.AddImport(ctx, id, p.imports[0], plays))
	must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error { return saveSums(ctx, c, id, p.sums) }))
	for _, k := range p.checkIns {
		must(t, s.AddCheckIn(ctx, id, k))
	}
	for _, h := range p.hours {
		for v := 1; v <= p.hours[1].Version && v <= h.Version; v++ {
			h := h
			h.Version = v
			must(t, s.SaveHour(ctx, id, h))
		}
	}
	for _, r := range p.reflections {
		must(t, s.SaveReflection(ctx, id, Reflection{Hour: r.Hour, At: at(1), Feel: 0, Words: "before"}))
		must(t, s.SaveReflection(ctx, id, r))
	}
	must(t, s.CardShown(ctx, id, p.cards[0].kind, p.cards[0].at))
	must(t, s.CardDismissed(ctx, id, p.cards[1].kind, p.cards[1].at))
	must(t, s.CardDismissed(ctx, id, p.cards[1].kind, p.cards[1].at)) // a second tap
	must(t, s.AddShare(ctx, p.shares[0]))
	ms, feel := int64(0), -2
	p.records = []Record{
		{N: 1, ID: mark + "-1", Schema: 1, Kind: "track_end", At: at(18), Offset: -60, Source: "api", Hour: "h1-" + id, Track: mark, Place: 3, PlannedMS: 200_000, MS: &ms, Reason: "skipped", Adjusted: true},
		{N: 2, ID: mark + "-2", Schema: 1, Kind: "reflection", At: at(17), Source: "web", Hour: mark, Feel: &feel, Words: mark + " nhẹ\n\"hơn\""},
		{N: 3, ID: mark + "-3", Schema: 1, Kind: "exposure", At: at(17), Source: "api", Experiment: mark, Arm: mark, Propensity: 1. / 3, Context: mark, Propensities: mark, Cell: &[2]int{1, 9}, Target: &[2]int{9, 1}},
	}
	for range 2 { // the second time nothing is new
		_, err := s.AppendRecords(ctx, id, p.records)
		must(t, err)
	}
	p.trials = []Trial{
		{ID: "t1-" + id, At: at(18), Ended: at(19), Design: []byte(`{"title":"` + mark + ` nhẹ","arms":[1,2.50]}`)},
		{ID: "t2-" + id, At: at(20), Design: []byte(`{}`)},
	}
	must(t, s.AddTrial(ctx, id, Trial{ID: p.trials[0].ID, At: p.trials[0].At, Design: p.trials[0].Design}))
	must(t, s.EndTrial(ctx, id, p.trials[0].ID, p.trials[0].Ended))
	must(t, s.AddTrial(ctx, id, p.trials[1]))
	p.corrections = []Correction{
		{ID: "k1-" + id, Track: mark, At: at(19), Kind: KindCell, Valence: .875, Arousal: .125},
		{ID: "k2-" + id, Track: mark + " 2", At: at(20), Kind: KindPoint, Valence: 1. / 3, Arousal: 1},
		{ID: "k3-" + id, Track: mark, At: at(21), Kind: KindNever, Mood: "sad"},
	}
	for _, k := range p.corrections {
		must(t, s.AddCorrection(ctx, id, k))
	}
	return p
}

// stored reads all of a listener.
func stored(t testing.TB, s *Store, id string) *person {
	t.Helper()
	var p *person
	must(t, s.read(context.Background(), "", func(ctx context.Context, c *conn) (err error) {
		p, err = loadPerson(ctx, c, id)
		return err
	}))
	p.listener.PlaysVersion = 0 // of each store its own
	return p
}

func TestRoundTrip(t *testing.T) {
	eachKind(t, func(t *testing.T, o Options) {
		ctx := context.Background()
		s, err := Open(ctx, o)
		must(t, err)
		defer func() { s.Close() }()
		want := filled(t, s, "self", "x")
		other := filled(t, s, "other", "y")
		for range 2 {
			if got := stored(t, s, "self"); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if got := stored(t, s, "other"); !reflect.DeepEqual(got, other) {
				t.Errorf("got  %+v\nwant %+v", got, other)
			}
			if o.Path+o.URL == "" {
				break
			}
			must(t, s.Close())
			s, err = Open(ctx, o)
			must(t, err)
		}
		all, err := s.Listeners(ctx)
		must(t, err)
		for i := range all {
			all[i].PlaysVersion = 0
		}
		if len(all) != 2 || all[1] != want.listener {
			t.Errorf("listeners %+v", all)
		}
		consents, err := s.Consents(ctx, "self")
		must(t, err)
		if len(consents) != 2 || consents[Moods].Given || !consents[Plays].Given || !consents[Moods].At.Equal(at(3)) {
			t.Errorf("consents %+v", consents)
		}
		last, err := s.LastCheckIn(ctx, "self")
		if must(t, err); !reflect.DeepEqual(last, want.checkIns[1]) {
			t.Errorf("last check-in %+v", last)
		}
		h, err := s.Hour(ctx, "self", "h1-self")
		if must(t, err); !reflect.DeepEqual(h, want.hours[1]) {
			t.Errorf("hour %+v", h)
		}
		shown, dismissed, err := s.Cards(ctx, "self")
		if must(t, err); !reflect.DeepEqual(shown, []time.Time{at(15)}) || !reflect.DeepEqual(dismissed, []time.Time{at(16)}) {
			t.Errorf("cards %v %v", shown, dismissed)
		}
		share, err := s.Share(ctx, "s-self")
		if must(t, err); share != want.shares[0] {
			t.Errorf("share %+v", share)
		}
		for range 3 {
			must(t, s.CountShare(ctx, "spring", "view"))
		}
		must(t, s.CountShare(ctx, "spring", "tap"))
		counts, err := s.ShareCounts(ctx, "spring")
		if must(t, err); !reflect.DeepEqual(counts, map[string]int{"view": 3, "tap": 1}) {
			t.Errorf("counts %v", counts)
		}
	})
}

func TestImportReplaces(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		plays := years(1234, 77)
		backwards := make([]segue.Play, len(plays))
		for i, p := range plays {
			backwards[len(plays)-1-i] = p
		}
		kept := func(want ...int) {
			t.Helper()
			imports, err := s.Imports(ctx, "self")
			must(t, err)
			var got []int
			for _, i := range imports {
				got = append(got, i.Plays)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("imports keep %v plays, want %v", got, want)
			}
		}
		holds := func(want []segue.Play) {
			t.Helper()
			if got, err := s.Plays(ctx, "self"); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%d plays, want %d, %v", len(got), len(want), err)
			}
		}
		must(t, s.AddImport(ctx, "self", Import{ID: "a", At: at(1)}, plays[:200]))
		kept(200)
		must(t, s.AddImport(ctx, "self", Import{ID: "b", At: at(2)}, backwards))
		kept(200, 1034) // what was there stays with the import that brought it
		holds(plays)
		if err := s.AddImport(ctx, "self", Import{ID: "a", At: at(3)}, nil); !errors.Is(err, ErrConflict) {
			t.Errorf("an id used twice: %v", err)
		}
		kept(200, 1034)
		holds(plays)

		if got, err := s.ExpiredPlays(ctx, "self", at(1)); err != nil || !reflect.DeepEqual(got, plays[:200]) {
			t.Errorf("%d plays to let go, %v", len(got), err)
		}
		sums := []HourSum{{Date: "2024-02-29", Hour: 7, Seconds: 3600, Plays: 12}, {Date: "2024-02-29", Hour: 8, Seconds: 60}}
		must(t, s.Reduce(ctx, "self", at(1), sums))
		kept(0, 1034)
		holds(plays[200:])
		less := []HourSum{{Date: "2024-02-29", Hour: 7, Seconds: 1800, Plays: 6}, {Date: "2024-02-29", Hour: 8, Seconds: 90}}
		must(t, s.Reduce(ctx, "self", at(2), less))
		kept(0, 0)
		holds([]segue.Play{})
		sums[1] = less[1] // of each hour, the sum of more seconds
		if got, err := s.HourSums(ctx, "self"); err != nil || !reflect.DeepEqual(got, sums) {
			t.Errorf("sums %+v, %v", got, err)
		}

		must(t, s.AddImport(ctx, "self", Import{ID: "c", At: at(3)}, plays[:10]))
		kept(0, 0, 10)
		must(t, s.DeletePlays(ctx, "self"))
		sums, _ = s.HourSums(ctx, "self")
		imports, _ := s.Imports(ctx, "self")
		if len(sums)+len(imports) > 0 {
			t.Errorf("left %v and %v", sums, imports)
		}
		must(t, s.AddImport(ctx, "self", Import{ID: "a", At: at(3)}, plays))
		holds(plays)
	})
}

func TestTwoWindows(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		h := Hour{ID: "h", Plan: []byte(`{"a":1}`), Version: 1}
		must(t, s.SaveHour(ctx, "self", h))
		if err := s.SaveHour(ctx, "self", h); !errors.Is(err, ErrConflict) {
			t.Errorf("made twice: %v", err)
		}
		h.Version, h.Plan = 2, []byte(`{"a":2}`)
		must(t, s.SaveHour(ctx, "self", h))
		h.Plan = []byte(`{"a":3}`)
		if err := s.SaveHour(ctx, "self", h); !errors.Is(err, ErrConflict) {
			t.Errorf("changed by the second window: %v", err)
		}
		if got, err := s.Hour(ctx, "self", "h"); err != nil || string(got.Plan) != `{"a":2}` {
			t.Errorf("plan %s, %v", got.Plan, err)
		}
		h.ID = "none"
		if err := s.SaveHour(ctx, "self", h); !errors.Is(err, ErrNotFound) {
			t.Errorf("an hour that is not there: %v", err)
		}
	})
}

// A list of hours needs the beginning of each plan alone, and what was said of one hour
// is found without the others.
func TestHourHeads(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		must(t, s.SaveListener(ctx, Listener{ID: "other"}))
		long := `{"to":"` + strings.Repeat("é", 2*headLength) + `"}`
		for i, plan := range []string{long, `{}`} {
			must(t, s.SaveHour(ctx, "self", Hour{ID: fmt.Sprint("h", i), At: at(i), Changed: at(i), Plan: []byte(plan), Version: 1}))
		}
		heads, err := s.HourHeads(ctx, "self")
		must(t, err)
		all, err := s.Hours(ctx, "self")
		must(t, err)
		if len(heads) != 2 || string(heads[0].Plan) != "{}" || string(heads[1].Plan) != string([]rune(long)[:headLength]) {
			t.Errorf("%d heads", len(heads))
		}
		for i := range heads {
			heads[i].Plan = all[i].Plan
		}
		if !reflect.DeepEqual(heads, all) {
			t.Errorf("but for plans, %v are not %v", heads, all)
		}
		said := Reflection{Hour: "h1", At: at(5), Feel: 1, After: &[2]int{2, 3}, Words: "so"}
		must(t, s.SaveReflection(ctx, "self", said))
		if got, err := s.Reflection(ctx, "self", "h1"); err != nil || !reflect.DeepEqual(got, said) {
			t.Errorf("%v, %v", got, err)
		}
		for _, of := range [][2]string{{"self", "h0"}, {"self", "none"}, {"other", "h1"}} {
			if _, err := s.Reflection(ctx, of[0], of[1]); !errors.Is(err, ErrNotFound) {
				t.Errorf("what %s said of %s: %v", of[0], of[1], err)
			}
		}
	})
}

func TestNotFound(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for name, do := range map[string]func() error{
			"Listener":       func() error { _, err := s.Listener(ctx, "self"); return err },
			"LastCheckIn":    func() error { _, err := s.LastCheckIn(ctx, "self"); return err },
			"Hour":           func() error { _, err := s.Hour(ctx, "self", "h"); return err },
			"Share":          func() error { _, err := s.Share(ctx, "s"); return err },
			"Export":         func() error { return s.Export(ctx, "self", new(strings.Builder)) },
			"Copy":           func() error { return s.Copy(ctx, "self", s) },
			"SetConsent":     func() error { return s.SetConsent(ctx, "self", Consent{Moods, true, at(1)}) },
			"AddImport":      func() error { return s.AddImport(ctx, "self", Import{ID: "i"}, years(3, 3)) },
			"AddCheckIn":     func() error { return s.AddCheckIn(ctx, "self", CheckIn{ID: "c", Now: [2]int{1, 1}}) },
			"SaveHour":       func() error { return s.SaveHour(ctx, "self", Hour{ID: "h", Plan: []byte("{}"), Version: 1}) },
			"SaveReflection": func() error { return s.SaveReflection(ctx, "self", Reflection{Hour: "h"}) },
			"CardShown":      func() error { return s.CardShown(ctx, "self", "gentle", at(1)) },
			"AddShare":       func() error { return s.AddShare(ctx, Share{ID: "s", Listener: "self"}) },
		} {
			if err := do(); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
		for name, do := range map[string]func() (int, error){
			"Plays":    func() (int, error) { v, err := s.Plays(ctx, "self"); return len(v), err },
			"Hours":    func() (int, error) { v, err := s.Hours(ctx, "self"); return len(v), err },
			"CheckIns": func() (int, error) { v, err := s.CheckIns(ctx, "self"); return len(v), err },
			"Consents": func() (int, error) { v, err := s.Consents(ctx, "self"); return len(v), err },
			"Shares":   func() (int, error) { v, err := s.Shares(ctx, "self"); return len(v), err },
		} {
			if n, err := do(); n != 0 || err != nil {
				t.Errorf("%s of nobody: %d, %v", name, n, err)
			}
		}
	})
}

// What cannot be stored is refused, and the refusal does not repeat it.
func TestInvalid(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		const canary = "Quetzalcoatlus"
		long := strings.Repeat(canary, 100)
		for name, do := range map[string]func() error{
			"no id":       func() error { return s.SaveListener(ctx, Listener{Name: canary}) },
			"long id":     func() error { return s.SaveListener(ctx, Listener{ID: long}) },
			"id with NUL": func() error { return s.SaveListener(ctx, Listener{ID: canary + "\x00"}) },
			"no days":     func() error { return s.SaveListener(ctx, Listener{ID: canary, RetentionDays: -1}) },
			"purpose":     func() error { return s.SetConsent(ctx, "self", Consent{Purpose: canary}) },
			"report":      func() error { return s.AddImport(ctx, "self", Import{ID: "i", Report: []byte(canary)}, nil) },
			"year": func() error {
				return s.AddCheckIn(ctx, "self", CheckIn{ID: "c", Now: [2]int{1, 1}, At: time.UnixMilli(1 << 60)})
			},
			"cell": func() error { return s.AddCheckIn(ctx, "self", CheckIn{ID: canary, Now: [2]int{0, 9}}) },
			"target": func() error {
				return s.AddCheckIn(ctx, "self", CheckIn{ID: canary, Now: [2]int{1, 9}, Target: &[2]int{1, 10}})
			},
			"plan":    func() error { return s.SaveHour(ctx, "self", Hour{ID: "h", Version: 1, Plan: []byte(canary)}) },
			"version": func() error { return s.SaveHour(ctx, "self", Hour{ID: "h", Plan: []byte(`"` + canary + `"`)}) },
			"feel":    func() error { return s.SaveReflection(ctx, "self", Reflection{Hour: "h", Feel: 3, Words: canary}) },
			"date":    func() error { return s.Reduce(ctx, "self", at(0), []HourSum{{Date: canary}}) },
			"negative play": func() error {
				return s.AddImport(ctx, "self", Import{ID: "i"}, []segue.Play{{Track: segue.TrackRef{Title: canary}, Played: -1}})
			},
			"skipped": func() error {
				return s.AddImport(ctx, "self", Import{ID: "i"}, []segue.Play{{Track: segue.TrackRef{Title: canary}, Skipped: 3}})
			},
		} {
			err := do()
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			} else if strings.Contains(err.Error(), canary) {
				t.Errorf("%s: says %v", name, err)
			}
		}
		// Constraints fail in the database, whose own words are not passed on.
		must(t, s.AddShare(ctx, Share{ID: canary, Listener: "self", Fact: canary}))
		if err := s.AddShare(ctx, Share{ID: canary, Listener: "self", Fact: canary}); !errors.Is(err, ErrConflict) || strings.Contains(err.Error(), canary) {
			t.Errorf("shared twice: %v", err)
		}
	})
}

// Texts that one of the databases, or JSON, could not hold are mended.
func TestText(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.SaveListener(ctx, Listener{ID: "self", Name: "a\x00b\xffc'\"; DROP TABLE plays; --"}))
		l, err := s.Listener(ctx, "self")
		if want := "a\uFFFDb\uFFFDc'\"; DROP TABLE plays; --"; err != nil || l.Name != want {
			t.Errorf("got %q, %v", l.Name, err)
		}
	})
}

// Every table knows whose its rows are, but the one that knows no people, and
// what is exported, copied and forgotten is all of them.
func TestPersonIsEverything(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	filled(t, s, "self", "x")
	var tables []string
	must(t, s.read(ctx, "", func(ctx context.Context, c *conn) error {
		return c.each(ctx, func(read func(...any) error) error {
			var name string
			err := read(&name)
			tables = append(tables, name)
			return err
		}, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	}))
	tables = slices.DeleteFunc(tables, func(name string) bool { return slices.Contains(serviceTables(), name) })
	want := []string{"cards", "check_ins", "consents", "corrections", "hour_sums", "hours", "imports", "listeners", "plays", "records", "reflections", versionTable, "share_counts", "shares", "tracks", "trials"}
	if !reflect.DeepEqual(tables, want) {
		t.Fatalf("tables %v: what is new belongs in person.go and export.go", tables)
	}
	count := func(table string) (n int64) {
		must(t, s.read(ctx, "", func(ctx context.Context, c *conn) (err error) {
			n, err = first(ctx, c, scanCount, "SELECT COUNT(*) FROM "+table)
			return err
		}))
		return n
	}
	for _, table := range tables {
		if table != "share_counts" && count(table) == 0 {
			t.Errorf("filled left %s empty", table)
		}
	}
	must(t, s.Forget(ctx, "self"))
	for _, table := range tables {
		if table != versionTable && count(table) > 0 {
			t.Errorf("Forget left rows in %s", table)
		}
	}
}
