package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"segue"
	"segue/artifact"
	"segue/lab"
	"segue/mood"
	"segue/recommend"

	"github.com/spf13/cobra"
)

// trainView is what train prints.
type trainView struct {
	*mood.Training
	ranking   []mood.FeatureImportance
	agreement []lab.Agreement
	files     []string
}

// MarshalJSON adds the ranking and the files to the training's own object.
func (v *trainView) MarshalJSON() ([]byte, error) {
	return mergeJSON(v.Training, struct {
		Ranking   []mood.FeatureImportance `json:"ranking"`
		Agreement []lab.Agreement          `json:"agreement"` // of every two models; null where their tracks are only streamed
		Files     []string                 `json:"files"`
	}{v.ranking, v.agreement, v.files})
}

func trainCommand(t *terminal) *cobra.Command {
	var paths []string
	var o trainFlags
	var s streamFlags
	var f learnFlags
	var dir string
	cmd := &cobra.Command{
		Use:   "train --catalog F",
		Short: "Cluster a catalogue's tracks and name the clusters, or learn moods from labels",
		Long: `Cluster the tracks by k-means, a Gaussian mixture and fuzzy c-means in the
standardized space of a few features, name each cluster by where its tracks lie on
the valence–arousal plane, and judge the result: separation, the same on columns
without relation (the null), and how well it comes back on resampled tracks.

k = 4 is a product choice, one cluster for each named mood; 'segue curves' shows
what the data say. Models are written as files that are never overwritten.

With --stream the catalogue may be larger than memory: one Parquet file, which is
read once for every iteration, in about 300 MB whatever its size. Means, centers and
sizes are those of all tracks; percentiles, null, stability and separation are those
of --sample tracks drawn by the seed, and the result says so. A track that is listed
twice counts twice. With -o or --checkpoint, Ctrl-C keeps how far it was, and
--resume goes on from there to the same models.

With --labels nothing is clustered: the moods, and the places on the plane, are
learned from a table of what people say of tracks, all features weighed (but for the
key), and measured on artists left out in turn, beside the naming of k-means.
Probabilities are calibrated. --test-labels tests the model on another table, without
the artists it learned from. The model is used like any other: see --model of
'segue run', 'sessions', 'profile' and 'playlist'.`,
		Example: "  segue train --catalog catalog.parquet\n  segue train --catalog tracks.csv --algorithm gmm --covariance diag --k 6 -o models --json\n" +
			"  segue train --stream --catalog big.parquet -o models\n  segue train --stream --catalog big.parquet -o models --resume\n" +
			"  segue train --catalog catalog.parquet --labels moods.csv -o models\n  segue train --catalog catalog.parquet --labels moods.csv --test-labels others.csv --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := o.options(t.seed)
			if err != nil {
				return err
			}
			if dir != "" {
				if err := checkFolder(dir); err != nil {
					return err
				}
			}
			if err := f.check(cmd); err != nil {
				return err
			}
			if f.labels != "" {
				if err := s.unused(cmd); err != nil {
					return err
				}
				return t.trainOnLabels(cmd.Context(), cmd, paths, o.features, dir, &f)
			}
			if s.stream {
				return t.trainStream(cmd.Context(), paths, options, dir, &s)
			}
			if err := s.unused(cmd); err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			c, read, err := t.readCatalog(cmd.Context(), paths, progress)
			if err != nil {
				return err
			}
			options.Progress = progress
			m, err := recommend.Learn(cmd.Context(), c, options)
			if err != nil {
				return inCatalogue(err, paths, read)
			}
			ranking, err := m.Ranking(cmd.Context())
			if err != nil {
				return err
			}
			v := &trainView{m.Training, ranking, lab.Agreements(c, m.Training.Models), []string{}}
			if dir != "" {
				if v.files, err = saveModels(dir, m.Training); err != nil {
					return err
				}
			}
			done()
			return t.print(v, v.text)
		},
	}
	catalogFlag(cmd, &paths)
	o.add(cmd)
	s.add(cmd)
	f.add(cmd)
	cmd.Flags().StringVarP(&dir, "out", "o", "", "folder `DIR` to keep the models in")
	return cmd
}

// trainFlags are the flags that say how to cluster.
type trainFlags struct {
	algorithm, features, covariance string
	k, restarts, stability          int
	noNull                          bool
}

func (f *trainFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.algorithm, "algorithm", "all", "kmeans, gmm, fcm, several with commas, or all")
	cmd.Flags().StringVar(&f.features, "features", "energy,acousticness,valence", "`features` to cluster, with commas")
	cmd.Flags().IntVar(&f.k, "k", mood.DefaultK, "number of clusters")
	cmd.Flags().StringVar(&f.covariance, "covariance", "full", "of the mixture: full, diag, tied or spherical")
	cmd.Flags().IntVar(&f.restarts, "restarts", 10, "starts of k-means and the mixture; the best is kept")
	cmd.Flags().IntVar(&f.stability, "stability", mood.DefaultStability, "bootstrap resamples to refit on; 0 for none")
	cmd.Flags().BoolVar(&f.noNull, "no-null", false, "leave out the null")
}

func (f *trainFlags) options(seed uint64) (mood.Options, error) {
	algorithms, err := mood.ParseAlgorithms(f.algorithm)
	if err != nil {
		return mood.Options{}, err
	}
	features, err := parseFeatures(f.features)
	if err != nil {
		return mood.Options{}, err
	}
	if f.k < 1 || f.restarts < 1 || f.stability < 0 {
		return mood.Options{}, usage("--k and --restarts must be 1 or more, --stability 0 or more")
	}
	return mood.Options{Algorithms: algorithms, Features: features, K: f.k, Covariance: f.covariance, Seed: seed,
		Restarts: f.restarts, Null: !f.noNull, Stability: f.stability}, nil
}

