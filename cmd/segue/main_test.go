package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"segue/demo"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// TestMain lets scripts, and tests that send signals, run this binary as segue.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"segue": main})
}

// tidy removes the shared data after the tests.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	defer os.RemoveAll(shared.dir)
	return t.M.Run()
}

var shared struct {
	once sync.Once
	dir  string
	err  error
}

// invented returns a folder, made once, with catalog.csv (invented music),
// my_spotify_data.zip (a year), and from them plays.json (1,500 plays), small.csv
// (the tracks in plays.json and 600 more), few.json (two plays), account.json
// (50 plays as the account export writes them), and my-segue.zip (what segue
// export writes).
func invented(t testing.TB) string {
	shared.once.Do(func() { shared.err = invent() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.dir
}

func invent() (err error) {
	if shared.dir, err = os.MkdirTemp("", "segue-test"); err != nil {
		return err
	}
	if err := keepSomething(shared.dir); err != nil {
		return err
	}
	_, exports, err := demo.Write(context.Background(), shared.dir, 1)
	if err != nil {
		return err
	}
	z, err := zip.OpenReader(exports[0])
	if err != nil {
		return err
	}
	defer z.Close()
	f, err := z.File[0].Open()
	if err != nil {
		return err
	}
	defer f.Close()
	var plays []map[string]any
	if err := json.NewDecoder(f).Decode(&plays); err != nil {
		return err
	}
	var account []map[string]any
	for _, p := range plays[:50] {
		if p["master_metadata_track_name"] == nil {
			continue
		}
		end := p["ts"].(string)
		account = append(account, map[string]any{"endTime": end[:10] + " " + end[11:16], "artistName": p["master_metadata_album_artist_name"],
			"trackName": p["master_metadata_track_name"], "msPlayed": p["ms_played"]})
	}
	if err := smaller(filepath.Join(shared.dir, "catalog.csv"), filepath.Join(shared.dir, "small.csv"), plays[:1500]); err != nil {
		return err
	}
	for name, v := range map[string]any{"plays.json": plays[:1500], "few.json": plays[:2], "account.json": account} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(shared.dir, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// smaller copies the first 600 tracks of a catalogue and those that were played.
func smaller(from, to string, plays []map[string]any) error {
	played := map[string]bool{}
	for _, p := range plays {
		if uri, ok := p["spotify_track_uri"].(string); ok {
			played[strings.TrimPrefix(uri, "spotify:track:")] = true
		}
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var out strings.Builder
	n := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.SplitN(line, ",", 3)
		if n <= 600 || len(cells) > 1 && played[cells[1]] {
			out.WriteString(line)
		}
		n++
	}
	return os.WriteFile(to, []byte(out.String()), 0o644)
}

// TestScripts runs testdata/script. Beside testscript's own commands there are
//
//	exits CODE COMMAND…  runs it; a failure must leave standard output empty and one line on standard error
//	jsonkeys NAME FILE   FILE is one JSON object with the keys docs/architecture.md documents for NAME; - for none
//	samejson A B         the same JSON, timings and checksums apart
func TestScripts(t *testing.T) {
	contract := readContract(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("DATA", invented(t))
			return nil
		},
		Condition: func(cond string) (bool, error) {
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": scriptExits,
			"jsonkeys": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 {
					ts.Fatalf("usage: jsonkeys NAME FILE")
				}
				ts.Check(contract.check(args[0], []byte(ts.ReadFile(args[1]))))
			},
			"samejson": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 {
					ts.Fatalf("usage: samejson A B")
				}
				a, err := timeless([]byte(ts.ReadFile(args[0])))
				ts.Check(err)
				b, err := timeless([]byte(ts.ReadFile(args[1])))
				ts.Check(err)
				if !reflect.DeepEqual(a, b) {
					ts.Fatalf("%s and %s differ", args[0], args[1])
				}
			},
		},
	})
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if want != 0 {
		ts.Check(oneComplaint(ts.ReadFile("stdout"), ts.ReadFile("stderr")))
	}
}

// oneComplaint checks that a failed command said one line, why, and nothing
// else: no result, no package's name, no word of the machine.
func oneComplaint(stdout, stderr string) error {
	switch {
	case stdout != "":
		return fmt.Errorf("a failed command wrote to standard output: %.200q", stdout)
	case !strings.HasPrefix(stderr, "segue: ") || strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n"):
		return fmt.Errorf("not one line that begins with segue: %.500q", stderr)
	case insider.MatchString(stderr):
		return fmt.Errorf("%q is no message for people: %q", insider.FindString(stderr), stderr)
	case len(stderr) > 500:
		return fmt.Errorf("a message of %d bytes: %q", len(stderr), stderr)
	}
	return nil
}

// insider finds what belongs in a debugger, not in a message.
var insider = regexp.MustCompile(`^segue: (artifact|catalog|demo|history|match|mood|persona|playlist|recommend|report|session|store|json): |(?i)\b(strconv|syscall|goroutine|panic|errno|EOF|usage|context canceled)\b|%!|0x[0-9a-f]{6}|no such file or directory|is a directory|not a directory`)

// timeless parses JSON and removes what may differ from run to run.
func timeless(b []byte) (any, error) {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	var strip func(v any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "seconds")
			delete(v, "sha256")
			for _, x := range v {
				strip(x)
			}
		case []any:
			for _, x := range v {
				strip(x)
			}
		}
	}
	strip(v)
	return v, nil
}

// segueRun runs a command in this process.
func segueRun(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(context.Background(), args, &out, &err)
	return code, out.String(), err.String()
}

func TestEveryCommandExplainsItself(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "completion" || c.Name() == "help" || c.Hidden {
			return
		}
		args := append(strings.Fields(c.CommandPath())[1:], "-h")
		code, out, stderr := segueRun(args...)
		if code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
		for _, want := range []string{"Examples:\n  segue ", "--json", "--seed"} {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not show %q", args, want)
			}
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if !strings.HasPrefix(line, "  segue ") {
				t.Errorf("%v: example %q is no command", args, line)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&terminal{}))
}

// Each example's flags must exist: cobra parses them without running anything.
func TestExamplesParse(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			line, _, _ = strings.Cut(line, "|")
			line, _, _ = strings.Cut(line, ">")
			line, _, _ = strings.Cut(line, "<")
			words := strings.Fields(line)[1:]
			root := newRoot(&terminal{})
			found, rest, err := root.Find(words)
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err == nil && found.Args != nil {
				err = found.Args(found, found.Flags().Args())
			}
			if err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&terminal{}))
}

// docs/cli.md and docs/config.md are what commands and settings say of themselves;
// segue docs writes them.
func TestReferenceIsCurrent(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := segueRun("docs", "--out", filepath.Join(dir, "cli.md"), "--settings", filepath.Join(dir, "config.md"), "--api", filepath.Join(dir, "openapi.json"), "--api-3.0", filepath.Join(dir, "older.json")); code != 0 {
		t.Fatal(stderr)
	}
	for _, name := range []string{"cli.md", "config.md"} {
		if !bytes.Equal(read(t, filepath.Join(dir, name)), read(t, "../../docs/"+name)) {
			t.Errorf("docs/%s is not what the program says; run: go run ./cmd/segue docs", name)
		}
	}
}
