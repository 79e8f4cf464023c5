package main

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/history"
	"segue/playlist"
)

// TestPlayedHours plans an hour, writes it in every format, invents the history of
// an evening on which it was heard, and looks for it there: tracks 1 to 5 whole but
// the third, skipped after 40 s; a call of 45 minutes; the rest to the end.
func TestPlayedHours(t *testing.T) {
	contract := readContract(t)
	for name, catalogue := range map[string]string{
		"invented": filepath.Join(invented(t), "small.csv"),
		"real":     "../../../shared/data/catalog/tracks_sample.csv",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(catalogue); err != nil {
				t.Skipf("there is no %s", catalogue)
			}
			dir := t.TempDir()
			code, stdout, stderr := segueRun("playlist", "-q", "--json", "--catalog", catalogue, "--from", "angry", "--to", "calm", "--at", "20:00", "-o", filepath.Join(dir, "hour.m3u8"))
			if code != 0 {
				t.Fatal(stderr)
			}
			write(t, filepath.Join(dir, "hour.json"), stdout)
			var hour playlist.Playlist
			if err := json.Unmarshal([]byte(stdout), &hour); err != nil {
				t.Fatal(err)
			}
			for _, format := range []playlist.Format{playlist.XSPF, playlist.JSPF, playlist.CSV} {
				f, err := os.Create(filepath.Join(dir, "hour."+string(format)))
				if err != nil {
					t.Fatal(err)
				}
				if err := playlist.Write(f, format, &hour); err != nil {
					t.Fatal(err)
				}
				f.Close()
			}
			write(t, filepath.Join(dir, "plays.json"), heardEvening(t, &hour))
			for _, file := range []string{"hour.json", "hour.m3u8", "hour.xspf", "hour.jspf", "hour.csv"} {
				args := []string{"played", filepath.Join(dir, file), "--history", filepath.Join(dir, "plays.json"), "--since", "2024-05-06 20:00", "--tz", "Europe/Lisbon", "-q"}
				code, stdout, stderr := segueRun(append(args, "--json")...)
				if code != 0 {
					t.Fatal(stderr)
				}
				if file == "hour.json" {
					if err := contract.check("played", []byte(stdout)); err != nil {
						t.Error(err)
					}
				}
				var h playlist.Hearing
				if err := json.Unmarshal([]byte(stdout), &h); err != nil {
					t.Fatal(err)
				}
				if len(h.Occasions) != 1 || h.Elsewhere != 0 {
					t.Fatalf("%s: %d occasions, %d plays elsewhere, %q", file, len(h.Occasions), h.Elsewhere, h.Notes)
				}
				o, n := h.Occasions[0], len(hour.Tracks)
				if o.Started != n || o.Completed != n-1 || o.Skipped != 1 || o.Early != 0 || o.Tracks[2].State != playlist.StateSkipped || *o.Tracks[2].HeardMS != 40_000 ||
					o.Order.Kept != n || o.Left != nil || len(o.Breaks) != 1 || o.Breaks[0].After != 5 || !*o.Complete {
					t.Errorf("%s: %+v", file, o)
				}
				if code, stdout, stderr := segueRun(args...); code != 0 || !strings.Contains(stdout, "skipped at 0:40") || !strings.Contains(stdout, "Heard to the end.") {
					t.Errorf("%s: %d %s\n%s", file, code, stderr, stdout)
				}
			}
		})
	}
}

// heardEvening writes the evening as Spotify's extended history does.
func heardEvening(t *testing.T, hour *playlist.Playlist) string {
	at := time.Date(2024, 5, 6, 20, 0, 0, 0, time.UTC)
	var rows []map[string]any
	for i, x := range hour.Tracks {
		ms, reason := x.DurationMS, "trackdone"
		if i == 2 {
			ms, reason = 40_000, "fwdbtn"
		}
		if i == 5 {
			at = at.Add(45 * time.Minute)
		}
		at = at.Add(time.Duration(ms) * time.Millisecond)
		rows = append(rows, map[string]any{
			"ts": at.Format("2006-01-02T15:04:05Z"), "ms_played": ms, "master_metadata_track_name": x.Title, "master_metadata_album_artist_name": x.Artists[0],
			"master_metadata_album_album_name": x.Album, "spotify_track_uri": "spotify:track:" + x.ID, "reason_end": reason, "skipped": i == 2,
		})
	}
	b, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPlayedByChance: music somebody likes is heard without a playlist, too. What
// Played says of how rarely that is taken for a hearing, is measured here.
func TestPlayedByChance(t *testing.T) {
	const exports = "../../../shared/data/history"
	if _, err := os.Stat(exports); err != nil {
		t.Skipf("there is no %s", exports)
	}
	plays, _, err := history.Read(context.Background(), []string{filepath.Join(exports, "StreamingHistory0.json"), filepath.Join(exports, "StreamingHistory6.json")}, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[segue.TrackRef]int{}
	for _, p := range plays {
		count[p.Track]++
	}
	tracks := slices.SortedFunc(maps.Keys(count), func(a, b segue.TrackRef) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a.Artist, b.Artist), cmp.Compare(a.Title, b.Title))
	})
	for _, c := range []struct{ top, most int }{{100, 15}, {200, 8}, {500, 4}} {
		rng := rand.New(rand.NewPCG(1, 2))
		occasions, enough := 0, 0
		const hours = 10
		for range hours {
			p := &playlist.Playlist{}
			for _, i := range rng.Perm(c.top)[:17] {
				p.Tracks = append(p.Tracks, playlist.Track{Title: tracks[i].Title, Artists: []string{tracks[i].Artist}, DurationMS: 210_000, Phase: playlist.Sustain})
			}
			h, err := playlist.Played(context.Background(), p, plays, playlist.PlayedOptions{})
			if err != nil {
				t.Fatal(err)
			}
			occasions += len(h.Occasions)
			for _, o := range h.Occasions {
				if *o.Enough {
					enough++
				}
			}
		}
		t.Logf("%d of the %d most played: %.1f occasions an hour by chance, %d count", 17, c.top, float64(occasions)/hours, enough)
		if occasions > c.most || enough > 0 {
			t.Errorf("of the %d most played: %d occasions by chance, %d of them enough", c.top, occasions, enough)
		}
	}
}
