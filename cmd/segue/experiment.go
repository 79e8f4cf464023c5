package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"segue"
	"segue/outcome/experiment"

	"github.com/spf13/cobra"
)

func experimentCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "experiment",
		Short: "Declare an experiment, draw its arms, and read it honestly",
		Long: `Declare an experiment in a file, draw who gets which arm, keep the log of who was
shown what, and read what came of it.

The design is hashed, and every exposure bears its hash: once somebody was exposed,
a changed design is refused. A fixed horizon is read once, at its end; an always
valid design whenever one likes. If the arms did not get their shares, nothing is
read. The verdict says what was shown in this experiment, and what was not.`,
		Example: `  segue experiment new --id steps --arms iso,compensatory --control compensatory -o steps.json
  segue experiment power steps.json
  segue experiment expose steps.json --log exposures.jsonl --listener p07 --hour 2026-03-01-a
  segue experiment read steps.json exposures.jsonl events.jsonl
  segue experiment report steps.json exposures.jsonl events.jsonl -o steps.html --record steps-record.json
  segue experiment check steps-record.json exposures.jsonl events.jsonl`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(experimentNew(t), experimentPower(t), experimentAssign(t), experimentExpose(t), experimentRead(t), experimentReport(t), experimentCheck(t))
	return cmd
}

// openDesign reads a design from its file.
func openDesign(path string) (*experiment.Design, error) {
	b, err := readBounded(path, experiment.MaxBytes)
	if err != nil {
		return nil, err
	}
	d, err := experiment.Parse(b)
	if err != nil {
		return nil, &segue.InputError{File: path, Problem: err.Error()}
	}
	return d, nil
}

// readBounded reads at most one byte more than most of a file: who parses it says that
// it is too large.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most+1))
}

func experimentPower(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "power DESIGN",
		Short: "Say how many units a design needs, and what it can see with those it has",
		Long: `Compute the sample size of a design from what it assumes, and say it if the horizon
is too small for the least effect that would matter. The design itself is checked,
and its hash is shown.`,
		Example: "  segue experiment power steps.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := openDesign(args[0])
			if err != nil {
				return err
			}
			s := d.Size()
			v := struct {
				Design string          `json:"design"`
				Hash   string          `json:"hash"`
				Size   experiment.Size `json:"size"`
			}{d.ID, d.Hash(), s}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "%s, %s by %s\nsha256 %s\n\n", d.Title, kindWords(d.Kind), d.Unit, d.Hash())
				for _, line := range s.Words {
					fmt.Fprintln(w, line)
				}
			})
		},
	}
}

// kindWords is a kind as people say it.
func kindWords(k experiment.Kind) string {
	return strings.NewReplacer("a_a", "A/A", "pre_post_control", "before and after with a control", "pre_post", "before and after without a control", "_", " ").Replace(string(k))
}

func experimentAssign(t *terminal) *cobra.Command {
	var listener string
	var n int
	cmd := &cobra.Command{
		Use:   "assign DESIGN --listener NAME",
		Short: "Show the arms that a design draws for a listener",
		Long: `Show the arms that a design draws for a listener's sessions, in their order: a
function of the salt, the experiment and the listener, so that it is the same on
every machine. Sessions come in shuffled blocks in which the arms balance. Whoever
sees this knows what comes next; keep it from the listener.

It exposes nobody: 'segue experiment expose' does, and writes it down.`,
		Example: "  segue experiment assign steps.json --listener p07 --sessions 12",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if listener == "" {
				return usage("--listener is needed, a pseudonym")
			}
			if n < 1 || n > 10_000 {
				return usage("--sessions %d does not lie between 1 and 10000", n)
			}
			d, err := openDesign(args[0])
			if err != nil {
				return err
			}
			if d.Unit == experiment.Listener {
				n = 1
			}
			v := struct {
				Design      string                  `json:"design"`
				Hash        string                  `json:"hash"`
				Assignments []experiment.Assignment `json:"assignments"`
			}{d.ID, d.Hash(), d.Schedule(listener, n)}
			return t.print(v, func(w io.Writer) {
				tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
				for i, a := range v.Assignments {
					if a.Block < 0 {
						fmt.Fprintf(tw, "%s\tpropensity %.3f\n", a.Arm, a.Propensity)
						continue
					}
					fmt.Fprintf(tw, "%d\t%s\tblock %d\tpropensity %.3f\n", i+1, a.Arm, a.Block+1, a.Propensity)
				}
				tw.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&listener, "listener", "", "the listener's `PSEUDONYM`")
	cmd.Flags().IntVar(&n, "sessions", 10, "how many sessions to show")
	return cmd
}

func experimentCheck(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE [EVENTS…]",
		Short: "Check a design, or compute a record anew",
		Long: `Check a design and say everything that is wrong with it, or take the record that
'segue experiment report --record' wrote and compute it anew: the design's hash,
the digests of exposures and data, and every result. With the events all of it is
computed from them. Without, a record made with --rows is computed from its own
table, and of any other the design alone can be checked.

It exits with 1 if anything differs.`,
		Example: `  segue experiment check steps.json
  segue experiment check steps-record.json exposures.jsonl events.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := readBounded(args[0], experiment.MaxRecord)
			if err != nil {
				return err
			}
			r, err := experiment.ParseRecord(b)
			if errors.Is(err, experiment.ErrNoRecord) {
				if len(args) > 1 {
					return &segue.InputError{File: args[0], Problem: "this is a design, and events are compared with a record", Hint: "name the file that 'segue experiment report --record' wrote"}
				}
				return checkDesign(t, args[0])
			}
			if err != nil {
				return &segue.InputError{File: args[0], Problem: err.Error()}
			}
			var table *experiment.Table
			var log *experiment.Log
			if len(args) > 1 {
				if table, log, err = gather(cmd.Context(), t, r.Design, args[1:], r.Reading.AsOf); err != nil {
					return err
				}
			}
			checks := r.Check(table, log)
			wrong := ""
			for _, c := range checks {
				if !c.OK && wrong == "" {
					wrong = c.What + ": " + c.Says
				}
			}
			if wrong != "" {
				return &segue.InputError{File: args[0], Problem: wrong, Hint: "the record is not what came of this design and these data"}
			}
			v := struct {
				Design string               `json:"design"`
				Hash   string               `json:"hash"`
				Checks []experiment.Checked `json:"checks"`
				Whole  bool                 `json:"whole"` // the results were computed anew
			}{r.Design.ID, r.Hash, checks, checks[len(checks)-1].What == "results"}
			return t.print(v, func(w io.Writer) {
				for _, c := range checks {
					fmt.Fprintf(w, "%s: %s\n", c.What, c.Says)
				}
				if !v.Whole {
					fmt.Fprintln(w, "The results were not computed anew: name the events, or ask for a record made with --rows.")
				}
			})
		},
	}
}

func checkDesign(t *terminal, path string) error {
	d, err := openDesign(path)
	if err != nil {
		return err
	}
	v := map[string]any{"design": d.ID, "hash": d.Hash(), "kind": d.Kind, "arms": len(d.Arms)}
	return t.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s: a sound design, %s by %s, %d arms\nsha256 %s\n", path, kindWords(d.Kind), d.Unit, len(d.Arms), d.Hash())
	})
}
