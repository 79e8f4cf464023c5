package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// quick are the flags that leave out what takes long.
var quick = []string{"-q", "--no-null", "--stability", "0", "--kmax", "2", "--at", "20:00"}

// refused runs a command that must fail and checks how: with the code, one
// line with all of words in it, and nothing in out.
func refused(t *testing.T, code int, out string, words []string, args ...string) {
	t.Helper()
	start := time.Now()
	got, stdout, stderr := segueRun(args...)
	if got != code {
		t.Errorf("exit code %d, want %d: %s", got, code, stderr)
	}
	if err := oneComplaint(stdout, stderr); err != nil {
		t.Error(err)
	}
	for _, w := range words {
		if !strings.Contains(stderr, w) {
			t.Errorf("%q does not say %q", stderr, w)
		}
	}
	if _, err := os.Lstat(out); err == nil {
		t.Errorf("left %s behind", out)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v to refuse", d)
	}
}

func TestBadCatalogues(t *testing.T) {
	dir := invented(t)
	whole := read(t, filepath.Join(dir, "catalog.csv"))
	lines := strings.SplitAfter(string(whole), "\n")
	energy := func(values ...string) string {
		b := strings.Builder{}
		b.WriteString("track_id,track_name,artists,energy,valence,acousticness\n")
		for i := range 60 {
			fmt.Fprintf(&b, "t%d,Song %d,Band %d,%s,%.2f,%.2f\n", i, i, i%7, values[i%len(values)], float64(i)/60, float64(i%11)/11)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		file, body string
		words      []string
	}{
		"empty":               {"c.csv", "", []string{"c.csv: ", "empty"}},
		"blank":               {"c.csv", "\n\n \n", []string{"c.csv: ", "empty"}},
		"header only":         {"c.csv", lines[0], []string{"c.csv: ", "no row"}},
		"wrong columns":       {"c.csv", "name,age,city\nAna,3,Lisbon\n", []string{"c.csv: ", "no column holds the artist", `"name", "age", "city"`}},
		"no feature":          {"c.csv", "track_name,artists\nSong,Ana\n", []string{"c.csv: ", "audio feature"}},
		"one track":           {"c.csv", lines[0] + lines[1], []string{"c.csv: ", "1 of 1", "bring more tracks"}},
		"one sound":           {"c.csv", energy(".5"), []string{"c.csv: ", `"energy" is always 0.5`, "leave it out"}},
		"not a number":        {"c.csv", energy("NaN", "nan", "Inf", "-inf", "1e999", "-1", "7", "loud"), []string{"c.csv: ", `no track has a value for "energy"`, "unreadable or out of range"}},
		"text":                {"c.txt", "hello\nhello\n", []string{"c.txt: ", "no column"}},
		"binary":              {"c.csv", "\x00\x01\x02\x03\xff\xfe", []string{"c.csv: ", "binary"}},
		"playlist":            {"c.m3u8", "#EXTM3U\nsong.mp3\n", []string{"c.m3u8: ", "playlist"}},
		"web page":            {"c.csv", "<!doctype html><title>Sign in</title>", []string{"c.csv: ", "web page"}},
		"a history":           {"c.json", string(read(t, filepath.Join(dir, "plays.json"))), []string{"c.json: ", "streaming history", "--history"}},
		"a history in a ZIP":  {"c.zip", string(read(t, filepath.Join(dir, "my_spotify_data.zip"))), []string{"c.zip: ", "ZIP", "--history"}},
		"other JSON":          {"c.json", `{"a": 1}`, []string{"c.json: ", "JSON", "CSV or Parquet"}},
		"labels":              {"c.csv", "dzr_sng_id,MSD_sng_id,MSD_track_id,valence,arousal,artist_name,track_name\n1,2,3,-1,.5,Ana,Song\n", []string{"c.csv: ", "labels"}},
		"parquet cut short":   {"c.parquet", "PAR1....PAR1", []string{"c.parquet: ", "cut short or damaged"}},
		"gzip cut short":      {"c.csv.gz", string(gzipped(t, whole)[:5000]), []string{"c.csv.gz: ", "cut short"}},
		"gzip damaged":        {"c.csv.gz", "\x1f\x8b\x08\x00garbage", []string{"c.csv.gz: "}},
		"a name that steers":  {"c\x1b[31m\n.csv", "", []string{"empty"}},
		"half a table's rows": {"c.csv", "track_name,artists,energy\n\"Song,Ana,.5\n" + strings.Repeat("x,y,.5\n", 10), []string{"c.csv: "}},
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			path, out := filepath.Join(work, c.file), filepath.Join(work, "out")
			write(t, path, c.body)
			args := append([]string{"run", "--catalog", path, "--history", filepath.Join(dir, "plays.json"), "--from", "angry", "--out", out}, quick...)
			refused(t, 1, out, c.words, args...)
			// The other commands refuse what cannot be read at all likewise.
			if name != "one track" && name != "one sound" && name != "not a number" {
				refused(t, 1, out, c.words, "catalog", "import", path, "-o", filepath.Join(out, "c.parquet"))
			}
		})
	}
}

