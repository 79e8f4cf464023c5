package event

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"segue"
)

// day is a moment of a listener in Lisbon.
var day = time.Date(2026, 5, 6, 19, 30, 0, 123e6, time.UTC)

// examples has a record of each kind, with all its fields, and without those it may lack.
func examples() []Event {
	base := func(k Kind, n int) Event {
		return Event{Schema: 1, ID: fmt.Sprintf("%s-%d", k, n), Listener: "l1", Kind: k, At: day.Add(time.Duration(n) * time.Second), Offset: 60, Source: Web}
	}
	with := func(e Event, change func(*Event)) Event { change(&e); return e }
	two := 2
	return []Event{
		with(base(PlaylistStart, 1), func(e *Event) { e.Hour, e.PlannedMS, e.Adjusted = "h1", 3_600_000, true }),
		with(base(PlaylistStart, 2), func(e *Event) { e.Hour = "h1" }),
		with(base(TrackStart, 3), func(e *Event) { e.Hour, e.Track, e.Place, e.PlannedMS = "h1", "t1", 1, 200_000 }),
		with(base(TrackStart, 4), func(e *Event) { e.Track = "t2" }),
		with(base(TrackEnd, 5), func(e *Event) {
			e.Hour, e.Track, e.Place, e.PlannedMS, e.MS, e.Reason = "h1", "t1", 1, 200_000, 12_000, Skipped
		}),
		with(base(TrackEnd, 6), func(e *Event) { e.Track, e.MS, e.Reason = "t2", -1, Unknown }),
		with(base(TrackEnd, 7), func(e *Event) { e.Track, e.MS, e.Reason = "t2", 0, Interrupted }),
		with(base(CheckInBefore, 8), func(e *Event) { e.Cell, e.Target, e.Hour = &segue.Cell{2, 7}, &segue.Cell{7, 3}, "h1" }),
		with(base(CheckInBefore, 9), func(e *Event) { e.Cell = &segue.Cell{9, 1} }),
		with(base(CheckInAfter, 10), func(e *Event) { e.Hour, e.Cell = "h1", &segue.Cell{6, 4} }),
		with(base(Reflection, 11), func(e *Event) { e.Hour, e.Feel, e.Words = "h1", &two, "\"better\"\\\n\tnhẹ hơn 🎧\u0001" }),
		with(base(Reflection, 12), func(e *Event) { e.Hour, e.Feel = "h2", new(int) }),
		base(CardView, 13), base(ShareTap, 14), base(AppOpen, 15),
		with(base(Exposure, 16), func(e *Event) { e.Experiment, e.Arm, e.Propensity, e.Hour = "e1", "iso", 1.0/3, "h1" }),
		with(base(Exposure, 18), func(e *Event) {
			e.Experiment, e.Arm, e.Propensity, e.Hour, e.Context, e.Propensities = "hours@0", "iso", .25, "h1", "night", "0.25,0.75"
		}),
		with(base(Exposure, 17), func(e *Event) { e.Experiment, e.Arm, e.Propensity, e.Source = "e1", "shuffle", 1e-9, API }),
		with(base(OptOut, 18), func(e *Event) { e.Experiment, e.Source = "e1", Export }),
		base(OptOut, 19),
	}
}

func lines(t testing.TB, events ...Event) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewLineWriter(&b)
	if err := w.Write(events...); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAll(t testing.TB, r io.Reader) ([]Event, error) {
	t.Helper()
	var all []Event
	err := ReadLines(context.Background(), r, ReadOptions{File: "f"}, func(events []Event) error {
		all = append(all, events...)
		return nil
	})
	return all, err
}

