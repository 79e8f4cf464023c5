package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"segue"
	"segue/artifact"
	"segue/mood"
	"segue/recommend"

	"github.com/spf13/cobra"
)

// learnFlags are the flags of training on labels.
type learnFlags struct {
	labels, scale         string
	testLabels, testScale string
	basis                 string
	folds                 int
	uneven                bool
}

func (f *learnFlags) add(cmd *cobra.Command) {
	labelsFlags(cmd, &f.labels, &f.scale)
	cmd.Flags().StringVar(&f.testLabels, "test-labels", "", "with --labels: another table, `FILE`, to test on")
	cmd.Flags().StringVar(&f.testScale, "test-scale", "", "with --test-labels: ends of its scale, `LO,HI`")
	cmd.Flags().StringVar(&f.basis, "basis", string(mood.DefaultBasis), "with --labels: linear, or quadratic to add squares and products of the features")
	cmd.Flags().IntVar(&f.folds, "folds", mood.DefaultFolds, "with --labels: parts of the artists that are left out in turn")
	cmd.Flags().BoolVar(&f.uneven, "uneven", false, "with --labels: every track weighs alike in the fit, instead of every mood")
	_ = cmd.MarkFlagFilename("test-labels", "csv", "tsv", "gz", "parquet")
}

// check refuses flags that mean nothing with labels, or without.
func (f *learnFlags) check(cmd *cobra.Command) error {
	with, without := []string{"scale", "test-labels", "test-scale", "basis", "folds", "uneven"},
		[]string{"algorithm", "k", "covariance", "restarts", "stability", "no-null", "stream"}
	if f.labels == "" {
		without = with
	}
	for _, name := range without {
		if cmd.Flags().Changed(name) {
			if f.labels == "" {
				return usage("--%s is of use with --labels only", name)
			}
			return usage("--%s is of clustering, and with --labels nothing is clustered; leave one of them out", name)
		}
	}
	if f.testScale != "" && f.testLabels == "" {
		return usage("--test-scale is of use with --test-labels only")
	}
	return nil
}

// learnView is what train --labels prints.
type learnView struct {
	Labels   *recommend.LabelReport `json:"labels"`
	Model    *mood.Model            `json:"model"`
	Transfer *transferView          `json:"transfer"` // null without --test-labels
	Files    []string               `json:"files"`
}

// transferView is how the model does on the table of --test-labels.
type transferView struct {
	Table *recommend.LabelReport `json:"table"`
	*mood.Transfer
}

// trainOnLabels is train for a table of labels.
func (t *terminal) trainOnLabels(ctx context.Context, cmd *cobra.Command, paths []string, features, dir string, f *learnFlags) error {
	o := mood.SupervisedOptions{Folds: f.folds, Uneven: f.uneven, Seed: t.seed}
	var err error
	if o.Basis, err = mood.ParseBasis(f.basis); err != nil {
		return err
	}
	if f.folds < 2 {
		return usage("--folds must be 2 or more")
	}
	if cmd.Flags().Changed("features") {
		if o.Features, err = parseFeatures(features); err != nil {
			return err
		}
	}
	progress, done := t.progress()
	defer done()
	c, read, err := t.readCatalog(ctx, paths, progress)
	if err != nil {
		return err
	}
	music, err := recommend.Place(c)
	if err != nil {
		return inCatalogue(err, paths, read)
	}
	v := &learnView{Files: []string{}}
	l, joined, err := readLabels(ctx, music, f.labels, f.scale, progress)
	if err != nil {
		return err
	}
	v.Labels = joined
	o.Progress = progress
	m, err := mood.TrainSupervised(ctx, c, l, o)
	if err != nil {
		return inLabels(inCatalogue(err, paths, read), f.labels)
	}
	if f.testLabels != "" {
		test, report, err := readLabels(ctx, music, f.testLabels, f.testScale, progress)
		if err != nil {
			return err
		}
		transfer, err := mood.TransferTo(ctx, c, m, l, test)
		if err != nil {
			return inLabels(err, f.testLabels)
		}
		v.Transfer = &transferView{report, transfer}
	}
	if dir != "" {
		path, _, err := artifact.Save(dir, modelKind, m.ID, m)
		if err != nil {
			return err
		}
		v.Files = append(v.Files, path)
	}
	done()
	shown := *m
	shown.Fitted = nil
	v.Model = &shown
	return t.print(v, v.text)
}

// inLabels adds to an error about labels which file they came from.
func inLabels(err error, path string) error {
	if !errors.Is(err, mood.ErrTooFewLabels) {
		return err
	}
	return fmt.Errorf("%s: %s", path, complaint(err))
}

