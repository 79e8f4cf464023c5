package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/demo"

	"pgregory.net/rapid"
)

// bring reads paths with what was read before.
func bring(t *testing.T, known []segue.Play, paths ...string) ([]segue.Play, *Report) {
	t.Helper()
	before := slices.Clone(known)
	plays, report, err := Read(t.Context(), paths, Options{Now: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Known: known})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(before, known) {
		t.Error("what was known was modified")
	}
	dropped, rows, imported := 0, 0, 0
	for _, n := range report.Dropped {
		dropped += n
	}
	for _, f := range report.Files {
		rows, imported = rows+f.Rows, imported+f.Imported
		if f.Imported < 0 {
			t.Errorf("%s: %d imported", f.Name, f.Imported)
		}
	}
	if report.Rows != report.Plays+report.Duplicates+dropped || rows != report.Rows || imported != report.Plays {
		t.Errorf("does not add up: %+v", report)
	}
	if len(known) > 0 && (report.Known != len(known) || report.Held != len(plays)) {
		t.Errorf("%d known, %d held; the report says %d and %d", len(known), len(plays), report.Known, report.Held)
	}
	return plays, report
}

// TestSameFileTwice: whatever is brought again changes nothing, and the report
// calls all of it duplicates.
func TestSameFileTwice(t *testing.T) {
	paths, err := filepath.Glob("testdata/*/*")
	if err != nil || len(paths) == 0 {
		t.Fatal("no test data", err)
	}
	_, exports, err := demo.Write(t.Context(), t.TempDir(), demo.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, exports...)
	if real, _ := filepath.Glob("../../shared/data/history/*.json"); len(real) > 0 {
		paths = append(paths, real...)
	} else {
		t.Log("SKIPPED: the real history is not at ../../shared/data/history")
	}
	tried := 0
	for _, path := range paths {
		first, _, err := Read(t.Context(), []string{path}, Options{})
		if err != nil {
			continue // bad input, tried elsewhere
		}
		tried++
		again, report := bring(t, first, path)
		if !slices.Equal(first, again) {
			t.Errorf("%s: %d plays became %d", path, len(first), len(again))
		}
		if report.Plays != 0 || report.Skips != 0 || !report.First.Equal(first[0].EndedAt) || !report.Last.Equal(first[len(first)-1].EndedAt) {
			t.Errorf("%s: brought again: %+v", path, report)
		}
	}
	if tried < 8 {
		t.Errorf("only %d files were tried", tried)
	}
}

// TestOrderOfBringing: exports that overlap give the same plays one after the
// other, in either order, as at once.
func TestOrderOfBringing(t *testing.T) {
	accountFile := file(t, "account", accountRows(
		account("2024-01-01 09:00", 200_000, "Old"), account("2024-01-01 10:00", 180_000, "Á"), account("2024-01-01 10:01", 0, "S"), account("2024-01-01 10:01", 0, "S"),
		account("2024-01-01 10:05", 1200, "S")))
	extendedFile := file(t, "extended", accountRows(
		extended("2024-01-01T10:00:59Z", 180_000, "a", "1"), extended("2024-01-01T10:01:10Z", 0, "S", "2"), extended("2024-01-01T10:30:00Z", 90_000, "New", "3")))
	scrobbles := file(t, "scrobbles", "artist,album,track,uts\nBand,LP,A,1704103075\nBand,LP,Only,1704110000\n")
	at, _ := bring(t, nil, accountFile, extendedFile, scrobbles)
	if len(at) != 7 { // Old, a, S once to the second and once to the minute, S of 1.2 s, New, Only
		t.Fatalf("at once: %d plays: %+v", len(at), at)
	}
	for _, order := range [][]string{
		{accountFile, extendedFile, scrobbles}, {accountFile, scrobbles, extendedFile}, {extendedFile, accountFile, scrobbles},
		{extendedFile, scrobbles, accountFile}, {scrobbles, accountFile, extendedFile}, {scrobbles, extendedFile, accountFile},
	} {
		var plays []segue.Play
		for range 2 {
			for _, path := range order {
				plays, _ = bring(t, plays, path)
			}
		}
		if !slices.Equal(plays, at) {
			t.Errorf("%s: %+v, want %+v", strings.Join(order, " "), plays, at)
		}
	}
}

