package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"segue"
	"segue/catalog"
	"segue/recommend"
	"segue/web"

	"github.com/spf13/cobra"
)

func serveCommand(t *terminal) *cobra.Command {
	c := newSettings(&t.seed)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open Segue in the browser, for you alone, or for people who sign in",
		Long: `Serve the pages of Segue and its JSON API: bring a listening history, see its moods and
your persona, say how you are, get an hour, and say how it felt. It asks no other host for
anything.

Without --accounts it is one person's, with no login, and answers on a loopback address
only. With it people are let in by invitation, each to pages of their own; docs/operate.md
leads there. Beyond loopback it also wants TLS, or a proxy that ends it.

What people agree to keep is in one file, --db, readable by its owner alone and encrypted
if a key is given, or in a PostgreSQL. Everything else is in memory until Segue stops. The
tracks that histories are looked up in come from --catalog, or from a table that is brought
on the page.

A campaign frames shared cards for a time. Its file is JSON:
  {"id": "quiet-october", "from": "2027-10-01", "to": "2027-10-31", "link": "https://…",
   "words": {"en": {"name": "Quiet October", "line": "…"}, "vi": {"name": "…", "line": "…"}}}
Shares are counted for the campaign as a whole and never by person; the counts are printed
when Segue stops.`,
		Example: "  segue serve\n  segue serve --catalog tracks.parquet --db ~/segue.db --key-file ~/.segue-key\n  segue serve --addr 127.0.0.1:9000 --campaign october.json\n  segue serve --accounts --public-url https://segue.example.org --proxy --db postgres://segue@db.example.org/segue",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := c.settled(cmd); err != nil {
				return err
			}
			db, err := c.database()
			if err != nil {
				return err
			}
			// The address is taken first, so that a busy port is known at once.
			listener, err := net.Listen("tcp", c.addr)
			if err != nil {
				return cannotServe(c.addr, err)
			}
			defer listener.Close()
			log := c.logger(t.err)
			o, err := c.options(ctx, log)
			if err != nil {
				return err
			}
			if err := c.checkModel(); err != nil {
				return err
			}
			if c.campaign != "" {
				if o.Campaign, err = web.ReadCampaign(c.campaign); err != nil {
					return err
				}
			}
			if o.Kept, err = db.serve(ctx); err != nil {
				return err
			}
			defer o.Kept.Close()
			release, err := db.alone()
			if err != nil {
				return err
			}
			defer release()
			var releaseFolder func()
			if o.Folder, releaseFolder, err = c.place(db); err != nil {
				return err
			}
			defer releaseFolder()
			o.Music = musicOf(c.catalogs, c.model, o.Folder)
			s, err := web.New(ctx, o)
			if err != nil {
				return err
			}
			endMetrics, err := c.serveMetrics(s.Metrics(), log)
			if err != nil {
				return errors.Join(err, s.Close())
			}
			defer endMetrics()
			t.say("Segue is at %s://%s — stop with Ctrl-C.", c.scheme(), listener.Addr())
			if c.accounts {
				base := c.publicURL
				if base == "" {
					base = c.scheme() + "://" + listener.Addr().String()
				}
				if err := t.sayFirstAdmin(ctx, o.Kept, base); err != nil {
					return errors.Join(err, s.Close())
				}
			}
			err = serveWarm(ctx, s, listener, len(splitPaths(c.catalogs)) > 0)
			return errors.Join(inCatalogue(err, c.catalogs, nil), t.sayCounts(s, o.Campaign), s.Close())
		},
	}
	c.flags(cmd)
	return cmd
}

