package labels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"segue"
)

// readAll reads a table from text and keeps its rows.
func readAll(t testing.TB, text string, o Options) ([]Row, *Report, error) {
	t.Helper()
	var rows []Row
	report, err := ReadText(t.Context(), "t.csv", strings.NewReader(text), o, func(r Row) error { rows = append(rows, r); return nil })
	return rows, report, err
}

func TestReadByHand(t *testing.T) {
	rows, p, err := readAll(t, "\uFEFFsong;performer;Track Name;valence;arousal;mood\r\n"+
		"x;Ana;One;-0,5;1,25;\r\n"+ // spreadsheets write a comma
		"x;Ana;Two;1;-1;\"Joyful\"\r\n"+
		"x;Ana;Three;;;Buồn\r\n"+ // sad
		"x;Ana;Four;;;purple\r\n"+ // unknown, nothing else said
		"x;Ana;Five;2;-.5;purple\r\n"+ // unknown, but placed
		"x;;Six;1;1;happy\r\n"+ // whose?
		"x;Ana;Seven;;;\r\n"+
		"x;Ana;Eight;high;1;\r\n"+
		"x;Ana;Nine;1\r\n"+
		"x;Ana;\"Te\"n;1;1;\r\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{UnknownWord: 1, NoTrack: 1, NoLabel: 1, BadNumber: 1, WrongFields: 1, BrokenQuotes: 1}
	for reason, n := range want {
		if p.Dropped[reason] != n {
			t.Errorf("%s: %d rows, want %d", reason, p.Dropped[reason], n)
		}
	}
	if p.Rows != 10 || p.Used != 4 || p.Placed != 3 || p.Moods != 2 || len(p.Dropped) != len(want) {
		t.Errorf("%+v", p)
	}
	if len(p.Unknown) != 1 || p.Unknown[0] != (Word{"purple", 2}) {
		t.Errorf("unknown words %v", p.Unknown)
	}
	if p.Scale == nil || p.Scale.Middle != 0 || p.Scale.Lo.Known() {
		t.Errorf("scale %+v, want one around 0", p.Scale)
	}
	if r := rows[0]; r.Line != 2 || r.At != (segue.Affect{Valence: -.5, Arousal: 1.25}) || r.Mood != segue.Mixed || r.Track.Title != "One" {
		t.Errorf("first row %+v", r)
	}
	if rows[1].Mood != segue.Happy || rows[2].Mood != segue.Sad || rows[2].At.Known() {
		t.Errorf("moods %+v", rows[1:3])
	}
}

func TestScales(t *testing.T) {
	table := func(values ...float64) string {
		var b strings.Builder
		b.WriteString("id,valence,arousal\n")
		for i, v := range values {
			fmt.Fprintf(&b, "%d,%g,%g\n", i, v, values[len(values)-1-i])
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		values []float64
		scale  string
		middle float64
		err    string
	}{
		"unit":               {[]float64{.05, .4, .93}, "", .5, ""},
		"five points":        {[]float64{1, 2.5, 4.9}, "", 3, ""},
		"seven points":       {[]float64{1, 2.5, 6.9}, "", 4, ""},
		"nine points":        {[]float64{1.6, 5, 8.4}, "", 5, ""},
		"ten":                {[]float64{.5, 5, 9.6}, "", 5, ""},
		"percent":            {[]float64{3, 50, 92}, "", 50, ""},
		"signed":             {[]float64{-1.4, .2, 2.9}, "", 0, ""},
		"seven or nine":      {[]float64{1.2, 4, 6.4}, "", 0, "the scale may be 1 to 7 or 1 to 9; say which scale it is with --scale LO,HI"},
		"one class":          {[]float64{.7, .8, .9}, "", 0, "tells no scale; say which"},
		"one class, given":   {[]float64{.7, .8, .9}, "0,1", .5, ""},
		"negative only":      {[]float64{-3, -2, -1}, "", 0, "their middle cannot be told"},
		"too large":          {[]float64{0, 500, 1000}, "", 0, "tells no scale"},
		"given and outside":  {[]float64{10, 20, 30}, "1,9", 0, "no row has valence and arousal within 1 to 9"},
		"given over what is": {[]float64{1, 2.5, 4.9}, "1,9", 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{}
			if c.scale != "" {
				var err error
				if o.Scale, err = ParseScale(c.scale); err != nil {
					t.Fatal(err)
				}
			}
			_, p, err := readAll(t, table(c.values...), o)
			switch {
			case c.err != "":
				if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v, want %q", err, c.err)
				}
			case err != nil:
				t.Error(err)
			case p.Scale.Middle != c.middle:
				t.Errorf("middle %v, want %v", p.Scale.Middle, c.middle)
			}
		})
	}
	for _, bad := range []string{"", "1", "9,1", "1,1", "a,b", "NaN,1", "0,Inf"} {
		if _, err := ParseScale(bad); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("scale %q: %v", bad, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, err string }{
		"empty":         {"", "the file is empty"},
		"no row":        {"id,mood\n", "there is a header but no row"},
		"no label":      {"id,artist\n1,Ana\n", "no column says how a track feels"},
		"a catalogue":   {"track_id,track_name,artists,energy,valence\n1,a,b,.1,.2\n", "this looks like a catalogue, which --catalog takes"},
		"no track":      {"mood,valence\nsad,.1\n", "no column says which track is meant"},
		"no header":     {"1,0.5,0.2\n2,0.1,0.4\n", "its first line looks like a row"},
		"no known word": {"id,mood\n1,0\n2,purple\n", `column mood: none of its words names a mood that is known; it has "0", "purple"; write happy`},
		"all empty":     {"id,mood\n1,\n2,\n", "none of the 2 rows says how a track feels"},
		"open quote":    {"id,mood\n1,\"sad\n", "row 2: a quotation mark is opened and never closed"},
		"JSON":          {`{"id": 1}`, "this is JSON; tables are CSV or Parquet"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(t, c.text, Options{})
			var in *segue.InputError
			if !errors.As(err, &in) || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want %q", err, c.err)
			}
		})
	}
	if _, err := Read(t.Context(), filepath.Join(t.TempDir(), "none.csv"), Options{}, nil); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Error(err)
	}
}

