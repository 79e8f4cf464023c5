//go:build unix

package pgtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
	"time"
)

// A who is the user a server runs as: PostgreSQL refuses to run as root.
type who struct{ uid, gid uint32 }

// unprivileged returns nil if this user will do.
func unprivileged() (*who, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		return &who{uint32(uid), uint32(gid)}, nil
	}
	return nil, fmt.Errorf("it does not run as root, and there is no user postgres or nobody")
}

func (w *who) own(path string) error {
	if w == nil {
		return nil
	}
	return os.Chown(path, int(w.uid), int(w.gid))
}

func (w *who) become(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the terminal is the test's
	if w != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: w.uid, Gid: w.gid}
	}
}

// A guard is a server under a shell that ends it as soon as it is told to, or nobody
// holds the other end of the shell's input any more: also when the test is killed. In
// that case the shell clears up as well.
type guard struct {
	in   io.WriteCloser
	gone chan struct{}
}

const guarding = `log=$1; folder=$2; shift 2
exec 3<&0
"$@" >"$log" 2>&1 3<&- </dev/null &
server=$!
(read -r word <&3; kill -QUIT $server 2>/dev/null; [ "$word" = keep ] || { while kill -0 $server 2>/dev/null; do sleep 0.1; done; rm -rf "$folder"/*; rmdir "$folder" 2>/dev/null; }) >/dev/null 2>&1 &
wait $server
`

// guarded starts a program under guard. Its output goes to a file, so that go test
// does not wait for it.
func guarded(as *who, folder, log string, program ...string) (*guard, error) {
	cmd := exec.Command("sh", append([]string{"-c", guarding, "sh", log, folder}, program...)...)
	cmd.Dir = folder
	as.become(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	g := &guard{in, make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(g.gone)
	}()
	return g, nil
}

func (g *guard) ended() bool {
	select {
	case <-g.gone:
		return true
	default:
		return false
	}
}

// stop ends the server at once and reports whether it is gone.
func (g *guard) stop() bool {
	_, _ = io.WriteString(g.in, "keep\n")
	g.in.Close()
	select {
	case <-g.gone:
		return true
	case <-time.After(patience):
		return false
	}
}
