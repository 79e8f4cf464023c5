package history

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue"
)

// now is the clock of all tests.
var now = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func read(t *testing.T, paths ...string) ([]segue.Play, *Report) {
	t.Helper()
	plays, report, err := Read(context.Background(), paths, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	checkAccounts(t, plays, report)
	return plays, report
}

// checkAccounts holds a report to its law.
func checkAccounts(t *testing.T, plays []segue.Play, r *Report) {
	t.Helper()
	rows, imported, duplicates := 0, 0, 0
	dropped := map[string]int{}
	for _, f := range r.Files {
		sum := f.Imported + f.Duplicates
		for reason, n := range f.Dropped {
			sum += n
			dropped[reason] += n
		}
		if sum != f.Rows || f.Imported < 0 {
			t.Errorf("%s: %d rows, accounted for %d: %+v", f.Name, f.Rows, sum, f)
		}
		rows, imported, duplicates = rows+f.Rows, imported+f.Imported, duplicates+f.Duplicates
	}
	if rows != r.Rows || imported != len(plays) || imported != r.Plays || duplicates != r.Duplicates || !maps.Equal(dropped, r.Dropped) {
		t.Errorf("report does not add up: %+v", r)
	}
	for i, p := range plays {
		if i > 0 && p.EndedAt.Before(plays[i-1].EndedAt) {
			t.Errorf("play %d is before its predecessor", i)
		}
		if p.EndedAt.Location() != time.UTC {
			t.Errorf("play %d is not in UTC", i)
		}
	}
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05.999", s)
	if err != nil {
		panic(err)
	}
	return t
}

const ms = time.Millisecond

// formatCase is one fixture, what it is, and its plays in order of their ends,
// worked out by hand from the file.
type formatCase struct {
	path, format string
	rows         int
	dropped      map[string]int
	plays        []segue.Play
}

func formatCases() []formatCase {
	ref := func(id, title, artist, album string) segue.TrackRef {
		return segue.TrackRef{ID: id, Title: title, Artist: artist, Album: album}
	}
	dawn := segue.Play{Track: ref("6d7c1e1a-0000-4000-8000-000000000002", "Dawn Chorus Line", "Sol Arden", "Meridian"),
		EndedAt: at("2020-02-01 10:03:30"), Played: segue.ScrobbleLength, Scrobble: true} // 1580551200 = 10:00:00, and 3:30
	tram := segue.Play{Track: ref("", "Last Tram", "Sol Arden", ""), EndedAt: at("2020-02-01 09:43:30"), Played: segue.ScrobbleLength, Scrobble: true}
	bareDawn, quoted, comma := dawn, tram, tram
	bareDawn.Track.ID = ""
	quoted.Track.Title = `Last, Tram "Live"`
	comma.Track.Title = "Last, Tram"
	ferry := segue.Play{Track: segue.TrackRef{ID: "6d7c1e1a-0000-4000-8000-000000000001", ISRC: "ZZABC2100001", Title: "Slow Ferry", Artist: "Hale & Wren", Album: "Crossings"},
		EndedAt: at("2021-04-01 00:04:00"), Played: 240000 * ms, Scrobble: true} // 1617235200 = 00:00:00
	bus := segue.Play{Track: ref("0000000000000000000007", "Night Bus", "Hale & Wren", ""), EndedAt: at("2021-04-01 00:08:20"), Played: 200000 * ms, Scrobble: true}
	oneHand := segue.Play{Track: ref("", "One Hand", "Ivo Lund", ""), EndedAt: at("2021-12-31 23:07:25"), Played: 45000 * ms}
	return []formatCase{
		{"account/StreamingHistory0.json", "Spotify account data", 5, map[string]int{Podcast: 1}, []segue.Play{
			{Track: ref("", "Tide Table", "Paper Lanterns", ""), EndedAt: at("2022-03-01 08:03:00"), Played: 181000 * ms},
			{Track: ref("", "Low Water", "Paper Lanterns", ""), EndedAt: at("2022-03-01 08:03:00")}, // twice: two skips in a minute
			{Track: ref("", "Low Water", "Paper Lanterns", ""), EndedAt: at("2022-03-01 08:03:00")},
			{Track: ref("", `Zweite "Reihe"`, "Ünder Glass", ""), EndedAt: at("2022-03-01 08:07:00"), Played: 12345 * ms},
		}},
		{"account/StreamingHistory_music_0.json", "Spotify account data", 6, map[string]int{NoTitle: 1, BadTime: 1, BadDuration: 2}, []segue.Play{
			{Track: ref("", "Clocks Back", "Mira Voss", ""), EndedAt: at("2024-05-02 21:09:00"), Played: 30000 * ms},
			{Track: ref("", "北の窓", "Mira Voss", ""), EndedAt: at("2024-05-02 21:10:00"), Played: 200500 * ms},
		}},
		{"extended/endsong_0.json", "Spotify extended streaming history", 6, map[string]int{Podcast: 1, NoTitle: 1}, []segue.Play{
			{Track: ref("0000000000000000000001", "Harbour Song", "Oda Ree", "Quay"), EndedAt: at("2016-02-10 10:00:05"), Played: 215000 * ms, Skipped: segue.No},
			{Track: ref("0000000000000000000002", "Rope", "Oda Ree", "Quay"), EndedAt: at("2016-02-10 10:00:25"), Played: 20000 * ms, Skipped: segue.Yes},
			{Track: ref("0000000000000000000003", "Ballast", "Oda Ree", "Quay"), EndedAt: at("2016-02-10 10:03:25"), Played: 150000 * ms},
			// No ts; offline_timestamp 1455098605000 ms = 10:03:25, and 61 s.
			{Track: ref("0000000000000000000004", "Lost Clock", "Oda Ree", "Quay"), EndedAt: at("2016-02-10 10:04:26"), Played: 61000 * ms, Skipped: segue.Yes},
		}},
		{"extended/Streaming_History_Audio_2024_7.json", "Spotify extended streaming history", 4, map[string]int{Audiobook: 1}, []segue.Play{
			{Track: ref("0000000000000000000005", "北の窓", "Mira Voss", "Windows"), EndedAt: at("2024-05-02 21:10:40"), Played: 200500 * ms, Skipped: segue.No},
			{Track: ref("0000000000000000000006", "Emoji \U0001F39B", "Mira Voss", "Windows"), EndedAt: at("2024-05-02 21:10:50"), Played: 9000 * ms, Skipped: segue.Yes},
			{Track: ref("", "Remote End", "Mira Voss", "Windows"), EndedAt: at("2024-05-02 21:10:55"), Played: 4000 * ms, Skipped: segue.No},
		}},
		{"listenbrainz/listens/2021/4.jsonl", "ListenBrainz", 6, map[string]int{NowPlaying: 1, BadTime: 1}, []segue.Play{
			ferry, bus,
			// duration_played 12 s: not a scrobble, but a play of known length.
			{Track: ref("0000000000000000000008", "Short Stay", "Hale & Wren", "Crossings"), EndedAt: at("2021-04-01 00:10:12"), Played: 12000 * ms},
			{Track: ref("", "Length Unknown", "Hale & Wren", ""), EndedAt: at("2021-04-01 00:18:30"), Played: segue.ScrobbleLength, Scrobble: true},
		}},
		{"listenbrainz/old_array.json", "ListenBrainz", 2, nil, []segue.Play{ferry, bus}},
		{"listenbrainz/api_page.json", "ListenBrainz", 2, nil, []segue.Play{ferry, bus}},
		{"lastfm/page.json", "Last.fm", 3, map[string]int{NowPlaying: 1}, []segue.Play{tram, dawn}},
		{"lastfm/pages.json", "Last.fm", 2, nil, []segue.Play{tram, dawn}},
		{"lastfm/single.json", "Last.fm", 1, nil, []segue.Play{dawn}},
		{"lastfm/tracks.json", "Last.fm", 2, nil, []segue.Play{tram, dawn}},
		{"lastfm/ghan.csv", "Last.fm (CSV)", 3, map[string]int{BadTime: 1}, []segue.Play{quoted, dawn}},
		{"lastfm/bare.csv", "Last.fm (CSV, no header)", 3, map[string]int{Unreadable: 1}, []segue.Play{comma, bareDawn}},
		{"lastfm/stats.json", "Last.fm (lastfmstats.com)", 1, nil, []segue.Play{bareDawn}},
		{"lastfm/stats.csv", "Last.fm (CSV)", 1, nil, []segue.Play{bareDawn}},
		{"apple/Apple Music Play Activity.csv", "Apple Music play activity", 7, map[string]int{OtherEvent: 1, Video: 1, BadDuration: 1, NoTitle: 1}, []segue.Play{
			{Track: ref("", "Column One", "Tess Amari", "Ledger"), EndedAt: at("2023-06-11 23:10:19.25"), Played: 307000 * ms, Skipped: segue.No},
			{Track: ref("", "Column Two", "Tess Amari", "Ledger"), EndedAt: at("2023-06-11 23:11:12"), Played: 12000 * ms, Skipped: segue.Yes},
			{Track: ref("", "Column Three", "Tess Amari", "Ledger"), EndedAt: at("2023-06-11 23:13:00"), Played: 60000 * ms}, // start and duration
		}},
		{"apple/older.csv", "Apple Music play activity", 1, nil, []segue.Play{
			{Track: ref("", "Column One", "Tess Amari", ""), EndedAt: at("2017-06-11 23:10:19"), Played: 307000 * ms},
		}},
		{"apple/described.csv", "Apple Music play activity", 1, nil, []segue.Play{
			{Track: ref("", "Column One", "Tess Amari", ""), EndedAt: at("2019-06-11 23:10:19"), Played: 307000 * ms, Skipped: segue.Yes},
		}},
		{"maloja/maloja_export.json", "Maloja", 3, nil, []segue.Play{
			// 1640991600 = 23:00:00 on 31 December 2021; 180 s is the track's length.
			{Track: ref("", "Two Hands", "Ivo Lund; Kit Sato", "Pairs"), EndedAt: at("2021-12-31 23:03:00"), Played: 180000 * ms, Scrobble: true},
			oneHand,
			{Track: ref("", "No Length", "Ivo Lund", "Pairs"), EndedAt: at("2021-12-31 23:15:10"), Played: segue.ScrobbleLength, Scrobble: true},
		}},
		{"maloja/api_list.json", "Maloja", 1, nil, []segue.Play{oneHand}},
	}
}

func TestFormats(t *testing.T) {
	for _, c := range formatCases() {
		t.Run(c.path, func(t *testing.T) {
			plays, report := read(t, filepath.Join("testdata", c.path))
			f := report.Files[0]
			if f.Format != c.format || f.Rows != c.rows || !maps.Equal(f.Dropped, c.dropped) {
				t.Errorf("got %+v, want %s with %d rows, dropped %v", f, c.format, c.rows, c.dropped)
			}
			comparePlays(t, plays, c.plays)
		})
	}
}

func comparePlays(t *testing.T, got, want []segue.Play) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d plays %v, want %d", len(got), got, len(want))
	}
	for i := range want {
		if !got[i].EndedAt.Equal(want[i].EndedAt) {
			t.Errorf("play %d ended at %v, want %v", i, got[i].EndedAt, want[i].EndedAt)
		}
		g := got[i]
		g.EndedAt = want[i].EndedAt
		if g != want[i] {
			t.Errorf("play %d:\n got %+v\nwant %+v", i, g, want[i])
		}
	}
}