func TestLinesReadBack(t *testing.T) {
	want := examples()
	text := lines(t, want...)
	for name, r := range map[string]io.Reader{
		"whole": bytes.NewReader(text), "by bytes": iotest.OneByteReader(bytes.NewReader(text)), "data with EOF": iotest.DataErrReader(bytes.NewReader(text)),
		"CRLF, BOM, no last newline": strings.NewReader("\ufeff\r\n" + strings.TrimSuffix(strings.ReplaceAll(string(text), "\n", "\r\n\r\n"), "\r\n\r\n")),
	} {
		got, err := readAll(t, r)
		if err != nil {
			t.Fatal(name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read\n%+v\nwrote\n%+v", name, got, want)
		}
	}
}

// The form of files is a contract.
func TestForm(t *testing.T) {
	two := -2
	for want, e := range map[string]Event{
		`{"schema":1,"id":"a","listener":"l","kind":"track_end","at":"2026-05-06T19:30:00.123Z","offset":-60,"source":"api","hour":"h","track":"t","place":3,"planned_ms":1000,"ms":0,"reason":"skipped"}`: {Schema: 1, ID: "a", Listener: "l", Kind: TrackEnd, At: day, Offset: -60, Source: API, Hour: "h", Track: "t", Place: 3, PlannedMS: 1000, Reason: Skipped},
		`{"schema":1,"id":"a","listener":"l","kind":"checkin_before","at":"2026-05-06T19:30:00.123Z","source":"web","cell":[1,9],"target":[9,1]}`:                                                          {Schema: 1, ID: "a", Listener: "l", Kind: CheckInBefore, At: day, Source: Web, Cell: &segue.Cell{1, 9}, Target: &segue.Cell{9, 1}},
		`{"schema":1,"id":"a","listener":"l","kind":"reflection","at":"2026-05-06T19:30:00.123Z","source":"web","hour":"h","feel":-2,"words":"a\"b\\c\nd\u0000"}`:                                          {},
		`{"schema":1,"id":"a","listener":"l","kind":"exposure","at":"2026-05-06T19:30:00.123Z","source":"web","experiment":"e","arm":"x","propensity":0.25}`:                                               {Schema: 1, ID: "a", Listener: "l", Kind: Exposure, At: day, Source: Web, Experiment: "e", Arm: "x", Propensity: .25},
		`{"schema":1,"id":"a","listener":"l","kind":"reflection","at":"2026-05-06T19:30:00.123Z","source":"web","hour":"h","feel":-2,"words":"a\"b\\c\nd\u0001é"}`:                                         {Schema: 1, ID: "a", Listener: "l", Kind: Reflection, At: day, Source: Web, Hour: "h", Feel: &two, Words: "a\"b\\c\nd\u0001é"},
	} {
		got, err := json.Marshal(e)
		if e.Kind == "" { // a zero byte is no text
			if err == nil {
				t.Errorf("%s: written", got)
			}
			if err := new(Event).UnmarshalJSON([]byte(want)); err == nil {
				t.Errorf("%s: read", want)
			}
			continue
		}
		if err != nil || string(got) != want {
			t.Errorf("%s, want\n%s: %v", got, want, err)
		}
		var back Event
		if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("%s: read as %+v: %v", got, back, err)
		}
	}
}

