package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"segue"
	"segue/catalog"
	"segue/matrix"
)

// A strange is a row of a table whose columns have every type a feature may
// come in.
type strange struct {
	ID           string   `parquet:"id"`
	Name         *string  `parquet:"name,optional"`
	Artists      []string `parquet:"artists,list"`
	Energy       *float32 `parquet:"energy,optional"`
	Valence      float64  `parquet:"valence"`
	Acousticness *float64 `parquet:"acousticness,optional,dict"`
	Key          *int32   `parquet:"key,optional"`
	Mode         int64    `parquet:"mode,dict"`
	Tempo        string   `parquet:"tempo"`
	Loudness     *string  `parquet:"loudness,optional,dict"`
	Liveness     bool     `parquet:"liveness"`
}

// strangeRows draws rows with values that may and may not be.
func strangeRows(rng *rand.Rand, n int) []strange {
	values := []float64{.1, .25, .5, .75, 1, 0, -1, 2, math.NaN(), math.Inf(1), math.Inf(-1), 1e300}
	value := func() float64 {
		if rng.IntN(3) > 0 {
			return rng.Float64()
		}
		return values[rng.IntN(len(values))]
	}
	rows := make([]strange, n)
	for i := range rows {
		r := &rows[i]
		r.ID = fmt.Sprintf("t%07d", i)
		if name := "Song"; rng.IntN(20) > 0 {
			r.Name = &name
		}
		if rng.IntN(20) > 0 {
			r.Artists = []string{"Ana", "Bo"}[:1+rng.IntN(2)]
		}
		if v := float32(value()); rng.IntN(10) > 0 {
			r.Energy = &v
		}
		r.Valence = value()
		if v := value(); rng.IntN(10) > 0 {
			r.Acousticness = &v
		}
		if v := int32(rng.IntN(15) - 2); rng.IntN(4) > 0 {
			r.Key = &v
		}
		r.Mode = int64(rng.IntN(3))
		r.Tempo = []string{"120", " 90.5 ", "", "fast", "1e9", "0"}[rng.IntN(6)]
		if v := fmt.Sprint(-40 * rng.Float64()); rng.IntN(4) > 0 {
			r.Loudness = &v
		}
		r.Liveness = rng.IntN(2) == 0
	}
	return rows
}

