package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"segue"
	"segue/audit"
	"segue/labels"
	"segue/mood"
	"segue/recommend"
	"segue/report"
	"segue/tell"

	"github.com/spf13/cobra"
)

func auditCommand(t *terminal) *cobra.Command {
	var catalogs, models []string
	var table, scale, out string
	var replicates int
	cmd := &cobra.Command{
		Use:   "audit --labels F --catalog F",
		Short: "Hold the moods of models against what people say of the tracks",
		Long: `Join a table of labels to a catalogue and say how far models agree with it.

The table has one row for what somebody says of a track: valence and arousal on any
scale, or the name of a mood (happy, calm, sad, angry, their like in several
languages, or q1 to q4), and which track it is: an id, an ISRC, or artist and title.
It may be larger than memory. Tracks are found by the match ladder.

Held against it are the naming of k-means, of the mixture and of fuzzy c-means, the
place on the plane, valence and energy cut at 0.5 and at their medians, the supervised
model on artists it had not seen, always the most frequent mood, and saved models named
by --model. Intervals come from draws of whole artists; differences are from the naming
of k-means, on the same draws. Labels that look as if they were computed from the
features are warned of: what agrees with them says nothing of people.`,
		Example: "  segue audit --labels moods.csv --catalog catalog.parquet\n  segue audit --labels deam.csv --scale 1,9 --catalog a.csv,b.csv --model models/model-1a2b.json -o audit.html --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if table == "" {
				return usage("no labels were named: add --labels FILE")
			}
			if replicates < 100 || replicates > 100_000 {
				return usage("--draws %d is outside 100 to 100000", replicates)
			}
			o := recommend.AuditOptions{Seed: t.seed, Replicates: replicates}
			for _, path := range splitPaths(models) {
				m, err := readModel(path)
				if err != nil {
					return err
				}
				o.Models = append(o.Models, m)
			}
			progress, done := t.progress()
			defer done()
			o.Progress = progress
			c, read, err := t.readCatalog(cmd.Context(), catalogs, progress)
			if err != nil {
				return err
			}
			music, err := recommend.Place(c)
			if err != nil {
				return inCatalogue(err, catalogs, read)
			}
			l, joined, err := readLabels(cmd.Context(), music, table, scale, progress)
			if err != nil {
				return err
			}
			a, err := music.Audit(cmd.Context(), l, joined, o)
			if err != nil {
				return inCatalogue(err, catalogs, read)
			}
			done()
			v := auditView{a, ""}
			if out != "" {
				if err := writeFile(out, func(w io.Writer) error { return report.WriteAudit(w, a) }); err != nil {
					return err
				}
				v.Report = out
			}
			return t.print(v, v.text)
		},
	}
	catalogFlag(cmd, &catalogs)
	labelsFlags(cmd, &table, &scale)
	cmd.Flags().StringArrayVar(&models, "model", nil, "saved models to audit, too: `F[,F…]`")
	cmd.Flags().IntVar(&replicates, "draws", audit.DefaultReplicates, "draws of artists for the intervals")
	cmd.Flags().StringVarP(&out, "out", "o", "", "write the audit as an HTML page to `FILE`")
	return cmd
}

// labelsFlags adds --labels and --scale to cmd.
func labelsFlags(cmd *cobra.Command, table, scale *string) {
	cmd.Flags().StringVar(table, "labels", "", "table of what people say of tracks: `FILE`, CSV, CSV.gz or Parquet")
	cmd.Flags().StringVar(scale, "scale", "", "ends of the scale of valence and arousal, `LO,HI`, such as 1,9; without it the scale is found")
	_ = cmd.MarkFlagFilename("labels", "csv", "tsv", "gz", "parquet")
}

// readLabels reads the table of --labels and joins it to the music.
func readLabels(ctx context.Context, m *recommend.Music, path, scale string, progress segue.Progress) (*mood.Labels, *recommend.LabelReport, error) {
	o := labels.Options{Progress: named("reading the labels", progress)}
	if scale != "" {
		s, err := labels.ParseScale(scale)
		if err != nil {
			return nil, nil, fmt.Errorf("--scale: %w", err)
		}
		o.Scale = s
	}
	return m.Labels(func(each func(labels.Row) error) (*labels.Report, error) {
		return labels.Read(ctx, path, o, each)
	})
}

