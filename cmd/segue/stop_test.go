package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"segue/artifact"
	"segue/mood"
)

// process returns this binary, to run as segue in a process of its own.
func process(t *testing.T, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stderr = new(bytes.Buffer)
	cmd = exec.Command(self, args...)
	cmd.Args[0] = "segue" // see TestMain
	cmd.Stderr = stderr
	return cmd, stderr
}

// Ctrl-C ends a run soon, with one line, and leaves nothing.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("makes and reads a large catalogue; run without -short")
	}
	dir, large := invented(t), t.TempDir()
	resample := exec.Command("go", "run", "segue/bench/resample", "-catalog", filepath.Join(dir, "catalog.csv"),
		"-history", filepath.Join(dir, "account.json"), "-tracks", "20000", "-plays", "20000", "-out", large)
	if out, err := resample.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	run := func(work string) (*exec.Cmd, *bytes.Buffer) {
		return process(t, "run", "-q", "--catalog", filepath.Join(large, "catalog.csv"), "--history", filepath.Join(large, "StreamingHistory0.json"),
			"--from", "angry", "--to", "calm", "--out", filepath.Join(work, "out"))
	}
	began := time.Now()
	if cmd, stderr := run(t.TempDir()); cmd.Run() != nil {
		t.Fatal(stderr)
	}
	whole := time.Since(began)
	for _, after := range []time.Duration{50 * time.Millisecond, whole / 5, whole / 3, whole / 2} {
		work := t.TempDir()
		cmd, stderr := run(work)
		cmd.Env = append(os.Environ(), "TMPDIR="+work)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		start := time.Now()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatalf("after %v: %v", after, err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code == 0 {
			t.Errorf("after %v a run that takes %v was over", after, whole)
		} else if code != 1 && !(code == -1 && after < 100*time.Millisecond) { // a process may be struck before it listens
			t.Errorf("after %v: exit code %d", after, code)
		} else if got := stderr.String(); code == 1 && got != "segue: stopped; nothing was left half-written\n" {
			t.Errorf("after %v: said %q", after, got)
		}
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("after %v: took %v to stop", after, d)
		}
		if left, _ := os.ReadDir(work); len(left) > 0 {
			t.Errorf("after %v: left %v", after, left)
		}
	}
}

