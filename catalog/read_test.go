package catalog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/catalog"
	"segue/internal/racetest"
)

// write writes files into a new folder and returns their paths.
func write(t testing.TB, texts ...string) []string {
	t.Helper()
	dir := t.TempDir()
	paths := make([]string, len(texts))
	for i, text := range texts {
		paths[i] = filepath.Join(dir, fmt.Sprintf("%d.csv", i))
		if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func read(t testing.TB, texts ...string) (*segue.Catalog, *catalog.Report) {
	t.Helper()
	c, r, err := catalog.Read(context.Background(), write(t, texts...), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addsUp(t, r)
	return c, r
}

// addsUp checks rows = tracks + duplicates + dropped, for each file and all.
func addsUp(t testing.TB, r *catalog.Report) {
	t.Helper()
	sum := func(m map[string]int) (n int) {
		for _, v := range m {
			n += v
		}
		return n
	}
	if r.Rows != r.Tracks+r.Duplicates+sum(r.Dropped) {
		t.Errorf("the report does not add up: %+v", r)
	}
	rows, tracks := 0, 0
	for _, f := range r.Files {
		if f.Rows != f.Tracks+f.Duplicates+sum(f.Dropped) {
			t.Errorf("the report of %s does not add up: %+v", f.Name, f)
		}
		rows += f.Rows
		tracks += f.Tracks
	}
	if rows != r.Rows || tracks != r.Tracks {
		t.Errorf("files have %d rows and %d tracks, the report %d and %d", rows, tracks, r.Rows, r.Tracks)
	}
}

// The three layouts of public track tables, by hand.
const (
	layoutOne = "Unnamed: 0,track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre\n" +
		"7,aaaaaaaaaaaaaaaaaaaaaa,\"Ana;Ben, the Elder\",\"First, Last\",\"A \"\"Song\"\"\",50,200000,True,0.5,0.6,7,-6.984,1,0.0304,0.00511,0.0,0.176,0.0466,148.014,4,jazz\n" +
		"8,aaaaaaaaaaaaaaaaaaaaaa,\"Ana;Ben, the Elder\",\"First, Last\",\"A \"\"Song\"\"\",50,200000,True,0.5,0.6,7,-6.984,1,0.0304,0.00511,0.0,0.176,0.0466,148.014,4,blues\n" +
		"9,bbbbbbbbbbbbbbbbbbbbbb,,,,0,0,False,0.501,0.583,7,-9.46,0,0.0605,0.69,0.00396,0.0747,0.734,138.391,4,k-pop\n" +
		"10,cccccccccccccccccccccc,Cid,Rain,Rain Sounds,0,180000,False,0,0.00002,-1,-70,1,0,0.9,1,0.1,0,0,0,sleep\n"
	layoutTwo = "track,artist,uri,danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms,time_signature,chorus_hit,sections,target,decade\r\n" +
		"Lucky,Dora Featuring Eli,spotify:track:dddddddddddddddddddddd,0.578,0.471,4,-7.27,1,0.0289,0.368,7.39E-06,0.159,0.532,133.061,196707,4,30.88059,13,1,2000\r\n"
	layoutThree = "trackName,artistName,msPlayed,genre,danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,type,id,uri,track_href,analysis_url,duration_ms,time_signature\n" +
		"21,Fay,185172,alt z,0.759,0.665,5.0,-6.338,1.0,0.0861,0.494,0.0,0.109,0.391,125.056,audio_features,eeeeeeeeeeeeeeeeeeeeee,spotify:track:eeeeeeeeeeeeeeeeeeeeee,https://x/,https://y/,185173.0,4.0\n"
)

func TestThreeLayoutsTogether(t *testing.T) {
	c, r := read(t, layoutOne, layoutTwo, layoutThree)
	// 4 + 1 + 1 rows; one repeats an id, one has no title.
	if r.Rows != 6 || r.Tracks != 4 || r.Duplicates != 1 || r.Dropped[catalog.NoTitle] != 1 || r.Conflicts != 0 {
		t.Fatalf("report %+v", r)
	}
	want := []segue.Track{
		{ID: "aaaaaaaaaaaaaaaaaaaaaa", Title: `A "Song"`, Album: "First, Last", Artists: []string{"Ana", "Ben, the Elder"}, Genres: []string{"jazz", "blues"}, Popularity: 50, Explicit: segue.Yes},
		{ID: "cccccccccccccccccccccc", Title: "Rain Sounds", Album: "Rain", Artists: []string{"Cid"}, Genres: []string{"sleep"}, Popularity: 0, Explicit: segue.No},
		{ID: "dddddddddddddddddddddd", Title: "Lucky", Artists: []string{"Dora", "Eli"}, Genres: []string{}, Popularity: -1},
		{ID: "eeeeeeeeeeeeeeeeeeeeee", Title: "21", Artists: []string{"Fay"}, Genres: []string{"alt z"}, Popularity: -1},
	}
	for i, w := range want {
		got := c.Track(i)
		got.Features, got.Duration = segue.Features{}, 0
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", w) {
			t.Errorf("track %d:\n got %+v\nwant %+v", i, got, w)
		}
	}
	if d := fmt.Sprint(c.DurationMS); d != "[200000 180000 196707 185173]" {
		t.Errorf("durations %s", d)
	}
	// Rain Sounds: danceability, valence, tempo and time signature of 0 and
	// key -1 are missing silently; loudness -70 is below -60 and reported.
	rain := c.Features(1)
	for _, f := range []segue.Feature{segue.Danceability, segue.Valence, segue.Tempo, segue.TimeSignature, segue.Key, segue.Loudness} {
		if rain.Has(f) {
			t.Errorf("%s of %v is not missing", f, rain[f])
		}
		if r.Missing[f.String()] != 1 {
			t.Errorf("%d tracks miss %s, want 1", r.Missing[f.String()], f)
		}
	}
	if rain[segue.Energy] != 0.00002 || rain[segue.Speechiness] != 0 || r.Missing["energy"] != 0 {
		t.Errorf("features %v, missing %v", rain, r.Missing)
	}
	if r.BadValues != 1 || len(r.Problems) != 1 {
		t.Fatalf("%d bad values: %v", r.BadValues, r.Problems)
	}
	if p := r.Problems[0]; p.Row != 5 || p.Column != "loudness" || !strings.Contains(p.Problem, `"-70" is outside [-60, 5]`) {
		t.Errorf("problem %q", p.Error())
	}
	if got := c.Feature[segue.Instrumentalness][2]; got != 7.39e-06 {
		t.Errorf("instrumentalness %v", got)
	}
}

// table returns a CSV with the columns Segue needs and the given rows of id,
// title, artist, energy and valence.
func table(rows ...string) string {
	return "id,name,artist,energy,valence\n" + strings.Join(rows, "\n") + "\n"
}

func TestValues(t *testing.T) {
	for _, test := range []struct {
		column, cell string
		want         float32 // NaN for missing
		bad          bool
	}{
		{"energy", "0", 0, false},
		{"energy", "0.0", 0, false},
		{"energy", " 0.25 ", 0.25, false},
		{"energy", "1e-2", 0.01, false},
		{"energy", "+1", 1, false},
		{"energy", "", nan, false},
		{"energy", "1.0001", nan, true},
		{"energy", "-0.1", nan, true},
		{"energy", "NaN", nan, true},
		{"energy", "inf", nan, true},
		{"energy", "-Infinity", nan, true},
		{"energy", "1e999", nan, true},
		{"energy", "loud", nan, true},
		{"energy", "0,5", nan, true},
		{"energy", "1_0", nan, true},
		{"valence", "0", nan, false},
		{"valence", "-0.0", nan, false},
		{"danceability", "0.0", nan, false},
		{"tempo", "0", nan, false},
		{"tempo", "19.9", nan, true},
		{"tempo", "300", 300, false},
		{"tempo", "300.1", nan, true},
		{"time_signature", "0", nan, false},
		{"time_signature", "4.0", 4, false},
		{"time_signature", "4.5", nan, true},
		{"time_signature", "8", nan, true},
		{"key", "-1", nan, false},
		{"key", "-1.0", nan, false},
		{"key", "0", 0, false},
		{"key", "11", 11, false},
		{"key", "12", nan, true},
		{"key", "C#", nan, true},
		{"mode", "0.5", nan, true},
		{"loudness", "0", 0, false},
		{"loudness", "5.1", nan, true},
	} {
		text := fmt.Sprintf("title,artist,speechiness,%s\nT,A,.5,\"%s\"\n", test.column, test.cell)
		c, r := read(t, text)
		f, err := segue.ParseFeature(test.column)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Feature[f][0]
		if math.Float32bits(got) != math.Float32bits(test.want) && !(got != got && test.want != test.want) {
			t.Errorf("%s %q: %v, want %v", test.column, test.cell, got, test.want)
		}
		if (r.BadValues == 1) != test.bad {
			t.Errorf("%s %q: %d bad values", test.column, test.cell, r.BadValues)
		}
		if test.bad {
			p := r.Problems[0]
			if p.Row != 2 || p.Column != test.column || p.File == "" || !strings.Contains(p.Problem, "is") {
				t.Errorf("%s %q: problem %q", test.column, test.cell, p.Error())
			}
		}
	}
}

var nan = float32(math.NaN())

func TestRowsThatAreDropped(t *testing.T) {
	_, r := read(t, table(
		`1,Song,Ana,.5,.5`,
		`2,,Ana,.5,.5`,       // no title
		`3,Song,,.5,.5`,      // no artist
		`4,Song," ; ",.5,.5`, // no artist but separators
		`5,Song,Ana,,0`,      // valence 0 is missing: no feature
		`6,Song,Ana,.5`,      // a field too few
		`7,Song,Ana,.5,.5,x`, // one too many
		`8,Song,Ana,.5,.5,,`, // empty ones at the end do no harm
		`9,"So"ng,Ana,.5,.5`, // broken quotation
		`10,7" Single,Ana,.5,.5`,
		``,
		`11,Last,Ana,.5,.5`,
	))
	want := map[string]int{catalog.NoTitle: 1, catalog.NoArtist: 2, catalog.NoFeatures: 1, catalog.WrongFields: 2, catalog.BrokenQuotes: 1}
	if fmt.Sprint(r.Dropped) != fmt.Sprint(want) {
		t.Errorf("dropped %v, want %v", r.Dropped, want)
	}
	if r.Rows != 11 || r.Tracks != 4 {
		t.Errorf("%d rows, %d tracks", r.Rows, r.Tracks)
	}
	var rows []int
	for _, p := range r.Problems {
		rows = append(rows, p.Row)
	}
	if fmt.Sprint(rows) != "[7 8 10]" { // the header is row 1
		t.Errorf("problems in rows %v: %v", rows, r.Problems)
	}
}

func TestDuplicates(t *testing.T) {
	c, r := read(t,
		"id,name,artist,energy,genre\n1,Song,Ana,.5,rock\n2,Other,Ana,.6,pop\n1,Song,Ana,.5,jazz\n1,Song,Ana,.5,rock\n",
		"uri,name,artist,energy,genre\nspotify:track:1,Renamed,Ana,.7,blues;jazz\nhttps://open.spotify.com/track/2?si=x,Other,Ana,.6,\n")
	if c.Len() != 2 || r.Duplicates != 4 || r.Conflicts != 1 {
		t.Fatalf("%d tracks, report %+v", c.Len(), r)
	}
	if g := fmt.Sprint(c.Genres.At(0), c.Genres.At(1), c.Genres.Values); g != "[rock jazz blues] [pop] [rock jazz blues pop]" {
		t.Errorf("genres %s", g)
	}
	if c.Title[0] != "Song" || c.Feature[segue.Energy][0] != .5 {
		t.Errorf("the first row did not win: %+v", c.Track(0))
	}
	if r.Files[1].Tracks != 0 || r.Files[1].Duplicates != 2 {
		t.Errorf("second file %+v", r.Files[1])
	}
}

func TestMadeIDs(t *testing.T) {
	c, r := read(t, "title,artist,duration_ms,energy\nSong,Ana,1000,.5\nSONG,ana,1000,.5\nSong,Ana,1001,.5\nSong,Ann,1000,.5\n")
	if c.Len() != 3 || r.Duplicates != 1 {
		t.Fatalf("ids %q, report %+v", c.ID, r)
	}
	for _, id := range c.ID {
		if !strings.HasPrefix(id, "made-") || len(id) != 29 {
			t.Errorf("id %q", id)
		}
	}
	again, _ := read(t, "energy,artist,title,duration_ms,id\n.5,Ana,Song,1000,\n")
	if again.ID[0] != c.ID[0] {
		t.Errorf("the id of a track changed from %q to %q", c.ID[0], again.ID[0])
	}
}

func TestTexts(t *testing.T) {
	// Every one of these is the same two tracks.
	plain := table("1,Caf\u00e9,\u00c1na,.5,.25", "2,B,C,.25,.5")
	want, _ := read(t, plain)
	latin := strings.NewReplacer("\u00e9", "\xe9", "\u00c1", "\xc1").Replace(plain)
	utf16 := []byte{0xff, 0xfe}
	for _, r := range plain {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, text := range map[string]string{
		"byte order mark":    "\ufeff" + plain,
		"CRLF":               strings.ReplaceAll(plain, "\n", "\r\n"),
		"CR":                 strings.ReplaceAll(plain, "\n", "\r"),
		"no last line end":   strings.TrimSuffix(plain, "\n"),
		"blank lines":        "\n\n" + strings.ReplaceAll(plain, "\n", "\n\n"),
		"semicolons":         strings.ReplaceAll(plain, ",", ";"),
		"decimal commas":     strings.ReplaceAll(strings.ReplaceAll(plain, ",", ";"), ".", "0,"),
		"tabs":               strings.ReplaceAll(plain, ",", "\t"),
		"sep line":           "sep=;\n" + strings.ReplaceAll(plain, ",", ";"),
		"quoted":             `"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(plain, "\n"), ",", `","`), "\n", "\"\n\"") + `"`,
		"Windows-1252":       latin,
		"UTF-16":             string(utf16),
		"gzip":               zip(plain),
		"other header names": strings.Replace(plain, "id,name,artist,energy,valence", "Track ID,Track Name,Artist Name(s),ENERGY, Valence ", 1),
	} {
		c, r := read(t, text)
		if c.Version != want.Version {
			t.Errorf("%s: %+v\nreport %+v", name, c, r)
		}
	}
	_, r := read(t, latin)
	if r.Recoded != 2 {
		t.Errorf("%d texts recoded, want 2", r.Recoded)
	}
}

func zip(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func TestQuotedNewlines(t *testing.T) {
	c, r := read(t, table("1,\"one\r\ntwo\nthree\",Ana,.5,.5", "2,Song,Ana,.5,x"))
	if c.Title[0] != "one\ntwo\nthree" {
		t.Errorf("title %q", c.Title[0])
	}
	if r.Problems[0].Row != 3 {
		t.Errorf("problem in row %d, want record 3", r.Problems[0].Row)
	}
}

func TestArtistCells(t *testing.T) {
	for cell, want := range map[string]string{
		`"['Ana', \"B'en\"]"`:  `["Ana" "B'en"]`,
		`"['D\'Or']"`:          `["D'Or"]`,
		`Ana; Ben ;Ana`:        `["Ana" "Ben"]`,
		`"Tyler, The Creator"`: `["Tyler, The Creator"]`,
		`Ana Featuring Ben`:    `["Ana Featuring Ben"]`, // "artists" joins by semicolons only
		`[Brackets]`:           `["[Brackets]"]`,
	} {
		cell = strings.ReplaceAll(cell, `\"`, `""`)
		c, _ := read(t, "id,name,artists,energy\n1,T,"+cell+",.5\n")
		if got := fmt.Sprintf("%q", c.Artists.At(0)); got != want {
			t.Errorf("%s: %s, want %s", cell, got, want)
		}
	}
}

func TestInputErrors(t *testing.T) {
	good := table("1,Song,Ana,.5,.5")
	long := strings.Repeat("x", 1<<20+1)
	for name, test := range map[string]struct{ text, want string }{
		"empty":           {"", "the file is empty; export the table again"},
		"blank":           {" \n\r\n", "the file is empty"},
		"header only":     {table()[:30], "there is a header but no row"},
		"a row as header": {"Anaïs,Song,2024-01-01 10:00\nAnaïs,Song,2024-01-02 10:00\n", "no column holds the artist; Segue looks for artists, artist, artist_name or artistName; its first line looks like a row and not like names of columns; write their names above it"},
		"playlist":        {"#EXTM3U\n#EXTINF:3,Ana - Song\nsong.mp3\n", "this is a playlist; tables are CSV or Parquet"},
		"one column":      {"hello\nhello\n", `no column holds the track's title; Segue looks for track_name, track, title or name; it has one column only; track tables have several, with commas between them`},
		"no title":        {"id,artist,energy\n1,Ana,.5\n", `no column holds the track's title; Segue looks for track_name, track, title or name; its 3 columns begin with "id", "artist", "energy"`},
		"no artist":       {"id,title,energy\n1,Ana,.5\n", "no column holds the artist"},
		"no features":     {"id,title,artist\n1,Song,Ana\n", "no column holds an audio feature"},
		"history CSV":     {"endTime,artistName,trackName,msPlayed\n2022-07-04 09:25,Ana,Song,96260\n", "no column holds an audio feature; Segue looks for energy, valence, acousticness, loudness and their like; this looks like a listening history, which --history takes"},
		"labels":          {"dzr_sng_id,valence,arousal,artist_name,track_name\n1,-.5,.5,Ana,Song\n", "this looks like a table of mood labels; a catalogue needs audio features, such as energy and acousticness"},
		"history JSON":    {`[ {"endTime" : "2022-07-04 09:25", "msPlayed": 1} ]`, "looks like a Spotify streaming history; pass it to --history"},
		"JSON":            {`{"a": 1}`, "this is JSON"},
		"HTML":            {"<!DOCTYPE html><html>", "this is a web page"},
		"ZIP":             {"PK\x03\x04\x14\x00", "this is a ZIP archive"},
		"spreadsheet":     {"PK\x03\x04\x14\x00[Content_Types].xml", "this is a spreadsheet"},
		"binary":          {"id,name\x00\x01\x02", "this is a binary file"},
		"ZIP in gzip":     {zip("PK\x03\x04\x14\x00"), "this is a ZIP archive"},
		"cut gzip":        {zip(strings.Repeat(good, 100))[:60], "the gzip data is cut short; copy or download the file again"},
		"cut gzip header": {zip(good)[:5], "the gzip data is cut short"},
		"damaged gzip":    {damage(zip(good)), "the gzip data is damaged"},
		"gzip bomb":       {zip(good + strings.Repeat("1,Song,Ana,.5,.5\n", 4<<20)), "the gzip data unpacks to far more than a table"},
		"open quote":      {good + "2,\"Song,Ana,.5,.5\n3,Song,Ana,.5,.5\n", "row 3: a quotation mark is opened and never closed"},
		"long field":      {good + "2," + long + ",Ana,.5,.5\n", "row 3: a field is over 1 MB long; look for a quotation mark that is never closed"},
		"long quote":      {good + "2,\"" + strings.Repeat("Song,Ana,.5,.5\n", 1<<19), "row 3: the row is over 4 MB long; look for a quotation mark that is never closed"},
		"long header":     {strings.Repeat("x", 1<<17), "row 1: the first line is too long for a header"},
		"nothing left":    {table("1,,Ana,.5,.5", "2,Song,,.5,.5", "2,,,.5,.5"), "none of the 3 rows could be kept: no title, no artist"},
		"cut Parquet":     {"PAR1", "the Parquet file is cut short or damaged"},
		"damaged Parquet": {"PAR1xxxxxxxxxxxxxxxxxxxxxxxxxPAR1", "the Parquet file is cut short or damaged"},
	} {
		if racetest.On && name == "gzip bomb" {
			continue // sixty million bytes, read as those of the other files are
		}
		paths := write(t, test.text)
		c, r, err := catalog.Read(context.Background(), paths, catalog.Options{})
		var input *segue.InputError
		if !errors.As(err, &input) {
			t.Errorf("%s: error %v (%T)", name, err, err)
			continue
		}
		if c != nil || r != nil {
			t.Errorf("%s: half a result", name)
		}
		if !strings.HasPrefix(err.Error(), paths[0]+": ") || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, want %q", name, err, test.want)
		}
	}
}

// damage flips a bit in the middle.
func damage(s string) string {
	b := []byte(s)
	b[len(b)-6] ^= 1 // in the checksum
	return string(b)
}

func TestPathErrors(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.csv"): "there is no such file",
		dir:                            "this is a folder",
	} {
		_, _, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
		var input *segue.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), want) || input.File != path {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestUnpackedLimit(t *testing.T) {
	paths := write(t, zip(table("1,Song,Ana,.5,.5", "2,Song,Ana,.5,.5")))
	_, _, err := catalog.Read(context.Background(), paths, catalog.Options{MaxUnpacked: 40})
	if err == nil || !strings.Contains(err.Error(), "unpacks to far more") {
		t.Errorf("error %v", err)
	}
}

func TestOneTrack(t *testing.T) {
	c, r := read(t, table("1,Song,Ana,.5,.5"))
	if c.Len() != 1 || r.Recordings != 1 || c.Recording[0] != 0 || c.ISRC != nil {
		t.Errorf("%+v %+v", c, r)
	}
	s := catalog.Explore(c)
	if e := s.Features[segue.Energy]; e.N != 1 || *e.Median != .5 || e.SD != nil {
		t.Errorf("%+v", e)
	}
}

// randomTable returns a table of n rows, with quotation marks, line ends,
// duplicates and bad values.
func randomTable(n int, seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("id,name,artists,energy,valence,tempo,genre\n")
	for range n {
		title := []string{"Song", `"So, ng"`, "\"two\nlines\"", `"a ""b"" c"`, "", "Ünder"}[rng.IntN(6)]
		fmt.Fprintf(&b, "%d,%s %s,A%d;B%d,%.3f,%.4f,%d,g%d\n", rng.IntN(n), title, "", rng.IntN(50), rng.IntN(9), rng.Float64()*1.1, rng.Float64(), rng.IntN(200), rng.IntN(20))
	}
	return strings.ReplaceAll(b.String(), `" ,`, `",`)
}

func TestSameOnAnyNumberOfProcessors(t *testing.T) {
	paths := write(t, randomTable(60_000, 1)) // some two blocks
	var versions []string
	var reports []string
	for _, procs := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(procs)
		c, r, err := catalog.Read(context.Background(), paths, catalog.Options{})
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		addsUp(t, r)
		versions = append(versions, c.Version+fmt.Sprint(c.Recording))
		reports = append(reports, fmt.Sprintf("%+v", r))
	}
	if len(slices.Compact(versions)) != 1 || len(slices.Compact(reports)) != 1 {
		t.Error("the result depends on the number of processors")
	}
}

func TestCancelled(t *testing.T) {
	paths := write(t, randomTable(60_000, 2))
	ctx, cancel := context.WithCancel(context.Background())
	c, r, err := catalog.Read(ctx, paths, catalog.Options{Progress: func(string, int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) || c != nil || r != nil {
		t.Errorf("%v, %v, %v", c, r, err)
	}
}

func TestProgress(t *testing.T) {
	paths := write(t, randomTable(1000, 3), zip(randomTable(1000, 4)))
	last := map[string]int64{}
	_, _, err := catalog.Read(context.Background(), paths, catalog.Options{Progress: func(stage string, done, total int64) {
		if done < last[stage] || done > total {
			t.Errorf("%s: %d of %d after %d", stage, done, total, last[stage])
		}
		last[stage] = done
		if done == total {
			last[stage+" done"] = 1
		}
	}})
	if err != nil || last["reading done"] != 1 || last["grouping done"] != 1 {
		t.Errorf("%v %v", last, err)
	}
}
