package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/internal/racetest"
)

// child is what this binary does as another process.
func child(task, path string) int {
	ctx := context.Background()
	o := Options{Path: path}
	if IsURL(path) {
		o = Options{URL: path}
	}
	s, err := Open(ctx, o)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	switch task {
	case "hold": // a transaction that takes the lock for writing and keeps it
		err = s.write(ctx, "hold", func(context.Context, *conn) error {
			fmt.Println("held")
			bufio.NewReader(os.Stdin).ReadString('\n')
			return nil
		})
	case "write": // until killed
		for i := 0; err == nil; i++ {
			if i%20 == 0 {
				n := 1000 + i
				if err = s.AddImport(ctx, "self", Import{ID: fmt.Sprintf("%d-%d", os.Getpid(), i), At: at(i)}, years(n, 300)); err == nil {
					fmt.Println("import", n)
				}
				continue
			}
			id := fmt.Sprintf("%d-%d", os.Getpid(), i)
			if err = s.AddCheckIn(ctx, "self", CheckIn{ID: id, At: at(i), Now: [2]int{1, 9}}); err == nil {
				fmt.Println("checkin", id)
			}
		}
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// process returns this binary, to run a task as a process of its own.
func process(t *testing.T, task, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "SEGUE_STORE_TASK="+task, "SEGUE_STORE_PATH="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// A process that is killed loses nothing it was told is stored, and leaves no
// import half there.
func TestKilled(t *testing.T) {
	racetest.Alone(t)
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "segue.db")
	s, err := Open(ctx, Options{Path: path})
	must(t, err)
	must(t, s.SaveListener(ctx, Listener{ID: "self"}))
	must(t, s.Close())
	acknowledged := map[string]bool{}
	plays := 0
	for round := range rounds {
		cmd := process(t, "write", path)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Fatal("the other process wrote nothing")
		}
		kill := time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { cmd.Process.Kill() })
		for ok := true; ok; ok = lines.Scan() {
			what, id, _ := strings.Cut(lines.Text(), " ")
			switch what {
			case "checkin":
				acknowledged[id] = true
			case "import":
				fmt.Sscan(id, &plays)
			default:
				t.Fatalf("the other process said %q", lines.Text())
			}
		}
		kill.Stop()
		cmd.Wait()

		s, err := Open(ctx, Options{Path: path})
		must(t, err)
		there := map[string]bool{}
		checkIns, err := s.CheckIns(ctx, "self")
		must(t, err)
		for _, k := range checkIns {
			there[k.ID] = true
		}
		for id := range acknowledged {
			if !there[id] {
				t.Errorf("round %d: check-in %s was acknowledged and is lost", round, id)
			}
		}
		imports, err := s.Imports(ctx, "self")
		must(t, err)
		got, err := s.Plays(ctx, "self")
		must(t, err)
		kept := 0
		for _, i := range imports {
			kept += i.Plays
		}
		// The last import may have been stored without the word of it arriving.
		if n := len(got); n != kept || n != plays && n != plays+20 {
			t.Errorf("round %d: %d plays, %d by the imports' account, %d acknowledged", round, n, kept, plays)
		}
		must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error {
			var word string
			if err := c.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&word); err != nil || word != "ok" {
				t.Errorf("round %d: %s, %v", round, word, err)
			}
			return nil
		}))
		must(t, s.Close())
	}
	if len(acknowledged) < rounds {
		t.Errorf("only %d check-ins in %d rounds", len(acknowledged), rounds)
	}
	t.Logf("%d rounds, %d check-ins acknowledged, none lost", rounds, len(acknowledged))
}

// killedWriting lets other processes write to a database, kills each after a while,
// and returns the check-ins they were told are stored.
func killedWriting(t *testing.T, at string, rounds int) (acknowledged []string) {
	t.Helper()
	for range rounds {
		cmd := process(t, "write", at)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		var kill *time.Timer
		for lines.Scan() {
			what, id, _ := strings.Cut(lines.Text(), " ")
			switch what {
			case "checkin":
				acknowledged = append(acknowledged, id)
			case "import":
			default:
				t.Fatalf("the other process said %q", lines.Text())
			}
			if kill == nil {
				kill = time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { cmd.Process.Kill() })
			}
		}
		cmd.Wait()
	}
	return acknowledged
}

func TestHeldByAnotherProcess(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "segue.db")
	s := opened(t, Options{Path: path})
	must(t, s.SaveListener(ctx, Listener{ID: "self"}))
	cmd := process(t, "hold", path)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	start := time.Now()
	err = s.SaveListener(ctx, Listener{ID: "self", Name: "late"})
	if took := time.Since(start); !errors.Is(err, ErrBusy) || took < patience/2 || took > patience+2*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	if l, err := s.Listener(ctx, "self"); err != nil || l.Name != "" { // reading goes on
		t.Errorf("%+v, %v", l, err)
	}
	start = time.Now()
	if err := s.Forget(ctx, "self"); !errors.Is(err, ErrBusy) || time.Since(start) > 2*patience {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	in.Close()
	must(t, cmd.Wait())
	must(t, s.SaveListener(ctx, Listener{ID: "self", Name: "now"}))
}
