package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"

	"segue"
	"segue/artifact"
	"segue/lab"
	"segue/mood"

	"github.com/spf13/cobra"
)

func modelsCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{Use: "models", Short: "List and compare the models kept in a folder",
		Example: "  segue models list models", Args: cobra.NoArgs}
	list := &cobra.Command{
		Use:     "list DIR",
		Short:   "List the models of a folder, one a line",
		Example: "  segue models list models",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err != nil {
				return err
			}
			entries, err := artifact.List(args[0], modelKind)
			if err != nil {
				return err
			}
			models := []*mood.Model{}
			for _, e := range entries {
				m := new(mood.Model)
				if err := artifact.Load(args[0], modelKind, e.ID, m); err != nil {
					return err
				}
				m.Fitted = nil // for reading: what they compute with stays in the file
				models = append(models, m)
			}
			return t.print(map[string]any{"models": models}, func(w io.Writer) {
				if len(models) == 0 {
					fmt.Fprintf(w, "no models in %s; 'segue train -o %s' keeps some there\n", args[0], args[0])
					return
				}
				tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
				fmt.Fprintln(tw, "id\talgorithm\tk\tfeatures\ttracks\tcatalogue\tseed")
				for _, m := range models {
					fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\t%.12s\t%d\n", m.ID, m.Algorithm, m.K, featureList(m.Features), thousands(m.N), m.Catalog, m.Seed)
				}
				tw.Flush()
			})
		},
	}
	var paths []string
	compare := &cobra.Command{
		Use:   "compare A B [--catalog F]",
		Short: "Set two models side by side",
		Long: `Set two model files side by side: what they were fitted on, how well, and with
--catalog how far they agree on its tracks (adjusted Rand index: 1 the same
clusters, 0 what chance gives; and the share of tracks both give one mood), which
tracks go to which other mood, and what choosing the second for the first means.`,
		Example: "  segue models compare models/model-1a2b.json models/model-3c4d.json --catalog catalog.parquet",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			v := compareView{ARI: segue.Missing(), SameMood: segue.Missing(), Moves: []lab.Move{}, PlacesMove: segue.Missing()}
			for _, path := range args {
				m, err := readModel(path)
				if err != nil {
					return err
				}
				v.Models = append(v.Models, m)
			}
			if len(paths) > 0 {
				progress, done := t.progress()
				defer done()
				c, _, err := t.readCatalog(cmd.Context(), paths, progress)
				if err != nil {
					return err
				}
				v.agree(c)
			}
			for _, m := range v.Models {
				m.Fitted = nil
			}
			return t.print(v, v.text)
		},
	}
	catalogFlag(compare, &paths)
	cmd.AddCommand(list, compare)
	return cmd
}

// readModel reads a model's file.
func readModel(path string) (*mood.Model, error) {
	m := new(mood.Model)
	err := artifact.Read(path, modelKind, m)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("%s: there is no such model file; 'segue models list DIR' names them", path)
	}
	return m, err
}

// compareView is what models compare prints.
type compareView struct {
	Models     []*mood.Model `json:"models"`
	Tracks     int           `json:"tracks"`      // tracks both models give a cluster
	ARI        segue.Number  `json:"ari"`         // [−½, 1]; null without a catalogue, as the others
	SameMood   segue.Number  `json:"same_mood"`   // share of Tracks, [0, 1]
	Moves      []lab.Move    `json:"moves"`       // of the other tracks; empty without a catalogue
	PlacesMove segue.Number  `json:"places_move"` // mean distance between a track's two places

	difference *lab.Difference
}

func (v *compareView) agree(c *segue.Catalog) {
	d := lab.Between(c, v.Models[0], v.Models[1])
	v.Tracks, v.ARI, v.SameMood, v.Moves, v.PlacesMove, v.difference = d.Tracks, d.ARI, d.SameMood, d.Moves, d.PlacesMove, d
}

func (v compareView) text(w io.Writer) {
	modelsTable(w, v.Models)
	for i, m := range v.Models {
		fmt.Fprintf(w, "%c  %s: %s, k = %d, %s, %s tracks of catalogue %.12s, seed %d\n", 'A'+rune(i), m.ID, m.Algorithm, m.K, featureList(m.Features), thousands(m.N), m.Catalog, m.Seed)
	}
	if v.difference == nil {
		fmt.Fprintln(w, "Add --catalog to see how far they agree on its tracks.")
		return
	}
	for _, line := range v.difference.In(nil) {
		fmt.Fprintln(w, line)
	}
	for _, m := range v.Moves {
		fmt.Fprintf(w, "  %s\n", oneLine(m.In(nil)))
	}
}
