package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue"
)

func TestZIPAsItCame(t *testing.T) {
	inner := zipOf(t, "Apple Music Activity/Apple Music Play Activity.csv", fixture(t, "apple/Apple Music Play Activity.csv"))
	path := file(t, "my_data.zip", zipOf(t,
		"Spotify Account Data/StreamingHistory_music_0.json", fixture(t, "account/StreamingHistory_music_0.json"),
		"Spotify Account Data/StreamingHistory_podcast_0.json", fixture(t, "account/StreamingHistory_podcast_0.json"),
		"Spotify Account Data/Userdata.json", fixture(t, "others/Userdata.json"),
		"Spotify Account Data/ReadMeFirst.pdf", "%PDF-1.4",
		"__MACOSX/._StreamingHistory_music_0.json", "junk",
		"Apple_Media_Services.zip", zipOf(t, "Apple Music Activity.zip", inner),
	))
	plays, report := read(t, path)
	if len(plays) != 2+3 || len(report.Files) != 3 || report.Dropped[Podcast] != 3 {
		t.Errorf("got %d plays, %+v", len(plays), report)
	}
	want := []string{
		path + "/Spotify Account Data/ReadMeFirst.pdf", path + "/Spotify Account Data/Userdata.json",
		path + "/__MACOSX/._StreamingHistory_music_0.json",
	}
	if !slices.Equal(report.Ignored, want) {
		t.Errorf("ignored %q, want %q", report.Ignored, want)
	}
	if name := report.Files[2].Name; name != path+"/Apple_Media_Services.zip/Apple Music Activity.zip/Apple Music Activity/Apple Music Play Activity.csv" {
		t.Errorf("nested ZIP's entry is called %q", name)
	}
}

func TestFolderAndRepeatedImports(t *testing.T) {
	once, _ := read(t, "testdata")
	twice, report := read(t, "testdata", "testdata", file(t, "again.zip", zipOf(t, "x", fixture(t, "account/StreamingHistory0.json"))))
	comparePlays(t, twice, once)
	if report.Duplicates <= len(once) {
		t.Errorf("%d duplicates of %d plays read twice", report.Duplicates, len(once))
	}
}

