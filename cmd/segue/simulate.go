package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"segue"
	"segue/demo"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/outcome/stats"
	"segue/playlist"
	"segue/recommend"
	"segue/simulate"

	"github.com/spf13/cobra"
)

// simulateJob is what a call of the command asks for.
type simulateJob struct {
	world, arms, reading, missing string
	catalogs                      []string
	events, design                string
	taste                         bool
	corrections                   int
	loop                          bool
	policy                        string
	panel                         simulate.PanelOptions
	each                          simulate.Options
}

// The names of --world beside those of the worlds.
const (
	everyWorld = "all"
	sameArms   = "aa"
)

func simulateCommand(t *terminal) *cobra.Command {
	var j simulateJob
	cmd := &cobra.Command{
		Use:   "simulate --world iso|wide|null|aa|all",
		Short: "Try the engine on invented listeners of whom the truth is known",
		Long: `Invent listeners, the state they are in at every minute, their tastes, habits and
histories; let them ask for hours over weeks, in an experiment that assigns arms,
plans real playlists, and writes real events; read it as any experiment is read; and
hold what the engine concluded against what is true. Repeat that --runs times.

The worlds say what music does. In iso a track near the state draws it along, and one
far from it is rejected: small steps should win. In wide every track draws the state
as strongly: starting at the target should win. In null no track does anything, and
in aa both arms are the same: there nothing should be claimed, in at most 5 % of the
runs. They are inventions to test the engine, and no claims about people: docs/science.md
§7, "The simulator", has their equations.

With --loop nothing is compared by experiment: the adaptive loop chooses how each hour is
built, learns from what was said of it, and starts anew in every run. Shown are which arm
it came to draw, what it lost against the best action, and what its records say of what
it learned, beside what is true.

An always valid reading is made after every single outcome, and whatever is claimed at
any of them counts as claimed. Without --runs there are 100 experiments of iso and of
wide, and 400 where nothing should be claimed. Without --catalog the music is that of
the demonstration.

With --taste no worlds are run. Listeners whose places of tracks differ from the
catalogue's in known ways correct some tracks, and what is learned of the others is
held against the truth: where there is something to learn, and where there is not.`,
		Example: "  segue simulate --world all\n  segue simulate --world null --listeners 24 --days 28 --runs 400 --json\n  segue simulate --world iso --runs 1 --events events.jsonl --design design.json\n  segue simulate --taste --corrections 20\n  segue simulate --loop --world all",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if j.taste {
				for _, flag := range []string{"world", "loop", "policy", "events", "design", "histories"} {
					if cmd.Flags().Changed(flag) {
						return usage("--taste tries corrections, not worlds: leave out --%s", flag)
					}
				}
				return j.tastes(cmd.Context(), t, cmd.Flags().Changed("listeners"))
			}
			return j.run(cmd.Context(), t)
		},
	}
	f := cmd.Flags()
	f.StringVar(&j.world, "world", "", "`WORLD`: iso, wide, null, aa (iso, with two arms that are the same), or all")
	f.BoolVar(&j.taste, "taste", false, "try personal corrections of where tracks lie instead, on 200 --listeners of each kind")
	f.IntVar(&j.corrections, "corrections", 20, "tracks that each listener corrects, with --taste")
	f.StringVar(&j.arms, "arms", "iso,compensatory", "`ARMS` with commas, of iso, compensatory and shuffle; the first is compared with each other")
	f.IntVar(&j.panel.Listeners, "listeners", 48, "listeners in each experiment")
	f.IntVar(&j.each.Days, "days", 112, "days that they take part")
	f.IntVar(&j.each.Runs, "runs", 0, "experiments in each world; 0 is 100, or 400 where nothing should be claimed")
	f.StringVar(&j.reading, "reading", "always", "`always` valid, read after every outcome; or fixed, read once at the end")
	f.StringVar(&j.missing, "missing", string(simulate.AtRandom), "`who` does not say how it was: at_random, not_at_random (sooner whom it did not help), leavers (who stopped the music), nobody")
	f.IntVar(&j.panel.Minutes, "minutes", 60, "length of an hour")
	catalogFlag(cmd, &j.catalogs)
	f.StringVar(&j.panel.Exports, "histories", "", "write histories as streaming accounts' exports into `DIR`, and read them from there")
	f.BoolVar(&j.loop, "loop", false, "try the adaptive loop in place of experiments: 20 runs of each world, 100 of null")
	f.StringVar(&j.policy, "policy", "", "with --loop: a policy's `FILE`; default the shipped one")
	f.StringVar(&j.events, "events", "", "write the events of the first run to `FILE`, as JSON Lines; one world only")
	f.StringVar(&j.design, "design", "", "write the design of the first run to `FILE`, for 'segue experiment'; one world only")
	_ = cmd.MarkFlagFilename("events", "jsonl")
	_ = cmd.MarkFlagFilename("design", "json")
	return cmd
}