func TestBadHistories(t *testing.T) {
	dir := invented(t)
	plays := read(t, filepath.Join(dir, "plays.json"))
	export := read(t, filepath.Join(dir, "my_spotify_data.zip"))
	const elsewhere = "a listening history is, for example,"
	for name, c := range map[string]struct {
		file, body string
		code       int
		words      []string
	}{
		"empty":              {"h.json", "", 1, []string{"h.json: ", "empty"}},
		"empty ZIP file":     {"h.zip", "", 1, []string{"h.zip: ", "empty"}},
		"ZIP without files":  {"h.zip", zipped(t, nil), 1, []string{"h.zip: ", "no files"}},
		"ZIP of other files": {"h.zip", zipped(t, map[string]string{"cat.txt": "hello"}), 1, []string{"h.zip: ", "no listening history", elsewhere}},
		"ZIP cut in half":    {"h.zip", string(export[:len(export)/2]), 1, []string{"h.zip: ", "download it again"}},
		"ZIP cut at its end": {"h.zip", string(export[:len(export)-30]), 1, []string{"h.zip: ", "download it again"}},
		"JSON cut short":     {"h.json", string(plays[:len(plays)/2]), 1, []string{"h.json: row ", "stops in the middle", "download it again"}},
		"deep JSON":          {"h.json", strings.Repeat("[", 1_000_000), 1, []string{"h.json: ", "nested deeper"}},
		"deep in a play":     {"h.json", `[{"endTime":"2024-01-01 10:00","artistName":"A","trackName":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `,"msPlayed":1}]`, 1, []string{"h.json: "}},
		"a huge string":      {"h.json", `[{"endTime":"2024-01-01 10:00","artistName":"` + strings.Repeat("A", 20<<20) + `","trackName":"B","msPlayed":1}]`, 1, []string{"h.json: "}},
		"podcasts only":      {"h.json", podcasts(t, 5), 1, []string{"h.json: ", "5 podcast episodes and no music"}},
		"no plays":           {"h.json", "[]", 1, []string{"h.json: ", "no plays"}},
		"list of playlists":  {"h.json", `{"playlists":[{"name":"x","items":[]}]}`, 1, []string{"h.json: ", "list of playlists"}},
		"library":            {"h.json", `{"tracks":[{"artist":"x","album":"y","track":"z","uri":"spotify:track:1"}],"albums":[]}`, 1, []string{"h.json: ", "library"}},
		"other JSON":         {"h.json", `{"a": 1}`, 1, []string{"h.json: ", "JSON of another kind", elsewhere}},
		"text":               {"h.json", "this is no JSON", 1, []string{"h.json: ", "text of another kind", elsewhere}},
		"a catalogue":        {"h.csv", string(read(t, filepath.Join(dir, "catalog.csv"))), 1, []string{"h.csv: ", "track table", "catalogue"}},
		"playlist":           {"h.m3u8", "#EXTM3U\nsong.mp3\n", 1, []string{"h.m3u8: ", "playlist"}},
		"web page":           {"h.json", "<!doctype html><title>Sign in</title>", 1, []string{"h.json: ", "web page"}},
		"wrong columns":      {"h.csv", "name,age,city\nAna,3,Lisbon\n", 1, []string{"h.csv: ", "table of another kind", elsewhere}},
		"one play":           {"h.json", altered(t, plays, 1, nil), 2, []string{"no session of the history shows a mood yet", "--from"}},
		"no match":           {"h.json", altered(t, plays, 300, foreign), 2, []string{"none of the 300 plays is of a track in the catalogue", "--from"}},
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			path, out := filepath.Join(work, c.file), filepath.Join(work, "out")
			write(t, path, c.body)
			args := append([]string{"run", "--catalog", filepath.Join(dir, "small.csv"), "--history", path, "--out", out}, quick...)
			refused(t, c.code, out, c.words, args...)
			if c.code == 1 {
				refused(t, 1, out, c.words, "history", path)
				refused(t, 1, out, c.words, "sessions", "--history", path)
			}
		})
	}
}

// A ZIP of a few kilobytes that unpacks to gigabytes is refused in the time and
// room of a small one.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds; run without -short")
	}
	dir := invented(t)
	for name, unit := range map[string][]byte{
		"blanks":      bytes.Repeat([]byte(" "), 1<<20),
		"nested":      bytes.Repeat([]byte("["), 1<<20),
		"no newlines": bytes.Repeat([]byte("a"), 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			path, out := filepath.Join(work, "bomb.zip"), filepath.Join(work, "out")
			write(t, path, bomb(t, unit, 2000))
			args := append([]string{"run", "--catalog", filepath.Join(dir, "catalog.csv"), "--history", path, "--from", "calm", "--out", out}, quick...)
			refused(t, 1, out, []string{"bomb.zip"}, args...)
		})
	}
}

// Values that cannot be used, times that jump and music the catalogue lacks do
// not stop a run whose rest is sound; that they were left out is said.
func TestHalfBadInput(t *testing.T) {
	dir := invented(t)
	plays := read(t, filepath.Join(dir, "plays.json"))
	work := t.TempDir()
	lines := strings.SplitAfter(string(read(t, filepath.Join(dir, "catalog.csv"))), "\n")
	for i := 1; i < 1200; i += 3 {
		cells := strings.Split(lines[i], ",")
		cells[len(cells)-6] = []string{"NaN", "Inf", "-1e999", "loud"}[i%4] // acousticness or near it
		lines[i] = strings.Join(cells, ",")
	}
	write(t, filepath.Join(work, "c.csv"), strings.Join(lines[:1200], ""))
	n := 0
	write(t, filepath.Join(work, "jumps.json"), altered(t, plays, 600, func(p map[string]any) {
		switch n++; n % 50 {
		case 1:
			p["ts"] = "1970-01-01T00:00:00Z"
		case 2:
			p["ts"] = "2099-01-01T00:00:00Z"
		case 3:
			p["ts"] = "yesterday"
		case 4:
			p["ms_played"] = -5
		case 5:
			p["ts"] = "2024-06-01T00:00:00Z"
		}
	}))
	write(t, filepath.Join(work, "foreign.json"), altered(t, plays, 300, foreign))
	out := filepath.Join(work, "out")

	code, _, stderr := segueRun(append([]string{"run", "--catalog", filepath.Join(work, "c.csv"), "--history", filepath.Join(work, "jumps.json"), "--from", "angry", "--out", out}, quick[1:]...)...)
	if code != 0 || !strings.Contains(stderr, "values of the catalogue were unreadable or out of range") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	code, stdout, _ := segueRun("history", filepath.Join(work, "jumps.json"))
	if code != 0 || !strings.Contains(stdout, "bad time") {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	for _, command := range [][]string{
		append([]string{"run", "--from", "calm", "--out", out}, quick[1:]...), {"profile"}, {"playlist", "--from", "calm"}, {"sessions"},
	} {
		args := append(command, "--catalog", filepath.Join(dir, "catalog.csv"), "--history", filepath.Join(work, "foreign.json"))
		code, _, stderr := segueRun(args...)
		if code != 0 || !strings.Contains(stderr, "none of the 300 plays is of a track in the catalogue") {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
	// One play is a history, if a short one.
	write(t, filepath.Join(work, "one.json"), altered(t, plays, 1, nil))
	for _, args := range [][]string{{"history", filepath.Join(work, "one.json")}, {"sessions", "--tz", "Europe/Lisbon", "--history", filepath.Join(work, "one.json")},
		{"profile", "--tz", "Europe/Lisbon", "--catalog", filepath.Join(dir, "catalog.csv"), "--history", filepath.Join(work, "one.json")}} {
		if code, _, stderr := segueRun(args...); code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
}

// Places that cannot be read or written are refused before the work.
func TestBadPlaces(t *testing.T) {
	dir := invented(t)
	catalogue, plays := filepath.Join(dir, "small.csv"), filepath.Join(dir, "plays.json")
	work := t.TempDir()
	file, folder, locked := filepath.Join(work, "file"), filepath.Join(work, "folder"), filepath.Join(work, "locked")
	write(t, file, "x")
	for path, mode := range map[string]os.FileMode{folder: 0o755, locked: 0o555} {
		if err := os.Mkdir(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	none, out := filepath.Join(work, "none.csv"), filepath.Join(work, "out")
	do := append([]string{"run", "--catalog", catalogue, "--history", plays, "--from", "angry"}, quick...)
	for name, c := range map[string]struct {
		code  int
		words []string
		args  []string
	}{
		"catalogue missing":      {1, []string{none, "no such file", "check the path"}, []string{"catalog", "show", none}},
		"one of two missing":     {1, []string{none, "no such file"}, []string{"playlist", "--catalog", catalogue + "," + none, "--from", "calm"}},
		"catalogue is a folder":  {1, []string{folder, "folder"}, []string{"train", "--catalog", folder}},
		"history missing":        {1, []string{none, "does not exist"}, []string{"history", none}},
		"history folder empty":   {1, []string{folder, "no files"}, []string{"history", folder}},
		"only commas":            {2, []string{"--catalog"}, []string{"train", "--catalog", ","}},
		"out is a file":          {1, []string{file, "a file"}, append(do, "--out", file)},
		"out is below a file":    {1, []string{file, "a file"}, append(do, "--out", filepath.Join(file, "below"))},
		"models below a file":    {1, []string{file, "a file"}, []string{"train", "--catalog", catalogue, "-o", file}},
		"parquet is a folder":    {1, []string{folder, "name a file"}, []string{"catalog", "import", catalogue, "-o", folder}},
		"playlist below a file":  {1, []string{file, "a file"}, []string{"playlist", "--catalog", catalogue, "--from", "calm", "-o", filepath.Join(file, "hour.csv")}},
		"curves below a file":    {1, []string{file, "a file"}, []string{"curves", "--catalog", catalogue, "--svg", filepath.Join(file, "c.svg")}},
		"assign ends in .txt":    {2, []string{".parquet or .csv"}, []string{"assign", "--catalog", catalogue, "--model", catalogue, "-o", "x.txt"}},
		"curves of one table":    {2, []string{"--gap 1", "2 tables or more"}, []string{"curves", "--catalog", catalogue, "--gap", "1"}},
		"picture is a folder":    {1, []string{folder, "name a file"}, []string{"tree", "draw", "persona", "-o", folder}},
		"demo below a file":      {1, []string{file, "a file"}, []string{"demo", "--no-serve", "--out", file}},
		"port in use":            {1, []string{taken.Addr().String(), "another program", "--addr", "--no-serve"}, []string{"demo", "--addr", taken.Addr().String(), "--out", out}},
		"no such address":        {1, []string{"nonsense", "--addr"}, []string{"demo", "--addr", "nonsense", "--out", out}},
		"no folder named":        {2, []string{"--out"}, do},
		"mood before the work":   {2, []string{"--to", `"bliss"`}, append(do, "--to", "bliss", "--out", out)},
		"kmax before the work":   {2, []string{"--kmax"}, append(do, "--kmax", "1000", "--out", out)},
		"zone before the work":   {2, []string{"--tz", "Europe/Lisbon"}, append(do, "--tz", "../etc/passwd", "--out", out)},
		"an argument too many":   {2, []string{"segue run"}, append(do, "extra", "--out", out)},
		"more clusters than fit": {1, []string{"bring more tracks"}, append(do, "--k", "100000", "--out", out)},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.code, out, c.words, c.args...) })
	}
	t.Run("out is locked", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("no folder is locked to root")
		}
		refused(t, 1, out, []string{locked, "nothing can be written there"}, append(do, "--out", locked)...)
	})
	for _, d := range []string{folder, locked} {
		if left, err := os.ReadDir(d); err != nil || len(left) > 0 {
			t.Errorf("%s holds %v, %v", d, left, err)
		}
	}
}

// No command writes over the file it reads from, whatever name it goes by.
func TestInputsAreKept(t *testing.T) {
	dir := t.TempDir()
	source, model := filepath.Join(dir, "tracks.csv"), filepath.Join(dir, "model.csv")
	text, err := os.ReadFile(filepath.Join(invented(t), "small.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, source, string(text))
	write(t, model, "{}")
	if err := os.Symlink(source, filepath.Join(dir, "alias.csv")); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"import":              {"catalog", "import", source, "-o", source},
		"import by a link":    {"catalog", "import", filepath.Join(dir, "alias.csv"), "-o", source},
		"assign, catalogue":   {"assign", "--model", model, "--catalog", "none.csv," + source, "-o", source},
		"assign, model":       {"assign", "--model", model, "--catalog", source, "-o", model},
		"curves":              {"curves", "--catalog", source, "--svg", source},
		"train, checkpoint":   {"train", "--stream", "--catalog", source, "--checkpoint", source},
		"playlist, catalogue": {"playlist", "--catalog", source, "--from", "calm", "-o", source},
		"playlist, history":   {"playlist", "--catalog", source, "--history", model, "--from", "calm", "-o", model},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, 1, filepath.Join(dir, "none"), []string{"writing would replace it", "choose another name"}, args...)
		})
	}
	if now, err := os.ReadFile(source); err != nil || string(now) != string(text) {
		t.Errorf("the catalogue changed (%v)", err)
	}
}

// altered returns the first n plays as JSON, each changed.
func altered(t *testing.T, plays []byte, n int, change func(map[string]any)) string {
	t.Helper()
	var ps []map[string]any
	if err := json.Unmarshal(plays, &ps); err != nil {
		t.Fatal(err)
	}
	ps = ps[:n]
	for _, p := range ps {
		if change != nil {
			change(p)
		}
	}
	b, err := json.Marshal(ps)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// foreign makes a play one of music no catalogue holds.
func foreign(p map[string]any) {
	p["spotify_track_uri"] = "spotify:track:ZZZZZZZZZZZZZZZZZZZZZZ"
	p["master_metadata_track_name"], p["master_metadata_album_artist_name"], p["master_metadata_album_album_name"] = "Qqqzz", "Wwwvvx", "Xxjjq"
	p["episode_name"], p["episode_show_name"], p["spotify_episode_uri"] = nil, nil, nil
}

func podcasts(t *testing.T, n int) string {
	var ps []map[string]any
	for i := range n {
		ps = append(ps, map[string]any{"ts": fmt.Sprintf("2025-01-01T0%d:00:00Z", i), "ms_played": 100_000, "spotify_track_uri": nil,
			"master_metadata_track_name": nil, "master_metadata_album_artist_name": nil, "master_metadata_album_album_name": nil,
			"episode_name": "An episode", "episode_show_name": "A show", "spotify_episode_uri": "spotify:episode:1"})
	}
	b, err := json.Marshal(ps)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, body)
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

// bomb returns a ZIP of one file, "[" and n times unit. The unit is packed once
// and its packed form repeated: packing gigabytes would take the test's time.
func bomb(t *testing.T, unit []byte, n int) string {
	t.Helper()
	packed := func(b []byte, end bool) []byte {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, flate.BestCompression)
		if err == nil {
			_, err = w.Write(b)
		}
		if err == nil && end {
			err = w.Close()
		} else if err == nil {
			err = w.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	body, piece := packed([]byte("["), false), packed(unit, false)
	sum := crc32.Update(0, crc32.IEEETable, []byte("["))
	for range n {
		body = append(body, piece...)
		sum = crc32.Update(sum, crc32.IEEETable, unit)
	}
	body = append(body, packed(nil, true)...)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "Streaming_History_Audio_2025_0.json", Method: zip.Deflate, CRC32: sum,
		CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(n*len(unit) + 1)})
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path, body string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}
