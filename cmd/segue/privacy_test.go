package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What somebody heard may stand in a result, which they asked for, but never in
// a message: messages end up in logs.
func TestMessagesNameNoMusic(t *testing.T) {
	dir, work := invented(t), t.TempDir()
	file := func(name, body string) string {
		path := filepath.Join(work, name)
		write(t, path, body)
		return path
	}
	const artist, title = "Kanarienvogel", "Heimlichlied"
	plays := altered(t, read(t, filepath.Join(dir, "plays.json")), 300, func(p map[string]any) {
		foreign(p)
		p["master_metadata_album_artist_name"], p["master_metadata_track_name"], p["master_metadata_album_album_name"] = artist, title, title
	})
	whole := file("plays.json", plays)
	lines := strings.SplitAfter(string(read(t, filepath.Join(dir, "catalog.csv"))), "\n")
	row := regexp.MustCompile(`^(\d+),([^,]*),[^,"]*,[^,"]*,[^,"]*,`)
	for i, l := range lines[:300] {
		lines[i] = row.ReplaceAllString(l, "$1,$2,"+artist+","+title+","+title+",")
	}
	catalogue := file("catalog.csv", strings.Join(lines[:300], ""))
	const song = `{"endTime":"2024-01-01 10:00","artistName":"` + artist + `","trackName":"` + title + `","msPlayed":200000}`
	const scrobble = artist + "," + title + "," + title + ",01 Jan 2024 10:00\n"
	bad := map[string]string{
		"cut":          file("cut.json", plays[:len(plays)/2]),
		"comma":        file("comma.json", "["+song+",,"+song+"]"),
		"quote":        file("quote.json", `[{"endTime":"2024-01-01 10:00","artistName":"`+artist+`"`+title+`","msPlayed":1}]`),
		"number":       file("number.json", `[{"endTime":"2024-01-01 10:00","artistName":"`+artist+`","trackName":"`+title+`","msPlayed":"`+title+`"}]`),
		"time":         file("time.json", `[{"endTime":"`+title+`","artistName":"`+artist+`","trackName":"`+title+`","msPlayed":1}]`),
		"object":       file("object.json", song),
		"other":        file("other.json", `{"`+artist+`": "`+title+`"}`),
		"headerless":   file("headerless.csv", strings.Repeat(scrobble, 5)),
		"open quote":   file("open.csv", "artist,album,track,date\n\""+scrobble+scrobble),
		"cells":        file("cells.csv", "track_name,artists,energy,valence\n"+title+","+artist+","+title+","+artist+"\n"),
		"ragged":       file("ragged.csv", "track_name,artists,energy,valence\n"+title+","+artist+"\n\""+title),
		"text":         file("text.txt", title+" by "+artist+"\n"),
		"ZIP":          file("z.zip", zipped(t, map[string]string{artist + ".txt": title})),
		"labelled":     file("labelled.csv", "a,label\n1,x\n2,y\n"),
		"whole":        whole,
		"catalogue":    catalogue,
		"not a folder": work,
	}
	check := func(args ...string) {
		t.Helper()
		_, _, stderr := segueRun(args...)
		if strings.Contains(stderr, artist) || strings.Contains(stderr, title) {
			t.Errorf("%v says %q", args, stderr)
		}
	}
	good := filepath.Join(dir, "catalog.csv")
	out := filepath.Join(work, "out")
	for name, path := range bad {
		check("history", path)
		check("catalog", "show", path)
		check("catalog", "import", path, "-o", filepath.Join(work, "c.parquet"))
		check("sessions", "--history", path)
		check("profile", "--catalog", good, "--history", path)
		check("played", path, "--history", path)
		check("playlist", "--catalog", path, "--history", path, "--from", "angry")
		if name != "other" { // a tree's keys are its author's, and named
			check("tree", "check", path)
		}
		check("models", "compare", path, path)
	}
	check(append([]string{"run", "--catalog", catalogue, "--history", whole, "--from", "angry", "--to", "calm", "--out", out}, quick[1:]...)...)
	check(append([]string{"run", "--catalog", catalogue, "--history", whole, "--to", "calm", "--out", out}, quick[1:]...)...)
	check("playlist", "--catalog", catalogue, "--history", whole, "--from", "angry", "-o", filepath.Join(work, "hour.m3u8"))
	check("playlist", "--catalog", catalogue, "--from", "angry", "--exclude-artist", "Nobody", "--minutes", "180")

	// The canaries are there to be found: a result names them.
	if b, err := os.ReadFile(filepath.Join(work, "hour.m3u8")); err != nil || !strings.Contains(string(b), artist) {
		t.Errorf("the hour does not name %s: %v", artist, err)
	}
}

// Titles come from files that anybody may have made: they must not steer the
// terminal that shows them.
func TestTextSteersNoTerminal(t *testing.T) {
	var b strings.Builder
	b.WriteString("track_id,track_name,artists,energy,valence,acousticness,duration_ms\n")
	for i := range 80 {
		b.WriteString("t" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ",\"So\x1b]0;owned\x07ng\u202e\",Ba\x1b[31mnd " + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ",0." + string(rune('1'+i%9)) + ",0." + string(rune('1'+i%7)) + ",0.4,200000\n")
	}
	path := filepath.Join(t.TempDir(), "c.csv")
	write(t, path, b.String())
	code, stdout, stderr := segueRun("playlist", "--catalog", path, "--from", "angry", "--to", "calm")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if strings.ContainsAny(stdout+stderr, "\x1b\x07\u202e\r\b") {
		t.Errorf("control characters reach the terminal: %q", stdout[:min(400, len(stdout))])
	}
}