// TestEveryFormatHasACase keeps fixtures and formats together.
func TestEveryFormatHasACase(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range formatCases() {
		seen[c.format] = true
	}
	for _, f := range formats() {
		if !seen[f.name] {
			t.Errorf("no fixture of %s", f.name)
		}
	}
}

// TestPrivacy: the fixtures hold CANARY in every field that must not be kept,
// and in podcasts and audiobooks.
func TestPrivacy(t *testing.T) {
	plays, report := read(t, "testdata")
	told, err := json.Marshal([]any{plays, report})
	if err != nil {
		t.Fatal(err)
	}
	if i := bytes.Index(told, []byte("CANARY")); i >= 0 {
		t.Errorf("a field that must not be kept was kept: …%s…", told[max(0, i-80):min(len(told), i+80)])
	}
	if len(plays) < 20 || report.Dropped[Podcast] < 4 {
		t.Errorf("too little was read for the test to mean anything: %d plays, %v", len(plays), report.Dropped)
	}
}

// TestErrorsQuoteNothing: neither do errors, whatever is cut off or broken.
func TestErrorsQuoteNothing(t *testing.T) {
	dir := t.TempDir()
	secrets := []string{"CANARY", "Mira", "Sol Arden", "Ivo Lund", "Tess", "Hale", "Paper", "Oda", "Ledger", "Tram"}
	for _, c := range formatCases() {
		whole, err := os.ReadFile(filepath.Join("testdata", c.path))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "file")
		for n := 0; n < len(whole); n += 7 {
			os.WriteFile(path, whole[:n], 0o600)
			_, _, err := Read(context.Background(), []string{path}, Options{Now: now})
			if err == nil {
				continue
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%s cut at %d: not one line: %q", c.path, n, err)
			}
			for _, s := range secrets {
				if strings.Contains(err.Error(), s) {
					t.Errorf("%s cut at %d: %q tells %q", c.path, n, err, s)
				}
			}
		}
	}
}

// zipOf packs files, named by pairs of name and content.
func zipOf(t testing.TB, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// file writes a file for a test.
func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