// auditView is what audit prints.
type auditView struct {
	*recommend.Audit
	Report string `json:"report"` // the page that was written; empty if none
}

func (v auditView) text(w io.Writer) {
	a := v.Audit
	paragraph := func(lines []string) {
		for _, line := range lines {
			fmt.Fprintln(w, line)
		}
		if len(lines) > 0 {
			fmt.Fprintln(w)
		}
	}
	if warning := tell.AuditCircular(nil, a); len(warning) > 0 {
		fmt.Fprintln(w, "CIRCULAR")
		paragraph(warning)
	}
	fmt.Fprintln(w, "Labels")
	paragraph(tell.AuditLabels(nil, a))
	fmt.Fprintln(w, "Agreement")
	paragraph(tell.AuditFinding(nil, a))
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	between := func(e audit.Estimate) string { return tell.Between(nil, e, 2) }
	if a.Named > 0 {
		fmt.Fprintln(tw, "model\taccuracy\tbalanced\tmacro-F1\tARI\tsays")
		for _, m := range a.Models {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", tell.AuditModel(nil, m.Name), between(m.Accuracy), between(m.Balanced), between(m.MacroF1), between(m.ARI), percent(float64(m.Coverage)))
		}
		tw.Flush()
		fmt.Fprintf(w, "\nAbove the naming of k-means, on the same draws\n")
		fmt.Fprintln(tw, "model\taccuracy\tbalanced\tmacro-F1")
		for _, d := range a.Differences {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", tell.AuditModel(nil, d.Model), tell.AuditDifference(nil, d.Accuracy), tell.AuditDifference(nil, d.Balanced), tell.AuditDifference(nil, d.MacroF1))
		}
		tw.Flush()
	}
	if a.Placed > 0 {
		fmt.Fprintf(w, "\nPlaces: valence and arousal against the labels'\n")
		fmt.Fprintln(tw, "model\tn\tvalence r\trho\tR²\tarousal r\trho\tR²")
		for _, m := range a.Models {
			if m.Valence == nil {
				continue
			}
			fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", tell.AuditModel(nil, m.Name), m.Valence.Tracks, between(m.Valence.Pearson), between(m.Valence.Spearman), number(m.Valence.R2.Value, 2),
				between(m.Arousal.Pearson), between(m.Arousal.Spearman), number(m.Arousal.R2.Value, 2))
		}
		tw.Flush()
	}
	v.byMood(w)
	fmt.Fprintf(w, "\nCalibration\n")
	for i := range a.Models {
		if m := &a.Models[i]; m.Calibration != nil {
			fmt.Fprintf(w, "%s: %s.\n", tell.AuditModel(nil, m.Name), tell.AuditCalibration(nil, m))
		}
	}
	v.byGenre(w)
	fmt.Fprintf(w, "\nLimits\n")
	paragraph(tell.AuditLimits(nil, a))
	if v.Report != "" {
		fmt.Fprintf(w, "written to %s\n", v.Report)
	}
}

// byMood shows how well each mood is found.
func (v auditView) byMood(w io.Writer) {
	if v.Named == 0 {
		return
	}
	fmt.Fprintf(w, "\nBy mood: precision and recall\n")
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprint(tw, "model")
	for _, c := range segue.Moods() {
		fmt.Fprintf(tw, "\t%s (n = %d)", c, v.ByMood[c])
	}
	fmt.Fprintln(tw)
	for _, m := range v.Models {
		fmt.Fprint(tw, tell.AuditModel(nil, m.Name))
		for _, c := range m.Moods {
			fmt.Fprintf(tw, "\t%s, %s", number(c.Precision.Value, 2), tell.Between(nil, c.Recall, 2))
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
}

// byGenre shows the genres with enough labelled tracks.
func (v auditView) byGenre(w io.Writer) {
	for _, g := range v.Genres {
		fmt.Fprintf(w, "\n%s: %d tracks by %d artists\n", g.Name, g.Tracks, g.Artists)
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		fmt.Fprintln(tw, "model\taccuracy\tmacro-F1\tvalence r\tarousal r")
		for _, m := range g.Models {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", tell.AuditModel(nil, m.Name), tell.Between(nil, m.Accuracy, 2), tell.Between(nil, m.MacroF1, 2), tell.Between(nil, m.Valence, 2), tell.Between(nil, m.Arousal, 2))
		}
		tw.Flush()
	}
}
