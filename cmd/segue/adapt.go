package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"segue"
	"segue/outcome/adapt"
	"segue/outcome/offpolicy"
	"segue/outcome/stats"

	"github.com/spf13/cobra"
)

func adaptCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "adapt",
		Short: "Read what the adaptive loop learned, and what another rule would have come to",
		Long: `The adaptive loop chooses how an hour is built as often as that way is likely to be
the best, and keeps with each hour with which probability it chose what. These
commands read such records, of Segue or of any program that writes them: exposures
with experiment (the policy's id and hash), arm, propensity, context, propensities.
docs/science.md §7, "The adaptive loop".`,
		Example: `  segue adapt new -o policy.json
  segue adapt read policy.json events.jsonl
  segue adapt evaluate policy.json events.jsonl --rule target --against iso`,
	}
	cmd.AddCommand(adaptNew(t), adaptRead(t), adaptEvaluate(t))
	return cmd
}

func adaptNew(t *terminal) *cobra.Command {
	var out, salt string
	cmd := &cobra.Command{
		Use:     "new",
		Short:   "Write the shipped policy to a file, to read or change",
		Long:    "Write the policy that Segue ships, with a salt drawn at random: contexts, actions,\nreward, floor, prior. Changed, it is another version: what was chosen under one is\nnever counted for another.",
		Example: "  segue adapt new -o policy.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if salt == "" {
				salt = rand.Text()
			}
			p := adapt.Shipped(salt)
			if faults := p.Check(); len(faults) > 0 {
				return usage("%v", faults)
			}
			if out != "" {
				if err := writeFile(out, func(w io.Writer) error {
					b, err := json.MarshalIndent(p, "", "  ")
					if err == nil {
						_, err = w.Write(append(b, '\n'))
					}
					return err
				}); err != nil {
					return err
				}
			}
			return t.print(map[string]any{"policy": p, "ref": p.Ref()}, func(w io.Writer) {
				fmt.Fprintf(w, "%s, %d contexts, %d actions\n", p.Ref(), len(p.Contexts), len(p.Actions))
			})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "write it to `FILE`")
	cmd.Flags().StringVar(&salt, "salt", "", "the salt of the draws, 16 characters or more; by default drawn at random")
	return cmd
}

// readPolicy reads a policy from its file.
func readPolicy(path string) (*adapt.Policy, error) {
	b, err := readBounded(path, adapt.MaxBytes)
	if err != nil {
		return nil, err
	}
	p, err := adapt.Parse(b)
	if err != nil {
		return nil, &segue.InputError{File: path, Problem: err.Error()}
	}
	return p, nil
}

// adaptJob is how records are read.
type adaptJob struct {
	at   string
	skip bool
}

func (j *adaptJob) flags(cmd *cobra.Command) {
	asOfFlag(cmd, &j.at)
	cmd.Flags().BoolVar(&j.skip, "skip-bad", false, "leave out exposures that the policy cannot have made, and say how many")
}

// trials reads a policy and the trials of its events.
func (j *adaptJob) trials(ctx context.Context, t *terminal, args []string) (*adapt.Policy, []adapt.Trial, adapt.Counts, error) {
	asOf, err := asOfTime(j.at)
	if err != nil {
		return nil, nil, adapt.Counts{}, err
	}
	p, err := readPolicy(args[0])
	if err != nil {
		return nil, nil, adapt.Counts{}, err
	}
	g := p.Gather(asOf)
	g.Lenient = j.skip
	progress, done := t.progress()
	defer done()
	if err := (eventFiles{paths: args[1:]}).each(ctx, progress, g.Add); err != nil {
		return nil, nil, adapt.Counts{}, err
	}
	trials, c, err := g.Trials()
	if err != nil {
		hint := "or leave such exposures out: --skip-bad"
		if errors.Is(err, adapt.ErrChanged) {
			hint = ""
		}
		err = &segue.InputError{File: strings.Join(args[1:], ", "), Problem: err.Error(), Hint: hint}
	}
	return p, trials, c, err
}

func adaptRead(t *terminal) *cobra.Command {
	var j adaptJob
	cmd := &cobra.Command{
		Use:   "read POLICY EVENTS…",
		Short: "What each way of building an hour came to, in each context",
		Long: `Read what became of the hours for which a policy chose: of each context and action
how many, how many of them were a success, with an interval, how many answers are
missing or may still come, and how likely each is to be the best for somebody new.
A missing answer is no failure and stands for nothing.`,
		Example: "  segue adapt read policy.json events.jsonl\n  segue adapt read policy.json events.parquet --json",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, trials, c, err := j.trials(cmd.Context(), t, args)
			if err != nil {
				return err
			}
			r := p.Read(trials, c)
			return t.print(r, func(w io.Writer) { printAdapted(w, r) })
		},
	}
	j.flags(cmd)
	return cmd
}

