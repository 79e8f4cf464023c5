package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"segue"
	"segue/catalog"
	"segue/mood"

	"github.com/spf13/cobra"
)

// assignView is what assign prints.
type assignView struct {
	Model     string           `json:"model"` // its id
	Algorithm string           `json:"algorithm"`
	Rows      int              `json:"rows"`     // of the track tables
	Tracks    int              `json:"tracks"`   // written: a row each, duplicates too
	Assigned  int              `json:"assigned"` // of those, with a cluster
	Dropped   map[string]int   `json:"dropped"`  // rows not written, by reason
	Clusters  []assignedToView `json:"clusters"`
	Out       string           `json:"out"`
	Seconds   float64          `json:"seconds"`
}

// assignedToView counts the tracks of one cluster.
type assignedToView struct {
	Name   string `json:"name"`
	Tracks int    `json:"tracks"`
}

func assignCommand(t *terminal) *cobra.Command {
	var paths []string
	var model, out string
	cmd := &cobra.Command{
		Use:   "assign --model MODEL.json --catalog F -o moods.parquet",
		Short: "Give every track of a catalogue its cluster, its memberships and its place",
		Long: `Write one row a track to a file whose name ends in .parquet or .csv:

  track_id          as in the catalogue; without one, the id 'segue catalog import' makes
  cluster, name     the model's cluster, from 0, and its name; empty if the track lacks
                    one of the model's features
  margin            0 to 1: by how much the cluster leads the second one; near 0 the track
                    might as well be there (k-means: 1 - distance to the nearest center /
                    distance to the second; otherwise the lead of the largest membership)
  valence, arousal  the place on the model's plane, 0 to 1
  membership_NAME   how much the track belongs to each cluster; they sum to 1

The catalogue may be larger than memory: it is read once, block by block, and a row
is forgotten once it is written. So a track that is listed twice is written twice.
The file appears whole or not at all.`,
		Example: "  segue assign --model models/model-1a2b.json --catalog catalog.parquet -o moods.parquet\n" +
			"  segue assign --model models/model-1a2b.json --catalog tracks.csv.gz -o moods.csv --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths := splitPaths(paths)
			switch {
			case model == "":
				return usage("no model was named: add --model FILE; 'segue train -o DIR' makes one")
			case len(paths) == 0:
				return usage("no catalogue was named: add --catalog FILE")
			case out == "":
				return usage("no file to write was named: add -o moods.parquet")
			}
			if err := checkFile(out, append(paths, model)...); err != nil {
				return err
			}
			if ext := strings.ToLower(filepath.Ext(out)); ext != ".parquet" && ext != ".csv" {
				return usage("-o %s: its name tells the format: end it in .parquet or .csv", out)
			}
			m, err := readModel(model)
			if err != nil {
				return err
			}
			start := time.Now()
			progress, done := t.progress()
			defer done()
			v := &assignView{Model: m.ID, Algorithm: m.Algorithm, Dropped: map[string]int{}, Out: out}
			err = writeFile(out, func(w io.Writer) error {
				return v.write(cmd.Context(), w, m, paths, named("assigning", progress))
			})
			if err != nil {
				return err
			}
			v.Seconds = time.Since(start).Seconds()
			done()
			return t.print(v, v.text)
		},
	}
	catalogFlag(cmd, &paths)
	cmd.Flags().StringVar(&model, "model", "", "the model's `FILE`, as 'segue train -o DIR' keeps it")
	cmd.Flags().StringVarP(&out, "out", "o", "", "the Parquet or CSV `FILE` to write")
	return cmd
}

// write writes the tracks of the catalogue as the model sees them.
func (v *assignView) write(ctx context.Context, w io.Writer, m *mood.Model, paths []string, progress segue.Progress) error {
	for _, n := range m.Moods {
		v.Clusters = append(v.Clusters, assignedToView{Name: n.Name})
	}
	var table assignTable
	if strings.EqualFold(filepath.Ext(v.Out), ".csv") {
		table = newCSVTable(w, m)
	} else {
		table = newParquetTable(w, m)
	}
	report, err := catalog.Each(ctx, paths, catalog.Options{Progress: progress}, func(b *catalog.Block) error {
		a := m.Assign(&segue.Catalog{ID: b.ID, Feature: b.Feature})
		for _, c := range a.Cluster {
			if c >= 0 {
				v.Clusters[c].Tracks++
				v.Assigned++
			}
		}
		return table.add(b.ID, a)
	})
	if err != nil {
		return err
	}
	v.Rows, v.Tracks, v.Dropped = report.Rows, report.Tracks, report.Dropped
	return table.close()
}

func (v *assignView) text(w io.Writer) {
	fmt.Fprintf(w, "%s tracks written to %s, %s of them with a cluster of %s %s\n", thousands(v.Tracks), v.Out, thousands(v.Assigned), v.Algorithm, v.Model)
	for _, reason := range sortedKeys(v.Dropped) {
		fmt.Fprintf(w, "  left out %s: %s\n", thousands(v.Dropped[reason]), reason)
	}
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
	for _, c := range v.Clusters {
		fmt.Fprintf(tw, "%s\t%s\t%s\t\n", c.Name, thousands(c.Tracks), percent(float64(c.Tracks)/float64(max(1, v.Assigned))))
	}
	tw.Flush()
}
