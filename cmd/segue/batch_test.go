package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"segue/recommend"
)

// An hour of a batch is the hour the listener alone would get, and lines keep
// their order.
func TestBatchIsAsAlone(t *testing.T) {
	dir, work := invented(t), t.TempDir()
	var wishes strings.Builder
	alone := [][]string{
		{"--history", filepath.Join(dir, "plays.json"), "--from", "angry", "--to", "calm", "--seed", "7"},
		{"--history", filepath.Join(dir, "my_spotify_data.zip"), "--to", "happy", "--minutes", "20"},
		{"--from", ".3,.3", "--arm", "compensatory", "--curve", "linear", "--exclude-genre", "ambient", "--tz", "Asia/Ho_Chi_Minh"},
	}
	write(t, filepath.Join(work, "plays.json"), string(read(t, filepath.Join(dir, "plays.json"))))
	fmt.Fprintln(&wishes, `{"id":"a","history":["plays.json"],"from":"angry","to":"calm","seed":7,"at":"20:00"}`) // beside the wishes
	fmt.Fprintf(&wishes, `{"id":"b","history":[%q],"to":"happy","minutes":20,"at":"20:00"}`+"\n", filepath.Join(dir, "my_spotify_data.zip"))
	fmt.Fprintln(&wishes, `{"id":"c","from":".3,.3","arm":"compensatory","curve":"linear","exclude":{"genres":["ambient"]},"tz":"Asia/Ho_Chi_Minh","at":"20:00"}`)
	path := filepath.Join(work, "wishes.jsonl")
	write(t, path, wishes.String())
	catalogue := filepath.Join(dir, "catalog.csv")
	code, hours, stderr := segueRun("batch", "-q", "--catalog", catalogue, "--wishes", path, "--certificate")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(hours), "\n")
	if len(lines) != len(alone) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, args := range alone {
		code, stdout, stderr := segueRun(append([]string{"playlist", "-q", "--json", "--catalog", catalogue, "--at", "20:00"}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, stderr)
		}
		var got struct {
			ID       string
			Playlist any
		}
		var want any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(stdout), &want); err != nil {
			t.Fatal(err)
		}
		if got.ID != string(rune('a'+i)) || !reflect.DeepEqual(got.Playlist, want) {
			t.Errorf("line %d, %q, is not the hour of %v", i, got.ID, args)
		}
	}
}

// What twelve listeners finish is pooled, the same whatever the number of workers, and
// changes hours; nobody's wish fails by it.
func TestBatchPools(t *testing.T) {
	dir, work := invented(t), t.TempDir()
	var plays []json.RawMessage
	if err := json.Unmarshal(read(t, filepath.Join(dir, "plays.json")), &plays); err != nil {
		t.Fatal(err)
	}
	var wishes strings.Builder
	for i := range 12 {
		var some []json.RawMessage
		for n, p := range plays {
			if n%(5+i) != 0 {
				some = append(some, p)
			}
		}
		b, err := json.Marshal(some)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(work, fmt.Sprintf("%d.json", i)), string(b))
		fmt.Fprintf(&wishes, `{"id":"%d","history":["%d.json"],"from":"angry","to":"calm","minutes":20,"candidates":60,"seed":%d,"at":"20:00","tz":"UTC"}`+"\n", i, i, i)
	}
	path := filepath.Join(work, "wishes.jsonl")
	write(t, path, wishes.String())
	batch := func(args ...string) string {
		t.Helper()
		code, stdout, stderr := segueRun(append([]string{"batch", "-q", "--catalog", filepath.Join(dir, "catalog.csv"), "--wishes", path}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, stderr)
		}
		return stdout
	}
	out := filepath.Join(work, "hours.jsonl")
	var v batchView
	if err := json.Unmarshal([]byte(batch("--pooled", "--json", "-o", out)), &v); err != nil {
		t.Fatal(err)
	}
	if v.Planned != 12 || v.Pooled == nil || v.Pooled.People != 12 || v.Pooled.Tracks == 0 {
		t.Errorf("%+v, pooled %+v", v, v.Pooled)
	}
	pooled := string(read(t, out))
	if batch("--pooled", "--workers", "1") != pooled {
		t.Error("one worker pools otherwise")
	}
	if strings.Count(batch(), "\n") != 12 {
		t.Error("not all hours are there without a pool")
	}
}

