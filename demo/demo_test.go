package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// table returns the catalogue's rows by column name; the header is checked.
func table(t *testing.T, d *Data) []map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.CatalogCSV(&b); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&b).ReadAll() // fails if a row has not 21 cells
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(all[0], ",") + "\n"; got != header || len(all[0]) != 21 {
		t.Fatalf("header %q", got)
	}
	rows := make([]map[string]string, len(all)-1)
	for i, cells := range all[1:] {
		rows[i] = map[string]string{}
		for j, c := range cells {
			rows[i][all[0][j]] = c
		}
	}
	return rows
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSameSeedSameBytes(t *testing.T) {
	bytesOf := func(seed uint64) []byte {
		d := Generate(seed)
		var b bytes.Buffer
		if err := errors.Join(d.CatalogCSV(&b), d.HistoryZIP(&b)); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	one := bytesOf(5)
	was := runtime.GOMAXPROCS(1)
	again := bytesOf(5)
	runtime.GOMAXPROCS(was)
	if !bytes.Equal(one, again) {
		t.Error("one seed gave two demonstrations")
	}
	if bytes.Equal(one, bytesOf(6)) {
		t.Error("two seeds gave one demonstration")
	}
}

func TestCatalogLooksLikeATable(t *testing.T) {
	rows := table(t, Generate(DefaultSeed))
	id := regexp.MustCompile(`^[0-9A-Za-z]{22}$`)
	tracks, genres := map[string]map[string]string{}, map[string]bool{}
	nameless, repeated := 0, 0
	for _, r := range rows {
		if !id.MatchString(r["track_id"]) {
			t.Fatalf("id %q", r["track_id"])
		}
		if r["track_name"] == "" {
			nameless++
			continue
		}
		genres[r["track_genre"]] = true
		if before, ok := tracks[r["track_id"]]; ok {
			repeated++
			if before["track_genre"] == r["track_genre"] || before["track_name"] != r["track_name"] || before["energy"] != r["energy"] {
				t.Errorf("one id, two tracks: %v, %v", before, r)
			}
		}
		tracks[r["track_id"]] = r
	}
	n := float64(len(tracks))
	if n < 5500 || n > 6500 || nameless != 1 || len(genres) < 30 {
		t.Errorf("%v tracks, %d nameless rows, %d genres", n, nameless, len(genres))
	}
	share := func(name string, lo, hi float64, is func(r map[string]string) bool) {
		k := 0.0
		for _, r := range tracks {
			if is(r) {
				k++
			}
		}
		if k/n < lo || k/n > hi {
			t.Errorf("%s: %.4f of the tracks, want %v to %v", name, k/n, lo, hi)
		}
	}
	title := func(part string) func(r map[string]string) bool {
		return func(r map[string]string) bool { return strings.Contains(r["track_name"], part) }
	}
	share("several artists", .18, .32, func(r map[string]string) bool { return strings.Contains(r["artists"], ";") })
	share("guests in the title", .06, .2, title("(feat. "))
	share("remasters", .02, .05, title(" - Remastered "))
	share("live", .01, .03, title(" - Live"))
	share("acoustic", .01, .03, title(" - Acoustic"))
	share("remixes", .01, .03, title(" Remix"))
	share("explicit", .04, .12, func(r map[string]string) bool { return r["explicit"] == "True" })
	share("no tempo", .0003, .005, func(r map[string]string) bool { return number(t, r["tempo"]) == 0 && number(t, r["valence"]) == 0 })
	share("popularity 0", .05, .3, func(r map[string]string) bool { return r["popularity"] == "0" })
	share("other scripts", .03, .12, func(r map[string]string) bool {
		return strings.ContainsFunc(r["track_name"], func(c rune) bool { return c > 0x2ff && (c < 0x1e00 || c > 0x1fff) })
	})
	if f := float64(repeated) / n; f < .04 || f > .12 {
		t.Errorf("%.3f of the tracks have a second genre", f)
	}
	// A remaster stands beside its first edition, nearly equal.
	first := map[string]map[string]string{}
	for _, r := range tracks {
		first[r["artists"]+"\n"+r["track_name"]] = r
	}
	pairs := 0
	for _, r := range tracks {
		name, _, ok := strings.Cut(r["track_name"], " - Remastered ")
		o := first[r["artists"]+"\n"+name]
		if !ok || o == nil {
			continue
		}
		pairs++
		near := func(column string, by float64) bool { return math.Abs(number(t, r[column])-number(t, o[column])) <= by }
		if r["track_id"] == o["track_id"] || !near("energy", .02) || !near("acousticness", .001) || !near("duration_ms", 1000) || r["key"] != o["key"] {
			t.Errorf("a remaster unlike its first edition: %v, %v", r, o)
		}
	}
	if pairs < 50 {
		t.Errorf("%d remasters stand beside their first edition", pairs)
	}
}

// The targets are what the public 114,000-row track table has, to a few
// hundredths.
func TestFeaturesGoTogetherAsInRealCatalogues(t *testing.T) {
	rows := table(t, Generate(DefaultSeed))
	columns := map[string][]float64{}
	for _, r := range rows {
		if r["track_name"] == "" || r["tempo"] == "0.000" {
			continue
		}
		for _, name := range []string{"danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence", "tempo"} {
			v := number(t, r[name])
			columns[name] = append(columns[name], v)
			lo, hi := 0.0, 1.0
			switch name {
			case "loudness":
				lo, hi = -60, 5
			case "tempo":
				lo, hi = 20, 300
			}
			if !(v >= lo && v <= hi) {
				t.Fatalf("%s is %v", name, v)
			}
		}
	}
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"energy", "loudness", .76}, {"energy", "acousticness", -.73}, {"loudness", "acousticness", -.59},
		{"valence", "danceability", .47}, {"energy", "valence", .26}, {"loudness", "instrumentalness", -.42},
		{"energy", "tempo", .24}, {"energy", "danceability", .11}, {"acousticness", "valence", -.10},
	} {
		if got := correlation(columns[c.a], columns[c.b]); math.Abs(got-c.want) > .09 {
			t.Errorf("%s and %s correlate at %.2f, want about %.2f", c.a, c.b, got, c.want)
		}
	}
	for _, c := range []struct {
		name       string
		median, by float64
	}{
		{"energy", .65, .07}, {"valence", .47, .06}, {"danceability", .58, .05}, {"acousticness", .18, .08},
		{"loudness", -7, 1}, {"tempo", 120, 8}, {"speechiness", .05, .01}, {"liveness", .13, .02},
	} {
		v := slices.Sorted(slices.Values(columns[c.name]))
		if got := v[len(v)/2]; math.Abs(got-c.median) > c.by {
			t.Errorf("the median of %s is %.3f, want %v ± %v", c.name, got, c.median, c.by)
		}
	}
}

