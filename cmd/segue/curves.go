package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"segue/mood"
	"segue/tell"

	"github.com/spf13/cobra"
)

func curvesCommand(t *terminal) *cobra.Command {
	var paths []string
	var features, svg string
	var o mood.CurveOptions
	cmd := &cobra.Command{
		Use:   "curves --catalog F",
		Short: "Show how each criterion moves with the number of clusters",
		Long: `Fit every k from 1 to --kmax by all three algorithms and print their own criteria:
inertia, silhouette and gap of k-means, BIC and AIC of the mixture, the partition
coefficient of fuzzy c-means. Criteria rarely agree; that is the point of showing
all. Of more than 20,000 tracks a sample of that size is fitted, and said to be.

The gap says how much closer tracks are to their centres than they would be if
they lay evenly; it compares with --gap tables of that kind, and ± is the standard
error of that. It chooses the smallest k that the next one does not clearly exceed.`,
		Example: "  segue curves --catalog catalog.parquet --kmax 10\n  segue curves --catalog tracks.csv --svg curves.svg --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Features, err = parseFeatures(features); err != nil {
				return err
			}
			if err := checkKMax(o.KMax); err != nil {
				return err
			}
			if o.References < 0 || o.References == 1 {
				return usage("--gap %d: ask for 0, no gap, or for 2 tables or more, which the error is told from", o.References)
			}
			if svg != "" {
				if err := checkFile(svg, splitPaths(paths)...); err != nil {
					return err
				}
			}
			progress, done := t.progress()
			defer done()
			c, read, err := t.readCatalog(cmd.Context(), paths, progress)
			if err != nil {
				return err
			}
			o.Progress, o.Seed = progress, t.seed
			set, err := mood.Curves(cmd.Context(), c, o)
			if err != nil {
				return inCatalogue(err, paths, read)
			}
			done()
			if svg != "" {
				if err := writeFile(svg, func(w io.Writer) error {
					_, err := io.WriteString(w, tell.CurvesPicture(nil, set))
					return err
				}); err != nil {
					return err
				}
			}
			return t.print(set, func(w io.Writer) { curvesText(w, set) })
		},
	}
	catalogFlag(cmd, &paths)
	cmd.Flags().StringVar(&features, "features", "energy,acousticness,valence", "`features` to cluster, with commas")
	cmd.Flags().IntVar(&o.KMax, "kmax", 10, "largest number of clusters")
	cmd.Flags().IntVar(&o.References, "gap", mood.DefaultReferences, "tables without clusters to compare with, 2 or more; 0 for no gap")
	cmd.Flags().StringVar(&svg, "svg", "", "also draw the curves to `FILE`")
	return cmd
}

func curvesText(w io.Writer, s *mood.CurveSet) {
	fmt.Fprintf(w, "%s tracks on %s", thousands(s.N), featureList(s.Features))
	if s.Sampled {
		fmt.Fprintf(w, ", %s of them drawn by the seed and fitted", thousands(s.Rows))
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "k\tinertia\tsilhouette\tgap\tBIC\tAIC\tsilhouette\tFPC\tsilhouette\t")
	for i, p := range s.KMeans {
		gap, fpc, fuzzy := "–", "–", "–"
		if s.Gap != nil {
			gap = fmt.Sprintf("%s ± %s", number(s.Gap.Points[i].Gap, 3), number(s.Gap.Points[i].S, 3))
		}
		if i > 0 {
			q := s.FCM[i-1]
			fpc, fuzzy = number(q.FPC, 3), number(q.Silhouette, 3)
		}
		g := s.GMM[i]
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", p.K, number(p.Inertia, 0), estimate(p.Silhouette, 3, p.SilhouetteInterval), gap,
			number(g.BIC, 0), number(g.AIC, 0), number(g.Silhouette, 3), fpc, fuzzy)
	}
	tw.Flush()
	if s.SilhouetteRows < s.Rows {
		fmt.Fprintf(w, "Silhouettes were measured on %s of the tracks; in brackets the 95 %% interval of that draw.\n", thousands(s.SilhouetteRows))
	}
	if s.Gap != nil {
		fmt.Fprintf(w, "Gaps compare with %d tables of %s tracks that lie evenly; ± is the standard error.\n", s.Gap.References, thousands(s.Gap.Rows))
	}
	g := s.Suggested
	fmt.Fprintf(w, "Each would choose: elbow %s, silhouette %s", orNone(g.KMeans.Elbow, ""), orNone(g.KMeans.Silhouette, ""))
	if s.Gap != nil {
		fmt.Fprintf(w, ", gap %s", orNone(g.KMeans.Gap, " (still rising)"))
	}
	fmt.Fprintf(w, ", BIC %d", g.GMM.BIC)
	if g.GMM.AtEdge {
		fmt.Fprint(w, " (still falling: it chooses none)")
	}
	fmt.Fprintf(w, ", AIC %d, FPC %d.\n%s\n", g.GMM.AIC, g.FCM.FPC, s.Note)
}

// orNone writes the k a criterion chooses, or that it chooses none and why.
func orNone(k int, why string) string {
	if k == 0 {
		return "none" + why
	}
	return fmt.Sprint(k)
}
