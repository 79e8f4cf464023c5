package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"segue"
	"segue/catalog"
	"segue/history"
	"segue/lab"
	"segue/mood"
	"segue/playlist"
	"segue/recommend"
	"segue/report"
	"segue/session"
	"segue/taste"

	"github.com/spf13/cobra"
)

func runCommand(t *terminal) *cobra.Command {
	var j job
	var wish wishFlags
	var zone, gap, felt string
	var train trainFlags
	cmd := &cobra.Command{
		Use:   "run --catalog F --history F --out DIR",
		Short: "Do everything: moods, sessions, persona, the hour, and a report",
		Long: `Read a catalogue and a listening history, learn the moods, find the sessions and
the persona, build an hour, and write a report, the models and the playlist files
into a folder. Without --history the hour is made of the catalogue alone and needs
--from. Without --from it starts at the mood of the last session, where enough of
it could be placed; without --to it leads where that mood usually wants to go.`,
		Example: "  segue run --catalog tracks.csv --history my_spotify_data.zip --tz Europe/Lisbon --out my-hour\n" +
			"  segue run --catalog a.csv,b.csv --history StreamingHistory0.json --from angry --to calm --minutes 30 --out hour --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if j.out == "" {
				return usage("no folder to write to was named: add --out DIR")
			}
			if err := checkKMax(j.kmax); err != nil {
				return err
			}
			if j.zone, err = parseZone(zone); err != nil {
				return err
			}
			if j.gap, err = parseGap(gap); err != nil {
				return err
			}
			if j.train, err = train.options(t.seed); err != nil {
				return err
			}
			if j.wish, err = wish.wish(j.zone, t.seed); err != nil {
				return err
			}
			if j.corrections, err = readTaste(felt); err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			r, files, err := j.run(cmd.Context(), t, progress)
			if err != nil {
				return err
			}
			done()
			if len(j.history) > 0 {
				t.noteZone(cmd)
			}
			t.noteUnknown(r.Music.Catalog, j.wish.Exclude)
			return t.print(newRunView(r, files), func(w io.Writer) { runText(w, r, files) })
		},
	}
	catalogFlag(cmd, &j.catalog)
	historyFlag(cmd, &j.history)
	zoneFlag(cmd, &zone)
	tasteFlag(cmd, &felt)
	modelFlag(cmd, &j.model)
	wish.add(cmd)
	train.add(cmd)
	cmd.Flags().IntVar(&j.kmax, "kmax", 10, "largest number of clusters of the curves")
	cmd.Flags().StringVar(&gap, "gap", "30m", "pause that ends a session")
	cmd.Flags().StringVar(&j.name, "name", "", "what the report calls the listener")
	cmd.Flags().StringVar(&j.out, "out", "", "folder `DIR` for the report, the models and the playlist files")
	_ = cmd.MarkFlagDirname("out")
	return cmd
}

// A job is one run of everything, by the run and the demo command alike.
type job struct {
	catalog, history []string
	zone             *time.Location
	gap              time.Duration
	train            mood.Options
	kmax             int
	wish             recommend.Wish
	corrections      []taste.Correction
	model            string // file that places the tracks; empty for the usual plane
	name, out        string
	demo             bool
}