func correlation(a, b []float64) float64 {
	var ma, mb, ab, aa, bb float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += b[i] / float64(len(b))
	}
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

// Typical scores run through the curves give the genre's medians back.
func TestCurvesAreInverted(t *testing.T) {
	for _, g := range genres() {
		f := typical(g).features()
		for _, c := range []struct{ got, want float64 }{
			{f.energy, g.energy}, {f.loudness, g.loudness}, {f.acoustic, g.acoustic}, {f.dance, g.dance},
			{f.valence, g.valence}, {f.instrumental, g.instrumental}, {f.speech, g.speech}, {f.live, g.live}, {f.tempo, g.tempo},
		} {
			if math.Abs(c.got-c.want) > 1e-9 {
				t.Errorf("%s: %v, want %v", g.name, c.got, c.want)
			}
		}
	}
	// L·Lᵀ is the table of correlations again.
	l, c := cholesky(), correlations()
	for i := range c {
		for j := range c[i] {
			sum := 0.0
			for k := range numScores {
				sum += l[i][k] * l[j][k]
			}
			if math.Abs(sum-c[i][j]) > 1e-12 {
				t.Errorf("(%d, %d): %v, want %v", i, j, sum, c[i][j])
			}
		}
	}
}

// A small sanity check, not a proof: names are put together at random, and must
// not come out as somebody's.
func TestNobodyFamous(t *testing.T) {
	famous := map[string]bool{}
	for _, s := range strings.Split("The Beatles,Queen,Adele,Drake,Prince,Madonna,Coldplay,Radiohead,Nirvana,Metallica,Oasis,Blur,U2,ABBA,Björk,Rihanna,Beyoncé,Shakira,Eminem,Muse,Moby,Enya,Sade,Dido,Lorde,Sia,Kesha,Pitbull,Avicii,Tool,Korn,Slayer,Pink Floyd,Daft Punk,Taylor Swift,Bad Bunny,Ed Sheeran,The Weeknd,Dua Lipa,Lady Gaga,Bob Dylan,Miles Davis,David Bowie,Arctic Monkeys,The Lanterns,The White Stripes,The Black Keys,Fleet Foxes,Silver Jews,Mẫu Đơn,周杰伦,邓丽君,王菲,아이유,방탄소년단,ミスチル,Кино,فيروز,Bohemian Rhapsody,Yesterday,Imagine,Hey Jude,Wonderwall,Thriller,Smells Like Teen Spirit,Stairway to Heaven,Hotel California,Rolling in the Deep,Blinding Lights,Purple Rain,Billie Jean,Let It Be,Clocks,Creep", ",") {
		famous[strings.ToLower(s)] = true
	}
	l := Generate(DefaultSeed).library
	names := map[string]bool{}
	for _, a := range l.artists {
		if a.name == "" || names[a.name] || famous[strings.ToLower(a.name)] || strings.Contains(a.name, ";") {
			t.Errorf("artist %q", a.name)
		}
		names[a.name] = true
	}
	for _, tr := range l.tracks {
		if tr.title == "" || famous[strings.ToLower(tr.title)] {
			t.Errorf("title %q", tr.title)
		}
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	ctx, cancel := context.WithCancel(context.Background())
	for range 2 { // the second time over the first
		catalog, history, err := Write(ctx, dir, 9)
		if err != nil {
			t.Fatal(err)
		}
		d := Generate(9)
		var b bytes.Buffer
		if err := d.CatalogCSV(&b); err != nil {
			t.Fatal(err)
		}
		if have, err := os.ReadFile(catalog); err != nil || !bytes.Equal(have, b.Bytes()) {
			t.Errorf("the catalogue was not written as it is: %v", err)
		}
		z, err := zip.OpenReader(history[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range d.History() {
			e, err := z.File[i].Open()
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(e)
			if err != nil || z.File[i].Name != f.Name || !bytes.Equal(body, f.Body) || !json.Valid(body) {
				t.Errorf("%s is not whole: %v", f.Name, err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	cancel()
	empty := filepath.Join(t.TempDir(), "empty")
	if _, _, err := Write(ctx, empty, 9); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if entries, _ := os.ReadDir(empty); len(entries) != 0 {
		t.Errorf("cancelled, and yet %v", entries)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Write(context.Background(), file, 9); err == nil {
		t.Error("a file passes for a folder")
	}
}

func TestLocation(t *testing.T) {
	for _, month := range []time.Month{time.January, time.July} {
		if _, offset := time.Date(Year, month, 1, 0, 0, 0, 0, Location()).Zone(); offset != 7*60*60 {
			t.Errorf("%v: %d s from UTC", month, offset)
		}
	}
}