// A batch that is stopped leaves nothing, and says so.
func TestBatchStops(t *testing.T) {
	dir, work := invented(t), t.TempDir()
	var wishes strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&wishes, `{"id":"w%d","from":"sad","seed":%d}`+"\n", i, i)
	}
	path := filepath.Join(work, "wishes.jsonl")
	write(t, path, wishes.String())
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	// The first line of progress comes after two seconds of planning; a file being
	// written shows sooner.
	go func() {
		for {
			if left, _ := filepath.Glob(filepath.Join(work, "out", ".*")); len(left) > 0 {
				time.Sleep(50 * time.Millisecond)
				stop()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"batch", "-q", "--catalog", filepath.Join(dir, "catalog.csv"), "--wishes", path, "-o", filepath.Join(work, "out", "hours.jsonl")}, &stdout, &stderr)
	if code != 1 || stdout.Len() > 0 || stderr.String() != "segue: stopped; nothing was left half-written\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout.String(), stderr.String())
	}
	if left, _ := os.ReadDir(filepath.Join(work, "out")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// Messages end up in logs: they count wishes, and name nobody and nothing that
// somebody wishes or heard.
func TestBatchNamesNobody(t *testing.T) {
	dir, work := invented(t), t.TempDir()
	path := filepath.Join(work, "wishes.jsonl")
	const canary = "Kanarienvogel"
	write(t, filepath.Join(work, canary+".json"), `[{"endTime":"`+canary+`","artistName":"`+canary+`","trackName":"`+canary+`","msPlayed":1}]`)
	write(t, path, strings.NewReplacer("X", canary).Replace(`{"id":"X","from":"sad","exclude":{"artists":["X"]}}
{"id":"X","from":"X"}
{"id":"X","from":"sad","history":["X.json"]}
{"id":"X","from":"sad","X":1}
{"id":"X","from":"sad","locks":[{"place":1,"id":"X"}],"wishes":["X"]}
X
`))
	for _, args := range [][]string{{}, {"-q"}, {"--json"}} {
		out := filepath.Join(work, "hours.jsonl")
		_, stdout, stderr := segueRun(append([]string{"batch", "--catalog", filepath.Join(dir, "catalog.csv"), "--wishes", path, "-o", out}, args...)...)
		if strings.Contains(stdout+stderr, canary) {
			t.Errorf("%v says %q and %q", args, stdout, stderr)
		}
		if !strings.Contains(string(read(t, out)), canary) {
			t.Error("the canary is not there to be found")
		}
	}
}

// Lines of any length, with any ends, are told apart as a split of the whole
// file would.
func TestWishesAreReadByLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.jsonl")
	var file bytes.Buffer
	file.WriteString("\ufeff")
	var want []string
	for i, pad := range []int{0, 1, 100, 65_535, 65_536, 65_537, 200_000, maxWish - 14, maxWish - 13, 3 * maxWish, 0} {
		line := fmt.Sprintf(`{"id":"w%03d"}`, i) + strings.Repeat(" ", pad)
		end := []string{"\n", "\r\n", "\n\n"}[i%3]
		if i == 10 {
			end = "" // the last line need not end
		}
		file.WriteString(line + end)
		if len(line)+len(strings.SplitAfter(end, "\n")[0]) > maxWish {
			want = append(want, "")
		} else {
			want = append(want, fmt.Sprintf("w%03d", i))
		}
	}
	if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := openWishes(path, new(batch).order)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	for o, err := range r.all {
		if (err != nil) != (o.ID == "") {
			t.Errorf("%q: %v", o.ID, err)
		}
		got = append(got, o.ID)
	}
	if r.err != nil || !reflect.DeepEqual(got, want) || r.offset != r.size || int(r.size) != file.Len() {
		t.Errorf("got %q, want %q; %d of %d bytes, %v", got, want, r.offset, r.size, r.err)
	}
}

// What a file holds, however broken, is an error of a line and never a crash;
// a line that is read gives an order with its id.
func FuzzWish(f *testing.F) {
	for _, s := range []string{`{"id":"a"}`, `{"id":1}`, `{"id":"a","seed":-1}`, `null`, `[]`, `{"id":"a"}{`, `{"id":"a","x":1}`, `{"locks":[{"place":1.5}]}`, "\xff", `{"id":"a","history":[""]}`, `{"id":"a","exclude":{"explicit":"yes"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		l, err := parseWish(line)
		var o recommend.Order
		if err == nil {
			o, err = new(batch).order(l, "folder")
		}
		if err == nil && (l.ID == "" || o.ID != l.ID) {
			t.Errorf("%q gives the order %q", line, o.ID)
		}
		if err != nil && insider.MatchString("segue: "+err.Error()) {
			t.Errorf("%q: %v", line, err)
		}
	})
}
