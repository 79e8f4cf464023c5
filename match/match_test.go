package match

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/titles"
)

// track is a row of a small catalogue; artists are parted by semicolons.
type track struct {
	id, isrc, title, artists, album string
	popularity                      int8
	recording                       int32 // 0: of its own
}

// catalogOf makes a catalogue of rows.
func catalogOf(rows ...track) *segue.Catalog {
	c := &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}}
	index := map[string]int32{}
	for i, r := range rows {
		c.ID = append(c.ID, r.id)
		c.ISRC = append(c.ISRC, r.isrc)
		c.Title = append(c.Title, r.title)
		c.Album = append(c.Album, r.album)
		c.Popularity = append(c.Popularity, r.popularity)
		rec := r.recording
		if rec == 0 {
			rec = int32(i)
		}
		c.Recording = append(c.Recording, rec)
		for _, a := range strings.Split(r.artists, ";") {
			if a == "" {
				continue
			}
			v, ok := index[a]
			if !ok {
				v = int32(len(c.Artists.Values))
				index[a] = v
				c.Artists.Values = append(c.Artists.Values, a)
			}
			c.Artists.Index = append(c.Artists.Index, v)
		}
		c.Artists.Offset = append(c.Artists.Offset, int32(len(c.Artists.Index)))
	}
	return c
}

