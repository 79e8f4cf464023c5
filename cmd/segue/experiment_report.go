package main

import (
	"encoding/json"
	"fmt"
	"io"

	"segue/outcome/experiment"
	"segue/report"

	"github.com/spf13/cobra"
)

func experimentReport(t *terminal) *cobra.Command {
	var at, out, record string
	var rows bool
	cmd := &cobra.Command{
		Use:   "report DESIGN EVENTS… [-o PAGE.html] [--record FILE.json]",
		Short: "Write an experiment's report, and a record that a reviewer can compute anew",
		Long: `Write what came of an experiment as one HTML page, and as a record: the design, its
hash, digests of exposures and data, and every result. 'segue experiment check'
computes a record anew from the events. With --rows the record holds the table it
was read from, with numbers for listeners and no times, so that it can be computed
without the events; who is given it can see what each numbered listener said.`,
		Example: "  segue experiment report steps.json exposures.jsonl events.jsonl -o steps.html --record steps-record.json",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" && record == "" {
				return usage("name what to write: -o PAGE.html, --record FILE.json, or both")
			}
			if rows && record == "" {
				return usage("--rows is of the record: name one with --record")
			}
			for _, path := range []string{out, record} {
				if path != "" {
					if err := checkFile(path, args...); err != nil {
						return err
					}
				}
			}
			d, table, log, err := gatherFor(cmd.Context(), t, args, at)
			if err != nil {
				return err
			}
			r, err := experiment.NewRecord(d, table, log, rows)
			if err != nil {
				return err
			}
			written := []string{}
			if record != "" {
				err := writeFileAs(record, 0o600, func(w io.Writer) error {
					b, err := json.MarshalIndent(r, "", "  ")
					if err != nil {
						return err
					}
					_, err = w.Write(append(b, '\n'))
					return err
				})
				if err != nil {
					return err
				}
				written = append(written, record)
			}
			if out != "" {
				if err := writeFile(out, func(w io.Writer) error { return report.WriteExperiment(w, r) }); err != nil {
					return err
				}
				written = append(written, out)
			}
			v := map[string]any{"written": written, "hash": r.Hash, "exposures": r.Exposures, "data": r.Data, "verdict": r.Reading.Verdict}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "%s\n\n", r.Reading.Verdict.Text)
				for _, path := range written {
					fmt.Fprintf(w, "%s is written.\n", path)
				}
			})
		},
	}
	asOfFlag(cmd, &at)
	cmd.Flags().StringVarP(&out, "out", "o", "", "the `PAGE.html` to write")
	cmd.Flags().StringVar(&record, "record", "", "the record `FILE.json` to write")
	cmd.Flags().BoolVar(&rows, "rows", false, "put the table into the record")
	return cmd
}
