package catalog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"pgregory.net/rapid"

	"segue"
	"segue/catalog"
)

// sameCatalog reports how two catalogues differ; missing values are equal.
func sameCatalog(a, b *segue.Catalog) error {
	x, y := *a, *b
	for f := range x.Feature {
		if len(x.Feature[f]) != len(y.Feature[f]) {
			return fmt.Errorf("%d and %d rows", len(x.Feature[f]), len(y.Feature[f]))
		}
		for i, v := range x.Feature[f] {
			if w := y.Feature[f][i]; v != w && (v == v || w == w) {
				return fmt.Errorf("%v of row %d: %v and %v", segue.Feature(f), i, v, w)
			}
		}
		x.Feature[f], y.Feature[f] = nil, nil
	}
	if !reflect.DeepEqual(x, y) {
		return fmt.Errorf("%+v\nand\n%+v", x, y)
	}
	return nil
}

// throughParquet writes c and reads it back.
func throughParquet(t testing.TB, c *segue.Catalog) (*segue.Catalog, *catalog.Report) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.parquet")
	if err := catalog.WriteParquet(context.Background(), path, c); err != nil {
		t.Fatal(err)
	}
	back, r, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addsUp(t, r)
	return back, r
}

func TestParquetReadsBack(t *testing.T) {
	for name, texts := range map[string][]string{
		"layouts": {layoutOne, layoutTwo, layoutThree},
		"random":  {randomTable(20_000, 5), randomTable(100, 6)},
		"isrc":    {"id,name,artist,isrc,energy\n1,A,B,,.5\n2,A,C,USX,.5\n"},
		"one":     {table("1,Song,Ana,.5,.5")},
	} {
		c, _ := read(t, texts...)
		back, r := throughParquet(t, c)
		if err := sameCatalog(c, back); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r.Rows != c.Len() || r.Duplicates != 0 || r.BadValues != 0 || r.Files[0].Format != "parquet" {
			t.Errorf("%s: report %+v", name, r)
		}
	}
}

// Whatever a CSV says, the catalogue it gives survives Parquet.
func TestParquetReadsBackLaw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) string {
			quoted := func(label string) string {
				return `"` + strings.ReplaceAll(rapid.String().Draw(rt, label), `"`, `""`) + `"`
			}
			return fmt.Sprintf("%d,%s,%s,%s,%s,%v,%v,%d,%d", rapid.IntRange(0, 30).Draw(rt, "id"),
				quoted("title"), quoted("artists"), quoted("album"), quoted("genre"),
				rapid.Float64Range(-.2, 1.2).Draw(rt, "energy"), rapid.Float32Range(0, 1).Draw(rt, "valence"),
				rapid.IntRange(-5, 120).Draw(rt, "popularity"), rapid.Int32().Draw(rt, "duration"))
		}), 1, 20).Draw(rt, "rows")
		paths := write(t, "id,name,artists,album,genre,energy,valence,popularity,duration_ms\n"+strings.Join(rows, "\n")+"\n0,T,A,,,.5,.5,,\n")
		c, r, err := catalog.Read(context.Background(), paths, catalog.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		addsUp(t, r)
		back, _ := throughParquet(t, c)
		if err := sameCatalog(c, back); err != nil {
			rt.Error(err)
		}
	})
}

