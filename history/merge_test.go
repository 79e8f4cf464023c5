package history

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/internal/titles"

	"pgregory.net/rapid"
)

func accountRows(rows ...string) string { return "[" + strings.Join(rows, ",") + "]" }

func account(end string, ms int, title string) string {
	return fmt.Sprintf(`{"endTime":%q,"msPlayed":%d,"trackName":%q,"artistName":"Band"}`, end, ms, title)
}

func extended(ts string, ms int, title, id string) string {
	return fmt.Sprintf(`{"ts":%q,"ms_played":%d,"master_metadata_track_name":%q,"master_metadata_album_artist_name":"BAND","spotify_track_uri":"spotify:track:%022s","reason_end":"trackdone"}`, ts, ms, title, id)
}

func TestMergeByHand(t *testing.T) {
	cases := []struct {
		name                    string
		files                   []string
		plays, duplicates, imp0 int // imp0: imported from the first file
	}{
		{"different ms in one minute are different plays",
			[]string{accountRows(account("2024-01-01 10:00", 20_000, "A"), account("2024-01-01 10:00", 20_001, "A"))}, 2, 0, 2},
		{"equal long rows of one file are one play: nobody hears three minutes twice in a minute",
			[]string{accountRows(account("2024-01-01 10:00", 180_000, "A"), account("2024-01-01 10:00", 180_000, "A"))}, 1, 1, 1},
		{"equal short rows of one file are two skips",
			[]string{accountRows(account("2024-01-01 10:00", 0, "A"), account("2024-01-01 10:00", 0, "A"))}, 2, 0, 2},
		{"of several files as many as the one with most",
			[]string{accountRows(account("2024-01-01 10:00", 0, "A"), account("2024-01-01 10:00", 0, "A")),
				accountRows(account("2024-01-01 10:00", 0, "a "), account("2024-01-01 10:00", 0, "A"), account("2024-01-01 10:00", 0, "A"))}, 3, 2, 0},
		{"account and extended export: the extended play stays",
			[]string{accountRows(account("2024-01-01 10:00", 180_000, "Á")), accountRows(extended("2024-01-01T10:00:59Z", 180_000, "a", "1"))}, 1, 1, 0},
		{"the next minute is another play",
			[]string{accountRows(account("2024-01-01 10:00", 180_000, "A")), accountRows(extended("2024-01-01T10:01:00Z", 180_000, "A", "1"))}, 2, 0, 1},
		{"other ms are another play",
			[]string{accountRows(account("2024-01-01 10:00", 180_000, "A")), accountRows(extended("2024-01-01T10:00:10Z", 180_001, "A", "1"))}, 2, 0, 1},
		{"each extended play takes one account play",
			[]string{accountRows(account("2024-01-01 10:00", 0, "A"), account("2024-01-01 10:00", 0, "A"), account("2024-01-01 10:00", 0, "A")),
				accountRows(extended("2024-01-01T10:00:10Z", 0, "A", "1"), extended("2024-01-01T10:00:20Z", 0, "A", "1"))}, 3, 2, 1},
		{"a scrobble of a play already known: 10:00:00 − 180 s = 09:57:00, scrobbled 09:56:10",
			[]string{accountRows(extended("2024-01-01T10:00:00Z", 180_000, "A", "1")), "artist,album,track,uts\nBand,,A,1704102970\n"}, 1, 1, 1},
		{"a scrobble more than 90 s from it is another play",
			[]string{accountRows(extended("2024-01-01T10:00:00Z", 180_000, "A", "1")), "artist,album,track,uts\nBand,,A,1704102870\n"}, 2, 0, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var paths []string
			for i, content := range c.files {
				paths = append(paths, file(t, fmt.Sprint(i), content))
			}
			plays, report := read(t, paths...)
			if len(plays) != c.plays || report.Duplicates != c.duplicates || report.Files[0].Imported != c.imp0 {
				t.Errorf("got %d plays, %+v", len(plays), report)
			}
		})
	}
}