func TestBadLines(t *testing.T) {
	good := `{"schema":1,"id":"a","listener":"l","kind":"track_end","at":"2026-05-06T19:30:00.123Z","offset":60,"source":"api","hour":"h","track":"t","place":3,"ms":5,"reason":"skipped"}`
	if _, err := readAll(t, strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`{"schema":1,`, `{`, `column schema: it is missing, or not a version; write 1`},
		{`"schema":1`, `"schema":0`, `column schema: it is missing, or not a version`},
		{`"schema":1`, `"schema":2`, `column schema: the record follows schema 2, and this Segue knows schemas up to 1; use a newer Segue`},
		{`{"schema":1,"id":"a"`, `{"later":{"x":[1]},"id":"a","schema":7`, `the record follows schema 7`},
		{`"id":"a"`, `"id":"a","later":1`, `there is no field "later" in schema 1`},
		{`"id":"a"`, `"ID":"a"`, `there is no field "ID"`},
		{`"id":"a"`, `"id":"a","id":"b"`, `column id: it stands twice`},
		{`"id":"a",`, ``, `column id: it is missing`},
		{`"id":"a"`, `"id":null`, `column id: it is missing`},
		{`"id":"a"`, `"id":""`, `column id: it is missing`},
		{`"id":"a"`, `"id":"` + strings.Repeat("x", 129) + `"`, `column id: it is longer than 128 bytes`},
		{`"id":"a"`, `"id":"a\u0007"`, `column id: it holds a control character`},
		{`"id":"a"`, `"id":"a` + "\x07" + `"`, `column id: it is not what is expected at byte`},
		{`"id":"a"`, `"id":"a` + "\xff" + `"`, `column id: it is not UTF-8`},
		{`"id":"a"`, `"id":"\ud800"`, `column id: it is not UTF-8`},
		{`"id":"a"`, `"id":"\ud800\u0041"`, `column id: it is not UTF-8`},
		{`"id":"a"`, `"id":"\x41"`, `column id: it is not what is expected`},
		{`"id":"a"`, `"id":7`, `column id: it is not what is expected at byte 18`},
		{`"listener":"l",`, ``, `column listener: it is missing`},
		{`"kind":"track_end"`, `"kind":"track_stop"`, `column kind: there is no kind "track_stop"`},
		{`"at":"2026-05-06T19:30:00.123Z"`, `"at":"yesterday"`, `column at: "yesterday" is not a time`},
		{`"at":"2026-05-06T19:30:00.123Z"`, `"at":"2026-02-29T19:30:00Z"`, `column at: "2026-02-29T19:30:00Z" is not a time`},
		{`"at":"2026-05-06T19:30:00.123Z"`, `"at":"1999-12-31T23:59:59.999Z"`, `column at: the time is missing, or not between 2000 and 2100`},
		{`"at":"2026-05-06T19:30:00.123Z"`, `"at":"2100-01-01T00:00:00Z"`, `column at: the time is missing, or not between`},
		{`"at":"2026-05-06T19:30:00.123Z",`, ``, `column at: the time is missing`},
		{`"offset":60`, `"offset":841`, `column offset: 841 minutes are not within 14 hours of UTC`},
		{`"offset":60`, `"offset":1.5`, `column offset: it is not what is expected`},
		{`"offset":60`, `"offset":01`, `it is not what is expected`},
		{`"offset":60`, `"offset":99999999999999999999`, `column offset: it is not what is expected`},
		{`"source":"api",`, ``, `column source: there is no source ""`},
		{`"hour":"h",`, ``, `column hour: a place is that in an hour`},
		{`"place":3,`, ``, `column place: a track of an hour needs its place`},
		{`"place":3`, `"place":-1`, `column place: -1 is not in 1 to 10000`},
		{`"track":"t",`, ``, `column track: track_end needs it`},
		{`"ms":5`, `"ms":-1`, `column ms: -1 is not in 0`},
		{`"ms":5`, `"ms":604800001`, `column ms: 604800001 is not in 0`},
		{`"ms":5`, `"planned_ms":-5`, `column planned_ms: -5 is not in 0`},
		{`"reason":"skipped"`, `"reason":"bored"`, `column reason: there is no reason "bored"`},
		{`,"reason":"skipped"`, ``, `column reason: track_end needs it`},
		{`"ms":5`, `"feel":1`, `column feel: track_end does not take it`},
		{`"ms":5`, `"cell":[1,2]`, `column cell: track_end does not take it`},
		{`"ms":5`, `"cell":[1,2`, `column cell: it is not what is expected`},
		{`"ms":5`, `"cell":[1]`, `column cell: it is not what is expected`},
		{`"ms":5`, `"adjusted":1`, `column adjusted: it is not what is expected`},
		{`"ms":5`, `"propensity":1e999`, `column propensity: it is not what is expected`},
		{`"ms":5,`, `"ms":5,,`, `it is not what is expected`},
		{`"reason":"skipped"}`, `"reason":"skipped",}`, `it is not what is expected`},
		{`"reason":"skipped"}`, `"reason":"skipped"`, `the record is cut short`},
		{`"reason":"skipped"}`, `"reason":"skipped"} {}`, `it is not what is expected`},
		{good, `[]`, `it is not what is expected at byte 1`},
		{good, `null`, `it is not what is expected at byte 1`},
		{good, `"` + strings.Repeat("x", MaxLine) + `"`, `the line is longer than 512 KB`},
		{good, `"` + strings.Repeat("x", 3*MaxLine) + `"`, `the line is longer than 512 KB`},
	} {
		line := strings.Replace(good, c.old, c.new, 1)
		_, err := readAll(t, strings.NewReader(good+"\n\n"+line+"\n"+good))
		var input *segue.InputError
		if !errors.As(err, &input) || !strings.HasPrefix(err.Error(), "f: row 3") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80s: %v, want %s", c.new, err, c.want)
		}
	}
}

