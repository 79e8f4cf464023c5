package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"segue/demo"
	"segue/mood"
	"segue/recommend"
	"segue/web"

	"github.com/spf13/cobra"
)

func demoCommand(t *terminal) *cobra.Command {
	var out, addr string
	var noServe bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See what Segue does, on invented music and an invented listener",
		Long: `Make a catalogue of invented tracks and a year of an invented listener's history,
run everything on them, write the report, and show it in the browser. Nothing real is
read, and nothing leaves this machine.`,
		Example: "  segue demo\n  segue demo --no-serve --out demo --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			var listener net.Listener
			if !noServe {
				// The address is taken first, so that a busy port is known at once.
				var err error
				if listener, err = net.Listen("tcp", addr); err != nil {
					return cannotServe(addr, err)
				}
				defer listener.Close()
			}
			if err := checkFolder(out); err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			catalogPath, historyPaths, err := demo.Write(ctx, filepath.Join(out, "data"), t.seed)
			if err != nil {
				return err
			}
			train := mood.DefaultOptions()
			train.Seed, train.Features = t.seed, mood.DefaultFeatures()
			j := job{catalog: []string{catalogPath}, history: historyPaths, zone: demo.Location(), train: train, kmax: 10,
				wish: recommend.Wish{From: "angry", To: "calm", Minutes: 60, Seed: t.seed}, name: demo.ListenerName, out: out, demo: true}
			r, files, err := j.run(ctx, t, progress)
			if err != nil {
				return err
			}
			done()
			if err := t.print(newRunView(r, files), func(w io.Writer) { demoText(w, r, files) }); err != nil || noServe {
				return err
			}
			return serveReport(ctx, t, listener, addr, files[len(files)-1])
		},
	}
	cmd.Flags().StringVar(&out, "out", "segue-out", "folder `DIR` for the data, the report, the models and the playlist files")
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "`ADDRESS` to show the report at")
	cmd.Flags().BoolVar(&noServe, "no-serve", false, "stop after writing the report")
	return cmd
}

func demoText(w io.Writer, r *recommend.Result, files []string) {
	fmt.Fprintf(w, "This is %s, an invented listener, in invented music.\n\n", r.Name)
	runText(w, r, files)
}

// cannotServe says why nothing can be shown at addr, and what to do.
func cannotServe(addr string, err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		err = errors.New("another program uses that address")
	case errors.As(err, &op):
		err = op.Err
	}
	return fmt.Errorf("nothing can be shown at %s: %w; choose another place with --addr, such as 127.0.0.1:8081, or add --no-serve", addr, err)
}

// serveReport shows one file until ctx ends. It asks nobody for anything and
// lets the page run no script.
func serveReport(ctx context.Context, t *terminal, listener net.Listener, addr, path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if !web.Ours(r.Host, addr) {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}
	t.say("\nThe report is at http://%s — stop with Ctrl-C. 'segue serve' has the same listener, and you, as pages to walk through.", listener.Addr())
	stop := context.AfterFunc(ctx, func() {
		soon, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = server.Shutdown(soon)
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