// parquetFile writes rows in groups of groupRows.
func parquetFile[T any](t testing.TB, rows []T, groupRows int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[T](f, parquet.MaxRowsPerRowGroup(int64(groupRows)), parquet.PageBufferSize(4096))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func stream(t testing.TB, path string, fs ...segue.Feature) *catalog.Stream {
	t.Helper()
	s, err := catalog.OpenStream(context.Background(), path, fs, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// gathered reads a source into memory, and checks its pieces' places and sizes.
func gathered[F matrix.Float](t testing.TB, s matrix.Source[F]) [][]F {
	t.Helper()
	n, d := s.Dims()
	out, next, last := make([][]F, d), 0, false
	err := s.Pieces(context.Background(), func(lo int, p matrix.Table[F]) error {
		rows, columns := p.Dims()
		if lo != next || columns != d || rows == 0 || last {
			t.Errorf("a piece of %d×%d at row %d, want %d columns at row %d", rows, columns, lo, d, next)
		}
		last = rows%matrix.PieceRows != 0
		next += rows
		for j := range out {
			out[j] = append(out[j], p.Col(j)...)
		}
		return nil
	})
	if err != nil || next != n {
		t.Fatalf("%d rows of %d: %v", next, n, err)
	}
	return out
}

// What a stream says of a file with distinct ids is what Read says of it.
func TestStreamAgreesWithRead(t *testing.T) {
	fs := []segue.Feature{segue.Valence, segue.Energy, segue.Acousticness}
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		path := parquetFile(t, strangeRows(rng, rapid.IntRange(1, 400).Draw(rt, "rows")), rapid.IntRange(1, 200).Draw(rt, "group"))
		c, want, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
		s, streamErr := catalog.OpenStream(context.Background(), path, fs, catalog.Options{})
		if fmt.Sprint(err) != fmt.Sprint(streamErr) {
			rt.Fatalf("Read says %v, OpenStream %v", err, streamErr)
		}
		if err != nil {
			return
		}
		defer s.Close()
		want.Recordings = 0
		if got := s.Report(); !reflect.DeepEqual(got, want) {
			rt.Errorf("report\n%+v, want\n%+v", got, want)
		}
		all := gathered(rt2{t, rt}, s.All(segue.AllFeatures()))
		for f, col := range c.Feature {
			for i, v := range col {
				if w := all[f][i]; float64(v) != w && (v == v || w == w) {
					rt.Fatalf("%v of row %d is %v, want %v", segue.Feature(f), i, w, v)
				}
			}
		}
		complete, small := gathered(rt2{t, rt}, s.Complete()), gathered(rt2{t, rt}, s.Complete32())
		at := 0
		for i := range c.Len() {
			if slices.ContainsFunc(fs, func(f segue.Feature) bool { v := c.Feature[f][i]; return v != v }) {
				continue
			}
			for j, f := range fs {
				if complete[j][at] != float64(c.Feature[f][i]) || small[j][at] != c.Feature[f][i] {
					rt.Fatalf("%v of row %d is %v, want %v", f, i, complete[j][at], c.Feature[f][i])
				}
			}
			at++
		}
		if n, _ := s.Complete().Dims(); n != at {
			rt.Errorf("%d complete rows, want %d", n, at)
		}
	})
}

// rt2 lets a helper of testing.TB fail a rapid test.
type rt2 struct {
	testing.TB
	rt *rapid.T
}

func (r rt2) Errorf(format string, args ...any) { r.rt.Errorf(format, args...) }
func (r rt2) Fatalf(format string, args ...any) { r.rt.Fatalf(format, args...) }

// Each gives the rows Read keeps, whatever the format.
func TestEachAgreesWithRead(t *testing.T) {
	c, _ := read(t, randomTable(20_000, 5))
	parquets := filepath.Join(t.TempDir(), "c.parquet")
	if err := catalog.WriteParquet(context.Background(), parquets, c); err != nil {
		t.Fatal(err)
	}
	for name, paths := range map[string][]string{
		"csv": write(t, randomTable(20_000, 5)), "parquet": {parquets}, "both": append(write(t, randomTable(300, 7)), parquets),
		"strange": {parquetFile(t, strangeRows(rand.New(rand.NewPCG(1, 2)), 3000), 700)},
	} {
		c, want, err := catalog.Read(context.Background(), paths, catalog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		row := map[string]int{}
		for i, id := range c.ID {
			row[id] = i
		}
		seen := map[string]bool{}
		given := 0
		got, err := catalog.Each(context.Background(), paths, catalog.Options{}, func(b *catalog.Block) error {
			given += b.Len()
			for i, id := range b.ID {
				if seen[id] {
					continue
				}
				seen[id] = true
				r, ok := row[id]
				if !ok {
					return fmt.Errorf("%q is no track", id)
				}
				for f := range b.Feature {
					if math.Float32bits(b.Feature[f][i]) != math.Float32bits(c.Feature[f][r]) {
						return fmt.Errorf("%v of %q is %v, want %v", segue.Feature(f), id, b.Feature[f][i], c.Feature[f][r])
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(seen) != c.Len() || given != want.Tracks+want.Duplicates || got.Tracks != given || got.Rows != want.Rows || !reflect.DeepEqual(got.Dropped, want.Dropped) {
			t.Errorf("%s: %d rows, %d ids; report %+v, want %+v", name, given, len(seen), got, want)
		}
	}
}

// wide returns n rows with an energy of i/n, none missing.
func wide(n int) []plainRow {
	rows := make([]plainRow, n)
	for i := range rows {
		rows[i] = plainRow{"id", "Song", "Ana", float32(i) / float32(n), .5}
	}
	return rows
}

type plainRow struct {
	ID      string  `parquet:"id"`
	Name    string  `parquet:"name"`
	Artist  string  `parquet:"artist"`
	Energy  float32 `parquet:"energy"`
	Valence float32 `parquet:"valence"`
}

// Duplicates stay, pieces cross row groups, and every pass is the same.
func TestStreamOfManyPieces(t *testing.T) {
	const n = 300_000
	s := stream(t, parquetFile(t, wide(n), 70_001), segue.Energy, segue.Valence)
	first := gathered(t, s.Complete())
	if len(first[0]) != n {
		t.Fatalf("%d rows", len(first[0]))
	}
	for i, v := range first[0] {
		if v != float64(float32(i)/n) {
			t.Fatalf("row %d is %v", i, v)
		}
	}
	if !reflect.DeepEqual(first, gathered(t, s.Complete())) {
		t.Error("a second pass gives other rows")
	}
}

func TestStreamStops(t *testing.T) {
	s := stream(t, parquetFile(t, wide(200_000), 50_000), segue.Energy)
	stop := errors.New("stop")
	if err := s.Complete().Pieces(context.Background(), func(int, matrix.Columns) error { return stop }); err != stop {
		t.Errorf("an error of work became %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	err := s.Complete().Pieces(ctx, func(int, matrix.Columns) error { calls++; cancel(); return nil })
	if err != context.Canceled || calls != 1 {
		t.Errorf("after the end of the context: %v, %d pieces", err, calls)
	}
	if _, err := catalog.OpenStream(ctx, parquetFile(t, wide(10), 10), []segue.Feature{segue.Energy}, catalog.Options{}); err != context.Canceled {
		t.Errorf("OpenStream: %v", err)
	}
	if _, err := catalog.Each(ctx, []string{parquetFile(t, wide(10), 10)}, catalog.Options{}, func(*catalog.Block) error { return nil }); err != context.Canceled {
		t.Errorf("Each: %v", err)
	}
	if _, err := catalog.Each(context.Background(), []string{parquetFile(t, wide(100_000), 10_000)}, catalog.Options{}, func(*catalog.Block) error { return stop }); err != stop {
		t.Errorf("Each: an error of work became %v", err)
	}
}

func TestStreamRefuses(t *testing.T) {
	whole, err := os.ReadFile(parquetFile(t, wide(5000), 1000))
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		Name   string    `parquet:"name"`
		Artist string    `parquet:"artist"`
		Energy []float64 `parquet:"energy,list"`
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"csv":         {[]byte("name,artist,energy\nA,B,.5\n"), "no Parquet file"},
		"empty":       {nil, "no Parquet file"},
		"cut":         {whole[:len(whole)/2], "cut short or damaged"},
		"middle lost": {slices.Concat(whole[:len(whole)/3], bytes.Repeat([]byte{0xff}, len(whole)/3), whole[2*len(whole)/3:]), "cut short or damaged"},
		"a list":      {file(t, parquetFile(t, []listed{{"A", "B", []float64{.5}}}, 1)), "no column holds an audio feature"},
		"no row":      {file(t, parquetFile(t, []plainRow{}, 1)), "no row"},
		"no title":    {file(t, parquetFile(t, []plainRow{{Artist: "B", Energy: .5}}, 1)), "none of the 1 rows could be kept: no title"},
	} {
		path := filepath.Join(t.TempDir(), "c.parquet")
		if err := os.WriteFile(path, c.body, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := catalog.OpenStream(context.Background(), path, []segue.Feature{segue.Energy}, catalog.Options{})
		var input *segue.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), c.want) || input.File != path {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if _, err := catalog.OpenStream(context.Background(), path, []segue.Feature{segue.Energy}, catalog.Options{}); err == nil {
			t.Errorf("%s opens", path)
		}
	}
}

func file(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A file that is not the one that was opened is noticed before, during and
// after a pass.
func TestStreamNoticesChange(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"replaced": func(path string) error {
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+"2", b, 0o644), os.Rename(path+"2", path))
		},
		"longer": func(path string) error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			_, err2 := f.WriteString("x")
			return errors.Join(err, err2, f.Close())
		},
		"shorter": func(path string) error { return os.Truncate(path, 1000) },
		"removed": os.Remove,
	} {
		for _, during := range []bool{false, true} {
			path := parquetFile(t, wide(200_000), 50_000)
			s := stream(t, path, segue.Energy)
			if !during {
				if err := change(path); err != nil {
					t.Fatal(err)
				}
			}
			err := s.Complete().Pieces(context.Background(), func(lo int, _ matrix.Columns) error {
				if during && lo == 0 {
					return change(path)
				}
				return nil
			})
			var input *segue.InputError
			if !errors.As(err, &input) || input.File != path || !strings.Contains(err.Error(), "changed or replaced") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A column of words is read, counted as bad and missing; the rest can be used.
func TestStreamOfWords(t *testing.T) {
	type words struct {
		Name    string  `parquet:"name"`
		Artist  string  `parquet:"artist"`
		Energy  string  `parquet:"energy"`
		Valence float64 `parquet:"valence"`
	}
	s := stream(t, parquetFile(t, []words{{"A", "B", "loud", .5}, {"A", "B", "0.25", .5}, {"A", "B", "", .5}}, 2), segue.Energy)
	if n, _ := s.Complete().Dims(); n != 1 || s.Report().BadValues != 1 || s.Report().Missing["energy"] != 2 || s.Report().Problems[0].Row != 1 {
		t.Errorf("%d rows, report %+v", n, s.Report())
	}
}

func BenchmarkStreamPass(b *testing.B) {
	const n = 1_000_000
	s := stream(b, parquetFile(b, wide(n), 128<<10), segue.Energy, segue.Valence)
	b.ResetTimer()
	for b.Loop() {
		if err := s.Complete().Pieces(context.Background(), func(int, matrix.Columns) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
