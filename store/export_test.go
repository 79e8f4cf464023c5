package store

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"segue"
	"segue/history"
	"segue/internal/racetest"
)

// exported is the export of a listener with n plays.
func exported(t testing.TB, n int) *bytes.Reader {
	t.Helper()
	ctx := context.Background()
	s := opened(t, Options{})
	filled(t, s, "self", "x")
	if n > 0 {
		must(t, s.AddImport(ctx, "self", Import{ID: "large", At: at(99)}, years(n, n/4+1)))
	}
	return bytes.NewReader(exportOf(t, s, "self"))
}

func exportOf(t testing.TB, s *Store, id string) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, s.Export(context.Background(), id, &b))
	return b.Bytes()
}

// Export, Restore, Export gives the same bytes, of every kind of store into
// every kind, over what was there and for another listener.
func TestExportAndBack(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	r := exported(t, 3000)
	eachKind(t, func(t *testing.T, o Options) {
		s := opened(t, o)
		filled(t, s, "old", "before")
		must(t, s.DeleteShare(ctx, "old", "s-old"))
		for range 2 {
			for _, id := range []string{"old", "self"} {
				must(t, s.Restore(ctx, id, r, r.Size()))
				if got := exportOf(t, s, id); !bytes.Equal(got, exportBytes(t, r)) {
					t.Errorf("%s: the second export differs", id)
				}
				must(t, s.Forget(ctx, id)) // its shares are one listener's
			}
		}
	})
}

func exportBytes(t testing.TB, r *bytes.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	must(t, err)
	return b
}

// Package history reads the plays of an export, and nothing else of it.
func TestHistoryReadsExports(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.zip")
	must(t, os.WriteFile(path, exportBytes(t, exported(t, 400)), 0o600))
	plays, report, err := history.Read(context.Background(), []string{path}, history.Options{})
	must(t, err)
	if len(report.Files) != 1 || !strings.HasSuffix(report.Files[0].Name, "plays.jsonl") || report.Rows != 400 {
		t.Errorf("read %+v", report)
	}
	want := years(400, 101)
	if len(plays) < 390 || plays[5].Track != want[5].Track || plays[5].Skipped != want[5].Skipped || !plays[5].EndedAt.Equal(want[5].EndedAt) || plays[5].Played != want[5].Played {
		t.Errorf("%d plays, the sixth %+v, want %+v", len(plays), plays[5], want[5])
	}
}

// entries unpacks an export.
func entries(t testing.TB, b []byte) (names []string, content map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	content = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		c, err := io.ReadAll(r)
		must(t, err)
		names = append(names, f.Name)
		content[f.Name] = string(c)
	}
	return names, content
}