// TestOneLineErrors: each kind of bad input has its own line.
func TestOneLineErrors(t *testing.T) {
	bomb := zipOf(t, "StreamingHistory0.json", `[{"endTime":"2022-03-01 08:03","msPlayed":1,"artistName":"`+strings.Repeat("a", 4<<20)+`"}]`)
	good := fixture(t, "account/StreamingHistory0.json")
	stored := zipOf(t, "StreamingHistory0.json", good)
	podcasts := func(n int) string {
		row := `{"endTime":"2024-05-03 07:00","podcastName":"p","episodeName":"e","msPlayed":1}`
		return "[" + strings.Repeat(row+",", n-1) + row + "]"
	}
	row := func(title string) string {
		return fmt.Sprintf(`{"endTime":"2022-03-01 08:03","msPlayed":1,"trackName":%q,"artistName":"b"}`, title)
	}
	cases := []struct{ name, file, content, want string }{
		{"empty", "a.json", "", "is empty; download it again"},
		{"only white space", "a.json", " \n", "is empty"},
		{"empty list", "a.json", "[]", "holds no plays at all"},
		{"truncated JSON", "a.json", good[:len(good)*2/3], "row 4: the file stops in the middle; nothing was imported; download it again"},
		{"truncated between rows", "a.json", "[" + row("a") + ",", "the file stops in the middle"},
		{"truncated CSV", "a.csv", strings.TrimSuffix(fixture(t, "lastfm/ghan.csv"), `"Never Dated",""`+"\n"), "the file stops in the middle"},
		{"CSV cut in quotes", "a.csv", strings.TrimSuffix(fixture(t, "lastfm/ghan.csv"), `Dated",""`+"\n"), "the file stops in the middle"},
		{"truncated ZIP", "a.zip", stored[:len(stored)/2], "the ZIP is damaged or was not downloaded to its end; nothing was imported"},
		{"damaged ZIP", "a.zip", strings.Replace(stored, stored[60:64], "\x00\x00\x00\x00", 1), "the ZIP is damaged"},
		{"ZIP bomb", "a.zip", bomb, "unpacks to more than 200 times its size"},
		{"empty ZIP", "a.zip", zipOf(t), "holds no files"},
		{"deep JSON", "a.json", strings.Repeat("[", 100_000), "JSON nested deeper than any listening history"},
		{"deep row", "a.json", "[" + row("a") + `,{"endTime":` + strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 101) + "]", "row 2: is nested deeper"},
		{"huge row", "a.json", "[" + row("a") + "," + row(strings.Repeat("b", 3<<20)) + "]", "row 2: is larger than any row"},
		{"huge CSV row", "a.csv", "artist,album,track,uts\n\"" + strings.Repeat("b", 3<<20), "is larger than any row"},
		{"podcasts only", "a.json", podcasts(120), "holds 120 podcast episodes and no music; Spotify's music is in"},
		{"one podcast only", "a.json", podcasts(1), "holds 1 podcast episode and no music"},
		{"not JSON after all", "a.json", "[" + row("a") + "} oops", "is not JSON here"},
		{"account details", "a.json", fixture(t, "others/Userdata.json"), "it looks like account details"},
		{"library", "a.json", fixture(t, "others/YourLibrary.json"), "it looks like Spotify's library"},
		{"playlists", "a.json", fixture(t, "others/Playlist1.json"), "it looks like Spotify's list of playlists"},
		{"track table", "a.csv", fixture(t, "others/tracks.csv"), "it looks like a track table; give it as the catalogue"},
		{"playlist file", "a.m3u8", fixture(t, "others/list.m3u8"), "it looks like a playlist"},
		{"web page", "a.json", fixture(t, "others/page.html"), "it looks like a web page"},
		{"picture", "a.json", "\x89PNG\r\n\x1a\n\x00", "it looks like a picture"},
		{"UTF-16", "a.json", "\xff\xfe[\x00]\x00", "save it as UTF-8"},
		{"binary", "a.json", "\x01\x02\x00\x03", "a file of another kind"},
		{"other JSON", "a.json", `{"x":1}`, "JSON of another kind"},
		{"ZIP of others", "a.zip", zipOf(t, "a.png", "\x89PNG", "b.png", "\x89PNG", "Userdata.json", fixture(t, "others/Userdata.json")),
			"holds no listening history; what is there looks like a picture (2), account details (such as Userdata.json) (1)"},
		{"spreadsheet", "a.xlsx", zipOf(t, "xl/workbook.xml", "<x/>"), "it looks like a spreadsheet"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := file(t, c.file, c.content)
			plays, report, err := Read(context.Background(), []string{path}, Options{Now: now})
			var known *segue.InputError
			if err == nil || plays != nil || report != nil || !errors.As(err, &known) {
				t.Fatalf("got %d plays, %v, %v", len(plays), report, err)
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), path) {
				t.Errorf("got %q, want %q after the file's name", err, c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	ctx := context.Background()
	good := fixture(t, "account/StreamingHistory0.json")
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprint(i), good)
	}
	path := file(t, "a.zip", zipOf(t, many...))
	for want, o := range map[string]Options{
		"the files unpack to more than 1 KiB": {MaxBytes: 1 << 10},
		"holds more than 10 files":            {MaxEntries: 10},
	} {
		o.Now = now
		if _, _, err := Read(ctx, []string{path}, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, _, err := Read(ctx, []string{filepath.Join(t.TempDir(), "none.json")}, Options{}); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("missing file: %v", err)
	}
	if _, _, err := Read(ctx, nil, Options{}); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("no paths: %v", err)
	}
}

// TestSameOnAnyNumberOfProcessors: plays and report are the same bytes.
func TestSameOnAnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first string
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		plays, report := read(t, "testdata")
		b, err := json.Marshal([]any{plays, report})
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(b)
		} else if string(b) != first {
			t.Errorf("%d processors give another result", n)
		}
	}
}

// TestPaths: links are followed when named, what is no file is refused, and an
// empty list beside a history does no harm.
func TestPaths(t *testing.T) {
	dir := t.TempDir()
	abs, err := filepath.Abs("testdata/account")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(abs, filepath.Join(dir, "link")); err != nil {
		t.Skip("SKIPPED: no symbolic links here")
	}
	want, _ := read(t, "testdata/account")
	got, _ := read(t, filepath.Join(dir, "link"))
	comparePlays(t, got, want)
	if _, _, err := Read(t.Context(), []string{os.DevNull}, Options{}); err == nil || !strings.Contains(err.Error(), "neither a file nor a folder") {
		t.Errorf("a device: %v", err)
	}
	if _, _, err := Read(t.Context(), []string{dir}, Options{}); err == nil || !strings.Contains(err.Error(), "holds no files") {
		t.Errorf("a folder with nothing but a link: %v", err)
	}
	if plays, report := read(t, "testdata/lastfm/single.json", file(t, "none.json", "[ ]")); len(plays) != 1 || len(report.Files) != 2 {
		t.Errorf("beside an empty list: %+v", report)
	}
}