// TestMergeTakesOver: the play that stays learns what it did not know.
func TestMergeTakesOver(t *testing.T) {
	plays, _ := read(t,
		file(t, "a", accountRows(`{"ts":"2021-04-01T00:04:00Z","ms_played":240000,"master_metadata_track_name":"Slow Ferry","master_metadata_album_artist_name":"Hale & Wren","reason_end":"fwdbtn"}`)),
		"testdata/listenbrainz/old_array.json")
	p := plays[0]
	if len(plays) != 2 || p.Scrobble || p.Skipped != segue.Yes || p.Track.ISRC != "ZZABC2100001" || p.Track.Album != "Crossings" {
		t.Errorf("got %+v", plays)
	}
}

// drawParts makes small parts in which everything collides.
func drawParts(t *rapid.T) []part {
	ranks := formats()
	titles := []string{"A", "a", "Á", "B"}
	parts := make([]part, rapid.IntRange(1, 4).Draw(t, "files"))
	for i := range parts {
		parts[i].rank = rapid.IntRange(0, len(ranks)-1).Draw(t, "rank")
		form := ranks[parts[i].rank]
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			p := segue.Play{
				Track:   segue.TrackRef{Title: rapid.SampledFrom(titles).Draw(t, "title"), Artist: "x", ID: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "id")},
				EndedAt: time.Unix(1_700_000_000+int64(rapid.SampledFrom([]int{0, 1, 30, 60, 61, 89, 120, 180, 300}).Draw(t, "end")), 0).UTC(),
				Played:  time.Duration(rapid.SampledFrom([]int{0, 500, 59_000, 60_000, 61_000, 180_000}).Draw(t, "ms")) * time.Millisecond,
			}
			if form.resolution > 0 {
				p.EndedAt = p.EndedAt.Truncate(form.resolution)
			}
			p.Scrobble = form.scrobbles
			parts[i].plays = append(parts[i].plays, p)
		}
	}
	return parts
}

func clone(parts []part) []part {
	out := make([]part, len(parts))
	for i, p := range parts {
		out[i] = part{rank: p.rank, plays: append([]segue.Play(nil), p.plays...)}
	}
	return out
}

// TestEqualTimesKeepTheirOrder: rows of one minute stay as their file has them,
// oldest first, whatever their names and however the files are named. The pause
// before ten o'clock is 9 minutes if the long play of C came first, and 10 − 1/60
// if the skip of B did.
func TestEqualTimesKeepTheirOrder(t *testing.T) {
	const end = "2024-01-01 10:00"
	rows := []string{account("2024-01-01 09:50", 1000, "Z"), account(end, 60_000, "C"), account(end, 1000, "B"), account(end, 40_000, "A"), account("2024-01-01 10:01", 30_000, "D")}
	older := file(t, "older.json", accountRows(rows[0], rows[1], rows[2]))
	newer := file(t, "newer.json", accountRows(rows[1], rows[2], rows[3], rows[4]))
	backwards := slices.Clone(rows)
	slices.Reverse(backwards)
	for name, paths := range map[string][]string{
		"one file":            {file(t, "a", accountRows(rows...))},
		"latest first":        {file(t, "b", accountRows(backwards...))},
		"overlapping":         {older, newer},
		"overlapping, turned": {newer, older},
	} {
		plays, _ := read(t, paths...)
		var order string
		for _, p := range plays {
			order += p.Track.Title
		}
		if order != "ZCBAD" {
			t.Errorf("%s: %s, want ZCBAD", name, order)
		}
	}
}