// A run that is killed while it writes leaves each file as it was or as it
// would be.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a dozen times; run without -short")
	}
	dir, work := invented(t), t.TempDir()
	do := func(seed, out string) *exec.Cmd {
		cmd, _ := process(t, append([]string{"run", "--catalog", filepath.Join(dir, "catalog.csv"), "--history", filepath.Join(dir, "plays.json"),
			"--from", "angry", "--to", "calm", "--seed", seed, "--algorithm", "kmeans", "--out", filepath.Join(work, out)}, quick...)...)
		return cmd
	}
	if err := do("1", "old").Run(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := do("2", "new").Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)
	killed := 0
	for i := range 14 {
		if err := os.RemoveAll(filepath.Join(work, "out")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(work, "out"), os.DirFS(filepath.Join(work, "old"))); err != nil {
			t.Fatal(err)
		}
		cmd := do("2", "out")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole * time.Duration(70+3*i) / 100)
		if cmd.Process.Kill() == nil {
			killed++
		}
		_ = cmd.Wait()
		err := filepath.WalkDir(filepath.Join(work, "out"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") { // a temporary file cannot be removed by the dead
				return err
			}
			got := read(t, path)
			rel, _ := filepath.Rel(filepath.Join(work, "out"), path)
			switch filepath.Ext(path) {
			case ".html": // holds timings
				if !bytes.HasSuffix(bytes.TrimSpace(got), []byte("</html>")) {
					t.Errorf("%s is cut short", rel)
				}
			case ".json":
				if err := artifact.Read(path, modelKind, new(mood.Model)); err != nil {
					t.Errorf("%s: %v", rel, err)
				}
			default:
				if !bytes.Equal(got, read(t, filepath.Join(work, "old", rel))) && !bytes.Equal(got, read(t, filepath.Join(work, "new", rel))) {
					t.Errorf("%s is neither as it was nor as it should be", rel)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if killed == 0 {
		t.Error("no run was killed")
	}
}

func TestDemoServes(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the demonstration; run without -short")
	}
	cmd, _ := process(t, "demo", "--addr", "127.0.0.1:0", "--out", t.TempDir())
	cmd.Stderr = nil
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	base := ""
	lines := bufio.NewScanner(said)
	for at := regexp.MustCompile(`http://[0-9.:]+`); base == "" && lines.Scan(); {
		base = at.FindString(lines.Text())
	}
	if base == "" {
		t.Fatal("no address was said")
	}
	ask := func(method, path, host string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequest(method, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			r.Host = host
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(b)
	}
	page, body := ask("GET", "/", "")
	if page.StatusCode != 200 || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") || !strings.Contains(body, "</html>") {
		t.Errorf("GET / gives %d, %s, %d bytes", page.StatusCode, page.Header.Get("Content-Type"), len(body))
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("content security policy %q", csp)
	}
	for h, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got := page.Header.Get(h); got != want {
			t.Errorf("%s is %q, want %q", h, got, want)
		}
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(base, "http://"))
	for _, c := range []struct {
		method, path, host string
		code               int
	}{
		{"HEAD", "/", "", 200}, {"GET", "/?x=1", "", 200}, {"GET", "/", "localhost:" + port, 200}, {"GET", "/", "[::1]:" + port, 200},
		{"GET", "/other", "", 404}, {"GET", "/data/catalog.csv", "", 404}, {"GET", "/../../etc/passwd", "", 404},
		{"GET", "/", "music.example:" + port, 404}, {"GET", "/", "localhost.music.example", 404}, {"POST", "/", "", 405}, {"DELETE", "/", "", 405},
	} {
		resp, body := ask(c.method, c.path, c.host)
		if resp.StatusCode != c.code {
			t.Errorf("%s %s of %q gives %d, want %d", c.method, c.path, c.host, resp.StatusCode, c.code)
		}
		if c.method == "HEAD" && (body != "" || resp.ContentLength < 1000) {
			t.Errorf("HEAD gives %d bytes, of %d", len(body), resp.ContentLength)
		}
	}

	// Ctrl-C ends it even while a browser holds a connection open.
	slow, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "GET / HTTP/1.1\r\nHost: "); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(said)
	err = cmd.Wait()
	if d := time.Since(start); err != nil || d > 3*time.Second {
		t.Errorf("stopped after %v: %v; said %q", d, err, rest)
	}
}

// The real thing, where it is at hand: the metrics are met or what was relaxed
// is named.
func TestRealData(t *testing.T) {
	const data = "../../../shared/data"
	catalogues, _ := filepath.Glob(filepath.Join(data, "catalog", "*.csv"))
	histories, _ := filepath.Glob(filepath.Join(data, "history", "*.json"))
	if len(catalogues) == 0 || len(histories) == 0 {
		t.Skipf("no real data in %s: nothing was tried on it", data)
	}
	if testing.Short() {
		t.Skip("reads real data; run without -short")
	}
	out := t.TempDir()
	args := append([]string{"run", "--json", "--tz", "America/Sao_Paulo", "--from", "angry", "--to", "calm", "--out", out}, quick...)
	for _, c := range catalogues {
		args = append(args, "--catalog", c)
	}
	for _, h := range histories {
		args = append(args, "--history", h)
	}
	code, stdout, stderr := segueRun(args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if err := readContract(t).check("run", []byte(stdout)); err != nil {
		t.Error(err)
	}
	var r struct {
		Playlist struct {
			Tracks  []any
			Relaxed []any
			Checks  []struct {
				Metric     string
				Value, Bar float64
				Pass       *bool
			}
		}
		Profile struct{ Coverage struct{ Plays, Time float64 } }
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tracks; of the plays %.0f %% are in the catalogue", len(r.Playlist.Tracks), 100*r.Profile.Coverage.Plays)
	if len(r.Playlist.Checks) == 0 {
		t.Error("no metric was judged")
	}
	for _, c := range r.Playlist.Checks {
		if c.Pass != nil && !*c.Pass && len(r.Playlist.Relaxed) == 0 {
			t.Errorf("%s is %.3f, its bar %.3f, and nothing was said to be relaxed", c.Metric, c.Value, c.Bar)
		}
	}
}
