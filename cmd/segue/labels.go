package main

import (
	"context"
	"fmt"

	"segue"
	"segue/labels"
	"segue/mood"
	"segue/recommend"

	"github.com/spf13/cobra"
)

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
