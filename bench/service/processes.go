package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A server is one process of Segue.
type server struct {
	base    string
	process *exec.Cmd
	folder  string
	started time.Duration
}

// client asks all servers. Connections are kept, as a proxy's are.
var transport = &http.Transport{MaxIdleConns: 4096, MaxIdleConnsPerHost: 2048, IdleConnTimeout: time.Minute}

// start runs the program and waits until it is ready.
func (s *setting) start(ctx context.Context, n int, catalogue string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	one := &server{base: "http://" + addr, folder: filepath.Join(s.work, "process-"+strconv.Itoa(n))}
	if err := os.MkdirAll(one.folder, 0o700); err != nil {
		return nil, err
	}
	one.process = exec.CommandContext(ctx, s.segue, "serve", "--accounts", "--addr", addr, "--db", s.db, "--catalog", catalogue, "--seed", "1",
		"--folder", one.folder, "--metrics-addr", "off")
	one.process.Stderr = os.Stderr
	begun := time.Now()
	if err := one.process.Start(); err != nil {
		return nil, err
	}
	for time.Since(begun) < time.Minute {
		r, err := http.Get(one.base + "/readyz")
		if err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				one.started = time.Since(begun)
				return one, nil
			}
		}
		if ctx.Err() != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	one.kill()
	return nil, errors.Join(ctx.Err(), errors.New("a process was not ready within a minute"))
}

// kill ends the process as a power switch does, for what it still holds.
func (o *server) kill() {
	_ = o.process.Process.Kill()
	_ = o.process.Wait()
}

// stop asks the process to end, and waits.
func (o *server) stop() error {
	if err := o.process.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return o.process.Wait()
}

// memory returns what the process holds now and has held at most, in bytes; zeros
// where the system does not say.
func (o *server) memory() (now, most int64) {
	if runtime.GOOS != "linux" {
		return 0, 0
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", o.process.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for _, line := range strings.Split(string(b), "\n") {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) != 2 || fields[1] != "kB" {
			continue
		}
		n, _ := strconv.ParseInt(fields[0], 10, 64)
		switch name {
		case "VmRSS":
			now = n << 10
		case "VmHWM":
			most = n << 10
		}
	}
	return now, most
}