// Every word stands for one mood, whatever its case, accents and joints.
func TestWords(t *testing.T) {
	for word, want := range map[string]segue.Mood{
		"Happy": segue.Happy, "JOY": segue.Happy, "Q1": segue.Happy, "vui vẻ": segue.Happy, "Fröhlich": segue.Happy,
		"Q2": segue.Angry, "en colère": segue.Angry, "Giận": segue.Angry, "tense": segue.Angry,
		"q3": segue.Sad, "buồn": segue.Sad, "mélancolie": segue.Sad, "Traurig": segue.Sad,
		"Q4": segue.Calm, "at-ease": segue.Calm, "bình yên": segue.Calm, "êm dịu": segue.Calm,
	} {
		if m, ok := MoodOf(word); !ok || m != want {
			t.Errorf("%q is %v, %v; want %v", word, m, ok, want)
		}
	}
	for _, word := range []string{"", "energetic", "0", "unhappy"} {
		if m, ok := MoodOf(word); ok {
			t.Errorf("%q is %v", word, m)
		}
	}
	seen := map[string]segue.Mood{}
	for m, list := range words() {
		for w := range strings.SplitSeq(list, ";") {
			w = strings.TrimSpace(w)
			if other, twice := seen[w]; twice {
				t.Errorf("%q stands under %v and %v", w, other, segue.Mood(m))
			}
			seen[w] = segue.Mood(m)
		}
	}
}

