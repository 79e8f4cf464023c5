package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"segue"
	"segue/outcome/experiment"
	"segue/outcome/stats"

	"github.com/spf13/cobra"
)

func experimentRead(t *terminal) *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "read DESIGN EVENTS…",
		Short: "Read an experiment: what was shown, and what was not",
		Long: `Read what came of an experiment from its exposures and events: counts, the
sample-ratio check, the primary measure with its interval, secondary measures
adjusted for their number, guardrails, and a verdict in plain words with its limits.

Units count in the arm they were first assigned to, whatever was played. Before a
fixed horizon estimates are withheld. Below ten in an arm nothing is claimed.`,
		Example: `  segue experiment read steps.json exposures.jsonl events.jsonl
  segue experiment read steps.json all.jsonl --at 2026-06-30T00:00:00Z --json`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, table, _, err := gatherFor(cmd.Context(), t, args, at)
			if err != nil {
				return err
			}
			r := experiment.Read(d, table)
			return t.print(r, func(w io.Writer) { printReading(w, d, r) })
		},
	}
	asOfFlag(cmd, &at)
	return cmd
}

func asOfFlag(cmd *cobra.Command, at *string) {
	cmd.Flags().StringVar(at, "at", "", "read as of this `TIME`, RFC 3339, and leave out what is later; by default now")
}

// gatherFor reads a design and its events as of a time.
func gatherFor(ctx context.Context, t *terminal, args []string, at string) (*experiment.Design, *experiment.Table, *experiment.Log, error) {
	asOf, err := asOfTime(at)
	if err != nil {
		return nil, nil, nil, err
	}
	d, err := openDesign(args[0])
	if err != nil {
		return nil, nil, nil, err
	}
	table, log, err := gather(ctx, t, d, args[1:], asOf)
	return d, table, log, err
}

// gather makes a design's table from files of events.
func gather(ctx context.Context, t *terminal, d *experiment.Design, paths []string, asOf time.Time) (*experiment.Table, *experiment.Log, error) {
	g := experiment.Gather(d, asOf)
	progress, done := t.progress()
	defer done()
	if err := (eventFiles{paths: paths}).each(ctx, progress, g.Add); err != nil {
		return nil, nil, err
	}
	table, log, err := g.Table()
	if err != nil {
		hint := ""
		if !errors.Is(err, experiment.ErrChanged) {
			hint = "the events do not fit the design"
		}
		return nil, nil, &segue.InputError{File: strings.Join(paths, ", "), Problem: err.Error(), Hint: hint}
	}
	return table, log, nil
}

func printReading(w io.Writer, d *experiment.Design, r *experiment.Reading) {
	fmt.Fprintf(w, "%s\n%s by %s, %s; sha256 %.16s…, as of %s\n\n", d.Title, kindWords(d.Kind), d.Unit, strings.ReplaceAll(string(d.Reading), "_", " "), r.Hash, r.AsOf.Format("2006-01-02 15:04 MST"))
	fmt.Fprintf(w, "%s\n\n", r.Verdict.Text)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "arm\tplanned\tunits\tlisteners\twith an outcome\tmean (interval)")
	for _, a := range r.Arms {
		fmt.Fprintf(tw, "%s\t%.0f %%\t%d\t%d\t%s\t%s\n", a.Arm, 100*a.Share, a.Units, a.Listeners, percentOf(a.Answered), estimateText(a.Mean))
	}
	tw.Flush()
	if r.Ratio.P.Known() {
		fmt.Fprintf(w, "sample-ratio check: %s\n", stats.PText(r.Ratio.P))
	}
	effects := func(title string, all []experiment.Effect) {
		if len(all) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s\n", title)
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		for _, e := range all {
			fmt.Fprintf(tw, "  %s\t%s − %s\t%s\tn = %d\t%s\t%s\n", e.Measure, e.Arm, e.Against, estimateText(e.Estimate), e.Estimate.N, pOf(e), e.Finding)
			for _, b := range e.Beside {
				fmt.Fprintf(tw, "  \t  %s\t%s\tn = %d\t\t\n", b.Name, estimateText(b.Estimate), b.Estimate.N)
			}
		}
		tw.Flush()
	}
	effects("The measure that decides", r.Primary)
	effects("Secondary measures", r.Secondary)
	if r.PrePost != nil {
		fmt.Fprintln(w, "\nBefore and after, distance from the target")
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		for _, a := range r.PrePost.Arms {
			fmt.Fprintf(tw, "  %s\tbefore %s\tafter %s\tchange %s\tn = %d\n", a.Arm, estimateText(a.Before), estimateText(a.After), estimateText(a.Change), a.Change.N)
		}
		tw.Flush()
	}
	if len(r.Guardrails) > 0 {
		fmt.Fprintln(w, "\nGuardrails, looked at at any time")
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		for _, g := range r.Guardrails {
			state := "goes on"
			if g.Stopped {
				state = "stop this arm"
			}
			fmt.Fprintf(tw, "  %s\t%s\t%s\tat least %s\tlimit %.4g\tn = %d\t%s\n", g.Measure, g.Arm, number(g.Estimate.Value, 3), number(g.Estimate.Lo, 3), g.Limit, g.Estimate.N, state)
		}
		tw.Flush()
	}
	list := func(title string, all []string) {
		if len(all) > 0 {
			fmt.Fprintf(w, "\n%s\n", title)
		}
		for _, line := range all {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	list("To know", r.Cautions)
	list("Limits", r.Verdict.Limits)
}

// estimateText writes an estimate with its interval, or why there is none.
func estimateText(e stats.Estimate) string {
	switch {
	case !e.Value.Known() && e.Reason != "":
		return "– (" + e.Reason + ")"
	case !e.Lo.Known() && !e.Hi.Known():
		return number(e.Value, 3)
	}
	return fmt.Sprintf("%s (%s to %s)", number(e.Value, 3), number(e.Lo, 3), number(e.Hi, 3))
}

func percentOf(e stats.Estimate) string {
	if !e.Value.Known() {
		return "–"
	}
	return fmt.Sprintf("%.0f %% (%.0f to %.0f %%)", 100*float64(e.Value), 100*float64(e.Lo), 100*float64(e.Hi))
}

func pOf(e experiment.Effect) string {
	if !e.P.Known() {
		return ""
	}
	if e.Adjusted.Known() && e.Adjusted != e.P {
		return stats.PText(e.P) + ", adjusted " + stats.PText(e.Adjusted)
	}
	return stats.PText(e.P)
}