// What kinds do not take, and values out of their intervals.
func TestValidate(t *testing.T) {
	for _, e := range examples() {
		if err := e.Validate(); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
	three := 3
	of := func(k Kind) Event {
		for _, e := range examples() {
			if e.Kind == k {
				return e
			}
		}
		panic(k)
	}
	for want, c := range map[string]struct {
		kind   Kind
		change func(*Event)
	}{
		"column feel: 3 is not in -2 to 2":                                             {Reflection, func(e *Event) { e.Feel = &three }},
		"column feel: reflection needs it":                                             {Reflection, func(e *Event) { e.Feel = nil }},
		"column words: they are longer than 65536 bytes":                               {Reflection, func(e *Event) { e.Words = strings.Repeat("a", MaxWords+1) }},
		"column words: they are not UTF-8":                                             {Reflection, func(e *Event) { e.Words = "\xc0" }},
		"column words: they hold a zero byte":                                          {Reflection, func(e *Event) { e.Words = "a\x00" }},
		"column cell: 0, 5 is not on the grid of 1 to 9":                               {CheckInAfter, func(e *Event) { e.Cell = &segue.Cell{0, 5} }},
		"column target: 5, 10 is not on the grid of 1 to 9":                            {CheckInBefore, func(e *Event) { e.Target = &segue.Cell{5, 10} }},
		"column target: checkin_after does not take it":                                {CheckInAfter, func(e *Event) { e.Target = &segue.Cell{5, 5} }},
		"column propensity: 1.5 is not a probability above 0":                          {Exposure, func(e *Event) { e.Propensity = 1.5 }},
		"column propensity: NaN is not a probability above 0":                          {Exposure, func(e *Event) { e.Propensity = nan() }},
		"column propensities: a context needs them":                                    {Exposure, func(e *Event) { e.Context = "night" }},
		"column context: propensities need it":                                         {Exposure, func(e *Event) { e.Propensities = "1,0" }},
		"column propensities: they are not numbers with commas, in at most 1024 bytes": {Exposure, func(e *Event) { e.Context, e.Propensities = "night", "a,b" }},
		"column propensity: exposure needs it":                                         {Exposure, func(e *Event) { e.Propensity = 0 }},
		"column hour: app_open does not take it":                                       {AppOpen, func(e *Event) { e.Hour = "h" }},
		"column ms: playlist_start does not take it":                                   {PlaylistStart, func(e *Event) { e.MS = -1 }},
		"column planned_ms: 604800001 is not in 0 to 604800000":                        {PlaylistStart, func(e *Event) { e.PlannedMS = MaxMS + 1 }},
		"column at: the time is finer than milliseconds":                               {AppOpen, func(e *Event) { e.At = day.Add(1) }},
		"column at: the time is not in UTC":                                            {AppOpen, func(e *Event) { e.At = day.In(time.FixedZone("", 3600)) }},
		"column at: the time is missing":                                               {AppOpen, func(e *Event) { e.At = time.Time{} }},
		`column source: there is no source "email"`:                                    {AppOpen, func(e *Event) { e.Source = "email" }},
		"column arm: it is longer than 128 bytes":                                      {Exposure, func(e *Event) { e.Arm = strings.Repeat("a", 129) }},
	} {
		e := of(c.kind)
		c.change(&e)
		if err := e.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if err := NewLineWriter(io.Discard).Write(e); err == nil {
			t.Errorf("%s: written", want)
		}
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

// Bad records are told of in order, and those between them read.
func TestBadIsTold(t *testing.T) {
	all := strings.SplitAfter(string(lines(t, examples()...)), "\n")
	all[3], all[9] = "{}\n", "nothing\n"
	long := strings.Repeat("y", 2*MaxLine) + "\n"
	all = append(all[:5], append([]string{long}, all[5:]...)...)
	var rows []int
	n := 0
	err := ReadLines(context.Background(), strings.NewReader(strings.Join(all, "")), ReadOptions{Bad: func(e *segue.InputError) error {
		rows = append(rows, e.Row)
		return nil
	}}, func(events []Event) error { n += len(events); return nil })
	if err != nil || !reflect.DeepEqual(rows, []int{4, 6, 11}) || n != len(examples())-2 {
		t.Errorf("%d read, bad rows %v: %v", n, rows, err)
	}
}

// A long file, over many chunks, comes whole and in order, and ends where it is told to.
func TestManyChunks(t *testing.T) {
	var want []Event
	for i := range 20_000 {
		e := examples()[i%19]
		e.ID = fmt.Sprint("id", i)
		want = append(want, e)
	}
	text := lines(t, want...)
	got, err := readAll(t, bytes.NewReader(text))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%d records, want %d: %v", len(got), len(want), err)
	}

	at := bytes.LastIndex(text[:len(text)/2], []byte("\n"))
	broken := append(append(bytes.Clone(text[:at+1]), "{\n"...), text[at+1:]...)
	row := bytes.Count(text[:at+1], []byte("\n")) + 1
	got, err = readAll(t, bytes.NewReader(broken))
	if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("f: row %d: ", row)) || len(got) != row-1 {
		t.Errorf("%d records and %v, want %d and row %d", len(got), err, row-1, row)
	}

	enough := errors.New("enough")
	if err := ReadLines(context.Background(), bytes.NewReader(text), ReadOptions{}, func([]Event) error { return enough }); err != enough {
		t.Error(err)
	}
	failed := errors.New("disk")
	if got, err = readAll(t, io.MultiReader(bytes.NewReader(text[:at+10]), iotest.ErrReader(failed))); err != failed || len(got) != row-1 {
		t.Errorf("%d records and %v, want %d and %v", len(got), err, row-1, failed)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := ReadLines(ctx, bytes.NewReader(text), ReadOptions{}, func([]Event) error { cancel(); return nil }); err != context.Canceled {
		t.Error(err)
	}
	blocked, end := io.Pipe()
	defer end.Close()
	ctx, cancel = context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := ReadLines(ctx, blocked, ReadOptions{}, func([]Event) error { return nil }); err != context.DeadlineExceeded {
		t.Error(err)
	}
}

// Times are read as package time reads them.
func TestTimes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		at := time.UnixMilli(firstMS + rnd.Int64N(endMS-firstMS)).UTC()
		for _, layout := range []string{timeLayout, "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.0Z", "2006-01-02T15:04:05.00Z"} {
			s := at.Format(layout)
			want, err := time.Parse(time.RFC3339Nano, s)
			got, ok := utcMillis([]byte(s))
			if err != nil || !ok || got != want.UnixMilli() {
				t.Fatalf("%s: %d %v, want %d", s, got, ok, want.UnixMilli())
			}
		}
	}
	for s, want := range map[string]string{
		"2026-05-06T21:30:00.123999+02:00": "2026-05-06T19:30:00.123Z",
		"2024-02-29T00:00:00Z":             "2024-02-29T00:00:00.000Z",
		"2026-05-06T19:30:00.1Z":           "2026-05-06T19:30:00.100Z",
	} {
		var e Event
		line := `{"schema":1,"id":"a","listener":"l","kind":"app_open","source":"api","at":"` + s + `"}`
		if err := e.UnmarshalJSON([]byte(line)); err != nil || e.At.Format(timeLayout) != want {
			t.Errorf("%s: %v %v", s, e.At, err)
		}
	}
}