// The same table as Parquet reads the same.
func TestReadParquet(t *testing.T) {
	type row struct {
		TrackID string   `parquet:"track_id"`
		Artists []string `parquet:"artists,list"`
		Title   string   `parquet:"title"`
		Extra   int64    `parquet:"extra"`
		Valence float64  `parquet:"valence"`
		Arousal float32  `parquet:"arousal"`
		Mood    *string  `parquet:"mood,optional"`
	}
	sad := "sad"
	path := filepath.Join(t.TempDir(), "labels")
	rows := []row{{"a", []string{"Ana", "Bo"}, "One", 7, -.5, .25, nil}, {"b", nil, "", 8, .5, -1, &sad}, {"", []string{"Cy"}, "Two", 9, math.NaN(), 1, &sad}}
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	var got []Row
	p, err := Read(t.Context(), path, Options{}, func(r Row) error { got = append(got, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if p.Rows != 3 || p.Used != 3 || p.Placed != 2 || len(got) != 3 || got[0].Track.Artist != "Ana; Bo" || got[0].At.Arousal != .25 || got[1].Mood != segue.Sad || got[2].At.Known() || got[2].Track.Artist != "Cy" {
		t.Errorf("%+v %+v", p, got)
	}
	// Damage is an error and never a panic.
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 7 {
		bad := append([]byte(nil), whole...)
		bad[i] ^= 0x55
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = Read(t.Context(), path, Options{}, func(Row) error { return nil })
	}
}

// lines is a label table of so many rows that nobody ever held.
type lines struct {
	left int
	rest []byte
}

func (l *lines) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(l.rest) == 0 {
			if l.left == 0 {
				break
			}
			l.left--
			l.rest = fmt.Appendf(l.rest[:0], "%d,Artist %d,\"Title, %d\",%.3f,%.3f,%s\n", l.left, l.left%9973, l.left, float64(l.left%2001)/1000-1, float64(l.left%1999)/999-1, [...]string{"happy", "sad", "Q2", "calm"}[l.left%4])
		}
		k := copy(p[n:], l.rest)
		l.rest = l.rest[k:]
		n += k
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// A table that does not fit into memory is read in a few megabytes.
func TestReadLargerThanMemory(t *testing.T) {
	rows := 400_000 // 18 MB
	src := io.MultiReader(strings.NewReader("id,artist,title,valence,arousal,mood\n"), &lines{left: rows})
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, seen := uint64(0), 0
	p, err := ReadText(t.Context(), "large.csv", src, Options{}, func(Row) error {
		if seen++; seen%50_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || p.Rows != rows || p.Used != rows {
		t.Fatalf("%+v, %v", p, err)
	}
	if grew := int64(most) - int64(before.HeapAlloc); grew > 8<<20 {
		t.Errorf("reading held %d MB", grew>>20)
	}
}

func TestReadStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	seen := 0
	src := io.MultiReader(strings.NewReader("id,artist,title,valence,arousal,mood\n"), &lines{left: 1 << 30})
	_, err := ReadText(ctx, "endless.csv", src, Options{}, func(Row) error {
		if seen++; seen == 10_000 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || seen > 100_000 {
		t.Errorf("%v after %d rows", err, seen)
	}
	own := errors.New("own")
	if _, err := ReadText(t.Context(), "t.csv", strings.NewReader("id,mood\n1,sad\n"), Options{}, func(Row) error { return own }); err != own {
		t.Error(err)
	}
}

// Rows always add up, whatever the bytes.
func addsUp(t interface {
	Errorf(string, ...any)
	Context() context.Context
}, text []byte) {
	used := 0
	p, err := ReadText(t.Context(), "t", strings.NewReader(string(text)), Options{}, func(r Row) error {
		used++
		if r.Mood == segue.Mixed && !r.At.Known() {
			t.Errorf("row %d says nothing", r.Line)
		}
		return nil
	})
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q has more than one line", err)
		}
		return
	}
	sum := p.Used
	for _, n := range p.Dropped {
		sum += n
	}
	if sum != p.Rows || used != p.Used {
		t.Errorf("%q: %d rows, %d used, %d handed on, dropped %v", text, p.Rows, p.Used, used, p.Dropped)
	}
}

func TestRowsAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		row := rapid.StringOfN(rapid.SampledFrom([]rune("1-.,\"\n\r é5sad;")), 0, 60, -1)
		addsUp(rt, []byte("id,title,artist,mood,valence,arousal\n"+row.Draw(rt, "rows")))
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("id,mood\n1,sad\n2,\"joy\"\n"))
	f.Add([]byte("artist;title;valence;arousal\na;b;-1,5;2\nc;d;1;-1\n"))
	f.Fuzz(func(t *testing.T, text []byte) { addsUp(t, text) })
}