// serveWarm serves, and loads the music meanwhile. Tables that were named and cannot
// be read end it: whoever started it is there to mend that.
func serveWarm(ctx context.Context, s *web.Server, l net.Listener, named bool) error {
	ctx, stop := context.WithCancelCause(ctx)
	warm := make(chan struct{})
	go func() {
		defer close(warm)
		if err := s.Warm(ctx); err != nil && named {
			stop(err)
		}
	}()
	err := s.Serve(ctx, l)
	stop(nil)
	<-warm
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// errServed says that another program has a database, or a folder, to itself.
func errServed(db string) error {
	return &segue.InputError{File: db, Problem: "another 'segue serve' has it open", Hint: "use that one, stop it, or name another database with --db"}
}

// options are what the settings make of a server. What they name is read anew as it
// changes, until ctx ends.
func (c *settings) options(ctx context.Context, log *slog.Logger) (web.Options, error) {
	o := web.Options{Host: c.addr, Seed: *c.seed, Log: log, Accounts: c.accounts, NoAdapt: c.adapt == "off", Proxies: c.networks(), MaxUpload: c.maxUpload, Memory: c.memoryBudget, Grace: c.grace}
	var err error
	if c.publicURL != "" {
		if o.Origin, err = url.Parse(c.publicURL); err != nil {
			return o, err
		}
	}
	if c.tlsCert != "" {
		o.TLS, err = c.certificate(ctx, log)
	}
	return o, err
}

// scheme is how the server is asked where it answers.
func (c *settings) scheme() string {
	if c.tlsCert != "" {
		return "https"
	}
	return "http"
}

// place returns the folder of what a server keeps beside the database, for itself
// alone: uploads being read, and tables that were brought. Beside a database file that
// one's lock is enough.
func (c *settings) place(db database) (folder string, release func(), err error) {
	if c.folder == "" && !isURL(db.path) {
		return filepath.Dir(db.path), func() {}, nil
	}
	if folder = c.folder; folder == "" {
		at := database{settled: true}
		if err := at.place(); err != nil {
			return "", nil, err
		}
		folder = filepath.Dir(at.path)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", nil, err
	}
	if release, err = alone(filepath.Join(folder, "segue")); errors.As(err, new(*segue.InputError)) {
		err = &segue.InputError{File: folder, Problem: "another 'segue serve' has this folder", Hint: "give each one of its own with --folder"}
	}
	return folder, release, err
}

// serveMetrics answers at the address of the metrics, if there is one, until end is
// called.
func (c *settings) serveMetrics(metrics http.Handler, log *slog.Logger) (end func(), err error) {
	if c.metricsAddr == "off" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", c.metricsAddr)
	if err != nil {
		return nil, fmt.Errorf("metrics-addr: %w", cannotServe(c.metricsAddr, err))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 14,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the metrics are not answered any more", "error", err)
		}
	}()
	log.Info("metrics are answered", "addr", l.Addr().String())
	return func() {
		_ = server.Close()
		<-ended
	}, nil
}

// logger writes to w what is worth a line, from the level of the settings on.
func (c *settings) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.logLevel)) // one of those that there are
	o.Level = level
	var h slog.Handler = slog.NewTextHandler(w, o)
	if c.logFormat == "json" {
		h = slog.NewJSONHandler(w, o)
	}
	return slog.New(h).With("instance", c.instance)
}

// musicOf loads the tables that were named, placed by a model if one is named, or the
// table last brought on the page.
func musicOf(paths []string, model, folder string) func(context.Context, segue.Progress) (*recommend.Music, error) {
	return func(ctx context.Context, progress segue.Progress) (*recommend.Music, error) {
		files := splitPaths(paths)
		if len(files) == 0 {
			brought, ok := web.Brought(folder)
			if !ok {
				return nil, web.ErrNoMusic
			}
			files = []string{brought}
		}
		c, _, err := catalog.Read(ctx, files, catalog.Options{Progress: progress})
		if err != nil {
			return nil, err
		}
		return place(c, model)
	}
}

// sayCounts prints how often a campaign's cards were seen and shared.
func (t *terminal) sayCounts(s *web.Server, c *web.Campaign) error {
	if c == nil {
		return nil
	}
	counts, err := s.CampaignCounts(context.Background())
	if err != nil {
		return fmt.Errorf("the campaign’s counts could not be read: %w", err)
	}
	t.say("Campaign %s: %d shared, %d seen, %d followed the link.", c.ID, counts["share_tap"], counts["card_view"], counts["link_tap"])
	return nil
}
