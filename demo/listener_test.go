package demo

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// played is a row of the export as a reader sees it.
type played struct {
	exportRow
	begin, end time.Time // local
	track      *track    // nil for a podcast
}

// year reads both files of the export back, repeated rows once.
func year(t *testing.T, d *Data) (plays []played, repeats int) {
	t.Helper()
	tracks := map[string]*track{}
	for i := range d.library.tracks {
		tr := &d.library.tracks[i]
		tracks[tr.id] = tr
		if tr.otherID != "" {
			tracks[tr.otherID] = tr
		}
	}
	seen := map[string]bool{}
	last := ""
	for _, f := range d.History() {
		if f.Name <= last || !strings.HasSuffix(f.Name, ".json") {
			t.Errorf("file %q after %q", f.Name, last)
		}
		last = f.Name
		var raw []json.RawMessage
		if err := json.Unmarshal(f.Body, &raw); err != nil {
			t.Fatal(err)
		}
		for _, r := range raw {
			if seen[string(r)] {
				repeats++
				continue
			}
			seen[string(r)] = true
			var p played
			if err := json.Unmarshal(r, &p.exportRow); err != nil {
				t.Fatal(err)
			}
			end, err := time.Parse(time.RFC3339, p.TS)
			if err != nil {
				t.Fatal(err)
			}
			p.end = end.In(Location())
			p.begin = p.end.Add(-time.Duration(p.MS) * time.Millisecond)
			if p.URI != nil {
				p.track = tracks[strings.TrimPrefix(*p.URI, "spotify:track:")]
				if p.track == nil {
					t.Fatalf("nobody knows %s", *p.URI)
				}
			}
			plays = append(plays, p)
		}
	}
	return plays, repeats
}

// mean is the mean place of plays, weighted by the time heard.
func mean(plays []played, keep func(p played) bool) (valence, arousal float64, n int) {
	weight := 0.0
	for _, p := range plays {
		if p.track == nil || p.MS < 30_000 || !keep(p) {
			continue
		}
		w := float64(p.MS)
		valence, arousal, weight, n = valence+w*p.track.valence, arousal+w*p.track.arousal, weight+w, n+1
	}
	return valence / weight, arousal / weight, n
}

func TestTheYearIsWhole(t *testing.T) {
	plays, repeats := year(t, Generate(DefaultSeed))
	if repeats != overlapping {
		t.Errorf("%d rows are in both files, want %d", repeats, overlapping)
	}
	podcasts, skips, known, music := 0, 0, 0, 0
	sessions, days := 0, map[string]bool{}
	var before time.Time
	for i, p := range plays {
		if !strings.HasPrefix(p.IP, "192.0.2.") && !strings.HasPrefix(p.IP, "198.51.100.") {
			t.Fatalf("address %s is not one for documentation", p.IP)
		}
		if i > 0 && p.end.Before(plays[i-1].end) {
			t.Fatalf("row %d ends before row %d", i, i-1)
		}
		if p.track == nil {
			podcasts++
			if p.Episode == nil || p.Track != nil {
				t.Fatalf("neither track nor episode: %+v", p.exportRow)
			}
			continue
		}
		music++
		if p.MS < 0 || p.MS > p.track.millis || p.Skipped != (p.ReasonEnd == "fwdbtn") || (p.ReasonEnd == "trackdone" && p.MS != p.track.millis) {
			t.Fatalf("heard %d of %d ms, %s, skipped %v", p.MS, p.track.millis, p.ReasonEnd, p.Skipped)
		}
		if p.Skipped {
			skips++
		}
		if !p.track.absent {
			known++
		}
		// Ends are cut to seconds, so a play may seem to begin one second early.
		if p.begin.Before(before.Add(-2 * time.Second)) {
			t.Fatalf("two tracks at once: %v, %v", before, p.begin)
		}
		if p.begin.Sub(before) >= 30*time.Minute {
			sessions++
			days[p.begin.Add(-3*time.Hour).Format(time.DateOnly)] = true
		}
		before = p.end
	}
	if music < 10_000 || music > 14_000 || podcasts < 20 {
		t.Errorf("%d plays and %d podcasts", music, podcasts)
	}
	if share := float64(skips) / float64(music); share < .10 || share > .30 {
		t.Errorf("%.3f skipped", share)
	}
	if share := float64(known) / float64(music); share < .80 || share > .92 {
		t.Errorf("the catalogue holds %.3f of the plays", share)
	}
	if perDay := float64(sessions) / float64(len(days)); perDay < 2 || perDay > 4 || len(days) < 300 {
		t.Errorf("%.2f sessions a day on %d days", perDay, len(days))
	}
	first, last := plays[0].begin, plays[len(plays)-1].end
	if first.Year() != Year || first.YearDay() > 7 || last.Format(time.DateOnly) < "2025-12-31" {
		t.Errorf("the year runs from %v to %v", first, last)
	}
}

