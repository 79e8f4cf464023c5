package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"

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
		Short: "Open Segue in the browser, for you alone, on this machine",
		Long: `Serve the pages of Segue on this machine, for one listener and with no login: bring a
listening history, see its moods and your persona, say how you are, get an hour, and say
how it felt. It answers on a loopback address only and asks no other host for anything.

What you agree to keep is in one file, --db, readable by you alone and encrypted if a key
is given. Everything else is in memory until Segue stops. The tracks your history is
looked up in come from --catalog, or from a table that you bring on the page.

A campaign frames shared cards for a time. Its file is JSON:
  {"id": "quiet-october", "from": "2027-10-01", "to": "2027-10-31", "link": "https://…",
   "words": {"en": {"name": "Quiet October", "line": "…"}, "vi": {"name": "…", "line": "…"}}}
Shares are counted for the campaign as a whole and never by person; the counts are printed
when Segue stops.`,
		Example: "  segue serve\n  segue serve --catalog tracks.parquet --db ~/segue.db --key-file ~/.segue-key\n  segue serve --addr 127.0.0.1:9000 --campaign october.json",
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
			o := web.Options{Host: c.addr, Seed: t.seed, Log: c.logger(t.err)}
			if c.campaign != "" {
				if o.Campaign, err = web.ReadCampaign(c.campaign); err != nil {
					return err
				}
			}
			if o.Kept, err = db.open(ctx); err != nil {
				return err
			}
			defer o.Kept.Close()
			release, err := alone(db.path)
			if err != nil {
				return err
			}
			defer release()
			o.Folder = filepath.Dir(db.path)
			o.Music = musicOf(c.catalogs, o.Folder)
			s, err := web.New(ctx, o)
			if err != nil {
				return err
			}
			t.say("Segue is at http://%s — stop with Ctrl-C.", listener.Addr())
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

// errServed says that another program has a database to itself.
func errServed(db string) error {
	return &segue.InputError{File: db, Problem: "another 'segue serve' has it open", Hint: "use that one, stop it, or name another database with --db"}
}

// logger writes to w what is worth a line, from the level of the settings on.
func (c *settings) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.logLevel)) // one of those that there are
	o.Level = level
	if c.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// musicOf loads the tables that were named, or the one last brought on the page.
func musicOf(paths []string, folder string) func(context.Context, segue.Progress) (*recommend.Music, error) {
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
		return recommend.Place(c)
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
