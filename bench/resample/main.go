// Command resample makes a large catalogue and a long history out of small real
// ones, for measuring time and memory: rows are drawn again with fresh ids, and
// the history is repeated with shifted dates. The same seed gives the same
// files.
//
//	go run ./bench/resample -catalog tracks.csv -history StreamingHistory0.json -tracks 114000 -plays 60000 -out /tmp/bench
package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "resample:", err)
		os.Exit(1)
	}
}

func run() error {
	catalog := flag.String("catalog", "", "a track table (CSV) with a column track_id or uri")
	history := flag.String("history", "", "a Spotify account export (StreamingHistory*.json)")
	tracks := flag.Int("tracks", 114_000, "rows of the catalogue to make")
	plays := flag.Int("plays", 60_000, "plays of the history to make")
	out := flag.String("out", "", "folder to write catalog.csv and StreamingHistory0.json to")
	seed := flag.Uint64("seed", 1, "seed")
	flag.Parse()
	if *catalog == "" || *history == "" || *out == "" {
		return errors.New("name -catalog, -history and -out; see -h")
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(*seed, 1))
	if err := write(filepath.Join(*out, "catalog.csv"), func(w io.Writer) error {
		return resampleCatalog(w, *catalog, *tracks, rng)
	}); err != nil {
		return err
	}
	return write(filepath.Join(*out, "StreamingHistory0.json"), func(w io.Writer) error {
		return repeatHistory(w, *history, *plays)
	})
}

func write(path string, body func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	return errors.Join(body(w), w.Flush(), f.Close())
}

// resampleCatalog draws n rows with replacement, each under an id of its own.
func resampleCatalog(w io.Writer, path string, n int, rng *rand.Rand) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(bufio.NewReader(f)).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) < 2 {
		return fmt.Errorf("%s has no rows", path)
	}
	id := slices.IndexFunc(rows[0], func(s string) bool { return s == "track_id" || s == "uri" })
	if id < 0 {
		return fmt.Errorf("%s has neither a column track_id nor uri", path)
	}
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	out := csv.NewWriter(w)
	if err := out.Write(rows[0]); err != nil {
		return err
	}
	fresh := make([]byte, 22)
	for range n {
		row := slices.Clone(rows[1+rng.IntN(len(rows)-1)])
		for i := range fresh {
			fresh[i] = letters[rng.IntN(len(letters))]
		}
		row[id] = string(fresh)
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// play is one row of a Spotify account export.
type play struct {
	EndTime    string `json:"endTime"`
	ArtistName string `json:"artistName"`
	TrackName  string `json:"trackName"`
	MsPlayed   int64  `json:"msPlayed"`
}

// repeatHistory writes n plays: the history again and again, each time later by
// its own span in whole days, so that hours and weekdays stay what they are
// within a copy.
func repeatHistory(w io.Writer, path string, n int) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var plays []play
	if err := json.Unmarshal(b, &plays); err != nil {
		return err
	}
	if len(plays) == 0 {
		return fmt.Errorf("%s has no plays", path)
	}
	const layout = "2006-01-02 15:04"
	copies := (n + len(plays) - 1) / len(plays)
	span := func() time.Duration {
		first, last := plays[0].EndTime, plays[0].EndTime
		for _, p := range plays {
			first, last = min(first, p.EndTime), max(last, p.EndTime)
		}
		a, _ := time.Parse(layout, first)
		z, _ := time.Parse(layout, last)
		return (z.Sub(a)/(24*time.Hour) + 1) * 24 * time.Hour
	}()
	out := make([]play, 0, n)
	for c := range copies {
		for _, p := range plays[:min(len(plays), n-len(out))] {
			at, err := time.Parse(layout, p.EndTime)
			if err != nil {
				return err
			}
			// The newest copy keeps its dates; others lie before it.
			p.EndTime = at.Add(-time.Duration(copies-1-c) * span).Format(layout)
			out = append(out, p)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
