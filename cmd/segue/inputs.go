package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"segue"
	"segue/catalog"
	"segue/history"
	"segue/mood"
	"segue/recommend"

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

// modelFlag adds --model to cmd.
func modelFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "model", "", "the model that places the tracks: a `FILE` of 'segue train -o DIR' on this catalogue; without it the usual plane does")
	_ = cmd.MarkFlagFilename("model", "json")
}

// place places the tracks of a catalogue, by the model of --model if one was named.
func place(c *segue.Catalog, model string) (*recommend.Music, error) {
	if model == "" {
		return recommend.Place(c)
	}
	m, err := readModel(model)
	if err != nil {
		return nil, err
	}
	music, err := recommend.With(c, m)
	if errors.Is(err, recommend.ErrOtherCatalog) {
		return nil, &segue.InputError{File: model, Problem: "this model was trained on another catalogue", Hint: "name that one with --catalog, or train a model on this one"}
	}
	return music, err
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
	if err != nil || name == "" || name == "Local" {
		return nil, usage("--tz %q is not a time zone; write one like Europe/Lisbon or Asia/Ho_Chi_Minh", name)
	}
	return loc, nil
}

// noteZone tells a person who named no --tz by whose clock hours, nights and
// days were read: exports hold no zone, and none is guessed.
func (t *terminal) noteZone(cmd *cobra.Command) {
	if !cmd.Flags().Changed("tz") {
		t.warn("no time zone was named, so hours, nights and days are those of UTC; add --tz ZONE, such as --tz Europe/Lisbon")
	}
}

// noteStart tells how old the mood is that an hour without --from starts at.
func (t *terminal) noteStart(l *recommend.Listener, zone *time.Location) {
	if at, ok := l.LastMoodAt(); ok {
		t.warn("it starts at the mood of your last session that shows one, of %s; add --from MOOD to say how you are now", at.In(zone).Format("2 January 2006"))
	}
}

// readCatalog reads the track tables of --catalog, and says if values in them
// could not be used.
func (t *terminal) readCatalog(ctx context.Context, paths []string, progress segue.Progress) (*segue.Catalog, *catalog.Report, error) {
	paths = splitPaths(paths)
	if len(paths) == 0 {
		return nil, nil, usage("no catalogue was named: add --catalog FILE")
	}
	c, report, err := catalog.Read(ctx, paths, catalog.Options{Progress: named("reading the catalogue", progress)})
	if err == nil && report.BadValues > 0 {
		t.warn("%s values of the catalogue were unreadable or out of range and count as missing; 'segue catalog show' lists the first", thousands(report.BadValues))
	}
	return c, report, err
}

// readHistory reads the exports of --history.
func (t *terminal) readHistory(ctx context.Context, paths []string, progress segue.Progress) ([]segue.Play, *history.Report, error) {
	paths = splitPaths(paths)
	if len(paths) == 0 {
		return nil, nil, usage("no listening history was named: add --history FILE")
	}
	return history.Read(ctx, paths, history.Options{Progress: named("reading the history", progress)})
}

// listen lays a history beside the music, and says if they have nothing in
// common.
func (t *terminal) listen(ctx context.Context, m *recommend.Music, plays []segue.Play, o recommend.ListenOptions) (*recommend.Listener, error) {
	l, err := recommend.Listen(ctx, m, plays, o)
	if err == nil && m != nil && l.Coverage.PlaysMatched == 0 {
		t.warn("none of the %s plays is of a track in the catalogue; a catalogue that holds this music would say more", thousands(len(plays)))
	}
	return l, err
}

// inCatalogue adds to an error about a catalogue's tracks which files they came
// from, and whether they held values that could not be used.
func inCatalogue(err error, paths []string, report *catalog.Report) error {
	if !errors.Is(err, mood.ErrTooFewTracks) && !errors.Is(err, mood.ErrConstantFeature) && !errors.Is(err, mood.ErrNoPlane) {
		return err
	}
	problem := complaint(err)
	if report != nil && report.BadValues > 0 {
		problem += fmt.Sprintf(" (%s values in it were unreadable or out of range: 'segue catalog show' lists the first)", thousands(report.BadValues))
	}
	return &segue.InputError{File: strings.Join(splitPaths(paths), ", "), Problem: problem}
}

// noStart says how to name a start where none could be found, and why.
func noStart(err error, l *recommend.Listener) error {
	var wish *recommend.WishError
	if errors.As(err, &wish) {
		return fmt.Errorf("--%w", err)
	}
	if !recommend.NeedsStart(err) {
		return err
	}
	const add = "say how it starts: add --from, such as --from calm or --from .3,.7"
	switch {
	case l == nil:
		return usage("without a history nothing tells where the hour begins; %s", add)
	case l.Coverage.PlaysMatched == 0:
		return usage("none of the %s plays is of a track in the catalogue, so no session shows a mood; %s; or bring a catalogue that holds this music", thousands(l.Coverage.PlaysTotal), add)
	default:
		return usage("no session of the history shows a mood yet; %s", add)
	}
}

// checkKMax reads the largest number of clusters of the curves.
func checkKMax(k int) error {
	if k < 2 || k > mood.MaxCurveK {
		return usage("--kmax %d is outside 2 to %d", k, mood.MaxCurveK)
	}
	return nil
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