// TestOverlap: a later export of the same service adds what is new in it.
func TestOverlap(t *testing.T) {
	rows := make([]string, 40)
	for i := range rows {
		rows[i] = extended(time.Date(2024, 1, 1, 10, 4*i, 7, 0, time.UTC).Format(time.RFC3339), 200_000+i, fmt.Sprint("T", i%7), fmt.Sprint(i%7))
	}
	early, late := file(t, "early", accountRows(rows[:25]...)), file(t, "late", accountRows(rows[15:]...))
	first, _ := bring(t, nil, early)
	both, report := bring(t, first, late)
	if len(both) != 40 || report.Plays != 15 || report.Duplicates != 10 {
		t.Errorf("%d plays: %+v", len(both), report)
	}
	other, _ := bring(t, nil, late)
	if other, _ = bring(t, other, early); !slices.Equal(other, both) {
		t.Error("the order of bringing matters")
	}
}

// TestKnownSkips: two skips in one minute stay two, and a third of another file is
// added once.
func TestKnownSkips(t *testing.T) {
	row := account("2024-01-01 10:00", 0, "A")
	two, three := file(t, "two", accountRows(row, row)), file(t, "three", accountRows(row, row, row))
	plays, _ := bring(t, nil, two)
	for _, c := range []struct {
		path       string
		plays, add int
	}{{two, 2, 0}, {three, 3, 1}, {two, 3, 0}, {three, 3, 0}} {
		var report *Report
		if plays, report = bring(t, plays, c.path); len(plays) != c.plays || report.Plays != c.add {
			t.Errorf("%s: %d plays, %d added", c.path, len(plays), report.Plays)
		}
	}
}

// TestNoPlaysWithKnown: what is known does not hide that a file holds none.
func TestNoPlaysWithKnown(t *testing.T) {
	plays, _ := bring(t, nil, file(t, "a", accountRows(account("2024-01-01 10:00", 200_000, "A"))))
	_, _, err := Read(t.Context(), []string{file(t, "b", `[{"ts":"2024-01-01T10:00:59Z","ms_played":1000,"episode_name":"E","spotify_episode_uri":"x","master_metadata_track_name":null}]`)}, Options{Known: plays})
	if err == nil || !strings.Contains(err.Error(), "no music") {
		t.Errorf("got %v", err)
	}
}

// TestKnownLaws: of parts in which everything collides, bringing any of them again
// once all are known adds nothing and loses nothing.
func TestKnownLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := drawParts(t)
		plays := merge(clone(parts)).plays
		for i := range parts {
			out := merge(withKnown(clone(parts[i:i+1]), plays))
			known := 0
			for _, of := range out.of {
				if of&fromKnown != 0 {
					known++
				}
			}
			if len(out.plays)-known != len(parts[i].plays)-out.duplicates[0] {
				t.Fatalf("%d plays were not known, %d of %d rows are duplicates", len(out.plays)-known, out.duplicates[0], len(parts[i].plays))
			}
			alone := merge(clone(parts[i : i+1])).plays
			if again := merge(withKnown(clone(parts[i:i+1]), alone)); !slices.Equal(again.plays, alone) || again.duplicates[0] != len(parts[i].plays) {
				t.Fatalf("brought twice: %+v, was %+v", again.plays, alone)
			}
			again := merge(withKnown(nil, plays))
			if !slices.Equal(again.plays, plays) {
				t.Fatalf("what is known alone became %+v, was %+v", again.plays, plays)
			}
		}
	})
}

func BenchmarkReadKnown(b *testing.B) {
	dir := b.TempDir()
	_, exports, err := demo.Write(b.Context(), dir, demo.DefaultSeed)
	if err != nil {
		b.Fatal(err)
	}
	plays, _, err := Read(b.Context(), exports, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(plays)), "plays")
	for b.Loop() {
		if _, _, err := Read(b.Context(), exports, Options{Known: plays}); err != nil {
			b.Fatal(err)
		}
	}
	_ = os.RemoveAll(dir)
}