func TestTheYearHasAShape(t *testing.T) {
	seeds := []uint64{DefaultSeed, 1, 2}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		plays, _ := year(t, Generate(seed))
		weekend := func(p played) bool { return p.begin.Weekday() == time.Saturday || p.begin.Weekday() == time.Sunday }
		heavy := func(p played) bool {
			d := p.begin.YearDay() - 1
			return d >= heavyFrom && d < heavyFrom+heavyDays
		}
		_, morning, _ := mean(plays, func(p played) bool { return p.begin.Hour() >= 5 && p.begin.Hour() < 9 && !heavy(p) })
		_, evening, _ := mean(plays, func(p played) bool { return p.begin.Hour() >= 21 && !weekend(p) && !heavy(p) })
		if morning < evening+.15 {
			t.Errorf("seed %d: mornings at %.2f, evenings at %.2f", seed, morning, evening)
		}
		free, _, _ := mean(plays, weekend)
		work, _, _ := mean(plays, func(p played) bool { return !weekend(p) && !heavy(p) })
		if free < work+.03 {
			t.Errorf("seed %d: weekends at %.2f, weekdays at %.2f", seed, free, work)
		}
		low, quiet, n := mean(plays, heavy)
		usual, lively, _ := mean(plays, func(p played) bool { return !heavy(p) })
		if low > usual-.12 || quiet > lively-.08 || n < 300 {
			t.Errorf("seed %d: the heavier weeks lie at (%.2f, %.2f), the others at (%.2f, %.2f)", seed, low, quiet, usual, lively)
		}
		// Favourites: the fifty most played tracks of thousands have a good part.
		count, firsts := map[*track]int{}, make([]float64, 52)
		total := make([]float64, 52)
		for _, p := range plays {
			if p.track == nil {
				continue
			}
			week := min((p.begin.YearDay()-1)/7, 51)
			if count[p.track]++; count[p.track] == 1 {
				firsts[week]++
			}
			total[week]++
		}
		var counts []int
		sum, top := 0, 0
		for _, n := range count {
			counts = append(counts, n)
		}
		slices.Sort(counts)
		slices.Reverse(counts)
		for i, n := range counts {
			sum += n
			if i < 50 {
				top += n
			}
		}
		if share := float64(top) / float64(sum); share < .15 || share > .5 || len(counts) < 1500 {
			t.Errorf("seed %d: fifty of %d tracks have %.2f of the plays", seed, len(counts), share)
		}
		// Exploring: weeks 6, 7 and 8 of nine bring more new tracks, after the
		// first weeks, in which everything is new.
		var explored, others, en, on float64
		for week := 18; week < 52; week++ {
			if week%9 >= 6 {
				explored, en = explored+firsts[week], en+total[week]
			} else {
				others, on = others+firsts[week], on+total[week]
			}
		}
		if explored/en < 1.4*others/on {
			t.Errorf("seed %d: %.3f new when exploring, %.3f otherwise", seed, explored/en, others/on)
		}
	}
}

// A playlist between any two moods needs tracks the listener knows all along the
// way (docs/science.md §6: at least 300 candidates).
func TestTheListenerKnowsTheWholePlane(t *testing.T) {
	d := Generate(DefaultSeed)
	plays, _ := year(t, d)
	done := map[*track]int{}
	for _, p := range plays {
		if p.track != nil && !p.track.absent && p.ReasonEnd == "trackdone" {
			done[p.track]++
		}
	}
	familiar := 0
	for _, n := range done {
		if n >= 3 {
			familiar++
		}
	}
	if len(done) < 1200 || familiar < 500 {
		t.Errorf("%d tracks were heard to their end, %d of them three times", len(done), familiar)
	}
	// The anchors of docs/science.md §2.
	for name, at := range map[string][2]float64{
		"angry": {.22, .82}, "anxious": {.30, .70}, "sad": {.18, .18}, "content": {.65, .45}, "calm": {.72, .25}, "happy": {.80, .78},
	} {
		near := 0
		for tr := range done {
			if math.Hypot(tr.valence-at[0], tr.arousal-at[1]) < .2 {
				near++
			}
		}
		if near < 60 {
			t.Errorf("%d tracks near %s", near, name)
		}
	}
}