func printAdapted(w io.Writer, r *adapt.Reading) {
	fmt.Fprintf(w, "%s, by %s\n", r.Policy, strings.ReplaceAll(string(r.Reward), "_", " "))
	fmt.Fprintf(w, "%s of %s: %d with an answer, %d that may still have one, %d without (answered %s)\n",
		counted(r.Counts.Hours, "hour"), counted(r.People, "listener"), r.Counts.Known, r.Counts.Waiting, r.Counts.Missing, wholePercent(r.Answered))
	for _, left := range []struct {
		n    int
		what string
	}{
		{r.Counts.Versions, "of other versions of the policy"}, {r.Counts.Refused, "that the policy cannot have made"}, {r.Counts.Again, "of an hour that had one"}, {r.Counts.Copies, "that came twice"},
	} {
		if left.n > 0 {
			fmt.Fprintf(w, "left out: %d records %s\n", left.n, left.what)
		}
	}
	for _, c := range r.Contexts {
		fmt.Fprintf(w, "\n%s: %s\n", c.Name, c.Text)
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		fmt.Fprintln(tw, "action\thours\tanswered\twaiting\tmissing\tsuccess (interval)\tlikely the best\tnext")
		for _, a := range c.Actions {
			share := estimateText(a.Share)
			if !a.Share.Enough && a.Known > 0 {
				share += ", too few to tell"
			}
			fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", a.Name, a.Hours, a.Known, a.Waiting, a.Missing, share, wholePercent(a.Best), wholePercent(a.Next))
		}
		tw.Flush()
	}
}

// wholePercent writes a share, – if it is missing.
func wholePercent(n segue.Number) string {
	if !n.Known() {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(n))
}

func adaptEvaluate(t *terminal) *cobra.Command {
	var j adaptJob
	var rule, against string
	cmd := &cobra.Command{
		Use:   "evaluate POLICY EVENTS…",
		Short: "What another rule of choosing would have come to",
		Long: `Estimate from hours in which a policy chose, and wrote down with which probability,
what another rule would have come to, and how much more than one it is held against:
by inverse propensities (IPS), self-normalized ones (SNIPS), and doubly robust (DR),
with intervals by listener. Where the hours cannot carry a number there is none, and
the reason: too few listeners or hours, an action that was hardly tried, one hour that
outweighs the rest, propensities that are not those of the draws.

Rules: learned (what looked best until then, judged by later hours only), even, usual,
or the name of an action.`,
		Example: "  segue adapt evaluate policy.json events.jsonl\n  segue adapt evaluate policy.json events.jsonl --rule target --against iso --json",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, trials, c, err := j.trials(cmd.Context(), t, args)
			if err != nil {
				return err
			}
			one, err := ruleOf(p, trials, rule)
			if err != nil {
				return err
			}
			other, err := ruleOf(p, trials, against)
			if err != nil {
				return err
			}
			e := p.Evaluate(trials, c, rule, one, against, other, offpolicy.Options{})
			return t.print(e, func(w io.Writer) {
				fmt.Fprintf(w, "%s\n%s held against %s; %s of %s\n", p.Ref(), rule, against, counted(e.Value.Rows, "hour"), counted(e.Value.Clusters, "listener"))
				for _, of := range []struct {
					what string
					r    offpolicy.Result
				}{{rule + " would have come to", e.Value}, {"more than " + against, e.Difference}} {
					if !of.r.Gate.Open {
						fmt.Fprintf(w, "%s: no number: %s\n", of.what, of.r.Gate.Reason)
						continue
					}
					fmt.Fprintf(w, "%s:\n", of.what)
					for _, v := range []struct {
						name string
						e    stats.Estimate
					}{{"IPS", of.r.IPS}, {"SNIPS", of.r.SNIPS}, {"DR", of.r.DR}} {
						fmt.Fprintf(w, "  %-6s %s\n", v.name, around(v.e))
					}
				}
				fmt.Fprintf(w, "the hours count for %.0f by their weights\n", e.Value.Gate.Effective)
			})
		},
	}
	j.flags(cmd)
	cmd.Flags().StringVar(&rule, "rule", "learned", "the `RULE` that is evaluated")
	cmd.Flags().StringVar(&against, "against", "usual", "the `RULE` it is held against")
	return cmd
}

// ruleOf returns a rule by its name.
func ruleOf(p *adapt.Policy, trials []adapt.Trial, name string) (adapt.Rule, error) {
	switch name {
	case "learned":
		return p.Learned(trials), nil
	case "even":
		return p.Even(), nil
	case "usual":
		return p.Always(p.UsualAction()), nil
	}
	var names []string
	for i, a := range p.Actions {
		if a.Name == name {
			return p.Always(i), nil
		}
		names = append(names, a.Name)
	}
	return nil, usage("%q is no rule; there are learned, even, usual, %s", name, strings.Join(names, ", "))
}

// asOfTime reads --at: now if it is empty.
func asOfTime(at string) (time.Time, error) {
	when := time.Now()
	if at != "" {
		var err error
		if when, err = time.Parse(time.RFC3339, at); err != nil {
			return when, usage("--at %q is no time; write it like 2026-03-01T20:15:00Z", at)
		}
	}
	return when.UTC().Truncate(time.Millisecond), nil
}
