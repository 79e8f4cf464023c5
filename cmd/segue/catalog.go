package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"segue"
	"segue/catalog"
	"segue/lab"

	"github.com/spf13/cobra"
)

// catalogView is what catalog import and catalog show print.
type catalogView struct {
	*lab.Exploration
	Out     string  `json:"out,omitempty"`
	Seconds float64 `json:"seconds"`
}

func catalogCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{Use: "catalog", Short: "Read track tables: check, deduplicate, describe, convert",
		Example: "  segue catalog show tracks.csv", Args: cobra.NoArgs}
	var out string
	load := func(cmd *cobra.Command, args []string) (*segue.Catalog, *catalogView, error) {
		start := time.Now()
		progress, done := t.progress()
		defer done()
		c, report, err := t.readCatalog(cmd.Context(), args, progress)
		if err != nil {
			return nil, nil, err
		}
		t.warnings = nil // the view itself lists what could not be used
		e, err := lab.Explore(cmd.Context(), c, report, nil)
		if err != nil {
			return nil, nil, err
		}
		return c, &catalogView{e, "", time.Since(start).Seconds()}, nil
	}
	imp := &cobra.Command{
		Use:   "import F… -o catalog.parquet",
		Short: "Read track tables and write them as one Parquet file",
		Long: `Read track tables (CSV in several layouts, gzipped CSV, Parquet), check every
value, unite repeated ids, group reissues, and write one Parquet file. The report
adds up: rows = tracks + duplicates + dropped, each with its reason.`,
		Example: "  segue catalog import dataset.csv more.csv.gz -o catalog.parquet\n  segue catalog import decades-*.csv -o catalog.parquet --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usage("no file to write was named: add -o catalog.parquet")
			}
			if err := checkFile(out, splitPaths(args)...); err != nil {
				return err
			}
			c, v, err := load(cmd, args)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
				return err
			}
			if err := catalog.WriteParquet(cmd.Context(), out, c); err != nil {
				return err
			}
			v.Out = out
			return t.print(v, v.text)
		},
	}
	imp.Flags().StringVarP(&out, "out", "o", "", "the Parquet `FILE` to write")
	show := &cobra.Command{
		Use:     "show F…",
		Short:   "Describe track tables: rows, features, missing values, correlations, genres",
		Example: "  segue catalog show catalog.parquet\n  segue catalog show tracks.csv --json | jq .features.energy",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, v, err := load(cmd, args)
			if err != nil {
				return err
			}
			return t.print(v, v.text)
		},
	}
	cmd.AddCommand(imp, show)
	return cmd
}

// text writes the view for people.
func (v *catalogView) text(w io.Writer) {
	dropped := 0
	for _, n := range v.Dropped {
		dropped += n
	}
	fmt.Fprintf(w, "%s rows = %s tracks + %s duplicates + %s dropped\n", thousands(v.Rows), thousands(v.Tracks), thousands(v.Duplicates), thousands(dropped))
	for _, reason := range sortedKeys(v.Dropped) {
		fmt.Fprintf(w, "  dropped %s: %s\n", thousands(v.Dropped[reason]), reason)
	}
	fmt.Fprintf(w, "%s recordings once reissues are grouped; %s genres; version %.12s\n", thousands(v.Recordings), thousands(len(v.Genres)), v.Version)
	if v.BadValues > 0 {
		fmt.Fprintf(w, "%s values were unreadable or out of range, and count as missing. The first:\n", thousands(v.BadValues))
		for _, p := range v.Problems[:min(5, len(v.Problems))] {
			fmt.Fprintf(w, "  %s\n", p.Error())
		}
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "feature\tmean\tsd\tmin\t25 %\tmedian\t75 %\tmax\tmissing\t")
	for _, f := range segue.AllFeatures() {
		d := v.Features[f]
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", f, cell(d.Mean), cell(d.SD), cell(d.Min), cell(d.P25), cell(d.Median), cell(d.P75), cell(d.Max), thousands(d.Missing))
	}
	tw.Flush()
	if v.Out != "" {
		fmt.Fprintf(w, "\nwritten to %s\n", v.Out)
	}
}

// cell writes a number of a table, or a dash.
func cell(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3g", *v)
}

// sortedKeys returns the keys of m in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