// packed makes a ZIP of names and contents; a name may come twice.
func packed(t testing.TB, names []string, content map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, content[name])
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// What is no export, or was one, changes nothing and is refused with a word
// about where and what, and none of what was stored.
func TestHostileExports(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	const canary = "Quetzalcoatlus"
	from := opened(t, Options{})
	filled(t, from, "self", canary)
	whole := exportOf(t, from, "self")
	names, _ := entries(t, whole)
	changed := func(name, old, new string) []byte {
		_, content := entries(t, whole)
		if !strings.Contains(content[name], old) {
			t.Fatalf("%s does not hold %s but %s", name, old, content[name])
		}
		content[name] = strings.Replace(content[name], old, new, 1)
		return packed(t, names, content)
	}
	appended := func(name, row string, rows int) []byte {
		_, content := entries(t, whole)
		content[name] += row
		n := strings.Count(content[name], "\n")
		content["manifest.json"] = strings.Replace(content["manifest.json"], fmt.Sprintf("%q: %d", name, n-rows), fmt.Sprintf("%q: %d", name, n), 1)
		return packed(t, names, content)
	}
	with := func(more ...string) []byte {
		_, content := entries(t, whole)
		return packed(t, append(append([]string{}, names...), more...), content)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprint("x", i)
	}
	cases := map[string][]byte{
		"nothing":            {},
		"text":               []byte(canary),
		"truncated":          whole[:len(whole)-30],
		"cut short":          whole[:len(whole)/2],
		"no manifest":        packed(t, names[2:], nil),
		"empty manifest":     packed(t, names, nil),
		"other format":       changed("manifest.json", exportFormat, "other"),
		"version 0":          changed("manifest.json", `"version": 1`, `"version": 0`),
		"future":             changed("manifest.json", `"version": 1`, `"version": 2`),
		"version of text":    changed("manifest.json", `"version": 1`, `"version": "1"`),
		"manifest null":      changed("manifest.json", "{", "null {"),
		"counts less":        changed("manifest.json", `"plays.jsonl": 4`, `"plays.jsonl": 3`),
		"counts more":        changed("manifest.json", `"plays.jsonl": 4`, `"plays.jsonl": 5`),
		"path upwards":       with("../" + canary),
		"absolute path":      with("/etc/passwd"),
		"unknown file":       with(canary),
		"twice":              with("plays.jsonl"),
		"many files":         with(many...),
		"part missing":       packed(t, names[:len(names)-1], func() map[string]string { _, c := entries(t, whole); return c }()),
		"listener null":      changed("listener.json", "{", "null\n{"),
		"listener more":      changed("listener.json", "{", `{"password": "`+canary+`", `),
		"listener art":       changed("listener.json", `"art_seed": "`, `"art_seed": "-`),
		"listener days":      changed("listener.json", `"retention_days": 30`, `"retention_days": -30`),
		"row null":           appended("plays.jsonl", "null\n", 1),
		"row list":           appended("plays.jsonl", "[]\n", 1),
		"row empty":          appended("plays.jsonl", "\n", 1),
		"row twice":          appended("check_ins.jsonl", `{"id":"c1-self","at":"2024-05-06T19:30:00Z","now":[1,1],"target":null,"stay":false}`+"\n", 1),
		"two rows a line":    appended("plays.jsonl", `{"import":1,"ts":"2024-05-06T19:30:00Z","ms_played":1} {}`+"\n", 1),
		"unknown key":        appended("plays.jsonl", `{"import":1,"ts":"2024-05-06T19:30:00Z","ms_played":1,"`+canary+`":1}`+"\n", 1),
		"time":               changed("plays.jsonl", "2024-05-06", canary),
		"year 10000":         changed("plays.jsonl", "2024-05-06", "12024-05-06"),
		"ms of text":         changed("plays.jsonl", `"ms_played":200123`, `"ms_played":"`+canary+`"`),
		"ms negative":        changed("plays.jsonl", `"ms_played":200123`, `"ms_played":-200123`),
		"ms that overflow":   changed("plays.jsonl", `"ms_played":200123`, `"ms_played":9223372036854775807`),
		"ms beyond int64":    changed("plays.jsonl", `"ms_played":200123`, `"ms_played":1e300`),
		"skipped of text":    changed("plays.jsonl", `"skipped":false`, `"skipped":"no"`),
		"URI":                changed("plays.jsonl", "spotify:track:4u", "spotify:album:4u"),
		"import 0":           changed("plays.jsonl", `"import":1`, `"import":0`),
		"import 2":           changed("plays.jsonl", `"import":1`, `"import":2`),
		"cell 0":             changed("check_ins.jsonl", `"now":[1,9]`, `"now":[0,9]`),
		"cell of three":      changed("check_ins.jsonl", `"now":[1,9]`, `"now":[1,9,9]`),
		"no cell":            changed("check_ins.jsonl", `"now":[1,9]`, `"now":null`),
		"purpose":            changed("consents.jsonl", `"moods"`, `"`+canary+`"`),
		"plan missing":       changed("hours.jsonl", `"plan":{}`, `"check_in":""`),
		"version 0 of hour":  changed("hours.jsonl", `"version":1`, `"version":0`),
		"deep plan":          changed("hours.jsonl", `"plan":{}`, `"plan":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)),
		"hour of reflection": changed("reflections.jsonl", `"hour":"h1-self"`, `"hour":"h9-self"`),
		"feel":               changed("reflections.jsonl", `"feel":2`, `"feel":3`),
		"long words":         changed("reflections.jsonl", `"words":"`, `"words":"`+strings.Repeat("w", mostWords)),
		"date":               changed("hour_sums.jsonl", "2023-01-31", "2023-02-31"),
		"not a number":       changed("hour_sums.jsonl", `"seconds":12.5`, `"seconds":NaN`),
		"long id":            changed("shares.jsonl", "s-self", strings.Repeat("s", 300)),
		"bomb":               appended("plays.jsonl", strings.Repeat(strings.Repeat(" ", 4<<20)+`{"import":1,"ts":"2024-05-06T19:30:00Z","ms_played":1}`+"\n", 3), 3),
		"huge row":           appended("plays.jsonl", `{"import":1,"ts":"`+randomText(mostRow)+`"}`+"\n", 1),
		"damaged":            damaged(whole),
	}
	to := opened(t, Options{})
	filled(t, to, "self", "before")
	before := exportOf(t, to, "self")
	for name, b := range cases {
		err := to.Restore(ctx, "self", bytes.NewReader(b), int64(len(b)))
		var input *segue.InputError
		if !errors.As(err, &input) || strings.Contains(err.Error(), canary) || input.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if name == "future" && !strings.Contains(fmt.Sprint(err), "newer version") {
			t.Errorf("future: %v", err)
		}
	}
	if !bytes.Equal(exportOf(t, to, "self"), before) {
		t.Error("a refused export changed something")
	}
	must(t, to.Restore(ctx, "self", bytes.NewReader(whole), int64(len(whole))))

	// A share of somebody else's, of the same address.
	if err := to.Restore(ctx, "other", bytes.NewReader(whole), int64(len(whole))); err == nil {
		t.Error("two listeners have one share")
	}
	if _, err := to.Listener(ctx, "other"); !errors.Is(err, ErrNotFound) {
		t.Errorf("and half of the listener is there: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := to.Restore(ended, "self", bytes.NewReader(whole), int64(len(whole))); !errors.Is(err, context.Canceled) {
		t.Errorf("restored after the end: %v", err)
	}
}

// randomText is n letters that do not compress to little.
func randomText(n int) string {
	b := make([]byte, n)
	x := uint64(1)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = 'a' + byte(x>>59)%26
	}
	return string(b)
}

// damaged flips a bit of the largest entry's data.
func damaged(b []byte) []byte {
	b = bytes.Clone(b)
	i := bytes.Index(b, []byte("plays.jsonl")) + len("plays.jsonl") + 20
	b[i] ^= 4
	return b
}

// Whatever the bytes, Restore takes all or refuses with an InputError; what it
// took, it exports so that it takes it again.
func FuzzRestore(f *testing.F) {
	whole := exportBytes(f, exported(f, 0))
	names, content := entries(f, whole)
	f.Add(whole, "", "")
	f.Add(whole[:len(whole)/2], "", "")
	for _, name := range names {
		f.Add([]byte{}, name, content[name])
	}
	s := opened(f, Options{})
	ctx := context.Background()
	// Bytes of a ZIP are seldom one once changed: the second form changes an entry.
	f.Fuzz(func(t *testing.T, b []byte, name, entry string) {
		if _, ok := content[name]; ok {
			changed := map[string]string{}
			for n, c := range content {
				changed[n] = c
			}
			changed[name] = entry
			b = packed(t, names, changed)
		}
		err := s.Restore(ctx, "self", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			var input *segue.InputError
			if !errors.As(err, &input) {
				t.Fatalf("not an InputError: %v", err)
			}
			return
		}
		first := exportOf(t, s, "self")
		want := stored(t, s, "self")
		if err := s.Restore(ctx, "self", bytes.NewReader(first), int64(len(first))); err != nil {
			t.Fatalf("takes an export and not its own of it: %v", err)
		}
		if got := stored(t, s, "self"); !reflect.DeepEqual(got, want) {
			t.Errorf("restored %+v, want %+v", got, want)
		}
	})
}
