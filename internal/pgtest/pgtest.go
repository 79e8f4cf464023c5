// Package pgtest runs a real PostgreSQL for tests: the one of the distribution, in a
// folder of its own, with its durability on, reached through a socket that is nobody
// else's. It stops when the test's process ends, however that ends.
//
// If SEGUE_TEST_POSTGRES holds the URL of a server where databases may be made, that
// one is used instead, but by tests that stop theirs.
package pgtest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a server may take to start or stop on a busy machine.
const patience = 2 * time.Minute

// shared is the server of all tests of a binary, started by the first that asks.
var shared = sync.OnceValues(func() (*Server, error) {
	if at := os.Getenv("SEGUE_TEST_POSTGRES"); at != "" {
		u, err := url.Parse(at)
		if err != nil {
			return nil, fmt.Errorf("SEGUE_TEST_POSTGRES is no URL")
		}
		return &Server{bin: binaries(), at: *u}, nil
	}
	return start()
})

// URL gives a test an empty database of its own, or skips
// the test aloud where no PostgreSQL is to be had. It takes a tenth of a second or
// two; the first call of a process starts the server, which takes a few seconds.
func URL(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		missing(t, err)
	}
	return s.URL(t)
}

// missing skips a test, or fails it where a PostgreSQL was promised.
func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("SEGUE_TEST_POSTGRES") != "" {
		t.Fatalf("the PostgreSQL named by SEGUE_TEST_POSTGRES cannot be used: %v", err)
	}
	t.Skipf("nothing was tried on PostgreSQL: %v", err)
}

// A Server is a PostgreSQL that runs.
type Server struct {
	bin    string // folder of its programs, "" for those in PATH
	at     url.URL
	folder string // of data, socket and log; "" if it is not ours
	as     *who
	mu     sync.Mutex
	n      int
	guard  *guard // nil while it is stopped
}

// Start starts a server of the test's own, which may be stopped and started, or skips
// the test aloud.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Skipf("nothing was tried on PostgreSQL: %v", err)
	}
	t.Cleanup(func() { s.Stop(t); os.RemoveAll(s.folder) })
	return s
}

// URL gives a test an empty database of its own on the server.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	s.mu.Lock()
	s.n++
	name := fmt.Sprintf("segue_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), s.n)
	s.mu.Unlock()
	if err := s.ask("CREATE DATABASE " + name); err != nil {
		missing(t, err)
	}
	if s.folder == "" { // ours goes as a whole, which is faster
		t.Cleanup(func() {
			if err := s.ask("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		})
	}
	u := s.at
	u.Path = "/" + name
	return u.String()
}

// ask runs a statement as the server's administrator.
func (s *Server) ask(statement string) error {
	cmd := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", s.at.String(), "-c", statement)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// binaries is where PostgreSQL's programs are: "" if in PATH.
func binaries() string {
	if _, err := exec.LookPath("initdb"); err == nil {
		return ""
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	best, newest := "", -1
	for _, f := range found {
		version := -1
		fmt.Sscanf(f, "/usr/lib/postgresql/%d/", &version)
		if version > newest {
			best, newest = filepath.Dir(f), version
		}
	}
	return best
}

// start makes a server's folder and starts it.
func start() (s *Server, err error) {
	s = &Server{bin: binaries()}
	if _, err := exec.LookPath(filepath.Join(s.bin, "initdb")); err != nil {
		return nil, fmt.Errorf("there is none on this machine (no initdb in PATH or /usr/lib/postgresql)")
	}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp("", "segue-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(s.folder)
		}
	}()
	if err := s.as.own(s.folder); err != nil {
		return nil, err
	}
	s.at = url.URL{Scheme: "postgres", User: url.User("segue"), Host: "", Path: "/postgres", RawQuery: url.Values{"host": {s.folder}}.Encode()}
	// Sorted by a language's rules, so that whoever counts on the order of bytes
	// without saying so is found out.
	sorted := []string{"--locale=C", "--locale-provider=icu", "--icu-locale=en"}
	if err := s.initialise(sorted...); err != nil {
		os.RemoveAll(filepath.Join(s.folder, "data"))
		if err := s.initialise(); err != nil { // before PostgreSQL 15
			return nil, err
		}
	}
	return s, s.run()
}

func (s *Server) initialise(more ...string) error {
	// --no-sync: of a server that a crash of the machine takes with it nothing is missed.
	args := append([]string{"-D", filepath.Join(s.folder, "data"), "-U", "segue", "-A", "trust", "-E", "UTF8", "--no-sync"}, more...)
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), args...)
	cmd.Dir = s.folder
	s.as.become(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	return nil
}

// run starts the server and waits until it answers.
func (s *Server) run() error {
	log := filepath.Join(s.folder, "log")
	g, err := guarded(s.as, s.folder, log, filepath.Join(s.bin, "postgres"),
		"-D", filepath.Join(s.folder, "data"), "-k", s.folder, "-c", "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=32MB")
	if err != nil {
		return err
	}
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err = s.ask("SELECT 1"); err == nil {
			s.guard = g
			return nil
		}
		if g.ended() || time.Since(begin) > patience {
			g.stop()
			said, _ := os.ReadFile(log)
			return fmt.Errorf("it does not start: %s", lastLine(said))
		}
	}
}

// Stop stops the server at once, as a power failure would, and waits until it is gone.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.guard != nil && !s.guard.stop() {
		t.Fatal("PostgreSQL does not stop")
	}
	s.guard = nil
}

// Resume starts a server again that was stopped.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}
