package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"segue/outcome/experiment"

	"github.com/spf13/cobra"
)

func experimentNew(t *terminal) *cobra.Command {
	d := experiment.Design{
		Schema: experiment.Schema, Alpha: .05, Power: .8,
		Guardrails: []experiment.Guardrail{{Measure: experiment.Farther, Limit: .25}, {Measure: experiment.MuchWorse, Limit: .1}},
	}
	var arms []string
	var kind, reading, unit, measure, out string
	cmd := &cobra.Command{
		Use:   "new --id NAME --arms A,B[,…]",
		Short: "Write a design to fill in",
		Long: `Write the file of a new design, with a salt drawn at random, to fill in and keep.
What is not given here stays empty, and 'segue experiment check' says what is
missing. Kinds:

  parallel          each listener stays in one arm
  within_listener   each listener's sessions are spread over the arms
  crossover         one listener, pairs of sessions in random order (N-of-1)
  pre_post          before and after, nobody to compare with
  pre_post_control  before and after in each listener's one arm
  a_a               the arms are the same: a test of the machinery

Measures: change, feel, felt_better, completion, skip_rate; for guardrails farther,
much_worse, opt_out, night_minutes.`,
		Example: `  segue experiment new --id steps --arms iso,compensatory --control compensatory -o steps.json
  segue experiment new --id mine --kind crossover --arms iso,shuffle --units 40 -o mine.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			d.Kind, d.Reading, d.Primary.Measure = experiment.Kind(kind), experiment.Mode(reading), experiment.Measure(measure)
			d.Unit = experiment.Unit(unit)
			if d.Unit == "" {
				d.Unit = map[experiment.Kind]experiment.Unit{experiment.Parallel: experiment.Listener, experiment.PrePostControl: experiment.Listener}[d.Kind]
				if d.Unit == "" {
					d.Unit = experiment.Session
				}
			}
			if len(arms) == 0 || d.ID == "" {
				return usage("--id and --arms are needed")
			}
			for _, a := range arms {
				d.Arms = append(d.Arms, experiment.Arm{Name: strings.TrimSpace(a), Weight: 1})
			}
			if d.Control == "" && d.Kind != experiment.PrePost {
				d.Control = d.Arms[len(d.Arms)-1].Name
			}
			if d.Salt == "" {
				d.Salt = rand.Text()
			}
			if d.Kind == experiment.Crossover {
				d.Guardrails = nil // one listener stops by themselves
			}
			if d.Horizon.Units == 0 && d.Horizon.Until == "" {
				d.Horizon.Units = 400
			}
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(&d); err != nil {
				return err
			}
			left := []string{}
			var faults experiment.Faults
			if _, err := experiment.Parse(b.Bytes()); errors.As(err, &faults) {
				for _, f := range faults {
					left = append(left, f.Error())
				}
			}
			if out == "" {
				_, err := t.out.Write(b.Bytes())
				return err
			}
			if err := checkFile(out); err != nil {
				return err
			}
			if err := writeFile(out, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }); err != nil {
				return err
			}
			return t.print(map[string]any{"file": out, "to_do": left}, func(w io.Writer) {
				fmt.Fprintf(w, "%s is written.\n", out)
				if len(left) > 0 {
					fmt.Fprintln(w, "To fill in:")
				}
				for _, l := range left {
					fmt.Fprintf(w, "  %s\n", l)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.ID, "id", "", "the experiment's `NAME`: small letters, digits, - and _")
	f.StringVar(&d.Title, "title", "", "what it is called")
	f.StringVar(&d.Question, "question", "", "what is asked")
	f.StringVar(&d.Hypothesis, "hypothesis", "", "what is expected")
	f.StringVar(&d.Population, "population", "", "who takes part")
	f.StringVar(&kind, "kind", string(experiment.WithinListener), "the `KIND`, as above")
	f.StringVar(&unit, "unit", "", "`session` or listener; by default what the kind asks for")
	f.StringSliceVar(&arms, "arms", nil, "the arms' `NAMES`, such as iso,compensatory,shuffle")
	f.StringVar(&d.Control, "control", "", "the `ARM` that others are compared with; by default the last")
	f.StringVar(&measure, "measure", string(experiment.Change), "the one `MEASURE` that decides")
	f.Float64Var(&d.Primary.LeastEffect, "least", .05, "the least difference that would matter, in the measure's unit")
	f.Float64Var(&d.Primary.Assumed.SD, "sd", 0, "the standard deviation that is assumed between units, of a mean")
	f.Float64Var(&d.Primary.Assumed.Share, "share", 0, "the control arm's share that is assumed, of a share")
	f.IntVar(&d.Horizon.Units, "units", 0, "how many units are exposed in all; 400 if neither this nor --until is given")
	f.StringVar(&d.Horizon.Until, "until", "", "the last `DAY`, such as 2026-12-31")
	f.StringVar(&reading, "reading", string(experiment.FixedHorizon), "`fixed_horizon`, read once, or always_valid, read at any time")
	f.StringVar(&d.Salt, "salt", "", "the salt of the draws, 16 characters or more; by default drawn at random")
	f.StringVarP(&out, "out", "o", "", "the `FILE` to write; by default standard output")
	return cmd
}