func TestLadder(t *testing.T) {
	x := NewIndex(catalogOf([]track{
		0:  {"id0", "", "Slow River", "Ann Example;Bo", "Water", 10, 0},
		1:  {"id1", "GB-AAA-01-00001", "Slow River", "Ann Example", "Best Of", 40, 0},
		2:  {"id2", "", "Fast River - 2011 Remaster", "Ann Example", "Water", 30, 0},
		3:  {"id3", "", "Fast River - Live", "Ann Example", "Hall", 90, 0},
		4:  {"id4", "", "Night (feat. Bo)", "Cy", "Dark", 5, 0},
		5:  {"id5", "", "Interrupted Symphony", "Cy", "Dark", 5, 0},
		6:  {"id6", "", "Movement Part 1", "Cy", "Dark", 5, 0},
		7:  {"id7", "", "Movement Part 2", "Cy", "Dark", 5, 0},
		8:  {"id8", "", "???", "!!!", "", -1, 0},
		9:  {"id9", "", "夜曲", "歌手", "夜", 1, 0},
		10: {"id10", "", "Reissued", "Di", "One", 1, 10},
		11: {"id11", "", "Reissued", "Di", "Two", 2, 10},
		12: {"id12", "", "Slow River", "Bo", "Own", 1, 0},
		13: {"id13", "", "Movement Ax", "Cy", "Dark", 5, 0},
		14: {"id14", "", "Movement Ay", "Cy", "Dark", 5, 0},
		15: {"id15", "", "One Two Song", "Earth, Wind & Example", "", 5, 0},
		16: {"id16", "", "Nameless", "", "", 5, 0},
		18: {"id18", "", "春夏秋冬東西", "歌手", "夜", 1, 0},
		17: {"id17", "", "", "Ann Example", "Blank", 5, 0},
	}...))
	ref := func(artist, title, album string) segue.TrackRef {
		return segue.TrackRef{Artist: artist, Title: title, Album: album}
	}
	for _, c := range []struct {
		name string
		ref  segue.TrackRef
		want segue.Match
	}{
		{"id", segue.TrackRef{ID: "id0", Title: "whatever"}, segue.Match{Row: 0, Rung: segue.ByID, Confidence: 1}},
		{"id with its prefix", segue.TrackRef{ID: "spotify:track:id3"}, segue.Match{Row: 3, Rung: segue.ByID, Confidence: 1}},
		{"ISRC without hyphens", segue.TrackRef{ISRC: "gbaaa0100001"}, segue.Match{Row: 1, Rung: segue.ByID, Confidence: 1}},
		{"unknown id, known name", segue.TrackRef{ID: "zz", Artist: "cy", Title: "NIGHT (feat. Bo)"}, segue.Match{Row: 4, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"album decides", ref("Ann Example", "slow river", "water"), segue.Match{Row: 0, Rung: segue.ByArtistAlbum, Confidence: .98}},
		// rows 0 and 1 fit and are two recordings: the more popular, at 0.95·0.8
		{"tie by popularity", ref("Ann Example", "Slow River", ""), segue.Match{Row: 1, Rung: segue.ByArtistTitle, Confidence: .95 * .8, Tied: true}},
		// Bo is a guest on row 0 and the main artist of row 12
		{"main artist before guest", ref("Bo", "Slow River", ""), segue.Match{Row: 12, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"several artists in the play", ref("Cy, Ann Example & Bo", "Night (feat. Bo)", ""), segue.Match{Row: 4, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"remaster is plain", ref("Ann Example", "Fast River", ""), segue.Match{Row: 2, Rung: segue.ByPlainTitle, Confidence: .90}},
		{"live meets live", ref("Ann Example", "Fast River (Live) [2001 Remaster]", ""), segue.Match{Row: 3, Rung: segue.ByPlainTitle, Confidence: .90}},
		{"sped-up is not plain", ref("Ann Example", "Fast River - Sped Up", ""), segue.Match{Row: -1}},
		{"instrumental is not plain", ref("Ann Example", "Fast River - Instrumental / 2011 Remaster", ""), segue.Match{Row: -1}},
		{"live by exact title", ref("Ann Example", "Fast River - live", ""), segue.Match{Row: 3, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"remix is not plain", ref("Ann Example", "Fast River - Bo Remix", ""), segue.Match{Row: -1}},
		{"acoustic is not plain", ref("Ann Example", "Slow River (Acoustic)", ""), segue.Match{Row: -1}},
		{"guest is plain", ref("Cy", "Night", ""), segue.Match{Row: 4, Rung: segue.ByPlainTitle, Confidence: .90}},
		{"one slip", ref("Cy", "Interupted Symphony", ""), segue.Match{Row: 5, Rung: segue.ByNearTitle, Confidence: .75}},
		{"two slips", ref("Cy", "Interupted Symphnoy", ""), segue.Match{Row: 5, Rung: segue.ByNearTitle, Confidence: .65}},
		{"three slips", ref("Cy", "Interupted Symphnoi", ""), segue.Match{Row: -1}},
		{"slip of another artist", ref("Bo", "Interupted Symphony", ""), segue.Match{Row: -1}},
		{"a word of a script without letters", ref("歌手", "春夏秋冬東北", ""), segue.Match{Row: -1}},
		{"numbers differ", ref("Cy", "Movement Part 3", ""), segue.Match{Row: -1}},
		{"numerals differ", ref("Cy", "Movement Part II", ""), segue.Match{Row: -1}},
		{"two equally near", ref("Cy", "Movement Az", ""), segue.Match{Row: -1}},
		{"punctuation only", ref("!!!", "???", ""), segue.Match{Row: 8, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"other punctuation", ref("!!!", "!?!", ""), segue.Match{Row: -1}},
		{"not Latin", ref("歌手", "夜曲 ", "夜"), segue.Match{Row: 9, Rung: segue.ByArtistAlbum, Confidence: .98}},
		{"reissues do not tie", ref("Di", "Reissued", ""), segue.Match{Row: 11, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"a band with commas", ref("Earth, Wind and Example", "One Two Song", ""), segue.Match{Row: 15, Rung: segue.ByArtistTitle, Confidence: .95}},
		{"title without artist", ref("", "Slow River", ""), segue.Match{Row: -1}},
		{"artist without title", ref("Ann Example", "", ""), segue.Match{Row: -1}},
		{"track without artist", ref("", "Nameless", ""), segue.Match{Row: -1}},
		{"nothing", segue.TrackRef{}, segue.Match{Row: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := x.Match(c.ref); got != c.want {
				t.Errorf("Match(%+v) = %+v, want %+v", c.ref, got, c.want)
			}
		})
	}
}

func TestEmptyCatalog(t *testing.T) {
	for _, c := range []*segue.Catalog{{}, catalogOf()} {
		x := NewIndex(c)
		if m := x.Match(segue.TrackRef{ID: "a", ISRC: "b", Title: "c", Artist: "d"}); m != (segue.Match{Row: -1}) {
			t.Errorf("an empty catalogue matched %+v", m)
		}
		all, err := x.All(context.Background(), nil)
		if err != nil || len(all) != 0 {
			t.Errorf("All(nil) = %v, %v", all, err)
		}
	}
}

func TestAllCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m, err := NewIndex(catalogOf(track{id: "a"})).All(ctx, make([]segue.Play, 3))
	if m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("All = %v, %v; want no matches and context.Canceled", m, err)
	}
}

// Three plays, of 60, 30 and 10 seconds; the first and the last are one track
// that is known: 2/3 of plays, 70 % of time, 1/2 of tracks.
func TestCoverage(t *testing.T) {
	a, b := segue.TrackRef{Artist: "A", Title: "a"}, segue.TrackRef{Artist: "B", Title: "b"}
	plays := []segue.Play{{Track: a, Played: time.Minute}, {Track: b, Played: 30 * time.Second}, {Track: a, Played: 10 * time.Second}}
	known := segue.Match{Row: 0, Rung: segue.ByPlainTitle, Confidence: .9, Tied: true}
	c := CoverageOf(plays, []segue.Match{known, {Row: -1}, known})
	want := Coverage{Plays: 2. / 3, Time: .7, Tracks: .5, PlaysMatched: 2, PlaysTotal: 3, TracksMatched: 1, TracksTotal: 2, Tied: 2}
	want.ByRung[segue.ByPlainTitle], want.ByRung[segue.Unmatched] = 2, 1
	if !reflect.DeepEqual(c, want) {
		t.Errorf("CoverageOf = %+v, want %+v", c, want)
	}
	j, err := json.Marshal(c.ByRung)
	if want := `{"id":0,"artist_title_album":0,"artist_title":0,"plain_title":2,"near_title":0,"unmatched":1}`; err != nil || string(j) != want {
		t.Errorf("by_rung is %s, %v; want %s", j, err, want)
	}
	if c := CoverageOf(nil, nil); !reflect.DeepEqual(c, Coverage{}) {
		t.Errorf("CoverageOf(nothing) = %+v", c)
	}
	defer func() {
		if recover() == nil {
			t.Error("differing lengths did not panic")
		}
	}()
	CoverageOf(plays, nil)
}

// words draws names whose spellings collide often.
func words(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{
		"Song", "song!", "Söng", "Song - Live", "Song (Live)", "Song - Remastered", "Song (feat. B)", "Longer Name Here",
		"Longer Nmae Here", "Longer Name Hear", "Song (Remix)", "Song - 2011 Remaster", "???", "夜", "A, B & C", "A;B", "A", "B",
	}).Draw(t, label)
}

func randomCatalog(t *rapid.T) *segue.Catalog {
	var rows []track
	for i := range rapid.IntRange(0, 25).Draw(t, "rows") {
		rows = append(rows, track{
			id: fmt.Sprint("id", i), title: words(t, "title"), artists: words(t, "artists"), album: words(t, "album"),
			popularity: int8(rapid.IntRange(0, 2).Draw(t, "popularity")), recording: int32(rapid.IntRange(0, 3).Draw(t, "recording")),
		})
	}
	return catalogOf(rows...)
}

// A catalogue's own tracks are found by name at rung 3 or surer, and by id as
// themselves.
func TestOwnTracksAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomCatalog(t)
		x := NewIndex(c)
		for i := range c.Len() {
			ref := segue.TrackRef{ID: c.ID[i], Title: c.Title[i], Artist: c.Artists.First(i), Album: c.Album[i]}
			if m := x.Match(ref); int(m.Row) != i || m.Rung != segue.ByID {
				t.Fatalf("row %d by id: %+v", i, m)
			}
			ref.ID = ""
			m := x.Match(ref)
			if m.Rung == segue.Unmatched || m.Rung > segue.ByArtistTitle {
				t.Fatalf("row %d by name: %+v", i, m)
			}
			if m.Rung == segue.ByArtistAlbum && titles.Fold(c.Album[m.Row]) != titles.Fold(c.Album[i]) {
				t.Fatalf("row %d met another album: %+v", i, m)
			}
		}
	})
}

