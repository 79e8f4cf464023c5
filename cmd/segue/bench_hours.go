package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"segue/bench"
	"segue/demo"
	"segue/playlist"
	"segue/recommend"

	"github.com/spf13/cobra"
)

// hoursFlags are the flags of bench --hours.
type hoursFlags struct {
	on, markdown        bool
	catalogs, histories []string
	zone                string
	cases, minutes      int
}

func (f *hoursFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&f.on, "hours", false, "plan random hours: how good, beside simpler methods, and how fast")
	catalogFlag(cmd, &f.catalogs)
	historyFlag(cmd, &f.histories)
	zoneFlag(cmd, &f.zone)
	fs.IntVar(&f.cases, "cases", 200, "how many random hours (with --quick 12)")
	fs.IntVar(&f.minutes, "minutes", 60, "how long each hour is, 10 to 180; 0 draws 20 to 120")
	fs.BoolVar(&f.markdown, "markdown", false, "print the tables of --hours as Markdown")
}

// check refuses what does not go together.
func (f *hoursFlags) check(cmd *cobra.Command, works []string) error {
	if f.on {
		switch {
		case len(works) > 0:
			return usage("--hours plans hours and measures no %s; name no work with it", works[0])
		case cmd.Flags().Changed("growth"), cmd.Flags().Changed("float"):
			return usage("--growth and --float belong to the numeric core; --hours plans hours")
		case f.minutes != 0 && (f.minutes < playlist.MinMinutes || f.minutes > playlist.MaxMinutes):
			return usage("--minutes %d is outside %d to %d, and not 0", f.minutes, playlist.MinMinutes, playlist.MaxMinutes)
		case f.cases < 1:
			return usage("--cases %d: ask for 1 or more", f.cases)
		case len(f.histories) > 0 && len(f.catalogs) == 0:
			return usage("a history needs the catalogue its tracks are in: add --catalog FILE")
		}
		return nil
	}
	for _, name := range []string{"catalog", "history", "tz", "cases", "minutes", "markdown"} {
		if cmd.Flags().Changed(name) {
			return usage("--%s belongs to --hours; add it", name)
		}
	}
	return nil
}

// benchHours measures hours and prints what came of it.
func (t *terminal) benchHours(cmd *cobra.Command, f hoursFlags, quick bool) error {
	o := bench.DefaultHours(quick)
	if cmd.Flags().Changed("cases") {
		o.Cases = f.cases
	}
	o.Minutes = f.minutes
	if cmd.Flags().Changed("seed") {
		o.Seed = t.seed
	}
	progress, done := t.progress()
	defer done()
	o.Progress = progress
	if len(f.catalogs) == 0 {
		dir, err := os.MkdirTemp("", "segue-bench")
		if err != nil {
			return fmt.Errorf("make a folder for invented music: %w", err)
		}
		defer os.RemoveAll(dir)
		catalog, histories, err := demo.Write(cmd.Context(), dir, demo.DefaultSeed)
		if err != nil {
			return err
		}
		f.catalogs, f.histories, f.zone = []string{catalog}, histories, demo.Zone
	}
	var err error
	if o.Music, o.Listener, o.Profile, err = t.hoursInput(cmd.Context(), f, o.Seed); err != nil {
		return err
	}
	r, err := bench.Hours(cmd.Context(), o)
	if err != nil {
		return err
	}
	done()
	return t.print(r, func(w io.Writer) { hoursText(w, r, f.markdown) })
}