// TestMergeLaws: nothing is lost unaccounted for; every track heard stays
// heard; the order of files does not matter, and that of rows only to plays that
// ended at one time; merging again, and with itself, changes nothing.
func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := drawParts(t)
		all := merge(clone(parts))
		plays, duplicates := all.plays, all.duplicates
		rows, gone := 0, 0
		heard := map[string]bool{}
		for i, p := range parts {
			rows, gone = rows+len(p.plays), gone+duplicates[i]
			for _, q := range p.plays {
				heard[titles.Fold(q.Track.Title)] = true
			}
		}
		if len(plays)+gone != rows {
			t.Fatalf("%d plays + %d duplicates of %d rows", len(plays), gone, rows)
		}
		still := map[string]bool{}
		for _, q := range plays {
			still[titles.Fold(q.Track.Title)] = true
		}
		if len(still) != len(heard) {
			t.Fatalf("heard %v, kept %v", heard, still)
		}

		same := func(what string, other []part) {
			again := merge(other).plays
			if len(again) != len(plays) {
				t.Fatalf("%s: %d plays, not %d", what, len(again), len(plays))
			}
			for i := range again {
				if again[i] != plays[i] {
					t.Fatalf("%s: play %d is %+v, not %+v", what, i, again[i], plays[i])
				}
			}
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := clone(parts)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		same("files shuffled", clone(shuffled))
		same("imported twice", append(clone(parts), clone(parts)...))
		for _, p := range shuffled {
			rng.Shuffle(len(p.plays), func(i, j int) { p.plays[i], p.plays[j] = p.plays[j], p.plays[i] })
		}
		again := merge(shuffled).plays
		byTimeAndContent := func(a, b segue.Play) int { return cmp.Or(a.EndedAt.Compare(b.EndedAt), byContent(&a, &b)) }
		slices.SortFunc(again, byTimeAndContent)
		slices.SortFunc(plays, byTimeAndContent)
		if !slices.Equal(again, plays) {
			t.Fatalf("rows shuffled: %+v, not %+v", again, plays)
		}
	})
}

// TestMergeAgainstSlow compares one format with the obvious quadratic way.
func TestMergeAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := drawParts(t)
		for i := range parts {
			parts[i].rank = 0
			for j := range parts[i].plays {
				parts[i].plays[j].Scrobble = false
			}
		}
		got := merge(clone(parts)).plays
		type key struct {
			title  string
			end    int64
			played time.Duration
		}
		most := map[key]int{}
		for _, p := range parts {
			own := map[key]int{}
			for _, q := range p.plays {
				k := key{titles.Fold(q.Track.Title), q.EndedAt.Unix(), q.Played}
				own[k]++
				if q.Played > time.Second {
					own[k] = 1
				}
				most[k] = max(most[k], own[k])
			}
		}
		want := 0
		for _, n := range most {
			want += n
		}
		if len(got) != want {
			t.Fatalf("%d plays, want %d", len(got), want)
		}
	})
}

// TestBetweenAgainstMatching: walking both sides in order finds as many pairs of
// play and scrobble as the best assignment there is, found by augmenting paths.
func TestBetweenAgainstMatching(t *testing.T) {
	rank := func(name string) int {
		for i, f := range formats() {
			if f.name == name {
				return i
			}
		}
		panic("history: no format " + name)
	}
	rapid.Check(t, func(t *rapid.T) {
		starts := rapid.SliceOfNDistinct(rapid.IntRange(0, 600), 0, 8, rapid.ID[int])
		plays, scrobbles := starts.Draw(t, "plays"), starts.Draw(t, "scrobbles")
		record := func(start int, scrobble bool) segue.Play {
			return segue.Play{Track: segue.TrackRef{Title: "a"}, Played: 3 * time.Minute, EndedAt: time.Unix(int64(start)+180, 0).UTC(), Scrobble: scrobble}
		}
		parts := []part{{rank: rank("Spotify extended streaming history")}, {rank: rank("Last.fm")}}
		for _, s := range plays {
			parts[0].plays = append(parts[0].plays, record(s, false))
		}
		for _, s := range scrobbles {
			parts[1].plays = append(parts[1].plays, record(s, true))
		}
		duplicates := merge(parts).duplicates

		partner := make([]int, len(plays))
		for i := range partner {
			partner[i] = -1
		}
		var augment func(s int, seen []bool) bool
		augment = func(s int, seen []bool) bool {
			for p := range plays {
				if d := plays[p] - scrobbles[s]; d < -90 || d > 90 || seen[p] {
					continue
				}
				seen[p] = true
				if partner[p] < 0 || augment(partner[p], seen) {
					partner[p] = s
					return true
				}
			}
			return false
		}
		best := 0
		for s := range scrobbles {
			if augment(s, make([]bool, len(plays))) {
				best++
			}
		}
		if duplicates[0] != 0 || duplicates[1] != best {
			t.Fatalf("merged %v, the best assignment has %d", duplicates, best)
		}
	})
}