// Dedupe does what a map does.
func TestDedupe(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var d Dedupe
	met := map[string]bool{}
	again := 0
	for range 200 {
		var events, want []Event
		for range 500 {
			e := Event{Listener: fmt.Sprint(rnd.IntN(20)), ID: fmt.Sprint(rnd.IntN(2000))}
			events = append(events, e)
			if key := e.Listener + "/" + e.ID; !met[key] {
				met[key] = true
				want = append(want, e)
			} else {
				again++
			}
		}
		got, err := d.Keep(events)
		if err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("kept %d, want %d: %v", len(got), len(want), err)
		}
	}
	if n, dup := d.Counts(); n != len(met) || dup != again {
		t.Errorf("%d and %d, want %d and %d", n, dup, len(met), again)
	}
	if first, _ := d.First("1", "2\x003"); !first { // no two pairs are the same bytes
		t.Error("met")
	}
}

func TestSort(t *testing.T) {
	e := func(seconds int, listener, id string) Event {
		return Event{At: day.Add(time.Duration(seconds) * time.Second), Listener: listener, ID: id}
	}
	got := []Event{e(2, "a", "1"), e(1, "b", "1"), e(1, "a", "2"), e(1, "a", "1"), e(0, "z", "9")}
	Sort(got)
	if want := []Event{e(0, "z", "9"), e(1, "a", "1"), e(1, "a", "2"), e(1, "b", "1"), e(2, "a", "1")}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestDerivedID(t *testing.T) {
	a := DerivedID("l", "h", day, TrackEnd, 3)
	// printf '13:segue event 11:l1:h13:17780958001239:track_end1:3' | sha256sum | cut -c1-32
	if a != "x-aa587a36d24edc44d8bfabf1e169d520" || a != DerivedID("l", "h", day.In(time.FixedZone("", 7200)), TrackEnd, 3) {
		t.Error(a)
	}
	for _, b := range []string{DerivedID("l", "h", day, TrackStart, 3), DerivedID("l", "h", day, TrackEnd, 4), DerivedID("l", "h", day.Add(time.Millisecond), TrackEnd, 3), DerivedID("lh", "", day, TrackEnd, 3)} {
		if a == b {
			t.Error(b)
		}
	}
}
