package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/internal/pgtest"
	"segue/store"
)

// asProgram puts this binary somewhere as segue, for scripts to run.
func asProgram(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "segue") // see TestMain
	if err := os.Symlink(self, at); err != nil {
		t.Fatal(err)
	}
	return at
}

// drill runs the drill's script with an environment.
func drill(t *testing.T, environ []string, args ...string) (out string, err error) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	cmd := exec.Command(bash, append([]string{"../../deploy/drill.sh"}, args...)...)
	cmd.Env = append(os.Environ(), append([]string{"SEGUE_KEY=", "XDG_CONFIG_HOME=" + t.TempDir()}, environ...)...)
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// several puts an export into a database, and two more listeners.
func several(t *testing.T, dir string, o store.Options) {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f, err := os.Open(filepath.Join(dir, "my-segue.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Restore(t.Context(), selfID, f, info.Size()); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := s.SaveListener(t.Context(), store.Listener{ID: fmt.Sprint("other", i), Name: "Linh", Created: time.Unix(1e9, 0)}); err != nil {
			t.Fatal(err)
		}
	}
}

// The drill brings everything back and says so; its backup is one. A copy that is not
// what was there, and one that is none, end it.
func TestDrill(t *testing.T) {
	work, program := t.TempDir(), asProgram(t)
	in := func(name string) string { return filepath.Join(work, name) }
	write(t, in("key"), "correct horse battery staple\n")
	several(t, invented(t), store.Options{Path: in("segue.db"), Key: []byte("correct horse battery staple")})
	environ := []string{"SEGUE=" + program, "SEGUE_DB=" + in("segue.db"), "SEGUE_KEY_FILE=" + in("key")}
	out, err := drill(t, environ, "--keep", in("kept.db"))
	if err != nil || !strings.Contains(out, "the same as in use") || !strings.Contains(out, "all is well: 3 listeners") {
		t.Fatalf("%v: %s", err, out)
	}
	code, sums, stderr := segueRun("verify", "--json", "--db", in("kept.db"), "--key-file", in("key"))
	if _, want, _ := segueRun("verify", "--json", "--db", in("segue.db"), "--key-file", in("key")); code != 0 || strings.ReplaceAll(sums, "kept.db", "segue.db") != want {
		t.Errorf("the backup that was kept: %s %s", sums, stderr)
	}
	if out, err := drill(t, environ, "--keep", in("kept.db")); err == nil || !strings.Contains(out, "is there already") {
		t.Errorf("a name that is taken: %v, %s", err, out)
	}
	// Programs whose backups are not what they should be.
	for name, c := range map[string]struct{ spoil, says string }{
		"a listener is missing": {`"$program" forget --yes --db "$copy" >/dev/null`, "FAILED: what came back is not what was there"},
		"half a file":           {`truncate -s 20000 "$copy"`, ""},
		"no file":               {`rm "$copy"`, ""},
	} {
		script := fmt.Sprintf("#!/bin/bash\nset -e\nprogram=%q\n\"$program\" \"$@\"\n[ \"$1\" = backup ] || exit 0\ncopy=${@: -1}\n%s\n", program, c.spoil)
		spoiler := in(strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(spoiler, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		out, err := drill(t, append(environ, "SEGUE="+spoiler))
		if err == nil || !strings.Contains(out, c.says) || strings.Contains(out, "all is well") {
			t.Errorf("%s: %v, %s", name, err, out)
		}
	}
	if left, _ := filepath.Glob(in("*.new")); len(left) > 0 {
		t.Error(left)
	}
}

// The same with a PostgreSQL, by pg_dump and pg_restore; its password is not said, and
// no database is left.
func TestDrillOnPostgres(t *testing.T) {
	url := pgtest.URL(t)
	for _, name := range []string{"pg_dump", "pg_restore", "psql"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("there is no %s", name)
		}
	}
	several(t, invented(t), store.Options{URL: url})
	out, err := drill(t, []string{"SEGUE=" + asProgram(t), "SEGUE_DB=" + url})
	if err != nil || !strings.Contains(out, "the same as in use") || !strings.Contains(out, "all is well: 3 listeners") {
		t.Fatalf("%v: %s", err, out)
	}
	databases, err := exec.Command("psql", "--no-psqlrc", "--tuples-only", "--dbname="+url, "-c", "SELECT datname FROM pg_database").CombinedOutput()
	if err != nil || strings.Contains(string(databases), "segue_drill") {
		t.Errorf("left: %s, %v", databases, err)
	}
}
