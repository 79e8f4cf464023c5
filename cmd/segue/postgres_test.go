package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue/internal/pgtest"
)

// What a file keeps goes to a PostgreSQL and back to another file as it is; each
// command works there as on a file, or says what does; and no password is said.
func TestKeepOnPostgres(t *testing.T) {
	const password = "Quetzalcoatlus"
	withPassword := func(at string) string {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(u.User.Username(), password)
		return u.String()
	}
	first, second := withPassword(pgtest.URL(t)), withPassword(pgtest.URL(t))
	dir, work := invented(t), t.TempDir()
	in := func(name string) string { return filepath.Join(work, name) }
	mine := filepath.Join(dir, "my-segue.zip")
	run := func(want int, word string, args ...string) {
		t.Helper()
		code, out, stderr := segueRun(args...)
		if code != want || !strings.Contains(out+stderr, word) {
			t.Errorf("%v: exit code %d, %q, %q", args, code, out, stderr)
		}
		if strings.Contains(out+stderr, password) {
			t.Errorf("%v: says the password: %q, %q", args[0], out, stderr)
		}
	}
	t.Setenv("SEGUE_KEY", "")
	write(t, in("key"), "correct horse battery staple\n")
	run(0, "", "restore", mine, "--db", first)
	run(2, "add --yes", "restore", mine, "--db", first)
	run(1, "pg_dump", "backup", "--db", first, "-o", in("copy"))
	run(1, "besides", "export", "--db", first, "--key-file", in("key"), "-o", in("no.zip"))
	t.Setenv("SEGUE_DB", first)
	run(0, "", "export", "-o", in("a.zip"))
	t.Setenv("SEGUE_DB", "")
	run(0, `"listeners": 1`, "move", "--db", first, "--to", second, "--json")
	run(1, "not empty", "move", "--db", first, "--to", second)
	run(0, "compared", "move", "--db", second, "--to", in("back.db"), "--to-key-file", in("key"))
	run(0, "compared", "move", "--db", in("back.db"), "--key-file", in("key"), "--to", in("again.db"))
	run(0, "", "export", "--db", in("again.db"), "--key-file", in("key"), "-o", in("b.zip"))
	for _, name := range []string{"a.zip", "b.zip"} {
		got, err := os.ReadFile(in(name))
		if err != nil || !bytes.Equal(got, read(t, mine)) {
			t.Errorf("%s differs from what was restored first (%v)", name, err)
		}
	}
	run(0, "any more", "forget", "--db", first, "--yes")
	run(1, "nothing is kept of you", "export", "--db", first, "-o", in("c.zip"))
	run(2, "no database to move to", "move", "--db", first)
	run(2, "same database", "move", "--db", first, "--to", first)
	run(1, "reached", "export", "--db", "postgres://segue:"+password+"@/x?host="+url.QueryEscape(work), "-o", in("d.zip"))
	run(1, "cannot be read", "export", "--db", "postgres://segue:"+password+"@host:port/x", "-o", in("d.zip"))
}
