package history

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bigAccount and bigExtended write exports of n rows, laid out as Spotify does.
func bigAccount(n int) string {
	var b strings.Builder
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		fmt.Fprintf(&b, "%s\n  {\n    \"endTime\" : %q,\n    \"artistName\" : \"Artist Number %d\",\n    \"trackName\" : \"Some Track Title %d\",\n    \"msPlayed\" : %d\n  }",
			sep(i), start.Add(time.Duration(i)*3*time.Minute).Format("2006-01-02 15:04"), i%900, i%7000, 1000+i*37%200_000)
	}
	return b.String() + "\n]"
}

func bigExtended(n int) string {
	var b strings.Builder
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		fmt.Fprintf(&b, `%s{
    "ts": %q, "platform": "Android OS 8.0.0 API 26 (HUAWEI, LG)", "ms_played": %d, "conn_country": "ZZ", "ip_addr": "192.0.2.7",
    "master_metadata_track_name": "Some Track Title %d", "master_metadata_album_artist_name": "Artist Number %d", "master_metadata_album_album_name": "Album Name %d",
    "spotify_track_uri": "spotify:track:%022d", "episode_name": null, "episode_show_name": null, "spotify_episode_uri": null,
    "audiobook_title": null, "audiobook_uri": null, "audiobook_chapter_uri": null, "audiobook_chapter_title": null,
    "reason_start": "trackdone", "reason_end": "trackdone", "shuffle": false, "skipped": false, "offline": false, "offline_timestamp": 1537144718, "incognito_mode": false
  }`, sep(i), start.Add(time.Duration(i)*3*time.Minute).Format(time.RFC3339), 1000+i*37%200_000, i%7000, i%900, i%2000, i%7000)
	}
	return b.String() + "]"
}

func sep(i int) string {
	if i == 0 {
		return "["
	}
	return ","
}

func benchRead(b *testing.B, files ...string) {
	dir := b.TempDir()
	var total int64
	for i, content := range files {
		total += int64(len(content))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(total)
	for b.Loop() {
		if _, _, err := Read(context.Background(), []string{dir}, Options{Now: now.AddDate(50, 0, 0)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadAccount(b *testing.B)  { benchRead(b, bigAccount(100_000)) }
func BenchmarkReadExtended(b *testing.B) { benchRead(b, bigExtended(50_000)) }
func BenchmarkReadListenBrainz(b *testing.B) {
	benchRead(b, strings.Repeat(strings.SplitAfter(fixture(b, "listenbrainz/listens/2021/4.jsonl"), "\n")[0], 40_000))
}

func BenchmarkReadApple(b *testing.B) {
	head, row, _ := strings.Cut(fixture(b, "apple/Apple Music Play Activity.csv"), "\n")
	row, _, _ = strings.Cut(row, "\n")
	benchRead(b, head+"\n"+strings.Repeat(row+"\n", 60_000))
}

// BenchmarkParseExtended reads one file on one goroutine, without merging: the rate
// of the parser alone.
func BenchmarkParseExtended(b *testing.B) {
	content := []byte(bigExtended(50_000))
	h := look(content[:headSize], false, 32)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		out := newSink(&File{}, now.AddDate(50, 0, 0))
		if err := spotifyExtended().read(&input{r: strings.NewReader(string(content)), head: h, o: Options{}.withDefaults()}, out); err != nil {
			b.Fatal(err)
		}
	}
}
