package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serving starts segue serve in a process of its own and returns its address.
func serving(t *testing.T, args ...string) (base string, stop func() string) {
	t.Helper()
	cmd, _ := process(t, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Stderr = nil
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(pipe)
	for base == "" && lines.Scan() {
		base = regexp.MustCompile(`http://[0-9.:]+`).FindString(lines.Text())
	}
	if base == "" {
		t.Fatal("segue serve did not say where it is")
	}
	return base, func() string {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(pipe)
		if err := cmd.Wait(); err != nil {
			t.Errorf("segue serve ended with %v: %s", err, rest)
		}
		return string(rest)
	}
}

func TestServe(t *testing.T) {
	db := filepath.Join(t.TempDir(), "deeper", "segue.db")
	base, stop := serving(t, "--db", db, "--catalog", filepath.Join(invented(t), "catalog.csv"))
	r, err := http.Get(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if r.StatusCode != 200 || !strings.Contains(string(body), "are you ready to explore yourself?") {
		t.Errorf("the start: %s", r.Status)
	}
	info, err := os.Stat(db)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database: %v, %v", info, err)
	}
	if said := stop(); said != "" {
		t.Errorf("said %q at the end", said)
	}
}

// A campaign's counts are printed when Segue stops.
func TestServeCampaign(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "october.json")
	if err := os.WriteFile(file, []byte(`{"id": "quiet-october", "from": "2027-10-01", "to": "2027-10-31", "words": {"en": {"name": "Quiet October"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stop := serving(t, "--db", filepath.Join(dir, "segue.db"), "--campaign", file)
	if said := stop(); !strings.Contains(said, "Campaign quiet-october: 0 shared, 0 seen") {
		t.Errorf("said %q", said)
	}
}

// What cannot be served says so in one line, and leaves no database behind.
func TestServeRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	base, _ := serving(t, "--db", filepath.Join(dir, "busy.db"))
	busy := strings.TrimPrefix(base, "http://")
	db := filepath.Join(dir, "new.db")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"the whole house":   {[]string{"--addr", "0.0.0.0:8080"}, 2, "can be reached from other machines"},
		"another machine":   {[]string{"--addr", "192.168.1.5:8080"}, 2, "can be reached from other machines"},
		"no address":        {[]string{"--addr", "8080"}, 2, "is no address"},
		"a busy port":       {[]string{"--addr", busy}, 1, "another program uses that address"},
		"no such campaign":  {[]string{"--campaign", filepath.Join(dir, "none.json")}, 1, "no such file"},
		"a bad campaign":    {[]string{"--campaign", write("bad.json", `{"id": "x y"}`)}, 1, "letters, digits and hyphens"},
		"no database":       {[]string{"--db", write("text.db", "this is no database, and was never one")}, 1, "text.db"},
		"a folder":          {[]string{"--db", dir}, 1, dir},
		"an empty key":      {[]string{"--key-file", write("empty.key", "\n")}, 1, "no key in it"},
		"no such catalogue": {[]string{"--catalog", filepath.Join(dir, "none.csv")}, 1, "none.csv"},
		"no catalogue":      {[]string{"--catalog", write("story.csv", "once upon a time\nthere was\n")}, 1, "story.csv"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		var out, errs strings.Builder
		args := append([]string{"serve", "--addr", "127.0.0.1:0", "--db", db}, c.args...)
		code := run(ctx, args, &out, &errs)
		cancel()
		said := errs.String()
		if said != "" { // what serve said before it noticed
			lines := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
			said = lines[len(lines)-1]
		}
		if code != c.code || !strings.HasPrefix(said, "segue: ") || !strings.Contains(said, c.says) || out.Len() > 0 {
			t.Errorf("%s: exit %d, said %q, printed %q", name, code, said, out.String())
		}
	}
}
