package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"segue"
	"segue/catalog"
	"segue/history"

	"github.com/spf13/cobra"
)

// splitPaths turns F[,F…], possibly repeated, into paths. A comma that is part
// of an existing file's name does not split it.
func splitPaths(args []string) []string {
	var out []string
	for _, a := range args {
		if _, err := os.Stat(a); err == nil || !strings.Contains(a, ",") {
			out = append(out, a)
			continue
		}
		for p := range strings.SplitSeq(a, ",") {
			if p = strings.TrimSpace(p); p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// catalogFlag adds --catalog to cmd.
func catalogFlag(cmd *cobra.Command, paths *[]string) {
	cmd.Flags().StringArrayVar(paths, "catalog", nil, "track tables: `F[,F…]`, CSV, CSV.gz or Parquet")
	_ = cmd.MarkFlagFilename("catalog", "csv", "gz", "parquet")
}

// historyFlag adds --history to cmd.
func historyFlag(cmd *cobra.Command, paths *[]string) {
	cmd.Flags().StringArrayVar(paths, "history", nil, "listening exports: `F[,F…]`, files, folders or the ZIP as it came")
}

// zoneFlag adds --tz to cmd.
func zoneFlag(cmd *cobra.Command, zone *string) {
	cmd.Flags().StringVar(zone, "tz", "UTC", "the listener's time `ZONE`, such as Europe/Lisbon; exports do not hold it")
}

// parseZone reads an IANA zone name.
func parseZone(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, usage("--tz %q is not a time zone; write one like Europe/Lisbon or Asia/Ho_Chi_Minh", name)
	}
	return loc, nil
}

// readCatalog reads the track tables of --catalog.
func readCatalog(ctx context.Context, paths []string, progress segue.Progress) (*segue.Catalog, *catalog.Report, error) {
	paths = splitPaths(paths)
	if len(paths) == 0 {
		return nil, nil, usage("no catalogue was named: add --catalog FILE")
	}
	return catalog.Read(ctx, paths, catalog.Options{Progress: named("reading the catalogue", progress)})
}

// readHistory reads the exports of --history.
func readHistory(ctx context.Context, paths []string, progress segue.Progress) ([]segue.Play, *history.Report, error) {
	paths = splitPaths(paths)
	if len(paths) == 0 {
		return nil, nil, usage("no listening history was named: add --history FILE")
	}
	return history.Read(ctx, paths, history.Options{Progress: named("reading the history", progress)})
}

// named gives all stages of p one name, for steps whose inner stages are of no
// interest to the person waiting.
func named(stage string, p segue.Progress) segue.Progress {
	if p == nil {
		return nil
	}
	return func(_ string, done, total int64) { p(stage, done, total) }
}

// percent writes a share as a whole percentage.
func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// thousands writes a count with spaces between groups of three digits.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