// parseFeatures reads feature names separated by commas.
func parseFeatures(s string) ([]segue.Feature, error) {
	var out []segue.Feature
	for name := range strings.SplitSeq(s, ",") {
		f, err := segue.ParseFeature(name)
		if err != nil {
			return nil, usage("--features: %v", err)
		}
		out = append(out, f)
	}
	return out, nil
}

// saveModels keeps each model as an immutable file of its own and returns the
// files' names.
func saveModels(dir string, t *mood.Training) ([]string, error) {
	files := []string{}
	for _, m := range t.Models {
		path, _, err := artifact.Save(dir, modelKind, m.ID, m)
		if err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, nil
}

// modelKind is the kind under which models are kept.
const modelKind = "model"

func (v *trainView) text(w io.Writer) {
	fmt.Fprintf(w, "%s tracks on %s", thousands(v.N), featureList(v.Features))
	if v.Excluded > 0 {
		fmt.Fprintf(w, " (%s left out: they lack one)", thousands(v.Excluded))
	}
	fmt.Fprintln(w)
	modelsTable(w, v.Models)
	fmt.Fprintf(w, "%s\n", v.Note)
	for _, m := range v.Models {
		fmt.Fprintf(w, "\n%s %s\n", m.Algorithm, m.ID)
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
		fmt.Fprint(tw, "mood\ttracks\tvalence\tarousal\tmargin\t")
		for _, f := range m.Features {
			fmt.Fprintf(tw, "%s\t", f)
		}
		fmt.Fprintln(tw)
		for i, n := range m.Moods {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t", n.Name, thousands(m.Sizes[i]), number(n.Valence, 2), number(n.Arousal, 2), number(n.Margin, 2))
			for _, x := range m.Centers[i] {
				fmt.Fprintf(tw, "%+.3f\t", math.Round(1000*x)/1000+0) // and no −0
			}
			fmt.Fprintln(tw)
		}
		tw.Flush()
	}
	for i, a := range v.agreement {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, a.In(nil))
	}
	fmt.Fprintf(w, "\nHow much each feature says about the %s clusters (share of their entropy):\n", v.Models[0].Algorithm)
	for _, r := range v.ranking {
		used := ""
		if slices.Contains(v.Features, r.Feature) {
			used = "  (clustered on it)"
		}
		share := "      –"
		if r.Share.Known() {
			share = fmt.Sprintf("%5.1f %%", 100*float64(r.Share))
		}
		fmt.Fprintf(w, "  %-18s %s%s\n", r.Feature, share, used)
	}
	for _, f := range v.files {
		fmt.Fprintf(w, "kept in %s\n", f)
	}
}

// modelsTable compares models, a line each.
func modelsTable(w io.Writer, models []*mood.Model) {
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "algorithm\tk\tsilhouette\tits null\tDavies–Bouldin\tits null\tCalinski–Harabasz\tstability (ARI)\town criterion\t")
	for _, m := range models {
		own := ""
		switch {
		case m.Learned != nil && m.Learned.Validation != nil:
			own = "accuracy " + number(m.Learned.Validation.Accuracy.Value, 3)
		case m.BIC.Known():
			own = "BIC " + number(m.BIC, 0)
		case m.FPC.Known():
			own = "FPC " + number(m.FPC, 3)
		case m.Inertia.Known():
			own = "inertia " + number(m.Inertia, 0)
		}
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Algorithm, m.K, estimate(m.Silhouette, 3, m.SilhouetteInterval), estimate(m.Null.Silhouette, 3, m.Null.SilhouetteInterval),
			number(m.DaviesBouldin, 3), number(m.Null.DaviesBouldin, 3), number(m.CalinskiHarabasz, 0), estimate(m.Stability.ARIMean, 2, m.Stability.ARIInterval), own)
	}
	tw.Flush()
	m := models[0]
	if m.SilhouetteInterval != nil {
		fmt.Fprintf(w, "Silhouettes were measured on %s tracks drawn by the seed; in brackets the 95 %% interval of that draw.\n", thousands(m.SilhouetteRows))
	}
	if n := m.Null; n.Shuffles > 0 {
		fmt.Fprintf(w, "Nulls are means of %d shuffles of %s; in brackets the 95 %% interval.\n", n.Shuffles, drawn(n.Rows, n.Sampled))
	}
	if s := m.Stability; s.Resamples > 0 {
		fmt.Fprintf(w, "Stability is the mean of %d resamples of %s; in brackets the middle 95 %%.\n", s.Resamples, drawn(s.Rows, s.Sampled))
	}
}

// estimate writes a number and the interval it lies in.
func estimate(v segue.Number, decimals int, in *mood.Range) string {
	s := number(v, decimals)
	if in != nil {
		s += fmt.Sprintf(" (%s–%s)", number(in.Lo, decimals), number(in.Hi, decimals))
	}
	return s
}

// drawn says of how many tracks something was measured.
func drawn(rows int, sampled bool) string {
	if sampled {
		return thousands(rows) + " tracks drawn by the seed"
	}
	return "all tracks"
}

// featureList writes features with commas.
func featureList(fs []segue.Feature) string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.String()
	}
	return strings.Join(names, ", ")
}