// A foreign file: other names, order and types, nested columns and nulls.
func TestForeignParquet(t *testing.T) {
	type foreign struct {
		Vector       []float64         `parquet:"vector,list"`
		Valence      float64           `parquet:"valence"`
		Key          int64             `parquet:"key"`
		Tempo        *string           `parquet:"tempo,optional"`
		Name         string            `parquet:"name"`
		Artists      string            `parquet:"artists"`
		Tags         map[string]string `parquet:"tags"`
		ID           int64             `parquet:"id"`
		Explicit     bool              `parquet:"explicit"`
		Energy       *float64          `parquet:"energy,optional"`
		DurationMS   float64           `parquet:"duration_ms"`
		Danceability *int32            `parquet:"danceability,optional"`
		Genres       []string          `parquet:"genres"`
	}
	path := filepath.Join(t.TempDir(), "foreign.parquet")
	one, half, fast, slow := int32(1), .5, "120.5", "slow"
	err := parquet.WriteFile(path, []foreign{
		{Valence: .25, Key: 5, Tempo: &fast, Name: "Song", Artists: "['Ana', 'Ben']", ID: 7, Explicit: true, Energy: &half, DurationMS: 1000.4, Danceability: &one, Genres: []string{"rock, hard", "pop"}, Vector: []float64{1, 2}},
		{Valence: math.NaN(), Key: 99, Tempo: &slow, Name: "Other", Artists: "Cid", ID: 8, Energy: &half},
		{Valence: math.Inf(1), Name: "None", Artists: "Cid", ID: 9, Key: -1},
		{Name: "", Artists: "Cid", ID: 10},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, r, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addsUp(t, r)
	first := c.Track(0)
	first.Features = segue.Features{}
	want := "{ID:7 ISRC: Title:Song Album: Artists:[Ana Ben] Genres:[rock, hard pop] Duration:1s Popularity:-1 Explicit:2"
	if got := fmt.Sprintf("%+v", first); !strings.HasPrefix(got, want) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	v := c.Features(0)
	if v[segue.Valence] != .25 || v[segue.Key] != 5 || v[segue.Tempo] != 120.5 || v[segue.Energy] != .5 || v[segue.Danceability] != 1 || v.Has(segue.Mode) {
		t.Errorf("features %v", v)
	}
	// Key 99, tempo "slow" and an infinite valence are bad; NaN is missing; the
	// third row has no feature left, the fourth no title.
	if c.Len() != 2 || r.BadValues != 3 || r.Dropped[catalog.NoFeatures] != 1 || r.Dropped[catalog.NoTitle] != 1 {
		t.Errorf("report %+v", r)
	}
	if p := r.Problems[0]; p.Row != 2 {
		t.Errorf("problem %q", p.Error())
	}
}

func TestWriteParquetIsAtomic(t *testing.T) {
	c, _ := read(t, randomTable(10_000, 7))
	dir := t.TempDir()
	path := filepath.Join(dir, "c.parquet")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := catalog.WriteParquet(ctx, path, c); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "before" {
		t.Errorf("the file was touched: %q, %v", text, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files left over: %v", left)
	}
	if err := catalog.WriteParquet(context.Background(), filepath.Join(dir, "none", "c.parquet"), c); err == nil || !strings.Contains(err.Error(), "choose another folder") {
		t.Errorf("error %v", err)
	}
	// The same catalogue gives the same bytes.
	var files [2]string
	for i := range files {
		if err := catalog.WriteParquet(context.Background(), path, c); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = string(text)
	}
	if files[0] != files[1] {
		t.Error("two files of one catalogue differ")
	}
}

func TestParquetCutAnywhere(t *testing.T) {
	c, _ := read(t, layoutOne, layoutTwo)
	path := filepath.Join(t.TempDir(), "c.parquet")
	if err := catalog.WriteParquet(context.Background(), path, c); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 4; n < len(whole); n += 37 {
		paths := write(t, string(whole[:n]))
		_, _, err := catalog.Read(context.Background(), paths, catalog.Options{})
		var input *segue.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), "cut short or damaged") {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

// FuzzParquet damages two good files in up to eight places: each three bytes
// say where, and what stands there then. Fuzzing the files themselves would
// mean minimizing them, which takes the square of their length in runs.
func FuzzParquet(f *testing.F) {
	type small struct {
		Name    string   `parquet:"name"`
		Artists []string `parquet:"artists,list"`
		Energy  *float32 `parquet:"energy,optional"`
		Key     int32    `parquet:"key,dict"`
	}
	half := float32(.5)
	var files [2][]byte
	for i, packed := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy} {
		var file bytes.Buffer
		rows := []small{{"Song", []string{"Ana", "Ben"}, &half, 5}, {"Other", []string{"Ana"}, nil, 5}}
		if err := parquet.Write(&file, rows, parquet.Compression(packed)); err != nil {
			f.Fatal(err)
		}
		files[i] = file.Bytes()
	}
	f.Add([]byte{})
	f.Add([]byte{0, 4, 0xff, 1, 4, 7})
	f.Fuzz(func(t *testing.T, damage []byte) {
		if len(damage) > 8*3 {
			t.Skip("more than eight places")
		}
		file := slices.Clone(files[len(damage)%2])
		for ; len(damage) >= 3; damage = damage[3:] {
			at := int(damage[0])<<8 | int(damage[1])
			file[4+at%(len(file)-4)] = damage[2] // after the four bytes that say what it is
		}
		path := filepath.Join(t.TempDir(), "f.parquet")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		c, r, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
		if err != nil {
			var input *segue.InputError
			if !errors.As(err, &input) {
				t.Errorf("error %v (%T)", err, err)
			}
			return
		}
		addsUp(t, r)
		if back, _ := throughParquet(t, c); back.Version != c.Version {
			t.Error("does not read back")
		}
	})
}

func TestReportJSON(t *testing.T) {
	c, r := read(t, layoutOne, layoutTwo)
	text, err := json.Marshal(struct {
		*catalog.Report
		*catalog.Summary
	}{r, catalog.Explore(c)})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"rows":5,`, `"dropped":{"no title":1}`, `"missing":{"acousticness":0,`, `"features":{"acousticness":{"n":3,`, `"correlations":{"acousticness":{"acousticness":1,"danceability":`, `"problems":[{"file":`, `"bad_values":1`, `"genres":[{"genre":"blues","tracks":1}`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
