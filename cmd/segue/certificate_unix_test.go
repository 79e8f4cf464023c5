//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"bufio"
	"crypto/tls"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A certificate that was renewed is used from SIGHUP on, without a connection lost; one
// that is no good is not, and that is said. 'segue health' asks by TLS, too.
func TestServeCertificate(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	cert, key := certificate(t, dir, "localhost", now.Add(-time.Hour), now.Add(time.Hour))
	cmd, _ := process(t, "serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(dir, "segue.db"), "--tls-cert", cert, "--tls-key", key, "--public-url", "https://localhost")
	cmd.Stderr = nil
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	said := make(chan string, 100)
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			said <- lines.Text()
		}
		close(said)
	}()
	hear := func(pattern string) string {
		t.Helper()
		for deadline := time.After(time.Minute); ; {
			select {
			case line, ok := <-said:
				if m := regexp.MustCompile(pattern).FindString(line); m != "" {
					return m
				}
				if !ok {
					t.Fatalf("it ended without saying %s", pattern)
				}
			case <-deadline:
				t.Fatalf("it did not say %s", pattern)
			}
		}
	}
	addr := strings.TrimPrefix(hear("https://[0-9.:]+"), "https://")
	until := func() time.Time {
		t.Helper()
		c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].NotAfter
	}
	first := until()
	if code, _, stderr := segueRun("health", "--addr", addr, "--tls-cert", cert, "--tls-key", key); code != 0 {
		t.Errorf("health: %s", stderr)
	}
	certificate(t, dir, "localhost", now.Add(-time.Hour), now.Add(48*time.Hour))
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	hear("was read anew")
	second := until()
	if !second.After(first.Add(24 * time.Hour)) {
		t.Errorf("valid until %v, then %v", first, second)
	}
	if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	hear("is not used")
	if got := until(); !got.Equal(second) {
		t.Errorf("with a bad certificate in its place: valid until %v, want %v", got, second)
	}
}

// A certificate that is no good is told before anything is served.
func TestServeBadCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir, "localhost", time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	code, out, stderr := segueRun("serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(dir, "segue.db"), "--tls-cert", cert, "--tls-key", key)
	if code != 1 || !strings.Contains(stderr, "expired on") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if err := oneComplaint(out, stderr); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "segue.db")); err == nil {
		t.Error("it made a database")
	}
}