// hoursInput reads the music and, if there is one, the listener.
func (t *terminal) hoursInput(ctx context.Context, f hoursFlags, seed uint64) (*recommend.Music, *recommend.Listener, *recommend.Profile, error) {
	zone, err := parseZone(f.zone)
	if err != nil {
		return nil, nil, nil, err
	}
	c, read, err := t.readCatalog(ctx, f.catalogs, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := recommend.Place(c)
	if err != nil {
		return nil, nil, nil, inCatalogue(err, f.catalogs, read)
	}
	if len(f.histories) == 0 {
		return m, nil, nil, nil
	}
	plays, _, err := t.readHistory(ctx, f.histories, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := t.listen(ctx, m, plays, recommend.ListenOptions{Location: zone, Seed: seed})
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := recommend.ProfileOf(ctx, l, recommend.ProfileOptions{Seed: seed})
	return m, l, p, err
}

// The bars of hours, met on a quiet machine. (docs/benchmarks.md)
const (
	passBar      = .95  // share of the cases the catalogue allows
	certifiedBar = .300 // seconds, from 1,000 candidates
	plainBar     = .060
	editBar      = .030
	choiceBar    = .010 // from 1.2 million tracks
	batchBar     = 100  // hours a second on two cores, from 300 candidates
)

// gapBar is the mean gap allowed with a number of candidates, 0 if there is none.
func gapBar(candidates int) float64 {
	switch candidates {
	case 100:
		return .05
	case 300:
		return .10
	case 1000:
		return .20
	}
	return 0
}

// verdict says whether a bar is met.
func verdict(met bool) string {
	if met {
		return "met"
	}
	return "not met"
}

// A hoursTable is one table of the report: a caption, a head and rows.
type hoursTable struct {
	caption string
	rows    [][]string
}

func hoursText(w io.Writer, r *bench.HoursReport, markdown bool) {
	of := "no history"
	if r.Heard > 0 {
		of = "a history of " + thousands(r.Heard) + " recordings"
	}
	long := fmt.Sprintf("%d minutes each", r.Minutes)
	if r.Minutes == 0 {
		long = "20 to 120 minutes"
	}
	fmt.Fprintf(w, "%s, %d cores, %s tracks, %s, random hours: %s, %s (seed %d)\n", r.Go, r.Cores, thousands(r.Tracks), of, thousands(r.Cases), long, r.Seed)
	tables := []hoursTable{gapTable(r), passTable(r)}
	for _, s := range r.Sizes {
		tables = append(tables, besideTable(s))
	}
	tables = append(tables, seedTable(r), timeTable(r))
	for _, t := range tables {
		if len(t.rows) > 1 {
			t.print(w, markdown)
		}
	}
}

// print writes a table as text in columns or as Markdown.
func (t hoursTable) print(w io.Writer, markdown bool) {
	fmt.Fprintf(w, "\n%s\n", t.caption)
	if markdown {
		fmt.Fprintln(w)
		for i, row := range t.rows {
			fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
			if i == 0 {
				fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(row)))
			}
		}
		return
	}
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	for _, row := range t.rows {
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	tw.Flush()
}

func gapTable(r *bench.HoursReport) hoursTable {
	t := hoursTable{"How far the cost can be from the least there is: gap (J − bound)/J, its mean over the cases with a 95 % interval.",
		[][]string{{"candidates", "gap", "median", "most", "proved least", "bar"}}}
	for _, s := range r.Sizes {
		if s.Gap == nil {
			continue
		}
		bar := "–"
		if b := gapBar(s.Candidates); b > 0 {
			bar = fmt.Sprintf("%.0f %%: %s", 100*b, verdict(s.Gap.Mean <= b))
		}
		t.rows = append(t.rows, []string{candidatesText(s), fmt.Sprintf("%s (%s–%s)", share(s.Gap.Mean), share(s.Gap.Lo), share(s.Gap.Hi)),
			share(s.Gap.Median), share(s.Gap.Most), percent(s.Optimal), bar})
	}
	return t
}

// candidatesText says how many candidates were asked for, and how many there were
// if that differs.
func candidatesText(s bench.HourSize) string {
	if s.Planned > 0 && math.Abs(s.Had-float64(s.Candidates)) > .5 {
		return fmt.Sprintf("%s (%.0f on average)", thousands(s.Candidates), s.Had)
	}
	return thousands(s.Candidates)
}

func passTable(r *bench.HoursReport) hoursTable {
	familiar := ""
	if r.Heard > 0 {
		familiar = fmt.Sprintf(", %d of them familiar,", bench.AllowingFamiliar)
	}
	t := hoursTable{fmt.Sprintf("Hours that pass every bar. A catalogue allows an hour if at every moment of its arc %d tracks or more%s lie within .10 of the plan.", bench.AllowingTracks, familiar),
		[][]string{{"candidates", "planned", "pass", "allowed", "… of which pass", "the others miss", "and relaxed", "relaxed nothing", "bar"}}}
	for _, s := range r.Sizes {
		bar := "–"
		if s.Candidates >= 300 && s.Allowed > 0 {
			bar = fmt.Sprintf("%.0f %%: %s", 100*passBar, verdict(float64(s.AllowedPassed) >= passBar*float64(s.Allowed)))
		}
		t.rows = append(t.rows, []string{candidatesText(s), fmt.Sprintf("%d of %d", s.Planned, s.Planned+s.Impossible), ofAll(s.Passed, s.Planned),
			fmt.Sprint(s.Allowed), ofAll(s.AllowedPassed, s.Allowed), counts(s.Missed), counts(s.Relaxed), fmt.Sprint(s.Silent), bar})
	}
	return t
}

func besideTable(s bench.HourSize) hoursTable {
	caption := fmt.Sprintf("Beside simpler methods, %s candidates: means, and how many pass the metric's bar. Greedy keeps every hard rule in %d of %d cases; in %d of these the hour costs no more.",
		thousands(s.Candidates), s.GreedyKept, s.Planned, s.NoDearer)
	if s.BoundAbove > 0 {
		caption += fmt.Sprintf(" In %d it costs less than the bound: the bound is wrong.", s.BoundAbove)
	}
	t := hoursTable{caption,
		[][]string{{"metric", "better", "Segue", "greedy", "random mix", "as good or better than greedy", "… than the mix"}}}
	for _, m := range s.Metrics {
		better := "less"
		if m.Least {
			better = "more"
		}
		t.rows = append(t.rows, []string{strings.ReplaceAll(m.Metric, "_", " "), better, armText(m.Plan), armText(m.Greedy), armText(m.Mix),
			percent(m.OverGreedy), percent(m.OverMix)})
	}
	return t
}

func armText(a bench.ArmMeasured) string {
	s := strconv.FormatFloat(a.Mean, 'g', 3, 64)
	if a.Passed != nil {
		s += fmt.Sprintf(" (%s)", percent(*a.Passed))
	}
	return s
}

func seedTable(r *bench.HoursReport) hoursTable {
	f := r.Seeds
	if f == nil {
		return hoursTable{}
	}
	return hoursTable{fmt.Sprintf("What another seed changes: %d seeds of %d cases, %s candidates.", f.Seeds, f.Cases, thousands(f.Candidates)), [][]string{
		{"", "mean", "median", "most"},
		{"tracks two hours share, of those in either", fmt.Sprintf("%s (%s–%s)", share(f.Overlap.Mean), share(f.Overlap.Lo), share(f.Overlap.Hi)), share(f.Overlap.Median), share(f.Overlap.Most)},
		{"difference of their costs", fmt.Sprintf("%s (%s–%s)", share(f.Cost.Mean), share(f.Cost.Lo), share(f.Cost.Hi)), share(f.Cost.Median), share(f.Cost.Most)},
		{"hours that pass every bar", share(f.Passed), "", ""},
		{"pairs of hours with the same tracks", fmt.Sprint(f.Same), "", ""},
	}}
}

func timeTable(r *bench.HoursReport) hoursTable {
	h := r.Times
	if h == nil {
		return hoursTable{}
	}
	t := hoursTable{fmt.Sprintf("Times on one core: %d hours from %s candidates, the least of %d rounds each.", h.Hours, thousands(h.Candidates), h.Rounds),
		[][]string{{"what", "median", "95 in 100 within", "least–most", "bar"}}}
	add := func(what string, s bench.Timing, bar float64, judged bool) {
		text := "–"
		if judged {
			text = fmt.Sprintf("%s: %s", duration(bar), verdict(s.Median <= bar))
		}
		t.rows = append(t.rows, []string{what, duration(s.Median), duration(s.P95), duration(s.Least) + "–" + duration(s.Most), text})
	}
	full := h.Candidates == 1000
	add("plan an hour, with its certificate", h.Certified, certifiedBar, full)
	add("plan an hour, without", h.Plain, plainBar, full)
	if h.Edit != nil {
		add("plan it again after one edit", *h.Edit, editBar, full)
	}
	if c := h.Choice; c != nil {
		add("choose candidates from "+thousands(c.Tracks)+" tracks", c.Timing, choiceBar, c.Tracks >= 1_200_000)
	}
	for _, b := range h.Batches {
		what := fmt.Sprintf("a batch of %d hours from %s candidates without certificates, %d cores", b.Hours, thousands(b.Candidates), b.Cores)
		bar := fmt.Sprintf("%d hours/s on two cores: %s", batchBar, verdict(b.ASecond*2 >= batchBar*float64(b.Cores)))
		if b.Plays > 0 {
			what += fmt.Sprintf(", each with %s plays to match and read", thousands(b.Plays))
			bar = "–"
		}
		t.rows = append(t.rows, []string{what, fmt.Sprintf("%.0f hours/s", b.ASecond), "", "", bar})
	}
	return t
}

// share writes a share as a percentage with one decimal.
func share(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// ofAll writes how many of how many there are, and the share.
func ofAll(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d (%s)", n, share(float64(n)/float64(of)))
}

// counts writes what happened how often, the most frequent first.
func counts(n map[string]int) string {
	names := make([]string, 0, len(n))
	for name := range n {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if n[a] != n[b] {
			return n[b] - n[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), n[name])
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}
