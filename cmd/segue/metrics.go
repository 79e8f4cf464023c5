package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/metric"

	"github.com/spf13/cobra"
)

func metricsCommand(t *terminal) *cobra.Command {
	var m metricsFlags
	cmd := &cobra.Command{
		Use:   "metrics EVENTS…",
		Short: "Compute product metrics from event records, with intervals",
		Long: `Compute what became of playlists from event records (JSON Lines or Parquet): how many
were heard to their end, tracks skipped early and what an adjustment changed of that, how
it felt and how many said so, weekly activity against a holdout, shares of the card, the
change towards the target; and harm: who ended farther from where they wanted to be or
felt much worse, late-night minutes, who withdrew. Each has a 95 % interval with listeners
as the unit, and the number of listeners and records behind it. docs/science.md §7 has the
definitions. Minutes in the app are no metric, on purpose.

--by day or week groups by when a playlist began, by the listener's clock; --by arm by the
arm of an experiment; --by cohort by rules in a file:

  {"schema": 1, "cohorts": [
    {"name": "late-night listeners", "where": {"all": [
      {"listening": "night_tracks", "at_least": 0.3}, {"listening": "tracks", "at_least": 50}]}},
    {"name": "mindfulness listeners", "where": {"fact": "mindfulness", "is": "yes"}},
    {"name": "Gen Z", "where": {"fact": "age_band", "in": ["16-19", "20-27"]}},
    {"name": "focus group A", "where": {"fact": "group", "is": "A"}}]}

Listening is night_tracks, night_records (shares, [0, 1]), playlists_a_week, days_a_week,
tracks_a_week, playlists, days or tracks; conditions are joined by all, any and not. Facts
are what listeners declared of themselves: --facts is a CSV of listener,fact,value.
--mentions is a CSV of day,count[,place]: posts elsewhere, which measure no audience.

Numbers over fewer than --least listeners are withheld. Of records with the same id of a
listener the first counts; they may come late and in any order.`,
		Example: "  segue metrics events.jsonl --by week\n" +
			"  segue metrics may.parquet june.parquet --by cohort --cohorts cohorts.json --facts facts.csv --json\n" +
			"  segue metrics events.jsonl --by arm --holdout holdout --metric active_uplift,opt_out",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.run(cmd, t, splitPaths(args))
		},
	}
	f := cmd.Flags()
	f.StringVar(&m.by, "by", "", "`GROUPS` beside the whole: day, week, cohort or arm")
	f.StringVar(&m.cohorts, "cohorts", "", "rules of cohorts: `F`, JSON")
	f.StringVar(&m.facts, "facts", "", "what listeners declared: `F`, CSV of listener,fact,value")
	f.StringVar(&m.mentions, "mentions", "", "posts elsewhere: `F`, CSV of day,count[,place]")
	f.StringVar(&m.experiment, "experiment", "", "`ID` of the experiment whose arms are meant (default: the only one)")
	f.StringVar(&m.holdout, "holdout", "", "`ARM` without the feature, to compare weekly activity with")
	f.StringVar(&m.since, "since", "", "first `DAY` that counts, such as 2024-05-06, by listeners' clocks")
	f.StringVar(&m.until, "until", "", "last `DAY` that counts")
	f.IntVar(&m.least, "least", outcome.GroupLeast, "fewest listeners behind any number; 1 shows all, for data of one's own")
	f.StringSliceVar(&m.only, "metric", nil, "show `KEY[,KEY…]` only: "+strings.Join(metricKeys(), ", "))
	for flag, kinds := range map[string][]string{"cohorts": {"json"}, "facts": {"csv"}, "mentions": {"csv"}} {
		_ = cmd.MarkFlagFilename(flag, kinds...)
	}
	_ = cmd.RegisterFlagCompletionFunc("by", cobra.FixedCompletions([]string{"day", "week", "cohort", "arm"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func metricKeys() []string {
	var keys []string
	for _, d := range metric.Definitions() {
		keys = append(keys, string(d.Key))
	}
	return keys
}

// metricsFlags are what the metrics command was asked.
type metricsFlags struct {
	by, cohorts, facts, mentions      string
	experiment, holdout, since, until string
	least                             int
	only                              []string
}

// metricsView is what the metrics command prints.
type metricsView struct {
	*metric.Report
	Duplicates int `json:"duplicates"` // records whose id came before
}

func (m *metricsFlags) run(cmd *cobra.Command, t *terminal, paths []string) error {
	read, collect, err := m.options()
	if err != nil {
		return err
	}
	progress, done := t.progress()
	defer done()
	// Millions of small sums and one great set of hashes stay: collected at the usual pace,
	// what is dropped meanwhile would take as much again.
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	c := metric.NewCollector(collect)
	duplicates, err := eventFiles{paths: paths}.distinct(cmd.Context(), progress, func(events []event.Event) error {
		for i := range events {
			c.Add(&events[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	r, err := c.Read(cmd.Context(), read)
	if err != nil {
		if cmd.Context().Err() != nil {
			return err
		}
		return usage("%v", err)
	}
	done()
	v := metricsView{r, duplicates}
	return t.print(v, func(w io.Writer) { metricsText(w, v) })
}

// options reads the flags and the files they name, before the long work.
func (m *metricsFlags) options() (read metric.ReadOptions, collect metric.Options, err error) {
	read = metric.ReadOptions{By: metric.By(m.by), Experiment: m.experiment, Holdout: m.holdout, Least: m.least}
	switch {
	case !slices.Contains([]metric.By{metric.Whole, metric.Day, metric.Week, metric.ByCohort, metric.Arm}, read.By):
		return read, collect, usage("--by %q is none of day, week, cohort and arm", m.by)
	case m.by == "cohort" && m.cohorts == "":
		return read, collect, usage("--by cohort needs the rules: add --cohorts F")
	case m.by != "cohort" && (m.cohorts != "" || m.facts != ""):
		return read, collect, usage("--cohorts and --facts belong to --by cohort")
	case m.least < 1 || m.least > 1_000_000:
		return read, collect, usage("--least %d is not 1 to 1 000 000 listeners", m.least)
	}
	keys := metricKeys()
	for _, k := range m.only {
		read.Only = append(read.Only, metric.Key(k))
		if !slices.Contains(keys, k) {
			return read, collect, usage("there is no metric %q; there are %s", k, strings.Join(keys, ", "))
		}
	}
	if collect.Since, err = parseDay("since", m.since); err != nil {
		return read, collect, err
	}
	if collect.Until, err = parseDay("until", m.until); err != nil {
		return read, collect, err
	}
	if !collect.Since.IsZero() && !collect.Until.IsZero() && collect.Until.Before(collect.Since) {
		return read, collect, usage("--until %s lies before --since %s", m.until, m.since)
	}
	if m.cohorts != "" {
		err := readNamed(m.cohorts, func(r io.Reader) error {
			b, err := io.ReadAll(io.LimitReader(r, metric.MaxCohortFile+1))
			if err == nil {
				read.Cohorts, err = metric.ParseCohorts(b)
			}
			return err
		})
		if err != nil {
			return read, collect, err
		}
	}
	if m.facts != "" {
		err := readNamed(m.facts, func(r io.Reader) (err error) { read.Facts, err = metric.ReadFacts(r, read.Cohorts); return err })
		if err != nil {
			return read, collect, err
		}
	}
	if m.mentions != "" {
		err := readNamed(m.mentions, func(r io.Reader) (err error) { read.Mentions, err = metric.ReadMentions(r); return err })
		if err != nil {
			return read, collect, err
		}
	}
	return read, collect, nil
}

// parseDay reads a day; "" is none.
func parseDay(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return day, usage("--%s %q is not a day; write one like 2024-05-06", flag, s)
	}
	return day, nil
}

// readNamed reads a file and puts its name into what is wrong with it.
func readNamed(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	err = read(f)
	var input *segue.InputError
	if errors.As(err, &input) && input.File == "" {
		named := *input
		named.File = path
		return &named
	}
	return err
}

// metricSpan writes the days of a report.
func metricSpan(r *metric.Report) string {
	from, err1 := time.Parse(time.DateOnly, r.From)
	to, err2 := time.Parse(time.DateOnly, r.To)
	switch {
	case err1 != nil || err2 != nil:
		return ""
	case r.From == r.To:
		return ", " + from.Format("2 January 2006")
	}
	return fmt.Sprintf(", %s to %s", from.Format("2 January 2006"), to.Format("2 January 2006"))
}