// run makes a panel and runs each world on it.
func (j *simulateJob) run(ctx context.Context, t *terminal) error {
	if j.loop {
		return j.runLoop(ctx, t)
	}
	if j.policy != "" {
		return usage("--policy is of the adaptive loop: add --loop")
	}
	all, err := j.options()
	if err != nil {
		return err
	}
	if err := j.panel.Check(); err != nil {
		return err
	}
	for _, o := range all {
		if err := o.Check(); err != nil {
			return err
		}
	}
	for _, f := range []string{j.events, j.design} {
		if f != "" {
			if err := checkFile(f, splitPaths(j.catalogs)...); err != nil {
				return err
			}
		}
	}
	progress, done := t.progress()
	defer done()
	began := time.Now()
	p, err := j.invited(ctx, t, progress)
	if err != nil {
		return err
	}
	v := simulate.Set{}
	for _, o := range all {
		o.Progress = progress
		r, err := p.Run(ctx, o, j.keep())
		if err != nil {
			return err
		}
		v.Results = append(v.Results, r)
	}
	v.Seconds = time.Since(began).Seconds()
	done()
	return t.print(v, func(w io.Writer) { simulateText(w, &v) })
}

// options returns what to simulate, one after the other.
func (j *simulateJob) options() ([]simulate.Options, error) {
	o := j.each
	switch j.reading {
	case "always":
		o.Reading = experiment.AlwaysValid
	case "fixed":
		o.Reading = experiment.FixedHorizon
	default:
		return nil, usage("--reading %q is none; use always or fixed", j.reading)
	}
	o.Missing = simulate.Missing(j.missing)
	for name := range strings.SplitSeq(j.arms, ",") {
		o.Arms = append(o.Arms, playlist.Arm(strings.ToLower(strings.TrimSpace(name))))
	}
	worlds := []string{j.world}
	switch {
	case j.world == "":
		return nil, usage("no world was named: add --world iso, wide, null, aa or all; or --taste")
	case j.world == everyWorld:
		worlds = []string{string(simulate.Iso), string(simulate.Wide), string(simulate.Null), sameArms}
		if j.events != "" || j.design != "" {
			return nil, usage("--events and --design are of one experiment; name one world with --world")
		}
	}
	var all []simulate.Options
	for _, name := range worlds {
		one := o
		switch name {
		case sameArms:
			one.World, one.Same = simulate.Iso, true
		default:
			w, err := simulate.ParseWorld(name)
			if err != nil {
				return nil, usage("--world %q is none; use iso, wide, null, aa or all", name)
			}
			one.World = w
		}
		if one.Runs == 0 {
			one.Runs = 100
			if one.Same || one.World == simulate.Null {
				one.Runs = 400
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// invited makes the panel of listeners, each with a history.
func (j *simulateJob) invited(ctx context.Context, t *terminal, progress segue.Progress) (*simulate.Panel, error) {
	m, err := j.music(ctx, t, progress)
	if err != nil {
		return nil, err
	}
	j.panel.Seed, j.panel.Progress = t.seed, progress
	return simulate.NewPanel(ctx, m, j.panel)
}

// music reads the catalogue, or makes the demonstration's.
func (j *simulateJob) music(ctx context.Context, t *terminal, progress segue.Progress) (*recommend.Music, error) {
	paths := j.catalogs
	if len(paths) == 0 {
		dir, err := os.MkdirTemp("", "segue-simulate-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		var b bytes.Buffer
		if err := demo.Generate(demo.DefaultSeed).CatalogCSV(&b); err != nil {
			return nil, err
		}
		paths = []string{filepath.Join(dir, "demo.csv")}
		if err := os.WriteFile(paths[0], b.Bytes(), 0o600); err != nil {
			return nil, err
		}
	}
	c, report, err := t.readCatalog(ctx, paths, progress)
	if err != nil {
		return nil, err
	}
	m, err := recommend.Place(c)
	if err != nil {
		return nil, inCatalogue(err, paths, report)
	}
	return m, nil
}

// keep returns what writes the first run's design and events, nil if nobody asked.
func (j *simulateJob) keep() func(*experiment.Design, []event.Event) error {
	if j.events == "" && j.design == "" {
		return nil
	}
	return func(d *experiment.Design, events []event.Event) error {
		if j.design != "" {
			if err := writeFile(j.design, func(w io.Writer) error {
				b, err := json.MarshalIndent(d, "", "  ")
				if err == nil {
					_, err = w.Write(append(b, '\n'))
				}
				return err
			}); err != nil {
				return err
			}
		}
		if j.events == "" {
			return nil
		}
		return j.writeEvents(events)
	}
}

// writeEvents writes a run's events to the file that was asked for.
func (j *simulateJob) writeEvents(events []event.Event) error {
	return writeFile(j.events, func(w io.Writer) error {
		lines := event.NewLineWriter(w)
		if err := lines.Write(events...); err != nil {
			return err
		}
		return lines.Flush()
	})
}

// simulateText writes what was concluded beside what is true.
func simulateText(w io.Writer, v *simulate.Set) {
	for i, r := range v.Results {
		if i > 0 {
			fmt.Fprintln(w)
		}
		resultText(w, r)
	}
	fmt.Fprintf(w, "\n%.0f s. The worlds are inventions to test the engine, and no claims about people.\n", v.Seconds)
}

func resultText(w io.Writer, r *simulate.Result) {
	fmt.Fprintf(w, "%s\n", worldText(r))
	how := "read after every outcome"
	if r.Reading == experiment.FixedHorizon {
		how = "read once, at the end"
	}
	fmt.Fprintf(w, "  %s experiments of %d listeners over %d days, %.0f hours each, %.0f with an answer; %s.\n", thousands(r.Runs), r.Listeners, r.Days, r.Hours, r.Outcomes, how)
	for _, c := range r.Comparisons {
		fmt.Fprintf(w, "  %s − %s\n", c.Arm, c.Against)
		if c.Prefers == "" {
			fmt.Fprintf(w, "    true        %s: %s\n", around(c.True), noneBetter(c))
		} else {
			fmt.Fprintf(w, "    true        %s: %s is better; as reported %s, which takes %s hours to find in 95 %% of experiments\n", around(c.True), c.Prefers, around(c.Reported), thousands(c.Needed))
		}
		fmt.Fprintf(w, "    concluded   %s better in %d, %s better in %d, not shown in %d, nothing said in %d\n", c.Arm, c.Better, c.Against, c.Worse, c.NotShown, c.Nothing)
		if c.Right.Defined() {
			fmt.Fprintf(w, "    right       %s", shareOf(c.Right))
			if c.Soonest.Known() {
				fmt.Fprintf(w, "; half of the claims by %s outcomes", thousands(int(c.Soonest)))
			}
			fmt.Fprintln(w)
		}
		if c.Covered.Defined() {
			fmt.Fprintf(w, "    intervals   %s of the last ones hold what an endless experiment would find\n", shareOf(c.Covered))
		}
	}
	fmt.Fprintf(w, "  false claims  %s\n", shareOf(r.FalseClaims))
	if r.Stopped > 0 {
		fmt.Fprintf(w, "  not read      %d, for the shares of their arms\n", r.Stopped)
	}
	fmt.Fprintf(w, "  Without a control the same hours would read as %s nearer to the target (d_z %s), whatever the music did.\n", around(r.Uncontrolled), number(r.DZ, 2))
}

// worldText says what is true in a result's world.
func worldText(r *simulate.Result) string {
	switch {
	case r.Same:
		return "A/A: both arms are the same"
	case r.World == simulate.Iso:
		return "ISO: a track near the state draws it along, one far from it is rejected"
	case r.World == simulate.Wide:
		return "WIDE: every track draws the state, however far it lies"
	}
	return "NULL: no track does anything"
}

func noneBetter(c simulate.Comparison) string {
	if c.True.Value == 0 {
		return "neither is better"
	}
	return "which is better is not clear from so few hours"
}

// around writes an estimate with its interval.
func around(e stats.Estimate) string {
	if !e.Defined() {
		return number(e.Value, 3)
	}
	return fmt.Sprintf("%.3f (%.3f to %.3f)", float64(e.Value), float64(e.Lo), float64(e.Hi))
}

// shareOf writes a share with its interval.
func shareOf(e stats.Estimate) string {
	if !e.Defined() {
		return "–"
	}
	return fmt.Sprintf("%.1f %% of %s (%.1f to %.1f %%)", 100*float64(e.Value), thousands(e.N), 100*float64(e.Lo), 100*float64(e.Hi))
}
