package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"segue"
)

// A backup made while others write is whole and of one moment: of each import
// and its check-in, made one after the other, both or the import alone.
func TestBackup(t *testing.T) {
	for name, o := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := opened(t, o)
			must(t, s.SaveListener(ctx, Listener{ID: "self"}))
			must(t, s.AddImport(ctx, "self", Import{ID: "first"}, years(1000, 100)))
			ended := make(chan error)
			stop := make(chan bool)
			go func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						ended <- nil
						return
					default:
					}
					if err := s.AddImport(ctx, "self", Import{ID: fmt.Sprint(i), At: at(i)}, years(1001+i, 100)); err != nil {
						ended <- err
						return
					}
					if err := s.AddCheckIn(ctx, "self", CheckIn{ID: fmt.Sprint(i), At: at(i), Now: [2]int{1, 1}}); err != nil {
						ended <- err
						return
					}
				}
			}()
			dir := t.TempDir()
			for i := range 4 {
				path := filepath.Join(dir, fmt.Sprint(i, ".db"))
				must(t, s.Backup(ctx, path))
				var input *segue.InputError
				if err := s.Backup(ctx, path); !errors.As(err, &input) {
					t.Errorf("replaced a file: %v", err)
				}
				c := opened(t, Options{Path: path, Key: o.Key})
				imports, err := c.Imports(ctx, "self")
				must(t, err)
				plays, err := c.Plays(ctx, "self")
				must(t, err)
				checkIns, err := c.CheckIns(ctx, "self")
				must(t, err)
				if n := len(imports); len(plays) != 1000+n-1 || len(checkIns) != n-1 && len(checkIns) != n-2 {
					t.Errorf("%d imports, %d plays, %d check-ins", n, len(plays), len(checkIns))
				}
				must(t, c.SaveListener(ctx, Listener{ID: "copy"})) // it lives
			}
			close(stop)
			must(t, <-ended)
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left %v", left)
			}
			late, cancel := context.WithCancel(ctx)
			cancel()
			if err := s.Backup(late, filepath.Join(dir, "late.db")); !errors.Is(err, context.Canceled) {
				t.Errorf("after the end: %v", err)
			}
			if err := s.Backup(ctx, filepath.Join(dir, "none", "x.db")); err == nil {
				t.Error("backed up into no folder")
			}
		})
	}
}