// slowTitles finds the rows of rungs 2 to 4 by looking at every row.
func slowRung(c *segue.Catalog, t segue.TrackRef) segue.Rung {
	best := segue.Unmatched
	better := func(r segue.Rung) {
		if best == segue.Unmatched || r < best {
			best = r
		}
	}
	for i := range c.Len() {
		share := false
		for _, a := range c.Artists.At(i) {
			for _, k := range artistKeys(a) {
				share = share || slices.Contains(artistKeys(t.Artist), k)
			}
		}
		if !share {
			continue
		}
		u := c.Title[i]
		if titles.Fold(u) == titles.Fold(t.Title) {
			better(segue.ByArtistTitle)
		}
		if titles.Fold(titles.Plain(u)) == titles.Fold(titles.Plain(t.Title)) && titles.Version(u) == titles.Version(t.Title) {
			better(segue.ByPlainTitle)
		}
	}
	return best
}

func TestAgreesWithFullScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomCatalog(t)
		ref := segue.TrackRef{Title: words(t, "t"), Artist: words(t, "a")}
		m := NewIndex(c).Match(ref)
		got := m.Rung
		if got == segue.ByNearTitle {
			got = segue.Unmatched // the scan knows no near spelling
		}
		if want := slowRung(c, ref); got != want {
			t.Fatalf("Match(%+v) = %+v, full scan %v", ref, m, want)
		}
	})
}