// run takes every step and writes the files. Nothing is written before all
// steps are done, and each file appears whole or not at all.
func (j *job) run(ctx context.Context, t *terminal, progress segue.Progress) (*recommend.Result, []string, error) {
	if err := checkFolder(j.out); err != nil {
		return nil, nil, err
	}
	r := &recommend.Result{Name: j.name, Location: j.zone, Seed: j.train.Seed, Demo: j.demo}
	j.train.Progress = named("finding moods", progress)
	var c *segue.Catalog
	var plays []segue.Play
	steps := []struct {
		name string
		do   func() (err error)
	}{
		{"read the catalogue", func() (err error) {
			c, r.CatalogReport, err = t.readCatalog(ctx, j.catalog, progress)
			return err
		}},
		{"read the history", func() (err error) {
			if len(j.history) > 0 {
				plays, r.HistoryReport, err = t.readHistory(ctx, j.history, progress)
			}
			return err
		}},
		{"describe the catalogue", func() (err error) {
			r.Summary = catalog.Explore(c)
			return ctx.Err()
		}},
		{"match plays and find sessions", func() (err error) {
			if r.Music, err = place(c, j.model); err != nil {
				return inCatalogue(err, j.catalog, r.CatalogReport)
			}
			if r.Music, err = t.feltAs(ctx, r.Music, j.corrections); err != nil {
				return err
			}
			if plays != nil {
				if r.Listener, err = t.listen(ctx, r.Music, plays, recommend.ListenOptions{Location: j.zone, Gap: j.gap, Seed: j.train.Seed}); err != nil {
					return err
				}
			}
			// Whoever has to say more is asked before the long work.
			return noStart(j.wish.Check(r.Listener), r.Listener)
		}},
		{"profile the listener", func() (err error) {
			if r.Listener != nil {
				r.Profile, err = recommend.ProfileOf(ctx, r.Listener, recommend.ProfileOptions{Seed: j.train.Seed})
			}
			return err
		}},
		{"find moods", func() (err error) {
			learned, err := recommend.Learn(ctx, c, j.train)
			if err != nil {
				return inCatalogue(err, j.catalog, r.CatalogReport)
			}
			if j.model != "" { // which places and is shown beside those that were found
				r.Music.Training = learned.Training
			} else if r.Music = learned; len(j.corrections) > 0 {
				// The model's space may be another: what is alike there, too.
				var felt *taste.Taste
				if felt, _, err = r.Music.TasteOf(ctx, j.corrections); err == nil {
					r.Music, err = r.Music.As(ctx, felt)
				}
				if err != nil {
					return err
				}
			}
			r.Ranking, err = r.Music.Ranking(ctx)
			return err
		}},
		{"draw the curves over k", func() (err error) {
			r.Curves, err = mood.Curves(ctx, c, mood.CurveOptions{Features: j.train.Features, KMax: j.kmax, References: mood.DefaultReferences, Seed: j.train.Seed, Progress: named("trying numbers of clusters", progress)})
			return err
		}},
		{"build the hour", func() (err error) {
			r.Playlist, err = recommend.Plan(ctx, r.Music, r.Listener, r.Profile, j.wish)
			return noStart(err, r.Listener)
		}},
	}
	for _, s := range steps {
		start := time.Now()
		if err := s.do(); err != nil {
			return nil, nil, err
		}
		r.Steps = append(r.Steps, recommend.Step{Name: s.name, Seconds: time.Since(start).Seconds()})
	}
	start := time.Now()
	files, err := j.write(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	r.Steps = append(r.Steps, recommend.Step{Name: "write the files", Seconds: time.Since(start).Seconds()})
	return r, files, nil
}

// write puts the report, the models and the playlist into the job's folder and
// returns their names. Everything is rendered before the first file is written,
// and from then on nothing is cancelled: it takes a moment, and the files of
// one run belong together.
func (j *job) write(ctx context.Context, r *recommend.Result) ([]string, error) {
	type file struct {
		path string
		body bytes.Buffer
	}
	var whole []*file
	for _, f := range playlist.Formats() {
		w := &file{path: filepath.Join(j.out, "playlist."+string(f))}
		if err := playlist.Write(&w.body, f, r.Playlist); err != nil {
			return nil, err
		}
		whole = append(whole, w)
	}
	page := &file{path: filepath.Join(j.out, "report.html")}
	if err := report.Write(&page.body, r); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	names, err := saveModels(filepath.Join(j.out, "models"), r.Music.Training)
	if err != nil {
		return nil, err
	}
	for _, f := range append(whole, page) {
		if err := writeFile(f.path, func(w io.Writer) error { _, err := w.Write(f.body.Bytes()); return err }); err != nil {
			return nil, err
		}
		names = append(names, f.path)
	}
	return names, nil
}

// runView is what run prints: what the single commands print, by their names.
type runView struct {
	Catalog  *catalogView            `json:"catalog"`
	Train    *trainView              `json:"train"`
	Curves   *mood.CurveSet          `json:"curves"`
	History  *history.Report         `json:"history"`
	Sessions *recommend.SessionsView `json:"sessions"`
	Profile  *recommend.Profile      `json:"profile"`
	Playlist *playlist.Playlist      `json:"playlist"`
	Files    []string                `json:"files"`
	Steps    []recommend.Step        `json:"steps"`
	Seconds  float64                 `json:"seconds"`
}

func newRunView(r *recommend.Result, files []string) runView {
	v := runView{
		Catalog: &catalogView{lab.Described(r.Music.Catalog, r.CatalogReport, r.Summary), "", r.Steps[0].Seconds},
		Train:   &trainView{r.Music.Training, r.Ranking, lab.Agreements(r.Music.Catalog, r.Music.Training.Models), []string{}}, Curves: r.Curves, History: r.HistoryReport,
		Profile: r.Profile, Playlist: r.Playlist, Files: files, Steps: r.Steps, Seconds: r.Seconds(),
	}
	if r.Listener != nil {
		s := r.Listener.View()
		v.Sessions = &s
	}
	return v
}

func runText(w io.Writer, r *recommend.Result, files []string) {
	fmt.Fprintf(w, "%s tracks", thousands(r.CatalogReport.Tracks))
	if r.Listener != nil {
		fmt.Fprintf(w, ", %s plays in %s sessions; the catalogue knows %s of the listening time", thousands(len(r.Listener.Listening.Plays)), thousands(len(r.Listener.Sessions)), percent(r.Listener.Coverage.Time))
	}
	fmt.Fprintln(w)
	modelsTable(w, r.Music.Training.Models)
	if r.Profile != nil {
		profileText(w, r.Profile)
	}
	fmt.Fprintln(w)
	playlistText(w, r.Playlist)
	fmt.Fprintln(w)
	for _, s := range r.Steps {
		fmt.Fprintf(w, "%6.2f s  %s\n", s.Seconds, s.Name)
	}
	fmt.Fprintf(w, "\nThe report is %s, beside the playlist files and the models.\n", files[len(files)-1])
}

// parseGap reads the pause that ends a session.
func parseGap(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > 24*time.Hour {
		return 0, usage("--gap %q is not a pause; write one like 30m, at most 24h (default %v)", s, session.DefaultGap)
	}
	return d, nil
}