// TestUnreadableRows: a row that is no JSON costs that row alone.
func TestUnreadableRows(t *testing.T) {
	row := `{"endTime":"2022-03-01 08:03","msPlayed":%s,"trackName":"a","artistName":"b"}`
	path := file(t, "a.json", "["+fmt.Sprintf(row, "40000")+`,{"endTime" "x"},17,null,"s",[],`+fmt.Sprintf(row, "50000")+`,{"trackName":"\q"}]`)
	plays, report := read(t, path)
	// [] is an array seen through, and holds no row.
	if len(plays) != 2 || report.Rows != 7 || report.Dropped[Unreadable] != 5 {
		t.Errorf("got %d plays, %+v", len(plays), report)
	}
}

func TestSinglePlay(t *testing.T) {
	plays, report := read(t, "testdata/lastfm/single.json")
	if len(plays) != 1 || !report.First.Equal(report.Last) || report.Skips != 0 {
		t.Errorf("got %v, %+v", plays, report)
	}
}

// TestClocks: times that run backwards are put in order and counted; those
// that cannot be are dropped and counted.
func TestClocks(t *testing.T) {
	var rows []string
	for _, end := range []string{"2024-01-01 10:00", "2024-01-01 11:00", "2024-01-01 10:30", "1999-12-31 23:59", "2025-01-02 23:59", "2025-01-03 00:01", "2024-02-30 10:00", "soon"} {
		rows = append(rows, fmt.Sprintf(`{"endTime":%q,"msPlayed":31000,"trackName":"a","artistName":"b"}`, end))
	}
	plays, report := read(t, file(t, "a.json", "["+strings.Join(rows, ",")+"]"))
	if len(plays) != 4 || report.Dropped[BadTime] != 4 || report.Files[0].OutOfOrder != 1 {
		t.Errorf("got %d plays, %+v", len(plays), report)
	}
	// Newest first, as Last.fm has it, is an order too.
	if _, report := read(t, "testdata/lastfm/page.json"); report.Files[0].OutOfOrder != 0 {
		t.Errorf("newest first counted as out of order: %+v", report.Files[0])
	}
}

func TestCancelAndProgress(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var last atomic.Int64
	_, _, err := Read(ctx, []string{"testdata"}, Options{Now: now, Progress: func(_ string, done, total int64) {
		if done > total {
			t.Errorf("%d of %d", done, total)
		}
		last.Store(total - done)
	}})
	if err != nil || last.Load() != 0 {
		t.Errorf("%v; %d bytes left at the end", err, last.Load())
	}
	cancel()
	if plays, report, err := Read(ctx, []string{"testdata"}, Options{Now: now}); plays != nil || report != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v %v", report, err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	_, _, err = Read(ctx, []string{"testdata"}, Options{Now: now, Progress: func(string, int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while reading: %v", err)
	}
}

// TestReportJSON: scripts rely on the names.
func TestReportJSON(t *testing.T) {
	_, report := read(t, "testdata/account/StreamingHistory0.json")
	b, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"files":[{"name":"testdata/account/StreamingHistory0.json","format":"Spotify account data","rows":5,"imported":4,"duplicates":0,` +
		`"dropped":{"podcast episode":1},"out_of_order":0}],"ignored":[],"rows":5,"plays":4,"duplicates":0,"dropped":{"podcast episode":1},` +
		`"skips":3,"first":"2022-03-01T08:03:00Z","last":"2022-03-01T08:07:00Z"}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

// TestStudyHistory reads the history of the study, if it is at hand.
func TestStudyHistory(t *testing.T) {
	const dir = "../../shared/data/history"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: the study's history is not at " + dir)
	}
	plays, report := read(t, dir)
	if report.Rows != 10_382 || len(plays)+report.Duplicates != 10_382 || len(report.Files) != 2 || len(report.Dropped) != 0 {
		t.Errorf("got %+v", report)
	}
	if want := time.Date(2022, 7, 4, 9, 25, 0, 0, time.UTC); !report.First.Equal(want) {
		t.Errorf("first play ended at %v, want %v", report.First, want)
	}
}