// slowDistance is the recurrence of optimal string alignment, without limits.
func slowDistance(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	n, m := len(a), len(b)
	cost := 1
	if a[n-1] == b[m-1] {
		cost = 0
	}
	d := min(slowDistance(a[:n-1], b)+1, slowDistance(a, b[:m-1])+1, slowDistance(a[:n-1], b[:m-1])+cost)
	if n > 1 && m > 1 && a[n-1] == b[m-2] && a[n-2] == b[m-1] {
		d = min(d, slowDistance(a[:n-2], b[:m-2])+1)
	}
	return d
}

func TestDistance(t *testing.T) {
	gen := rapid.SliceOfN(rapid.SampledFrom([]rune("abc")), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		limit := rapid.IntRange(0, 3).Draw(t, "limit")
		if got, want := distance(a, b, limit), min(slowDistance(a, b), limit+1); got != want {
			t.Fatalf("distance(%q, %q, %d) = %d, want %d", string(a), string(b), limit, got, want)
		}
	})
}

func TestDeterministicOnAnyProcessors(t *testing.T) {
	c, plays := madeUp(20000, 5000)
	run := func(procs int) []segue.Match {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		m, err := NewIndex(c).All(context.Background(), plays)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if !reflect.DeepEqual(run(1), run(2)) {
		t.Error("matches depend on the number of processors")
	}
}

// The real listening history and the real tables, when they are there: the
// shares are those a person will see, so they are looked at and not fixed.
func TestRealData(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real data beside the repository; matching it is not tried")
	}
	var rows []track
	files, _ := filepath.Glob(filepath.Join(dir, "catalog", "*.csv"))
	for _, f := range files {
		rows = append(rows, readTracks(t, f)...)
	}
	c := catalogOf(rows...)
	b, err := os.ReadFile(filepath.Join(dir, "history", "StreamingHistory0.json"))
	if err != nil {
		t.Fatal(err)
	}
	var raw []struct {
		ArtistName, TrackName string
		MsPlayed              int64
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	var plays []segue.Play
	for _, r := range raw {
		plays = append(plays, segue.Play{Track: segue.TrackRef{Artist: r.ArtistName, Title: r.TrackName}, Played: time.Duration(r.MsPlayed) * time.Millisecond})
	}
	x := NewIndex(c)
	m, err := x.All(context.Background(), plays)
	if err != nil {
		t.Fatal(err)
	}
	cov := CoverageOf(plays, m)
	t.Logf("%d tracks: %+v", c.Len(), cov)
	if cov.Plays < .03 || cov.Plays > .9 {
		t.Errorf("coverage of plays is %.3f", cov.Plays)
	}
	shown := map[segue.TrackRef]bool{}
	for i, p := range plays {
		if m[i].Rung >= segue.ByPlainTitle && !shown[p.Track] {
			shown[p.Track] = true
			t.Logf("%v %.2f: %q = %q", m[i].Rung, m[i].Confidence, p.Track.Title, c.Title[m[i].Row])
		}
	}
	for i := range c.Len() {
		if c.Artists.First(i) == "" || strings.TrimSpace(c.Title[i]) == "" {
			continue
		}
		ref := segue.TrackRef{Title: c.Title[i], Artist: c.Artists.First(i), Album: c.Album[i]}
		if m := x.Match(ref); m.Rung == segue.Unmatched || m.Rung > segue.ByArtistTitle {
			t.Fatalf("row %d is not found by its own name: %+v %+v", i, ref, m)
		}
	}
}

// readTracks reads the names of one of the real tables, whose columns differ.
func readTracks(t *testing.T, file string) []track {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := func(row []string, names ...string) string {
		for j, h := range all[0] {
			if slices.Contains(names, h) && j < len(row) {
				return row[j]
			}
		}
		return ""
	}
	var out []track
	for _, row := range all[1:] {
		id := col(row, "track_id", "id", "uri")
		out = append(out, track{id: strings.TrimPrefix(id, "spotify:track:"), title: col(row, "track_name", "track", "trackName"),
			artists: col(row, "artists", "artist", "artistName"), album: col(row, "album_name")})
	}
	return out
}

// madeUp returns a catalogue of n tracks by n/8 artists, and plays of it with
// some slips and some strangers.
func madeUp(n, plays int) (*segue.Catalog, []segue.Play) {
	rows := make([]track, n)
	for i := range rows {
		suffix := [...]string{"", " - Remastered 2011", " (feat. Somebody)", " - Live", ""}[i%5]
		rows[i] = track{id: fmt.Sprintf("%022d", i), title: fmt.Sprintf("Some Ordinary Song %x%s", i*2654435761%(1<<32), suffix),
			artists: fmt.Sprintf("Artist Number %d;Guest %d", i%(n/8+1), i%101), album: fmt.Sprint("Album ", i/12), popularity: int8(i % 100)}
	}
	ps := make([]segue.Play, plays)
	for i := range ps {
		r := rows[(i*i*7919+13)%n]
		title := r.title
		switch i % 4 {
		case 1:
			title = titles.Plain(title)
		case 2:
			title = strings.Replace(title, "Ordinary", "Ordniary", 1)
		case 3:
			title += " unheard of"
		}
		ps[i] = segue.Play{Track: segue.TrackRef{Title: title, Artist: strings.Split(r.artists, ";")[0], Album: r.album}, Played: time.Minute}
	}
	return catalogOf(rows...), ps
}

func BenchmarkNewIndex(b *testing.B) {
	c, _ := madeUp(114000, 1)
	b.ReportAllocs()
	for b.Loop() {
		NewIndex(c)
	}
	b.ReportMetric(float64(b.N)*114000/b.Elapsed().Seconds(), "tracks/s")
}

func BenchmarkAll(b *testing.B) {
	c, plays := madeUp(114000, 20000)
	x := NewIndex(c)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.All(context.Background(), plays); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*20000/b.Elapsed().Seconds(), "plays/s")
}