func (v *learnView) text(w io.Writer) {
	m, l := v.Model, v.Model.Learned
	fmt.Fprintf(w, "%s labelled tracks of %s artists", thousands(l.Tracks), thousands(l.Artists))
	fmt.Fprintf(w, " (angry %s, sad %s, calm %s, happy %s); %s with valence and arousal\n", thousands(l.Moods[segue.Angry]), thousands(l.Moods[segue.Sad]),
		thousands(l.Moods[segue.Calm]), thousands(l.Moods[segue.Happy]), thousands(l.Placed))
	if l.LeftOut > 0 {
		fmt.Fprintf(w, "  left out %s: less than half of the features\n", thousands(l.LeftOut))
	}
	for _, name := range sortedKeys(l.Imputed) {
		if n := l.Imputed[name]; n > 0 {
			fmt.Fprintf(w, "  %s without %s: put at its mean\n", thousands(n), name)
		}
	}
	if len(l.Unused) > 0 {
		fmt.Fprintf(w, "  not used, as no track has it or all have the same: %s\n", featureList(l.Unused))
	}
	weighing := "every mood"
	if !l.Balanced {
		weighing = "every track"
	}
	fmt.Fprintf(w, "Model %s: %s, %s basis, %s weighs alike, penalty %s", m.ID, featureList(m.Features), l.Basis, weighing, number(l.Penalty, 3))
	if l.Ridge != nil {
		fmt.Fprintf(w, "; ridge penalties %s for valence, %s for arousal\n", number(segue.Number(l.Ridge.Valence), 3), number(segue.Number(l.Ridge.Arousal), 3))
	} else {
		fmt.Fprintf(w, "; too few valences and arousals to learn places: these are the usual plane's\n")
	}
	fmt.Fprintf(w, "\nOn artists left out, %d parts in turn; intervals (95 %%) from %s draws of artists\n", l.Folds, thousands(l.Validation.Resamples))
	validationText(w, l.Validation)
	if v.Transfer != nil {
		t := v.Transfer
		fmt.Fprintf(w, "\nOn other labels, %s: %s tracks of %s artists; %s more were left out, as the model has learned from their artists\n", t.Labels, thousands(t.Tracks), thousands(t.Artists), thousands(t.Removed))
		validationText(w, t.Validation)
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "mood\ttracks of the catalogue\tvalence\tarousal\t")
	for i, n := range m.Moods {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t\n", n.Name, thousands(m.Sizes[i]), number(n.Valence, 2), number(n.Arousal, 2))
	}
	tw.Flush()
	for _, f := range v.Files {
		fmt.Fprintf(w, "kept in %s\n", f)
	}
	if len(v.Files) > 0 {
		fmt.Fprintf(w, "use it with --model %s\n", v.Files[0])
	}
}

// validationText says how well a model does on tracks it has not seen.
func validationText(w io.Writer, v *mood.Validation) {
	measured := func(m mood.Measured, decimals int) string {
		if !m.Lo.Known() {
			return number(m.Value, decimals)
		}
		return estimate(m.Value, decimals, &mood.Range{Lo: m.Lo, Hi: m.Hi})
	}
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "\tthis model\tk-means naming\tdifference")
	fmt.Fprintf(tw, "accuracy\t%s\t%s\t%s\n", measured(v.Accuracy, 3), measured(v.KMeansAccuracy, 3), measured(v.AccuracyGain, 3))
	fmt.Fprintf(tw, "macro-F1\t%s\t%s\t%s\n", measured(v.MacroF1, 3), measured(v.KMeansMacroF1, 3), measured(v.MacroF1Gain, 3))
	tw.Flush()
	tw = tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "\tbefore calibration\tafter\tleft\tby chance")
	fmt.Fprintf(tw, "calibration error, all moods\t%s\t%s\t%s\t%s\n", measured(v.Before.MoodECE, 3), measured(v.After.MoodECE, 3), measured(v.MoodECELeft, 2), number(v.After.MoodChance, 3))
	fmt.Fprintf(tw, "calibration error, mood named\t%s\t%s\t%s\t%s\n", measured(v.Before.ECE, 3), measured(v.After.ECE, 3), measured(v.ECELeft, 2), number(v.After.Chance, 3))
	fmt.Fprintf(tw, "log-loss\t%s\t%s\t\t\n", measured(v.Before.LogLoss, 3), measured(v.After.LogLoss, 3))
	fmt.Fprintf(tw, "Brier\t%s\t%s\t\t\n", measured(v.Before.Brier, 3), measured(v.After.Brier, 3))
	tw.Flush()
	if v.Placed == 0 {
		return
	}
	tw = tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "\tcorrelation\tR²\terror on the plane")
	fmt.Fprintf(tw, "valence\t%s\t%s\t%s\n", measured(v.Valence.Pearson, 2), measured(v.Valence.R2, 2), measured(v.Valence.Error, 3))
	fmt.Fprintf(tw, "arousal\t%s\t%s\t%s\n", measured(v.Arousal.Pearson, 2), measured(v.Arousal.R2, 2), measured(v.Arousal.Error, 3))
	tw.Flush()
}
